//! The compressor: its static curve by steady levels, and its gain in time by steps of a level.

use crate::chart::{Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, PURPLE, Panel, REFERENCE, Series, picture};
use crate::through::{amplitude, bound, db, defaults, run};
use anyhow::{Context, Result};
use busbar_engine::{CompressorSettings, Detector, Settings};
use plotters::style::RGBColor;

const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// Frames that a steady level is held: more than eighteen of the slowest time constant that is used with it.
const STEADY_FRAMES: usize = 9_600;

fn with_compressor(compressor: CompressorSettings) -> Settings {
    let mut settings = defaults();
    settings.strips[0].compressor = compressor;
    settings
}

/// The gain in dB as Giannoulis, Massberg and Reiss have it, in three pieces.
fn formula_db(level_db: f64, threshold_db: f64, ratio: f64, knee_db: f64) -> f64 {
    let over = level_db - threshold_db;
    let slope = 1.0 / ratio - 1.0;
    if 2.0 * over < -knee_db {
        0.0
    } else if 2.0 * over <= knee_db && knee_db > 0.0 {
        slope * (over + knee_db / 2.0).powi(2) / (2.0 * knee_db)
    } else {
        slope * over
    }
}

/// The gain in dB that the engine settles at for a level.
fn settled_gain_db(settings: &Settings, level_db: f64) -> Result<f64> {
    let input = vec![amplitude(level_db) as f32; STEADY_FRAMES];
    let (output, _) = run(SAMPLE_RATE_HZ, &[(0, settings.clone())], &input)?;
    let last = output.last().context("there are frames")?;
    Ok(db(f64::from(*last) / f64::from(input[0])))
}

