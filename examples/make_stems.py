#!/usr/bin/env python3
"""Makes the example stems anew: composes the piece, plays each part with fluidsynth, writes 16-bit FLAC.

The same tools give the same bytes each time: every random choice has a fixed seed, fluidsynth runs on one core with
no configuration but ours and writes floating point without dither, and flac gets raw samples and no tags.
"""

import sys

sys.dont_write_bytecode = True  # a run leaves nothing in this folder but the stems

import argparse
import array
import math
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import piece

SAMPLE_RATE_HZ = 48_000
CHANNELS = 2
DEFAULT_STEMS = Path(__file__).resolve().parent / "stems"
DEFAULT_SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian's fluid-soundfont-gm
DEBIAN_PACKAGES = {"fluidsynth": "fluidsynth", "flac": "flac"}

# All parts are played in one small, dark room, so that the tails stay short and the stems belong together.
FLUIDSYNTH_SETTINGS = {
    "synth.cpu-cores": "1",
    "synth.dynamic-sample-loading": "1",
    "synth.midi-bank-select": "xg",
    "synth.polyphony": "256",
    "synth.reverb.room-size": "0.55",
    "synth.reverb.damp": "0.5",
    "synth.reverb.width": "0.8",
    "synth.reverb.level": "0.6",
}
FLUIDSYNTH_GAIN = 0.5

# The last moment of every stem, faded so that a tail ends in digital silence and not in a step.
FADE_OUT_SECONDS = 0.6

# A first-order high-pass below all music: the sound font's pad carries an offset of 0.005.
HIGH_PASS_HZ = 20.0

# Room above the loudest moment, for whoever pushes a fader up. Each decibel also saves half a megabyte of FLAC.
HEADROOM_DB = 6.5

# Another build of fluidsynth may round the last bit otherwise, and nothing more, before it counts as another sound.
CHECK_TOLERANCE_LSB = 2


class StemError(Exception):
    """What went wrong, in one line that says what to do next."""


