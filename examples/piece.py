"""The piece: "Copper Light" as a list of stems, with the gain that gives each its place.

`score.py` is its form and harmony, `rhythm.py` and `ensemble.py` are its players.
"""

from dataclasses import dataclass
from typing import Callable

import ensemble
import rhythm


@dataclass(frozen=True)
class Stem:
    """One file: a player, and how it is printed."""

    name: str
    part: Callable
    gain_db: float
    rate_hz: int = 48_000
    n_channels: int = 2


# The gains are the balance at unity; the flute stands in front. Two stems are not like the others, as it goes with
# stems: the kick is mono, and the percussion comes from a session at 44.1 kHz.
STEMS = (
    Stem("01-kick", rhythm.kick, 5.0, n_channels=1),
    Stem("02-snare", rhythm.snare, 1.0),
    Stem("03-cymbals", rhythm.cymbals, -1.0),
    Stem("04-toms", rhythm.toms, 3.0),
    Stem("05-percussion", rhythm.percussion, -3.5, rate_hz=44_100),
    Stem("06-bass", rhythm.bass, 3.0),
    Stem("07-keys", ensemble.keys, -5.0),
    Stem("08-guitar", ensemble.guitar, 0.5),
    Stem("09-strings", ensemble.strings, -4.0),
    Stem("10-flute", ensemble.flute, -2.0),
    Stem("11-pad", ensemble.pad, -0.5),
)

# The last stem has no player: it is the hall that the others stand in, printed by itself. Each part says with its
# controllers how much of it goes there.
REVERB_NAME = "12-reverb"
REVERB_GAIN_DB = 0.0
