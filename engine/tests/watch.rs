//! One strip's samples for whoever looks at them.

use busbar_engine::{Engine, Outputs, Settings};
use fastrand::Rng;

type Stereo = [Vec<f32>; 2];

fn noise(seed: u64, n: usize) -> Stereo {
    let mut rng = Rng::with_seed(seed);
    std::array::from_fn(|_| (0..n).map(|_| rng.f32() - 0.5).collect())
}

/// Plays into two strips of sixteen in random blocks, and returns the master and what was watched.
fn play(engine: &mut Engine, feeds: [(usize, &Stereo); 2], seed: u64) -> (Stereo, Stereo) {
    let mut rng = Rng::with_seed(seed);
    let n_frames = feeds[0].1[0].len();
    let (mut mix, mut watched): (Stereo, Stereo) = ([vec![], vec![]], [vec![], vec![]]);
    while mix[0].len() < n_frames {
        let start = mix[0].len();
        let end = n_frames.min(start + rng.usize(1..=200));
        let mut inputs = [None; 16];
        for (strip_idx, feed) in feeds {
            inputs[strip_idx] = Some([&feed[0][start..end], &feed[1][start..end]]);
        }
        let [mut left, mut right] = [vec![0.0; end - start], vec![0.0; end - start]];
        engine
            .process(&inputs, &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] });
        for (mix, side) in mix.iter_mut().zip([left, right]) {
            mix.extend(side);
        }
        for (watched, side) in watched.iter_mut().zip(engine.watched()) {
            watched.extend(side);
        }
        engine.forget_watched();
    }
    (mix, watched)
}

fn engine(settings: &Settings) -> Engine {
    let mut engine = Engine::new(16);
    engine.prepare(48_000.0).expect("a rate");
    engine.set(settings);
    engine
}

#[test]
fn a_strip_at_defaults_is_seen_as_it_came_and_the_mix_does_not_change() {
    let (first, second) = (noise(1, 5_000), noise(2, 5_000));
    let feeds = [(3, &first), (12, &second)];
    let settings = Settings::new(16);
    let (mix, nothing) = play(&mut engine(&settings), feeds, 7);
    assert!(nothing[0].is_empty() && mix[0].iter().any(|sample| *sample != 0.0));
    for (seed, strip_idx, feed) in [(7, 3, &first), (8, 12, &second)] {
        let mut engine = engine(&settings);
        engine.watch(Some(strip_idx));
        let (watched_mix, watched) = play(&mut engine, feeds, seed);
        assert_eq!(watched, *feed, "strip {strip_idx}");
        assert_eq!(watched_mix, mix, "strip {strip_idx}");
    }
}

#[test]
fn it_is_seen_behind_its_stages_and_pan_and_before_its_fader_and_mute() {
    let (first, second) = (noise(1, 5_000), noise(2, 5_000));
    let mut settings = Settings::new(16);
    settings.strips[12].high_pass.on = true;
    settings.strips[12].pan_percent = 40.0;
    settings.strips[3].mute = true;
    let (alone, _) = play(&mut engine(&settings), [(3, &first), (12, &second)], 3);
    settings.strips[12].mute = true;
    settings.strips[12].fader_db = -20.0;
    let mut engine = engine(&settings);
    engine.watch(Some(12));
    let (mix, watched) = play(&mut engine, [(3, &first), (12, &second)], 4);
    assert!(mix.iter().flatten().all(|sample| *sample == 0.0), "all strips are muted");
    assert_eq!(watched, alone);
}

#[test]
fn silence_and_strips_that_do_not_exist_are_seen_as_silence() {
    let feed = noise(1, 3_000);
    let mut engine = engine(&Settings::new(16));
    for strip_idx in [15, 16, 99] {
        engine.watch(Some(strip_idx));
        let (_, watched) = play(&mut engine, [(0, &feed), (1, &feed)], 5);
        assert_eq!(watched, [vec![0.0; 3_000], vec![0.0; 3_000]]);
    }
    engine.watch(None);
    assert!(engine.watched()[0].is_empty());
}

#[test]
fn what_nobody_fetches_waits_up_to_a_limit_and_another_strip_begins_anew() {
    let feed = noise(1, 20_000);
    let mut engine = engine(&Settings::new(16));
    engine.watch(Some(0));
    let mut sides = [vec![0.0; 20_000], vec![0.0; 20_000]];
    let [left, right] = &mut sides;
    engine.process(
        &[Some([&feed[0], &feed[1]])],
        &mut Outputs { master: [left, right], groups: [const { None }; 4] },
    );
    assert_eq!(engine.watched()[0], &feed[0][..8_192]);
    engine.watch(Some(0));
    assert_eq!(engine.watched()[0].len(), 8_192, "the same strip");
    engine.watch(Some(1));
    assert!(engine.watched()[0].is_empty());
    engine.watch(Some(0));
    let [left, right] = &mut sides;
    engine.process(
        &[Some([&feed[0][..10], &feed[1][..10]])],
        &mut Outputs { master: [left, right], groups: [const { None }; 4] },
    );
    engine.reset();
    assert!(engine.watched()[0].is_empty(), "a reset forgets it");
}
