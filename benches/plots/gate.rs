//! The gate: its static curve by steady levels, up and down, and its gain around a loud stretch.

use crate::chart::{Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, Panel, REFERENCE, Series, picture};
use crate::through::{amplitude, bound, db, defaults, run};
use anyhow::{Context, Result};
use busbar_engine::{GateSettings, Settings};

const SAMPLE_RATE_HZ: f64 = 48_000.0;
const THRESHOLD_DB: f64 = -30.0;
const HYSTERESIS_DB: f64 = 6.0;
const RANGE_DB: f64 = -40.0;

fn with_gate(gate: GateSettings) -> Settings {
    let mut settings = defaults();
    settings.strips[0].gate = gate;
    settings
}

/// The closed gate's gain.
fn formula_db(level_db: f64, ratio: f64) -> f64 {
    let below_db = level_db - THRESHOLD_DB;
    if below_db >= 0.0 { 0.0 } else { ((ratio - 1.0) * below_db).max(RANGE_DB) }
}

pub fn static_curve() -> Result<String> {
    // More than eighteen time constants of the release.
    const STEADY_FRAMES: usize = 6_000;
    // A quarter beside whole dB, so that no level lies on a threshold.
    let up: Vec<f64> = (0..80).map(|step| -79.75 + f64::from(step)).collect();
    let down: Vec<f64> = up.iter().rev().copied().collect();
    let levels = [&up[..], &down[..]].concat();
    let input: Vec<f32> =
        levels.iter().flat_map(|level_db| [amplitude(*level_db) as f32; STEADY_FRAMES]).collect();
    let (mut curves, mut measured, mut falling) = (Vec::new(), Vec::new(), Vec::new());
    let mut worst_db = 0.0_f64;
    for (idx, (ratio, color)) in [(2.0, GREEN), (4.0, BLUE), (f64::INFINITY, ORANGE)].into_iter().enumerate()
    {
        let settings = with_gate(GateSettings {
            on: true,
            threshold_db: THRESHOLD_DB as f32,
            ratio: ratio as f32,
            range_db: RANGE_DB as f32,
            attack_ms: 0.1,
            hold_ms: 0.0,
            release_ms: 5.0,
            hysteresis_db: HYSTERESIS_DB as f32,
        });
        let (output, _) = run(SAMPLE_RATE_HZ, &[(0, settings)], &input)?;
        let gains: Vec<f64> = (0..levels.len())
            .map(|step| (step + 1) * STEADY_FRAMES - 1)
            .map(|last| db(f64::from(output[last]) / f64::from(input[last])))
            .collect();
        let points: Vec<(f64, f64)> = levels.iter().zip(&gains).map(|(x, gain)| (*x, x + gain)).collect();
        for (step, (level_db, gain_db)) in levels.iter().zip(&gains).enumerate() {
            // A new gate is open, but shut before the first step is over; falling it stays open by the hysteresis.
            let is_falling = step >= up.len();
            let is_open = if is_falling {
                *level_db >= THRESHOLD_DB - HYSTERESIS_DB
            } else {
                *level_db >= THRESHOLD_DB
            };
            let expected_db = if is_open { 0.0 } else { formula_db(*level_db, ratio) };
            worst_db = worst_db.max((gain_db - expected_db).abs());
        }
        let formula = (0..=640).map(|step| {
            let level_db = -80.0 + 0.125 * f64::from(step);
            (level_db, level_db + formula_db(level_db, ratio))
        });
        let label = if idx == 0 { "formula, closed" } else { "" };
        curves.push(Series::line(label, REFERENCE, 10, formula.collect()));
        let name = if ratio.is_finite() { format!("ratio {ratio}") } else { "ratio ∞".to_owned() };
        let (rising, back) = points.split_at(up.len());
        measured.push(Series::dots(format!("{name}, level rising"), color, 7, rising.to_vec()));
        let label = if idx == 0 { "each, level falling" } else { "" };
        falling.push(Series::line(label, color, 3, back.to_vec()));
    }
    // On one another while all are open.
    curves.append(&mut falling);
    curves.append(&mut measured);
    let panel = Panel {
        height: 860,
        margin: NUMBERS,
        x: Axis::linear("input, dBFS", [-80.0, 0.0], 10.0),
        y: Axis::linear("output, dBFS", [-120.0, 0.0], 10.0),
        series: curves,
        legend: Legend::LowerRight,
    };
    picture(
        "Gate, static curve: threshold −30 dB, hysteresis 6 dB, range −40 dB",
        &format!(
            "Steady levels through a strip, up and down; largest distance from the formula: {worst_db:.5} dB"
        ),
        &[panel],
    )
}