pub fn static_curve() -> Result<String> {
    const THRESHOLD_DB: f64 = -20.0;
    let kinds: [(f64, f64, RGBColor); 4] =
        [(2.0, 0.0, GREEN), (4.0, 6.0, BLUE), (4.0, 24.0, PURPLE), (f64::INFINITY, 12.0, ORANGE)];
    let (mut curves, mut measured, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut worst_db = 0.0_f64;
    let mut n_levels = 0;
    for (idx, (ratio, knee_db, color)) in kinds.into_iter().enumerate() {
        let settings = with_compressor(CompressorSettings {
            on: true,
            detector: Detector::Peak,
            threshold_db: THRESHOLD_DB as f32,
            ratio: ratio as f32,
            knee_db: knee_db as f32,
            attack_ms: 1.0,
            release_ms: 10.0,
            ..CompressorSettings::STRIP
        });
        let formula = (0..=192).map(|step| {
            let level_db = -48.0 + 0.25 * f64::from(step);
            (level_db, level_db + formula_db(level_db, THRESHOLD_DB, ratio, knee_db))
        });
        let label = if idx == 0 { "formula" } else { "" };
        curves.push(Series::line(label, REFERENCE, 10, formula.collect()));
        let (mut points, mut error) = (Vec::new(), Vec::new());
        for step in 0..=96 {
            let level_db = -48.0 + 0.5 * f64::from(step);
            let gain_db = settled_gain_db(&settings, level_db)?;
            let off_db = gain_db - formula_db(level_db, THRESHOLD_DB, ratio, knee_db);
            worst_db = worst_db.max(off_db.abs());
            n_levels += 1;
            error.push((level_db, 1e3 * off_db));
            if step % 2 == 0 {
                points.push((level_db, level_db + gain_db));
            }
        }
        let ratio = if ratio.is_finite() { format!("{ratio}") } else { "∞".to_owned() };
        measured.push(Series::dots(format!("ratio {ratio}, knee {knee_db} dB"), color, 7, points));
        errors.push(Series::line("", color, 4, error));
    }
    curves.append(&mut measured);
    let levels = || Axis::linear("input, dBFS", [-48.0, 0.0], 6.0);
    let curve = Panel {
        height: 860,
        margin: NUMBERS,
        x: levels(),
        y: Axis::linear("output, dBFS", [-48.0, 0.0], 6.0),
        series: curves,
        legend: Legend::UpperLeft,
    };
    let error = Panel {
        height: 360,
        margin: NUMBERS,
        x: levels(),
        y: Axis::linear("error, 1/1000 dB", [-0.02, 0.02], 0.01),
        series: errors,
        legend: Legend::None,
    };
    picture(
        "Compressor, static curve, threshold −20 dB: steady levels through a strip",
        &format!(
            "Largest distance from the formula over {n_levels} points: {worst_db:.6} dB (gate: 0.01 dB)"
        ),
        &[curve, error],
    )
}

pub fn steps() -> Result<String> {
    let (loud_db, quiet_db) = (-10.0, -50.0);
    // A ratio of 4 over a threshold of −30 dB: the gain goes to −15 dB.
    let (target_db, ms) = (-15.0, SAMPLE_RATE_HZ / 1_000.0);
    let mut worst_points = 0.0_f64;
    let mut panels = Vec::new();
    let kinds: [(&str, [f64; 3], f64, f64); 2] = [
        ("ms since the level rose from −50 to −10 dBFS", [3.0, 10.0, 30.0], 100.0, 10.0),
        ("ms since the level fell from −10 to −50 dBFS", [30.0, 100.0, 300.0], 1_000.0, 100.0),
    ];
    for (idx, (label, taus, span_ms, tick_ms)) in kinds.into_iter().enumerate() {
        let is_attack = idx == 0;
        let (name, from_db, to_db) = match is_attack {
            true => ("attack", 0.0, target_db),
            false => ("release", target_db, 0.0),
        };
        let mut series = Vec::new();
        let mut marks = Vec::new();
        for (tau_ms, color) in taus.into_iter().zip([GREEN, BLUE, ORANGE]) {
            let settings = with_compressor(CompressorSettings {
                on: true,
                threshold_db: -30.0,
                ratio: 4.0,
                knee_db: 0.0,
                attack_ms: if is_attack { tau_ms as f32 } else { 1.0 },
                release_ms: if is_attack { 5.0 } else { tau_ms as f32 },
                ..CompressorSettings::STRIP
            });
            let levels = if is_attack { [quiet_db, loud_db] } else { [loud_db, quiet_db] };
            let mut input = vec![amplitude(levels[0]) as f32; STEADY_FRAMES];
            input.resize(STEADY_FRAMES + (span_ms * ms) as usize, amplitude(levels[1]) as f32);
            let (output, _) = run(SAMPLE_RATE_HZ, &[(0, settings)], &input)?;
            // After the k-th frame behind the step, k frames have gone by.
            let gains: Vec<f64> = input[STEADY_FRAMES - 1..]
                .iter()
                .zip(&output[STEADY_FRAMES - 1..])
                .map(|(input, output)| db(f64::from(*output) / f64::from(*input)))
                .collect();
            let n_tau = (tau_ms * ms).round();
            let way = |gain_db: f64| (gain_db - from_db) / (to_db - from_db);
            let expected = 1.0 - (-n_tau / (tau_ms * ms)).exp();
            let found_db = gains[n_tau as usize];
            worst_points = worst_points.max(100.0 * (way(found_db) - expected).abs());
            marks.push((tau_ms, found_db));
            let stride = (gains.len() / 400).max(1);
            let points =
                gains.iter().enumerate().step_by(stride).map(|(n, gain_db)| (n as f64 / ms, *gain_db));
            series.push(Series::line(format!("{name} {tau_ms} ms"), color, 5, points.collect()));
            series.push(Series::line("", color, 2, vec![(tau_ms, -16.0), (tau_ms, found_db)]));
        }
        let level_db = from_db + (to_db - from_db) * (1.0 - (-1.0_f64).exp());
        series.push(Series::line(
            "63.2 % of the way",
            REFERENCE,
            3,
            vec![(0.0, level_db), (span_ms, level_db)],
        ));
        series.push(Series::dots("measured at τ", plotters::style::BLACK, 9, marks));
        panels.push(Panel {
            height: 560,
            margin: NUMBERS,
            x: Axis::linear(label, [0.0, span_ms], tick_ms),
            y: Axis::linear("gain, dB", [-16.0, 2.0], 2.0),
            series,
            legend: if is_attack { Legend::UpperRight } else { Legend::LowerRight },
        });
    }
    picture(
        "Compressor, steps of a level: threshold −30 dB, ratio 4, hard knee, 48 kHz",
        &format!(
            "At τ the gain has gone 63.2 % of its way, to within {} percentage points",
            bound(worst_points)
        ),
        &panels,
    )
}
