//! The processor against a direct form in twice the digits, its response, and boosts against cuts.

#![allow(
    clippy::disallowed_macros,
    reason = "the errors that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

mod filters_support;

use busbar_engine::filters::{Section, State};
use fastrand::Rng;
use filters_support::{Kind, log_uniform, response};
use std::f64::consts::PI;
use std::ops::{Add, Mul, Neg, Sub};

/// A number of 32 digits: the unevaluated sum of two f64.
#[derive(Clone, Copy, Debug, Default)]
struct Double {
    high: f64,
    low: f64,
}

impl Double {
    fn of(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }

    /// `high + low` with nothing lost, for |high| ≥ |low|.
    fn normalised(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }

    fn recip(self) -> Self {
        let guess = Self::of(1.0 / self.high);
        // Newton: each step doubles the digits.
        let once = guess * (Self::of(2.0) - self * guess);
        once * (Self::of(2.0) - self * once)
    }
}

impl Add for Double {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = self.high + other.high;
        let part = sum - self.high;
        let error = (self.high - (sum - part)) + (other.high - part);
        Self::normalised(sum, error + self.low + other.low)
    }
}

impl Neg for Double {
    type Output = Self;

    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = self.high * other.high;
        let error = self.high.mul_add(other.high, -product);
        Self::normalised(product, error + self.high * other.low + self.low * other.high)
    }
}

/// The section as everyone writes it: y = b0·x0 + b1·x1 + b2·x2 − a1·y1 − a2·y2, in 32 digits.
struct DirectForm {
    b: [Double; 3],
    a: [Double; 2],
    x: [Double; 2],
    y: [Double; 2],
}

impl DirectForm {
    /// From H = (h·S² + m·g·S + l·g²)/(S² + k·g·S + g²) with S = (1 − z⁻¹)/(1 + z⁻¹), multiplied out.
    fn new(section: &Section) -> Self {
        let [g, k, h, m, l] = [section.g, section.k, section.h, section.m, section.l].map(Double::of);
        let expand = |square: Double, linear: Double, constant: Double| {
            [square + linear + constant, Double::of(2.0) * (constant - square), square - linear + constant]
        };
        let [a0, a1, a2] = expand(Double::of(1.0), k * g, g * g);
        let scale = a0.recip();
        Self {
            b: expand(h, m * g, l * g * g).map(|b| b * scale),
            a: [a1 * scale, a2 * scale],
            x: Default::default(),
            y: Default::default(),
        }
    }

    fn process(&mut self, x0: f64) -> f64 {
        let x0 = Double::of(x0);
        let ([b0, b1, b2], [a1, a2], [x1, x2], [y1, y2]) = (self.b, self.a, self.x, self.y);
        let y0 = b0 * x0 + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
        self.x = [x0, x1];
        self.y = [y0, y1];
        y0.high
    }
}

/// The largest magnitude.
fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, sample| sample.abs().max(peak))
}

fn peak_db(samples: &[f64]) -> f64 {
    20.0 * peak(samples).log10()
}

/// The f32 nearest, as it would come from a host.
fn as_f32(samples: Vec<f64>) -> Vec<f64> {
    samples.into_iter().map(|sample| f64::from(sample as f32)).collect()
}

fn noise(rng: &mut Rng, n: usize) -> Vec<f64> {
    as_f32((0..n).map(|_| 2.0 * rng.f64() - 1.0).collect())
}

fn sine(frequency_hz: f64, sample_rate_hz: f64, n: usize) -> Vec<f64> {
    let omega = 2.0 * PI * frequency_hz / sample_rate_hz;
    as_f32((0..n).map(|frame| (omega * frame as f64).sin()).collect())
}

/// Every type, gentle and sharp.
fn kinds() -> Vec<Kind> {
    let mut kinds = vec![Kind::LowPass24, Kind::HighPass24];
    for gain_db in [-18.0, -3.0, 18.0] {
        kinds.extend([0.3, 1.0, 40.0].map(|q| Kind::Bell { gain_db, q }));
        kinds.extend([0.3, 1.0].map(|slope| Kind::LowShelf { gain_db, slope }));
        kinds.extend([0.3, 1.0].map(|slope| Kind::HighShelf { gain_db, slope }));
    }
    for q in [0.5, 3.0] {
        kinds.extend([Kind::LowPass { q }, Kind::HighPass { q }, Kind::Notch { q }]);
    }
    kinds.extend([Kind::LowPass { q: 40.0 }, Kind::Notch { q: 40.0 }]);
    kinds
}

#[test]
fn the_processor_agrees_with_a_direct_form_in_twice_the_digits() {
    // Two and a half periods of 20 Hz at 192 kHz.
    const N: usize = 24_000;
    let mut rng = Rng::with_seed(5);
    // In f32 and in f64.
    let mut worst_db = [f64::NEG_INFINITY; 2];
    let mut n_compared = 0;
    for rate in [44_100.0, 192_000.0] {
        for f0 in [20.0, 150.0, 3_000.0, 20_000.0] {
            let inputs = [noise(&mut rng, N), sine(f0, rate, N)];
            for kind in kinds() {
                for section in kind.design(rate, f0) {
                    for input in &inputs {
                        let mut direct = DirectForm::new(&section);
                        let (mut state, delta) = (State::default(), section.delta());
                        let expected: Vec<f64> = input.iter().map(|&x| direct.process(x)).collect();
                        let found: Vec<f64> =
                            input.iter().map(|&x| state.process(&delta, x as f32)).collect();
                        let loudest_db = peak_db(&expected).max(peak_db(input));
                        let errors = |round: fn(f64) -> f64| -> Vec<f64> {
                            found
                                .iter()
                                .zip(&expected)
                                .map(|(&found, expected)| round(found) - expected)
                                .collect()
                        };
                        let in_f32 = peak_db(&errors(|y| f64::from(y as f32))) - loudest_db;
                        let in_f64 = peak_db(&errors(|y| y)) - loudest_db;
                        // Rounding the output: half a unit in the last place of an f32 is at most −144.5 dB of the sample.
                        assert!(in_f32 < -144.4, "{kind:?} of {f0} Hz at {rate} Hz: {in_f32:.1} dB in f32");
                        // A few hundred roundings of f64, which add up where the state is a thousand times the input.
                        assert!(in_f64 < -250.0, "{kind:?} of {f0} Hz at {rate} Hz: {in_f64:.1} dB in f64");
                        worst_db = [worst_db[0].max(in_f32), worst_db[1].max(in_f64)];
                        n_compared += 1;
                    }
                }
            }
        }
    }
    println!("worst of {n_compared}: {:.1} dB in f32, {:.1} dB in f64", worst_db[0], worst_db[1]);
    assert!(n_compared > 900);
}

