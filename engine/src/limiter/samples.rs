//! The ways in and out: what a sample may be, and the product with the gain.
//!
//! ```text
//! y = x·g
//! ```
//!
//! Whole tiles go from the caller's slices to registers and back. Parts of one take the way over an array, and give the
//! same bits.

use super::vector::{Frames, Tile, frames, if_at_least, if_below, load, store};
use crate::lanes::{NON_FINITE_LIMIT, TILE_FRAMES};
use fearless_simd::Simd;
use std::ops::Range;

/// Samples below this (−600 dBFS) leave as zero while the limiter is on, so that no product is subnormal.
const SILENT: f32 = 1e-30;

/// The tile that `from` are the `range` of, with zero in place of what is not finite; `tile` has the frames that came
/// before, and gets these if they are only a part.
#[inline(always)]
pub(super) fn take<S: Simd>(simd: S, from: &[f32], tile: &mut Frames, range: Range<usize>) -> Tile<S> {
    let samples = match from.first_chunk::<TILE_FRAMES>() {
        Some(whole) => whole,
        None => {
            tile[range].copy_from_slice(from);
            tile
        }
    };
    whole(simd, samples)
}

/// The same for a whole tile.
#[inline(always)]
pub(super) fn whole<S: Simd>(simd: S, samples: &Frames) -> Tile<S> {
    let [low, high] = load(simd, samples);
    [if_below(simd, low, NON_FINITE_LIMIT), if_below(simd, high, NON_FINITE_LIMIT)]
}

/// y = x·g for the frames in `range`, with zero in place of samples whose products might be subnormal.
#[inline(always)]
pub(super) fn give<S: Simd>(simd: S, from: &Frames, gains: Tile<S>, to: &mut [f32], range: Range<usize>) {
    let [low, high] = load(simd, from);
    let product = [if_at_least(simd, low, SILENT) * gains[0], if_at_least(simd, high, SILENT) * gains[1]];
    match to.first_chunk_mut::<TILE_FRAMES>() {
        Some(whole) => store(product, whole),
        None => to.copy_from_slice(&frames(product)[range]),
    }
}
