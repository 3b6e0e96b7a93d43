//! What a tap is measured by, sample after sample: peaks, squares, and the squares behind the K-weighting of ITU-R BS.1770.
//!
//! ```text
//! s[n]  = x[n] + p[n]                                    the shelf, by its b₀
//! p[n+1] = (b₁/b₀ − a₁)·x[n] − a₁·p[n] + q[n]
//! q[n+1] = (b₂/b₀ − a₂)·x[n] − a₂·p[n]
//! u[n]  = s[n] + (1 − c₁ − c₂)·u[n−1] − c₂·v[n−2]        the high-pass, by two sums: v[n−1] = v[n−2] + u[n−1]
//! y[n]  = u[n] − u[n−1]
//! ```
//!
//! Both sections are those of the standard, in forms that f32 is enough for: c₁ = 1 − a₂ and c₂ = 1 + a₁ + a₂ are small numbers with
//! all their digits, where −2 and 1 with a little beside them would have lost most. Each state needs its own last value by one
//! operation only, so that no processor has to wait long from one sample to the next.
//!
//! Left and right of eight strips stand in one vector, so that AVX-512 has one chain to compute and not two.

use super::gain::LaneGain;
use super::squares::{NEXT_TO_NOTHING, ROOT, SMALLEST_ROOT, is_fused};
use super::tile::LaneTile;
use crate::lanes::LANES;
use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f32x8, f32x16};
use std::ops::Range;

/// A number for the left side of every lane, and behind them for the right side of every lane.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Pairs(pub(crate) [f32; 2 * LANES]);

/// States below this, −240 dB where a full-scale sample is 2³⁰, are zero at the end of a tile.
const STATE_FLOOR: f32 = 1e-3;

/// States beyond this are of a signal that is broken, and begin anew.
const STATE_LIMIT: f32 = 1e37;

/// What a tile's sums of squares are held to.
const CEILING: f32 = 1e30;

/// The coefficients of both sections.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Weighting {
    /// b₁/b₀ − a₁ and b₂/b₀ − a₂ of the shelf.
    pub(crate) shelf_in: [f32; 2],
    /// −a₁ and −a₂ of the shelf.
    pub(crate) shelf_back: [f32; 2],
    /// 1 − c₁ − c₂ and −c₂ of the high-pass.
    pub(crate) high_pass: [f32; 2],
}

/// The states p, q, u, v.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightingState([Pairs; 4]);

/// What has been found in a part of a tile. Samples are in the scale whose squares are in the
/// [scale of squares](super::squares::SQUARE_SCALE): full scale is 2³⁰.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The largest magnitudes.
    pub(crate) tops: Pairs,
    /// Σ x² of even frames and of odd ones, so that a processor need not wait for the last sum.
    pub(crate) squares: [Pairs; 2],
    /// Σ y², without b₀².
    pub(crate) weighted: Pairs,
    /// Σ left·right.
    pub(crate) products: [f32; LANES],
}

impl Pairs {
    pub(crate) const ZERO: Self = Self([0.0; 2 * LANES]);

    pub(crate) const fn splat(value: f32) -> Self {
        Self([value; 2 * LANES])
    }

    /// Left and right of a lane.
    pub(crate) fn of(&self, lane: usize) -> [f32; 2] {
        [self.0[lane], self.0[lane + LANES]]
    }

    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> f32x16<S> {
        f32x16::load_array_ref(simd, &self.0)
    }

    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, values: f32x16<S>) {
        values.store_slice(&mut self.0);
    }
}

impl WeightingState {
    pub(crate) const ZERO: Self = Self([Pairs::ZERO; 4]);

    /// At the end of a tile: what has decayed is zero, and so is what is no number. Returns whether all is zero.
    #[inline(always)]
    pub(crate) fn settle<S: Simd>(&mut self, simd: S) -> bool {
        let zero = f32x16::splat(simd, 0.0);
        let mut loudest = zero;
        for state in &mut self.0 {
            let value = state.load(simd);
            let magnitude = value.abs();
            let heard = magnitude.simd_ge(f32x16::splat(simd, STATE_FLOOR));
            let sane = magnitude.simd_lt(f32x16::splat(simd, STATE_LIMIT));
            let kept = sane.select(heard.select(value, zero), zero);
            loudest = loudest.max(kept.abs());
            state.store(kept);
        }
        loudest.simd_eq(zero).all_true()
    }
}

