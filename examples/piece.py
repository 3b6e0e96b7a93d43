"""The piece: "Copper Light", its harmony, its form and the eight parts that play it.

Time is written in bars (from 1) and sixteenths (0 to 15). Notes are written as `position:length pitch`, with an
optional `@weight` from 1 (ghost) to 9 (accent), so that a line can be read and sung from the page.
"""

import random

from smf import PPQ, Track

TITLE = "Copper Light"
TEMPO_BPM = 104
BARS = 13  # the thirteenth is the last chord, left to ring
END_SECONDS = 32.0
SEED = "Copper Light"

# A ritardando over bar 12, then the last chord in its own time: (bar, sixteenth, beats per minute).
TEMPO_MAP = ((1, 0, TEMPO_BPM), (12, 0, 100), (12, 4, 95), (12, 8, 89), (12, 12, 81), (13, 0, 76))

# How hard everyone plays, bar by bar: the intro opens, the theme holds back, the lift peaks in bar 9.
# The sound font's loudness goes with the square of the velocity: with the parts that come and go, these small steps
# span a dozen decibels from the first bar to the peak.
INTENSITY = (0.82, 0.84, 0.88, 0.88, 0.90, 0.93, 0.97, 1.00, 1.06, 1.03, 0.91, 0.84, 0.82)

# Where the second of two sixteenths falls within its eighth: 0.5 is straight, 0.667 a triplet.
SWING = 0.555

# The harmony, two chords to the bar. The keys' voicings are rootless, stay between G3 and G4, and move by the smallest
# step to the next chord. From bar 9 they stand still while the bass walks down E, D#, D, C#, C, C, B beneath them.
# The pad's lowest note is the root, kept at or above G2; the guitar's notes lie above the keys.
#           keys                 pad                  guitar
CHORDS = {
    "Gmaj9": ("B3 D4 F#4 A4", "G2 D3 B3 F#4", "D4 F#4 B4 D5"),
    "Em9": ("G3 B3 D4 F#4", "E3 B3 D4 G4", "E4 G4 B4 D5"),
    "D9sus": ("A3 C4 E4 G4", "D3 A3 C4 G4", "E4 G4 A4 C5"),
    "Cmaj9": ("B3 D4 E4 G4", "C3 G3 E4 B4", "E4 G4 B4 D5"),
    "D6/9": ("A3 B3 E4 F#4", "D3 A3 F#4 B4", "E4 F#4 A4 B4"),
    "Bm7": ("A3 B3 D4 F#4", "B2 F#3 D4 A4", "D4 F#4 A4 B4"),
    "Am9": ("G3 B3 C4 E4", "A2 E3 C4 B4", "E4 G4 B4 C5"),
    "B7sus": ("A3 B3 E4 F#4", "B2 F#3 E4 A4", "E4 F#4 A4 B4"),
    "B7b9": ("A3 C4 D#4 F#4", "B2 F#3 D#4 A4", "D#4 F#4 A4 C5"),
    "Em": ("G3 B3 E4 F#4", "E3 B3 G4", "E4 G4 B4 F#5"),
    "Em/D#": ("G3 B3 E4 F#4", "D#3 B3 G4", "D#4 G4 B4 F#5"),
    "Em/D": ("G3 B3 E4 F#4", "D3 B3 G4", "D4 G4 B4 E5"),
    "C#m7b5": ("G3 B3 E4 G4", "C#3 B3 G4", "C#4 G4 B4 E5"),
    "Cm6/9": ("G3 A3 D4 Eb4", "C3 G3 Eb4 A4", "Eb4 G4 A4 D5"),
    "G/B": ("G3 B3 D4 G4", "B2 G3 D4 B4", "D4 G4 B4 D5"),
}
HARMONY = (
    ("Gmaj9", "Gmaj9"), ("Em9", "D9sus"),  # intro
    ("Cmaj9", "Cmaj9"), ("D6/9", "D6/9"), ("Bm7", "Bm7"), ("Em9", "Em9"),  # theme
    ("Am9", "Am9"), ("B7sus", "B7b9"), ("Em", "Em/D#"), ("Em/D", "C#m7b5"),  # lift
    ("Cmaj9", "Cm6/9"), ("G/B", "D9sus"), ("Gmaj9", "Gmaj9"),  # ending
)  # fmt: skip

