//! Feeds and outputs of one block, for the suites that run the engine.

use busbar_engine::{Engine, N_GROUPS, Outputs, Settings, StereoIn};
use std::hint::black_box;

/// Feeds and outputs of one block.
pub struct Block {
    feeds: Vec<[Vec<f32>; 2]>,
    outputs: Vec<[Vec<f32>; 2]>,
}

impl Block {
    /// Noise in every feed.
    pub fn new(n_strips: usize, n_frames: usize) -> Self {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut noise = || (0..n_frames).map(|_| rng.f32() - 0.5).collect::<Vec<f32>>();
        let feeds = (0..n_strips).map(|_| [noise(), noise()]).collect();
        let outputs = (0..=N_GROUPS).map(|_| [vec![0.0; n_frames], vec![0.0; n_frames]]).collect();
        Self { feeds, outputs }
    }

    /// Mixes it, with somebody listening to every group.
    pub fn process(&mut self, engine: &mut Engine) {
        let feeds: [Option<StereoIn<'_>>; 32] =
            std::array::from_fn(|idx| self.feeds.get(idx).map(|[left, right]| [&left[..], &right[..]]));
        let mut outputs = self.outputs.iter_mut().map(|[left, right]| [&mut left[..], &mut right[..]]);
        let Some(master) = outputs.next() else { return };
        let mut outputs = Outputs { master, groups: std::array::from_fn(|_| outputs.next()) };
        engine.process(&feeds[..self.feeds.len()], black_box(&mut outputs));
    }
}

/// An engine at 48 kHz with these settings.
pub fn prepared(settings: &Settings) -> Engine {
    let mut engine = Engine::new(settings.strips.len());
    engine.set(settings);
    engine.prepare(48_000.0).expect("48 kHz is a sample rate");
    engine
}
