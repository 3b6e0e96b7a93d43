"""What the drivers share: checks that count as tests, stems, and the mix that busbar-render makes of them.

A driver is called by `cargo xtask hosts` or `cargo xtask test` (xtask/src/hosts/), which tells it by environment variables
where things are, and reads these lines of its output:

    version 1.2.3                          the host's version
    seen inputs: 8                         a cell of the table
    test minihost::loads ... ok            a check, or FAILED and why
    test result: ok. 5 passed; 0 failed; …  the end, as Rust's own test programs have it
"""

import math
import os
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

RATE_HZ = 48_000
SIZES = (8, 16, 32)

# The engine's ramps last 15 ms (docs/adr/0003); after this many samples every gain has arrived.
RAMP_SAMPLES = RATE_HZ * 15 // 1000
# A ramp moves by a small step each sample, and what plays may cross zero: this much later a change must show.
PATIENCE_SAMPLES = 16

# Kept to what every size and host can be told: names of parameters and their texts. Something in every part of the mixer.
# Each is on the plugin's grid of 0.01, so a host that goes through 0…1 arrives at the very same gain.
SETTINGS = {
    "S01 Fader": "-3.5 dB",
    "S01 Trim": "1.5 dB",
    "S01 Width": "60 %",
    "S02 Pan": "L30",
    "S02 Polarity Invert": "On",
    "S02 Master On": "Off",
    "S02 Group A On": "On",
    "S02 Group A Level": "-4 dB",
    "S03 Input Mode": "Mono",
    "S03 Pan": "R45",
    "S04 Fader": "2 dB",
    "Group A Fader": "-1.25 dB",
    "Group A Balance": "R20",
    "Master Fader": "-0.75 dB",
    "Master Balance": "L10",
}


class Failed(Exception):
    """A check that found something, told in one line."""


class Report:
    """Runs checks one by one, prints each outcome, and goes on after a failure."""

    def __init__(self, host, version):
        self.host, self.n_passed, self.n_failed = host, 0, 0
        self.start = time.monotonic()
        say(f"version {version}")

    def check(self, name, work):
        """Runs `work()`; returns what it returned, or None if it failed."""
        try:
            result = work()
        except Exception as error:  # Whatever a host throws is its finding.
            self.n_failed += 1
            kind = "" if isinstance(error, Failed) else f"{type(error).__name__}: "
            say(f"test {self.host}::{name} ... FAILED: {kind}{one_line(error)}")
            return None
        self.n_passed += 1
        say(f"test {self.host}::{name} ... ok")
        return result

    def seen(self, cell, text):
        """A cell of the table."""
        say(f"seen {cell}: {text}")

    def close(self):
        """Prints the counts and leaves."""
        ok = "FAILED" if self.n_failed else "ok"
        took_s = time.monotonic() - self.start
        counts = f"{self.n_passed} passed; {self.n_failed} failed; 0 ignored; 0 measured; 0 filtered out"
        say(f"test result: {ok}. {counts}; finished in {took_s:.2f}s")
        sys.stdout.flush()
        sys.exit(1 if self.n_failed else 0)


def say(line):
    print(line, flush=True)


def one_line(text):
    return " ".join(str(text).split())


def must(condition, why):
    if not condition:
        raise Failed(why)


def place(variable):
    """A path that xtask told."""
    value = os.environ.get(variable)
    if not value:
        raise SystemExit(f"{variable} is not set: start this by `cargo xtask hosts`")
    return Path(value)


def vst3():
    return str(place("BUSBAR_BUNDLES") / "Busbar.vst3")


def clap():
    return str(place("BUSBAR_BUNDLES") / "Busbar.clap")


def work_folder():
    folder = place("BUSBAR_WORK")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def parameter_ids(size):
    """The frozen ids that a plugin of this many strips has."""
    ids = (place("BUSBAR_ROOT") / "plugin" / "ids.txt").read_text().split()
    strip = re.compile(r"s(\d\d)_")
    return [i for i in ids if not (m := strip.match(i)) or int(m[1]) <= size]


def read_audio(path):
    """Samples as [channel][frame], and the rate in Hz."""
    with AudioFile(str(path)) as file:
        return file.read(file.frames), file.samplerate


