//! The pictures in `docs/images/`: the mixer's page, drawn without a window.
//!
//! `cargo xtask shots` draws them, `cargo xtask shots --check` compares them, pixel for pixel, with what is there. Time, levels, font
//! and the instructions that draw are fixed, so that they are the same everywhere.

mod scene;

use anyhow::{Context, Result, bail, ensure};
use image::RgbImage;
use nice_plug_vizia::prelude::vg;
use scene::Scene;
use std::path::Path;
use std::process::ExitCode;

/// The sizes of Busbar.
const SIZES: [usize; 3] = [8, 16, 32];

/// Pixels for each logical pixel, in percent.
const SCALES_PERCENT: [u32; 2] = [100, 200];

/// More than this is no picture for a page any more.
const MAX_BYTES: u64 = 1_000_000;

/// As long as anything on the page moves by itself: the meters' lines.
const SETTLING_S: f32 = 4.0;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shots: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, is_check) = match &args[..] {
        [folder] => (Path::new(folder), false),
        [folder, check] if check == "--check" => (Path::new(folder), true),
        _ => bail!("call it as `cargo xtask shots` or `cargo xtask shots --check`"),
    };
    vg::stand_in::fix_simd();
    let mut pictures = Vec::new();
    for n_strips in SIZES {
        for percent in SCALES_PERCENT {
            pictures.push((format!("busbar-{n_strips}-{percent}.png"), picture(n_strips, percent)?));
        }
    }
    match is_check {
        true => check(folder, &pictures),
        false => write(folder, &pictures),
    }
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

fn write(folder: &Path, pictures: &[(String, RgbImage)]) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, picture) in pictures {
        let path = folder.join(name);
        picture.save(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let n_bytes = path.metadata()?.len();
        ensure!(n_bytes <= MAX_BYTES, "{name} has {n_bytes} bytes, which is too much for a page");
    }
    println!("{} pictures written", pictures.len());
    Ok(())
}

fn check(folder: &Path, pictures: &[(String, RgbImage)]) -> Result<()> {
    let stale: Vec<String> =
        pictures.iter().filter_map(|(name, picture)| difference(folder, name, picture)).collect();
    if !stale.is_empty() {
        bail!(
            "the page no longer looks so: {}; look at what `cargo xtask shots` draws, and commit it",
            stale.join(", ")
        );
    }
    println!("{} pictures are what the page looks like", pictures.len());
    Ok(())
}

/// What a picture that lies there has otherwise, in words.
fn difference(folder: &Path, name: &str, picture: &RgbImage) -> Option<String> {
    let Ok(kept) = image::open(folder.join(name)) else { return Some(format!("{name} (not there)")) };
    let kept = kept.to_rgb8();
    if kept.dimensions() != picture.dimensions() {
        return Some(format!("{name} (another size)"));
    }
    let places = picture.enumerate_pixels().zip(kept.pixels()).filter(|((_, _, new), old)| new != old);
    let mut n_pixels = 0;
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for ((x, y, _), _) in places {
        n_pixels += 1;
        (left, top, right, bottom) = (left.min(x), top.min(y), right.max(x), bottom.max(y));
    }
    (n_pixels > 0).then(|| format!("{name} ({n_pixels} pixels, from {left}, {top} to {right}, {bottom})"))
}
