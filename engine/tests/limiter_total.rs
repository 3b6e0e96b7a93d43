//! Any input, any setting, any block: finite output, nothing subnormal, no allocation; hours of work leave no trace.

mod allocations;
mod limiter_support;

use allocations::{CountingAllocator, allocator_calls};
use busbar_engine::SimdPath;
use busbar_engine::limiter::{Limiter, Lookahead};
use fastrand::Rng;
use limiter_support::{SAMPLE_RATES_HZ, bits, limiter, run};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn the_counter_counts() {
    assert_eq!(allocator_calls(|| ()), 0);
    assert_eq!(allocator_calls(|| drop(black_box(Box::new(1)))), 2);
    let mut limiter = Limiter::new();
    assert!(allocator_calls(|| limiter.prepare(48_000.0, Lookahead::Ms5)) > 0);
}

/// Fills one channel with what might come.
fn fill(rng: &mut Rng, channel: &mut [f32]) {
    let kind = rng.u8(0..10);
    let level = 10f32.powi(rng.i32(-42..=12));
    for (frame, sample) in channel.iter_mut().enumerate() {
        *sample = match kind {
            0 => 0.0,
            1 | 2 => rng.f32() * 4.0 - 2.0,
            3 => level * (rng.f32() * 2.0 - 1.0),
            4 => f32::from_bits(rng.u32(..0x0080_0000) | rng.u32(..2) << 31),
            5 if frame % 50 < 5 => rng.f32() * 1e9,
            5 => f32::MIN_POSITIVE,
            6 if frame % 61 == 7 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][frame % 3],
            6 => 0.5,
            7 => f32::from_bits(rng.u32(..)),
            8 => f32::MAX,
            _ => 1e-37 * rng.f32(),
        };
    }
}

#[test]
fn a_storm_leaves_finite_normal_output_and_never_allocates() {
    let (mut n_frames, mut n_limited, mut n_sounding) = (0, 0, 0);
    for (rate_idx, sample_rate_hz) in SAMPLE_RATES_HZ.into_iter().chain([8_000.0, 768_000.0]).enumerate() {
        for lookahead in Lookahead::ALL {
            let mut rng = Rng::with_seed(10 * rate_idx as u64 + lookahead as u64);
            let mut limiter = limiter(sample_rate_hz, lookahead, -1.0, 10.0);
            let (mut left, mut right) = (vec![0.0; 300], vec![0.0; 300]);
            for _ in 0..600 {
                let mut value = |low: f32, high: f32| match rng.u8(0..10) {
                    0 => f32::from_bits(rng.u32(..)),
                    _ => low + (high - low) * rng.f32(),
                };
                let (ceiling_db, release_ms, link) =
                    (value(-30.0, 0.0), value(0.0, 50.0), value(-20.0, 120.0));
                let (is_set, is_on, is_reset) = (rng.u8(0..4) == 0, rng.u8(0..4) > 0, rng.u8(0..50) == 0);
                fill(&mut rng, &mut left);
                fill(&mut rng, &mut right);
                let (n_left, n_right) = (rng.usize(0..300), rng.usize(0..300));
                let n_calls = allocator_calls(|| {
                    if is_set {
                        limiter.set(ceiling_db, release_ms, link);
                        limiter.set_on(is_on);
                    }
                    if is_reset {
                        limiter.reset();
                    }
                    limiter.process(&mut left[..n_left], &mut right[..n_right]);
                    black_box((limiter.latency_samples(), limiter.gain_reduction_db()));
                });
                assert_eq!(n_calls, 0, "allocates");
                let n = n_left.min(n_right);
                for sample in left[..n].iter().chain(&right[..n]) {
                    assert!(sample.is_finite(), "{sample}");
                    n_sounding += usize::from(*sample != 0.0);
                }
                assert!(limiter.gain_reduction_db().is_finite());
                n_limited += usize::from(limiter.gain_reduction_db() > 1.0);
                n_frames += n;
            }
        }
    }
    assert!(
        n_frames > 500_000 && n_sounding > n_frames / 4,
        "{n_frames} frames, {n_sounding} sounding samples"
    );
    assert!(n_limited > 2_000, "{n_limited} blocks were limited");
}

