//! A change of any gain starts at its own sample, goes along a straight line for T samples, and ends exactly.
//!
//! Feeds are constants here, so that the outputs show the gains. Every change below moves the gains of one stage only:
//! then the outputs are straight lines from the old values to the new ones, whatever lies before and after that stage.

mod support;

use busbar_engine::{Engine, InputMode, PanLaw, SendSettings, Settings, StripSettings};
use fastrand::Rng;
use support::reference::db_to_gain;
use support::{Cuts, Mix, Session, assert_same_bits_on, process};

const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// 15 ms at 48 kHz.
const RAMP: usize = 720;

/// 10 ms at 48 kHz.
const BYPASS_FADE: usize = 480;

/// Outputs are sums of a dozen rounded products under 4: each at most 2⁻²³ off.
const TOLERANCE: f64 = 1e-6;

/// Every output channel at one frame.
type Frame = [[f32; 2]; 5];

/// One change: its name, what it starts from, and the change itself.
type Change = (&'static str, fn(&mut Settings), fn(&mut Settings));

fn nothing(_: &mut Settings) {}

/// One for each gain, and for each setting that a gain is derived from.
const CHANGES: [Change; 32] = [
    ("trim", nothing, |s| s.strips[0].trim_db = -5.0),
    ("polarity", nothing, |s| s.strips[0].invert_polarity = true),
    ("swap", nothing, |s| s.strips[0].input_mode = InputMode::Swap),
    ("left", nothing, |s| s.strips[0].input_mode = InputMode::Left),
    ("right", nothing, |s| s.strips[0].input_mode = InputMode::Right),
    ("mono", nothing, |s| s.strips[0].input_mode = InputMode::Mono),
    ("width", nothing, |s| s.strips[1].width_percent = 30.0),
    ("wide", nothing, |s| s.strips[1].width_percent = 200.0),
    ("balance", nothing, |s| s.strips[2].pan_percent = 40.0),
    ("pan", |s| s.strips[0].input_mode = InputMode::Left, |s| s.strips[0].pan_percent = -70.0),
    ("pan law", panned_mono_strip, |s| s.pan_law = PanLaw::SquareRoot),
    ("fader", nothing, |s| s.strips[0].fader_db = -7.0),
    ("fader to silence", nothing, |s| s.strips[0].fader_db = -100.0),
    ("fader from silence", |s| s.strips[1].fader_db = f32::NEG_INFINITY, |s| s.strips[1].fader_db = 3.0),
    ("mute", nothing, |s| s.strips[0].mute = true),
    ("unmute", |s| s.strips[1].mute = true, |s| s.strips[1].mute = false),
    ("strip solo", nothing, |s| s.strips[1].solo = true),
    ("strip solo ends", |s| s.strips[1].solo = true, |s| s.strips[1].solo = false),
    ("solo safe", |s| s.strips[1].solo = true, |s| s.strips[0].solo_safe = true),
    ("group solo", nothing, |s| s.groups[0].solo = true),
    ("send on", nothing, |s| s.strips[0].sends[3] = SendSettings::unity(true)),
    ("send off", nothing, |s| s.strips[0].sends[0].on = false),
    ("send level", nothing, |s| s.strips[0].sends[1].level_db = 6.0),
    ("pre fader", |s| s.strips[0].fader_db = -20.0, |s| s.strips[0].sends[1].pre_fader = true),
    ("group balance", nothing, |s| s.groups[0].balance_percent = -30.0),
    ("group fader", nothing, |s| s.groups[0].fader_db = -9.0),
    ("group mute", nothing, |s| s.groups[0].mute = true),
    ("group off the master", nothing, |s| s.groups[0].to_master = false),
    ("master balance and fader", nothing, |s| {
        s.master.balance_percent = 55.0;
        s.master.fader_db = -3.0;
    }),
    ("master mono", nothing, |s| s.master.mono = true),
    ("dim", |s| s.master.dim_db = -15.0, |s| s.master.dim = true),
    ("cut", nothing, |s| s.master.cut = true),
];

fn panned_mono_strip(settings: &mut Settings) {
    settings.strips[0].input_mode = InputMode::Left;
    settings.strips[0].pan_percent = 30.0;
    settings.pan_law = PanLaw::Linear;
}

/// Three strips over the master and groups A and B, with constants that differ everywhere.
fn session(n_frames: usize, before: fn(&mut Settings)) -> Session {
    let mut settings = Settings::new(3);
    // At 0 dB in the centre a change of input mode then moves one stage only.
    settings.pan_law = PanLaw::Balanced;
    settings.strips[0].sends[1] = SendSettings { on: true, level_db: -3.0, pre_fader: false };
    settings.strips[1].sends[1] = SendSettings { on: true, level_db: 2.0, pre_fader: true };
    settings.strips[1].sends[2] = SendSettings { on: true, level_db: 0.0, pre_fader: true };
    settings.strips[2].sends[2] = SendSettings { on: true, level_db: -6.0, pre_fader: false };
    before(&mut settings);
    let mut session = Session::new(SAMPLE_RATE_HZ, n_frames, settings);
    session.feed_constant(0, 0.5, -0.25);
    session.feed_constant(1, 0.125, 0.375);
    session.feed_constant(2, -0.3, 0.7);
    session
}

/// What a fresh engine with these settings puts out.
fn settled(session: &Session, settings: &Settings) -> Frame {
    let mut fresh = session.clone();
    fresh.initial = settings.clone();
    fresh.events.clear();
    fresh.n_frames = 1;
    fresh.render(Cuts::Whole).frame(0)
}

/// The largest difference between two frames.
fn distance(a: Frame, b: Frame) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max)
}