KICK, RIM, SNARE, FLOOR_TOM, HAT, LOW_TOM, OPEN_HAT, MID_TOM = 36, 37, 38, 41, 42, 45, 46, 47
CRASH, HIGH_TOM, RIDE, TAMBOURINE, RIDE_BELL, CRASH_2 = 49, 50, 51, 54, 53, 57
CONGA_SLAP, CONGA_OPEN, CONGA_LOW, SHAKER, TRIANGLE, BELL_TREE = 62, 63, 64, 82, 81, 84

_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch_of(name):
    """The MIDI key of a note name; C4 is 60."""
    accidental = name.count("#") - name.count("b")
    return _SEMITONE[name[0]] + accidental + 12 * (int(name[-1]) + 1)


def tick_at(bar, sixteenth, *, swung=True):
    """The tick of a place in the bar; odd sixteenths come late by the swing."""
    position = (bar - 1) * 16 + sixteenth
    if swung:
        eighth, within = divmod(position, 2)
        stretched = within * 2 * SWING if within < 1 else 2 * SWING + (within - 1) * 2 * (1 - SWING)
        position = eighth * 2 + stretched
    return round(position * PPQ / 4)


def end_tick():
    """The tick at which the piece has lasted `END_SECONDS`: what the tempo map leaves is the last tempo's."""
    starts = [tick_at(bar, sixteenth, swung=False) for bar, sixteenth, _ in TEMPO_MAP]
    elapsed = sum((b - a) / PPQ * 60 / bpm for a, b, (_, _, bpm) in zip(starts, starts[1:], TEMPO_MAP))
    return starts[-1] + round((END_SECONDS - elapsed) * TEMPO_MAP[-1][2] / 60 * PPQ)


def halves():
    """Every half bar as (bar, sixteenth, chord name)."""
    for bar, chords in enumerate(HARMONY, start=1):
        for half, chord in enumerate(chords):
            yield bar, half * 8, chord


def voicing(chord, column):
    """A chord's notes for the keys (0), the pad (1) or the guitar (2), from low to high."""
    return [pitch_of(name) for name in CHORDS[chord][column].split()]


class Part:
    """A player: a track, and the small unsteadiness of a hand that keeps good time.

    Each part draws from its own generator, so that rewriting one part leaves the sound of the others alone.
    Only `random()` is drawn: its sequence for a given seed is the one that Python promises to keep.
    """

    def __init__(self, name, *, lag_ms=0.0, looseness_ms=6.0, unevenness=5.0):
        self.track = Track()
        for bar, sixteenth, bpm in TEMPO_MAP:
            self.track.tempo(tick_at(bar, sixteenth, swung=False), bpm)
        self._random = random.Random(f"{SEED} {name}")
        self._lag_ms, self._looseness_ms, self._unevenness = lag_ms, looseness_ms, unevenness

    def _wobble(self):
        """Between -1 and 1, mostly near 0."""
        return self._random.random() - self._random.random()

    def play(self, channel, pitch, bar, sixteenth, length, weight, *, late_ms=0.0):
        """A note with its place, length and velocity made human; `weight` 9 is as hard as the bar allows."""
        late_ms += self._lag_ms + self._wobble() * self._looseness_ms
        late = round(late_ms / 1000 * TEMPO_BPM / 60 * PPQ)
        start = max(0, tick_at(bar, sixteenth) + late)
        end = max(0, tick_at(bar, sixteenth + length) + late)
        velocity = (12 + weight * 11.5) * INTENSITY[bar - 1] + self._wobble() * self._unevenness
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


