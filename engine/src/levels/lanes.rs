//! The meter of a tap of eight strips side by side.
//!
//! A gain behind the tap does not need to be in the samples while it stands still: it is brought in at the end, g·max |x| and
//! g²·Σ x². Which samples count as behind a gain that moves is decided by the tile: all from the moment on at which it moved.
//! No ramp is shorter than a tile, so that no cut changes which these are.

use super::Memory;
use crate::lanes::{LANES, unscale};
use crate::meters::Level;
use crate::ramp::LaneRamp;
use crate::simd::{LaneColumns, LaneGain, LaneTile, N_COLUMNS, PerLane, measure_part, measure_tile};
use crate::stages::Segment;
use fearless_simd::Simd;

/// Gains of 1.
const UNITY: PerLane = PerLane::splat(1.0);

/// The largest magnitudes of both sides that somebody else has found already, as the bits of finite samples before they were scaled.
pub(crate) type KnownPeaks = [[u32; LANES]; 2];

/// The meter of a tap of a group of strips.
#[derive(Debug)]
pub(crate) struct LaneMeter {
    memory: Memory,
    /// What is remembered of squares.
    sums: [LaneColumns; 2],
    /// In the engine's scale, since the block began.
    tops: [LaneColumns; 2],
    /// Whether the block has brought no tops yet, and those above are of the one before.
    is_new_block: bool,
    /// Whether any sum is not zero, or the present tile is not.
    rings: bool,
    part: LanePart,
}

/// A tile that is not complete yet.
#[derive(Debug)]
struct LanePart {
    /// What came while the gain stood where it was when the tile began; without the gain.
    still: [LaneColumns; 2],
    /// The gain when the tile began.
    gain: PerLane,
    /// What came from the first moment on at which the gain moved; with the gain.
    moved: [LaneColumns; 2],
    has_moved: bool,
}

impl LaneMeter {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::at(48_000.0),
            sums: [LaneColumns::ZERO; 2],
            tops: [LaneColumns::ZERO; 2],
            is_new_block: true,
            rings: false,
            part: LanePart::new(UNITY),
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
        self.is_new_block = true;
    }

    /// A tile of the absolute grid begins, with a gain that may move.
    pub(crate) fn begin_tile(&mut self, gain: &LaneRamp) {
        self.part.gain.clone_from(gain.target());
        self.part.has_moved = !gain.is_settled();
    }

    /// What a lane's strip reads.
    pub(crate) fn level(&self, lane: usize) -> Level {
        let peak = |tops: &LaneColumns| if self.is_new_block { 0.0 } else { unscale(tops.largest(lane)) };
        Level {
            peak: self.tops.each_ref().map(peak),
            mean_square: self.sums.each_ref().map(|sums| sums.sum(lane) * self.memory.mean),
        }
    }

    /// A segment of silence. At rest it costs nothing, and else it is as if zeros were measured.
    pub(crate) fn pass_silence<S: Simd>(&mut self, simd: S, segment: Segment) {
        if self.rings && segment.ends_tile {
            self.end_tile(simd);
            self.rings = self.sums != [LaneColumns::ZERO; 2];
        }
    }

    /// Measures a segment, of which peaks may be known.
    pub(crate) fn measure<S: Simd>(
        &mut self,
        simd: S,
        tiles: &[LaneTile; 2],
        peaks: Option<&KnownPeaks>,
        segment: Segment,
    ) {
        self.begin();
        match peaks {
            Some(peaks) if segment.is_whole_tile() => {
                let tops = &mut self.tops;
                simd.vectorize(
                    #[inline(always)]
                    || {
                        for (tops, peaks) in tops.iter_mut().zip(peaks) {
                            tops.raise_to_bits(simd, peaks);
                        }
                    },
                );
                self.measure_tile::<S, false>(simd, tiles, &UNITY);
            }
            _ if segment.is_whole_tile() => self.measure_tile::<S, true>(simd, tiles, &UNITY),
            _ => self.measure_part(simd, tiles, None, segment),
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
        self.begin();
        self.part.has_moved |= !gain.is_settled();
        if self.part.has_moved {
            let gain = gain.advance(simd, room, segment.n);
            self.measure_part(simd, tiles, Some(gain), segment);
        } else if segment.is_whole_tile() {
            self.measure_tile::<S, true>(simd, tiles, gain.target());
        } else {
            self.measure_part(simd, tiles, None, segment);
        }
    }

    /// There is something to measure.
    fn begin(&mut self) {
        self.rings = true;
        if std::mem::take(&mut self.is_new_block) {
            self.tops = [LaneColumns::ZERO; 2];
        }
    }

    fn measure_tile<S: Simd, const PEAKS: bool>(&mut self, simd: S, tiles: &[LaneTile; 2], gain: &PerLane) {
        let Self { memory, sums, tops, .. } = self;
        let floor = memory.floor_of(N_COLUMNS);
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, sums), tops) in tiles.iter().zip(sums).zip(tops) {
                    let (mut found, mut squares) = (LaneColumns::ZERO, LaneColumns::ZERO);
                    measure_tile::<S, PEAKS>(simd, tile, &mut found, &mut squares);
                    if PEAKS {
                        tops.raise(simd, &found, gain);
                    }
                    sums.remember(simd, &squares, gain, memory.keep, floor);
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
        let Self { tops, part, .. } = self;
        let (squares, behind) = match gain {
            Some(_) => (&mut part.moved, &UNITY),
            None => (&mut part.still, &part.gain),
        };
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, squares), tops) in tiles.iter().zip(squares).zip(tops) {
                    let mut found = LaneColumns::ZERO;
                    measure_part(simd, tile, gain.as_ref(), segment.at, segment.n, &mut found, squares);
                    tops.raise(simd, &found, behind);
                }
            },
        );
        if segment.ends_tile {
            self.end_tile(simd);
        }
    }

    /// At the end of a tile that was cut, or silent.
    fn end_tile<S: Simd>(&mut self, simd: S) {
        let Self { memory, sums, part, .. } = self;
        let floor = memory.floor_of(N_COLUMNS);
        simd.vectorize(
            #[inline(always)]
            || {
                for ((sums, still), moved) in sums.iter_mut().zip(&mut part.still).zip(&part.moved) {
                    still.join(simd, &part.gain, moved);
                    sums.remember(simd, still, &UNITY, memory.keep, floor);
                }
            },
        );
        *part = LanePart::new(part.gain.clone());
    }
}

impl LanePart {
    fn new(gain: PerLane) -> Self {
        Self {
            still: [LaneColumns::NO_SQUARES; 2],
            gain,
            moved: [LaneColumns::NO_SQUARES; 2],
            has_moved: false,
        }
    }
}
