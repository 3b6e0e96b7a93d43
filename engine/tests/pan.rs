//! Pan, balance, width, input modes and polarity: closed forms, and the published table.

mod support;

use busbar_engine::{InputMode, KeySource, PanLaw, SendSettings, Settings};
use fastrand::Rng;
use std::f64::consts::FRAC_PI_2;
use support::random::{self, PAN_LAWS, Wildness, uniform};
use support::{Cuts, Session, Stereo, to_db};

/// The gains of pan laws are given to 0.01 dB.
const TOLERANCE_DB: f64 = 0.01;

/// Sets one value.
type Change = fn(&mut Settings, f32);

const MONO_MODES: [InputMode; 3] = [InputMode::Left, InputMode::Right, InputMode::Mono];

/// What a constant leaves on the left and right of the master, settled.
fn settled(settings: &Settings, [left, right]: [f32; 2]) -> [f64; 2] {
    let mut session = Session::new(48_000.0, 40, settings.clone());
    session.feed_constant(0, left, right);
    let mix = session.render(Cuts::Whole);
    assert_eq!(mix.frame(0), mix.frame(39), "settings that stand still");
    mix.frame(39)[0].map(f64::from)
}

fn panned(input_mode: InputMode, pan_law: PanLaw, pan_percent: f32) -> Settings {
    let mut settings = Settings::new(1);
    settings.strips[0].input_mode = input_mode;
    settings.strips[0].pan_percent = pan_percent;
    settings.pan_law = pan_law;
    settings
}

/// Left and right gain of a strip whose both sides carry 1.
fn pan_gains(input_mode: InputMode, pan_law: PanLaw, pan_percent: f32) -> [f64; 2] {
    settled(&panned(input_mode, pan_law, pan_percent), [1.0, 1.0])
}

#[track_caller]
fn assert_gain(actual: f64, expected_db: f64, context: &str) {
    if expected_db == f64::NEG_INFINITY {
        // −∞ dB has no tolerance: it is nothing at all.
        assert_eq!(actual, 0.0, "{context}: must be silent");
    } else {
        let actual_db = to_db(actual);
        assert!(
            (actual_db - expected_db).abs() <= TOLERANCE_DB,
            "{context}: {actual_db} dB, not {expected_db}"
        );
    }
}

/// The published table: position 0…1, then left and right in dB.
#[test]
fn pan_laws_match_the_published_table() {
    const NONE: f64 = f64::NEG_INFINITY;
    let table = [
        (PanLaw::Linear, 0.25, -2.499, -12.041),
        (PanLaw::Linear, 0.5, -6.021, -6.021),
        (PanLaw::Linear, 1.0, NONE, 0.0),
        (PanLaw::Compromise, 0.25, -1.593, -10.192),
        (PanLaw::Compromise, 0.5, -4.515, -4.515),
        (PanLaw::Compromise, 1.0, NONE, 0.0),
        (PanLaw::SineCosine, 0.25, -0.688, -8.343),
        (PanLaw::SineCosine, 0.5, -3.010, -3.010),
        (PanLaw::SineCosine, 1.0, NONE, 0.0),
        (PanLaw::SquareRoot, 0.5, -3.010, -3.010),
        (PanLaw::SquareRoot, 1.0, NONE, 0.0),
        (PanLaw::Balanced, 0.5, 0.0, 0.0),
        (PanLaw::Balanced, 1.0, NONE, 0.0),
    ];
    for input_mode in MONO_MODES {
        for (pan_law, position, left_db, right_db) in table {
            let percent = (200.0 * position - 100.0) as f32;
            for (percent, expected) in [(percent, [left_db, right_db]), (-percent, [right_db, left_db])] {
                let actual = pan_gains(input_mode, pan_law, percent);
                for side in 0..2 {
                    let context = format!("{input_mode:?} {pan_law:?} at {percent} %, side {side}");
                    assert_gain(actual[side], expected[side], &context);
                }
            }
        }
    }
}

fn closed_form(pan_law: PanLaw, position: f64) -> [f64; 2] {
    let p = position;
    match pan_law {
        PanLaw::Linear => [1.0 - p, p],
        PanLaw::Compromise => {
            [((1.0 - p) * (p * FRAC_PI_2).cos()).sqrt(), (p * (p * FRAC_PI_2).sin()).sqrt()]
        }
        PanLaw::SineCosine => [(p * FRAC_PI_2).cos(), (p * FRAC_PI_2).sin()],
        PanLaw::SquareRoot => [(1.0 - p).sqrt(), p.sqrt()],
        PanLaw::Balanced => [(2.0 - 2.0 * p).min(1.0), (2.0 * p).min(1.0)],
    }
}

