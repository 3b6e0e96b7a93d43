//! The meters of gain reduction tell what envelopes do.
//!
//! Source: the issue (gain reduction of each stage goes to the meters) and the documentation of `busbar_engine::Meters`: the largest within the
//! block, read at borders of tiles, without make-up and mix.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{Meters, SimdPath, TILE_FRAMES};
use fastrand::Rng;
use support::random::{Automation, session};
use support::reference::{self, Reductions};
use support::{Mix, Session, process};

/// Runs a session in blocks of so many frames (events cut them further) and gives the meters to `read`: the frames that were done
/// before the block, and behind it.
fn run(session: &Session, path: SimdPath, block: usize, mut read: impl FnMut(&Meters, usize, usize)) {
    let mut engine = session.fresh_engine_on(path);
    let mut mix = Mix::unwritten(session.n_frames);
    let mut events = session.events.iter().peekable();
    let mut now = 0;
    while now < session.n_frames {
        while let Some(event) = events.next_if(|event| event.at == now) {
            engine.set(&event.settings);
        }
        let next = events.peek().map_or(session.n_frames, |event| event.at);
        let len = (block - now % block).min(next - now).min(session.n_frames - now);
        process(&mut engine, &session.inputs, &mut mix, now, len);
        read(engine.meters(), now, now + len);
        now += len;
    }
}

/// The larger one, and no number if one of them is none.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The largest of each over the tiles that end within these frames.
fn largest(reductions: &[Reductions], from: usize, to: usize) -> Option<Reductions> {
    let tiles = &reductions[from / TILE_FRAMES..to / TILE_FRAMES];
    tiles.iter().cloned().reduce(|a, b| Reductions {
        strips: a
            .strips
            .iter()
            .zip(&b.strips)
            .map(|(a, b)| [larger(a[0], b[0]), larger(a[1], b[1])])
            .collect(),
        groups: std::array::from_fn(|idx| larger(a.groups[idx], b.groups[idx])),
        master: [larger(a.master[0], b.master[0]), 0.0],
    })
}

/// Everything that a meter reads but the limiter, as pairs of what it says and what is so.
fn pairs(meters: &Meters, expected: &Reductions) -> Vec<(String, f64, f64)> {
    let mut pairs = Vec::new();
    for (idx, (meter, [gate, compressor])) in meters.strips.iter().zip(&expected.strips).enumerate() {
        pairs.push((format!("gate of strip {idx}"), f64::from(meter.gate_db), *gate));
        pairs.push((format!("compressor of strip {idx}"), f64::from(meter.compressor_db), *compressor));
    }
    for (idx, (meter, expected)) in meters.groups.iter().zip(expected.groups).enumerate() {
        pairs.push((format!("compressor of group {idx}"), f64::from(meter.compressor_db), expected));
    }
    pairs.push((
        "compressor of the master".into(),
        f64::from(meters.master.compressor_db),
        expected.master[0],
    ));
    pairs
}

#[test]
fn meters_tell_what_the_references_envelopes_do() {
    let (mut n_compared, mut n_reducing, mut seed) = (0, 0, 0);
    while n_reducing < 24 {
        seed += 1;
        let mut rng = Rng::with_seed(190_000 + seed);
        let n_strips = [1, 3, 8, 9, 17][rng.usize(..5)];
        let session =
            session(&mut rng, n_strips, 3_000, Automation { frames_per_event: 1_000, snapshots: 0.0 });
        let reductions = reference::render(&session).reductions;
        let is_reducing = reductions.iter().flat_map(|r| &r.strips).flatten().any(|db| *db > 1.0);
        n_reducing += usize::from(is_reducing);
        // One path for each session, so that each path has several.
        let n_paths = SimdPath::all().count() as u64;
        for path in SimdPath::all().skip((seed % n_paths) as usize).take(1) {
            for block in [32, 1, 100, 512] {
                let mut last: Option<Reductions> = None;
                run(&session, path, block, |meters, from, to| {
                    // A block that reaches no border has the figures of the one before.
                    last = largest(&reductions, from, to).or(last.take());
                    let Some(expected) = &last else { return };
                    for (what, actual, expected) in pairs(meters, expected) {
                        if expected.is_nan() {
                            // It went off within a tile: its last reduction may still be read, or not.
                            continue;
                        }
                        let error = (actual - expected).abs();
                        assert!(
                            error < 0.001,
                            "seed {seed}, {}, blocks of {block}, frames {from} to {to}: {what} reads {actual} dB, not {expected}",
                            path.name()
                        );
                        n_compared += 1;
                    }
                });
            }
        }
    }
    assert!(n_compared > 100_000, "{n_compared} readings");
}

/// A strip that does not exist, and stages that are off, read 0.
#[test]
fn what_is_not_there_reads_zero() {
    let mut rng = Rng::with_seed(191);
    let mut session = support::random::linear_session(&mut rng, 5, 1_000, Automation::NONE);
    session.feed_constant(0, 1.0, 1.0);
    run(&session, SimdPath::detect(), 64, |meters, _, _| {
        let all = meters.strips.iter().chain(&meters.groups).chain([&meters.master]);
        assert!(all.into_iter().all(|meter| *meter == busbar_engine::Reductions::default()));
    });
}

/// The limiter's is what it takes from a constant that is 6 dB over the ceiling, and its meter falls back.
#[test]
fn the_limiters_meter_reads_what_it_takes() {
    for lookahead in support::random::LOOKAHEADS {
        let mut session = Session::new(48_000.0, 40_000, busbar_engine::Settings::new(1));
        session.initial.master.limiter.on = true;
        session.initial.master.limiter.ceiling_db = -6.0;
        session.set_lookahead(lookahead);
        session.feed_constant(0, 1.0, 1.0);
        for channel in session.inputs[0].as_mut().expect("fed") {
            channel[10_000..].fill(0.001);
        }
        let mut readings = Vec::new();
        run(&session, SimdPath::detect(), 500, |meters, _, to| readings.push((to, meters.master.limiter_db)));
        let at = |frame: usize| readings.iter().find(|(to, _)| *to == frame).expect("a block").1;
        // A rounding of the gain.
        assert!((at(9_000) - 6.0).abs() < 1e-3, "{lookahead:?}: {} dB", at(9_000));
        assert!(at(12_000) < 6.0 && at(12_000) > 0.0, "{lookahead:?}: {} dB while it lets go", at(12_000));
        // 0.6 s are six time constants: 6 dB have become a hundredth.
        assert!(at(40_000) < 0.02, "{lookahead:?}: {} dB at the end", at(40_000));
    }
    // With nothing over the ceiling it reads nothing.
    let mut session = Session::new(48_000.0, 5_000, busbar_engine::Settings::new(1));
    session.initial.master.limiter.on = true;
    session.set_lookahead(Lookahead::Ms3);
    session.feed_constant(0, 0.1, 0.1);
    run(&session, SimdPath::detect(), 64, |meters, _, _| assert_eq!(meters.master.limiter_db, 0.0));
}
