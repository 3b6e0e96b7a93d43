//! Every path against f64, against the others, and against itself cut up.

use super::*;
use crate::filters::Section;
use crate::simd::testing::{Guarded, bits, error_db, noise_tile};
use crate::simd::{SimdPath, on_path};
use fastrand::Rng;

const N_TILES: usize = 40;

/// From 20 Hz at 192 kHz to near Nyquist, Q from 0.3 to 30, gains of ± 18 dB at DC, at f0 and at Nyquist.
fn random_delta(rng: &mut Rng) -> Delta {
    let gain = |rng: &mut Rng| 10f64.powf((rng.f64() - 0.5) * 1.8);
    let k = 0.03 * 100f64.powf(rng.f64());
    let g = 3.3e-4 * 30_000f64.powf(rng.f64());
    Section { g, k, h: gain(rng), m: k * gain(rng), l: gain(rng) }.delta()
}

struct Signal {
    left: Vec<LaneTile>,
    right: Vec<LaneTile>,
}

fn noise(rng: &mut Rng) -> Signal {
    let mut tiles = || (0..N_TILES).map(|_| noise_tile(rng, 1.0)).collect();
    Signal { left: tiles(), right: tiles() }
}

fn channel(tiles: &[LaneTile], lane: usize) -> Vec<f32> {
    tiles.iter().flat_map(|tile| tile.0.iter().map(|frame| frame[lane])).collect()
}

/// The one place of these tests that the kernel is compiled for.
fn filter_on(path: SimdPath, sections: &mut [LaneSection], tiles: [&mut LaneTile; 2], n: usize, floor: f64) {
    let mut scratch = FilterScratch::EMPTY;
    let mut sections: Vec<_> = sections.iter_mut().map(Some).collect();
    on_path!(path, simd => filter(simd, &mut sections, tiles, n, floor, &mut scratch));
}

/// Whole tiles through the sections.
fn run(path: SimdPath, sections: &mut [LaneSection], mut signal: Signal) -> Signal {
    for (left, right) in signal.left.iter_mut().zip(&mut signal.right) {
        filter_on(path, sections, [left, right], TILE_FRAMES, 0.0);
    }
    signal
}

/// One channel through sections, in f64 from end to end, with the coefficients of every frame.
fn reference(input: &[f32], sections: &[impl Fn(usize) -> Delta]) -> Vec<f64> {
    let mut signal: Vec<f64> = input.iter().map(|x| f64::from(*x)).collect();
    for section in sections {
        let (mut i1, mut i2) = (0.0, 0.0);
        for (frame, x) in signal.iter_mut().enumerate() {
            let Delta { c1, c2, c3, l, e0_minus_l, e1 } = section(frame);
            let d = *x - i2;
            *x = l * *x + e0_minus_l * d + e1 * i1;
            (i1, i2) = (i1 + c1 * d - c2 * i1, i2 + c1 * i1 + c3 * d);
        }
    }
    signal
}

#[test]
fn every_path_is_within_140_db_of_f64_for_one_to_seven_sections() {
    for n_sections in 1..=7 {
        let mut rng = Rng::with_seed(n_sections as u64);
        let deltas: Vec<[Delta; LANES]> =
            (0..n_sections).map(|_| std::array::from_fn(|_| random_delta(&mut rng))).collect();
        let mut outputs = vec![];
        for path in SimdPath::all() {
            let mut sections = vec![LaneSection::new(); n_sections];
            for (section, deltas) in sections.iter_mut().zip(&deltas) {
                deltas.iter().enumerate().for_each(|(lane, delta)| section.hold(lane, delta));
            }
            let mut rng = Rng::with_seed(77);
            let out = run(path, &mut sections, noise(&mut rng));
            let input = noise(&mut Rng::with_seed(77));
            for lane in 0..LANES {
                for (input, out) in [(&input.left, &out.left), (&input.right, &out.right)] {
                    let input = channel(input, lane);
                    let chain: Vec<_> = deltas.iter().map(|deltas| move |_| deltas[lane]).collect();
                    let error = error_db(&channel(out, lane), &reference(&input, &chain), &input);
                    // Half a bit of f32 is up to −144.5 dB of the sample that is rounded. Gate: −140.
                    assert!(error < -144.0, "{} {n_sections} lane {lane}: {error}", path.name());
                }
            }
            outputs.push((path.name(), out));
        }
        // Paths differ by FMA in f64; where that tips the rounding, it is by one whole bit.
        for (name, out) in &outputs[1..] {
            let got = channel(&out.left, 0);
            let want: Vec<_> = channel(&outputs[0].1.left, 0).into_iter().map(f64::from).collect();
            let error = error_db(&got, &want, &[]);
            assert!(error < -138.0, "{name}: {error}");
        }
    }
}

