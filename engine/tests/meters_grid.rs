//! Meters beside the sound: no cut of the stream changes a bit of them, nothing is allocated for them, silence ends them, and what is
//! broken does not stay.

mod support;

use busbar_engine::{Ballistics, Engine, Levels, Loudness, N_GROUPS, Outputs, Settings, Tap};
use fastrand::Rng;
use support::random::{Automation, session};
use support::{Mix, Session, process};

/// All figures of all taps, as bits.
fn bits(levels: Levels<'_>, n_strips: usize) -> Vec<u32> {
    let mut taps: Vec<(Loudness, [f32; 2])> =
        (0..n_strips).map(|idx| (levels.strip_loudness(idx), levels.needle(Tap::Strip(idx)))).collect();
    taps.extend((0..N_GROUPS).map(|idx| (levels.group_loudness(idx), levels.needle(Tap::Group(idx)))));
    taps.push((levels.master_loudness(), levels.needle(Tap::Master)));
    let mut figures = Vec::new();
    for (loudness, needle) in taps {
        let Loudness {
            momentary_lufs,
            short_term_lufs,
            integrated_lufs,
            range_lu,
            max_momentary_lufs,
            max_short_term_lufs,
            true_peak,
            correlation,
        } = loudness;
        figures.extend([momentary_lufs, short_term_lufs, integrated_lufs, range_lu]);
        figures.extend([max_momentary_lufs, max_short_term_lufs, correlation]);
        figures.extend(true_peak);
        figures.extend(needle);
    }
    figures.into_iter().map(f32::to_bits).collect()
}

/// Runs a session and reads all figures at the end of each of its tenths, restarting after the third.
fn figures(session: &Session, cuts: &mut dyn FnMut() -> usize) -> Vec<Vec<u32>> {
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(session.n_frames);
    let stops: Vec<usize> = (1..=10).map(|tenth| session.n_frames * tenth / 10).collect();
    let mut read = Vec::new();
    let mut events = session.events.iter().peekable();
    let mut now = 0;
    while now < session.n_frames {
        while let Some(event) = events.next_if(|event| event.at == now) {
            engine.set(&event.settings);
        }
        let stop = *stops.iter().find(|stop| **stop > now).expect("the end is a stop");
        let next = events.peek().map_or(session.n_frames, |event| event.at).min(stop);
        let len = cuts().min(next - now);
        process(&mut engine, &session.inputs, &mut mix, now, len);
        now += len;
        if now == stop {
            read.push(bits(engine.levels(), session.inputs.len()));
            if read.len() == 3 {
                engine.restart_loudness();
            }
        }
    }
    read
}

#[test]
fn no_cut_changes_a_bit() {
    let mut rng = Rng::with_seed(81);
    for ballistics in Ballistics::ALL {
        // Needles that show the last block's peak depend on what a block is.
        let wanted = if ballistics == Ballistics::Peak { Ballistics::Vu } else { ballistics };
        let mut session = session(&mut rng, 9, 40_000, Automation::every(1_500));
        session.always(|settings| settings.meters.ballistics = wanted);
        let want = figures(&session, &mut || usize::MAX);
        for longest in [3, 40, 300] {
            let mut cut = Rng::with_seed(longest as u64);
            let got = figures(&session, &mut || cut.usize(1..=longest));
            assert_eq!(got, want, "{wanted:?} in blocks of up to {longest}");
        }
        assert_eq!(want.len(), 10);
    }
}

#[test]
fn levels_do_not_depend_on_whether_loudness_is_measured() {
    let mut rng = Rng::with_seed(83);
    let mut measured = session(&mut rng, 9, 20_000, Automation::every(1_500));
    measured.always(|settings| settings.meters.ballistics = Ballistics::Vu);
    let run = |session: &Session| {
        let mut engine = session.fresh_engine();
        let mut mix = Mix::unwritten(session.n_frames);
        let (mut read, mut now) = (Vec::new(), 0);
        let mut events = session.events.iter().peekable();
        while now < session.n_frames {
            while let Some(event) = events.next_if(|event| event.at == now) {
                engine.set(&event.settings);
            }
            let next = events.peek().map_or(session.n_frames, |event| event.at);
            let len = (next - now).min(100);
            process(&mut engine, &session.inputs, &mut mix, now, len);
            now += len;
            let levels = engine.levels();
            read.extend((0..9).map(|idx| (levels.strip(idx), levels.needle(Tap::Strip(idx)))));
            read.push((levels.group(0), levels.needle(Tap::Group(0))));
            read.push((levels.master(), levels.needle(Tap::Master)));
        }
        (read, engine.levels().master_loudness())
    };
    let (with, loudness) = run(&measured);
    assert!(loudness.true_peak[0] > 0.0, "{loudness:?}");
    measured.always(|settings| settings.meters.loudness = false);
    let (without, loudness) = run(&measured);
    assert!(without == with);
    assert_eq!(loudness, Loudness::SILENCE);
}

