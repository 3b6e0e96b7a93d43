//! Linear steps over a tile: 2 × 2 matrices, and sums into buses.
//!
//! ```text
//! (l, r) ← (ll·l + lr·r, rl·l + rr·r)
//! bus    ← bus + gain·strip
//! ```
//!
//! Products are rounded before they are added, on every path: two strips of opposite polarity then sum to exactly nothing,
//! whatever their gain.

use super::gain::LaneGain;
use super::tile::{LaneTile, part_range, parts, vectors, vectors_mut};
use fearless_simd::{Simd, SimdBase};

/// Multiplies the first `n` frames with the matrix `[ll, lr, rl, rr]`, whose entries all move or all stand still.
#[inline(never)]
pub(crate) fn multiply<S: Simd>(
    simd: S,
    entries: [LaneGain<'_>; 4],
    [left, right]: [&mut LaneTile; 2],
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || match entries {
            [LaneGain::Still(ll), LaneGain::Still(lr), LaneGain::Still(rl), LaneGain::Still(rr)] => {
                for part in 0..parts::<S>() {
                    let entries =
                        (ll.load(simd, part), lr.load(simd, part), rl.load(simd, part), rr.load(simd, part));
                    for (left, right) in vectors_mut::<S>(left, n).zip(vectors_mut::<S>(right, n)) {
                        product::<S>(simd, entries, left, right, part);
                    }
                }
            }
            _ => {
                for part in 0..parts::<S>() {
                    let sides = vectors_mut::<S>(left, n).zip(vectors_mut::<S>(right, n));
                    for (idx, (left, right)) in sides.enumerate() {
                        let [ll, lr, rl, rr] = entries.map(
                            #[inline(always)]
                            |entry| entry.load(simd, idx, part),
                        );
                        product::<S>(simd, (ll, lr, rl, rr), left, right, part);
                    }
                }
            }
        },
    );
}

#[inline(always)]
fn product<S: Simd>(
    simd: S,
    (ll, lr, rl, rr): (S::f32s, S::f32s, S::f32s, S::f32s),
    left: &mut [f32],
    right: &mut [f32],
    part: usize,
) {
    let (left, right) = (&mut left[part_range::<S>(part)], &mut right[part_range::<S>(part)]);
    let (l, r) = (S::f32s::from_slice(simd, left), S::f32s::from_slice(simd, right));
    (ll * l + lr * r).store_slice(left);
    (rl * l + rr * r).store_slice(right);
}

/// Adds the first `n` frames, times a gain, to a bus, or to zeros if they are the first of it.
#[inline(never)]
pub(crate) fn add_scaled<S: Simd>(
    simd: S,
    gain: LaneGain<'_>,
    tiles: [&LaneTile; 2],
    buses: [&mut LaneTile; 2],
    n: usize,
    is_first: bool,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for (from, to) in tiles.into_iter().zip(buses) {
                for part in 0..parts::<S>() {
                    match gain {
                        LaneGain::Still(gain) if is_first => {
                            let gain = gain.load(simd, part);
                            for (from, to) in vectors::<S>(from, n).zip(vectors_mut::<S>(to, n)) {
                                put::<S>(simd, gain, from, to, part);
                            }
                        }
                        LaneGain::Still(gain) => {
                            let gain = gain.load(simd, part);
                            for (from, to) in vectors::<S>(from, n).zip(vectors_mut::<S>(to, n)) {
                                add::<S>(simd, gain, from, to, part);
                            }
                        }
                        LaneGain::Moving(gains) => {
                            let sides = vectors::<S>(from, n).zip(vectors_mut::<S>(to, n));
                            for (idx, (from, to)) in sides.enumerate() {
                                let gain = gains.load(simd, idx, part);
                                if is_first {
                                    put::<S>(simd, gain, from, to, part);
                                } else {
                                    add::<S>(simd, gain, from, to, part);
                                }
                            }
                        }
                    }
                }
            }
        },
    );
}

/// The same bits as [`add`] to a zero: no zero is left negative.
#[inline(always)]
fn put<S: Simd>(simd: S, gain: S::f32s, from: &[f32], to: &mut [f32], part: usize) {
    let from = S::f32s::from_slice(simd, &from[part_range::<S>(part)]);
    (from * gain + 0.0).store_slice(&mut to[part_range::<S>(part)]);
}

#[inline(always)]
fn add<S: Simd>(simd: S, gain: S::f32s, from: &[f32], to: &mut [f32], part: usize) {
    let from = S::f32s::from_slice(simd, &from[part_range::<S>(part)]);
    let to = &mut to[part_range::<S>(part)];
    (S::f32s::from_slice(simd, to) + from * gain).store_slice(to);
}
