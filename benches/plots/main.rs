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
//! | `../pictures.rs` | what is written and compared |
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

#[path = "../pictures.rs"]
mod pictures;

use anyhow::Result;
use pictures::{Picture, Words};
use std::path::Path;
use std::process::ExitCode;

const WORDS: Words =
    Words { verb: "plots", stale: "no longer what the engine does", fresh: "what the engine does" };

/// A picture as SVG, or a table in Markdown.
struct Text(String);

impl Picture for Text {
    const MAX_BYTES: u64 = 100_000;

    fn save(&self, path: &Path) -> Result<()> {
        Ok(std::fs::write(path, &self.0)?)
    }

    fn difference(&self, path: &Path) -> Option<String> {
        match std::fs::read(path) {
            Ok(kept) if kept == self.0.as_bytes() => None,
            Ok(_) => Some("another".to_owned()),
            Err(_) => Some("not there".to_owned()),
        }
    }
}

fn main() -> ExitCode {
    pictures::main(WORDS, draw)
}

fn draw() -> Result<Vec<(String, Text)>> {
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
    pictures.push(("meters-weighting.svg", meters::k_weighting()?));
    pictures.push(("meters-true-peaks.svg", meters::true_peaks()?));
    pictures.push(("meters-needles.svg", meters::needles()?));
    // A page of its own, beside those that show pictures.
    pictures.push(("../meters-cases.md", cases::table()?));
    Ok(pictures.into_iter().map(|(name, text)| (name.to_owned(), Text(text))).collect())
}