pub fn steps() -> Result<String> {
    let ms = SAMPLE_RATE_HZ / 1_000.0;
    let frames = |span_ms: f64| (span_ms * ms) as usize;
    let (quiet_ms, loud_ms, after_ms, hold_ms) = (3_000.0, 100.0, 500.0, 50.0);
    let (quiet, loud) = (amplitude(-60.0) as f32, amplitude(-12.0) as f32);
    let input =
        [vec![quiet; frames(quiet_ms)], vec![loud; frames(loud_ms)], vec![quiet; frames(after_ms)]].concat();
    let mut series = vec![
        Series::line("loud from 0 to 100 ms", REFERENCE, 5, vec![(0.0, -43.0), (loud_ms, -43.0)]),
        Series::line("", REFERENCE, 3, vec![(loud_ms, -46.0), (loud_ms, 2.0)]),
        Series::line("", REFERENCE, 3, vec![(loud_ms + hold_ms, -46.0), (loud_ms + hold_ms, 2.0)]),
    ];
    let mut marks = Vec::new();
    let (mut worst_points, mut hold_frames) = (0.0_f64, Vec::new());
    for (attack_ms, release_ms, color) in [(1.0, 30.0, GREEN), (5.0, 60.0, BLUE), (20.0, 120.0, ORANGE)] {
        let settings = with_gate(GateSettings {
            on: true,
            threshold_db: THRESHOLD_DB as f32,
            ratio: f32::INFINITY,
            range_db: RANGE_DB as f32,
            attack_ms: attack_ms as f32,
            hold_ms: hold_ms as f32,
            release_ms: release_ms as f32,
            hysteresis_db: HYSTERESIS_DB as f32,
        });
        // At the quiet level the gate has long shut when the loud one comes.
        let (output, _) = run(SAMPLE_RATE_HZ, &[(0, settings)], &input)?;
        let gains: Vec<f64> = input
            .iter()
            .zip(&output)
            .map(|(input, output)| db(f64::from(*output) / f64::from(*input)))
            .collect();
        let opens = frames(quiet_ms);
        let open = opens + frames(loud_ms) - 1;
        // The first frame that is turned down again. Rounding moves a gain by a millionth of a dB, the slowest release here by 7000.
        let closes = (open..gains.len()).find(|frame| gains[*frame] < gains[frame - 1] - 1e-3);
        let closes = closes.context("the gate closes")?;
        hold_frames.push(closes - (open + 1));
        for (start, tau_ms, from_db, to_db) in
            [(opens, attack_ms, gains[opens - 1], 0.0), (closes, release_ms, gains[closes - 1], RANGE_DB)]
        {
            let n_tau = (tau_ms * ms).round();
            let gain_db = gains[start - 1 + n_tau as usize];
            let way = (gain_db - from_db) / (to_db - from_db);
            worst_points = worst_points.max(100.0 * (way - (1.0 - (-n_tau / (tau_ms * ms)).exp())).abs());
            marks.push(((start as f64 - opens as f64) / ms + tau_ms, gain_db));
        }
        let points = gains
            .iter()
            .enumerate()
            .skip(opens - frames(20.0))
            .take(frames(520.0) + 1)
            .filter(|(frame, _)| frame % 24 == 0 || (opens..opens + 240).contains(frame))
            .map(|(frame, gain_db)| ((frame as f64 - opens as f64) / ms, *gain_db));
        series.push(Series::line(
            format!("attack {attack_ms} ms, release {release_ms} ms"),
            color,
            5,
            points.collect(),
        ));
    }
    series.push(Series::dots("63.2 % of the way, at τ", plotters::style::BLACK, 9, marks));
    let hold: Vec<String> = hold_frames.iter().map(usize::to_string).collect();
    let panel = Panel {
        height: 760,
        margin: NUMBERS,
        x: Axis::linear("ms since the level rose from −60 to −12 dBFS", [-20.0, 500.0], 20.0),
        y: Axis::linear("gain, dB", [-46.0, 2.0], 4.0),
        series,
        legend: Legend::UpperRight,
    };
    picture(
        "Gate around a loud stretch: threshold −30 dB, ratio ∞, range −40 dB, hold 50 ms",
        &format!(
            "At τ 63.2 % of the way, to within {} percentage points; held for {} samples (50 ms are {})",
            bound(worst_points),
            hold.join(", "),
            frames(hold_ms)
        ),
        &[panel],
    )
}
