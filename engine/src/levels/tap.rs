//! All meters of a tap of eight channels: levels, true peak, loudness, correlation and needles.
//!
//! Everything but the peak of a block is found in whole tiles of the absolute grid, by one kernel that goes through the tile once. A tile
//! that comes in pieces, or is heard behind a gain, is put together first. Therefore no cut changes a bit.

use super::Memory;
use super::needle::Needles;
use crate::lanes::{LANES, TILE_FRAMES};
use crate::loudness::{Design, LaneLoudness, Loudness};
use crate::meters::Level;
use crate::ramp::LaneRamp;
use crate::settings::Ballistics;
use crate::simd::{
    Found, LaneTile, Pairs, ROOT_SCALE, Weighting, WeightingState, add_held, add_scaled, larger, put_behind,
    remember_pairs, remember_products, tally, weigh,
};
use crate::stages::Segment;
use crate::true_peak::LanePeaks;
use fearless_simd::{Select, Simd, SimdBase, f32x16};

/// Nothing to hear.
static SILENCE: [LaneTile; 2] = [LaneTile::ZERO; 2];

/// The meters of a tap.
#[derive(Debug)]
pub(crate) struct Tap {
    meters: TapMeters,
    /// A tile that is put together, and whether it has been begun.
    parts: Box<[LaneTile; 2]>,
    has_parts: bool,
}

/// What whole tiles go to.
#[derive(Debug)]
struct TapMeters {
    sample_rate_hz: f64,
    memory: Memory,
    weighting: Weighting,
    state: WeightingState,
    /// What is remembered of squares and of left times right.
    squares: Pairs,
    products: [f32; LANES],
    /// The largest magnitudes since the block began, where full scale is 2³⁰.
    tops: Pairs,
    /// Whether the block has brought no tops yet, and those above are of the one before.
    is_new_block: bool,
    /// Whether anything goes on when all is silent.
    rings: bool,
    peaks: LanePeaks,
    loudness: LaneLoudness,
    needles: Needles,
    /// Whether true peak, loudness and correlation are measured.
    measures_loudness: bool,
}

impl Tap {
    /// Of silence, at 48 kHz. Allocates.
    pub(crate) fn new() -> Self {
        Self { meters: TapMeters::new(48_000.0), parts: Box::new([LaneTile::ZERO; 2]), has_parts: false }
    }

    /// Takes a sample rate, and forgets everything that was heard.
    pub(crate) fn set_rate(&mut self, sample_rate_hz: f64) {
        self.meters.sample_rate_hz = sample_rate_hz;
        self.reset();
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.meters.reset();
        self.clear_parts();
    }

    /// Begins anew with what belongs to a programme, from the present tile on.
    pub(crate) fn restart(&mut self) {
        self.meters.peaks.restart();
        self.meters.loudness.restart();
    }

    /// What needles follow from the next tile on.
    pub(crate) fn set_ballistics(&mut self, ballistics: Ballistics) {
        self.meters.needles.set(ballistics);
    }

    /// Whether true peak, loudness and correlation are measured. They begin anew when they are again.
    pub(crate) fn set_measures_loudness(&mut self, measures: bool) {
        if measures != self.meters.measures_loudness {
            self.meters.measures_loudness = measures;
            self.meters.forget_loudness();
        }
    }

    /// A block begins: peaks begin anew.
    pub(crate) fn begin_block(&mut self) {
        self.meters.is_new_block = true;
    }

    /// What a lane's channel reads.
    pub(crate) fn level(&self, lane: usize) -> Level {
        let TapMeters { tops, squares, memory, is_new_block, .. } = &self.meters;
        let peak = tops.of(lane).map(|top| {
            // Subnormals leave nothing of ours.
            let peak = top / ROOT_SCALE;
            if peak.is_normal() && !is_new_block { peak } else { 0.0 }
        });
        Level { peak, mean_square: squares.of(lane).map(|squares| squares * memory.mean) }
    }

