//! What is not computed would not have been larger.

use super::*;
use crate::lanes::FULL_SCALE;
use crate::simd::{SimdPath, between, on_path};
use fastrand::Rng;

const N_TILES: usize = 400;

/// Kinds of signals between which the bounds have to tell.
const N_KINDS: usize = 7;

/// A sample of one channel, full scale being 1. `state` is the channel's own.
fn sample(rng: &mut Rng, kind: usize, frame: usize, state: &mut f32) -> f32 {
    let noise = rng.f32() * 2.0 - 1.0;
    match kind {
        // Noise, whose largest grows seldom.
        0 => noise,
        // Smooth, so that the second bound has to tell.
        1 => {
            *state += 0.05 * (noise - *state);
            *state
        }
        // Sparse: mostly nothing.
        2 if rng.u8(..) == 0 => noise,
        2 => 0.0,
        // Single impulses, of which each is larger than all before.
        3 if frame.is_multiple_of(331) => frame as f32 / 1e4,
        3 => 0.0,
        // Loud, then quiet for long: nothing may be larger any more.
        4 if frame < 2 * TILE_FRAMES => noise,
        4 => 0.2 * noise,
        // Quiet, then louder little by little: everything may be.
        5 => noise * frame as f32 / (N_TILES * TILE_FRAMES) as f32,
        // Between its samples far above them: a pair of clicks of opposite signs, or the highest tone, stretched.
        _ => {
            *state += 3.1;
            state.sin() * (1.0 + 0.1 * rng.f32())
        }
    }
}

#[test]
fn skipping_never_changes_a_bit() {
    for path in SimdPath::all() {
        let (mut n_between, mut n_quiet) = (0, 0);
        // Alone a channel is computed along time; many at once side by side.
        for n_sounding in [1, 3, 5, 2 * LANES] {
            for kind in 0..N_KINDS {
                let mut rng = Rng::with_seed(41 + kind as u64);
                let mut peaks = LanePeaks::ZERO;
                let mut states = [0.0; 2 * LANES];
                let mut windows = [[0.0_f32; WINDOW_FRAMES]; 2 * LANES];
                let mut want = [0.0_f32; 2 * LANES];
                for tile_idx in 0..N_TILES {
                    let (mut tiles, mut tops) = ([LaneTile::ZERO; 2], Pairs::ZERO);
                    for idx in 0..n_sounding {
                        for frame in 0..TILE_FRAMES {
                            let at = tile_idx * TILE_FRAMES + frame;
                            let x = sample(&mut rng, kind, at, &mut states[idx]) * FULL_SCALE;
                            tiles[idx / LANES].0[frame][idx % LANES] = x;
                            windows[idx][PAST_FRAMES + frame] = x * ROOT;
                            tops.0[idx] = larger(x.abs() * ROOT, tops.0[idx]);
                        }
                        let mut found = 0.0;
                        on_path!(path, simd => found = between(simd, &windows[idx]));
                        n_between += usize::from(found > larger(want[idx], tops.0[idx]));
                        n_quiet += usize::from(found < want[idx]);
                        want[idx] = larger(larger(found, tops.0[idx]), want[idx]);
                        windows[idx].copy_within(TILE_FRAMES.., 0);
                    }
                    on_path!(path, simd => peaks.take(simd, &tiles, &tops));
                    assert_eq!(peaks.largest.0, want, "{} kind {kind}, tile {tile_idx}", path.name());
                }
            }
        }
        assert!(n_between > 500 && n_quiet > 5_000, "{n_between} between samples, {n_quiet} quiet");
    }
}

#[test]
fn after_a_restart_what_was_heard_last_counts_only_between_it_and_what_comes() {
    for path in SimdPath::all() {
        let mut peaks = LanePeaks::ZERO;
        let (mut tiles, mut tops) = ([LaneTile::ZERO; 2], Pairs::ZERO);
        tiles[1].0[TILE_FRAMES - 1][2] = FULL_SCALE;
        tops.0[LANES + 2] = FULL_SCALE * ROOT;
        on_path!(path, simd => peaks.take(simd, &tiles, &tops));
        assert_eq!(peaks.of(2)[1], FULL_SCALE * ROOT, "{}", path.name());
        peaks.restart();
        assert_eq!(peaks.of(2), [0.0; 2]);
        assert!(!peaks.is_silent());
        on_path!(path, simd => peaks.take(simd, &[LaneTile::ZERO; 2], &Pairs::ZERO));
        // The impulse rings behind the sample by the filter's largest taps but the sample itself.
        let ringing = peaks.of(2)[1] / (FULL_SCALE * ROOT);
        assert!((0.6..1.0).contains(&ringing), "{}: {ringing}", path.name());
        assert!(peaks.is_silent());
    }
}
