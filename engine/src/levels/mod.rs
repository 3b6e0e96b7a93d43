//! Level meters: peak, and mean square with a memory of 300 ms.
//!
//! ```text
//! peak ← max(peak, |x|)                     at every sample
//! m ← d·m + (1 − d)·(Σ x² of a tile)/32     at every border of the absolute grid, d = e^(−32/(0.3 s · rate))
//! ```
//!
//! | file | what it measures |
//! |---|---|
//! | `lanes` | the inputs of eight strips |
//! | `tap` | all there is of what eight strips send on: levels, true peak, loudness, needles |
//! | `buses` | the same of groups and master |
//! | `needle` | VU, PPM and K-meters |
//!
//! The mean square is that of the last border, whatever came since; the peak is that of every sample of the block. Neither depends
//! on how the stream was cut into blocks. What has decayed below −200 dB is zero, and what is zero costs nothing.
//!
//! All of it is measured beside the signal, which stays as it is. State: a mean square for each channel, and the sums of a tile that
//! is not complete yet. Latency: none; groups are measured in front of the delay that aligns them with the limiter.

mod buses;
mod lanes;
mod needle;
mod tap;

pub(crate) use buses::{BusTaps, MASTER_LANE};
pub(crate) use lanes::{KnownPeaks, LaneMeter};
pub(crate) use tap::Tap;

use crate::lanes::TILE_FRAMES;
use crate::simd::SQUARE_SCALE;

/// The time in which a mean square decays to 1/e, in seconds.
const MEMORY_SECONDS: f64 = 0.300;

/// Mean squares below this, −200 dB re full scale, are zero.
const FLOOR: f64 = 1e-20;

/// How fast meters follow. A meter remembers sums of squares, *keep·sum + squares* tile by tile, and whoever reads it makes a mean
/// square of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What is kept over a tile.
    keep: f32,
    /// What makes a mean square of a sum, which is in the scale of squares.
    mean: f32,
    /// Sums below this are zero, where a channel has as many as told.
    floor: f32,
}

impl Memory {
    /// At a sample rate.
    pub(crate) fn at(sample_rate_hz: f64) -> Self {
        let keep = (-(TILE_FRAMES as f64) / (MEMORY_SECONDS * sample_rate_hz)).exp() as f32;
        // Of the rounded one, so that a steady signal reads what it is.
        let mean = (1.0 - f64::from(keep)) / (TILE_FRAMES as f64 * f64::from(SQUARE_SCALE));
        Self { keep, mean: mean as f32, floor: (FLOOR / mean) as f32 }
    }

    /// The least that one of a channel's `n` sums remembers.
    #[inline(always)]
    fn floor_of(self, n: usize) -> f32 {
        self.floor / n as f32
    }
}
