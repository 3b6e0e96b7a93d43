//! The characteristics of colour over lanes: the curve, its mean between two samples, the gains around it.
//!
//! ```text
//! d(v) = v·(v + 2b)/(√(1 + (v + b)²) + s)         s = √(1 + b²)
//! y    = ((v₁ + v₂)·s − b·(d₁ + d₂)) / (s·(2s + d₁ + d₂))
//! ```
//!
//! Where they come from: [`colour::curve`](crate::colour). Units: re full scale between the two gains, the engine's scale outside.
//! State: the last sample and its d, which are the caller's. Latency: none by themselves; a mean lies half a sample behind.

use super::convolve::{load, store};
use super::gain::LaneGain;
use super::tile::{
    LaneTile, PerLane, frames_per_vector, part_range, parts, vectors, vectors_mut, whole_vectors,
};
use crate::colour::{CEILING, REFERENCE_PEAK};
use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

/// What is quieter, −280 dB, is nothing: its square would be subnormal.
const FLOOR: f32 = 1e-14;

/// What is louder is no louder: its square would be infinite, and the curve is flat to the last bit since 10⁴.
const LIMIT: f32 = 1e8;

/// The gains around a curve, all still or all moving.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) bias: LaneGain<'a>,
    pub(crate) root: LaneGain<'a>,
    pub(crate) input: LaneGain<'a>,
    pub(crate) output: LaneGain<'a>,
}

/// `[s, p]` in place of drive (as a gain) and bias, and o in place of the drive behind the filters: see [`Around`].
///
/// In sums and products that are rounded one by one, so that eight values that stand still are what frames of them would be.
#[inline(always)]
pub(crate) fn around_of(drive: &mut [f32], bias: &mut [f32], late_drive: &mut [f32], root: &mut [f32]) {
    const KNEE: f32 = (REFERENCE_PEAK / CEILING) as f32;
    for (((drive, bias), late_drive), root) in drive.iter_mut().zip(bias).zip(late_drive).zip(root) {
        *root = (1.0 + *bias * *bias).sqrt();
        *drive *= *root * *root * *root * (1.0 / (CEILING as f32 * FULL_SCALE));
        let w = *late_drive * KNEE;
        let q = (1.0 + w * w).sqrt();
        *late_drive = (0.5 * q * (q + 1.0)).sqrt() / *late_drive * (CEILING as f32 * FULL_SCALE);
    }
}

/// v = p·x, from the engine's scale.
#[inline(never)]
pub(crate) fn drive<S: Simd>(
    simd: S,
    around: &Around<'_>,
    from: &LaneTile,
    to: &mut [[f32; LANES]],
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for part in 0..parts::<S>() {
                let to = to[..whole_vectors::<S>(n)].chunks_exact_mut(frames_per_vector::<S>());
                for (idx, (from, to)) in vectors::<S>(from, n).zip(to).enumerate() {
                    let sample = S::f32s::from_slice(simd, &from[part_range::<S>(part)]);
                    let sounds = sample.abs().simd_ge(FLOOR * FULL_SCALE);
                    let driven =
                        sounds.select(sample, S::f32s::splat(simd, 0.0)) * around.input.load(simd, idx, part);
                    driven.store_slice(&mut to.as_flattened_mut()[part_range::<S>(part)]);
                }
            }
        },
    );
}

/// y = f(v), in place, without anti-aliasing.
#[inline(never)]
pub(crate) fn bend<S: Simd>(simd: S, around: &Around<'_>, samples: &mut LaneTile, n: usize) {
    simd.vectorize(
        #[inline(always)]
        || {
            for part in 0..parts::<S>() {
                for (idx, samples) in vectors_mut::<S>(samples, n).enumerate() {
                    let samples = &mut samples[part_range::<S>(part)];
                    let (bias, root) = (around.bias.load(simd, idx, part), around.root.load(simd, idx, part));
                    let v = held(simd, S::f32s::from_slice(simd, samples));
                    let d = rise(v, bias, root);
                    mean(v + v, d + d, bias, root).store_slice(samples);
                }
            }
        },
    );
}

/// A signal at a multiple of the rate: `factor` phases, each `stride` frames behind the other, of which the present ones begin at `first`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phased {
    pub(crate) factor: usize,
    pub(crate) stride: usize,
    pub(crate) first: usize,
}

/// The d of the last phase in every frame, behind that of the frame before.
pub(crate) type Rises = [[f32; LANES]; TILE_FRAMES + 1];

