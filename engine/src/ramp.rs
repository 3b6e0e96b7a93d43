//! Linear ramps of derived gains, for one signal and for a group of lanes.
//!
//! A ramp of T samples from *start* to *target* has, k samples after the event (k = 0 is the event's own sample),
//!
//! ```text
//! g(k) = target + (start − target)/T · (T − 1 − k)      k < T
//! g(k) = target                                         k ≥ T
//! ```
//!
//! The gain is computed from the number of samples that are left, not by adding a step to itself: it ends exactly on the
//! target, skipping n samples costs one subtraction, and a settled ramp yields its target by the same formula, so that
//! fast paths cannot change a bit. A new target in mid-ramp starts anew from where the gain is.
//!
//! An event may lie between two samples, where the engine has a rate of its own: k then counts from there, see [`RampTime`].
//!
//! A ramp may be late: what it yields is then what it would have yielded some samples ago, as the sound that it stands behind is late.

use crate::delay::{Delay, LaneDelay};
use crate::gains::Matrix;
use crate::lanes::{LANES, TILE_FRAMES};
use crate::simd::{LaneGain, LaneTile, PerLane, frames_per_vector, part_range, parts, vectors_mut};
use fearless_simd::{Simd, SimdBase};

/// How long a ramp takes, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RampTime {
    n_samples: usize,
    /// How much later the event is than the sample from which it counts: −½ … ½.
    late_samples: f32,
}

impl RampTime {
    /// So many samples, from the next sample on.
    pub(crate) const fn of(n_samples: usize) -> Self {
        Self { n_samples, late_samples: 0.0 }
    }

    /// The same from so much behind the next sample on, or before it.
    pub(crate) fn late_by(self, late_samples: f32) -> Self {
        // In steps that leave room for the largest count in an f32, so that whatever is counted down stays exact.
        let late_samples = (late_samples.clamp(-0.5, 0.5) * LATE_STEPS).round() / LATE_STEPS;
        Self { late_samples, ..self }
    }

    /// Samples that are left in front of the first.
    fn left(self) -> f32 {
        self.n_samples as f32 + self.late_samples
    }

    fn step(self, start: f32, target: f32) -> f32 {
        (start - target) / self.n_samples as f32
    }
}

/// Places between two samples at which a ramp may begin.
const LATE_STEPS: f32 = 64.0;

/// The ramp of one gain in each lane.
#[derive(Clone, Debug)]
pub(crate) struct LaneRamp {
    target: PerLane,
    step: PerLane,
    /// Samples left in each lane, in 64ths; exact in f32 far beyond any ramp's length.
    left: PerLane,
    /// No lane has more samples left than this, so zero means settled.
    longest_left: usize,
    /// Whether every lane goes to the same gain, and to which.
    common: Option<f32>,
    /// How late it is, and what it has yet to yield. Without it, copies do not allocate.
    late: Option<Box<LaneDelay>>,
}

impl LaneRamp {
    pub(crate) const fn settled_at(gain: f32) -> Self {
        Self {
            target: PerLane::splat(gain),
            step: PerLane::ZERO,
            left: PerLane::ZERO,
            longest_left: 0,
            common: Some(gain),
            late: None,
        }
    }

    /// Makes it late by so many samples, settled where it was going. Allocates.
    pub(crate) fn set_delay(&mut self, n_samples: usize) {
        self.late = (n_samples > 0).then(|| Box::new(LaneDelay::new(n_samples)));
        self.jump();
    }

    /// Starts towards `target` in one lane. The same target again leaves a ramp alone.
    pub(crate) fn retarget(&mut self, lane: usize, target: f32, time: RampTime) {
        if self.target.get(lane) == target {
            return;
        }
        let start = self.target.get(lane) + self.step.get(lane) * self.left.get(lane);
        self.target.set(lane, target);
        self.step.set(lane, time.step(start, target));
        self.left.set(lane, time.left());
        self.longest_left = self.longest_left.max(time.left().ceil() as usize);
        self.common = self.target.lanes().iter().all(|gain| *gain == target).then_some(target);
    }

