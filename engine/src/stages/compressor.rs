//! The compressors of a group of lanes: settings in, gains out.

use super::blend::LaneBlend;
use super::{FILTER_FLOOR, LowestGains, Segment, StageScratch, Timing};
use crate::dynamics::{Blend, CompressorCoefficients, CompressorSettings};
use crate::lanes::{LANES, lanes_of};
use crate::simd::{CompressorLanes, LaneSection, LaneTile, apply, filter, reduce};
use fearless_simd::Simd;

/// A compressor in every lane.
pub(crate) struct LaneCompressor {
    kernel: CompressorLanes,
    blend: LaneBlend,
    key_filter: LaneSection,
    /// Lanes whose key goes through the filter. Bit = lane, as in all that follow.
    filtered: u32,
    /// What counts at present: some of it since the event, the rest since the last border.
    settings: [CompressorSettings; LANES],
    /// Lanes that are kept off, whatever settings say, because their order is being changed.
    held_off: u32,
    /// Lanes that are on, or on their way off.
    running: u32,
}

impl LaneCompressor {
    /// All off.
    pub(crate) fn new() -> Self {
        Self {
            kernel: CompressorLanes::REST,
            blend: LaneBlend::new(),
            key_filter: LaneSection::new(),
            filtered: 0,
            settings: [CompressorSettings::STRIP; LANES],
            held_off: 0,
            running: 0,
        }
    }

    /// Makes the switch, the mix and the make-up late by so many samples. Allocates. Not in a strip: [`LaneCompressor::process_some`]
    /// copies the ramps.
    pub(crate) fn set_delay(&mut self, n_samples: usize) {
        self.blend.set_delay(n_samples);
    }

    /// Takes what counts from the next sample on: the switch, the mix and the make-up.
    pub(crate) fn set_blend(&mut self, lane: usize, wanted: &CompressorSettings, timing: Timing) {
        let CompressorSettings { on, mix_percent, makeup_db, .. } = *wanted;
        let settings = CompressorSettings { on, mix_percent, makeup_db, ..self.settings[lane] };
        if settings != self.settings[lane] {
            if self.has_gone_off(lane) {
                // It may have gone off in mid-tile.
                self.clear(lane);
            }
            self.settings[lane] = settings;
            self.retarget(lane, timing);
        }
    }

    /// Takes all settings. Called at a border.
    pub(crate) fn set(&mut self, lane: usize, settings: &CompressorSettings, timing: Timing) {
        if self.set_makeup(lane, settings, timing) {
            self.set_kernel(lane, settings, timing);
        }
    }

    /// Takes what the blend makes of settings: an automatic make-up depends on all of them. Called at a border. Returns whether it is
    /// anything new.
    pub(crate) fn set_makeup(&mut self, lane: usize, settings: &CompressorSettings, timing: Timing) -> bool {
        let is_new = *settings != self.settings[lane] || timing.jump;
        if is_new {
            self.settings[lane] = *settings;
            self.retarget(lane, timing);
        }
        is_new
    }

    /// Takes all that the blend does not. Called at a border.
    pub(crate) fn set_kernel(&mut self, lane: usize, settings: &CompressorSettings, timing: Timing) {
        let coefficients = CompressorCoefficients::new(timing.sample_rate_hz, settings);
        self.kernel.set(lane, &coefficients);
        self.kernel.choose_way();
        match &coefficients.key_high_pass {
            Some(delta) => {
                self.key_filter.hold(lane, delta);
                self.filtered |= 1 << lane;
            }
            None => {
                self.key_filter.pass(lane);
                self.filtered &= !(1 << lane);
            }
        }
    }

    /// Starts towards off, or towards what settings want again.
    pub(crate) fn hold_off(&mut self, lane: usize, hold_off: bool, timing: Timing) {
        let (bit, was) = (1 << lane, self.held_off);
        self.held_off = if hold_off { was | bit } else { was & !bit };
        if self.held_off != was {
            self.retarget(lane, timing);
        }
    }

    fn retarget(&mut self, lane: usize, timing: Timing) {
        let bit = 1 << lane;
        let forgotten = self.blend.is_off(lane);
        let mut target = CompressorCoefficients::new(timing.sample_rate_hz, &self.settings[lane]).blend;
        if self.held_off & bit != 0 {
            target = Blend::OFF;
        }
        self.blend.retarget(lane, target, timing.ramp);
        // A mix of 0 % without make-up looks like off; it is heard, but it goes on listening.
        if self.settings[lane].on && self.held_off & bit == 0 {
            if forgotten && self.running & bit == 0 {
                self.clear(lane);
            }
            self.running |= bit;
        }
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.blend.jump();
    }

