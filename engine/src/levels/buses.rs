//! The meters of groups and master, side by side as if they were strips.

use super::tap::Tap;
use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use crate::loudness::Loudness;
use crate::meters::Level;
use crate::settings::{Ballistics, N_GROUPS};
use crate::simd::{LaneTile, Pairs, ROOT, larger, transpose};
use crate::stages::Segment;
use fearless_simd::Simd;

/// The lane of the master, behind those of the groups.
pub(crate) const MASTER_LANE: usize = N_GROUPS;

/// The meters of all buses.
#[derive(Debug)]
pub(crate) struct BusTaps {
    tap: Tap,
    /// The present tile in the engine's scale, by `[side][lane][frame]`.
    rows: Box<[[[f32; TILE_FRAMES]; LANES]; 2]>,
    tiles: Box<[LaneTile; 2]>,
    /// Lanes that had something to say in this tile. Bit = lane.
    written: u32,
}

impl BusTaps {
    /// Of silence. Allocates.
    pub(crate) fn new() -> Self {
        Self {
            tap: Tap::new(),
            rows: Box::new([[[0.0; TILE_FRAMES]; LANES]; 2]),
            tiles: Box::new([LaneTile::ZERO; 2]),
            written: 0,
        }
    }

    /// Takes a sample rate, and forgets everything that was heard.
    pub(crate) fn set_rate(&mut self, sample_rate_hz: f64) {
        self.tap.set_rate(sample_rate_hz);
        self.clear();
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.tap.reset();
        self.clear();
    }

    /// Begins anew with what belongs to a programme.
    pub(crate) fn restart(&mut self) {
        self.tap.restart();
    }

    /// What needles follow from the next tile on.
    pub(crate) fn set_ballistics(&mut self, ballistics: Ballistics) {
        self.tap.set_ballistics(ballistics);
    }

    /// Whether true peak, loudness and correlation are measured.
    pub(crate) fn set_measures_loudness(&mut self, measures: bool) {
        self.tap.set_measures_loudness(measures);
    }

    /// A block begins: peaks begin anew.
    pub(crate) fn begin_block(&mut self) {
        self.tap.begin_block();
    }

    pub(crate) fn level(&self, lane: usize) -> Level {
        self.tap.level(lane)
    }

    pub(crate) fn loudness(&self, lane: usize) -> Loudness {
        self.tap.loudness(lane)
    }

    pub(crate) fn needle(&self, lane: usize) -> [f32; 2] {
        self.tap.needle(lane)
    }

    /// Takes a group's segment, which is in the engine's scale.
    #[inline(always)]
    pub(crate) fn take_group(&mut self, group_idx: usize, sides: &[[f32; TILE_FRAMES]; 2], segment: Segment) {
        self.take(group_idx, sides.each_ref().map(|side| &side[..segment.n]), 1.0, segment);
    }

    /// Takes what leaves.
    #[inline(always)]
    pub(crate) fn take_master(&mut self, sides: [&[f32]; 2], segment: Segment) {
        if sides.iter().any(|side| side.iter().fold(0, |bits, sample| bits | sample.to_bits() << 1) != 0) {
            self.take(MASTER_LANE, sides, FULL_SCALE, segment);
        }
    }

    #[inline(always)]
    fn take(&mut self, lane: usize, sides: [&[f32]; 2], scale: f32, segment: Segment) {
        self.written |= 1 << lane;
        let mut tops = [0.0; 2];
        for ((rows, side), top) in self.rows.iter_mut().zip(sides).zip(&mut tops) {
            let row = &mut rows[lane][segment.at..segment.at + segment.n];
            for (to, sample) in row.iter_mut().zip(side) {
                *to = sample * scale;
            }
            if !segment.is_whole_tile() {
                *top = row.iter().fold(0.0, |top, sample| larger(sample.abs(), top)) * ROOT;
            }
        }
        if !segment.is_whole_tile() {
            let mut raised = Pairs::ZERO;
            [raised.0[lane], raised.0[lane + LANES]] = tops;
            self.tap.raise(&raised);
        }
    }

    /// All buses have been taken.
    pub(crate) fn end_segment<S: Simd>(&mut self, simd: S, segment: Segment) {
        if !segment.ends_tile {
            return;
        }
        if self.written == 0 {
            return self.tap.pass_silence(simd, segment);
        }
        let [left, right] = &mut *self.tiles;
        simd.vectorize(
            #[inline(always)]
            || {
                transpose(simd, self.rows[0].each_ref(), left);
                transpose(simd, self.rows[1].each_ref(), right);
            },
        );
        self.tap.measure(simd, &self.tiles, segment.is_whole_tile());
        self.clear();
    }

    fn clear(&mut self) {
        for lane in crate::lanes::lanes_of(std::mem::take(&mut self.written)) {
            self.rows.iter_mut().for_each(|rows| rows[lane].fill(0.0));
        }
    }
}
