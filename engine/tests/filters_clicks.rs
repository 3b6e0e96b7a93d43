//! Nothing clicks while a person turns the equaliser or switches it, through the engine as it runs.
//!
//! `filters_moving.rs` looks at the curve between designs by itself; here are the designs on the way, the fades and the lanes, too.

#![allow(
    clippy::disallowed_macros,
    reason = "the levels that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

use busbar_engine::{BandSettings, BandShape, Engine, EqSettings, Outputs, Settings};
use std::f64::consts::{PI, TAU};

const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// The sine that is listened to.
const TONE_HZ: f64 = 200.0;

/// Its amplitude: −6 dBFS.
const TONE: f64 = 0.5;

/// Frames before the change. The slowest band here, 60 Hz with poles of Q 28, decays by e in 0.15 s and by 150 dB meanwhile.
const BEFORE: usize = 129_600;

/// Frames after it: the move is over after 960, the rest is what rings.
const AFTER: usize = 7_200;

/// Source: the requirement for moving filters: a full jump of ± 18 dB with a smoothing of 20 ms, on a sine of 200 Hz at
/// −6 dBFS, leaves no more than −70 dBFS above 6 kHz.
const JUMP_GATE_DBFS: f64 = -70.0;

/// Source: the requirement for switching a stage: it clicks less than −60 dB re its signal.
const SWITCH_GATE_DB: f64 = -60.0;

fn band(shape: BandShape, frequency_hz: f32, gain_db: f32, q: f32) -> BandSettings {
    BandSettings { on: true, shape, frequency_hz, gain_db, q }
}

fn off(band: BandSettings) -> BandSettings {
    BandSettings { on: false, ..band }
}

fn with(band: BandSettings) -> Settings {
    let mut settings = Settings::new(1);
    settings.strips[0].eq = EqSettings { on: true, ..EqSettings::FLAT };
    settings.strips[0].eq.bands[0] = band;
    settings
}

/// A high-pass of linear phase that leaves nothing of 3 kHz and below: flat above 6 kHz. A windowed sinc (Blackman and
/// Harris, four terms: side lobes under −92 dB) with its corner at 4.5 kHz.
fn click_detector() -> Vec<f64> {
    const HALF: i32 = 192;
    let corner = 2.0 * 4_500.0 / SAMPLE_RATE_HZ;
    (-HALF..=HALF)
        .map(|tap| {
            let phase = PI * (f64::from(tap) / f64::from(HALF) + 1.0);
            let window = 0.358_75 - 0.488_29 * phase.cos() + 0.141_28 * (2.0 * phase).cos()
                - 0.011_68 * (3.0 * phase).cos();
            let x = PI * f64::from(tap);
            let low = if tap == 0 { corner } else { (corner * x).sin() / x };
            (if tap == 0 { 1.0 } else { 0.0 }) - low * window
        })
        .collect()
}

/// What is above 6 kHz around a change, and the louder of input and output, at their loudest, in dBFS.
fn clicks_dbfs(from: BandSettings, to: BandSettings, cycles: f64, taps: &[f64]) -> [f64; 2] {
    let mut engine = Engine::new(1);
    engine.prepare(SAMPLE_RATE_HZ).expect("48 kHz is a sample rate");
    engine.set(&with(from));
    let tone: Vec<f32> = (0..BEFORE + AFTER)
        .map(|n| (TONE * (TAU * (TONE_HZ * n as f64 / SAMPLE_RATE_HZ + cycles)).sin()) as f32)
        .collect();
    let (before, after) = tone.split_at(BEFORE);
    let mut output = vec![0.0; tone.len()];
    let mut right = output.clone();
    let mut play = |engine: &mut Engine, feed: &[f32], output: &mut [f32]| {
        let master = [output, &mut right[..feed.len()]];
        engine.process(&[Some([feed, feed])], &mut Outputs { master, groups: [const { None }; 4] });
    };
    let (output_before, output_after) = output.split_at_mut(BEFORE);
    play(&mut engine, before, output_before);
    engine.set(&with(to));
    play(&mut engine, after, output_after);
    let heard = &output[BEFORE - 2 * taps.len()..];
    let peak = heard.iter().fold(TONE, |peak, x| peak.max(f64::from(x.abs())));
    let click = heard
        .windows(taps.len())
        .map(|window| window.iter().zip(taps).map(|(x, tap)| f64::from(*x) * tap).sum::<f64>().abs())
        .fold(f64::MIN_POSITIVE, f64::max);
    [click, peak].map(|amplitude| 20.0 * amplitude.log10())
}

