//! `process` is total: whatever slices it is given, it does what can be done and writes nowhere else.

mod support;

use busbar_engine::{Engine, N_GROUPS, Outputs, SendSettings, Settings};
use fastrand::Rng;
use support::{Stereo, UNWRITTEN};

/// Feeds and outputs whose ten-odd slices each have a length of their own.
struct Ragged {
    inputs: Vec<Option<Stereo>>,
    /// Master and groups; `None` is a group nobody listens to.
    outputs: [Option<Stereo>; 1 + N_GROUPS],
}

impl Ragged {
    /// The shortest slice among the outputs and the feeds of the first `n_strips`.
    fn n_frames(&self, n_strips: usize) -> usize {
        let inputs = self.inputs.iter().take(n_strips);
        inputs.chain(&self.outputs).flatten().flatten().map(Vec::len).min().expect("a master output")
    }

    fn process(&mut self, engine: &mut Engine) {
        let inputs: Vec<_> = self
            .inputs
            .iter()
            .map(|feed| feed.as_ref().map(|feed| feed.each_ref().map(Vec::as_slice)))
            .collect();
        let [master, groups @ ..] = &mut self.outputs;
        let mut outputs = Outputs {
            master: master.as_mut().expect("a master output").each_mut().map(Vec::as_mut_slice),
            groups: groups
                .each_mut()
                .map(|group| group.as_mut().map(|group| group.each_mut().map(Vec::as_mut_slice))),
        };
        engine.process(&inputs, &mut outputs);
    }
}

/// Mostly about 100 frames; now and then hardly any, or none.
fn length(rng: &mut Rng) -> usize {
    match rng.u8(0..40) {
        0 => 0,
        1 => 1,
        _ => rng.usize(90..110),
    }
}

fn ragged(rng: &mut Rng, n_inputs: usize) -> Ragged {
    let mut filled_with = |value: f32| -> Stereo { std::array::from_fn(|_| vec![value; length(rng)]) };
    let mut inputs: Vec<Option<Stereo>> = (0..n_inputs).map(|_| Some(filled_with(0.5))).collect();
    let mut outputs = std::array::from_fn(|_| Some(filled_with(UNWRITTEN)));
    for slot in inputs.iter_mut().chain(&mut outputs[1..]) {
        if rng.u8(0..4) == 0 {
            *slot = None;
        }
    }
    Ragged { inputs, outputs }
}

fn everything_connected(n_strips: usize) -> Settings {
    let mut settings = Settings::new(n_strips);
    for strip in &mut settings.strips {
        strip.sends = [SendSettings::unity(true); 5];
    }
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    settings
}

/// Any lengths, fewer or more feeds than strips: the shortest slice's frames are written, exactly, and no others.
#[test]
fn ragged_slices_are_processed_as_far_as_the_shortest_goes() {
    let mut rng = Rng::with_seed(100);
    let (mut n_empty, mut n_written) = (0, 0);
    for _ in 0..3000 {
        let n_strips = rng.usize(1..=20);
        // Feeds beyond the strips are nobody's: whether their lengths count is left open, so none is short here.
        let n_inputs = rng.usize(..=n_strips);
        let mut ragged = ragged(&mut rng, n_inputs);
        if rng.u8(0..4) == 0 {
            while ragged.inputs.len() < n_strips + 3 {
                ragged.inputs.push(Some([vec![0.5; 200], vec![0.5; 200]]));
            }
        }
        let n_frames = ragged.n_frames(n_strips);
        let n_feeds = ragged.inputs.iter().take(n_strips).flatten().count();
        let mut engine = Engine::new(n_strips);
        engine.prepare(48_000.0).expect("a sample rate that the engine takes");
        engine.set(&everything_connected(n_strips));
        ragged.process(&mut engine);
        n_empty += usize::from(n_frames == 0);
        n_written += n_frames;
        for (bus_idx, bus) in ragged.outputs.iter().flatten().enumerate() {
            for channel in bus {
                let (written, rest) = channel.split_at(n_frames);
                let expected = 0.5 * n_feeds as f32;
                assert!(written.iter().all(|sample| *sample == expected), "bus {bus_idx}: not {expected}");
                assert!(
                    rest.iter().all(|sample| *sample == UNWRITTEN),
                    "bus {bus_idx}: written beyond {n_frames}"
                );
            }
        }
        assert_eq!(engine.quarantined_strips(), 0);
    }
    assert!(n_empty > 100 && n_written > 50_000, "{n_empty} empty, {n_written} frames");
}

