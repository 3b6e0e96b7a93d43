//! The saturations of a group of lanes: settings in, ramps to the kernels, one delay for all.
//!
//! ```text
//! x ─┬─ × p ─ up ─ curve ─ down ─ × o ─ no direct current ─ × wet ─┬─
//!    └──────────────────── delay ───────────────────────── × dry ──┘
//! ```
//!
//! Drive, kind, mix and the switch are ramps that start at an event's exact sample; those behind the filters are as late as the sound.
//! Formulas: [`colour`](crate::colour). Latency: [`latency_samples`], on or off. State: filters, the delay, means.

use super::blend::LaneBlend;
use super::{FILTER_FLOOR, Segment, Timing};
use crate::colour::{BIAS, DC_CORNER_HZ, Oversampler, drive_gain, latency_samples, mix_of};
use crate::dynamics::Blend;
use crate::lanes::{LANES, TILE_FRAMES, lanes_of};
use crate::ramp::LaneRamp;
use crate::settings::{ColourQuality, SaturationKind, SaturationSettings};
use crate::simd::{
    Around, DcLanes, LaneGain, LaneTile, PerLane, around_of, bend, blend, block_dc, drive, is_silent,
    make_up, row,
};
use fearless_simd::Simd;
use std::f64::consts::PI;

/// Tiles of silence behind which filters and delay are empty: together they remember four and a frame.
const TILES_OF_MEMORY: u32 = 5;

/// Working memory; it carries nothing from one call to the next.
pub(crate) struct ColourScratch {
    /// Drive, bias, late drive, root.
    gains: [LaneTile; 4],
    blend: [LaneTile; 2],
    wet: [LaneTile; 2],
}

impl ColourScratch {
    pub(crate) const EMPTY: Self =
        Self { gains: [LaneTile::ZERO; 4], blend: [LaneTile::ZERO; 2], wet: [LaneTile::ZERO; 2] };
}

/// A saturation in every lane.
pub(crate) struct LaneColour {
    settings: [SaturationSettings; LANES],
    blend: LaneBlend,
    /// In front of the filters and behind them.
    drive: LaneRamp,
    late_drive: LaneRamp,
    bias: LaneRamp,
    /// Lanes that are on, or on their way off. Bit = lane, as in all that follow.
    running: u32,
    /// Lanes of tubes, or on their way from one.
    biased: u32,
    dc: DcLanes,
    /// How much of a difference the means of tubes follow.
    follow: f64,
    oversampler: Option<Oversampler>,
    /// Whether filters have not heard what the delay holds.
    stale: bool,
    /// Of the sound, left and right: what came before, and room for a tile.
    past: [Vec<[f32; LANES]>; 2],
    latency: usize,
    tile_is_silent: bool,
    n_silent_tiles: u32,
}

impl LaneColour {
    /// All off, without a delay.
    pub(crate) fn new() -> Self {
        let warm = SaturationSettings::WARM;
        let drive = LaneRamp::settled_at(drive_gain(warm.drive_db) as f32);
        Self {
            settings: [warm; LANES],
            blend: LaneBlend::new(),
            drive: drive.clone(),
            late_drive: drive,
            bias: LaneRamp::settled_at(0.0),
            running: 0,
            biased: 0,
            dc: DcLanes::REST,
            follow: 0.0,
            oversampler: None,
            stale: false,
            past: [Vec::new(), Vec::new()],
            latency: 0,
            tile_is_silent: true,
            n_silent_tiles: TILES_OF_MEMORY,
        }
    }

