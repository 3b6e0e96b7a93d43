//! Console summing: sources are added up as sines of what they are, and the sum is turned back.
//!
//! ```text
//! bus ← bus + sin(max(−π/2, min(gain·x, π/2)))        x re full scale
//! y   = arcsin(max(−1, min(bus, 1)))
//!
//! sin(x)    = x + x·t·P(t)       t = x²
//! arcsin(y) = y + y·t·Q(t)       t = y²,        |y| ≤ ½
//!           = π/2 − 2·arcsin(√t) t = (1 − y)/2, y > ½
//! ```
//!
//! Both are odd to the last bit, so that a source and its inverse leave nothing. P and Q: minimax for the least relative error, ours;
//! 4.9 · 10⁻⁹ and 5 · 10⁻⁹. Units: the engine's scale. Latency and state: none.

use super::gain::LaneGain;
use super::tile::{LaneTile, part_range, parts, vectors, vectors_mut};
use crate::lanes::{FULL_SCALE, TILE_FRAMES};
use fearless_simd::{Select, Simd, SimdBase, SimdFloat};
use std::f32::consts::FRAC_PI_2;

const P: [f32; 4] = [-0.166_666_6, 0.008_333_088, -0.000_198_111_13, 2.608_932_7e-6];

const Q: [f32; 5] = [0.166_667_54, 0.074_952_42, 0.045_477_1, 0.024_147_6, 0.042_218_57];

/// What is quieter, −120 dB, is its own sine to the last bit; its square further down would be subnormal.
const FLOOR: f32 = 1e-6;

/// Adds the sines of the first `n` frames, times a gain, to a bus.
#[inline(never)]
pub(crate) fn add_sines<S: Simd>(
    simd: S,
    gain: LaneGain<'_>,
    tiles: [&LaneTile; 2],
    buses: [&mut LaneTile; 2],
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for (from, to) in tiles.into_iter().zip(buses) {
                for part in 0..parts::<S>() {
                    let sides = vectors::<S>(from, n).zip(vectors_mut::<S>(to, n));
                    for (idx, (from, to)) in sides.enumerate() {
                        let to = &mut to[part_range::<S>(part)];
                        let x = S::f32s::from_slice(simd, &from[part_range::<S>(part)])
                            * gain.load(simd, idx, part);
                        (S::f32s::from_slice(simd, to) + sine(simd, x)).store_slice(to);
                    }
                }
            }
        },
    );
}

/// bus += sine of what is in a channel.
#[inline(always)]
pub(crate) fn add_sines_of<S: Simd>(simd: S, from: &[f32; TILE_FRAMES], to: &mut [f32; TILE_FRAMES]) {
    for (from, to) in from.chunks_exact(S::f32s::LEN).zip(to.chunks_exact_mut(S::f32s::LEN)) {
        (S::f32s::from_slice(simd, to) + sine(simd, S::f32s::from_slice(simd, from))).store_slice(to);
    }
}

/// Turns a sum of sines back.
#[inline(always)]
pub(crate) fn decode<S: Simd>(simd: S, samples: &mut [f32; TILE_FRAMES]) {
    for samples in samples.chunks_exact_mut(S::f32s::LEN) {
        arcsine(simd, S::f32s::from_slice(simd, samples)).store_slice(samples);
    }
}

#[inline(always)]
fn sine<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let limit = S::f32s::splat(simd, FRAC_PI_2 * FULL_SCALE);
    let x = x.max(-limit).min(limit);
    let t = magnitude(simd, x);
    let t = t * t;
    let mut sum = S::f32s::splat(simd, P[3]);
    for coefficient in P[..3].iter().rev() {
        sum = sum.mul_add(t, *coefficient);
    }
    x.mul_add(t * sum, x)
}

#[inline(always)]
fn arcsine<S: Simd>(simd: S, y: S::f32s) -> S::f32s {
    let limit = S::f32s::splat(simd, FULL_SCALE);
    let y = y.max(-limit).min(limit);
    let a = magnitude(simd, y);
    let is_small = a.simd_le(0.5);
    let t = is_small.select(a * a, a * -0.5 + 0.5);
    let mut sum = S::f32s::splat(simd, Q[4]);
    for coefficient in Q[..4].iter().rev() {
        sum = sum.mul_add(t, *coefficient);
    }
    let small = y.mul_add(t * sum, y);
    let root = t.sqrt();
    let large = (root.mul_add(t * sum, root) * -2.0 + FRAC_PI_2) * FULL_SCALE;
    is_small.select(small, large.copysign(y))
}

/// |x| re full scale, but not below the floor.
#[inline(always)]
fn magnitude<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    x.abs().max(S::f32s::splat(simd, FLOOR * FULL_SCALE)) * (1.0 / FULL_SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::LANES;
    use crate::simd::testing::noise_tile;
    use crate::simd::{PerLane, SimdPath, on_path};
    use fastrand::Rng;

    #[test]
    fn every_path_turns_back_what_it_encoded() {
        let mut rng = Rng::with_seed(61);
        for path in SimdPath::all() {
            for exponent in [-100, -40, -10, -2, -1, 0] {
                let amplitude = 2f32.powi(exponent);
                let tile = noise_tile(&mut rng, amplitude * FULL_SCALE);
                let mut buses = [LaneTile::ZERO, LaneTile::ZERO];
                let [left, right] = &mut buses;
                let gain = PerLane::splat(-1.5);
                on_path!(path, simd => add_sines(simd, LaneGain::Still(&gain), [&tile, &tile], [left, right], 32));
                for lane in 0..LANES {
                    let want = tile.lane(lane).map(|x| f64::from(-1.5 * x / FULL_SCALE));
                    let mut got = left.lane(lane);
                    for (got, want) in got.iter().zip(want) {
                        let want = want.clamp(-f64::from(FRAC_PI_2), f64::from(FRAC_PI_2)).sin();
                        // 5e-9 of the polynomial, two roundings.
                        let error = f64::from(*got / FULL_SCALE) - want;
                        assert!(error.abs() <= 1.3e-7 * want.abs(), "{} {want}", path.name());
                    }
                    on_path!(path, simd => decode(simd, &mut got));
                    for (got, want) in got.iter().zip(want) {
                        let want = want.clamp(-f64::from(FRAC_PI_2), f64::from(FRAC_PI_2));
                        // The same, magnified by 1/cos where the sine is flat: to the root of a bit at its top.
                        let bound = 4e-7 * want.abs() * (1.0 / want.cos().abs()).min(2_000.0);
                        let error = f64::from(*got / FULL_SCALE) - want;
                        assert!(error.abs() <= bound, "{} {want}: {error:e}", path.name());
                    }
                }
            }
        }
    }

    #[test]
    fn a_source_and_its_inverse_leave_nothing() {
        let mut rng = Rng::with_seed(62);
        for path in SimdPath::all() {
            let mut tile = noise_tile(&mut rng, 2.0 * FULL_SCALE);
            for frame in &mut tile.0 {
                frame[4] = -frame[0];
            }
            let mut buses = [LaneTile::ZERO, LaneTile::ZERO];
            let [left, right] = &mut buses;
            let gain = PerLane::splat(0.7);
            on_path!(path, simd => add_sines(simd, LaneGain::Still(&gain), [&tile, &tile], [left, right], 32));
            for (a, b) in left.lane(0).iter().zip(left.lane(4)) {
                assert_eq!(*a, -b, "{}", path.name());
            }
        }
    }
}
