//! The bus guard: what stands between a host's entry points and the plugin framework.
//!
//! The framework's wrappers were written for plugins with one or two buses. With many buses they stop reading inputs
//! at the number of *outputs*, skip processing when one output has no channels, follow null pointers of inactive
//! buses and read past the host's arrays. The guard hands them bus arrays with which none of that can happen, and
//! puts the results where the host wants them. It also owns the two things that a host stores or shows and the
//! framework gets wrong or has no hook for: the state document and the names of ports and parameters.
//!
//! - `link`: what the guard tells the plugin instance (which inputs are connected, why a state was refused).
//! - `gate`: activation and processing never meet.
//! - `clap_dirty`, `vst3_dirty`: the host hears of what changed in the state and is no parameter.
//! - `rest`: an instance that goes away waits until the framework's thread has let go of it.
//! - `settled`: a parameter that the latency depends on makes the guard ask the host for a restart.
//! - `meters`: gain reductions for whoever asks.
//! - `changes`: parameter changes go past the framework, which would post a task for each.
//! - `readings`: loudness and true peaks for whoever asks.
//! - `buses`: host pointers in, safe pointers out; knows neither VST3 nor CLAP.
//! - `state`: the document that hosts store, the same bytes from both formats.
//! - `vst3`, with `vst3_process`, `vst3_block`, `vst3_params`, `vst3_edits`, `vst3_restart` and `vst3_stream`:
//!   parameter changes arrive sorted, however many, and none is missing from a state.
//! - `clap`, with `clap_block`, `clap_events`, `clap_latency`, `clap_restart` and `clap_state`: events arrive within their block,
//!   and a new latency is told where CLAP allows it.
//! - [`export`]: the entry symbols, and [`export!`](crate::export).
//!
//! **Invariant**: nothing here allocates, blocks, logs or panics between the entry and the return of a process call.
//!
//! `docs/adr/0002-bus-guard.md` tells why this exists and when it goes.

mod buses;
mod changes;
mod clap;
mod clap_block;
mod clap_dirty;
mod clap_events;
mod clap_latency;
mod clap_restart;
mod clap_state;
pub mod export;
mod gate;
mod link;
mod meters;
mod readings;
mod rest;
mod settled;
mod state;
mod vst3;
mod vst3_block;
mod vst3_dirty;
mod vst3_edits;
mod vst3_params;
mod vst3_process;
mod vst3_restart;
mod vst3_stream;

use nice_plug::prelude::{ClapPlugin, Vst3Plugin};

pub use link::{HostLink, LinkTask};
pub use meters::{METERS_EXTENSION, Meters, PluginMeters};
pub use readings::{METERS_2_EXTENSION, PluginMeters2, Readings};

/// A plugin that is exported through the guard.
///
/// [`Default::default`] should call [`HostLink::create`] or [`HostLink::with_meters`] once, keep what it returns and give it the
/// parameters ([`HostLink::keep_params`]); `activate` hands its latency over ([`HostLink::keep_latency`]), and `process` takes their changes from it ([`HostLink::next_segment`]).
pub trait Guarded: ClapPlugin + Vst3Plugin {
    /// Turns the framework's JSON into the document that the host stores.
    ///
    /// # Errors
    ///
    /// Nothing is stored; the text goes to the log.
    fn encode_state(framework_json: &[u8]) -> Result<Vec<u8>, String> {
        Ok(framework_json.to_vec())
    }

    /// Turns a stored document into the framework's JSON. This is the only place where a state can be refused: what
    /// is returned will be loaded, so it has to be checked to the last value.
    ///
    /// # Errors
    ///
    /// The state is refused and everything stays as it was; the text goes to the log and to
    /// [`HostLink::state_problem`].
    fn decode_state(document: &[u8]) -> Result<Vec<u8>, String> {
        Ok(document.to_vec())
    }

    /// The document with these parameters changed: by the hashes of their ids, in plain values. VST3 only.
    fn amend_state(document: Vec<u8>, _edits: &[(u32, f64)]) -> Vec<u8> {
        document
    }

    /// The hashes of the parameters that count from the next activation on, because the latency depends on them. When one
    /// of them changes, the guard asks the host for a restart.
    fn settled_at_activation() -> Vec<u32> {
        Vec::new()
    }

    /// A name for narrow displays, by the parameter's hash, where the full name would be cut off. VST3 only.
    fn short_name(_param_hash: u32) -> Option<String> {
        None
    }
}
