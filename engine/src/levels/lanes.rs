//! The meter of the inputs of eight strips side by side: peak and mean square.

use super::Memory;
use crate::lanes::{LANES, unscale};
use crate::meters::Level;
use crate::simd::{LaneColumns, LaneTile, N_COLUMNS, measure_part, measure_tile};
use crate::stages::Segment;
use fearless_simd::Simd;

/// The largest magnitudes of both sides that somebody else has found already, as the bits of finite samples before they were scaled.
pub(crate) type KnownPeaks = [[u32; LANES]; 2];

/// The meter of the inputs of a group of strips.
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
    /// Squares of a tile that is not complete yet.
    part: [LaneColumns; 2],
}

impl LaneMeter {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::at(48_000.0),
            sums: [LaneColumns::ZERO; 2],
            tops: [LaneColumns::ZERO; 2],
            is_new_block: true,
            rings: false,
            part: [LaneColumns::NO_SQUARES; 2],
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
                self.measure_tile::<S, false>(simd, tiles);
            }
            _ if segment.is_whole_tile() => self.measure_tile::<S, true>(simd, tiles),
            _ => self.measure_part(simd, tiles, segment),
        }
    }

    /// There is something to measure.
    fn begin(&mut self) {
        self.rings = true;
        if std::mem::take(&mut self.is_new_block) {
            self.tops = [LaneColumns::ZERO; 2];
        }
    }

    fn measure_tile<S: Simd, const PEAKS: bool>(&mut self, simd: S, tiles: &[LaneTile; 2]) {
        let Self { memory, sums, tops, .. } = self;
        let floor = memory.floor_of(N_COLUMNS);
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, sums), tops) in tiles.iter().zip(sums).zip(tops) {
                    let (mut found, mut squares) = (LaneColumns::ZERO, LaneColumns::ZERO);
                    measure_tile::<S, PEAKS>(simd, tile, &mut found, &mut squares);
                    if PEAKS {
                        tops.raise(simd, &found);
                    }
                    sums.remember(simd, &squares, memory.keep, floor);
                }
            },
        );
    }

    fn measure_part<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], segment: Segment) {
        let Self { tops, part, .. } = self;
        simd.vectorize(
            #[inline(always)]
            || {
                for ((tile, squares), tops) in tiles.iter().zip(part).zip(tops) {
                    let mut found = LaneColumns::ZERO;
                    measure_part(simd, tile, segment.at, segment.n, &mut found, squares);
                    tops.raise(simd, &found);
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
                for (sums, squares) in sums.iter_mut().zip(part.iter_mut()) {
                    squares.hold(simd);
                    sums.remember(simd, squares, memory.keep, floor);
                }
            },
        );
        *part = [LaneColumns::NO_SQUARES; 2];
    }
}
