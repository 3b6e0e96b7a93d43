//! Reset and prepare leave nothing behind: what comes after equals a fresh engine, bit for bit.

mod support;

use busbar_engine::{Engine, Settings};
use fastrand::Rng;
use support::random::{Automation, session, spoil};
use support::{Cuts, Mix, Session, assert_same_bits, process};

const SIZES: [usize; 6] = [1, 3, 8, 9, 16, 32];

fn loud_session(rng: &mut Rng, n_strips: usize) -> Session {
    loop {
        let session = session(rng, n_strips, 2500, Automation::every(120));
        if session.render(Cuts::Whole).loudness() > 0.02 {
            return session;
        }
    }
}

/// An engine with a past: ramps in motion, a count in mid-tile, strips in quarantine.
fn used_engine(rng: &mut Rng, n_strips: usize) -> (Engine, Session) {
    let mut past = loud_session(rng, n_strips);
    past.n_frames = 1000 + rng.usize(..1000);
    past.events.retain(|event| event.at < past.n_frames);
    let last = past.n_frames - 1;
    past.change(last, |settings| {
        settings.strips[0].trim_db = 11.0;
        settings.strips[0].fader_db = -3.0;
        settings.groups[1].fader_db = -33.0;
        settings.master.dim ^= true;
        settings.bypass ^= true;
    });
    spoil(rng, &mut past, 10);
    for channel in past.inputs.iter_mut().flatten().flatten() {
        channel[last] = f32::NAN;
    }
    let mut engine = past.fresh_engine();
    past.render_on(&mut engine, Cuts::Random(1));
    (engine, past)
}

#[test]
fn reset_equals_fresh() {
    let mut rng = Rng::with_seed(90);
    for n_strips in SIZES {
        for round in 0..4 {
            let (mut engine, past) = used_engine(&mut rng, n_strips);
            let mut future = loud_session(&mut rng, n_strips);
            future.sample_rate_hz = past.sample_rate_hz;
            // Reset is no prepare: the lookahead stays what it was.
            future.initial.master.limiter.lookahead = past.initial.master.limiter.lookahead;
            engine.reset();
            engine.set(&future.initial);
            let actual = future.render_on(&mut engine, Cuts::Every(64));
            let context = format!("{n_strips} strips, round {round}");
            assert_same_bits(&future.render(Cuts::Every(64)), &actual, &context);
        }
    }
}

/// Reset clears memory only: settings stay, and need not be sent again.
#[test]
fn reset_keeps_settings() {
    let mut rng = Rng::with_seed(91);
    let mut n_compared = 0;
    while n_compared < 12 {
        let n_strips = SIZES[n_compared % SIZES.len()];
        let (mut engine, past) = used_engine(&mut rng, n_strips);
        let mut future = loud_session(&mut rng, n_strips);
        future.sample_rate_hz = past.sample_rate_hz;
        future.initial = past.last_settings().clone();
        future.initial.master.limiter.lookahead = past.initial.master.limiter.lookahead;
        let expected = future.render(Cuts::Whole);
        if expected.loudness() < 0.01 {
            continue;
        }
        engine.reset();
        let actual = future.render_on(&mut engine, Cuts::Whole);
        assert_same_bits(&expected, &actual, &format!("{n_strips} strips"));
        n_compared += 1;
    }
}

/// Prepare clears what reset clears, keeps settings, and may change the rate.
#[test]
fn prepare_equals_fresh_at_every_rate() {
    let mut rng = Rng::with_seed(92);
    for n_strips in SIZES {
        for sample_rate_hz in [44_100.0, 48_000.0, 192_000.0, 8_000.0] {
            let (mut engine, _) = used_engine(&mut rng, n_strips);
            let mut future = loud_session(&mut rng, n_strips);
            future.sample_rate_hz = sample_rate_hz;
            engine.set(&future.initial);
            engine.prepare(sample_rate_hz).expect("a sample rate that the engine takes");
            let actual = future.render_on(&mut engine, Cuts::Every(64));
            let context = format!("{n_strips} strips at {sample_rate_hz} Hz");
            assert_same_bits(&future.render(Cuts::Every(64)), &actual, &context);
            let fresh = future.fresh_engine();
            assert_eq!(engine.ramp_samples(), fresh.ramp_samples(), "{context}");
            assert_eq!(engine.bypass_fade_samples(), fresh.bypass_fade_samples(), "{context}");
        }
    }
}

#[test]
fn preparing_and_resetting_twice_changes_nothing() {
    let mut rng = Rng::with_seed(93);
    let session = loud_session(&mut rng, 9);
    let expected = session.render(Cuts::Whole);
    let mut engine = session.fresh_engine();
    for _ in 0..2 {
        engine.prepare(session.sample_rate_hz).expect("a sample rate that the engine takes");
    }
    engine.reset();
    engine.reset();
    assert_same_bits(&expected, &session.render_on(&mut engine, Cuts::Whole), "twice");
    // The order of set and prepare does not matter.
    let mut engine = Engine::new(9);
    engine.set(&session.initial);
    engine.prepare(session.sample_rate_hz).expect("a sample rate that the engine takes");
    assert_same_bits(&expected, &session.render_on(&mut engine, Cuts::Whole), "set before prepare");
}

#[test]
fn rates_that_are_nonsense_are_refused_and_change_nothing() {
    let nonsense = [
        0.0,
        -0.0,
        -48_000.0,
        1.0,
        7_999.0,
        8_000_f64.next_down(),
        768_000_f64.next_up(),
        1e6,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for sample_rate_hz in nonsense {
        let mut engine = Engine::new(8);
        let error = engine.prepare(sample_rate_hz).expect_err("must be refused");
        assert!(!error.to_string().is_empty());
        // It can still be prepared, and works.
        engine.prepare(96_000.0).expect("a sample rate that the engine takes");
        assert!(engine.prepare(sample_rate_hz).is_err(), "{sample_rate_hz} Hz");
        assert_eq!(engine.ramp_samples(), 1440, "a refused rate was taken: {sample_rate_hz} Hz");
    }
    for sample_rate_hz in [8_000.0, 768_000.0, 44_100.0, 47_999.5] {
        assert!(Engine::new(8).prepare(sample_rate_hz).is_ok(), "{sample_rate_hz} Hz");
    }
}

/// The absolute count begins anew: a tile that was half over is not half over after a reset.
#[test]
fn reset_begins_a_new_tile() {
    let mut session = Session::new(48_000.0, 200, Settings::new(1));
    session.feed_constant(0, 0.5, 0.5);
    session.inputs[0].as_mut().expect("a feed")[0][110] = f32::NAN;
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(200);
    process(&mut engine, &session.inputs, &mut mix, 0, 100);
    engine.reset();
    // Frame 100 is the first of a tile now, and 131 its last.
    process(&mut engine, &session.inputs, &mut mix, 100, 100);
    let silent: Vec<usize> = (0..200).filter(|&frame| mix.frame(frame)[0] == [0.0; 2]).collect();
    assert_eq!(silent, (110..132).collect::<Vec<_>>());
}
