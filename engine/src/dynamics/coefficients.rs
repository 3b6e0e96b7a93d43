//! Everything that is computed once per change of a parameter.
//!
//! These are all that a kernel needs, in plain fields. One set costs a few powers and exponentials, 0.1 µs, and
//! if it is on the design of the key's high-pass (`filters/design.rs`), 1.2 µs.

use super::blend::Blend;
use super::curve::{Compression, Expansion};
use super::envelope::{Ballistics, smoothing};
use super::level::RMS_SECONDS;
use super::settings::{CompressorSettings, Detector, GateSettings};
use super::trigger::TriggerCoefficients;
use crate::filters::{Delta, Tuning, high_pass};
use std::f64::consts::FRAC_1_SQRT_2;

/// What a compressor runs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompressorCoefficients {
    /// The key's high-pass of 12 dB per octave, Butterworth, if there is one.
    pub key_high_pass: Option<Delta>,
    /// c of the mean power, or 1 for peaks.
    pub mean: f64,
    /// From level to gain.
    pub curve: Compression,
    /// 1 − link: how much of its distance from the lower target each side keeps. 0 is one gain for both.
    pub apart: f64,
    /// Attack (falling) and release (rising).
    pub ballistics: Ballistics,
    /// Dry and wet gain: where [`Blend`] goes.
    pub blend: [f64; 2],
}

impl CompressorCoefficients {
    /// Those of these settings, clamped.
    pub fn new(sample_rate_hz: f64, settings: &CompressorSettings) -> Self {
        let settings = settings.clamped();
        let curve = Compression::new(&settings);
        let auto_db = if settings.auto_makeup { curve.auto_makeup_db() } else { 0.0 };
        let makeup = super::db_to_gain(f64::from(settings.makeup_db) + auto_db);
        let [attack_ms, release_ms] = [settings.attack_ms, settings.release_ms].map(f64::from);
        let corner_hz = f64::from(settings.key_high_pass_hz);
        Self {
            key_high_pass: settings
                .key_high_pass_on
                .then(|| high_pass(Tuning::new(sample_rate_hz, corner_hz), FRAC_1_SQRT_2).delta()),
            mean: match settings.detector {
                Detector::Peak => 1.0,
                Detector::Rms => smoothing(sample_rate_hz, 1_000.0 * RMS_SECONDS),
            },
            curve,
            apart: 1.0 - f64::from(settings.link_percent) / 100.0,
            ballistics: Ballistics::new(sample_rate_hz, attack_ms, release_ms),
            blend: if settings.on {
                Blend::on(f64::from(settings.mix_percent) / 100.0, makeup)
            } else {
                Blend::OFF
            },
        }
    }

    /// Whether the detector takes every sample's own power.
    pub fn is_peak(&self) -> bool {
        self.mean == 1.0
    }
}

/// What a gate runs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateCoefficients {
    /// When it is open.
    pub trigger: TriggerCoefficients,
    /// From level to gain while it is closed.
    pub curve: Expansion,
    /// Release (falling) and attack (rising).
    pub ballistics: Ballistics,
    /// Dry and wet gain: where [`Blend`] goes.
    pub blend: [f64; 2],
}

impl GateCoefficients {
    /// Those of these settings, clamped.
    pub fn new(sample_rate_hz: f64, settings: &GateSettings) -> Self {
        let settings = settings.clamped();
        let [attack_ms, release_ms] = [settings.attack_ms, settings.release_ms].map(f64::from);
        Self {
            trigger: TriggerCoefficients::new(sample_rate_hz, &settings),
            curve: Expansion::new(&settings),
            ballistics: Ballistics::new(sample_rate_hz, release_ms, attack_ms),
            blend: if settings.on { Blend::on(1.0, 1.0) } else { Blend::OFF },
        }
    }
}