impl Found {
    pub(crate) const NOTHING: Self = Self {
        tops: Pairs::ZERO,
        squares: [Pairs::splat(NEXT_TO_NOTHING); 2],
        weighted: Pairs::splat(NEXT_TO_NOTHING),
        products: [0.0; LANES],
    };

    /// Σ x² of all frames.
    #[inline(always)]
    pub(crate) fn all_squares<S: Simd>(&self, simd: S) -> f32x16<S> {
        self.squares[0].load(simd) + self.squares[1].load(simd)
    }
}

/// Measures some frames of a tile in the engine's scale, and adds what it finds. Frames are taken in order, one call after the other,
/// so that it does not matter where one call ends.
#[inline(never)]
pub(crate) fn weigh<S: Simd>(
    simd: S,
    [left, right]: &[LaneTile; 2],
    frames: Range<usize>,
    weighting: &Weighting,
    state: &mut WeightingState,
    found: &mut Found,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let ([in_1, in_2], [back_1, back_2], [keep, pull]) =
                (weighting.shelf_in, weighting.shelf_back, weighting.high_pass);
            let (keep, pull) = (f32x16::splat(simd, keep), f32x16::splat(simd, pull));
            let (back_1, back_2) = (f32x16::splat(simd, back_1), f32x16::splat(simd, back_2));
            let (in_1, in_2) = (f32x16::splat(simd, in_1), f32x16::splat(simd, in_2));
            let [p, q, u, v] = &mut state.0;
            let (mut p_now, mut q_now) = (p.load(simd), q.load(simd));
            let (mut u_now, mut v_now) = (u.load(simd), v.load(simd));
            let mut tops = found.tops.load(simd);
            let mut weighted = found.weighted.load(simd);
            // That of the present frame first.
            let (first, second) = (frames.start % 2, (frames.start + 1) % 2);
            let mut squares = [found.squares[first].load(simd), found.squares[second].load(simd)];
            let turns = frames.len() % 2;
            let mut products = f32x8::from_slice(simd, &found.products);
            let smallest = f32x16::splat(simd, SMALLEST_ROOT);
            for (left, right) in left.0[frames.clone()].iter().zip(&right.0[frames]) {
                let l = f32x8::from_slice(simd, left) * ROOT;
                let r = f32x8::from_slice(simd, right) * ROOT;
                products = l.mul_add(r, products);
                let x = simd.combine_f32x8(l, r);
                let magnitude = x.abs();
                tops = tops.max(magnitude);
                let root = if is_fused::<S>() { magnitude } else { magnitude.max(smallest) };
                squares = [squares[1], root.mul_add(root, squares[0])];
                let shelved = x + p_now;
                let p_in = x.mul_add(in_1, q_now);
                q_now = p_now.mul_add(back_2, x * in_2);
                p_now = p_now.mul_add(back_1, p_in);
                let u_next = u_now.mul_add(keep, v_now.mul_add(pull, shelved));
                v_now += u_now;
                let y = u_next - u_now;
                u_now = u_next;
                let root = if is_fused::<S>() { y } else { y.abs().max(smallest) };
                weighted = root.mul_add(root, weighted);
            }
            p.store(p_now);
            q.store(q_now);
            u.store(u_now);
            v.store(v_now);
            found.tops.store(tops);
            found.squares[first].store(squares[turns]);
            found.squares[second].store(squares[1 - turns]);
            found.weighted.store(weighted);
            products.store_slice(&mut found.products);
        },
    );
}

