//! A delay of a fixed number of samples.

use std::mem::swap;

/// Remembers as many samples as it delays by.
#[derive(Clone, Debug)]
pub(crate) struct Delay {
    ring: Box<[f32]>,
    /// The oldest sample: the next to leave.
    at: usize,
}

impl Delay {
    /// By this many samples, filled with zeros. Allocates.
    pub(crate) fn new(n_samples: usize) -> Self {
        Self { ring: vec![0.0; n_samples].into(), at: 0 }
    }

    /// As if `value` had been coming in for ever.
    pub(crate) fn fill(&mut self, value: f32) {
        self.ring.fill(value);
        self.at = 0;
    }

    /// Puts samples in and, in their places, gives back those of before.
    pub(crate) fn run(&mut self, samples: &mut [f32]) {
        for sample in samples {
            let Some(oldest) = self.ring.get_mut(self.at) else { return };
            swap(oldest, sample);
            self.at = if self.at + 1 == self.ring.len() { 0 } else { self.at + 1 };
        }
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
}
