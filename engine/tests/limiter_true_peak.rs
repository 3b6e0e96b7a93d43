//! The promise: no true peak over the ceiling by more than 0.1 dB, by an independent meter at sixteen times the rate.
//!
//! Source: the gate of true-peak limiters, on tones between the points of a meter, square bursts and noise. The
//! detector reads four points a frame, so that each signal is one that it could read too low.

mod limiter_support;

use busbar_engine::limiter::Lookahead;
use limiter_support::{AHEAD, Meter, SAMPLE_RATES_HZ, TAIL_FRAMES, db_to_gain, limiter, run, worst_signals};

const N_FRAMES: usize = 12_000;

/// The gate, in dB.
const TOLERANCE_DB: f64 = 0.1;

#[test]
fn the_meter_reads_tones_whatever_their_phase() {
    let meter = Meter::new();
    for (f, degrees) in
        [(0.25, 45.0), (0.25, 0.0), (1.0 / 6.0, 60.0), (0.125, 67.5), (0.45, 13.0), (0.01, 5.0)]
    {
        let phase = f64::to_radians(degrees);
        let fade = |n: f64| (n / 500.0).min((3_000.0 - n) / 500.0).clamp(0.0, 1.0);
        let tone: Vec<f32> = (0..3_000)
            .map(|n| {
                (0.5 * fade(f64::from(n)) * (std::f64::consts::TAU * f * f64::from(n) + phase).sin()) as f32
            })
            .collect();
        // Sixteen points read a tone of 0.45 fs too low by at most 0.03 dB.
        let error_db = meter.true_peak_db(&tone) + 6.0206;
        assert!((-0.035..0.005).contains(&error_db), "{f} fs, {degrees}°: {error_db} dB");
    }
}

#[allow(clippy::disallowed_macros, reason = "the table for docs/dsp/limiter.md, with --nocapture")]
#[test]
fn no_true_peak_is_over_the_ceiling() {
    let meter = Meter::new();
    let mut n_checked = 0;
    println!("| signal | rate, Hz | lookahead, ms | over the ceiling, dB |\n|---|---|---|---|");
    for (rate_idx, sample_rate_hz) in SAMPLE_RATES_HZ.into_iter().enumerate() {
        for lookahead in AHEAD {
            for signal in worst_signals(N_FRAMES, rate_idx as u64) {
                let input = meter.true_peak(&signal.samples);
                let mut limiter = limiter(sample_rate_hz, lookahead, -1.0, 50.0);
                let [left, right] = run(&mut limiter, [&signal.samples, &signal.samples]);
                assert_eq!(left, right);
                let over_db = meter.true_peak_db(&left) + 1.0;
                let ms = lookahead.ms();
                println!("| {} | {sample_rate_hz} | {ms} | {over_db:.3} |", signal.name);
                assert!(input > 1.3, "{} would not show anything", signal.name);
                assert!(over_db <= TOLERANCE_DB, "{} at {sample_rate_hz} Hz: {over_db} dB over", signal.name);
                // It limits, it does not merely turn down: what holds the noise near Nyquist costs tones of 0.4 fs and
                // more, which nobody hears, up to 5 dB.
                assert!(over_db > -5.0, "{} at {sample_rate_hz} Hz: {over_db} dB", signal.name);
                let sample_peak = left.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
                assert!(f64::from(sample_peak) <= db_to_gain(-1.0) * (1.0 + 1e-6), "{}", signal.name);
                n_checked += 1;
            }
        }
    }
    assert!(n_checked >= 6 * 3 * 14, "{n_checked} signals");
}

/// With a release as short as it goes the gain hardly rests: the hardest case for its shape.
#[test]
fn nor_with_the_shortest_release() {
    let meter = Meter::new();
    for lookahead in AHEAD {
        for signal in worst_signals(2 * N_FRAMES, 77) {
            let mut limiter = limiter(44_100.0, lookahead, -6.0, 1.0);
            let [left, _] = run(&mut limiter, [&signal.samples, &signal.samples]);
            let over_db = meter.true_peak_db(&left) + 6.0;
            assert!(over_db <= TOLERANCE_DB, "{}, {lookahead:?}: {over_db} dB over", signal.name);
        }
    }
}

/// Unlinked, each side has its own promise.
#[test]
fn nor_on_either_side_alone() {
    let meter = Meter::new();
    for link in [0.0, 35.0, 100.0] {
        let signals = worst_signals(N_FRAMES, 5);
        for pair in signals.windows(2) {
            let mut limiter = limiter(48_000.0, Lookahead::Ms1_5, -3.0, 50.0);
            limiter.set(-3.0, 50.0, link);
            for (side, signal) in run(&mut limiter, [&pair[0].samples, &pair[1].samples]).iter().zip(pair) {
                let over_db = meter.true_peak_db(side) + 3.0;
                assert!(over_db <= TOLERANCE_DB, "{}, link {link} %: {over_db} dB over", signal.name);
            }
        }
    }
}

/// Every tone a person might hear at 44.1 kHz, at phases that put its peaks between the points.
#[test]
fn nor_of_a_tone_of_any_frequency() {
    let meter = Meter::new();
    for step in 1..=45 {
        // Simple fractions of the rate repeat the same few phases for ever.
        let f = f64::from(step) / 100.0;
        for degrees in [0.0, 360.0 * f / 8.0, 37.0] {
            let mut tone: Vec<f32> = (0..4_000)
                .map(|n| {
                    (2.0 * (std::f64::consts::TAU * f * f64::from(n) + f64::to_radians(degrees)).sin()) as f32
                })
                .collect();
            tone.extend([0.0; TAIL_FRAMES]);
            let mut limiter = limiter(44_100.0, Lookahead::Ms1_5, -1.0, 100.0);
            let [left, _] = run(&mut limiter, [&tone, &tone]);
            let over_db = meter.true_peak_db(&left) + 1.0;
            assert!(over_db <= TOLERANCE_DB, "{f} fs, {degrees}°: {over_db} dB over");
        }
    }
}

/// Without lookahead samples are held, onsets between samples are not; what is steady is.
#[test]
fn without_lookahead_samples_stay_below_the_ceiling_and_steady_peaks_too() {
    let meter = Meter::new();
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for signal in worst_signals(N_FRAMES, 9) {
            let mut limiter = limiter(sample_rate_hz, Lookahead::None, -1.0, 200.0);
            let [left, _] = run(&mut limiter, [&signal.samples, &signal.samples]);
            let sample_peak = left.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
            assert!(f64::from(sample_peak) <= db_to_gain(-1.0) * (1.0 + 1e-6), "{}", signal.name);
            if signal.name.starts_with("tone") {
                // A cut into a tone is an onset for the meter: its ends are left out.
                let mut steady = left[2_000..N_FRAMES - TAIL_FRAMES].to_vec();
                let n = steady.len();
                for k in 0..1_000 {
                    let fade = k as f32 / 1_000.0;
                    steady[k] *= fade;
                    steady[n - 1 - k] *= fade;
                }
                let over_db = meter.true_peak_db(&steady) + 1.0;
                assert!(over_db <= TOLERANCE_DB, "{} at {sample_rate_hz} Hz: {over_db} dB over", signal.name);
            }
        }
    }
}
