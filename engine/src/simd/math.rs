//! log2 and exp2 for levels and gains: a polynomial on one octave, the rest is the exponent's bits.
//!
//! ```text
//! log2(x) = e + (m − 1)·P(m − 1)     x = m·2^e, m in [√½, √2), P of degree 5
//! exp2(x) = 2^n · Q(x − n)           n = round(x), Q of degree 5
//! ```
//!
//! Coefficients: least squares, reweighted until the largest error is least; ours. Errors of the polynomials: 1.3 · 10⁻⁵ dB
//! and 7.9 · 10⁻⁷ dB. One degree less each (8.8 · 10⁻⁵ and 2.3 · 10⁻⁵ dB) is what levels need; it would leave a compressed strip
//! at −100 dB of its reference, ten dB short of the strip's gate.

use fearless_simd::{Bytes, Simd, SimdBase, SimdFloat, SimdInt};

const LOG2: [f32; 6] = [1.442_713_5, -0.721_131_86, 0.479_348, -0.367_49, 0.322_154_9, -0.206_591_85];

/// The first one is exact, so that no gain reduction changes no bit.
#[expect(clippy::approx_constant, reason = "the second one is near ln 2 and better than it")]
const EXP2: [f32; 6] = [1.0, 0.693_147, 0.240_222_42, 0.055_507_337, 0.009_671_513, 0.001_326_472_7];

/// log2 of a positive normal number. Zero yields about −126.5, far below any threshold; no other value is an error.
#[inline(always)]
pub(crate) fn log2<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let bits: S::i32s = x.bitcast();
    // The exponent, counted from √½ instead of 1.
    let exponent = (bits - std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32) >> MANTISSA_BITS;
    let mantissa: S::f32s = (bits - (exponent << MANTISSA_BITS)).bitcast();
    let t = mantissa - 1.0;
    let mut sum = S::f32s::splat(simd, LOG2[5]);
    for coefficient in LOG2[..5].iter().rev() {
        sum = sum.mul_add(t, *coefficient);
    }
    sum.mul_add(t, exponent.to_float::<S::f32s>())
}

/// 2^x for x from −125 to 127.
#[inline(always)]
pub(crate) fn exp2<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    // Adding 1.5 · 2²³ leaves no bits for a fraction: what remains at the lower end is the rounded number.
    let rounded = x + ROUNDER;
    let fraction = x - (rounded - ROUNDER);
    let mut product = S::f32s::splat(simd, EXP2[5]);
    for coefficient in EXP2[..5].iter().rev() {
        product = product.mul_add(fraction, *coefficient);
    }
    let (product, rounded): (S::i32s, S::i32s) = (product.bitcast(), rounded.bitcast());
    (product + (rounded << MANTISSA_BITS)).bitcast()
}

const MANTISSA_BITS: u32 = f32::MANTISSA_DIGITS - 1;

const ROUNDER: f32 = 12_582_912.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{SimdPath, on_path};

    const DB_PER_OCTAVE: f64 = 6.020_599_913_279_624;

    #[inline(always)]
    fn map<S: Simd>(simd: S, values: &mut [f32], f: impl Fn(S::f32s) -> S::f32s) {
        for values in values.chunks_exact_mut(S::f32s::LEN) {
            f(S::f32s::from_slice(simd, values)).store_slice(values);
        }
    }

    /// Every 997th float from 2⁻¹²⁶ to 2¹²⁷: all exponents, and 8,400 places on each octave.
    fn positive() -> Vec<f32> {
        let (first, last) = (f32::MIN_POSITIVE.to_bits(), 2f32.powi(127).to_bits());
        let mut values: Vec<_> = (first..last).step_by(997).map(f32::from_bits).collect();
        values.resize(values.len().next_multiple_of(16), 1.0);
        values
    }

    #[test]
    fn log2_is_right_to_4e_5_db_wherever_there_is_sound() {
        for path in SimdPath::all() {
            let x = positive();
            let mut y = x.clone();
            on_path!(path, simd => map(simd, &mut y, #[inline(always)] |x| log2(simd, x)));
            let (mut worst, mut worst_near_one) = (0.0_f64, 0.0_f64);
            for (x, y) in x.iter().zip(&y) {
                let error = (f64::from(*y) - f64::from(*x).log2()).abs();
                worst = worst.max(error * DB_PER_OCTAVE);
                if (0.1..10.0).contains(x) {
                    worst_near_one = worst_near_one.max(error * DB_PER_OCTAVE);
                }
            }
            // Where the result is small, what is left is the polynomial.
            assert!(worst_near_one < 1.5e-5, "{}: {worst_near_one:e} dB", path.name());
            // 1.3e-5 of the polynomial and half a bit of a number up to 127, 2.3e-5 dB at the very ends. Gate: 9.4e-5.
            assert!(worst < 4e-5, "{}: {worst:e} dB", path.name());
            assert!(worst > 1e-6, "nothing was measured");
        }
    }

    #[test]
    fn exp2_is_right_to_2e_6_db() {
        for path in SimdPath::all() {
            let x: Vec<_> = (0..1 << 20).map(|i| i as f32 * (250.0 / (1 << 20) as f32) - 124.0).collect();
            let mut y = x.clone();
            on_path!(path, simd => map(simd, &mut y, #[inline(always)] |x| exp2(simd, x)));
            let mut worst = 0.0_f64;
            for (x, y) in x.iter().zip(&y) {
                let error_db = 20.0 * (f64::from(*y) / f64::from(*x).exp2()).log10().abs();
                worst = worst.max(error_db);
            }
            // 7.9e-7 of the polynomial, two bits of rounding 1e-6. Gate: 2.5e-5.
            assert!(worst < 2e-6, "{}: {worst:e} dB", path.name());
            assert!(worst > 1e-7, "nothing was measured");
        }
    }

    #[test]
    fn zero_has_a_level_below_any_threshold_and_no_reduction_is_no_change() {
        for path in SimdPath::all() {
            let mut levels = [0.0; 16];
            let mut gains = [0.0; 16];
            on_path!(path, simd => {
                map(simd, &mut levels, #[inline(always)] |x| log2(simd, x));
                map(simd, &mut gains, #[inline(always)] |x| exp2(simd, x));
            });
            assert!(levels.iter().all(|level| *level < -125.0), "{}: {levels:?}", path.name());
            assert_eq!(gains, [1.0; 16], "{}", path.name());
        }
    }
}