    /// At a border: lanes that have gone off are forgotten.
    pub(crate) fn begin_tile(&mut self) {
        for lane in lanes_of(self.running) {
            if self.has_gone_off(lane) {
                self.running &= !(1 << lane);
                self.clear(lane);
            }
        }
    }

    /// Whether a lane is off, and no longer on its way there.
    pub(crate) fn has_gone_off(&self, lane: usize) -> bool {
        let wanted = self.settings[lane].on && self.held_off & 1 << lane == 0;
        !wanted && self.blend.is_off(lane)
    }

    pub(crate) fn is_off(&self) -> bool {
        self.running == 0
    }

    /// Whether a tile of silence that was just heard has changed nothing.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_off() || self.kernel.is_settled(self.running) && self.key_filter.is_at_rest()
    }

    /// Forgets what a lane heard.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.kernel.clear(lane);
        self.key_filter.clear(lane);
    }

    /// Whether there is nothing to step over.
    pub(crate) fn is_still(&self) -> bool {
        self.blend.is_settled()
    }

    /// Steps over `n` samples of silence at rest.
    pub(crate) fn skip(&mut self, n: usize) {
        self.blend.skip(n);
    }

    /// Notes present gains, of the side that is reduced more.
    pub(crate) fn meter(&self, lowest: &mut LowestGains, anew: bool) {
        if anew || !self.is_off() {
            lowest.take(&self.kernel.gains(), self.running, anew);
        }
    }

    /// Lanes that are on, or on their way off. Bit = lane.
    pub(crate) fn running(&self) -> u32 {
        self.running
    }

    /// Compresses a segment. Lanes of `key` listen to it, others to themselves.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        key: Option<&Key>,
        [left, right]: [&mut LaneTile; 2],
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        if self.is_off() {
            return;
        }
        let StageScratch { filter: room, gains, blend, key: heard, .. } = scratch;
        let key = key.filter(|key| key.lanes & self.running != 0);
        let filtered = self.filtered & self.running != 0;
        let key = if key.is_some() || filtered {
            let [first, second] = heard;
            first.0[..segment.n].copy_from_slice(&left.0[..segment.n]);
            second.0[..segment.n].copy_from_slice(&right.0[..segment.n]);
            if let Some(key) = key {
                for (heard, key_tile) in [&mut *first, &mut *second].into_iter().zip(&key.tiles) {
                    heard.copy_lanes(key_tile, key.lanes, segment.n);
                }
            }
            if filtered {
                let floor = if segment.ends_tile { FILTER_FLOOR } else { 0.0 };
                let section = &mut [Some(&mut self.key_filter)];
                filter(simd, section, [&mut *first, &mut *second], segment.n, floor, room);
            }
            [&*first, &*second]
        } else {
            [&*left, &*right]
        };
        let linked = self.kernel.is_linked();
        reduce(simd, &mut self.kernel, key, gains, segment);
        let gains = if linked { [&gains[0], &gains[0]] } else { [&gains[0], &gains[1]] };
        let [dry, wet] = self.blend.advance(simd, blend, segment.n);
        apply(simd, dry, wet, gains, [left, right], segment.n);
    }

    /// The same in some lanes only; the others stay as they are, their turn is before or after. The last turn moves the blend.
    #[expect(clippy::too_many_arguments, reason = "it is `process` with two more")]
    pub(crate) fn process_some<S: Simd>(
        &mut self,
        simd: S,
        lanes: u32,
        last_turn: bool,
        key: Option<&Key>,
        tiles: [&mut LaneTile; 2],
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        let before = (self.kernel.clone(), self.key_filter.clone(), self.blend.clone());
        let [mut left, mut right] = [tiles[0].clone(), tiles[1].clone()];
        self.process(simd, key, [&mut left, &mut right], segment, scratch);
        tiles[0].copy_lanes(&left, lanes, segment.n);
        tiles[1].copy_lanes(&right, lanes, segment.n);
        for lane in lanes_of(!lanes) {
            self.kernel.copy_memory(lane, &before.0);
            self.key_filter.copy_memory(lane, &before.1);
        }
        self.kernel.choose_way();
        if !last_turn {
            self.blend = before.2;
        }
    }
}

/// What the lanes of a mask listen to instead of themselves.
pub(crate) struct Key {
    pub(crate) tiles: [LaneTile; 2],
    /// Bit = lane.
    pub(crate) lanes: u32,
}
