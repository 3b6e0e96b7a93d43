//! On and off, mix and make-up as two gains: gain = dry + wet·10^(dB/20).
//!
//! ```text
//! off   dry = 1       wet = 0
//! on    dry = 1 − m   wet = m·make-up
//! ```
//!
//! Mixing gains instead of signals costs no latency and no second signal. At m = 0, at 0 dB without make-up, and off, the gain is 1 to
//! the last bit: 1 − m is rounded such that m brings it back.
//!
//! Both move on straight lines of 15 ms, at least 64 samples, computed from the samples that are left so that they end exactly on
//! their targets; k samples after the change (k = 0 is the first), with T samples in all,
//!
//! ```text
//! value = target + (start − target)/T·(T − 1 − k)
//! ```
//!
//! Each is on a line of its own, as all gains are: one whose target stays is left alone when the other's changes.

use super::envelope::clamped_rate;

/// Length of the lines, in seconds: that of the engine's gains.
const RAMP_SECONDS: f64 = 0.015;

/// They are never shorter than this.
const SHORTEST_RAMP_SAMPLES: f64 = 64.0;

/// Samples that a line takes at this rate.
pub(super) fn ramp_samples(sample_rate_hz: f64) -> u32 {
    (RAMP_SECONDS * clamped_rate(sample_rate_hz)).round().max(SHORTEST_RAMP_SAMPLES) as u32
}

/// Dry and wet gain, on their way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blend {
    /// Where they end, `[dry, wet]`.
    target: [f64; 2],
    step: [f64; 2],
    left: [u32; 2],
}

impl Blend {
    /// `[dry, wet]` of a stage that is off.
    pub const OFF: [f64; 2] = [1.0, 0.0];

    /// `[dry, wet]` of a stage that is on, with a mix of 0 … 1 and the make-up as a gain.
    pub fn on(mix: f64, makeup: f64) -> [f64; 2] {
        [1.0 - mix, mix * makeup]
    }

    /// There already.
    pub const fn settled_at(target: [f64; 2]) -> Self {
        Self { target, step: [0.0; 2], left: [0; 2] }
    }

    /// Starts towards `target`, from wherever it is. The same target again changes nothing.
    pub fn retarget(&mut self, target: [f64; 2], n_samples: u32) {
        let now = self.value();
        for idx in 0..2 {
            if target[idx] != self.target[idx] {
                self.step[idx] = (now[idx] - target[idx]) / f64::from(n_samples);
                self.target[idx] = target[idx];
                self.left[idx] = n_samples;
            }
        }
    }

    /// Goes there at once.
    pub fn jump(&mut self) {
        *self = Self::settled_at(self.target);
    }

    /// Whether it is there.
    pub fn is_settled(&self) -> bool {
        self.left == [0; 2]
    }

    /// Goes on by one sample and returns its `[dry, wet]`.
    #[inline(always)]
    pub fn advance(&mut self) -> [f64; 2] {
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.value()
    }

    #[inline(always)]
    fn value(&self) -> [f64; 2] {
        std::array::from_fn(|idx| self.target[idx] + self.step[idx] * f64::from(self.left[idx]))
    }
}
