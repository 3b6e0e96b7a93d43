//! Many stereo channels from one rate to another, in steps on an absolute grid.
//!
//! Two ways, both by rubato. Each is driven so that a step has a fixed number of the engine's samples, whatever the host's blocks
//! are.
//!
//! - *Windowed sinc.* Rates are in a ratio of whole numbers, so every output sample falls onto one of as many phases as the
//!   ratio's upper number: with one filter for each phase nothing is interpolated. A filter is a sinc times the square of the
//!   Blackman–Harris window, [`sinc_filter`] long.
//! - *FFT.* Overlap-add of blocks of [`FFT_MIN_FRAMES`] or more samples of the lower rate, with a filter of the same length.
//!
//! What rests (silent, and nothing rings any more) is left out, which changes no bit: both ways map zeros to zeros, and channels
//! do not meet. Where all steps are alike, a converter whose channels all rest does nothing at all.

use super::planar::Planar;
use super::ratio::Ratio;
use crate::settings::ResamplingMode;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Indexing, Resampler, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};
use std::ops::Range;

/// The engine's samples in a step of the sinc resampler: the least delay that is made of whole tiles, twice.
pub(super) const SINC_STEP_FRAMES: usize = 64;

/// The least length of the FFT resampler's filter, in samples of the lower rate. With 512 the pass band reaches 20.8 kHz at
/// 44.1 kHz.
const FFT_MIN_FRAMES: u32 = 512;

/// The upper end of the pass band that every mode has at 44.1 kHz and above, in hertz.
pub(super) const PASS_HZ: f64 = 20_000.0;

/// Which way a converter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the host to the engine.
    In,
    /// From the engine to the host.
    Out,
}

/// A stereo channel's rest.
#[derive(Clone, Copy, Default)]
struct Pair {
    /// Zeros that were fed since the last sound.
    n_zeros: usize,
    /// How far into the resampler's buffer something else than zeros may have been written.
    n_dirty: usize,
    /// Neither feeds anything nor rings.
    rests: bool,
}

/// One resampler for some stereo channels, so that they share its filters.
pub(super) struct Converter {
    resampler: Box<dyn Resampler<f32>>,
    indexing: Indexing,
    /// The first of the channels, among those of the buffers.
    first_pair: usize,
    pairs: Vec<Pair>,
    /// Whether every step but the first leaves the resampler as it was, but for samples.
    steps_are_alike: bool,
    /// Whether there was a step since `reset`.
    has_begun: bool,
    /// Input samples that the resampler remembers.
    memory: usize,
    /// See [`Converter::delay`].
    delay: f64,
}

impl Converter {
    /// For these stereo channels. `lower_hz` is the lower one of both rates.
    pub(super) fn new(
        mode: ResamplingMode,
        direction: Direction,
        ratio: Ratio,
        lower_hz: f64,
        pairs: Range<usize>,
    ) -> Result<Self, rubato::ResamplerConstructionError> {
        let n_channels = 2 * pairs.len();
        let (from, to) = match direction {
            Direction::In => (ratio.host, ratio.engine),
            Direction::Out => (ratio.engine, ratio.host),
        };
        let (resampler, memory, delay): (Box<dyn Resampler<f32>>, usize, f64) = match mode {
            ResamplingMode::LowLatency => {
                let parameters = sinc_filter(from, to, lower_hz);
                let fixed = match direction {
                    Direction::In => FixedAsync::Output,
                    Direction::Out => FixedAsync::Input,
                };
                let gain = f64::from(to) / f64::from(from);
                let async_ = Async::new_sinc(gain, 1.0, &parameters, SINC_STEP_FRAMES, n_channels, fixed)?;
                // The peak of the filter stands one phase before its middle, and the first sample that comes out is one
                // step after the beginning.
                let delay =
                    parameters.sinc_len as f64 / 2.0 - 1.0 / f64::from(to) - f64::from(from) / f64::from(to);
                (Box::new(async_), 2 * parameters.sinc_len, delay)
            }
            ResamplingMode::Quality => {
                let n_blocks = FFT_MIN_FRAMES.div_ceil(from.min(to));
                let frames = (from * n_blocks) as usize;
                let fft = Fft::new_custom(
                    from as usize,
                    to as usize,
                    frames,
                    1,
                    n_channels,
                    WindowFunction::BlackmanHarris2,
                    FixedSync::Both,
                )?;
                // The peak of a filter of odd length stands half a sample before its middle.
                let delay = (fft.fft_size_in() / 2) as f64;
                (Box::new(fft), 2 * frames, delay)
            }
        };
        let indexing = Indexing::new().active_channels_mask(vec![true; n_channels]);
        Ok(Self {
            resampler,
            indexing,
            first_pair: pairs.start,
            pairs: vec![Pair::default(); pairs.len()],
            steps_are_alike: mode == ResamplingMode::Quality || ratio.is_binary(),
            has_begun: false,
            memory,
            delay,
        })
    }