/// `to + (from − to)·part`, channel by channel, compared with what came out.
#[track_caller]
fn assert_between(from: Frame, to: Frame, part_left: f64, actual: Frame, context: &str) {
    for ((from, to), actual) in from.as_flattened().iter().zip(to.as_flattened()).zip(actual.as_flattened()) {
        let expected = f64::from(*to) + (f64::from(*from) - f64::from(*to)) * part_left;
        let error = (f64::from(*actual) - expected).abs();
        assert!(error <= TOLERANCE, "{context}: expected {expected}, got {actual}");
    }
}

/// The outputs from `event` on: at `from` before, on a straight line for `len` samples, at `to` after, to the bit.
#[track_caller]
fn assert_straight_line(mix: &Mix, event: usize, len: usize, from: Frame, to: Frame, context: &str) {
    let change = distance(from, to);
    assert!(change > 0.02, "{context}: the outputs hardly change, which proves nothing");
    assert!(mix.n_frames() > event + len + 100, "{context}: too short");
    for frame in 0..event {
        assert_eq!(mix.frame(frame), from, "{context}: frame {frame} lies before the event at {event}");
    }
    assert_ne!(mix.frame(event), from, "{context}: nothing happens at the event's own sample {event}");
    for k in 0..len {
        let part_left = (len - 1 - k) as f64 / len as f64;
        assert_between(from, to, part_left, mix.frame(event + k), &format!("{context}: {k} after {event}"));
        // Follows from the line, but is the promise that a listener cares about.
        let step = distance(mix.frame(event + k), mix.frame(event + k - 1));
        assert!(step <= change / len as f64 + TOLERANCE, "{context}: a step of {step} {k} after {event}");
    }
    for frame in event + len - 1..mix.n_frames() {
        assert_eq!(mix.frame(frame), to, "{context}: frame {frame}, the ramp ended {len} after {event}");
    }
}

#[test]
fn every_change_ramps_from_its_own_sample_along_a_straight_line_to_the_exact_value() {
    // Everywhere in a tile: at its first and last sample, before and after.
    for event in [1, 31, 32, 33, 63, 64, 200, 1000 + 17] {
        for (name, before, change) in CHANGES {
            let mut session = session(event + RAMP + 200, before);
            session.change(event, change);
            let (from, to) =
                (settled(&session, &session.initial), settled(&session, session.last_settings()));
            let mix = session.render(Cuts::Every(100));
            assert_straight_line(&mix, event, RAMP, from, to, name);
        }
    }
}

