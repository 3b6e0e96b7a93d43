//! What holds while coefficients move: states never grow by themselves, and nothing clicks.

#![allow(
    clippy::disallowed_macros,
    reason = "the levels that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

mod filters_support;

use busbar_engine::TILE_FRAMES;
use busbar_engine::filters::{Delta, State};
use fastrand::Rng;
use filters_support::{Kind, log_uniform};
use std::f64::consts::PI;

const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// Any section at any rate.
fn random_delta(rng: &mut Rng) -> Delta {
    let kind = Kind::random(rng);
    let rate = log_uniform(rng, 8_000.0, 384_000.0);
    kind.design(rate, log_uniform(rng, 20.0, 20_000.0))[0].delta()
}

/// The spectral norm of [[1 − c2, −c1], [c1, 1 − c3]]. That of [[a, b], [c, d]] is half of |(a + d, b − c)| + |(a − d, b + c)|:
/// a rotation with a scale, and a reflection with one.
fn norm(delta: &Delta) -> f64 {
    let rotation = (2.0 - delta.c2 - delta.c3).hypot(2.0 * delta.c1);
    0.5 * (rotation + (delta.c3 - delta.c2).abs())
}

#[test]
fn states_never_grow_between_any_sections() {
    let mut rng = Rng::with_seed(9);
    let mut largest = 0.0_f64;
    for _ in 0..20_000 {
        let [here, there, beyond] = [(); 3].map(|()| random_delta(&mut rng));
        for position in [0.0, rng.f64(), 0.5, rng.f64(), 1.0] {
            largest = largest.max(norm(&here.towards(&there, position)));
            largest = largest.max(norm(&Delta::along([&here, &there, &beyond], position)));
        }
    }
    println!("the largest norm is 1 + {:e}", largest - 1.0);
    // Four roundings of numbers around one.
    assert!(largest <= 1.0 + 4.0 * f64::EPSILON, "the norm is 1 + {:e}", largest - 1.0);
    // A check of the check: it sees a state that grows.
    let unstable = Delta { c2: -1e-9, ..random_delta(&mut rng) };
    assert!(norm(&Delta { c1: 0.0, c3: 0.0, ..unstable }) > 1.0 + 1e-10);
}

#[test]
fn without_input_energy_only_falls_however_coefficients_are_thrown_about() {
    let mut rng = Rng::with_seed(10);
    for _ in 0..50 {
        let mut state = State { i1: rng.f64() - 0.5, i2: rng.f64() - 0.5 };
        let mut energy = state.i1 * state.i1 + state.i2 * state.i2;
        for _ in 0..500 {
            let between = random_delta(&mut rng).towards(&random_delta(&mut rng), rng.f64());
            state.process(&between, 0.0);
            let after = state.i1 * state.i1 + state.i2 * state.i2;
            assert!(after <= energy * (1.0 + 1e-14), "{energy} became {after}");
            energy = after;
        }
    }
}

#[test]
fn a_curve_has_no_kinks_and_rests_exactly() {
    let mut rng = Rng::with_seed(13);
    for _ in 0..1_000 {
        let [a, b, c, d] = [(); 4].map(|()| random_delta(&mut rng));
        let values = |delta: Delta| [delta.c1, delta.c2, delta.c3, delta.l, delta.e0_minus_l, delta.e1];
        let scale =
            [a, b, c, d].into_iter().flat_map(values).fold(1.0, |max: f64, value| max.max(value.abs()));
        let before = |position| values(Delta::along([&a, &b, &c], position));
        let after = |position| values(Delta::along([&b, &c, &d], position));
        let h = 1e-6;
        for coefficient in 0..6 {
            let jump = after(0.0)[coefficient] - before(1.0)[coefficient];
            assert!(jump.abs() < 1e-15 * scale, "{jump:e}");
            let slope_before = (before(1.0)[coefficient] - before(1.0 - h)[coefficient]) / h;
            let slope_after = (after(h)[coefficient] - after(0.0)[coefficient]) / h;
            // The second derivative, up to four times the scale, over h.
            assert!((slope_after - slope_before).abs() < 10.0 * h * scale, "{slope_before} {slope_after}");
        }
        assert_eq!(Delta::along([&a, &a, &a], rng.f64()), a);
        assert_eq!(a.towards(&a, rng.f64()), a);
        assert_eq!(a.towards(&b, 0.0), a);
    }
}

/// A high-pass of linear phase that leaves nothing of 1 kHz and below, to look at clicks: flat above 6 kHz.
/// A windowed sinc (Blackman and Harris, four terms: side lobes under −92 dB) with its corner at 4.5 kHz.
fn click_detector() -> Vec<f64> {
    const HALF: i32 = 192;
    let corner = 2.0 * 4_500.0 / SAMPLE_RATE_HZ;
    (-HALF..=HALF)
        .map(|tap| {
            let phase = PI * (f64::from(tap) / f64::from(HALF) + 1.0);
            let window = 0.358_75 - 0.488_29 * phase.cos() + 0.141_28 * (2.0 * phase).cos()
                - 0.011_68 * (3.0 * phase).cos();
            let x = PI * f64::from(tap);
            let low = if tap == 0 { corner } else { (corner * x).sin() / x };
            (if tap == 0 { 1.0 } else { 0.0 }) - low * window
        })
        .collect()
}

/// What is above 6 kHz, at its loudest, in dBFS.
fn clicks_dbfs(signal: &[f64]) -> f64 {
    let taps = click_detector();
    let loudest = signal
        .windows(taps.len())
        .map(|window| window.iter().zip(&taps).map(|(sample, tap)| sample * tap).sum::<f64>().abs())
        .fold(0.0, f64::max);
    20.0 * loudest.log10()
}

