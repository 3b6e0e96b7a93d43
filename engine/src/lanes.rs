//! Strips side by side: the layout of the hot loops, and how samples get into it.
//!
//! [`LANES`] strips form a group. A tile holds up to [`TILE_FRAMES`] frames of such a group, left and right apart, frame by
//! frame, so that one operation on a [`Lanes`] serves all its strips and a state that runs along time (a filter, an
//! envelope) is a vector across strips.

use std::ops::{Add, Mul, Sub};
use wide::f32x4;

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
const SCALE_EXPONENT: u32 = 60;

/// [`SCALE_EXPONENT`] where the exponent of an f32 stands: adding it to the bits of a normal number multiplies the number.
///
/// Scaling is done on bits throughout. In floating point the compiler is free to multiply first and choose between the
/// product and zero afterwards, and it does: the product that nobody wanted was then the slow one.
pub(crate) const SCALE_BITS: u32 = SCALE_EXPONENT << (f32::MANTISSA_DIGITS - 1);

/// All bits of an f32 but its sign. What they are as a number is in the order of magnitudes.
const MAGNITUDE_BITS: u32 = !(1 << 31);

/// One value for each strip of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(32))]
pub(crate) struct Lanes {
    /// Lanes 0–3.
    low: f32x4,
    /// Lanes 4–7.
    high: f32x4,
}

impl Lanes {
    pub(crate) const ZERO: Self = Self { low: f32x4::ZERO, high: f32x4::ZERO };
    pub(crate) const ONE: Self = Self { low: f32x4::ONE, high: f32x4::ONE };

    pub(crate) fn splat(value: f32) -> Self {
        Self { low: f32x4::splat(value), high: f32x4::splat(value) }
    }

    pub(crate) fn get(&self, lane: usize) -> f32 {
        if lane < 4 { self.low.as_array()[lane] } else { self.high.as_array()[lane - 4] }
    }

    pub(crate) fn set(&mut self, lane: usize, value: f32) {
        if lane < 4 {
            self.low.as_mut_array()[lane] = value;
        } else {
            self.high.as_mut_array()[lane - 4] = value;
        }
    }

    /// max(self − n, 0) in every lane: what is left of a count after `n` steps.
    #[inline(always)]
    pub(crate) fn count_down(self, n: Self) -> Self {
        let left = self - n;
        Self { low: left.low.fast_max(f32x4::ZERO), high: left.high.fast_max(f32x4::ZERO) }
    }
}

impl Add for Lanes {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }
}

impl Sub for Lanes {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { low: self.low - other.low, high: self.high - other.high }
    }
}

impl Mul for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self { low: self.low * other.low, high: self.high * other.high }
    }
}

/// Left and right of a group's strips for up to one tile, indexed by `[frame]`.
#[derive(Clone, Debug)]
pub(crate) struct StereoTile {
    pub(crate) left: [Lanes; TILE_FRAMES],
    pub(crate) right: [Lanes; TILE_FRAMES],
}

impl StereoTile {
    pub(crate) const ZERO: Self =
        Self { left: [Lanes::ZERO; TILE_FRAMES], right: [Lanes::ZERO; TILE_FRAMES] };
}

/// Samples of one channel of a group before they are turned into lanes, indexed by `[lane][frame]`.
pub(crate) type Channels = [[f32; TILE_FRAMES]; LANES];

/// Turns `[lane][frame]` into `[frame]` of lanes.
#[inline(always)]
pub(crate) fn transpose(channels: &Channels, tile: &mut [Lanes; TILE_FRAMES]) {
    let (quads, _) = tile.as_chunks_mut::<4>();
    for (quad_idx, frames) in quads.iter_mut().enumerate() {
        let row = |lane: usize| f32x4::new(channels[lane].as_chunks().0[quad_idx]);
        let low = f32x4::transpose([row(0), row(1), row(2), row(3)]);
        let high = f32x4::transpose([row(4), row(5), row(6), row(7)]);
        for (frame, (low, high)) in frames.iter_mut().zip(low.into_iter().zip(high)) {
            *frame = Lanes { low, high };
        }
    }
}

/// The sum over the lanes of every frame, always in the same order: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
#[inline(always)]
pub(crate) fn sum_lanes(tile: &[Lanes; TILE_FRAMES]) -> [f32; TILE_FRAMES] {
    let mut sums = [0.0; TILE_FRAMES];
    for (sums, frames) in sums.as_chunks_mut().0.iter_mut().zip(tile.as_chunks::<4>().0) {
        let [a, b, c, d] = f32x4::transpose(frames.map(|lanes| lanes.low + lanes.high));
        *sums = ((a + c) + (b + d)).to_array();
    }
    sums
}

