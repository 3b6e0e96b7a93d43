//! A compressor over a tile, from its key to the gain that is left.
//!
//! ```text
//! p      = max(|l|, |r|)                          peaks, linked
//! p²     ← (1 − c)·p² + c·x²                      mean power, each side its own, in f64
//! level  = log2 p
//! target = −slope·(u²/(2·knee) + max(over − knee, 0))     over = level − (threshold − knee/2), u = over held in 0 … knee
//! target ← lower + apart·(target − lower)         the link, where any lane has less than all of it
//! gain   = target, by attack and release          envelope.rs
//! ```
//!
//! With a link of 100 % in all lanes one gain serves both sides, and one level: the curve is monotone.
//! Formulas and sources: `docs/dsp/dynamics.md`; the reference is [`dynamics::Compressor`](crate::dynamics::Compressor).
//! Units: log2, re full scale. Latency: none. State: the powers and the gains.

use super::doubles::Doubles;
use super::envelope::{Ballistics, DB_PER_OCTAVE, Envelope};
use super::level::{level_of_magnitude, level_of_power};
use super::tile::{LaneTile, PerLane, PerLane64, part_range, parts, vectors, vectors_mut};
use crate::dynamics::{CompressorCoefficients, FLOOR_POWER};
use crate::lanes::{LANES, SCALE_EXPONENT, lanes_of};
use crate::stages::Segment;
use fearless_simd::{Simd, SimdBase, SimdFloat, f64x4, f64x8};

/// A power that counts as nothing, in the engine's scale.
const NO_POWER: f64 = FLOOR_POWER * POWER_SCALE;

/// The square of the engine's scale.
const POWER_SCALE: f64 = (1u128 << (2 * SCALE_EXPONENT)) as f64;

/// The compressors of a group of lanes.
#[derive(Clone, Debug)]
pub(crate) struct CompressorLanes {
    knee_start: PerLane,
    knee: PerLane,
    /// 1/(2·knee), and zero for a hard knee.
    bend: PerLane,
    /// 1/ratio − 1.
    slope: PerLane,
    /// How much of its distance from the lower target each side keeps.
    apart: PerLane,
    /// c of the mean power; 1 for peaks.
    mean: PerLane64,
    ballistics: Ballistics,
    powers: [PerLane64; 2],
    sides: [Envelope; 2],
    /// Some lane listens to the mean power.
    has_means: bool,
    /// One gain serves both sides of every lane.
    is_linked: bool,
}

impl CompressorLanes {
    /// Reduces nothing, at rest.
    pub(crate) const REST: Self = Self {
        knee_start: PerLane::ZERO,
        knee: PerLane::ZERO,
        bend: PerLane::ZERO,
        slope: PerLane::ZERO,
        apart: PerLane::ZERO,
        mean: PerLane64([1.0; LANES]),
        ballistics: Ballistics::INSTANT,
        powers: [PerLane64::ZERO; 2],
        sides: [Envelope::REST; 2],
        has_means: false,
        is_linked: true,
    };

    /// Takes everything but the key's filter and the blend.
    pub(crate) fn set(&mut self, lane: usize, coefficients: &CompressorCoefficients) {
        let curve = &coefficients.curve;
        let log2 = |db: f64| (db / DB_PER_OCTAVE) as f32;
        self.knee_start.set(lane, log2(curve.knee_start_db));
        self.knee.set(lane, log2(curve.knee_db));
        self.bend.set(lane, (curve.knee_scale * DB_PER_OCTAVE) as f32);
        self.slope.set(lane, -curve.slope as f32);
        self.apart.set(lane, coefficients.apart as f32);
        if self.mean.0[lane] != coefficients.mean {
            // A mean begins with nothing: whether there was a power to begin with would be up to the other lanes.
            self.powers.iter_mut().for_each(|powers| powers.0[lane] = 0.0);
        }
        self.mean.0[lane] = coefficients.mean;
        self.ballistics.set(lane, &coefficients.ballistics);
    }

    /// Remembers in one lane what another group of compressors does.
    pub(crate) fn copy_memory(&mut self, lane: usize, from: &Self) {
        for side in 0..2 {
            self.powers[side].0[lane] = from.powers[side].0[lane];
            self.sides[side].gain.0[lane] = from.sides[side].gain.0[lane];
            self.sides[side].target.0[lane] = from.sides[side].target.0[lane];
        }
    }