    pub(crate) fn jump(&mut self) {
        self.left = PerLane::ZERO;
        self.longest_left = 0;
        if let Some(late) = &mut self.late {
            (0..LANES).for_each(|lane| late.fill_lane(lane, self.target.get(lane)));
            late.settle();
        }
    }

    /// One lane is where it was going, as if it had been there for ever.
    pub(crate) fn jump_lane(&mut self, lane: usize) {
        self.left.set(lane, 0.0);
        if let Some(late) = &mut self.late {
            late.fill_lane(lane, self.target.get(lane));
        }
    }

    #[inline]
    pub(crate) fn is_settled(&self) -> bool {
        self.longest_left == 0 && self.late.as_ref().is_none_or(|late| late.is_settled())
    }

    /// Whether every lane has this gain, and keeps it.
    pub(crate) fn is_settled_at(&self, gain: f32) -> bool {
        self.is_settled() && self.common == Some(gain)
    }

    /// Whether one lane is where it was going.
    pub(crate) fn has_settled(&self, lane: usize) -> bool {
        self.left.get(lane) == 0.0 && self.late.as_ref().is_none_or(|late| late.is_settled())
    }

    /// Where every lane goes.
    pub(crate) fn target(&self) -> &PerLane {
        &self.target
    }

    /// Steps over `n` samples that nobody hears.
    #[inline]
    pub(crate) fn skip(&mut self, n: usize) {
        if !self.is_settled() {
            self.skip_moving(n);
        }
    }

    fn skip_moving(&mut self, n: usize) {
        if self.late.is_some() {
            let mut gains = [[0.0; LANES]; TILE_FRAMES];
            for (frame, gains) in gains[..n].iter_mut().enumerate() {
                for (lane, gain) in gains.iter_mut().enumerate() {
                    let left = (self.left.get(lane) - (frame + 1) as f32).max(0.0);
                    *gain = self.target.get(lane) + self.step.get(lane) * left;
                }
            }
            self.pass_on(&mut gains[..n]);
        }
        self.step_over(n);
    }

    /// Exchanges what is yielded now for what was some samples ago.
    fn pass_on(&mut self, gains: &mut [[f32; LANES]]) {
        if let Some(late) = &mut self.late {
            late.run(gains, self.longest_left);
        }
    }

    fn step_over(&mut self, n: usize) {
        if self.longest_left > 0 {
            for lane in 0..LANES {
                self.left.set(lane, (self.left.get(lane) - n as f32).max(0.0));
            }
            self.longest_left = self.longest_left.saturating_sub(n);
        }
    }

    /// The gains of the next `n` samples, in `room` where they move.
    pub(crate) fn advance<'a, S: Simd>(
        &'a mut self,
        simd: S,
        room: &'a mut LaneTile,
        n: usize,
    ) -> LaneGain<'a> {
        if self.is_settled() {
            return LaneGain::Still(&self.target);
        }
        self.fill(simd, room, n);
        LaneGain::Moving(room)
    }

    /// Writes the gains of the next `n` samples.
    pub(crate) fn fill<S: Simd>(&mut self, simd: S, out: &mut LaneTile, n: usize) {
        simd.vectorize(
            #[inline(always)]
            || {
                // A vector of two frames has the second one's count in its upper half.
                let frames = frames_per_vector::<S>();
                let passed: [f32; 2 * LANES] = std::array::from_fn(|idx| (1 + idx / LANES) as f32);
                for part in 0..parts::<S>() {
                    let target = self.target.load(simd, part);
                    let step = self.step.load(simd, part);
                    let passed = match frames {
                        1 => S::f32s::splat(simd, 1.0),
                        _ => S::f32s::from_slice(simd, &passed[part_range::<S>(part)]),
                    };
                    let mut left = self.left.load(simd, part) - passed;
                    for out in vectors_mut::<S>(out, n) {
                        let gain = target + step * left.max(S::f32s::splat(simd, 0.0));
                        gain.store_slice(&mut out[part_range::<S>(part)]);
                        left -= frames as f32;
                    }
                }
            },
        );
        self.pass_on(&mut out.0[..n]);
        self.step_over(n);
    }
}

