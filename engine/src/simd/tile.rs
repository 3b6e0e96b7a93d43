//! Samples and parameters in lanes, and the ways in and out.
//!
//! A tile is indexed by `[frame][lane]`. Kernels over f32 read it as one row of vectors: with AVX-512 a vector holds two
//! frames of eight strips, with SSE2 half a frame. They may touch one frame more than they are asked for; it is always there.

use crate::lanes::{LANES, NON_FINITE_LIMIT, SCALE_BITS, TILE_FRAMES, lanes_of};
use fearless_simd::{Bytes, Select, Simd, SimdBase, f32x4};
use std::ops::Range;

/// A mono signal of every strip of a group, indexed by `[frame][lane]`.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct LaneTile(pub(crate) [[f32; LANES]; TILE_FRAMES]);

/// One channel of each strip, indexed by `[lane][frame]`: slices of a host's buffers, or copies where those end early.
pub(crate) type Rows<'a> = [&'a [f32; TILE_FRAMES]; LANES];

/// A parameter of each strip. It is there twice, so that a vector of two frames finds it for both.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct PerLane([f32; 2 * LANES]);

/// A parameter or state of each strip, in f64.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct PerLane64(pub(crate) [f64; LANES]);

impl LaneTile {
    pub(crate) const ZERO: Self = Self([[0.0; LANES]; TILE_FRAMES]);

    /// Takes the lanes of a mask from another tile, in the first `n` frames.
    pub(crate) fn copy_lanes(&mut self, from: &Self, lanes: u32, n: usize) {
        for lane in lanes_of(lanes) {
            for (to, from) in self.0[..n].iter_mut().zip(&from.0) {
                to[lane] = from[lane];
            }
        }
    }

    /// One lane.
    pub(crate) fn lane(&self, lane: usize) -> [f32; TILE_FRAMES] {
        self.0.map(|frame| frame[lane])
    }

    /// Fills frames of one lane.
    pub(crate) fn set_lane(&mut self, lane: usize, first: usize, samples: &[f32]) {
        for (frame, sample) in self.0[first..].iter_mut().zip(samples) {
            frame[lane] = *sample;
        }
    }

    /// One vector, by its place among [`vectors`] and the part of the frame.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S, vector_idx: usize, part: usize) -> S::f32s {
        let first = vector_idx * frames_per_vector::<S>();
        let frames = &self.0[first..first + frames_per_vector::<S>()];
        S::f32s::from_slice(simd, &frames.as_flattened()[part_range::<S>(part)])
    }
}

/// The samples of as many frames as a vector has, again and again, to the end of `n` frames or one beyond.
#[inline(always)]
pub(crate) fn vectors<S: Simd>(tile: &LaneTile, n: usize) -> impl Iterator<Item = &[f32]> {
    tile.0[..whole_vectors::<S>(n)].chunks_exact(frames_per_vector::<S>()).map(
        #[inline(always)]
        |frames| frames.as_flattened(),
    )
}

/// The same, to write to.
#[inline(always)]
pub(crate) fn vectors_mut<S: Simd>(tile: &mut LaneTile, n: usize) -> impl Iterator<Item = &mut [f32]> {
    tile.0[..whole_vectors::<S>(n)].chunks_exact_mut(frames_per_vector::<S>()).map(
        #[inline(always)]
        |frames| frames.as_flattened_mut(),
    )
}

impl PerLane {
    pub(crate) const ZERO: Self = Self([0.0; 2 * LANES]);

    pub(crate) const fn splat(value: f32) -> Self {
        Self([value; 2 * LANES])
    }

    pub(crate) fn get(&self, lane: usize) -> f32 {
        self.0[lane]
    }

    /// One value for each lane.
    pub(crate) fn lanes(&self) -> &[f32] {
        &self.0[..LANES]
    }

    pub(crate) fn set(&mut self, lane: usize, value: f32) {
        self.0[lane] = value;
        self.0[lane + LANES] = value;
    }

    /// The lanes of one vector of f32, of which there are [`parts`] in a frame.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S, part: usize) -> S::f32s {
        S::f32s::from_slice(simd, &self.0[part_range::<S>(part)])
    }
}

impl PerLane64 {
    pub(crate) const ZERO: Self = Self([0.0; LANES]);
}

/// How many vectors of f32 there are in a frame: one, or two where a register holds four.
#[inline(always)]
pub(crate) fn parts<S: Simd>() -> usize {
    LANES.div_ceil(S::f32s::LEN)
}

/// How many frames there are in a vector of f32: one, or two where a register holds sixteen.
#[inline(always)]
pub(crate) fn frames_per_vector<S: Simd>() -> usize {
    S::f32s::LEN.div_ceil(LANES)
}

