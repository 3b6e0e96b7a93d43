//! Signals that tests feed, and what they ask of signals.

use super::Stereo;
use fastrand::Rng;
use std::f64::consts::TAU;

/// White noise, apart on both sides, up to `level`.
pub fn noise(rng: &mut Rng, n_frames: usize, level: f32) -> Stereo {
    std::array::from_fn(|_| (0..n_frames).map(|_| level * (2.0 * rng.f32() - 1.0)).collect())
}

/// A sine that begins with its zero.
pub fn sine(sample_rate_hz: f64, frequency_hz: f64, amplitude: f64, n_frames: usize) -> Vec<f32> {
    (0..n_frames)
        .map(|n| (amplitude * (TAU * frequency_hz * n as f64 / sample_rate_hz).sin()) as f32)
        .collect()
}

/// The same signal on both sides.
pub fn both(channel: Vec<f32>) -> Stereo {
    [channel.clone(), channel]
}

/// Amplitude and phase of one tone in a stretch that holds a whole number of its periods, as a complex number.
pub fn tone(signal: &[f32], sample_rate_hz: f64, frequency_hz: f64) -> [f64; 2] {
    let scale = 2.0 / signal.len() as f64;
    signal.iter().enumerate().fold([0.0; 2], |[re, im], (n, &sample)| {
        let (sin, cos) = (TAU * frequency_hz * n as f64 / sample_rate_hz).sin_cos();
        [re + scale * f64::from(sample) * cos, im - scale * f64::from(sample) * sin]
    })
}

pub fn peak(channel: &[f32]) -> f64 {
    channel.iter().fold(0.0, |peak, &sample| f64::from(sample.abs()).max(peak))
}

/// The frames at which a channel is not zero.
pub fn sounding(channel: &[f32]) -> Vec<usize> {
    (0..channel.len()).filter(|&frame| channel[frame] != 0.0).collect()
}
