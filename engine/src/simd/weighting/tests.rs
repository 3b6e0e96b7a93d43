//! Every path against the filters of ITU-R BS.1770 in f64, and against itself cut up.

use super::*;
use crate::lanes::{FULL_SCALE, TILE_FRAMES};
use crate::loudness::Design;
use crate::simd::testing::noise_tile;
use crate::simd::{LaneGain, PerLane, ROOT_SCALE, SQUARE_SCALE, SimdPath, on_path};
use fastrand::Rng;
use std::f64::consts::TAU;

const RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

/// The one place of these tests that the kernel is compiled for.
fn weigh_on(
    path: SimdPath,
    tiles: &[LaneTile; 2],
    frames: Range<usize>,
    weighting: &Weighting,
    state: &mut WeightingState,
    found: &mut Found,
) {
    on_path!(path, simd => weigh(simd, tiles, frames, weighting, state, found));
}

/// A section in f64, straight from its difference equation.
#[derive(Clone, Copy)]
struct Section {
    b: [f64; 3],
    a: [f64; 2],
    /// x[n − 1], x[n − 2], y[n − 1], y[n − 2].
    past: [f64; 4],
}

/// Numerator and denominator of the standard's shelf and high-pass at 48 kHz.
const STANDARD: [([f64; 3], [f64; 2]); 2] = [
    (
        [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        [-1.690_659_293_182_41, 0.732_480_774_215_85],
    ),
    ([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]),
];

impl Section {
    /// One of the standard's, which is for 48 kHz, at another rate: back by the bilinear transform z = (1 + s)/(1 − s), and forth so
    /// that the frequency at which its poles stand stays where it is.
    fn at(sample_rate_hz: f64, (b, a): ([f64; 3], [f64; 2])) -> Self {
        let analog = |[c0, c1, c2]: [f64; 3]| [c0 - c1 + c2, 2.0 * (c0 - c2), c0 + c1 + c2];
        let denominator = analog([1.0, a[0], a[1]]);
        let k = (denominator[2] / denominator[0]).sqrt();
        let stretch = k / (k.atan() * 48_000.0 / sample_rate_hz).tan();
        let digital = |[c2, c1, c0]: [f64; 3]| {
            let (c2, c1) = (c2 * stretch * stretch, c1 * stretch);
            [c2 + c1 + c0, 2.0 * (c0 - c2), c2 - c1 + c0]
        };
        let [a0, a1, a2] = digital(denominator);
        // The high-pass keeps its numerator at every rate.
        let b = if b == [1.0, -2.0, 1.0] { b } else { digital(analog(b)).map(|b| b / a0) };
        Self { b, a: [a1 / a0, a2 / a0], past: [0.0; 4] }
    }

    fn process(&mut self, x: f64) -> f64 {
        let ([b0, b1, b2], [a1, a2], [x1, x2, y1, y2]) = (self.b, self.a, self.past);
        let y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
        self.past = [x, x1, y, y1];
        y
    }
}

/// A signal of each lane and side: tones from 20 Hz to the end of hearing, noise, a constant, and steps of level.
fn sample(rng: &mut Rng, idx: usize, frame: usize, sample_rate_hz: f64) -> f64 {
    let noise = rng.f64() * 2.0 - 1.0;
    let tone = |hz: f64| (TAU * hz * frame as f64 / sample_rate_hz).sin();
    match idx {
        0 => noise,
        1 => tone(20.0),
        2 => tone(60.0),
        3 => 0.1 * tone(1_000.0),
        4 => tone(3_000.0),
        5 => 3.0 * tone(10_000.0),
        6 => tone(18_000.0),
        // What the high-pass takes away is a hundred times what it leaves.
        7 => 1.0 + 0.01 * noise,
        8 => noise * if (frame / 1_000).is_multiple_of(2) { 1.0 } else { 1e-3 },
        9 => f64::from(u8::from(frame.is_multiple_of(5_000))),
        _ => 1e-5 * noise,
    }
}

#[test]
fn every_path_weighs_as_the_standards_filters_do_at_every_rate() {
    for path in SimdPath::all() {
        for sample_rate_hz in RATES_HZ {
            let design = Design::at(sample_rate_hz);
            let (weighting, mut state) = (design.coefficients(), WeightingState::ZERO);
            let mut sections = [STANDARD.map(|section| Section::at(sample_rate_hz, section)); 2 * LANES];
            let mut rng = Rng::with_seed(11);
            let mut sums = [[0.0_f64; 2]; 2 * LANES];
            for tile_idx in 0..sample_rate_hz as usize / TILE_FRAMES {
                let mut tiles = [LaneTile::ZERO; 2];
                let mut found = Found::NOTHING;
                for frame in 0..TILE_FRAMES {
                    for (idx, sections) in sections.iter_mut().enumerate() {
                        let at = tile_idx * TILE_FRAMES + frame;
                        let x = sample(&mut rng, idx, at, sample_rate_hz) as f32;
                        tiles[idx / LANES].0[frame][idx % LANES] = x * FULL_SCALE;
                        let y = sections.iter_mut().fold(f64::from(x), |x, section| section.process(x));
                        sums[idx][1] += y * y;
                    }
                }
                weigh_on(path, &tiles, 0..TILE_FRAMES, &weighting, &mut state, &mut found);
                for (idx, [got, _]) in sums.iter_mut().enumerate() {
                    *got += f64::from(found.weighted.0[idx]);
                }
            }
            for (idx, [got, want]) in sums.into_iter().enumerate() {
                let got = got * design.square_gain() / f64::from(SQUARE_SCALE);
                let error_db = 10.0 * (got / want).log10();
                // A thousandth of what the standard's own cases allow: f32 is enough.
                let context = format!("{} at {sample_rate_hz} Hz, signal {idx}", path.name());
                assert!(error_db.abs() < 1e-4, "{context}: {error_db:e} dB");
            }
        }
    }
}

#[test]
fn peaks_squares_and_products_of_constants_are_exact() {
    let weighting = Design::at(48_000.0).coefficients();
    for path in SimdPath::all() {
        let (mut tiles, mut found) = ([LaneTile::ZERO; 2], Found::NOTHING);
        for lane in 0..LANES {
            // Powers of two, whose squares and sums are exact: 2⁻ˡ on the left, −2⁻²ˡ on the right.
            let value = 0.5_f32.powi(lane as i32);
            tiles[0].0.iter_mut().for_each(|frame| frame[lane] = value * FULL_SCALE);
            tiles[1].0.iter_mut().for_each(|frame| frame[lane] = -value * value * FULL_SCALE);
        }
        weigh_on(path, &tiles, 0..TILE_FRAMES, &weighting, &mut WeightingState::ZERO.clone(), &mut found);
        for lane in 0..LANES {
            let value = 0.5_f32.powi(lane as i32);
            let [left, right] = [value * ROOT_SCALE, value * value * ROOT_SCALE];
            let name = path.name();
            assert_eq!(found.tops.of(lane), [left, right], "{name}");
            let squares = found.squares.each_ref().map(|squares| squares.of(lane));
            assert_eq!(squares, [[left, right].map(|x| 16.0 * x * x); 2], "{name}");
            assert_eq!(found.products[lane], -32.0 * left * right, "{name}");
        }
    }
}

#[test]
fn peaks_squares_and_products_of_noise_are_those_of_f64() {
    let weighting = Design::at(48_000.0).coefficients();
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(12);
        for level in [1e-6, 1e-3, 1.0, 1e3] {
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, level * FULL_SCALE));
            let mut found = Found::NOTHING;
            weigh_on(path, &tiles, 0..TILE_FRAMES, &weighting, &mut WeightingState::ZERO.clone(), &mut found);
            for lane in 0..LANES {
                let signal =
                    |side: usize| tiles[side].0.iter().map(move |frame| f64::from(frame[lane] * ROOT));
                // Half a bit for every product and every sum.
                let bound = 2.0 * TILE_FRAMES as f64 * 0.5_f64.powi(24);
                for side in 0..2 {
                    let want = signal(side).fold(0.0_f64, |top, x| top.max(x.abs()));
                    assert_eq!(f64::from(found.tops.of(lane)[side]), want, "{}", path.name());
                    let want: f64 = signal(side).map(|x| x * x).sum();
                    let got: f64 =
                        found.squares.iter().map(|squares| f64::from(squares.of(lane)[side])).sum();
                    assert!((got / want - 1.0).abs() < bound, "{}: {got} {want}", path.name());
                }
                let products = || signal(0).zip(signal(1)).map(|(left, right)| left * right);
                let (want, size) = (products().sum::<f64>(), products().map(f64::abs).sum::<f64>());
                let got = f64::from(found.products[lane]);
                assert!((got - want).abs() < bound * size, "{}: {got} {want}", path.name());
            }
        }
    }
}

