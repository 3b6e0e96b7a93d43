//! One strip at defaults leaves bit for bit as it came, at the same sample, and nothing moves that sample.

mod support;

use busbar_engine::{PanLaw, SendSettings, Settings};
use fastrand::Rng;
use support::random::{INPUT_MODES, PAN_LAWS, SAMPLE_RATES_HZ};
use support::{Cuts, Session, Stereo};

const SIZES: [usize; 6] = [1, 3, 8, 9, 16, 32];

/// Samples at and above this are not audio: their strip is quarantined.
const NON_FINITE: f32 = 1e12;

fn is_normal_audio(sample: f32) -> bool {
    sample.is_normal() && sample.abs() < NON_FINITE
}

/// Runs one strip's feed alone at defaults (after `change`), and compares the master to the feed, bit for bit.
#[track_caller]
fn assert_transparent(
    feed: &Stereo,
    n_strips: usize,
    strip_idx: usize,
    cuts: Cuts,
    change: fn(&mut Settings),
) {
    let n_frames = feed[0].len();
    let mut settings = Settings::new(n_strips);
    change(&mut settings);
    let mut session = Session::new(48_000.0, n_frames, settings);
    session.inputs[strip_idx] = Some(feed.clone());
    let mut engine = session.fresh_engine();
    let mix = session.render_on(&mut engine, cuts);
    assert_eq!(engine.quarantined_strips(), 0);
    for (channel_idx, (came, left)) in feed.iter().zip(mix.master()).enumerate() {
        for (frame, (&came, &left)) in came.iter().zip(left).enumerate() {
            // −0.0 and subnormals may leave as +0.0.
            let expected = if came.is_normal() { came } else { 0.0 };
            assert!(
                left.to_bits() == expected.to_bits() || (expected == 0.0 && left == 0.0),
                "strip {strip_idx} of {n_strips}, channel {channel_idx}, frame {frame}: {came:e} left as {left:e}"
            );
        }
    }
    for group in &mix.buses[1..] {
        assert!(group.iter().flatten().all(|sample| *sample == 0.0), "a group sounds at defaults");
    }
}

fn defaults(_: &mut Settings) {}

#[test]
fn random_bit_patterns_pass_unchanged() {
    let mut rng = Rng::with_seed(50);
    let mut pattern = || loop {
        let sample = f32::from_bits(rng.u32(..));
        if is_normal_audio(sample) {
            return sample;
        }
    };
    let feed: Stereo = std::array::from_fn(|_| (0..500_000).map(|_| pattern()).collect());
    assert_transparent(&feed, 1, 0, Cuts::Every(512), defaults);
    let feed = feed.map(|channel| channel[..20_000].to_vec());
    for n_strips in SIZES {
        for strip_idx in 0..n_strips {
            assert_transparent(&feed, n_strips, strip_idx, Cuts::Every(480), defaults);
        }
    }
}

/// Every exponent that audio can have, with the mantissas at which rounding goes wrong first, both signs, beside the
/// largest numbers on the other side.
#[test]
fn every_exponent_passes_unchanged() {
    let mantissas = [0, 1, 2, 0x2a_aaaa, 0x3f_ffff, 0x40_0000, 0x40_0001, 0x55_5555, 0x7f_fffe, 0x7f_ffff];
    let mut samples = Vec::new();
    for exponent in 1_u32..255 {
        for mantissa in mantissas {
            let sample = f32::from_bits(exponent << 23 | mantissa);
            samples.extend([sample, -sample].into_iter().filter(|sample| is_normal_audio(*sample)));
        }
    }
    assert!(samples.contains(&f32::MIN_POSITIVE) && samples.contains(&-f32::MIN_POSITIVE));
    assert!(samples.iter().any(|sample| *sample > 1e11), "the largest samples are missing");
    samples.extend([NON_FINITE.next_down(), -NON_FINITE.next_down(), 1e11, -1e11]);
    let loud = |sign: f32| vec![sign * 9e11; samples.len()];
    for (left, right) in [
        (samples.clone(), samples.iter().rev().copied().collect()),
        (samples.clone(), loud(1.0)),
        (loud(-1.0), samples.clone()),
    ] {
        assert_transparent(&[left, right], 8, 5, Cuts::Every(100), defaults);
    }
}

