//! Every path against the 48-tap filter in f64, as the standard draws it.

use super::*;
use crate::lanes::FULL_SCALE;
use crate::simd::testing::noise_tile;
use crate::simd::{ROOT, SimdPath, on_path};
use fastrand::Rng;

/// The 48 taps: those of the phase between samples `phase` quarters on stand at 4·j + phase.
fn taps() -> [f64; 48] {
    let quarter = |m: usize| {
        let (k, sign) = if m < 6 { (m, 1.0) } else { (11 - m, -1.0) };
        f64::from(A[k]) + sign * f64::from(B[k])
    };
    std::array::from_fn(|idx| {
        let (j, phase) = (idx / 4, idx % 4);
        match phase {
            // The sample itself.
            0 => f64::from(u8::from(j == 6)),
            1 => quarter(11 - j),
            2 => f64::from(C[j.min(11 - j)]),
            _ => quarter(j),
        }
    })
}

/// The largest magnitude between the samples of a window: three zeros behind every sample, and then the filter.
fn slow_between(window: &[f32; WINDOW_FRAMES]) -> f64 {
    let mut stuffed = vec![0.0; 4 * WINDOW_FRAMES];
    for (idx, sample) in window.iter().enumerate() {
        stuffed[4 * idx] = f64::from(*sample);
    }
    let taps = taps();
    let between = (4 * PAST_FRAMES..stuffed.len()).filter(|at| at % 4 != 0);
    between
        .map(|at| {
            taps.iter()
                .enumerate()
                .map(|(k, tap)| tap * at.checked_sub(k).map_or(0.0, |at| stuffed[at]))
                .sum::<f64>()
                .abs()
        })
        .fold(0.0, f64::max)
}

/// Noise, tones, clicks and steps at any level.
fn window(rng: &mut Rng, kind: u8) -> [f32; WINDOW_FRAMES] {
    let level = 10f32.powi(rng.i32(-12..6));
    let (step, phase) = (rng.f32() * 3.0, rng.f32() * 6.0);
    let click = rng.usize(..WINDOW_FRAMES);
    std::array::from_fn(|idx| {
        level
            * match kind {
                0 => rng.f32() * 2.0 - 1.0,
                1 => (step * idx as f32 + phase).sin(),
                2 => f32::from(u8::from(idx == click)),
                3 => f32::from(u8::from(idx >= click)) * 2.0 - 1.0,
                _ => 0.0,
            }
    })
}

#[test]
fn every_path_finds_what_the_48_taps_find() {
    let mut rng = Rng::with_seed(21);
    let mut n_between = 0;
    for round in 0..2_000 {
        let window = window(&mut rng, round as u8 % 5);
        let want = slow_between(&window);
        let peak = window.iter().fold(0.0_f64, |peak, x| peak.max(f64::from(x.abs())));
        n_between += usize::from(want > 1.01 * peak);
        for path in SimdPath::all() {
            let mut got = -1.0;
            on_path!(path, simd => got = between(simd, &window));
            // Chains of six products and sums, each right to half a bit of what is at most twice the peak. They seldom add up.
            let error = (f64::from(got) - want).abs();
            assert!(error <= 6.0 * 0.5_f64.powi(24) * peak, "{}: {got} {want}", path.name());
        }
    }
    assert!(n_between > 500, "only {n_between} windows had something to find");
}

#[test]
fn all_lanes_find_to_the_bit_what_one_window_does() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(22);
        for _ in 0..300 {
            let level = 10f32.powi(rng.i32(-9..6)) * FULL_SCALE;
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, level));
            let past = [(); 2].map(|()| {
                let tile = noise_tile(&mut rng, level);
                std::array::from_fn(|frame| tile.0[frame])
            });
            let mut found = Pairs::ZERO;
            on_path!(path, simd => found = between_lanes(simd, &past, &tiles));
            for side in 0..2 {
                for lane in 0..LANES {
                    let frames = past[side].iter().chain(&tiles[side].0);
                    let mut window = [0.0; WINDOW_FRAMES];
                    // In the scale in which one lane is computed: powers of two change no bit.
                    window.iter_mut().zip(frames).for_each(|(x, frame)| *x = frame[lane] * ROOT);
                    let mut want = 0.0;
                    on_path!(path, simd => want = between(simd, &window));
                    assert_eq!(found.of(lane)[side] * ROOT, want, "{}: lane {lane}", path.name());
                }
            }
        }
    }
}

#[test]
fn roughness_is_the_largest_sample_and_second_difference_wherever_they_lie() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(23);
        for round in 0..2_000 {
            let mut window = window(&mut rng, round as u8 % 5);
            // Something that stands out, at each place in turn.
            window[round % WINDOW_FRAMES] *= 8.0;
            let mut got = [0.0; 2];
            on_path!(path, simd => got = roughness(simd, &window));
            let peak = window.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
            let second = |at: &[f32]| ((at[0] + at[2]) - (at[1] + at[1])).abs();
            let rough = window.windows(3).map(second).fold(0.0, f32::max);
            assert_eq!(got, [peak, rough], "{}", path.name());
        }
    }
}
