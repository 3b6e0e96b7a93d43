//! The static curves against the textbook's three cases, their slopes, and the make-up that follows from them.

use busbar_engine::dynamics::{Compression, CompressorSettings, Expansion, GateSettings};
use fastrand::Rng;

fn curve(threshold_db: f32, ratio: f32, knee_db: f32) -> Compression {
    Compression::new(&CompressorSettings { threshold_db, ratio, knee_db, ..CompressorSettings::STRIP })
}

/// The output level for an input level, as Giannoulis, Massberg and Reiss write it (JAES 60(6), 2012).
fn textbook(t: f64, r: f64, w: f64, x: f64) -> f64 {
    if 2.0 * (x - t) < -w {
        x
    } else if 2.0 * (x - t).abs() <= w && w > 0.0 {
        x + (1.0 / r - 1.0) * (x - t + w / 2.0).powi(2) / (2.0 * w)
    } else {
        t + (x - t) / r
    }
}

/// Rounding of numbers of some hundred dB: 1e-13, and the square over a narrow knee.
const ROUNDING_DB: f64 = 1e-9;

#[test]
fn the_table_of_the_standard_is_met() {
    let curve = curve(-20.0, 4.0, 6.0);
    for (x, y) in [
        (-23.0, -23.0),
        (-21.5, -21.640_625),
        (-20.0, -20.5625),
        (-18.5, -19.765_625),
        (-17.0, -19.25),
        (-10.0, -17.5),
        (0.0, -15.0),
    ] {
        let actual = x + curve.gain_db(x);
        assert!((actual - y).abs() < ROUNDING_DB, "{x} dB: {actual}, not {y}");
    }
}

#[test]
fn the_curve_is_the_textbooks_over_a_grid() {
    let mut worst: f64 = 0.0;
    let mut n = 0;
    for t in [-60.0, -33.25, -20.0, -6.0, 0.0_f32] {
        for r in [1.0, 1.25, 1.5, 2.0, 4.0, 10.0, 64.0, 1000.0, f32::INFINITY] {
            for w in [0.0, 0.01, 0.5, 1.0, 6.0, 12.0, 24.0_f32] {
                let curve = curve(t, r, w);
                let [t, r, w] = [t, r, w].map(f64::from);
                for step in -1_200..=400 {
                    // A grid, and the ends of the knee with what lies right beside them.
                    let ends = [t - w / 2.0, t, t + w / 2.0];
                    for x in
                        [f64::from(step) * 0.1].into_iter().chain(ends.map(|x| x + f64::from(step) * 1e-12))
                    {
                        let expected = textbook(t, r, w, x);
                        worst = worst.max((x + curve.gain_db(x) - expected).abs());
                        n += 1;
                    }
                }
            }
        }
    }
    assert!(n > 2_000_000);
    assert!(worst < ROUNDING_DB, "{worst:e} dB");
}

