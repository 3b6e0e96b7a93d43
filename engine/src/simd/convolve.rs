//! Filters without feedback, over lanes.
//!
//! ```text
//! to[frame] = Σ gain·from[frame + at]
//! ```
//!
//! A tap says where its sample lies, as an offset in frames: the signal at a multiple of the rate lies phase by phase behind one
//! another, so that every filter between rates is such a sum for each phase that leaves it. A sum is always taken in the order of the taps: no
//! cut changes a bit. Units: any. Latency: what taps say. State: the samples, which are the caller's.

use super::tile::{frames_per_vector, part_range, parts};
use crate::lanes::LANES;
use fearless_simd::{Simd, SimdBase, SimdFloat};

/// One sample's part in a sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tap {
    pub(crate) at: usize,
    pub(crate) gain: f32,
}

/// Vectors that are summed at once: as many as registers hold beside a gain.
const BLOCK: usize = 8;

/// The most frames of a block, on any path.
#[cfg(test)]
const LONGEST_BLOCK: usize = 2 * BLOCK;

/// Writes the first `n` frames, and whatever it makes of those behind them up to the end of a block: `from` and `to` reach to the next
/// multiple of 16 frames.
#[inline(never)]
pub(crate) fn convolve<S: Simd>(
    simd: S,
    taps: &[Tap],
    from: &[[f32; LANES]],
    to: &mut [[f32; LANES]],
    n: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let per_vector = frames_per_vector::<S>();
            let n_frames = BLOCK * per_vector;
            for first in (0..n).step_by(n_frames) {
                for part in 0..parts::<S>() {
                    let mut sums = [S::f32s::splat(simd, 0.0); BLOCK];
                    for tap in taps {
                        let from = &from[tap.at + first..][..n_frames];
                        for (idx, sum) in sums.iter_mut().enumerate() {
                            let samples = load(simd, from, idx * per_vector, part);
                            *sum = samples.mul_add(tap.gain, *sum);
                        }
                    }
                    for (idx, sum) in sums.into_iter().enumerate() {
                        store::<S>(sum, to, first + idx * per_vector, part);
                    }
                }
            }
        },
    );
}

/// A vector from wherever it lies. By its elements: a slice of no known alignment would go through the stack, which takes twice as long.
#[inline(always)]
pub(super) fn load<S: Simd>(simd: S, frames: &[[f32; LANES]], first: usize, part: usize) -> S::f32s {
    let frames = &frames[first..first + frames_per_vector::<S>()];
    let samples = &frames.as_flattened()[part_range::<S>(part)];
    S::f32s::from_fn(
        simd,
        #[inline(always)]
        |idx| samples[idx],
    )
}

/// A vector to wherever it is to lie.
#[inline(always)]
pub(super) fn store<S: Simd>(vector: S::f32s, frames: &mut [[f32; LANES]], first: usize, part: usize) {
    let frames = &mut frames[first..first + frames_per_vector::<S>()];
    vector.store_slice(&mut frames.as_flattened_mut()[part_range::<S>(part)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    #[test]
    fn every_path_sums_what_taps_say_and_writes_no_further_than_a_block() {
        let mut rng = Rng::with_seed(51);
        for path in SimdPath::all() {
            for n in 1..=32_usize {
                let whole = n.next_multiple_of(LONGEST_BLOCK);
                let from: Vec<[f32; LANES]> =
                    (0..100 + whole).map(|_| [(); LANES].map(|()| rng.f32() - 0.5)).collect();
                let taps: Vec<_> =
                    (0..60).map(|_| Tap { at: rng.usize(..100), gain: rng.f32() - 0.5 }).collect();
                let mut to = vec![[7.0; LANES]; whole + 1];
                on_path!(path, simd => convolve(simd, &taps, &from, &mut to[..whole], n));
                assert_eq!(to[whole], [7.0; LANES]);
                for (frame, to) in to[..n].iter().enumerate() {
                    for (lane, to) in to.iter().enumerate() {
                        let terms = taps
                            .iter()
                            .map(|tap| f64::from(tap.gain) * f64::from(from[frame + tap.at][lane]));
                        // 60 roundings of sums below 4: 60·2⁻²³ at the very most.
                        assert!((terms.sum::<f64>() - f64::from(*to)).abs() < 4e-6, "{}", path.name());
                    }
                }
            }
        }
    }
}
