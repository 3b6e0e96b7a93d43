"""Standard MIDI Files, written byte by byte.

Only what the example piece needs: one track (format 0), notes, controllers, program changes and a tempo map.
The Standard MIDI Files 1.0 specification is the source; delta times are in ticks of `PPQ` to the quarter note.
"""

import struct

PPQ = 960

# Events that share a tick leave in this order, so that a repeated note is released before it is struck again
# and a channel has its instrument before its first note.
_ORDER_SETUP, _ORDER_NOTE_OFF, _ORDER_CONTROL, _ORDER_NOTE_ON = range(4)

# What fluidsynth in XG mode takes for "this channel is a drum kit", which lets a stem spread its drums over several
# channels and so over several pan positions.
XG_DRUM_BANK = 127


class Track:
    """One track under construction: events at absolute ticks, in any order."""

    def __init__(self):
        self._events = []  # (tick, order, bytes)
        self._notes = []  # (channel, pitch, start_tick, end_tick, velocity)

    def tempo(self, tick, bpm):
        """Sets the tempo from `tick` on."""
        self._events.append((tick, _ORDER_SETUP, b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")))

    def control(self, tick, channel, controller, value):
        """Moves a controller; the value is clamped to what seven bits hold."""
        order = _ORDER_SETUP if tick == 0 else _ORDER_CONTROL
        self._events.append((tick, order, bytes((0xB0 | channel, controller, clamp7(value)))))

    def bend(self, tick, channel, semitones):
        """Bends a channel's pitch, within the two semitones that a wheel reaches by default."""
        value = min(16383, max(0, 8192 + round(semitones * 4096)))
        self._events.append((tick, _ORDER_CONTROL, bytes((0xE0 | channel, value & 0x7F, value >> 7))))

    def instrument(self, channel, program, *, pan, reverb, volume=100, drums=False):
        """Chooses a channel's sound, its place between left (0) and right (127), its share of the reverb and its level.

        Bank, program and controllers leave in the order they are given here: the bank must precede the program.
        """
        self.control(0, channel, 0, XG_DRUM_BANK if drums else 0)
        self.program(0, channel, program)
        for controller, value in ((7, volume), (10, pan), (11, 127), (91, reverb), (93, 0)):
            self.control(0, channel, controller, value)

    def program(self, tick, channel, program):
        """Changes a channel's program, within the bank that `instrument` chose."""
        self._events.append((tick, _ORDER_SETUP, bytes((0xC0 | channel, program))))

    def note(self, channel, pitch, start_tick, end_tick, velocity):
        """Adds a note; its end is brought forward when the same key is struck again before it."""
        self._notes.append((channel, pitch, start_tick, max(end_tick, start_tick + 1), max(1, clamp7(velocity))))

    def notes(self):
        """All notes in order of key and time, no two of one key sounding at once."""
        notes = sorted(self._notes)
        following = notes[1:] + [None]
        for note, after in zip(notes, following):
            channel, pitch, start, end, velocity = note
            if after is not None and after[:2] == note[:2]:
                end = min(end, after[2])
            if end > start:
                yield channel, pitch, start, end, velocity

    def to_bytes(self, end_tick):
        """The whole file; the track lasts until `end_tick`, so that a renderer goes on while the tails decay."""
        events = list(self._events)
        for channel, pitch, start, end, velocity in self.notes():
            events.append((start, _ORDER_NOTE_ON, bytes((0x90 | channel, pitch, velocity))))
            events.append((end, _ORDER_NOTE_OFF, bytes((0x80 | channel, pitch, 0))))
        events.sort(key=lambda event: event[:2])  # stable: set-up events keep the order they were given in

        body, now = bytearray(), 0
        for tick, _, data in events:
            body += _variable_length(tick - now) + data
            now = tick
        body += _variable_length(max(end_tick - now, 0)) + b"\xff\x2f\x00"
        header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, PPQ)
        return header + struct.pack(">4sI", b"MTrk", len(body)) + bytes(body)


def clamp7(value):
    """The nearest whole number that a MIDI data byte holds."""
    return min(127, max(0, round(value)))


def _variable_length(value):
    """A delta time: seven bits to the byte, most significant first, the top bit on all but the last."""
    data = [value & 0x7F]
    while value := value >> 7:
        data.append(0x80 | value & 0x7F)
    return bytes(reversed(data))
