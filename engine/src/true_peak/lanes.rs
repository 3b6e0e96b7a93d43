//! The true peaks of a tap of eight strips.
//!
//! Most tiles are not loud enough to hold a new largest peak, and are only remembered by their last samples. A lane that may be is taken
//! out of the tile, and computed along time.

use super::{LARGEST_GAIN, above};
use crate::lanes::{LANES, TILE_FRAMES};
use crate::simd::{LaneTile, PAST_FRAMES, Pairs, ROOT, WINDOW_FRAMES, between_lanes, larger};
use fearless_simd::{Select, Simd, SimdBase, SimdMask, f32x8, f32x16};

/// A largest magnitude is held to this, where full scale is 2³⁰: far beyond all music, and finite.
const CEILING: f32 = 1e30;

/// From as many lanes on, all of them are computed side by side: about what that costs in lanes computed one by one.
const MANY: usize = 4;

/// The largest magnitudes so far, and the samples that reach into the next tile.
#[derive(Clone, Debug)]
pub(crate) struct LanePeaks {
    /// The last samples of both sides, by `[side][frame][lane]`.
    past: [[[f32; LANES]; PAST_FRAMES]; 2],
    /// The largest magnitudes of those, where full scale is 2³⁰.
    past_tops: Pairs,
    largest: Pairs,
}

impl LanePeaks {
    pub(crate) const ZERO: Self =
        Self { past: [[[0.0; LANES]; PAST_FRAMES]; 2], past_tops: Pairs::ZERO, largest: Pairs::ZERO };

    /// The largest of a lane's sides, where full scale is 2³⁰.
    pub(crate) fn of(&self, lane: usize) -> [f32; 2] {
        self.largest.of(lane)
    }

    /// Begins anew; what was heard last still counts for what lies between it and what comes.
    pub(crate) fn restart(&mut self) {
        self.largest = Pairs::ZERO;
    }

    /// Whether nothing of the past reaches into what comes.
    pub(crate) fn is_silent(&self) -> bool {
        self.past_tops == Pairs::ZERO
    }

    /// Takes a tile in the engine's scale, whose largest magnitudes are known where full scale is 2³⁰.
    #[inline(always)]
    pub(crate) fn take<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], tops: &Pairs) {
        let tops = tops.load(simd);
        let ceiling = f32x16::splat(simd, CEILING);
        let tops = tops.simd_lt(ceiling).select(tops, ceiling);
        let largest = self.largest.load(simd).max(tops);
        self.largest.store(largest);
        let bound = tops.max(self.past_tops.load(simd)) * LARGEST_GAIN;
        let may_be_larger = bound.simd_gt(largest);
        if may_be_larger.any_true() {
            let mut bounds = Pairs::ZERO;
            bounds.store(bound);
            self.look_between(simd, tiles, &bounds);
        }
        self.remember(simd, tiles);
    }

    #[inline(never)]
    fn look_between<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], bounds: &Pairs) {
        simd.vectorize(
            #[inline(always)]
            || {
                let n_louder =
                    bounds.0.iter().zip(&self.largest.0).filter(|(bound, top)| bound > top).count();
                if n_louder >= MANY {
                    let found = between_lanes(simd, &self.past, tiles);
                    for (largest, found) in self.largest.0.iter_mut().zip(found.0) {
                        let between = found * ROOT;
                        if between < CEILING {
                            *largest = larger(between, *largest);
                        }
                    }
                    return;
                }
                let mut window = [0.0; WINDOW_FRAMES];
                for (idx, bound) in bounds.0.iter().enumerate() {
                    let largest = self.largest.0[idx];
                    if *bound <= largest {
                        continue;
                    }
                    let (side, lane) = (idx / LANES, idx % LANES);
                    let frames = self.past[side].iter().chain(&tiles[side].0);
                    for (sample, frame) in window.iter_mut().zip(frames) {
                        *sample = frame[lane] * ROOT;
                    }
                    if let Some(between) = above(simd, &window, largest)
                        && between < CEILING
                    {
                        self.largest.0[idx] = larger(between, largest);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn remember<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2]) {
        for (side, (past, tile)) in self.past.iter_mut().zip(tiles).enumerate() {
            let mut tops = f32x8::splat(simd, 0.0);
            for (past, frame) in past.iter_mut().zip(&tile.0[TILE_FRAMES - PAST_FRAMES..]) {
                let frame = f32x8::from_slice(simd, frame);
                tops = tops.max(frame.abs());
                frame.store_slice(past);
            }
            (tops * ROOT).store_slice(&mut self.past_tops.0[side * LANES..][..LANES]);
        }
    }
}

#[cfg(test)]
mod tests;
