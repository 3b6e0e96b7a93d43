//! Busbar's signal processing.
#![forbid(unsafe_code)]
pub mod settings;
