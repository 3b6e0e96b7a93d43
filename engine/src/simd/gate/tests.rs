//! Every path against the reference in f64, and against itself cut up.

use super::*;
use crate::dynamics::{Gate, GateSettings};
use crate::lanes::TILE_FRAMES;
use crate::simd::testing::noise_tile;
use crate::simd::{LaneGain, SimdPath, apply, on_path};
use fastrand::Rng;

const RATE_HZ: f64 = 48_000.0;

fn settings(lane: usize) -> GateSettings {
    GateSettings {
        on: true,
        threshold_db: -10.0 - 5.0 * lane as f32,
        ratio: [4.0, 1.0, 20.0, 1.5][lane % 4],
        range_db: [-40.0, -80.0, 0.0, -12.0, -60.0][lane % 5],
        attack_ms: [0.05, 1.0, 150.0][lane % 3],
        hold_ms: [0.0, 1.0, 3.0][lane % 3],
        release_ms: [5.0, 20.0, 100.0][lane % 3],
        hysteresis_db: [0.0, 4.0, 12.0][lane % 3],
    }
}

fn bank() -> (GateLanes, Vec<Gate>) {
    let mut lanes = GateLanes::REST;
    let references = (0..LANES).map(|lane| {
        lanes.set(lane, &GateCoefficients::new(RATE_HZ, &settings(lane)));
        Gate::new(RATE_HZ, &settings(lane))
    });
    let references = references.collect();
    (lanes, references)
}

/// The one place of these tests that the kernels are compiled for.
fn gate_on(path: SimdPath, lanes: &mut GateLanes, [left, right]: [&mut LaneTile; 2], segment: Segment) {
    let mut gains = LaneTile::ZERO;
    let (dry, wet) = (PerLane::ZERO, PerLane::splat(1.0));
    on_path!(path, simd => {
        gate(simd, lanes, [left, right], &mut gains, segment);
        let gains = [&gains, &gains];
        apply(simd, LaneGain::Still(&dry), LaneGain::Still(&wet), gains, [left, right], segment.n);
    });
}

/// Bursts at levels around all thresholds, and silence.
fn input(rng: &mut Rng, tile_idx: usize) -> [LaneTile; 2] {
    let level = [1.0, 0.1, 0.01, 0.0, 0.03, 1e-4][tile_idx / 7 % 6] * FULL_SCALE;
    [noise_tile(rng, level), noise_tile(rng, 0.5 * level)]
}

#[test]
fn every_path_gates_like_the_reference() {
    for path in SimdPath::all() {
        let (mut lanes, mut references) = bank();
        let mut rng = Rng::with_seed(1);
        let (mut worst, mut n_closed, mut n_open) = (0.0_f64, 0, 0);
        for tile_idx in 0..400 {
            let input = input(&mut rng, tile_idx);
            let mut out = input.clone();
            let [left, right] = &mut out;
            gate_on(path, &mut lanes, [left, right], Segment { at: 0, n: TILE_FRAMES, ends_tile: true });
            for frame in 0..TILE_FRAMES {
                for (lane, reference) in references.iter_mut().enumerate() {
                    let x = [0, 1]
                        .map(|side: usize| f64::from(input[side].0[frame][lane]) / f64::from(FULL_SCALE));
                    let want = reference.process(x, x);
                    if x[0] != 0.0 {
                        let got = f64::from(out[0].0[frame][lane]) / f64::from(FULL_SCALE);
                        worst = worst.max(20.0 * (got / want[0]).log10().abs());
                        n_closed += usize::from(reference.reduction_db() > 10.0);
                        n_open += usize::from(reference.is_open());
                    }
                }
            }
        }
        // A level near −17 octaves is right to 1.3e-5 dB, and a ratio of 20 makes 19 times that of it.
        assert!(worst < 4e-4, "{}: {worst:e} dB", path.name());
        assert!(n_closed > 10_000 && n_open > 10_000, "{n_closed} closed, {n_open} open");
    }
}

#[test]
fn cuts_change_no_bit() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(5);
        let (mut whole, _) = bank();
        let mut cut = whole.clone();
        for tile_idx in 0..60 {
            let input = input(&mut rng, tile_idx);
            let [mut left, mut right] = input.clone();
            gate_on(
                path,
                &mut whole,
                [&mut left, &mut right],
                Segment { at: 0, n: TILE_FRAMES, ends_tile: true },
            );
            let first = rng.usize(1..TILE_FRAMES);
            for piece in [0..first, first..TILE_FRAMES] {
                let mut tiles = [LaneTile::ZERO, LaneTile::ZERO];
                for (tile, input) in tiles.iter_mut().zip(&input) {
                    tile.0[..piece.len()].copy_from_slice(&input.0[piece.clone()]);
                }
                let [l, r] = &mut tiles;
                let segment =
                    Segment { at: piece.start, n: piece.len(), ends_tile: piece.end == TILE_FRAMES };
                gate_on(path, &mut cut, [l, r], segment);
                assert_eq!(l.0[..piece.len()], left.0[piece.clone()], "{}", path.name());
                assert_eq!(r.0[..piece.len()], right.0[piece], "{}", path.name());
            }
            assert_eq!((&whole.hold, &whole.envelope), (&cut.hold, &cut.envelope));
        }
    }
}