#[test]
fn pan_laws_match_their_closed_forms_everywhere() {
    for pan_law in PAN_LAWS {
        for percent in -99..=99 {
            let percent = percent as f32 + 0.25;
            let expected = closed_form(pan_law, (f64::from(percent) + 100.0) / 200.0);
            let actual = pan_gains(InputMode::Mono, pan_law, percent);
            for side in 0..2 {
                assert_gain(actual[side], to_db(expected[side]), &format!("{pan_law:?} at {percent} %"));
            }
        }
    }
}

#[test]
fn constant_power_laws_keep_the_power() {
    for pan_law in [PanLaw::SineCosine, PanLaw::SquareRoot] {
        for percent in -100..=100 {
            let [left, right] = pan_gains(InputMode::Left, pan_law, percent as f32);
            // The published tolerance; f32 squares are good to 2.4e-7.
            let power = left * left + right * right;
            assert!((power - 1.0).abs() <= 1e-6, "{pan_law:?} at {percent} %: {power}");
        }
    }
}

#[test]
fn hard_panned_is_hard_and_the_laws_are_symmetric() {
    for pan_law in PAN_LAWS {
        assert_eq!(pan_gains(InputMode::Left, pan_law, -100.0), [1.0, 0.0], "{pan_law:?}");
        assert_eq!(pan_gains(InputMode::Left, pan_law, 100.0), [0.0, 1.0], "{pan_law:?}");
        for percent in 0..=100 {
            let [left, right] = pan_gains(InputMode::Left, pan_law, percent as f32);
            let [mirrored_right, mirrored_left] = pan_gains(InputMode::Left, pan_law, -percent as f32);
            // cos x and sin(90° − x) may round differently.
            assert!((left - mirrored_left).abs() < 1e-6, "{pan_law:?} at {percent} %");
            assert!((right - mirrored_right).abs() < 1e-6, "{pan_law:?} at {percent} %");
        }
    }
}

/// A stereo strip is balanced, whatever the law; so are groups and the master. 0 dB at the centre, never a boost.
#[test]
fn balance_attenuates_the_far_side_and_never_boosts() {
    let by_strip: Change = |s, percent| s.strips[0].pan_percent = percent;
    let by_group: Change = |s, percent| {
        s.strips[0].sends[0].on = false;
        s.strips[0].sends[2] = SendSettings::unity(true);
        s.groups[1].balance_percent = percent;
    };
    let by_master: Change = |s, percent| s.master.balance_percent = percent;
    for input_mode in [InputMode::Stereo, InputMode::Swap] {
        for pan_law in PAN_LAWS {
            for (place, change) in [("strip", by_strip), ("group", by_group), ("master", by_master)] {
                for tenths in -1000..=1000 {
                    if tenths % 7 != 0 && tenths % 250 != 0 {
                        continue;
                    }
                    let percent = tenths as f32 / 10.0;
                    let mut settings = panned(input_mode, pan_law, 0.0);
                    change(&mut settings, percent);
                    let [left, right] = settled(&settings, [1.0, 1.0]);
                    let context = format!("{input_mode:?}, {place} at {percent} %: {left}, {right}");
                    // The near side is untouched, to the bit; the far side falls linearly to nothing.
                    let far_side = 1.0 - f64::from(percent.abs()) / 100.0;
                    let [near, far] = if percent > 0.0 { [right, left] } else { [left, right] };
                    assert_eq!(near, 1.0, "{context}");
                    assert!((far - far_side).abs() < 1e-6, "{context}");
                }
            }
        }
    }
}

#[test]
fn input_modes_take_what_they_say() {
    let feed = [0.75, -0.125];
    for (input_mode, expected) in [
        (InputMode::Stereo, [0.75, -0.125]),
        (InputMode::Swap, [-0.125, 0.75]),
        (InputMode::Left, [0.75, 0.75]),
        (InputMode::Right, [-0.125, -0.125]),
        (InputMode::Mono, [0.3125, 0.3125]),
    ] {
        // These numbers are exact in f32 and so are their sums.
        assert_eq!(settled(&panned(input_mode, PanLaw::Balanced, 0.0), feed), expected, "{input_mode:?}");
    }
    // Swap exchanges before the balance: hard left leaves the right feed on the left.
    assert_eq!(settled(&panned(InputMode::Swap, PanLaw::Linear, -100.0), feed), [-0.125, 0.0]);
}

