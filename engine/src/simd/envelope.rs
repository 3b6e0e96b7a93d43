//! Attack and release: a gain that follows its target, per sample, in f64.
//!
//! ```text
//! y ← min((1 − f)·y + f·x, (1 − r)·y + r·x)        f, r = 1 − exp(−1/(τ·rate)), falling and rising
//! ```
//!
//! The minimum is "falling when the target is below, rising when it is above" as long as falling is not slower than rising;
//! where it is slower, targets and gains are negated on their way in and out, which makes it the maximum. Why f64 and why
//! per sample: `docs/dsp/dynamics.md`.
//!
//! A gain that has settled moves by its last bits of f64, which its f32 does not show; at the end of a tile it is put where
//! it belongs. Units: log2. State: y.

use super::doubles::Doubles;
use super::tile::{LaneTile, PerLane, PerLane64};
use crate::dynamics::{self, REST_DB};
use crate::lanes::LANES;
use fearless_simd::{Simd, SimdBase, f64x4, f64x8};

/// Decibels of a factor of two.
pub(crate) const DB_PER_OCTAVE: f64 = 6.020_599_913_279_624;

/// A gain nearer to its target than this is on it, at a tile's border.
const REST: f64 = REST_DB / DB_PER_OCTAVE;

/// How the gains of a group of lanes move.
#[derive(Clone, Debug)]
pub(crate) struct Ballistics {
    falling: PerLane64,
    falling_keep: PerLane64,
    rising: PerLane64,
    rising_keep: PerLane64,
    /// 1, or −1 where falling is the slower way.
    sign: PerLane64,
    any_negated: bool,
}

impl Ballistics {
    /// Follows at once.
    pub(crate) const INSTANT: Self = Self {
        falling: PerLane64([1.0; LANES]),
        falling_keep: PerLane64::ZERO,
        rising: PerLane64([1.0; LANES]),
        rising_keep: PerLane64::ZERO,
        sign: PerLane64([1.0; LANES]),
        any_negated: false,
    };

    pub(crate) fn set(&mut self, lane: usize, ballistics: &dynamics::Ballistics) {
        self.falling.0[lane] = ballistics.falling;
        self.falling_keep.0[lane] = 1.0 - ballistics.falling;
        self.rising.0[lane] = ballistics.rising;
        self.rising_keep.0[lane] = 1.0 - ballistics.rising;
        self.sign.0[lane] = ballistics.sign();
        self.any_negated = self.sign.0.contains(&-1.0);
    }
}

/// The gains of a group of lanes, and where they were going with the last sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) gain: PerLane64,
    pub(crate) target: PerLane64,
}

impl Envelope {
    /// Nothing reduced, nothing to reduce.
    pub(crate) const REST: Self = Self { gain: PerLane64::ZERO, target: PerLane64::ZERO };

    pub(crate) fn clear(&mut self, lane: usize) {
        self.gain.0[lane] = 0.0;
        self.target.0[lane] = 0.0;
    }

