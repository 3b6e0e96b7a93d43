//! What the tests of the limiter share: an independent meter, signals, and a way to run a limiter over a stretch of
//! time.

#![allow(dead_code, reason = "each test uses its part")]

use busbar_engine::limiter::{Limiter, Lookahead};
use fastrand::Rng;
use std::f64::consts::{PI, TAU};

pub const SAMPLE_RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

/// The lookaheads that delay.
pub const AHEAD: [Lookahead; 3] = [Lookahead::Ms1_5, Lookahead::Ms3, Lookahead::Ms5];

/// Points that the meter takes between two samples.
const METER_POINTS: usize = 16;

/// Samples on either side that each of these points is made of.
const METER_REACH: usize = 64;

/// True peak by interpolation with a windowed sinc at sixteen times the rate, all in f64. It has nothing in common
/// with the limiter's own: 128 taps a point, flat to 0.477 of the sampling rate, its window down to −90 dB.
pub struct Meter {
    /// Indexed by `[tap][point]`.
    taps: Vec<[f64; METER_POINTS]>,
}

impl Meter {
    pub fn new() -> Self {
        const BETA: f64 = 9.0;
        let bessel = |x: f64| {
            let terms = (1..60).scan(1.0, |term, k| {
                *term *= (x / 2.0 / f64::from(k)).powi(2);
                Some(*term)
            });
            1.0 + terms.sum::<f64>()
        };
        let sinc = |t: f64| if t == 0.0 { 1.0 } else { (PI * t).sin() / (PI * t) };
        let tap = |tap: usize, point: usize| {
            let t = point as f64 / METER_POINTS as f64 + METER_REACH as f64 - 1.0 - tap as f64;
            let u = 1.0 - (t / METER_REACH as f64).powi(2);
            sinc(t) * bessel(BETA * u.max(0.0).sqrt()) / bessel(BETA)
        };
        let taps = (0..2 * METER_REACH).map(|k| std::array::from_fn(|point| tap(k, point))).collect();
        Self { taps }
    }

    /// The largest magnitude of the signal, which is silent on either side.
    pub fn true_peak(&self, signal: &[f32]) -> f64 {
        let silence = [0.0_f64; METER_REACH];
        let samples: Vec<f64> =
            silence.into_iter().chain(signal.iter().map(|x| f64::from(*x))).chain(silence).collect();
        let mut largest = 0.0_f64;
        for window in samples.windows(2 * METER_REACH) {
            let mut points = [0.0; METER_POINTS];
            for (taps, x) in self.taps.iter().zip(window) {
                for (point, tap) in points.iter_mut().zip(taps) {
                    *point += tap * x;
                }
            }
            largest = points.into_iter().fold(largest, |largest, point| largest.max(point.abs()));
        }
        largest
    }

    pub fn true_peak_db(&self, signal: &[f32]) -> f64 {
        20.0 * self.true_peak(signal).log10()
    }
}

pub fn db_to_gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// Silence behind each of the worst signals: longer than any latency. The limiter must have the end of a signal in hand
/// before the test cuts it off, because the cut would be a peak of its own.
pub const TAIL_FRAMES: usize = 1_200;

/// A named signal.
pub struct Signal {
    pub name: String,
    pub samples: Vec<f32>,
}

/// The worst signals there are for a true-peak limiter, all far over full scale somewhere.
pub fn worst_signals(n_frames: usize, seed: u64) -> Vec<Signal> {
    let mut rng = Rng::with_seed(seed);
    let mut signals = Vec::new();
    let mut add = |name: &str, samples: Vec<f32>| signals.push(Signal { name: name.into(), samples });
    let tone = |f: f64, degrees: f64, amplitude: f64| -> Vec<f32> {
        (0..n_frames)
            .map(|n| (amplitude * (TAU * f * n as f64 + degrees.to_radians()).sin()) as f32)
            .collect()
    };
    add("tone fs/4, 45°", tone(0.25, 45.0, 2.0));
    add("tone fs/6, 60°", tone(1.0 / 6.0, 60.0, 2.0));
    add("tone fs/8, 67.5°", tone(0.125, 67.5, 2.0));
    add("tone 0.4 fs", tone(0.4, 18.0, 2.0));
    add("tone 0.45 fs", tone(0.45, 9.0, 2.0));
    add("tone fs/5.01", tone(1.0 / 5.01, 0.0, 2.0));
    let square = |period: f64, phase: f64, from: usize, to: usize, samples: &mut [f32]| {
        for (n, sample) in samples.iter_mut().enumerate().take(to).skip(from) {
            *sample = if ((n as f64 / period + phase).fract()) < 0.5 { 2.0 } else { -2.0 };
        }
    };
    let mut bursts = vec![0.0; n_frames];
    for (burst, from) in (0..n_frames).step_by(1_000).enumerate() {
        let period = [8.0, 10.0, 14.0, 20.0, 37.0, 48.0, 101.0, 3.0][burst % 8];
        square(period, 0.0, from, (from + 500).min(n_frames), &mut bursts);
    }
    add("square bursts", bursts);
    let mut bursts = vec![0.0; n_frames];
    for from in (0..n_frames).step_by(700) {
        square(2.2 + 60.0 * rng.f64(), rng.f64(), from, (from + 400).min(n_frames), &mut bursts);
    }
    add("square bursts of any period", bursts);
    add("white noise", (0..n_frames).map(|_| 6.0 * rng.f32() - 3.0).collect());
    let mut gauss = || (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0;
    add("Gaussian noise", (0..n_frames).map(|_| gauss() as f32).collect());
    let mut state = 0.0;
    let mut music = || {
        state = 0.9 * state + gauss();
        2.0 * state
    };
    add("red noise, clipped", (0..n_frames).map(|_| music().clamp(-1.5, 1.5) as f32).collect());
    add("red noise", (0..n_frames).map(|_| music() as f32).collect());
    add("random signs", (0..n_frames).map(|_| if rng.bool() { 1.0 } else { -1.0 }).collect());
    let mut impulses = vec![0.0; n_frames];
    impulses.iter_mut().step_by(397).for_each(|sample| *sample = 3.0);
    impulses.iter_mut().skip(1).step_by(611).for_each(|sample| *sample = -2.0);
    add("impulses", impulses);
    for signal in &mut signals {
        let end = n_frames.saturating_sub(TAIL_FRAMES);
        signal.samples[end..].fill(0.0);
    }
    signals
}

/// Something like music for tests of other things: noise whose level goes up and down, apart on both sides.
pub fn stereo(n_frames: usize, seed: u64) -> [Vec<f32>; 2] {
    let mut rng = Rng::with_seed(seed);
    let mut level = 1.0;
    let mut sides = [Vec::new(), Vec::new()];
    for frame in 0..n_frames {
        if frame % 400 == 0 {
            level = 4.0 * rng.f32().powi(3);
        }
        sides.iter_mut().for_each(|side| side.push(level * (2.0 * rng.f32() - 1.0)));
    }
    sides
}

/// A limiter that is on.
pub fn limiter(sample_rate_hz: f64, lookahead: Lookahead, ceiling_db: f32, release_ms: f32) -> Limiter {
    let mut limiter = Limiter::new();
    limiter.prepare(sample_rate_hz, lookahead);
    limiter.set(ceiling_db, release_ms, 100.0);
    limiter.set_on(true);
    limiter
}

/// The output for a stretch of input, in one block.
pub fn run(limiter: &mut Limiter, [left, right]: [&[f32]; 2]) -> [Vec<f32>; 2] {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    limiter.process(&mut left, &mut right);
    [left, right]
}

/// For comparisons of every bit.
pub fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}
