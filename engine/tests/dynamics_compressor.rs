//! The whole compressor: curve, constants, detectors, key, link, mix, make-up and switching, each alone.

#![allow(
    clippy::disallowed_macros,
    reason = "the levels that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

use busbar_engine::dynamics::{Compressor, CompressorSettings, Detector, GateSettings};
use busbar_engine::filters::{Delta, State, Tuning, high_pass, high_pass_24_db};
use fastrand::Rng;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

const RATE_HZ: f64 = 48_000.0;

/// −20 dB, 4:1, on peaks, as fast as it gets.
const FAST: CompressorSettings = CompressorSettings {
    on: true,
    threshold_db: -20.0,
    ratio: 4.0,
    attack_ms: 0.05,
    release_ms: 5.0,
    ..CompressorSettings::STRIP
};

/// Reads the level of its key: everything over −60 dB is reduced, and its mean over time is that of the level, because
/// both constants are one.
const METER: CompressorSettings = CompressorSettings {
    threshold_db: -60.0,
    ratio: f32::INFINITY,
    knee_db: 0.0,
    attack_ms: 200.0,
    release_ms: 200.0,
    ..FAST
};

fn gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

fn db(gain: f64) -> f64 {
    20.0 * gain.log10()
}

fn compressor(settings: &CompressorSettings) -> Compressor {
    Compressor::new(RATE_HZ, settings)
}

/// The gains after `n` frames of these constant keys.
fn gains_after(compressor: &mut Compressor, n: usize, key_db: [f64; 2]) -> [f64; 2] {
    let key = key_db.map(gain);
    (0..n).map(|_| compressor.process([1.0, 1.0], key)).last().unwrap()
}

fn sine(frequency_hz: f64, n: usize) -> f64 {
    (TAU * frequency_hz * n as f64 / RATE_HZ).sin()
}

/// The mean reading of [`METER`] over a whole second, in dB re full scale.
fn reading_db(settings: &CompressorSettings, key: impl Fn(usize) -> f64) -> f64 {
    let mut meter = compressor(settings);
    let mut sum = 0.0;
    for n in 0..240_000 {
        meter.process([0.0; 2], [key(n); 2]);
        if n >= 192_000 {
            sum += meter.reduction_db()[0];
        }
    }
    -60.0 + sum / 48_000.0
}

#[test]
fn a_steady_level_is_reduced_by_the_standards_table() {
    for detector in [Detector::Peak, Detector::Rms] {
        for (x, y) in [
            (-60.0, -60.0),
            (-23.0, -23.0),
            (-21.5, -21.640_625),
            (-20.0, -20.5625),
            (-18.5, -19.765_625),
            (-17.0, -19.25),
            (-10.0, -17.5),
            (0.0, -15.0),
        ] {
            let mut compressor = compressor(&CompressorSettings { detector, ..FAST });
            let gains = gains_after(&mut compressor, 20_000, [x, x]);
            let actual = x + db(gains[0]);
            // The mean power has come to within e^-41 of the level, and the envelope rests on its target.
            assert!((actual - y).abs() < 1e-9, "{detector:?} {x} dB: {actual}, not {y}");
            assert!((compressor.reduction_db()[0] - (x - y)).abs() < 1e-9);
            assert_eq!(gains[0], gains[1]);
        }
    }
}

#[test]
fn the_gain_has_gone_63_2_percent_after_attack_and_release() {
    let expected = 1.0 - (-1.0_f64).exp();
    for (attack_ms, release_ms) in [(0.25, 5.0), (10.0, 120.0), (200.0, 3_000.0), (100.0, 20.0)] {
        let settings = CompressorSettings { attack_ms, release_ms, ..FAST };
        let mut compressor = compressor(&settings);
        // 15 dB at full scale.
        let gains = gains_after(&mut compressor, (48.0 * attack_ms) as usize, [0.0; 2]);
        assert!((db(gains[0]) / -15.0 - expected).abs() < 1e-11, "{attack_ms} ms");
        let start = compressor.reduction_db()[0];
        let gains = gains_after(&mut compressor, (48.0 * release_ms) as usize, [-300.0; 2]);
        assert!((1.0 + db(gains[0]) / start - expected).abs() < 1e-11, "{release_ms} ms");
    }
}

