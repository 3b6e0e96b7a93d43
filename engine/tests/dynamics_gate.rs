//! The gate: hysteresis and hold to the sample, attack and release by their constants, and nothing else while it is open.

use busbar_engine::dynamics::{Gate, GateSettings};
use fastrand::Rng;

const RATE_HZ: f64 = 48_000.0;

const HARD: GateSettings = GateSettings {
    on: true,
    threshold_db: -40.0,
    ratio: f32::INFINITY,
    range_db: -60.0,
    attack_ms: 1.0,
    hold_ms: 10.0,
    release_ms: 100.0,
    hysteresis_db: 6.0,
};

fn gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// One frame of this level as key; returns the gain that a sample of one gets.
fn step(gate: &mut Gate, level_db: f64) -> f64 {
    let [left, right] = gate.process([1.0, 1.0], [gain(level_db), -gain(level_db)]);
    assert_eq!(left, right);
    left
}

/// A gate that has been closed for so long that it rests at its range.
fn shut(settings: &GateSettings) -> Gate {
    let mut gate = Gate::new(RATE_HZ, settings);
    let mut n = 0;
    while !gate.is_settled() {
        step(&mut gate, -300.0);
        n += 1;
        assert!(n < 2_000_000, "18 releases of at most a second");
    }
    assert_eq!(gate.reduction_db(), f64::from(-settings.range_db));
    gate
}

#[test]
fn it_opens_at_the_threshold_and_closes_below_the_hysteresis() {
    for hysteresis_db in [0.0, 0.5, 6.0, 12.0] {
        let settings = GateSettings { hysteresis_db, hold_ms: 0.0, ..HARD };
        let mut gate = shut(&settings);
        let close_db = -40.0 - f64::from(hysteresis_db);
        // A thousandth of a dB on either side: thresholds are f32, 5e-7 dB.
        for (level_db, open) in [
            (-40.001, false),
            (close_db - 0.001, false),
            (-39.999, true),
            (close_db + 0.001, true),
            (close_db + 0.001, true),
            (close_db - 0.001, false),
            (close_db + 0.001, hysteresis_db == 0.0),
            (-39.999, true),
            (-300.0, false),
        ] {
            step(&mut gate, level_db);
            assert_eq!(gate.is_open(), open, "{level_db} dB with {hysteresis_db} dB of hysteresis");
        }
    }
}

#[test]
fn hold_lasts_to_the_sample_from_the_last_that_was_loud_enough() {
    for (hold_ms, hold_samples) in
        [(0.0, 0), (0.02, 1), (1.0, 48), (10.0, 480), (333.33, 16_000), (2_000.0, 96_000)]
    {
        let settings = GateSettings { hold_ms, ..HARD };
        let mut gate = shut(&settings);
        for _ in 0..2_000 {
            step(&mut gate, -20.0);
        }
        // Between both thresholds it stays open for ever, and each such sample starts the hold anew.
        for _ in 0..3_000 {
            assert_eq!(step(&mut gate, -45.9), 1.0);
        }
        for n in 1..=hold_samples {
            assert_eq!(step(&mut gate, -46.1), 1.0, "{hold_ms} ms, sample {n}");
            assert!(gate.is_open());
        }
        assert!(step(&mut gate, -46.1) < 1.0, "{hold_ms} ms");
        assert!(!gate.is_open());
        // What would have kept it open does not open it.
        step(&mut gate, -45.9);
        assert!(!gate.is_open());
    }
}

#[test]
fn attack_and_release_reach_63_2_percent_at_tau_in_db() {
    let expected = 1.0 - (-1.0_f64).exp();
    for range_db in [-80.0, -60.0, -12.0] {
        // Whole samples at this rate.
        for (attack_ms, release_ms) in [(0.25, 5.0), (1.0, 100.0), (20.0, 1_000.0), (200.0, 50.0)] {
            let settings = GateSettings { range_db, attack_ms, release_ms, hold_ms: 0.0, ..HARD };
            let mut gate = shut(&settings);
            let depth = f64::from(-range_db);
            for _ in 0..(48.0 * attack_ms) as usize {
                step(&mut gate, -20.0);
            }
            let opened = (depth - gate.reduction_db()) / depth;
            // In f32 milliseconds 0.25 and whole ones are exact; what is left are roundings.
            assert!((opened - expected).abs() < 1e-11, "{attack_ms} ms: {opened}");
            // Open to the last bit after 18 attacks of at most 9600 frames.
            for _ in 0..200_000 {
                step(&mut gate, -20.0);
            }
            assert_eq!(gate.reduction_db(), 0.0);
            let mut last = 0.0;
            for _ in 0..(48.0 * release_ms) as usize {
                last = step(&mut gate, -300.0);
            }
            let closed = gate.reduction_db() / depth;
            assert!((closed - expected).abs() < 1e-11, "{release_ms} ms: {closed}");
            assert!((last / gain(-gate.reduction_db()) - 1.0).abs() < 1e-12, "the gain is what is reported");
        }
    }
}

