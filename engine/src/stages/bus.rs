//! Equaliser, compressor and saturation of up to eight buses: what groups and master have.
//!
//! A bus may be late, because what is sent to it is. Its ramps are then as late, and so is what counts from borders on: by whole tiles.

use super::{EqLanes, LaneColour, LaneCompressor, LowestGains, Segment, StageScratch, Timing};
use crate::buses::BusTile;
use crate::delay::LateSettings;
use crate::lanes::TILE_FRAMES;
use crate::settings::{ColourQuality, CompressorSettings, EqSettings, SaturationSettings};
use crate::simd::{LaneTile, transpose};
use fearless_simd::Simd;

/// Channels of buses that are nowhere.
static SILENCE: [f32; TILE_FRAMES] = [0.0; TILE_FRAMES];

/// What a person sets of a bus. The master's saturation is always off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BusSettings {
    pub(crate) eq: EqSettings,
    pub(crate) compressor: CompressorSettings,
    pub(crate) saturation: SaturationSettings,
}

/// The stages of `N` buses, one in each of the first lanes.
pub(crate) struct BusStages<const N: usize> {
    eq: EqLanes,
    compressor: LaneCompressor,
    colour: LaneColour,
    settings: [BusSettings; N],
    /// Equaliser and compressor as they were wanted some tiles ago, and as they count.
    late: LateSettings<[(EqSettings, CompressorSettings); N]>,
    counting: [(EqSettings, CompressorSettings); N],
    /// Buses whose settings count from the next border on, whatever they were. Bit = lane.
    pending: u32,
    /// Borders that may still bring something else.
    n_coming: usize,
    n_late_tiles: usize,
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
        let settings = BusSettings { eq: EqSettings::FLAT, compressor, saturation: SaturationSettings::WARM };
        let counting = [(settings.eq, settings.compressor); N];
        Self {
            eq: EqLanes::new(),
            compressor: LaneCompressor::new(),
            colour: LaneColour::new(),
            settings: [settings; N],
            late: LateSettings::new(0, counting),
            counting,
            pending: (1 << N) - 1,
            n_coming: 0,
            n_late_tiles: 0,
            silent_so_far: true,
            at_rest: true,
            lowest: LowestGains::NONE,
            tiles: Box::new([LaneTile::ZERO; 2]),
        }
    }

    /// Takes the rate, the quality of colour, and how late the sum of sends is: a whole number of tiles. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64, quality: ColourQuality, delay_samples: usize) {
        debug_assert!(delay_samples.is_multiple_of(TILE_FRAMES));
        self.n_late_tiles = delay_samples / TILE_FRAMES;
        self.late = LateSettings::new(self.n_late_tiles, self.wanted());
        self.compressor.set_delay(delay_samples);
        self.colour.prepare(sample_rate_hz, quality, delay_samples);
    }

    fn wanted(&self) -> [(EqSettings, CompressorSettings); N] {
        self.settings.map(|settings| (settings.eq, settings.compressor))
    }

    /// Takes settings: gains start at the next sample, all else at the next border, and both as late as the sound is.
    pub(crate) fn set(&mut self, bus_idx: usize, settings: &BusSettings, timing: Timing) {
        if self.settings[bus_idx] != *settings {
            self.settings[bus_idx] = *settings;
            self.compressor.set_blend(bus_idx, &settings.compressor, timing);
            self.colour.set(bus_idx, &settings.saturation, timing);
            self.n_coming = self.n_late_tiles + 1;
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
        self.colour.reset();
        self.silent_so_far = true;
        self.at_rest = false;
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.compressor.jump();
        self.colour.jump();
        self.late.fill(self.wanted());
    }

    /// A tile of the absolute grid begins.
    pub(crate) fn begin_tile(&mut self, timing: Timing) {
        self.compressor.begin_tile();
        self.colour.begin_tile();
        if timing.jump {
            self.late.fill(self.wanted());
            self.pending = (1 << N) - 1;
        }
        if self.n_coming > 0 || self.pending != 0 {
            self.n_coming = self.n_coming.saturating_sub(1);
            let wanted = self.wanted();
            let counting = self.late.exchange(wanted);
            for lane in 0..N {
                // The blend's ramps are late by themselves.
                self.compressor.set_makeup(lane, &wanted[lane].1, timing);
                if self.pending & 1 << lane != 0 || counting[lane] != self.counting[lane] {
                    self.take(lane, counting[lane], timing);
                }
            }
            self.counting = counting;
            self.pending = 0;
        }
        if timing.jump {
            self.jump();
        }
        self.eq.begin_tile(timing.sample_rate_hz);
        self.silent_so_far = true;
    }

    fn take(&mut self, lane: usize, (eq, compressor): (EqSettings, CompressorSettings), timing: Timing) {
        self.eq.set_eq(lane, &eq, timing);
        self.compressor.set_kernel(lane, &compressor, timing);
        self.at_rest = false;
    }

    /// Whether every bus passes everything, bit for bit.
    pub(crate) fn is_off(&self) -> bool {
        self.eq.is_off() && self.compressor.is_off() && self.colour.is_off()
    }

    /// Whether everything is where it was going, so that silence changes nothing until somebody sets something.
    pub(crate) fn is_idle(&self) -> bool {
        let is_still = self.compressor.is_still() && self.colour.is_still();
        self.n_coming == 0 && self.pending == 0 && is_still && (self.is_off() || self.at_rest)
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
            self.colour.skip(segment.n);
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
        self.colour.process(simd, &mut self.tiles, segment, &mut scratch.colour);
        let [left, right] = &*self.tiles;
        for (lane, bus) in buses.iter_mut().enumerate() {
            for (channel, tile) in bus.iter_mut().zip([left, right]) {
                for (sample, frame) in channel[..segment.n].iter_mut().zip(&tile.0) {
                    *sample = frame[lane];
                }
            }
        }
        if segment.ends_tile {
            self.at_rest = self.silent_so_far
                && self.eq.is_at_rest()
                && self.compressor.is_settled()
                && self.colour.is_settled();
        }
        true
    }
}
