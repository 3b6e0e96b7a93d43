//! Busbar's signal processing: strips, matrix, groups, master.
//!
//! The engine knows no host, no plugin framework, no window and no thread.
//! It is fed plain values ([`Settings`]) and slices of samples, and it is total: it clamps, it never fails.
//!
//! ```text
//! inputs → tile → strips (in lanes) → matrix → groups → master → outputs
//! ```
//!
//! | verb | may allocate | what it does |
//! |---|---|---|
//! | [`Engine::prepare`] | yes | takes the sample rate, clears memory |
//! | [`Engine::reset`] | no | clears memory only |
//! | [`Engine::set`] | no | takes a snapshot; effective at the next sample |
//! | [`Engine::process`] | no | turns input into output |
//!
//! # Time
//!
//! Samples are counted from `prepare` or `reset`, in tiles of [`TILE_FRAMES`] on that absolute count, never from block
//! starts. Every ramp is a function of the samples since the `set` that started it. Therefore the output is the same, bit
//! for bit, however the stream is cut into blocks (`tests/block_cuts.rs`).
//!
//! # Latency and memory
//!
//! The latency is zero. The state is ramps and the quarantine: nothing rings, nothing decays.
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
mod delay;
pub mod dynamics;
mod engine;
pub mod filters;
mod gains;
mod lanes;
pub mod limiter;
mod meters;
mod ramp;
mod routing;
mod settings;
mod simd;
mod stages;
mod strips;
mod sums;

pub use engine::{Engine, MAX_STRIPS, Outputs, PrepareError, StereoIn};
pub use lanes::TILE_FRAMES;
pub use meters::{Meters, Reductions};
pub use settings::*;
pub use simd::SimdPath;