#[test]
fn bypass_crossfades_along_a_straight_line_and_back() {
    for event in [1, 32, 47, 500] {
        let base = session(event + RAMP + 200, |settings| settings.strips[0].fader_db = -6.0);
        let mixing = settled(&base, &base.initial);
        // The unity sum of all inputs; groups are silent.
        let mut bypassed = [[0.0; 2]; 5];
        bypassed[0] = [0.5 + 0.125 - 0.3, -0.25 + 0.375 + 0.7];

        let mut into = base.clone();
        into.change(event, |settings| settings.bypass = true);
        let bypassed = {
            let exact = settled(&into, into.last_settings());
            assert!(distance(exact, bypassed) <= TOLERANCE, "bypass is {exact:?}, not {bypassed:?}");
            exact
        };
        assert_straight_line(&into.render(Cuts::Whole), event, BYPASS_FADE, mixing, bypassed, "into bypass");

        let mut out = base.clone();
        out.initial.bypass = true;
        out.change(event, |settings| settings.bypass = false);
        assert_straight_line(&out.render(Cuts::Whole), event, BYPASS_FADE, bypassed, mixing, "out of bypass");
    }
}

#[test]
fn muted_strips_reach_exact_zero_in_every_path() {
    let mut session = session(2000, nothing);
    for strip in &mut session.initial.strips {
        strip.sends = std::array::from_fn(|destination_idx| SendSettings {
            on: true,
            level_db: 12.0,
            pre_fader: destination_idx % 2 == 1,
        });
    }
    session.change(300, |settings| settings.strips.iter_mut().for_each(|strip| strip.mute = true));
    let mix = session.render(Cuts::Every(64));
    for frame in 0..session.n_frames {
        let all_zero = mix.frame(frame).as_flattened().iter().all(|sample| *sample == 0.0);
        let any_zero = mix.frame(frame).as_flattened().contains(&0.0);
        // The last sample of the ramp is the target itself.
        assert_eq!(all_zero, frame >= 300 + RAMP - 1, "frame {frame}");
        assert_eq!(any_zero, all_zero, "frame {frame}: some paths only");
    }
}

#[test]
fn everything_that_silences_reaches_exact_zero() {
    /// A way to silence, and the buses that it silences.
    type Silence = (&'static str, fn(&mut Settings), &'static [usize]);
    let silences: [Silence; 7] = [
        ("cut", |s| s.master.cut = true, &[0]),
        ("master fader", |s| s.master.fader_db = f32::NEG_INFINITY, &[0]),
        ("group mutes", |s| s.groups.iter_mut().for_each(|group| group.mute = true), &[1, 2, 3, 4]),
        ("group faders", |s| s.groups.iter_mut().for_each(|group| group.fader_db = -100.0), &[1, 2, 3, 4]),
        ("faders", |s| s.strips.iter_mut().for_each(|strip| strip.fader_db = -120.0), &[0, 1, 2, 3, 4]),
        ("levels", |s| all_sends(s, |send| send.level_db = -100.0), &[0, 1, 2, 3, 4]),
        ("switched off", |s| all_sends(s, |send| send.on = false), &[0, 1, 2, 3, 4]),
    ];
    for (name, silence, silent_buses) in silences {
        let mut session = session(2000, |settings| all_sends(settings, |send| send.on = true));
        session.initial.strips.iter_mut().flat_map(|strip| &mut strip.sends).for_each(|send| {
            // Faders can silence only what is taken after them.
            send.pre_fader = false;
        });
        session.change(77, silence);
        let mix = session.render(Cuts::Every(33));
        for (bus_idx, bus) in mix.buses.iter().enumerate() {
            let is_silent = |range: std::ops::Range<usize>| {
                bus.iter().all(|channel| channel[range.clone()].iter().all(|sample| *sample == 0.0))
            };
            assert!(!is_silent(0..77), "{name}: bus {bus_idx} was silent from the start");
            let expected = silent_buses.contains(&bus_idx);
            assert_eq!(is_silent(77 + RAMP - 1..2000), expected, "{name}: bus {bus_idx}");
        }
    }
}

fn all_sends(settings: &mut Settings, change: fn(&mut SendSettings)) {
    settings.strips.iter_mut().flat_map(|strip| &mut strip.sends).for_each(change);
}

