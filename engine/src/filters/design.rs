//! Equaliser sections whose magnitude follows their analog prototype up to 20 kHz.
//!
//! The bilinear transform squeezes everything above some 5 kHz towards Nyquist. Here one side of each section, poles or
//! zeros, is the analog one mapped by z = e^s, exactly; the other side is what makes the magnitude come out right
//! (`fit.rs`). s is in units of the design frequency, A = 10^(gain/40).
//!
//! | type | prototype | exact | fitted |
//! |---|---|---|---|
//! | bell | (s² + A/Q·s + 1)/(s² + 1/(AQ)·s + 1) | boost: poles | zeros; a cut is the boost, inverted |
//! | low shelf | (s² + √A/Q·s + A)/(s² + 1/(√A·Q)·s + 1/A) | boost: poles | zeros; a cut is the boost, inverted |
//! | high shelf | A²·(s² + 1/(√A·Q)·s + 1/A)/(s² + √A/Q·s + A) | cut: poles | zeros; a boost is the cut, inverted |
//! | low-pass | 1/(s² + s/Q + 1) | poles | zeros |
//! | high-pass | s²/(s² + s/Q + 1) | the double zero at DC | poles |
//! | notch | (s² + 1)/(s² + s/Q + 1) | zeros at the design frequency | poles, with their value at DC |
//!
//! The gain at DC is exact for all of them. Shelves take a *slope* S rather than a Q, 1/Q² = (A + 1/A)(1/S − 1) + 2:
//! at S = 1 a shelf is as steep as it can be without overshoot, at every gain, while a fixed Q begins to overshoot at some
//! gain. Cascades of 24 dB per octave are Butterworth: poles at π/8 and 3π/8.
//!
//! Sources: the prototypes are those of the Audio EQ Cookbook (R. Bristow-Johnson; W3C Working Group Note, 8 June 2021).
//! Mapping one side by z = e^s and matching the magnitude with the other is Vicanek's idea ("Matched Second Order Digital
//! Filters", 2016); the quadratics and the fit are ours.
//!
//! No function allocates, panics, or loops for longer than its constants say, and each clamps its parameters, NaN counting
//! as the default. Every section that comes out is strictly stable, at every rate. A design costs 32 tangents and three
//! rounds of sums over 32 points (a high-pass or a notch, 48): 0.6 to 1.2 µs on one core of a present server, and half as
//! much again for the second section of 24 dB per octave.

use super::fit::Grid;
use super::quadratic::{AnalogQuadratic, Quadratic};
use super::section::Section;
use std::f64::consts::PI;

/// The lowest design frequency.
pub const MIN_FREQUENCY_HZ: f64 = 20.0;

/// The highest design frequency, where the sample rate allows it.
pub const MAX_FREQUENCY_HZ: f64 = 20_000.0;

/// The highest design frequency, relative to the sample rate.
pub const MAX_FREQUENCY_BY_RATE: f64 = 0.49;

/// The lowest sample rate that designs are made for.
pub const MIN_SAMPLE_RATE_HZ: f64 = 8_000.0;

/// The highest sample rate that designs are made for.
pub const MAX_SAMPLE_RATE_HZ: f64 = 768_000.0;

/// The largest boost or cut.
pub const MAX_GAIN_DB: f64 = 18.0;

/// The least Q of bells, notches and low-passes.
pub const MIN_Q: f64 = 0.1;

/// The largest Q of bells, notches and low-passes.
pub const MAX_Q: f64 = 40.0;

/// The least Q of a high-pass.
pub const MIN_HIGH_PASS_Q: f64 = 0.3;

/// The largest Q of a high-pass. Its zeros are spent on DC, so that its poles must make the whole shape: at the top of the
/// spectrum at 44.1 kHz they are 0.6 dB off at this Q and would be 1.2 dB off at twice as much.
pub const MAX_HIGH_PASS_Q: f64 = 3.0;

/// The least slope of a shelf.
pub const MIN_SLOPE: f64 = 0.1;

/// The largest slope of a shelf: the steepest without overshoot.
pub const MAX_SLOPE: f64 = 1.0;

/// Fits look no nearer to Nyquist than this: there the tangent runs away, and nobody hears it.
const TOP_BY_NYQUIST: f64 = 0.95;

/// How far around its design frequency a high-pass or a notch is looked at more closely, at most.
const MAX_REACH: f64 = 0.5;

/// 1/(2·cos(3π/8)) and 1/(2·cos(π/8)): the sections of a Butterworth filter of fourth order.
const BUTTERWORTH_Q: [f64; 2] = [1.306_562_964_876_376_5, 0.541_196_100_146_197];

