//! The meter of a tap of eight strips side by side.
//!
//! A gain behind the tap does not need to be in the samples while it stands still: it is brought in at the end, g·max |x| and
//! g²·Σ x². Which samples count as behind a gain that moves is decided by the tile: all from the moment on at which it moved.
//! No ramp is shorter than a tile, so that no cut changes which these are.

use super::Memory;
use crate::lanes::{LANES, unscale};
use crate::meters::Level;
use crate::ramp::LaneRamp;
use crate::simd::{LaneGain, LaneSquares, LaneTile, SQUARE_SCALE, measure_part, measure_tile};
use crate::stages::Segment;
use fearless_simd::{Simd, SimdBase, f32x8};

/// The meter of a tap of a group of strips.
#[derive(Debug)]
pub(crate) struct LaneMeter {
    memory: Memory,
    mean_squares: [[f32; LANES]; 2],
    /// In the engine's scale.
    largest: [[f32; LANES]; 2],
    /// Whether any mean square is not zero, or the present tile is not.
    rings: bool,
    part: LanePart,
}

/// A tile that is not complete yet.
#[derive(Debug)]
struct LanePart {
    /// Whether there are any squares in here.
    is_used: bool,
    /// What came while the gain stood where it was when the tile began; without the gain.
    still: [LaneSquares; 2],
    /// The gain when the tile began.
    gain: [f32; LANES],
    /// What came from the first moment on at which the gain moved; with the gain.
    moved: [LaneSquares; 2],
    has_moved: bool,
}

impl LaneMeter {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::at(48_000.0),
            mean_squares: [[0.0; LANES]; 2],
            largest: [[0.0; LANES]; 2],
            rings: false,
            part: LanePart::new(),
        }
    }

    pub(crate) fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        *self = Self { memory: self.memory, ..Self::new() };
    }

    /// A block begins: peaks begin anew.
    pub(crate) fn begin_block(&mut self) {
        self.largest = [[0.0; LANES]; 2];
    }

    /// A tile of the absolute grid begins, with a gain that may move.
    pub(crate) fn begin_tile(&mut self, gain: &LaneRamp) {
        self.part.gain.copy_from_slice(gain.target().lanes());
        self.part.has_moved = !gain.is_settled();
    }

    /// What a lane's strip reads.
    pub(crate) fn level(&self, lane: usize) -> Level {
        Level {
            peak: self.largest.map(|largest| unscale(largest[lane])),
            mean_square: self.mean_squares.map(|mean_squares| mean_squares[lane] / SQUARE_SCALE),
        }
    }

    /// A segment of silence. At rest it costs nothing, and else it is as if zeros were measured.
    pub(crate) fn pass_silence<S: Simd>(&mut self, simd: S, segment: Segment) {
        if self.rings && segment.ends_tile {
            self.end_tile(simd);
            self.rings = self.mean_squares != [[0.0; LANES]; 2];
        }
    }

    /// Measures a segment.
    pub(crate) fn measure<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], segment: Segment) {
        self.rings = true;
        if segment.is_whole_tile() {
            self.measure_tile(simd, tiles, false);
        } else {
            self.measure_part(simd, tiles, None, segment);
        }
    }

    /// Measures a segment behind a gain, which it takes that much further. `room` is where the gain lies while it moves.
    pub(crate) fn measure_behind<S: Simd>(
        &mut self,
        simd: S,
        tiles: &[LaneTile; 2],
        gain: &mut LaneRamp,
        room: &mut LaneTile,
        segment: Segment,
    ) {
        if gain.is_settled_at(0.0) && !self.part.has_moved {
            return self.pass_silence(simd, segment);
        }
        self.rings = true;
        self.part.has_moved |= !gain.is_settled();
        if self.part.has_moved {
            let gain = gain.advance(simd, room, segment.n);
            self.measure_part(simd, tiles, Some(gain), segment);
        } else if segment.is_whole_tile() {
            self.measure_tile(simd, tiles, true);
        } else {
            self.measure_part(simd, tiles, None, segment);
        }
    }

    fn measure_tile<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], is_behind_gain: bool) {
        let Self { memory, mean_squares, largest, part, .. } = self;
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, mean_squares), largest) in tiles.iter().zip(mean_squares).zip(largest) {
                    let (mut tops, mut sums) = measure_tile(simd, tile);
                    if is_behind_gain {
                        let gain = f32x8::from_slice(simd, &part.gain);
                        tops *= gain;
                        sums *= gain * gain;
                    }
                    tops.max(f32x8::from_slice(simd, largest)).store_slice(largest);
                    memory.lanes_after(simd, mean_squares, sums);
                }
            },
        );
    }

    fn measure_part<S: Simd>(
        &mut self,
        simd: S,
        tiles: &[LaneTile; 2],
        gain: Option<LaneGain<'_>>,
        segment: Segment,
    ) {
        let Self { largest, part, .. } = self;
        part.is_used = true;
        let squares = if gain.is_some() { &mut part.moved } else { &mut part.still };
        let behind = if gain.is_some() { [1.0; LANES] } else { part.gain };
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, squares), largest) in tiles.iter().zip(squares).zip(largest) {
                    let tops = measure_part(simd, tile, gain.as_ref(), segment.at, segment.n, squares);
                    let tops = tops * f32x8::from_slice(simd, &behind);
                    tops.max(f32x8::from_slice(simd, largest)).store_slice(largest);
                }
            },
        );
        if segment.ends_tile {
            self.end_tile(simd);
        }
    }

    /// At the end of a tile that was cut, or silent.
    fn end_tile<S: Simd>(&mut self, simd: S) {
        let Self { memory, mean_squares, part, .. } = self;
        simd.vectorize(
            #[inline(always)]
            || {
                let gain = f32x8::from_slice(simd, &part.gain);
                for ((mean_squares, still), moved) in
                    mean_squares.iter_mut().zip(&part.still).zip(&part.moved)
                {
                    let sums = still.held_sum(simd) * (gain * gain) + moved.held_sum(simd);
                    memory.lanes_after(simd, mean_squares, sums);
                }
            },
        );
        if part.is_used {
            *part = LanePart { gain: part.gain, ..LanePart::new() };
        }
    }
}

impl LanePart {
    fn new() -> Self {
        Self {
            is_used: false,
            still: [LaneSquares::NONE; 2],
            gain: [1.0; LANES],
            moved: [LaneSquares::NONE; 2],
            has_moved: false,
        }
    }
}
