//! `cargo xtask shots`: the pictures of the mixer's page in docs/images, and `cargo xtask frames`: what its frames cost.
//!
//! The programs are examples of `busbar-benches`. The pictures are drawn as tests are built (`artefacts` says why), the frames are timed as
//! the plugin ships.

use std::process::Command;

use anyhow::{Result, bail};

use crate::artefacts::Place;
use crate::expect_no_args;
use crate::process::run;

/// Where the pictures lie.
const IMAGES: &str = "docs/images";

pub fn verb(args: &[String]) -> Result<()> {
    let is_check = match args {
        [] => false,
        [check] if check == "--check" => true,
        _ => bail!("`shots` takes nothing or `--check`, but got `{}`", args.join(" ")),
    };
    let here = Place::here()?;
    run(&mut here.cargo_ci("build", &["--quiet", "--example", "shots"]))?;
    draw(&here, is_check)
}

/// Draws the pictures, or compares them with those that are there. Compiles nothing.
pub fn draw(here: &Place, is_check: bool) -> Result<()> {
    let mut program = Command::new(here.program("examples/shots"));
    program.arg(IMAGES).args(is_check.then_some("--check")).current_dir(&here.root);
    run(&mut program)
}

/// Times frames in the build that ships.
pub fn frames(args: &[String]) -> Result<()> {
    expect_no_args("frames", args)?;
    let here = Place::here()?;
    run(&mut here.cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "busbar-benches",
        "--example",
        "frames",
    ]))
}