#[test]
fn the_mean_power_of_a_sine_reads_its_rms() {
    for (frequency_hz, peak_db) in [(997.0, 0.0), (997.0, -30.0), (100.0, -12.0), (9_001.0, -6.0)] {
        let key = |n| gain(peak_db) * sine(frequency_hz, n);
        let rms = reading_db(&CompressorSettings { detector: Detector::Rms, ..METER }, key);
        // The mean of a logarithm is below the logarithm of the mean, by 4.34/2·r²/2 dB for a ripple r: 0.0139 dB at 100 Hz
        // (r = 0.08), next to nothing above. Starting transients have gone by e^-20.
        let ripple = 1.0 / (1.0 + (2.0 * TAU * frequency_hz * 0.01).powi(2)).sqrt();
        let expected = peak_db - 10.0 * 2.0_f64.log10() - 10.0 / 10.0_f64.ln() * ripple * ripple / 4.0;
        assert!((rms - expected).abs() < 5e-4, "{frequency_hz} Hz: {rms}, not {expected}");
        // Peaks: every sample by itself. The mean of 20·log10|sin| is −20·log10(2); what lies under the meter's −60 dB reads
        // that, 8.686 dB too much in the mean, for asin(floor)·2/π of the time. 1 Hz of grid makes 1e-3 dB of the pole at zero.
        let peak = reading_db(&METER, key);
        let under = 20.0 / 10.0_f64.ln() * gain(-60.0 - peak_db).asin() * 4.0 / TAU;
        let expected = peak_db - 20.0 * 2.0_f64.log10() + under;
        assert!((peak - expected).abs() < 2e-3, "{frequency_hz} Hz: {peak}, not {expected}");
    }
}

#[test]
fn the_mean_power_steps_by_its_own_constant() {
    // After 10 ms the power of a step is 63.2 %: −1.99 dB. The attack is far faster.
    let settings = CompressorSettings { detector: Detector::Rms, attack_ms: 0.05, release_ms: 5.0, ..METER };
    let mut meter = compressor(&settings);
    gains_after(&mut meter, 480, [0.0; 2]);
    let level = -60.0 + meter.reduction_db()[0];
    // The envelope lags by 1/c − 1 = 1.934 frames of a level that rises by 4.34·(1 − 0.632)/0.632/480 dB a frame: 0.0102 dB,
    // and a hundredth of that for its curvature.
    let lag = 1.934 * 10.0 / 10.0_f64.ln() / (1.0_f64.exp() - 1.0) / 480.0;
    let expected = 10.0 * (1.0 - (-1.0_f64).exp()).log10() - lag;
    assert!((level - expected).abs() < 2e-4, "{level}, not {expected}");
}

#[test]
fn with_nothing_to_do_it_is_bit_transparent() {
    let mut rng = Rng::with_seed(5);
    let off = CompressorSettings { on: false, makeup_db: 12.0, auto_makeup: true, ..FAST };
    let ratio = CompressorSettings { ratio: 1.0, auto_makeup: true, ..FAST };
    let below = CompressorSettings { threshold_db: 0.0, ..FAST };
    let mut all = vec![(off, 1e12), (ratio, 1e12), (below, 0.7)];
    for percent in 0..=100 {
        // Any mix of nothing with nothing is nothing; two decimals as a host sends them.
        let mix_percent = percent as f32 + rng.u8(..100) as f32 / 100.0;
        all.push((CompressorSettings { mix_percent, ..ratio }, 1e12));
    }
    all.push((CompressorSettings { mix_percent: 0.0, makeup_db: 20.0, auto_makeup: true, ..FAST }, 1e12));
    for (settings, limit) in all {
        let mut compressor = compressor(&settings);
        for _ in 0..3_000 {
            let input = [(); 2].map(|()| f64::from(f32::from_bits(rng.u32(..))));
            let input = input.map(|sample| if sample.abs() < limit { sample } else { -0.25 });
            let output = compressor.process(input, input);
            assert_eq!(output.map(f64::to_bits), input.map(f64::to_bits), "{settings:?}");
        }
    }
}

#[test]
fn mix_and_make_up_are_gains() {
    let reduction = gain(-15.0);
    for (mix_percent, makeup_db) in [(100.0, 0.0), (50.0, 0.0), (25.0, 6.0), (100.0, -24.0), (99.5, 24.0)] {
        let settings = CompressorSettings { mix_percent, makeup_db, ..FAST };
        let actual = gains_after(&mut compressor(&settings), 20_000, [0.0; 2])[0];
        let (mix, makeup) = (f64::from(mix_percent) / 100.0, gain(f64::from(makeup_db)));
        let expected = (1.0 - mix) + mix * makeup * reduction;
        assert!((actual / expected - 1.0).abs() < 1e-9, "{settings:?}: {actual}, not {expected}");
    }
    // Automatic: half of 15 dB, on top of what a person adds, whether anything is reduced or not.
    let auto = CompressorSettings { auto_makeup: true, makeup_db: 1.0, ..FAST };
    for (key_db, expected_db) in [(-60.0, 8.5), (0.0, -6.5)] {
        let actual = db(gains_after(&mut compressor(&auto), 20_000, [key_db; 2])[0]);
        assert!((actual - expected_db).abs() < 1e-9, "{actual}");
    }
}