#[test]
fn the_response_is_that_of_the_processor() {
    let mut rng = Rng::with_seed(6);
    for _ in 0..100 {
        let kind = Kind::random(&mut rng);
        let (rate, f0) = (48_000.0, log_uniform(&mut rng, 500.0, 20_000.0));
        let sections = kind.design(rate, f0);
        let deltas = sections.map(|section| section.delta());
        let mut states = [State::default(); 2];
        // Poles of 500 Hz with Q = 40 and +18 dB decay by e every 0.07 s: 2 s are 28 of that, −240 dB.
        let impulse: Vec<f64> = (0..96_000)
            .map(|frame| {
                let x = if frame == 0 { 1.0 } else { 0.0 };
                let between = states[0].process(&deltas[0], x);
                states[1].process(&deltas[1], between)
            })
            .collect();
        for f in [10.0, 0.8 * f0, f0, 22_000.0] {
            let omega = 2.0 * PI * f / rate;
            let (mut re, mut im) = (0.0, 0.0);
            for (frame, sample) in impulse.iter().enumerate() {
                re += sample * (omega * frame as f64).cos();
                im -= sample * (omega * frame as f64).sin();
            }
            let expected = response(&sections, rate, f);
            let off = (re - expected.re).hypot(im - expected.im);
            // The phase ω·n has a few 10⁻¹² of rounding at the end of the sum, a gain of up to 40 what it is multiplied with.
            assert!(off < 1e-9, "{kind:?} of {f0} Hz at {f} Hz: {re} + {im}j, not {expected:?}");
        }
    }
}

#[test]
fn a_cut_undoes_its_boost() {
    const N: usize = 24_000;
    let mut rng = Rng::with_seed(7);
    let mut worst_db = f64::NEG_INFINITY;
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for f0 in [20.0, 300.0, 5_000.0, 20_000.0] {
            let input = noise(&mut rng, N);
            for kind in kinds().into_iter().filter(|kind| kind.has_gain()) {
                let [first, _] = kind.design(rate, f0);
                let [second, _] = kind.opposite().design(rate, f0);
                let inverse = first.inverse().expect("zeros are inside the unit circle");
                let off = [
                    inverse.g / second.g,
                    inverse.k / second.k,
                    inverse.h / second.h,
                    inverse.m / second.m,
                    inverse.l / second.l,
                ];
                // Two ways to the same numbers, of half a dozen roundings each.
                assert!(
                    off.iter().all(|ratio| (ratio - 1.0).abs() < 1e-14),
                    "{kind:?}: {inverse:?}, {second:?}"
                );

                let (first, second) = (first.delta(), second.delta());
                let mut states = [State::default(); 2];
                let rest: Vec<f64> = input
                    .iter()
                    .map(|&x| {
                        // In f32 between both and behind them, as when they run in two plugins.
                        let between = states[0].process(&first, x as f32) as f32;
                        let back = states[1].process(&second, between) as f32;
                        f64::from(back) - x
                    })
                    .collect();
                let null_db = peak_db(&rest) - peak_db(&input);
                // Rounding between both is −150 dB of a signal that is up to 18 dB louder than the input, or is raised by 18 dB.
                assert!(null_db < -125.0, "{kind:?} of {f0} Hz at {rate} Hz leaves {null_db:.1} dB");
                worst_db = worst_db.max(null_db);
            }
        }
    }
    println!("the worst null is {worst_db:.1} dB");
}

#[test]
fn only_what_has_no_zero_on_the_unit_circle_can_be_undone() {
    for kind in [Kind::HighPass { q: 0.7 }, Kind::Notch { q: 1.0 }] {
        assert_eq!(kind.design(48_000.0, 1_000.0)[0].inverse(), None, "{kind:?}");
    }
    let low_pass = Kind::LowPass { q: 0.7 }.design(48_000.0, 1_000.0)[0];
    let inverse = low_pass.inverse().expect("a fitted numerator");
    assert!(inverse.g > 0.0 && inverse.k > 0.0);
}

#[test]
fn a_section_without_gain_passes_every_bit() {
    let mut rng = Rng::with_seed(8);
    let design = |gain_db| Kind::Bell { gain_db, q: 2.0 }.design(48_000.0, 700.0)[0].delta();
    let (flat, boost) = (design(0.0), design(12.0));
    let mut state = State::default();
    let mut n_different = 0;
    for x in noise(&mut rng, 5_000) {
        // Whatever the states were filled with before.
        let mut other = state;
        n_different += usize::from(state.process(&boost, x) != x);
        assert_eq!(other.process(&flat, x), x);
        assert_eq!(other.process(&boost.passing(), x), x);
        assert_ne!(other, State::default());
    }
    assert!(n_different > 4_900);
}