#[test]
fn cuts_change_no_bit_and_a_tally_finds_the_same() {
    let weighting = Design::at(48_000.0).coefficients();
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(13);
        let (mut whole, mut cut) = (WeightingState::ZERO, WeightingState::ZERO);
        for tile_idx in 0..200 {
            // Down to where squares are next to nothing.
            let level = 0.1_f32.powi(tile_idx % 20) * FULL_SCALE;
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, level));
            let [mut of_whole, mut of_cut, mut tallied] = [Found::NOTHING; 3];
            weigh_on(path, &tiles, 0..TILE_FRAMES, &weighting, &mut whole, &mut of_whole);
            let first = rng.usize(0..=TILE_FRAMES);
            weigh_on(path, &tiles, 0..first, &weighting, &mut cut, &mut of_cut);
            weigh_on(path, &tiles, first..TILE_FRAMES, &weighting, &mut cut, &mut of_cut);
            on_path!(path, simd => tally(simd, &tiles, &mut tallied));
            assert_eq!(whole, cut, "{} cut at {first}", path.name());
            let bits = |found: &Found| {
                let pairs = [&found.tops, &found.squares[0], &found.squares[1], &found.weighted]
                    .map(|pairs| pairs.0.map(f32::to_bits));
                (pairs, found.products.map(f32::to_bits))
            };
            assert_eq!(bits(&of_whole), bits(&of_cut), "{} cut at {first}", path.name());
            assert_eq!(bits(&of_whole).0[..3], bits(&tallied).0[..3], "{}", path.name());
        }
    }
}