#[test]
fn the_slope_is_continuous_at_both_ends_of_the_knee() {
    for (t, r, w) in [(-20.0, 4.0, 6.0), (-40.0, f32::INFINITY, 24.0), (-6.0, 1.5, 1.0)] {
        let curve = curve(t, r, w);
        let full = 1.0 / f64::from(r) - 1.0;
        let [t, w] = [t, w].map(f64::from);
        // A central difference over a hundred-thousandth of a dB. Within the knee the slope changes by full/w per dB: the
        // difference may see h of that, and rounding of 1e-14 dB over h.
        let h = 1e-5;
        let slope = |x: f64| (curve.gain_db(x + h) - curve.gain_db(x - h)) / (2.0 * h);
        let tolerance = 2.0 * h / w + 1e-8;
        for (x, expected) in [(t - w / 2.0, 0.0), (t, full / 2.0), (t + w / 2.0, full)] {
            for side in [-1.0, 1.0] {
                let actual = slope(x + side * h);
                assert!(
                    (actual - expected).abs() < tolerance,
                    "{t} {r} {w} at {x}: {actual}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn the_curve_is_monotone_and_never_boosts() {
    let mut rng = Rng::with_seed(1);
    for _ in 0..2_000 {
        let curve = curve(-60.0 * rng.f32(), 1.0 / rng.f32(), 24.0 * rng.f32());
        let mut levels: Vec<f64> = (0..200).map(|_| -200.0 + 440.0 * rng.f64()).collect();
        levels.sort_by(f64::total_cmp);
        for pair in levels.windows(2) {
            let gains = [curve.gain_db(pair[0]), curve.gain_db(pair[1])];
            assert!(gains[1] <= gains[0] && gains[0] <= 0.0, "{curve:?} at {pair:?}: {gains:?}");
            // No ratio turns the order of levels round; rounding of 400 dB.
            assert!(pair[0] + gains[0] <= pair[1] + gains[1] + 1e-12, "{curve:?} at {pair:?}: {gains:?}");
        }
    }
}

#[test]
fn a_ratio_of_one_reduces_nothing_and_infinity_lets_nothing_over() {
    let mut rng = Rng::with_seed(2);
    for _ in 0..10_000 {
        let (t, w) = (-60.0 * rng.f32(), 24.0 * rng.f32());
        let x = -200.0 + 440.0 * rng.f64();
        assert_eq!(curve(t, 1.0, w).gain_db(x).to_bits(), 0.0_f64.to_bits());
        let over = (x + curve(t, f32::INFINITY, w).gain_db(x)) - f64::from(t);
        assert!(over < ROUNDING_DB, "{over}");
    }
}

#[test]
fn settings_beyond_their_ranges_count_as_their_ends_and_nan_as_the_default() {
    assert_eq!(curve(-99.0, 4.0, 6.0), curve(-60.0, 4.0, 6.0));
    assert_eq!(curve(9.0, 0.1, 99.0), curve(0.0, 1.0, 24.0));
    assert_eq!(curve(-20.0, 4.0, -1.0), curve(-20.0, 4.0, 0.0));
    assert_eq!(curve(-20.0, 4.0, 1e-40), curve(-20.0, 4.0, 0.0));
    let nan = f32::NAN;
    assert_eq!(curve(nan, nan, nan), Compression::new(&CompressorSettings::default()));
    let wild = CompressorSettings {
        attack_ms: nan,
        release_ms: 1e9,
        makeup_db: -99.0,
        mix_percent: nan,
        link_percent: 101.0,
        key_high_pass_hz: 5.0,
        ..CompressorSettings::GLUE
    };
    let expected = CompressorSettings {
        attack_ms: CompressorSettings::STRIP.attack_ms,
        release_ms: 3_000.0,
        makeup_db: -24.0,
        mix_percent: 100.0,
        link_percent: 100.0,
        key_high_pass_hz: 20.0,
        ..CompressorSettings::GLUE
    };
    assert_eq!(wild.clamped(), expected);
    let gate = GateSettings {
        on: true,
        threshold_db: nan,
        ratio: f32::NEG_INFINITY,
        range_db: -200.0,
        attack_ms: 0.0,
        hold_ms: 1e9,
        release_ms: nan,
        hysteresis_db: 40.0,
    };
    let expected = GateSettings {
        on: true,
        threshold_db: GateSettings::STRIP.threshold_db,
        ratio: 1.0,
        range_db: -80.0,
        attack_ms: 0.05,
        hold_ms: 2_000.0,
        release_ms: GateSettings::STRIP.release_ms,
        hysteresis_db: 12.0,
    };
    assert_eq!(gate.clamped(), expected);
}

#[test]
fn automatic_make_up_is_half_of_the_reduction_at_full_scale() {
    // −18 dB, 4:1: 13.5 dB at full scale, whatever knee ends below it.
    assert!((curve(-18.0, 4.0, 6.0).auto_makeup_db() - 6.75).abs() < ROUNDING_DB);
    assert_eq!(curve(-18.0, 1.0, 6.0).auto_makeup_db(), 0.0);
    // At a threshold of full scale half of the knee is below: W²/4/(2W) of the slope.
    assert!((curve(0.0, f32::INFINITY, 24.0).auto_makeup_db() - 1.5).abs() < ROUNDING_DB);
    assert!((curve(-60.0, f32::INFINITY, 0.0).auto_makeup_db() - 30.0).abs() < ROUNDING_DB);
}

#[test]
fn the_closed_gates_curve_expands_down_to_its_range() {
    let expansion = |threshold_db, ratio, range_db| {
        Expansion::new(&GateSettings { threshold_db, ratio, range_db, ..GateSettings::STRIP })
    };
    for (t, r, range) in
        [(-40.0, 2.0, -80.0), (-50.0, 4.0, -20.0), (-80.0, 1.5, -10.0), (0.0, 10.0, -60.0_f32)]
    {
        let curve = expansion(t, r, range);
        let [t, r, range] = [t, r, range].map(f64::from);
        for step in -2_000..=2_400 {
            let x = 0.1 * f64::from(step);
            // y = T + R·(x − T) below the threshold, but no further below x than the range.
            let expected = if x < t { (t + r * (x - t)).max(x + range) } else { x };
            let actual = x + curve.gain_db(x);
            assert!((actual - expected).abs() < ROUNDING_DB, "{x} dB: {actual}, not {expected}");
        }
    }
    let gate = expansion(-40.0, f32::INFINITY, -60.0);
    assert_eq!(gate.gain_db(-40.0), 0.0);
    // A millionth of a dB below is far enough: 1e9 dB per dB.
    assert_eq!(gate.gain_db(-40.000_001), -60.0);
    for transparent in [expansion(-40.0, 1.0, -60.0), expansion(-40.0, f32::INFINITY, 0.0)] {
        for x in [-200.0, -41.0, -40.0, 10.0] {
            assert_eq!(transparent.gain_db(x).to_bits(), 0.0_f64.to_bits());
        }
    }
}
