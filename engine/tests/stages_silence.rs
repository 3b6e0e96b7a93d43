//! What is not there costs nothing and changes nothing: stages that are off, stages with nothing to do, and silence.
//!
//! Sources: the issue (a stage that is off is bit-transparent; skipping a silent strip changes no bit) and semantics.md, *Automation and the
//! grid*.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{
    BandShape, CompressorSettings, EqSettings, FilterSettings, FilterSlope, GateSettings, LimiterSettings,
    N_GROUPS, SendSettings, Settings, SimdPath, StageOrder,
};
use fastrand::Rng;
use support::random::{self, Automation, Wildness, pause, session};
use support::signals::noise;
use support::{Cuts, Session, Stereo, assert_same_bits_on};

/// Both sides are those of the feed, bit for bit.
#[track_caller]
fn assert_passes(session: &Session, feed: &Stereo, context: &str) {
    for path in SimdPath::all() {
        let mix = session.render_on(&mut session.fresh_engine_on(path), Cuts::Every(97));
        for (came, left) in feed.iter().zip(mix.master()) {
            let differs = came.iter().zip(left).position(|(came, left)| came.to_bits() != left.to_bits());
            assert_eq!(differs, None, "{context}, {}", path.name());
        }
    }
}

/// A strip that goes through a group to the master, the last of its lanes.
fn through_everything(n_frames: usize) -> Session {
    let mut settings = Settings::new(9);
    settings.strips[8].sends = [SendSettings::unity(false); 5];
    settings.strips[8].sends[4].on = true;
    Session::new(48_000.0, n_frames, settings)
}

/// The settings, with the stages of others, but off.
fn switched_off(others: &Settings, settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    for (strip, other) in settings.strips.iter_mut().zip(&others.strips) {
        (strip.high_pass, strip.low_pass, strip.gate) = (other.high_pass, other.low_pass, other.gate);
        (strip.eq, strip.compressor) = (other.eq, other.compressor);
        (strip.key, strip.order) = (other.key, other.order);
        (strip.high_pass.on, strip.low_pass.on, strip.gate.on) = (false, false, false);
        (strip.eq.on, strip.compressor.on) = (false, false);
    }
    for (group, other) in settings.groups.iter_mut().zip(&others.groups) {
        (group.eq, group.compressor) = (other.eq, other.compressor);
        (group.eq.on, group.compressor.on) = (false, false);
    }
    let (master, other) = (&mut settings.master, &others.master);
    (master.eq, master.compressor, master.limiter) = (other.eq, other.compressor, other.limiter);
    (master.eq.on, master.compressor.on, master.limiter.on) = (false, false, false);
    // The test compares frame by frame.
    master.limiter.lookahead = Lookahead::None;
    settings
}

/// Whatever stages are set to: while they are off they are not there.
#[test]
fn stages_that_are_off_are_not_there() {
    let mut rng = Rng::with_seed(180);
    for round in 0..60 {
        let mut session = through_everything(2_000);
        let feed = noise(&mut rng, 2_000, 1.0);
        session.inputs[8] = Some(feed.clone());
        // Settings change all the time, and so does the order.
        for at in [0, 300, 333, 1_000] {
            let new = random::settings(&mut rng, 9, Wildness::Storm);
            session.change(at, |settings| *settings = switched_off(&new, settings));
        }
        assert_passes(&session, &feed, &format!("round {round}"));
    }
}

/// Other strips' stages are theirs: a strip with all of its own off passes beside seven busy ones.
#[test]
fn a_strip_without_stages_passes_beside_busy_ones() {
    let mut rng = Rng::with_seed(181);
    let mut n_busy = 0;
    while n_busy < 20 {
        let mut session = session(&mut rng, 8, 3_000, Automation::every(400));
        let quiet = rng.usize(..8);
        let own = Settings::new(1).strips[0];
        session.always(|settings| {
            settings.bypass = false;
            settings.master = Settings::new(1).master;
            settings.groups.iter_mut().for_each(|group| group.solo = false);
            for strip in &mut settings.strips {
                strip.sends[0].on = false;
                strip.solo = false;
            }
            settings.strips[quiet] = own;
            settings.groups.iter_mut().for_each(|group| group.to_master = false);
        });
        let feed = noise(&mut rng, 3_000, 1.0);
        session.inputs[quiet] = Some(feed.clone());
        assert_passes(&session, &feed, &format!("strip {quiet}"));
        n_busy += usize::from(session.initial.strips.iter().any(|strip| strip.compressor.on));
    }
}