/// What [`clean`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// No sample is NaN, infinite or beyond [`NON_FINITE_LIMIT`].
    pub(crate) finite: bool,
    /// Some sample is not zero.
    pub(crate) sound: bool,
}

/// Brings samples into the engine's scale, with zero in place of subnormals. What is not finite becomes
/// nonsense: [`Found`] tells.
#[inline(always)]
pub(crate) fn clean(from: &[f32], to: &mut [f32]) -> Found {
    let (mut finite, mut sound) = (true, false);
    for (to, &sample) in to.iter_mut().zip(from) {
        let bits = sample.to_bits();
        let magnitude = bits & MAGNITUDE_BITS;
        let normal = magnitude >= f32::MIN_POSITIVE.to_bits();
        // Wraps only for what is not finite, which nobody will hear.
        *to = f32::from_bits(if normal { bits.wrapping_add(SCALE_BITS) } else { 0 });
        finite &= magnitude < NON_FINITE_LIMIT.to_bits();
        sound |= normal;
    }
    Found { finite, sound }
}

/// The first frame at which one of both channels is not finite.
pub(crate) fn first_non_finite(left: &[f32], right: &[f32]) -> Option<usize> {
    let broken = |sample: &f32| sample.is_nan() || sample.abs() >= NON_FINITE_LIMIT;
    left.iter().zip(right).position(|(left, right)| broken(left) || broken(right))
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
    fn transposing_keeps_every_sample_in_its_lane() {
        let mut channels: Channels = [[0.0; TILE_FRAMES]; LANES];
        for (lane, channel) in channels.iter_mut().enumerate() {
            for (frame, sample) in channel.iter_mut().enumerate() {
                *sample = (lane * 100 + frame) as f32;
            }
        }
        let mut tile = [Lanes::ZERO; TILE_FRAMES];
        transpose(&channels, &mut tile);
        for (frame, lanes) in tile.iter().enumerate() {
            for lane in 0..LANES {
                assert_eq!(lanes.get(lane), (lane * 100 + frame) as f32);
            }
        }
    }

    #[test]
    fn every_frame_is_summed_over_its_lanes() {
        let mut tile = [Lanes::ZERO; TILE_FRAMES];
        for (frame, lanes) in tile.iter_mut().enumerate() {
            for lane in 0..LANES {
                lanes.set(lane, ((lane + 1) * (frame + 1)) as f32);
            }
        }
        for (frame, sum) in sum_lanes(&tile).iter().enumerate() {
            // Whole numbers add up exactly: 1 + 2 + … + 8 = 36.
            assert_eq!(*sum, 36.0 * (frame + 1) as f32);
        }
    }

    #[test]
    fn the_engines_scale_changes_no_bit_of_a_normal_sample() {
        let mut rng = fastrand::Rng::with_seed(2);
        for _ in 0..100_000 {
            let sample = f32::from_bits(rng.u32(..));
            let mut scaled = [0.0];
            if sample.is_normal() && clean(&[sample], &mut scaled).finite {
                assert_eq!(unscale(scaled[0]).to_bits(), sample.to_bits());
                assert!(scaled[0].is_normal());
            }
        }
        let smallest = f32::from_bits(f32::MIN_POSITIVE.to_bits() + SCALE_BITS);
        assert_eq!(unscale(smallest), f32::MIN_POSITIVE);
        assert_eq!(unscale(smallest * 0.99), 0.0);
    }

    #[test]
    fn cleaning_tells_broken_silent_and_sounding_apart() {
        let mut to = [9.0; 3];
        assert_eq!(clean(&[1.0, -0.5, 0.0], &mut to), Found { finite: true, sound: true });
        assert_eq!(to.map(unscale), [1.0, -0.5, 0.0]);
        assert_eq!(clean(&[1e-40, -1e-45, 0.0], &mut to), Found { finite: true, sound: false });
        assert_eq!(to, [0.0; 3]);
        for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, NON_FINITE_LIMIT] {
            assert!(!clean(&[0.0, broken, 0.0], &mut to).finite, "{broken}");
            assert_eq!(first_non_finite(&[0.0, broken], &[broken, 0.0]), Some(0));
            assert_eq!(first_non_finite(&[0.0, broken], &[0.0, 0.0]), Some(1));
        }
    }
}