def main():
    parser = argparse.ArgumentParser(description=f"Makes the stems of “{piece.TITLE}” anew.")
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
    """Renders every stem, then puts them all in place, so that a failure leaves no half-made set."""
    with tempfile.TemporaryDirectory() as scratch:
        rendered = render_stems(soundfont, Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        for path in rendered:
            shutil.copyfile(path, folder / path.name)
        total = sum(path.stat().st_size for path in rendered)
    print(f"{len(rendered)} stems of {piece.END_SECONDS:g} s, {total / 1e6:.2f} MB, in {folder}")


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


def compare(kept, fresh):
    """A verdict in words, and whether two decoded stems are the same sound."""
    if len(kept) != len(fresh):
        return f"length differs: {len(kept) // CHANNELS} and {len(fresh) // CHANNELS} frames", False
    if kept == fresh:
        return "identical", True
    largest = max(abs(a - b) for a, b in zip(kept, fresh))
    return f"differs by up to {largest} of 32768", largest <= CHECK_TOLERANCE_LSB


def render_stems(soundfont, folder):
    """Plays the eight parts to FLAC files in `folder`; fails when their sum would clip."""
    n_samples = round(piece.END_SECONDS * SAMPLE_RATE_HZ) * CHANNELS
    mix = array.array("i", bytes(4 * n_samples))
    paths = []
    for name, part, gain_db in piece.STEMS:
        samples = quantise(high_pass(play(part(), soundfont, folder, name)), gain_db - HEADROOM_DB, n_samples, name)
        mix = array.array("i", map(int.__add__, mix, samples))
        paths.append(encode_flac(samples, folder / f"{name}.flac"))
        print(f"{name:<14} peak {decibels(peak(samples)):6.1f} dBFS, RMS {decibels(rms(samples)):6.1f} dBFS")
    print(f"{'sum at unity':<14} peak {decibels(peak(mix)):6.1f} dBFS, RMS {decibels(rms(mix)):6.1f} dBFS")
    if peak(mix) > 32767:
        raise StemError("the sum of the stems clips; lower the gains in piece.STEMS")
    return paths


def play(track, soundfont, folder, name):
    """Renders one MIDI track with fluidsynth to interleaved floating-point samples."""
    midi, raw = folder / f"{name}.mid", folder / f"{name}.raw"
    midi.write_bytes(track.to_bytes(piece.end_tick()))
    settings = [word for key, value in FLUIDSYNTH_SETTINGS.items() for word in ("-o", f"{key}={value}")]
    command = ["fluidsynth", "-n", "-i", "-q", "-f", os.devnull, "-r", str(SAMPLE_RATE_HZ), "-g", str(FLUIDSYNTH_GAIN)]
    command += ["-R", "1", "-C", "0", *settings, "-T", "raw", "-O", "float", "-E", "little", "-F", raw, soundfont, midi]
    run(command)
    if not raw.is_file():  # fluidsynth ends with 0 even where it could not write
        raise StemError(f"fluidsynth rendered nothing for {name}; is {soundfont} a sound font?")
    samples = little_endian("f", raw.read_bytes())
    raw.unlink()
    return samples


def high_pass(samples):
    """Takes the offset out of interleaved samples: y[n] = x[n] - x[n-1] + r y[n-1] in each channel."""
    pole = math.exp(-2 * math.pi * HIGH_PASS_HZ / SAMPLE_RATE_HZ)
    filtered = array.array("d", samples)
    for channel in range(CHANNELS):
        last_in = last_out = 0.0
        for index in range(channel, len(samples), CHANNELS):
            sample = samples[index]
            last_out = sample - last_in + pole * last_out
            last_in = sample
            filtered[index] = last_out
    return filtered


def quantise(samples, gain_db, n_samples, name):
    """Applies the stem's fixed gain, cuts or fills to `n_samples`, fades the end and rounds to 16 bits.

    No dither: a part that rests stays at exact zero, which is worth more to a mixer's test than the last bit.
    """
    gain = 32768 * 10 ** (gain_db / 20)
    n_fade = round(FADE_OUT_SECONDS * SAMPLE_RATE_HZ) * CHANNELS
    quantised = array.array("h")
    try:
        quantised.extend(round(sample * gain) for sample in samples[: n_samples - n_fade])
        quantised.extend([0] * (n_samples - n_fade - len(quantised)))
        for index, sample in enumerate(samples[n_samples - n_fade : n_samples]):
            fade = 0.5 + 0.5 * math.cos(math.pi * (index // CHANNELS) / (n_fade // CHANNELS))
            quantised.append(round(sample * gain * fade))
    except OverflowError:
        raise StemError(f"{name} clips at {gain_db:g} dB; lower its gain in piece.STEMS") from None
    quantised.extend([0] * (n_samples - len(quantised)))
    return quantised


def encode_flac(samples, path):
    """Writes 16-bit FLAC from raw samples on standard input: no name, tag or time of ours gets into the file."""
    data = to_little_endian(samples)
    layout = ["--endian=little", "--sign=signed", f"--channels={CHANNELS}", "--bps=16"]
    layout += [f"--sample-rate={SAMPLE_RATE_HZ}", f"--input-size={len(data)}"]
    run(["flac", "--best", "--silent", "--force", "--force-raw-format", *layout, "-o", path, "-"], data)
    return path


def decode_flac(path):
    """The samples of a FLAC file, interleaved."""
    layout = ["--force-raw-format", "--endian=little", "--sign=signed"]
    return little_endian("h", run(["flac", "--decode", "--silent", "--stdout", *layout, path]))


def run(command, data=None):
    """Runs a tool and returns its output; a failure becomes the last line that the tool wrote."""
    result = subprocess.run(list(map(str, command)), input=data, capture_output=True)
    if result.returncode != 0:
        words = result.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise StemError(f"{command[0]} failed: {words[-1]}")
    return result.stdout


def little_endian(typecode, data):
    """Little-endian bytes as an array, whatever this machine's order is."""
    values = array.array(typecode, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def to_little_endian(values):
    """The little-endian bytes of an array, whatever this machine's order is."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def peak(samples):
    """The largest magnitude, in steps of 16 bits."""
    return max(max(samples), -min(samples))


def rms(samples):
    """The root of the mean square of both channels, in steps of 16 bits."""
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


def decibels(magnitude):
    """A magnitude in steps of 16 bits, relative to full scale."""
    return 20 * math.log10(max(magnitude, 1e-3) / 32768)


if __name__ == "__main__":
    main()
