//! Channels one behind the other in one allocation: a resampler finds a sample without looking up where its channel is.

use rubato::audioadapter_buffers::SizeError;
use rubato::audioadapter_buffers::direct::SequentialSlice;

/// Samples in a cache's line.
const LINE: usize = 16;

/// Stereo channels.
pub(super) struct Planar {
    samples: Vec<f32>,
    n_channels: usize,
    /// From a channel to the next one: an odd number of lines, so that what many channels have at one frame does not meet in the
    /// same few sets of a cache.
    stride: usize,
}

impl Planar {
    /// Zeros, for at least as many frames as told.
    pub(super) fn new(n_pairs: usize, n_frames: usize) -> Self {
        let (n_channels, stride) = (2 * n_pairs, (n_frames.div_ceil(LINE) | 1) * LINE);
        Self { samples: vec![0.0; n_channels * stride], n_channels, stride }
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

    /// As a resampler reads it.
    pub(super) fn source(&self) -> Result<SequentialSlice<&[f32]>, SizeError> {
        SequentialSlice::new(&self.samples, self.n_channels, self.stride)
    }

    /// As a resampler writes it.
    pub(super) fn sink(&mut self) -> Result<SequentialSlice<&mut [f32]>, SizeError> {
        SequentialSlice::new_mut(&mut self.samples, self.n_channels, self.stride)
    }
}