#[test]
fn what_has_decayed_or_is_broken_settles_at_zero() {
    for path in SimdPath::all() {
        let mut state = WeightingState([Pairs::ZERO; 4]);
        let settle = |state: &mut WeightingState| {
            let mut is_zero = false;
            on_path!(path, simd => is_zero = state.settle(simd));
            is_zero
        };
        assert!(settle(&mut state));
        for (at, broken) in
            [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2e37, 9e-4, -9e-4].into_iter().enumerate()
        {
            state.0[at % 4].0[at] = broken;
        }
        assert!(settle(&mut state), "{}", path.name());
        assert_eq!(state, WeightingState::ZERO, "{}", path.name());
        for at in 0..2 * LANES {
            for value in [1.1e-3, -1.1e-3, 9e36] {
                let mut state = WeightingState::ZERO;
                state.0[at % 4].0[at] = value;
                let before = state.clone();
                assert!(!settle(&mut state), "{}: {value} is heard", path.name());
                assert_eq!(state, before, "{}", path.name());
            }
        }
    }
}

#[test]
fn behind_a_gain_lies_the_product_and_nothing_else_is_touched() {
    const GUARD: f32 = 7.5;
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(14);
        for _ in 0..100 {
            let tiles = [(); 2].map(|()| noise_tile(&mut rng, FULL_SCALE));
            let (n, moving) = (rng.usize(1..=TILE_FRAMES), noise_tile(&mut rng, 2.0));
            let at = rng.usize(0..=TILE_FRAMES - n);
            let mut still = PerLane::ZERO;
            (0..LANES).for_each(|lane| still.set(lane, rng.f32() * 4.0 - 2.0));
            for is_still in [false, true] {
                let mut to = [(); 2].map(|()| LaneTile([[GUARD; LANES]; TILE_FRAMES]));
                let mut tops = Pairs::ZERO;
                on_path!(path, simd => {
                    let gain = if is_still { LaneGain::Still(&still) } else { LaneGain::Moving(&moving) };
                    tops = put_behind(simd, gain, &tiles, &mut to, at, n);
                });
                let mut want_tops = Pairs::ZERO;
                for side in 0..2 {
                    for frame in 0..TILE_FRAMES {
                        for lane in 0..LANES {
                            let mut want = GUARD;
                            if (at..at + n).contains(&frame) {
                                let gain =
                                    if is_still { still.lanes()[lane] } else { moving.0[frame - at][lane] };
                                want = tiles[side].0[frame - at][lane] * gain;
                                let top = &mut want_tops.0[side * LANES + lane];
                                *top = top.max(want.abs() * ROOT);
                            }
                            assert_eq!(to[side].0[frame][lane], want, "{}", path.name());
                        }
                    }
                }
                assert_eq!(tops, want_tops, "{}", path.name());
            }
        }
    }
}

#[test]
fn memories_keep_what_is_finite_and_heard() {
    // Sums, what is added, and what is left with a factor of 0.5 and a floor of 1.
    let cases: [(f32, f32, f32); 7] = [
        (8.0, 3.0, 7.0),
        (1.0, 0.25, 0.0),
        (1.0, 0.5, 1.0),
        (0.0, f32::INFINITY, CEILING),
        (0.0, f32::NAN, CEILING),
        (4.0, 1e31, CEILING),
        (0.0, 0.0, 0.0),
    ];
    for path in SimdPath::all() {
        for (before, new, want) in cases {
            let mut sums = Pairs::splat(before);
            let mut totals = Pairs::splat(before);
            on_path!(path, simd => {
                remember_pairs(simd, &mut sums, Pairs::splat(new).load(simd), 0.5, 1.0);
                add_held(simd, &mut totals, &Pairs::splat(new));
            });
            assert_eq!(sums, Pairs::splat(want), "{}: {before} and {new}", path.name());
            let held = if new < CEILING { new } else { CEILING };
            assert_eq!(totals, Pairs::splat(before + held), "{}: {before} and {new}", path.name());
            // Of products the magnitude counts, and what is broken counts for nothing.
            for sign in [1.0, -1.0] {
                let mut sums = [sign * before; LANES];
                on_path!(path, simd => remember_products(simd, &mut sums, &[sign * new; LANES], 0.5, 1.0));
                let is_sound = new < CEILING;
                let next = 0.5 * before + if is_sound { new } else { 0.0 };
                let want = if next < 1.0 { 0.0 } else { sign * next };
                assert_eq!(sums, [want; LANES], "{}: {before} and {new}", path.name());
            }
        }
    }
}