/// On, nothing subnormal leaves it: not from small samples, and not from small samples times a small gain.
#[test]
fn subnormals_neither_pass_nor_arise() {
    let mut rng = Rng::with_seed(5);
    let mut limiter = limiter(48_000.0, Lookahead::Ms1_5, -20.0, 50.0);
    for exponent in 0..60_u32 {
        let mut left: Vec<f32> =
            (0..1_000).map(|_| f32::from_bits(exponent << 23 | rng.u32(..1 << 23))).collect();
        left[500] = 100.0;
        let [left, right] = run(&mut limiter, [&left, &left]);
        assert!(left.iter().chain(&right).all(|sample| !sample.is_subnormal()), "exponent {exponent}");
        assert!(limiter.gain_reduction_db() > 40.0);
    }
}

/// After anything at all it is as good as new: at most its memory, its release and one unit of what it counts in later.
#[test]
fn it_recovers_from_what_is_not_sound() {
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, -1.0, 5.0);
        for bad in [f32::NAN, f32::INFINITY, f32::MAX, -9.9e11, 1e-40] {
            run(&mut limiter, [&[bad; 100], &[0.1; 100]]);
            // 180 dB of a release of 5 ms are 0.1 s.
            run(&mut limiter, [&[0.0; 12_000], &[0.0; 12_000]]);
            let input: Vec<f32> = (0..2_000).map(|n| 0.3 * (n as f32 * 0.05).sin()).collect();
            let [left, right] = run(&mut limiter, [&input, &input]);
            let late = limiter.latency_samples() as usize;
            assert_eq!(bits(&left[late..]), bits(&input[..2_000 - late]), "{lookahead:?} after {bad}");
            assert_eq!(bits(&right), bits(&left));
        }
    }
}

/// Ten minutes of work, and then exactly unity: the running sums have lost nothing.
#[test]
fn ten_minutes_leave_no_drift() {
    let mut rng = Rng::with_seed(6);
    let mut limiter = limiter(48_000.0, Lookahead::Ms5, -6.0, 30.0);
    limiter.set(-6.0, 30.0, 70.0);
    let (mut left, mut right) = (vec![0.0; 4_800], vec![0.0; 4_800]);
    let mut n_limited = 0;
    for _ in 0..6_000 {
        let level = 4.0 * rng.f32();
        left.iter_mut().chain(&mut right).for_each(|sample| *sample = level * (2.0 * rng.f32() - 1.0));
        limiter.process(&mut left, &mut right);
        n_limited += usize::from(limiter.gain_reduction_db() > 3.0);
    }
    assert!(n_limited > 4_000, "{n_limited} blocks were limited");
    run(&mut limiter, [&[0.0; 48_000], &[0.0; 48_000]]);
    let input = [0.123_456_7_f32; 2_000];
    let output = run(&mut limiter, [&input, &input]);
    let late = limiter.latency_samples() as usize;
    for side in output {
        assert_eq!(bits(&side[late + 20..]), bits(&input[late + 20..]));
    }
    assert_eq!(limiter.gain_reduction_db(), 0.0);
}

/// Whatever instructions it runs on, it sounds the same.
#[test]
fn every_path_limits_alike() {
    let mut rng = Rng::with_seed(7);
    let sides = [(); 2].map(|()| (0..20_000).map(|_| 4.0 * rng.f32() - 2.0).collect::<Vec<f32>>());
    for lookahead in Lookahead::ALL {
        let mut outputs = SimdPath::all().map(|path| {
            let mut limiter = Limiter::on_path(path);
            limiter.set(-6.0, 20.0, 50.0);
            limiter.set_on(true);
            limiter.prepare(48_000.0, lookahead);
            (path.name(), run(&mut limiter, [&sides[0], &sides[1]]))
        });
        let (first, expected) = outputs.next().expect("a path");
        for (name, output) in outputs {
            for (a, b) in expected.iter().flatten().zip(output.iter().flatten()) {
                // Sixteen fused products of a peak of 2 round by 2⁻²³ less each, and gains are counted in 2⁻²²; the
                // samples of up to 2 that these gains meet leave below 0.51.
                assert!((a - b).abs() < 2e-6, "{lookahead:?}, {first} and {name}: {a} and {b}");
            }
        }
    }
}
