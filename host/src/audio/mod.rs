//! Sound in files: stems in, mixes out, and the figures of both.
//!
//! ```text
//! file → StemReader (decoded, at the file's rate) → StemSource (at the mix's rate) → … → MixWriter → file
//!                                                                          Meter ↵
//! ```

mod dither;
mod error;
mod flac;
mod meter;
mod read;
mod resample;
mod write;

pub use dither::Quantizer;
pub use error::{ReadError, WriteError};
pub use meter::{Figures, Meter};
pub use read::StemReader;
pub use resample::StemSource;
pub use write::{CompleteMix, MixFormat, MixWriter};
