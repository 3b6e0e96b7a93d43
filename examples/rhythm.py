"""The players of the rhythm section: the kit in four stems, percussion, bass."""

from player import Part

KICK, RIM, SNARE, FLOOR_TOM, HAT, HAT_PEDAL, LOW_TOM, OPEN_HAT, MID_TOM = 36, 37, 38, 41, 42, 44, 45, 46, 47
CRASH, HIGH_TOM, RIDE, RIDE_BELL, TAMBOURINE, CRASH_2 = 49, 50, 51, 53, 54, 57
CONGA_SLAP, CONGA_OPEN, CONGA_LOW, SHAKER, TRIANGLE, BELL_TREE = 62, 63, 64, 82, 81, 84

# One drummer's patterns, bar by bar: kick, cross-stick, snare, closed hat, ride. Bars 3 and 4 hold back with the
# cross-stick, 5 and 6 bring the snare, the lift rides; the fills of bars 6 and 10 take the last beat.
REST = "................"
GROOVE = {
    #    kick                cross-stick         snare               hat                 ride
    2: ("..............5.", REST,               "............1.23", "........3.3.4.45", REST),
    3: ("8.....3...7.....", "....6.......6...", ".........2.....1", "7.4.6.4.7.4.6.43", REST),
    4: ("8..3....5.7.....", "....6.......6..3", ".........2......", "7.4.6.437.4.6...", REST),
    5: ("9.....4...8.....", REST,               "....7..2.2..8..1", "7.4.6.4.7.456.43", REST),
    6: ("9..3....5.8.....", REST,               "....8....2......", "7.4.6.437.4.....", REST),
    7: ("9.....6...8..4..", REST,               "....9..2.2..9..2", REST,               "7.5.7.5.7.5.7.5."),
    8: ("9.....6...8.3...", REST,               "....9..2.2..9.3.", REST,               "7.537.5.7.537.5."),
    9: ("9.....6...8..4.3", REST,               "....9..2.2..9..2", REST,               "8.5.7.538.5.7.53"),
    10: ("9..3..6...8.....", REST,              "....9..2.2......", REST,               "8.5.7.5.7.5....."),
    11: ("8.........5.....", "....5...........", REST,              REST,               "....5...4...4..."),
    12: ("7...............", "....4.......3...", REST,              REST,               REST),
}  # fmt: skip


def drummer(name, *, unevenness=6.0):
    """One of the drummer's limbs: its own small errors, the drift of the whole."""
    return Part(name, feel="drums", looseness_ms=4.0, unevenness=unevenness)


def kick():
    """The kick carries the lift, leaves the ending alone and seals the last chord."""
    part = drummer("kick")
    part.track.instrument(9, 0, pan=64, reverb=0, volume=127, drums=True)
    for bar, (steps, *_) in GROOVE.items():
        part.pattern(9, KICK, bar, steps)
    part.play(9, KICK, 13, 0, 16, 7)
    return part.track


def snare():
    """A cross-stick that gives way to the snare; ghost notes between the backbeats, which come late on purpose."""
    part = drummer("snare")
    part.track.instrument(9, 0, pan=64, reverb=34, volume=127, drums=True)
    for bar, (_, rim_steps, snare_steps, _, _) in GROOVE.items():
        part.pattern(9, RIM, bar, rim_steps, late_ms=5.0)
        part.pattern(9, SNARE, bar, snare_steps, late_ms=6.0)
    for sixteenth, weight in ((12, 7), (12.67, 5)):
        part.play(9, SNARE, 6, sixteenth, 1, weight)
    for bar in (7, 9):  # a flam into the second backbeat
        part.play(9, SNARE, bar, 12, 0.2, 3, late_ms=-26.0)
    return part.track


def cymbals():
    """Hi-hat on the left for the theme, ride on the right for the lift, crashes at the seams, swells into them."""
    part = drummer("cymbals")
    hat, ride, crash = 9, 10, 11
    for channel, pan, reverb in ((hat, 46, 6), (ride, 84, 8), (crash, 60, 14)):
        part.track.instrument(channel, 0, pan=pan, reverb=reverb, volume=100, drums=True)
    for bar, (*_, closed, riding) in GROOVE.items():
        part.pattern(hat, HAT, bar, closed)
        part.pattern(ride, RIDE, bar, riding)
        if 7 <= bar <= 10:  # the left foot keeps two and four
            part.pattern(hat, HAT_PEDAL, bar, "....5.......5...")
    part.pattern(hat, OPEN_HAT, 4, "..............5.", length=2)
    part.pattern(ride, RIDE_BELL, 8, "......6.......6.")
    part.pattern(ride, RIDE_BELL, 9, "......5.......6.")
    part.play(ride, RIDE, 13, 0, 16, 4)
    for bar, cymbal, weight in ((7, CRASH, 7), (9, CRASH_2, 8), (11, CRASH, 4.5), (13, CRASH, 4.5)):
        part.play(crash, cymbal, bar, 0, 16, weight)
    part.roll(crash, CRASH_2, 2, 10, 15, 0.2, 1.8)
    part.roll(crash, CRASH_2, 12, 8, 15, 0.4, 3.2)
    return part.track


def toms():
    """Two fills, and mallets on the floor tom that carry the ritardando into the last chord."""
    part = drummer("toms")
    high, mid, low = 9, 10, 11
    for channel, pan in ((high, 84), (mid, 60), (low, 40)):
        part.track.instrument(channel, 0, pan=pan, reverb=26, volume=120, drums=True)
    place = {HIGH_TOM: high, MID_TOM: mid, LOW_TOM: low, FLOOR_TOM: low}
    for bar, hits in {
        6: ((13.33, HIGH_TOM, 7), (14, MID_TOM, 7), (15, FLOOR_TOM, 8)),
        8: ((15, MID_TOM, 5),),
        10: ((12, HIGH_TOM, 8), (13, HIGH_TOM, 5), (13.5, MID_TOM, 5), (14, LOW_TOM, 7), (15, FLOOR_TOM, 6)),
        13: ((0, FLOOR_TOM, 5),),
    }.items():
        for sixteenth, drum, weight in hits:
            part.play(place[drum], drum, bar, sixteenth, 2, weight)
    part.roll(low, FLOOR_TOM, 12, 10, 15, 0.3, 3.4)
    return part.track


def percussion():
    """Shaker on the left, tambourine far right, congas half right, bells at the seams and a celesta at the end."""
    part = Part("percussion", lag_ms=1.0, looseness_ms=5.0, unevenness=9.0)
    shaker, congas, tambourine, bells, celesta = 9, 10, 11, 12, 13
    for channel, pan, reverb in ((shaker, 24, 4), (congas, 88, 22), (tambourine, 112, 14), (bells, 40, 60)):
        part.track.instrument(channel, 0, pan=pan, reverb=reverb, drums=True)
    part.track.instrument(celesta, 8, pan=48, reverb=90, volume=84)
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
    part.line(celesta, {  # the upbeat that began the theme, as a memory
        2: "8:4 B5@3",
        9: "0:8 B5@6 8:8 D6@6",
        13: "8:2 D6@5 10:2.4 E6@5 12.6:12 B6@4.5",
    })  # fmt: skip
    return part.track


def bass():
    """Roots and fifths with a chromatic step into each new root; a walk from E down to B under the lift."""
    part = Part("bass", feel="drums", lag_ms=-2.0, looseness_ms=4.0)
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
        13: "0:15 G1@7 12.6:5 D3@3",
    })  # fmt: skip
    return part.track
