//! The power of a key, and how it reads in dB.
//!
//! ```text
//! peak   p = x²
//! RMS    p += c·(x² − p)        c = 1 − exp(−1/(τ·fs)), τ = 10 ms
//! level = 10·log10(max(p, 10⁻²⁰))
//! ```
//!
//! A sine reads its RMS, 3.01 dB below its peak. What is left of its waveform in p is a ripple at twice its frequency, of
//! 1/√(1 + (4π·f·τ)²): ± 0.035 dB at 1 kHz, ± 0.35 dB at 100 Hz. Both detectors go on as powers, so that one logarithm serves either.
//!
//! State: p.

/// The time constant of the mean power, in seconds: long against a period, short against a note.
pub const RMS_SECONDS: f64 = 0.01;

/// Levels end here, far below all thresholds, so that silence has one.
pub const FLOOR_DB: f64 = -200.0;

/// [`FLOOR_DB`] as a power.
pub const FLOOR_POWER: f64 = 1e-20;

/// The level of a power, at least [`FLOOR_DB`].
#[inline(always)]
pub fn level_db(power: f64) -> f64 {
    10.0 * power.max(FLOOR_POWER).log10()
}