    /// Takes the rate, the quality, and how late the sound is that comes in. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64, quality: ColourQuality, delay_samples: usize) {
        self.latency = latency_samples(quality);
        self.oversampler = (quality != ColourQuality::X1).then(|| Oversampler::new(quality));
        let room = if self.latency > 0 { self.latency + TILE_FRAMES } else { 0 };
        self.past = [vec![[0.0; LANES]; room], vec![[0.0; LANES]; room]];
        self.follow = 1.0 - (-2.0 * PI * DC_CORNER_HZ / sample_rate_hz).exp();
        lanes_of(self.biased).for_each(|lane| self.dc.set_follow(lane, self.follow));
        self.drive.set_delay(delay_samples);
        self.bias.set_delay(delay_samples);
        self.late_drive.set_delay(delay_samples + self.latency);
        self.blend.set_delay(delay_samples + self.latency);
        self.reset();
    }

    /// Takes settings, whose ramps start at the next sample.
    pub(crate) fn set(&mut self, lane: usize, settings: &SaturationSettings, timing: Timing) {
        if *settings == self.settings[lane] {
            return;
        }
        let (bit, was_off) = (1 << lane, self.running & 1 << lane == 0 || self.has_gone_off(lane));
        self.settings[lane] = *settings;
        let gain = drive_gain(settings.drive_db) as f32;
        let is_tube = settings.kind == SaturationKind::Tube;
        self.drive.retarget(lane, gain, timing.ramp);
        self.late_drive.retarget(lane, gain, timing.ramp);
        self.bias.retarget(lane, if is_tube { BIAS as f32 } else { 0.0 }, timing.ramp);
        let target = if settings.on { Blend::on(mix_of(settings.mix_percent), 1.0) } else { Blend::OFF };
        self.blend.retarget(lane, target, timing.ramp);
        if was_off {
            // Nobody hears how it gets there.
            self.ramps().into_iter().for_each(|ramp| ramp.jump_lane(lane));
            self.dc.clear(lane);
        }
        if is_tube {
            self.biased |= bit;
            self.dc.set_follow(lane, self.follow);
        }
        if settings.on {
            self.stale |= self.running == 0;
            self.running |= bit;
        }
    }

    fn ramps(&mut self) -> [&mut LaneRamp; 3] {
        [&mut self.drive, &mut self.bias, &mut self.late_drive]
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.blend.jump();
        self.ramps().into_iter().for_each(LaneRamp::jump);
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.past.iter_mut().for_each(|past| past.fill([0.0; LANES]));
        if let Some(oversampler) = &mut self.oversampler {
            oversampler.clear();
        }
        (0..LANES).for_each(|lane| self.dc.clear(lane));
        self.n_silent_tiles = TILES_OF_MEMORY;
        self.jump();
    }

    /// Forgets the mean of a lane whose sound breaks off. What the filters still have to say is a tile or two of silence growing.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.dc.clear(lane);
    }

    /// At a border: lanes that have gone off are forgotten.
    pub(crate) fn begin_tile(&mut self) {
        self.tile_is_silent = true;
        for lane in lanes_of(self.running) {
            if self.has_gone_off(lane) {
                self.running &= !(1 << lane);
                self.dc.clear(lane);
            }
        }
        for lane in lanes_of(self.biased) {
            if self.settings[lane].kind == SaturationKind::Tape && self.bias.has_settled(lane) {
                self.biased &= !(1 << lane);
                self.dc.set_follow(lane, 0.0);
                self.dc.clear(lane);
            }
        }
    }

    fn has_gone_off(&self, lane: usize) -> bool {
        !self.settings[lane].on && self.blend.is_off(lane)
    }

    /// Whether every lane passes everything, bit for bit and at once.
    pub(crate) fn is_off(&self) -> bool {
        self.running == 0 && self.latency == 0
    }

    /// Whether another tile of silence would change nothing.
    pub(crate) fn is_settled(&self) -> bool {
        let tiles_of_memory = if self.latency > 0 { TILES_OF_MEMORY } else { 1 };
        self.is_off() || self.n_silent_tiles >= tiles_of_memory && self.dc.is_at_rest()
    }

    /// Whether there is nothing to step over.
    pub(crate) fn is_still(&self) -> bool {
        let ramps = [&self.drive, &self.bias, &self.late_drive];
        self.blend.is_settled() && ramps.into_iter().all(LaneRamp::is_settled)
    }

    /// Steps over `n` samples of silence at rest.
    pub(crate) fn skip(&mut self, n: usize) {
        self.blend.skip(n);
        self.ramps().into_iter().for_each(|ramp| ramp.skip(n));
    }

    /// Colours a segment.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        tiles: &mut [LaneTile; 2],
        segment: Segment,
        scratch: &mut ColourScratch,
    ) {
        let n = segment.n;
        if self.is_off() {
            return self.skip(n);
        }
        self.tile_is_silent &= tiles.iter().all(|tile| is_silent(simd, tile, n));
        if segment.ends_tile {
            self.n_silent_tiles = if self.tile_is_silent { self.n_silent_tiles.saturating_add(1) } else { 0 };
        }
        if self.running == 0 {
            self.skip(n);
            for (past, tile) in self.past.iter_mut().zip(tiles) {
                delay(past, self.latency, tile, n);
            }
            return;
        }
        self.refresh(simd, scratch);
        let ColourScratch { gains, blend: blend_room, wet } = scratch;
        let mut still = Still::ZERO;
        let ramps = [&mut self.drive, &mut self.bias, &mut self.late_drive];
        let around = if ramps.iter().all(|ramp| ramp.is_settled()) {
            still.derive(ramps.map(|ramp| &*ramp))
        } else {
            let [drive, bias, late_drive, root] = gains;
            for (ramp, room) in ramps.into_iter().zip([&mut *drive, &mut *bias, &mut *late_drive]) {
                ramp.fill(simd, room, n);
            }
            let rows = [&mut *drive, &mut *bias, &mut *late_drive, &mut *root];
            let [a, b, c, d] = rows.map(|tile| tile.0[..n].as_flattened_mut());
            simd.vectorize(
                #[inline(always)]
                || around_of(a, b, c, d),
            );
            let [input, bias, output, root] =
                [drive, bias, late_drive, root].map(|tile| LaneGain::Moving(tile));
            Around { bias, root, input, output }
        };
        for (side_idx, (tile, wet)) in tiles.iter_mut().zip(&mut *wet).enumerate() {
            match &mut self.oversampler {
                Some(oversampler) => {
                    drive(simd, &around, tile, oversampler.input(side_idx), n);
                    oversampler.process(simd, side_idx, &around, wet, n);
                    delay(&mut self.past[side_idx], self.latency, tile, n);
                }
                None => {
                    drive(simd, &around, tile, &mut wet.0, n);
                    bend(simd, &around, wet, n);
                }
            }
            make_up(simd, &around, wet, n);
        }
        if self.biased != 0 {
            let floor = if segment.ends_tile { FILTER_FLOOR } else { 0.0 };
            block_dc(simd, &mut self.dc, around.bias, wet, n, floor);
        }
        let [dry_gain, wet_gain] = self.blend.advance(simd, blend_room, n);
        for (tile, wet) in tiles.iter_mut().zip(&*wet) {
            blend(simd, [dry_gain, wet_gain], wet, tile, n);
        }
    }

    /// Lets filters that begin to run hear what the delay holds: what leaves next is then as if they had been running all the time.
    fn refresh<S: Simd>(&mut self, simd: S, scratch: &mut ColourScratch) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let Some(oversampler) = &mut self.oversampler else { return };
        oversampler.clear();
        let mut still = Still::ZERO;
        let around = still.derive([&self.drive, &self.bias, &self.late_drive]);
        let [tile, unheard] = &mut scratch.wet;
        for (side_idx, past) in self.past.iter().enumerate() {
            for frames in past[..self.latency].as_chunks::<TILE_FRAMES>().0 {
                tile.0 = *frames;
                drive(simd, &around, tile, oversampler.input(side_idx), TILE_FRAMES);
                oversampler.process(simd, side_idx, &around, unheard, TILE_FRAMES);
            }
        }
    }
}