/// The ramps of a 2 × 2 matrix in each lane, row by row.
#[derive(Clone, Debug)]
pub(crate) struct LaneMatrixRamp {
    pub(crate) entries: [LaneRamp; 4],
}

impl LaneMatrixRamp {
    pub(crate) fn settled_at(matrix: Matrix) -> Self {
        let [[ll, lr], [rl, rr]] = matrix;
        Self { entries: [ll, lr, rl, rr].map(LaneRamp::settled_at) }
    }

    pub(crate) fn retarget(&mut self, lane: usize, matrix: Matrix, time: RampTime) {
        for (entry, target) in self.entries.iter_mut().zip(matrix.as_flattened()) {
            entry.retarget(lane, *target, time);
        }
    }

    /// Makes it late by so many samples. Allocates.
    pub(crate) fn set_delay(&mut self, n_samples: usize) {
        self.entries.iter_mut().for_each(|entry| entry.set_delay(n_samples));
    }

    pub(crate) fn jump(&mut self) {
        self.entries.iter_mut().for_each(LaneRamp::jump);
    }

    pub(crate) fn skip(&mut self, n: usize) {
        self.entries.iter_mut().for_each(|entry| entry.skip(n));
    }

    /// Whether no entry of any lane is moving.
    pub(crate) fn is_settled(&self) -> bool {
        self.entries.iter().all(LaneRamp::is_settled)
    }

    /// Whether it passes everything as it is, in all lanes and from now on.
    pub(crate) fn is_identity(&self) -> bool {
        self.entries.iter().zip([1.0, 0.0, 0.0, 1.0]).all(|(entry, gain)| entry.is_settled_at(gain))
    }
}

/// The ramp of one gain.
#[derive(Clone, Debug)]
pub(crate) struct Ramp {
    target: f32,
    step: f32,
    /// Samples left, in 64ths.
    left: f32,
    /// How late it is.
    late: Delay,
}

impl Ramp {
    pub(crate) fn settled_at(gain: f32) -> Self {
        Self { target: gain, step: 0.0, left: 0.0, late: Delay::new(0) }
    }

    /// Makes it late by so many samples, settled where it was going. Allocates.
    pub(crate) fn set_delay(&mut self, n_samples: usize) {
        self.late = Delay::new(n_samples);
        self.jump();
    }

    /// Starts towards `target`. The same target again leaves a ramp alone.
    pub(crate) fn retarget(&mut self, target: f32, time: RampTime) {
        if self.target == target {
            return;
        }
        let start = self.target + self.step * self.left;
        self.target = target;
        self.step = time.step(start, target);
        self.left = time.left();
    }

    pub(crate) fn jump(&mut self) {
        self.left = 0.0;
        self.late.fill(self.target);
    }

    /// Steps over `n` samples, a tile at most, that nobody hears.
    #[inline]
    pub(crate) fn skip(&mut self, n: usize) {
        if self.late.is_nothing() {
            self.step_over(n);
        } else if self.settled().is_none() {
            self.fill(n);
        }
    }

    #[inline]
    fn step_over(&mut self, n: usize) {
        self.left = (self.left - n as f32).max(0.0);
    }

    /// The gain if it is not moving.
    #[inline]
    pub(crate) fn settled(&self) -> Option<f32> {
        (self.left == 0.0 && self.late.holds(self.target)).then_some(self.target)
    }

