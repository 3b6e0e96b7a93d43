//! Loudness by ITU-R BS.1770-5, EBU R 128, Tech 3341 and Tech 3342.
//!
//! ```text
//! samples → K-weighting → squares → hops of 20 ms → momentary (400 ms), short-term (3 s) → gates → integrated, range
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `weighting` | the K-weighting at any sample rate |
//! | `windows` | energies over the last 400 ms and 3 s |
//! | `histogram` | values in fixed memory |
//! | `gates` | integrated loudness and range |
//! | `lanes` | all of it for eight channels |
//!
//! The filters and sums are in the [kernel](crate::simd), eight strips side by side. All is counted in samples, so that no cut of the
//! stream changes a bit. Latency: figures are up to date ten times a second, and at most 16 tiles later, over which the work is spread
//! so that no block has to do all of it.

mod gates;
mod histogram;
mod lanes;
mod weighting;
mod windows;

pub(crate) use lanes::LaneLoudness;
pub(crate) use weighting::Design;

/// How loud a stereo channel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Over the last 400 ms, ten times a second; −∞ where there is nothing, as in all that follow.
    pub momentary_lufs: f32,
    /// Over the last 3 s.
    pub short_term_lufs: f32,
    /// Since the last restart, gated.
    pub integrated_lufs: f32,
    /// The loudness range since the last restart; 0 where there is none yet.
    pub range_lu: f32,
    /// The largest momentary loudness since the last restart, found fifty times a second in whole windows.
    pub max_momentary_lufs: f32,
    /// The largest short-term loudness since the last restart, in whole windows.
    pub max_short_term_lufs: f32,
    /// The largest true peak of each side since the last restart, linear.
    pub true_peak: [f32; 2],
    /// How much both sides are alike over the last 300 ms: 1 the same, −1 the opposite, 0 if one is silent.
    pub correlation: f32,
}

impl Loudness {
    /// Of silence.
    pub const SILENCE: Self = Self {
        momentary_lufs: f32::NEG_INFINITY,
        short_term_lufs: f32::NEG_INFINITY,
        integrated_lufs: f32::NEG_INFINITY,
        range_lu: 0.0,
        max_momentary_lufs: f32::NEG_INFINITY,
        max_short_term_lufs: f32::NEG_INFINITY,
        true_peak: [0.0; 2],
        correlation: 0.0,
    };
}

impl Default for Loudness {
    fn default() -> Self {
        Self::SILENCE
    }
}