    /// Whether every step but the first leaves the resampler as it was, but for samples: blocks of a transform are all the same, and
    /// the sinc resampler comes back to the same place within a frame if that has no digits to lose.
    pub(super) fn steps_are_alike(&self) -> bool {
        self.steps_are_alike
    }

    /// The stereo channels, among those of the buffers.
    pub(super) fn pairs(&self) -> Range<usize> {
        self.first_pair..self.first_pair + self.pairs.len()
    }

    /// By how many input samples the signal is late: output sample *j* is what was at input sample
    /// *j · from/to − delay*. Negative would be early.
    pub(super) fn delay(&self) -> f64 {
        self.delay
    }

    /// Input samples that the next step takes.
    pub(super) fn n_in(&self) -> usize {
        self.resampler.input_frames_next()
    }

    /// Output samples that the next step makes.
    pub(super) fn n_out(&self) -> usize {
        self.resampler.output_frames_next()
    }

    /// The most input samples that any step takes.
    pub(super) fn n_in_max(&self) -> usize {
        self.resampler.input_frames_max()
    }

    /// The most output samples that any step makes.
    pub(super) fn n_out_max(&self) -> usize {
        self.resampler.output_frames_max()
    }

    /// Clears memory. Everything rests.
    pub(super) fn reset(&mut self) {
        self.resampler.reset();
        self.pairs.fill(Pair { n_zeros: 0, n_dirty: 0, rests: true });
        self.has_begun = false;
    }

    /// Says whether what a stereo channel feeds into the next step sounds. Returns whether the channel has to be fed at all.
    pub(super) fn announce(&mut self, pair_idx: usize, sounds: bool) -> bool {
        let n_in = self.n_in();
        let pair = &mut self.pairs[pair_idx - self.first_pair];
        if sounds {
            *pair = Pair { n_zeros: 0, n_dirty: pair.n_dirty.max(n_in), rests: false };
        } else if !pair.rests {
            // Zeros push out what is remembered; and zeros over all that was ever written leave nothing behind.
            pair.rests = pair.n_dirty == 0 && pair.n_zeros >= self.memory + n_in;
            pair.n_zeros += n_in;
            if n_in >= pair.n_dirty {
                pair.n_dirty = 0;
            }
        }
        !pair.rests
    }

    /// One step, from position `at` of the input to position `to` of the output. Channels that rest are left as they are.
    pub(super) fn step(&mut self, input: &Planar, at: usize, output: &mut Planar, to: usize) {
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        if has_begun && self.steps_are_alike && self.pairs.iter().all(|pair| pair.rests) {
            return;
        }
        let (n_in, n_out) = (self.n_in(), self.n_out());
        (self.indexing.input_offset, self.indexing.output_offset) = (at, to);
        if let Some(mask) = &mut self.indexing.active_channels_mask {
            for (both, pair) in mask.as_chunks_mut::<2>().0.iter_mut().zip(&self.pairs) {
                both.fill(!pair.rests);
            }
        }
        let (Ok(input), Ok(mut output)) = (input.source(self.pairs()), output.sink(self.pairs())) else {
            debug_assert!(false, "a buffer is as long as its channels are");
            return;
        };
        let done = self.resampler.process_into_buffer(&input, &mut output, Some(&self.indexing));
        debug_assert_eq!(done.ok(), Some((n_in, n_out)));
    }
}

