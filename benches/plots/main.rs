//! The pictures in `docs/dsp/images/`: what the engine's stages do, measured through the engine.
//!
//! `cargo xtask plots` writes them, `cargo xtask plots --check` compares them with what is there.
//!
//! | file | what is in it |
//! |---|---|
//! | `eq.rs` | filters against their analog prototypes, by impulse |
//! | `moving.rs` | what a filter that moves leaves elsewhere in the spectrum |
//! | `compressor.rs`, `gate.rs` | static curves by steady levels, and steps in time |
//! | `colour.rs` | curves, aliases by quality, and what the filters between rates leave of the spectrum |
//! | `limiter.rs` | the gain around a burst, and true peaks against the ceiling |
//! | `meters.rs`, `cases.rs` | weighting, true peaks and needles, and a table of EBU cases |
//! | `rate.rs` | tones and impulses where the engine has a rate of its own |
//! | `through.rs` | sound through the engine |
//! | `chart.rs` | pictures from numbers |
//!
//! Prototypes, signals and the true-peak meter are those of the engine's tests, which share nothing with what they test.

mod cases;
mod chart;
mod colour;
mod compressor;
mod eq;
#[path = "../../engine/tests/filters_support/mod.rs"]
mod filters_support;
mod gate;
mod limiter;
#[path = "../../engine/tests/limiter_support/mod.rs"]
mod limiter_support;
mod meters;
mod moving;
mod rate;
mod through;

use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::ExitCode;

/// More than this is no picture for a page any more.
const MAX_BYTES: usize = 100_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plots: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, is_check) = match &args[..] {
        [folder] => (Path::new(folder), false),
        [folder, check] if check == "--check" => (Path::new(folder), true),
        _ => bail!("call it as `cargo xtask plots` or `cargo xtask plots --check`"),
    };
    let mut pictures = eq::pictures()?;
    pictures.push(("eq-moving.svg", moving::picture_of_clicks()?));
    pictures.push(("compressor-static.svg", compressor::static_curve()?));
    pictures.push(("compressor-step.svg", compressor::steps()?));
    pictures.push(("gate-static.svg", gate::static_curve()?));
    pictures.push(("gate-step.svg", gate::steps()?));
    pictures.push(("limiter-gain.svg", limiter::gain_around_a_burst()?));
    pictures.push(("limiter-peaks.svg", limiter::peaks()?));
    pictures.push(("colour-curves.svg", colour::curves()?));
    pictures.push(("colour-aliases.svg", colour::aliases()?));
    pictures.push(("colour-response.svg", colour::response()?));
    pictures.push(("engine-rate-bands.svg", rate::bands()?));
    pictures.push(("engine-rate-impulses.svg", rate::impulses()?));
    let t = std::time::Instant::now();
    pictures.push(("meters-weighting.svg", meters::k_weighting()?));
    eprintln!("T {:?}", t.elapsed());
    pictures.push(("meters-true-peaks.svg", meters::true_peaks()?));
    eprintln!("T {:?}", t.elapsed());
    pictures.push(("meters-needles.svg", meters::needles()?));
    eprintln!("T {:?}", t.elapsed());
    // A page of its own, beside those that show pictures.
    pictures.push(("../meters-cases.md", cases::table()?));
    eprintln!("T {:?}", t.elapsed());
    for (name, svg) in &pictures {
        ensure!(svg.len() <= MAX_BYTES, "{name} has {} bytes; give it fewer points", svg.len());
    }
    match is_check {
        true => check(folder, &pictures),
        false => write(folder, &pictures),
    }
}

fn write(folder: &Path, pictures: &[(&str, String)]) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, svg) in pictures {
        let path = folder.join(name);
        std::fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("{} pictures written", pictures.len());
    Ok(())
}

fn check(folder: &Path, pictures: &[(&str, String)]) -> Result<()> {
    let is_stale = |(name, svg): &&(&str, String)| {
        std::fs::read(folder.join(name)).ok().as_deref() != Some(svg.as_bytes())
    };
    let stale: Vec<&str> = pictures.iter().filter(is_stale).map(|(name, _)| *name).collect();
    if !stale.is_empty() {
        bail!(
            "no longer what the engine does: {}; look at what `cargo xtask plots` draws, and commit it",
            stale.join(", ")
        );
    }
    println!("{} pictures are what the engine does", pictures.len());
    Ok(())
}
