//! `cargo xtask plots`: the pictures in docs/dsp, measured through the engine.
//!
//! The program that draws them is an example of `busbar-benches`: `artefacts` says why it is built with the workspace. It
//! takes half a minute, and gives the same bytes each time, so that `--check` can compare.

use std::process::Command;

use anyhow::{Result, bail};

use crate::artefacts::Place;
use crate::process::run;

/// Where the pictures lie, beside the pages that show them.
const IMAGES: &str = "docs/dsp/images";

pub fn verb(args: &[String]) -> Result<()> {
    let is_check = match args {
        [] => false,
        [check] if check == "--check" => true,
        _ => bail!("`plots` takes nothing or `--check`, but got `{}`", args.join(" ")),
    };
    let here = Place::here()?;
    run(&mut here.cargo_ci("build", &["--quiet", "--example", "plots"]))?;
    draw(&here, is_check)
}

/// Draws the pictures, or compares them with those that are there. Compiles nothing.
pub fn draw(here: &Place, is_check: bool) -> Result<()> {
    let mut program = Command::new(here.program("examples/plots"));
    program.arg(IMAGES).args(is_check.then_some("--check")).current_dir(&here.root);
    run(&mut program)
}
