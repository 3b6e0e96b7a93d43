//! The way of the gain to its target: two moving averages, one after the other.
//!
//! ```text
//! s[n] = (e ∗ box(L1) ∗ box(L2))[n]        box(L) = 1/L over L frames
//! g[n] = 1 − s[n]
//! ```
//!
//! Source: P. Hämäläinen, *Smoothing of the control signal without clipped output in digital peak limiters*, DAFx-02:
//! a running maximum over as many frames as the smoothing window has, then the window; the smoothed signal then never
//! lies below the one that it came from, and arrives when the delayed peak does. Two boxes make a triangle: the gain
//! has no kink, and it stands still where it meets the peak.
//!
//! The sums run for hours without a new start, so they are kept in whole numbers: adding what comes and subtracting
//! what goes is exact, and silence brings back a gain of exactly 1. Each rounding goes towards more reduction. State:
//! the last L1 and L2 values and their sums. Delay: that of the boxes, which the hold before them covers.

use super::history::History;
use super::vector::{Tile, WIDTH, WholeTile, aged};
use crate::lanes::TILE_FRAMES;
use fearless_simd::{Bytes, Simd, SimdBase, SimdInt, f32x16, i32x16};

/// Adding this to a number from 0 to 2²² leaves the number, rounded, in the low bits.
const TO_WHOLE: f32 = 8_388_608.0;

/// Rounding to the nearest after adding this is rounding up, but for what is next to nothing.
const UP: f32 = 0.499_9;

/// Of a mean, so that no rounding in between can bring it below the values it is the mean of.
const SAFETY: f64 = 1.0 + 1.0 / 4_194_304.0;

/// Two boxes in a row.
#[derive(Clone, Debug)]
pub(super) struct Smoother {
    boxes: [MovingSum; 2],
    /// A reduction of 1 in whole numbers.
    unit: f32,
    /// From a sum of the first box to whole numbers, and from one of the second to a reduction.
    scales: [f32; 2],
}

impl Smoother {
    /// Two boxes that together reach over `n_frames`, at least one.
    pub(super) fn new(n_frames: usize) -> Self {
        let first = n_frames.div_ceil(2).max(1);
        let second = (n_frames + 1).saturating_sub(first).max(1);
        // As fine as a sum that must stay below 2³¹ allows, and no finer than an f32 can tell.
        let bits = 22.min(30 - (first.max(second) + 1).ilog2());
        let unit = f64::from(1 << bits);
        let scales = [SAFETY / first as f64, SAFETY / (second as f64 * unit)];
        Self {
            boxes: [first, second].map(MovingSum::new),
            unit: unit as f32,
            scales: scales.map(|scale| scale as f32),
        }
    }

    pub(super) fn clear(&mut self) {
        self.boxes.iter_mut().for_each(MovingSum::clear);
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        for (to, from) in self.boxes.iter_mut().zip(&other.boxes) {
            to.copy_from(from);
        }
    }

    /// The gains of a tile of reductions from 0 to 1.
    #[inline(always)]
    pub(super) fn run<S: Simd>(&mut self, simd: S, reductions: Tile<S>, ends_tile: bool) -> Tile<S> {
        let [first, second] = &mut self.boxes;
        let [low, high] = reductions;
        let whole = [to_whole(low * self.unit), to_whole(high * self.unit)];
        let [low, high] = first.run(simd, whole, ends_tile);
        let scale = self.scales[0];
        let means =
            [to_whole(low.to_float::<f32x16<S>>() * scale), to_whole(high.to_float::<f32x16<S>>() * scale)];
        let [low, high] = second.run(simd, means, ends_tile);
        let (zero, one, scale) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, 1.0), self.scales[1]);
        [
            (one - low.to_float::<f32x16<S>>() * scale).max(zero),
            (one - high.to_float::<f32x16<S>>() * scale).max(zero),
        ]
    }
}

