//! Our engine on one path, as a contestant.

use crate::work::{Mixer, Signal};
use busbar_engine::{Engine, MAX_STRIPS, Outputs, Settings, SimdPath, StereoIn};
use std::ops::Range;

/// An engine, ready to mix.
pub struct Ours(pub Engine);

impl Ours {
    /// At this rate with these settings.
    pub fn new(path: SimdPath, rate_hz: f64, settings: &Settings) -> Self {
        let mut engine = Engine::on_path(settings.strips.len(), path);
        engine.set(settings);
        engine.prepare(rate_hz).expect("the harness asks for rates that engines have");
        Self(engine)
    }
}

impl Mixer for Ours {
    fn mix(&mut self, signal: &Signal, frames: Range<usize>, output: &mut [Vec<f32>; 2]) {
        let mut feeds: [Option<StereoIn<'_>>; MAX_STRIPS] = [None; MAX_STRIPS];
        for (feed, [left, right]) in feeds.iter_mut().zip(&signal.feeds) {
            *feed = Some([&left[frames.clone()], &right[frames.clone()]]);
        }
        let [left, right] = output;
        let master = [&mut left[frames.clone()], &mut right[frames]];
        self.0.process(&feeds[..signal.feeds.len()], &mut Outputs { master, groups: [const { None }; 4] });
    }
}
