//! At any rate of the engine, the output does not depend on how the host cuts the stream.

mod support;

use busbar_engine::{N_GROUPS, Settings};
use fastrand::Rng;
use support::random::{Automation, pause, session, spoil};
use support::rated::{Way, some_ways};
use support::{Cuts, Mix, Session, assert_same_bits, assert_sound, process_with_groups, signals};

const CUTS: [Cuts; 6] =
    [Cuts::Every(1), Cuts::Every(31), Cuts::Every(64), Cuts::Every(511), Cuts::Every(4096), Cuts::Random(11)];

/// Long enough for every mode's delay, several times.
fn loud_session(rng: &mut Rng, way: Way, n_strips: usize, automation: Automation) -> Session {
    let latency = way.fresh(&Session::new(way.host_hz, 0, Settings::new(1))).latency_samples();
    loop {
        let mut session = session(rng, n_strips, 4000 + 3 * latency as usize, automation);
        session.sample_rate_hz = way.host_hz;
        if way.render(&session, Cuts::Whole).loudness() > 0.02 {
            return session;
        }
    }
}

fn assert_every_cut_alike(way: Way, session: &Session, hit: u64) {
    let whole = way.render(session, Cuts::Whole);
    assert_sound(&whole, &format!("{way:?}"));
    for cuts in CUTS {
        let mut rated = session.clone();
        rated.always(|settings| way.put(settings));
        let mut engine = way.fresh(session);
        let mix = rated.render_on(&mut engine, cuts);
        let context = format!("{way:?}, {} strips, {cuts:?}", session.n_strips());
        assert_same_bits(&whole, &mix, &context);
        assert_eq!(engine.quarantined_strips(), hit, "{context}: flags");
    }
}

#[test]
fn cuts_change_nothing_under_automation() {
    let mut rng = Rng::with_seed(51);
    for way in some_ways() {
        let session = loud_session(&mut rng, way, 3, Automation::every(60));
        assert!(session.events.len() > 40, "too few events to prove anything");
        assert_every_cut_alike(way, &session, 0);
    }
}

#[test]
fn cuts_change_nothing_where_strips_fall_silent() {
    let mut rng = Rng::with_seed(52);
    for way in some_ways() {
        let mut session = loud_session(&mut rng, way, 9, Automation::every(500));
        pause(&mut rng, &mut session);
        assert_every_cut_alike(way, &session, 0);
    }
}

#[test]
fn cuts_change_nothing_under_quarantine() {
    let mut rng = Rng::with_seed(53);
    for way in some_ways() {
        let mut session = loud_session(&mut rng, way, 8, Automation::every(400));
        let hit = spoil(&mut rng, &mut session, 20);
        assert_ne!(hit, 0, "no strip was hit");
        // What is hit in the last latency has not reached the engine.
        let latency = way.fresh(&session).latency_samples() as usize;
        let silence = [vec![0.0; latency], vec![0.0; latency]];
        for feed in session.inputs.iter_mut().flatten() {
            feed.iter_mut().zip(&silence).for_each(|(side, silence)| side.extend(silence));
        }
        session.n_frames += latency;
        assert_every_cut_alike(way, &session, hit);
    }
}

/// Once somebody has listened to a group, others do not notice whether anyone still does.
#[test]
fn unconnected_group_outputs_change_nothing_elsewhere() {
    let mut rng = Rng::with_seed(54);
    for way in some_ways() {
        let session = loud_session(&mut rng, way, 3, Automation::NONE);
        let expected = way.render(&session, Cuts::Whole);
        let mut engine = way.fresh(&session);
        let mut mix = expected.clone();
        let mut now = 0;
        while now < session.n_frames {
            let len = rng.usize(1..100).min(session.n_frames - now);
            let is_connected = std::array::from_fn(|_| now == 0 || rng.bool());
            for bus_idx in (0..=N_GROUPS).filter(|bus_idx| *bus_idx == 0 || is_connected[bus_idx - 1]) {
                mix.buses[bus_idx].iter_mut().for_each(|side| side[now..now + len].fill(support::UNWRITTEN));
            }
            process_with_groups(&mut engine, &session.inputs, &mut mix, now, len, is_connected);
            now += len;
        }
        assert_same_bits(&expected, &mix, &format!("{way:?}"));
    }
}

/// A group that is connected later begins from silence, and is what it would have been as soon as filters are full.
#[test]
fn a_group_that_is_connected_later_sounds_after_a_latency() {
    let mut rng = Rng::with_seed(55);
    for way in some_ways() {
        let mut settings = Settings::new(1);
        settings.strips[0].sends[1].on = true;
        let latency = way.fresh(&Session::new(way.host_hz, 0, settings.clone())).latency_samples() as usize;
        let mut session = Session::new(way.host_hz, 4000 + 3 * latency, settings);
        session.inputs[0] = Some(signals::noise(&mut rng, session.n_frames, 0.5));
        let expected = way.render(&session, Cuts::Whole);
        let mut engine = way.fresh(&session);
        let mut mix = Mix::unwritten(session.n_frames);
        let from = latency + 500;
        process_with_groups(&mut engine, &session.inputs, &mut mix, 0, from, [false; N_GROUPS]);
        let rest = session.n_frames - from;
        process_with_groups(&mut engine, &session.inputs, &mut mix, from, rest, [true; N_GROUPS]);
        let (expected, actual) = (&expected.group(0)[0], &mix.group(0)[0]);
        let settled = from + latency;
        let loudest = |signal: &[f32]| signal.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(loudest(&expected[settled..]) > 0.01, "{way:?}: too quiet to prove anything");
        assert!(actual[settled..] == expected[settled..], "{way:?}");
        assert!(loudest(&actual[from..]) <= 2.0 * loudest(expected), "{way:?}: it begins with a bang");
    }
}
