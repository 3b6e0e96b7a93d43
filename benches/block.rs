//! Feeds and outputs of one block, for the suites that run the engine.

use busbar_engine::{Engine, N_GROUPS, Outputs, Settings, SimdPath, StereoIn};
use std::hint::black_box;

/// Feeds, played over and over, and outputs of one block.
pub struct Block {
    feeds: Vec<[Vec<f32>; 2]>,
    outputs: Vec<[Vec<f32>; 2]>,
    /// Where the next block begins.
    at: usize,
}

impl Block {
    /// Noise in every feed.
    pub fn new(n_strips: usize, n_frames: usize) -> Self {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut noise = || (0..n_frames).map(|_| rng.f32() - 0.5).collect::<Vec<f32>>();
        let feeds = (0..n_strips).map(|_| [noise(), noise()]).collect();
        Self::of(feeds, n_frames)
    }

    /// Blocks of so many frames of these feeds. What is left at their end, and is no whole block, is not played.
    pub fn of(feeds: Vec<[Vec<f32>; 2]>, n_frames: usize) -> Self {
        let outputs = (0..=N_GROUPS).map(|_| [vec![0.0; n_frames], vec![0.0; n_frames]]).collect();
        Self { feeds, outputs, at: 0 }
    }

    /// Mixes the next one, with somebody listening to every group.
    pub fn process(&mut self, engine: &mut Engine) {
        let n_frames = self.outputs.first().map_or(0, |[left, _]| left.len());
        let shortest = self.feeds.iter().flatten().map(Vec::len).min().unwrap_or(n_frames);
        let now = self.at..self.at + n_frames;
        self.at = if now.end + n_frames <= shortest { now.end } else { 0 };
        let feeds: [Option<StereoIn<'_>>; 32] = std::array::from_fn(|idx| {
            self.feeds.get(idx).map(|sides| sides.each_ref().map(|side| &side[now.clone()]))
        });
        let mut outputs = self.outputs.iter_mut().map(|[left, right]| [&mut left[..], &mut right[..]]);
        let Some(master) = outputs.next() else { return };
        let mut outputs = Outputs { master, groups: std::array::from_fn(|_| outputs.next()) };
        engine.process(&feeds[..self.feeds.len()], black_box(&mut outputs));
    }
}

/// An engine at 48 kHz with these settings, on these instructions.
pub fn prepared(path: SimdPath, settings: &Settings) -> Engine {
    let mut engine = Engine::on_path(settings.strips.len(), path);
    engine.set(settings);
    engine.prepare(48_000.0).expect("48 kHz is a sample rate");
    engine
}
