//! The one form of every second-order section: a trapezoidal state-variable filter.
//!
//! With S = (1 − z⁻¹)/(1 + z⁻¹) and s = S/g, and with numerator and denominator as [`Quadratic`]s, index b and a,
//!
//! ```text
//! H = (h·s² + m·s + l) / (s² + k·s + 1)
//!
//! g = √(Da/Na)     k = Va/√(Da·Na)
//! h = Nb/Na        m = Vb/√(Da·Na)      l = Db/Da
//! ```
//!
//! The section is strictly stable exactly if g and k are above zero, whatever h, m and l are. h is its gain at Nyquist, l
//! that at DC. Every biquad that is strictly stable has this form, so that all types run through one loop.

use super::delta::Delta;
use super::quadratic::Quadratic;

/// A second-order section in the form of this module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// tan(ω/2) of the poles' frequency.
    pub g: f64,
    /// Damping of the poles, 1/Q.
    pub k: f64,
    /// Gain at Nyquist.
    pub h: f64,
    /// Gain of the band-pass part, times the damping.
    pub m: f64,
    /// Gain at DC.
    pub l: f64,
}

impl Section {
    /// The section with these zeros and poles. The denominator's values must be above zero.
    pub fn from_quadratics(numerator: Quadratic, denominator: Quadratic) -> Self {
        let (a, b) = (denominator, numerator);
        let root = (a.d * a.n).sqrt();
        Self { g: (a.d / a.n).sqrt(), k: a.v / root, h: b.n / a.n, m: b.v / root, l: b.d / a.d }
    }

    /// The section that undoes this one, if there is one: all zeros must be strictly inside the unit circle.
    pub fn inverse(self) -> Option<Self> {
        let Self { g, k, h, m, l } = self;
        if !(h > 0.0 && m > 0.0 && l > 0.0) {
            return None;
        }
        let root = (h * l).sqrt();
        Some(Self { g: g * (l / h).sqrt(), k: m / root, h: 1.0 / h, m: k / root, l: 1.0 / l })
    }

    /// What runs: see [`Delta`].
    pub fn delta(self) -> Delta {
        let Self { g, k, h, m, l } = self;
        let a = 1.0 / (1.0 + g * (g + k));
        let (band, low) = (m - k * h, l - h);
        Delta {
            c1: 2.0 * g * a,
            c2: 2.0 * g * (g + k) * a,
            c3: 2.0 * g * g * a,
            l,
            // e0 − l with e0 = h + g·a·band + g²·a·low, and 1 − g²·a written as (1 + g·k)·a.
            e0_minus_l: a * (g * band - (1.0 + g * k) * low),
            e1: a * (band + g * low),
        }
    }
}
