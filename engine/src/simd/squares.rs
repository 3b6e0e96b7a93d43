//! Peaks and sums of squares: what a level meter is made of.
//!
//! ```text
//! largest ← max |x|        squares ← Σ x²        memory ← keep·memory + squares
//! ```
//!
//! The frames of a tile go into four columns, 0, 4, 8 …, 1, 5, 9 … and so on, and whoever reads puts the columns together: each is
//! added in the order of time, however the tile was cut. Squares are told in a scale of 2⁶⁰: in full scale's own, the
//! square of a sample below −380 dB would be subnormal, and in that of the engine's samples, which is 2¹²⁰ here, the squares of
//! samples above +15 dB infinite. All scales are powers of two, so that one or the other changes no bit.
//!
//! Sums begin with a little that is not zero, −450 dB of full scale: what is next to nothing disappears in it instead of making the sum
//! subnormal. Where products are rounded before they are added, they are kept from it one by one.

use super::tile::{LaneTile, part_range};
use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f32x8};

/// Full scale in the scale of squares.
pub(crate) const SQUARE_SCALE: f32 = FULL_SCALE;

/// What sums begin with: far above the smallest number, and far below what is heard.
pub(crate) const NEXT_TO_NOTHING: f32 = 1.0 / (1u128 << 90) as f32;

/// The smallest magnitude whose square is a normal number.
pub(super) const SMALLEST_ROOT: f32 = 1.0 / (1u64 << 62) as f32;

/// What a tile's sums are held to, so that nothing behind them is infinite.
const CEILING: f32 = 1e30;

/// What takes a sample from the engine's scale to the one whose squares are told: 2⁻³⁰.
pub(crate) const ROOT: f32 = 1.0 / (1u64 << 30) as f32;

/// Full scale there.
pub(crate) const ROOT_SCALE: f32 = (1u64 << 30) as f32;

/// Columns are independent of each other: a processor works on several while it waits for the last sum of one.
pub(crate) const N_COLUMNS: usize = 4;

/// From here on squares would be infinite in the engine's scale: eight of them, which one column adds.
const LOUD: f32 = 5.0 * FULL_SCALE;

/// A number for each lane of the frames 0, 4, 8 …, one for those of 1, 5, 9 …, and so on.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct LaneColumns(pub(crate) [[f32; LANES]; N_COLUMNS]);

impl LaneColumns {
    pub(crate) const ZERO: Self = Self([[0.0; LANES]; N_COLUMNS]);

    /// The squares of nothing.
    pub(crate) const NO_SQUARES: Self = Self([[NEXT_TO_NOTHING; LANES]; N_COLUMNS]);

    /// The largest of a lane.
    pub(crate) fn largest(&self, lane: usize) -> f32 {
        self.0.iter().fold(0.0, |largest, column| larger(column[lane], largest))
    }

    /// The sum of a lane.
    pub(crate) fn sum(&self, lane: usize) -> f32 {
        let [a, b, c, d] = &self.0;
        (a[lane] + b[lane]) + (c[lane] + d[lane])
    }

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, idx: usize) -> S::f32s {
        S::f32s::from_slice(simd, &self.0.as_flattened()[part_range::<S>(idx)])
    }

    #[inline(always)]
    fn store<S: Simd>(&mut self, idx: usize, values: S::f32s) {
        values.store_slice(&mut self.0.as_flattened_mut()[part_range::<S>(idx)]);
    }

    /// How many vectors there are.
    #[inline(always)]
    fn n_vectors<S: Simd>() -> usize {
        N_COLUMNS * LANES / S::f32s::LEN
    }

    /// self ← max(self, tops)
    #[inline(always)]
    pub(crate) fn raise<S: Simd>(&mut self, simd: S, tops: &Self) {
        for idx in 0..Self::n_vectors::<S>() {
            self.store::<S>(idx, self.load(simd, idx).max(tops.load(simd, idx)));
        }
    }

    /// self ← max(self, magnitudes), which have been told before they were scaled
    #[inline(always)]
    pub(crate) fn raise_to_bits<S: Simd>(&mut self, simd: S, magnitudes: &[u32; LANES]) {
        let magnitudes = f32x8::from_slice(simd, &magnitudes.map(f32::from_bits)) * FULL_SCALE;
        let first = &mut self.0[0];
        f32x8::from_slice(simd, first).max(magnitudes).store_slice(first);
    }

    /// self ← keep·self + squares, and zero where that is less than `floor`
    #[inline(always)]
    pub(crate) fn remember<S: Simd>(&mut self, simd: S, squares: &Self, keep: f32, floor: f32) {
        for idx in 0..Self::n_vectors::<S>() {
            let next = self.load(simd, idx).mul_add(S::f32s::splat(simd, keep), squares.load(simd, idx));
            let is_nothing = next.simd_lt(S::f32s::splat(simd, floor));
            self.store::<S>(idx, is_nothing.select(S::f32s::splat(simd, 0.0), next));
        }
    }

    /// Holds squares to what can be remembered.
    #[inline(always)]
    pub(crate) fn hold<S: Simd>(&mut self, simd: S) {
        for idx in 0..Self::n_vectors::<S>() {
            self.store::<S>(idx, self.load(simd, idx).min(S::f32s::splat(simd, CEILING)));
        }
    }
}