    /// Forgets what a lane heard.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.powers.iter_mut().for_each(|power| power.0[lane] = 0.0);
        self.sides.iter_mut().for_each(|side| side.clear(lane));
    }

    /// Finds the shortest way through the kernel. Called when lanes were set, and at borders.
    pub(crate) fn choose_way(&mut self) {
        self.has_means = self.mean.0.iter().any(|c| *c != 1.0);
        let [left, right] = &self.sides;
        self.is_linked = self.apart == PerLane::ZERO && left.gain == right.gain;
    }

    /// The gains of the side of each lane that is reduced more, as log2, zero or less.
    pub(crate) fn gains(&self) -> [f64; LANES] {
        let [left, right] = &self.sides;
        std::array::from_fn(|lane| left.gain.0[lane].min(right.gain.0[lane]))
    }

    /// At a tile's border: what has decayed comes to rest.
    #[inline(always)]
    fn settle(&mut self) {
        if self.has_means {
            for power in self.powers.iter_mut().flat_map(|powers| &mut powers.0) {
                *power = if *power < NO_POWER { 0.0 } else { *power };
            }
        }
        let [left, right] = &mut self.sides;
        left.settle();
        if self.is_linked {
            right.clone_from(left);
        } else {
            right.settle();
            left.join(right, &self.apart);
            self.choose_way();
        }
    }

    /// Whether a tile of silence that was just heard has changed nothing in the lanes of a mask.
    pub(crate) fn is_settled(&self, lanes: u32) -> bool {
        lanes_of(lanes).all(|lane| {
            self.powers.iter().all(|powers| powers.0[lane] == 0.0)
                && self.sides.iter().all(|side| side.gain.0[lane] == side.target.0[lane])
        })
    }

    /// Whether one gain serves both sides.
    pub(crate) fn is_linked(&self) -> bool {
        self.is_linked
    }
}

/// Writes the gains, as log2, that the key asks for in its first `n` frames: to the first tile for both sides, or one to
/// each, by [`CompressorLanes::is_linked`] before the call.
#[inline(never)]
pub(crate) fn reduce<S: Simd>(
    simd: S,
    lanes: &mut CompressorLanes,
    key: [&LaneTile; 2],
    gains: &mut [LaneTile; 2],
    Segment { n, ends_tile, .. }: Segment,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let [first, second] = gains;
            if lanes.has_means {
                if const { S::f64s::LEN >= LANES } {
                    mean_powers::<S, f64x8<S>>(simd, lanes, key, [first, second], n);
                } else {
                    mean_powers::<S, f64x4<S>>(simd, lanes, key, [first, second], n);
                }
            }
            if lanes.is_linked {
                match lanes.has_means {
                    true => linked_targets::<S, true>(simd, lanes, key, [first, second], n),
                    false => linked_targets::<S, false>(simd, lanes, key, [first, second], n),
                }
                lanes.sides[0].follow(simd, &lanes.ballistics, first, n);
                if !ends_tile {
                    lanes.sides[1] = lanes.sides[0].clone();
                }
            } else {
                match lanes.has_means {
                    true => targets::<S, true>(simd, lanes, key, [first, second], n),
                    false => targets::<S, false>(simd, lanes, key, [first, second], n),
                }
                lanes.sides[0].follow(simd, &lanes.ballistics, first, n);
                lanes.sides[1].follow(simd, &lanes.ballistics, second, n);
            }
            if ends_tile {
                lanes.settle();
            }
        },
    );
}

/// Writes the powers of both sides, re full scale.
#[inline(always)]
fn mean_powers<S: Simd, D: Doubles<S>>(
    simd: S,
    lanes: &mut CompressorLanes,
    key: [&LaneTile; 2],
    out: [&mut LaneTile; 2],
    n: usize,
) {
    for ((key, out), powers) in key.into_iter().zip(out).zip(&mut lanes.powers) {
        for half in 0..D::HALVES {
            let range = half * D::LEN..(half + 1) * D::LEN;
            let c = D::from_slice(simd, &lanes.mean.0[range.clone()]);
            let keep = D::splat(simd, 1.0) - c;
            let mut power = D::from_slice(simd, &powers.0[range.clone()]);
            for (key, out) in key.0[..n].iter().zip(&mut out.0[..n]) {
                let x = D::widen_from(simd, &key[range.clone()]);
                power = keep.mul_add(power, c * (x * x));
                (power * (1.0 / POWER_SCALE)).narrow_to(simd, &mut out[range.clone()]);
            }
            power.store_slice(&mut powers.0[range]);
        }
    }
}