/// Feeds beyond the strips may be as short as they like: no panic, and nothing is written past the other slices.
#[test]
fn feeds_that_belong_to_no_strip_do_no_harm() {
    for len in [0, 1, 50, 1000] {
        let mut engine = Engine::new(2);
        engine.prepare(48_000.0).expect("a sample rate that the engine takes");
        let long = || Some([vec![0.25; 100], vec![0.25; 100]]);
        let mut ragged = Ragged {
            inputs: vec![long(), long(), Some([vec![0.5; len], vec![0.5; 100]]), None],
            outputs: [long(), None, long(), None, None],
        };
        ragged.process(&mut engine);
        let master = ragged.outputs[0].as_ref().expect("the master");
        assert!(
            master.iter().flatten().all(|sample| *sample == 0.5 || *sample == 0.25),
            "a stray feed is heard"
        );
    }
}

/// After a block that was cut short, time went on by what was processed, and no more.
#[test]
fn time_passes_by_the_frames_that_were_processed() {
    let mut rng = Rng::with_seed(101);
    let mut settings = Settings::new(1);
    let mut engine = Engine::new(1);
    engine.prepare(48_000.0).expect("a sample rate that the engine takes");
    engine.set(&settings);
    let mut heard = Vec::new();
    let mut n_frames_before = 0;
    while heard.len() < 2000 {
        if n_frames_before == 0 && heard.len() > 100 {
            settings.strips[0].fader_db = f32::NEG_INFINITY;
            engine.set(&settings);
            n_frames_before = heard.len();
        }
        let mut ragged = Ragged {
            inputs: vec![Some([vec![1.0; length(&mut rng)], vec![1.0; length(&mut rng)]])],
            outputs: [
                Some([vec![0.0; length(&mut rng)], vec![0.0; length(&mut rng)]]),
                None,
                None,
                None,
                None,
            ],
        };
        let n_frames = ragged.n_frames(1);
        ragged.process(&mut engine);
        heard.extend_from_slice(&ragged.outputs[0].as_ref().expect("the master")[0][..n_frames]);
    }
    assert!(n_frames_before > 0);
    for (frame, sample) in heard.into_iter().enumerate() {
        let left =
            if frame < n_frames_before { 720 } else { 719_usize.saturating_sub(frame - n_frames_before) };
        // One rounding of a number under 1, and one of the gain.
        assert!((f64::from(sample) - left as f64 / 720.0).abs() < 2e-7, "frame {frame}: {sample}");
    }
}

#[test]
fn no_feeds_at_all_are_silence() {
    for n_strips in [1, 8, 11, 64] {
        let mut engine = Engine::new(n_strips);
        engine.prepare(48_000.0).expect("a sample rate that the engine takes");
        engine.set(&everything_connected(n_strips));
        let bus = || Some([vec![UNWRITTEN; 100], vec![UNWRITTEN; 100]]);
        for n_inputs in [0, n_strips / 2, n_strips] {
            let mut ragged = Ragged { inputs: vec![None; n_inputs], outputs: std::array::from_fn(|_| bus()) };
            ragged.process(&mut engine);
            assert!(ragged.outputs.iter().flatten().flatten().flatten().all(|sample| *sample == 0.0));
        }
    }
}

/// Nobody promised to call `prepare` first, or to send as many strips as there are.
#[test]
fn wrong_order_and_wrong_sizes_do_no_harm() {
    let mut rng = Rng::with_seed(102);
    for n_strips in 1..=64 {
        let mut engine = Engine::new(n_strips);
        for n_settings in [0, 1, n_strips, n_strips + 1, 100] {
            let mut ragged = ragged(&mut rng, n_strips);
            ragged.process(&mut engine);
            engine.set(&everything_connected(n_settings));
            ragged.process(&mut engine);
            engine.clear_quarantined(u64::MAX);
            engine.reset();
        }
        assert_eq!(engine.latency_samples(), 0);
    }
}

/// A snapshot of another size: strips that the engine lacks count for nothing, not even for solo, and strips that the
/// snapshot lacks are at their defaults.
#[test]
fn snapshots_of_another_size_are_taken_as_far_as_they_go() {
    let mix = |settings: &Settings| {
        let mut engine = Engine::new(2);
        engine.prepare(48_000.0).expect("a sample rate that the engine takes");
        engine.set(&everything_connected(2));
        engine.set(settings);
        let feed = |value: f32| Some([vec![value; 10], vec![value; 10]]);
        let mut ragged = Ragged {
            inputs: vec![feed(0.5), feed(0.25)],
            outputs: [feed(UNWRITTEN), None, None, None, None],
        };
        ragged.process(&mut engine);
        ragged.outputs[0].as_ref().expect("the master")[0][9]
    };
    let mut longer = Settings::new(5);
    longer.strips[3].solo = true;
    longer.strips[0].mute = true;
    assert_eq!(mix(&longer), 0.25);
    let mut shorter = Settings::new(1);
    shorter.strips[0].invert_polarity = true;
    assert_eq!(mix(&shorter), -0.25);
    assert_eq!(mix(&Settings::new(0)), 0.75);
}