    /// At a tile's border: what is next to its target is on it.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        for (gain, target) in self.gain.0.iter_mut().zip(&self.target.0) {
            *gain = if (target - *gain).abs() < REST { *target } else { *gain };
        }
    }

    /// At a tile's border: gains that are to be one, by what they keep `apart`, are so when next to nothing is between them.
    #[inline(always)]
    pub(crate) fn join(&mut self, other: &mut Self, apart: &PerLane) {
        let gains = self.gain.0.iter_mut().zip(&mut other.gain.0);
        for ((gain, other), apart) in gains.zip(apart.lanes()) {
            let joins = *apart == 0.0 && (*gain - *other).abs() < REST;
            let lower = gain.min(*other);
            (*gain, *other) = if joins { (lower, lower) } else { (*gain, *other) };
        }
    }

    /// Puts the gain in the place of the target, in the first `n` frames.
    #[inline(always)]
    pub(crate) fn follow<S: Simd>(
        &mut self,
        simd: S,
        ballistics: &Ballistics,
        targets: &mut LaneTile,
        n: usize,
    ) {
        for (last, target) in self.target.0.iter_mut().zip(targets.0[n - 1]) {
            *last = f64::from(target);
        }
        if const { S::f64s::LEN >= LANES } {
            self.follow_on::<S, f64x8<S>>(simd, ballistics, &mut targets.0[..n]);
        } else {
            self.follow_on::<S, f64x4<S>>(simd, ballistics, &mut targets.0[..n]);
        }
    }

    #[inline(always)]
    fn follow_on<S: Simd, D: Doubles<S>>(
        &mut self,
        simd: S,
        ballistics: &Ballistics,
        targets: &mut [[f32; LANES]],
    ) {
        if ballistics.any_negated {
            self.steps::<S, D, true>(simd, ballistics, targets);
        } else {
            self.steps::<S, D, false>(simd, ballistics, targets);
        }
    }

    /// Both halves of the lanes take turns, where there are two: a step waits for the one before, and for nothing else.
    #[inline(always)]
    fn steps<S: Simd, D: Doubles<S>, const NEGATED: bool>(
        &mut self,
        simd: S,
        ballistics: &Ballistics,
        targets: &mut [[f32; LANES]],
    ) {
        let zero = D::splat(simd, 0.0);
        let [mut falling, mut falling_keep, mut rising, mut rising_keep, mut sign, mut y] = [[zero; 2]; 6];
        for half in 0..D::HALVES {
            let lanes = half * D::LEN..(half + 1) * D::LEN;
            falling[half] = D::from_slice(simd, &ballistics.falling.0[lanes.clone()]);
            falling_keep[half] = D::from_slice(simd, &ballistics.falling_keep.0[lanes.clone()]);
            rising[half] = D::from_slice(simd, &ballistics.rising.0[lanes.clone()]);
            rising_keep[half] = D::from_slice(simd, &ballistics.rising_keep.0[lanes.clone()]);
            y[half] = D::from_slice(simd, &self.gain.0[lanes.clone()]);
            if NEGATED {
                sign[half] = D::from_slice(simd, &ballistics.sign.0[lanes]);
                y[half] *= sign[half];
            }
        }
        for frame in targets {
            for half in 0..D::HALVES {
                let samples = &mut frame[half * D::LEN..(half + 1) * D::LEN];
                let mut x = D::widen_from(simd, samples);
                if NEGATED {
                    x *= sign[half];
                }
                let fallen = falling_keep[half].mul_add(y[half], falling[half] * x);
                y[half] = fallen.min(rising_keep[half].mul_add(y[half], rising[half] * x));
                let gain = if NEGATED { y[half] * sign[half] } else { y[half] };
                gain.narrow_to(simd, samples);
            }
        }
        for half in 0..D::HALVES {
            let gain = if NEGATED { y[half] * sign[half] } else { y[half] };
            gain.store_slice(&mut self.gain.0[half * D::LEN..(half + 1) * D::LEN]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::TILE_FRAMES;
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    fn follow_on(
        path: SimdPath,
        envelope: &mut Envelope,
        ballistics: &Ballistics,
        tile: &mut LaneTile,
        n: usize,
    ) {
        on_path!(path, simd => envelope.follow(simd, ballistics, tile, n));
    }

    fn ballistics(falling_samples: f64, rising_samples: f64) -> dynamics::Ballistics {
        let c = |samples: f64| -(-1.0 / samples).exp_m1();
        dynamics::Ballistics { falling: c(falling_samples), rising: c(rising_samples) }
    }

    #[test]
    fn every_path_equals_the_branching_reference_whichever_way_is_the_faster() {
        for path in SimdPath::all() {
            let mut rng = Rng::with_seed(3);
            let ways: [_; LANES] =
                std::array::from_fn(|lane| ballistics(3.0 + 40.0 * (lane % 3) as f64, 20.0));
            let mut lanes = Ballistics::INSTANT;
            ways.iter().enumerate().for_each(|(lane, way)| lanes.set(lane, way));
            assert!(lanes.any_negated);
            let (mut envelope, mut want) = (Envelope::REST, [0.0; LANES]);
            for _ in 0..200 {
                let mut tile = LaneTile::ZERO;
                let level = rng.f32() * -10.0;
                tile.0.as_flattened_mut().fill_with(|| level + rng.f32());
                let targets = tile.clone();
                follow_on(path, &mut envelope, &lanes, &mut tile, TILE_FRAMES);
                for (got, targets) in tile.0.iter().zip(&targets.0) {
                    for lane in 0..LANES {
                        want[lane] = ways[lane].step(f64::from(targets[lane]), want[lane]);
                        // The f32 of a number near 10, and f64 rounded another way.
                        assert!((f64::from(got[lane]) - want[lane]).abs() < 1e-6, "{} {lane}", path.name());
                    }
                }
            }
        }
    }

    #[test]
    fn both_ways_reach_63_2_percent_at_their_time_and_slow_ones_do_not_stall() {
        for path in SimdPath::all() {
            let mut lanes = Ballistics::INSTANT;
            (0..LANES).for_each(|lane| lanes.set(lane, &ballistics(64.0 + lane as f64, 320.0)));
            let mut envelope = Envelope::REST;
            let run = |envelope: &mut Envelope, lanes: &Ballistics, target: f32, n_tiles: usize| {
                for _ in 0..n_tiles {
                    let mut tile = LaneTile([[target; LANES]; TILE_FRAMES]);
                    follow_on(path, envelope, lanes, &mut tile, TILE_FRAMES);
                }
            };
            run(&mut envelope, &lanes, -2.0, 2);
            for lane in 0..LANES {
                let want = 2.0 * (-64.0 / (64.0 + lane as f64)).exp_m1();
                // f64 throughout.
                assert!((envelope.gain.0[lane] - want).abs() < 1e-12, "{}", path.name());
            }
            let before = envelope.gain.0[0];
            run(&mut envelope, &lanes, 0.0, 10);
            assert!((envelope.gain.0[0] - before / std::f64::consts::E).abs() < 1e-12);

            // 3 s at 192 kHz, a ten-thousandth from its target: in f32 a step would be lost in rounding.
            (0..LANES).for_each(|lane| lanes.set(lane, &ballistics(1.0, 576_000.0)));
            run(&mut envelope, &lanes, -1.6601, 20);
            let before = envelope.gain.0[0];
            run(&mut envelope, &lanes, -1.66, 1000);
            let target = f64::from(-1.66_f32);
            let want = target + (before - target) * (-32_000.0 / 576_000.0_f64).exp();
            assert!((envelope.gain.0[0] - want).abs() < 1e-9, "{}", path.name());
            assert!(before - target < -9e-5);
        }
    }

    #[test]
    fn a_settled_gain_shows_its_target_to_the_bit_for_ever() {
        for path in SimdPath::all() {
            let mut lanes = Ballistics::INSTANT;
            (0..LANES).for_each(|lane| lanes.set(lane, &ballistics(7.0 + lane as f64, 900.0)));
            let mut envelope = Envelope::REST;
            let target = -0.3_f32;
            for tile_idx in 0..300 {
                let mut tile = LaneTile([[target; LANES]; TILE_FRAMES]);
                follow_on(path, &mut envelope, &lanes, &mut tile, TILE_FRAMES);
                envelope.settle();
                if tile_idx > 20 {
                    assert_eq!(tile.0, [[target; LANES]; TILE_FRAMES], "{}", path.name());
                    assert_eq!(envelope.gain.0, [f64::from(target); LANES]);
                }
            }
        }
    }
}