#[test]
fn width_scales_the_side_signal() {
    let feed = [0.75_f32, -0.25];
    let (mid, side) = (0.25, 0.5);
    for percent in [0.0, 10.0, 50.0, 99.0, 100.0, 101.0, 150.0, 200.0] {
        let mut settings = Settings::new(1);
        settings.strips[0].width_percent = percent;
        let width = f64::from(percent) / 100.0;
        let actual = settled(&settings, feed);
        for (actual, expected) in actual.into_iter().zip([mid + width * side, mid - width * side]) {
            // Three roundings of numbers up to 1.25.
            assert!((actual - expected).abs() < 3e-7, "width {percent} %: {actual}, not {expected}");
        }
    }
    // 0 % is mono: both sides equal, to the bit. A mono feed has no side: no width changes it.
    let mut settings = Settings::new(1);
    settings.strips[0].width_percent = 0.0;
    let [left, right] = settled(&settings, feed);
    assert_eq!(left, right);
    for percent in [0.0, 37.0, 200.0] {
        settings.strips[0].width_percent = percent;
        let [left, right] = settled(&settings, [0.5, 0.5]);
        assert!(
            (left - 0.5).abs() < 1e-7 && (right - 0.5).abs() < 1e-7,
            "width {percent} %: {left}, {right}"
        );
    }
}

/// Width comes before the balance: the side that is turned down does not leak back.
#[test]
fn balance_comes_after_width() {
    let mut settings = Settings::new(1);
    settings.strips[0].width_percent = 0.0;
    settings.strips[0].pan_percent = 100.0;
    let [left, right] = settled(&settings, [1.0, 0.0]);
    assert_eq!((left, right), (0.0, 0.5));
}

#[test]
fn mono_on_the_master_comes_after_its_balance() {
    let mut settings = Settings::new(1);
    settings.master.mono = true;
    assert_eq!(settled(&settings, [0.5, -0.25]), [0.125, 0.125]);
    settings.master.balance_percent = -100.0;
    assert_eq!(settled(&settings, [0.5, -0.25]), [0.25, 0.25]);
}

#[test]
fn decibels_become_gains() {
    for db in [-99.5, -60.0, -20.0, -6.0, -0.1, 0.0, 0.1, 6.0, 12.0] {
        let expected = 10f64.powf(f64::from(db) / 20.0);
        let places: [(&str, Change); 4] = [
            ("fader", |s, db| s.strips[0].fader_db = db),
            ("level", |s, db| s.strips[0].sends[0].level_db = db),
            ("trim", |s, db| s.strips[0].trim_db = db),
            ("master", |s, db| s.master.fader_db = db),
        ];
        for (place, change) in places {
            if place == "trim" && db < -24.0 {
                continue;
            }
            let mut settings = Settings::new(1);
            change(&mut settings, db);
            let [left, right] = settled(&settings, [1.0, 1.0]);
            // A gain that is rounded once is good to 6e-8 of itself: 5e-7 dB.
            assert!((to_db(left / expected)).abs() < 1e-5, "{place} at {db} dB: {left}, not {expected}");
            assert_eq!(left, right, "{place} at {db} dB");
        }
    }
}

