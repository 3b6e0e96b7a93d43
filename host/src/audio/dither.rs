//! Rounding to whole numbers with triangular dither.
//!
//! A sample *x* (1.0 is full scale) becomes *n* = ⌊2^(b−1)·*x* + *d* + ½⌋, clipped to *b* bits, where *d* is the
//! difference of two independent uniform numbers from [0, 1): triangular, 2 LSB peak to peak, mean 0. Such dither
//! makes mean and variance of the error independent of the signal (Lipshitz, Wannamaker, Vanderkooy: "Quantization and
//! Dither: A Theoretical Survey", J. Audio Eng. Soc. 40, 1992). Its total error has an RMS of ½ LSB: Δ²/12 from the
//! rounding and Δ²/6 from the dither, −96.33 dBFS at 16 bits.
//!
//! Latency none. State: one random generator per channel, always started alike, so that the same sound gives the same
//! file, whatever the block size.

/// Rounds one channel to whole numbers.
#[derive(Clone, Debug)]
pub struct Quantizer {
    full_scale: f64,
    generator: SplitMix64,
    n_clipped: u64,
}

impl Quantizer {
    /// A quantizer to `bits` (2 to 32) for the channel with this index. Channels draw from generators of their own: the
    /// same dither on both sides would sit in the middle of the picture.
    pub fn new(bits: u32, channel_idx: u64) -> Self {
        Self {
            full_scale: 2.0_f64.powi(bits as i32 - 1),
            // Any constants will do that set channels apart; the golden ratio's bits spread them well.
            generator: SplitMix64 { state: channel_idx.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03) },
            n_clipped: 0,
        }
    }

    /// The next sample as a whole number. What is not finite becomes 0.
    pub fn quantize(&mut self, sample: f32) -> i32 {
        let dither = self.generator.triangular();
        let sample = if sample.is_finite() { f64::from(sample) } else { 0.0 };
        let rounded = (sample * self.full_scale + dither + 0.5).floor();
        let clipped = rounded.clamp(-self.full_scale, self.full_scale - 1.0);
        // A full-scale sample may be pushed over by the dither alone; only what was over by itself counts.
        if sample.abs() > 1.0 {
            self.n_clipped += 1;
        }
        clipped as i32
    }

    /// How many samples so far were beyond full scale and hence cut.
    pub fn n_clipped(&self) -> u64 {
        self.n_clipped
    }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014): one multiplication chain
/// per number, full period 2⁶⁴.
#[derive(Clone, Debug)]
struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The difference of two uniform numbers from [0, 1), which are the halves of one draw.
    fn triangular(&mut self) -> f64 {
        let draw = self.next();
        let scale = 1.0 / 4_294_967_296.0;
        (f64::from((draw >> 32) as u32) - f64::from(draw as u32)) * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 1 << 20;

    /// Mean and RMS of the error in LSB, for a constant input given in LSB of 16 bits.
    fn error_of_constant(input_lsb: f64) -> (f64, f64) {
        let mut quantizer = Quantizer::new(16, 0);
        let sample = (input_lsb / 32768.0) as f32;
        let errors = (0..N).map(|_| f64::from(quantizer.quantize(sample)) - f64::from(sample) * 32768.0);
        let (sum, squares) = errors.fold((0.0, 0.0), |(s, q), e| (s + e, q + e * e));
        (sum / N as f64, (squares / N as f64).sqrt())
    }

    #[test]
    fn the_error_is_half_an_lsb_with_mean_zero_whatever_the_signal() {
        for input_lsb in [0.0, 0.25, 0.5, 0.77, 100.125, -3000.5] {
            let (mean, rms) = error_of_constant(input_lsb);
            // Four standard deviations of the mean of N samples with RMS ½: 4 · 0.5/√N ≈ 0.002.
            assert!(mean.abs() < 0.002, "mean {mean} at {input_lsb}");
            // The RMS of N samples with RMS ½ and bounded tails scatters by less than 0.5/√N: 0.1 % is ample.
            assert!((rms - 0.5).abs() < 0.0005, "rms {rms} at {input_lsb}");
            let rms_dbfs = 20.0 * (rms / 32768.0).log10();
            assert!((rms_dbfs - -96.33).abs() < 0.01, "{rms_dbfs} dBFS at {input_lsb}");
        }
    }

    #[test]
    fn the_dither_is_triangular_over_two_lsb() {
        let mut generator = Quantizer::new(16, 0).generator;
        // Of a triangle over ±1, the inner half holds three quarters.
        let (mut inner, mut peak) = (0usize, 0.0f64);
        for _ in 0..N {
            let d = generator.triangular();
            inner += usize::from(d.abs() < 0.5);
            peak = peak.max(d.abs());
        }
        // Four standard deviations of a share of 0.75 over N draws: 4 · √(0.75 · 0.25 / N) ≈ 0.0017.
        assert!((inner as f64 / N as f64 - 0.75).abs() < 0.0017);
        assert!(peak < 1.0 && peak > 0.99, "peak {peak}");
    }

    #[test]
    fn it_is_deterministic_and_channels_are_independent() {
        let run = |channel| {
            let mut quantizer = Quantizer::new(16, channel);
            (0..N).map(|_| quantizer.quantize(0.0)).collect::<Vec<_>>()
        };
        let (left, again, right) = (run(0), run(0), run(1));
        assert_eq!(left, again);
        let correlation: f64 = left.iter().zip(&right).map(|(l, r)| f64::from(l * r)).sum::<f64>() / N as f64;
        // Independent errors of RMS ½ correlate by 0 ± 0.25/√N ≈ 0.00025; four of that.
        assert!(correlation.abs() < 0.001, "{correlation}");
    }

    #[test]
    fn full_scale_clips_instead_of_wrapping_and_is_counted() {
        for (bits, lowest, highest) in [(16, -32768, 32767), (24, -8_388_608, 8_388_607)] {
            let mut quantizer = Quantizer::new(bits, 0);
            for _ in 0..1000 {
                assert!(quantizer.quantize(1.0) >= highest - 1);
                assert!(quantizer.quantize(-1.0) <= lowest + 1);
            }
            assert_eq!(quantizer.n_clipped(), 0, "full scale itself is not over");
            assert_eq!(quantizer.quantize(3.0), highest);
            assert_eq!(quantizer.quantize(-3.0), lowest);
            assert_eq!(quantizer.n_clipped(), 2);
            assert!(quantizer.quantize(f32::NAN).abs() <= 1);
        }
    }
}
