//! vizia editors for nice-plug.
pub use vizia_core;
