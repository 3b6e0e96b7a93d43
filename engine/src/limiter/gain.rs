//! The gain of one side: hold, release, smoothing, with lengths that fit together.
//!
//! With Λ frames of lookahead and a guard of G frames, the two boxes reach over K = Λ − G frames and the hold over W
//! = K + 2·G + 1. The gain then stands at its target for all samples from G before a peak's frame to G + 1 behind it:
//! a peak between samples is made of its neighbours, and those that make most of it are all reduced alike.

use super::hold::{Decay, Hold};
use super::smooth::Smoother;
use super::vector::Tile;
use crate::lanes::TILE_FRAMES;
use fearless_simd::Simd;

/// Samples on either side of a peak that get the peak's own gain.
pub(super) const GUARD_FRAMES: usize = 3;

/// The gain of one side.
#[derive(Clone, Debug)]
pub(super) struct Gain {
    hold: Hold,
    smoother: Smoother,
    memory_tiles: usize,
}

impl Gain {
    pub(super) fn new(lookahead_frames: usize) -> Self {
        let smoothed = lookahead_frames.saturating_sub(GUARD_FRAMES).max(1);
        let window = smoothed + 2 * GUARD_FRAMES + 1;
        // More than the hold's window reaches back, both boxes, and the tiles that these begin and end in.
        let memory_tiles = (2 * window + smoothed) / TILE_FRAMES + 4;
        Self { hold: Hold::new(window), smoother: Smoother::new(smoothed), memory_tiles }
    }

    /// Tiles after which nothing is left of what was before them.
    pub(super) fn memory_tiles(&self) -> usize {
        self.memory_tiles
    }

    pub(super) fn clear(&mut self) {
        self.hold.clear();
        self.smoother.clear();
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.hold.copy_from(&other.hold);
        self.smoother.copy_from(&other.smoother);
    }

    /// The gains of a tile. Only one that `ends_tile` leaves a trace.
    #[inline(never)]
    pub(super) fn run<S: Simd>(
        &mut self,
        simd: S,
        reductions: Tile<S>,
        decay: &Decay,
        ends_tile: bool,
    ) -> Tile<S> {
        simd.vectorize(
            #[inline(always)]
            || {
                let held = self.hold.run(simd, reductions, decay, ends_tile);
                self.smoother.run(simd, held, ends_tile)
            },
        )
    }

    /// Whether nothing is held or released any more.
    pub(super) fn is_released(&self) -> bool {
        self.hold.held() == 0.0
    }

    /// Lets both go on from the larger reduction: linked sides are to become equal.
    pub(super) fn join(left: &mut Self, right: &mut Self) {
        left.hold.raise(right.hold.held());
        right.hold.raise(left.hold.held());
    }
}
