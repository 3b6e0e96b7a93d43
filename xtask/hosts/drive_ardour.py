"""Ardour, a whole workstation, without its window: a bus with Busbar, a track for each strip, automation, and an export.

Lua builds the session (ardour_build.lua), but cannot put sound on a track; so the stems are written into the saved session here.
Lua then loads and exports it (ardour_export.lua). Ardour's start and end are flaky, so each export is tried up to three times and
judged by the mix that it leaves, not by an exit code.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import common
from common import RATE_HZ, Failed, must

TRIES = 3
PATIENCE_S = 120
# Ardour counts time in these; a second has them for every common sample rate.
TICKS_PER_FRAME = 282_240_000 // RATE_HZ
PRESET_ID = "b05ba600-0000-4000-8000-000000000001"
EPOCH_OF_BUNDLE = 1_600_000_000  # Long before any cache of Ardour's was written.


class Ardour:
    """The installed Ardour, with a home of its own so that nobody's settings are read or changed."""

    def __init__(self):
        names = [name for folder in os.get_exec_path() for name in glob.glob(f"{folder}/ardour*-lua")]
        must(names, "no program ardour*-lua was found; install Debian's ardour")
        self.lua = names[0]
        self.series = re.search(r"ardour(\d+)-lua$", self.lua)[1]
        # Not `**`: that follows links, and some of a system's lead back to its root.
        folders = ("/usr/lib", "/usr/lib/*")
        scanners = [path for each in folders for path in glob.glob(f"{each}/ardour{self.series}/ardour-vst3-scanner")]
        must(scanners, "ardour-vst3-scanner was not found")
        self.scanner = scanners[0]
        self.home = common.work_folder() / "home"
        shutil.rmtree(self.home, ignore_errors=True)
        self.bundle = self.home / ".vst3" / "Busbar.vst3"
        shutil.copytree(common.vst3(), self.bundle)
        # A bundle newer than the scanner's cache would not be looked up in it.
        for path in (self.bundle, *self.bundle.rglob("*")):
            os.utime(path, (EPOCH_OF_BUNDLE, EPOCH_OF_BUNDLE))
        self.write_preferences()
        self.write_preset()

    def version(self):
        words = self.run(self.lua, "--version").split()
        return words[words.index("version") + 1].split("~")[0]

    def run(self, *command):
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            # The scanner is not started by the script that knows where Ardour's libraries are.
            "LD_LIBRARY_PATH": str(Path(self.scanner).parent),
        }
        # Unbuffered, because a crash would take the last words with it.
        command = ["stdbuf", "-o0", *map(str, command)]
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace", timeout=PATIENCE_S,
            )
            output = done.stdout
        except subprocess.TimeoutExpired as expired:
            output = (expired.stdout or b"").decode(errors="replace") + "\ntimed out"
        # What the plugin logs must be seen by whoever started this.
        sys.stderr.write(output)
        return output

    def write_preferences(self):
        """Unless told otherwise, Ardour automates the first 512 parameters of a plugin and no others."""
        folder = self.home / ".config" / f"ardour{self.series}"
        folder.mkdir(parents=True)
        (folder / "config").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<Ardour><Config>'
            '<Option name="limit-n-automatables" value="4096"/></Config></Ardour>\n'
        )

    def write_preset(self):
        """32-bit float WAV at the session's rate, neither normalised nor dithered: a format that Ardour brings along."""
        for path in glob.glob(f"/usr/share/ardour{self.series}/export/*.format"):
            text = Path(path).read_text()
            if "SF_Float" in text and 'id="F_WAV"' in text and '<SampleRate rate="1"/>' in text:
                format_id = re.search(r'<ExportFormatSpecification [^>]*\bid="([^"]+)"', text)[1]
                break
        else:
            raise Failed("Ardour has no export format of 32-bit float WAV")
        fields = "".join(f'<Field name="{name}" enabled="false"/>' for name in ("label", "session", "revision"))
        folder = self.home / ".config" / f"ardour{self.series}" / "export"
        folder.mkdir(parents=True)
        (folder / "busbar.preset").write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<ExportPreset id="{PRESET_ID}" name="Busbar">'
            f'<ExportFormat id="{format_id}"/><ExportFilename><Folder relative="true" path="/export"/>{fields}'
            "</ExportFilename></ExportPreset>\n"
        )


def scans(ardour):
    output = ardour.run(ardour.scanner, "--force", "--verbose", ardour.bundle)
    for size in common.SIZES:
        info = re.search(rf'<VST3Info [^>]*name="Busbar {size}"[^>]*>', output)
        must(info, f"Busbar {size} is not in the scanner's cache")
        ports = [int(re.search(rf'{port}="(\d+)"', info[0])[1]) for port in ("n_inputs", "n_aux_inputs", "n_outputs", "n_aux_outputs")]
        must(ports == [2, 2 * size - 2, 2, 8], f"Busbar {size} has ports {ports}")
    return True


def tab_file(path, rows):
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def plain(text):
    """A text as the number that Ardour's scale has for it: dB, percent, percent to the right, or 1 for on."""
    if text in ("On", "Off"):
        return float(text == "On")
    if text[0] in "LR":
        return float(text[1:]) * (-1 if text[0] == "L" else 1)
    return float(text.split()[0])