#[test]
fn ramps_last_as_long_as_the_engine_says() {
    for (sample_rate_hz, ramp, fade) in [
        (8_000.0, 120, 80),
        (44_100.0, 662, 441),
        (48_000.0, 720, 480),
        (88_200.0, 1323, 882),
        (96_000.0, 1440, 960),
        (176_400.0, 2646, 1764),
        (192_000.0, 2880, 1920),
        (768_000.0, 11_520, 7_680),
    ] {
        let mut session = session(ramp + 400, nothing);
        session.sample_rate_hz = sample_rate_hz;
        let engine = session.fresh_engine();
        assert_eq!(engine.ramp_samples() as usize, ramp, "at {sample_rate_hz} Hz");
        assert_eq!(engine.bypass_fade_samples() as usize, fade, "at {sample_rate_hz} Hz");

        let from = settled(&session, &session.initial);
        let mut fader = session.clone();
        fader.change(100, |settings| settings.strips[0].fader_db = -20.0);
        let to = settled(&fader, fader.last_settings());
        let mix = fader.render(Cuts::Every(512));
        assert_straight_line(&mix, 100, ramp, from, to, &format!("fader at {sample_rate_hz} Hz"));

        session.change(100, |settings| settings.bypass = true);
        let to = settled(&session, session.last_settings());
        let mix = session.render(Cuts::Every(512));
        assert_straight_line(&mix, 100, fade, from, to, &format!("bypass at {sample_rate_hz} Hz"));
    }
}

/// A second change in mid-ramp starts from where the gain is, and takes the whole time again.
#[test]
fn a_change_in_mid_ramp_starts_from_where_the_gain_is() {
    for second in [101, 128, 131, 460, 818, 819, 820] {
        for (name, before, change) in CHANGES {
            let mut session = session(second + RAMP + 200, before);
            session.change(100, change);
            let (from, mid) =
                (settled(&session, &session.initial), settled(&session, session.last_settings()));
            let back = session.initial.clone();
            session.change(second, |settings| *settings = back);
            let mix = session.render(Cuts::Whole);
            // The value of the sample before the second event, by the formula of the first ramp.
            let k = (second - 1 - 100).min(RAMP - 1);
            let part_left = (RAMP - 1 - k) as f64 / RAMP as f64;
            assert_between(from, mid, part_left, mix.frame(second - 1), name);
            for k in 0..RAMP {
                // From `turn` back to `from`: the part of `mid` that is left.
                let part = (1.0 - part_left) * (RAMP - 1 - k) as f64 / RAMP as f64;
                let context = format!("{name}: back at {second}, {k} later");
                assert_between(mid, from, part, mix.frame(second + k), &context);
            }
            for frame in second + RAMP - 1..mix.n_frames() {
                assert_eq!(mix.frame(frame), from, "{name}: frame {frame}, back at {second}");
            }
        }
    }
}

/// Two changes between the same two samples: the last one counts, from the value before both.
#[test]
fn of_two_changes_at_one_sample_the_last_counts() {
    for (name, before, change) in CHANGES {
        let mut once = session(1200, before);
        once.change(100, change);
        let mut twice = session(1200, before);
        twice.change(100, |settings| {
            // Something else everywhere.
            for strip in &mut settings.strips {
                strip.trim_db = 9.0;
                strip.fader_db = -30.0;
                strip.width_percent = 60.0;
                strip.pan_percent = 11.0;
            }
            settings.groups.iter_mut().for_each(|group| group.fader_db = -50.0);
            settings.master.fader_db = -50.0;
        });
        twice.change(100, |settings| {
            *settings = session(1, before).initial;
            change(settings);
        });
        let (once, twice) = (once.render(Cuts::Whole), twice.render(Cuts::Whole));
        for frame in 0..1200 {
            let difference = distance(once.frame(frame), twice.frame(frame));
            assert!(difference <= TOLERANCE, "{name}: frame {frame} differs by {difference}");
        }
    }
}

