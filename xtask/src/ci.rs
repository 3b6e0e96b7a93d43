//! `cargo xtask ci`: everything that must hold before a change lands, cheapest first.
//!
//! Two passes compile dependencies, each once: clippy, which checks (and whose results the docs share), and one build in
//! profile `ci`, which tidy's test, all tests, bundles, benches and the mix share. `artefacts` says why it stays one.
//!
//! Clippy and the docs also read the standalone program, where the system has what it is built on. It is compiled and played
//! through by `cargo xtask run --check`.

use std::process::ExitCode;

use anyhow::Result;

use crate::artefacts::Place;
use crate::process::run;
use crate::stages::Stages;
use crate::test::Counts;
use crate::{expect_no_args, mix, needs, plots, shots, test, tidy};

pub fn verb(args: &[String]) -> Result<ExitCode> {
    expect_no_args("ci", args)?;
    let mut stages = Stages::default();
    let mut counts = Counts::default();
    let outcome = all(&mut stages, &mut counts);
    Ok(test::close(outcome, &stages, counts))
}

fn all(stages: &mut Stages, counts: &mut Counts) -> Result<()> {
    let here = Place::here()?;
    stages.run("needs", || needs::ensure(needs::FOR_TESTS))?;
    stages.run("fmt", || run(&mut here.cargo(&["fmt", "--all", "--check"])))?;
    let standalone: &[&str] = match needs::are_met(needs::FOR_STANDALONE) {
        true => &["--features", "busbar/standalone"],
        false => {
            println!(
                "the standalone program is not linted: {} missing",
                needs::packages(needs::FOR_STANDALONE)
            );
            &[]
        }
    };
    stages.run("clippy", || {
        let mut clippy = here.cargo_ci("clippy", standalone);
        run(clippy.args(["--all-targets", "--", "-D", "warnings"]))
    })?;
    stages.run("docs", || {
        // Examples are selected for their dev-dependencies: with them the docs read what clippy checked. Private items
        // are what the readers of these docs work on, so links to them lead somewhere.
        let selection = ["--no-deps", "--document-private-items", "--lib", "--bins", "--examples"];
        let mut docs = here.cargo_ci("doc", standalone);
        docs.args(selection);
        run(docs.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"))
    })?;
    test::run(stages, counts)?;
    stages.run("tidy", || tidy::run(&here))?;
    // Each bench once, untimed. By pattern, so that the unit tests of other packages do not run again as benches.
    stages.run("benches", || run(&mut here.cargo_ci("bench", &["--bench", "*", "--", "--test"])))?;
    stages.run("plots", || plots::draw(&here, true))?;
    stages.run("shots", || shots::draw(&here, true))?;
    stages.run("mix", || mix::render(&here, &[]))
}