def put_stems(folder, inputs):
    """Adds sources, and on each track's playlist one region over the whole stem, to the saved session."""
    path = folder / "busbar.ardour"
    session = path.read_text()
    n_frames = inputs[0].shape[1]
    ticks = n_frames * TICKS_PER_FRAME
    next_id = int(re.search(r'id-counter="(\d+)"', session)[1]) + 1
    sources, regions = "", []
    for idx, audio in enumerate(inputs):
        name, left, right, region = f"stem-{idx + 1:02}.wav", next_id, next_id + 1, next_id + 2
        next_id += 3
        common.write_wav(folder / "interchange" / folder.name / "audiofiles" / name, audio)
        for channel, source in enumerate((left, right)):
            sources += f'<Source name="{name}" take-id="" type="audio" flags="" id="{source}" channel="{channel}" origin="{name}"/>'
        regions.append(
            f'<Region name="{name}" id="{region}" type="audio" first-edit="nothing" channels="2" opaque="1" external="1" '
            f'start="a0" length="a{ticks}@a0" ancestral-start="a0" ancestral-length="a{ticks}@a0" stretch="1" shift="1" '
            f'scale-amplitude="1" envelope-active="0" default-fade-in="0" default-fade-out="0" fade-in-active="0" fade-out-active="0" '
            f'source-0="{left}" source-1="{right}" master-source-0="{left}" master-source-1="{right}"/>'
        )
    playlist = re.compile(r'(<Playlist [^>]*name="Stem (\d+)"[^>]*)/>')
    n_playlists = len(playlist.findall(session))
    must(n_playlists == len(inputs), f"{n_playlists} playlists for {len(inputs)} stems")
    session = playlist.sub(lambda found: f"{found[1]}>{regions[int(found[2]) - 1]}</Playlist>", session)
    must("<Sources/>" in session and "<Locations/>" in session, "the saved session is not as empty as expected")
    session = session.replace("<Sources/>", f"<Sources>{sources}</Sources>")
    location = f'<Location id="{next_id}" name="session" start="a0" end="a{ticks}" flags="IsSessionRange"/>'
    session = session.replace("<Locations/>", f"<Locations>{location}</Locations>")
    path.write_text(re.sub(r'id-counter="\d+"', f'id-counter="{next_id + 1}"', session, count=1))


def bounce(ardour, inputs, size, settings, automation=()):
    folder, mix_folder = common.work_folder() / "session", common.work_folder() / "mix"
    settings = tab_file(common.work_folder() / "settings.txt", [(name, plain(text)) for name, text in settings.items()])
    automation = tab_file(common.work_folder() / "automation.txt", automation)
    scripts = Path(__file__).parent
    output = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(2)
        for each in (folder, mix_folder):
            shutil.rmtree(each, ignore_errors=True)
        mix_folder.mkdir()
        output = ardour.run(ardour.lua, scripts / "ardour_build.lua", folder, size, len(inputs), settings, automation)
        if "saved" not in output:
            continue
        put_stems(folder, inputs)
        output = ardour.run(ardour.lua, scripts / "ardour_export.lua", folder, mix_folder, inputs[0].shape[1], PRESET_ID)
        mixes = list(mix_folder.glob("*.wav"))
        if mixes and "exported" in output:
            return common.read_audio(mixes[0])[0]
    raise Failed(f"no mix after {TRIES} tries; Ardour's last words: {output[-300:]}")


def mix_equals_render(ardour, inputs, size):
    # Ardour lists what can be automated, and nothing else.
    settings = {name: text for name, text in common.SETTINGS.items() if not name.endswith("Input Mode")}
    return common.must_equal(bounce(ardour, inputs, size, settings), common.reference(inputs, settings, size), "the export")


def automation(ardour, inputs, size):
    """A fader jumps at a sample that is no block's border."""
    strip_idx = common.steadiest(inputs)
    name = f"S{strip_idx + 1:02} Fader"
    # Ardour keeps it in musical time, of which at 120 beats a minute 2 ticks are 25 frames.
    event = common.loud_frame(inputs[strip_idx], RATE_HZ, grid=25 * 256, offset=25 * 137)
    moved = bounce(ardour, inputs, size, {}, [(name, 0, 0.0), (name, event, -12.0)])
    before, after = (common.reference(inputs, {name: text}, size) for text in ("0 dB", "-12 dB"))
    first = common.must_step(moved, before, after, event)
    print(f"the event at {event} was heard at {first}")
    return True


def main():
    ardour = Ardour()
    report = common.Report("ardour", ardour.version())
    listed = report.check("the_scanner_lists_all_sizes_with_their_ports", lambda: scans(ardour))
    report.seen("sizes", " ".join(map(str, common.SIZES)) if listed else "?")
    inputs = common.stems(16)
    size = next(size for size in common.SIZES if size >= len(inputs))
    db = report.check("an_export_equals_busbar_render", lambda: mix_equals_render(ardour, inputs, size))
    report.seen("inputs", f"{len(inputs)} of {size}" if db else "?")
    report.seen("bounce", db or "?")
    exact = report.check("automation_starts_at_its_sample", lambda: automation(ardour, inputs, size))
    report.seen("automation", "to the sample" if exact else "?")
    report.close()


if __name__ == "__main__":
    main()