/// A sample rate and a design frequency, clamped to what can be designed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// The design frequency in radians per sample.
    omega: f64,
    /// The highest frequency of the fit in radians per sample: that of 20 kHz, or as near to Nyquist as is wise.
    top: f64,
}

impl Tuning {
    /// The tuning for this frequency at this rate. NaN counts as 48 kHz and 1 kHz.
    pub fn new(sample_rate_hz: f64, frequency_hz: f64) -> Self {
        let sample_rate_hz = clamped(sample_rate_hz, MIN_SAMPLE_RATE_HZ, MAX_SAMPLE_RATE_HZ, 48_000.0);
        let highest = MAX_FREQUENCY_HZ.min(MAX_FREQUENCY_BY_RATE * sample_rate_hz);
        let frequency_hz = clamped(frequency_hz, MIN_FREQUENCY_HZ, highest, 1_000.0);
        let radians = 2.0 * PI / sample_rate_hz;
        Self { omega: radians * frequency_hz, top: (radians * MAX_FREQUENCY_HZ).min(TOP_BY_NYQUIST * PI) }
    }

    /// The design frequency in radians per sample, after clamping.
    pub fn omega(self) -> f64 {
        self.omega
    }
}

/// A bell: `gain_db` at the design frequency, 0 dB far from it.
pub fn bell(tuning: Tuning, gain_db: f64, q: f64) -> Section {
    let gain_db = clamped_gain(gain_db);
    let q = clamped_q(q);
    let a = 10.0_f64.powf(gain_db.abs() / 40.0);
    let zeros = AnalogQuadratic { damping: a / q, square: 1.0 };
    let poles = AnalogQuadratic { damping: 1.0 / (a * q), square: 1.0 };
    let boost = matched(tuning, zeros, poles, 1.0, 1.0);
    match gain_db {
        0.0 => boost.identity(),
        _ if gain_db > 0.0 => boost.section(),
        _ => boost.inverted(),
    }
}

/// A low shelf: `gain_db` at DC, half of it (in dB) at the design frequency.
pub fn low_shelf(tuning: Tuning, gain_db: f64, slope: f64) -> Section {
    let gain_db = clamped_gain(gain_db);
    let (a, lower, upper) = shelf_corners(gain_db, slope);
    let boost = matched(tuning, upper, lower, 1.0, a * a);
    match gain_db {
        0.0 => boost.identity(),
        _ if gain_db > 0.0 => boost.section(),
        _ => boost.inverted(),
    }
}

/// A high shelf: `gain_db` far above the design frequency, half of it (in dB) at the design frequency.
pub fn high_shelf(tuning: Tuning, gain_db: f64, slope: f64) -> Section {
    let gain_db = clamped_gain(gain_db);
    let (a, lower, upper) = shelf_corners(gain_db, slope);
    // A cut has the slow poles: a low shelf's boost, brought down to 0 dB at DC.
    let cut = matched(tuning, upper, lower, 1.0 / (a * a), 1.0);
    match gain_db {
        0.0 => cut.identity(),
        _ if gain_db < 0.0 => cut.section(),
        _ => cut.inverted(),
    }
}

/// A low-pass of 12 dB per octave, whose gain at the design frequency is `q`.
pub fn low_pass(tuning: Tuning, q: f64) -> Section {
    low_pass_on(tuning, &Grid::logarithmic(tuning.omega, tuning.top), clamped_q(q))
}

/// A Butterworth low-pass of 24 dB per octave, −3 dB at the design frequency.
pub fn low_pass_24_db(tuning: Tuning) -> [Section; 2] {
    let grid = Grid::logarithmic(tuning.omega, tuning.top);
    BUTTERWORTH_Q.map(|q| low_pass_on(tuning, &grid, q))
}

/// A high-pass of 12 dB per octave, whose gain at the design frequency is `q`.
pub fn high_pass(tuning: Tuning, q: f64) -> Section {
    let q = clamped(q, MIN_HIGH_PASS_Q, MAX_HIGH_PASS_Q, std::f64::consts::FRAC_1_SQRT_2);
    high_pass_on(&Grid::around(tuning.omega, tuning.top, (1.0 / q).min(MAX_REACH)), q)
}

/// A Butterworth high-pass of 24 dB per octave, −3 dB at the design frequency.
pub fn high_pass_24_db(tuning: Tuning) -> [Section; 2] {
    let grid = Grid::around(tuning.omega, tuning.top, MAX_REACH);
    BUTTERWORTH_Q.map(|q| high_pass_on(&grid, q))
}

