//! What the tests of the kernels share.

use super::tile::{LaneTile, Rows};
use crate::lanes::{LANES, TILE_FRAMES};
use fastrand::Rng;

/// A host's buffers, one for each lane, in one allocation: every channel starts where the last one ended and a guard of one
/// sample, so that none is aligned like its neighbour, and what writes over an end is noticed.
pub(crate) struct HostBuffers {
    storage: Vec<f32>,
    n_frames: usize,
}

const GUARD: f32 = 12_345.679;

impl HostBuffers {
    pub(crate) fn of_noise(n_frames: usize, rng: &mut Rng) -> Self {
        let mut storage = vec![GUARD];
        for _ in 0..LANES {
            storage.extend((0..n_frames).map(|_| rng.f32() - 0.5));
            storage.push(GUARD);
        }
        Self { storage, n_frames }
    }

    pub(crate) fn channel(&self, lane: usize) -> &[f32] {
        &self.storage[1 + lane * (self.n_frames + 1)..][..self.n_frames]
    }

    /// The 32 frames from `at`.
    pub(crate) fn rows(&self, at: usize) -> Rows<'_> {
        std::array::from_fn(|lane| self.channel(lane)[at..].first_chunk().expect("32 frames"))
    }

    pub(crate) fn assert_guards(&self) {
        assert!(self.storage.iter().step_by(self.n_frames + 1).all(|sample| *sample == GUARD));
    }
}

pub(crate) fn noise_tile(rng: &mut Rng, amplitude: f32) -> LaneTile {
    let mut tile = LaneTile::ZERO;
    tile.0.as_flattened_mut().fill_with(|| (rng.f32() * 2.0 - 1.0) * amplitude);
    tile
}

/// A tile between two others that nobody may touch.
pub(crate) struct Guarded {
    tiles: Box<[LaneTile; 3]>,
}

impl Guarded {
    pub(crate) fn new(tile: &LaneTile) -> Self {
        let guard = LaneTile([[GUARD; LANES]; TILE_FRAMES]);
        Self { tiles: Box::new([guard.clone(), tile.clone(), guard]) }
    }

    pub(crate) fn tile(&mut self) -> &mut LaneTile {
        &mut self.tiles[1]
    }

    pub(crate) fn assert_guards(&self) {
        for guard in [&self.tiles[0], &self.tiles[2]] {
            assert!(guard.0.as_flattened().iter().all(|sample| *sample == GUARD));
        }
    }
}

/// The bits of every sample, for comparisons that tell zeros and NaNs apart.
pub(crate) fn bits(tile: &LaneTile) -> Vec<u32> {
    tile.0.as_flattened().iter().map(|sample| sample.to_bits()).collect()
}

/// The largest difference in dB relative to the largest of `want` and `input`.
pub(crate) fn error_db(got: &[f32], want: &[f64], input: &[f32]) -> f64 {
    assert!(got.len() == want.len() && got.len() > 100, "too little to measure");
    let error = got.iter().zip(want).map(|(got, want)| (f64::from(*got) - want).abs());
    let largest = want.iter().map(|want| want.abs()).chain(input.iter().map(|x| f64::from(x.abs())));
    20.0 * (error.fold(0.0, f64::max) / largest.fold(0.0, f64::max)).log10()
}
