//! Latency: exact by impulse on every way through the mixer, and the same for everything that a person hears or does.
//!
//! Source: semantics.md, *Latency*: it depends on the lookahead alone, a stage that is switched off keeps it, all strips share it, and
//! nothing changes alignment. Latency = lookahead + filter delay, exact by impulse (standards.md, *True peak*).

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{Engine, SendSettings, Settings};
use support::random::{LOOKAHEADS, SAMPLE_RATES_HZ};
use support::signals::sounding;
use support::{Cuts, Mix, Session, process};

/// The lookahead, rounded up, plus the detector's nine samples; none is none (docs/dsp/limiter.md).
fn latency(lookahead: Lookahead, sample_rate_hz: f64) -> usize {
    let ahead = (lookahead.ms() * sample_rate_hz / 1_000.0).ceil() as usize;
    if ahead == 0 { 0 } else { ahead + 9 }
}

#[test]
fn latency_is_the_lookahead_and_the_detectors_samples() {
    for (lookahead, expected) in LOOKAHEADS.into_iter().zip([0, 81, 153, 249]) {
        assert_eq!(latency(lookahead, 48_000.0), expected);
        for sample_rate_hz in SAMPLE_RATES_HZ {
            let mut session = Session::new(sample_rate_hz, 1, Settings::new(2));
            session.set_lookahead(lookahead);
            let expected = latency(lookahead, sample_rate_hz) as u32;
            for is_on in [false, true] {
                session.initial.master.limiter.on = is_on;
                assert_eq!(session.fresh_engine().latency_samples(), expected, "{lookahead:?}");
            }
        }
    }
}

/// An impulse of half of full scale on both sides of one strip, which goes everywhere.
fn impulse_session(n_strips: usize, strip_idx: usize, at: usize, n_frames: usize) -> Session {
    let mut settings = Settings::new(n_strips);
    for strip in &mut settings.strips {
        strip.sends = [SendSettings::unity(true); 5];
    }
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    let mut session = Session::new(48_000.0, n_frames, settings);
    let mut feed = vec![0.0; n_frames];
    feed[at] = 0.5;
    session.inputs[strip_idx] = Some([feed.clone(), feed]);
    session
}

#[test]
fn an_impulse_arrives_at_its_sample_from_every_strip_on_every_bus() {
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for lookahead in LOOKAHEADS {
            let latency = latency(lookahead, sample_rate_hz);
            for strip_idx in 0..9 {
                let at = 37 * strip_idx;
                let mut session = impulse_session(9, strip_idx, at, at + latency + 40);
                session.sample_rate_hz = sample_rate_hz;
                session.set_lookahead(lookahead);
                session.initial.master.limiter.on = strip_idx % 2 == 0;
                let mix = session.render(Cuts::Every(61));
                for (bus_idx, bus) in mix.buses.iter().enumerate() {
                    let context =
                        format!("strip {strip_idx}, bus {bus_idx}, {lookahead:?} at {sample_rate_hz} Hz");
                    assert_eq!(sounding(&bus[0]), [at + latency], "{context}");
                    assert_eq!(bus[0], bus[1], "{context}");
                    assert_eq!(bus[0][at + latency], 0.5, "{context}");
                }
            }
        }
    }
}

