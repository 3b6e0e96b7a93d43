//! The engine's other promises at rates of its own: quarantine, silence, meters, and the host's own rate.

mod support;

use busbar_engine::{Engine, EngineRate, RatedEngine, ResamplingMode, Settings, TILE_FRAMES};
use fastrand::Rng;
use support::random::{Automation, session, spoil};
use support::rated::{Way, all_ways, rates, some_ways};
use support::{Cuts, Mix, Session, assert_same_bits, process, signals};

#[test]
fn at_the_hosts_rate_it_is_the_engine() {
    let mut rng = Rng::with_seed(71);
    let mut n_compared = 0;
    while n_compared < 12 {
        let mut session = session(&mut rng, 9, 3000, Automation::every(100));
        spoil(&mut rng, &mut session, 10);
        let expected = session.render(Cuts::Every(64));
        if expected.loudness() < 0.01 {
            continue;
        }
        let same_rate = rates().find(|rate| rate.hz().map(f64::from) == Some(session.sample_rate_hz));
        for engine in [Some(EngineRate::Host), same_rate].into_iter().flatten() {
            for mode in ResamplingMode::ALL {
                let way = Way { host_hz: session.sample_rate_hz, engine, mode };
                let mix = way.render(&session, Cuts::Every(64));
                assert_same_bits(&expected, &mix, &format!("{way:?}"));
                assert_eq!(way.fresh(&session).latency_samples(), session.fresh_engine().latency_samples());
                n_compared += 1;
            }
        }
    }
}

#[test]
fn a_bad_sample_silences_one_strip_for_one_tile_and_leaves_others_alone() {
    let mut rng = Rng::with_seed(72);
    for way in some_ways() {
        let mut settings = Settings::new(3);
        for strip in &mut settings.strips[1..] {
            strip.sends[0].on = false;
        }
        settings.strips[1].sends[1].on = true;
        settings.strips[2].sends[2].on = true;
        settings.groups.iter_mut().for_each(|group| group.to_master = false);
        let latency = way.fresh(&Session::new(way.host_hz, 0, settings.clone())).latency_samples() as usize;
        let mut clean = Session::new(way.host_hz, 6 * latency + 4000, settings);
        for feed in &mut clean.inputs {
            *feed = Some(signals::noise(&mut rng, clean.n_frames, 0.5));
        }
        clean.inputs[1] = Some([vec![0.5; clean.n_frames], vec![0.5; clean.n_frames]]);
        let at = 3 * latency + 1000;
        for bad in [f32::NAN, f32::INFINITY, -1e12, f32::MAX] {
            let mut spoilt = clean.clone();
            spoilt.inputs[1].as_mut().expect("a feed")[1][at] = bad;
            spoilt.always(|settings| way.put(settings));
            let mut engine = way.fresh(&clean);
            let spoilt = spoilt.render_on(&mut engine, Cuts::Every(512));
            let clean = way.render(&clean, Cuts::Every(512));
            assert_eq!(engine.quarantined_strips(), 0b010, "{way:?}: {bad}");
            engine.clear_quarantined(0b010);
            assert_eq!(engine.quarantined_strips(), 0);
            support::assert_sound(&spoilt, &format!("{way:?}: {bad}"));
            support::assert_same_bits_on(&clean, &spoilt, &[0, 2], &format!("{way:?}: {bad}"));

            // Group A has the strip alone. Filters spread what happens; far away from it nothing has happened.
            let signal = &spoilt.group(0)[0];
            let gap: f64 = signal[2 * latency..].iter().map(|sample| 1.0 - 2.0 * f64::from(*sample)).sum();
            let tile = TILE_FRAMES as f64 * way.host_per_engine();
            // The gap is what is left of a tile. The bad side's own hole of one sample falls into it, and the other has none.
            assert!(gap > 0.0 && gap < tile + 1.0, "{way:?}: {bad} silences {gap} samples");
            let near = at + latency;
            let reach = latency + tile as usize;
            let far = signal[2 * latency..near - reach].iter().chain(&signal[near + reach..]);
            assert!(far.clone().count() > 1000);
            // A constant passes to a ten-thousandth of a dB.
            assert!(
                far.clone().all(|sample| (sample - 0.5).abs() < 1e-5),
                "{way:?}: {bad} is heard far away"
            );
        }
    }
}

/// What the engine gets from a feed that has fallen silent is what it gets from one that is not connected.
#[test]
fn silence_is_silence_whether_connected_or_not() {
    let mut rng = Rng::with_seed(73);
    for way in some_ways() {
        let mut none = session(&mut rng, 3, 6000, Automation::NONE);
        none.inputs[0] = Some(signals::noise(&mut rng, none.n_frames, 0.5));
        (none.inputs[1], none.inputs[2]) = (None, None);
        none.always(|settings| {
            settings.strips[0] = Settings::new(1).strips[0];
            settings.strips[0].solo_safe = true;
            settings.groups = Settings::new(1).groups;
            settings.master = Settings::new(1).master;
        });
        let mut zeros = none.clone();
        zeros.feed_constant(1, 0.0, -0.0);
        // Too quiet for any filter.
        zeros.feed_constant(2, 1e-30, f32::from_bits(1));
        let (none, zeros) = (way.render(&none, Cuts::Every(64)), way.render(&zeros, Cuts::Every(64)));
        assert!(none.loudness() > 0.01, "{way:?}: too quiet to prove anything");
        assert!(none.buses == zeros.buses, "{way:?}");
        // And it ends.
        let mut end = Session::new(way.host_hz, 30_000, Settings::new(1));
        end.inputs[0] = Some(signals::noise(&mut rng, 30_000, 0.5));
        end.inputs[0].as_mut().expect("a feed").iter_mut().for_each(|side| side[1000..].fill(0.0));
        let mix = way.render(&end, Cuts::Every(64));
        assert!(mix.master()[0][29_000..].iter().all(|sample| *sample == 0.0), "{way:?}: something rings");
    }
}

