//! When a gate is open.
//!
//! It opens with the first sample whose magnitude is at or above the threshold. It stays open as long as samples reach the
//! threshold minus the hysteresis, and for *hold* samples after the last that did; with the next it is closed.
//!
//! Levels are compared as magnitudes with thresholds that are f32, so that every path decides alike about the same f32 key: no
//! logarithm stands between. Each half period of a tone passes through zero, hence hold has to be longer than half
//! a period of the lowest tone that is to keep the gate open: 25 ms for 20 Hz.
//!
//! State: whether it is open, and how much is left of the hold.

use super::envelope::clamped_rate;
use super::settings::GateSettings;

/// What a [`Trigger`] needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriggerCoefficients {
    /// Magnitude from which it opens.
    pub open: f32,
    /// Magnitude from which it stays open.
    pub stay: f32,
    /// Samples for which it stays open after the last that was large enough.
    pub hold_samples: u32,
}

impl TriggerCoefficients {
    /// Those of these settings, clamped.
    pub fn new(sample_rate_hz: f64, settings: &GateSettings) -> Self {
        let settings = settings.clamped();
        let threshold_db = f64::from(settings.threshold_db);
        let magnitude = |db: f64| super::db_to_gain(db) as f32;
        let hold = f64::from(settings.hold_ms) * clamped_rate(sample_rate_hz) / 1_000.0;
        Self {
            open: magnitude(threshold_db),
            stay: magnitude(threshold_db - f64::from(settings.hysteresis_db)),
            hold_samples: hold.round() as u32,
        }
    }
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Whether it is open.
    pub is_open: bool,
    /// Samples for which it stays open, however small they are.
    pub hold_left: u32,
}

impl Trigger {
    /// A new gate is open: sound that comes at once has no attack to wait for.
    pub const REST: Self = Self { is_open: true, hold_left: 0 };

    /// Takes the larger magnitude of both sides and says whether the gate is open.
    #[inline(always)]
    pub fn process(&mut self, coefficients: &TriggerCoefficients, magnitude: f64) -> bool {
        let enough = if self.is_open { coefficients.stay } else { coefficients.open };
        // A hold that was shortened meanwhile counts at once.
        let hold_left = self.hold_left.min(coefficients.hold_samples);
        if magnitude >= f64::from(enough) {
            *self = Self { is_open: true, hold_left: coefficients.hold_samples };
        } else if self.is_open && hold_left > 0 {
            self.hold_left = hold_left - 1;
        } else {
            *self = Self { is_open: false, hold_left: 0 };
        }
        self.is_open
    }
}