def drums():
    """A dry pocket under the theme, the ride and the crash for the lift, a step back for the ending."""
    part = Part("drums", looseness_ms=4.0, unevenness=6.0)
    feet, kit, cymbals = 9, 10, 11  # the kick carries the mix; cymbals and hat lie well beneath it
    for channel, volume in ((feet, 127), (kit, 110), (cymbals, 76)):
        part.track.instrument(channel, 0, pan=64, reverb=10, volume=volume, drums=True)
    #         kick                snare               hat
    pocket = ("9.....4...8.....", "....8..2.2..8..1", "7.4.6.4.7.4.6.43")
    answer = ("9..3....5.8.....", "....8....2..8.2.", "7.4.6.437.4.6...")
    driven = ("9.....6...8..4..", "....9..2.2..9..2", "7.5.7.5.7.5.7.5.")
    for bar in range(3, 11):
        kick, snare, cymbal = driven if bar >= 7 else answer if bar % 2 == 0 else pocket
        if bar in (6, 10):  # the fills take the last beat
            snare, cymbal = snare[:12] + "....", cymbal[:12] + "...."
        part.pattern(feet, KICK, bar, kick)
        part.pattern(kit, SNARE, bar, snare, late_ms=6.0)  # behind the beat
        part.pattern(cymbals, RIDE if bar >= 7 else HAT, bar, cymbal)
    part.pattern(cymbals, HAT, 2, "........3.3.4.56")
    part.pattern(kit, SNARE, 2, "............2.46")
    part.pattern(cymbals, OPEN_HAT, 4, "..............5.", length=2)
    part.pattern(cymbals, RIDE_BELL, 8, "......6.......6.")
    for bar, hits in {
        6: ((12, SNARE, 7), (12.67, SNARE, 5), (13.33, HIGH_TOM, 7), (14, MID_TOM, 7), (15, FLOOR_TOM, 8)),
        10: ((12, HIGH_TOM, 8), (13, HIGH_TOM, 5), (14, LOW_TOM, 7), (15, FLOOR_TOM, 6)),
    }.items():
        for sixteenth, drum, weight in hits:
            part.play(kit, drum, bar, sixteenth, 1, weight)
    for bar, cymbal, weight in ((7, CRASH, 7), (9, CRASH_2, 8), (11, CRASH, 5)):
        part.play(cymbals, cymbal, bar, 0, 16, weight)
    part.pattern(feet, KICK, 11, "8.........6.....")
    part.pattern(kit, RIM, 11, "....5...........")
    part.pattern(kit, RIM, 12, "....4.......3...")
    part.pattern(cymbals, RIDE, 11, "....5...4...4...")
    part.pattern(feet, KICK, 12, "7...............")
    for sixteenth in range(8, 16):  # a roll on the crash carries the ritardando into the last chord
        part.play(cymbals, CRASH_2, 12, sixteenth, 1, 0.5 + (sixteenth - 8) * 0.4)
    for channel, drum, weight in ((feet, KICK, 7), (cymbals, RIDE, 4), (cymbals, CRASH, 5)):
        part.play(channel, drum, 13, 0, 16, weight)
    return part.track


