//! The K-weighting of ITU-R BS.1770 at any sample rate.
//!
//! The standard has coefficients for 48 kHz only. They are those of an analog shelf (+4 dB above 1.7 kHz) and an analog
//! high-pass (38 Hz), made digital by the bilinear transform with its frequency warped to fit; the figures below turn that around. Other
//! rates get the same analog filters. The high-pass keeps the standard's numerator 1, −2, 1 at every rate.

use crate::simd::Weighting;
use std::f64::consts::PI;

/// The shelf: frequency, gain and quality, and how the gain at its frequency grows with its whole gain.
const SHELF_HZ: f64 = 1_681.974_450_955_533;
const SHELF_DB: f64 = 3.999_843_853_973_347;
const SHELF_Q: f64 = 0.707_175_236_955_419_6;
const SHELF_MIDDLE: f64 = 0.499_666_774_154_541_6;

/// The high-pass: frequency and quality.
const HIGH_PASS_HZ: f64 = 38.135_470_876_024_44;
const HIGH_PASS_Q: f64 = 0.500_327_037_323_877_3;

/// Both sections in f64, with a₀ = 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Design {
    /// b₀, b₁, b₂ of the shelf.
    pub(crate) shelf_b: [f64; 3],
    /// a₁, a₂ of the shelf.
    pub(crate) shelf_a: [f64; 2],
    /// 1 − a₂ and 1 + a₁ + a₂ of the high-pass.
    pub(crate) high_pass_c: [f64; 2],
}

impl Design {
    /// At a sample rate.
    pub(crate) fn at(sample_rate_hz: f64) -> Self {
        let k = (PI * SHELF_HZ / sample_rate_hz).tan();
        let high = 10f64.powf(SHELF_DB / 20.0);
        let middle = high.powf(SHELF_MIDDLE);
        let (across, k_squared) = (k / SHELF_Q, k * k);
        let a0 = 1.0 + across + k_squared;
        let shelf_b = [
            high + middle * across + k_squared,
            2.0 * (k_squared - high),
            high - middle * across + k_squared,
        ];
        let shelf_a = [2.0 * (k_squared - 1.0), 1.0 - across + k_squared];
        let k = (PI * HIGH_PASS_HZ / sample_rate_hz).tan();
        let across = k / HIGH_PASS_Q;
        let high_pass_a0 = 1.0 + across + k * k;
        Self {
            shelf_b: shelf_b.map(|b| b / a0),
            shelf_a: shelf_a.map(|a| a / a0),
            high_pass_c: [2.0 * across, 4.0 * k * k].map(|c| c / high_pass_a0),
        }
    }

    /// What the kernel takes.
    pub(crate) fn coefficients(&self) -> Weighting {
        let ([b0, b1, b2], [a1, a2], [c1, c2]) = (self.shelf_b, self.shelf_a, self.high_pass_c);
        Weighting {
            shelf_in: [(b1 / b0 - a1) as f32, (b2 / b0 - a2) as f32],
            shelf_back: [-a1 as f32, -a2 as f32],
            high_pass: [(1.0 - c1 - c2) as f32, -c2 as f32],
        }
    }

    /// What squares behind the kernel have to be multiplied with.
    pub(crate) fn square_gain(&self) -> f64 {
        self.shelf_b[0] * self.shelf_b[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_48_khz_it_is_what_the_standard_says() {
        let design = Design::at(48_000.0);
        let [c1, c2] = design.high_pass_c;
        let (a2, a1) = (1.0 - c1, c1 + c2 - 2.0);
        let got = [design.shelf_b.as_slice(), &design.shelf_a, &[a1, a2]].concat();
        let want = [
            1.535_124_859_586_97,
            -2.691_696_189_406_38,
            1.198_392_810_852_85,
            -1.690_659_293_182_41,
            0.732_480_774_215_85,
            -1.990_047_454_833_98,
            0.990_072_250_366_21,
        ];
        for (got, want) in got.into_iter().zip(want) {
            // The standard has 14 digits.
            assert!((got - want).abs() < 1e-13, "{got} {want}");
        }
    }
}
