//! Attack and release: a gain in dB that follows its target, one way fast and the other slowly.
//!
//! With the target x and the envelope y, both in dB, and c = 1 − exp(−1/(τ·fs)) for each way:
//!
//! ```text
//! y += c_falling·(x − y)   x < y
//! y += c_rising·(x − y)    otherwise
//! ```
//!
//! This is the branching smooth detector of Giannoulis, Massberg and Reiss (JAES 60(6), 2012), in the log domain behind the gain
//! computer, with 1 − α in place of α so that slow constants keep their digits. The step response is within 63.2 % of
//! its way after τ, whatever the step. A compressor falls by its attack and rises by its release, a gate the other way round.
//!
//! Without a branch, exactly the same bits: rounding is monotone, so that of both candidates the smaller one is that of
//! falling when falling is the faster way, and the larger one when it is the slower:
//!
//! ```text
//! y = min(y + c_falling·(x − y), y + c_rising·(x − y))   c_falling ≥ c_rising
//! y = max(    the same         ,     the same        )   c_falling ≤ c_rising
//! ```
//!
//! So an attack may be longer than its release: nothing is clamped. max is min of what is negated, hence one loop serves lanes of
//! both kinds: it runs on x and y times [`Ballistics::sign`], and min ([`Ballistics::signed_step`]).
//! With a fused multiply-add the same holds, but its bits are others: the envelopes differ by 1e-13 dB.
//!
//! State: y, in f64. In f32 it would stall before it gets there, by a tenth of a dB at 3 s.

use crate::filters::{MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ};

/// An envelope nearer to its target than this, in dB, is on it (at a tile's border): the gain then steps by −139 dB. It is reached
/// from 60 dB after 18 time constants, and lets a gain of 0 dB be exactly 1 again.
pub const REST_DB: f64 = 1e-6;

/// c = 1 − exp(−1/(τ·fs)) for a time constant in milliseconds, above 0, at a rate that is clamped to 8 … 768 kHz.
pub fn smoothing(sample_rate_hz: f64, time_constant_ms: f64) -> f64 {
    let sample_rate_hz = clamped_rate(sample_rate_hz);
    -(-1_000.0 / (time_constant_ms * sample_rate_hz)).exp_m1()
}

/// The rate within what is designed for. NaN counts as 48 kHz.
pub(super) fn clamped_rate(sample_rate_hz: f64) -> f64 {
    if sample_rate_hz.is_nan() {
        48_000.0
    } else {
        sample_rate_hz.clamp(MIN_SAMPLE_RATE_HZ, MAX_SAMPLE_RATE_HZ)
    }
}

/// How an envelope moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ballistics {
    /// c of a falling gain.
    pub falling: f64,
    /// c of a rising gain.
    pub rising: f64,
}

impl Ballistics {
    /// With these time constants, in milliseconds, above 0.
    pub fn new(sample_rate_hz: f64, falling_ms: f64, rising_ms: f64) -> Self {
        Self { falling: smoothing(sample_rate_hz, falling_ms), rising: smoothing(sample_rate_hz, rising_ms) }
    }

    /// One sample: where `y` gets on its way to `x`.
    #[inline(always)]
    pub fn step(&self, x: f64, y: f64) -> f64 {
        let c = if x < y { self.falling } else { self.rising };
        y + c * (x - y)
    }

    /// What targets and envelopes are multiplied by for [`Ballistics::signed_step`]: 1, or −1 when falling is the slower way.
    pub fn sign(&self) -> f64 {
        if self.falling >= self.rising { 1.0 } else { -1.0 }
    }

    /// One sample without a branch, of values times [`Ballistics::sign`]: the same bits as [`Ballistics::step`].
    #[inline(always)]
    pub fn signed_step(&self, x: f64, y: f64) -> f64 {
        let d = x - y;
        (y + self.falling * d).min(y + self.rising * d)
    }
}

/// A gain in dB on its way, and where to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Envelope {
    /// Where it is: what the sample just processed was multiplied by.
    pub gain_db: f64,
    /// Where that sample wanted it.
    pub target_db: f64,
}

impl Envelope {
    /// Nothing reduced, nothing to reduce.
    pub const REST: Self = Self { gain_db: 0.0, target_db: 0.0 };

    /// Takes a target, returns the gain in dB.
    #[inline(always)]
    pub fn process(&mut self, ballistics: &Ballistics, target_db: f64) -> f64 {
        self.target_db = target_db;
        self.gain_db = ballistics.step(target_db, self.gain_db);
        self.gain_db
    }

    /// At a tile's border: on its target if it is nearer than [`REST_DB`].
    pub fn settle(&mut self) {
        if (self.target_db - self.gain_db).abs() < REST_DB {
            self.gain_db = self.target_db;
        }
    }
}
