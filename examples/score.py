"""The score of "Copper Light": its tempo, its form and its harmony, and what a place in it means in ticks.

Time is written in bars (from 1) and sixteenths (0 to 15; what lies beyond falls into the bars that follow).
"""

from smf import PPQ

TITLE = "Copper Light"
TEMPO_BPM = 104
BARS = 13  # the thirteenth is the last chord, left to ring
END_SECONDS = 34.0
SEED = "Copper Light"

# A ritardando over bar 12, then the last chord in its own time: (bar, sixteenth, beats per minute).
TEMPO_MAP = ((1, 0, TEMPO_BPM), (12, 0, 100), (12, 4, 95), (12, 8, 88), (12, 12, 78), (13, 0, 68))

# How hard everyone plays as each bar begins, with a straight line to the next: the intro opens, the theme holds back,
# the lift peaks in bar 9, the ending lets go. The sound font's loudness goes with the square of the velocity: with the
# parts that come and go, these small steps span ten decibels from the first bar to the peak.
INTENSITY = (0.84, 0.86, 0.89, 0.90, 0.92, 0.94, 0.97, 0.99, 1.03, 1.01, 0.93, 0.87, 0.86, 0.78)

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


def intensity_at(bar, sixteenth):
    """How hard everyone plays there, as a factor of the velocity."""
    along = min(sixteenth / 16, 1.0)
    return INTENSITY[bar - 1] + (INTENSITY[bar] - INTENSITY[bar - 1]) * along


def halves():
    """Every half bar as (bar, sixteenth, chord name)."""
    for bar, chords in enumerate(HARMONY, start=1):
        for half, chord in enumerate(chords):
            yield bar, half * 8, chord


def voicing(chord, column):
    """A chord's notes for the keys (0), the pad (1) or the guitar (2), from low to high."""
    return [pitch_of(name) for name in CHORDS[chord][column].split()]