#[test]
fn closed_it_expands_by_its_ratio_down_to_its_range() {
    for ratio in [1.5_f32, 2.0, 4.0, 10.0] {
        let settings = GateSettings { ratio, hold_ms: 0.0, attack_ms: 0.05, release_ms: 5.0, ..HARD };
        for level_db in [-100.0, -70.0, -60.0, -50.0, -45.0, -41.0] {
            let mut gate = shut(&settings);
            for _ in 0..20_000 {
                step(&mut gate, level_db);
            }
            let expected = ((f64::from(ratio) - 1.0) * (-40.0 - level_db)).min(60.0);
            let actual = gate.reduction_db();
            // It rests exactly on its target; what is left is the logarithm.
            assert!((actual - expected).abs() < 1e-9, "{ratio}:1 at {level_db} dB: {actual}, not {expected}");
        }
    }
}

#[test]
fn open_off_or_with_nothing_to_do_it_is_bit_transparent() {
    let mut rng = Rng::with_seed(4);
    let off = GateSettings { on: false, ..HARD };
    let ratio = GateSettings { ratio: 1.0, ..HARD };
    let range = GateSettings { range_db: 0.0, ..HARD };
    for (settings, key_db) in [(HARD, Some(-39.0)), (off, None), (ratio, None), (range, None)] {
        let mut gate = if key_db.is_some() { shut(&settings) } else { Gate::new(RATE_HZ, &settings) };
        if let Some(key_db) = key_db {
            let mut n = 0;
            while gate.reduction_db() > 0.0 {
                step(&mut gate, key_db);
                n += 1;
                assert!(n < 2_000);
            }
            // From −60 dB to a millionth of one: 18 attacks of 48 samples, and at most a tile.
            assert!((800..900).contains(&n), "{n}");
        }
        for _ in 0..20_000 {
            let input = [(); 2]
                .map(|()| f32::from_bits(rng.u32(..)))
                .map(|sample| if sample.abs() < 1e12 { f64::from(sample) } else { -0.25 });
            let key = key_db.map_or(input, |db| [0.0, gain(db)]);
            let output = gate.process(input, key);
            assert_eq!(output.map(f64::to_bits), input.map(f64::to_bits));
        }
    }
}

#[test]
fn the_louder_side_opens_both_and_the_key_may_be_another_signal() {
    let mut gate = shut(&HARD);
    let output = gate.process([0.5, 0.25], [0.0, -gain(-30.0)]);
    assert!(gate.is_open());
    assert!((output[0] / 0.5 - output[1] / 0.25).abs() < 1e-15);
    // However loud the input is, its key closes it.
    for _ in 0..2_000 {
        gate.process([1.0, 1.0], [0.0, 0.0]);
    }
    assert!(!gate.is_open());
}

#[test]
fn a_new_gate_lets_sound_through_at_once() {
    let mut gate = Gate::new(RATE_HZ, &HARD);
    // Even what would not open it, but keeps it open.
    assert_eq!(step(&mut gate, -43.0), 1.0);
    let mut gate = Gate::new(RATE_HZ, &HARD);
    assert!(step(&mut gate, -300.0) < 1.0, "and has no hold to wait for in silence");
}

#[test]
fn a_tone_keeps_it_open_when_hold_outlasts_half_a_period() {
    // 20 Hz at −30 dB, 10 dB over the threshold: below −46 dB for 100 frames at each passage through zero.
    for (hold_ms, chatters) in [(25.0, false), (0.0, true)] {
        let mut gate = shut(&GateSettings { hold_ms, ..HARD });
        let mut n_changes = 0;
        let mut was_open = false;
        for n in 0..48_000 {
            let key = gain(-30.0) * (std::f64::consts::TAU * 20.0 * f64::from(n) / RATE_HZ).sin();
            gate.process([key, key], [key, key]);
            n_changes += u32::from(gate.is_open() != was_open);
            was_open = gate.is_open();
        }
        assert_eq!(n_changes > 1, chatters, "{n_changes} changes with {hold_ms} ms");
    }
}
