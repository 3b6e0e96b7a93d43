//! Delays of a fixed number of samples, which cost nothing while what goes through them stays the same.

use crate::lanes::LANES;

/// Remembers as many samples as it delays by.
#[derive(Clone, Debug)]
pub(crate) struct Delay {
    ring: Box<[f32]>,
    /// The oldest sample: the next to leave.
    at: usize,
    /// What went in last, and how often in a row, as far as that is known.
    same: f32,
    n_same: usize,
}

impl Delay {
    /// By this many samples, filled with zeros. Allocates.
    pub(crate) fn new(n_samples: usize) -> Self {
        Self { ring: vec![0.0; n_samples].into(), at: 0, same: 0.0, n_same: n_samples }
    }

    /// As if `value` had been coming in for ever.
    pub(crate) fn fill(&mut self, value: f32) {
        self.ring.fill(value);
        self.at = 0;
        self.same = value;
        self.n_same = self.ring.len();
    }

    /// Puts samples in and, in their places, gives back those of before.
    pub(crate) fn run(&mut self, samples: &mut [f32]) {
        self.n_same = 0;
        self.exchange(samples);
    }

    /// The same, of samples that are all `value`. Returns true, and leaves `samples` alone, if what leaves is that value, too.
    pub(crate) fn run_same(&mut self, value: f32, samples: &mut [f32]) -> bool {
        if self.holds(value) {
            return true;
        }
        if value != self.same {
            self.same = value;
            self.n_same = 0;
        }
        self.n_same += samples.len();
        samples.fill(value);
        self.exchange(samples);
        false
    }

    /// Whether it delays by nothing at all.
    #[inline]
    pub(crate) fn is_nothing(&self) -> bool {
        self.ring.is_empty()
    }

    /// Whether all that is in it is this value.
    #[inline]
    pub(crate) fn holds(&self, value: f32) -> bool {
        self.is_nothing() || value == self.same && self.n_same >= self.ring.len()
    }

    fn exchange(&mut self, mut samples: &mut [f32]) {
        if self.ring.is_empty() {
            return;
        }
        while !samples.is_empty() {
            let n = samples.len().min(self.ring.len() - self.at);
            let (now, later) = samples.split_at_mut(n);
            self.ring[self.at..self.at + n].swap_with_slice(now);
            self.at = if self.at + n == self.ring.len() { 0 } else { self.at + n };
            samples = later;
        }
    }
}

/// The same for the gains of a group of lanes.
#[derive(Clone, Debug)]
pub(crate) struct LaneDelay {
    ring: Box<[[f32; LANES]]>,
    at: usize,
    /// How many frames in a row went in with every lane where it was going.
    n_settled: usize,
}

impl LaneDelay {
    /// By this many samples. Allocates.
    pub(crate) fn new(n_samples: usize) -> Self {
        Self { ring: vec![[0.0; LANES]; n_samples].into(), at: 0, n_settled: n_samples }
    }

    /// As if `value` had been coming in for ever in one lane.
    pub(crate) fn fill_lane(&mut self, lane: usize, value: f32) {
        self.ring.iter_mut().for_each(|frame| frame[lane] = value);
    }

    /// Every lane has been where it was going for ever.
    pub(crate) fn settle(&mut self) {
        self.n_settled = self.ring.len();
    }

    /// Whether all that is in it is where lanes were going.
    pub(crate) fn is_settled(&self) -> bool {
        self.n_settled >= self.ring.len()
    }

    /// Puts frames in, of which the first `n_moving` may not be where they go, and gives back those of before.
    pub(crate) fn run(&mut self, mut frames: &mut [[f32; LANES]], n_moving: usize) {
        let n_settled = if n_moving == 0 { self.n_settled } else { 0 };
        self.n_settled = n_settled + frames.len().saturating_sub(n_moving);
        while !frames.is_empty() {
            let n = frames.len().min(self.ring.len() - self.at);
            let (now, later) = frames.split_at_mut(n);
            self.ring[self.at..self.at + n].swap_with_slice(now);
            self.at = if self.at + n == self.ring.len() { 0 } else { self.at + n };
            frames = later;
        }
    }
}

/// Settings that count some tiles later than they are wanted.
#[derive(Clone, Debug)]
pub(crate) struct LateSettings<T> {
    ring: Box<[T]>,
    at: usize,
}

impl<T: Copy> LateSettings<T> {
    /// By this many tiles, of which all have wanted `value`. Allocates.
    pub(crate) fn new(n_tiles: usize, value: T) -> Self {
        Self { ring: vec![value; n_tiles].into(), at: 0 }
    }

    /// As if `value` had been wanted for ever.
    pub(crate) fn fill(&mut self, value: T) {
        self.ring.fill(value);
    }

    /// At a border: what is wanted, for what counts.
    pub(crate) fn exchange(&mut self, wanted: T) -> T {
        let n_tiles = self.ring.len();
        let Some(oldest) = self.ring.get_mut(self.at) else { return wanted };
        self.at = (self.at + 1) % n_tiles;
        std::mem::replace(oldest, wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_back_when_it_should() {
        for n_samples in [0, 1, 7, 81] {
            let mut delay = Delay::new(n_samples);
            delay.fill(-1.0);
            let mut count = 0;
            for n in [1, 5, 32, 32, 3, 32, 32] {
                let mut samples: Vec<f32> = (count..count + n).map(|i| i as f32).collect();
                delay.run(&mut samples);
                for (i, sample) in samples.iter().enumerate() {
                    let want = (count + i).checked_sub(n_samples).map_or(-1.0, |i| i as f32);
                    assert_eq!(*sample, want, "{n_samples}");
                }
                count += n;
            }
        }
    }

    #[test]
    fn what_stays_the_same_comes_back_as_if_it_had_gone_through() {
        let mut rng = fastrand::Rng::with_seed(1);
        for n_samples in [0, 1, 40, 100] {
            let (mut delay, mut plain) = (Delay::new(n_samples), Delay::new(n_samples));
            let mut n_skipped = 0;
            for _ in 0..500 {
                let n = rng.usize(1..=32);
                let mut expected = [0.0; 32];
                let mut got = [0.0; 32];
                if rng.u8(..) < 8 {
                    expected.fill_with(|| rng.f32());
                    got = expected;
                    delay.run(&mut got[..n]);
                } else {
                    let value = f32::from(u8::from(rng.u8(..) < 8));
                    expected.fill(value);
                    if delay.run_same(value, &mut got[..n]) {
                        n_skipped += 1;
                        got.fill(value);
                    }
                }
                plain.run(&mut expected[..n]);
                assert_eq!(got[..n], expected[..n], "{n_samples}");
            }
            assert!(n_skipped > 100, "nothing was skipped: {n_skipped}");
        }
    }
}
