//! Levels: peaks and mean squares of inputs, strips, groups and the master.
//!
//! Source: the documentation of `busbar_engine::{Level, Levels}` and of the module `levels`: where each is measured, peaks to the sample,
//! mean squares with a memory of 300 ms at borders of tiles.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{
    Destination, Engine, EngineRate, InputMode, Level, N_GROUPS, Outputs, RatedEngine, SendSettings,
    Settings, TILE_FRAMES,
};
use fastrand::Rng;
use support::random::{Automation, chance, session, spoil};
use support::signals::{both, sine};
use support::{Cuts, Mix, Session, Stereo, process};

/// What rounding the memory of a tile to an f32 may do to a mean square: half a bit of a number near 1, of which 1/450 is what
/// counts at 48 kHz (and 1/1800 at 192 kHz), and as many roundings again.
const MEMORY_ERROR: f64 = 2e-4;

/// The memory in samples.
fn memory_samples(sample_rate_hz: f64) -> f64 {
    0.3 * sample_rate_hz
}

/// Mean squares below this are cut away, which is felt for a while after.
const FLOOR: f64 = 1e-20;

#[track_caller]
fn assert_close(got: f32, want: f64, bound: f64, context: &str) {
    let error = (f64::from(got) - want).abs();
    assert!(error <= bound * want.abs() + FLOOR, "{context}: {got} instead of {want}");
}

/// Runs a session in blocks and calls `read` behind each: the engine, and the frames of the block.
fn run(session: &Session, cuts: &mut dyn FnMut() -> usize, mut read: impl FnMut(&Engine, &Mix, [usize; 2])) {
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(session.n_frames);
    let mut events = session.events.iter().peekable();
    let mut now = 0;
    while now < session.n_frames {
        while let Some(event) = events.next_if(|event| event.at == now) {
            engine.set(&event.settings);
        }
        let next = events.peek().map_or(session.n_frames, |event| event.at);
        let len = cuts().min(next - now);
        process(&mut engine, &session.inputs, &mut mix, now, len);
        read(&engine, &mix, [now, now + len]);
        now += len;
    }
}

/// The slow and obvious mean square of a channel from the beginning to the last border before `to`.
fn mean_square(channel: &[f32], to: usize, sample_rate_hz: f64) -> f64 {
    let keep = (-(TILE_FRAMES as f64) / memory_samples(sample_rate_hz)).exp();
    channel[..to].chunks_exact(TILE_FRAMES).fold(0.0, |mean_square, tile| {
        let squares: f64 = tile.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        keep * mean_square + (1.0 - keep) * squares / TILE_FRAMES as f64
    })
}

