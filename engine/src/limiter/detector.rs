//! True peaks: how high the signal goes between its samples.
//!
//! Four points a frame, at n, n + ¼, n + ½ and n + ¾:
//!
//! ```text
//! x½[n] = Σ C[k]·(x[n − k] + x[n + 1 + k])                             k = 0 … 7
//! x¼[n] = 9/16·(x[n] + x½[n]) − 1/16·(x½[n − 1] + x[n + 1])
//! x¾[n] = 9/16·(x½[n] + x[n + 1]) − 1/16·(x[n] + x½[n + 1])
//! a[n]  = κ/256·(70·x[n] − 56·(x[n ± 1]) + 28·(x[n ± 2]) − 8·(x[n ± 3]) + (x[n ± 4]))
//! p[n]  = max(|x[n]|, max(|x¼[n]|, |x½[n]|, |x¾[n]|) + max(|a[n − 10]|, …, |a[n + 5]|))
//! ```
//!
//! C is our own design, minimax over 0 … 0.405 fs with a ripple of 0.031 dB; the quarters are the maximally flat
//! four-point interpolator at twice the rate, where the signal has room.
//!
//! The last line is what makes it hold. No filter of a bearable length sees what lies close to half the sampling
//! rate, and white noise, hard clipping and square waves have plenty there: with the four points alone their peaks
//! come out up to 2 dB too low. So the energy up there is measured, with the response sin⁸(π·f/fs), and its amplitude
//! is counted as if it lay on top of the peak. Music has next to nothing there (−48 dB at fs/6, −24 dB at fs/4), so
//! it loses next to nothing; what has, is limited a little more than it needs.
//!
//! Peaks are late by [`DELAY_FRAMES`]: those of frame n are known when sample n + 9 is there. State: the samples,
//! halves and amplitudes that these sums reach back to.

use super::vector::{Kept, Tile, aged, if_at_least};
use fearless_simd::{Simd, SimdBase, SimdFloat, f32x16};

/// Frames by which peaks are late.
pub(super) const DELAY_FRAMES: usize = 9;

/// Half of the symmetric filter that finds the points half-way between samples.
const HALF: [f32; 8] = [
    0.631_666_36,
    -0.197_714_61,
    0.104_349_32,
    -0.061_090_706,
    0.035_943_54,
    -0.020_192_223,
    0.010_321_172,
    -0.005_063_702_2,
];

/// How much of the amplitude next to half the sampling rate is counted on top of a peak.
const KAPPA: f32 = 1.1;

/// Half of the symmetric filter that measures that amplitude.
const NEAR_NYQUIST: [f32; 5] =
    [70.0 * KAPPA / 256.0, -56.0 * KAPPA / 256.0, 28.0 * KAPPA / 256.0, -8.0 * KAPPA / 256.0, KAPPA / 256.0];

/// Samples below this count as zero, so that no product is subnormal.
const SILENT: f32 = 1e-18;

/// Finds the true peaks of two channels.
#[derive(Clone, Debug)]
pub(super) struct Detector {
    sides: [Side; 2],
}

/// What is kept of one channel: of everything the last vector.
#[derive(Clone, Debug)]
struct Side {
    samples: Kept,
    halves: Kept,
    /// Amplitudes, and the largest of 2, 4 and 8 of them.
    amplitudes: [Kept; 4],
}

impl Detector {
    /// Has heard nothing yet.
    pub(super) const SILENT: Self = Self { sides: [Side::SILENT; 2] };

    /// The peaks that are known with each sample of the tile, which are those of the frames [`DELAY_FRAMES`] earlier.
    /// Samples are finite. Only a tile that `ends_tile` leaves a trace.
    #[inline(never)]
    pub(super) fn run<S: Simd>(&mut self, simd: S, tiles: &[Tile<S>; 2], ends_tile: bool) -> [Tile<S>; 2] {
        simd.vectorize(
            #[inline(always)]
            || {
                let mut peaks = *tiles;
                for (peaks, side) in peaks.iter_mut().zip(&mut self.sides) {
                    *peaks = side.run(simd, *peaks, ends_tile);
                }
                peaks
            },
        )
    }

    /// Takes the samples of a tile without looking for peaks.
    #[inline(always)]
    pub(super) fn skip<S: Simd>(&mut self, simd: S, tiles: &[Tile<S>; 2]) {
        for (side, tile) in self.sides.iter_mut().zip(tiles) {
            *side = Side::SILENT;
            side.samples.store(if_at_least(simd, tile[1], SILENT));
        }
    }
}

impl Side {
    const SILENT: Self = Self { samples: Kept::ZERO, halves: Kept::ZERO, amplitudes: [Kept::ZERO; 4] };

    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, tile: Tile<S>, ends_tile: bool) -> Tile<S> {
        let mut past = Past {
            samples: self.samples.load(simd),
            halves: self.halves.load(simd),
            amplitudes: [f32x16::splat(simd, 0.0); 4],
        };
        for (vector, kept) in past.amplitudes.iter_mut().zip(&self.amplitudes) {
            *vector = kept.load(simd);
        }
        let mut peaks = tile;
        for vector in &mut peaks {
            *vector = past.step(simd, *vector);
        }
        if ends_tile {
            self.samples.store(past.samples);
            self.halves.store(past.halves);
            for (kept, vector) in self.amplitudes.iter_mut().zip(past.amplitudes) {
                kept.store(vector);
            }
        }
        peaks
    }
}

/// [`Side`] in registers.
struct Past<S: Simd> {
    samples: f32x16<S>,
    halves: f32x16<S>,
    amplitudes: [f32x16<S>; 4],
}

