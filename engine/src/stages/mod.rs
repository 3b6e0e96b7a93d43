//! Equaliser, gate and compressor of up to eight channels side by side: settings in, coefficients and gains to the kernels.
//!
//! | file | what is in it |
//! |---|---|
//! | `motion` | one filter section's way from setting to setting, design by design |
//! | `filters` | the sections of a group of lanes |
//! | `blend` | a stage's dry and wet gain in every lane |
//! | `gate`, `compressor` | the dynamics of a group of lanes |
//! | `colour` | the saturations of a group of lanes |
//! | `bus` | what groups and master have: an equaliser, a compressor, and groups a saturation |
//!
//! Each stage knows when it is *off* (every lane passes, bit for bit, so nothing is computed) and when it is *at rest* (another
//! tile of silence would change nothing, so nothing is computed either). Both are found at borders of tiles only.

mod blend;
mod bus;
mod colour;
mod compressor;
mod filters;
mod gate;
mod motion;

pub(crate) use bus::{BusSettings, BusStages};
pub(crate) use colour::{ColourScratch, LaneColour};
pub(crate) use compressor::{Key, LaneCompressor};
pub(crate) use filters::{EqLanes, FilterLanes};
pub(crate) use gate::LaneGate;

use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use crate::ramp::RampTime;
use crate::simd::{DB_PER_OCTAVE, FilterScratch, LaneTile};

/// States of filters below this, −240 dB re full scale, are zero at a tile's border.
const FILTER_FLOOR: f64 = 1e-12 * FULL_SCALE as f64;

/// Working memory of the stages; it carries nothing from one call to the next.
pub(crate) struct StageScratch {
    pub(crate) filter: FilterScratch,
    pub(crate) gains: [LaneTile; 2],
    pub(crate) blend: [LaneTile; 2],
    pub(crate) key: [LaneTile; 2],
    pub(crate) colour: ColourScratch,
}

impl StageScratch {
    pub(crate) const EMPTY: Self = Self {
        filter: FilterScratch::EMPTY,
        gains: [LaneTile::ZERO; 2],
        blend: [LaneTile::ZERO; 2],
        key: [LaneTile::ZERO; 2],
        colour: ColourScratch::EMPTY,
    };
}

/// The lowest gains of a group of lanes within a block, as log2.
#[derive(Clone, Debug)]
pub(crate) struct LowestGains([f64; LANES]);

impl LowestGains {
    pub(crate) const NONE: Self = Self([0.0; LANES]);

    /// Takes present gains, instead of what there was or where they are lower. Lanes that are not `heard` reduce nothing,
    /// whatever their kernel does beside the others.
    pub(crate) fn take(&mut self, gains: &[f64; LANES], heard: u32, anew: bool) {
        for (lane, (lowest, gain)) in self.0.iter_mut().zip(gains).enumerate() {
            let gain = if heard & 1 << lane == 0 { 0.0 } else { *gain };
            *lowest = if anew || gain < *lowest { gain } else { *lowest };
        }
    }

    /// A lane's reduction in dB, 0 or more.
    pub(crate) fn reduction_db(&self, lane: usize) -> f32 {
        (0.0 - self.0[lane] * DB_PER_OCTAVE) as f32
    }
}

/// A part of a tile that is processed at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// Frames of the tile that came before.
    pub(crate) at: usize,
    /// Frames.
    pub(crate) n: usize,
    /// Whether the tile of the absolute grid ends with it.
    pub(crate) ends_tile: bool,
}

impl Segment {
    /// Whether the tile was not cut.
    pub(crate) fn is_whole_tile(self) -> bool {
        self.n == TILE_FRAMES
    }
}

/// When settings are taken, and at what rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) sample_rate_hz: f64,
    /// How long the ramp of a gain takes.
    pub(crate) ramp: RampTime,
    /// Whether there is nothing to come from: settings are there at once.
    pub(crate) jump: bool,
}
