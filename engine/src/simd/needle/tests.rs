//! Every path against the formulas in f64.

use super::*;
use crate::lanes::{FULL_SCALE, LANES};
use crate::simd::testing::noise_tile;
use crate::simd::{ROOT_SCALE, SimdPath, on_path};
use fastrand::Rng;

/// A PPM's rises and fall at 48 kHz, about, and a floor of −200 dB.
const RISE: [f32; 2] = [0.0206, 0.0025];
const FALL: f32 = 0.9991;
const FLOOR: f32 = 0.1;

fn follow_on(path: SimdPath, tiles: &[LaneTile; 2], z: &mut [Pairs; 2]) {
    on_path!(path, simd => follow_peaks(simd, tiles, z, RISE, FALL, FLOOR));
}

/// Full scale is 1 here.
fn magnitude(tiles: &[LaneTile; 2], frame: usize, idx: usize) -> f64 {
    f64::from((tiles[idx / LANES].0[frame][idx % LANES] / FULL_SCALE).abs())
}

#[test]
fn every_path_sums_magnitudes() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(31);
        for level in [1e-9, 1e-3, 1.0, 1e6] {
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, level * FULL_SCALE));
            let mut sums = Pairs::ZERO;
            on_path!(path, simd => sums = sum_magnitudes(simd, &tiles));
            for (idx, sum) in sums.0.into_iter().enumerate() {
                let want: f64 = (0..TILE_FRAMES).map(|frame| magnitude(&tiles, frame, idx)).sum();
                let got = f64::from(sum / ROOT_SCALE);
                // Half a bit for every sum.
                let bound = TILE_FRAMES as f64 * 0.5_f64.powi(24);
                assert!((got / want - 1.0).abs() < bound, "{}: {got} {want}", path.name());
            }
        }
    }
}

#[test]
fn every_path_follows_peaks() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(32);
        let (mut z, mut want) = ([Pairs::ZERO; 2], [[0.0_f64; 2]; 2 * LANES]);
        let mut n_fallen = 0;
        for tile_idx in 0..3_000 {
            // Loud, quiet, nothing: long enough to fall.
            let level = [1.0, 0.1, 0.0, 1e-3][tile_idx / 150 % 4];
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, level * FULL_SCALE));
            follow_on(path, &tiles, &mut z);
            for (idx, want) in want.iter_mut().enumerate() {
                for (detector, want) in want.iter_mut().enumerate() {
                    let before = *want;
                    *want *= f64::from(FALL);
                    for frame in 0..TILE_FRAMES {
                        let above = (magnitude(&tiles, frame, idx) - *want).max(0.0);
                        *want += f64::from(RISE[detector]) * above;
                    }
                    n_fallen += usize::from(*want < before);
                    let got = f64::from(z[detector].0[idx] / ROOT_SCALE);
                    // Half a bit for every tile of at most 450 in which it only falls, and for every sample of the 400 that the slower
                    // one remembers while it rises.
                    let bound = 850.0 * 0.5_f64.powi(24);
                    assert!((got / *want - 1.0).abs() < bound, "{}: {got} {want}", path.name());
                }
            }
        }
        assert!(n_fallen > 1_000, "{n_fallen}");
    }
}

#[test]
fn what_has_fallen_below_the_floor_rests_and_what_is_broken_is_held() {
    for path in SimdPath::all() {
        let silence = [LaneTile::ZERO; 2];
        for (before, after) in [(0.1, 0.0), (0.09, 0.0), (1.0, FALL), (0.11, 0.11 * FALL)] {
            let mut z = [Pairs::splat(before); 2];
            follow_on(path, &silence, &mut z);
            assert_eq!(z, [Pairs::splat(after); 2], "{}: from {before}", path.name());
        }
        for broken in [f32::INFINITY, f32::MAX] {
            let mut tiles = [LaneTile::ZERO; 2];
            tiles[1].0[TILE_FRAMES - 1][3] = broken;
            let mut z = [Pairs::ZERO; 2];
            follow_on(path, &tiles, &mut z);
            let mut sums = Pairs::ZERO;
            // In the scale of roots the largest number of all is below the ceiling.
            let held = if broken.is_finite() { broken * ROOT } else { CEILING };
            on_path!(path, simd => sums = sum_magnitudes(simd, &tiles));
            for idx in 0..2 * LANES {
                let is_hit = idx == LANES + 3;
                assert_eq!(sums.0[idx], if is_hit { held } else { 0.0 }, "{}", path.name());
                for (z, rise) in z.iter().zip(RISE) {
                    let want = if is_hit {
                        (held * if broken.is_finite() { rise } else { 1.0 }).min(CEILING)
                    } else {
                        0.0
                    };
                    assert_eq!(z.0[idx], want, "{}", path.name());
                }
            }
        }
    }
}