/// On, and nothing to do: a ratio of 1, a mix of 0 %, a level below the knee, an open gate, a range of 0 dB, flat bands, and a
/// limiter that is not reached.
#[test]
fn stages_with_nothing_to_do_are_not_heard() {
    /// A name and a change.
    type Change = (&'static str, fn(&mut Settings));
    let changes: [Change; 9] = [
        ("ratio of 1", |s| {
            s.strips[8].compressor =
                CompressorSettings { on: true, ratio: 1.0, threshold_db: -60.0, ..CompressorSettings::STRIP };
        }),
        ("mix of 0 %", |s| {
            s.strips[8].compressor = CompressorSettings {
                on: true,
                mix_percent: 0.0,
                threshold_db: -60.0,
                makeup_db: 20.0,
                ..CompressorSettings::STRIP
            };
        }),
        ("half a mix below the knee", |s| {
            s.strips[8].compressor = CompressorSettings {
                on: true,
                mix_percent: 37.0,
                threshold_db: 0.0,
                ..CompressorSettings::STRIP
            };
        }),
        ("an open gate", |s| {
            s.strips[8].gate =
                GateSettings { on: true, threshold_db: -70.0, hold_ms: 2_000.0, ..GateSettings::STRIP };
        }),
        ("a range of 0 dB", |s| {
            s.strips[8].gate =
                GateSettings { on: true, threshold_db: 0.0, range_db: 0.0, ..GateSettings::STRIP };
        }),
        ("flat bands", |s| s.strips[8].eq = EqSettings { on: true, ..EqSettings::FLAT }),
        ("flat bands behind the compressor", |s| {
            s.strips[8].order = StageOrder::CompressorFirst;
            s.strips[8].eq = EqSettings { on: true, ..EqSettings::FLAT };
            s.strips[8].compressor = CompressorSettings { on: true, ratio: 1.0, ..CompressorSettings::STRIP };
        }),
        ("groups and master", |s| {
            s.groups[3].eq.on = true;
            s.groups[3].compressor = CompressorSettings { on: true, ratio: 1.0, ..CompressorSettings::GROUP };
            s.master.eq.on = true;
            s.master.compressor =
                CompressorSettings { on: true, mix_percent: 0.0, ..CompressorSettings::GLUE };
        }),
        ("the limiter", |s| {
            s.master.limiter = LimiterSettings { on: true, ceiling_db: 0.0, ..Default::default() }
        }),
    ];
    let mut rng = Rng::with_seed(182);
    for (name, change) in changes {
        let mut session = through_everything(3_000);
        change(&mut session.initial);
        // −12 dBFS: below the knee of 6 dB at 0 dB, and far below the ceiling, between samples too.
        let feed = noise(&mut rng, 3_000, 0.25);
        session.inputs[8] = Some(feed.clone());
        assert_passes(&session, &feed, name);
    }
}

/// A session of seven strips with pauses, and an eighth that is heard nowhere.
fn paused(rng: &mut Rng, n_strips: usize) -> Session {
    let mut session = session(rng, n_strips, 5_000, Automation::every(500));
    pause(rng, &mut session);
    let is_quiet = |frame: usize| (1_200..1_900).contains(&frame) || (3_000..4_400).contains(&frame);
    for channel in session.inputs.iter_mut().flatten().flatten() {
        channel
            .iter_mut()
            .enumerate()
            .filter(|(frame, _)| is_quiet(*frame))
            .for_each(|(_, sample)| *sample = 0.0);
    }
    let last = n_strips - 1;
    session.inputs[last] = None;
    session.always(|settings| {
        settings.bypass = false;
        settings.strips[last].sends = [SendSettings::unity(false); 5];
        for strip in &mut settings.strips {
            // Whoever listened to it would hear the difference.
            if strip.key == busbar_engine::KeySource::Strip(last) {
                strip.key = busbar_engine::KeySource::Own;
            }
        }
    });
    session
}

/// Beside a strip that never falls silent nothing can be skipped, and nothing changes by that.
#[test]
fn skipping_silent_strips_changes_no_bit() {
    let mut rng = Rng::with_seed(183);
    let mut n_compared = 0;
    while n_compared < 40 {
        let n_strips = [8, 16][n_compared % 2];
        let skipping = paused(&mut rng, n_strips);
        let mut busy = skipping.clone();
        busy.inputs[n_strips - 1] = Some(noise(&mut rng, 5_000, 0.5));
        let (expected, actual) = (busy.render(Cuts::Every(64)), skipping.render(Cuts::Every(64)));
        if expected.loudness() < 0.01 {
            continue;
        }
        assert_same_bits_on(
            &expected,
            &actual,
            &[0, 1, 2, 3, 4],
            &format!("{n_strips} strips, round {n_compared}"),
        );
        n_compared += 1;
    }
}

/// The same for groups: one that never falls silent keeps the others from being skipped.
#[test]
fn skipping_silent_groups_changes_no_bit() {
    let mut rng = Rng::with_seed(184);
    let mut n_compared = 0;
    while n_compared < 20 {
        let mut skipping = paused(&mut rng, 8);
        skipping.always(|settings| {
            settings.groups[N_GROUPS - 1].to_master = false;
            settings.strips.iter_mut().for_each(|strip| strip.sends[4].on = false);
            settings.strips[7].sends[4] = SendSettings { on: true, level_db: 0.0, pre_fader: true };
            settings.strips[7].mute = false;
            settings.strips[7].solo_safe = true;
        });
        let mut busy = skipping.clone();
        busy.inputs[7] = Some(noise(&mut rng, 5_000, 0.5));
        let (expected, actual) = (busy.render(Cuts::Every(64)), skipping.render(Cuts::Every(64)));
        if expected.buses[..4].iter().flatten().all(|channel| support::rms(channel) < 0.01) {
            continue;
        }
        // Group D is what differs.
        assert_same_bits_on(&expected, &actual, &[0, 1, 2, 3], &format!("round {n_compared}"));
        n_compared += 1;
    }
}

/// Everything on, then silence: after a while exact zeros, and whatever comes next is as if nothing had been before.
#[test]
fn what_rings_dies_away_to_exact_zeros() {
    let busy_eq = || {
        let mut eq = EqSettings { on: true, ..EqSettings::FLAT };
        for (band, (shape, gain_db)) in eq.bands.iter_mut().zip([
            (BandShape::LowShelf, 9.0),
            (BandShape::Bell, -12.0),
            (BandShape::Notch, 0.0),
            (BandShape::HighShelf, 6.0),
        ]) {
            (band.shape, band.gain_db) = (shape, gain_db);
        }
        eq
    };
    for lookahead in [Lookahead::None, Lookahead::Ms3] {
        let mut settings = Settings::new(9);
        for strip in &mut settings.strips {
            strip.high_pass = FilterSettings { on: true, frequency_hz: 40.0, slope: FilterSlope::Db24 };
            strip.low_pass = FilterSettings { on: true, frequency_hz: 9_000.0, slope: FilterSlope::Db24 };
            strip.eq = busy_eq();
            strip.gate = GateSettings { on: true, ..GateSettings::STRIP };
            strip.compressor = CompressorSettings {
                on: true,
                key_high_pass_on: true,
                detector: busbar_engine::Detector::Rms,
                ..CompressorSettings::STRIP
            };
            strip.sends[2].on = true;
        }
        for group in &mut settings.groups {
            group.eq = busy_eq();
            group.compressor.on = true;
        }
        settings.master.eq = busy_eq();
        settings.master.compressor.on = true;
        settings.master.limiter = LimiterSettings { on: true, lookahead, ..Default::default() };
        // Two seconds of silence: the slowest filter (40 Hz, Q 1.3) falls by 240 dB in 0.3 s, and one behind the other.
        let n_frames = 4_000 + 96_000;
        let mut session = Session::new(48_000.0, n_frames, settings);
        let mut rng = Rng::with_seed(185);
        for feed in &mut session.inputs {
            let mut sound = noise(&mut rng, n_frames, 0.5);
            sound.iter_mut().for_each(|side| side[4_000..].fill(0.0));
            *feed = Some(sound);
        }
        let mix = session.render(Cuts::Every(480));
        support::assert_sound(&mix, "dying away");
        for (bus_idx, bus) in mix.buses.iter().enumerate() {
            for side in bus {
                let last = side.iter().rposition(|sample| *sample != 0.0);
                if bus_idx == 0 || bus_idx == 2 {
                    let last = last.expect("a bus that sounds");
                    assert!(last > 4_000, "bus {bus_idx} does not ring at all");
                    assert!(last < 60_000, "bus {bus_idx} still sounds at frame {last}");
                }
            }
        }
    }
}
