//! Meters: the K-weighting against the standard, true peaks between samples, and needles in time.
//!
//! All of it is read from the engine. The table of cases is in `cases.rs`.

use crate::chart::{Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, PURPLE, Panel, REFERENCE, Series, picture};
use crate::through::{db, play};
use anyhow::Result;
use busbar_engine::{Ballistics, Engine, Settings, SimdPath, TILE_FRAMES, Tap};
use plotters::style::RGBColor;
use std::f64::consts::{PI, TAU};

/// Strips that are measured at once: as many as a kernel takes.
const LANES: usize = 8;

/// An engine on plain arithmetic, so that pictures are the same on every machine.
fn engine(sample_rate_hz: f64, settings: &Settings) -> Result<Engine> {
    let path = SimdPath::all().last().unwrap_or_else(SimdPath::detect);
    let mut engine = Engine::on_path(settings.strips.len(), path);
    engine.set(settings);
    engine.prepare(sample_rate_hz)?;
    Ok(engine)
}

/// The magnitude of a section of second order with a₀ = 1, in dB.
fn section_db(b: [f64; 3], a: [f64; 2], turns: f64) -> f64 {
    let magnitude = |c: [f64; 3]| {
        let [re, im] = c.iter().zip(0..).fold([0.0; 2], |[re, im], (c, k)| {
            let (sin, cos) = (TAU * turns * f64::from(k)).sin_cos();
            [re + c * cos, im - c * sin]
        });
        re.hypot(im)
    };
    db(magnitude(b) / magnitude([1.0, a[0], a[1]]))
}

/// The K-weighting by the coefficients that ITU-R BS.1770 prints for 48 kHz.
fn standard_db(hz: f64) -> f64 {
    let shelf_b = [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85];
    let shelf_a = [-1.690_659_293_182_41, 0.732_480_774_215_85];
    let high_pass_a = [-1.990_047_454_833_98, 0.990_072_250_366_21];
    let turns = hz / 48_000.0;
    section_db(shelf_b, shelf_a, turns) + section_db([1.0, -2.0, 1.0], high_pass_a, turns)
}

/// The analog filters from which those coefficients come, at the level that they have at 48 kHz: a shelf and a high-pass.
fn analog_db(hz: f64) -> f64 {
    let magnitude = |f: f64, top: [f64; 3], q: f64| {
        let value = |[square, line, rest]: [f64; 3]| (rest - square * f * f).hypot(line * f);
        value(top) / value([1.0, 1.0 / q, 1.0])
    };
    let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
    let (shelf_q, high_pass_q) = (0.707_175_236_955_419_6, 0.500_327_037_323_877_3);
    let middle = high.powf(0.499_666_774_154_541_6) / shelf_q;
    let shelf = magnitude(hz / 1_681.974_450_955_533, [high, middle, 1.0], shelf_q);
    let corner_hz = 38.135_470_876_024_44;
    let high_pass = magnitude(hz / corner_hz, [1.0, 0.0, 0.0], high_pass_q);
    // The standard's numerator 1, −2, 1 is not divided by what the bilinear transform would divide it by.
    let k = (PI * corner_hz / 48_000.0).tan();
    db(shelf * high_pass * (1.0 + k / high_pass_q + k * k))
}

/// Frequencies from 20 Hz on of which 400 ms hold whole half periods, so that a momentary loudness has no ripple.
fn frequencies(sample_rate_hz: f64) -> Vec<f64> {
    let hz = (0..40).map(|step| (20.0 * 1000.0_f64.powf(f64::from(step) / 39.0) / 2.5).round() * 2.5);
    hz.filter(|hz| *hz <= 20_000.0 && *hz < 0.46 * sample_rate_hz).collect()
}

/// What the engine's K-weighting does to sines, from their momentary loudness: (Hz, dB).
fn weighting(sample_rate_hz: f64) -> Result<Vec<(f64, f64)>> {
    const LEVEL_DB: f64 = -20.0;
    // The high-pass forgets within 50 ms; the window takes 400 ms, and the reading comes each 100 ms and 16 tiles later.
    let n_frames = (0.52 * sample_rate_hz) as usize;
    let mut points = Vec::new();
    for group in frequencies(sample_rate_hz).chunks(LANES) {
        let signals: Vec<Vec<f32>> = group
            .iter()
            .map(|hz| {
                let sine = |n: usize| (TAU * hz * n as f64 / sample_rate_hz).sin();
                (0..n_frames).map(|n| (10f64.powf(LEVEL_DB / 20.0) * sine(n)) as f32).collect()
            })
            .collect();
        let mut engine = engine(sample_rate_hz, &Settings::new(LANES))?;
        play(&mut engine, &signals, |_, _| ());
        for (strip, hz) in group.iter().enumerate() {
            let lufs = f64::from(engine.levels().strip_loudness(strip).momentary_lufs);
            // Two sides of a sine: their mean squares add up to the square of the amplitude.
            points.push((*hz, lufs + 0.691 - LEVEL_DB));
        }
    }
    Ok(points)
}

