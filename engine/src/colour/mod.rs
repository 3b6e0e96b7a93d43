//! Colour: what saturation does to a signal, and a reference that does it one sample at a time, in f64.
//!
//! | file | what is in it |
//! |---|---|
//! | `curve` | the characteristics of tape and tube, their means between two samples, level compensation |
//! | `filters` | linear-phase filters between the rates |
//! | `reference` | all of it put together, slow and obvious |
//! | `oversampler` | the same filters over lanes: what the engine runs |
//!
//! Formulas, figures and pictures: `docs/dsp/colour.md`. The engine's kernels are in `simd`, its stage is `stages::LaneColour`.

mod curve;
mod filters;
mod oversampler;
mod reference;

pub use curve::{BIAS, CEILING, REFERENCE_PEAK};
pub use reference::Saturation;

pub(crate) use curve::{drive_gain, mix_of};
pub(crate) use oversampler::Oversampler;
pub(crate) use reference::DC_CORNER_HZ;

use crate::lanes::TILE_FRAMES;
use crate::settings::ColourQuality;

/// How often the sound is oversampled.
pub(crate) const fn factor(quality: ColourQuality) -> usize {
    match quality {
        ColourQuality::X1 => 1,
        ColourQuality::X2 => 2,
        ColourQuality::X4 => 4,
    }
}

/// Samples by which one saturation delays, on or off: a whole number of tiles, so that what settings change at borders of tiles
/// behind it is as late as the sound, to the sample.
pub const fn latency_samples(quality: ColourQuality) -> usize {
    match quality {
        ColourQuality::X1 => 0,
        ColourQuality::X2 | ColourQuality::X4 => 2 * TILE_FRAMES,
    }
}
