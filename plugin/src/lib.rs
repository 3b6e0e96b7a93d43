//! Busbar, a mixer bus: the plugin.
pub mod guard;
