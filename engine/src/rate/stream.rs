//! Samples that wait between two rates.

use super::planar::Planar;
use crate::lanes::{MAGNITUDE_BITS, NON_FINITE_LIMIT};
use crate::simd::{SimdPath, on_path};

/// What is below this, 480 dB under full scale, is zero where rates meet: a filter's smallest coefficients would make subnormals
/// of it, which cost fifty times as much.
const FLOOR: f32 = 1e-24;

/// A queue of stereo channels, each in one piece.
pub(super) struct Stream {
    channels: Planar,
    /// The first frame that waits.
    read: usize,
    /// Behind the last one.
    write: usize,
}

impl Stream {
    pub(super) fn new(n_pairs: usize, capacity: usize) -> Self {
        Self { channels: Planar::new(n_pairs, capacity), read: 0, write: 0 }
    }

    /// Leaves as many zeros as told.
    pub(super) fn reset(&mut self, n_zeros: usize) {
        (self.read, self.write) = (0, n_zeros);
        self.channels.fill(0.0);
    }

    pub(super) fn channels(&self) -> &Planar {
        &self.channels
    }

    pub(super) fn channels_mut(&mut self) -> &mut Planar {
        &mut self.channels
    }

    pub(super) fn n_waiting(&self) -> usize {
        self.write - self.read
    }

    pub(super) fn read_position(&self) -> usize {
        self.read
    }

    pub(super) fn write_position(&self) -> usize {
        self.write
    }

    /// `n` frames behind the last ones in both channels of a pair, for which room was made. They wait after [`Stream::push`].
    pub(super) fn room(&mut self, pair_idx: usize, n: usize) -> [&mut [f32]; 2] {
        let start = self.write;
        self.channels.pair_mut(pair_idx).map(|side| &mut side[start..start + n])
    }

    /// `n` frames were written.
    pub(super) fn push(&mut self, n: usize) {
        self.write += n;
    }

    /// The first `n` frames of a pair.
    pub(super) fn front(&self, pair_idx: usize, n: usize) -> [&[f32]; 2] {
        self.channels.pair(pair_idx).map(|side| &side[self.read..self.read + n])
    }

    /// The first `n` frames were read.
    pub(super) fn pop(&mut self, n: usize) {
        self.read += n;
        if self.read == self.write {
            (self.read, self.write) = (0, 0);
        }
    }

    /// Forgets what waits in a pair.
    pub(super) fn silence(&mut self, pair_idx: usize) {
        self.channels.pair_mut(pair_idx).into_iter().for_each(|side| side.fill(0.0));
    }

    /// Makes sure that there is room for `n` frames in the pairs of a mask. What waits is moved only where it has to be.
    pub(super) fn make_room(&mut self, n: usize, pairs: u64) {
        if self.write + n <= self.channels.n_frames() {
            return;
        }
        for (pair_idx, pair) in self.channels.pairs_mut().enumerate() {
            if pairs & (1 << pair_idx) != 0 {
                pair.into_iter().for_each(|side| side.copy_within(self.read..self.write, 0));
            }
        }
        (self.read, self.write) = (0, self.write - self.read);
    }
}

/// Copies what is finite. Returns whether everything is.
pub(super) fn copy_finite(path: SimdPath, from: &[f32], to: &mut [f32]) -> bool {
    // As whole numbers, magnitudes keep their order, and what is not finite is above all others.
    on_path!(path, simd => {
        let mut largest = 0;
        for (to, from) in to.iter_mut().zip(from) {
            let magnitude = magnitude(*from);
            largest = largest.max(magnitude);
            let is_heard = magnitude >= FLOOR.to_bits() && magnitude < NON_FINITE_LIMIT.to_bits();
            *to = if is_heard { *from } else { 0.0 };
        }
        largest < NON_FINITE_LIMIT.to_bits()
    })
}

/// Copies with zeros in place of subnormals.
pub(super) fn copy_normal(path: SimdPath, from: &[f32], to: &mut [f32]) {
    on_path!(path, simd => {
        for (to, from) in to.iter_mut().zip(from) {
            *to = if magnitude(*from) >= f32::MIN_POSITIVE.to_bits() { *from } else { 0.0 };
        }
    });
}

/// Puts zeros in place of what is below the floor. Returns whether anything else is left.
pub(super) fn settle(path: SimdPath, samples: &mut [f32]) -> bool {
    on_path!(path, simd => {
        let mut largest = 0;
        for sample in samples {
            let magnitude = magnitude(*sample);
            largest = largest.max(magnitude);
            *sample = if magnitude >= FLOOR.to_bits() { *sample } else { 0.0 };
        }
        largest >= FLOOR.to_bits()
    })
}

#[inline(always)]
fn magnitude(sample: f32) -> u32 {
    sample.to_bits() & MAGNITUDE_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_in_order_wherever_it_lies() {
        let mut stream = Stream::new(1, 16);
        stream.reset(3);
        let (mut next_in, mut expected) = (1.0, vec![0.0; 3]);
        for n in [5, 1, 7, 4, 3, 7] {
            stream.make_room(n, 1);
            let [left, right] = stream.room(0, n);
            for (left, right) in left.iter_mut().zip(right) {
                (*left, *right) = (next_in, -next_in);
                expected.push(next_in);
                next_in += 1.0;
            }
            stream.push(n);
            assert_eq!(stream.n_waiting(), n + 3);
            let read: Vec<f32> = expected.drain(..n).collect();
            let [left, right] = stream.front(0, n);
            assert_eq!(left, read);
            assert!(left.iter().zip(right).all(|(left, right)| *left == -right));
            stream.pop(n);
        }
    }

    #[test]
    fn only_what_is_finite_and_heard_gets_through() {
        for path in SimdPath::all() {
            let mut to = [7.0; 7];
            let from = [0.5, -0.0, 1e-25, f32::NAN, f32::NEG_INFINITY, 1e12, -1e11];
            assert!(!copy_finite(path, &from, &mut to));
            assert_eq!(to, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, -1e11]);
            assert!(copy_finite(path, &from[..3], &mut to));
            copy_normal(path, &[1e-40, -1e-30, 0.5], &mut to);
            assert_eq!(to[..3], [0.0, -1e-30, 0.5]);
            assert!(settle(path, &mut to[..3]));
            assert_eq!(to[..3], [0.0, 0.0, 0.5]);
            assert!(!settle(path, &mut [1e-30, -0.0]));
        }
    }
}