pub fn k_weighting() -> Result<String> {
    let rates: [(f64, &str, RGBColor); 4] = [
        (44_100.0, "44.1 kHz", ORANGE),
        (48_000.0, "48 kHz", BLUE),
        (96_000.0, "96 kHz", GREEN),
        (192_000.0, "192 kHz", PURPLE),
    ];
    let mut errors = Vec::new();
    let mut magnitudes = Vec::new();
    let mut worst_at_48 = 0.0_f64;
    for (rate_hz, name, color) in rates {
        let points = weighting(rate_hz)?;
        if rate_hz == 48_000.0 {
            worst_at_48 =
                points.iter().fold(0.0, |worst, (hz, got)| worst.max((got - standard_db(*hz)).abs()));
            let errors_48 = points.iter().map(|(hz, got)| (*hz, got - standard_db(*hz))).collect();
            magnitudes = points.clone();
            errors.push(Series::line(
                "48 kHz, against the standard's coefficients",
                REFERENCE,
                10,
                errors_48,
            ));
        }
        let against_analog = points.iter().map(|(hz, got)| (*hz, got - analog_db(*hz))).collect();
        errors.push(Series::line(format!("{name}, against the analog filter"), color, 4, against_analog));
    }
    let dense = (0..=300).map(|step| 20.0 * 1000.0_f64.powf(f64::from(step) / 300.0));
    let standard = dense.map(|hz| (hz, standard_db(hz))).collect();
    let panel = |height, y, series, legend| Panel {
        height,
        margin: NUMBERS + 20,
        x: Axis::frequency(),
        y,
        series,
        legend,
    };
    picture(
        "The K-weighting, read from the loudness of sines",
        &format!(
            "At 48 kHz at most {:.4} dB from the standard, 20 Hz to 20 kHz",
            (worst_at_48 * 1e4).ceil() / 1e4
        ),
        &[
            panel(
                560,
                Axis::linear("dB", [-16.0, 6.0], 2.0),
                vec![
                    Series::line("the standard's coefficients", REFERENCE, 10, standard),
                    Series::dots("Busbar, 48 kHz", BLUE, 6, magnitudes),
                ],
                Legend::LowerRight,
            ),
            panel(620, Axis::linear("deviation, dB", [-0.12, 0.04], 0.02), errors, Legend::LowerLeft),
        ],
    )
}