/// Finds peaks and squares of a whole tile, to the same bits as [`weigh`], and nothing else.
#[inline(never)]
pub(crate) fn tally<S: Simd>(simd: S, [left, right]: &[LaneTile; 2], found: &mut Found) {
    simd.vectorize(
        #[inline(always)]
        || {
            let mut tops = [found.tops.load(simd), f32x16::splat(simd, 0.0)];
            let mut squares = [found.squares[0].load(simd), found.squares[1].load(simd)];
            let smallest = f32x16::splat(simd, SMALLEST_ROOT);
            let both = left.0.as_chunks::<2>().0.iter().zip(right.0.as_chunks::<2>().0);
            for (left, right) in both {
                for parity in 0..2 {
                    let l = f32x8::from_slice(simd, &left[parity]) * ROOT;
                    let r = f32x8::from_slice(simd, &right[parity]) * ROOT;
                    let magnitude = simd.combine_f32x8(l, r).abs();
                    tops[parity] = tops[parity].max(magnitude);
                    let root = if is_fused::<S>() { magnitude } else { magnitude.max(smallest) };
                    squares[parity] = root.mul_add(root, squares[parity]);
                }
            }
            found.tops.store(tops[0].max(tops[1]));
            found.squares[0].store(squares[0]);
            found.squares[1].store(squares[1]);
        },
    );
}

/// Puts `n` frames behind a gain, into another tile from `at` on, and tells the largest magnitudes, where full scale is 2³⁰.
#[inline(never)]
pub(crate) fn put_behind<S: Simd>(
    simd: S,
    gain: LaneGain<'_>,
    tiles: &[LaneTile; 2],
    to: &mut [LaneTile; 2],
    at: usize,
    n: usize,
) -> Pairs {
    let mut found = Pairs::ZERO;
    simd.vectorize(
        #[inline(always)]
        || {
            for (side, (tile, to)) in tiles.iter().zip(to).enumerate() {
                let mut tops = f32x8::splat(simd, 0.0);
                for (idx, (frame, to)) in tile.0[..n].iter().zip(&mut to.0[at..]).enumerate() {
                    let gain = match gain {
                        LaneGain::Still(gain) => f32x8::from_slice(simd, gain.lanes()),
                        LaneGain::Moving(gains) => f32x8::from_slice(simd, &gains.0[idx]),
                    };
                    let behind = f32x8::from_slice(simd, frame) * gain;
                    tops = tops.max(behind.abs());
                    behind.store_slice(to);
                }
                (tops * ROOT).store_slice(&mut found.0[side * LANES..][..LANES]);
            }
        },
    );
    found
}

/// sums ← keep·sums + squares, held to what is finite, and zero where that is less than `floor`.
#[inline(always)]
pub(crate) fn remember_pairs<S: Simd>(simd: S, sums: &mut Pairs, squares: f32x16<S>, keep: f32, floor: f32) {
    let next = sums.load(simd).mul_add(f32x16::splat(simd, keep), held(simd, squares));
    let is_nothing = next.simd_lt(f32x16::splat(simd, floor));
    sums.store(is_nothing.select(f32x16::splat(simd, 0.0), next));
}

/// The same of products, whose magnitude it is that counts.
#[inline(always)]
pub(crate) fn remember_products<S: Simd>(
    simd: S,
    sums: &mut [f32; LANES],
    products: &[f32; LANES],
    keep: f32,
    floor: f32,
) {
    let zero = f32x8::splat(simd, 0.0);
    let new = f32x8::from_slice(simd, products);
    let new = new.abs().simd_lt(f32x8::splat(simd, CEILING)).select(new, zero);
    let next = f32x8::from_slice(simd, sums).mul_add(f32x8::splat(simd, keep), new);
    next.abs().simd_lt(f32x8::splat(simd, floor)).select(zero, next).store_slice(sums);
}

/// total ← total + squares, held to what is finite.
#[inline(always)]
pub(crate) fn add_held<S: Simd>(simd: S, total: &mut Pairs, squares: &Pairs) {
    total.store(total.load(simd) + held(simd, squares.load(simd)));
}

#[inline(always)]
fn held<S: Simd>(simd: S, squares: f32x16<S>) -> f32x16<S> {
    let ceiling = f32x16::splat(simd, CEILING);
    squares.simd_lt(ceiling).select(squares, ceiling)
}

#[cfg(test)]
mod tests;
