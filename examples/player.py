"""A player: turns written notes into MIDI, with the unsteadiness of a hand that keeps good time.

Notes are written as `position:length pitch`, with an optional `@weight` from 1 (ghost) to 9 (accent), so that a line
can be read and sung from the page.
"""

import random

from score import BARS, SEED, TEMPO_BPM, TEMPO_MAP, intensity_at, pitch_of, tick_at
from smf import PPQ, Track

# How much of a player's drift is left one sixteenth later: a hand that hurries goes on hurrying for a beat or two.
DRIFT_MEMORY = 0.9


class Part:
    """A player and its track.

    Time errs in two ways: each note for itself, and as a slow drift that all who share a `feel` have in common, as the
    hands and feet of one drummer have. Each part draws from its own generator, so that rewriting one part leaves the
    sound of the others alone. Only `random()` is drawn: its sequence for a seed is one that Python promises to keep.
    """

    def __init__(self, name, *, feel=None, lag_ms=0.0, looseness_ms=6.0, unevenness=5.0):
        self.track = Track()
        for bar, sixteenth, bpm in TEMPO_MAP:
            self.track.tempo(tick_at(bar, sixteenth, swung=False), bpm)
        self._random = random.Random(f"{SEED} {name}")
        self._lag_ms, self._looseness_ms, self._unevenness = lag_ms, looseness_ms, unevenness
        self._drift_ms = drift_ms(feel or name, 0.4 * looseness_ms)

    def _wobble(self):
        """Between -1 and 1, mostly near 0."""
        return wobble(self._random)

    def play(self, channel, pitch, bar, sixteenth, length, weight, *, late_ms=0.0):
        """A note with its place, length and velocity made human; `weight` 9 is as hard as the bar allows."""
        drift = self._drift_ms[min(int((bar - 1) * 16 + sixteenth), len(self._drift_ms) - 1)]
        late_ms += self._lag_ms + drift + self._wobble() * 0.7 * self._looseness_ms
        late = round(late_ms / 1000 * TEMPO_BPM / 60 * PPQ)
        start = max(0, tick_at(bar, sixteenth) + late)
        end = max(0, tick_at(bar, sixteenth + length) + late)
        velocity = (12 + weight * 11.5) * intensity_at(bar, sixteenth) + self._wobble() * self._unevenness
        self.track.note(channel, pitch, start, end, velocity)
        return start, end

    def line(self, channel, bars, *, legato=0.94):
        """Plays written-out bars, a dict from bar to `position:length pitch@weight` words; returns what sounded."""
        sounded = []
        for bar, text in bars.items():
            for place, name in zip(text.split()[::2], text.split()[1::2]):
                position, length = (float(number) for number in place.split(":"))
                name, _, weight = name.partition("@")
                ticks = self.play(channel, pitch_of(name), bar, position, length * legato, float(weight or 7))
                sounded.append((*ticks, length))
        return sounded

    def pattern(self, channel, pitch, bar, steps, *, length=1.0, late_ms=0.0):
        """Plays one bar of a drum, one character to the sixteenth: a weight from 1 to 9, or a dot for none."""
        assert len(steps) == 16, f"bar {bar}: {steps!r} is not sixteen steps"
        for sixteenth, weight in enumerate(steps):
            if weight != ".":
                self.play(channel, pitch, bar, sixteenth, length, int(weight), late_ms=late_ms)

    def roll(self, channel, pitch, bar, first, last, low, high):
        """Repeats a drum on the sixteenths from `first` to `last`, its weight going evenly from `low` to `high`."""
        for sixteenth in range(first, last + 1):
            weight = low + (high - low) * (sixteenth - first) / max(1, last - first)
            self.play(channel, pitch, bar, sixteenth, 1, weight)

    def sustain(self, channel, chords, weight, *, overlap=0.1):
        """Holds chords `(bar, sixteenth, length, pitches)` voice by voice; a note that stays is not struck again."""
        for voice in range(max(len(pitches) for *_, pitches in chords)):
            held = None
            for bar, sixteenth, length, pitches in chords:
                pitch = pitches[voice] if voice < len(pitches) else None
                if held and held[3] == pitch:
                    held[2] += length
                    continue
                if held and held[3] is not None:
                    self.play(channel, held[3], held[0], held[1], held[2] + overlap, weight)
                held = [bar, sixteenth, length, pitch]
            if held and held[3] is not None:
                self.play(channel, held[3], held[0], held[1], held[2] + overlap, weight)

    def swell(self, channel, controller, start, end, low, high):
        """Moves a controller evenly from `low` to `high` between two ticks, one step to the 32nd note."""
        steps = max(1, (end - start) * 8 // PPQ)
        for step in range(steps + 1):
            value = low + (high - low) * step / steps
            self.track.control(start + (end - start) * step // steps, channel, controller, value)


def wobble(generator):
    """Between -1 and 1, mostly near 0."""
    return generator.random() - generator.random()


def drift_ms(feel, size_ms):
    """How late the players of one feel are at each sixteenth of the piece: a walk that is drawn back to the beat."""
    generator = random.Random(f"{SEED} {feel} drift")
    drift, late_ms = [], 0.0
    for _ in range(BARS * 16 + 16):
        late_ms = DRIFT_MEMORY * late_ms + size_ms * wobble(generator)
        drift.append(late_ms)
    return drift