#[test]
fn nothing_a_person_does_moves_an_impulse() {
    /// A name and a change.
    type Change = (&'static str, fn(&mut Settings));
    let changes: [Change; 11] = [
        ("the limiter", |s| s.master.limiter.on = true),
        ("bypass", |s| s.bypass = true),
        ("solo", |s| s.strips[1].solo = true),
        ("another strip's solo and safe", |s| {
            s.strips[0].solo = true;
            s.strips[1].solo_safe = true;
        }),
        ("another strip's mute", |s| s.strips[0].mute = true),
        ("mono and dim", |s| {
            s.master.mono = true;
            s.master.dim = true;
        }),
        ("through groups", |s| {
            s.strips[1].sends[0].on = false;
            s.groups.iter_mut().for_each(|group| group.to_master = true);
        }),
        ("gains", |s| {
            s.strips[1].fader_db = -7.0;
            s.groups[2].fader_db = -5.0;
            s.master.fader_db = -3.0;
        }),
        ("gate and compressor", |s| {
            s.strips[1].gate.on = true;
            s.strips[1].compressor.on = true;
            s.groups.iter_mut().for_each(|group| group.compressor.on = true);
            s.master.compressor.on = true;
        }),
        ("flat equalisers", |s| {
            s.strips[1].eq.on = true;
            s.groups.iter_mut().for_each(|group| group.eq.on = true);
            s.master.eq.on = true;
        }),
        ("another lookahead, which waits", |s| s.master.limiter.lookahead = Lookahead::None),
    ];
    for lookahead in LOOKAHEADS {
        let latency = latency(lookahead, 48_000.0);
        for (name, change) in changes {
            let mut session = impulse_session(3, 1, 1_000, 1_000 + latency + 50);
            session.set_lookahead(lookahead);
            session.change(0, change);
            let mix = session.render(Cuts::Every(100));
            for (bus_idx, bus) in mix.buses.iter().enumerate() {
                let expected = if name == "bypass" && bus_idx > 0 { vec![] } else { vec![1_000 + latency] };
                assert_eq!(sounding(&bus[0]), expected, "{name}, bus {bus_idx}, {lookahead:?}");
            }
        }
    }
}

/// A constant that is changed at frame 500: the first frame at which each bus differs from what it was.
fn first_changes(lookahead: Lookahead, at: usize, change: fn(&mut Settings)) -> [Option<usize>; 5] {
    let mut settings = Settings::new(2);
    settings.strips[1].sends = [SendSettings::unity(true); 5];
    settings.strips[1].fader_db = -6.0;
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    let mut session = Session::new(48_000.0, 3_000, settings);
    session.feed_constant(1, 0.5, 0.25);
    session.set_lookahead(lookahead);
    session.change(at, change);
    let mix = session.render(Cuts::Every(64));
    mix.buses.each_ref().map(|bus| {
        let settled = |frame: usize| [bus[0][frame], bus[1][frame]];
        let before = settled(at - 1);
        assert_ne!(before, [0.0; 2], "nothing came through yet");
        (at..3_000).find(|&frame| settled(frame) != before)
    })
}

#[test]
fn whatever_is_done_at_a_sample_is_heard_at_that_sample_of_the_material() {
    /// A name, a change, and the buses that it changes.
    type Deed = (&'static str, fn(&mut Settings), [bool; 5]);
    let master = [true, false, false, false, false];
    let deeds: [Deed; 10] = [
        ("mono", |s| s.master.mono = true, master),
        ("dim", |s| s.master.dim = true, master),
        ("cut", |s| s.master.cut = true, master),
        ("bypass", |s| s.bypass = true, [true; 5]),
        ("master fader", |s| s.master.fader_db = -10.0, master),
        ("strip's fader", |s| s.strips[1].fader_db = -10.0, [true; 5]),
        ("mute", |s| s.strips[1].mute = true, [true; 5]),
        ("solo", |s| s.strips[0].solo = true, [true; 5]),
        ("group's fader", |s| s.groups[1].fader_db = -3.0, [false, false, true, false, false]),
        ("group's mute", |s| s.groups[3].mute = true, [false, false, false, false, true]),
    ];
    for lookahead in LOOKAHEADS {
        let latency = latency(lookahead, 48_000.0);
        for at in [800, 813] {
            for (name, change, changes) in deeds {
                let first = first_changes(lookahead, at, change);
                for (bus_idx, (first, changes)) in first.into_iter().zip(changes).enumerate() {
                    let expected = changes.then_some(at + latency);
                    assert_eq!(first, expected, "{name} at {at}, bus {bus_idx}, {lookahead:?}");
                }
            }
        }
    }
}

/// Bypass is the sum of the inputs, as late as the mix.
#[test]
fn bypass_is_the_delayed_sum_of_the_inputs_bit_for_bit() {
    let mut rng = fastrand::Rng::with_seed(170);
    for lookahead in LOOKAHEADS {
        let latency = latency(lookahead, 48_000.0);
        let mut settings = Settings::new(1);
        settings.bypass = true;
        settings.strips[0].eq.on = true;
        settings.strips[0].eq.bands[1].gain_db = 12.0;
        settings.master.limiter.on = true;
        let mut session = Session::new(48_000.0, 4_000, settings);
        session.set_lookahead(lookahead);
        let feed = support::signals::noise(&mut rng, 4_000, 4.0);
        session.inputs[0] = Some(feed.clone());
        let mix = session.render(Cuts::Every(50));
        for (came, left) in feed.iter().zip(mix.master()) {
            assert!(left[..latency].iter().all(|sample| *sample == 0.0));
            assert_eq!(left[latency..], came[..4_000 - latency], "{lookahead:?}");
        }
    }
}

/// A lookahead waits for the next prepare, which is asked for; a reset is none.
#[test]
fn a_lookahead_counts_from_the_next_prepare_on() {
    let mut settings = Settings::new(1);
    let mut engine = Engine::new(1);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    assert!(!engine.needs_prepare());
    settings.master.limiter.lookahead = Lookahead::Ms3;
    engine.set(&settings);
    assert!(engine.needs_prepare() && engine.latency_samples() == 0);
    engine.reset();
    assert!(engine.needs_prepare() && engine.latency_samples() == 0);
    settings.master.limiter.lookahead = Lookahead::None;
    engine.set(&settings);
    assert!(!engine.needs_prepare(), "it is what is prepared, again");
    settings.master.limiter.lookahead = Lookahead::Ms5;
    engine.set(&settings);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    assert!(!engine.needs_prepare() && engine.latency_samples() == 249);
    // Everything else may change without one.
    settings.master.limiter.on = true;
    settings.master.limiter.ceiling_db = -12.0;
    engine.set(&settings);
    assert!(!engine.needs_prepare() && engine.latency_samples() == 249);
    // And what waits is not heard.
    settings.master.limiter.lookahead = Lookahead::Ms1_5;
    engine.set(&settings);
    let mut session = impulse_session(1, 0, 0, 300);
    session.events.clear();
    let mut mix = Mix::unwritten(300);
    process(&mut engine, &session.inputs, &mut mix, 0, 300);
    assert_eq!(sounding(&mix.master()[0]), [249]);
}
