//! The characteristics: a hyperbola's branch, driven, and held at its level.
//!
//! ```text
//! s(u)    = √(1 + u²)                  the antiderivative of u/s(u)
//! f(v)    = (v + b)/s(v + b) − b/s(b)
//! y       = o·f(p·x)                   p = g·s(b)³/K,  o = K·c
//! c       = √(q·(q + 1)/2)/g           q = √(1 + (g·R/K)²)
//! ```
//!
//! g is the drive as a gain, K the [`CEILING`], b the bias: 0 is tape, [`BIAS`] a tube. s(b)³ makes the slope at zero that of tape.
//!
//! Anti-derivative anti-aliasing of first order (Parker, Zavalishin, Le Bivic, *Reducing the Aliasing of Nonlinear Waveshaping
//! Using Continuous-Time Convolution*, DAFx-16) takes f's mean between two samples, (F(v₂) − F(v₁))/(v₂ − v₁). For this curve the
//! difference of roots divides out, so that nothing cancels and no sample needs a case of its own:
//!
//! ```text
//! mean of u/s(u) over u₁ … u₂  =  (u₁ + u₂)/(s(u₁) + s(u₂))
//! ```
//!
//! With d(v) = s(v + b) − s(b) = v·(v + 2b)/(s(v + b) + s(b)), which does not cancel either, and s = s(b):
//!
//! ```text
//! mean of f over v₁ … v₂  =  ((v₁ + v₂)·s − b·(d₁ + d₂)) / (s·(2s + d₁ + d₂))
//! ```
//!
//! c is exact for tape: a sine with a peak of R leaves with the root mean square it came with, since the mean of
//! w²·sin²/(1 + w²·sin²) is 1 − 1/√(1 + w²). For a tube it is right where the drive is small and where it is large.

use crate::settings::{DRIVE_RANGE_DB, SaturationSettings};

/// What a saturation comes up to at a drive of 0 dB, re full scale: 6 dB above it.
pub const CEILING: f64 = 2.0;

/// How far a tube's middle lies from the middle of the curve. A power of two.
pub const BIAS: f64 = 0.5;

/// The peak of the sine whose level a drive keeps: −12 dBFS.
pub const REFERENCE_PEAK: f64 = 0.25;

/// The drive as a gain. A value that is no number counts as the default.
pub(crate) fn drive_gain(drive_db: f32) -> f64 {
    let [min, max] = DRIVE_RANGE_DB;
    let db = if drive_db.is_nan() { SaturationSettings::WARM.drive_db } else { drive_db.clamp(min, max) };
    10f64.powf(f64::from(db) / 20.0)
}

/// The mix, 0 … 1. A value that is no number counts as the default.
pub(crate) fn mix_of(percent: f32) -> f64 {
    let percent =
        if percent.is_nan() { SaturationSettings::WARM.mix_percent } else { percent.clamp(0.0, 100.0) };
    f64::from(percent) / 100.0
}

/// A curve with its gains in f64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    bias: f64,
    root: f64,
    /// In front of the curve and behind it.
    pub(super) input_gain: f64,
    pub(super) output_gain: f64,
}

impl Curve {
    pub(super) fn new(bias: f64, drive: f64) -> Self {
        let root = (1.0 + bias * bias).sqrt();
        let q = (1.0 + (drive * REFERENCE_PEAK / CEILING).powi(2)).sqrt();
        Self {
            bias,
            root,
            input_gain: drive * root.powi(3) / CEILING,
            output_gain: CEILING * (0.5 * q * (q + 1.0)).sqrt() / drive,
        }
    }

    /// s(v + b) − s(b)
    fn rise(&self, v: f64) -> f64 {
        v * (v + 2.0 * self.bias) / ((1.0 + (v + self.bias).powi(2)).sqrt() + self.root)
    }

    /// The curve's mean between two samples; of one and the same, the curve.
    pub(super) fn mean(&self, [a, b]: [f64; 2]) -> f64 {
        let rise = self.rise(a) + self.rise(b);
        ((a + b) * self.root - self.bias * rise) / (self.root * (2.0 * self.root + rise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f as it is defined.
    fn plain(bias: f64, v: f64) -> f64 {
        let part = |u: f64| u / (1.0 + u * u).sqrt();
        part(v + bias) - part(bias)
    }

    #[test]
    fn the_mean_is_that_of_the_curve() {
        let mut n_compared = 0;
        for bias in [0.0, BIAS] {
            let curve = Curve::new(bias, 1.0);
            for a in [-40.0, -3.0, -0.2, 0.0, 1e-3, 0.7, 9.0] {
                for b in [-11.0, -1.0, 0.0, 0.3, 5.0] {
                    // Simpson's rule, fine enough for 1e-10 on the longest way.
                    let n = 20_000;
                    let at = |i: usize| plain(bias, a + (b - a) * i as f64 / f64::from(n));
                    let sum: f64 =
                        (0..n as usize).step_by(2).map(|i| at(i) + 4.0 * at(i + 1) + at(i + 2)).sum();
                    let want = sum / (3.0 * f64::from(n));
                    assert!((curve.mean([a, b]) - want).abs() < 1e-9, "{bias} {a} {b}");
                    n_compared += 1;
                }
                assert!((curve.mean([a, a]) - plain(bias, a)).abs() < 1e-14, "{bias} {a}");
            }
        }
        assert_eq!(n_compared, 70);
    }

    #[test]
    fn small_signals_have_the_slope_of_the_compensation_and_nothing_is_exactly_nothing() {
        for bias in [0.0, BIAS] {
            for drive in [1.0, 4.0, 63.0] {
                let curve = Curve::new(bias, drive);
                let x = 1e-9;
                let slope = curve.output_gain * curve.mean([curve.input_gain * x; 2]) / x;
                let q = (1.0 + (drive / 8.0_f64).powi(2)).sqrt();
                // What is left is the curvature: 1e-9·63.
                assert!((slope / (0.5 * q * (q + 1.0)).sqrt() - 1.0).abs() < 1e-6, "{slope}");
                assert_eq!(curve.mean([0.0; 2]), 0.0);
            }
        }
    }
}
