//! `cargo xtask mutants [NAMES]`: tests of the tests. Each patch in `mutants/` breaks one thing; a test must fail with it.
//!
//! A patch is a unified diff below a head of two kinds of lines:
//!
//! ```text
//! # The balance law gives the far side a decibel too much.
//! # test: -p busbar-engine --test pan
//! ```
//!
//! First, each named test must pass on the sound tree. Then a mutant counts as caught if it applies, compiles and makes
//! its test fail; anything else is an error. A test that never ends counts as failing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::process::{Transcript, transcribe};
use crate::scratch::Scratch;
use crate::test::{self, Counts};

/// Seconds after which a mutant's test is taken to hang. The slowest sound test takes a small part of it.
const PATIENCE_S: u32 = 600;
/// What the program `timeout` returns when it had to end another.
const TIMED_OUT: i32 = 124;

struct Mutant {
    name: String,
    patch: PathBuf,
    breaks: String,
    /// Arguments of `cargo test`.
    test: Vec<String>,
}

enum Verdict {
    /// With the tests that failed.
    Caught(String),
    /// With the reason.
    NotCaught(String),
}

pub fn verb(names: &[String]) -> Result<ExitCode> {
    let here = Place::here()?;
    let mutants = chosen(read_all(&here.root.join("mutants"))?, names)?;
    let scratch = Scratch::of(&here)?;

    // A test that fails on the sound tree would catch everything.
    for test in mutants.iter().map(|mutant| &mutant.test).collect::<BTreeSet<_>>() {
        println!("== sound tree: cargo test {}", test.join(" "));
        let transcript = run_test(&scratch.place, test)?.map_err(anyhow::Error::msg)?;
        test::judge(&transcript, test::count(&transcript)).with_context(|| {
            let tail: Vec<_> = transcript.lines.iter().rev().take(40).rev().cloned().collect();
            format!("{}\n`cargo test {}` does not pass on the sound tree", tail.join("\n"), test.join(" "))
        })?;
    }

    let mut counts = Counts::default();
    let mut table = String::new();
    for mutant in &mutants {
        println!("== {}: {}", mutant.name, mutant.breaks);
        let verdict = try_mutant(&scratch, mutant);
        scratch.restore()?;
        let (word, evidence) = match verdict? {
            Verdict::Caught(by) => {
                counts.passed += 1;
                ("caught", by)
            }
            Verdict::NotCaught(reason) => {
                counts.failed += 1;
                ("NOT CAUGHT", reason)
            }
        };
        println!("{word}: {evidence}");
        let evidence = evidence.lines().next().unwrap_or_default();
        table.push_str(&format!("{:<28} {word:<11} {evidence}\n", mutant.name));
    }
    print!("\n{table}\n{counts}\n");
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn try_mutant(scratch: &Scratch, mutant: &Mutant) -> Result<Verdict> {
    if let Err(error) = scratch.apply(&mutant.patch) {
        return Ok(Verdict::NotCaught(format!("the patch no longer applies\n{error:#}")));
    }
    Ok(match run_test(&scratch.place, &mutant.test)? {
        Ok(transcript) => judge(&transcript),
        Err(reason) => Verdict::NotCaught(reason),
    })
}

fn judge(transcript: &Transcript) -> Verdict {
    if transcript.status.success() {
        return Verdict::NotCaught("the test still passes".into());
    }
    if transcript.status.code() == Some(TIMED_OUT) {
        return Verdict::Caught(format!("the test did not end within {PATIENCE_S} s"));
    }
    let failed =
        transcript.lines.iter().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let failed: Vec<&str> = failed.collect();
    match failed.as_slice() {
        [] if transcript.lines.iter().any(|line| line.contains("process didn't exit successfully")) => {
            Verdict::Caught("the test program died".into())
        }
        [] => Verdict::NotCaught("cargo failed, and no test did".into()),
        [name] => Verdict::Caught((*name).to_owned()),
        [name, others @ ..] => Verdict::Caught(format!("{name} and {} more", others.len())),
    }
}

/// Compiles, then runs. The inner error tells that it did not compile.
fn run_test(place: &Place, test: &[String]) -> Result<Result<Transcript, String>> {
    let args = whole_workspace(test);
    let mut compile = place.cargo(&["test", "--profile", "ci", "--no-run"]);
    // What follows `--` is for the test program, which does not run yet.
    compile.args(args.iter().take_while(|arg| *arg != "--"));
    let compiled = transcribe(&mut compile, false)?;
    if !compiled.status.success() {
        let errors: Vec<_> =
            compiled.lines.iter().skip_while(|line| !line.starts_with("error")).cloned().collect();
        return Ok(Err(format!("does not compile\n{}", errors.join("\n"))));
    }
    if test.iter().any(|arg| arg == "busbar-host") {
        // These tests load the built plugin, or the stand-in for it, which cargo builds as a library only when asked for it.
        place.build_programs()?;
        place.build_stand_in()?;
        place.bundle_ci()?;
    }
    let mut run = place.cargo(&["test", "--profile", "ci"]);
    run.args(&args).env("BUSBAR_BUNDLES", place.bundles());
    transcribe(&mut bounded(run), false).map(Ok)
}

/// An integration test's name finds it in the whole workspace, whose features are compiled already: see `artefacts`.
fn whole_workspace(test: &[String]) -> Vec<String> {
    if !test.iter().any(|arg| arg == "--test") {
        return test.to_vec();
    }
    let mut args = vec!["--workspace".to_owned()];
    let mut rest = test.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-p" | "--package" => drop(rest.next()),
            _ => args.push(arg.clone()),
        }
    }
    args
}

