//! A headless CLAP host: it loads a `.clap` bundle and runs its plugins without a window, a sound card or a
//! clock. `busbar-render` mixes stems with it, and the tests of the built plugin look through its eyes.
//!
//! The way of a plugin:
//!
//! ```text
//! Bundle::load → Bundle::instantiate → Plugin::set_param → Plugin::activate → Plugin::process … → Plugin::deactivate
//! ```
//!
//! The way of a mix:
//!
//! ```text
//! session::Session → render::Prepared → Plugin::process … → audio::MixWriter → a temporary file → the final name
//! ```
//!
//! The plugin runs on the caller's thread: an offline host has no deadline, and one thread keeps every run the same. Only
//! meters have threads of their own. A [`Plugin`] owns the buffers it processes in, so a block allocates nothing once it is active.

// Printing panics when nobody reads; `cli::say` does not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

pub mod audio;
pub mod cli;
pub mod locate;
pub mod mixfile;
pub mod render;
pub mod session;
pub mod setup;

mod bundle;
mod callbacks;
mod error;
mod fresh;
mod loudness;
mod nearest;
mod params;
mod plugin;
mod ports;
mod process;
mod reductions;
mod state;

pub use bundle::{Bundle, PluginDescription};
pub use callbacks::Requests;
pub use clack_host::process::ProcessStatus;
pub use error::Error;
pub use fresh::remove_temporaries;
pub use loudness::{Loudness, Readings};
pub use params::{Param, ParamFlags, param_id_from_str};
pub use plugin::Plugin;
pub use ports::Port;
pub use process::ParamEvent;
pub use reductions::Reductions;
