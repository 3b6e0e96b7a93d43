//! `cargo xtask mix`: the example's session, mixed by the built plugin. What a newcomer runs first.
//!
//! It builds in profile `ci`, not `release`: that takes a fraction of the time, sounds the same bit for bit, and leaves
//! what `cargo xtask test` builds on.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::artefacts::Place;
use crate::process::run;

pub fn verb(args: &[String]) -> Result<()> {
    let render_args = match args.split_first() {
        None => &[],
        Some((dashes, rest)) if dashes == "--" => rest,
        Some((arg, _)) => bail!("`mix` has no argument `{arg}`; those of busbar-render follow `--`"),
    };
    let here = Place::here()?;
    here.build_programs()?;
    here.bundle_ci()?;
    render(&here, render_args)
}

/// The session of the example, as it is shown.
const SESSION: &str = "examples/mix.toml";

/// Renders through the bundle in place. An `-o` among the arguments takes the mix elsewhere.
pub fn render(here: &Place, render_args: &[String]) -> Result<()> {
    let mix = here.target_dir.join("mix.wav");
    let start = Instant::now();
    let mut program = Command::new(here.program("busbar-render"));
    program.arg("--plugin").arg(here.bundles().join("Busbar.clap")).arg("-o").arg(&mix).args(render_args);
    run(program.arg(SESSION).current_dir(&here.root))?;
    let elsewhere = render_args.iter().any(|arg| arg.starts_with("-o") || arg.starts_with("--output"));
    let shown = if elsewhere {
        "the mix".into()
    } else {
        mix.strip_prefix(&here.root).unwrap_or(&mix).to_string_lossy()
    };
    println!("{shown} rendered in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}
