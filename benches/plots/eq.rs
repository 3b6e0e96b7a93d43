//! Every filter type against its analog prototype, measured through the engine by an impulse.

use crate::chart::{Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, PURPLE, Panel, REFERENCE, Series, picture};
use crate::filters_support::Kind;
use crate::through::{db, defaults, one_band, run};
use anyhow::Result;
use busbar_engine::{BandShape, FilterSettings, FilterSlope, STEEPEST_SHELF_Q, Settings};
use plotters::style::RGBColor;
use std::f64::consts::{PI, TAU};

/// Rates and their colours; the last is drawn on top.
const RATES: [(f64, RGBColor); 3] = [(96_000.0, GREEN), (48_000.0, BLUE), (44_100.0, ORANGE)];

/// The rate at which the bilinear transform is shown.
const BILINEAR_RATE_HZ: f64 = 48_000.0;

/// Where the error counts.
const HIGHEST_HZ: f64 = 20_000.0;

/// No error is counted where the prototype leaves less than this: there the engine's output is rounding, and nobody hears it.
const FAINTEST_DB: f64 = -60.0;

/// One picture: a type at some frequencies.
struct Subject {
    title: &'static str,
    frequencies_hz: &'static [f64],
    kind: Kind,
    settings: fn(f64) -> Settings,
    y: [f64; 2],
    y_step: f64,
    legend: Legend,
}

/// File names and pictures.
pub fn pictures() -> Result<Vec<(&'static str, String)>> {
    const GAIN_DB: f64 = 12.0;
    let wide = &[200.0, 1_000.0, 5_000.0, 10_000.0, 16_000.0];
    let subjects = [
        (
            "eq-bell.svg",
            Subject {
                title: "Bell, +12 dB, Q 1, at 200 Hz, 1, 5, 10 and 16 kHz",
                frequencies_hz: wide,
                kind: Kind::Bell { gain_db: GAIN_DB, q: 1.0 },
                settings: |hz| with_band(BandShape::Bell, hz, GAIN_DB, 1.0),
                y: [-3.0, 15.0],
                y_step: 3.0,
                legend: Legend::UpperLeft,
            },
        ),
        (
            "eq-shelf.svg",
            Subject {
                title: "High shelf, −12 dB, slope 1, at 200 Hz, 1, 5, 10 and 16 kHz",
                frequencies_hz: wide,
                kind: Kind::HighShelf { gain_db: -GAIN_DB, slope: 1.0 },
                settings: |hz| with_band(BandShape::HighShelf, hz, -GAIN_DB, f64::from(STEEPEST_SHELF_Q)),
                y: [-15.0, 3.0],
                y_step: 3.0,
                legend: Legend::LowerLeft,
            },
        ),
        (
            "eq-low-pass.svg",
            Subject {
                title: "Low-pass, 24 dB per octave, at 1, 5, 10 and 16 kHz",
                frequencies_hz: &[1_000.0, 5_000.0, 10_000.0, 16_000.0],
                kind: Kind::LowPass24,
                settings: |hz| {
                    let mut settings = defaults();
                    settings.strips[0].low_pass = steep(hz);
                    settings
                },
                y: [-60.0, 6.0],
                y_step: 6.0,
                legend: Legend::LowerLeft,
            },
        ),
        (
            "eq-high-pass.svg",
            Subject {
                title: "High-pass, 24 dB per octave, at 200 Hz, 1, 5 and 10 kHz",
                frequencies_hz: &[200.0, 1_000.0, 5_000.0, 10_000.0],
                kind: Kind::HighPass24,
                settings: |hz| {
                    let mut settings = defaults();
                    settings.strips[0].high_pass = steep(hz);
                    settings
                },
                y: [-60.0, 6.0],
                y_step: 6.0,
                legend: Legend::LowerRight,
            },
        ),
        (
            "eq-notch.svg",
            Subject {
                title: "Notch, Q 1, at 200 Hz, 1, 5, 10 and 16 kHz",
                frequencies_hz: wide,
                kind: Kind::Notch { q: 1.0 },
                settings: |hz| with_band(BandShape::Notch, hz, 0.0, 1.0),
                y: [-36.0, 6.0],
                y_step: 6.0,
                legend: Legend::LowerLeft,
            },
        ),
    ];
    subjects.into_iter().map(|(name, subject)| Ok((name, subject.picture()?))).collect()
}

fn with_band(shape: BandShape, frequency_hz: f64, gain_db: f64, q: f64) -> Settings {
    let mut settings = defaults();
    settings.strips[0].eq = one_band(shape, frequency_hz, gain_db, q);
    settings
}

fn steep(frequency_hz: f64) -> FilterSettings {
    FilterSettings { on: true, frequency_hz: frequency_hz as f32, slope: FilterSlope::Db24 }
}

