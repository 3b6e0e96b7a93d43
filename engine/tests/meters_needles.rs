//! Needles, by the figures of IEC 60268-10, IEC 60268-17 and of Katz' K-system.

use busbar_engine::{Ballistics, Engine, Outputs, Settings, TILE_FRAMES, Tap};
use std::f64::consts::PI;

const RATES_HZ: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];

/// The master's left needle after every tile of a mono signal.
fn needle_db(
    ballistics: Ballistics,
    sample_rate_hz: f64,
    signal: impl Fn(f64) -> f64,
    seconds: f64,
) -> Vec<f32> {
    let mut engine = Engine::new(1);
    engine.prepare(sample_rate_hz).expect("a rate that is allowed");
    let mut settings = Settings::new(1);
    settings.meters.ballistics = ballistics;
    engine.set(&settings);
    let (mut left, mut right) = ([0.0; TILE_FRAMES], [0.0; TILE_FRAMES]);
    let n_tiles = (seconds * sample_rate_hz) as usize / TILE_FRAMES;
    (0..n_tiles)
        .map(|tile| {
            let block: [f32; TILE_FRAMES] =
                std::array::from_fn(|idx| signal((tile * TILE_FRAMES + idx) as f64 / sample_rate_hz) as f32);
            let outputs = &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] };
            engine.process(&[Some([&block, &block])], outputs);
            let levels = engine.levels();
            assert_eq!(levels.needle(Tap::Strip(0)), levels.needle(Tap::Master));
            levels.needle(Tap::Master)[0]
        })
        .collect()
}

fn sine(frequency_hz: f64, dbfs: f64) -> impl Fn(f64) -> f64 {
    move |seconds| 10f64.powf(dbfs / 20.0) * (2.0 * PI * frequency_hz * seconds).sin()
}

/// A burst of 5 kHz at full scale, behind 100 ms of silence: behind it, detectors only fall.
fn burst(ms: f64) -> impl Fn(f64) -> f64 {
    move |seconds| {
        let into = seconds - 0.1;
        if (0.0..ms / 1e3).contains(&into) { (2.0 * PI * 5_000.0 * into).sin() } else { 0.0 }
    }
}

fn largest(needle: &[f32]) -> f32 {
    needle.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

#[test]
fn a_steady_sine_reads_its_level_above_each_meters_zero() {
    for sample_rate_hz in RATES_HZ {
        for (ballistics, zero_dbfs, bound) in [
            (Ballistics::Peak, 0.0, 0.02),
            // The zeros' own definition: detectors ripple by 0.1 dB as the samples meet a sine here or there.
            (Ballistics::Vu, -18.0, 0.05),
            (Ballistics::PpmI, -9.0, 0.15),
            (Ballistics::PpmII, -18.0, 0.15),
            (Ballistics::K12, -12.0, 0.05),
            (Ballistics::K14, -14.0, 0.05),
            (Ballistics::K20, -20.0, 0.05),
        ] {
            for dbfs in [-30.0, -6.0] {
                let needle = needle_db(ballistics, sample_rate_hz, sine(997.0, dbfs), 3.0);
                let read = largest(&needle[needle.len() - 200..]);
                assert_eq!(ballistics.zero_dbfs(), zero_dbfs);
                let want = dbfs as f32 - zero_dbfs;
                assert!(
                    (read - want).abs() < bound,
                    "{ballistics:?} at {sample_rate_hz} Hz: {read} not {want} dB"
                );
            }
        }
    }
}

#[test]
fn a_vu_is_there_in_300_ms_and_goes_a_little_too_far() {
    for sample_rate_hz in RATES_HZ {
        let needle = needle_db(Ballistics::Vu, sample_rate_hz, sine(2_000.0, -18.0), 3.0);
        let steady = needle[needle.len() - 1];
        let share: Vec<f32> = needle.iter().map(|db| 10f32.powf((db - steady) / 20.0)).collect();
        let there = share.iter().position(|share| *share >= 0.99).expect("it gets there") + 1;
        let ms = 1e3 * (there * TILE_FRAMES) as f64 / sample_rate_hz;
        assert!((270.0..=330.0).contains(&ms), "{ms} ms at {sample_rate_hz} Hz");
        let over = largest(&share) - 1.0;
        assert!((0.01..=0.015).contains(&over), "{over} at {sample_rate_hz} Hz");
    }
}

#[test]
fn bursts_read_what_the_standard_says() {
    // ms, dB below a steady tone, tolerance in dB: IEC 60268-10. `docs/dsp/meters.md` says from where.
    let type_i =
        [(100.0, 0.0, 0.25), (10.0, -1.0, 0.5), (5.0, -2.0, 1.0), (3.0, -4.0, 1.0), (0.4, -15.0, 4.0)];
    let type_ii =
        [(100.0, 0.0, 0.25), (10.0, -2.2, 0.5), (5.0, -4.0, 0.75), (1.5, -9.0, 1.0), (0.5, -17.0, 2.0)];
    for sample_rate_hz in RATES_HZ {
        for (ballistics, bursts) in [(Ballistics::PpmI, type_i), (Ballistics::PpmII, type_ii)] {
            let steady = largest(&needle_db(ballistics, sample_rate_hz, sine(5_000.0, 0.0), 1.0));
            for (ms, want, bound) in bursts {
                let got = largest(&needle_db(ballistics, sample_rate_hz, burst(ms), 0.3)) - steady;
                assert!(
                    (got - want).abs() <= bound,
                    "{ballistics:?} {ms} ms at {sample_rate_hz} Hz: {got} dB"
                );
            }
        }
    }
}

#[test]
fn peak_meters_fall_as_fast_as_they_should() {
    for sample_rate_hz in RATES_HZ {
        for (ballistics, fall_db, seconds) in [(Ballistics::PpmI, 20.0, 1.7), (Ballistics::PpmII, 24.0, 2.8)]
        {
            let needle = needle_db(ballistics, sample_rate_hz, burst(200.0), 4.0);
            let at = |seconds: f64| needle[(seconds * sample_rate_hz) as usize / TILE_FRAMES];
            let fallen = at(0.4) - at(0.4 + seconds);
            // A tile is 0.7 ms of 1.7 s.
            assert!((fallen - fall_db).abs() < 0.05, "{ballistics:?}: {fallen} dB");
        }
    }
}

/// A VU swings back below its rest, where it has no decibels.
#[test]
fn what_ends_takes_every_needle_to_its_rest_and_not_beyond() {
    for ballistics in [Ballistics::Vu, Ballistics::PpmI, Ballistics::PpmII, Ballistics::K20] {
        let tone = sine(1_000.0, 0.0);
        let signal = |seconds: f64| if seconds < 0.5 { tone(seconds) } else { 0.0 };
        let needle = needle_db(ballistics, 48_000.0, signal, 6.0);
        assert!(needle.iter().all(|db| !db.is_nan()), "{ballistics:?}");
        assert!(largest(&needle) > 0.0, "{ballistics:?} has moved");
        if ballistics == Ballistics::Vu {
            assert_eq!(needle.last(), Some(&f32::NEG_INFINITY), "{ballistics:?}");
        }
    }
}
