//! Busbar's signal processing: strips, matrix, groups, master.
//!
//! The engine knows no host, no plugin framework, no window and no thread.
//! It is fed plain values ([`Settings`]) and slices of samples, and it is total: it clamps, it never fails.
//!
//! ```text
//! inputs → tile → strips (in lanes: filters, gate, EQ, compressor, saturation) → matrix → groups → master, limiter → outputs
//! ```
//!
//! | verb | may allocate | what it does |
//! |---|---|---|
//! | [`Engine::prepare`] | yes | takes the sample rate, the lookahead and the quality of colour, clears memory |
//! | [`Engine::reset`] | no | clears memory only |
//! | [`Engine::set`] | no | takes a snapshot; gains count from the next sample on, filters and dynamics from the next border |
//! | [`Engine::process`] | no | turns input into output |
//! | [`Engine::meters`] | no | tells what the last block was reduced by |
//! | [`Engine::levels`] | no | tells how loud it was |
//!
//! # Time
//!
//! Samples are counted from `prepare` or `reset`, in tiles of [`TILE_FRAMES`] on that absolute count, never from block
//! starts. Every ramp is a function of the samples since the `set` that started it. Therefore the output is the same, bit
//! for bit, however the stream is cut into blocks (`tests/block_cuts.rs`).
//!
//! # Latency and memory
//!
//! The latency is that of colour's quality and of the limiter's lookahead, zero by default, and the same for everything that leaves. The
//! state is ramps, filters, envelopes, what the limiter has yet to let go, and the quarantine. What has decayed comes to rest at borders of tiles,
//! and what is off or at rest costs nothing.
//!
//! # Instructions
//!
//! The kernels are compiled for AVX-512, AVX2, SSE2, NEON and no vectors at all; the best path of the CPU is chosen once
//! ([`SimdPath`]). Paths differ in the last bits of what filters and dynamics make; within a path nothing depends on anything but
//! the signal, the settings and the absolute count.
//!
//! ```
//! use busbar_engine::{Engine, Outputs, Settings};
//!
//! let mut engine = Engine::new(8);
//! engine.prepare(48_000.0)?;
//! let mut settings = Settings::new(8);
//! settings.strips[0].fader_db = -6.0;
//! engine.set(&settings);
//!
//! let feed = [0.5_f32; 64];
//! let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
//! engine.process(
//!     &[Some([&feed, &feed])],
//!     &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] },
//! );
//! assert!((left[0] - 0.5 * 0.501_187).abs() < 1e-6);
//! # Ok::<(), busbar_engine::PrepareError>(())
//! ```
#![forbid(unsafe_code)]

mod buses;
pub mod colour;
mod delay;
pub mod dynamics;
mod engine;
pub mod filters;
mod gains;
mod lanes;
mod levels;
pub mod limiter;
mod loudness;
mod meters;
mod ramp;
mod rate;
mod routing;
mod settings;
mod simd;
mod stages;
mod strips;
mod sums;
pub mod true_peak;
mod watch;

pub use engine::{Engine, MAX_STRIPS, Outputs, PrepareError, StereoIn};
pub use lanes::TILE_FRAMES;
pub use loudness::Loudness;
pub use meters::{Level, Levels, Meters, Reductions, Tap};
pub use rate::RatedEngine;
pub use settings::*;
pub use simd::SimdPath;
