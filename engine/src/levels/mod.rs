//! Level meters: peak, and mean square with a memory of 300 ms.
//!
//! ```text
//! peak ← max(peak, |x|)                     at every sample
//! m ← d·m + (1 − d)·(Σ x² of a tile)/32     at every border of the absolute grid, d = e^(−32/(0.3 s · rate))
//! ```
//!
//! | file | what it measures |
//! |---|---|
//! | `lanes` | a tap of eight strips |
//! | `bus` | a group or the master |
//!
//! The mean square is that of the last border, whatever came since; the peak is that of every sample of the block. Neither depends
//! on how the stream was cut into blocks. What has decayed below −200 dB is zero, and what is zero costs nothing.
//!
//! All of it is measured beside the signal, which stays as it is. State: a mean square for each channel, and the sums of a tile that
//! is not complete yet. Latency: none; groups are measured in front of the delay that aligns them with the limiter.

mod bus;
mod lanes;

pub(crate) use bus::{BusMeter, FROM_ENGINE, FROM_OUTPUT};
pub(crate) use lanes::LaneMeter;

use crate::lanes::{LANES, TILE_FRAMES};
use crate::simd::SQUARE_SCALE;
use fearless_simd::{Select, Simd, SimdBase, f32x8};

/// The time in which a mean square decays to 1/e, in seconds.
const MEMORY_SECONDS: f64 = 0.300;

/// Mean squares below this, −200 dB re full scale, are zero.
const FLOOR: f32 = 1e-20 * SQUARE_SCALE;

/// How fast meters follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What a mean square keeps over a tile.
    keep: f32,
    /// What it gets of a tile's sum of squares.
    take: f32,
}

impl Memory {
    /// At a sample rate.
    pub(crate) fn at(sample_rate_hz: f64) -> Self {
        let keep = (-(TILE_FRAMES as f64) / (MEMORY_SECONDS * sample_rate_hz)).exp() as f32;
        // Of the rounded one, so that a steady signal reads what it is.
        Self { keep, take: (1.0 - keep) / TILE_FRAMES as f32 }
    }

    /// The mean square after a tile with this sum of squares.
    #[inline(always)]
    fn after(self, mean_square: f32, sum: f32) -> f32 {
        let next = self.keep * mean_square + self.take * sum;
        if next < FLOOR { 0.0 } else { next }
    }

    /// The same for eight lanes, to the bit.
    #[inline(always)]
    fn lanes_after<S: Simd>(self, simd: S, mean_squares: &mut [f32; LANES], sums: f32x8<S>) {
        let next = f32x8::from_slice(simd, mean_squares) * self.keep + sums * self.take;
        let is_nothing = next.simd_lt(f32x8::splat(simd, FLOOR));
        is_nothing.select(f32x8::splat(simd, 0.0), next).store_slice(mean_squares);
    }
}
