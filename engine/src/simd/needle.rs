//! What needles of meters feel, for both sides of eight strips.
//!
//! ```text
//! VU    sum ← sum + |x|
//! PPM   z ← fall·z once a tile,   z ← z + rise·max(|x| − z, 0)      for two z that rise differently
//! ```
//!
//! What a sample's fall would take from 1 is next to what f32 rounds away; what a tile's takes is not.

use super::squares::ROOT;
use super::tile::LaneTile;
use super::weighting::Pairs;
use crate::lanes::TILE_FRAMES;
use fearless_simd::{Select, Simd, SimdBase, SimdFloat, f32x8, f32x16};

/// Beyond this a signal is broken, where full scale is 2³⁰.
const CEILING: f32 = 1e30;

/// Σ |x| over a tile in the engine's scale, where full scale is 2³⁰.
#[inline(always)]
pub(crate) fn sum_magnitudes<S: Simd>(simd: S, tiles: &[LaneTile; 2]) -> Pairs {
    let mut sum = f32x16::splat(simd, 0.0);
    for frame in 0..TILE_FRAMES {
        sum += magnitudes(simd, tiles, frame);
    }
    let mut sums = Pairs::ZERO;
    let ceiling = f32x16::splat(simd, CEILING);
    sums.store(sum.simd_lt(ceiling).select(sum, ceiling));
    sums
}

/// Lets both z follow a tile.
#[inline(always)]
pub(crate) fn follow_peaks<S: Simd>(
    simd: S,
    tiles: &[LaneTile; 2],
    z: &mut [Pairs; 2],
    rise: [f32; 2],
    fall: f32,
    floor: f32,
) {
    let [fast, slow] = z;
    let (mut a, mut b) = (fast.load(simd), slow.load(simd));
    let [rise_a, rise_b] = rise.map(
        #[inline(always)]
        |rise| f32x16::splat(simd, rise),
    );
    a *= fall;
    b *= fall;
    let zero = f32x16::splat(simd, 0.0);
    for frame in 0..TILE_FRAMES {
        let u = magnitudes(simd, tiles, frame);
        a = (u - a).max(zero).mul_add(rise_a, a);
        b = (u - b).max(zero).mul_add(rise_b, b);
    }
    let (floor, ceiling) = (f32x16::splat(simd, floor), f32x16::splat(simd, CEILING));
    for (z, value) in [(fast, a), (slow, b)] {
        let held = value.simd_lt(ceiling).select(value, ceiling);
        z.store(held.simd_ge(floor).select(held, zero));
    }
}

#[inline(always)]
fn magnitudes<S: Simd>(simd: S, [left, right]: &[LaneTile; 2], frame: usize) -> f32x16<S> {
    let left = f32x8::from_slice(simd, &left.0[frame]);
    let right = f32x8::from_slice(simd, &right.0[frame]);
    (simd.combine_f32x8(left, right) * ROOT).abs()
}

#[cfg(test)]
mod tests;
