//! Attack and release: time constants, and the forms without a branch.

#![allow(
    clippy::disallowed_macros,
    reason = "the errors that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

use busbar_engine::dynamics::{Ballistics, Envelope, REST_DB, smoothing};
use fastrand::Rng;

const RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

/// From 50 µs to 3 s.
const TIMES_MS: [f64; 16] =
    [0.05, 0.1, 0.17, 0.5, 1.0, 2.3, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 300.0, 500.0, 1_000.0, 3_000.0];

/// How much of its way from `start` to `target` an envelope has gone after `n` samples.
fn progress(ballistics: &Ballistics, start: f64, target: f64, n: usize) -> f64 {
    let mut envelope = Envelope { gain_db: start, target_db: start };
    for _ in 0..n {
        envelope.process(ballistics, target);
    }
    (envelope.gain_db - start) / (target - start)
}

#[test]
fn a_step_has_gone_63_2_percent_after_tau() {
    // The gate: 0.002 percentage points for τ ≤ 0.3 s. In f64 it holds for every τ.
    let gate = 2e-5;
    let (mut worst, mut n_cases, mut n_whole) = (0.0_f64, 0, 0);
    for rate in RATES_HZ {
        for ms in TIMES_MS {
            let samples = ms * rate / 1_000.0;
            let n = samples.round().max(1.0);
            // τ is no whole number of samples: what the curve has at the sample nearest to it.
            let expected = 1.0 - (-n / samples).exp();
            let other_ms = 777.0;
            for (ballistics, start, target) in [
                (Ballistics::new(rate, ms, other_ms), 0.0, -12.0),
                (Ballistics::new(rate, ms, other_ms), -0.3, -60.0),
                (Ballistics::new(rate, other_ms, ms), -12.0, 0.0),
                (Ballistics::new(rate, other_ms, ms), -60.0, -0.3),
            ] {
                let error = progress(&ballistics, start, target, n as usize) - expected;
                worst = worst.max(error.abs());
                n_cases += 1;
                if samples == n {
                    assert!((expected - (1.0 - (-1.0_f64).exp())).abs() < 1e-12);
                    n_whole += 1;
                }
            }
        }
    }
    println!("worst error at τ over {n_cases} steps: {:.1e} percentage points", 100.0 * worst);
    assert!(worst < gate, "{worst:e}");
    // Sums of up to 576 000 roundings, the figure that docs/dsp/dynamics.md gives.
    assert!(worst < 1e-11, "{worst:e}");
    assert!(n_cases == 384 && n_whole > 150, "{n_whole} of {n_cases}");
}

#[test]
fn constants_keep_their_digits_however_slow() {
    for rate in RATES_HZ {
        for ms in TIMES_MS {
            // c = 1/n − 1/(2n²) + 1/(6n³) − … of n = τ·fs.
            let n = ms * rate / 1_000.0;
            let series: f64 = (1..40_i32).rev().fold(0.0, |sum, k| (1.0 - sum) / (n * f64::from(k)));
            let c = smoothing(rate, ms);
            assert!((c / series - 1.0).abs() < 1e-13, "{ms} ms at {rate} Hz: {c} and {series}");
        }
    }
    assert_eq!(smoothing(1.0, 10.0), smoothing(8_000.0, 10.0));
    assert_eq!(smoothing(f64::NAN, 10.0), smoothing(48_000.0, 10.0));
    assert_eq!(smoothing(f64::INFINITY, 10.0), smoothing(768_000.0, 10.0));
}

fn random_ballistics(rng: &mut Rng) -> Ballistics {
    let rate = RATES_HZ[rng.usize(..RATES_HZ.len())];
    let mut ms = || 0.05 * 60_000.0_f64.powf(rng.f64());
    let (falling, rising) = (ms(), ms());
    Ballistics::new(rate, falling, rising)
}

/// A target as a compressor has it: nothing to do, steady, or anywhere; near the state where branches are decided.
fn random_target(rng: &mut Rng, state: f64) -> f64 {
    match rng.u8(..8) {
        0 => 0.0,
        1 => state,
        2 => f64::from_bits(state.to_bits() ^ 1),
        3 => state * (1.0 + (rng.f64() - 0.5) * 1e-15),
        4 => -1e-9 * rng.f64(),
        _ => -120.0 * rng.f64(),
    }
}

#[test]
fn the_forms_without_a_branch_are_the_branching_detector_bit_for_bit() {
    let mut rng = Rng::with_seed(3);
    let (mut n_min, mut n_max, mut n_falling) = (0, 0, 0);
    for _ in 0..8_000 {
        let ballistics = random_ballistics(&mut rng);
        let sign = ballistics.sign();
        let fused = |c: f64, x: f64, y: f64| c.mul_add(x - y, y);
        let (mut branching, mut signed, mut fused_branching, mut fused_signed) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..1_000 {
            let x = random_target(&mut rng, branching);
            n_falling += u32::from(x < branching);
            branching = ballistics.step(x, branching);
            signed = ballistics.signed_step(sign * x, signed);
            assert_eq!(branching, sign * signed, "{ballistics:?}");
            let Ballistics { falling, rising } = ballistics;
            fused_branching = fused(if x < fused_branching { falling } else { rising }, x, fused_branching);
            fused_signed = fused(falling, sign * x, fused_signed).min(fused(rising, sign * x, fused_signed));
            assert_eq!(fused_branching, sign * fused_signed, "{ballistics:?}");
            // Roundings of 120 dB, forgotten at the same rate as they come: fused or not.
            assert!((branching - fused_branching).abs() < 1e-9, "{ballistics:?}");
            if sign > 0.0 {
                n_min += 1;
            } else {
                n_max += 1;
            }
        }
    }
    assert!(n_min > 3_000_000 && n_max > 3_000_000, "{n_min} {n_max}");
    assert!((2_000_000..6_000_000).contains(&n_falling), "{n_falling}");
}

#[test]
fn each_way_has_its_own_constant_whichever_is_longer() {
    // The same figures with attack and release exchanged: an attack longer than its release is not clamped.
    for (falling_ms, rising_ms) in [(200.0, 5.0), (5.0, 200.0)] {
        let ballistics = Ballistics::new(48_000.0, falling_ms, rising_ms);
        let down = progress(&ballistics, 0.0, -20.0, (48.0 * falling_ms) as usize);
        let up = progress(&ballistics, -20.0, 0.0, (48.0 * rising_ms) as usize);
        let expected = 1.0 - (-1.0_f64).exp();
        assert!((down - expected).abs() < 1e-11 && (up - expected).abs() < 1e-11, "{down} {up}");
    }
}

#[test]
fn an_envelope_settles_on_its_target_and_from_no_further_than_the_bound() {
    let mut near = Envelope { gain_db: -6.0 + 0.99 * REST_DB, target_db: -6.0 };
    let mut far = Envelope { gain_db: -6.0 - 1.01 * REST_DB, target_db: -6.0 };
    near.settle();
    far.settle();
    assert_eq!(near.gain_db, -6.0);
    assert_ne!(far.gain_db, -6.0);
    // A ten-millionth of the gain: −138 dB.
    assert!(20.0 * (10.0_f64.powf(REST_DB / 20.0) - 1.0).log10() < -138.0);
}
