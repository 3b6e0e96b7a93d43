//! Channels one behind the other in one allocation: a resampler finds a sample without looking up where its channel is.

use rubato::audioadapter_buffers::SizeError;
use rubato::audioadapter_buffers::direct::SequentialSlice;
use std::ops::Range;

/// Samples in a cache's line.
const LINE: usize = 16;

/// Stereo channels.
pub(super) struct Planar {
    samples: Vec<f32>,
    /// From a channel to the next one: an odd number of lines, so that what many channels have at one frame does not meet in the
    /// same few sets of a cache.
    stride: usize,
}

impl Planar {
    /// Zeros, for at least as many frames as told.
    pub(super) fn new(n_pairs: usize, n_frames: usize) -> Self {
        let (n_channels, stride) = (2 * n_pairs, (n_frames.div_ceil(LINE) | 1) * LINE);
        Self { samples: vec![0.0; n_channels * stride], stride }
    }

    /// Frames that there is room for.
    pub(super) fn n_frames(&self) -> usize {
        self.stride
    }

    pub(super) fn fill(&mut self, sample: f32) {
        self.samples.fill(sample);
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = [&[f32]; 2]> {
        self.samples.chunks_exact(2 * self.stride).map(|pair| pair.split_at(self.stride).into())
    }

    pub(super) fn pairs_mut(&mut self) -> impl Iterator<Item = [&mut [f32]; 2]> {
        self.samples.chunks_exact_mut(2 * self.stride).map(|pair| pair.split_at_mut(self.stride).into())
    }

    pub(super) fn pair(&self, pair_idx: usize) -> [&[f32]; 2] {
        let stride = self.stride;
        self.samples[2 * pair_idx * stride..][..2 * stride].split_at(stride).into()
    }

    pub(super) fn pair_mut(&mut self, pair_idx: usize) -> [&mut [f32]; 2] {
        let stride = self.stride;
        self.samples[2 * pair_idx * stride..][..2 * stride].split_at_mut(stride).into()
    }

    /// Some pairs as a resampler reads them.
    pub(super) fn source(&self, pairs: Range<usize>) -> Result<SequentialSlice<&[f32]>, SizeError> {
        let (n_channels, samples) = (2 * pairs.len(), self.samples_of(pairs));
        SequentialSlice::new(&self.samples[samples], n_channels, self.stride)
    }

    /// Some pairs as a resampler writes them.
    pub(super) fn sink(&mut self, pairs: Range<usize>) -> Result<SequentialSlice<&mut [f32]>, SizeError> {
        let (n_channels, samples) = (2 * pairs.len(), self.samples_of(pairs));
        SequentialSlice::new_mut(&mut self.samples[samples], n_channels, self.stride)
    }

    fn samples_of(&self, pairs: Range<usize>) -> Range<usize> {
        2 * self.stride * pairs.start..2 * self.stride * pairs.end
    }
}
