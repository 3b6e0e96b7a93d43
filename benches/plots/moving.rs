//! What a filter that moves leaves elsewhere in the spectrum: a bell under a sine, turned from −18 to +18 dB.

use crate::chart::{Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, Panel, RED, REFERENCE, Series, picture};
use crate::through::{amplitude, db, defaults, one_band, run};
use anyhow::{Context, Result};
use busbar_engine::filters::{self, Delta, State, Tuning};
use busbar_engine::{BandShape, Settings, TILE_FRAMES};
use std::f64::consts::{PI, TAU};

const SAMPLE_RATE_HZ: f64 = 48_000.0;
const TONE_HZ: f64 = 200.0;
const TONE_DB: f64 = -6.0;
const GAIN_DB: f64 = 18.0;

/// The turn: a border of a tile, one second in.
const TURN: usize = 48_000;

/// Tiles that a turn takes in the engine: 20 ms.
const TURN_TILES: usize = 30;

/// Where in its period the sine is at the turn, of eight places that at which the engine clicks most.
const PHASES: u32 = 8;

/// Frames that are looked at, around the middle of the turn.
const WINDOW_FRAMES: usize = 8_192;

/// Kaiser's window with lobes below −170 dB, so that what is seen beside the sine is no window.
const BETA: f64 = 18.0;

pub fn picture_of_clicks() -> Result<String> {
    let mut loudest: Option<(f64, Vec<f32>, Vec<f64>)> = None;
    for phase in 0..PHASES {
        let input = tone(f64::from(phase) / f64::from(PHASES));
        let output = through_engine(&[(0, with_bell(-GAIN_DB)), (TURN, with_bell(GAIN_DB))], &input)?;
        let above_db = loudest_above_6_khz_db(&output);
        if loudest.as_ref().is_none_or(|(loudest_db, ..)| above_db > *loudest_db) {
            loudest = Some((above_db, input, output));
        }
    }
    let (_, input, engine) = loudest.context("there is a phase")?;
    let still = through_engine(&[(0, with_bell(GAIN_DB))], &input)?;

    let kinds = [
        ("new coefficients at once", RED, filtered(&input, |_, to, _| *to, 1)),
        ("a new design every 32 samples", ORANGE, filtered(&input, |_, to, _| *to, TURN_TILES)),
        (
            "straight lines between designs",
            GREEN,
            filtered(&input, |from, to, x| from.towards(to, x), TURN_TILES),
        ),
        ("Busbar: a curve without kinks", BLUE, engine),
        ("a bell that stands still", REFERENCE, still),
    ];
    let mut series = Vec::new();
    for (label, color, output) in &kinds {
        let above_db = loudest_above_6_khz_db(output);
        let label = format!("{label}: {above_db:.0} dBFS");
        series.push(Series::line(label.replace('-', "−"), *color, 4, spectrum(output)));
    }
    let panel = Panel {
        height: 860,
        margin: NUMBERS + 20,
        x: Axis::frequency(),
        y: Axis::linear("dB re a sine at full scale", [-180.0, 20.0], 20.0),
        series,
        legend: Legend::UpperRight,
    };
    picture(
        "A bell of 200 Hz, Q 1, turned from −18 to +18 dB under a sine of 200 Hz at −6 dBFS",
        "Spectrum of 170 ms around the turn, 48 kHz, worst of eight phases; legend: loudest sample above 6 kHz",
        &[panel],
    )
}

fn tone(cycles: f64) -> Vec<f32> {
    let sample = |n: usize| amplitude(TONE_DB) * (TAU * (TONE_HZ * n as f64 / SAMPLE_RATE_HZ + cycles)).sin();
    (0..2 * TURN).map(|n| sample(n) as f32).collect()
}

fn through_engine(settings: &[(usize, Settings)], input: &[f32]) -> Result<Vec<f64>> {
    Ok(run(SAMPLE_RATE_HZ, settings, input)?.0.into_iter().map(f64::from).collect())
}

