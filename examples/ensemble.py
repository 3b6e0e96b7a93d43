"""The players of harmony and melody: keys, guitar, strings, flute, pad."""

from player import Part
from score import HARMONY, halves, pitch_of, tick_at, voicing


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
    for bar, sixteenth in ((1, 0), (2, 0), (13, 0)):  # the pedal, where chords are broken
        part.track.control(tick_at(bar, sixteenth), 0, 64, 127)
        part.track.control(tick_at(bar, 7.5) if bar < 13 else tick_at(14, 10), 0, 64, 0)
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

    A cello answers the flute in the second half of the theme, and warms the last chord.
    The top voice rises to B5 with the melody's peak and comes down E, Eb, D, C, B by step to the last chord.
    In bar 8 the second voice holds its E over the B7 and resolves it to D#.
    """
    part = Part("strings", looseness_ms=9.0)
    section, cello = 0, 1
    part.track.instrument(section, 48, pan=50, reverb=64)
    part.track.instrument(cello, 42, pan=80, reverb=56, volume=88)
    part.line(cello, {
        5: "2:2 B2@4 4:4 F#3@5 8:4 A3@6 12:4 D4@6",
        6: "0:6 E4@7 6:2 D4@5 8:4 B3@5 12:4 G3@5",
        12: "0:8 G3@5 8:8 A3@5",
        13: "0:15 B3@5",
    }, legato=1.02)  # fmt: skip
    part.line(section, {5: "0:16 D5@3", 6: "0:12 B4@3 12:1 B4@4 13:1 C5@4 14:1 D5@5 15:1 D#5@6"}, legato=1.05)
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
    part.sustain(section, chords, 6)
    bow = ((5, 40, 66), (6, 66, 92), (7, 84, 104), (8, 104, 122), (9, 124, 127), (10, 127, 104), (11, 104, 88))
    for bar, low, high in (*bow, (12, 88, 80), (13, 86, 28)):
        part.swell(section, 11, tick_at(bar, 0), tick_at(bar + 1, 0), low, high)
    for bar, low, high in ((5, 84, 112), (6, 120, 88), (12, 88, 100), (13, 100, 40)):
        part.swell(cello, 11, tick_at(bar, 0), tick_at(bar + 1, 0), low, high)
    return part.track


def flute():
    """The melody: the theme turns around G5, the lift climbs to G6 in bar 9, the ending lets it down to B5."""
    part = Part("flute", lag_ms=4.0, looseness_ms=7.0, unevenness=4.0)
    part.track.instrument(0, 73, pan=70, reverb=66)
    sounded = part.line(0, {
        2: "12:2 D5@6 14:2 E5@7",
        3: "0:6 G5@8 6:2 F#5@6 8:2 G5@6 10:4 B5@8 14:2 A5@6",
        4: "0:0.35 G5@5 0.35:5.65 F#5@8 6:2 E5@6 8:3 D5@7 12:2 A4@5 14:2 B4@6",
        5: "0:6 D5@7 6:2 E5@6 8:2 F#5@6 10:4 A5@8 14:2 F#5@6",
        6: "0:2 F#5@7 2:7 E5@7 12:2 G5@7 14:2 A5@8",
        7: "0:6 B5@8 6:2 A5@7 8:2 G5@7 10:2 A5@7 12:4 C6@8",
        8: "0:0.35 C6@5 0.35:5.65 B5@8 6:2 A5@7 8:2 F#5@7 10:2 A5@7 12:2 C6@7 14:2 D#6@7.5",
        9: "0:6 E6@7.5 6:2 F#6@6.5 8:6 G6@7.5 14:2 F#6@6.5",
        10: "0:4 D6@7 4:2 B5@6.5 6:2 D6@6.5 8:4 E6@7 12:2 C#6@6.5 14:2 B5@6",
        11: "0:0.4 C6@4 0.4:5.6 B5@8 6:2 G5@6 8:4 A5@7 12:2 G5@6 14:2 Eb5@6",
        12: "0:5 D5@7 6:2 E5@6 8:4 G5@6 12:4 A5@6",
        13: "0:14 B5@6",
    }, legato=0.98)  # fmt: skip
    for start, end, length in sounded:
        if length >= 4:  # a long note opens, then blooms into vibrato
            middle = (start + end) // 2
            part.swell(0, 11, start, middle, 96, 122)
            part.swell(0, 11, middle, end, 122, 92 if length < 12 else 24)
            part.track.control(start, 0, 1, 0)
            part.swell(0, 1, (start + middle) // 2, end, 4, 34)
        else:
            part.track.control(start, 0, 11, 108)
            part.track.control(start, 0, 1, 0)
    for bar, sixteenth in ((7, 0), (9, 8), (12, 8)):  # reached from a little below, as breath reaches a note
        start = tick_at(bar, sixteenth)
        for step in range(9):
            part.track.bend(start + step * 12, 0, -0.35 * (1 - step / 8))
    return part.track


def pad():
    """Warm synthetic air under everything; where the bass is silent it carries the root."""
    part = Part("pad", looseness_ms=12.0)
    part.track.instrument(0, 89, pan=64, reverb=24)
    chords = [
        (bar, sixteenth, 8 if bar < 13 else 7, voicing(name, 1)) for bar, sixteenth, name in halves()
    ]
    part.sustain(0, chords, 5)
    air = ((1, 100, 116), (2, 116, 120), (3, 84, 84), (5, 84, 92), (7, 96, 104), (9, 112, 112), (11, 104, 96))
    for bar, low, high in (*air, (13, 96, 40)):
        part.swell(0, 11, tick_at(bar, 0), tick_at(bar + 1, 0), low, high)
    return part.track