    /// The gains of the next `n` samples. What is behind them is of no meaning.
    #[inline(always)]
    pub(crate) fn fill(&mut self, n: usize) -> [f32; TILE_FRAMES] {
        let mut gains = [self.target; TILE_FRAMES];
        if self.left > 0.0 {
            for (frame, gain) in gains.iter_mut().enumerate() {
                *gain += self.step * (self.left - (frame + 1) as f32).max(0.0);
            }
            self.step_over(n);
            self.late.run(&mut gains[..n]);
        } else if !self.late.is_nothing() {
            self.late.run_same(self.target, &mut gains[..n]);
        }
        gains
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{SimdPath, on_path};

    #[test]
    fn a_ramp_moves_on_its_first_sample_and_ends_exactly_on_its_target() {
        let mut ramp = Ramp::settled_at(1.0);
        ramp.retarget(0.25, RampTime::of(4));
        assert_eq!(ramp.fill(6)[..6], [0.8125, 0.625, 0.4375, 0.25, 0.25, 0.25]);
        assert_eq!(ramp.settled(), Some(0.25));
    }

    #[test]
    fn a_ramp_may_begin_between_two_samples_and_never_leaves_its_ends() {
        for (late_samples, line) in [
            (0.25, [0.859_375, 0.671_875, 0.484_375, 0.296_875, 0.25, 0.25]),
            (-0.25, [0.765_625, 0.578_125, 0.390_625, 0.25, 0.25, 0.25]),
            (0.5, [0.906_25, 0.718_75, 0.531_25, 0.343_75, 0.25, 0.25]),
            // Not a number of 64ths, and more than half a sample away.
            (7.0, [0.906_25, 0.718_75, 0.531_25, 0.343_75, 0.25, 0.25]),
        ] {
            let time = RampTime::of(4).late_by(late_samples);
            let mut ramp = Ramp::settled_at(1.0);
            ramp.retarget(0.25, time);
            assert_eq!(ramp.fill(6)[..6], line, "{late_samples}");
            assert_eq!(ramp.settled(), Some(0.25));
            let mut lanes = LaneRamp::settled_at(1.0);
            lanes.retarget(3, 0.25, time);
            let mut gains = LaneTile::ZERO;
            on_path!(SimdPath::detect(), simd => lanes.fill(simd, &mut gains, 4));
            assert_eq!(lanes.is_settled(), late_samples <= 0.0, "{late_samples}");
            on_path!(SimdPath::detect(), simd => lanes.fill(simd, &mut gains, 1));
            assert_eq!(gains.0[0][3], 0.25);
            assert!(lanes.is_settled(), "{late_samples}");
        }
    }

    #[test]
    fn lanes_and_single_ramps_agree_bit_for_bit_however_they_are_stepped() {
        for path in SimdPath::all() {
            let mut rng = fastrand::Rng::with_seed(7);
            let mut single: Vec<Ramp> = (0..LANES).map(|_| Ramp::settled_at(1.0)).collect();
            let mut lanes = LaneRamp::settled_at(1.0);
            let mut n_moving = 0;
            for _ in 0..2_000 {
                if rng.f32() < 0.1 {
                    let (lane, target) = (rng.usize(..LANES), rng.f32());
                    let time = RampTime::of(720).late_by(rng.f32() - 0.5);
                    single[lane].retarget(target, time);
                    lanes.retarget(lane, target, time);
                }
                let n = rng.usize(1..=TILE_FRAMES);
                if rng.bool() {
                    single.iter_mut().for_each(|ramp| ramp.skip(n));
                    lanes.skip(n);
                    continue;
                }
                let mut gains = LaneTile::ZERO;
                if lanes.is_settled() {
                    gains.0[..n].fill(lanes.target().lanes().try_into().expect("eight lanes"));
                } else {
                    n_moving += 1;
                    on_path!(path, simd => lanes.fill(simd, &mut gains, n));
                }
                for (lane, ramp) in single.iter_mut().enumerate() {
                    for (frame, gain) in gains.0[..n].iter().zip(ramp.fill(n)) {
                        assert_eq!(frame[lane].to_bits(), gain.to_bits(), "{}", path.name());
                    }
                }
            }
            assert!(n_moving > 500, "the test must see moving ramps, saw {n_moving}");
        }
    }
}
