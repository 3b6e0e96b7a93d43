"""qtractor's CLAP scanner, without its window: all three plugins, by name, with their main ports and parameters."""

import glob
import os
import re
import subprocess
import sys

import common
from common import must


def version():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(["qtractor", "--version"], env=environment, capture_output=True, text=True, timeout=60)
    found = re.search(r"\d+\.\d+(\.\d+)*", run.stdout + run.stderr)
    return found[0] if found else "?"


def scan():
    """The scanner's lines: format|name|audio in:out|MIDI in:out|controls in:out|flags|file|index|id"""
    # Not `**`: that follows links, and some of a system's lead back to its root.
    scanners = [path for folder in ("/usr/lib", "/usr/lib/*") for path in glob.glob(f"{folder}/qtractor/qtractor_plugin_scan")]
    must(scanners, "qtractor_plugin_scan was not found; install Debian's qtractor")
    run = subprocess.run(
        [scanners[0]], input=f"CLAP:{common.clap()}\n", env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=60,
    )
    # What the plugin logs must be seen by whoever started this.
    sys.stderr.write(run.stdout + run.stderr)
    must(run.returncode == 0, f"the scanner ended with {run.returncode}")
    lines = [line.split("|") for line in run.stdout.splitlines() if line.startswith("CLAP|")]
    return {fields[1]: fields for fields in lines}


def listed(plugins, size):
    must(f"Busbar {size}" in plugins, f"only {list(plugins)} are listed")
    _, _, audio, midi, controls, flags, *_ = plugins[f"Busbar {size}"]
    # It counts the channels of main ports only, though it asks for every port.
    must(audio == "2:2", f"its main ports are {audio}")
    must(midi == "0:0", f"its note ports are {midi}")
    n_listed, n_wanted = sum(map(int, controls.split(":"))), len(common.parameter_ids(size))
    must(n_listed == n_wanted, f"{n_listed} parameters are listed, not {n_wanted}")
    must("EXT" in flags, "it has no state")
    return True


def main():
    report = common.Report("qtractor", version())
    plugins = report.check("scans", scan) or {}
    sizes = [size for size in common.SIZES if report.check(f"lists_busbar_{size}", lambda size=size: listed(plugins, size))]
    report.seen("sizes", " ".join(map(str, sizes)) or "none")
    report.seen("inputs", "scan only")
    report.close()


if __name__ == "__main__":
    main()
