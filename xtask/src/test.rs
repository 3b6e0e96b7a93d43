//! `cargo xtask test`: sets up, builds, bundles, runs every test and counts them.
//!
//! Green means: some tests ran, all passed, none was skipped, and the framework logged no failed assertion.

use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::artefacts::Place;
use crate::process::{Transcript, transcribe};
use crate::stages::Stages;
use crate::{expect_no_args, hosts, needs};

/// Sums of what the test programs report.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

pub fn verb(args: &[String]) -> Result<ExitCode> {
    expect_no_args("test", args)?;
    let mut stages = Stages::default();
    let mut counts = Counts::default();
    let outcome =
        stages.run("needs", || needs::ensure(needs::FOR_TESTS)).and_then(|()| run(&mut stages, &mut counts));
    Ok(close(outcome, &stages, counts))
}

/// Says what went wrong, then the minutes, then the counts: these must come last, for those who read only the end.
pub fn close(outcome: Result<()>, stages: &Stages, counts: Counts) -> ExitCode {
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    };
    print!("\n{}\n{counts}\n", stages.table());
    code
}

/// The stages once needs are met; `counts` is filled as soon as tests have run, also when they fail.
pub fn run(stages: &mut Stages, counts: &mut Counts) -> Result<()> {
    let here = Place::here()?;
    stages.run("build", || here.build_everything())?;
    stages.run("bundle", || here.bundle_ci())?;
    let tests = stages.run("tests", || {
        // A failure does not keep the tests of other packages from being counted.
        let mut tests = here.cargo_ci("test", &["--no-fail-fast"]);
        // Where host tests find the built plugin.
        let transcript = transcribe(tests.env("BUSBAR_BUNDLES", here.bundles()), true)?;
        *counts += count(&transcript);
        judge(&transcript, count(&transcript))
    });
    // A host that others wrote; it is asked even where our own tests failed.
    let host = stages.run("pedalboard", || hosts::test(&here, counts));
    tests.and(host)
}

/// Sums over the closing lines of all test programs. One that died without such a line counts as a failure.
pub fn count(transcript: &Transcript) -> Counts {
    let mut counts = Counts::default();
    for line in &transcript.lines {
        if let Some(line) = counts_of(line) {
            counts += line;
        }
    }
    if !transcript.status.success() && counts.failed == 0 {
        counts.failed = 1;
    }
    counts
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
fn counts_of(line: &str) -> Option<Counts> {
    let (_, sums) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let sum = |what: &str| {
        let part = sums.split("; ").find_map(|part| part.strip_suffix(what))?;
        part.trim().parse().ok()
    };
    Some(Counts { passed: sum("passed")?, failed: sum("failed")?, skipped: sum("ignored")? })
}

/// The conditions for green, each with its own words.
pub fn judge(transcript: &Transcript, counts: Counts) -> Result<()> {
    // The framework logs this where it is built with debug assertions, and goes on: no test would fail by itself.
    let finding = ["Debug assertion", "failed"].join(" ");
    if let Some(line) = transcript.lines.iter().find(|line| line.contains(&finding)) {
        bail!("the framework found a fault while tests ran:\n{line}");
    }
    if !transcript.status.success() || counts.failed > 0 {
        bail!("tests failed; their names are above");
    }
    if counts.skipped > 0 {
        let skipped = transcript.lines.iter().filter(|line| line.contains("... ignored")).cloned();
        bail!("tests were skipped, and none may be:\n{}", skipped.collect::<Vec<_>>().join("\n"));
    }
    if counts.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a run of tests would leave, ended by a real status.
    fn transcript(lines: &[&str], success: bool) -> Transcript {
        let arg = if success { "--version" } else { "no-such-verb" };
        let status = transcribe(Command::new("cargo").arg(arg), false).expect("cargo runs").status;
        assert_eq!(status.success(), success);
        Transcript { status, lines: lines.iter().map(|line| (*line).to_owned()).collect() }
    }

    const GOOD: &str =
        "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s";
    const BAD: &str =
        "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s";
    const IGNORING: &str =
        "test result: ok. 1 passed; 0 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0s";

    fn judged(lines: &[&str], success: bool) -> Result<String, String> {
        let transcript = transcript(lines, success);
        let counts = count(&transcript);
        match judge(&transcript, counts) {
            Ok(()) => Ok(counts.to_string()),
            Err(error) => Err(format!("{counts}: {error}")),
        }
    }

    #[test]
    fn counts_are_summed_over_all_programs() {
        assert_eq!(
            judged(&["running 12 tests", GOOD, "", GOOD], true),
            Ok("24 passed, 0 failed, 0 skipped".into())
        );
        let all = count(&transcript(&[GOOD, BAD, IGNORING], false));
        assert_eq!(all, Counts { passed: 15, failed: 5, skipped: 4 });
    }

    #[test]
    fn a_failure_a_skip_and_emptiness_are_not_green() {
        assert!(judged(&[GOOD, BAD], false).expect_err("failed").contains("tests failed"));
        let skip =
            judged(&["test fine ... ok", "test later ... ignored", IGNORING], true).expect_err("skipped");
        assert!(skip.contains("test later") && !skip.contains("test fine"), "{skip}");
        assert!(judged(&["nothing to do"], true).expect_err("empty").contains("no test ran"));
    }

    #[test]
    fn a_program_that_dies_counts_as_a_failure() {
        let died = judged(&[GOOD, "process didn't exit successfully (signal: 11)"], false).expect_err("died");
        assert!(died.starts_with("12 passed, 1 failed, 0 skipped"), "{died}");
    }

    #[test]
    fn a_logged_assertion_is_a_finding() {
        let line = format!("12:00:00 [WARN] {} {}: left != right", "Debug assertion", "failed");
        let finding = judged(&[GOOD, &line], true).expect_err("a finding");
        assert!(finding.contains("left != right"), "{finding}");
    }

    #[test]
    fn only_closing_lines_are_counted() {
        assert_eq!(counts_of("test result of mine: ok. 3 passed; 0 failed; 0 ignored"), None);
        assert_eq!(counts_of("test sums ... ok"), None);
        assert_eq!(counts_of(GOOD), Some(Counts { passed: 12, failed: 0, skipped: 0 }));
    }
}