#[test]
fn subnormals_and_negative_zeros_leave_as_zero() {
    let mut rng = Rng::with_seed(51);
    let mut subnormal = |_| f32::from_bits(rng.u32(..0x0080_0000) | rng.u32(..2) << 31);
    let mut feed: Stereo = std::array::from_fn(|_| (0..5000).map(&mut subnormal).collect());
    feed[0][17] = -0.0;
    feed[1][18] = f32::MIN_POSITIVE.next_down();
    feed[1][19] = f32::MIN_POSITIVE;
    assert_transparent(&feed, 8, 3, Cuts::Whole, defaults);
    // Boosted by as much as the mixer can, a subnormal is still nothing.
    let mut session = Session::new(48_000.0, 5000, Settings::new(1));
    session.inputs[0] = Some(feed);
    session.initial.strips[0].trim_db = 24.0;
    session.initial.strips[0].fader_db = 12.0;
    let mix = session.render(Cuts::Whole);
    let n_sounding = mix.master().iter().flatten().filter(|sample| **sample != 0.0).count();
    assert_eq!(n_sounding, 1, "only the one normal sample sounds");
}

/// Controls at their neutral positions are no arithmetic at all.
#[test]
fn neutral_controls_pass_unchanged() {
    let neutral: [fn(&mut Settings); 6] = [
        |s| s.strips[2].sends[0].pre_fader = true,
        |s| s.strips[2].solo = true,
        |s| s.strips[2].solo_safe = true,
        |s| s.pan_law = PanLaw::Linear,
        |s| {
            // Through a group instead of directly.
            s.strips[2].sends[0].on = false;
            s.strips[2].sends[3] = SendSettings::unity(true);
            s.groups[2].to_master = true;
        },
        |s| s.bypass = true,
    ];
    let mut rng = Rng::with_seed(52);
    let feed: Stereo = std::array::from_fn(|_| (0..4000).map(|_| rng.f32() * 2.0 - 1.0).collect());
    for (neutral_idx, change) in neutral.into_iter().enumerate() {
        let mut settings = Settings::new(8);
        change(&mut settings);
        let mut session = Session::new(48_000.0, 4000, settings);
        session.inputs[2] = Some(feed.clone());
        assert_eq!(session.render(Cuts::Every(64)).master(), &feed, "neutral control {neutral_idx}");
    }
    // A hard-left feed in mode Left with the balance law stays what it was on both sides.
    let mut session = Session::new(48_000.0, 4000, Settings::new(1));
    session.initial.strips[0].input_mode = busbar_engine::InputMode::Left;
    session.initial.pan_law = PanLaw::Balanced;
    session.inputs[0] = Some(feed.clone());
    let mix = session.render(Cuts::Whole);
    assert!(mix.master()[0] == feed[0] && mix.master()[1] == feed[0]);
}

/// An impulse on the left of one strip, which sounds on every bus.
fn impulse_session(n_strips: usize, strip_idx: usize, at: usize) -> Session {
    let mut settings = Settings::new(n_strips);
    for strip in &mut settings.strips {
        strip.sends = [SendSettings::unity(true); 5];
    }
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    let mut session = Session::new(48_000.0, 200, settings);
    let mut left = vec![0.0; 200];
    left[at] = 1.0;
    session.inputs[strip_idx] = Some([left.clone(), left]);
    session
}

/// The frames at which a channel is not zero.
fn sounding(channel: &[f32]) -> Vec<usize> {
    (0..channel.len()).filter(|&frame| channel[frame] != 0.0).collect()
}