/// A notch: nothing at the design frequency, −3 dB at a bandwidth of the design frequency over `q`.
pub fn notch(tuning: Tuning, q: f64) -> Section {
    let q = clamped_q(q);
    let zeros = Quadratic::zeros_at(tuning.omega);
    let grid = Grid::around(tuning.omega, tuning.top, MAX_REACH);
    let (analog_zeros, analog_poles) =
        (AnalogQuadratic { damping: 0.0, square: 1.0 }, AnalogQuadratic { damping: 1.0 / q, square: 1.0 });
    let inverse_target = grid.map(|x_squared, y| {
        analog_zeros.squared_magnitude(x_squared)
            / (analog_poles.squared_magnitude(x_squared) * zeros.squared_magnitude(y))
    });
    Section::from_quadratics(zeros, grid.fit_above(zeros.d, &inverse_target))
}

/// Both sides of a section that can be inverted.
struct Matched {
    zeros: Quadratic,
    poles: Quadratic,
}

impl Matched {
    fn section(&self) -> Section {
        Section::from_quadratics(self.zeros, self.poles)
    }

    fn inverted(&self) -> Section {
        Section::from_quadratics(self.poles, self.zeros)
    }

    /// At 0 dB: the same poles with zeros upon them, so that the states are what they would be at a hundredth of a dB, and
    /// the output is the input, bit for bit.
    fn identity(&self) -> Section {
        Section::from_quadratics(self.poles, self.poles)
    }
}

/// Poles by z = e^s, and zeros that make the magnitude that of `gain`·zeros/poles. `dc_gain` is that magnitude at DC.
fn matched(
    tuning: Tuning,
    zeros: AnalogQuadratic,
    poles: AnalogQuadratic,
    gain: f64,
    dc_gain: f64,
) -> Matched {
    let digital_poles = Quadratic::exponential(poles, tuning.omega);
    let grid = Grid::logarithmic(tuning.omega, tuning.top);
    let inverse_target = grid.map(|x_squared, y| {
        poles.squared_magnitude(x_squared)
            / (gain * gain * zeros.squared_magnitude(x_squared) * digital_poles.squared_magnitude(y))
    });
    Matched { zeros: grid.fit_above(dc_gain * digital_poles.d, &inverse_target), poles: digital_poles }
}

/// A of the gain's size, and the quadratics of the lower and the upper corner.
fn shelf_corners(gain_db: f64, slope: f64) -> (f64, AnalogQuadratic, AnalogQuadratic) {
    let slope = clamped(slope, MIN_SLOPE, MAX_SLOPE, MAX_SLOPE);
    let a = 10.0_f64.powf(gain_db.abs() / 40.0);
    let inverse_q = ((a + 1.0 / a) * (1.0 / slope - 1.0) + 2.0).sqrt();
    let root = a.sqrt();
    let lower = AnalogQuadratic { damping: inverse_q / root, square: 1.0 / a };
    let upper = AnalogQuadratic { damping: inverse_q * root, square: a };
    (a, lower, upper)
}

fn low_pass_on(tuning: Tuning, grid: &Grid, q: f64) -> Section {
    let analog_poles = AnalogQuadratic { damping: 1.0 / q, square: 1.0 };
    let poles = Quadratic::exponential(analog_poles, tuning.omega);
    let inverse_target =
        grid.map(|x_squared, y| analog_poles.squared_magnitude(x_squared) / poles.squared_magnitude(y));
    Section::from_quadratics(grid.fit_above(poles.d, &inverse_target), poles)
}

fn high_pass_on(grid: &Grid, q: f64) -> Section {
    let analog_poles = AnalogQuadratic { damping: 1.0 / q, square: 1.0 };
    let zeros = Quadratic::DOUBLE_ZERO_AT_DC;
    let inverse_target = grid.map(|x_squared, y| {
        x_squared * x_squared / (analog_poles.squared_magnitude(x_squared) * zeros.squared_magnitude(y))
    });
    Section::from_quadratics(zeros, grid.fit_all(&inverse_target))
}

fn clamped(value: f64, min: f64, max: f64, default: f64) -> f64 {
    if value.is_nan() { default } else { value.clamp(min, max) }
}

fn clamped_gain(gain_db: f64) -> f64 {
    clamped(gain_db, -MAX_GAIN_DB, MAX_GAIN_DB, 0.0)
}

fn clamped_q(q: f64) -> f64 {
    clamped(q, MIN_Q, MAX_Q, std::f64::consts::FRAC_1_SQRT_2)
}