/// y = the mean of f between each sample and the one before it, at a multiple of the rate.
#[inline(never)]
pub(crate) fn bend_between<S: Simd>(
    simd: S,
    around: &Around<'_>,
    (from, from_at): (&[[f32; LANES]], Phased),
    rises: &mut Rises,
    (to, to_at): (&mut [[f32; LANES]], Phased),
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let per_vector = frames_per_vector::<S>();
            let last = (from_at.factor - 1) * from_at.stride + from_at.first;
            for part in 0..parts::<S>() {
                for (idx, frame) in (0..n).step_by(per_vector).enumerate() {
                    let (bias, root) = (around.bias.load(simd, idx, part), around.root.load(simd, idx, part));
                    let v = held(simd, load(simd, from, last + frame, part));
                    store::<S>(rise(v, bias, root), rises, 1 + frame, part);
                }
                for (idx, frame) in (0..n).step_by(per_vector).enumerate() {
                    let (bias, root) = (around.bias.load(simd, idx, part), around.root.load(simd, idx, part));
                    let mut before = held(simd, load(simd, from, last + frame - 1, part));
                    let mut before_rise = load(simd, &*rises, frame, part);
                    for phase in 0..from_at.factor {
                        let at = phase * from_at.stride + from_at.first + frame;
                        let v = held(simd, load(simd, from, at, part));
                        let d = if phase + 1 == from_at.factor {
                            load(simd, &*rises, 1 + frame, part)
                        } else {
                            rise(v, bias, root)
                        };
                        let y = mean(before + v, before_rise + d, bias, root);
                        store::<S>(y, to, phase * to_at.stride + to_at.first + frame, part);
                        (before, before_rise) = (v, d);
                    }
                }
            }
            rises[0] = rises[n];
        },
    );
}

/// x ← dry·x + wet·o·y, where the dry signal is in the tile, as is what leaves.
#[inline(never)]
pub(crate) fn blend<S: Simd>(
    simd: S,
    [dry, wet]: [LaneGain<'_>; 2],
    coloured: &LaneTile,
    tile: &mut LaneTile,
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for part in 0..parts::<S>() {
                let both = vectors::<S>(coloured, n).zip(vectors_mut::<S>(tile, n));
                for (idx, (coloured, tile)) in both.enumerate() {
                    let coloured = S::f32s::from_slice(simd, &coloured[part_range::<S>(part)]);
                    let tile = &mut tile[part_range::<S>(part)];
                    let sample = S::f32s::from_slice(simd, tile) * dry.load(simd, idx, part);
                    (sample + coloured * wet.load(simd, idx, part)).store_slice(tile);
                }
            }
        },
    );
}

/// y ← o·y, into the engine's scale.
#[inline(never)]
pub(crate) fn make_up<S: Simd>(simd: S, around: &Around<'_>, samples: &mut LaneTile, n: usize) {
    simd.vectorize(
        #[inline(always)]
        || {
            for part in 0..parts::<S>() {
                for (idx, samples) in vectors_mut::<S>(samples, n).enumerate() {
                    let samples = &mut samples[part_range::<S>(part)];
                    let made_up = S::f32s::from_slice(simd, samples) * around.output.load(simd, idx, part);
                    made_up.store_slice(samples);
                }
            }
        },
    );
}

/// v between the floor and the limit.
#[inline(always)]
fn held<S: Simd>(simd: S, v: S::f32s) -> S::f32s {
    let v = v.max(S::f32s::splat(simd, -LIMIT)).min(S::f32s::splat(simd, LIMIT));
    v.abs().simd_ge(FLOOR).select(v, S::f32s::splat(simd, 0.0))
}

/// d(v)
#[inline(always)]
fn rise<F: SimdFloat<S, Element = f32>, S: Simd>(v: F, bias: F, root: F) -> F {
    let u = v + bias;
    v * (u + bias) / (u.mul_add(u, 1.0).sqrt() + root)
}

/// The mean of two samples, of whom the sum and that of their d is known.
#[inline(always)]
fn mean<F: SimdFloat<S, Element = f32>, S: Simd>(sum: F, rises: F, bias: F, root: F) -> F {
    let below = root * (root + root + rises);
    (sum * root - bias * rises) / below
}

/// Whether all of a tile's first frames are nothing.
#[inline(never)]
pub(crate) fn is_silent<S: Simd>(simd: S, tile: &LaneTile, n: usize) -> bool {
    simd.vectorize(
        #[inline(always)]
        || {
            let frames = tile.0[..n].as_flattened();
            let largest = frames.iter().fold(0, |largest: u32, sample| largest | (sample.to_bits() << 1));
            largest == 0
        },
    )
}

/// Gains of a group of lanes as a row of numbers, for [`around_of`].
pub(crate) fn row(gain: &PerLane) -> [f32; LANES] {
    std::array::from_fn(|lane| gain.get(lane))
}