impl Subject {
    fn picture(&self) -> Result<String> {
        let mut responses = Vec::new();
        let mut bilinear = Vec::new();
        let mut worst_bilinear_db = 0.0_f64;
        for (idx, &f0) in self.frequencies_hz.iter().enumerate() {
            let label = |text: &str| if idx == 0 { text.to_owned() } else { String::new() };
            let analog: Vec<(f64, f64)> = frequencies(f0, 24_000.0)
                .map(|hz| (hz, self.kind.analog_gain_db(hz / f0).max(-200.0)))
                .collect();
            responses.push(Series::line(label("analog prototype"), REFERENCE, 14, analog));
            // What the bilinear transform makes of a frequency: the prototype, read at the warped one.
            let warped = |hz: f64| (PI * hz / BILINEAR_RATE_HZ).tan() / (PI * f0 / BILINEAR_RATE_HZ).tan();
            let squeezed: Vec<(f64, f64)> = frequencies(f0, 0.499 * BILINEAR_RATE_HZ)
                .map(|hz| (hz, self.kind.analog_gain_db(warped(hz)).max(-200.0)))
                .collect();
            for &(hz, found_db) in squeezed.iter().filter(|(hz, _)| *hz <= HIGHEST_HZ) {
                let analog_db = self.kind.analog_gain_db(hz / f0);
                if analog_db > FAINTEST_DB {
                    worst_bilinear_db = worst_bilinear_db.max((found_db - analog_db).abs());
                }
            }
            bilinear.push(Series::line(label("bilinear transform, 48 kHz"), PURPLE, 3, squeezed));
        }
        responses.append(&mut bilinear);

        let (mut errors, mut figures) = (Vec::new(), Vec::new());
        for (rate, color) in RATES {
            let name = format!("{} kHz", rate / 1000.0);
            let mut worst_db = 0.0_f64;
            for (idx, &f0) in self.frequencies_hz.iter().enumerate() {
                let label = if idx == 0 { name.clone() } else { String::new() };
                let impulse = impulse_response(rate, &(self.settings)(f0))?;
                let found: Vec<(f64, f64)> = frequencies(f0, (0.499 * rate).min(24_000.0))
                    .map(|hz| (hz, db(gain_at(&impulse, TAU * hz / rate))))
                    .collect();
                let error: Vec<(f64, f64)> = found
                    .iter()
                    .map(|&(hz, found_db)| (hz, self.kind.analog_gain_db(hz / f0), found_db))
                    .filter(|&(hz, analog_db, _)| hz <= HIGHEST_HZ && analog_db > FAINTEST_DB)
                    .map(|(hz, analog_db, found_db)| (hz, found_db - analog_db))
                    .collect();
                worst_db = error.iter().fold(worst_db, |worst, (_, error)| worst.max(error.abs()));
                responses.push(Series::line(label.clone(), color, 4, found));
                errors.push(Series::line(label, color, 4, error));
            }
            figures.push(format!("{worst_db:.3} dB at {name}"));
        }
        figures.reverse();
        let figures = format!(
            "Largest error to 20 kHz: {}; bilinear at 48 kHz {worst_bilinear_db:.1} dB",
            figures.join(", ")
        );
        let response = Panel {
            height: 720,
            margin: NUMBERS,
            x: Axis::frequency(),
            y: Axis::linear("dB", self.y, self.y_step),
            series: responses,
            legend: self.legend,
        };
        let error = Panel {
            height: 420,
            margin: NUMBERS,
            x: Axis::frequency(),
            y: Axis::linear("error, dB", [-0.4, 0.4], 0.2),
            series: errors,
            legend: Legend::None,
        };
        picture(self.title, &figures, &[response, error])
    }
}

/// 20 Hz to `highest`, closer around `f0`, where notches and corners are, and in the top octave. A notch's very centre is left out.
fn frequencies(f0: f64, highest: f64) -> impl Iterator<Item = f64> {
    let mut frequencies: Vec<f64> = (0..=150)
        .map(|step| 20.0 * 1200.0_f64.powf(f64::from(step) / 150.0))
        .chain((-12..=12).map(|step: i32| f0 * (1.0 + 0.006 * f64::from(step))))
        .chain((0..=20).map(|step| 10_000.0 + 500.0 * f64::from(step)))
        .map(|hz| if (hz / f0 - 1.0).abs() < 1e-3 { f0 * 1.001 } else { hz })
        .filter(|hz| *hz <= highest)
        .collect();
    frequencies.sort_by(f64::total_cmp);
    frequencies.into_iter()
}

/// What the engine makes of one sample at full scale, up to where nothing is left.
fn impulse_response(sample_rate_hz: f64, settings: &Settings) -> Result<Vec<f32>> {
    // A quarter of a second: the slowest here, a bell of 200 Hz with poles of Q 2, falls by 680 dB in it.
    let mut input = vec![0.0; (0.25 * sample_rate_hz) as usize];
    input[0] = 1.0;
    let (mut output, _) = run(sample_rate_hz, &[(0, settings.clone())], &input)?;
    let end = output.iter().rposition(|sample| sample.abs() > 1e-10).map_or(0, |last| last + 1);
    output.truncate(end);
    Ok(output)
}

/// |Σ x(n)·e^(−jωn)|
fn gain_at(impulse: &[f32], omega: f64) -> f64 {
    let (sine, cosine) = omega.sin_cos();
    let (mut re, mut im, mut c, mut s) = (0.0, 0.0, 1.0, 0.0);
    for &sample in impulse {
        re += f64::from(sample) * c;
        im += f64::from(sample) * s;
        (c, s) = (c * cosine - s * sine, c * sine + s * cosine);
    }
    re.hypot(im)
}