/// Gains that stand still.
struct Still {
    input: PerLane,
    bias: PerLane,
    output: PerLane,
    root: PerLane,
}

impl Still {
    const ZERO: Self =
        Self { input: PerLane::ZERO, bias: PerLane::ZERO, output: PerLane::ZERO, root: PerLane::ZERO };

    /// From where drive, bias and late drive go.
    fn derive(&mut self, ramps: [&LaneRamp; 3]) -> Around<'_> {
        let [mut drive, mut bias, mut late_drive] = ramps.map(|ramp| row(ramp.target()));
        let mut root = [0.0; LANES];
        around_of(&mut drive, &mut bias, &mut late_drive, &mut root);
        for lane in 0..LANES {
            self.input.set(lane, drive[lane]);
            self.bias.set(lane, bias[lane]);
            self.output.set(lane, late_drive[lane]);
            self.root.set(lane, root[lane]);
        }
        Around {
            bias: LaneGain::Still(&self.bias),
            root: LaneGain::Still(&self.root),
            input: LaneGain::Still(&self.input),
            output: LaneGain::Still(&self.output),
        }
    }
}

/// Exchanges the first `n` frames for those of `latency` samples ago.
fn delay(past: &mut [[f32; LANES]], latency: usize, tile: &mut LaneTile, n: usize) {
    past[latency..latency + n].copy_from_slice(&tile.0[..n]);
    tile.0[..n].copy_from_slice(&past[..n]);
    past.copy_within(n..n + latency, 0);
}
