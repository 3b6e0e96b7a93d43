//! Everything at once against the reference mixer (`support/reference`): filters, dynamics, groups, master and limiter, in
//! f64, slow, obvious, with its own code.
//!
//! Source: the gate of performance.md, target 8: the whole strip is within −110 dB of f64, re the larger of input and output.

#![allow(
    clippy::disallowed_macros,
    reason = "the measured errors are for people to read; the engine prints nothing"
)]

mod support;

use busbar_engine::SimdPath;
use fastrand::Rng;
use support::random::{Automation, session, spoil};
use support::reference::{self, ReferenceMix};
use support::signals::noise;
use support::{Cuts, Mix, Session, to_db};

/// The gate.
const MAX_ERROR_DB: f64 = -110.0;

/// The largest sample of what comes into a strip or leaves one, and of the outputs. Spoilt samples are no input. What the
/// limiter turned down counts as it came: it computes what it takes away, so that its rounding is relative to that.
fn scale(session: &Session, expected: &ReferenceMix) -> f64 {
    let inputs = session.inputs.iter().flatten().flatten().flatten();
    let inputs = inputs.map(|sample| f64::from(sample.abs())).filter(|magnitude| *magnitude < 1e11);
    inputs.fold(expected.peak().max(expected.inner_peak), f64::max)
}

/// The largest difference of any sample, in dB re the larger of input and output, and where it is.
fn worst_difference(
    session: &Session,
    expected: &ReferenceMix,
    actual: &Mix,
    context: &str,
) -> (f64, String) {
    let scale = scale(session, expected);
    let mut worst = (0.0, String::new());
    for (bus_idx, (expected, actual)) in expected.buses.iter().zip(&actual.buses).enumerate() {
        for (side, (expected, actual)) in expected.iter().zip(actual).enumerate() {
            assert_eq!(expected.len(), actual.len(), "{context}: lengths");
            assert!(expected.len() > 400, "{context}: too short to prove anything");
            for (frame, (expected, &actual)) in expected.iter().zip(actual).enumerate() {
                let error = (f64::from(actual) - expected).abs() / scale;
                assert!(error.is_finite(), "{context}: not finite");
                if error > worst.0 {
                    worst = (error, format!("bus {bus_idx}, side {side}, frame {frame}"));
                }
            }
        }
    }
    (to_db(worst.0), worst.1)
}

/// The first frame at which a difference is larger than this: where to look for its cause.
fn first_difference(expected: &ReferenceMix, actual: &Mix, larger_than: f64) -> String {
    let differs = |frame: usize| {
        (0..5).find(|&bus_idx| {
            (0..2).any(|side| {
                let [expected, actual] =
                    [expected.buses[bus_idx][side][frame], f64::from(actual.buses[bus_idx][side][frame])];
                (expected - actual).abs() > larger_than
            })
        })
    };
    (0..actual.n_frames())
        .find_map(|frame| differs(frame).map(|bus_idx| format!("first on bus {bus_idx} at frame {frame}")))
        .unwrap_or_default()
}

/// Renders, compares, and returns the worst difference in dB. Too much of it is a failure.
#[track_caller]
fn assert_matches(session: &Session, path: SimdPath, cuts: Cuts, max_error_db: f64, context: &str) -> f64 {
    let expected = reference::render(session);
    let mut engine = session.fresh_engine_on(path);
    let actual = session.render_on(&mut engine, cuts);
    assert_eq!(engine.latency_samples() as usize, expected.latency_samples, "{context}: latency");
    assert_eq!(engine.quarantined_strips(), expected.quarantined, "{context}: quarantine flags");
    let (error_db, place) = worst_difference(session, &expected, &actual, context);
    if error_db > max_error_db {
        let larger_than = scale(session, &expected) * 10f64.powf(max_error_db / 20.0);
        panic!(
            "{context}: off by {error_db:.1} dB at {place}; {}",
            first_difference(&expected, &actual, larger_than)
        );
    }
    error_db
}

/// Runs sessions of this automation, asserts the bound, and prints the worst error.
#[track_caller]
fn assert_sessions_match(seed: u64, n_sessions: u64, automation: Automation, max_error_db: f64) {
    let mut worst_db = f64::NEG_INFINITY;
    let (mut n_done, mut n_quarantined, mut n_staged, mut round) = (0, 0, 0, 0);
    while n_done < n_sessions {
        // A seed for each, so that one can be looked at alone.
        round += 1;
        let mut rng = Rng::with_seed(1_000 * seed + round);
        let n_strips = [1, 2, 3, 7, 8, 9, 11, 17, 32][rng.usize(..9)];
        let n_frames = rng.usize(1_500..5_000);
        let mut session = session(&mut rng, n_strips, n_frames, automation);
        let expected = reference::render(&session);
        if expected.peak() < 1e-3 {
            continue;
        }
        if rng.bool() {
            spoil(&mut rng, &mut session, 10);
            n_quarantined += 1;
        }
        let context = format!(
            "seed {}: {n_strips} strips at {} Hz, {} events",
            1_000 * seed + round,
            session.sample_rate_hz,
            session.events.len()
        );
        let error_db =
            assert_matches(&session, SimdPath::detect(), Cuts::Random(round), max_error_db, &context);
        worst_db = worst_db.max(error_db);
        n_done += 1;
        n_staged += u64::from(session.initial.strips.iter().any(|strip| strip.eq.on || strip.compressor.on));
    }
    println!("{n_sessions} sessions, {automation:?}: {worst_db:.1} dB re max(in, out)");
    assert!(n_staged * 3 > n_sessions, "only {n_staged} sessions had a stage on");
    assert!(n_quarantined * 4 > n_sessions, "only {n_quarantined} sessions had a quarantine");
}

