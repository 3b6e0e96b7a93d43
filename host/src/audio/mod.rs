//! Sound in files: stems in, mixes out, and the figures of both.

mod dither;
mod level;
mod read;
mod write;

pub use dither::Quantizer;
pub use level::Level;
pub use read::{ReadError, StemReader};
pub use write::{MixFormat, MixWriter, WriteError};