fn with_bell(gain_db: f64) -> Settings {
    let mut settings = defaults();
    settings.strips[0].eq = one_band(BandShape::Bell, TONE_HZ, gain_db, 1.0);
    settings
}

/// The same turn by the reference of a section, with another way from a tile's design to the next one's: what other mixers do.
fn filtered(input: &[f32], between: fn(&Delta, &Delta, f64) -> Delta, n_tiles: usize) -> Vec<f64> {
    let tuning = Tuning::new(SAMPLE_RATE_HZ, TONE_HZ);
    let design = |tile: usize| {
        let tiles = (tile as f64 - (TURN / TILE_FRAMES) as f64).clamp(0.0, n_tiles as f64);
        filters::bell(tuning, GAIN_DB * (2.0 * tiles / n_tiles as f64 - 1.0), 1.0).delta()
    };
    let mut state = State::default();
    let mut output = Vec::with_capacity(input.len());
    for (tile, samples) in input.chunks(TILE_FRAMES).enumerate() {
        let (from, to) = (design(tile), design(tile + 1));
        for (frame, &sample) in samples.iter().enumerate() {
            let position = (frame + 1) as f64 / TILE_FRAMES as f64;
            output.push(state.process(&between(&from, &to, position), sample));
        }
    }
    output
}

fn middle() -> usize {
    TURN + TURN_TILES * TILE_FRAMES / 2
}

fn spectrum(output: &[f64]) -> Vec<(f64, f64)> {
    let start = middle() - WINDOW_FRAMES / 2;
    let window: Vec<f64> = (0..WINDOW_FRAMES).map(|n| kaiser(n, WINDOW_FRAMES)).collect();
    let scale = 2.0 / window.iter().sum::<f64>();
    let windowed: Vec<f64> =
        output[start..start + WINDOW_FRAMES].iter().zip(&window).map(|(x, w)| x * w * scale).collect();
    (0..=420)
        .map(|step| 20.0 * 1200.0_f64.powf(f64::from(step) / 420.0))
        .filter(|hz| *hz < 0.5 * SAMPLE_RATE_HZ)
        .map(|hz| {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in windowed.iter().enumerate() {
                let (sine, cosine) = (TAU * hz / SAMPLE_RATE_HZ * n as f64).sin_cos();
                re += x * cosine;
                im += x * sine;
            }
            (hz, db(re.hypot(im)))
        })
        .collect()
}

/// The largest sample around the turn behind a high-pass of linear phase that leaves nothing of 3 kHz and below.
fn loudest_above_6_khz_db(output: &[f64]) -> f64 {
    const HALF: usize = 192;
    let corner = 2.0 * 4_500.0 / SAMPLE_RATE_HZ;
    let taps: Vec<f64> = (0..=2 * HALF)
        .map(|tap| {
            let t = tap as f64 - HALF as f64;
            let low = if t == 0.0 { corner } else { (PI * corner * t).sin() / (PI * t) };
            (if t == 0.0 { 1.0 } else { 0.0 }) - low * kaiser(tap, 2 * HALF + 1)
        })
        .collect();
    let stretch = &output[middle() - WINDOW_FRAMES / 2..middle() + WINDOW_FRAMES / 2];
    let filtered = stretch
        .windows(taps.len())
        .map(|window| window.iter().zip(&taps).map(|(x, tap)| x * tap).sum::<f64>());
    db(filtered.fold(0.0, |loudest, x| loudest.max(x.abs())))
}

fn kaiser(n: usize, n_frames: usize) -> f64 {
    let x = 2.0 * n as f64 / (n_frames - 1) as f64 - 1.0;
    bessel_i0(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(BETA)
}

/// The modified Bessel function of order zero, by its series.
fn bessel_i0(x: f64) -> f64 {
    let terms = (1..80).scan(1.0, |term, k| {
        *term *= (0.5 * x / f64::from(k)).powi(2);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}
