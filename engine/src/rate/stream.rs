//! Samples that wait between two rates.

use crate::lanes::NON_FINITE_LIMIT;

/// What is below this, 480 dB under full scale, is zero where rates meet: a filter's smallest coefficients would make subnormals
/// of it, which cost fifty times as much.
const FLOOR: f32 = 1e-24;

/// A queue of channels, each in one piece.
pub(super) struct Stream {
    /// Indexed by `[channel_idx][frame_idx]`.
    channels: Vec<Vec<f32>>,
    /// The first frame that waits.
    read: usize,
    /// Behind the last one.
    write: usize,
}

impl Stream {
    pub(super) fn new(n_channels: usize, capacity: usize) -> Self {
        Self { channels: vec![vec![0.0; capacity]; n_channels], read: 0, write: 0 }
    }

    /// Leaves as many zeros as told.
    pub(super) fn reset(&mut self, n_zeros: usize) {
        (self.read, self.write) = (0, n_zeros);
        self.channels.iter_mut().for_each(|channel| channel.fill(0.0));
    }

    pub(super) fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    pub(super) fn channels_mut(&mut self) -> &mut [Vec<f32>] {
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
        let frames = self.write..self.write + n;
        match &mut self.channels[2 * pair_idx..] {
            [left, right, ..] => [&mut left[frames.clone()], &mut right[frames]],
            _ => [&mut [], &mut []],
        }
    }

    /// `n` frames were written.
    pub(super) fn push(&mut self, n: usize) {
        self.write += n;
    }

    /// The first `n` frames of a pair.
    pub(super) fn front(&self, pair_idx: usize, n: usize) -> [&[f32]; 2] {
        let frames = self.read..self.read + n;
        [&self.channels[2 * pair_idx][frames.clone()], &self.channels[2 * pair_idx + 1][frames]]
    }

    /// The first `n` frames were read.
    pub(super) fn pop(&mut self, n: usize) {
        self.read += n;
    }

    /// Forgets what waits in a pair.
    pub(super) fn silence(&mut self, pair_idx: usize) {
        self.channels[2 * pair_idx..][..2].iter_mut().for_each(|channel| channel.fill(0.0));
    }

    /// Makes sure that there is room for `n` frames in the pairs of a mask. What waits is moved only where it has to be.
    pub(super) fn make_room(&mut self, n: usize, pairs: u64) {
        if self.channels.first().is_none_or(|channel| self.write + n <= channel.len()) {
            return;
        }
        for (pair_idx, pair) in self.channels.chunks_mut(2).enumerate() {
            if pairs & (1 << pair_idx) != 0 {
                pair.iter_mut().for_each(|channel| channel.copy_within(self.read..self.write, 0));
            }
        }
        (self.read, self.write) = (0, self.write - self.read);
    }
}

/// Copies what is finite. Returns whether everything is.
pub(super) fn copy_finite(from: &[f32], to: &mut [f32]) -> bool {
    let mut finite = true;
    for (to, from) in to.iter_mut().zip(from) {
        let magnitude = from.abs();
        // False for NaN as well.
        let is_finite = magnitude < NON_FINITE_LIMIT;
        finite &= is_finite;
        *to = if is_finite & (magnitude >= FLOOR) { *from } else { 0.0 };
    }
    finite
}

/// Copies with zeros in place of subnormals.
pub(super) fn copy_normal(from: &[f32], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = if from.abs() >= f32::MIN_POSITIVE { *from } else { 0.0 };
    }
}

/// Puts zeros in place of what is below the floor. Returns whether anything else is left.
pub(super) fn settle(samples: &mut [f32]) -> bool {
    let mut sounds = false;
    for sample in samples {
        let is_sound = sample.abs() >= FLOOR;
        sounds |= is_sound;
        *sample = if is_sound { *sample } else { 0.0 };
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_in_order_wherever_it_lies() {
        let mut stream = Stream::new(2, 16);
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
        let mut to = [7.0; 7];
        let from = [0.5, -0.0, 1e-25, f32::NAN, f32::NEG_INFINITY, 1e12, -1e11];
        assert!(!copy_finite(&from, &mut to));
        assert_eq!(to, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, -1e11]);
        assert!(copy_finite(&from[..3], &mut to));
        copy_normal(&[1e-40, -1e-30, 0.5], &mut to);
        assert_eq!(to[..3], [0.0, -1e-30, 0.5]);
        assert!(settle(&mut to[..3]));
        assert_eq!(to[..3], [0.0, 0.0, 0.5]);
        assert!(!settle(&mut [1e-30, -0.0]));
    }
}
