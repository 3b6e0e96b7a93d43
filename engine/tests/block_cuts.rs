//! The output does not depend on how the stream is cut into blocks: bit for bit, with automation and quarantine.

mod support;

use busbar_engine::N_GROUPS;
use fastrand::Rng;
use support::random::{Automation, pause, session, spoil};
use support::{
    Cuts, Event, Mix, Session, UNWRITTEN, assert_same_bits, assert_sound, process, process_with_groups,
};

/// Blocks below, at and above one tile, a prime that never meets a tile border at the same place, and large ones.
const CUTS: [Cuts; 9] = [
    Cuts::Every(1),
    Cuts::Every(7),
    Cuts::Every(31),
    Cuts::Every(32),
    Cuts::Every(33),
    Cuts::Every(64),
    Cuts::Every(511),
    Cuts::Every(4096),
    Cuts::Random(11),
];

/// The plugin's sizes, and sizes that leave lanes empty.
const SIZES: [usize; 7] = [8, 16, 32, 1, 3, 9, 11];

/// Sessions that may be silent by chance (a cut master, a closed solo) prove nothing: take the next one.
fn loud_session(rng: &mut Rng, n_strips: usize, automation: Automation) -> Session {
    loop {
        let session = session(rng, n_strips, 5000, automation);
        if session.render(Cuts::Whole).loudness() > 0.02 {
            return session;
        }
    }
}

fn assert_every_cut_alike(session: &Session, context: &str) {
    let whole = session.render(Cuts::Whole);
    assert_sound(&whole, context);
    for cuts in CUTS {
        assert_same_bits(&whole, &session.render(cuts), &format!("{context}, {cuts:?}"));
    }
}

#[test]
fn cuts_change_nothing_while_settings_stand_still() {
    let mut rng = Rng::with_seed(1);
    for n_strips in SIZES {
        let session = loud_session(&mut rng, n_strips, Automation::NONE);
        assert!(session.events.is_empty());
        assert_every_cut_alike(&session, &format!("{n_strips} strips, no events"));
    }
}

#[test]
fn cuts_change_nothing_under_automation() {
    let mut rng = Rng::with_seed(2);
    for n_strips in SIZES {
        let session = loud_session(&mut rng, n_strips, Automation::every(60));
        assert!(session.events.len() > 40, "too few events to prove anything");
        assert_every_cut_alike(&session, &format!("{n_strips} strips, {} events", session.events.len()));
    }
}

/// Silence is where an engine would save work: ramps have to go on all the same.
#[test]
fn cuts_change_nothing_where_strips_fall_silent() {
    let mut rng = Rng::with_seed(9);
    for n_strips in SIZES {
        let mut session = loud_session(&mut rng, n_strips, Automation::every(60));
        pause(&mut rng, &mut session);
        assert_every_cut_alike(&session, &format!("{n_strips} strips, pauses"));
    }
}

/// Few events: ramps end, and long settled stretches lie between them, where a fast path would work.
#[test]
fn cuts_change_nothing_where_ramps_end() {
    let mut rng = Rng::with_seed(3);
    for n_strips in SIZES {
        let mut session = loud_session(&mut rng, n_strips, Automation::every(1700));
        session.sample_rate_hz = 44_100.0;
        assert!(!session.events.is_empty());
        assert_every_cut_alike(&session, &format!("{n_strips} strips, {} events", session.events.len()));
    }
}

#[test]
fn cuts_change_nothing_under_quarantine() {
    let mut rng = Rng::with_seed(4);
    for n_strips in SIZES {
        let mut session = loud_session(&mut rng, n_strips, Automation::every(400));
        let hit = spoil(&mut rng, &mut session, 40);
        assert_ne!(hit, 0, "no strip was hit");
        assert_every_cut_alike(&session, &format!("{n_strips} strips, quarantine"));
        for cuts in CUTS {
            let mut engine = session.fresh_engine();
            session.render_on(&mut engine, cuts);
            assert_eq!(engine.quarantined_strips(), hit, "{n_strips} strips, {cuts:?}: flags");
        }
    }
}