/// How coefficients get from one tile's design to the next one's.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moving {
    Step,
    Line,
    Curve,
}

/// How the gain gets from here to there. Times are in tiles of 32 samples since the change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Path {
    /// Straight in dB, 20 ms from end to end: with a corner at both.
    Straight,
    /// A smoother of two equal poles with a time constant of 20 ms: without corners, settled to 0.1 dB after 0.16 s.
    TwoPoles,
}

impl Path {
    /// 0 before the change, 1 long after it.
    fn position(self, tiles: f64) -> f64 {
        let of_20_ms = tiles.max(0.0) * TILE_FRAMES as f64 / (0.02 * SAMPLE_RATE_HZ);
        match self {
            Self::Straight => of_20_ms.min(1.0),
            Self::TwoPoles => 1.0 - (1.0 + of_20_ms) * (-of_20_ms).exp(),
        }
    }
}

/// One change of a gain.
#[derive(Clone, Copy, Debug)]
struct Change {
    kind: fn(f64) -> Kind,
    f0: f64,
    from_db: f64,
    to_db: f64,
    path: Path,
    /// Where in its period the sine is.
    phase: f64,
}

impl Change {
    /// The level above 6 kHz of a sine of 200 Hz at −6 dBFS, with a design for every tile and this between designs.
    fn clicks_dbfs(&self, moving: Moving) -> f64 {
        // The sine's own beginning dies away first: a bell of 60 Hz with Q = 10 and +18 dB takes the longest.
        let (n_before, n_after, n_unheard) = (1_000, 300, 950);
        let design = |tile: usize| {
            let position = self.path.position(tile as f64 - n_before as f64);
            let gain_db = self.from_db + (self.to_db - self.from_db) * position;
            (self.kind)(gain_db).design(SAMPLE_RATE_HZ, self.f0)[0].delta()
        };
        let mut designs = [design(0); 3];
        let mut state = State::default();
        let mut output = Vec::new();
        for tile in 0..n_before + n_after {
            let [_, second, third] = designs;
            designs = [second, third, design(tile + 1)];
            let [first, second, third] = &designs;
            for frame in 0..TILE_FRAMES {
                let position = (frame + 1) as f64 / TILE_FRAMES as f64;
                let delta = match moving {
                    Moving::Step => *third,
                    Moving::Line => second.towards(third, position),
                    Moving::Curve => Delta::along([first, second, third], position),
                };
                let cycles = 200.0 * (tile * TILE_FRAMES + frame) as f64 / SAMPLE_RATE_HZ;
                let sample = state.process(&delta, 0.5 * (2.0 * PI * (cycles + self.phase)).sin());
                if tile >= n_unheard {
                    output.push(sample);
                }
            }
        }
        clicks_dbfs(&output)
    }
}

fn bell(gain_db: f64) -> Kind {
    Kind::Bell { gain_db, q: 1.0 }
}

/// The loudest click over all types with a gain, and a word on what made it.
fn loudest_click(path: Path, moving: Moving) -> (f64, String) {
    let types: [fn(f64) -> Kind; 5] = [
        bell,
        |gain_db| Kind::Bell { gain_db, q: 0.3 },
        |gain_db| Kind::Bell { gain_db, q: 10.0 },
        |gain_db| Kind::LowShelf { gain_db, slope: 1.0 },
        |gain_db| Kind::HighShelf { gain_db, slope: 1.0 },
    ];
    let mut loudest = (f64::NEG_INFINITY, String::new());
    for kind in types {
        for f0 in [60.0, 200.0, 1_000.0, 5_000.0] {
            for (from_db, to_db) in [(-18.0, 18.0), (18.0, -18.0), (0.0, 18.0), (-18.0, 0.0)] {
                for phase in [0.0, 0.25] {
                    let change = Change { kind, f0, from_db, to_db, path, phase };
                    let clicks = change.clicks_dbfs(moving);
                    if clicks.is_nan() || clicks > loudest.0 {
                        loudest = (clicks, format!("{:?} of {f0} Hz from {from_db} dB", kind(to_db)));
                    }
                }
            }
        }
    }
    println!("{path:?}, {moving:?}: {:.1} dBFS ({})", loudest.0, loudest.1);
    loudest
}

/// A click of −70 dBFS lasts a millisecond and lies under a sine that is up to 82 dB louder.
const INAUDIBLE_DBFS: f64 = -70.0;

#[test]
fn a_curve_does_not_click_even_when_the_gain_jumps_by_36_db_within_20_ms() {
    for path in [Path::Straight, Path::TwoPoles] {
        let (clicks, what) = loudest_click(path, Moving::Curve);
        assert!(clicks <= INAUDIBLE_DBFS, "{path:?}: {clicks:.1} dBFS with {what}");
    }
}

#[test]
fn a_line_does_not_click_when_the_gain_goes_through_a_smoother_of_20_ms() {
    let (clicks, what) = loudest_click(Path::TwoPoles, Moving::Line);
    assert!(clicks <= INAUDIBLE_DBFS, "{clicks:.1} dBFS with {what}");
}

#[test]
fn the_detector_hears_steps_and_corners_and_not_the_sine() {
    let change =
        Change { kind: bell, f0: 200.0, from_db: -18.0, to_db: 18.0, path: Path::Straight, phase: 0.0 };
    let levels = [Moving::Step, Moving::Line, Moving::Curve].map(|moving| change.clicks_dbfs(moving));
    println!("step {:.1}, line {:.1}, curve {:.1} dBFS", levels[0], levels[1], levels[2]);
    assert!(levels[0] > -25.0 && levels[0] > levels[1] + 20.0 && levels[1] > levels[2] + 20.0, "{levels:?}");
    let still = Change { from_db: 18.0, ..change };
    assert!(still.clicks_dbfs(Moving::Line) < -120.0);
}