/// The largest magnitudes of a whole tile, in the engine's scale, and its squares; with `PEAKS` off the squares only.
#[inline(always)]
pub(crate) fn measure_tile<S: Simd, const PEAKS: bool>(
    simd: S,
    tile: &LaneTile,
    tops: &mut LaneColumns,
    squares: &mut LaneColumns,
) {
    let mut loudest = S::f32s::splat(simd, 0.0);
    let rows = tile.0.as_chunks::<N_COLUMNS>().0;
    for idx in 0..LaneColumns::n_vectors::<S>() {
        let nothing = S::f32s::splat(simd, NEXT_TO_NOTHING / (ROOT * ROOT));
        let (mut top, mut sum) = (S::f32s::splat(simd, 0.0), nothing);
        for row in rows {
            let samples = S::f32s::from_slice(simd, &row.as_flattened()[part_range::<S>(idx)]);
            if PEAKS {
                top = top.max(samples.abs());
            }
            sum = add_square::<S>(simd, samples, sum);
        }
        if PEAKS {
            tops.store::<S>(idx, top);
        }
        // By the tops where there are some, so that they are in time: compilers would put them off, and keep all samples until then.
        loudest = loudest.max(if PEAKS { top } else { sum });
        squares.store::<S>(idx, sum * (ROOT * ROOT));
    }
    let limit = if PEAKS { LOUD } else { f32::INFINITY };
    if !loudest.simd_lt(S::f32s::splat(simd, limit)).all_true() {
        measure_loud_tile(simd, tile, squares);
    }
}

/// Squares that would be infinite in the engine's scale. A function of its own, because nobody should hear it.
#[cold]
#[inline(never)]
fn measure_loud_tile<S: Simd>(simd: S, tile: &LaneTile, squares: &mut LaneColumns) {
    let mut tops = LaneColumns::ZERO;
    *squares = LaneColumns::NO_SQUARES;
    simd.vectorize(
        #[inline(always)]
        || {
            measure_part(simd, tile, 0, TILE_FRAMES, &mut tops, squares);
            squares.hold(simd);
        },
    );
}

/// sum + samples²
#[inline(always)]
fn add_square<S: Simd>(simd: S, samples: S::f32s, sum: S::f32s) -> S::f32s {
    if is_fused::<S>() {
        return samples.mul_add(samples, sum);
    }
    let magnitudes = samples.abs().max(S::f32s::splat(simd, SMALLEST_ROOT));
    magnitudes.mul_add(magnitudes, sum)
}

/// Whether `mul_add` certainly is one instruction that rounds once.
#[inline(always)]
pub(super) fn is_fused<S: Simd>() -> bool {
    S::f32s::LEN >= LANES
}

/// Adds the squares of `n` frames to those of the `at` frames of the tile that came before, and raises the largest
/// magnitudes, in the engine's scale.
#[inline(always)]
pub(crate) fn measure_part<S: Simd>(
    simd: S,
    tile: &LaneTile,
    at: usize,
    n: usize,
    tops: &mut LaneColumns,
    squares: &mut LaneColumns,
) {
    debug_assert!(at + n <= TILE_FRAMES);
    for (idx, frame) in tile.0[..n].iter().enumerate() {
        let samples = f32x8::from_slice(simd, frame) * ROOT;
        let column = (at + idx) % N_COLUMNS;
        let mut magnitudes = samples.abs();
        let top = &mut tops.0[column];
        f32x8::from_slice(simd, top).max(magnitudes * (1.0 / ROOT)).store_slice(top);
        if !is_fused::<S>() {
            magnitudes = magnitudes.max(f32x8::splat(simd, SMALLEST_ROOT));
        }
        let sum = &mut squares.0[column];
        magnitudes.mul_add(magnitudes, f32x8::from_slice(simd, sum)).store_slice(sum);
    }
}

