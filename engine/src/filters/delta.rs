//! The delta form: how a section runs, what it answers at a frequency, and what moves while its parameters do.
//!
//! ```text
//! d = x − i2
//! y = l·x + (e0 − l)·d + e1·i1
//! i1 += c1·d − c2·i1
//! i2 += c1·i1 + c3·d           with the i1 of before
//! ```
//!
//! The states change by small amounts that are computed as such, so that a filter of 20 Hz at 192 kHz keeps its digits:
//! with coefficients and states in f64 the error of an f32 signal is that of rounding the output once.
//! With h = l = 1 and m = k the output is x itself, whatever the states are.
//!
//! Without input the states go through the matrix [[1 − c2, −c1], [c1, 1 − c3]], whose norm is at most one for any section
//! (the trapezoidal rule keeps energy), and which is affine in the coefficients. No weighted mean of sections therefore ever
//! amplifies the states: coefficients may be interpolated sample by sample, from anything to anything.
//!
//! There are two ways to do it. A line from design to design has a kink at each of them, a curve (the quadratic B-spline) has
//! none, for one more addition per coefficient and sample and half a step of delay. A bell at 200 Hz that goes from −18 to
//! +18 dB in 20 ms, designed anew every 32 samples, leaves above 6 kHz of a sine of 200 Hz at −6 dBFS: steps −22 dBFS, a line
//! −50, the curve −84.
//!
//! Source: the update is Simper's trapezoidal state-variable filter (Cytomic technical papers, SvfLinearTrapOptimised2), put
//! into differences.

/// The coefficients of the delta form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delta {
    /// 2g/(1 + g(g + k))
    pub c1: f64,
    /// (g + k)·c1
    pub c2: f64,
    /// g·c1
    pub c3: f64,
    /// Gain at DC: of the input itself.
    pub l: f64,
    /// Of the difference between the input and the second state.
    pub e0_minus_l: f64,
    /// Of the first state.
    pub e1: f64,
}

impl Delta {
    /// The coefficients at `position` on the straight line from here (0) to there (1).
    #[inline(always)]
    pub fn towards(&self, there: &Self, position: f64) -> Self {
        self.zip(there, there, |here, there, _| here + (there - here) * position)
    }

    /// The coefficients at `position` on a curve without kinks: from half way between the first two (0) to half way between
    /// the last two (1). The next piece of the curve drops the first and takes one more.
    #[inline(always)]
    pub fn along([first, second, third]: [&Self; 3], position: f64) -> Self {
        let rest = 1.0 - position;
        let (past, next) = (0.5 * rest * rest, 0.5 * position * position);
        first.zip(second, third, |first, second, third| {
            // As differences, so that what does not move keeps every bit.
            second + past * (first - second) + next * (third - second)
        })
    }

    #[inline(always)]
    fn zip(&self, second: &Self, third: &Self, mix: impl Fn(f64, f64, f64) -> f64) -> Self {
        Self {
            c1: mix(self.c1, second.c1, third.c1),
            c2: mix(self.c2, second.c2, third.c2),
            c3: mix(self.c3, second.c3, third.c3),
            l: mix(self.l, second.l, third.l),
            e0_minus_l: mix(self.e0_minus_l, second.e0_minus_l, third.e0_minus_l),
            e1: mix(self.e1, second.e1, third.e1),
        }
    }

    /// The same poles and states, with the input going through untouched: where a section is faded in from.
    pub fn passing(&self) -> Self {
        Self { l: 1.0, e0_minus_l: 0.0, e1: 0.0, ..*self }
    }

    /// The complex response at `omega` radians per sample.
    pub fn response(&self, omega: f64) -> Response {
        // z − 1, without cancellation at low frequencies.
        let (half_sine, half_cosine) = (0.5 * omega).sin_cos();
        let w = Response { re: -2.0 * half_sine * half_sine, im: 2.0 * half_sine * half_cosine };
        // (z − 1)·i1 = c1·d − c2·i1, (z − 1)·i2 = c1·i1 + c3·d, d = x − i2, solved for d/x = w(w + c2)/q and i1/x = c1·w/q.
        let first = Response { re: w.re + self.c2, im: w.im };
        let both = w.times(first);
        let q = Response {
            re: both.re + self.c1 * self.c1 + self.c3 * first.re,
            im: both.im + self.c3 * first.im,
        };
        let top = Response {
            re: self.e0_minus_l * both.re + self.e1 * self.c1 * w.re,
            im: self.e0_minus_l * both.im + self.e1 * self.c1 * w.im,
        };
        let ratio = top.over(q);
        Response { re: self.l + ratio.re, im: ratio.im }
    }
}

/// A complex gain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Response {
    /// |H|, linear.
    pub fn gain(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// |H| in dB: minus infinity for nothing at all.
    pub fn gain_db(self) -> f64 {
        20.0 * self.gain().log10()
    }

    /// The response of two sections in a row.
    pub fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    fn over(self, other: Self) -> Self {
        let scale = 1.0 / (other.re * other.re + other.im * other.im);
        let conjugate = Self { re: other.re * scale, im: -other.im * scale };
        self.times(conjugate)
    }
}

/// A section's memory: one channel, one sample at a time. The reference for every faster way to run it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct State {
    /// The first integrator: the band-pass.
    pub i1: f64,
    /// The second integrator: the low-pass.
    pub i2: f64,
}

impl State {
    /// Takes a sample, f32 or f64, and returns what the section makes of it.
    #[inline(always)]
    pub fn process(&mut self, coefficients: &Delta, sample: impl Into<f64>) -> f64 {
        let x = sample.into();
        let Self { i1, i2 } = *self;
        let d = x - i2;
        self.i1 = i1 + (coefficients.c1 * d - coefficients.c2 * i1);
        self.i2 = i2 + (coefficients.c1 * i1 + coefficients.c3 * d);
        coefficients.l * x + (coefficients.e0_minus_l * d + coefficients.e1 * i1)
    }
}
