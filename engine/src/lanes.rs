//! Strips side by side: the layout of the hot loops, and how samples get into it.
//!
//! [`LANES`] strips form a group. A tile holds up to [`TILE_FRAMES`] frames of such a group, left and right apart, frame by
//! frame, so that one operation serves all its strips and a state that runs along time (a filter, an envelope) is a vector
//! across strips. The kernels are in [`simd`](crate::simd).

/// Strips in one group of lanes: one AVX register, or two of SSE.
pub(crate) const LANES: usize = 8;

/// Frames in one tile of the absolute grid. Whatever is decided on a grid is decided at multiples of this many samples.
pub const TILE_FRAMES: usize = 32;

/// Samples at or beyond ± this count as non-finite: no music is 240 dB over full scale.
pub(crate) const NON_FINITE_LIMIT: f32 = 1e12;

/// Samples are multiplied by this power of two on their way in and divided by it on their way out, which changes no bit of
/// any result.
///
/// A normal sample of 10⁻³⁷ times a gain of 0.1 is subnormal, and arithmetic that meets subnormals is fifty times slower.
/// In this scale the smallest normal sample is 1.4 · 10⁻²⁰: only gains that take away more than 360 dB together (four
/// controls in a row just above −∞) still meet subnormals. The largest, [`NON_FINITE_LIMIT`] times the mixer's largest gain
/// of 2.2 · 10⁶, stays below 10³⁷.
pub(crate) const SCALE_EXPONENT: u32 = 60;

/// Full scale in the engine's scale.
pub(crate) const FULL_SCALE: f32 = (1u64 << SCALE_EXPONENT) as f32;

/// [`SCALE_EXPONENT`] where the exponent of an f32 stands: adding it to the bits of a normal number multiplies the number.
///
/// Scaling is done on bits throughout. In floating point the compiler is free to multiply first and choose between the
/// product and zero afterwards, and it does: the product that nobody wanted was then the slow one.
pub(crate) const SCALE_BITS: u32 = SCALE_EXPONENT << (f32::MANTISSA_DIGITS - 1);

/// The lanes of a mask: bit = lane.
pub(crate) fn lanes_of(mask: u32) -> impl Iterator<Item = usize> {
    // Most masks are empty, and this is asked at every border.
    let mut left = mask & ((1 << LANES) - 1);
    std::iter::from_fn(move || {
        let lane = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (lane < u32::BITS).then_some(lane as usize)
    })
}

/// All bits of an f32 but its sign. What they are as a number is in the order of magnitudes.
pub(crate) const MAGNITUDE_BITS: u32 = !(1 << 31);

/// The first frame at which one of both channels is not finite.
pub(crate) fn first_non_finite(left: &[f32], right: &[f32]) -> Option<usize> {
    let broken = |sample: &f32| sample.is_nan() || sample.abs() >= NON_FINITE_LIMIT;
    left.iter().zip(right).position(|(left, right)| broken(left) || broken(right))
}

/// Brings a finite sample into the engine's scale, with zero in place of a subnormal.
#[inline(always)]
pub(crate) fn scale(sample: f32) -> f32 {
    let bits = sample.to_bits();
    let normal = bits & MAGNITUDE_BITS >= f32::MIN_POSITIVE.to_bits();
    // Wraps only for what is not finite, which nobody will hear.
    f32::from_bits(if normal { bits.wrapping_add(SCALE_BITS) } else { 0 })
}

/// Brings a sample back from the engine's scale, with zero in place of what would be subnormal.
#[inline(always)]
pub(crate) fn unscale(sample: f32) -> f32 {
    let bits = sample.to_bits();
    let normal = bits & MAGNITUDE_BITS >= f32::MIN_POSITIVE.to_bits() + SCALE_BITS;
    f32::from_bits(if normal { bits - SCALE_BITS } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_scale_changes_no_bit_of_a_normal_sample() {
        let mut rng = fastrand::Rng::with_seed(2);
        for _ in 0..100_000 {
            let sample = f32::from_bits(rng.u32(..));
            if sample.is_normal() && sample.abs() < NON_FINITE_LIMIT {
                assert_eq!(unscale(scale(sample)).to_bits(), sample.to_bits());
                assert!(scale(sample).is_normal());
            }
        }
        let smallest = f32::from_bits(f32::MIN_POSITIVE.to_bits() + SCALE_BITS);
        assert_eq!(unscale(smallest), f32::MIN_POSITIVE);
        assert_eq!(unscale(smallest * 0.99), 0.0);
        assert_eq!([1e-40, -1e-45, 0.0, -0.0].map(scale), [0.0; 4]);
        assert_eq!([1.0, -0.5].map(scale), [(1u64 << SCALE_EXPONENT) as f32, -((1u64 << 59) as f32)]);
    }

    #[test]
    fn the_first_broken_sample_is_found_on_either_side() {
        for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, NON_FINITE_LIMIT] {
            assert_eq!(first_non_finite(&[0.0, broken], &[broken, 0.0]), Some(0));
            assert_eq!(first_non_finite(&[0.0, broken], &[0.0, 0.0]), Some(1));
        }
        assert_eq!(first_non_finite(&[1e11], &[1e-40]), None);
    }
}
