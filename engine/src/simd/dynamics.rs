//! A compressor over a tile, in parts: detector and static curve, ballistics, gain.
//!
//! ```text
//! level     = log2 max(|l|, |r|)
//! over      = level − threshold
//! reduction = slope·(u²/(2·knee) + max(over − knee/2, 0))    u = over + knee/2, held between 0 and knee
//! y ← min((1 − a)·y + a·reduction, (1 − r)·y + r·reduction)  a, r = 1 − exp(−1/(τ·rate)), attack and release
//! l, r ← l·2^(y + make-up), r·2^(y + make-up)
//! ```
//!
//! slope = 1/ratio − 1, so reductions are ≤ 0. The minimum equals "attack when it falls, release when it rises" as long as the
//! attack is not slower than the release; callers see to that. The envelope y is in f64, because in f32 it stops short of
//! slow targets; it runs per sample, because a detector on a coarser grid is heard.
//!
//! Source: Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design" (JAES 2012), for the log-domain order of
//! the stages; the polynomials and the minimum are ours. Units: log2, in the engine's scale. Latency: none. State: y.

use super::doubles::Doubles;
use super::math::{exp2, log2};
use super::tile::{LaneTile, PerLane, PerLane64, frames_per_vector, part_range, parts, whole_vectors};
use crate::lanes::LANES;
use fearless_simd::{Simd, SimdBase, SimdFloat, f64x4, f64x8};

/// The static curve of every strip of a group.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    threshold: PerLane,
    half_knee: PerLane,
    knee: PerLane,
    /// 1/(2·knee), and zero for a hard knee.
    bend: PerLane,
    slope: PerLane,
}

impl Curve {
    /// Reduces nothing.
    pub(crate) const NONE: Self = Self {
        threshold: PerLane::ZERO,
        half_knee: PerLane::ZERO,
        knee: PerLane::ZERO,
        bend: PerLane::ZERO,
        slope: PerLane::ZERO,
    };

    /// Threshold and width of the knee as log2, the threshold in the engine's scale.
    pub(crate) fn set(&mut self, lane: usize, threshold_log2: f32, knee_log2: f32, ratio: f32) {
        self.threshold.set(lane, threshold_log2);
        self.half_knee.set(lane, knee_log2 / 2.0);
        self.knee.set(lane, knee_log2);
        self.bend.set(lane, if knee_log2 > 0.0 { 0.5 / knee_log2 } else { 0.0 });
        self.slope.set(lane, 1.0 / ratio - 1.0);
    }
}

/// Attack and release of every strip of a group, and where its envelope is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ballistics {
    attack: PerLane64,
    attack_keep: PerLane64,
    release: PerLane64,
    release_keep: PerLane64,
    envelope: PerLane64,
}

impl Ballistics {
    /// Follows at once, from no reduction.
    pub(crate) fn new() -> Self {
        let all = PerLane64([1.0; LANES]);
        Self {
            attack: all.clone(),
            attack_keep: PerLane64::ZERO,
            release: all,
            release_keep: PerLane64::ZERO,
            envelope: PerLane64::ZERO,
        }
    }

    /// Time constants in samples. An attack slower than the release counts as equal to it.
    pub(crate) fn set(&mut self, lane: usize, attack_samples: f64, release_samples: f64) {
        let coefficient = |samples: f64| -(-1.0 / samples).exp_m1();
        let release = coefficient(release_samples);
        let attack = coefficient(attack_samples).max(release);
        self.attack.0[lane] = attack;
        self.attack_keep.0[lane] = 1.0 - attack;
        self.release.0[lane] = release;
        self.release_keep.0[lane] = 1.0 - release;
    }

    /// The reduction that a strip has come to, as log2.
    pub(crate) fn envelope(&self, lane: usize) -> f64 {
        self.envelope.0[lane]
    }

    pub(crate) fn clear(&mut self, lane: usize) {
        self.envelope.0[lane] = 0.0;
    }
}

