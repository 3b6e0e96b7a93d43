//! Level and peak of a stereo sound.
//!
//! RMS = √(Σx²/n) over the samples of both sides, peak = max |x|, both in dB relative to a sample of 1.0: a sine at
//! full scale reads −3.01 dBFS RMS (AES17 would call it 0). Samples that are not finite are counted and left out.

/// Accumulates the figures of one sound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    sum_of_squares: f64,
    peak: f32,
    n_samples: u64,
    n_non_finite: u64,
}

impl Level {
    /// Takes in samples of either side.
    pub fn add(&mut self, samples: &[f32]) {
        for &sample in samples {
            if sample.is_finite() {
                self.sum_of_squares += f64::from(sample) * f64::from(sample);
                self.peak = self.peak.max(sample.abs());
            } else {
                self.n_non_finite += 1;
            }
        }
        self.n_samples += samples.len() as u64;
    }

    /// The level in dBFS; −∞ for silence and for nothing at all.
    pub fn rms_dbfs(&self) -> f64 {
        let n_finite = (self.n_samples - self.n_non_finite).max(1);
        10.0 * (self.sum_of_squares / n_finite as f64).log10()
    }

    /// The peak in dBFS; −∞ for silence and for nothing at all.
    pub fn peak_dbfs(&self) -> f64 {
        20.0 * f64::from(self.peak).log10()
    }

    /// How many samples were not a number or infinite.
    pub fn n_non_finite(&self) -> u64 {
        self.n_non_finite
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_full_scale_sine_reads_minus_three_and_zero() {
        let mut level = Level::default();
        let sine: Vec<f32> = (0..48_000).map(|i| (TAU * f64::from(i) / 48.0).sin() as f32).collect();
        level.add(&sine);
        // Whole periods with a sample at the crest: exact up to the rounding of the samples to f32.
        assert!((level.rms_dbfs() - -3.0103).abs() < 1e-4, "{}", level.rms_dbfs());
        assert!(level.peak_dbfs().abs() < 1e-6);
    }

    #[test]
    fn silence_is_minus_infinity_and_odd_samples_are_only_counted() {
        let mut level = Level::default();
        assert_eq!(level.rms_dbfs(), f64::NEG_INFINITY);
        level.add(&[0.0; 16]);
        assert_eq!((level.rms_dbfs(), level.peak_dbfs()), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        level.add(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        assert_eq!(level.n_non_finite(), 3);
        assert_eq!(level.peak_dbfs(), f64::NEG_INFINITY);
        let mut half = Level::default();
        half.add(&[0.5, f32::NAN, -0.5]);
        // 20 · log10(0.5), the f32 being exact.
        assert!((half.rms_dbfs() - -6.0206).abs() < 1e-4);
    }
}
