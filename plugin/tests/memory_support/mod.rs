//! A count of the heap, and hosts that create an instance, play a few blocks through all its buses and end it.
//!
//! The C library counts. An allocator of our own cannot: the framework's allocation check already is the allocator of every
//! program with debug assertions.

mod clap;
mod heap;
mod vst3;

pub use clap::play_clap;
pub use heap::live_bytes;
pub use vst3::play_vst3;

/// Called with the bytes that the instance has after it has played.
pub type Counted<'a> = &'a mut dyn FnMut(i64);

pub const SAMPLE_RATE_HZ: f64 = 48_000.0;
pub const BLOCK_FRAMES: usize = 512;
pub const N_BLOCKS: usize = 5;
/// Master and four groups.
pub const N_OUTPUTS: usize = 5;

/// A host's memory for stereo buses. It is made before anything is counted.
pub struct Buses {
    _channels: Vec<Vec<f32>>,
    pub tables: Vec<[*mut f32; 2]>,
}

impl Buses {
    pub fn new(n_buses: usize) -> Self {
        let sample = |idx: usize| (idx % 97) as f32 / 97.0 - 0.5;
        let mut channels: Vec<Vec<f32>> =
            (0..2 * n_buses).map(|_| (0..BLOCK_FRAMES).map(sample).collect()).collect();
        let tables = channels.chunks_mut(2).map(|bus| [bus[0].as_mut_ptr(), bus[1].as_mut_ptr()]).collect();
        Self { _channels: channels, tables }
    }
}