def write_wav(path, audio):
    """Stereo, 32-bit float: what the host is given is what busbar-render reads."""
    data = np.ascontiguousarray(audio.T, dtype="<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 2, RATE_HZ, RATE_HZ * 8, 8, 32)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    Path(path).write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)


def stems(limit):
    """The example stems at 48 kHz, stereo, all of one length: at most `limit`, in the order of their names.

    Others are left out rather than resampled, which hosts and busbar-render each do in their own way.
    """
    found = []
    for path in sorted((place("BUSBAR_ROOT") / "examples" / "stems").glob("*.flac")):
        audio, rate_hz = read_audio(path)
        if rate_hz == RATE_HZ and len(found) < limit:
            found.append(audio if len(audio) == 2 else np.vstack([audio[0], audio[0]]))
    must(found, "there is no stem at 48 kHz in examples/stems")
    n_frames = max(audio.shape[1] for audio in found)
    return [np.pad(audio, ((0, 0), (0, n_frames - audio.shape[1]))) for audio in found]


def reference(inputs, settings, size):
    """busbar-render's mix of these stems with these settings."""
    folder = work_folder()
    paths = [folder / f"stem-{idx + 1:02}.wav" for idx in range(len(inputs))]
    for path, audio in zip(paths, inputs):
        write_wav(path, audio)
    mix = folder / "reference.wav"
    command = [str(place("BUSBAR_RENDER")), "--plugin", clap(), "--size", str(size), "-o", str(mix)]
    command += [part for name, text in settings.items() for part in ("--set", f"{name}={text}")]
    run = subprocess.run(command + [str(path) for path in paths], capture_output=True, text=True)
    must(run.returncode == 0, f"busbar-render failed: {run.stderr}")
    return read_audio(mix)[0]


def difference_db(audio, other):
    """The largest difference of two bounces in dBFS. They must be of one shape and not silent."""
    must(audio.shape == other.shape, f"shapes differ: {audio.shape} and {other.shape}")
    must(np.abs(other).max() > 0.01, "the reference is as good as silent, so it proves nothing")
    worst = float(np.abs(audio.astype(np.float64) - other).max())
    return 20 * math.log10(worst) if worst > 0 else -math.inf


def must_equal(audio, other, what):
    """Bit for bit: a host that only hands samples to the same engine has no reason to change one. Returns dBFS for the table."""
    db = difference_db(audio, other)
    must(db == -math.inf, f"{what}: differs by up to {db:.1f} dBFS")
    return shown_db(db)


def shown_db(db):
    return "-inf (equal)" if db == -math.inf else f"{db:.1f}"


def first_difference(audio, other):
    """The first frame at which two bounces differ, or None."""
    differs = (audio != other).any(axis=0)
    return int(differs.argmax()) if differs.any() else None


def must_step(bounce, before, after, event, late=0):
    """That `bounce` is `before` until the event's sample, and `after` from the end of the ramp on, bit for bit.

    `late` is how many samples the host may be late.
    """
    must((bounce[:, :event] == before[:, :event]).all(), f"something moved before the event at {event}")
    first = first_difference(bounce, before)
    must(first is not None, "the event was not heard")
    must(first <= event + late + PATIENCE_SAMPLES, f"the event at {event} was first heard at {first}")
    settled = event + late + RAMP_SAMPLES
    must((bounce[:, settled:] == after[:, settled:]).all(), f"the gain had not arrived at {settled}")
    return first


def steadiest(inputs):
    """The index of the stem that sounds for the longest time: the one to hear a moving fader by."""
    return int(np.argmax([(np.abs(audio) > 0.01).all(axis=0).sum() for audio in inputs]))


def loud_frame(audio, not_before, grid=1, offset=0):
    """A frame on `offset` + n × `grid` at which sound is there on both channels and goes on: where an event can be heard."""
    for frame in range(not_before - not_before % grid + offset, audio.shape[1] - 4 * RAMP_SAMPLES, grid):
        if (np.abs(audio[:, frame : frame + PATIENCE_SAMPLES]).min(axis=1) > 0.01).all():
            return frame
    raise Failed("no frame is loud enough for an event to be heard")
