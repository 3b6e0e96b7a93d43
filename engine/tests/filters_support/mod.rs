//! Every filter type with its analog prototype, written down as the Audio EQ Cookbook has it (R. Bristow-Johnson; W3C
//! Working Group Note, 8 June 2021) and computed in complex arithmetic: nothing here is shared with the code under test.
#![allow(dead_code)] // Each test program uses its part of this.

use busbar_engine::filters::{self, Response, Section, Tuning};
use fastrand::Rng;
use std::f64::consts::{FRAC_PI_8, PI, SQRT_2};

/// A filter type and its parameters.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Bell { gain_db: f64, q: f64 },
    LowShelf { gain_db: f64, slope: f64 },
    HighShelf { gain_db: f64, slope: f64 },
    LowPass { q: f64 },
    LowPass24,
    HighPass { q: f64 },
    HighPass24,
    Notch { q: f64 },
}

impl Kind {
    /// The sections under test. A type of one section has the identity for its second.
    pub fn design(self, sample_rate_hz: f64, frequency_hz: f64) -> [Section; 2] {
        let tuning = Tuning::new(sample_rate_hz, frequency_hz);
        let one = |section| [section, IDENTITY];
        match self {
            Self::Bell { gain_db, q } => one(filters::bell(tuning, gain_db, q)),
            Self::LowShelf { gain_db, slope } => one(filters::low_shelf(tuning, gain_db, slope)),
            Self::HighShelf { gain_db, slope } => one(filters::high_shelf(tuning, gain_db, slope)),
            Self::LowPass { q } => one(filters::low_pass(tuning, q)),
            Self::LowPass24 => filters::low_pass_24_db(tuning),
            Self::HighPass { q } => one(filters::high_pass(tuning, q)),
            Self::HighPass24 => filters::high_pass_24_db(tuning),
            Self::Notch { q } => one(filters::notch(tuning, q)),
        }
    }

    /// |H(jx)| in dB, x being the frequency over the design frequency.
    pub fn analog_gain_db(self, x: f64) -> f64 {
        // Of butterworth type: poles at angles of π/8 and 3π/8 from the negative axis.
        let butterworth = [0.5 / (3.0 * FRAC_PI_8).cos(), 0.5 / FRAC_PI_8.cos()];
        match self {
            Self::Bell { gain_db, q } => {
                let a = 10.0_f64.powf(gain_db / 40.0);
                polynomial_db(x, 1.0, a / q, 1.0) - polynomial_db(x, 1.0, 1.0 / (a * q), 1.0)
            }
            Self::LowShelf { gain_db, slope } => {
                let (a, b) = shelf(gain_db, slope);
                gain_db / 2.0 + polynomial_db(x, 1.0, b, a) - polynomial_db(x, a, b, 1.0)
            }
            Self::HighShelf { gain_db, slope } => {
                let (a, b) = shelf(gain_db, slope);
                gain_db / 2.0 + polynomial_db(x, a, b, 1.0) - polynomial_db(x, 1.0, b, a)
            }
            Self::LowPass { q } => -polynomial_db(x, 1.0, 1.0 / q, 1.0),
            Self::LowPass24 => butterworth.iter().map(|q| -polynomial_db(x, 1.0, 1.0 / q, 1.0)).sum(),
            Self::HighPass { q } => 40.0 * x.log10() - polynomial_db(x, 1.0, 1.0 / q, 1.0),
            Self::HighPass24 => {
                butterworth.iter().map(|q| 40.0 * x.log10() - polynomial_db(x, 1.0, 1.0 / q, 1.0)).sum()
            }
            Self::Notch { q } => polynomial_db(x, 1.0, 0.0, 1.0) - polynomial_db(x, 1.0, 1.0 / q, 1.0),
        }
    }

    /// Whether a cut is the inverse of a boost here.
    pub fn has_gain(self) -> bool {
        matches!(self, Self::Bell { .. } | Self::LowShelf { .. } | Self::HighShelf { .. })
    }

    /// The same with the gain's sign turned round.
    pub fn opposite(self) -> Self {
        match self {
            Self::Bell { gain_db, q } => Self::Bell { gain_db: -gain_db, q },
            Self::LowShelf { gain_db, slope } => Self::LowShelf { gain_db: -gain_db, slope },
            Self::HighShelf { gain_db, slope } => Self::HighShelf { gain_db: -gain_db, slope },
            other => other,
        }
    }

    /// Any type, with parameters from the whole of their ranges.
    pub fn random(rng: &mut Rng) -> Self {
        let gain_db = if rng.u8(..8) == 0 {
            *rng.choice([-18.0, 18.0, 0.0, 1e-9, -1e-6].iter()).unwrap()
        } else {
            36.0 * rng.f64() - 18.0
        };
        let q = log_uniform(rng, filters::MIN_Q, filters::MAX_Q);
        let slope = log_uniform(rng, filters::MIN_SLOPE, filters::MAX_SLOPE);
        match rng.u8(..8) {
            0 => Self::Bell { gain_db, q },
            1 => Self::LowShelf { gain_db, slope },
            2 => Self::HighShelf { gain_db, slope },
            3 => Self::LowPass { q },
            4 => Self::LowPass24,
            5 => Self::HighPass { q: log_uniform(rng, filters::MIN_HIGH_PASS_Q, filters::MAX_HIGH_PASS_Q) },
            6 => Self::HighPass24,
            _ => Self::Notch { q },
        }
    }
}

/// A section that passes everything. Any poles would do.
pub const IDENTITY: Section = Section { g: 1.0, k: SQRT_2, h: 1.0, m: SQRT_2, l: 1.0 };

/// The response of both sections at a frequency, from the coefficients that run.
pub fn response(sections: &[Section; 2], sample_rate_hz: f64, frequency_hz: f64) -> Response {
    let omega = 2.0 * PI * frequency_hz / sample_rate_hz;
    let [first, second] = sections.map(|section| section.delta().response(omega));
    first.times(second)
}

/// Evenly distributed over the logarithm.
pub fn log_uniform(rng: &mut Rng, min: f64, max: f64) -> f64 {
    min * (max / min).powf(rng.f64())
}

/// A and √A/Q of a shelf.
fn shelf(gain_db: f64, slope: f64) -> (f64, f64) {
    let a = 10.0_f64.powf(gain_db / 40.0);
    let inverse_q = ((a + 1.0 / a) * (1.0 / slope - 1.0) + 2.0).sqrt();
    (a, a.sqrt() * inverse_q)
}

/// |c2·s² + c1·s + c0| in dB at s = jx.
fn polynomial_db(x: f64, c2: f64, c1: f64, c0: f64) -> f64 {
    20.0 * (c0 - c2 * x * x).hypot(c1 * x).log10()
}
