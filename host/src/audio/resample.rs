//! Stems at the rate of the mix.
//!
//! A stem at another rate goes through rubato's FFT resampler: per block of *N* frames in and *M* frames out (*N* : *M* is the
//! ratio of the rates), a linear-phase low-pass of *N* frames (a sinc under a squared Blackman-Harris window, whose stop band
//! begins at the lower of the two Nyquist frequencies) by fast convolution, and as many bins of the spectrum as both sides have.
//!
//! Latency none: the filter's peak lies at its frame *N*/2, which is *M*/2 frames of the output, and those are cut off at the
//! start. *N* and *M* are even, so that this is a whole number of frames on both sides. At the end zeros push out what is still in
//! the filter, and the length is that of the file times the ratio, rounded to whole frames.
//!
//! It calculates in f64. The spectrum of a block of f32 would carry the rounding of every frame into every other, at about
//! −130 dB of the loudest; in f64 the only error is the final rounding of a sample to f32. It costs a stem at most twice the time.
//!
//! State: two blocks and the filter's memory, whatever the length of the file.

use crate::audio::error::ReadError;
use crate::audio::read::StemReader;
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};
use std::collections::VecDeque;
use std::path::Path;

/// The least frames of a block at the lower rate. They set the width of the filter's slope: 27.5 / 1024 of the lower Nyquist
/// frequency, so that 44.1 kHz is flat to 21.4 kHz. Its ringing is shorter than 14 ms either way there.
const MIN_BLOCK_FRAMES: u32 = 1024;

/// The most frames of a block at the higher rate. Rates without a common divisor need a block, and hence a filter, of two seconds:
/// this allows any pair of whole rates up to 96 kHz, and bounds the memory of a stem to 40 MB.
const MAX_BLOCK_FRAMES: u64 = 2 * 96_000;

/// A stem that is being read at the rate of the mix.
pub struct StemSource {
    reader: StemReader,
    sample_rate_hz: u32,
    /// None where the rates agree.
    conversion: Option<Conversion>,
}

impl StemSource {
    /// Reads this stem, of which nothing is read yet, at another rate; bit for bit where the rates agree.
    pub fn new(reader: StemReader, sample_rate_hz: u32) -> Result<Self, ReadError> {
        let conversion = match reader.sample_rate_hz() == sample_rate_hz {
            true => None,
            false => Some(Conversion::new(&reader, sample_rate_hz).ok_or_else(|| ReadError::Rate {
                path: reader.path().to_owned(),
                file_rate_hz: reader.sample_rate_hz(),
                sample_rate_hz,
            })?),
        };
        Ok(Self { reader, sample_rate_hz, conversion })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.reader.path()
    }

    /// 1 or 2.
    pub fn n_channels(&self) -> usize {
        self.reader.n_channels()
    }

    /// The sample rate of the file.
    pub fn file_rate_hz(&self) -> u32 {
        self.reader.sample_rate_hz()
    }

    /// The sample rate of the frames that are read here.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// How many frames there are at this rate, where the file's header tells.
    pub fn n_frames(&self) -> Option<u64> {
        let n_frames = self.reader.n_frames()?;
        match &self.conversion {
            Some(conversion) => Some(conversion.frames_out(n_frames)),
            None => Some(n_frames),
        }
    }