#[test]
fn moving_coefficients_follow_their_parabola() {
    let mut rng = Rng::with_seed(8);
    let ends: [[Delta; 3]; LANES] = std::array::from_fn(|_| std::array::from_fn(|_| random_delta(&mut rng)));
    let at = |lane: usize, frame: usize| {
        let [a, b, c] = &ends[lane];
        Delta::along([a, b, c], frame as f64 / (N_TILES * TILE_FRAMES) as f64)
    };
    for path in SimdPath::all() {
        // Still, moving, still: three passes, of which only the first widens and only the last narrows.
        let mut sections = vec![LaneSection::new(); 3];
        for lane in 0..LANES {
            sections[1].glide(lane, [&at(lane, 0), &at(lane, 1), &at(lane, 2)]);
        }
        let out = run(path, &mut sections, noise(&mut Rng::with_seed(78)));
        let input = noise(&mut Rng::with_seed(78));
        for lane in 0..LANES {
            let input = channel(&input.right, lane);
            let want = reference(&input, &[|frame| at(lane, frame)]);
            let error = error_db(&channel(&out.right, lane), &want, &input);
            // The differences of three neighbours have lost digits: 1e-16·1280² of a coefficient at the end, −195 dB
            // of those that are near one; the small ones are differences of large ones already.
            assert!(error < -125.0, "{} lane {lane}: {error}", path.name());
        }
    }
}

#[test]
fn neither_cuts_nor_neighbours_nor_passes_change_a_bit() {
    for path in SimdPath::all() {
        let mut rng = Rng::with_seed(9);
        let mut sections = vec![LaneSection::new(); 4];
        for section in &mut sections {
            (0..LANES).for_each(|lane| section.hold(lane, &random_delta(&mut rng)));
        }
        let still = random_delta(&mut rng);
        sections[3].hold(2, &still);
        let whole = run(path, &mut sections.clone(), noise(&mut Rng::with_seed(79)));

        // A section that "moves" from where it is to where it is takes another pass through the same arithmetic.
        let mut in_other_passes = sections.clone();
        in_other_passes[3].glide(2, [&still; 3]);
        let passes = run(path, &mut in_other_passes, noise(&mut Rng::with_seed(79)));

        // Odd pieces of a tile, each moved to the front; lane 6 is full of NaN from the start.
        let mut cut = noise(&mut Rng::with_seed(79));
        for (left, right) in cut.left.iter_mut().zip(&mut cut.right) {
            let mut at = 0;
            while at < TILE_FRAMES {
                let n = rng.usize(1..=TILE_FRAMES - at);
                let mut pieces = [Guarded::new(&LaneTile::ZERO), Guarded::new(&LaneTile::ZERO)];
                for (piece, tile) in pieces.iter_mut().zip([&*left, &*right]) {
                    piece.tile().0[..n].copy_from_slice(&tile.0[at..at + n]);
                    piece.tile().0.iter_mut().for_each(|frame| frame[6] = f32::NAN);
                }
                let [a, b] = &mut pieces;
                let tiles = [a.tile(), b.tile()];
                filter_on(path, &mut sections, tiles, n, 0.0);
                for (piece, tile) in pieces.iter_mut().zip([&mut *left, &mut *right]) {
                    tile.0[at..at + n].copy_from_slice(&piece.tile().0[..n]);
                    assert!(piece.tile().0[n..].iter().flatten().all(|x| *x == 0.0 || x.is_nan()));
                    piece.assert_guards();
                }
                at += n;
            }
        }
        for lane in (0..LANES).filter(|lane| *lane != 6) {
            assert_eq!(channel(&whole.left, lane), channel(&cut.left, lane), "{}", path.name());
            assert_eq!(channel(&whole.right, lane), channel(&cut.right, lane), "{}", path.name());
        }
        assert_eq!(channel(&whole.left, 2), channel(&passes.left, 2), "{}", path.name());
    }
}

#[test]
fn a_new_section_changes_no_bit_and_a_decayed_one_comes_to_rest() {
    for path in SimdPath::all() {
        let mut sections = [LaneSection::new()];
        let input = noise(&mut Rng::with_seed(80));
        let out = run(path, &mut sections, noise(&mut Rng::with_seed(80)));
        for (input, out) in input.left.iter().zip(&out.left) {
            assert_eq!(bits(input), bits(out), "{}", path.name());
        }

        let mut rng = Rng::with_seed(81);
        (0..LANES).for_each(|lane| sections[0].hold(lane, &random_delta(&mut rng)));
        let mut tiles = [noise_tile(&mut rng, 1.0), noise_tile(&mut rng, 1.0)];
        let [left, right] = &mut tiles;
        filter_on(path, &mut sections, [left, right], 1, 0.0);
        assert!(!sections[0].is_at_rest());
        // Everything is below this floor.
        filter_on(path, &mut sections, [left, right], 1, 1e9);
        assert!(sections[0].is_at_rest(), "{}", path.name());
    }
}