#[test]
fn an_impulse_leaves_every_strip_on_every_bus_at_its_own_sample() {
    for n_strips in SIZES {
        for strip_idx in 0..n_strips {
            for at in [0, 1, 31, 32, 100, 199] {
                for cuts in [Cuts::Whole, Cuts::Every(7)] {
                    let session = impulse_session(n_strips, strip_idx, at);
                    assert_eq!(session.fresh_engine().latency_samples(), 0);
                    let mix = session.render(cuts);
                    for (bus_idx, bus) in mix.buses.iter().enumerate() {
                        for channel in bus {
                            assert_eq!(
                                sounding(channel),
                                [at],
                                "strip {strip_idx} of {n_strips}, bus {bus_idx}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn no_setting_moves_an_impulse() {
    /// A name and a change.
    type Change = (&'static str, fn(&mut Settings));
    let settings: [Change; 10] = [
        ("solo", |s| s.strips[1].solo = true),
        ("another strip's solo and safe", |s| {
            s.strips[0].solo = true;
            s.strips[1].solo_safe = true;
        }),
        ("another strip's mute", |s| s.strips[0].mute = true),
        ("group solos", |s| s.groups.iter_mut().for_each(|group| group.solo = true)),
        ("gains", |s| {
            s.strips[1].trim_db = 7.0;
            s.strips[1].fader_db = -11.0;
            s.strips[1].width_percent = 150.0;
            s.strips[1].pan_percent = -20.0;
        }),
        ("polarity", |s| s.strips[1].invert_polarity = true),
        ("pre fader", |s| s.strips[1].sends.iter_mut().for_each(|send| send.pre_fader = true)),
        ("through groups", |s| s.groups.iter_mut().for_each(|group| group.to_master = true)),
        ("master", |s| {
            s.master.dim = true;
            s.master.mono = true;
            s.master.balance_percent = 10.0;
        }),
        ("bypass", |s| s.bypass = true),
    ];
    for (name, change) in settings {
        let mut session = impulse_session(3, 1, 77);
        change(&mut session.initial);
        assert_eq!(session.fresh_engine().latency_samples(), 0, "{name}");
        let mix = session.render(Cuts::Every(33));
        for (bus_idx, bus) in mix.buses.iter().enumerate() {
            let is_expected = match (name, bus_idx) {
                ("bypass", 1..) => sounding(&bus[0]).is_empty(),
                // Soloed groups are fed; the direct way to the master is closed.
                ("group solos", 0) => sounding(&bus[0]).is_empty(),
                _ => sounding(&bus[0]) == [77],
            };
            assert!(is_expected, "{name}: bus {bus_idx} sounds at {:?}", sounding(&bus[0]));
        }
    }
    for input_mode in INPUT_MODES {
        for pan_law in PAN_LAWS {
            for sample_rate_hz in SAMPLE_RATES_HZ {
                let mut session = impulse_session(3, 1, 77);
                session.initial.strips[1].input_mode = input_mode;
                session.initial.pan_law = pan_law;
                session.sample_rate_hz = sample_rate_hz;
                let mix = session.render(Cuts::Whole);
                assert!(
                    mix.buses.iter().flatten().all(|channel| sounding(channel) == [77]),
                    "{input_mode:?} {pan_law:?}"
                );
            }
        }
    }
}

/// An impulse that comes while a mute or a solo is on its way leaves at its own sample too.
#[test]
fn an_impulse_in_mid_ramp_leaves_at_its_own_sample() {
    for change in [|s: &mut Settings| s.strips[1].mute = true, |s: &mut Settings| s.strips[0].solo = true] {
        for at in [50, 51, 63, 64, 150] {
            let mut session = impulse_session(3, 1, at);
            session.change(50, change);
            let mix = session.render(Cuts::Every(20));
            assert!(mix.buses.iter().flatten().all(|channel| sounding(channel) == [at]), "impulse at {at}");
        }
    }
}
