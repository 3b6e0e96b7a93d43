//! A stage's dry and wet gain in every lane: on and off, mix and make-up, on ramps.
//!
//! ```text
//! off   dry = 1       wet = 0
//! on    dry = 1 − m   wet = m·make-up
//! ```
//!
//! Both start at an event's exact sample, as all gains do.

use crate::dynamics::Blend;
use crate::ramp::{LaneRamp, RampTime};
use crate::simd::{LaneGain, LaneTile};
use fearless_simd::Simd;

/// Dry and wet in every lane.
#[derive(Clone)]
pub(super) struct LaneBlend {
    dry: LaneRamp,
    wet: LaneRamp,
}

impl LaneBlend {
    /// Off.
    pub(super) fn new() -> Self {
        let [dry, wet] = Blend::OFF.map(|gain| LaneRamp::settled_at(gain as f32));
        Self { dry, wet }
    }

    /// Makes it late by so many samples. Allocates.
    pub(super) fn set_delay(&mut self, n_samples: usize) {
        self.dry.set_delay(n_samples);
        self.wet.set_delay(n_samples);
    }

    pub(super) fn retarget(&mut self, lane: usize, [dry, wet]: [f64; 2], time: RampTime) {
        self.dry.retarget(lane, dry as f32, time);
        self.wet.retarget(lane, wet as f32, time);
    }

    pub(super) fn jump(&mut self) {
        self.dry.jump();
        self.wet.jump();
    }

    pub(super) fn skip(&mut self, n: usize) {
        self.dry.skip(n);
        self.wet.skip(n);
    }

    /// Whether no lane is on its way.
    pub(super) fn is_settled(&self) -> bool {
        self.dry.is_settled() && self.wet.is_settled()
    }

    /// Whether a lane passes its input and goes nowhere.
    pub(super) fn is_off(&self, lane: usize) -> bool {
        self.dry.has_settled(lane)
            && self.wet.has_settled(lane)
            && self.wet.target().get(lane) == 0.0
            && self.dry.target().get(lane) == 1.0
    }

    /// Dry and wet of the next `n` samples, both still or both moving.
    pub(super) fn advance<'a, S: Simd>(
        &'a mut self,
        simd: S,
        [dry_room, wet_room]: &'a mut [LaneTile; 2],
        n: usize,
    ) -> [LaneGain<'a>; 2] {
        if self.dry.is_settled() && self.wet.is_settled() {
            return [LaneGain::Still(self.dry.target()), LaneGain::Still(self.wet.target())];
        }
        self.dry.fill(simd, dry_room, n);
        self.wet.fill(simd, wet_room, n);
        [LaneGain::Moving(dry_room), LaneGain::Moving(wet_room)]
    }
}
