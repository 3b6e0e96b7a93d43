"""The programs that do the work: fluidsynth plays, flac packs and unpacks."""

import array
import io
import os
import subprocess
import sys
import wave
from dataclasses import dataclass


class StemError(Exception):
    """What went wrong, in one line that says what to do next."""


@dataclass
class Sound:
    """What a stem holds: 16-bit samples, interleaved."""

    rate_hz: int
    n_channels: int
    samples: array.array

    def n_frames(self):
        """Its length."""
        return len(self.samples) // self.n_channels


def run(command, data=None):
    """Runs a tool and returns its output; a failure becomes the last line that the tool wrote."""
    result = subprocess.run(list(map(str, command)), input=data, capture_output=True)
    if result.returncode != 0:
        words = result.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise StemError(f"{command[0]} failed: {words[-1]}")
    return result.stdout


def fluidsynth(midi, soundfont, raw, *, rate_hz, gain, settings, reverb):
    """Plays a MIDI file into a raw file and returns its interleaved stereo samples, floating point without dither."""
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    command = ["fluidsynth", "-n", "-i", "-q", "-f", os.devnull, "-r", str(rate_hz), "-g", str(gain)]
    command += ["-R", "1" if reverb else "0", "-C", "0", *options]
    run([*command, "-T", "raw", "-O", "float", "-E", "little", "-F", raw, soundfont, midi])
    if not raw.is_file():  # fluidsynth ends with 0 even where it could not write
        raise StemError(f"fluidsynth rendered nothing for {midi.stem}; is {soundfont} a sound font?")
    samples = array.array("f", raw.read_bytes())
    if sys.byteorder == "big":
        samples.byteswap()
    raw.unlink()
    return samples


def encode_flac(sound, path):
    """Writes 16-bit FLAC from raw samples on standard input: no name, tag or time of ours gets into the file."""
    samples = sound.samples
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    data = samples.tobytes()
    layout = ["--endian=little", "--sign=signed", f"--channels={sound.n_channels}", "--bps=16"]
    layout += [f"--sample-rate={sound.rate_hz}", f"--input-size={len(data)}"]
    run(["flac", "--best", "--silent", "--force", "--force-raw-format", *layout, "-o", path, "-"], data)
    return path


def decode_flac(path):
    """What a FLAC file holds."""
    with wave.open(io.BytesIO(run(["flac", "--decode", "--silent", "--stdout", path]))) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        if sys.byteorder == "big":
            samples.byteswap()
        return Sound(file.getframerate(), file.getnchannels(), samples)