/// Writes the reduction that the curve asks for in each of the first `n` frames of the key.
#[inline(always)]
pub(crate) fn reduction<S: Simd>(
    simd: S,
    curve: &Curve,
    [left, right]: [&LaneTile; 2],
    n: usize,
    out: &mut LaneTile,
) {
    let zero = S::f32s::splat(simd, 0.0);
    let (n, frames) = (whole_vectors::<S>(n), frames_per_vector::<S>());
    for part in 0..parts::<S>() {
        let threshold = curve.threshold.load(simd, part);
        let half_knee = curve.half_knee.load(simd, part);
        let knee = curve.knee.load(simd, part);
        let bend = curve.bend.load(simd, part);
        let slope = curve.slope.load(simd, part);
        let keys = left.0[..n].chunks_exact(frames).zip(right.0[..n].chunks_exact(frames));
        for ((left, right), out) in keys.zip(out.0[..n].chunks_exact_mut(frames)) {
            let left = S::f32s::from_slice(simd, &left.as_flattened()[part_range::<S>(part)]);
            let right = S::f32s::from_slice(simd, &right.as_flattened()[part_range::<S>(part)]);
            let over = log2(simd, left.abs().max(right.abs())) - threshold;
            let in_knee = (over + half_knee).max(zero).min(knee);
            let above = (over - half_knee).max(zero);
            let reduction = slope * (in_knee * in_knee).mul_add(bend, above);
            reduction.store_slice(&mut out.as_flattened_mut()[part_range::<S>(part)]);
        }
    }
}

/// Puts the envelope in the place of the first `n` frames of what it follows.
#[inline(always)]
pub(crate) fn smooth<S: Simd>(simd: S, ballistics: &mut Ballistics, tile: &mut LaneTile, n: usize) {
    if const { S::f64s::LEN >= LANES } {
        smooth_lanes::<S, f64x8<S>>(simd, ballistics, tile, n);
    } else {
        smooth_lanes::<S, f64x4<S>>(simd, ballistics, tile, n);
    }
}

#[inline(always)]
fn smooth_lanes<S: Simd, D: Doubles<S>>(simd: S, ballistics: &mut Ballistics, tile: &mut LaneTile, n: usize) {
    for half in 0..D::HALVES {
        let lanes = half * D::LEN..(half + 1) * D::LEN;
        let attack = D::from_slice(simd, &ballistics.attack.0[lanes.clone()]);
        let attack_keep = D::from_slice(simd, &ballistics.attack_keep.0[lanes.clone()]);
        let release = D::from_slice(simd, &ballistics.release.0[lanes.clone()]);
        let release_keep = D::from_slice(simd, &ballistics.release_keep.0[lanes.clone()]);
        let mut y = D::from_slice(simd, &ballistics.envelope.0[lanes.clone()]);
        for frame in &mut tile.0[..n] {
            let target = D::widen_from(simd, &frame[lanes.clone()]);
            let attacked = attack_keep.mul_add(y, attack * target);
            y = attacked.min(release_keep.mul_add(y, release * target));
            y.narrow_to(simd, &mut frame[lanes.clone()]);
        }
        y.store_slice(&mut ballistics.envelope.0[lanes.clone()]);
    }
}

