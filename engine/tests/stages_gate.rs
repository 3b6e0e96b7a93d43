//! Gates through the engine: they open at their threshold, hold, close to their range, and know hysteresis.
//!
//! Source: the issue's *Dynamics* and docs/dsp/dynamics.md. That the gate by itself is right is held by `dynamics_gate.rs`.

mod support;

use busbar_engine::{GateSettings, Settings};
use support::reference::db_to_gain;
use support::{Cuts, Session, to_db};

const RATE_HZ: f64 = 48_000.0;

/// Opens at −30 dB, stays open down to −36, and closes by 25 dB.
const GATE: GateSettings = GateSettings {
    on: true,
    threshold_db: -30.0,
    ratio: f32::INFINITY,
    range_db: -25.0,
    attack_ms: 0.05,
    hold_ms: 10.0,
    release_ms: 5.0,
    hysteresis_db: 6.0,
};

/// Samples that it holds.
const HOLD: usize = 480;

/// The gains with which a strip's feed leaves it, frame by frame: `levels_db` in stretches of so many frames.
fn gains(gate: GateSettings, strip_idx: usize, stretches: &[(usize, f64)]) -> Vec<f64> {
    let level = |&(n, db): &(usize, f64)| vec![db_to_gain(db) as f32; n];
    let feed: Vec<f32> = stretches.iter().flat_map(level).collect();
    let mut settings = Settings::new(strip_idx + 1);
    settings.strips[strip_idx].gate = gate;
    let mut session = Session::new(RATE_HZ, feed.len(), settings);
    session.inputs[strip_idx] = Some([feed.clone(), feed.clone()]);
    let mix = session.render(Cuts::Every(77));
    feed.iter().zip(&mix.master()[0]).map(|(came, left)| f64::from(*left) / f64::from(*came)).collect()
}

/// Every second frame of a stretch that begins at `from` is compared with 1.
fn is_open(gains: &[f64], frames: std::ops::Range<usize>) -> bool {
    assert!(!frames.is_empty());
    gains[frames].iter().all(|gain| *gain == 1.0)
}

#[test]
fn it_closes_to_its_range_and_opens_at_its_threshold() {
    for strip_idx in [0, 6, 8] {
        for (level_db, opens) in [(-30.1, false), (-29.9, true), (0.0, true), (-60.0, false)] {
            let gains = gains(GATE, strip_idx, &[(6_000, -50.0), (3_000, level_db)]);
            // Range and threshold are f32, and the output is rounded: a thousandth of a dB is far more than that.
            assert!((to_db(gains[5_999]) + 25.0).abs() < 1e-3, "closed: {} dB", to_db(gains[5_999]));
            if opens {
                // 25 dB shrink to a millionth within 17 attacks of 2.4 samples, and at a border that is 0.
                assert!(is_open(&gains, 6_100..9_000), "{level_db} dB: {}", gains[8_999]);
            } else {
                assert!(
                    (to_db(gains[8_999]) + 25.0).abs() < 1e-3,
                    "{level_db} dB: {} dB",
                    to_db(gains[8_999])
                );
            }
        }
    }
}

/// A ratio that is finite: R − 1 dB below for each dB below the threshold.
#[test]
fn with_a_small_ratio_it_is_an_expander() {
    for (level_db, expected_db) in [(-32.0, -2.0), (-35.0, -5.0), (-50.0, -20.0), (-60.0, -25.0)] {
        let gate = GateSettings { ratio: 2.0, hysteresis_db: 0.0, ..GATE };
        let gains = gains(gate, 1, &[(6_000, level_db)]);
        let actual = to_db(gains[5_999]);
        // The expander's curve through a polynomial log2: within the gate of compressors, 0.01 dB.
        assert!((actual - expected_db).abs() < 0.01, "{level_db} dB: {actual} dB, not {expected_db}");
    }
}

/// To the sample: open for the hold after the last that was loud enough, and on its way down with the next.
#[test]
fn hold_is_exact() {
    for last_loud in [999, 1_000, 1_007, 1_023] {
        let n_loud = last_loud + 1;
        for (hold_ms, hold) in [(10.0, HOLD), (0.0, 0), (1.0, 48)] {
            let gains = gains(GateSettings { hold_ms, ..GATE }, 3, &[(n_loud, -10.0), (4_000, -50.0)]);
            assert!(is_open(&gains, 0..n_loud + hold), "{hold_ms} ms behind {last_loud}");
            assert!(gains[n_loud + hold] < 1.0, "{hold_ms} ms behind {last_loud}: it closes late");
            assert!((to_db(gains[n_loud + 3_999]) + 25.0).abs() < 1e-3);
        }
    }
}

#[test]
fn between_both_thresholds_it_stays_what_it_is() {
    // Open, and quieter, but not by the hysteresis.
    let open = gains(GATE, 2, &[(1_000, -20.0), (5_000, -35.9)]);
    assert!(is_open(&open, 0..6_000));
    // Quieter by more.
    let closed = gains(GATE, 2, &[(1_000, -20.0), (5_000, -36.1)]);
    assert!((to_db(closed[5_999]) + 25.0).abs() < 1e-3, "{}", to_db(closed[5_999]));
    // Closed, and louder, but not by enough to open.
    let still = gains(GATE, 2, &[(5_000, -50.0), (5_000, -30.1)]);
    assert!((to_db(still[9_999]) + 25.0).abs() < 1e-3, "{}", to_db(still[9_999]));
}

/// 63.2 % of the way in dB after the attack, and after the release.
#[test]
fn attack_and_release_reach_63_2_percent_at_their_time_constants() {
    let expected = 1.0 - (-1.0_f64).exp();
    let gate = GateSettings { attack_ms: 5.0, release_ms: 20.0, hold_ms: 0.0, ..GATE };
    let gains = gains(gate, 9, &[(1_000, 0.0), (20_000, -60.0), (5_000, 0.0)]);
    let release = to_db(gains[1_000 + 960 - 1]) / -25.0;
    assert!((release - expected).abs() < 2e-3, "{release} after the release");
    let attack = 1.0 - to_db(gains[21_000 + 240 - 1]) / -25.0;
    assert!((attack - expected).abs() < 2e-3, "{attack} after the attack");
}

/// One side opens both.
#[test]
fn both_sides_have_one_gain() {
    let mut settings = Settings::new(1);
    settings.strips[0].gate = GATE;
    let mut session = Session::new(RATE_HZ, 9_000, settings);
    let quiet = vec![0.001; 9_000];
    let mut loud = quiet.clone();
    loud[6_000..].fill(0.5);
    session.inputs[0] = Some([quiet, loud]);
    let mix = session.render(Cuts::Whole);
    assert!((to_db(f64::from(mix.master()[0][5_999]) / 0.001) + 25.0).abs() < 1e-3);
    assert_eq!(mix.frame(8_999)[0], [0.001, 0.5]);
}
