//! Gains on their way into the signal.
//!
//! ```text
//! x ← x·(dry + wet·2^gain)
//! ```
//!
//! Dry and wet are a stage's on and off, mix and make-up. Where nothing is reduced, at dry + wet = 1, no bit changes.

use super::math::exp2;
use super::tile::{LaneTile, PerLane, part_range, parts, vectors, vectors_mut};
use fearless_simd::{Simd, SimdBase, SimdFloat};

/// A gain of every lane over a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LaneGain<'a> {
    /// The same all the time.
    Still(&'a PerLane),
    /// One for each frame.
    Moving(&'a LaneTile),
}

impl LaneGain<'_> {
    /// The gain of one vector of frames.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S, vector_idx: usize, part: usize) -> S::f32s {
        match self {
            Self::Still(gain) => gain.load(simd, part),
            Self::Moving(gains) => gains.load(simd, vector_idx, part),
        }
    }
}

/// Multiplies the first `n` frames. Both blend gains move or stand still together.
#[inline(never)]
pub(crate) fn apply<S: Simd>(
    simd: S,
    dry: LaneGain<'_>,
    wet: LaneGain<'_>,
    gains: [&LaneTile; 2],
    tiles: [&mut LaneTile; 2],
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let [left, right] = tiles;
            let linked = std::ptr::eq(gains[0], gains[1]);
            match (dry, wet, linked) {
                (LaneGain::Still(dry), LaneGain::Still(wet), true) => {
                    for part in 0..parts::<S>() {
                        let (dry, wet) = (dry.load(simd, part), wet.load(simd, part));
                        let sides = vectors_mut::<S>(left, n).zip(vectors_mut::<S>(right, n));
                        for (gain, (left, right)) in vectors::<S>(gains[0], n).zip(sides) {
                            let gain = S::f32s::from_slice(simd, &gain[part_range::<S>(part)]);
                            let gain = wet.mul_add(exp2(simd, gain), dry);
                            for side in [left, right] {
                                let samples = &mut side[part_range::<S>(part)];
                                (S::f32s::from_slice(simd, samples) * gain).store_slice(samples);
                            }
                        }
                    }
                }
                _ => {
                    for (side, gains) in [left, right].into_iter().zip(gains) {
                        apply_to_side(simd, [dry, wet], gains, side, n);
                    }
                }
            }
        },
    );
}

/// The same for one side, whose gain may be its own and whose blend may move. Same bits.
#[inline(always)]
fn apply_to_side<S: Simd>(
    simd: S,
    blend: [LaneGain<'_>; 2],
    gains: &LaneTile,
    side: &mut LaneTile,
    n: usize,
) {
    for part in 0..parts::<S>() {
        for (idx, (gain, samples)) in vectors::<S>(gains, n).zip(vectors_mut::<S>(side, n)).enumerate() {
            let [dry, wet] = blend.map(
                #[inline(always)]
                |gain| gain.load(simd, idx, part),
            );
            let gain = S::f32s::from_slice(simd, &gain[part_range::<S>(part)]);
            let samples = &mut samples[part_range::<S>(part)];
            let gain = wet.mul_add(exp2(simd, gain), dry);
            (S::f32s::from_slice(simd, samples) * gain).store_slice(samples);
        }
    }
}
