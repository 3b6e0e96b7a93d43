//! Equaliser, gate and compressor of up to eight channels side by side: settings in, coefficients and gains to the kernels.
//!
//! | file | what is in it |
//! |---|---|
//! | `motion` | one filter section's way from setting to setting, design by design |
//! | `filters` | the sections of a group of lanes |
//! | `blend` | a stage's dry and wet gain in every lane |
//! | `gate`, `compressor` | the dynamics of a group of lanes |
//! | `bus` | what groups and master have: an equaliser and a compressor |
//!
//! Each stage knows when it is *off* (every lane passes, bit for bit, so nothing is computed) and when it is *at rest* (another
//! tile of silence would change nothing, so nothing is computed either). Both are found at borders of tiles only.

mod blend;
mod bus;
mod compressor;
mod filters;
mod gate;
mod motion;

pub(crate) use bus::BusStages;
pub(crate) use compressor::{Key, LaneCompressor};
pub(crate) use filters::{EqLanes, FilterLanes};
pub(crate) use gate::LaneGate;

use crate::simd::{FilterScratch, LaneTile};

/// Working memory of the stages; it carries nothing from one call to the next.
pub(crate) struct StageScratch {
    pub(crate) filter: FilterScratch,
    pub(crate) gains: [LaneTile; 2],
    pub(crate) blend: [LaneTile; 2],
    pub(crate) key: [LaneTile; 2],
}

impl StageScratch {
    pub(crate) const EMPTY: Self = Self {
        filter: FilterScratch::EMPTY,
        gains: [LaneTile::ZERO; 2],
        blend: [LaneTile::ZERO; 2],
        key: [LaneTile::ZERO; 2],
    };
}

/// A part of a tile that is processed at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// Frames.
    pub(crate) n: usize,
    /// Whether the tile of the absolute grid ends with it.
    pub(crate) ends_tile: bool,
}

/// When settings are taken, and at what rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) sample_rate_hz: f64,
    /// Samples that the ramp of a gain takes.
    pub(crate) ramp_samples: usize,
    /// Whether there is nothing to come from: settings are there at once.
    pub(crate) jump: bool,
}