    /// Fills both sides with the next frames and returns how many there were: fewer than asked for only at the end,
    /// where the rest is left as it is. A mono stem sounds on both sides.
    ///
    /// A sample that is not finite stays one, at the frame that is nearest before it; the frames around it are as if it had
    /// been 0.
    ///
    /// # Panics
    ///
    /// If the sides differ in length.
    pub fn read(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<usize, ReadError> {
        match &mut self.conversion {
            Some(conversion) => conversion.read(&mut self.reader, left, right),
            None => self.reader.read(left, right),
        }
    }
}

/// The way from one rate to another.
struct Conversion {
    fft: Fft<f64>,
    rate_in_hz: u32,
    rate_out_hz: u32,
    /// A block as the file has it, one vector per side.
    sides: [Vec<f32>; 2],
    /// A block of each channel, before and after.
    input: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    /// How many frames of `output` are handed out, or cut off as delay.
    n_taken: usize,
    n_frames_in: u64,
    n_frames_out: u64,
    is_at_end: bool,
    /// The frames of the output where the input was not finite, per channel, in order.
    not_finite: Vec<VecDeque<u64>>,
}

impl Conversion {
    /// None if the rates would take too long a block.
    fn new(reader: &StemReader, rate_out_hz: u32) -> Option<Self> {
        let (rate_in_hz, n_channels) = (reader.sample_rate_hz(), reader.n_channels());
        let (n_in, n_out) = block_frames(rate_in_hz, rate_out_hz)?;
        let fft = Fft::new_custom(
            rate_in_hz as usize,
            rate_out_hz as usize,
            n_in,
            1,
            n_channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .ok()
        .filter(|fft| (fft.fft_size_in(), fft.fft_size_out()) == (n_in, n_out))?;
        Some(Self {
            fft,
            rate_in_hz,
            rate_out_hz,
            sides: [vec![0.0; n_in], vec![0.0; n_in]],
            input: vec![vec![0.0; n_in]; n_channels],
            output: vec![vec![0.0; n_out]; n_channels],
            n_taken: n_out,
            n_frames_in: 0,
            n_frames_out: 0,
            is_at_end: false,
            not_finite: vec![VecDeque::new(); n_channels],
        })
    }

    /// The length of so many frames after conversion, rounded half up.
    fn frames_out(&self, n_frames_in: u64) -> u64 {
        let (rate_in, rate_out) = (u128::from(self.rate_in_hz), u128::from(self.rate_out_hz));
        let n_frames = (u128::from(n_frames_in) * rate_out + rate_in / 2) / rate_in;
        u64::try_from(n_frames).unwrap_or(u64::MAX)
    }

    fn read(
        &mut self,
        reader: &mut StemReader,
        left: &mut [f32],
        right: &mut [f32],
    ) -> Result<usize, ReadError> {
        assert_eq!(left.len(), right.len(), "the sides of a stem are of one length");
        let mut n_filled = 0;
        while n_filled < left.len() {
            let n_left = match self.is_at_end {
                true => self.frames_out(self.n_frames_in).saturating_sub(self.n_frames_out),
                false => u64::MAX,
            };
            if n_left == 0 {
                break;
            }
            let n_available = self.output[0].len() - self.n_taken;
            if n_available == 0 {
                self.next_block(reader)?;
                continue;
            }
            let n = n_available.min(left.len() - n_filled).min(usize::try_from(n_left).unwrap_or(usize::MAX));
            self.take(0, &mut left[n_filled..n_filled + n]);
            match self.output.len() {
                1 => right[n_filled..n_filled + n].copy_from_slice(&left[n_filled..n_filled + n]),
                _ => self.take(1, &mut right[n_filled..n_filled + n]),
            }
            self.n_taken += n;
            self.n_frames_out += n as u64;
            n_filled += n;
        }
        Ok(n_filled)
    }

    /// Copies the next frames of a channel and puts back what was not finite.
    fn take(&mut self, channel: usize, to: &mut [f32]) {
        let from = &self.output[channel][self.n_taken..];
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
        let end = self.n_frames_out + to.len() as u64;
        let not_finite = &mut self.not_finite[channel];
        while let Some(frame) = not_finite.front().copied().filter(|frame| *frame < end) {
            not_finite.pop_front();
            to[(frame - self.n_frames_out) as usize] = f32::NAN;
        }
    }

    /// Converts the next block of the file, or of the silence behind its end.
    fn next_block(&mut self, reader: &mut StemReader) -> Result<(), ReadError> {
        let n_in = self.sides[0].len();
        let mut n_read = 0;
        if !self.is_at_end {
            let [left, right] = &mut self.sides;
            n_read = reader.read(left, right)?;
            self.is_at_end = n_read < n_in;
        }
        for ((side, input), not_finite) in self.sides.iter().zip(&mut self.input).zip(&mut self.not_finite) {
            input[n_read..].fill(0.0);
            for (n, (sample, input)) in side[..n_read].iter().zip(input).enumerate() {
                *input = if sample.is_finite() { f64::from(*sample) } else { 0.0 };
                if !sample.is_finite() {
                    let frame = u128::from(self.n_frames_in + n as u64) * u128::from(self.rate_out_hz)
                        / u128::from(self.rate_in_hz);
                    let frame = u64::try_from(frame).unwrap_or(u64::MAX);
                    if not_finite.back() != Some(&frame) {
                        not_finite.push_back(frame);
                    }
                }
            }
        }
        let is_first = self.n_frames_in == 0 && self.n_frames_out == 0;
        self.n_frames_in += n_read as u64;
        self.convert().map_err(|reason| ReadError::Damaged {
            path: reader.path().to_owned(),
            n_frames: self.n_frames_in,
            reason,
        })?;
        self.n_taken = if is_first { self.output[0].len() / 2 } else { 0 };
        Ok(())
    }

    fn convert(&mut self) -> Result<(), String> {
        let (n_channels, n_in, n_out) = (self.input.len(), self.input[0].len(), self.output[0].len());
        let input =
            SequentialSliceOfVecs::new(&self.input, n_channels, n_in).map_err(|error| error.to_string())?;
        let mut output = SequentialSliceOfVecs::new_mut(&mut self.output, n_channels, n_out)
            .map_err(|error| error.to_string())?;
        self.fft.process_into_buffer(&input, &mut output, None).map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The frames of a block at either rate: the smallest even multiple of the ratio's terms that is long enough.
fn block_frames(rate_in_hz: u32, rate_out_hz: u32) -> Option<(usize, usize)> {
    if rate_in_hz == 0 || rate_out_hz == 0 {
        return None;
    }
    let divisor = greatest_common_divisor(rate_in_hz, rate_out_hz);
    let (n_in, n_out) = (rate_in_hz / divisor, rate_out_hz / divisor);
    let multiple = u64::from(MIN_BLOCK_FRAMES.div_ceil(n_in.min(n_out)).next_multiple_of(2));
    let (n_in, n_out) = (u64::from(n_in) * multiple, u64::from(n_out) * multiple);
    (n_in.max(n_out) <= MAX_BLOCK_FRAMES).then_some((n_in as usize, n_out as usize))
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a,
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_even_long_enough_and_bounded() {
        assert_eq!(block_frames(44_100, 48_000), Some((1176, 1280)));
        assert_eq!(block_frames(48_000, 96_000), Some((1024, 2048)));
        assert_eq!(block_frames(8_000, 192_000), Some((1024, 24_576)));
        assert_eq!(block_frames(95_999, 96_000), Some((191_998, 192_000)));
        assert_eq!(block_frames(191_999, 192_000), None);
        assert_eq!(block_frames(u32::MAX, 48_000), None);
        assert_eq!(block_frames(1, 48_000), None);
        assert_eq!(block_frames(0, 48_000), None);
        assert_eq!(block_frames(48_000, 0), None);
    }
}