/// The targets of both sides at once: the louder one's.
#[inline(always)]
fn linked_targets<S: Simd, const MEANS: bool>(
    simd: S,
    lanes: &CompressorLanes,
    key: [&LaneTile; 2],
    [first, second]: [&mut LaneTile; 2],
    n: usize,
) {
    for part in 0..parts::<S>() {
        let curve = Curve::load(simd, lanes, part);
        if MEANS {
            for (first, second) in vectors_mut::<S>(first, n).zip(vectors::<S>(second, n)) {
                let samples = &mut first[part_range::<S>(part)];
                let left = S::f32s::from_slice(simd, samples);
                let right = S::f32s::from_slice(simd, &second[part_range::<S>(part)]);
                curve.target(simd, level_of_power(simd, left.max(right))).store_slice(samples);
            }
        } else {
            let keys = vectors::<S>(key[0], n).zip(vectors::<S>(key[1], n));
            for (out, (left, right)) in vectors_mut::<S>(first, n).zip(keys) {
                let left = S::f32s::from_slice(simd, &left[part_range::<S>(part)]);
                let right = S::f32s::from_slice(simd, &right[part_range::<S>(part)]);
                let level = level_of_magnitude(simd, left.abs().max(right.abs()));
                curve.target(simd, level).store_slice(&mut out[part_range::<S>(part)]);
            }
        }
    }
}

/// The targets of each side, brought together by the link.
#[inline(always)]
fn targets<S: Simd, const MEANS: bool>(
    simd: S,
    lanes: &CompressorLanes,
    key: [&LaneTile; 2],
    [first, second]: [&mut LaneTile; 2],
    n: usize,
) {
    for part in 0..parts::<S>() {
        let curve = Curve::load(simd, lanes, part);
        let apart = lanes.apart.load(simd, part);
        let keys = vectors::<S>(key[0], n).zip(vectors::<S>(key[1], n));
        let outs = vectors_mut::<S>(first, n).zip(vectors_mut::<S>(second, n));
        for ((first, second), (left, right)) in outs.zip(keys) {
            let (first, second) = (&mut first[part_range::<S>(part)], &mut second[part_range::<S>(part)]);
            let (left, right) = if MEANS {
                let powers = (S::f32s::from_slice(simd, first), S::f32s::from_slice(simd, second));
                (level_of_power(simd, powers.0), level_of_power(simd, powers.1))
            } else {
                let left = S::f32s::from_slice(simd, &left[part_range::<S>(part)]);
                let right = S::f32s::from_slice(simd, &right[part_range::<S>(part)]);
                (level_of_magnitude(simd, left.abs()), level_of_magnitude(simd, right.abs()))
            };
            let (left, right) = (curve.target(simd, left), curve.target(simd, right));
            let lower = left.min(right);
            apart.mul_add(left - lower, lower).store_slice(first);
            apart.mul_add(right - lower, lower).store_slice(second);
        }
    }
}

/// The static curve in registers.
struct Curve<S: Simd> {
    knee_start: S::f32s,
    knee: S::f32s,
    bend: S::f32s,
    slope: S::f32s,
}

impl<S: Simd> Curve<S> {
    #[inline(always)]
    fn load(simd: S, lanes: &CompressorLanes, part: usize) -> Self {
        Self {
            knee_start: lanes.knee_start.load(simd, part),
            knee: lanes.knee.load(simd, part),
            bend: lanes.bend.load(simd, part),
            slope: lanes.slope.load(simd, part),
        }
    }

    #[inline(always)]
    fn target(&self, simd: S, level: S::f32s) -> S::f32s {
        let zero = S::f32s::splat(simd, 0.0);
        let over = level - self.knee_start;
        let in_knee = over.max(zero).min(self.knee);
        let above = (over - self.knee).max(zero);
        self.slope * (in_knee * in_knee).mul_add(self.bend, above)
    }
}

#[cfg(test)]
mod tests;
