//! Sums of strips that are still in lanes, for one segment of a tile.

use crate::buses::{BusTile, SILENT_BUS};
use crate::lanes::TILE_FRAMES;
use crate::settings::{Destination, N_DESTINATIONS, N_GROUPS};
use crate::simd::{LaneGain, LaneTile, add_scaled, add_sines, sum_lanes};
use fearless_simd::Simd;

/// Every place that lanes are added into: the destinations of sends, and after them the unity sum that bypass plays and the master's sum
/// as sines.
const N_BUSES: usize = N_DESTINATIONS + 2;

/// The index of the unity sum of all inputs.
pub(crate) const DRY_BUS: usize = N_DESTINATIONS;

/// The index of the master's sum as sines.
pub(crate) const CONSOLE_BUS: usize = N_DESTINATIONS + 1;

/// How sources are added up at the master: as they are, as sines, or both while one fades into the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summing {
    pub(crate) plain: bool,
    pub(crate) sines: bool,
}

/// What a sum is held to, in the engine's scale: [`NON_FINITE_LIMIT`](crate::lanes::NON_FINITE_LIMIT) re full scale. Every stage behind it could otherwise
/// multiply what is already beyond all music until it is infinite.
const LIMIT: f32 = 1.152_921_5e30;

/// All sums.
pub(crate) struct BusSums {
    tiles: [[LaneTile; 2]; N_BUSES],
    used: [bool; N_BUSES],
    summing: Summing,
}

impl BusSums {
    pub(crate) const EMPTY: Self = Self {
        tiles: [const { [LaneTile::ZERO; 2] }; N_BUSES],
        used: [false; N_BUSES],
        summing: Summing { plain: true, sines: false },
    };

    /// Forgets the last segment. Costs nothing: the first to use a bus writes over what is there.
    pub(crate) fn clear(&mut self, summing: Summing) {
        self.used = [false; N_BUSES];
        self.summing = summing;
    }

    /// Adds strips to a destination, by its index, in the way in which it adds up.
    pub(crate) fn send<S: Simd>(
        &mut self,
        simd: S,
        bus_idx: usize,
        gain: LaneGain<'_>,
        tiles: [&LaneTile; 2],
        n: usize,
    ) {
        let Summing { plain, sines } = self.summing;
        let is_master = bus_idx == Destination::Master.idx();
        if plain || !is_master {
            self.add(simd, bus_idx, gain, tiles, n);
        }
        if sines && is_master {
            add_sines(simd, gain, tiles, self.begin(CONSOLE_BUS), n);
        }
    }

    /// A bus to add to, cleared if it is the first time in the segment.
    fn begin(&mut self, bus_idx: usize) -> [&mut LaneTile; 2] {
        let [left, right] = &mut self.tiles[bus_idx];
        if !self.used[bus_idx] {
            self.used[bus_idx] = true;
            left.0 = LaneTile::ZERO.0;
            right.0 = LaneTile::ZERO.0;
        }
        [left, right]
    }

    /// Whether any strip has sent to a bus.
    pub(crate) fn is_used(&self, bus_idx: usize) -> bool {
        self.used[bus_idx]
    }

    /// Whether any strip has sent to any group.
    pub(crate) fn any_group_is_used(&self) -> bool {
        (0..N_GROUPS).any(|group_idx| self.is_used(Destination::Group(group_idx).idx()))
    }

    /// bus += gain · strips
    pub(crate) fn add<S: Simd>(
        &mut self,
        simd: S,
        bus_idx: usize,
        gain: LaneGain<'_>,
        tiles: [&LaneTile; 2],
        n: usize,
    ) {
        let is_first = !std::mem::replace(&mut self.used[bus_idx], true);
        let [left, right] = &mut self.tiles[bus_idx];
        add_scaled(simd, gain, tiles, [left, right], n, is_first);
    }

    /// Writes the sum over the lanes of a bus and says whether any strip has sent to it; if none has, all is silence.
    pub(crate) fn sum<S: Simd>(&self, simd: S, bus_idx: usize, to: &mut BusTile) -> bool {
        if !self.used[bus_idx] {
            *to = SILENT_BUS;
            return false;
        }
        simd.vectorize(
            #[inline(always)]
            || {
                for (to, tile) in to.iter_mut().zip(&self.tiles[bus_idx]) {
                    sum_lanes(simd, tile, to);
                    hold(to);
                }
            },
        );
        true
    }
}

/// Holds samples within ± [`LIMIT`]; what is no number becomes nothing.
#[inline(always)]
pub(crate) fn hold(samples: &mut [f32; TILE_FRAMES]) {
    for sample in samples {
        let held = sample.clamp(-LIMIT, LIMIT);
        *sample = if sample.is_nan() { 0.0 } else { held };
    }
}
