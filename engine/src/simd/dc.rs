//! Direct current away, over lanes: a high-pass of first order.
//!
//! ```text
//! m ← m + a·(y − m)
//! y ← y − h·m           h = b/BIAS: nothing for tape, 1 for a tube
//! ```
//!
//! m is f64: in f32 a mean that moves by 0.0004 of a difference would stop −68 dB short of where it goes. Latency: none. State: m.

use super::doubles::Doubles;
use super::gain::LaneGain;
use super::tile::{LaneTile, PerLane64};
use crate::colour::BIAS;
use crate::lanes::LANES;
use fearless_simd::{Simd, SimdBase, SimdFloat, f64x4};

/// The means of a group of lanes, left and right.
#[derive(Clone, Debug)]
pub(crate) struct DcLanes {
    means: [PerLane64; 2],
    follow: PerLane64,
}

impl DcLanes {
    /// Follows nothing.
    pub(crate) const REST: Self = Self { means: [const { PerLane64::ZERO }; 2], follow: PerLane64::ZERO };

    /// How much of a difference a lane's means follow within a sample.
    pub(crate) fn set_follow(&mut self, lane: usize, follow: f64) {
        self.follow.0[lane] = follow;
    }

    /// Forgets what a lane heard.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.means.iter_mut().for_each(|means| means.0[lane] = 0.0);
    }

    /// Whether silence would change nothing.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.means == [const { PerLane64::ZERO }; 2]
    }
}

/// Takes the first `n` frames of both sides. Afterwards a mean below `floor` is zero: at the end of a tile of the absolute grid only.
#[inline(never)]
pub(crate) fn block_dc<S: Simd>(
    simd: S,
    lanes: &mut DcLanes,
    bias: LaneGain<'_>,
    tiles: &mut [LaneTile; 2],
    n: usize,
    floor: f64,
) {
    const HALF: usize = LANES / 2;
    simd.vectorize(
        #[inline(always)]
        || {
            for (means, tile) in lanes.means.iter_mut().zip(tiles) {
                for half in 0..2 {
                    let range = half * HALF..(half + 1) * HALF;
                    let follow = f64x4::from_slice(simd, &lanes.follow.0[range.clone()]);
                    let mut mean = f64x4::from_slice(simd, &means.0[range.clone()]);
                    for (frame, samples) in tile.0[..n].iter_mut().enumerate() {
                        let bias = match bias {
                            LaneGain::Still(bias) => bias.lanes(),
                            LaneGain::Moving(bias) => &bias.0[frame],
                        };
                        let bias: f64x4<S> = Doubles::widen_from(simd, &bias[range.clone()]);
                        let sample: f64x4<S> = Doubles::widen_from(simd, &samples[range.clone()]);
                        mean = follow.mul_add(sample - mean, mean);
                        (sample - mean * (bias * (1.0 / BIAS))).narrow_to(simd, &mut samples[range.clone()]);
                    }
                    mean.store_slice(&mut means.0[range]);
                }
                for mean in &mut means.0 {
                    *mean = if mean.abs() < floor { 0.0 } else { *mean };
                }
            }
        },
    );
}
