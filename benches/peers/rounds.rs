//! Time, fairly: rounds in which everybody has a turn, in an order drawn anew each time, and medians over rounds.
//!
//! What slows the machine for a while then slows all alike. A turn begins with a pass that is not timed, which brings back what
//! the others drove out of caches and predictors.

use crate::clock::thread_time;

/// Passes of a turn that are timed.
const TIMED_PASSES: usize = 3;

/// Somebody who is timed.
pub struct Contestant<'a> {
    /// Runs over the whole signal once.
    pass: Box<dyn FnMut() + 'a>,
    blocks_per_pass: usize,
    micros: Vec<f64>,
}

impl<'a> Contestant<'a> {
    /// One whose pass has that many blocks.
    pub fn new(blocks_per_pass: usize, pass: impl FnMut() + 'a) -> Self {
        Self { pass: Box::new(pass), blocks_per_pass, micros: Vec::new() }
    }

    fn turn(&mut self) {
        (self.pass)();
        let start = thread_time();
        (0..TIMED_PASSES).for_each(|_| (self.pass)());
        let blocks = (TIMED_PASSES * self.blocks_per_pass) as f64;
        self.micros.push((thread_time() - start).as_secs_f64() * 1e6 / blocks);
    }
}

/// The median time of a block in µs, of each contestant.
pub fn medians(contestants: &mut [Contestant<'_>], n_rounds: usize) -> Vec<f64> {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut order: Vec<usize> = (0..contestants.len()).collect();
    for _ in 0..n_rounds {
        rng.shuffle(&mut order);
        order.iter().for_each(|&idx| contestants[idx].turn());
    }
    contestants.iter_mut().map(|contestant| median(&mut contestant.micros)).collect()
}

/// The middle one; the upper one of two.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
