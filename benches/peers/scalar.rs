//! The scalar reference that target 2 is about: the same mix as one would first write it. Its algorithm is fixed, so that
//! figures of different versions can be compared.
//!
//! One strip after the other, one frame after the other:
//!
//! ```text
//! x = feed                                                        f32 → f64
//! x = three sections of `busbar_engine::filters`, in delta form   f64, one side after the other
//! L = 20·log10(max(|l|, |r|, 10⁻¹⁰))                              libm's log10f
//! t = (1/R − 1)·{0, (L − T + W/2)²/(2W), L − T}                   by if, the static curve
//! e = e + c·(t − e)                                               by if, attack or release, f64
//! g = 10^(e/20)                                                   libm's powf
//! master += x·g·balance·fader                                     f32
//! ```
//!
//! The sides are linked by the larger magnitude, so that one logarithm and one power serve both. They are those of f32: half
//! the price of f64's, and their error is −130 dB. What is in f64 is so because f32 would not do: see `docs/dsp/eq.md`, and an envelope
//! in f32 stops short of its target.

use crate::work::{Mixer, Signal};
use busbar_engine::filters::{Delta, State, Tuning, bell, high_shelf, low_shelf};
use busbar_engine::{BandSettings, BandShape, CompressorSettings, Settings, StripSettings};
use std::ops::Range;

/// The bands of a strip that do something.
pub fn sections(rate_hz: f64, strip: &StripSettings) -> Vec<Delta> {
    strip.eq.bands.iter().filter(|band| strip.eq.on && band.on).map(|band| section(rate_hz, band)).collect()
}

fn section(rate_hz: f64, band: &BandSettings) -> Delta {
    let tuning = Tuning::new(rate_hz, f64::from(band.frequency_hz));
    let (gain_db, q) = (f64::from(band.gain_db), f64::from(band.q));
    let slope = (q * std::f64::consts::SQRT_2).min(1.0);
    match band.shape {
        BandShape::Bell => bell(tuning, gain_db, q),
        BandShape::LowShelf => low_shelf(tuning, gain_db, slope),
        BandShape::HighShelf => high_shelf(tuning, gain_db, slope),
        BandShape::Notch => busbar_engine::filters::notch(tuning, q),
    }
    .delta()
}

/// Fader × balance of both sides.
pub fn gains(strip: &StripSettings) -> [f64; 2] {
    let fader = 10.0_f64.powf(f64::from(strip.fader_db) / 20.0);
    let side = f64::from(strip.pan_percent) / 100.0;
    [fader * (1.0 - side).min(1.0), fader * (1.0 + side).min(1.0)]
}

/// The mixer.
pub struct Scalar {
    strips: Vec<Strip>,
}

struct Strip {
    sections: Vec<(Delta, [State; 2])>,
    compressor: Compressor,
    gains: [f32; 2],
}

struct Compressor {
    threshold_db: f32,
    ratio: f32,
    knee_db: f32,
    attack: f64,
    release: f64,
    envelope_db: f64,
}

impl Scalar {
    /// At this rate. Of the settings it knows bands, compressor (peak, linked), fader and balance.
    pub fn new(rate_hz: f64, settings: &Settings) -> Self {
        let strip = |strip: &StripSettings| Strip {
            sections: sections(rate_hz, strip)
                .into_iter()
                .map(|delta| (delta, [State::default(); 2]))
                .collect(),
            compressor: Compressor::new(rate_hz, &strip.compressor),
            gains: gains(strip).map(|gain| gain as f32),
        };
        Self { strips: settings.strips.iter().map(strip).collect() }
    }
}

impl Compressor {
    fn new(rate_hz: f64, settings: &CompressorSettings) -> Self {
        let coefficient = |ms: f32| 1.0 - (-1_000.0 / (f64::from(ms) * rate_hz)).exp();
        Self {
            threshold_db: settings.threshold_db,
            ratio: settings.ratio,
            knee_db: settings.knee_db,
            attack: coefficient(settings.attack_ms),
            release: coefficient(settings.release_ms),
            envelope_db: 0.0,
        }
    }

    fn gain(&mut self, [left, right]: [f64; 2]) -> f32 {
        let level_db = 20.0 * (left.abs().max(right.abs()).max(1e-10) as f32).log10();
        let over = level_db - self.threshold_db;
        let slope = 1.0 / self.ratio - 1.0;
        let target_db = if 2.0 * over < -self.knee_db {
            0.0
        } else if 2.0 * over > self.knee_db {
            slope * over
        } else {
            let into_knee = over + self.knee_db / 2.0;
            slope * into_knee * into_knee / (2.0 * self.knee_db)
        };
        let target_db = f64::from(target_db);
        let coefficient = if target_db < self.envelope_db { self.attack } else { self.release };
        self.envelope_db += coefficient * (target_db - self.envelope_db);
        10.0_f32.powf(self.envelope_db as f32 / 20.0)
    }
}

impl Mixer for Scalar {
    fn mix(&mut self, signal: &Signal, frames: Range<usize>, output: &mut [Vec<f32>; 2]) {
        output.iter_mut().for_each(|side| side[frames.clone()].fill(0.0));
        for (strip, feed) in self.strips.iter_mut().zip(&signal.feeds) {
            for frame in frames.clone() {
                let mut x = [f64::from(feed[0][frame]), f64::from(feed[1][frame])];
                for (delta, states) in &mut strip.sections {
                    x = [states[0].process(delta, x[0]), states[1].process(delta, x[1])];
                }
                let gain = strip.compressor.gain(x);
                for side in 0..2 {
                    output[side][frame] += x[side] as f32 * gain * strip.gains[side];
                }
            }
        }
    }
}
