//! What a person hears as a click: sound above 6 kHz where the signal has none.

use std::f64::consts::PI;

/// A high-pass of linear phase that leaves nothing of 1 kHz and below, flat above 6 kHz. A windowed sinc (Blackman and
/// Harris, four terms: side lobes under −92 dB) of 4 ms on either side with its corner at 4.5 kHz.
pub struct ClickDetector {
    taps: Vec<f64>,
}

impl ClickDetector {
    pub fn new(sample_rate_hz: f64) -> Self {
        let half = (0.004 * sample_rate_hz) as i32;
        let corner = 2.0 * 4_500.0 / sample_rate_hz;
        let tap = |tap: i32| {
            let phase = PI * (f64::from(tap) / f64::from(half) + 1.0);
            let window = 0.358_75 - 0.488_29 * phase.cos() + 0.141_28 * (2.0 * phase).cos()
                - 0.011_68 * (3.0 * phase).cos();
            let x = PI * f64::from(tap);
            let low = if tap == 0 { corner } else { (corner * x).sin() / x };
            (if tap == 0 { 1.0 } else { 0.0 }) - low * window
        };
        Self { taps: (-half..=half).map(tap).collect() }
    }

    /// The loudest sample of what is above 6 kHz, as a gain. The ends of the signal are not heard: it must reach 4 ms beyond
    /// what is of interest.
    pub fn loudest(&self, signal: &[f32]) -> f64 {
        assert!(signal.len() > 2 * self.taps.len(), "too short to prove anything");
        signal
            .windows(self.taps.len())
            .map(|window| {
                let sum: f64 =
                    window.iter().zip(&self.taps).map(|(&sample, tap)| f64::from(sample) * tap).sum();
                sum.abs()
            })
            .fold(0.0, f64::max)
    }
}
