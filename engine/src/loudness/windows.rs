//! Momentary and short-term loudness of eight channels: energies over the last 400 ms and 3 s.
//!
//! Energies are added over hops of 20 ms, counted in samples: the k-th ends at the sample nearest to k·20 ms since the beginning, so that
//! none drifts where 20 ms are no whole number of samples. Momentary loudness is that of the last 20 hops, found anew at each; short-term
//! loudness, and what the gates get, every fifth hop, which is ten times a second with an overlap of 75 %.
//!
//! Finer hops than the standard's 100 ms matter to the largest momentary loudness: it must be met to 0.1 LU wherever a short sound begins.

use crate::lanes::{LANES, TILE_FRAMES};
use crate::simd::{Pairs, SQUARE_SCALE};
use fearless_simd::{Select, Simd, SimdBase, f32x8};

/// Hops in a second.
const HOPS_PER_SECOND: f64 = 50.0;

/// Hops in a tenth of a second.
const HOPS_PER_TENTH: u64 = 5;

/// Hops in the momentary window, and tenths of a second in the short-term one.
const N_MOMENTARY: usize = 20;
const N_SHORT_TERM: usize = 30;

/// Energies below this, −200 LUFS, are none.
const FLOOR: f64 = 1e-20;

/// A value of each channel.
type Lanes = [f32; LANES];

/// The windows of eight channels.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    samples_per_hop: f64,
    /// What makes a mean energy of a sum over a hop.
    mean: f32,
    /// Hop energies below this are none.
    floor: f32,
    /// Samples since the beginning, of which all gates know; whole hops, and where the present one ends.
    n_samples: u64,
    n_hops: u64,
    hop_end: u64,
    /// Of the present hop.
    present: Pairs,
    /// Of the present tenth of a second.
    tenth: Lanes,
    hops: [Lanes; N_MOMENTARY],
    tenths: [Lanes; N_SHORT_TERM],
    /// Where the next ones go.
    hop_idx: usize,
    tenth_idx: usize,
    /// Hops of silence in a row.
    n_silent: u32,
    pub(crate) momentary: Lanes,
    pub(crate) short_term: Lanes,
    pub(crate) max_momentary: Lanes,
    pub(crate) max_short_term: Lanes,
}

impl Windows {
    /// At a sample rate; squares lack `square_gain`.
    pub(crate) fn at(sample_rate_hz: f64, square_gain: f64) -> Self {
        let samples_per_hop = sample_rate_hz / HOPS_PER_SECOND;
        let mean = square_gain / (f64::from(SQUARE_SCALE) * samples_per_hop);
        let none = [0.0; LANES];
        Self {
            samples_per_hop,
            mean: mean as f32,
            floor: (FLOOR / mean) as f32,
            n_samples: 0,
            n_hops: 0,
            hop_end: samples_per_hop.round() as u64,
            present: Pairs::ZERO,
            tenth: none,
            hops: [none; N_MOMENTARY],
            tenths: [none; N_SHORT_TERM],
            hop_idx: 0,
            tenth_idx: 0,
            n_silent: 0,
            momentary: none,
            short_term: none,
            max_momentary: none,
            max_short_term: none,
        }
    }

    /// Begins to count anew, with the present tile. Windows go on, but no maximum and no gate gets one that reaches back.
    pub(crate) fn restart(&mut self) {
        (self.n_samples, self.n_hops) = (0, 0);
        self.hop_end = self.samples_per_hop.round() as u64;
        self.present = Pairs::ZERO;
        self.tenth = [0.0; LANES];
        (self.max_momentary, self.max_short_term) = ([0.0; LANES], [0.0; LANES]);
    }

    /// How many frames of the next tile belong to the present hop, if it ends within the tile or with it.
    #[inline(always)]
    pub(crate) fn frames_to_end(&self) -> Option<usize> {
        let left = self.hop_end - self.n_samples;
        (left <= TILE_FRAMES as u64).then_some(left as usize)
    }

    /// The energies of the present hop, to be added to.
    #[inline(always)]
    pub(crate) fn present(&mut self) -> &mut Pairs {
        &mut self.present
    }

    /// A tile has gone by, and the hops that it ended.
    #[inline(always)]
    pub(crate) fn count_tile(&mut self) {
        self.n_samples += TILE_FRAMES as u64;
    }

    /// Whether the momentary window is all behind the beginning, and the short-term one.
    pub(crate) fn are_whole(&self) -> [bool; 2] {
        [self.n_hops >= N_MOMENTARY as u64, self.n_hops >= N_SHORT_TERM as u64 * HOPS_PER_TENTH]
    }

    /// The present hop ends. Returns whether a tenth of a second does.
    pub(crate) fn end_hop<S: Simd>(&mut self, simd: S) -> bool {
        self.n_hops += 1;
        self.hop_end = ((self.n_hops + 1) as f64 * self.samples_per_hop).round() as u64;
        let ends_tenth = self.n_hops.is_multiple_of(HOPS_PER_TENTH);
        if self.present == Pairs::ZERO {
            self.n_silent = self.n_silent.saturating_add(1);
            if self.n_silent > (N_SHORT_TERM as u32 + 2) * HOPS_PER_TENTH as u32 {
                return ends_tenth;
            }
        } else {
            self.n_silent = 0;
        }
        simd.vectorize(
            #[inline(always)]
            || self.slide(simd, ends_tenth),
        );
        ends_tenth
    }

    #[inline(always)]
    fn slide<S: Simd>(&mut self, simd: S, ends_tenth: bool) {
        let [is_whole, short_is_whole] = self.are_whole();
        let (left, right) = simd.split_f32x16(self.present.load(simd));
        let zero = f32x8::splat(simd, 0.0);
        let both = left + right;
        let energy = both.simd_ge(f32x8::splat(simd, self.floor)).select(both, zero);
        self.present = Pairs::ZERO;
        energy.store_slice(&mut self.hops[self.hop_idx]);
        self.hop_idx = (self.hop_idx + 1) % N_MOMENTARY;
        let mut sum = zero;
        for hop in &self.hops {
            sum += load(simd, hop);
        }
        let momentary = sum * (self.mean / N_MOMENTARY as f32);
        momentary.store_slice(&mut self.momentary);
        if is_whole {
            load(simd, &self.max_momentary).max(momentary).store_slice(&mut self.max_momentary);
        }
        let tenth = load(simd, &self.tenth) + energy;
        if !ends_tenth {
            tenth.store_slice(&mut self.tenth);
            return;
        }
        self.tenth = [0.0; LANES];
        tenth.store_slice(&mut self.tenths[self.tenth_idx]);
        self.tenth_idx = (self.tenth_idx + 1) % N_SHORT_TERM;
        let mut sum = zero;
        for tenth in &self.tenths {
            sum += load(simd, tenth);
        }
        let short_term = sum * (self.mean / (N_SHORT_TERM as f32 * HOPS_PER_TENTH as f32));
        short_term.store_slice(&mut self.short_term);
        if short_is_whole {
            load(simd, &self.max_short_term).max(short_term).store_slice(&mut self.max_short_term);
        }
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, lanes: &Lanes) -> f32x8<S> {
    f32x8::from_slice(simd, lanes)
}