/// Where a part stands among the samples of its [`frames_per_vector`] frames.
#[inline(always)]
pub(crate) fn part_range<S: Simd>(part: usize) -> Range<usize> {
    part * S::f32s::LEN..(part + 1) * S::f32s::LEN
}

/// `n` frames, rounded up to whole vectors.
#[inline(always)]
pub(crate) fn whole_vectors<S: Simd>(n: usize) -> usize {
    n.next_multiple_of(frames_per_vector::<S>())
}

/// `[lane][frame]` → `[frame][lane]`
#[inline(always)]
pub(crate) fn transpose<S: Simd>(simd: S, rows: Rows<'_>, tile: &mut LaneTile) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = simd.level().as_avx2() {
        return transpose_avx2(avx2, &rows, tile);
    }
    for (quad_idx, frames) in tile.0.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        for (half, rows) in rows.as_chunks::<4>().0.iter().enumerate() {
            let quads = rows.map(|row| f32x4::from_slice(simd, &row.as_chunks::<4>().0[quad_idx]));
            for (frame, lanes) in frames.iter_mut().zip(transpose_quads(simd, quads)) {
                lanes.store_slice(&mut frame[half * 4..][..4]);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    /// Both halves of the lanes at once, in the two halves of a register: half as many shuffles.
    #[inline(always)]
    fn transpose_avx2(simd: Avx2, rows: &Rows<'_>, tile: &mut LaneTile) {
        use core::arch::x86_64::{__m256, _mm256_shuffle_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps};
        use fearless_simd::{SimdInto, f32x8};
        for (quad_idx, frames) in tile.0.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let quad = |lane: usize| f32x4::from_slice(simd, &rows[lane].as_chunks::<4>().0[quad_idx]);
            let both = |lane: usize| -> __m256 { simd.combine_f32x4(quad(lane), quad(lane + 4)).into() };
            let [a, b, c, d] = [both(0), both(1), both(2), both(3)];
            let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            let lanes = [
                _mm256_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low),
                _mm256_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low),
                _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
                _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
            ];
            for (frame, lanes) in frames.iter_mut().zip(lanes) {
                let lanes: f32x8<_> = lanes.simd_into(simd);
                lanes.store_slice(frame);
            }
        }
    }
);

#[inline(always)]
fn transpose_quads<S: Simd>(simd: S, [a, b, c, d]: [f32x4<S>; 4]) -> [f32x4<S>; 4] {
    let (ac_low, ac_high) = simd.interleave_f32x4(a, c);
    let (bd_low, bd_high) = simd.interleave_f32x4(b, d);
    let (first, second) = simd.interleave_f32x4(ac_low, bd_low);
    let (third, fourth) = simd.interleave_f32x4(ac_high, bd_high);
    [first, second, third, fourth]
}

/// The sum over the lanes of every frame, always in the same order: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
#[inline(always)]
pub(crate) fn sum_lanes<S: Simd>(simd: S, tile: &LaneTile, sums: &mut [f32; TILE_FRAMES]) {
    for (sums, frames) in sums.as_chunks_mut::<4>().0.iter_mut().zip(tile.0.as_chunks::<4>().0) {
        let halves = frames.each_ref().map(|frame| {
            let [low, high] = [0, 4].map(|lane| f32x4::from_slice(simd, &frame[lane..][..4]));
            low + high
        });
        let [a, b, c, d] = transpose_quads(simd, halves);
        ((a + c) + (b + d)).store_slice(sums);
    }
}

/// Brings the first `n` frames into the engine's scale, with zero in place of subnormals, and returns each lane's largest
/// magnitude as bits: see [`is_finite`] and [`is_sound`]. What is not finite becomes nonsense.
#[inline(always)]
pub(crate) fn clean<S: Simd>(simd: S, tile: &mut LaneTile, n: usize) -> [u32; LANES] {
    // What a vector of two frames meets behind the last one must not be found.
    tile.0[n..whole_vectors::<S>(n)].fill([0.0; LANES]);
    let mut largest = [0; 2 * LANES];
    let zero = S::i32s::splat(simd, 0);
    for part in 0..parts::<S>() {
        let mut part_largest = zero;
        for frames in tile.0[..whole_vectors::<S>(n)].chunks_exact_mut(frames_per_vector::<S>()) {
            let samples = &mut frames.as_flattened_mut()[part_range::<S>(part)];
            let bits: S::i32s = S::f32s::from_slice(simd, samples).bitcast();
            let magnitude = bits & i32::MAX;
            part_largest = part_largest.max(magnitude);
            let normal = magnitude.simd_ge(f32::MIN_POSITIVE.to_bits() as i32);
            let scaled: S::f32s = normal.select(bits + SCALE_BITS as i32, zero).bitcast();
            scaled.store_slice(samples);
        }
        part_largest.store_slice(&mut largest[part_range::<S>(part)]);
    }
    let mut lanes = [0; LANES];
    for (lane, bits) in lanes.iter_mut().enumerate() {
        let second = if S::f32s::LEN > LANES { largest[lane + LANES] } else { 0 };
        *bits = largest[lane].max(second) as u32;
    }
    lanes
}