/// A host's wrapper sends a snapshot before every block, changed or not.
#[test]
fn a_snapshot_that_changes_nothing_changes_nothing() {
    let mut rng = Rng::with_seed(5);
    for n_strips in SIZES {
        let session = loud_session(&mut rng, n_strips, Automation::every(300));
        let expected = session.render(Cuts::Whole);
        for block in [1, 13, 32, 100] {
            let mut repeated = session.clone();
            let mut current = session.initial.clone();
            let mut own = session.events.iter().peekable();
            repeated.events.clear();
            for at in 0..session.n_frames {
                let mut is_due = at % block == 0;
                while let Some(event) = own.next_if(|event| event.at == at) {
                    current = event.settings.clone();
                    repeated.events.push(event.clone());
                    is_due = false;
                }
                if is_due {
                    repeated.events.push(Event { at, settings: current.clone() });
                }
            }
            assert!(repeated.events.len() >= session.n_frames / block);
            assert_same_bits(
                &expected,
                &repeated.render(Cuts::Whole),
                &format!("{n_strips} strips, a snapshot every {block}"),
            );
        }
    }
}

/// Calls of no frames pass no time.
#[test]
fn empty_blocks_pass_no_time() {
    let mut rng = Rng::with_seed(6);
    let session = loud_session(&mut rng, 9, Automation::every(100));
    let expected = session.render(Cuts::Whole);
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(session.n_frames);
    let mut events = session.events.iter().peekable();
    for frame in 0..session.n_frames {
        process(&mut engine, &session.inputs, &mut mix, frame, 0);
        while let Some(event) = events.next_if(|event| event.at == frame) {
            engine.set(&event.settings);
            process(&mut engine, &session.inputs, &mut mix, frame, 0);
        }
        process(&mut engine, &session.inputs, &mut mix, frame, 1);
    }
    assert_same_bits(&expected, &mix, "empty blocks in between");
}

/// Which group outputs the host listens to is nobody else's business, and may change from block to block.
#[test]
fn unconnected_group_outputs_change_nothing_elsewhere() {
    let mut rng = Rng::with_seed(7);
    for n_strips in SIZES {
        let mut session = loud_session(&mut rng, n_strips, Automation::every(200));
        spoil(&mut rng, &mut session, 10);
        let expected = session.render(Cuts::Whole);
        let mut engine = session.fresh_engine();
        let mut mix = expected.clone();
        let mut events = session.events.iter().peekable();
        let mut now = 0;
        while now < session.n_frames {
            while let Some(event) = events.next_if(|event| event.at == now) {
                engine.set(&event.settings);
            }
            let next = events.peek().map_or(session.n_frames, |event| event.at);
            let len = rng.usize(1..100).min(next - now).min(session.n_frames - now);
            let is_connected = std::array::from_fn(|_| rng.bool());
            for group_idx in (0..N_GROUPS).filter(|&g| is_connected[g]) {
                // What is connected must be written anew: forget what `expected` had.
                mix.buses[1 + group_idx]
                    .iter_mut()
                    .for_each(|channel| channel[now..now + len].fill(UNWRITTEN));
            }
            mix.buses[0].iter_mut().for_each(|channel| channel[now..now + len].fill(UNWRITTEN));
            process_with_groups(&mut engine, &session.inputs, &mut mix, now, len, is_connected);
            now += len;
        }
        // Blocks in which a group was not connected keep what `expected` had: equality is then about all others.
        assert_same_bits(&expected, &mix, &format!("{n_strips} strips"));
    }
}

/// An unconnected feed is silence.
#[test]
fn an_unconnected_feed_equals_a_feed_of_zeros() {
    let mut rng = Rng::with_seed(8);
    for n_strips in SIZES.into_iter().filter(|&n_strips| n_strips > 1) {
        let (none, zeros) = loop {
            let mut none = loud_session(&mut rng, n_strips, Automation::every(200));
            let mut zeros = none.clone();
            for strip_idx in (0..n_strips).filter(|strip_idx| strip_idx % 3 == 1) {
                none.inputs[strip_idx] = None;
                zeros.feed_constant(strip_idx, 0.0, 0.0);
            }
            let (none, zeros) = (none.render(Cuts::Whole), zeros.render(Cuts::Whole));
            // What is left may be too quiet to prove anything.
            if zeros.loudness() > 1e-3 {
                break (none, zeros);
            }
        };
        // −0.0 and +0.0 are the same silence: compare values, not bits.
        for (none, zeros) in none.buses.iter().flatten().zip(zeros.buses.iter().flatten()) {
            assert!(none.iter().zip(zeros).all(|(a, b)| a == b), "{n_strips} strips");
        }
    }
}
