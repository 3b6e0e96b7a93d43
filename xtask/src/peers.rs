//! `cargo xtask peers`: ours against a scalar reference and against Faust, and the targets that follow.
//!
//! Faust's sources in `benches/peers/faust/` become shared libraries in `target/peers`, here and in no build of ours; the harness
//! `benches/peers/` loads them, so that all are timed in one process. It is built as what is shipped: profile `release`, by way of `bench`.
//!
//! `--instructions` counts instead of timing. Time on a shared machine wanders by several percent; instructions repeat exactly, so
//! that a change of 1 % is seen.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::needs::{self, Need, Thing};
use crate::process::{output, run, transcribe};

/// What turns Faust's sources into something that can be loaded.
const FOR_FAUST: &[Need] = &[
    Need { thing: Thing::Program("faust"), debian_package: "faust" },
    Need { thing: Thing::Program("g++"), debian_package: "g++" },
];

/// What counts instructions.
const FOR_COUNTS: &[Need] = &[Need { thing: Thing::Program("valgrind"), debian_package: "valgrind" }];

/// Each peer: its source, Faust's flags, and what is added to the name. `benches/peers/tables.rs` loads them.
const PEERS: [(&str, &[&str], &str); 9] = [
    ("mix_8", &["-vec"], "-vec"),
    ("mix_8", &[], ""),
    ("mix_8_settable", &["-vec"], "-vec"),
    ("mix_8_fastest", &["-vec"], "-vec"),
    ("mix_32", &["-vec"], "-vec"),
    ("mix_32", &[], ""),
    ("mix_32_settable", &["-vec"], "-vec"),
    ("mix_32_fastest", &["-vec"], "-vec"),
    ("limiter", &[], ""),
];

/// What target 1 is measured against.
const CXX_FLAGS: [&str; 5] = ["-std=c++17", "-O3", "-march=native", "-ffast-math", "-fPIC"];

/// The works whose instructions are counted, and in how many blocks.
const COUNTED: [(&str, usize); 5] =
    [("mix:8:64", 256), ("mix:8:512", 32), ("mix:32:64", 256), ("mix:32:512", 32), ("limiter:1:512", 32)];

/// Counts that a change is compared with, one line each.
const KEPT: &str = "benches/peers/instructions.txt";

/// A count may differ from the kept one by so much.
const TOLERANCE: f64 = 0.01;

pub fn verb(args: &[String]) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let here = Place::here()?;
    match args.as_slice() {
        [] => measure(&here, false),
        ["--quick"] => measure(&here, true),
        ["--instructions"] => instructions(&here, false),
        ["--instructions", "--keep"] => instructions(&here, true),
        _ => bail!(
            "`peers` takes --quick, --instructions or --instructions --keep, but got `{}`",
            args.join(" ")
        ),
    }
}

fn measure(here: &Place, is_quick: bool) -> Result<()> {
    needs::ensure(FOR_FAUST)?;
    let peers = here.target_dir.join("peers");
    build(here, &peers)?;
    // Built before, so that the compiler is not pinned to one core.
    run(&mut harness(here, &[], &["--no-run"]))?;
    let pinned = pin();
    println!("pinned to one core: {}", if pinned.is_empty() { "no" } else { "yes" });
    let mut harness = harness(here, &pinned, &["--quiet", "--"]);
    harness.arg("--peers").arg(&peers);
    if is_quick {
        harness.arg("--quick");
    }
    run(&mut harness)
}

/// `cargo bench` of the harness, which is started by the `runner` if that is not empty.
fn harness(here: &Place, runner: &[String], rest: &[&str]) -> Command {
    let mut command = here.cargo(&["bench", "--package", "busbar-benches", "--bench", "peers"]);
    if !runner.is_empty() {
        // As TOML: these words hold nothing that would have to be escaped.
        let words: Vec<String> = runner.iter().map(|word| format!("'{word}'")).collect();
        command.args(["--config", &format!("target.'cfg(all())'.runner=[{}]", words.join(","))]);
    }
    command.args(rest);
    command
}

/// What keeps a program on the last core that it may have, where there is such a thing.
fn pin() -> Vec<String> {
    let last = std::thread::available_parallelism().map_or(0, |n| n.get() - 1).to_string();
    let words = ["taskset", "-c", &last];
    let works = Command::new(words[0]).args(&words[1..]).arg("true").stderr(Stdio::null()).status();
    match works.is_ok_and(|status| status.success()) {
        true => words.map(str::to_owned).to_vec(),
        false => Vec::new(),
    }
}

