//! `cargo xtask mix`: the example stems, mixed by the built plugin. What a newcomer runs first.
//!
//! It builds in profile `ci`, not `release`: that takes a fraction of the time, sounds the same bit for bit, and leaves
//! what `cargo xtask test` builds on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

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

/// Renders through the bundle in place. An `-o` among the arguments takes the mix elsewhere.
pub fn render(here: &Place, render_args: &[String]) -> Result<()> {
    let mix = here.target_dir.join("mix.wav");
    let start = Instant::now();
    let mut program = Command::new(here.program("busbar-render"));
    program.arg("--plugin").arg(here.bundles().join("Busbar.clap")).arg("-o").arg(&mix).args(render_args);
    run(program.args(stems(&here.root)?).current_dir(&here.root))?;
    let elsewhere = render_args.iter().any(|arg| arg.starts_with("-o") || arg.starts_with("--output"));
    let shown = if elsewhere {
        "the mix".into()
    } else {
        mix.strip_prefix(&here.root).unwrap_or(&mix).to_string_lossy()
    };
    println!("{shown} rendered in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// In the order of their names, which is the order of the strips. Relative, as they are shown.
fn stems(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = Path::new("examples").join("stems");
    let entries = std::fs::read_dir(root.join(&folder)).context("there are no stems in examples/stems")?;
    let names = entries.filter_map(|entry| Some(folder.join(entry.ok()?.file_name())));
    let mut stems: Vec<PathBuf> =
        names.filter(|name| name.extension().is_some_and(|ext| ext == "flac")).collect();
    stems.sort();
    if stems.is_empty() {
        bail!("there are no stems in examples/stems");
    }
    Ok(stems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_fill_eight_strips_in_order() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let stems = stems(root).expect("the examples");
        let numbers: Vec<_> = stems
            .iter()
            .map(|stem| stem.file_name().expect("a name").to_string_lossy()[..2].to_owned())
            .collect();
        assert_eq!(numbers, ["01", "02", "03", "04", "05", "06", "07", "08"]);
    }

    #[test]
    fn missing_stems_are_told() {
        let error = stems(Path::new("no-such-folder")).expect_err("no stems");
        assert!(error.to_string().contains("examples/stems"), "{error}");
    }
}
