//! Quadratics in s and in z⁻¹, written so that nothing cancels at low frequencies.
//!
//! A digital quadratic P(z) = p0 + p1·z⁻¹ + p2·z⁻² is kept as
//!
//! ```text
//! D = P(1) = p0 + p1 + p2     N = P(−1) = p0 − p1 + p2     V = 2(p0 − p2)
//! P = (D + V·S + N·S²)/(1 + S)²     with S = (1 − z⁻¹)/(1 + z⁻¹), on the unit circle S = j·tan(ω/2)
//! |P|² ∝ D² + (V² − 2DN)·y + N²·y²  with y = tan²(ω/2)
//! ```
//!
//! A filter of 20 Hz at 192 kHz has D = 4·10⁻⁷: the sum 1 + a1 + a2 would lose seven of sixteen digits, while D itself has
//! all of them. The factor 1/(1 + S)² is common to numerator and denominator and drops out of every response.
//!
//! The map between the two is the bilinear one, used here for bookkeeping only: it changes no response.

/// An analog quadratic s² + damping·s + square, in units of the design frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AnalogQuadratic {
    pub(super) damping: f64,
    pub(super) square: f64,
}

impl AnalogQuadratic {
    /// |P(jx)|² at the relative frequency whose square is `x_squared`.
    #[inline(always)]
    pub(super) fn squared_magnitude(self, x_squared: f64) -> f64 {
        let real = self.square - x_squared;
        real * real + self.damping * self.damping * x_squared
    }
}

/// A digital quadratic by its values at DC and Nyquist and its odd part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quadratic {
    /// P(z = 1), the value at DC.
    pub d: f64,
    /// P(z = −1), the value at Nyquist.
    pub n: f64,
    /// 2(p0 − p2). Both roots are inside the unit circle exactly if `d`, `n` and `v` are above zero.
    pub v: f64,
}

impl Quadratic {
    /// (1 − z⁻¹)²: what a high-pass has for zeros.
    pub(super) const DOUBLE_ZERO_AT_DC: Self = Self { d: 0.0, n: 4.0, v: 0.0 };

    /// The quadratic whose roots are e^s for the roots s of the analog one, `omega` being the design frequency in radians
    /// per sample. Cost: four transcendental functions.
    pub(super) fn exponential(analog: AnalogQuadratic, omega: f64) -> Self {
        let half = 0.5 * analog.damping;
        let discriminant = analog.square - half * half;
        if discriminant >= 0.0 {
            // Roots r·e^(±jθ): |1 − r·e^(jθ)|² = (1 − r)² + 4r·sin²(θ/2), and likewise at −1.
            let (sine, cosine) = (0.5 * omega * discriminant.sqrt()).sin_cos();
            let decay = (-half * omega).exp_m1();
            let r = 1.0 + decay;
            Self {
                d: decay * decay + 4.0 * r * sine * sine,
                n: decay * decay + 4.0 * r * cosine * cosine,
                v: -2.0 * decay * (1.0 + r),
            }
        } else {
            // Two real roots. The slow one is taken from the product: the difference would cancel.
            let fast = half + (-discriminant).sqrt();
            let slow = analog.square / fast;
            let (fast, slow) = ((-fast * omega).exp_m1(), (-slow * omega).exp_m1());
            Self { d: fast * slow, n: (2.0 + fast) * (2.0 + slow), v: -2.0 * (fast + slow + fast * slow) }
        }
    }

    /// (1 − 2·cos ω·z⁻¹ + z⁻²): zeros on the unit circle at exactly `omega`.
    pub(super) fn zeros_at(omega: f64) -> Self {
        let (sine, cosine) = (0.5 * omega).sin_cos();
        Self { d: 4.0 * sine * sine, n: 4.0 * cosine * cosine, v: 0.0 }
    }

    /// |P|² at y = tan²(ω/2), without the common factor.
    #[inline(always)]
    pub(super) fn squared_magnitude(self, y: f64) -> f64 {
        let real = self.d - self.n * y;
        real * real + self.v * self.v * y
    }
}