def bass():
    """Roots and fifths with a chromatic step into each new root; a walk from E down to B under the lift."""
    part = Part("bass", lag_ms=-2.0, looseness_ms=4.0)
    part.track.instrument(0, 33, pan=64, reverb=0)
    part.line(0, {
        2: "12:1.5 D2@5 14:2 B1@6",
        3: "0:3 C2@8 3:1 C2@3 6:2 G2 8:2 C2@6 10:3 C2@7 13:1 G2@4 14:2 C#2@6",
        4: "0:3 D2@8 3:1 D2@3 6:2 A2 10:3 D2@7 13:1 D2@3 14:2 C2@6",
        5: "0:3 B1@8 3:1 B1@3 6:2 F#2 8:2 B1@6 10:3 B1@7 13:1 B1@3 14:2 D#2@6",
        6: "0:3 E2@8 3:1 E2@3 6:2 B2 8:2 E2@6 10:2 D2@7 12:2 B1@6 14:2 G#1@6",
        7: "0:4 A1@8 6:2 E2 8:2 A1@6 10:3 A2@7 13:1 E2@4 14:2 A#1@7",
        8: "0:4 B1@8 6:2 F#2 8:3 B1@7 11:1 B1@3 12:2 F#2@6 14:2 D#2@7",
        9: "0:5 E2@9 5:1 E2@4 6:2 E3@6 8:5 D#2@8 13:1 D#2@4 14:2 D#3@6",
        10: "0:5 D2@8 5:1 D2@4 6:2 D3@6 8:4 C#2@8 12:2 C#2@5 14:2 G2@6",
        11: "0:7 C2@7 7:1 C2@3 8:6 C2@6 14:2 G1@5",
        12: "0:7 B1@6 8:4 A1@6 12:4 D2@6",
        13: "0:14 G1@7",
    })  # fmt: skip
    return part.track


def keys():
    """An electric piano: broken chords to open and to close, chords between the beats while the drums play."""
    part = Part("keys", looseness_ms=7.0)
    part.track.instrument(0, 4, pan=40, reverb=24)

    def chord(bar, sixteenth, length, name, weight):
        for order, pitch in enumerate(voicing(name, 0)):  # rolled upwards, the top note a little clearer
            part.play(0, pitch, bar, sixteenth, length, weight + 0.35 * order, late_ms=5.0 * order)

    def broken(bar, sixteenth, name, weight, last):
        for order, pitch in enumerate(voicing(name, 0)):
            part.play(0, pitch, bar, sixteenth + 2 * order, last - 2 * order, weight + 0.3 * order)

    broken(1, 0, "Gmaj9", 6, 16)
    part.line(0, {1: "8:4 D5@7 12:4 B4@6"})
    broken(2, 0, "Em9", 6, 8)
    chord(2, 8, 7, "D9sus", 6)
    # (sixteenth, length, half whose chord it takes, weight); half 2 is the next bar's chord, struck early.
    comping = (
        ((0, 4, 0, 6), (6, 2, 0, 5), (10, 5, 1, 6)),
        ((0, 3, 0, 6), (3, 2, 0, 4), (7, 2, 0, 5), (10, 3, 1, 6), (14, 2, 2, 5.5)),
    )
    struck_early = False
    for bar in range(3, 11):
        names = (*HARMONY[bar - 1], HARMONY[bar][0])
        for sixteenth, length, half, weight in comping[(bar - 3) % 2]:
            if not (struck_early and sixteenth == 0):
                chord(bar, sixteenth, length, names[half], weight)
        struck_early = (bar - 3) % 2 == 1
    chord(11, 4, 4, "Cmaj9", 5)
    broken(11, 8, "Cm6/9", 5, 8)
    broken(12, 0, "G/B", 5, 8)
    chord(12, 8, 7.5, "D9sus", 5)
    chord(13, 0, 15, "Gmaj9", 5)
    part.line(0, {13: "4:11 D5@4 6:9 F#5@3"})
    return part.track