    /// How loud a lane's channel is.
    pub(crate) fn loudness(&self, lane: usize) -> Loudness {
        let TapMeters { peaks, squares, products, loudness, .. } = &self.meters;
        let [left, right] = squares.of(lane);
        let both = left.sqrt() * right.sqrt();
        let correlation = if both > 0.0 { (products[lane] / both).clamp(-1.0, 1.0) } else { 0.0 };
        let true_peak = peaks.of(lane).map(|peak| peak / ROOT_SCALE);
        Loudness { true_peak, correlation, ..loudness.of(lane) }
    }

    /// What a lane's needles read, linear re their zero.
    pub(crate) fn needle(&self, lane: usize) -> [f32; 2] {
        let Level { peak, mean_square } = self.level(lane);
        self.meters.needles.read(lane, peak, mean_square)
    }

    /// A segment of silence. At rest it costs next to nothing, and else it is as if zeros were measured.
    pub(crate) fn pass_silence<S: Simd>(&mut self, simd: S, segment: Segment) {
        if !segment.ends_tile {
            return;
        }
        if self.has_parts {
            self.take_parts(simd);
        } else if self.meters.rings {
            self.meters.take_tile(simd, &SILENCE, false);
        } else {
            self.meters.count_silence(simd);
        }
    }

    /// Measures a segment behind a gain, which it takes that much further. There is room for the gain while it moves, and for a tile
    /// behind it.
    pub(crate) fn measure_behind<S: Simd>(
        &mut self,
        simd: S,
        tiles: &[LaneTile; 2],
        gain: &mut LaneRamp,
        room: (&mut LaneTile, &mut [LaneTile; 2]),
        segment: Segment,
    ) {
        if gain.is_settled_at(0.0) {
            return self.pass_silence(simd, segment);
        }
        let is_whole = segment.is_whole_tile();
        if is_whole && gain.is_settled_at(1.0) {
            return self.meters.take_tile(simd, tiles, true);
        }
        let (gains, behind) = room;
        let gain = gain.advance(simd, gains, segment.n);
        if is_whole {
            let ([left, right], [left_behind, right_behind]) = (tiles, &mut *behind);
            add_scaled(simd, gain, [left, right], [left_behind, right_behind], TILE_FRAMES, true);
            return self.meters.take_tile(simd, behind, true);
        }
        let tops = put_behind(simd, gain, tiles, &mut self.parts, segment.at, segment.n);
        self.meters.raise(&tops);
        self.has_parts = true;
        if segment.ends_tile {
            self.take_parts(simd);
        }
    }

    /// Measures a whole tile. Unless it came in one piece, somebody has raised the block's peaks already.
    pub(crate) fn measure<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], in_one_piece: bool) {
        self.meters.take_tile(simd, tiles, in_one_piece);
    }

    /// Raises the peaks of the block by those of a part of a tile, where full scale is 2³⁰.
    pub(crate) fn raise(&mut self, tops: &Pairs) {
        self.meters.raise(tops);
    }

    fn take_parts<S: Simd>(&mut self, simd: S) {
        self.meters.take_tile(simd, &self.parts, false);
        self.clear_parts();
    }

    fn clear_parts(&mut self) {
        if std::mem::take(&mut self.has_parts) {
            self.parts.iter_mut().for_each(|side| side.0.as_flattened_mut().fill(0.0));
        }
    }
}

impl TapMeters {
    fn new(sample_rate_hz: f64) -> Self {
        let design = Design::at(sample_rate_hz);
        Self {
            sample_rate_hz,
            memory: Memory::at(sample_rate_hz),
            weighting: design.coefficients(),
            state: WeightingState::ZERO,
            squares: Pairs::ZERO,
            products: [0.0; LANES],
            tops: Pairs::ZERO,
            is_new_block: true,
            rings: false,
            peaks: LanePeaks::ZERO,
            loudness: LaneLoudness::new(sample_rate_hz, design.square_gain()),
            needles: Needles::at(sample_rate_hz),
            measures_loudness: true,
        }
    }