#[test]
fn a_full_link_gives_both_sides_exactly_one_gain_and_none_gives_each_its_own() {
    let mut rng = Rng::with_seed(6);
    for detector in [Detector::Peak, Detector::Rms] {
        let settings = CompressorSettings { detector, key_high_pass_on: true, ..FAST };
        let mut linked = compressor(&settings);
        let mut apart = compressor(&CompressorSettings { link_percent: 0.0, ..settings });
        let mut alone = [0, 1].map(|_| compressor(&settings));
        let mut largest: f64 = 0.0;
        for n in 0..20_000 {
            let key = [2.0 * rng.f64() - 1.0, 0.3 * sine(333.0, n)];
            let output = linked.process([1.0, 1.0], key);
            assert_eq!(output[0], output[1]);
            let apart = apart.process([1.0, 1.0], key);
            for side in [0, 1] {
                let own = alone[side].process([1.0, 1.0], [key[side]; 2])[side];
                // Rounding of m + (t − m).
                assert!((apart[side] - own).abs() < 1e-13);
            }
            largest = largest.max((apart[0] - apart[1]).abs());
        }
        assert!(largest > 0.1);
    }
    // Half a link brings the quiet side half of the way, in dB, and leaves the loud one where it is.
    for (link_percent, quiet_db) in [(0.0, 0.0), (50.0, -7.5), (100.0, -15.0), (12.5, -1.875)] {
        let mut compressor = compressor(&CompressorSettings { link_percent, ..FAST });
        for (loud, key_db) in [(0, [0.0, -40.0]), (1, [-40.0, 0.0])] {
            compressor.reset();
            let gains_db = gains_after(&mut compressor, 20_000, key_db).map(db);
            let expected = [-15.0, quiet_db];
            assert!((gains_db[loud] - expected[0]).abs() < 1e-9, "{link_percent} %: {gains_db:?}");
            assert!((gains_db[1 - loud] - expected[1]).abs() < 1e-9, "{link_percent} %: {gains_db:?}");
        }
    }
}

#[test]
fn sides_that_were_apart_become_one_when_the_link_is_closed() {
    let mut rng = Rng::with_seed(7);
    // One constant for both ways: 5 ms, 240 frames.
    let linked = CompressorSettings { attack_ms: 5.0, ..FAST };
    let mut compressor = compressor(&CompressorSettings { link_percent: 0.0, ..linked });
    let [left, right] = gains_after(&mut compressor, 20_000, [0.0, -40.0]);
    assert!(right - left > 0.5);
    compressor.set(&linked);
    let mut last_apart = 0;
    for n in 0..40_000 {
        let output = compressor.process([1.0, 1.0], [0.3 + 0.5 * rng.f64(), rng.f64()]);
        if output[0] != output[1] {
            last_apart = n;
        }
    }
    // From 15 dB to a millionth: 16.52 constants, and up to a tile. By themselves equal bits would take twice as long.
    assert!((3_960..3_970 + 32).contains(&last_apart), "{last_apart}");
}

#[test]
fn the_key_decides_and_the_input_is_not_heard() {
    let mut compressor = compressor(&FAST);
    for _ in 0..1_000 {
        assert_eq!(compressor.process([1.0, -1.0], [0.0, 0.0]), [1.0, -1.0]);
    }
    for _ in 0..20_000 {
        compressor.process([0.0, 0.0], [1.0, 1.0]);
    }
    let output = compressor.process([0.001, -0.001], [1.0, 1.0]);
    assert!((db(output[0]) + 75.0).abs() < 1e-9 && output[1] == -output[0]);
}

#[test]
fn the_keys_high_pass_is_the_filter_it_says() {
    for corner_hz in [20.0_f32, 100.0, 500.0] {
        for frequency_hz in [250.0, 500.0, 1_000.0] {
            let settings = CompressorSettings {
                detector: Detector::Rms,
                key_high_pass_on: true,
                key_high_pass_hz: corner_hz,
                ..METER
            };
            let without = CompressorSettings { key_high_pass_on: false, ..settings };
            let [with, without] = [settings, without].map(|s| reading_db(&s, |n| sine(frequency_hz, n)));
            let delta = high_pass(Tuning::new(RATE_HZ, f64::from(corner_hz)), FRAC_1_SQRT_2).delta();
            let expected = delta.response(TAU * frequency_hz / RATE_HZ).gain_db();
            assert!((with - without - expected).abs() < 1e-6, "{corner_hz} Hz at {frequency_hz} Hz: {with}");
            // And that is a high-pass of 12 dB per octave: −3.01 dB at its corner, −12.3 dB an octave below.
            if f64::from(corner_hz) == frequency_hz {
                assert!((expected + 3.01).abs() < 0.05, "{expected}");
            } else if f64::from(corner_hz) == 2.0 * frequency_hz {
                assert!((expected + 12.3).abs() < 0.05, "{expected}");
            }
        }
    }
}

