//! Spectra of one tap, computed by the one who reads them.
//!
//! The newest 85 ms or so are weighted by a Blackman-Harris window of four terms (Harris, "On the use of windows for harmonic
//! analysis", 1978: side lobes at −92 dB, main lobe of eight bins) and transformed. Left and right have a spectrum each. A sine of
//! amplitude 1 in the middle of a bin has power 1 there; between two bins it reads 0.83 dB less.

use super::scope::{CAPACITY_FRAMES, ScopeSink};
use super::{Desk, Tap};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::sync::Arc;

/// The window's terms.
const WINDOW: [f64; 4] = [0.358_75, -0.488_29, 0.141_28, -0.011_68];

/// How long a window is at least, in seconds; it is a power of two of frames.
const MIN_WINDOW_S: f32 = 0.06;

/// How long it is at most, at whatever rate: enough for 192 kHz.
const MAX_WINDOW_FRAMES: usize = 16_384;

/// Whoever reads a spectrum. As long as it exists, the audio thread hands over the samples of its tap.
pub struct Spectrum {
    desk: Arc<Desk>,
    /// Nothing only while it goes away.
    sink: Option<ScopeSink>,
    tap: Tap,
    wish: u32,
    /// Frames were lost behind the newest that were read.
    has_gap: bool,
    /// The newest samples in the order of time.
    history: [Vec<f32>; 2],
    transform: Transform,
    power: [Vec<f32>; 2],
}

impl Spectrum {
    /// Of a tap of a desk, unless somebody else reads one.
    pub(super) fn open(desk: &Arc<Desk>, tap: Tap) -> Option<Self> {
        let sink = desk.scope.take_sink()?;
        let transform = Transform::new(desk.sample_rate_hz(tap));
        let (n, n_bins) = (transform.window.len(), transform.n_bins());
        Some(Self {
            sink: Some(sink),
            tap,
            wish: desk.scope.want(tap),
            has_gap: false,
            history: [vec![0.0; n], vec![0.0; n]],
            transform,
            power: [vec![0.0; n_bins], vec![0.0; n_bins]],
            desk: Arc::clone(desk),
        })
    }

    /// The tap that is read.
    pub fn tap(&self) -> Tap {
        self.tap
    }

    /// Reads another tap from here on. What the spectrum shows stays until the first update that brings samples of it.
    pub fn set_tap(&mut self, tap: Tap) {
        if tap != self.tap {
            self.tap = tap;
            self.wish = self.desk.scope.want(tap);
            self.forget();
        }
    }

    /// Computes the spectrum anew if samples came since the last call, and returns whether it did. Not for the audio thread.
    pub fn update(&mut self) -> bool {
        let rate_hz = self.desk.sample_rate_hz(self.tap);
        if rate_hz != self.transform.rate_hz {
            self.transform = Transform::new(rate_hz);
            let (n, n_bins) = (self.transform.window.len(), self.transform.n_bins());
            self.history.iter_mut().for_each(|history| history.resize(n, 0.0));
            self.power.iter_mut().for_each(|power| power.resize(n_bins, 0.0));
            self.forget();
        }
        if !self.collect() {
            return false;
        }
        for (history, power) in self.history.iter().zip(&mut self.power) {
            self.transform.power(history, power);
        }
        true
    }

    /// The power of left and right in each bin, where a sine of amplitude 1 has 1.
    pub fn power(&self) -> [&[f32]; 2] {
        self.power.each_ref().map(Vec::as_slice)
    }

    /// How far two bins are apart, in hertz; the first is at 0.
    pub fn bin_hz(&self) -> f32 {
        self.transform.rate_hz / self.transform.window.len() as f32
    }

    /// Silence, in place of what was heard.
    fn forget(&mut self) {
        self.history.iter_mut().for_each(|history| history.fill(0.0));
        self.has_gap = false;
    }

    /// Reads everything that waits, and returns whether there was anything of this tap.
    fn collect(&mut self) -> bool {
        let Some(granted_from) = self.desk.scope.granted_from(self.wish) else { return false };
        let Some(sink) = &mut self.sink else { return false };
        let n_waiting = sink.frames.slots();
        let Ok(chunk) = sink.frames.read_chunk(n_waiting) else { return false };
        // What was wanted before comes first.
        let n_stale = granted_from.saturating_sub(sink.n_read).min(n_waiting as u64) as usize;
        sink.n_read += n_waiting as u64;
        let n_new = n_waiting - n_stale;
        if n_new > 0 {
            if std::mem::take(&mut self.has_gap) {
                self.history.iter_mut().for_each(|history| history.fill(0.0));
            }
            let (first, second) = chunk.as_slices();
            let n = self.history[0].len();
            let frames = || first.iter().chain(second).skip(n_waiting - n_new.min(n));
            for (side, history) in self.history.iter_mut().enumerate() {
                history.copy_within(n_new.min(n).., 0);
                let places = &mut history[n - n_new.min(n)..];
                for (place, frame) in places.iter_mut().zip(frames()) {
                    // An input may hold anything, and one broken sample would break every bin.
                    *place = if frame[side].is_finite() { frame[side] } else { 0.0 };
                }
            }
        }
        chunk.commit_all();
        // What did not fit was dropped.
        self.has_gap |= n_waiting == CAPACITY_FRAMES;
        n_new > 0
    }
}

impl Drop for Spectrum {
    fn drop(&mut self) {
        if let Some(sink) = self.sink.take() {
            self.desk.scope.put_back(sink);
        }
    }
}

/// What turns samples into powers.
struct Transform {
    rate_hz: f32,
    fft: Arc<dyn RealToComplex<f32>>,
    /// Scaled so that a sine of amplitude 1 gives a bin of magnitude 1.
    window: Vec<f32>,
    weighted: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Transform {
    fn new(rate_hz: f32) -> Self {
        let n = ((rate_hz * MIN_WINDOW_S) as usize).clamp(256, MAX_WINDOW_FRAMES).next_power_of_two();
        let fft = RealFftPlanner::new().plan_fft_forward(n);
        let scale = 2.0 / (n as f64 * WINDOW[0]);
        let weight = |idx: usize| {
            let phase = TAU * idx as f64 / n as f64;
            let terms = WINDOW.iter().enumerate().map(|(k, term)| term * (k as f64 * phase).cos());
            (scale * terms.sum::<f64>()) as f32
        };
        Self {
            rate_hz,
            window: (0..n).map(weight).collect(),
            weighted: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    fn n_bins(&self) -> usize {
        self.bins.len()
    }

    fn power(&mut self, samples: &[f32], power: &mut [f32]) {
        for ((weighted, sample), weight) in self.weighted.iter_mut().zip(samples).zip(&self.window) {
            *weighted = sample * weight;
        }
        // The lengths are the transform's own, so that it cannot refuse them.
        let done = self.fft.process_with_scratch(&mut self.weighted, &mut self.bins, &mut self.scratch);
        debug_assert!(done.is_ok());
        for (power, bin) in power.iter_mut().zip(&self.bins) {
            *power = bin.norm_sqr();
        }
        // These two have no mirror image, which everything between them counts twice.
        for edge in [0, self.bins.len() - 1] {
            power[edge] *= 0.25;
        }
    }
}
