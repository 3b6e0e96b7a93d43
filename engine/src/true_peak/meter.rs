//! The true peak of one stereo signal, in blocks of any size.

use super::{LARGEST_GAIN, above};
use crate::lanes::TILE_FRAMES;
use crate::simd::{PAST_FRAMES, SimdPath, WINDOW_FRAMES, larger, on_path};
use fearless_simd::Simd;

/// What a stereo signal's true peak has been. Finds it in tiles of [`TILE_FRAMES`] samples since the beginning, so that it does not
/// matter how the signal comes.
#[derive(Clone, Debug)]
pub struct TruePeakMeter {
    windows: [[f32; WINDOW_FRAMES]; 2],
    /// Samples of the present tile.
    at: usize,
    largest: [f32; 2],
    path: SimdPath,
}

impl Default for TruePeakMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl TruePeakMeter {
    /// Has heard nothing yet.
    pub fn new() -> Self {
        Self::on_path(SimdPath::detect())
    }

    /// The same on certain instructions, for tests and measurements.
    pub fn on_path(path: SimdPath) -> Self {
        Self { windows: [[0.0; WINDOW_FRAMES]; 2], at: 0, largest: [0.0; 2], path }
    }

    /// The largest of each side, linear, up to the last whole tile.
    pub fn largest(&self) -> [f32; 2] {
        self.largest
    }

    /// Begins anew; what was heard last still counts for what lies between it and what comes.
    pub fn restart(&mut self) {
        self.largest = [0.0; 2];
    }

    /// Takes as many frames as the shorter side has. Samples are finite.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        on_path!(self.path, simd => self.process_on(simd, [left, right]));
    }

    #[inline(always)]
    fn process_on<S: Simd>(&mut self, simd: S, sides: [&[f32]; 2]) {
        let n_frames = sides[0].len().min(sides[1].len());
        let mut now = 0;
        while now < n_frames {
            let n = (n_frames - now).min(TILE_FRAMES - self.at);
            let first = PAST_FRAMES + self.at;
            for (window, side) in self.windows.iter_mut().zip(sides) {
                window[first..first + n].copy_from_slice(&side[now..now + n]);
            }
            now += n;
            self.at += n;
            if self.at == TILE_FRAMES {
                self.at = 0;
                self.end_tile(simd);
            }
        }
    }

    #[inline(always)]
    fn end_tile<S: Simd>(&mut self, simd: S) {
        for (window, largest) in self.windows.iter_mut().zip(&mut self.largest) {
            let peak = window.iter().fold(0.0, |peak, sample| larger(sample.abs(), peak));
            *largest = larger(peak, *largest);
            if peak * LARGEST_GAIN > *largest {
                let between = above(simd, window, *largest).unwrap_or(0.0);
                *largest = larger(between, *largest);
            }
            window.copy_within(TILE_FRAMES.., 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::between;
    use fastrand::Rng;

    #[test]
    fn what_is_not_computed_would_not_have_been_larger() {
        let mut rng = Rng::with_seed(61);
        for path in SimdPath::all() {
            let mut n_between = 0;
            for _ in 0..20 {
                let smooth = rng.f32();
                let (mut low, mut loudness) = (0.0, 1.0_f32);
                let signal: Vec<f32> = (0..200 * TILE_FRAMES)
                    .map(|frame| {
                        if frame % 100 == 0 {
                            loudness = 0.3 + rng.f32();
                        }
                        low += smooth * (rng.f32() * 2.0 - 1.0 - low);
                        low * loudness
                    })
                    .collect();
                let mut meter = TruePeakMeter::on_path(path);
                let mut now = 0;
                while now < signal.len() {
                    let n = rng.usize(1..200).min(signal.len() - now);
                    meter.process(&signal[now..now + n], &signal[now..now + n]);
                    now += n;
                }
                let padded = [vec![0.0; PAST_FRAMES], signal].concat();
                let (mut largest, mut of_samples) = (0.0, 0.0);
                for tile in 0..200 {
                    let window = padded[tile * TILE_FRAMES..][..WINDOW_FRAMES].try_into().expect("a window");
                    let mut found = 0.0;
                    on_path!(path, simd => found = between(simd, window));
                    of_samples = window.iter().fold(of_samples, |peak, x: &f32| larger(x.abs(), peak));
                    largest = larger(larger(found, of_samples), largest);
                }
                assert_eq!(meter.largest(), [largest; 2], "{} {smooth}", path.name());
                n_between += usize::from(largest > of_samples);
            }
            assert!(n_between > 5, "too little was found between samples");
        }
    }
}