impl<S: Simd> Past<S> {
    /// Takes the next sixteen samples and gives their peaks.
    #[inline(always)]
    fn step(&mut self, simd: S, samples: f32x16<S>) -> f32x16<S> {
        let now = if_at_least(simd, samples, SILENT);
        let before = self.samples;
        // x[i] and x[i + 1] of the frame whose peak this is; the halves below lie one frame later.
        let (here, next) = (aged!(before, now, 9), aged!(before, now, 8));
        let after = aged!(before, now, 7);

        let mut half = (next + after) * HALF[0];
        half = (here + aged!(before, now, 6)).mul_add(HALF[1], half);
        half = (aged!(before, now, 10) + aged!(before, now, 5)).mul_add(HALF[2], half);
        half = (aged!(before, now, 11) + aged!(before, now, 4)).mul_add(HALF[3], half);
        half = (aged!(before, now, 12) + aged!(before, now, 3)).mul_add(HALF[4], half);
        half = (aged!(before, now, 13) + aged!(before, now, 2)).mul_add(HALF[5], half);
        half = (aged!(before, now, 14) + aged!(before, now, 1)).mul_add(HALF[6], half);
        half = (aged!(before, now, 15) + now).mul_add(HALF[7], half);

        let mut amplitude = aged!(before, now, 4) * NEAR_NYQUIST[0];
        amplitude = (aged!(before, now, 5) + aged!(before, now, 3)).mul_add(NEAR_NYQUIST[1], amplitude);
        amplitude = (aged!(before, now, 6) + aged!(before, now, 2)).mul_add(NEAR_NYQUIST[2], amplitude);
        amplitude = (after + aged!(before, now, 1)).mul_add(NEAR_NYQUIST[3], amplitude);
        amplitude = (next + now).mul_add(NEAR_NYQUIST[4], amplitude);
        let amplitude = amplitude.abs();
        let of_2 = amplitude.max(aged!(self.amplitudes[0], amplitude, 1));
        let of_4 = of_2.max(aged!(self.amplitudes[1], of_2, 2));
        let of_8 = of_4.max(aged!(self.amplitudes[2], of_4, 4));
        let of_16 = of_8.max(aged!(self.amplitudes[3], of_8, 8));

        // Sixteen times the quarters: a power of two changes no bit but the exponent.
        let middle = aged!(self.halves, half, 1);
        let quarter = (here + middle).mul_sub(9.0, aged!(self.halves, half, 2) + next);
        let three_quarters = (middle + next).mul_sub(9.0, here + half);
        let between = (quarter.abs().max(three_quarters.abs()) * (1.0 / 16.0)).max(middle.abs());

        *self = Self { samples: now, halves: half, amplitudes: [amplitude, of_2, of_4, of_8] };
        here.abs().max(between + of_16)
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{Frames, frames, load};
    use super::*;
    use crate::lanes::TILE_FRAMES;
    use crate::simd::{SimdPath, on_path};
    use std::f64::consts::TAU;

    /// The peaks of a tile that both sides have.
    fn run(detector: &mut Detector, samples: Frames) -> Frames {
        let mut peaks = [0.0; TILE_FRAMES];
        on_path!(SimdPath::detect(), simd => {
            let [_, right] = detector.run(simd, &[load(simd, &samples); 2], true);
            peaks = frames(right);
        });
        peaks
    }

    /// The halves' design, from its response: equal ripple up to 0.405 fs.
    #[test]
    fn the_halves_are_flat_to_within_their_ripple() {
        let response = |f: f64| {
            let term = |(k, c): (usize, &f32)| 2.0 * f64::from(*c) * (TAU * f * (k as f64 + 0.5)).cos();
            HALF.iter().enumerate().map(term).sum::<f64>()
        };
        let worst =
            (0..=405).map(|i| 20.0 * response(f64::from(i) / 1000.0).log10().abs()).fold(0.0, f64::max);
        // The design's own 0.0309 dB, and nothing for rounding to f32, which is 10⁻⁷.
        assert!(worst < 0.031_5, "{worst} dB");
        assert!(
            worst > 0.03,
            "the ripple of an equal-ripple design is reached, {worst} dB is another design"
        );
    }

    /// Peaks of tones, from which the phase is unknown, against their amplitude.
    #[test]
    fn tones_read_their_amplitude() {
        for f in (1..=170).map(|i| f64::from(i) / 1000.0 + 1e-5) {
            let mut detector = Detector::SILENT;
            let mut largest = 0.0_f32;
            for tile in 0..100 {
                let samples =
                    std::array::from_fn(|i| (TAU * f * (TILE_FRAMES * tile + i) as f64).sin() as f32);
                let peaks = run(&mut detector, samples);
                if tile > 2 {
                    largest = peaks.into_iter().fold(largest, f32::max);
                }
            }
            let level_db = 20.0 * largest.log10();
            // Up to 0.17 fs: ripple 0.03 dB, and on top what is taken for energy near Nyquist: 0.03 dB.
            assert!((-0.08..0.08).contains(&level_db), "{f} fs: {level_db} dB");
        }
    }

    #[test]
    fn peaks_come_as_late_as_they_are_said_to() {
        for at in 0..TILE_FRAMES {
            let mut samples = [0.0; TILE_FRAMES];
            samples[at] = 1.0;
            let mut detector = Detector::SILENT;
            let mut peaks = run(&mut detector, samples).to_vec();
            peaks.extend(run(&mut detector, [0.0; TILE_FRAMES]));
            // The quarters on either side of a lone impulse are 0.9 high, and what it has near Nyquist comes on top:
            // both the frame that starts with it and the one that ends with it read a little more than 1, and no
            // other does.
            let loud: Vec<usize> = (0..peaks.len()).filter(|frame| peaks[*frame] >= 1.0).collect();
            assert_eq!(loud, [at + DELAY_FRAMES - 1, at + DELAY_FRAMES]);
        }
    }
}