/// A group that gets what the master gets is the master, to the bit, whenever it wakes up.
#[test]
fn a_group_that_rested_is_in_time_with_the_master() {
    let mut rng = Rng::with_seed(74);
    for way in all_ways() {
        let mut settings = Settings::new(1);
        settings.groups[0].to_master = false;
        let mut session = Session::new(way.host_hz, 0, settings);
        // Longer than filters ring and ramps last.
        let long = 3 * way.fresh(&session).latency_samples() as usize + (0.05 * way.host_hz) as usize;
        session.n_frames = 8 * long;
        session.inputs[0] = Some(signals::noise(&mut rng, session.n_frames, 0.5));
        for (at, is_on) in [(long + rng.usize(..long), true), (3 * long, false), (6 * long, true)] {
            session.change(at, |settings| settings.strips[0].sends[1].on = is_on);
        }
        let mix = way.render(&session, Cuts::Random(3));
        let (master, group) = (mix.master(), mix.group(0));
        for side in 0..2 {
            let part = |range: std::ops::Range<usize>| [&master[side][range.clone()], &group[side][range]];
            assert!(
                part(0..long)[1].iter().all(|sample| *sample == 0.0),
                "{way:?}: sound before it was sent"
            );
            assert!(
                part(5 * long..6 * long)[1].iter().all(|sample| *sample == 0.0),
                "{way:?}: still ringing"
            );
            for awake in [5 * long / 2..3 * long, 7 * long..8 * long] {
                let [master, group] = part(awake);
                assert!(signals::peak(master) > 0.2, "{way:?}: too quiet to prove anything");
                assert!(master == group, "{way:?}");
            }
        }
    }
}

/// Peaks are those of all that a block of the host has gone through, and figures are the engine's.
#[test]
fn meters_tell_of_the_whole_block() {
    for way in some_ways() {
        let mut session = Session::new(way.host_hz, (1.5 * way.host_hz) as usize, Settings::new(2));
        session.inputs[0] = Some(signals::both(signals::sine(way.host_hz, 100.0, 0.5, session.n_frames)));
        let mut engine = way.fresh(&session);
        let mut mix = Mix::unwritten(session.n_frames);
        // As long as a period: every block has a peak, and most of its tiles have not.
        let block = (way.host_hz / 100.0).ceil() as usize;
        let block = block * (6000.0 / block as f64).ceil() as usize;
        for from in (0..session.n_frames - block).step_by(block) {
            process(&mut engine, &session.inputs, &mut mix, from, block);
            if (from as f64) < 1.2 * way.host_hz {
                continue;
            }
            let levels = engine.levels();
            for level in [levels.input(0), levels.strip(0), levels.master()] {
                // A hundredth of a dB for what lies between samples.
                assert!((level.peak[0] - 0.5).abs() < 6e-4, "{way:?}: {level:?}");
                // A mean over 300 ms ripples by less than a hundredth at 100 Hz, and has come to 98 % after 1.2 s.
                assert!((level.mean_square[0] - 0.125).abs() < 0.005, "{way:?}: {level:?}");
            }
            assert_eq!(levels.strip(1).peak, [0.0; 2]);
        }
        assert!((engine.engine_rate_hz() / way.engine_hz() - 1.0).abs() <= 1e-3);
    }
}

#[test]
fn whatever_changes_the_latency_waits_for_prepare() {
    let mut settings = Settings::new(2);
    let mut engine = RatedEngine::new(2);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    assert!(!engine.needs_prepare());
    settings.engine_rate = EngineRate::Hz96000;
    engine.set(&settings);
    assert!(engine.needs_prepare());
    assert_eq!(engine.latency_samples(), 0);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    let sinc = engine.latency_samples();
    assert!(!engine.needs_prepare() && sinc > 0);
    settings.resampling = ResamplingMode::Quality;
    engine.set(&settings);
    assert!(engine.needs_prepare() && engine.latency_samples() == sinc);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    assert!(engine.latency_samples() > 4 * sinc);
    // The host may come at the engine's own rate, and then nothing is resampled.
    engine.prepare(96_000.0).expect("a sample rate that the engine takes");
    assert_eq!(engine.latency_samples(), 0);
    for refused in [7_999.0, 768_001.0, f64::NAN, f64::INFINITY, -1.0] {
        assert!(engine.prepare(refused).is_err(), "{refused}");
    }
    assert_eq!(engine.latency_samples(), 0);
    assert_eq!(engine.engine_rate_hz(), 96_000.0);
}

/// Clearing memory leaves nothing behind.
#[test]
fn reset_is_a_fresh_start() {
    let mut rng = Rng::with_seed(74);
    for way in some_ways() {
        let latency = way.fresh(&Session::new(way.host_hz, 0, Settings::new(1))).latency_samples() as usize;
        let mut session = session(&mut rng, 2, 3000 + 2 * latency, Automation::NONE);
        session.inputs[0] = Some(signals::noise(&mut rng, session.n_frames, 0.5));
        session.always(|settings| {
            settings.strips[0] = Settings::new(1).strips[0];
            settings.strips[0].solo_safe = true;
            settings.master = Settings::new(1).master;
            way.put(settings);
        });
        let mut engine = way.fresh(&session);
        let first = session.render_on(&mut engine, Cuts::Every(77));
        engine.reset();
        let second = session.render_on(&mut engine, Cuts::Every(512));
        assert_same_bits(&first, &second, &format!("{way:?}"));
    }
    // At any rate, the engine is there.
    assert_eq!(Engine::new(8).latency_samples(), RatedEngine::new(8).latency_samples());
}
