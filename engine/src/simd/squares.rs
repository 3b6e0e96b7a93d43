//! Peaks and sums of squares: what a level meter is made of.
//!
//! ```text
//! largest ← max |x|        squares ← Σ x²
//! ```
//!
//! The squares of a tile are added in a fixed order, however it was cut: four sums, of the frames 0, 4, 8 …, 1, 5, 9 …, and so on,
//! and then the four. They are told in a scale of 2⁶⁰: in full scale's own, the square of a sample below −380 dB would be
//! subnormal, and in that of the engine's samples, which is 2¹²⁰ here, the squares of samples above +15 dB infinite. All scales are
//! powers of two, so that one or the other changes no bit.
//!
//! Sums begin with a little that is not zero, −450 dB of full scale: what is next to nothing disappears in it instead of making the sum
//! subnormal. Where products are rounded before they are added, they are kept from it one by one.

use super::gain::LaneGain;
use super::tile::{LaneTile, part_range};
use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use fearless_simd::{Simd, SimdBase, SimdFloat, SimdMask, f32x8};

/// Full scale in the scale of squares.
pub(crate) const SQUARE_SCALE: f32 = FULL_SCALE;

/// What sums begin with: far above the smallest number, and far below what is heard.
pub(crate) const NEXT_TO_NOTHING: f32 = 1.0 / (1u128 << 90) as f32;

/// The smallest magnitude whose square is a normal number.
pub(crate) const SMALLEST_ROOT: f32 = 1.0 / (1u64 << 62) as f32;

/// What sums are held to, so that nothing behind them is infinite.
const CEILING: f32 = 1e30;

/// What takes a sample from the engine's scale to the one whose squares are told: 2⁻³⁰.
const ROOT: f32 = 1.0 / (1u64 << 30) as f32;

/// Sums that are independent of each other, as a processor needs them to be fast.
const N_SUMS: usize = 4;

/// The sums of squares of the frames 0, 4, 8 …, 1, 5, 9 …, and so on, of every lane. In a scale of 2⁶⁰.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct LaneSquares([[f32; LANES]; N_SUMS]);

impl LaneSquares {
    /// The sums of nothing.
    pub(crate) const NONE: Self = Self([[NEXT_TO_NOTHING; LANES]; N_SUMS]);

    /// The sum of all, held to what can be multiplied with gains.
    #[inline(always)]
    pub(crate) fn held_sum<S: Simd>(&self, simd: S) -> f32x8<S> {
        hold(simd, self.sum(simd))
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S) -> f32x8<S> {
        let [a, b, c, d] = [0, 1, 2, 3].map(
            #[inline(always)]
            |idx: usize| f32x8::from_slice(simd, &self.0[idx]),
        );
        (a + b) + (c + d)
    }
}

/// Sums that nothing makes infinite any more.
#[inline(always)]
fn hold<S: Simd>(simd: S, sums: f32x8<S>) -> f32x8<S> {
    sums.min(f32x8::splat(simd, CEILING))
}

/// The largest magnitudes of a whole tile, in the engine's scale, and its squares.
#[inline(always)]
pub(crate) fn measure_tile<S: Simd>(simd: S, tile: &LaneTile) -> (f32x8<S>, f32x8<S>) {
    let (largest, squares) = measure_scaled::<S, false>(simd, tile);
    if squares.simd_lt(f32x8::splat(simd, f32::INFINITY)).all_true() {
        return (largest, squares * (ROOT * ROOT));
    }
    let (mut largest, mut squares) = ([0.0; LANES], [0.0; LANES]);
    measure_loud_tile(simd, tile, &mut largest, &mut squares);
    (f32x8::from_slice(simd, &largest), f32x8::from_slice(simd, &squares))
}

/// The same where squares would be infinite in the engine's scale. A function of its own, because nobody should hear it.
#[cold]
#[inline(never)]
fn measure_loud_tile<S: Simd>(simd: S, tile: &LaneTile, largest: &mut [f32; LANES], sums: &mut [f32; LANES]) {
    simd.vectorize(
        #[inline(always)]
        || {
            let (tops, squares) = measure_scaled::<S, true>(simd, tile);
            (tops * (1.0 / ROOT)).store_slice(largest);
            hold(simd, squares).store_slice(sums);
        },
    );
}

