//! Our limiter with 5 ms of lookahead, both sides linked, as a contestant.

use crate::work::{Mixer, RATE_HZ, Signal};
use busbar_engine::limiter::{Limiter, Lookahead};
use std::ops::Range;

/// The ceiling in dB re full scale. `faust/limiter.dsp` has it too.
const CEILING_DB: f32 = -1.0;

/// The release's time constant in ms. So does it that.
const RELEASE_MS: f32 = 100.0;

/// A limiter that takes the place of a mix of one strip.
pub struct OurLimiter(Limiter);

impl OurLimiter {
    /// Switched on.
    pub fn new() -> Self {
        let mut limiter = Limiter::new();
        limiter.set(CEILING_DB, RELEASE_MS, 100.0);
        limiter.set_on(true);
        limiter.prepare(RATE_HZ, Lookahead::Ms5);
        Self(limiter)
    }
}

impl Mixer for OurLimiter {
    fn mix(&mut self, signal: &Signal, frames: Range<usize>, output: &mut [Vec<f32>; 2]) {
        for (output, feed) in output.iter_mut().zip(&signal.feeds[0]) {
            output[frames.clone()].copy_from_slice(&feed[frames.clone()]);
        }
        let [left, right] = output;
        self.0.process(&mut left[frames.clone()], &mut right[frames]);
    }
}

/// Noise at full scale: it limits all the time.
pub fn signal(n_frames: usize) -> Signal {
    let mut signal = Signal::noise(1, n_frames, 3);
    signal.feeds.iter_mut().flatten().flatten().for_each(|sample| *sample *= 2.0);
    signal
}