    fn reset(&mut self) {
        self.memory = Memory::at(self.sample_rate_hz);
        (self.squares, self.tops) = (Pairs::ZERO, Pairs::ZERO);
        (self.is_new_block, self.rings) = (true, false);
        self.forget_loudness();
        self.needles.reset(self.sample_rate_hz);
    }

    fn forget_loudness(&mut self) {
        let design = Design::at(self.sample_rate_hz);
        self.weighting = design.coefficients();
        self.state = WeightingState::ZERO;
        self.products = [0.0; LANES];
        self.peaks = LanePeaks::ZERO;
        self.loudness.reset(self.sample_rate_hz, design.square_gain());
    }

    fn raise(&mut self, tops: &Pairs) {
        if std::mem::take(&mut self.is_new_block) {
            self.tops = Pairs::ZERO;
        }
        for (known, top) in self.tops.0.iter_mut().zip(tops.0) {
            *known = larger(top, *known);
        }
    }

    /// The same for a whole tile.
    #[inline(always)]
    fn raise_by_tile<S: Simd>(&mut self, simd: S, tops: &Pairs) {
        let tops = tops.load(simd);
        let zero = f32x16::splat(simd, 0.0);
        let known = if std::mem::take(&mut self.is_new_block) { zero } else { self.tops.load(simd) };
        // As `larger` does, to which what is no number is no peak.
        self.tops.store(tops.simd_gt(known).select(tops, known));
    }

    /// A tile of silence when nothing rings.
    fn count_silence<S: Simd>(&mut self, simd: S) {
        if !self.measures_loudness {
            return;
        }
        if self.loudness.frames_to_end().is_some() {
            self.loudness.end_hop(simd);
        }
        self.loudness.end_tile();
    }

    /// The same without loudness.
    fn take_levels<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], in_one_piece: bool) {
        let mut found = Found::NOTHING;
        tally(simd, tiles, &mut found);
        simd.vectorize(
            #[inline(always)]
            || {
                if in_one_piece {
                    self.raise_by_tile(simd, &found.tops);
                }
                let squares = found.all_squares(simd);
                remember_pairs(simd, &mut self.squares, squares, self.memory.keep, self.memory.floor);
                self.needles.take(simd, tiles);
                self.rings = self.squares != Pairs::ZERO || !self.needles.are_at_rest();
            },
        );
    }

    fn take_tile<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2], in_one_piece: bool) {
        if !self.measures_loudness {
            return self.take_levels(simd, tiles, in_one_piece);
        }
        let mut found = Found::NOTHING;
        let mut first = 0;
        if let Some(end) = self.loudness.frames_to_end() {
            weigh(simd, tiles, 0..end, &self.weighting, &mut self.state, &mut found);
            add_held(simd, self.loudness.present(), &found.weighted);
            self.loudness.end_hop(simd);
            found.weighted = Found::NOTHING.weighted;
            first = end;
        }
        weigh(simd, tiles, first..TILE_FRAMES, &self.weighting, &mut self.state, &mut found);
        simd.vectorize(
            #[inline(always)]
            || {
                if in_one_piece {
                    self.raise_by_tile(simd, &found.tops);
                }
                let (keep, floor) = (self.memory.keep, self.memory.floor);
                add_held(simd, self.loudness.present(), &found.weighted);
                remember_pairs(simd, &mut self.squares, found.all_squares(simd), keep, floor);
                remember_products(simd, &mut self.products, &found.products, keep, floor);
                self.peaks.take(simd, tiles, &found.tops);
                self.needles.take(simd, tiles);
                let filters_rest = self.state.settle(simd);
                self.rings = !(filters_rest
                    && self.squares == Pairs::ZERO
                    && self.peaks.is_silent()
                    && self.needles.are_at_rest());
            },
        );
        self.loudness.end_tile();
    }
}
