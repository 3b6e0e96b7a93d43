//! True peaks: the largest magnitude since somebody asked for a new beginning, four times oversampled as ITU-R BS.1770-5 Annex 2 says.
//!
//! What cannot be larger than the largest so far need not be computed, and the result is the same to the bit: no window is louder between
//! its samples than the filter's taps allow, which is
//!
//! ```text
//! |y| ≤ Σ |h|·max |x|          and          |y| ≤ Σ h·max |x| + Q·max |x[n − 1] − 2·x[n] + x[n + 1]|
//! ```
//!
//! The first is asked of every tile. The second, which is close to the truth for everything but the highest octave, is asked where
//! the first cannot tell. Q belongs to what a filter does beside interpolating along a line.
//!
//! | file | what is in it |
//! |---|---|
//! | `meter` | one stereo signal |
//! | `lanes` | eight of them, in the engine |
//!
//! Latency: six samples, which is how far the filter looks ahead.

mod lanes;
mod meter;

pub(crate) use lanes::LanePeaks;
pub use meter::TruePeakMeter;

use crate::simd::{WINDOW_FRAMES, between, roughness};
use fearless_simd::Simd;

/// The largest Σ |h| of all phases, and a little for rounding.
const LARGEST_GAIN: f32 = 2.0271;

/// The largest Σ h of all phases, and a little for rounding.
const LINE_GAIN: f32 = 0.9924;

/// The largest Q of all phases, and a little for rounding.
const ROUGH_GAIN: f32 = 0.384_4;

/// The largest magnitude between the samples of a window, if it may be larger than `largest`.
#[inline(always)]
fn above<S: Simd>(simd: S, window: &[f32; WINDOW_FRAMES], largest: f32) -> Option<f32> {
    let [peak, rough] = roughness(simd, window);
    if LINE_GAIN * peak + ROUGH_GAIN * rough <= largest {
        return None;
    }
    Some(between(simd, window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{TAP_A, TAP_B, TAP_C};

    /// The twelve taps of x¼ and x½.
    fn taps() -> [[f64; 12]; 2] {
        let quarter = std::array::from_fn(|k| {
            let (idx, sign) = if k < 6 { (k, 1.0) } else { (11 - k, -1.0) };
            f64::from(TAP_A[idx]) + sign * f64::from(TAP_B[idx])
        });
        [quarter, std::array::from_fn(|k| f64::from(TAP_C[k.min(11 - k)]))]
    }

    #[test]
    fn the_bounds_are_those_of_the_taps() {
        let mut largest = [0.0_f64; 3];
        for taps in taps() {
            let gain: f64 = taps.iter().sum();
            let place = taps.iter().enumerate().map(|(k, tap)| k as f64 * tap).sum::<f64>() / gain - 5.0;
            let mut rest = taps;
            rest[5] -= gain * (1.0 - place);
            rest[6] -= gain * place;
            let (mut sum, mut of_sums, mut rough) = (0.0, 0.0, 0.0);
            for tap in rest {
                sum += tap;
                of_sums += sum;
                rough += f64::abs(of_sums);
            }
            let bounds = [taps.iter().map(|tap| tap.abs()).sum(), gain, rough];
            largest.iter_mut().zip(bounds).for_each(|(largest, bound)| *largest = largest.max(bound));
        }
        for (largest, told) in largest.into_iter().zip([LARGEST_GAIN, LINE_GAIN, ROUGH_GAIN]) {
            // Eighteen roundings at most stand between the taps and a sum of products, and as many in the bound.
            let told = f64::from(told);
            assert!(told > largest * (1.0 + 4e-6) && told < largest * 1.001 + 1e-3, "{told} {largest}");
        }
    }

    #[test]
    fn up_to_two_fifths_of_the_rate_points_lie_where_they_should() {
        for idx in 0..=400 {
            let w = 2.0 * std::f64::consts::PI * 0.40 * f64::from(idx) / 400.0;
            for (taps, place) in taps().into_iter().zip([0.25, 0.5]) {
                let (mut re, mut im) = (0.0, 0.0);
                for (k, tap) in taps.into_iter().enumerate() {
                    let angle = w * (k as f64 - 5.0 - place);
                    (re, im) = (re + tap * angle.cos(), im + tap * angle.sin());
                }
                // The ripple that the design came to: 0.102 dB.
                assert!((re - 1.0).hypot(im) < 0.012, "{idx}");
            }
        }
    }
}
