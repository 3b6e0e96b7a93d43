//! What went by: a ring of tiles from which the values of `delay` steps ago are read as one piece.
//!
//! The ring is a whole number of tiles long and its first tile is kept a second time behind its end, so that a tile
//! may be read at any delay without a wrap. Writing does not advance: a tile that is not complete yet may be written
//! again.

/// Where tiles begin in memory, in bytes: at lines of the cache, or a vector that is written lies across two of them.
const LINE: usize = 64;

/// The latest values of a stream that comes in tiles of `N`, a power of two.
#[derive(Debug)]
pub(super) struct History<T, const N: usize> {
    /// The ring, between what it takes to begin at a line.
    values: Vec<T>,
    /// Where the ring begins.
    first: usize,
    /// Where the present tile starts; a multiple of `N`.
    start: usize,
    /// The ring's length, a power of two, less one.
    mask: usize,
}

impl<T: Copy + Default, const N: usize> History<T, N> {
    /// Room for delays up to `longest_delay` steps.
    pub(super) fn new(longest_delay: usize) -> Self {
        let ring = (longest_delay + N).next_power_of_two();
        let values = vec![T::default(); ring + N + LINE];
        // What cannot be aligned is only slower.
        let first = values.as_ptr().align_offset(LINE).min(LINE);
        Self { values, first, start: 0, mask: ring - 1 }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.values.fill(T::default());
        self.start = 0;
    }

    /// Becomes a copy of another of the same length, without allocating.
    pub(super) fn copy_from(&mut self, other: &Self) {
        let length = self.mask + 1 + N;
        self.values[self.first..][..length].copy_from_slice(&other.values[other.first..][..length]);
        self.start = other.start;
    }

    /// Sets the present tile.
    #[inline(always)]
    pub(super) fn write(&mut self, tile: &[T; N]) {
        self.values[self.first + self.start..][..N].copy_from_slice(tile);
        if self.start == 0 {
            self.values[self.first + self.mask + 1..][..N].copy_from_slice(tile);
        }
    }

    /// The tile of `delay` steps ago; at most the longest delay.
    #[inline(always)]
    pub(super) fn delayed(&self, delay: usize) -> &[T; N] {
        let from = self.start.wrapping_sub(delay) & self.mask;
        self.values[self.first + from..].first_chunk().expect("a tile behind every start inside the ring")
    }

    /// Goes on to the next tile.
    #[inline(always)]
    pub(super) fn advance(&mut self) {
        self.start = (self.start + N) & self.mask;
    }
}

impl<T: Copy + Default, const N: usize> Clone for History<T, N> {
    fn clone(&self) -> Self {
        let mut clone = Self::new(self.mask + 1 - N);
        clone.copy_from(self);
        clone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delay_reads_what_was_written_then() {
        for longest in [0, 1, 7, 8, 9, 40] {
            let mut history = History::<i32, 8>::new(longest);
            for tile in 0..30 {
                history.write(&[-1; 8]);
                history.write(&std::array::from_fn(|i| 8 * tile + i as i32 + 1));
                for delay in 0..=longest {
                    let expected = std::array::from_fn(|i| (8 * tile + i as i32 + 1 - delay as i32).max(0));
                    assert_eq!(*history.delayed(delay), expected, "{longest}, tile {tile}, delay {delay}");
                }
                history.advance();
            }
        }
    }
}
