//! A tile of one channel as two vectors of sixteen frames, the same on every path.
//!
//! Vectors of a fixed width give the same bits on all CPUs that fuse products with sums, and on all that do not. A CPU with
//! shorter registers takes several of them for one vector.
//!
//! What a step needs of its neighbours is slid together from registers. Reading it back from memory, at other borders
//! than it was written at, makes processors wait until the writes have left their queue.

use crate::lanes::TILE_FRAMES;
use fearless_simd::{Select, Simd, SimdBase, f32x16, i32x16};

/// Frames in a vector.
pub(super) const WIDTH: usize = 16;

/// One value for each frame of a tile.
pub(super) type Frames = [f32; TILE_FRAMES];

/// The same in registers.
pub(super) type Tile<S> = [f32x16<S>; 2];

/// A tile of whole numbers.
pub(super) type WholeTile<S> = [i32x16<S>; 2];

/// A vector in memory, where it does not lie across two lines of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Kept(pub(super) [f32; WIDTH]);

impl Kept {
    pub(super) const ZERO: Self = Self([0.0; WIDTH]);

    /// The vectors of a tile.
    pub(super) fn of(frames: &Frames) -> [Self; 2] {
        [0, WIDTH].map(|first| Self(std::array::from_fn(|i| frames[first + i])))
    }

    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S) -> f32x16<S> {
        f32x16::load_array_ref(simd, &self.0)
    }

    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, vector: f32x16<S>) {
        vector.store_slice(&mut self.0);
    }
}

/// `aged!(before, now, AGE)`: the values `AGE` frames ago, of a vector and the one before it.
macro_rules! aged {
    ($before:expr, $now:expr, $age:expr) => {
        ::fearless_simd::SimdBase::slide::<{ $crate::limiter::vector::WIDTH - $age }>($before, $now)
    };
}
pub(super) use aged;

#[inline(always)]
pub(super) fn load<S: Simd>(simd: S, frames: &Frames) -> Tile<S> {
    let (low, high) = frames.split_at(WIDTH);
    [f32x16::from_slice(simd, low), f32x16::from_slice(simd, high)]
}

#[inline(always)]
pub(super) fn store<S: Simd>(tile: Tile<S>, frames: &mut Frames) {
    let (low, high) = frames.split_at_mut(WIDTH);
    tile[0].store_slice(low);
    tile[1].store_slice(high);
}

/// The tile as an array.
#[inline(always)]
pub(super) fn frames<S: Simd>(tile: Tile<S>) -> Frames {
    let mut frames = [0.0; TILE_FRAMES];
    store(tile, &mut frames);
    frames
}

/// The larger of each frame.
#[inline(always)]
pub(super) fn larger<S: Simd>(a: Tile<S>, b: Tile<S>) -> Tile<S> {
    [a[0].max(b[0]), a[1].max(b[1])]
}

/// `x` where its magnitude is below `limit` (which that of NaN is not), zero elsewhere.
#[inline(always)]
pub(super) fn if_below<S: Simd>(simd: S, x: f32x16<S>, limit: f32) -> f32x16<S> {
    x.abs().simd_lt(limit).select(x, f32x16::splat(simd, 0.0))
}

/// `x` where its magnitude is at least `limit`, zero elsewhere.
#[inline(always)]
pub(super) fn if_at_least<S: Simd>(simd: S, x: f32x16<S>, limit: f32) -> f32x16<S> {
    x.abs().simd_ge(limit).select(x, f32x16::splat(simd, 0.0))
}
