//! Kernels over a tile of [`LANES`](crate::lanes::LANES) strips, as wide as the CPU they run on.
//!
//! ```text
//! rows of 32 frames → transpose → clean → filter (f64) → gate → filter (f64) → reduce → apply → multiply → add_scaled → sum_lanes
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `path` | which instructions to use: found once, carried along, forced by tests |
//! | `tile` | samples and parameters in lanes, and how they get in and out |
//! | `doubles` | lanes in f64 for what needs the digits |
//! | `math` | log2 and exp2 |
//! | `section` | second-order sections |
//! | `level`, `envelope`, `gain` | the parts of everything dynamic |
//! | `gate`, `compressor` | what they are put together to |
//! | `mix` | matrices and sums |
//! | `convolve`, `shape`, `dc` | colour: filters between rates, the curve, direct current away |
//! | `sines` | console summing |
//! | `squares` | peaks and sums of squares, for the inputs' meters |
//! | `weighting` | peaks, squares and squares behind the K-weighting, for all other meters |
//! | `true_peak` | how high a signal goes between its samples |
//! | `needle` | what VU and PPM follow |
//!
//! Every kernel is generic over a token of `fearless_simd`, which stands for instructions that are there, so that none of
//! this needs `unsafe`. [`on_path!`](path::on_path) turns a [`SimdPath`] into such a token, once per block.
//!
//! # How to write a kernel that is fast
//!
//! * `#[inline(always)]` on everything between [`on_path!`](path::on_path) and the arithmetic. A function that is compiled on
//!   its own is compiled for the oldest CPU, unless it calls `Simd::vectorize` itself, as `filter` does: a large kernel that
//!   is inlined into many places takes minutes to compile.
//! * States and coefficients in local arrays that a `for` loop fills. `array::from_fn` over vectors keeps them in memory
//!   instead of registers: half as fast.
//! * `mul_add` is one instruction where there is one, and a product and a sum elsewhere. Paths therefore differ in the last
//!   bits, by design; within a path, no result depends on how a block was cut.
//! * One loop per step of the work over the tile, not one for all: x86 has 16 registers before AVX-512.
//!
//! Units: f32 samples in the engine's scale (see [`lanes`](crate::lanes)), levels and gains as log2. Latency: none.

mod compressor;
mod convolve;
mod dc;
mod doubles;
mod envelope;
mod gain;
mod gate;
mod level;
mod math;
mod mix;
mod needle;
mod path;
mod section;
mod shape;
mod sines;
mod squares;
#[cfg(test)]
mod testing;
mod tile;
mod true_peak;
mod weighting;

pub(crate) use compressor::{CompressorLanes, reduce};
pub(crate) use convolve::{Tap, convolve};
pub(crate) use dc::{DcLanes, block_dc};
pub(crate) use envelope::DB_PER_OCTAVE;
pub(crate) use gain::{LaneGain, apply};
pub(crate) use gate::{GateLanes, gate};
pub(crate) use mix::{add_scaled, multiply};
pub(crate) use needle::{follow_peaks, sum_magnitudes};
pub use path::SimdPath;
pub(crate) use path::on_path;
pub(crate) use section::{FilterScratch, LaneSection, filter};
pub(crate) use shape::{
    Around, Phased, Rises, around_of, bend, bend_between, blend, drive, is_silent, make_up, row,
};
pub(crate) use sines::{add_sines, add_sines_of, decode};
pub(crate) use squares::{
    LaneColumns, N_COLUMNS, ROOT, ROOT_SCALE, SQUARE_SCALE, larger, measure_part, measure_tile,
};
pub(crate) use tile::{
    LaneTile, PerLane, Rows, clean, frames_per_vector, is_finite, is_sound, part_range, parts, sum_lanes,
    transpose, vectors_mut,
};
#[cfg(test)]
pub(crate) use true_peak::{A as TAP_A, B as TAP_B, C as TAP_C};
pub(crate) use true_peak::{PAST_FRAMES, WINDOW_FRAMES, between, between_lanes, roughness};
pub(crate) use weighting::{
    Found, Pairs, Weighting, WeightingState, add_held, put_behind, remember_pairs, remember_products, tally,
    weigh,
};
