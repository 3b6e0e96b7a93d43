//! Linear-phase filters between the rates.
//!
//! ```text
//! up     half-band, gain 2      h[k] = w[k]·sin(π(k − m)/2)/(π(k − m)/2)
//! down   half-band, gain 1      the same, halved
//! last   down from where the curve is: h[k] = w[k]·1/π·∫₀^{π/2} (d(ω) − w₂·d″(ω))·cos(ω(k − m)) dω,  d = 1/cos(ω/2)
//! ```
//!
//! w is Kaiser's window for 120 dB (Kaiser, Schafer, *On the Use of the I₀-Sinh Window for Spectrum Analysis*, 1980). The mean
//! between two samples lies half a sample behind the later one and has the response cos(ω/2): the first filter behind it, of an even length, makes
//! up for both. A window smoothes what it stands in front of: by w₂·d″, where w = 1 − w₂·t² about its centre, which is therefore taken
//! away before. Delays, in samples of the rate they run at: half of length − 1.
//!
//! | quality | up | down | delay in all |
//! |---|---|---|---|
//! | X2 | 127 | 130 | (63 + ½ + 64½)/2 = 64 |
//! | X4 | 111, 35 | 38, 111 | (55 + 55)/2 + (17 + ½ + 18½)/4 = 64 |

use crate::settings::ColourQuality;
use std::f64::consts::PI;

/// Kaiser's window for 120 dB: 0.1102·(120 − 8.7).
const BETA: f64 = 12.265;

/// The taps of every filter, in the order in which the signal meets them. Every one up doubles the rate, every one down halves it.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    pub(super) up: Vec<Vec<f64>>,
    pub(super) down: Vec<Vec<f64>>,
}

impl Filters {
    pub(super) fn new(quality: ColourQuality) -> Self {
        match quality {
            ColourQuality::X1 => Self { up: Vec::new(), down: Vec::new() },
            ColourQuality::X2 => Self { up: vec![half_band(127, 2.0)], down: vec![behind_the_curve(130)] },
            ColourQuality::X4 => Self {
                up: vec![half_band(111, 2.0), half_band(35, 2.0)],
                down: vec![behind_the_curve(38), half_band(111, 1.0)],
            },
        }
    }
}

/// `n` taps, 4i + 3 of them, with the given gain at zero, exactly that of a unit at the centre and a unit beside it.
fn half_band(n: usize, gain: f64) -> Vec<f64> {
    let centre = (n - 1) / 2;
    let sinc = |distance: f64| (0.5 * PI * distance).sin() / (0.5 * PI * distance);
    let mut taps: Vec<f64> = (0..n)
        .map(|k| {
            let distance = k.abs_diff(centre);
            if distance % 2 == 1 { window(k, n) * sinc(distance as f64) } else { 0.0 }
        })
        .collect();
    let beside: f64 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap *= 0.5 * gain / beside);
    taps[centre] = 0.5 * gain;
    taps
}

/// `n` taps, an even number: gain 1 at zero, 1/cos(ω/2) up to the edge, which is a quarter of the rate it comes from.
fn behind_the_curve(n: usize) -> Vec<f64> {
    let centre = (n - 1) as f64 / 2.0;
    // A hundredth of the window's length from its centre.
    let bend = (1.0 - window_at(0.02)) / (0.02 * centre).powi(2);
    let wanted = |omega: f64| {
        let (secant, tangent) = (1.0 / (0.5 * omega).cos(), (0.5 * omega).tan());
        secant - bend * 0.25 * secant * (tangent * tangent + secant * secant)
    };
    let mut taps: Vec<f64> = (0..n)
        .map(|k| {
            let distance = k as f64 - centre;
            let at = |omega: f64| (omega * distance).cos() * wanted(omega);
            window(k, n) * simpson(at, 0.5 * PI) / PI
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap /= sum);
    taps
}

/// ∫₀^to f, by Simpson's rule: some 60 points for every wave of the longest filter.
fn simpson(f: impl Fn(f64) -> f64, to: f64) -> f64 {
    let n = 1_000;
    let at = |i: usize| f(to * i as f64 / n as f64);
    let sum: f64 = (0..n).step_by(2).map(|i| at(i) + 4.0 * at(i + 1) + at(i + 2)).sum();
    sum * to / (3.0 * n as f64)
}

/// Kaiser's window at tap `k` of `n`.
fn window(k: usize, n: usize) -> f64 {
    window_at(2.0 * k as f64 / (n - 1) as f64 - 1.0)
}

/// The same, from −1 to 1.
fn window_at(x: f64) -> f64 {
    bessel_i0(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(BETA)
}

/// The modified Bessel function of order zero, by its series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for i in 1..60 {
        term *= quarter / f64::from(i * i);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain of symmetric taps at ω.
    fn gain(taps: &[f64], omega: f64) -> f64 {
        let centre = (taps.len() - 1) as f64 / 2.0;
        taps.iter().enumerate().map(|(k, tap)| tap * (omega * (k as f64 - centre)).cos()).sum()
    }

    #[test]
    fn filters_pass_20_khz_at_48_khz_and_stop_what_folds_onto_it() {
        for (quality, factor) in [(ColourQuality::X2, 2.0), (ColourQuality::X4, 4.0)] {
            let filters = Filters::new(quality);
            let mut n_points = 0;
            for step in 0..=1_000 {
                let hz = f64::from(step) * 20.0;
                // All filters at their rates, and the mean at the highest.
                let mut passed = (PI * hz / (factor * 48_000.0)).cos();
                let mut rate_hz = 48_000.0;
                for up in &filters.up {
                    rate_hz *= 2.0;
                    passed *= 0.5 * gain(up, 2.0 * PI * hz / rate_hz);
                    let image = gain(up, 2.0 * PI * (0.5 * rate_hz - hz) / rate_hz);
                    assert!(image.abs() < 2e-6, "{quality:?} up, image of {hz} Hz: {image:e}");
                }
                for down in &filters.down {
                    passed *= gain(down, 2.0 * PI * hz / rate_hz);
                    let folded = gain(down, 2.0 * PI * (0.5 * rate_hz - hz) / rate_hz);
                    // Some dB less where the filter rises towards its edge.
                    assert!(folded.abs() < 2e-6, "{quality:?} down, onto {hz} Hz: {folded:e}");
                    rate_hz *= 0.5;
                }
                // 0.001 dB: what the smoothing leaves that is of a higher order.
                assert!((passed - 1.0).abs() < 1e-4, "{quality:?} {hz} Hz: {passed}");
                n_points += 1;
            }
            assert_eq!(n_points, 1_001);
        }
    }
}