/// The peak of what is above 6 kHz (48 dB per octave) from the frame `from` on, in dB re full scale.
fn click_db(samples: &[f64], from: usize) -> f64 {
    let sections: Vec<Delta> = [6_000.0; 2]
        .iter()
        .flat_map(|&hz| high_pass_24_db(Tuning::new(RATE_HZ, hz)))
        .map(|section| section.delta())
        .collect();
    let mut states = vec![State::default(); sections.len()];
    let mut peak: f64 = 0.0;
    for (idx, &sample) in samples.iter().enumerate() {
        let mut y = sample;
        for (delta, state) in sections.iter().zip(&mut states) {
            y = state.process(delta, y);
        }
        if idx >= from {
            peak = peak.max(y.abs());
        }
    }
    db(peak)
}

#[test]
fn switching_mix_and_make_up_move_on_lines_and_click_less_than_60_db_below_the_signal() {
    let off = CompressorSettings { on: false, ..FAST };
    let on = CompressorSettings {
        on: true,
        attack_ms: 30.0,
        release_ms: 3_000.0,
        detector: Detector::Rms,
        ..FAST
    };
    let mixed = CompressorSettings { mix_percent: 0.0, ..on };
    let made_up = CompressorSettings { makeup_db: 12.0, ..on };
    let mut loudest = f64::NEG_INFINITY;
    for (from, to, first, last) in [
        (on, off, None, 1.0),
        (on, mixed, None, 1.0),
        (mixed, on, Some(1.0), 0.0),
        (off, on, Some(1.0), 0.0),
        (on, made_up, None, 0.0),
        (made_up, off, None, 1.0),
    ] {
        for phase in [0, 60, 123] {
            let mut compressor = compressor(&from);
            let at = 48_000 + phase;
            let mut gains = Vec::new();
            let mut heard = Vec::new();
            for n in 0..at + 48_000 {
                if n == at {
                    compressor.set(&to);
                }
                // A steady key: the gain's own motion is that of the switch.
                let output = compressor.process([sine(200.0, n), 1.0], [1.0, 1.0]);
                heard.push(output[0]);
                gains.push(output[1]);
            }
            let jump = gains[at - 1..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
            // 15 ms are 720 samples; at most from 1.0 to 0.18, or from 0.18 to 0.71; and an attack of 30 ms in dB.
            assert!(jump < 1.0 / 720.0 + 15.0 / 8.686 / 1_440.0, "{jump}");
            if let Some(first) = first {
                assert!((gains[at - 1] - first).abs() < 1e-9);
            }
            if last == 1.0 {
                assert!(gains[at + 720..].iter().all(|&gain| gain == 1.0), "{to:?}");
                assert!(gains[at + 700] < 1.0);
            }
            // The sine's own beginning has died away: nothing is left above 6 kHz before the switch.
            assert!(click_db(&heard[..at], at - 4_800) < -200.0);
            let click = click_db(&heard, at);
            loudest = loudest.max(click);
        }
    }
    println!("loudest click above 6 kHz, of a sine of 200 Hz at full scale: {loudest:.1} dB");
    assert!(loudest < -60.0, "{loudest}");
}

#[test]
fn settings_before_the_first_frame_count_at_once() {
    let mut late = compressor(&CompressorSettings { on: false, ..FAST });
    late.set(&CompressorSettings { makeup_db: 6.0, ..FAST });
    let mut early = compressor(&CompressorSettings { makeup_db: 6.0, ..FAST });
    for _ in 0..100 {
        assert_eq!(late.process([0.5; 2], [0.5; 2]), early.process([0.5; 2], [0.5; 2]));
    }
}

#[test]
fn what_is_new_is_off() {
    for settings in [CompressorSettings::STRIP, CompressorSettings::GROUP, CompressorSettings::GLUE] {
        assert!(!settings.on);
        assert_eq!(settings.clamped(), settings);
        assert!(compressor(&settings).is_bypassed());
    }
    assert!(!GateSettings::default().on);
    assert_eq!(GateSettings::STRIP.clamped(), GateSettings::STRIP);
}