/// A snapshot that leaves a gain's target alone leaves its ramp alone, whatever else it changes.
#[test]
fn automation_of_one_gain_does_not_hold_up_another() {
    /// A gain that is on its way, one that is automated all the time, and the buses on which only the first is heard.
    type Pair = (&'static str, fn(&mut Settings), fn(&mut Settings, f32), &'static [usize]);
    let pairs: [Pair; 10] = [
        ("trim under its own fader", |s| s.strips[1].trim_db = 6.0, |s, x| s.strips[1].fader_db = -x, &[2]),
        (
            "pan under its own fader",
            |s| s.strips[1].pan_percent = 60.0,
            |s, x| s.strips[1].fader_db = -x,
            &[2],
        ),
        (
            "a send beside another",
            |s| s.strips[0].sends[1].level_db = 5.0,
            |s, x| s.strips[0].sends[0].level_db = -x,
            &[1],
        ),
        ("a strip beside another", |s| s.strips[2].trim_db = -9.0, |s, x| s.strips[0].trim_db = x, &[2]),
        ("a strip under the master", |s| s.strips[0].fader_db = -9.0, |s, x| s.master.fader_db = -x, &[1]),
        ("a strip under a group", |s| s.strips[1].trim_db = -9.0, |s, x| s.groups[0].fader_db = -x, &[2]),
        (
            "a group beside another",
            |s| s.groups[1].fader_db = -9.0,
            |s, x| s.groups[0].balance_percent = x,
            &[2],
        ),
        ("a group under the master", |s| s.groups[0].mute = true, |s, x| s.master.balance_percent = x, &[1]),
        ("a fader under a law", |s| s.strips[0].fader_db = -9.0, toggle_law, &[0, 1]),
        (
            "a group beside its way to the master",
            |s| s.groups[0].fader_db = -9.0,
            |s, x| s.groups[0].to_master = x > 5.0,
            &[1],
        ),
    ];
    for (name, change, automate, heard_on) in pairs {
        let mut expected = session(1500, nothing);
        expected.change(100, change);
        let mut automated = session(1500, nothing);
        for at in (5..1500).step_by(5) {
            automated.change(at, |settings| {
                if at == 100 {
                    change(settings);
                }
                automate(settings, ((at * 7) % 11) as f32);
            });
        }
        assert_eq!(automated.events.len(), 299);
        let (expected, automated) = (expected.render(Cuts::Whole), automated.render(Cuts::Whole));
        for &bus_idx in heard_on {
            let [left, _] = &expected.buses[bus_idx];
            assert!(left[99] != 0.0 && left[99] != left[1499], "{name}: nothing to hear on bus {bus_idx}");
        }
        assert_same_bits_on(&expected, &automated, heard_on, name);
    }
}

/// No strip is in a mono mode: the law moves no gain.
fn toggle_law(settings: &mut Settings, x: f32) {
    settings.pan_law = if x > 5.0 { PanLaw::Linear } else { PanLaw::SquareRoot };
}

/// Zero times anything is zero, of either sign: a hard-panned strip's far side stays where it is, or goes where it went,
/// while its width moves.
#[test]
fn a_ramp_to_zero_is_not_disturbed_by_changes_that_leave_it_at_zero() {
    let mut expected = session(1500, nothing);
    expected.inputs[1] = None;
    expected.inputs[2] = None;
    expected.feed_constant(0, 0.0, 0.5);
    expected.initial.strips[0].width_percent = 150.0;
    let mut disturbed = expected.clone();
    // The left output is fed from the right by balance · (1 − width)/2: from −0.25 to zero.
    expected.change(100, |settings| settings.strips[0].pan_percent = 100.0);
    disturbed.change(100, |settings| settings.strips[0].pan_percent = 100.0);
    for (at, width_percent) in [(300, 40.0), (400, 160.0), (500, 80.0)] {
        // Zero times a positive and a negative factor.
        disturbed.change(at, |settings| settings.strips[0].width_percent = width_percent);
    }
    let (expected, disturbed) = (expected.render(Cuts::Whole), disturbed.render(Cuts::Whole));
    let (expected, disturbed) = (&expected.master()[0], &disturbed.master()[0]);
    assert!(expected[0] < -0.1, "nothing to hear");
    assert_eq!(expected[100 + RAMP - 1], 0.0);
    for (frame, (expected, disturbed)) in expected.iter().zip(disturbed).enumerate() {
        assert_eq!(expected, disturbed, "frame {frame}");
    }
}

/// Input gain and fader on their way at the same time: the product of two lines, with a fader that never rests.
#[test]
fn ramps_of_different_stages_multiply() {
    let mut session = Session::new(SAMPLE_RATE_HZ, 2000, Settings::new(1));
    session.feed_constant(0, 0.5, 0.5);
    session.change(100, |settings| settings.strips[0].trim_db = -12.0);
    session.change(300, |settings| settings.strips[0].fader_db = -20.0);
    session.change(500, |settings| settings.master.fader_db = -6.0);
    let mix = session.render(Cuts::Every(64));
    let line = |event: usize, target_db: f64, frame: usize| {
        let left = if frame < event { RAMP } else { (RAMP - 1).saturating_sub(frame - event) };
        let target = db_to_gain(target_db);
        target + (1.0 - target) * left as f64 / RAMP as f64
    };
    for frame in 0..2000 {
        let expected = 0.5 * line(100, -12.0, frame) * line(300, -20.0, frame) * line(500, -6.0, frame);
        let actual = f64::from(mix.master()[0][frame]);
        assert!((actual - expected).abs() <= TOLERANCE, "frame {frame}: {actual}, not {expected}");
    }
}

