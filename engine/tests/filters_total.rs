//! Whatever the parameters are: a strictly stable section, no panic, no allocation.

mod allocations;
mod filters_support;

use allocations::{CountingAllocator, allocator_calls};
use busbar_engine::filters::{self, Delta, Section, State, Tuning};
use fastrand::Rng;
use filters_support::{IDENTITY, Kind, log_uniform};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Strictly inside the unit circle, by the values at both ends and the determinant, none of them a small difference:
/// z² − (2 − c2 − c3)z + (1 − c2)(1 − c3) + c1² of the state matrix (Jury's conditions).
fn is_stable(delta: &Delta) -> bool {
    let Delta { c1, c2, c3, .. } = *delta;
    let (product, square) = (c2 * c3, c1 * c1);
    let at_dc = product + square;
    let at_nyquist = 4.0 - 2.0 * (c2 + c3) + product + square;
    let determinant_below_one = c2 + c3 - product - square;
    at_dc > 0.0 && at_nyquist > 0.0 && determinant_below_one > 0.0
}

fn is_finite(section: &Section) -> bool {
    [section.g, section.k, section.h, section.m, section.l].iter().all(|value| value.is_finite())
}

#[track_caller]
fn assert_strictly_stable(section: &Section, what: &str) {
    // tan(ω/2) of 20 Hz at 768 kHz is 8·10⁻⁵, of 0.49 of the rate 32; dampings are within 1/113 (Q = 40 at +18 dB) and 28,
    // zeros of low-passes a little outside. What is far outside came from a fit that failed and was caught.
    assert!(is_finite(section), "{what}: {section:?}");
    assert!(section.g > 2e-5 && section.g < 50.0, "{what}: {section:?}");
    assert!(section.k > 5e-3 && section.k < 50.0, "{what}: {section:?}");
    assert!(is_stable(&section.delta()), "{what}: {section:?}");
}

#[test]
fn every_design_is_strictly_stable_at_every_rate() {
    let mut rng = Rng::with_seed(11);
    let mut n_inverted = 0;
    for _ in 0..60_000 {
        let kind = Kind::random(&mut rng);
        let rates = [8_000.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 384_000.0];
        let rate = if rng.bool() { rates[rng.usize(..6)] } else { log_uniform(&mut rng, 8_000.0, 384_000.0) };
        // The top of the range, where fits are hardest, often.
        let f0 = if rng.u8(..4) == 0 {
            rate * (0.3 + 0.2 * rng.f64())
        } else {
            log_uniform(&mut rng, 20.0, 20_000.0)
        };
        for section in kind.design(rate, f0) {
            let what = format!("{kind:?} of {f0} Hz at {rate} Hz");
            assert_strictly_stable(&section, &what);
            let can_be_undone = kind.has_gain() || matches!(kind, Kind::LowPass { .. } | Kind::LowPass24);
            if can_be_undone && section != IDENTITY {
                let inverse = section.inverse().unwrap_or_else(|| panic!("no inverse of {what}"));
                assert_strictly_stable(&inverse, &format!("the inverse of {what}"));
                n_inverted += 1;
            }
        }
    }
    assert!(n_inverted > 15_000);
}

/// Any bits at all, and what people type by mistake.
fn wild(rng: &mut Rng) -> f64 {
    let strange = [0.0, -0.0, -1.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN];
    match rng.u8(..4) {
        0 => strange[rng.usize(..strange.len())],
        1 => 40.0 * rng.f64() - 20.0,
        2 => log_uniform(rng, 1e-3, 1e6),
        _ => f64::from_bits(rng.u64(..)),
    }
}

#[test]
fn parameters_beyond_their_ranges_count_as_their_ends() {
    let tuning = |rate, f0| Tuning::new(rate, f0);
    assert_eq!(tuning(48_000.0, 1e9), tuning(48_000.0, 20_000.0));
    assert_eq!(tuning(48_000.0, -5.0), tuning(48_000.0, 20.0));
    assert_eq!(tuning(32_000.0, 18_000.0), tuning(32_000.0, 0.49 * 32_000.0));
    assert_eq!(tuning(f64::NAN, f64::NAN), tuning(48_000.0, 1_000.0));
    assert_eq!(tuning(1.0, 50.0), tuning(8_000.0, 50.0));
    let here = tuning(48_000.0, 500.0);
    assert_eq!(filters::bell(here, 99.0, 1e9), filters::bell(here, 18.0, 40.0));
    assert_eq!(filters::bell(here, f64::NAN, 3.0), filters::bell(here, 0.0, 3.0));
    assert_eq!(filters::low_shelf(here, -99.0, 2.0), filters::low_shelf(here, -18.0, 1.0));
    assert_eq!(filters::high_shelf(here, 9.0, -2.0), filters::high_shelf(here, 9.0, 0.1));
    assert_eq!(filters::low_pass(here, 0.0), filters::low_pass(here, 0.1));
    assert_eq!(filters::high_pass(here, 40.0), filters::high_pass(here, 3.0));
    assert_eq!(filters::notch(here, f64::INFINITY), filters::notch(here, 40.0));
}

#[test]
fn nothing_allocates_and_no_parameter_breaks_a_design() {
    assert_eq!(allocator_calls(|| drop(black_box(Box::new(1)))), 2);
    let mut rng = Rng::with_seed(12);
    for _ in 0..20_000 {
        let [rate, f0, first, second, position] = [(); 5].map(|()| wild(&mut rng));
        let mut sections = [IDENTITY; 10];
        let mut heard = 0.0;
        let allocated = allocator_calls(|| {
            let tuning = Tuning::new(rate, f0);
            let [low_1, low_2] = filters::low_pass_24_db(tuning);
            let [high_1, high_2] = filters::high_pass_24_db(tuning);
            sections = [
                filters::bell(tuning, first, second),
                filters::low_shelf(tuning, first, second),
                filters::high_shelf(tuning, first, second),
                filters::low_pass(tuning, second),
                filters::high_pass(tuning, second),
                filters::notch(tuning, second),
                low_1,
                low_2,
                high_1,
                high_2,
            ];
            // What is no sensible sample or position gives nonsense, but it is given.
            let mut state = State::default();
            for pair in sections.windows(2) {
                let (here, there) = (pair[0].delta(), pair[1].delta());
                heard += state.process(&here.towards(&there, position), first);
                heard += here.response(position).gain_db();
                black_box(pair[0].inverse());
            }
        });
        black_box(heard);
        assert_eq!(allocated, 0);
        for section in sections {
            assert_strictly_stable(&section, &format!("{f0:e} Hz at {rate:e} Hz with {first:e}, {second:e}"));
        }
    }
}