/// Largest magnitudes and squares in one of two scales: full scale is 2⁶⁰ or, with `ROOTED`, 2³⁰.
#[inline(always)]
fn measure_scaled<S: Simd, const ROOTED: bool>(simd: S, tile: &LaneTile) -> (f32x8<S>, f32x8<S>) {
    let (mut tops, mut sums) = ([[0.0; LANES]; N_SUMS], LaneSquares::NONE);
    let nothing = if ROOTED { NEXT_TO_NOTHING } else { NEXT_TO_NOTHING / (ROOT * ROOT) };
    let rows = tile.0.as_chunks::<N_SUMS>().0;
    for part in 0..N_SUMS * LANES / S::f32s::LEN {
        let (mut top, mut sum) = (S::f32s::splat(simd, 0.0), S::f32s::splat(simd, nothing));
        for row in rows {
            let mut samples = S::f32s::from_slice(simd, &row.as_flattened()[part_range::<S>(part)]);
            if ROOTED {
                samples *= ROOT;
            }
            let mut magnitudes = samples.abs();
            top = top.max(magnitudes);
            if !is_fused::<S>() {
                magnitudes = magnitudes.max(S::f32s::splat(simd, SMALLEST_ROOT));
            }
            sum = magnitudes.mul_add(magnitudes, sum);
        }
        top.store_slice(&mut tops.as_flattened_mut()[part_range::<S>(part)]);
        sum.store_slice(&mut sums.0.as_flattened_mut()[part_range::<S>(part)]);
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(
        #[inline(always)]
        |idx: usize| f32x8::from_slice(simd, &tops[idx]),
    );
    (a.max(b).max(c.max(d)), sums.sum(simd))
}

/// Whether `mul_add` certainly is one instruction that rounds once.
#[inline(always)]
fn is_fused<S: Simd>() -> bool {
    S::f32s::LEN >= LANES
}

/// Adds the squares of `n` frames, times a gain, to those of the `at` frames of the tile that came before, and returns the
/// largest magnitude in the engine's scale.
#[inline(always)]
pub(crate) fn measure_part<S: Simd>(
    simd: S,
    tile: &LaneTile,
    gain: Option<&LaneGain<'_>>,
    at: usize,
    n: usize,
    squares: &mut LaneSquares,
) -> f32x8<S> {
    debug_assert!(at + n <= TILE_FRAMES);
    let mut top = f32x8::splat(simd, 0.0);
    for (idx, frame) in tile.0[..n].iter().enumerate() {
        let mut samples = f32x8::from_slice(simd, frame) * ROOT;
        match gain {
            Some(LaneGain::Still(gain)) => samples *= f32x8::from_slice(simd, gain.lanes()),
            Some(LaneGain::Moving(gains)) => samples *= f32x8::from_slice(simd, &gains.0[idx]),
            None => {}
        }
        let mut magnitudes = samples.abs();
        top = top.max(magnitudes);
        if !is_fused::<S>() {
            magnitudes = magnitudes.max(f32x8::splat(simd, SMALLEST_ROOT));
        }
        let sum = &mut squares.0[(at + idx) % N_SUMS];
        magnitudes.mul_add(magnitudes, f32x8::from_slice(simd, sum)).store_slice(sum);
    }
    top * (1.0 / ROOT)
}

/// Measures samples of one signal, side by side: adds the squares of as many as there are, times `scale`, and raises the largest
/// magnitudes, times `scale`. The first sample belongs to place `first`, the next to the next, and so on.
#[inline(always)]
pub(crate) fn measure_row<S: Simd>(
    simd: S,
    samples: &[f32],
    scale: f32,
    first: usize,
    largest: &mut [f32; LANES],
    squares: &mut [f32; LANES],
) {
    let (chunks, rest) = if first == 0 { samples.as_chunks::<LANES>() } else { (&[][..], samples) };
    let (mut tops, mut sums) = (f32x8::from_slice(simd, largest), f32x8::from_slice(simd, squares));
    for chunk in chunks {
        let magnitudes = (f32x8::from_slice(simd, chunk) * scale).abs();
        tops = tops.max(magnitudes);
        let roots = magnitudes.max(f32x8::splat(simd, SMALLEST_ROOT));
        sums += roots * roots;
    }
    tops.store_slice(largest);
    sums.store_slice(squares);
    for (idx, sample) in rest.iter().enumerate() {
        let (magnitude, place) = ((sample * scale).abs(), (first + idx) % LANES);
        largest[place] = larger(magnitude, largest[place]);
        let root = larger(magnitude, SMALLEST_ROOT);
        squares[place] += root * root;
    }
}

/// The sum of eight sums of one signal, held to what can be multiplied with gains.
#[inline(always)]
pub(crate) fn held_row_sum([a, b, c, d, e, f, g, h]: [f32; LANES]) -> f32 {
    let sum = ((a + e) + (c + g)) + ((b + f) + (d + h));
    if sum < CEILING { sum } else { CEILING }
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
    use crate::simd::{PerLane, SimdPath, on_path};
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

    fn tile_on(path: SimdPath, tile: &LaneTile) -> ([f32; LANES], [f32; LANES]) {
        let mut measured = ([0.0; LANES], [0.0; LANES]);
        on_path!(path, simd => {
            let (largest, squares) = measure_tile(simd, tile);
            largest.store_slice(&mut measured.0);
            squares.store_slice(&mut measured.1);
        });
        measured
    }

    fn part_on(
        path: SimdPath,
        tile: &LaneTile,
        gain: Option<&LaneGain<'_>>,
        [at, n]: [usize; 2],
        squares: &mut LaneSquares,
    ) -> [f32; LANES] {
        let mut largest = [0.0; LANES];
        on_path!(path, simd => measure_part(simd, tile, gain, at, n, squares).store_slice(&mut largest));
        largest
    }

    fn sum_on(path: SimdPath, squares: &LaneSquares) -> [f32; LANES] {
        let mut sum = [0.0; LANES];
        on_path!(path, simd => squares.held_sum(simd).store_slice(&mut sum));
        sum
    }

    #[test]
    fn every_path_finds_the_largest_and_the_squares() {
        let mut rng = Rng::with_seed(31);
        for path in SimdPath::all() {
            for _ in 0..50 {
                let tile = loud_and_soft(&mut rng);
                let measured = tile_on(path, &tile);
                for lane in 0..LANES {
                    let samples = tile.lane(lane);
                    let largest = samples.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
                    assert_eq!(measured.0[lane], largest, "{}", path.name());
                    let squares: f64 =
                        samples.iter().map(|x| (f64::from(*x) * f64::from(ROOT)).powi(2)).sum();
                    // Each of 32 products and sums is half a bit off at most, and sums begin with a little.
                    let bound = squares * 32.0 * f64::from(f32::EPSILON) + 4.0 * f64::from(NEXT_TO_NOTHING);
                    let error = (f64::from(measured.1[lane]) - squares).abs();
                    assert!(error <= bound, "{} lane {lane}", path.name());
                }
            }
        }
    }

    #[test]
    fn what_is_far_beyond_all_music_is_held() {
        let tile = LaneTile([[scale(9e11); LANES]; TILE_FRAMES]);
        for path in SimdPath::all() {
            assert_eq!(tile_on(path, &tile), ([scale(9e11); LANES], [CEILING; LANES]), "{}", path.name());
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
                let (mut squares, mut largest) = (LaneSquares::NONE, [0.0_f32; LANES]);
                let mut at = 0;
                while at < TILE_FRAMES {
                    let n = rng.usize(1..=TILE_FRAMES - at);
                    let mut part = LaneTile::ZERO;
                    part.0[..n].copy_from_slice(&tile.0[at..at + n]);
                    // What is behind the segment is of no meaning.
                    part.0[n..].fill([f32::MAX; LANES]);
                    let tops = part_on(path, &part, None, [at, n], &mut squares);
                    largest.iter_mut().zip(tops).for_each(|(largest, top)| *largest = largest.max(top));
                    at += n;
                }
                let (tops, whole) = tile_on(path, &tile);
                assert_eq!(largest, tops, "{}", path.name());
                let cut = sum_on(path, &squares);
                assert_eq!(cut.map(f32::to_bits), whole.map(f32::to_bits), "{}", path.name());
            }
        }
    }

    #[test]
    fn a_gain_counts_before_the_squares_whether_it_moves_or_not() {
        let mut rng = Rng::with_seed(33);
        for path in SimdPath::all() {
            let tile = loud_and_soft(&mut rng);
            let mut gain = PerLane::ZERO;
            (0..LANES).for_each(|lane| gain.set(lane, 0.125 * lane as f32));
            let gains = LaneTile([gain.lanes().try_into().expect("eight lanes"); TILE_FRAMES]);
            let mut scaled = tile.clone();
            for frame in &mut scaled.0 {
                frame.iter_mut().zip(gain.lanes()).for_each(|(sample, gain)| *sample *= gain);
            }
            let mut measured: Vec<([f32; LANES], [f32; LANES])> = Vec::new();
            let cases = [
                (&tile, Some(LaneGain::Still(&gain))),
                (&tile, Some(LaneGain::Moving(&gains))),
                (&scaled, None),
            ];
            for (tile, gain) in cases {
                let mut squares = LaneSquares::NONE;
                let largest = part_on(path, tile, gain.as_ref(), [0, TILE_FRAMES], &mut squares);
                measured.push((largest, sum_on(path, &squares)));
            }
            assert_eq!(measured[0], measured[1], "{}", path.name());
            assert_eq!(measured[0], measured[2], "{}", path.name());
        }
    }
}
