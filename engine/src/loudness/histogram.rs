//! How often each loudness was met, in fixed memory: what gates and percentiles are made of.
//!
//! A bin is 0.05 LU wide, from the absolute gate at −70 LUFS up. Questions are answered by [`Cursor`]s, which stand somewhere among the
//! values in order and know how many are below them. From one block to the next they have a short way, past bins that were met at all,
//! so that nothing is ever gone through as a whole.

/// The lowest loudness that counts: the absolute gate.
pub(crate) const GATE_LUFS: f64 = -70.0;

/// Bins in 1 LU.
const BINS_PER_LU: f64 = 20.0;

/// Bits in a word.
const WORD: usize = u64::BITS as usize;

/// Words of [`Histogram::used`].
const N_WORDS: usize = 32;

/// Bins, up to +32.4 LUFS; what is louder counts into the last.
pub(crate) const N_BINS: usize = N_WORDS * WORD;

/// The bin of a loudness that is not below the absolute gate.
pub(crate) fn bin_of(lufs: f64) -> usize {
    (((lufs - GATE_LUFS) * BINS_PER_LU) as usize).min(N_BINS - 1)
}

/// The first bin whose middle is not below a loudness.
pub(crate) fn first_bin_from(lufs: f64) -> usize {
    (((lufs - GATE_LUFS) * BINS_PER_LU - 0.5).ceil().max(0.0) as usize).min(N_BINS - 1)
}

/// The middle of a bin.
pub(crate) fn middle_lufs(bin: usize) -> f64 {
    GATE_LUFS + (bin as f64 + 0.5) / BINS_PER_LU
}

/// How many values there are in each bin.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Box<[u32]>,
    /// A bit for each bin that is not empty.
    used: [u64; N_WORDS],
    n: u64,
}

/// A place among the values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    pub(crate) bin: usize,
    /// How many values are in bins below.
    pub(crate) n_below: u64,
}

impl Histogram {
    /// Empty. Allocates.
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; N_BINS].into_boxed_slice(), used: [0; N_WORDS], n: 0 }
    }

    /// How many values there are.
    pub(crate) fn n(&self) -> u64 {
        self.n
    }

    /// Forgets all values, at the cost of the bins that were met.
    pub(crate) fn clear(&mut self) {
        for (word_idx, word) in self.used.iter_mut().enumerate() {
            while *word != 0 {
                self.counts[word_idx * WORD + word.trailing_zeros() as usize] = 0;
                *word &= *word - 1;
            }
        }
        self.n = 0;
    }

    /// Counts a value, and tells the cursors.
    pub(crate) fn add(&mut self, bin: usize, cursors: &mut [Cursor]) {
        self.counts[bin] = self.counts[bin].saturating_add(1);
        self.used[bin / WORD] |= 1 << (bin % WORD);
        self.n += 1;
        for cursor in cursors {
            cursor.n_below += u64::from(bin < cursor.bin);
        }
    }

    /// Goes to a bin, and tells of every bin on the way how many values it has: positive if the cursor has passed it upwards.
    pub(crate) fn go_to(&self, cursor: &mut Cursor, bin: usize, mut passed: impl FnMut(usize, i64)) {
        let mut at = cursor.bin;
        while let Some(next) = self.next_used(at).filter(|next| *next < bin) {
            let count = self.counts[next];
            cursor.n_below += u64::from(count);
            passed(next, i64::from(count));
            at = next + 1;
        }
        let mut at = cursor.bin;
        while let Some(next) = self.last_used_before(at).filter(|next| *next >= bin) {
            let count = self.counts[next];
            cursor.n_below -= u64::from(count);
            passed(next, -i64::from(count));
            at = next;
        }
        cursor.bin = bin;
    }

    /// Goes to the bin of the value that has as many below it in order as told. There are more values than that.
    pub(crate) fn go_to_rank(&self, cursor: &mut Cursor, rank: u64) {
        while cursor.n_below > rank {
            let Some(bin) = self.last_used_before(cursor.bin) else { break };
            cursor.n_below -= u64::from(self.counts[bin]);
            cursor.bin = bin;
        }
        while cursor.n_below + u64::from(self.counts[cursor.bin]) <= rank {
            let Some(bin) = self.next_used(cursor.bin + 1) else { break };
            cursor.n_below += u64::from(self.counts[cursor.bin]);
            cursor.bin = bin;
        }
    }

    /// The first bin from `bin` on that was met.
    fn next_used(&self, bin: usize) -> Option<usize> {
        let (first_idx, mut mask) = (bin / WORD, u64::MAX << (bin % WORD));
        for (word_idx, word) in self.used.iter().enumerate().skip(first_idx) {
            let word = word & mask;
            if word != 0 {
                return Some(word_idx * WORD + word.trailing_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }

    /// The last bin before `bin` that was met.
    fn last_used_before(&self, bin: usize) -> Option<usize> {
        let (last_idx, mut mask) = (bin / WORD, (1 << (bin % WORD)) - 1);
        for word_idx in (0..=last_idx.min(N_WORDS - 1)).rev() {
            let word = self.used[word_idx] & mask;
            if word != 0 {
                return Some(word_idx * WORD + WORD - 1 - word.leading_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    #[test]
    fn cursors_find_what_sorting_finds() {
        let mut rng = Rng::with_seed(71);
        for spread in [3, 40, 700, N_BINS] {
            let mut histogram = Histogram::new();
            let mut cursors = [Cursor::default(); 3];
            let mut sorted = Vec::new();
            for _ in 0..600 {
                if rng.u8(..) == 0 {
                    histogram.clear();
                    sorted.clear();
                    cursors = [Cursor::default(); 3];
                }
                let bin = rng.usize(N_BINS - spread..N_BINS);
                histogram.add(bin, &mut cursors);
                sorted.insert(sorted.partition_point(|other| *other < bin), bin);
                let gate = rng.usize(N_BINS - spread..N_BINS);
                let mut change = 0;
                let before = cursors[0].n_below;
                histogram.go_to(&mut cursors[0], gate, |bin, n| {
                    assert!(sorted.contains(&bin));
                    change += n;
                });
                let n_below = sorted.partition_point(|other| *other < gate) as u64;
                assert_eq!(cursors[0].n_below, n_below);
                assert_eq!(before as i64 + change, n_below as i64);
                for cursor in &mut cursors[1..] {
                    let rank = rng.usize(..sorted.len());
                    histogram.go_to_rank(cursor, rank as u64);
                    assert_eq!(cursor.bin, sorted[rank]);
                }
                assert_eq!(histogram.n(), sorted.len() as u64);
            }
        }
    }

    #[test]
    fn a_bin_holds_what_is_said_to_be_its_middle() {
        for bin in 0..N_BINS {
            assert_eq!(bin_of(middle_lufs(bin)), bin);
            assert_eq!(first_bin_from(middle_lufs(bin) - 1e-6), bin);
        }
        assert_eq!((bin_of(1e9), first_bin_from(-1e9), first_bin_from(1e9)), (N_BINS - 1, 0, N_BINS - 1));
    }
}