#[test]
fn random_stages_match_the_reference() {
    assert_sessions_match(120, 80, Automation::NONE, MAX_ERROR_DB);
}

#[test]
fn turned_knobs_match_the_reference() {
    assert_sessions_match(121, 60, Automation { frames_per_event: 1_500, snapshots: 0.0 }, MAX_ERROR_DB);
}

#[test]
fn dense_automation_matches_the_reference() {
    assert_sessions_match(122, 20, Automation { frames_per_event: 10, snapshots: 0.0 }, MAX_ERROR_DB);
    assert_sessions_match(123, 40, Automation { frames_per_event: 100, snapshots: 0.0 }, MAX_ERROR_DB);
}

#[test]
fn recalled_snapshots_match_the_reference() {
    assert_sessions_match(124, 30, Automation { frames_per_event: 150, snapshots: 0.2 }, MAX_ERROR_DB);
    assert_sessions_match(125, 30, Automation { frames_per_event: 1_500, snapshots: 1.0 }, MAX_ERROR_DB);
}

/// Every path, with lanes left empty and lengths that are no multiple of anything.
#[test]
fn every_path_matches_the_reference() {
    let mut n_paths = 0;
    for path in SimdPath::all() {
        let mut worst_db = f64::NEG_INFINITY;
        for (case_idx, n_strips) in [1, 3, 7, 8, 9, 17].into_iter().enumerate() {
            for n_frames in [1_777, 4_001] {
                let mut rng = Rng::with_seed((100 * case_idx + n_frames) as u64);
                let mut session = loud_session(&mut rng, n_strips, n_frames);
                session.sample_rate_hz = [44_100.0, 48_000.0, 96_000.0, 192_000.0][case_idx % 4];
                let context = format!("{}, {n_strips} strips, {n_frames} frames", path.name());
                for cuts in [Cuts::Every(61), Cuts::Whole] {
                    worst_db = worst_db.max(assert_matches(&session, path, cuts, MAX_ERROR_DB, &context));
                }
            }
        }
        println!("{}: {worst_db:.1} dB re max(in, out)", path.name());
        n_paths += 1;
    }
    assert!(n_paths > 1, "only one path: nothing was compared");
}

/// Two paths may round differently (one fuses multiplications with additions). Each is within −110 dB of the reference, so
/// that two could be 6 dB further from each other; they do the same operations, and are nearer.
const MAX_BETWEEN_PATHS_DB: f64 = -110.0;

#[test]
fn paths_agree_with_each_other() {
    for n_strips in [1, 3, 7, 8, 9, 17] {
        let mut rng = Rng::with_seed(130 + n_strips as u64);
        let session = loud_session(&mut rng, n_strips, 4_001);
        let mut renders = SimdPath::all().map(|path| {
            (path.name(), session.render_on(&mut session.fresh_engine_on(path), Cuts::Every(61)))
        });
        let (first_name, first) = renders.next().expect("a path");
        let in_f64 = ReferenceMix::of(
            first
                .buses
                .each_ref()
                .map(|bus| bus.each_ref().map(|side| side.iter().map(|x| f64::from(*x)).collect())),
        );
        for (name, other) in renders {
            let context = format!("{first_name} and {name}, {n_strips} strips");
            let (error_db, place) = worst_difference(&session, &in_f64, &other, &context);
            println!("{context}: {error_db:.1} dB");
            assert!(error_db <= MAX_BETWEEN_PATHS_DB, "{context}: {error_db:.1} dB at {place}");
        }
    }
}

/// A path gives the same bits each time, whatever ran before.
#[test]
fn every_path_repeats_itself_bit_for_bit() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(140);
        let session = loud_session(&mut rng, 9, 3_001);
        let first = session.render_on(&mut session.fresh_engine_on(path), Cuts::Every(61));
        let mut used = session.fresh_engine_on(path);
        session.render_on(&mut used, Cuts::Every(100));
        used.reset();
        used.set(&session.initial);
        let second = session.render_on(&mut used, Cuts::Every(500));
        support::assert_same_bits(&first, &second, path.name());
    }
}

/// A session in which most stages are on, automated now and then, with noise in every strip.
fn loud_session(rng: &mut Rng, n_strips: usize, n_frames: usize) -> Session {
    loop {
        let mut session =
            session(rng, n_strips, n_frames, Automation { frames_per_event: 900, snapshots: 0.0 });
        for feed in &mut session.inputs {
            *feed = Some(noise(rng, n_frames, 1.0));
        }
        session.always(|settings| {
            settings.bypass = false;
            settings.master.cut = false;
        });
        let n_on = session.initial.strips.iter().filter(|strip| strip.eq.on && strip.compressor.on).count();
        if 3 * n_on >= n_strips && reference::render(&session).peak() > 0.01 {
            return session;
        }
    }
}
