//! Equaliser and compressor of up to eight buses: what groups and master have.

use super::{EqLanes, LaneCompressor, LowestGains, Segment, StageScratch, Timing};
use crate::buses::BusTile;
use crate::lanes::TILE_FRAMES;
use crate::settings::{CompressorSettings, EqSettings};
use crate::simd::{LaneTile, transpose};
use fearless_simd::Simd;

/// Channels of buses that are nowhere.
static SILENCE: [f32; TILE_FRAMES] = [0.0; TILE_FRAMES];

/// The stages of `N` buses, one in each of the first lanes.
pub(crate) struct BusStages<const N: usize> {
    eq: EqLanes,
    compressor: LaneCompressor,
    settings: [(EqSettings, CompressorSettings); N],
    /// Buses whose settings count from the next border on. Bit = lane.
    pending: u32,
    /// Whether all of the present tile was silent so far.
    silent_so_far: bool,
    /// Whether another tile of silence would change nothing.
    at_rest: bool,
    lowest: LowestGains,
    tiles: Box<[LaneTile; 2]>,
}

impl<const N: usize> BusStages<N> {
    /// All off; `compressor` is what the settings of a new bus are.
    pub(crate) fn new(compressor: CompressorSettings) -> Self {
        Self {
            eq: EqLanes::new(),
            compressor: LaneCompressor::new(),
            settings: [(EqSettings::FLAT, compressor); N],
            pending: (1 << N) - 1,
            silent_so_far: true,
            at_rest: true,
            lowest: LowestGains::NONE,
            tiles: Box::new([LaneTile::ZERO; 2]),
        }
    }

    /// Takes settings: gains start at the next sample, all else at the next border.
    pub(crate) fn set(
        &mut self,
        bus_idx: usize,
        eq: &EqSettings,
        compressor: &CompressorSettings,
        timing: Timing,
    ) {
        if self.settings[bus_idx] != (*eq, *compressor) {
            self.settings[bus_idx] = (*eq, *compressor);
            self.compressor.set_blend(bus_idx, compressor, timing);
            self.pending |= 1 << bus_idx;
            self.at_rest = false;
        }
    }

    /// Forgets everything that was heard; settings count at once.
    pub(crate) fn reset(&mut self) {
        self.pending = (1 << N) - 1;
        for lane in 0..N {
            self.eq.clear(lane);
            self.compressor.clear(lane);
        }
        self.silent_so_far = true;
        self.at_rest = false;
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.compressor.jump();
    }

    /// A tile of the absolute grid begins.
    pub(crate) fn begin_tile(&mut self, timing: Timing) {
        self.compressor.begin_tile();
        for lane in (0..N).filter(|lane| self.pending & 1 << lane != 0) {
            let (eq, compressor) = &self.settings[lane];
            self.eq.set_eq(lane, eq, timing);
            self.compressor.set(lane, compressor, timing);
            self.at_rest = false;
        }
        self.pending = 0;
        if timing.jump {
            self.jump();
        }
        self.eq.begin_tile(timing.sample_rate_hz);
        self.silent_so_far = true;
    }

    /// Whether every bus passes everything, bit for bit.
    pub(crate) fn is_off(&self) -> bool {
        self.eq.is_off() && self.compressor.is_off()
    }

    /// At the end of a tile: notes gain reductions, anew for the block or where they are more.
    pub(crate) fn meter(&mut self, anew: bool) {
        self.compressor.meter(&mut self.lowest, anew);
    }

    /// The compressor's largest gain reduction in the block, in dB, 0 or more.
    pub(crate) fn reduction_db(&self, bus_idx: usize) -> f32 {
        self.lowest.reduction_db(bus_idx)
    }

    /// Processes a segment of every bus in place. Returns false if that changes nothing: all are off, or silent and at rest.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        buses: &mut [BusTile; N],
        silent: bool,
        segment: Segment,
        scratch: &mut StageScratch,
    ) -> bool {
        self.silent_so_far &= silent;
        if self.is_off() || silent && self.at_rest {
            self.compressor.skip(segment.n);
            return false;
        }
        let [left, right] = &mut *self.tiles;
        let row = |lane: usize, side: usize| buses.get(lane).map_or(&SILENCE, |bus| &bus[side]);
        let rows = [0, 1].map(|side| std::array::from_fn(|lane| row(lane, side)));
        simd.vectorize(
            #[inline(always)]
            || {
                transpose(simd, rows[0], left);
                transpose(simd, rows[1], right);
            },
        );
        self.eq.process(simd, [left, right], segment, scratch);
        self.compressor.process(simd, None, [left, right], segment, scratch);
        for (lane, bus) in buses.iter_mut().enumerate() {
            for (channel, tile) in bus.iter_mut().zip([&*left, &*right]) {
                for (sample, frame) in channel[..segment.n].iter_mut().zip(&tile.0) {
                    *sample = frame[lane];
                }
            }
        }
        if segment.ends_tile {
            self.at_rest = self.silent_so_far && self.eq.is_at_rest() && self.compressor.is_settled();
        }
        true
    }
}
