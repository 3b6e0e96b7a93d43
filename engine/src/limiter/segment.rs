//! One tile's way through the stages.

use super::Limiter;
use super::gain::Gain;
use super::history::History;
use super::samples::{give, take, whole};
use super::vector::{Frames, Tile, WIDTH, frames, larger};
use crate::lanes::TILE_FRAMES;
use fearless_simd::{Simd, SimdBase, SimdMask, f32x16};
use std::ops::Range;

/// What was seen of a whole tile before its turn.
pub(super) struct Seen<S: Simd> {
    inputs: [Tile<S>; 2],
    peaks: [Tile<S>; 2],
}

impl Limiter {
    /// The frames of one tile that came now, and what was seen of them ahead. Gives what is seen of the `next` tile.
    ///
    /// A tile's gain is a row of steps of which each waits for the one before. Meanwhile processors look for the peaks
    /// of the next tile, if they are told to in time.
    #[inline(always)]
    pub(super) fn segment<S: Simd>(
        &mut self,
        simd: S,
        [left, right]: [&mut [f32]; 2],
        range: Range<usize>,
        seen: Option<Seen<S>>,
        next: Option<[&Frames; 2]>,
    ) -> Option<Seen<S>> {
        let ends_tile = range.end == TILE_FRAMES;
        let inputs = match &seen {
            Some(seen) => seen.inputs,
            None => [
                take(simd, left, &mut self.input[0], range.clone()),
                take(simd, right, &mut self.input[1], range.clone()),
            ],
        };
        self.delay[0].write(&frames(inputs[0]));
        self.delay[1].write(&frames(inputs[1]));
        let mut seen_next = None;
        if self.is_asleep() {
            for (side, delay) in [left, right].into_iter().zip(&self.delay) {
                side.copy_from_slice(&delay.delayed(self.latency)[range.clone()]);
            }
            if ends_tile && self.latency > 0 {
                self.detector.skip(simd, &inputs);
            }
        } else {
            let peaks = match seen {
                Some(seen) => seen.peaks,
                None => self.detector.run(simd, &inputs, ends_tile),
            };
            // Where a vector takes several registers, there are none left for that.
            let looks_ahead = const { <S::f32s as SimdBase<S>>::LEN == WIDTH };
            if let (true, true, Some([left, right])) = (looks_ahead, ends_tile, next) {
                let inputs = [whole(simd, left), whole(simd, right)];
                seen_next = Some(Seen { inputs, peaks: self.detector.run(simd, &inputs, true) });
            }
            let gains = self.run_gains(simd, inputs, peaks, ends_tile);
            give(simd, self.delay[0].delayed(self.latency), gains[0], left, range.clone());
            give(simd, self.delay[1].delayed(self.latency), gains[1], right, range.clone());
            self.count_smallest(simd, gains, range);
        }
        if ends_tile {
            self.delay.iter_mut().for_each(History::advance);
        }
        seen_next
    }

    /// The gains of both sides over the present tile.
    #[inline(always)]
    fn run_gains<S: Simd>(
        &mut self,
        simd: S,
        inputs: [Tile<S>; 2],
        [mut left, mut right]: [Tile<S>; 2],
        ends_tile: bool,
    ) -> [Tile<S>; 2] {
        if self.latency == 0 {
            // Nothing is delayed: a sample has to be met when it comes.
            left = larger(left, [inputs[0][0].abs(), inputs[0][1].abs()]);
            right = larger(right, [inputs[1][0].abs(), inputs[1][1].abs()]);
        }
        let (reductions, needed) = if self.controls.link == 1.0 {
            let both = self.reductions(simd, larger(left, right));
            ([both, both], both)
        } else {
            let (left, right) = (self.reductions(simd, left), self.reductions(simd, right));
            let both = larger(left, right);
            let link = self.controls.link;
            ([linked(left, both, link), linked(right, both, link)], both)
        };
        let is_mono = self.is_mono();
        let [first, second] = &mut self.gains;
        let left = first.run(simd, reductions[0], &self.decay, ends_tile);
        let right = if is_mono { left } else { second.run(simd, reductions[1], &self.decay, ends_tile) };
        if ends_tile {
            self.end_tile(simd, needed);
        }
        if self.blends {
            let amounts = [self.amounts[0].load(simd), self.amounts[1].load(simd)];
            return [blended(simd, amounts, left), blended(simd, amounts, right)];
        }
        [left, right]
    }

    /// d = max(0, p − c)/max(p, c), which is 1 − c/p where p is over c; nothing while nobody hears it.
    #[inline(always)]
    fn reductions<S: Simd>(&self, simd: S, peaks: Tile<S>) -> Tile<S> {
        let ceilings = [self.ceilings[0].load(simd), self.ceilings[1].load(simd)];
        let zero = f32x16::splat(simd, 0.0);
        if self.is_unheard {
            return [zero; 2];
        }
        [
            (peaks[0] - ceilings[0]).max(zero) / peaks[0].max(ceilings[0]),
            (peaks[1] - ceilings[1]).max(zero) / peaks[1].max(ceilings[1]),
        ]
    }

    /// Counts what makes tiles cheaper.
    #[inline(always)]
    fn end_tile<S: Simd>(&mut self, simd: S, needed: Tile<S>) {
        if self.controls.link == 1.0 {
            if !self.is_mono() {
                let [left, right] = &mut self.gains;
                Gain::join(left, right);
            }
            self.linked_tiles = self.linked_tiles.saturating_add(1);
        } else {
            self.linked_tiles = 0;
        }
        let is_idle = self.gains.iter().all(Gain::is_released)
            && !needed[0].max(needed[1]).simd_gt(f32x16::splat(simd, 0.0)).any_true();
        self.idle_tiles = if is_idle { self.idle_tiles.saturating_add(1) } else { 0 };
    }

    /// Takes the gains of `range` to the block's smallest.
    #[inline(always)]
    fn count_smallest<S: Simd>(&mut self, simd: S, [left, right]: [Tile<S>; 2], range: Range<usize>) {
        let both = [left[0].min(right[0]), left[1].min(right[1])];
        if range.len() == TILE_FRAMES {
            let smallest = self.smallest_gains.load(simd);
            self.smallest_gains.store(smallest.min(both[0].min(both[1])));
        } else {
            let smallest = frames(both)[range].iter().copied().fold(1.0, f32::min);
            self.smallest_gains.0[0] = self.smallest_gains.0[0].min(smallest);
        }
    }
}

/// A side's reductions, with its share in those of both.
#[inline(always)]
fn linked<S: Simd>(own: Tile<S>, both: Tile<S>, link: f32) -> Tile<S> {
    larger(own, [both[0] * link + own[0] * (1.0 - link), both[1] * link + own[1] * (1.0 - link)])
}

/// g = (1 − a) + a·gain: exactly 1 at a = 0, exactly the gain at a = 1.
#[inline(always)]
fn blended<S: Simd>(simd: S, amounts: Tile<S>, gains: Tile<S>) -> Tile<S> {
    let one = f32x16::splat(simd, 1.0);
    [(one - amounts[0]) + amounts[0] * gains[0], (one - amounts[1]) + amounts[1] * gains[1]]
}