#[test]
fn values_out_of_range_are_clamped_and_values_that_are_no_numbers_are_defaults() {
    /// A setting, a value out of range, and the value it counts as.
    type Case = (Change, f32, f32);
    let cases: [Case; 22] = [
        (|s, x| s.strips[0].trim_db = x, 300.0, 24.0),
        (|s, x| s.strips[0].trim_db = x, f32::NEG_INFINITY, -24.0),
        (|s, x| s.strips[0].trim_db = x, f32::NAN, 0.0),
        (|s, x| s.strips[0].width_percent = x, -1.0, 0.0),
        (|s, x| s.strips[0].width_percent = x, f32::INFINITY, 200.0),
        (|s, x| s.strips[0].width_percent = x, f32::NAN, 100.0),
        (|s, x| s.strips[0].pan_percent = x, -101.0, -100.0),
        (|s, x| s.strips[0].pan_percent = x, f32::NAN, 0.0),
        (|s, x| s.strips[0].fader_db = x, 13.0, 12.0),
        (|s, x| s.strips[0].fader_db = x, f32::NEG_INFINITY, -100.0),
        (|s, x| s.strips[0].fader_db = x, f32::NAN, 0.0),
        (|s, x| s.strips[0].sends[0].level_db = x, f32::MAX, 12.0),
        (|s, x| s.strips[0].sends[0].level_db = x, -100.5, -100.0),
        (|s, x| s.strips[0].sends[0].level_db = x, f32::NAN, 0.0),
        (|s, x| s.master.balance_percent = x, 1e9, 100.0),
        (|s, x| s.master.balance_percent = x, f32::NAN, 0.0),
        (|s, x| s.master.fader_db = x, 12.5, 12.0),
        (|s, x| s.master.fader_db = x, f32::NAN, 0.0),
        (dimmed, -41.0, -40.0),
        (dimmed, 0.5, 0.0),
        (dimmed, f32::INFINITY, 0.0),
        (dimmed, f32::NAN, -20.0),
    ];
    for (case_idx, (change, wild, tame)) in cases.into_iter().enumerate() {
        let with = |value| {
            let mut settings = Settings::new(1);
            change(&mut settings, value);
            settled(&settings, [0.5, 0.25])
        };
        assert_eq!(with(wild), with(tame), "case {case_idx}: {wild} counts as {tame}");
    }
    for group_value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e9, 1e9] {
        let with = |fader_db: f32, balance_percent: f32| {
            let mut settings = Settings::new(1);
            settings.strips[0].sends = [SendSettings::unity(false); 5];
            settings.strips[0].sends[4].on = true;
            settings.groups[3].fader_db = fader_db;
            settings.groups[3].balance_percent = balance_percent;
            settled(&settings, [0.5, 0.25])
        };
        let tame =
            |low: f32, high: f32| if group_value.is_nan() { 0.0 } else { group_value.clamp(low, high) };
        assert_eq!(with(group_value, 20.0), with(tame(-100.0, 12.0), 20.0), "group fader {group_value}");
        assert_eq!(with(-3.0, group_value), with(-3.0, tame(-100.0, 100.0)), "group balance {group_value}");
    }
}

fn dimmed(settings: &mut Settings, dim_db: f32) {
    settings.master.dim = true;
    settings.master.dim_db = dim_db;
}

/// Two strips with the same feed and settings, one of them inverted, cancel to exact zero on every bus, also while they
/// move, and wherever they stand in the mixer.
#[test]
fn a_polarity_pair_sums_to_exact_zero() {
    let mut rng = Rng::with_seed(70);
    for n_strips in [2, 8, 9, 16, 32] {
        for _ in 0..8 {
            let (first, second) = loop {
                let (first, second) = (rng.usize(..n_strips), rng.usize(..n_strips));
                if first != second {
                    break (first, second);
                }
            };
            let noise: Stereo =
                std::array::from_fn(|_| (0..3000).map(|_| uniform(&mut rng, -1.0, 1.0)).collect());
            let mut pair = loop {
                let mut pair = random_pair_session(&mut rng, n_strips, first, second);
                pair.inputs[first] = Some(noise.clone());
                // Guard: one of the two alone is heard.
                if pair.render(Cuts::Whole).loudness() > 1e-3 {
                    break pair;
                }
            };
            pair.inputs[second] = Some(noise);
            let mix = pair.render(Cuts::Every(64));
            for (bus_idx, bus) in mix.buses.iter().enumerate() {
                let first_sound = bus.iter().flatten().position(|sample| *sample != 0.0);
                assert_eq!(first_sound, None, "bus {bus_idx}, strips {first} and {second} of {n_strips}");
            }
        }
    }
}

fn random_pair_session(rng: &mut Rng, n_strips: usize, first: usize, second: usize) -> Session {
    let audible = |rng: &mut Rng| {
        let mut settings = random::settings(rng, n_strips, Wildness::Musical);
        settings.bypass = false;
        settings.groups.iter_mut().for_each(|group| group.solo = false);
        for strip in &mut settings.strips {
            (strip.solo, strip.solo_safe, strip.mute) = (false, false, false);
        }
        settings.strips[first].sends[1] = SendSettings { on: true, level_db: 0.0, pre_fader: true };
        settings.groups[0].fader_db = 0.0;
        settings.groups[0].mute = false;
        // Filters of keys remember what they heard: with another strip's key the pair's would not be each other's opposite.
        settings.strips[first].key = KeySource::Own;
        settings.strips[second] = settings.strips[first];
        settings.strips[second].invert_polarity ^= true;
        settings
    };
    let mut session = Session::new(48_000.0, 3000, audible(rng));
    for at in [100, 500, 1500] {
        let settings = audible(rng);
        session.change(at, |current| *current = settings);
    }
    session
}