/// `value` from 0 to 2²², rounded up.
#[inline(always)]
fn to_whole<S: Simd>(value: f32x16<S>) -> i32x16<S> {
    ((value + UP) + TO_WHOLE).bitcast::<i32x16<S>>() - TO_WHOLE.to_bits() as i32
}

/// The sum of the last `length` values.
#[derive(Clone, Debug)]
struct MovingSum {
    values: History<i32, TILE_FRAMES>,
    length: usize,
    /// The sum at the end of the last complete tile.
    sum: i32,
}

impl MovingSum {
    fn new(length: usize) -> Self {
        Self { values: History::new(length), length, sum: 0 }
    }

    fn clear(&mut self) {
        self.values.clear();
        self.sum = 0;
    }

    fn copy_from(&mut self, other: &Self) {
        self.values.copy_from(&other.values);
        self.sum = other.sum;
    }

    /// Sums may wrap behind the frames of a tile that is not complete yet, whose values are of no meaning.
    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, values: WholeTile<S>, ends_tile: bool) -> WholeTile<S> {
        let mut written = [0; TILE_FRAMES];
        values[0].store_slice(&mut written[..WIDTH]);
        values[1].store_slice(&mut written[WIDTH..]);
        self.values.write(&written);
        let (low, high) = self.values.delayed(self.length).split_at(WIDTH);
        let low = sums_along(simd, values[0] - i32x16::from_slice(simd, low));
        let high = sums_along(simd, values[1] - i32x16::from_slice(simd, high));
        let low = low + self.sum;
        let high = high + low[WIDTH - 1];
        if ends_tile {
            self.values.advance();
            self.sum = high[WIDTH - 1];
        }
        [low, high]
    }
}

/// Each value and all before it, added up.
#[inline(always)]
fn sums_along<S: Simd>(simd: S, values: i32x16<S>) -> i32x16<S> {
    let zero = i32x16::splat(simd, 0);
    let sums = values + aged!(zero, values, 1);
    let sums = sums + aged!(zero, sums, 2);
    let sums = sums + aged!(zero, sums, 4);
    sums + aged!(zero, sums, 8)
}

#[cfg(test)]
mod tests {
    use super::super::vector::{Frames, frames, load};
    use super::*;
    use crate::simd::{SimdPath, on_path};

    fn run(smoother: &mut Smoother, reduction: f32) -> Frames {
        let mut gains = [0.0; TILE_FRAMES];
        on_path!(SimdPath::detect(), simd => {
            gains = frames(smoother.run(simd, load(simd, &[reduction; TILE_FRAMES]), true));
        });
        gains
    }

    /// The means of a constant must not lie below it, or a peak that is held for exactly the window would come through.
    #[test]
    fn a_held_reduction_arrives_whole_and_leaves_without_a_trace() {
        let mut rng = fastrand::Rng::with_seed(1);
        for n_frames in [1, 2, 3, 33, 64, 72, 251, 960, 3_840] {
            let mut smoother = Smoother::new(n_frames);
            for _ in 0..40 {
                let reduction = if rng.bool() { rng.f32() } else { rng.f32().powi(16) };
                let n_tiles = n_frames / TILE_FRAMES + 2;
                let mut gains = [0.0; TILE_FRAMES];
                for _ in 0..n_tiles {
                    gains = run(&mut smoother, reduction);
                }
                // Each box rounds up by a unit at most, of which an f32 near the largest sum tells only halves, and
                // adds its safety, a unit again where the unit is finest; then the last bits of a gain near 1.
                let slack = 5.0 / smoother.unit + 1.2e-7;
                let excess = 1.0 - reduction - gains[31];
                assert!((-6e-8..=slack).contains(&excess), "{n_frames} frames, {reduction}: {excess:e}");
                for _ in 0..n_tiles {
                    gains = run(&mut smoother, 0.0);
                }
                assert_eq!(gains[31], 1.0, "{n_frames} frames");
            }
        }
    }
}
