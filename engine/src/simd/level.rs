//! How loud a key is: log2, re full scale, of magnitudes and powers.
//!
//! Magnitudes come in the engine's scale and are brought back by their bits; powers come re full scale. Both end at −200 dB, so
//! that silence has a level.

use super::math::log2;
use crate::dynamics::FLOOR_POWER;
use crate::lanes::SCALE_BITS;
use fearless_simd::{Bytes, Simd, SimdBase};

/// The magnitude of the floor, 10⁻¹⁰, in the engine's scale.
const FLOOR_MAGNITUDE: f32 = 1.152_921_5e8;

/// log2 of a magnitude in the engine's scale, re full scale.
#[inline(always)]
pub(crate) fn level_of_magnitude<S: Simd>(simd: S, magnitude: S::f32s) -> S::f32s {
    let bits: S::i32s = magnitude.max(S::f32s::splat(simd, FLOOR_MAGNITUDE)).bitcast();
    log2(simd, (bits - SCALE_BITS as i32).bitcast())
}

/// The level of a power re full scale: half of its log2.
#[inline(always)]
pub(crate) fn level_of_power<S: Simd>(simd: S, power: S::f32s) -> S::f32s {
    log2(simd, power.max(S::f32s::splat(simd, FLOOR_POWER as f32))) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::FLOOR_DB;
    use crate::lanes::FULL_SCALE;
    use crate::simd::{SimdPath, on_path};

    #[test]
    fn both_levels_are_right_to_2e_5_db_and_end_at_the_floor() {
        for path in SimdPath::all() {
            for step in -250..=380 {
                let db = f64::from(step);
                let magnitude = 10f64.powf(db / 20.0) as f32;
                let mut levels = [0.0; 2];
                on_path!(path, simd => {
                    let of_magnitude = level_of_magnitude(simd, SimdBase::splat(simd, magnitude * FULL_SCALE));
                    let of_power = level_of_power(simd, SimdBase::splat(simd, (f64::from(magnitude).powi(2)) as f32));
                    levels = [of_magnitude[0], of_power[0]];
                });
                let want = (20.0 * f64::from(magnitude).log10()).max(FLOOR_DB);
                for level in levels {
                    let error = f64::from(level) * 6.020_599_913_279_624 - want;
                    // 1.3e-5 of the polynomial and half a bit of a number up to 33.
                    assert!(error.abs() < 3e-5, "{} {db} dB: {error:e}", path.name());
                }
            }
        }
    }
}
