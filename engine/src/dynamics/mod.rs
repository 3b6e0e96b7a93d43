//! Compressor and gate of strips, groups and master: the reference that every faster way to run them is tested against.
//!
//! ```text
//! key → high-pass → power (peak, RMS) → dB → static curve → link → envelope → 10^(dB/20) → make-up, mix → gain
//! key → hysteresis and hold ──────────→ dB → static curve ───────→ envelope → 10^(dB/20) ─────────────→ gain
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `settings.rs` | what a person sets, with ranges and defaults |
//! | `curve.rs` | the static curve: gain for a level, both in dB |
//! | `envelope.rs` | attack and release, in dB |
//! | `level.rs` | the power of a key, and how it reads in dB |
//! | `trigger.rs` | when a gate is open: hysteresis and hold |
//! | `blend.rs` | on and off, mix and make-up, without a click |
//! | `coefficients.rs` | everything that is computed once per change of a parameter, for any kernel |
//! | `compressor.rs`, `gate.rs` | the processors, one stereo frame at a time |
//!
//! Everything is f64, pure, free of allocation and total: settings are clamped (NaN counts as the default), samples that are
//! not finite or beyond ± 10¹² count as zero. Samples are plain, full scale is 1: a caller that works in a scale of its own
//! brings them back first. The latency is zero.
//!
//! # Grid and rest
//!
//! Each processor counts its samples since `reset`. At every border of a tile ([`crate::TILE_FRAMES`]) what has decayed comes
//! to rest: an envelope nearer to its target than [`REST_DB`] is on it, and powers and filters below −200 dB are zero. So states
//! are never subnormal, and a processor that has settled on silence changes no bit of itself in another tile of silence:
//! it may be skipped (`is_settled`).
//!
//! `set` counts from the next sample on. Callers that promise more call it on borders only.
//!
//! `docs/dsp/dynamics.md` has formulas, sources and figures. Eight strips side by side run on the same coefficients in
//! `simd/gate.rs` and `simd/compressor.rs`.

mod blend;
mod coefficients;
mod compressor;
mod curve;
mod envelope;
mod gate;
mod level;
mod settings;
mod trigger;

pub use blend::Blend;
pub use coefficients::{CompressorCoefficients, GateCoefficients};
pub use compressor::Compressor;
pub use curve::{Compression, Expansion};
pub use envelope::{Ballistics, Envelope, REST_DB, smoothing};
pub use gate::Gate;
pub use level::{FLOOR_DB, FLOOR_POWER, RMS_SECONDS, level_db};
pub use settings::*;
pub use trigger::{Trigger, TriggerCoefficients};

use crate::lanes::NON_FINITE_LIMIT;

/// The sample, or zero in place of one that is not finite or out of all proportion.
fn clean(sample: f64) -> f64 {
    if sample.abs() < f64::from(NON_FINITE_LIMIT) { sample } else { 0.0 }
}

/// Exactly 1 at 0 dB.
fn db_to_gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// Runs a processor of single frames over a block, in place, of as many frames as the shortest slice has. Without a key the
/// input itself is the key.
fn over_block(
    sides: [&mut [f32]; 2],
    key: Option<[&[f32]; 2]>,
    mut process: impl FnMut([f64; 2], [f64; 2]) -> [f64; 2],
) {
    let [left, right] = sides;
    let n_key = key.map_or(usize::MAX, |[left, right]| left.len().min(right.len()));
    for (idx, (left, right)) in left.iter_mut().zip(right).take(n_key).enumerate() {
        let input = [f64::from(*left), f64::from(*right)];
        let key = key.map_or(input, |key| key.map(|side| f64::from(side[idx])));
        let output = process(input, key);
        (*left, *right) = (output[0] as f32, output[1] as f32);
    }
}
