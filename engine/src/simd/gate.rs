//! A gate over a tile, from its key to the gain that is left.
//!
//! ```text
//! enough = stay if hold ≥ 0, else open
//! hold   ← hold_samples if max(|l|, |r|) ≥ enough, else max(min(hold, hold_samples) − 1, −1)
//! target = 0 if hold ≥ 0, else max(range, slope·min(level − threshold, 0))
//! gain   = target, by release and attack             envelope.rs
//! ```
//!
//! A hold of −1 is a closed gate. Formulas and sources: `docs/dsp/dynamics.md`; the reference is
//! [`dynamics::Gate`](crate::dynamics::Gate). Units: log2, re full scale; magnitudes and their thresholds in the engine's scale.
//! Latency: none. State: what is left of the hold, and the gain.

use super::envelope::{Ballistics, DB_PER_OCTAVE, Envelope};
use super::level::level_of_magnitude;
use super::tile::{LaneTile, PerLane, part_range, parts, vectors, vectors_mut};
use crate::dynamics::GateCoefficients;
use crate::lanes::{FULL_SCALE, LANES, lanes_of};
use crate::stages::Segment;
use fearless_simd::{Select, Simd, SimdBase, f32x8};

/// The gates of a group of lanes.
#[derive(Clone, Debug)]
pub(crate) struct GateLanes {
    open: PerLane,
    stay: PerLane,
    hold_samples: PerLane,
    threshold: PerLane,
    slope: PerLane,
    range: PerLane,
    ballistics: Ballistics,
    hold: [f32; LANES],
    envelope: Envelope,
}

impl GateLanes {
    /// Open, and reduces nothing when it closes.
    pub(crate) const REST: Self = Self {
        open: PerLane::ZERO,
        stay: PerLane::ZERO,
        hold_samples: PerLane::ZERO,
        threshold: PerLane::ZERO,
        slope: PerLane::ZERO,
        range: PerLane::ZERO,
        ballistics: Ballistics::INSTANT,
        hold: [0.0; LANES],
        envelope: Envelope::REST,
    };

    /// Takes everything but the blend.
    pub(crate) fn set(&mut self, lane: usize, coefficients: &GateCoefficients) {
        let GateCoefficients { trigger, curve, ballistics, .. } = coefficients;
        self.open.set(lane, trigger.open * FULL_SCALE);
        self.stay.set(lane, trigger.stay * FULL_SCALE);
        // Two seconds at the highest rate are 1.5 million samples: exact in f32.
        self.hold_samples.set(lane, trigger.hold_samples as f32);
        self.threshold.set(lane, (curve.threshold_db / DB_PER_OCTAVE) as f32);
        self.slope.set(lane, curve.slope as f32);
        self.range.set(lane, (curve.range_db / DB_PER_OCTAVE) as f32);
        self.ballistics.set(lane, ballistics);
    }

    /// Open, and nothing heard.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.hold[lane] = 0.0;
        self.envelope.clear(lane);
    }

    /// The gains of all lanes, as log2, zero or less.
    pub(crate) fn gains(&self) -> &[f64; LANES] {
        &self.envelope.gain.0
    }

    /// Whether a tile of silence that was just heard has changed nothing in the lanes of a mask.
    pub(crate) fn is_settled(&self, lanes: u32) -> bool {
        let Envelope { gain, target } = &self.envelope;
        let mut listening = lanes_of(lanes);
        listening.all(|lane| self.hold[lane] < 0.0 && gain.0[lane] == target.0[lane])
    }
}

/// Writes the gains, as log2, that the key asks for in its first `n` frames.
#[inline(never)]
pub(crate) fn gate<S: Simd>(
    simd: S,
    lanes: &mut GateLanes,
    key: [&LaneTile; 2],
    gains: &mut LaneTile,
    Segment { n, ends_tile, .. }: Segment,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            hold(simd, lanes, key, gains, n);
            targets(simd, lanes, key, gains, n);
            lanes.envelope.follow(simd, &lanes.ballistics, gains, n);
            if ends_tile {
                lanes.envelope.settle();
            }
        },
    );
}

/// Writes what is left of the hold in every frame.
#[inline(always)]
fn hold<S: Simd>(simd: S, lanes: &mut GateLanes, key: [&LaneTile; 2], out: &mut LaneTile, n: usize) {
    let zero = f32x8::splat(simd, 0.0);
    let minus_one = f32x8::splat(simd, -1.0);
    let open = f32x8::from_slice(simd, lanes.open.lanes());
    let stay = f32x8::from_slice(simd, lanes.stay.lanes());
    let hold_samples = f32x8::from_slice(simd, lanes.hold_samples.lanes());
    let mut hold = f32x8::from_slice(simd, &lanes.hold);
    let keys = key[0].0[..n].iter().zip(&key[1].0[..n]);
    for (out, (left, right)) in out.0[..n].iter_mut().zip(keys) {
        let magnitude = f32x8::from_slice(simd, left).abs().max(f32x8::from_slice(simd, right).abs());
        let enough = hold.simd_ge(zero).select(stay, open);
        let later = (hold.min(hold_samples) - 1.0).max(minus_one);
        hold = magnitude.simd_ge(enough).select(hold_samples, later);
        hold.store_slice(out);
    }
    hold.store_slice(&mut lanes.hold);
}

/// Puts targets in the place of holds.
#[inline(always)]
fn targets<S: Simd>(simd: S, lanes: &GateLanes, key: [&LaneTile; 2], out: &mut LaneTile, n: usize) {
    let zero = S::f32s::splat(simd, 0.0);
    for part in 0..parts::<S>() {
        let threshold = lanes.threshold.load(simd, part);
        let slope = lanes.slope.load(simd, part);
        let range = lanes.range.load(simd, part);
        let keys = vectors::<S>(key[0], n).zip(vectors::<S>(key[1], n));
        for (out, (left, right)) in vectors_mut::<S>(out, n).zip(keys) {
            let out = &mut out[part_range::<S>(part)];
            let left = S::f32s::from_slice(simd, &left[part_range::<S>(part)]);
            let right = S::f32s::from_slice(simd, &right[part_range::<S>(part)]);
            let level = level_of_magnitude(simd, left.abs().max(right.abs()));
            let closed = (slope * (level - threshold).min(zero)).max(range);
            let is_open = S::f32s::from_slice(simd, out).simd_ge(zero);
            is_open.select(zero, closed).store_slice(out);
        }
    }
}

#[cfg(test)]
mod tests;
