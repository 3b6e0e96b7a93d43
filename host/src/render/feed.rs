//! A stem on its way into its strip: it begins at its start, at its gain.

use super::metering::Sides;
use crate::audio::{ReadError, StemSource};
use crate::session::Stem;
use std::ops::Range;

pub(super) struct Feed {
    source: StemSource,
    /// Counted from 0.
    pub strip_idx: usize,
    /// In frames of the mix.
    start: u64,
    gain: f32,
    n_played: u64,
    is_over: bool,
}

impl Feed {
    pub fn new(stem: &Stem, source: StemSource) -> Self {
        let sample_rate_hz = source.sample_rate_hz();
        Self {
            strip_idx: stem.strip - 1,
            start: stem.start.samples(sample_rate_hz),
            gain: 10_f64.powf(stem.gain_db / 20.0) as f32,
            n_played: 0,
            is_over: false,
            source,
        }
    }

    /// Plays the block that begins at this frame of the mix into the scratch, and tells which frames of it are filled.
    pub fn play(&mut self, block_start: u64, [left, right]: &mut Sides) -> Result<Range<usize>, ReadError> {
        let n_frames = left.len();
        let begin = self.start.saturating_sub(block_start).min(n_frames as u64) as usize;
        if self.is_over || begin == n_frames {
            return Ok(0..0);
        }
        let n = self.source.read(&mut left[begin..], &mut right[begin..])?;
        self.is_over = begin + n < n_frames;
        self.n_played += n as u64;
        let filled = begin..begin + n;
        for side in [left, right] {
            // Unity does not touch a bit.
            if self.gain != 1.0 {
                side[filled.clone()].iter_mut().for_each(|sample| *sample *= self.gain);
            }
        }
        Ok(filled)
    }

    /// Where it ended, in frames of the mix, once it has.
    pub fn end(&self) -> Option<u64> {
        self.is_over.then_some(self.start + self.n_played)
    }

    /// Where it will end, if its file tells.
    pub fn expected_end(&self) -> Option<u64> {
        Some(self.start + self.source.n_frames()?)
    }

    pub fn source(&self) -> &StemSource {
        &self.source
    }
}