#[test]
fn silence_ends_everything_but_what_was() {
    let mut engine = Engine::new(1);
    engine.prepare(48_000.0).expect("a rate that is allowed");
    let mut settings = Settings::new(1);
    settings.meters.ballistics = Ballistics::Vu;
    engine.set(&settings);
    let mut rng = Rng::with_seed(82);
    let noise: Vec<f32> = (0..200_000).map(|_| rng.f32() - 0.5).collect();
    let (mut left, mut right) = (vec![0.0; 48_000 * 20], vec![0.0; 48_000 * 20]);
    let mut run = |engine: &mut Engine, feed: Option<&[f32]>, n: usize| {
        let outputs = &mut Outputs { master: [&mut left[..n], &mut right[..n]], groups: [const { None }; 4] };
        engine.process(&[feed.map(|feed| [feed, feed])], outputs);
        let levels = engine.levels();
        [(Tap::Strip(0), levels.strip_loudness(0)), (Tap::Master, levels.master_loudness())]
            .map(|(tap, loudness)| (levels.needle(tap), loudness))
    };
    let sounding = run(&mut engine, Some(&noise), 200_000);
    for (after, (_, before)) in run(&mut engine, None, 48_000 * 20).into_iter().zip(sounding) {
        let (needle, after) = after;
        assert_eq!(needle, [f32::NEG_INFINITY; 2]);
        assert_eq!((after.momentary_lufs, after.short_term_lufs), (f32::NEG_INFINITY, f32::NEG_INFINITY));
        assert_eq!((after.correlation, after.true_peak), (0.0, before.true_peak));
        // Blocks in which the noise ends count too: four of 42.
        assert!((after.integrated_lufs - before.integrated_lufs).abs() < 0.3, "{after:?} {before:?}");
        assert_eq!(after.max_momentary_lufs, before.max_momentary_lufs);
    }
}

#[test]
fn what_is_broken_does_not_stay() {
    let mut engine = Engine::new(2);
    engine.prepare(48_000.0).expect("a rate that is allowed");
    let mut rng = Rng::with_seed(83);
    let mut noise: Vec<f32> = (0..48_000).map(|_| rng.f32() - 0.5).collect();
    let mut broken = noise.clone();
    for (frame, bad) in [(1_000, f32::NAN), (5_000, f32::INFINITY), (9_000, 9e11), (9_001, -9e11)] {
        broken[frame] = bad;
    }
    for _ in 0..2 {
        let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
        engine.process(
            &[Some([&broken, &broken]), Some([&noise, &noise])],
            &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] },
        );
        engine.restart_loudness();
        std::mem::swap(&mut broken, &mut noise);
        noise = broken.clone();
    }
    // Thirty times the memory of the levels: what a sum was held to has gone.
    let (mut left, mut right) = (vec![0.0; 480_000], vec![0.0; 480_000]);
    let feed: Vec<f32> = (0..480_000).map(|_| rng.f32() - 0.5).collect();
    engine.restart_loudness();
    engine.process(
        &[Some([&feed, &feed]), Some([&feed, &feed])],
        &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] },
    );
    let levels = engine.levels();
    let [a, b] = [0, 1].map(|idx| levels.strip_loudness(idx));
    assert!(
        a.integrated_lufs.is_finite() && (a.integrated_lufs - b.integrated_lufs).abs() < 1e-3,
        "{a:?} {b:?}"
    );
    assert!((a.correlation - 1.0).abs() < 1e-3 && (b.correlation - 1.0).abs() < 1e-3, "{a:?} {b:?}");
    let [a_squares, b_squares] = [0, 1].map(|idx| levels.strip(idx).mean_square);
    for (a, b) in a_squares.into_iter().zip(b_squares) {
        assert!(b > 0.05 && (a / b - 1.0).abs() < 1e-3, "{a_squares:?} {b_squares:?}");
    }
    assert!(a.max_short_term_lufs.is_finite() && levels.master_loudness().integrated_lufs.is_finite());
}
