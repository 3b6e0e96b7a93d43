#!/usr/bin/env python3
"""Makes the example stems anew: composes the piece, plays each part with fluidsynth, writes 16-bit FLAC.

The same tools give the same bytes each time: every random choice has a fixed seed, fluidsynth runs on one core with
no configuration but ours and writes floating point without dither, and flac gets raw samples and no tags.
"""

import sys

sys.dont_write_bytecode = True  # a run leaves nothing in this folder but the stems

import argparse
import shutil
import tempfile
from pathlib import Path

from render import describe, render_all
from score import TITLE
from tools import StemError, decode_flac, encode_flac

DEFAULT_STEMS = Path(__file__).resolve().parent / "stems"
DEFAULT_SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian's fluid-soundfont-gm
DEBIAN_PACKAGES = {"fluidsynth": "fluidsynth", "flac": "flac"}

# Another build of fluidsynth may round the last bit otherwise, and nothing more, before it counts as another sound.
CHECK_TOLERANCE_LSB = 2


def main():
    parser = argparse.ArgumentParser(description=f"Makes the stems of “{TITLE}” anew.")
    parser.add_argument("--soundfont", type=Path, default=DEFAULT_SOUNDFONT, help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=DEFAULT_STEMS, help="the stems' folder (default: beside this file)")
    parser.add_argument("--check", action="store_true", help="write nothing; compare a new rendering with those in OUT")
    options = parser.parse_args()
    try:
        require_tools(options.soundfont)
        (check_stems if options.check else make_stems)(options.soundfont, options.out)
    except StemError as error:
        sys.exit(f"make_stems: {error}")


def require_tools(soundfont):
    """Fails before any work when something is not installed, naming all that is missing at once."""
    missing = [package for tool, package in DEBIAN_PACKAGES.items() if shutil.which(tool) is None]
    if not soundfont.is_file():
        if soundfont != DEFAULT_SOUNDFONT:
            raise StemError(f"no sound font at {soundfont}")
        missing.append("fluid-soundfont-gm")
    elif not is_soundfont(soundfont):
        raise StemError(f"{soundfont} is not a sound font (SF2)")
    if missing:
        raise StemError(f"missing tools; install them with: sudo apt-get install {' '.join(missing)}")


def is_soundfont(path):
    """Whether a file opens as SF2 does: given anything else, fluidsynth plays its default font and reports nothing."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def make_stems(soundfont, folder):
    """Renders every stem, then puts them all in place of those that were there: a failure leaves no half-made set."""
    with tempfile.TemporaryDirectory() as scratch:
        rendered = render_stems(soundfont, Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        for path in rendered:
            shutil.copyfile(path, folder / path.name)
        total = sum(path.stat().st_size for path in rendered)
    print(f"{len(rendered)} stems, {total / 1e6:.2f} MB, in {folder}")
    for stale in sorted({path.name for path in folder.glob("*.flac")} - {path.name for path in rendered}):
        print(f"not of this piece, left alone: {folder / stale}")


def check_stems(soundfont, folder):
    """Renders into a temporary folder and compares what the stems decode to, sample by sample."""
    different = []
    with tempfile.TemporaryDirectory() as scratch:
        for path in render_stems(soundfont, Path(scratch)):
            kept = folder / path.name
            if not kept.is_file():
                raise StemError(f"{kept} is missing; make it with: python3 {Path(__file__).name}")
            verdict, same = compare(decode_flac(kept), decode_flac(path))
            print(f"{path.stem:<14} {verdict}")
            if not same:
                different.append(path.stem)
    if different:
        raise StemError(f"these stems differ from a new rendering: {', '.join(different)}")


def render_stems(soundfont, folder):
    """Renders all stems to FLAC files in `folder` and says how loud each is."""
    paths = []
    for name, sound in render_all(soundfont, folder):
        paths.append(encode_flac(sound, folder / f"{name}.flac"))
        print(f"{name:<14} {describe(sound)}, {paths[-1].stat().st_size:>9,} bytes")
    return paths


def compare(kept, fresh):
    """A verdict in words, and whether two stems are the same sound."""
    if (kept.rate_hz, kept.n_channels) != (fresh.rate_hz, fresh.n_channels):
        return f"format differs: {kept.rate_hz} Hz × {kept.n_channels}, {fresh.rate_hz} Hz × {fresh.n_channels}", False
    if len(kept.samples) != len(fresh.samples):
        return f"length differs: {kept.n_frames()} and {fresh.n_frames()} frames", False
    if kept.samples == fresh.samples:
        return "identical", True
    largest = max(abs(a - b) for a, b in zip(kept.samples, fresh.samples))
    return f"differs by up to {largest} of 32768", largest <= CHECK_TOLERANCE_LSB


if __name__ == "__main__":
    main()