/// The loudest of two phases: at a zero of the sine, and at its top.
fn loudest_dbfs(from: BandSettings, to: BandSettings, taps: &[f64]) -> [f64; 2] {
    let [zero, top] = [0.0, 0.25].map(|cycles| clicks_dbfs(from, to, cycles, taps));
    if top[0] > zero[0] { top } else { zero }
}

#[test]
fn a_jump_of_the_gain_does_not_click() {
    let taps = click_detector();
    let kinds = [
        (BandShape::Bell, 1.0),
        (BandShape::Bell, 0.3),
        (BandShape::Bell, 10.0),
        (BandShape::LowShelf, 0.71),
        (BandShape::HighShelf, 0.71),
    ];
    let mut loudest = (f64::NEG_INFINITY, String::new());
    for (shape, q) in kinds {
        for hz in [60.0, 200.0, 1_000.0, 5_000.0] {
            for (from_db, to_db) in [(-18.0, 18.0), (18.0, -18.0), (0.0, 18.0), (-18.0, 0.0)] {
                let [click, _] = loudest_dbfs(band(shape, hz, from_db, q), band(shape, hz, to_db, q), &taps);
                let what = format!("{shape:?} of {hz} Hz, Q {q}, from {from_db} to {to_db} dB");
                assert!(click <= JUMP_GATE_DBFS, "{click:.1} dBFS with a {what}");
                if click > loudest.0 {
                    loudest = (click, what);
                }
            }
        }
    }
    println!("jumps of the gain: {:.1} dBFS with a {}", loudest.0, loudest.1);
    // It does hear something, 40 dB over rounding.
    assert!(loudest.0 > -100.0, "{loudest:?} is less than any filter that moves leaves");
}

#[test]
fn switching_and_other_shapes_do_not_click() {
    let taps = click_detector();
    let shapes = [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf, BandShape::Notch];
    let mut loudest = (f64::NEG_INFINITY, String::new());
    for shape in shapes {
        for hz in [60.0, 200.0, 1_000.0, 5_000.0] {
            for gain_db in [-18.0, 18.0] {
                let here = band(shape, hz, gain_db, 1.0);
                let other = |other| BandSettings { shape: other, ..here };
                let changes = [(off(here), here), (here, off(here))].into_iter();
                for (from, to) in changes.chain(shapes.map(|to| (here, other(to)))) {
                    let [click, peak] = loudest_dbfs(from, to, &taps);
                    let what = format!("{from:?} to {to:?}");
                    assert!(click - peak <= SWITCH_GATE_DB, "{:.1} dB with {what}", click - peak);
                    if click - peak > loudest.0 {
                        loudest = (click - peak, what);
                    }
                }
            }
        }
    }
    println!("switching: {:.1} dB re the signal with {}", loudest.0, loudest.1);
}

#[test]
fn jumps_of_frequency_and_q_do_not_click() {
    let taps = click_detector();
    let mut loudest = (f64::NEG_INFINITY, String::new());
    for (shape, gain_db) in [
        (BandShape::Bell, 18.0),
        (BandShape::Bell, -18.0),
        (BandShape::LowShelf, 18.0),
        (BandShape::HighShelf, -18.0),
        (BandShape::Notch, 0.0),
    ] {
        for (from, to) in [
            ((60.0, 1.0), (200.0, 1.0)),
            ((200.0, 1.0), (5_000.0, 1.0)),
            ((5_000.0, 1.0), (200.0, 1.0)),
            ((20.0, 1.0), (20_000.0, 1.0)),
            ((200.0, 0.1), (200.0, 10.0)),
            ((200.0, 10.0), (200.0, 0.1)),
        ] {
            let [from, to] = [from, to].map(|(hz, q)| band(shape, hz, gain_db, q));
            let [click, peak] = loudest_dbfs(from, to, &taps);
            let what = format!("{from:?} to {to:?}");
            if click - peak > loudest.0 {
                loudest = (click - peak, what);
            }
        }
    }
    println!("frequency and Q: {:.1} dB re the signal with {}", loudest.0, loudest.1);
    assert!(loudest.0 <= SWITCH_GATE_DB, "{loudest:?}");
}
