//! Static curves: the gain in dB that a level in dB asks for.
//!
//! The compressor's, with threshold T, ratio R and knee W, for a level x:
//!
//! ```text
//! gain = 0                                       2(x − T) < −W
//! gain = (1/R − 1)·(x − T + W/2)²/(2W)           2|x − T| ≤ W
//! gain = (1/R − 1)·(x − T)                       2(x − T) > W
//! ```
//!
//! It runs without a branch: with u = x − T + W/2 and v, which is u within 0 … W,
//!
//! ```text
//! gain = −(1 − 1/R)·(v²/(2W) + max(u, 0) − v)
//! ```
//!
//! Value and slope are continuous at both ends of the knee: the bracket's slope is v/W within it and 1 above.
//! Source: D. Giannoulis, M. Massberg, J. D. Reiss, *Digital Dynamic Range Compressor Design – A Tutorial and Analysis*,
//! JAES 60(6), 2012.
//!
//! The gate's, while it is closed, with threshold T, ratio R and range r ≤ 0:
//!
//! ```text
//! gain = max(r, (R − 1)·min(x − T, 0))
//! ```
//!
//! Both are monotone, finite for every finite level, and cost a few additions and multiplications.

use super::settings::{CompressorSettings, GateSettings};

/// A knee narrower than this, in dB, is none: 1/W must stay finite.
const NARROWEST_KNEE_DB: f64 = 1e-3;

/// R − 1 of a gate that knows no in-between: closed a billionth of a dB below its threshold, and still finite.
const STEEPEST_EXPANSION: f64 = 1e9;

/// The compressor's static curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compression {
    /// T − W/2: nothing is reduced below.
    pub knee_start_db: f64,
    /// W.
    pub knee_db: f64,
    /// 1/(2W), or 0 for a hard knee.
    pub knee_scale: f64,
    /// 1 − 1/R: dB of reduction per dB over the threshold.
    pub slope: f64,
}

impl Compression {
    /// The curve of these settings, clamped.
    pub fn new(settings: &CompressorSettings) -> Self {
        let settings = settings.clamped();
        let knee = f64::from(settings.knee_db);
        let knee_db = if knee < NARROWEST_KNEE_DB { 0.0 } else { knee };
        Self {
            knee_start_db: f64::from(settings.threshold_db) - 0.5 * knee_db,
            knee_db,
            knee_scale: if knee_db == 0.0 { 0.0 } else { 0.5 / knee_db },
            slope: 1.0 - 1.0 / f64::from(settings.ratio),
        }
    }

    /// The gain, 0 dB or less.
    #[inline(always)]
    pub fn gain_db(&self, level_db: f64) -> f64 {
        let over = level_db - self.knee_start_db;
        let bend = over.clamp(0.0, self.knee_db);
        // Subtracted from zero, so that nothing to reduce is +0.
        0.0 - self.slope * (bend * bend * self.knee_scale + (over.max(0.0) - bend))
    }

    /// The automatic make-up: half of the reduction at 0 dBFS.
    ///
    /// All of it would bring peaks at full scale back to full scale, but everything below the threshold up by the whole reduction,
    /// and what passes during the attack over full scale. Music lies between threshold and full scale: half keeps its
    /// loudness about where it was.
    pub fn auto_makeup_db(&self) -> f64 {
        -0.5 * self.gain_db(0.0)
    }
}

/// The closed gate's static curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expansion {
    /// T: nothing is reduced from here on up.
    pub threshold_db: f64,
    /// R − 1: dB of reduction per dB below the threshold.
    pub slope: f64,
    /// The lowest gain.
    pub range_db: f64,
}

impl Expansion {
    /// The curve of these settings, clamped.
    pub fn new(settings: &GateSettings) -> Self {
        let settings = settings.clamped();
        Self {
            threshold_db: f64::from(settings.threshold_db),
            slope: (f64::from(settings.ratio) - 1.0).min(STEEPEST_EXPANSION),
            range_db: f64::from(settings.range_db),
        }
    }

    /// The gain, 0 dB or less.
    #[inline(always)]
    pub fn gain_db(&self, level_db: f64) -> f64 {
        // Zero is added so that nothing to reduce is +0.
        (self.slope * (level_db - self.threshold_db).min(0.0)).max(self.range_db) + 0.0
    }
}
