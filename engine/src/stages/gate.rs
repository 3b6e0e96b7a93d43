//! The gates of a group of lanes: settings in, gains out.

use super::blend::LaneBlend;
use super::{LowestGains, Segment, StageScratch, Timing};
use crate::dynamics::{Blend, GateCoefficients, GateSettings};
use crate::lanes::lanes_of;
use crate::ramp::RampTime;
use crate::simd::{GateLanes, LaneTile, apply, gate};
use fearless_simd::Simd;

/// A gate in every lane.
pub(crate) struct LaneGate {
    kernel: GateLanes,
    blend: LaneBlend,
    /// Lanes that are on, or on their way off. Bit = lane.
    running: u32,
}

impl LaneGate {
    /// All off.
    pub(crate) fn new() -> Self {
        Self { kernel: GateLanes::REST, blend: LaneBlend::new(), running: 0 }
    }

    /// Switches a lane on or off from the next sample on.
    pub(crate) fn switch(&mut self, lane: usize, on: bool, ramp: RampTime) {
        let forgotten = self.blend.is_off(lane);
        self.blend.retarget(lane, if on { Blend::on(1.0, 1.0) } else { Blend::OFF }, ramp);
        if on && forgotten {
            self.kernel.clear(lane);
        }
        if on {
            self.running |= 1 << lane;
        }
    }

    /// Takes all settings but the switch. Called at a border.
    pub(crate) fn set(&mut self, lane: usize, settings: &GateSettings, timing: Timing) {
        self.kernel.set(lane, &GateCoefficients::new(timing.sample_rate_hz, settings));
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.blend.jump();
    }

    /// At a border: lanes that have gone off are forgotten.
    pub(crate) fn begin_tile(&mut self) {
        for lane in lanes_of(self.running) {
            if self.blend.is_off(lane) {
                self.running &= !(1 << lane);
                self.kernel.clear(lane);
            }
        }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.running == 0
    }

    /// Whether a tile of silence that was just heard has changed nothing.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_off() || self.kernel.is_settled(self.running)
    }

    /// Forgets what a lane heard.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.kernel.clear(lane);
    }

    /// Steps over `n` samples of silence at rest.
    pub(crate) fn skip(&mut self, n: usize) {
        self.blend.skip(n);
    }

    /// Notes present gains.
    pub(crate) fn meter(&self, lowest: &mut LowestGains, anew: bool) {
        if anew || !self.is_off() {
            lowest.take(self.kernel.gains(), self.running, anew);
        }
    }

    /// Gates a segment by itself.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        [left, right]: [&mut LaneTile; 2],
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        if self.is_off() {
            return;
        }
        let gains = &mut scratch.gains[0];
        gate(simd, &mut self.kernel, [left, right], gains, segment);
        let [dry, wet] = self.blend.advance(simd, &mut scratch.blend, segment.n);
        apply(simd, dry, wet, [gains, gains], [left, right], segment.n);
    }
}