/// Multiplies the first `n` frames by the gain that reduction and make-up add up to.
#[inline(always)]
pub(crate) fn apply<S: Simd>(
    simd: S,
    make_up: &PerLane,
    reduction: &LaneTile,
    [left, right]: [&mut LaneTile; 2],
    n: usize,
) {
    let (n, frames) = (whole_vectors::<S>(n), frames_per_vector::<S>());
    for part in 0..parts::<S>() {
        let make_up = make_up.load(simd, part);
        let tiles = left.0[..n].chunks_exact_mut(frames).zip(right.0[..n].chunks_exact_mut(frames));
        for ((left, right), reduction) in tiles.zip(reduction.0[..n].chunks_exact(frames)) {
            let reduction = &reduction.as_flattened()[part_range::<S>(part)];
            let gain = exp2(simd, S::f32s::from_slice(simd, reduction) + make_up);
            for side in [left, right] {
                let samples = &mut side.as_flattened_mut()[part_range::<S>(part)];
                (S::f32s::from_slice(simd, samples) * gain).store_slice(samples);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::TILE_FRAMES;
    use crate::simd::testing::{Guarded, bits, noise_tile};
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    const DB_PER_OCTAVE: f64 = 6.020_599_913_279_624;

    /// Full scale in the engine's scale.
    const FULL_SCALE: f32 = 1_152_921_504_606_846_976.0;

    struct Setting {
        threshold: f64,
        knee: f64,
        ratio: f64,
        attack_samples: f64,
        release_samples: f64,
    }

    fn settings() -> [Setting; LANES] {
        std::array::from_fn(|lane| Setting {
            threshold: 60.0 - lane as f64 * 0.75,
            knee: [0.0, 1.0, 2.0, 0.5][lane % 4],
            ratio: [2.0, 4.0, 1e6, 1.0, 1.5][lane % 5],
            attack_samples: [48.0, 480.0, 5.0][lane % 3],
            release_samples: [4800.0, 960.0][lane % 2],
        })
    }

    fn compressor() -> (Curve, Ballistics) {
        let (mut curve, mut ballistics) = (Curve::NONE, Ballistics::new());
        for (lane, s) in settings().iter().enumerate() {
            curve.set(lane, s.threshold as f32, s.knee as f32, s.ratio as f32);
            ballistics.set(lane, s.attack_samples, s.release_samples);
        }
        (curve, ballistics)
    }

    fn static_curve(s: &Setting, level: f64) -> f64 {
        let over = level - s.threshold;
        let slope = 1.0 / s.ratio - 1.0;
        if 2.0 * over <= -s.knee {
            0.0
        } else if 2.0 * over >= s.knee {
            slope * over
        } else {
            slope * (over + s.knee / 2.0).powi(2) / (2.0 * s.knee)
        }
    }

    /// The places of these tests that the kernels are compiled for.
    fn reduce_on(path: SimdPath, curve: &Curve, key: [&LaneTile; 2], n: usize, out: &mut LaneTile) {
        on_path!(path, simd => reduction(simd, curve, key, n, out));
    }

    fn smooth_on(path: SimdPath, ballistics: &mut Ballistics, tile: &mut LaneTile, n: usize) {
        on_path!(path, simd => smooth(simd, ballistics, tile, n));
    }

    fn apply_on(path: SimdPath, make_up: &PerLane, gains: &LaneTile, tiles: [&mut LaneTile; 2], n: usize) {
        on_path!(path, simd => apply(simd, make_up, gains, tiles, n));
    }

    #[test]
    fn every_path_compresses_like_a_scalar_compressor_in_f64() {
        for path in SimdPath::all() {
            let (curve, mut ballistics) = compressor();
            let mut envelopes = [0.0; LANES];
            let mut make_up = PerLane::ZERO;
            (0..LANES).for_each(|lane| make_up.set(lane, lane as f32 * 0.25));
            let mut rng = Rng::with_seed(1);
            let (mut worst, mut deepest) = (0.0_f64, 0.0_f64);
            for tile_idx in 0..100 {
                // Loud, soft, and nothing at all.
                let amplitude = [1.0, 1e-3, 0.1, 0.0, 3.0][tile_idx / 7 % 5] * FULL_SCALE;
                let input = [noise_tile(&mut rng, amplitude), noise_tile(&mut rng, amplitude)];
                let mut out = input.clone();
                let mut gains = LaneTile::ZERO;
                let [left, right] = &mut out;
                reduce_on(path, &curve, [left, right], TILE_FRAMES, &mut gains);
                smooth_on(path, &mut ballistics, &mut gains, TILE_FRAMES);
                apply_on(path, &make_up, &gains, [left, right], TILE_FRAMES);
                for frame in 0..TILE_FRAMES {
                    for (lane, s) in settings().iter().enumerate() {
                        let [l, r] = [0, 1].map(|side: usize| f64::from(input[side].0[frame][lane]));
                        let target = static_curve(s, l.abs().max(r.abs()).max(1e-30).log2());
                        let samples =
                            if target < envelopes[lane] { s.attack_samples } else { s.release_samples };
                        envelopes[lane] += -(-1.0 / samples).exp_m1() * (target - envelopes[lane]);
                        let gain = (envelopes[lane] + lane as f64 * 0.25).exp2();
                        deepest = deepest.min(envelopes[lane]);
                        if l != 0.0 {
                            let got = f64::from(out[0].0[frame][lane]) / l;
                            worst = worst.max(20.0 * (got / gain).log10().abs());
                        }
                    }
                }
            }
            // log2 1.3e-5 dB, its sum with an exponent of 60 and the threshold's rounding 1.2e-5 each, exp2 and the products
            // 3e-6. Gate: 5e-4.
            assert!(worst < 4e-5, "{}: {worst:e} dB", path.name());
            assert!(deepest * DB_PER_OCTAVE < -20.0, "nothing was compressed: {deepest}");
        }
    }

    #[test]
    fn the_static_curve_is_right_to_1e_4_db() {
        let (curve, _) = compressor();
        for path in SimdPath::all() {
            let mut out = LaneTile::ZERO;
            for step in 0..400 {
                let level = 40.0 + f64::from(step) * 0.0625;
                let key = LaneTile([[level.exp2() as f32; LANES]; TILE_FRAMES]);
                reduce_on(path, &curve, [&key, &LaneTile::ZERO], TILE_FRAMES, &mut out);
                for (lane, s) in settings().iter().enumerate() {
                    let error = f64::from(out.0[TILE_FRAMES - 1][lane]) - static_curve(s, level);
                    // As above, and what is small as a level is exact as a float. Gate: 0.01 dB.
                    assert!(error.abs() * DB_PER_OCTAVE < 1e-4, "{} {lane} {level} {error:e}", path.name());
                }
            }
        }
    }

    #[test]
    fn attack_and_release_reach_63_2_percent_at_their_time_and_slow_ones_do_not_stall() {
        for path in SimdPath::all() {
            let mut ballistics = Ballistics::new();
            (0..LANES).for_each(|lane| ballistics.set(lane, 64.0 + lane as f64, 320.0));
            let run = |ballistics: &mut Ballistics, target: f32, n_tiles: usize| {
                for _ in 0..n_tiles {
                    let mut tile = LaneTile([[target; LANES]; TILE_FRAMES]);
                    smooth_on(path, ballistics, &mut tile, TILE_FRAMES);
                }
            };
            run(&mut ballistics, -2.0, 2);
            for lane in 0..LANES {
                let want = 2.0 * (-64.0 / (64.0 + lane as f64)).exp_m1();
                // f64 throughout.
                assert!((ballistics.envelope(lane) - want).abs() < 1e-12, "{}", path.name());
            }
            let before = ballistics.envelope(0);
            run(&mut ballistics, 0.0, 10);
            assert!((ballistics.envelope(0) - before / std::f64::consts::E).abs() < 1e-12);

            // 3 s at 192 kHz, a ten-thousandth from its target: in f32 a step would be lost in rounding.
            (0..LANES).for_each(|lane| ballistics.set(lane, 1.0, 576_000.0));
            run(&mut ballistics, -1.6601, 20);
            let before = ballistics.envelope(0);
            run(&mut ballistics, -1.66, 1000);
            let target = f64::from(-1.66_f32);
            let want = target + (before - target) * (-32_000.0 / 576_000.0_f64).exp();
            assert!((ballistics.envelope(0) - want).abs() < 1e-9, "{}", path.name());
            assert!(before - target < -9e-5);
        }
    }

    #[test]
    fn below_the_threshold_no_bit_changes_whatever_the_length() {
        let (curve, ballistics) = compressor();
        for path in SimdPath::all() {
            let mut rng = Rng::with_seed(4);
            for n in 1..=TILE_FRAMES {
                let quiet = noise_tile(&mut rng, 1e-6 * FULL_SCALE);
                let mut ballistics = ballistics.clone();
                let mut tiles = [Guarded::new(&quiet), Guarded::new(&quiet), Guarded::new(&quiet)];
                let [left, right, gains] = &mut tiles;
                reduce_on(path, &curve, [left.tile(), right.tile()], n, gains.tile());
                smooth_on(path, &mut ballistics, gains.tile(), n);
                apply_on(path, &PerLane::ZERO, gains.tile(), [left.tile(), right.tile()], n);
                assert_eq!(bits(left.tile()), bits(&quiet), "{} {n}", path.name());
                assert_eq!(bits(right.tile()), bits(&quiet), "{} {n}", path.name());
                tiles.iter().for_each(Guarded::assert_guards);
            }
        }
    }

    #[test]
    fn cuts_change_no_bit() {
        for path in SimdPath::all() {
            let mut rng = Rng::with_seed(5);
            let (curve, whole) = compressor();
            let (mut whole, mut cut) = (whole.clone(), whole);
            for _ in 0..20 {
                let key = noise_tile(&mut rng, FULL_SCALE);
                let mut want = LaneTile::ZERO;
                reduce_on(path, &curve, [&key, &key], TILE_FRAMES, &mut want);
                smooth_on(path, &mut whole, &mut want, TILE_FRAMES);
                let first = rng.usize(1..TILE_FRAMES);
                for piece in [0..first, first..TILE_FRAMES] {
                    let mut tile = LaneTile::ZERO;
                    let mut got = LaneTile::ZERO;
                    tile.0[..piece.len()].copy_from_slice(&key.0[piece.clone()]);
                    reduce_on(path, &curve, [&tile, &tile], piece.len(), &mut got);
                    smooth_on(path, &mut cut, &mut got, piece.len());
                    assert_eq!(got.0[..piece.len()], want.0[piece.clone()], "{}", path.name());
                }
                assert_eq!(whole, cut);
            }
        }
    }
}