/// Builds the peers whose sources are newer than they are. The first time takes minutes: g++ is slow with what `-vec` makes of 32 strips.
fn build(here: &Place, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let sources = here.root.join("benches/peers/faust");
    let shim = here.root.join("benches/peers/shim.cpp");
    let newest = newest(&sources)?.max(modified(&shim)?);
    for (source, flags, suffix) in PEERS {
        let file = |start: &str, end: &str| to.join(format!("{start}{source}{suffix}{end}"));
        let (cxx, object, library) = (file("", ".cpp"), file("", ".o"), file("lib", ".so"));
        if modified(&library).is_ok_and(|built| built > newest) {
            continue;
        }
        println!("building {source}{suffix}");
        let mut faust = Command::new("faust");
        faust
            .args(flags)
            .arg("-A")
            .arg(here.root.join("benches/peers"))
            .args(["-a", "shim.cpp", "-o"])
            .arg(&cxx);
        run(faust.arg(format!("{source}.dsp")).current_dir(&sources))?;
        run(Command::new("g++").args(CXX_FLAGS).arg("-c").arg(&cxx).arg("-o").arg(&object))?;
        // Apart from compiling: with -ffast-math, g++ would link in what flushes subnormals to zero in every thread that loads
        // the library, ours included.
        run(Command::new("g++").arg("-shared").arg(&object).arg("-o").arg(&library))?;
    }
    Ok(())
}

fn newest(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder)? {
        newest = newest.max(modified(&entry?.path())?);
    }
    Ok(newest)
}

fn modified(path: &Path) -> Result<SystemTime> {
    let metadata = fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?;
    Ok(metadata.modified()?)
}

/// Target 9: instructions per block, twice, and against those that were kept.
fn instructions(here: &Place, keep: bool) -> Result<()> {
    needs::ensure(FOR_COUNTS)?;
    run(&mut harness(here, &[], &["--no-run"]))?;
    let kept_path = here.root.join(KEPT);
    let kept = fs::read_to_string(&kept_path).unwrap_or_default();
    let compiler = output(Command::new("rustc").arg("--version"))?;
    if !kept.is_empty() && !kept.contains(compiler.trim()) {
        println!("kept with another compiler, which is enough to change counts: {KEPT}");
    }
    let mut found = format!("{}\n", compiler.trim());
    let mut missed = Vec::new();
    println!("{:<16}{:>14} {:>10}", "work", "per block", "kept");
    for (work, n_blocks) in COUNTED {
        let counts = [per_block(here, work, n_blocks)?, per_block(here, work, n_blocks)?];
        let known = kept.lines().find_map(|line| line.strip_prefix(work)?.trim().parse::<f64>().ok());
        let change = known.map(|known| counts[0] / known - 1.0);
        let shown = change.map_or("–".to_owned(), |change| format!("{:+.2} %", change * 100.0));
        println!("{work:<16}{:>14.0} {shown:>10}", counts[0]);
        if counts[0] != counts[1] {
            missed.push(format!("{work} took {} and then {} instructions", counts[0], counts[1]));
        }
        if !keep && change.is_some_and(|change| change.abs() > TOLERANCE) {
            missed.push(format!(
                "{work} changed by {shown}; `cargo xtask peers --instructions --keep` takes that for good"
            ));
        }
        found.push_str(&format!("{work} {:.0}\n", counts[0]));
    }
    if keep {
        fs::write(&kept_path, found)?;
    }
    match missed.as_slice() {
        [] => {
            let compared = match (keep, kept.is_empty()) {
                (true, _) => "these are kept from now on",
                (false, true) => "nothing was kept to compare with",
                (false, false) => "none is off by more than 1 %",
            };
            println!("target 9: instruction counts repeat exactly, {compared}: reached");
            Ok(())
        }
        missed => bail!("target 9 is missed: {}", missed.join("; ")),
    }
}

/// Instructions of one block: what twice as many blocks take more, so that starting up does not count.
fn per_block(here: &Place, work: &str, n_blocks: usize) -> Result<f64> {
    // The first blocks design filters and are not like the others.
    let once = count(here, work, n_blocks)?;
    let twice = count(here, work, 2 * n_blocks)?;
    Ok((twice - once) / n_blocks as f64)
}

fn count(here: &Place, work: &str, n_blocks: usize) -> Result<f64> {
    let runner = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"].map(str::to_owned);
    let mut harness = harness(here, &runner, &["--quiet", "--", "--count", work]);
    let transcript = transcribe(harness.arg(n_blocks.to_string()), false)?;
    let collected =
        transcript.lines.iter().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match collected {
        Some(count) if transcript.status.success() => Ok(count),
        _ => bail!("callgrind counted nothing:\n{}", transcript.lines.join("\n")),
    }
}
