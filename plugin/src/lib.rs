//! Busbar, a mixer bus: the plugin.
//!
//! One instance takes 8, 16 or 32 stereo feeds from the host, runs each through a channel strip, and mixes them by a matrix
//! over groups to a master. All sound is made in `busbar-engine`; this crate is glue: ports ([`layout`]), parameters
//! ([`params`]), the saved state ([`state`]), and the bus guard ([`guard`]) between the hosts and the framework. With the
//! feature `standalone` there is a program of its own, too.

mod busbar;
pub mod desk;
pub mod editor;
pub mod guard;
mod layout;
pub mod params;
mod remote;
#[cfg(feature = "standalone")]
pub mod standalone;
pub mod state;

pub use busbar::Busbar;

export!(Busbar<8>, Busbar<16>, Busbar<32>);
