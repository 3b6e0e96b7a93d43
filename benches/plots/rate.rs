//! The engine at a rate of its own: what a tone becomes, and what an impulse.
//!
//! Resampling chooses its instructions by itself, so nothing is drawn below what every path agrees on.

use crate::chart::{Axis, BLUE, Legend, NUMBERS, ORANGE, Panel, REFERENCE, Series, picture};
use crate::through::db;
use anyhow::Result;
use busbar_engine::{EngineRate, Outputs, RatedEngine, ResamplingMode, Settings};
use std::f64::consts::TAU;

const BLOCK_FRAMES: usize = 512;

const MODES: [(ResamplingMode, &str, plotters::style::RGBColor); 2] =
    [(ResamplingMode::LowLatency, "low latency", BLUE), (ResamplingMode::Quality, "quality", ORANGE)];

/// What leaves the master on the left, and the latency in samples.
fn run(
    host_hz: f64,
    engine_rate: EngineRate,
    mode: ResamplingMode,
    input: &[f32],
) -> Result<(Vec<f32>, usize)> {
    let settings = Settings { engine_rate, resampling: mode, ..Settings::new(1) };
    let mut engine = RatedEngine::new(1);
    engine.set(&settings);
    engine.prepare(host_hz)?;
    let (mut output, mut right) = (vec![0.0; input.len()], vec![0.0; input.len()]);
    let outputs = output.chunks_mut(BLOCK_FRAMES).zip(right.chunks_mut(BLOCK_FRAMES));
    for (feed, (left, right)) in input.chunks(BLOCK_FRAMES).zip(outputs) {
        let mut outputs = Outputs { master: [left, right], groups: [const { None }; 4] };
        engine.process(&[Some([feed, feed])], &mut outputs);
    }
    Ok((output, engine.latency_samples() as usize))
}

/// The level of one tone in a stretch that holds a whole number of its periods.
fn level_db(stretch: &[f32], host_hz: f64, frequency_hz: f64) -> f64 {
    let [re, im] = stretch.iter().enumerate().fold([0.0; 2], |[re, im], (n, sample)| {
        let (sin, cos) = (TAU * frequency_hz * n as f64 / host_hz).sin_cos();
        [re + f64::from(*sample) * cos, im + f64::from(*sample) * sin]
    });
    db(re.hypot(im) * 2.0 / stretch.len() as f64)
}

/// Tones around half of the lower rate, in a host at 96 kHz whose engine runs at 44.1 kHz.
pub fn bands() -> Result<String> {
    const HOST_HZ: f64 = 96_000.0;
    const ENGINE_HZ: f64 = 44_100.0;
    const FLOOR_DB: f64 = -130.0;
    /// A tenth of a second: whole periods of everything in steps of 10 Hz.
    const STRETCH: usize = 9_600;
    const SETTLE: usize = 9_600;
    let frequencies = || (16_000..=28_000).step_by(100).map(f64::from);
    let mut series = vec![Series::line("20 kHz", REFERENCE, 4, vec![(20.0, 0.0), (20.0, FLOOR_DB)])];
    let mut flatness = Vec::new();
    for (mode, name, color) in MODES {
        let (mut tones, mut aliases, mut worst) = (Vec::new(), Vec::new(), 0.0_f64);
        for frequency_hz in frequencies() {
            let sample = |n: usize| (TAU * frequency_hz * n as f64 / HOST_HZ).sin() as f32;
            let input: Vec<f32> = (0..SETTLE + STRETCH).map(sample).collect();
            let (output, _) = run(HOST_HZ, EngineRate::Hz44100, mode, &input)?;
            let stretch = &output[SETTLE..];
            let tone_db = level_db(stretch, HOST_HZ, frequency_hz);
            if frequency_hz <= 20_000.0 {
                worst = worst.max(tone_db.abs());
            }
            tones.push((frequency_hz / 1e3, tone_db.max(FLOOR_DB)));
            let alias_db = level_db(stretch, HOST_HZ, ENGINE_HZ - frequency_hz);
            // At half the rate both are one.
            if (frequency_hz - ENGINE_HZ / 2.0).abs() > 50.0 {
                aliases.push((frequency_hz / 1e3, alias_db.max(FLOOR_DB)));
            }
        }
        series.push(Series::line(format!("{name}: the tone"), color, 5, tones));
        series.push(Series::dots(format!("{name}: its alias"), color, 5, aliases));
        flatness.push(format!("{name} {:.3} dB", (worst * 1e3).ceil() / 1e3));
    }
    let panel = Panel {
        height: 620,
        margin: NUMBERS,
        x: Axis::linear("kHz, of the tone", [16.0, 28.0], 1.0),
        y: Axis::linear("dB re the tone that goes in", [FLOOR_DB, 5.0], 10.0),
        series,
        legend: Legend::UpperRight,
    };
    picture(
        "What a tone becomes in an engine at 44.1 kHz, in a host at 96 kHz",
        &format!("Deviation up to 20 kHz, in and out: {}; drawn down to −130 dB", flatness.join(", ")),
        &[panel],
    )
}

/// An impulse in a host at 44.1 kHz whose engine runs at 48 kHz.
pub fn impulses() -> Result<String> {
    const HOST_HZ: f64 = 44_100.0;
    const FLOOR_DB: f64 = -100.0;
    const AT: usize = 2_000;
    let reach_ms = 6.0;
    let (mut wide, mut near, mut latencies) = (Vec::new(), Vec::new(), Vec::new());
    for (mode, name, color) in MODES {
        let mut input = vec![0.0; 8_000];
        input[AT] = 1.0;
        let (output, latency) = run(HOST_HZ, EngineRate::Hz48000, mode, &input)?;
        latencies.push(format!("{name} {latency} samples = {:.2} ms", latency as f64 / HOST_HZ * 1e3));
        let points = output.iter().enumerate();
        let points = points.map(|(n, sample)| ((n as f64 - (AT + latency) as f64) / HOST_HZ * 1e3, *sample));
        let within = |reach: f64| points.clone().filter(move |(ms, _)| ms.abs() <= reach);
        let levels = within(reach_ms).map(|(ms, sample)| (ms, db(f64::from(sample.abs())).max(FLOOR_DB)));
        wide.push(Series::line(name, color, 3, levels.collect()));
        let samples = within(0.5).map(|(ms, sample)| (ms, f64::from(sample)));
        near.push(Series::line(name, color, 4, samples.collect()));
    }
    let panel = |height, x, y, series, legend| Panel { height, margin: NUMBERS, x, y, series, legend };
    picture(
        "An impulse in a host at 44.1 kHz, engine at 48 kHz",
        &format!("Latencies: {}", latencies.join("; ")),
        &[
            panel(
                480,
                Axis::linear("ms, latency taken out", [-0.5, 0.5], 0.1),
                Axis::linear("amplitude", [-0.4, 1.1], 0.2),
                near,
                Legend::UpperRight,
            ),
            panel(
                480,
                Axis::linear("ms, latency taken out", [-reach_ms, reach_ms], 1.0),
                Axis::linear("dB re the impulse", [FLOOR_DB, 5.0], 10.0),
                wide,
                Legend::None,
            ),
        ],
    )
}