/// The larger one of two magnitudes, in one instruction.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::scale;
    use crate::simd::testing::noise_tile;
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    /// A tile of noise whose lanes are from −300 to +100 dB loud.
    fn loud_and_soft(rng: &mut Rng) -> LaneTile {
        let mut tile = noise_tile(rng, 1.0);
        for frame in &mut tile.0 {
            for (sample, amplitude) in frame.iter_mut().zip([1.0, 1e-15, 3.0, 1e3, 1e5, 1e-6, 0.0, 6.0]) {
                *sample = scale(*sample * amplitude);
            }
        }
        tile
    }

    fn tile_on(path: SimdPath, tile: &LaneTile) -> (LaneColumns, LaneColumns) {
        let (mut tops, mut squares) = (LaneColumns::ZERO, LaneColumns::ZERO);
        on_path!(path, simd => measure_tile::<_, true>(simd, tile, &mut tops, &mut squares));
        let (mut no_tops, mut without_tops) = (LaneColumns::ZERO, LaneColumns::ZERO);
        on_path!(path, simd => measure_tile::<_, false>(simd, tile, &mut no_tops, &mut without_tops));
        assert_eq!(squares, without_tops);
        (tops, squares)
    }

    #[test]
    fn every_path_finds_the_largest_and_the_squares() {
        let mut rng = Rng::with_seed(31);
        for path in SimdPath::all() {
            for _ in 0..50 {
                let tile = loud_and_soft(&mut rng);
                let (tops, squares) = tile_on(path, &tile);
                for lane in 0..LANES {
                    let samples = tile.lane(lane);
                    let largest = samples.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
                    assert_eq!(tops.largest(lane), largest, "{}", path.name());
                    let want: f64 = samples.iter().map(|x| (f64::from(*x) * f64::from(ROOT)).powi(2)).sum();
                    // Each of 32 products and sums is half a bit off at most, and sums begin with a little.
                    let bound = want * 32.0 * f64::from(f32::EPSILON) + 4.0 * f64::from(NEXT_TO_NOTHING);
                    let error = (f64::from(squares.sum(lane)) - want).abs();
                    assert!(error <= bound, "{} lane {lane}", path.name());
                }
            }
        }
    }

    #[test]
    fn what_is_far_beyond_all_music_is_held() {
        let tile = LaneTile([[scale(9e11); LANES]; TILE_FRAMES]);
        for path in SimdPath::all() {
            let columns = |value| LaneColumns([[value; LANES]; N_COLUMNS]);
            assert_eq!(tile_on(path, &tile), (columns(scale(9e11)), columns(CEILING)), "{}", path.name());
        }
    }

    #[test]
    fn a_cut_tile_has_the_same_squares_and_the_same_largest_to_the_bit() {
        let mut rng = Rng::with_seed(32);
        for path in SimdPath::all() {
            for _ in 0..200 {
                let mut tile = loud_and_soft(&mut rng);
                if rng.bool() {
                    // So that the fast scale is the one that is compared with.
                    tile.0.iter_mut().for_each(|frame| frame[3..5].fill(0.0));
                }
                let (mut tops, mut squares) = (LaneColumns::ZERO, LaneColumns::NO_SQUARES);
                let mut at = 0;
                while at < TILE_FRAMES {
                    let n = rng.usize(1..=TILE_FRAMES - at);
                    let mut part = LaneTile::ZERO;
                    part.0[..n].copy_from_slice(&tile.0[at..at + n]);
                    // What is behind the segment is of no meaning.
                    part.0[n..].fill([f32::MAX; LANES]);
                    on_path!(path, simd => {
                        measure_part(simd, &part, at, n, &mut tops, &mut squares);
                    });
                    at += n;
                }
                assert_eq!((tops, squares), tile_on(path, &tile), "{}", path.name());
            }
        }
    }
}