/// The windowed sinc between two rates, which are in the ratio `from` : `to`.
///
/// With N samples of the lower rate, the square of the Blackman–Harris window falls from 0 to −140 dB within 11.9/N of that rate.
/// The pass band ends at 20 kHz at 44.1 and 48 kHz, and at 0.4 of the rate from there on. The stop band begins as far above half of
/// the lower rate as the pass band ends below: what is mirrored in between is above 20 kHz.
pub(super) fn sinc_filter(from: u32, to: u32, lower_hz: f64) -> SincInterpolationParameters {
    let pass = (PASS_HZ / lower_hz).clamp(0.4, PASS_HZ / 44_100.0);
    let transition = 1.0 - 2.0 * pass;
    let n_lower = (11.9 / transition).ceil() as usize;
    // A filter is as long in time on either side.
    let n = (n_lower * from.max(to) as usize).div_ceil(to as usize).next_multiple_of(8);
    SincInterpolationParameters::new(n, WindowFunction::BlackmanHarris2)
        // A little below the middle, because images are to vanish while the pass band is only to be flat.
        .f_cutoff((1.0 - 0.15 * transition) as f32)
        .oversampling_factor(to as usize)
        .interpolation(SincInterpolationType::Nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EngineRate;
    use realfft::RealFftPlanner;
    use std::f64::consts::TAU;

    /// The host's rates in use, which are the engine's.
    fn rates() -> Vec<u32> {
        EngineRate::ALL.into_iter().filter_map(EngineRate::hz).collect()
    }

    fn lower_hz(ratio: Ratio, host_hz: u32) -> f64 {
        f64::from(host_hz).min(f64::from(host_hz) * ratio.engine_per_host())
    }

    /// Runs a stereo signal through a converter; what comes out, right and left.
    fn convert(converter: &mut Converter, signal: [&[f32]; 2], always: bool) -> [Vec<f32>; 2] {
        let mut input = Planar::new(1, signal[0].len());
        for (side, signal) in input.pair_mut(0).into_iter().zip(signal) {
            side[..signal.len()].copy_from_slice(signal);
        }
        let mut output = Planar::new(1, converter.n_out_max());
        let mut result = [Vec::new(), Vec::new()];
        converter.reset();
        let mut at = 0;
        while at + converter.n_in() <= signal[0].len() {
            let (n_in, n_out) = (converter.n_in(), converter.n_out());
            let sounds = signal.iter().flat_map(|side| &side[at..at + n_in]).any(|sample| *sample != 0.0);
            if !converter.announce(0, sounds || always) {
                output.fill(0.0);
            }
            converter.step(&input, at, &mut output, 0);
            at += n_in;
            for (result, output) in result.iter_mut().zip(output.pair(0)) {
                result.extend(&output[..n_out]);
            }
        }
        result
    }

    /// The largest thing that is not the tone, and the tone's own level, both in dB re the tone that went in; the tone has
    /// `n_periods` periods in `n_out` samples of the output.
    fn spur_and_level(ratio: [u32; 2], converter: &mut Converter, n_periods: usize, n_in: usize) -> [f64; 2] {
        let n_out = n_in / ratio[0] as usize * ratio[1] as usize;
        let settle = 4 * converter.memory + 4 * converter.n_in_max() + 64;
        let tone: Vec<f32> = (0..n_in + settle + 2 * converter.n_in_max())
            .map(|n| (TAU * (n_periods * n % n_in) as f64 / n_in as f64).sin() as f32)
            .collect();
        let [output, _] = convert(converter, [&tone, &tone], false);
        let from = settle * ratio[1] as usize / ratio[0] as usize;
        let mut stretch: Vec<f64> = output[from..from + n_out].iter().copied().map(f64::from).collect();
        let fft = RealFftPlanner::<f64>::new().plan_fft_forward(n_out);
        let mut spectrum = fft.make_output_vec();
        fft.process(&mut stretch, &mut spectrum).expect("buffers of the planned length");
        let level =
            |bin: &realfft::num_complex::Complex<f64>| 20.0 * (bin.norm() * 2.0 / n_out as f64).log10();
        let tone_level = level(&spectrum[n_periods]);
        spectrum[n_periods] = 0.0.into();
        [spectrum.iter().map(level).fold(f64::NEG_INFINITY, f64::max), tone_level]
    }

    #[test]
    fn tones_up_to_20_khz_pass_and_leave_neither_image_nor_alias() {
        let mut worst = [f64::NEG_INFINITY; 2];
        for mode in ResamplingMode::ALL {
            for (host_hz, engine_hz) in pairs() {
                let ratio = Ratio::of(f64::from(host_hz), engine_hz);
                for direction in [Direction::In, Direction::Out] {
                    let mut converter =
                        Converter::new(mode, direction, ratio, lower_hz(ratio, host_hz), 0..1)
                            .expect("a converter");
                    let (numbers, from_hz) = match direction {
                        Direction::In => ([ratio.host, ratio.engine], host_hz),
                        Direction::Out => ([ratio.engine, ratio.host], engine_hz),
                    };
                    let n_in = numbers[0] as usize * 8192usize.div_ceil(numbers[0] as usize);
                    for tone_hz in [997.0, 9_000.0, 15_000.0, 18_000.0, 19_000.0, 20_000.0] {
                        let n_periods = (tone_hz * n_in as f64 / f64::from(from_hz)).floor() as usize;
                        let [spur_db, level_db] = spur_and_level(numbers, &mut converter, n_periods, n_in);
                        let context = format!("{mode:?} {host_hz} {engine_hz} {direction:?} {tone_hz}");
                        // The specification's, and half of what host to engine and back may have.
                        assert!(spur_db <= -130.0, "{context}: {spur_db:.1} dB");
                        assert!(level_db.abs() <= 0.005, "{context}: {level_db:+.5} dB");
                        worst = [worst[0].max(spur_db), worst[1].max(level_db.abs())];
                    }
                }
            }
        }
        // What `docs/dsp/engine-rate.md` says.
        assert!(worst[0] > -140.0 && worst[0] <= -137.0 && worst[1] > 0.0015, "{worst:?}");
    }

    /// Left and right apart: one sounds, then the other, then neither for long, and again.
    #[test]
    fn what_rests_is_left_out_without_changing_a_bit() {
        let mut rng = fastrand::Rng::with_seed(62);
        for mode in ResamplingMode::ALL {
            for (host_hz, engine_hz) in
                [(44_100, 48_000), (48_000, 192_000), (192_000, 44_100), (96_000, 48_000)]
            {
                let ratio = Ratio::of(f64::from(host_hz), engine_hz);
                for direction in [Direction::In, Direction::Out] {
                    let mut converter =
                        Converter::new(mode, direction, ratio, lower_hz(ratio, host_hz), 0..1)
                            .expect("a converter");
                    let unit = 3 * converter.memory + 3 * converter.n_in_max();
                    let mut signal = [vec![0.0_f32; 12 * unit], vec![0.0_f32; 12 * unit]];
                    for (side, stretch) in [(0, 1), (1, 2), (0, 5), (0, 8), (1, 8)] {
                        let len = rng.usize(1..unit);
                        signal[side][stretch * unit..][..len].iter_mut().for_each(|s| *s = rng.f32() - 0.5);
                    }
                    let signal = signal.each_ref().map(Vec::as_slice);
                    let [all, some] = [true, false].map(|always| convert(&mut converter, signal, always));
                    let n_skipped = (0..).zip(&converter.pairs).filter(|(_, pair)| pair.rests).count();
                    let context = format!("{mode:?} {host_hz} {engine_hz} {direction:?}");
                    assert_eq!(n_skipped, 1, "{context}: nothing was left out");
                    assert!(all.iter().flatten().filter(|s| **s != 0.0).count() > 1000, "{context}: silence");
                    // Equal, because a transform may make −0.0 of zeros.
                    assert!(all == some, "{context}");
                }
            }
        }
    }

    fn pairs() -> impl Iterator<Item = (u32, u32)> {
        let pairs =
            rates().into_iter().flat_map(|host| rates().into_iter().map(move |engine| (host, engine)));
        pairs.filter(|(host, engine)| host != engine)
    }
}