/// Ends a command together with the programs it started, which plain Rust cannot; Debian's `timeout` can.
fn bounded(command: Command) -> Command {
    if !cfg!(target_os = "linux") {
        return command;
    }
    let mut bounded = Command::new("timeout");
    bounded
        .arg("--kill-after=5")
        .arg(PATIENCE_S.to_string())
        .arg(command.get_program())
        .args(command.get_args());
    bounded.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(dir) = command.get_current_dir() {
        bounded.current_dir(dir);
    }
    bounded
}

fn read_all(folder: &Path) -> Result<Vec<Mutant>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut patches: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    patches.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    patches.sort();
    patches.into_iter().map(|patch| parse(&patch, &fs::read_to_string(&patch)?)).collect()
}

fn parse(patch: &Path, text: &str) -> Result<Mutant> {
    let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let head = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    let (tests, breaks): (Vec<&str>, Vec<&str>) = head.partition(|line| line.starts_with("test:"));
    let test = match tests.as_slice() {
        [test] => test.trim_start_matches("test:").split_whitespace().map(String::from).collect(),
        _ => Vec::new(),
    };
    if test.is_empty() {
        bail!(
            "mutants/{name}.patch needs one line like `# test: -p busbar-engine --test pan_laws` at its head"
        );
    }
    if breaks.is_empty() {
        bail!("mutants/{name}.patch needs a first line `# …` that says what it breaks");
    }
    Ok(Mutant { name, patch: patch.to_owned(), breaks: breaks.join(" "), test })
}

fn chosen(mutants: Vec<Mutant>, names: &[String]) -> Result<Vec<Mutant>> {
    if let Some(unknown) = names.iter().find(|name| mutants.iter().all(|mutant| mutant.name != **name)) {
        let known: Vec<_> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        bail!("there is no mutants/{unknown}.patch; there are: {}", known.join(", "));
    }
    let chosen = mutants.into_iter().filter(|mutant| names.is_empty() || names.contains(&mutant.name));
    let chosen: Vec<Mutant> = chosen.collect();
    if chosen.is_empty() {
        bail!("there is no patch in mutants/");
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "# The centre is 3 dB loud.\n# Only in stereo.\n# test: -p busbar-engine --test pan_laws -- centre\n\
        --- a/x\n+++ b/x\n@@ -1 +1 @@\n-# test: not a head line\n+1\n";

    fn mutant(text: &str) -> Result<Mutant> {
        parse(Path::new("mutants/pan-law.patch"), text)
    }

    #[test]
    fn the_head_tells_what_breaks_and_which_test_sees_it() {
        let mutant = mutant(PATCH).expect("a valid patch");
        assert_eq!(mutant.name, "pan-law");
        assert_eq!(mutant.breaks, "The centre is 3 dB loud. Only in stereo.");
        assert_eq!(mutant.test.join(" "), "-p busbar-engine --test pan_laws -- centre");
        assert_eq!(whole_workspace(&mutant.test).join(" "), "--workspace --test pan_laws -- centre");
        assert_eq!(
            whole_workspace(&["-p".into(), "busbar".into(), "--lib".into()]).join(" "),
            "-p busbar --lib"
        );
    }

    #[test]
    fn a_head_that_lacks_a_part_is_an_error() {
        assert!(mutant("# Breaks.\n--- a/x\n").is_err_and(|error| error.to_string().contains("# test:")));
        assert!(
            mutant("# test: --test ids\n--- a/x\n")
                .is_err_and(|error| error.to_string().contains("what it breaks"))
        );
    }

    #[test]
    fn names_choose_and_unknown_ones_are_told() {
        let all = || vec![mutant(PATCH).expect("a valid patch")];
        assert_eq!(chosen(all(), &[]).expect("all").len(), 1);
        assert_eq!(chosen(all(), &["pan-law".into()]).expect("by name").len(), 1);
        assert!(chosen(all(), &["pam-law".into()]).is_err_and(|error| error.to_string().contains("pan-law")));
        assert!(chosen(vec![], &[]).is_err());
    }
}