#[test]
fn nothing_ramps_before_the_first_sample() {
    for (name, before, change) in CHANGES {
        let mut session = session(1100, before);
        session.change(0, change);
        let expected = settled(&session, session.last_settings());
        assert!(distance(expected, settled(&session, &session.initial)) > 0.02, "{name}: hardly changes");
        let mix = session.render(Cuts::Every(50));
        for frame in 0..session.n_frames {
            assert_eq!(mix.frame(frame), expected, "{name}: frame {frame}");
        }
        // A block without frames processes nothing.
        let mut engine = session.fresh_engine();
        let mut mix = Mix::unwritten(session.n_frames);
        process(&mut engine, &session.inputs, &mut mix, 0, 0);
        engine.set(session.last_settings());
        process(&mut engine, &session.inputs, &mut mix, 0, session.n_frames);
        assert_eq!(mix.frame(0), expected, "{name}: after an empty block");
    }
    // An engine that was never set is at its defaults.
    let mut engine = Engine::new(1);
    engine.prepare(SAMPLE_RATE_HZ).expect("a sample rate that the engine takes");
    engine.set(&Settings { bypass: true, ..Settings::new(1) });
    let mut mix = Mix::unwritten(100);
    process(&mut engine, &[Some([vec![0.5; 100], vec![0.5; 100]])], &mut mix, 0, 100);
    assert!(mix.master()[0].iter().all(|sample| *sample == 0.5));
}

#[test]
fn reset_leaves_no_ramp_stuck() {
    for (name, before, change) in CHANGES {
        let mut session = session(1200, before);
        session.change(100, change);
        let expected = settled(&session, session.last_settings());
        let mut engine = session.fresh_engine();
        let mut mix = Mix::unwritten(session.n_frames);
        process(&mut engine, &session.inputs, &mut mix, 0, 100);
        engine.set(session.last_settings());
        // Into the middle of the ramp.
        process(&mut engine, &session.inputs, &mut mix, 100, 200);
        assert_ne!(mix.frame(299), expected, "{name}: the ramp is over already");
        engine.reset();
        process(&mut engine, &session.inputs, &mut mix, 300, 900);
        for frame in 300..1200 {
            assert_eq!(mix.frame(frame), expected, "{name}: frame {frame}");
        }
    }
}

/// Steps stay small under a storm of changes to one strip's gains, from any value to any other.
#[test]
fn steps_stay_small_under_random_automation() {
    let mut rng = Rng::with_seed(40);
    let mut settings = Settings::new(1);
    settings.strips[0].sends = [SendSettings::unity(true); 5];
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    let mut session = Session::new(SAMPLE_RATE_HZ, 20_000, settings);
    session.feed_constant(0, 0.5, 0.5);
    let mut at = 0;
    while at < 19_000 {
        at += rng.usize(1..300);
        session.change(at, |settings| {
            let strip: &mut StripSettings = &mut settings.strips[0];
            match rng.u8(0..6) {
                0 => strip.fader_db = rng.f32() * 112.0 - 100.0,
                1 => strip.mute ^= true,
                2 => strip.sends[rng.usize(..5)].level_db = rng.f32() * 112.0 - 100.0,
                3 => strip.sends[rng.usize(..5)].on ^= true,
                4 => strip.invert_polarity ^= true,
                _ => strip.pan_percent = rng.f32() * 200.0 - 100.0,
            }
        });
    }
    let mix = session.render(Cuts::Random(40));
    assert!(mix.loudness() > 0.1, "too quiet to prove anything");
    // Gains within one T: the sends go at most from 0 to 16 (fader and level +12 dB), polarity from −1 to 1, the balance
    // from 0 to 1, all at once, where the others are at their largest: 0.5 · (16 + 16·2 + 16)/T.
    let bound = 0.5 * 64.0 / RAMP as f64;
    for channel in mix.buses.iter().flatten() {
        for (frame, pair) in channel.windows(2).enumerate() {
            let step = f64::from((pair[1] - pair[0]).abs());
            assert!(step <= bound, "a step of {step} at frame {frame}");
        }
    }
}