pub fn true_peaks() -> Result<String> {
    const RATE_HZ: f64 = 48_000.0;
    const LARGEST_PERIOD: u32 = 40;
    /// Frames of fading in, so that the beginning has no peak of its own, and frames behind it.
    const FADE: usize = 2_000;
    const STEADY: usize = 640;
    let (mut lowest, mut highest) = (Vec::new(), Vec::new());
    let (mut worst_low, mut worst_high) = (0.0_f64, 0.0_f64);
    for period in 2..=LARGEST_PERIOD {
        for turns in 1..period {
            // Every fraction once, and nothing at half of the rate, where a sine has no amplitude of its own.
            if 2 * turns >= period || gcd(turns, period) > 1 {
                continue;
            }
            let (turns, period) = (f64::from(turns), f64::from(period));
            // Places of samples in the period repeat after 1/period, those of four times as many after a quarter of that.
            let phase = |lane: usize| lane as f64 / LANES as f64 / period;
            let signals: Vec<Vec<f32>> = (0..LANES)
                .map(|lane| {
                    let sine = |n: usize| (TAU * (turns * n as f64 / period + phase(lane))).sin();
                    let fade = |n: usize| (n as f64 / FADE as f64).min(1.0);
                    (0..FADE + STEADY).map(|n| (0.5 * fade(n) * sine(n)) as f32).collect()
                })
                .collect();
            let mut engine = engine(RATE_HZ, &Settings::new(LANES))?;
            play(&mut engine, &signals, |_, _| ());
            let reads = (0..LANES)
                .map(|strip| db(f64::from(engine.levels().strip_loudness(strip).true_peak[0]) / 0.5));
            let [low, high] =
                reads.fold([f64::MAX, f64::MIN], |[low, high], read| [low.min(read), high.max(read)]);
            let at = turns / period;
            lowest.push((at, low));
            highest.push((at, high));
            if at <= 0.4 {
                worst_low = worst_low.min(low);
                worst_high = worst_high.max(high);
            }
        }
    }
    let steps = || (0..=500).map(|step| f64::from(step) / 1_000.0);
    let samples = steps().map(|at| (at, db((PI * at).cos()))).collect();
    let ideal = steps().map(|at| (at, db((PI * at / 4.0).cos()))).collect();
    let case = |y: f64| vec![(0.0, y), (0.5, y)];
    let panel = Panel {
        height: 820,
        margin: NUMBERS,
        x: Axis::linear("frequency / sample rate", [0.0, 0.5], 0.05),
        y: Axis::linear("dB re the sine's peak", [-1.6, 0.4], 0.2),
        series: vec![
            Series::line("Tech 3341 allows +0.2, −0.4 dB", ORANGE, 2, case(0.2)),
            Series::line("", ORANGE, 2, case(-0.4)),
            Series::line("samples alone, at worst", REFERENCE, 4, samples),
            Series::line("four times as many without a flaw, at worst", GREEN, 5, ideal),
            Series::dots("Busbar, highest phase", PURPLE, 5, highest),
            Series::dots("Busbar, lowest phase", BLUE, 5, lowest),
        ],
        legend: Legend::LowerLeft,
    };
    picture(
        "True peaks of steady sines whose samples lie where they tell least",
        &format!(
            "Up to 0.4 of the rate {worst_low:.2} to {worst_high:+.2} dB; every fraction with a period of up to {LARGEST_PERIOD} samples, 8 phases"
        )
        .replace('-', "−"),
        &[panel],
    )
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

const NEEDLE_RATE_HZ: f64 = 48_000.0;

/// A needle in dB above its zero, tile by tile: (seconds, dB).
fn needle(ballistics: Ballistics, seconds: f64, signal: impl Fn(f64) -> f64) -> Result<Vec<(f64, f64)>> {
    let mut settings = Settings::new(1);
    settings.meters.ballistics = ballistics;
    let mut engine = engine(NEEDLE_RATE_HZ, &settings)?;
    let n_tiles = (seconds * NEEDLE_RATE_HZ) as usize / TILE_FRAMES;
    let mut points = Vec::new();
    for tile in 0..n_tiles {
        let sample = |n: usize| signal((tile * TILE_FRAMES + n) as f64 / NEEDLE_RATE_HZ) as f32;
        play(&mut engine, &[(0..TILE_FRAMES).map(sample).collect()], |_, _| ());
        let end = ((tile + 1) * TILE_FRAMES) as f64 / NEEDLE_RATE_HZ;
        points.push((end, f64::from(engine.levels().needle(Tap::Master)[0])));
    }
    Ok(points)
}

fn sine(hz: f64, amplitude: f64, from: f64, to: f64) -> impl Fn(f64) -> f64 {
    move |at| if (from..to).contains(&at) { amplitude * (TAU * hz * (at - from)).sin() } else { 0.0 }
}

/// Every so many points, which is enough to draw a line.
fn thinned(points: &[(f64, f64)], step: usize) -> Vec<(f64, f64)> {
    points.iter().copied().step_by(step).collect()
}

fn largest(points: &[(f64, f64)]) -> f64 {
    points.iter().fold(f64::MIN, |largest, (_, y)| largest.max(*y))
}

pub fn needles() -> Result<String> {
    let vu = needle(Ballistics::Vu, 2.0, sine(1_000.0, 10f64.powf(-18.0 / 20.0), 0.1, 1.1))?;
    // Where the way back swings below its rest, which no needle does, there is no level, and the larger of both is the rest.
    let percent = |db: f64| (100.0 * 10f64.powf(db / 20.0)).max(0.0);
    let deflection: Vec<(f64, f64)> = vu.iter().map(|(at, db)| (at - 0.1, percent(*db))).collect();
    let at_300_ms = deflection.iter().find(|(at, _)| *at >= 0.3).map_or(0.0, |(_, percent)| *percent);
    let over = largest(&deflection) - 100.0;

    let kinds = [(Ballistics::PpmI, "PPM I", BLUE), (Ballistics::PpmII, "PPM II", ORANGE)];
    // Lengths in ms and what IEC 60268-10 has the needle read, in dB re a tone that lasts.
    let held: [&[(f64, f64)]; 2] = [
        &[(10.0, -1.0), (5.0, -2.0), (3.0, -4.0), (0.4, -15.0)],
        &[(10.0, -2.2), (5.0, -4.0), (1.5, -9.0), (0.5, -17.0)],
    ];
    let (mut rising, mut reached, mut falling) = (Vec::new(), Vec::new(), Vec::new());
    for ((ballistics, name, color), held) in kinds.into_iter().zip(held) {
        let long = needle(ballistics, 3.6, sine(5_000.0, 1.0, 0.1, 0.6))?;
        let steady_db = largest(&long);
        let re_steady = |points: &[(f64, f64)], zero: f64, scale: f64| -> Vec<(f64, f64)> {
            points.iter().map(|(at, y)| ((at - zero) * scale, y - steady_db)).collect()
        };
        for (idx, ms) in [10.0, held[3].0].into_iter().enumerate() {
            let points = needle(ballistics, 0.15, sine(5_000.0, 1.0, 0.1, 0.1 + ms / 1e3))?;
            let width = if idx == 0 { 6 } else { 3 };
            rising.push(Series::line(format!("{name}, {ms} ms"), color, width, re_steady(&points, 0.1, 1e3)));
        }
        let lengths = (0..=40).map(|step| 0.4 * 50.0_f64.powf(f64::from(step) / 40.0));
        let mut curve = Vec::new();
        for ms in lengths {
            let points = needle(ballistics, 0.13, sine(5_000.0, 1.0, 0.1, 0.1 + ms / 1e3))?;
            curve.push((ms.log10(), largest(&points) - steady_db));
        }
        reached.push(Series::line(name, color, 5, curve));
        let dots = held.iter().map(|(ms, db)| (ms.log10(), *db)).collect();
        reached.push(Series::dots(format!("{name}, held to"), color, 10, dots));
        falling.push(Series::line(name, color, 5, thinned(&re_steady(&long, 0.6, 1.0), 12)));
    }
    for (at, db, color) in [(1.7, -20.0, BLUE), (2.8, -24.0, ORANGE)] {
        falling.push(Series::dots(
            format!("{db:.0} dB after {at} s").replace('-', "−"),
            color,
            10,
            vec![(at, db)],
        ));
    }
    let lengths = [0.4, 0.5, 1.0, 1.5, 3.0, 5.0, 10.0, 20.0].map(|ms: f64| (ms.log10(), ms.to_string()));
    let panel = |height, x, y, series, legend| Panel { height, margin: NUMBERS, x, y, series, legend };
    let line = |y: f64| vec![(-0.1, y), (1.9, y)];
    picture(
        "Needles: VU at a step, PPM at bursts and behind them",
        &format!("VU: {at_300_ms:.1} % after 300 ms, {over:.1} % too far at most; 48 kHz"),
        &[
            panel(
                480,
                Axis::linear("s since a sine of 1 kHz begins; it ends after 1 s", [-0.1, 1.9], 0.1),
                Axis::linear("VU, %", [0.0, 110.0], 10.0),
                vec![
                    Series::line("99 %", REFERENCE, 4, line(99.0)),
                    Series::line("VU", GREEN, 5, thinned(&deflection, 6)),
                    Series::dots("99 % in 300 ms", GREEN, 10, vec![(0.3, 99.0)]),
                ],
                Legend::UpperRight,
            ),
            panel(
                480,
                Axis::linear("ms since a burst of 5 kHz begins", [-5.0, 45.0], 5.0),
                Axis::linear("dB re a steady tone", [-30.0, 2.0], 5.0),
                rising,
                Legend::LowerRight,
            ),
            panel(
                480,
                Axis::named(
                    "ms that a burst of 5 kHz lasts",
                    [0.4_f64.log10(), 20.0_f64.log10()],
                    lengths.to_vec(),
                ),
                Axis::linear("highest, dB", [-20.0, 0.0], 5.0),
                reached,
                Legend::LowerRight,
            ),
            panel(
                480,
                Axis::linear("s since a tone ends", [-0.5, 3.0], 0.5),
                Axis::linear("dB re a steady tone", [-30.0, 2.0], 5.0),
                falling,
                Legend::LowerLeft,
            ),
        ],
    )
}
