//! Saturation: its curves, its aliases by quality, and its response to what is too quiet to be bent.

use crate::chart::{
    Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, PURPLE, Panel, RED, REFERENCE, Series, picture,
};
use crate::through::{amplitude, bound, db, defaults, run};
use anyhow::Result;
use busbar_engine::{ColourQuality, SaturationKind, SaturationSettings, Settings};
use std::f64::consts::TAU;

fn saturated(quality: ColourQuality, kind: SaturationKind, drive_db: f32) -> Settings {
    let mut settings = defaults();
    settings.colour_quality = quality;
    settings.strips[0].saturation = SaturationSettings { on: true, kind, drive_db, mix_percent: 100.0 };
    settings
}

fn sine(rate_hz: f64, hz: f64, amplitude: f64, n_frames: usize) -> Vec<f32> {
    (0..n_frames).map(|n| (amplitude * (TAU * hz * n as f64 / rate_hz).sin()) as f32).collect()
}

/// The amplitude of a tone in a stretch of whole periods.
fn tone(signal: &[f32], rate_hz: f64, hz: f64) -> f64 {
    let sum = signal.iter().enumerate().fold([0.0; 2], |[re, im], (n, sample)| {
        let (sin, cos) = (TAU * hz * n as f64 / rate_hz).sin_cos();
        [re + f64::from(*sample) * cos, im + f64::from(*sample) * sin]
    });
    2.0 / signal.len() as f64 * sum[0].hypot(sum[1])
}

/// Output against input over a period of a sine at full scale, once the direct current is gone.
pub fn curves() -> Result<String> {
    const RATE_HZ: f64 = 48_000.0;
    let (before, period) = (48_000, 480);
    let input = sine(RATE_HZ, 100.0, 1.0, before + period);
    let drives = [(0.0, BLUE), (12.0, GREEN), (24.0, ORANGE), (36.0, PURPLE)];
    let mut panels = Vec::new();
    for (kind, name) in [
        (SaturationKind::Tape, "tape: input, re full scale"),
        (SaturationKind::Tube, "tube: input, re full scale"),
    ] {
        let mut series = vec![Series::line("as it came", REFERENCE, 4, vec![(-1.0, -1.0), (1.0, 1.0)])];
        for (drive_db, color) in drives {
            let (output, _) = run(RATE_HZ, &[(0, saturated(ColourQuality::X1, kind, drive_db))], &input)?;
            // From the lowest to the highest sample, which is where the curve is gone through once.
            let rising = before + 3 * period / 4 - period..before + period / 4;
            let point = |n: usize| (f64::from(input[n]), f64::from(output[n]));
            let points = rising.step_by(3).map(point).collect();
            series.push(Series::line(format!("{drive_db} dB"), color, 5, points));
        }
        panels.push(Panel {
            height: 620,
            margin: NUMBERS,
            x: Axis::linear(name, [-1.0, 1.0], 0.25),
            y: Axis::linear("output", [-1.0, 1.0], 0.25),
            series,
            legend: Legend::UpperLeft,
        });
    }
    picture(
        "Saturation: output against input over half a period of 100 Hz at full scale, by drive",
        "1×, 48 kHz; a sine of −12 dBFS keeps its level, and what a tube's curve adds of direct current is taken away",
        &panels,
    )
}

