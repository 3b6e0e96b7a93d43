//! Every path against the reference in f64, and against itself cut up.

use super::*;
use crate::dynamics::{Compressor, CompressorSettings, Detector};
use crate::lanes::{FULL_SCALE, TILE_FRAMES};
use crate::simd::testing::{Guarded, bits, noise_tile};
use crate::simd::{LaneGain, SimdPath, apply, on_path};
use fastrand::Rng;

const RATE_HZ: f64 = 48_000.0;

/// Eight compressors that have little in common.
fn settings(lane: usize, detectors: [Detector; 2], link_percent: [f32; 2]) -> CompressorSettings {
    CompressorSettings {
        on: true,
        detector: detectors[lane % 2],
        threshold_db: -6.0 - 4.0 * lane as f32,
        ratio: [2.0, 4.0, f32::INFINITY, 1.0, 1.5][lane % 5],
        knee_db: [0.0, 6.0, 24.0, 3.0][lane % 4],
        attack_ms: [0.05, 1.0, 10.0, 300.0][lane % 4],
        release_ms: [5.0, 100.0, 20.0][lane % 3],
        link_percent: link_percent[lane / 2 % 2],
        ..CompressorSettings::STRIP
    }
}

struct Bank {
    lanes: CompressorLanes,
    references: Vec<Compressor>,
}

fn bank(detectors: [Detector; 2], link_percent: [f32; 2]) -> Bank {
    let mut lanes = CompressorLanes::REST;
    let mut references = Vec::new();
    for lane in 0..LANES {
        let settings = settings(lane, detectors, link_percent);
        lanes.set(lane, &CompressorCoefficients::new(RATE_HZ, &settings));
        references.push(Compressor::new(RATE_HZ, &settings));
    }
    lanes.choose_way();
    Bank { lanes, references }
}

/// The one place of these tests that the kernels are compiled for: `tiles` are compressed by themselves.
fn compress_on(path: SimdPath, lanes: &mut CompressorLanes, tiles: [&mut LaneTile; 2], segment: Segment) {
    let mut gains = [LaneTile::ZERO, LaneTile::ZERO];
    let (dry, wet) = (PerLane::ZERO, PerLane::splat(1.0));
    let linked = lanes.is_linked();
    let [left, right] = tiles;
    on_path!(path, simd => {
        reduce(simd, lanes, [left, right], &mut gains, segment);
        let gains = if linked { [&gains[0], &gains[0]] } else { [&gains[0], &gains[1]] };
        apply(simd, LaneGain::Still(&dry), LaneGain::Still(&wet), gains, [left, right], segment.n);
    });
}

const WHOLE: Segment = Segment { at: 0, n: TILE_FRAMES, ends_tile: true };

#[test]
fn every_path_compresses_like_the_reference_with_every_detector_and_link() {
    let both = [Detector::Peak, Detector::Rms];
    for (detectors, link) in [
        ([Detector::Peak; 2], [100.0; 2]),
        ([Detector::Rms; 2], [100.0; 2]),
        (both, [100.0, 0.0]),
        ([Detector::Peak; 2], [50.0, 100.0]),
    ] {
        for path in SimdPath::all() {
            let Bank { mut lanes, mut references } = bank(detectors, link);
            let mut rng = Rng::with_seed(1);
            let (mut worst, mut deepest) = (0.0_f64, 0.0_f64);
            for tile_idx in 0..150 {
                // Loud, soft, nothing at all, and one side only.
                let level = [1.0, 1e-3, 0.1, 0.0, 3.0][tile_idx / 9 % 5];
                let right_level = [1.0, 0.3, 0.0][tile_idx / 5 % 3];
                let input =
                    [level, level * right_level].map(|level| noise_tile(&mut rng, level * FULL_SCALE));
                let mut out = input.clone();
                let [left, right] = &mut out;
                compress_on(path, &mut lanes, [left, right], WHOLE);
                for frame in 0..TILE_FRAMES {
                    for (lane, reference) in references.iter_mut().enumerate() {
                        let x = [0, 1]
                            .map(|side: usize| f64::from(input[side].0[frame][lane]) / f64::from(FULL_SCALE));
                        let want = reference.process(x, x);
                        for side in 0..2 {
                            if x[side] != 0.0 {
                                let got = f64::from(out[side].0[frame][lane]) / f64::from(FULL_SCALE);
                                let error_db = 20.0 * (got / want[side]).log10().abs();
                                if error_db > worst {
                                    worst = error_db;
                                }
                            }
                        }
                        deepest = deepest.max(reference.reduction_db()[0]);
                    }
                }
                for (lane, reference) in references.iter().enumerate() {
                    let [left, right] = reference.reduction_db();
                    let got = -lanes.gains()[lane] * DB_PER_OCTAVE;
                    assert!((got - left.max(right)).abs() < 2e-4, "{} lane {lane}", path.name());
                }
            }
            // log2 1.3e-5 dB, the rounding of levels near 10 octaves, of thresholds and of slopes 1e-6 each, exp2 and the
            // products 3e-6. Gate: 5e-4.
            assert!(worst < 3e-5, "{} {detectors:?} {link:?}: {worst:e} dB", path.name());
            assert!(deepest > 10.0, "nothing was compressed: {deepest}");
        }
    }
}

