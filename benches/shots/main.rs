//! The pictures in `docs/images/`: the mixer's page, drawn without a window.
//!
//! `cargo xtask shots` draws them, `cargo xtask shots --check` compares them, pixel for pixel, with what is there. Time, levels, font
//! and the instructions that draw are fixed, so that they are the same everywhere.

#[path = "../pictures.rs"]
mod pictures;
mod scene;

use anyhow::{Context, Result, ensure};
use image::RgbImage;
use nice_plug_vizia::prelude::vg;
use pictures::{Picture, Words};
use scene::Scene;
use std::path::Path;
use std::process::ExitCode;

/// The sizes of Busbar.
const SIZES: [usize; 3] = [8, 16, 32];

/// Pixels for each logical pixel, in percent.
const SCALES_PERCENT: [u32; 2] = [100, 200];

/// As long as anything on the page moves by itself: the meters' lines.
const SETTLING_S: f32 = 4.0;

const WORDS: Words =
    Words { verb: "shots", stale: "the page no longer looks so", fresh: "what the page looks like" };

fn main() -> ExitCode {
    pictures::main(WORDS, draw)
}

fn draw() -> Result<Vec<(String, Shot)>> {
    vg::stand_in::fix_simd();
    let mut pictures = Vec::new();
    for n_strips in SIZES {
        for percent in SCALES_PERCENT {
            pictures.push((format!("busbar-{n_strips}-{percent}.png"), Shot(picture(n_strips, percent)?)));
        }
    }
    Ok(pictures)
}

fn picture(n_strips: usize, percent: u32) -> Result<RgbImage> {
    let mut scene = Scene::new(n_strips, f64::from(percent) / 100.0)?;
    let mut time_s = 0.0;
    while time_s < SETTLING_S {
        scene.editor.tick(0.016);
        time_s += 0.016;
    }
    ensure!(scene.editor.settle(), "the page of Busbar {n_strips} never comes to rest");
    let rgb = scene.editor.pixels().iter().flat_map(|pixel| {
        let [_, red, green, blue] = pixel.to_be_bytes();
        [red, green, blue]
    });
    let (width, height) = (scene.editor.width(), scene.editor.height());
    RgbImage::from_raw(width, height, rgb.collect()).context("a pixel for each place")
}

/// The page, pixel for pixel.
struct Shot(RgbImage);

impl Picture for Shot {
    const MAX_BYTES: u64 = 1_000_000;

    fn save(&self, path: &Path) -> Result<()> {
        Ok(self.0.save(path)?)
    }

    fn difference(&self, path: &Path) -> Option<String> {
        let Ok(kept) = image::open(path) else { return Some("not there".to_owned()) };
        let kept = kept.to_rgb8();
        if kept.dimensions() != self.0.dimensions() {
            return Some("another size".to_owned());
        }
        let places = self.0.enumerate_pixels().zip(kept.pixels()).filter(|((_, _, new), old)| new != old);
        let mut n_pixels = 0;
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for ((x, y, _), _) in places {
            n_pixels += 1;
            (left, top, right, bottom) = (left.min(x), top.min(y), right.max(x), bottom.max(y));
        }
        (n_pixels > 0).then(|| format!("{n_pixels} pixels, from {left}, {top} to {right}, {bottom}"))
    }
}