def guitar():
    """A clean electric: muted sixteenths in the theme, open arpeggios in threes against the lift's four."""
    part = Part("guitar", lag_ms=3.0, looseness_ms=6.0, unevenness=8.0)
    clean, muted = 0, 1
    part.track.instrument(clean, 27, pan=92, reverb=30)
    part.track.instrument(muted, 28, pan=92, reverb=16)
    riff = ((0, 0, 6), (3, 1, 5), (4, 2, 4), (6, 3, 7), (7, 2, 3), (10, 1, 6), (11, 0, 4), (13, 2, 6), (14, 3, 5))
    for bar, halves_of_bar in enumerate(HARMONY, start=1):
        tones = [voicing(name, 2) for name in halves_of_bar]
        if bar == 2:
            for order, sixteenth in enumerate((0, 2, 4, 6, 8, 10, 12, 14)):
                part.play(clean, tones[order // 4][order % 4], bar, sixteenth, 3, 3.5 + order * 0.25)
        elif 3 <= bar <= 6:
            for sixteenth, tone, weight in riff:
                part.play(muted, tones[sixteenth // 8][tone], bar, sixteenth, 0.9, weight + 1)
        elif 7 <= bar <= 10:
            for sixteenth, tone in enumerate((0, 2, 1, 3, 1, 2, 0, 2, 0, 2, 3, 1, 2, 3, 2, 1)):
                accent = 6 if sixteenth in (0, 3, 6, 8, 11, 14) else 4
                part.play(clean, tones[sixteenth // 8][tone], bar, sixteenth, 2.2, accent)
        elif bar in (11, 12):
            for order, sixteenth in enumerate((0, 3, 6, 7, 8, 11, 14)):
                part.play(clean, tones[sixteenth // 8][order % 4], bar, sixteenth, 4, 4.5)
        elif bar == 13:
            for order, pitch in enumerate(tones[0]):
                part.play(clean, pitch, bar, 0, 14, 4.5, late_ms=28.0 * order)
    return part.track


def strings():
    """A breath in bars 5 and 6, a run into the lift, then four voices that open as the bass descends.

    The top voice rises to B5 with the melody's peak and comes down E, Eb, D, C, B by step to the last chord.
    In bar 8 the second voice holds its E over the B7 and resolves it to D#.
    """
    part = Part("strings", looseness_ms=9.0)
    part.track.instrument(0, 48, pan=50, reverb=44)
    part.line(0, {5: "0:16 D5@3", 6: "0:12 B4@3 12:1 B4@4 13:1 C5@4 14:1 D5@5 15:1 D#5@6"}, legato=1.05)
    voices = (
        ("E5 C5 G4 C4", "G5 E5 G4 C4"), ("F#5 E5 F#4 A3", "A5 D#5 F#4 C4"),
        ("G5 E5 B4 B3", "B5 F#5 B4 B3"), ("B5 F#5 B4 B3", "G5 E5 B4 G3"),
        ("E5 D5 G4 C4", "Eb5 C5 A4 C4"), ("D5 B4 G4 B3", "C5 A4 G4 C4"),
        ("B4 A4 F#4 D4", "B4 A4 F#4 D4"),
    )  # fmt: skip
    chords = [
        (bar, half * 8, 8 if bar < 13 else 7, [pitch_of(name) for name in names.split()])
        for bar, pair in enumerate(voices, start=7)
        for half, names in enumerate(pair)
    ]
    part.sustain(0, chords, 6)
    bow = ((5, 40, 66), (6, 66, 92), (7, 84, 104), (8, 104, 122), (9, 124, 127), (10, 127, 104), (11, 104, 88))
    for bar, low, high in (*bow, (12, 88, 76), (13, 84, 30)):
        part.swell(0, 11, tick_at(bar, 0), tick_at(bar + 1, 0), low, high)
    return part.track


def lead():
    """A flute: the theme turns around G5, the lift climbs to G6 in bar 9, the ending lets it down to B5."""
    part = Part("lead", lag_ms=4.0, looseness_ms=7.0, unevenness=4.0)
    part.track.instrument(0, 73, pan=70, reverb=40)
    sounded = part.line(0, {
        2: "12:2 D5@6 14:2 E5@7",
        3: "0:6 G5@8 6:2 F#5@6 8:2 G5@6 10:4 B5@8 14:2 A5@6",
        4: "0:6 F#5@8 6:2 E5@6 8:3 D5@7 12:2 A4@5 14:2 B4@6",
        5: "0:6 D5@7 6:2 E5@6 8:2 F#5@6 10:4 A5@8 14:2 F#5@6",
        6: "0:2 F#5@7 2:7 E5@7 12:2 G5@7 14:2 A5@8",
        7: "0:6 B5@8 6:2 A5@7 8:2 G5@7 10:2 A5@7 12:4 C6@8",
        8: "0:6 B5@8 6:2 A5@7 8:2 F#5@7 10:2 A5@7 12:2 C6@8 14:2 D#6@9",
        9: "0:6 E6@9 6:2 F#6@8 8:6 G6@9 14:2 F#6@8",
        10: "0:4 D6@8 4:2 B5@7 6:2 D6@7 8:4 E6@8 12:2 C#6@7 14:2 B5@6",
        11: "0:6 B5@8 6:2 G5@6 8:4 A5@7 12:2 G5@6 14:2 Eb5@6",
        12: "0:5 D5@7 6:2 E5@6 8:4 G5@6 12:4 A5@6",
        13: "0:14 B5@6",
    }, legato=0.98)  # fmt: skip
    for start, end, length in sounded:
        if length >= 4:  # a long note opens, then blooms into vibrato
            middle = (start + end) // 2
            part.swell(0, 11, start, middle, 96, 122)
            part.swell(0, 11, middle, end, 122, 92 if length < 12 else 30)
            part.track.control(start, 0, 1, 0)
            part.swell(0, 1, (start + middle) // 2, end, 4, 34)
        else:
            part.track.control(start, 0, 11, 108)
            part.track.control(start, 0, 1, 0)
    return part.track


def pad():
    """Warm synthetic air under everything; where the bass is silent it carries the root."""
    part = Part("pad", looseness_ms=12.0)
    part.track.instrument(0, 89, pan=64, reverb=30)
    chords = [
        (bar, sixteenth, 8 if bar < 13 else 7, voicing(name, 1)) for bar, sixteenth, name in halves()
    ]
    part.sustain(0, chords, 5)
    air = ((1, 100, 116), (2, 116, 120), (3, 84, 84), (5, 84, 92), (7, 96, 104), (9, 112, 112), (11, 104, 96))
    for bar, low, high in (*air, (13, 96, 40)):
        part.swell(0, 11, tick_at(bar, 0), tick_at(bar + 1, 0), low, high)
    return part.track


def percussion():
    """Shaker on the left, tambourine far right, congas half right, and bells at the seams of the form."""
    part = Part("percussion", lag_ms=1.0, looseness_ms=5.0, unevenness=9.0)
    shaker, congas, tambourine, bells = 9, 10, 11, 12
    for channel, pan, reverb in ((shaker, 24, 6), (congas, 88, 16), (tambourine, 112, 10), (bells, 40, 40)):
        part.track.instrument(channel, 0, pan=pan, reverb=reverb, drums=True)
    for bar in range(2, 12):
        part.pattern(shaker, SHAKER, bar, "4...6...4...6.3." if bar < 7 else "4.3.7.3.4.3.7.34")
    for bar in range(3, 11):
        part.pattern(congas, CONGA_SLAP, bar, "......5.......3." if bar % 2 else "...4..5.........")
        part.pattern(congas, CONGA_OPEN, bar, "..........6.7..." if bar % 2 else "..........5.6.6.")
        part.pattern(congas, CONGA_LOW, bar, "..............5." if bar < 7 else "...5...........6")
    for bar in range(7, 11):
        part.pattern(tambourine, TAMBOURINE, bar, "....6.......6.3.")
    for bar, sixteenth, weight in ((1, 0, 5), (2, 8, 4), (11, 8, 4), (12, 0, 4)):
        part.play(bells, TRIANGLE, bar, sixteenth, 8, weight)
    for bar, sixteenth, weight in ((6, 8, 4), (12, 12, 4)):
        part.play(bells, BELL_TREE, bar, sixteenth, 16, weight)
    return part.track


# Stem name, the part, and the gain in decibels that gives it its place in the mix; the lead stands in front.
STEMS = (
    ("01-drums", drums, 5.0),
    ("02-bass", bass, 3.0),
    ("03-keys", keys, -5.0),
    ("04-guitar", guitar, 0.5),
    ("05-strings", strings, -4.0),
    ("06-lead", lead, -2.0),
    ("07-pad", pad, -0.5),
    ("08-percussion", percussion, -2.5),
)