/// The spectrum of a driven tone, harmonics and aliases apart.
pub fn aliases() -> Result<String> {
    const N: usize = 48_000;
    const HZ: usize = 4_999;
    const FLOOR_DB: f64 = -140.0;
    let input = sine(N as f64, HZ as f64, 1.0, 2 * N);
    let mut panels = Vec::new();
    let mut loudest = Vec::new();
    for (quality, label) in [
        (ColourQuality::X1, "1×: frequency, kHz"),
        (ColourQuality::X2, "2×: frequency, kHz"),
        (ColourQuality::X4, "4×: frequency, kHz"),
    ] {
        let (output, _) = run(N as f64, &[(0, saturated(quality, SaturationKind::Tape, 24.0))], &input)?;
        let heard = &output[N..];
        let fundamental = tone(heard, N as f64, HZ as f64);
        let mut bars = [Vec::new(), Vec::new()];
        let mut loudest_db = FLOOR_DB;
        for harmonic in 1..200 {
            let folded = harmonic * HZ % N;
            let bin = folded.min(N - folded);
            let level_db = db(tone(heard, N as f64, bin as f64) / fundamental);
            let is_alias = harmonic * HZ > N / 2;
            if is_alias && bin <= 20_000 {
                loudest_db = loudest_db.max(level_db);
            }
            if level_db > FLOOR_DB {
                let khz = bin as f64 / 1_000.0;
                bars[usize::from(is_alias)].extend([(khz, FLOOR_DB), (khz, level_db), (khz, FLOOR_DB)]);
            }
        }
        loudest.push(format!("{loudest_db:.1}").replace('-', "−"));
        let [harmonics, aliases] = bars;
        panels.push(Panel {
            height: 420,
            margin: NUMBERS,
            x: Axis::linear(label, [0.0, 24.0], 2.0),
            y: Axis::linear("dB re fundamental", [FLOOR_DB, 0.0], 20.0),
            series: vec![
                Series::line("aliases", RED, 3, aliases),
                Series::line("harmonics", BLUE, 6, harmonics),
                Series::line("gate at 4×", REFERENCE, 4, vec![(0.0, -60.0), (20.0, -60.0)]),
            ],
            legend: Legend::UpperRight,
        });
    }
    picture(
        "Tape, driven by 24 dB: a sine of 4999 Hz at full scale, 48 kHz",
        &format!("Loudest alias below 20 kHz at 1×, 2×, 4×: {} dB re the fundamental", loudest.join(", ")),
        &panels,
    )
}

/// The response to an impulse that is too small to be bent.
pub fn response() -> Result<String> {
    let mut worst = 0.0_f64;
    let mut series = vec![
        Series::line("", RED, 4, vec![(0.0, 0.01), (20.0, 0.01)]),
        Series::line("gate: ± 0.01 dB to 20 kHz", RED, 4, vec![(0.0, -0.01), (20.0, -0.01)]),
    ];
    for (rate_hz, quality, color, label) in [
        (44_100.0, ColourQuality::X2, GREEN, "2×, 44.1 kHz"),
        (44_100.0, ColourQuality::X4, PURPLE, "4×, 44.1 kHz"),
        (48_000.0, ColourQuality::X2, BLUE, "2×, 48 kHz"),
        (48_000.0, ColourQuality::X4, ORANGE, "4×, 48 kHz"),
    ] {
        let mut input = vec![0.0; 1_024];
        input[200] = amplitude(-80.0) as f32;
        let settings = saturated(quality, SaturationKind::Tape, 0.0);
        let (output, _) = run(rate_hz, &[(0, settings)], &input)?;
        let gain = |hz: f64| tone(&output, rate_hz, hz) * output.len() as f64 / 2.0;
        let at_zero = gain(20.0);
        let points: Vec<_> = (1..=220)
            .map(|step| 100.0 * f64::from(step))
            .map(|hz| (hz / 1e3, db(gain(hz) / at_zero)))
            .collect();
        let within = points.iter().filter(|(khz, _)| *khz <= 20.0);
        worst = within.fold(worst, |worst, (_, db)| worst.max(db.abs()));
        series.push(Series::line(label, color, 5, points));
    }
    let panel = Panel {
        height: 620,
        margin: NUMBERS,
        x: Axis::linear("frequency, kHz", [0.0, 22.0], 2.0),
        y: Axis::linear("gain, dB", [-0.05, 0.05], 0.01),
        series,
        legend: Legend::LowerLeft,
    };
    picture(
        "Saturation: what all its filters and the anti-aliasing leave of quiet sound",
        &format!("Tape at a drive of 0 dB; largest deviation to 20 kHz {} dB", bound(worst)),
        &[panel],
    )
}
