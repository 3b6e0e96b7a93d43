//! The ways in and out: what a sample may be, and the product with the gain.
//!
//! ```text
//! y = x·g
//! ```
//!
//! Whole tiles have a fixed length, which is what compilers make good code of; parts of one give the same bits.

use super::hold::Frames;
use crate::lanes::{NON_FINITE_LIMIT, TILE_FRAMES};

/// Samples below this (−600 dBFS) leave as zero while the limiter is on, so that no product is subnormal.
const SILENT: f32 = 1e-30;

/// Takes samples in, with zero in place of what is not finite.
#[inline(always)]
pub(super) fn take(from: &[f32], to: &mut [f32]) {
    let kernel = |from: &[f32], to: &mut [f32]| {
        for (to, &sample) in to.iter_mut().zip(from) {
            *to = if sample.abs() < NON_FINITE_LIMIT { sample } else { 0.0 };
        }
    };
    match (from.first_chunk::<TILE_FRAMES>(), to.first_chunk_mut::<TILE_FRAMES>()) {
        (Some(from), Some(to)) => kernel(from, to),
        _ => kernel(from, to),
    }
}

/// y = x·g, with zero in place of samples whose products might be subnormal.
#[inline(always)]
pub(super) fn give(from: &[f32], gains: &[f32], to: &mut [f32]) {
    let kernel = |from: &[f32], gains: &[f32], to: &mut [f32]| {
        for ((to, &sample), gain) in to.iter_mut().zip(from).zip(gains) {
            *to = gain * if sample.abs() < SILENT { 0.0 } else { sample };
        }
    };
    match (from.first_chunk::<TILE_FRAMES>(), gains.first_chunk(), to.first_chunk_mut::<TILE_FRAMES>()) {
        (Some(from), Some(gains), Some(to)) => kernel(from, gains as &Frames, to),
        _ => kernel(from, gains, to),
    }
}

/// The smallest of `gains`, or `smallest` if that is smaller.
#[inline(always)]
pub(super) fn smallest(smallest: f32, gains: &[f32]) -> f32 {
    let smaller = |a: f32, b: f32| if a < b { a } else { b };
    // In eight columns, which the compiler takes side by side.
    let (rows, rest) = gains.as_chunks::<8>();
    let mut columns = [smallest; 8];
    for row in rows {
        for (column, gain) in columns.iter_mut().zip(row) {
            *column = smaller(*gain, *column);
        }
    }
    columns.iter().chain(rest).fold(smallest, |a, b| smaller(*b, a))
}