fn peak(channel: &[f32]) -> f32 {
    channel.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// The level of a signal over the frames of a block, as [`mean_square`] and [`peak`] have it.
#[track_caller]
fn assert_level_of(
    level: Level,
    signal: &Stereo,
    [from, to]: [usize; 2],
    sample_rate_hz: f64,
    context: &str,
) {
    for (side, channel) in signal.iter().enumerate() {
        assert_eq!(
            level.peak[side],
            peak(&channel[from..to]),
            "{context}: peak of side {side} in {from}..{to}"
        );
        let want = mean_square(channel, to, sample_rate_hz);
        assert_close(level.mean_square[side], want, MEMORY_ERROR, context);
    }
}

/// A strip that goes to group A, and by it to the master.
fn by_group(n_strips: usize) -> Settings {
    let mut settings = Settings::new(n_strips);
    settings.strips[0].sends[Destination::Master.idx()].on = false;
    settings.strips[0].sends[Destination::Group(0).idx()].on = true;
    settings
}

#[test]
fn a_sine_reads_its_amplitude_and_rises_to_half_its_square_by_the_memory() {
    for (sample_rate_hz, amplitude) in [(48_000.0, 0.5), (96_000.0, 2.0), (8_000.0, 1e-3)] {
        let n_frames = 2 * sample_rate_hz as usize / TILE_FRAMES * TILE_FRAMES;
        let mut session = Session::new(sample_rate_hz, n_frames, by_group(3));
        // One period a tile: every tile has the amplitude in it, and a mean square of half its square.
        let frequency_hz = sample_rate_hz / TILE_FRAMES as f64;
        session.inputs[0] = Some(both(sine(sample_rate_hz, frequency_hz, amplitude, n_frames)));
        let mut n_read = 0;
        run(&session, &mut || 10 * TILE_FRAMES, |engine, _, [_, to]| {
            let levels = engine.levels();
            let risen = 1.0 - (-(to as f64) / memory_samples(sample_rate_hz)).exp();
            let taps = [levels.input(0), levels.strip(0), levels.group(0), levels.master()];
            for (tap, level) in taps.into_iter().enumerate() {
                let context = format!("tap {tap} after {to} frames at {sample_rate_hz} Hz");
                assert_eq!(level.peak, [amplitude as f32; 2], "{context}");
                for mean_square in level.mean_square {
                    assert_close(mean_square, amplitude * amplitude / 2.0 * risen, MEMORY_ERROR, &context);
                }
            }
            n_read += 1;
        });
        assert!(n_read >= 50, "the rise must be seen");
    }
}

#[test]
fn left_and_right_are_apart_and_so_are_strips_and_groups() {
    let n_frames = 96_000;
    let mut session = Session::new(48_000.0, n_frames, by_group(10));
    session.feed_constant(0, 0.5, 0.0);
    session.feed_constant(9, 0.0, -0.25);
    run(&session, &mut || 960, |engine, _, [from, to]| {
        let levels = engine.levels();
        let loud = |level: Level, left: f32, right: f32, what: &str| {
            let context = format!("{what} at {to}");
            assert_level_of(
                level,
                &[vec![left; n_frames], vec![right; n_frames]],
                [from, to],
                48_000.0,
                &context,
            );
        };
        loud(levels.input(0), 0.5, 0.0, "input 1");
        loud(levels.strip(0), 0.5, 0.0, "strip 1");
        loud(levels.group(0), 0.5, 0.0, "group A");
        loud(levels.input(9), 0.0, -0.25, "input 10");
        loud(levels.strip(9), 0.0, -0.25, "strip 10");
        loud(levels.master(), 0.5, -0.25, "master");
        let others = (1..9).chain([10, 63, 64, 1_000]);
        let silent = others.flat_map(|idx| [levels.input(idx), levels.strip(idx)]);
        let groups = [1, 2, 3, N_GROUPS, 99].map(|idx| levels.group(idx));
        assert!(silent.chain(groups).all(|level| level == Level::default()), "the others are silent");
    });
}

/// Peaks of the input and of the strip after a second of (0.5, 0.25) through changed settings.
fn peaks_with(change: impl FnOnce(&mut Settings)) -> [[f32; 2]; 2] {
    let mut settings = Settings::new(2);
    change(&mut settings);
    let mut session = Session::new(48_000.0, 48_000, settings);
    session.feed_constant(0, 0.5, 0.25);
    session.feed_constant(1, 0.125, 0.125);
    let mut peaks = [[0.0; 2]; 2];
    run(&session, &mut || 480, |engine, _, _| {
        let levels = [engine.levels().input(0), engine.levels().strip(0)];
        peaks = levels.map(|level| level.peak);
    });
    peaks
}

#[test]
fn what_comes_before_the_filters_is_in_the_input_and_all_else_in_the_strip_alone() {
    let source = [0.5, 0.25];
    let half_db = 20.0 * 0.5_f32.log10();
    type Change = fn(&mut Settings, f32);
    let cases: [(&str, Change, [f32; 2], [f32; 2]); 13] = [
        ("nothing", |_, _| {}, source, source),
        ("trim", |s, db| s.strips[0].trim_db = db, [0.25, 0.125], [0.25, 0.125]),
        ("polarity", |s, _| s.strips[0].invert_polarity = true, source, source),
        ("swap", |s, _| s.strips[0].input_mode = InputMode::Swap, [0.25, 0.5], [0.25, 0.5]),
        ("left", |s, _| s.strips[0].input_mode = InputMode::Left, [0.5, 0.5], [0.353_553_4, 0.353_553_4]),
        ("fader", |s, db| s.strips[0].fader_db = db, source, [0.25, 0.125]),
        ("pan", |s, _| s.strips[0].pan_percent = 100.0, source, [0.0, 0.25]),
        ("width", |s, _| s.strips[0].width_percent = 0.0, source, [0.375, 0.375]),
        ("mute", |s, _| s.strips[0].mute = true, source, [0.0; 2]),
        ("another's solo", |s, _| s.strips[1].solo = true, source, [0.0; 2]),
        ("its own solo", |s, _| s.strips[0].solo = true, source, source),
        (
            "a solo from which it is safe",
            |s, _| {
                s.strips[0].solo_safe = true;
                s.strips[1].solo = true;
            },
            source,
            source,
        ),
        ("a fader all the way down", |s, _| s.strips[0].fader_db = -200.0, source, [0.0; 2]),
    ];
    for (what, change, input, strip) in cases {
        for (got, want) in peaks_with(|settings| change(settings, half_db)).iter().zip([input, strip]) {
            for (got, want) in got.iter().zip(want) {
                // The gains are right to half a bit.
                assert!((got - want).abs() <= 2.0 * f32::EPSILON, "{what}: {got} instead of {want}");
            }
        }
    }
}

#[test]
fn sends_do_not_count_but_for_the_soloed_group_that_a_strip_feeds() {
    let source = [0.5, 0.25];
    let off = |settings: &mut Settings| {
        settings.strips[0].sends = [SendSettings { on: false, level_db: -30.0, pre_fader: true }; 5];
    };
    assert_eq!(peaks_with(off), [source, source]);
    let soloed = |feeds: bool| {
        peaks_with(|settings| {
            settings.groups[2].solo = true;
            settings.strips[0].sends[Destination::Group(2).idx()].on = feeds;
        })
    };
    assert_eq!(soloed(true), [source, source]);
    assert_eq!(soloed(false), [source, [0.0; 2]]);
}

/// Master and groups of a session in blocks that events and chance cut, against what left the engine.
#[test]
fn master_and_groups_read_what_leaves() {
    let (mut n_sessions, mut seed, mut n_bypassed, mut n_limited) = (0, 0, 0, 0);
    while n_sessions < 24 {
        seed += 1;
        let mut rng = Rng::with_seed(310_000 + seed);
        let automation = Automation { frames_per_event: 700, snapshots: 0.2 };
        let n_strips = [2, 8, 11][rng.usize(..3)];
        let mut session = session(&mut rng, n_strips, 6_000, automation);
        if chance(&mut rng, 0.5) {
            session.set_lookahead(Lookahead::Ms1_5);
        }
        if session.render(Cuts::Whole).loudness() < 0.02 {
            continue;
        }
        n_sessions += 1;
        n_bypassed += usize::from(session.events.iter().any(|event| event.settings.bypass));
        n_limited += usize::from(session.events.iter().any(|event| event.settings.master.limiter.on));
        let is_in_time = session.initial.master.limiter.lookahead == Lookahead::None;
        let is_bypassed = session.initial.bypass || session.events.iter().any(|event| event.settings.bypass);
        run(&session, &mut || rng.usize(1..=200), |engine, mix, frames| {
            let levels = engine.levels();
            let context = format!("session {seed}: master");
            assert_level_of(levels.master(), mix.master(), frames, session.sample_rate_hz, &context);
            // Groups are measured in front of the delay and of bypass.
            for group_idx in (0..N_GROUPS).filter(|_| is_in_time && !is_bypassed) {
                let (level, context) =
                    (levels.group(group_idx), format!("session {seed}: group {group_idx}"));
                assert_level_of(level, mix.group(group_idx), frames, session.sample_rate_hz, &context);
            }
        });
    }
    assert!(n_bypassed > 2 && n_limited > 2, "bypassed {n_bypassed}, limited {n_limited}");
}

/// One strip, and nothing behind it: the master is what the strip sends.
#[test]
fn a_strip_reads_what_it_sends_while_everything_moves() {
    let mut n_loud = 0;
    for seed in 0..40 {
        let mut rng = Rng::with_seed(320_000 + seed);
        let mut session = session(&mut rng, 1, 6_000, Automation { frames_per_event: 300, snapshots: 0.1 });
        session.always(|settings| {
            let strip = settings.strips[0];
            *settings = Settings { pan_law: settings.pan_law, ..Settings::new(1) };
            settings.strips[0] = strip;
            settings.strips[0].sends = Settings::new(1).strips[0].sends;
        });
        n_loud += usize::from(session.render(Cuts::Whole).loudness() > 0.02);
        run(&session, &mut || rng.usize(1..=200), |engine, mix, frames| {
            let (level, context) = (engine.levels().strip(0), format!("session {seed}"));
            let [from, to] = frames;
            for (side, channel) in mix.master().iter().enumerate() {
                // The master's gain is fader times level in one number, and the strip's is the fader.
                let want = f64::from(peak(&channel[from..to]));
                assert_close(level.peak[side], want, 1e-6, &context);
                let want = mean_square(channel, to, session.sample_rate_hz);
                assert_close(level.mean_square[side], want, MEMORY_ERROR, &context);
            }
        });
    }
    assert!(n_loud > 15, "{n_loud} sessions were loud");
}

/// All levels of an engine of this many strips.
fn all_levels(engine: &Engine, n_strips: usize) -> Vec<Level> {
    let levels = engine.levels();
    let strips = (0..n_strips).flat_map(|idx| [levels.input(idx), levels.strip(idx)]);
    strips.chain((0..N_GROUPS).map(|idx| levels.group(idx))).chain([levels.master()]).collect()
}

/// The largest peaks of a session, and every mean square at its end.
fn figures(session: &Session, mut cuts: impl FnMut() -> usize) -> (Vec<[f32; 2]>, Vec<[f32; 2]>) {
    let n_strips = session.n_strips();
    let (mut peaks, mut mean_squares) = (vec![[0.0_f32; 2]; 2 * n_strips + N_GROUPS + 1], Vec::new());
    run(session, &mut cuts, |engine, _, _| {
        let levels = all_levels(engine, n_strips);
        for (peak, level) in peaks.iter_mut().zip(&levels) {
            *peak = [0, 1].map(|side: usize| peak[side].max(level.peak[side]));
        }
        mean_squares = levels.iter().map(|level| level.mean_square).collect();
    });
    (peaks, mean_squares)
}

#[test]
fn cuts_change_no_bit_of_any_level() {
    let mut n_sounding = 0;
    for seed in 0..16 {
        let mut rng = Rng::with_seed(330_000 + seed);
        let n_strips = [1, 8, 11, 32][rng.usize(..4)];
        let automation = Automation { frames_per_event: 200, snapshots: 0.1 };
        let mut session = session(&mut rng, n_strips, 5_000, automation);
        spoil(&mut rng, &mut session, 3);
        let whole = figures(&session, || usize::MAX);
        n_sounding += whole.1.iter().flatten().filter(|mean_square| **mean_square > 1e-6).count();
        for block in [1, 7, 31, 32, 33, 64, 512] {
            assert_eq!(figures(&session, || block), whole, "session {seed} in blocks of {block}");
        }
        assert_eq!(figures(&session, || rng.usize(1..=100)), whole, "session {seed} in random blocks");
    }
    assert!(n_sounding > 200, "{n_sounding} channels sounded");
}

/// The first strip falls silent; the others do or go on beside it in the same lanes.
#[test]
fn a_skipped_strip_decays_to_nothing_exactly_as_if_zeros_were_processed() {
    let sample_rate_hz = 8_000.0;
    let n_frames = 20 * 8_000;
    let from = 1_000;
    let mut histories = Vec::new();
    for others in [false, true] {
        let mut session = Session::new(sample_rate_hz, n_frames, by_group(8));
        session.feed_constant(0, 0.5, -0.25);
        for channel in session.inputs[0].iter_mut().flatten() {
            channel[from..].fill(0.0);
        }
        if others {
            session.feed_constant(3, 0.5, 0.5);
        }
        let mut history = Vec::new();
        run(&session, &mut || 500, |engine, _, _| {
            let levels = engine.levels();
            history.push([levels.input(0), levels.strip(0), levels.group(0)]);
        });
        histories.push(history);
    }
    assert_eq!(histories[0], histories[1]);
    let n_ringing = histories[0].iter().filter(|levels| levels[0].mean_square[0] > 0.0).count();
    // From −6 dB (and −19 dB after as short a rise) down to −200 dB take 46 memories but a few, in blocks of 500.
    assert!((200..230).contains(&n_ringing), "{n_ringing}");
    assert_eq!(histories[0].last(), Some(&[Level::default(); 3]), "nothing is left");
}

#[test]
fn a_broken_feed_reads_what_was_sound_of_it_and_a_reset_reads_nothing() {
    let mut session = Session::new(48_000.0, 9_600, Settings::new(2));
    session.feed_constant(0, 0.5, 0.5);
    session.feed_constant(1, 0.25, 0.25);
    let broken = 4_810;
    for channel in session.inputs[0].iter_mut().flatten() {
        channel[broken..].fill(f32::NAN);
    }
    let mut n_broken = 0;
    run(&session, &mut || 96, |engine, _, [from, _]| {
        let levels = engine.levels();
        for level in [levels.input(0), levels.strip(0)] {
            assert!(level.mean_square.iter().all(|mean_square| mean_square.is_finite()));
            assert_eq!(level.peak, if from <= broken { [0.5; 2] } else { [0.0; 2] }, "block from {from}");
            n_broken += usize::from(from > broken);
        }
        assert_eq!((levels.input(1).peak, levels.strip(1).peak), ([0.25; 2], [0.25; 2]));
        assert_eq!(levels.master().peak, if from <= broken { [0.75; 2] } else { [0.25; 2] });
    });
    assert!(n_broken > 50);

    let mut engine = session.fresh_engine();
    process(&mut engine, &session.inputs, &mut Mix::unwritten(9_600), 0, 333);
    assert!(all_levels(&engine, 2).iter().any(|level| *level != Level::default()));
    engine.reset();
    assert_eq!(all_levels(&engine, 2), vec![Level::default(); 4 + N_GROUPS + 1]);
    // Nothing of the tile that was cut off is left.
    process(&mut engine, &[], &mut Mix::unwritten(96), 0, 96);
    assert_eq!(all_levels(&engine, 2), vec![Level::default(); 4 + N_GROUPS + 1]);
}

/// A host's block in which settings change is mixed in parts, and its loudest sample may lie in any of them.
#[test]
fn a_block_that_is_mixed_in_parts_reads_as_one_that_is_not() {
    const FRAMES: usize = 480;
    for engine_rate in [EngineRate::Host, EngineRate::Hz96000] {
        let mut settings = by_group(2);
        settings.engine_rate = engine_rate;
        settings.strips[0].compressor.on = true;
        let mut engines = [RatedEngine::new(2), RatedEngine::new(2)];
        for engine in &mut engines {
            engine.set(&settings);
            engine.prepare(48_000.0).expect("48 kHz is a sample rate");
        }
        let mut rng = Rng::with_seed(5);
        let mut n_loud = 0;
        for block in 0..40 {
            // Loud in the first part of every other block, so that the last part alone would read less.
            let noise: Vec<f32> = (0..FRAMES)
                .map(|frame| if frame < 90 && block % 2 == 0 { 1.0 } else { 0.1 } * (rng.f32() - 0.5))
                .collect();
            for (engine, parts) in engines.iter_mut().zip([vec![FRAMES], vec![100, 1, 200, 179]]) {
                engine.begin_block();
                let mut now = 0;
                for n in parts {
                    let feed = &noise[now..now + n];
                    let (mut left, mut right) = (vec![0.0; n], vec![0.0; n]);
                    let mut outputs =
                        Outputs { master: [&mut left, &mut right], groups: [const { None }; N_GROUPS] };
                    engine.continue_block(&[Some([feed, feed])], &mut outputs);
                    now += n;
                }
            }
            let read = engines.each_ref().map(|engine| {
                let levels = engine.levels();
                let reduced = engine.meters().strips[0];
                ([levels.input(0), levels.strip(0), levels.group(0), levels.master()], reduced)
            });
            assert_eq!(read[0], read[1], "block {block} at {engine_rate:?}");
            n_loud += usize::from(read[0].0[0].peak[0] > 0.3);
        }
        assert!(n_loud >= 20, "the test must hear loud parts: {n_loud}");
    }
}
