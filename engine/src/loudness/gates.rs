//! Integrated loudness and loudness range of one channel, by the gates of ITU-R BS.1770 and EBU Tech 3342.
//!
//! ```text
//! I   = mean of the blocks of 400 ms at or above −70 LUFS and 10 LU below the mean of those
//! LRA = 95th − 10th percentile of the short-term values at or above −70 LUFS and 20 LU below their mean
//! ```
//!
//! Energies are added in f64, and only which block lies below the relative gate is decided by bins of 0.05 LU. Both are up to date after
//! every value at little cost, because everything moves by a bin or two.

use super::histogram::{Cursor, GATE_LUFS, Histogram, bin_of, first_bin_from, middle_lufs};

/// What the loudness of an energy is offset by.
const OFFSET_LU: f64 = -0.691;

/// How far below the mean the relative gate of integrated loudness lies.
const INTEGRATED_GATE_LU: f64 = -10.0;

/// How far below the mean the relative gate of the range lies.
const RANGE_GATE_LU: f64 = -20.0;

/// The percentiles between which the range lies.
const PERCENTILES: [f64; 2] = [0.10, 0.95];

/// The loudness of an energy, the sum of both sides' mean squares behind the K-weighting.
pub(crate) fn lufs_of(energy: f64) -> f64 {
    if energy > 0.0 { OFFSET_LU + 10.0 * energy.log10() } else { f64::NEG_INFINITY }
}

fn energy_of(lufs: f64) -> f64 {
    10f64.powf((lufs - OFFSET_LU) / 10.0)
}

/// Integrated loudness.
#[derive(Clone, Debug)]
pub(crate) struct Integrated {
    blocks: Histogram,
    /// Of all blocks above the absolute gate.
    energy: f64,
    /// Of those that the relative gate keeps out, by the middles of their bins.
    energy_below: f64,
    gate: Cursor,
}

impl Integrated {
    /// Nothing yet. Allocates.
    pub(crate) fn new() -> Self {
        Self { blocks: Histogram::new(), energy: 0.0, energy_below: 0.0, gate: Cursor::default() }
    }

    /// Begins anew.
    pub(crate) fn restart(&mut self) {
        self.blocks.clear();
        (self.energy, self.energy_below, self.gate) = (0.0, 0.0, Cursor::default());
    }

    /// Takes the energy of a block, and its loudness.
    pub(crate) fn take(&mut self, energy: f64, lufs: f64) {
        if lufs < GATE_LUFS {
            return;
        }
        let bin = bin_of(lufs);
        if bin < self.gate.bin {
            self.energy_below += energy_of(middle_lufs(bin));
        }
        self.energy += energy;
        self.blocks.add(bin, std::slice::from_mut(&mut self.gate));
        let mean = lufs_of(self.energy / self.blocks.n() as f64);
        let Self { blocks, energy_below, gate, .. } = self;
        blocks.go_to(gate, first_bin_from(mean + INTEGRATED_GATE_LU), |bin, n| {
            *energy_below += n as f64 * energy_of(middle_lufs(bin));
        });
        if gate.n_below == 0 {
            *energy_below = 0.0;
        }
    }

    /// The integrated loudness; −∞ if nothing was above the gates.
    pub(crate) fn lufs(&self) -> f64 {
        let n = self.blocks.n() - self.gate.n_below;
        if n == 0 { f64::NEG_INFINITY } else { lufs_of((self.energy - self.energy_below) / n as f64) }
    }
}

/// The loudness range.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    values: Histogram,
    /// Of all values above the absolute gate.
    energy: f64,
    /// The gate and both percentiles.
    cursors: [Cursor; 3],
}

impl Range {
    /// Nothing yet. Allocates.
    pub(crate) fn new() -> Self {
        Self { values: Histogram::new(), energy: 0.0, cursors: [Cursor::default(); 3] }
    }

    /// Begins anew.
    pub(crate) fn restart(&mut self) {
        self.values.clear();
        (self.energy, self.cursors) = (0.0, [Cursor::default(); 3]);
    }

    /// Takes a short-term value, as an energy and as a loudness.
    pub(crate) fn take(&mut self, energy: f64, lufs: f64) {
        if lufs < GATE_LUFS {
            return;
        }
        self.energy += energy;
        self.values.add(bin_of(lufs), &mut self.cursors);
        let mean = lufs_of(self.energy / self.values.n() as f64);
        let [gate, percentiles @ ..] = &mut self.cursors;
        self.values.go_to(gate, first_bin_from(mean + RANGE_GATE_LU), |_, _| {});
        let n = self.values.n() - gate.n_below;
        for (cursor, percentile) in percentiles.iter_mut().zip(PERCENTILES) {
            let rank = (n.saturating_sub(1) as f64 * percentile).round() as u64;
            self.values.go_to_rank(cursor, gate.n_below + rank);
        }
    }

    /// The loudness range in LU; 0 if there is none yet.
    pub(crate) fn lu(&self) -> f64 {
        let [_, low, high] = self.cursors;
        middle_lufs(high.bin) - middle_lufs(low.bin)
    }
}