#[test]
fn the_static_curve_is_right_to_3e_5_db() {
    for path in SimdPath::all() {
        let Bank { mut lanes, references } = bank([Detector::Peak; 2], [100.0; 2]);
        for lane in 0..LANES {
            lanes.ballistics.set(lane, &crate::dynamics::Ballistics { falling: 1.0, rising: 1.0 });
        }
        for step in 0..400 {
            let level_db = -80.0 + f64::from(step) * 0.25;
            let mut left =
                LaneTile([[(10f64.powf(level_db / 20.0) as f32) * FULL_SCALE; LANES]; TILE_FRAMES]);
            let mut right = LaneTile::ZERO;
            compress_on(path, &mut lanes, [&mut left, &mut right], WHOLE);
            for (lane, reference) in references.iter().enumerate() {
                let want = reference.coefficients().curve.gain_db(level_db);
                let error = lanes.gains()[lane] * DB_PER_OCTAVE - want;
                // As above. Gate: 0.01 dB.
                assert!(error.abs() < 3e-5, "{} {lane} {level_db} {error:e}", path.name());
            }
        }
    }
}

#[test]
fn below_the_knee_no_bit_changes_whatever_the_length() {
    let Bank { lanes, .. } = bank([Detector::Peak; 2], [100.0; 2]);
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(4);
        for n in 1..=TILE_FRAMES {
            let quiet = noise_tile(&mut rng, 1e-3 * FULL_SCALE);
            let mut lanes = lanes.clone();
            let mut tiles = [Guarded::new(&quiet), Guarded::new(&quiet)];
            let [left, right] = &mut tiles;
            compress_on(
                path,
                &mut lanes,
                [left.tile(), right.tile()],
                Segment { at: 0, n, ends_tile: false },
            );
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
        for link in [[100.0; 2], [30.0, 0.0]] {
            let Bank { lanes: mut whole, .. } = bank([Detector::Peak, Detector::Rms], link);
            let mut cut = whole.clone();
            for _ in 0..20 {
                let input = [noise_tile(&mut rng, FULL_SCALE), noise_tile(&mut rng, FULL_SCALE)];
                let [mut left, mut right] = input.clone();
                compress_on(path, &mut whole, [&mut left, &mut right], WHOLE);
                let first = rng.usize(1..TILE_FRAMES);
                for piece in [0..first, first..TILE_FRAMES] {
                    let mut tiles = [LaneTile::ZERO, LaneTile::ZERO];
                    for (tile, input) in tiles.iter_mut().zip(&input) {
                        tile.0[..piece.len()].copy_from_slice(&input.0[piece.clone()]);
                    }
                    let [l, r] = &mut tiles;
                    let segment =
                        Segment { at: piece.start, n: piece.len(), ends_tile: piece.end == TILE_FRAMES };
                    compress_on(path, &mut cut, [l, r], segment);
                    assert_eq!(l.0[..piece.len()], left.0[piece.clone()], "{}", path.name());
                    assert_eq!(r.0[..piece.len()], right.0[piece], "{}", path.name());
                }
                assert_eq!(whole.sides, cut.sides);
                assert_eq!(whole.powers, cut.powers);
            }
        }
    }
}

#[test]
fn silence_settles_and_then_changes_nothing() {
    for path in SimdPath::all() {
        let Bank { mut lanes, .. } = bank([Detector::Peak, Detector::Rms], [100.0, 0.0]);
        let mut rng = Rng::with_seed(6);
        let [mut left, mut right] = [noise_tile(&mut rng, FULL_SCALE), noise_tile(&mut rng, FULL_SCALE)];
        compress_on(path, &mut lanes, [&mut left, &mut right], WHOLE);
        assert!(!lanes.is_settled(0xff));
        let silence = |lanes: &mut CompressorLanes| {
            let mut tiles = [LaneTile::ZERO, LaneTile::ZERO];
            let [left, right] = &mut tiles;
            compress_on(path, lanes, [left, right], WHOLE);
        };
        // The slowest way is 300 ms, clamped to 200: 18 time constants are 5,400 tiles.
        (0..6_000).for_each(|_| silence(&mut lanes));
        assert!(lanes.is_settled(0xff), "{}", path.name());
        let before = lanes.clone();
        silence(&mut lanes);
        assert_eq!((before.sides, before.powers), (lanes.sides, lanes.powers));
    }
}
