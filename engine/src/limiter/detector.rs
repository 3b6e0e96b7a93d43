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

use super::hold::{Frames, larger};
use crate::lanes::TILE_FRAMES;

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

/// Amplitudes of the past that a tile needs.
const PAST_AMPLITUDES: usize = 16;

/// Halves of the past that a tile needs, two, and what keeps the array even.
const PAST_HALVES: usize = 4;

/// Samples below this count as zero, so that no product is subnormal.
const SILENT: f32 = 1e-18;

/// Finds the true peaks of two channels.
#[derive(Clone, Debug)]
pub(super) struct Detector {
    sides: [Side; 2],
}

/// What one channel is made of. Each array is a past and a tile.
#[derive(Clone, Debug)]
struct Side {
    samples: [f32; 2 * TILE_FRAMES],
    halves: [f32; PAST_HALVES + TILE_FRAMES],
    amplitudes: [f32; PAST_AMPLITUDES + TILE_FRAMES],
}

impl Detector {
    /// Has heard nothing yet.
    pub(super) const SILENT: Self = Self { sides: [Side::SILENT; 2] };

    /// The peaks that are known with each sample of the tile, which are those of the frames [`DELAY_FRAMES`] earlier.
    /// Samples are finite. Changes nothing that a second call for the same tile would see.
    ///
    /// Both sides take turns, step by step: a step reads what the one before has only just written, at other borders,
    /// and processors are slow at that unless there is something else to do in between.
    #[inline(always)]
    pub(super) fn run(&mut self, tiles: &[Frames; 2]) -> [Frames; 2] {
        let sides = &mut self.sides;
        for (side, tile) in sides.iter_mut().zip(tiles) {
            side.take(tile, TILE_FRAMES);
        }
        sides.iter_mut().for_each(Side::find_amplitudes);
        sides.iter_mut().for_each(Side::find_halves);
        let of_4 = sides.each_ref().map(|side| side.largest_of_4());
        [sides[0].peaks(&of_4[0]), sides[1].peaks(&of_4[1])]
    }

    /// Takes the samples of a tile without looking for peaks.
    pub(super) fn skip(&mut self, tiles: &[Frames; 2]) {
        for (side, tile) in self.sides.iter_mut().zip(tiles) {
            *side = Side::SILENT;
            side.take(tile, 0);
        }
    }

    #[inline(always)]
    pub(super) fn end_tile(&mut self) {
        for side in &mut self.sides {
            side.samples.copy_within(TILE_FRAMES.., 0);
            side.halves.copy_within(TILE_FRAMES.., 0);
            side.amplitudes.copy_within(TILE_FRAMES.., 0);
        }
    }
}

impl Side {
    const SILENT: Self = Self {
        samples: [0.0; 2 * TILE_FRAMES],
        halves: [0.0; PAST_HALVES + TILE_FRAMES],
        amplitudes: [0.0; PAST_AMPLITUDES + TILE_FRAMES],
    };

    #[inline(always)]
    fn take(&mut self, tile: &Frames, at: usize) {
        for (x, &sample) in self.samples[at..].iter_mut().zip(tile) {
            *x = if sample.abs() < SILENT { 0.0 } else { sample };
        }
    }

    #[inline(always)]
    fn find_halves(&mut self) {
        let x = &self.samples;
        for i in 0..TILE_FRAMES {
            // The newest sample that the half needs is that of frame i.
            let at = TILE_FRAMES + i - HALF.len();
            let mut sum = 0.0;
            for (k, c) in HALF.iter().enumerate() {
                sum += c * (x[at - k] + x[at + 1 + k]);
            }
            self.halves[PAST_HALVES + i] = sum;
        }
    }

    #[inline(always)]
    fn find_amplitudes(&mut self) {
        let x = &self.samples;
        for i in 0..TILE_FRAMES {
            let at = TILE_FRAMES + i - 4;
            let mut sum = NEAR_NYQUIST[0] * x[at];
            for (k, c) in NEAR_NYQUIST.iter().enumerate().skip(1) {
                sum += c * (x[at - k] + x[at + k]);
            }
            self.amplitudes[PAST_AMPLITUDES + i] = sum.abs();
        }
    }

    /// Each amplitude, the largest of it and the three before, for the last tile's twelve and this one's.
    #[inline(always)]
    fn largest_of_4(&self) -> [f32; TILE_FRAMES + 12] {
        let a = &self.amplitudes;
        let mut of_4 = [0.0; TILE_FRAMES + 12];
        for (i, largest) in of_4.iter_mut().enumerate() {
            *largest = larger(larger(a[i + 1], a[i + 2]), larger(a[i + 3], a[i + 4]));
        }
        of_4
    }

    #[inline(always)]
    fn peaks(&self, of_4: &[f32; TILE_FRAMES + 12]) -> Frames {
        let (x, halves) = (&self.samples, &self.halves);
        let mut peaks = [0.0; TILE_FRAMES];
        for (i, peak) in peaks.iter_mut().enumerate() {
            let (here, next) = (x[TILE_FRAMES - DELAY_FRAMES + i], x[TILE_FRAMES - DELAY_FRAMES + 1 + i]);
            let (before, half, after) =
                (halves[PAST_HALVES - 2 + i], halves[PAST_HALVES - 1 + i], halves[PAST_HALVES + i]);
            let quarter = 9.0 / 16.0 * (here + half) - 1.0 / 16.0 * (before + next);
            let three_quarters = 9.0 / 16.0 * (half + next) - 1.0 / 16.0 * (here + after);
            let between = larger(larger(quarter.abs(), three_quarters.abs()), half.abs());
            let near_nyquist = larger(larger(of_4[i], of_4[i + 4]), larger(of_4[i + 8], of_4[i + 12]));
            *peak = larger(here.abs(), between + near_nyquist);
        }
        peaks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

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
                let [peaks, _] = detector.run(&[samples; 2]);
                detector.end_tile();
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
            let mut peaks = detector.run(&[samples; 2])[1].to_vec();
            detector.end_tile();
            peaks.extend(detector.run(&[[0.0; TILE_FRAMES]; 2])[1]);
            // The quarters on either side of a lone impulse are 0.9 high, and what it has near Nyquist comes on top:
            // both the frame that starts with it and the one that ends with it read a little more than 1, and no
            // other does.
            let loud: Vec<usize> = (0..peaks.len()).filter(|frame| peaks[*frame] >= 1.0).collect();
            assert_eq!(loud, [at + DELAY_FRAMES - 1, at + DELAY_FRAMES]);
        }
    }
}