/// Whether no sample is NaN, infinite or beyond the limit, by what [`clean`] returns.
pub(crate) fn is_finite(largest: u32) -> bool {
    largest < NON_FINITE_LIMIT.to_bits()
}

/// Whether some sample is not zero, by what [`clean`] returns.
pub(crate) fn is_sound(largest: u32) -> bool {
    largest >= f32::MIN_POSITIVE.to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::scale;
    use crate::simd::testing::{Guarded, HostBuffers, bits, noise_tile};
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    #[test]
    fn every_path_puts_every_sample_into_its_lane_wherever_buffers_lie() {
        let mut rng = Rng::with_seed(1);
        for path in SimdPath::all() {
            for n_frames in 32..96 {
                let host = HostBuffers::of_noise(n_frames, &mut rng);
                let at = rng.usize(..=n_frames - TILE_FRAMES);
                let mut guarded = Guarded::new(&LaneTile::ZERO);
                on_path!(path, simd => transpose(simd, host.rows(at), guarded.tile()));
                for (frame, lanes) in guarded.tile().0.iter().enumerate() {
                    for (lane, sample) in lanes.iter().enumerate() {
                        assert_eq!(*sample, host.channel(lane)[at + frame], "{}", path.name());
                    }
                }
                guarded.assert_guards();
                host.assert_guards();
            }
        }
    }

    #[test]
    fn every_path_sums_lanes_in_the_same_order() {
        let mut rng = Rng::with_seed(2);
        for path in SimdPath::all() {
            let tile = noise_tile(&mut rng, 1.0);
            let mut sums = [0.0; TILE_FRAMES];
            on_path!(path, simd => sum_lanes(simd, &tile, &mut sums));
            for (sum, [a, b, c, d, e, f, g, h]) in sums.iter().zip(tile.0) {
                // To the bit: addition in f32 is the same everywhere.
                assert_eq!(*sum, ((a + e) + (c + g)) + ((b + f) + (d + h)), "{}", path.name());
            }
        }
    }

    #[test]
    fn every_path_cleans_like_the_scalar_rule_and_tells_what_it_found() {
        let mut rng = Rng::with_seed(3);
        let specials = [0.0, -0.0, 1e-40, f32::MIN_POSITIVE, f32::NAN, f32::INFINITY, 1e12, -1e13, 9e11];
        for path in SimdPath::all() {
            for n in 1..=TILE_FRAMES {
                let mut tile = noise_tile(&mut rng, 1.0);
                for _ in 0..rng.usize(..4) {
                    tile.0[rng.usize(..n)][rng.usize(..LANES)] = specials[rng.usize(..specials.len())];
                }
                // One lane with nothing but zeros and subnormals.
                tile.0[..n].iter_mut().for_each(|frame| frame[5] *= 1e-41);
                let mut guarded = Guarded::new(&tile);
                let mut largest = [0; LANES];
                on_path!(path, simd => largest = clean(simd, guarded.tile(), n));
                guarded.assert_guards();
                let whole = n.next_multiple_of(2);
                assert_eq!(bits(&tile)[whole * LANES..], bits(guarded.tile())[whole * LANES..]);
                for lane in 0..LANES {
                    let channel = |tile: &LaneTile| tile.0[..n].iter().map(|f| f[lane]).collect::<Vec<_>>();
                    let (from, got) = (channel(&tile), channel(guarded.tile()));
                    let mut want = vec![0.0; n];
                    want.iter_mut().zip(&from).for_each(|(want, sample)| *want = scale(*sample));
                    let finite = from.iter().all(|sample| sample.abs() < NON_FINITE_LIMIT);
                    let sound = from.iter().any(|sample| !sample.is_subnormal() && *sample != 0.0);
                    assert_eq!(finite, is_finite(largest[lane]), "{} {from:?}", path.name());
                    assert_eq!(sound, is_sound(largest[lane]), "{} {from:?}", path.name());
                    for (got, want) in got.iter().zip(&want) {
                        assert_eq!(got.to_bits(), want.to_bits(), "{}", path.name());
                    }
                }
            }
        }
    }
}
