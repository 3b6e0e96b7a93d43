//! How long a reduction stays: held while its peak is near, then released.
//!
//! ```text
//! h[n] = max(d[n − W + 1], …, d[n])        W: the window, in frames
//! e[n] = max(h[n], ρ·e[n − 1])             ρ = exp(−1/(τ·fs))
//! ```
//!
//! The window is counted in quads, four frames on the absolute grid, and may be up to seven frames longer than asked
//! for. With w quads before the present one, it is put together from pieces that are known or cheap, so that a tile
//! costs the same whatever is in it:
//!
//! ```text
//! | tile of the oldest quad | whole tiles | … | present tile |
//!       [ from it to the end ][ their maxima  ][ up to n ]
//! ```
//!
//! The first is the running maximum of that tile from its end, stored when the tile was there. A window of less than a
//! tile is put together from its quads one by one.
//!
//! Inside a quad nothing falls but the release, so that its recursion takes steps of a quad, and those of a vector are
//! taken together, by doubling:
//!
//! ```text
//! E[j] = max(H[j], ρ⁴·E[j − 1])            of quads; H: h at the last frame of each
//!      = max(H[j], ρ⁴·H[j − 1], ρ⁸·H[j − 2], …)
//! e[4j + i] = max(h[4j + i], ρ^(i + 1)·E[j − 1])
//! ```
//!
//! A maximum is exact in any order, a product of powers is not: the release is that of the recursion but for roundings
//! of 10⁻⁷ of the reduction. State: the maxima of the window, and e. Latency: none.

use super::history::History;
use super::vector::{Kept, Tile, WIDTH, aged, frames, larger, load};
use crate::lanes::TILE_FRAMES;
use fearless_simd::{Simd, SimdBase, f32x16};

/// Frames in a quad.
const QUAD: usize = 4;

/// Quads in a tile.
const QUADS: usize = TILE_FRAMES / QUAD;

/// A reduction that has fallen below this (−180 dB) has ended.
const ENDED: f32 = 1e-9;

/// Powers of ρ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decay {
    /// ρ, ρ², ρ³, ρ⁴, for each quad of a vector.
    within_quad: Kept,
    /// ρ⁴ for the first quad of a vector, ρ⁸ for the second, and so on.
    of_quads: Kept,
}

impl Decay {
    /// Falls to 1/e within `seconds`.
    pub(super) fn new(seconds: f64, sample_rate_hz: f64) -> Self {
        let power = |n: usize| (-(n as f64) / (seconds * sample_rate_hz)).exp() as f32;
        Self {
            within_quad: Kept(std::array::from_fn(|i| power(i % QUAD + 1))),
            of_quads: Kept(std::array::from_fn(|i| power(QUAD * (i / QUAD + 1)))),
        }
    }
}

/// Holds and releases the reduction of one channel.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    /// Whole quads before the present one that are held.
    window_quads: usize,
    /// Each frame: the largest from the beginning of its quad to the end of its tile.
    suffixes: History<f32, TILE_FRAMES>,
    /// The largest of each of the last tiles, the newest last.
    tiles: Vec<Kept>,
    /// 1 for those of them that lie wholly within the window of every frame of the present tile, else 0.
    in_window: Vec<Kept>,
    /// 1 for the frames whose window begins one tile earlier than that of the others, else 0.
    begins_earlier: [Kept; 2],
    /// The last tile; the largest of each quad, in all its frames.
    last_quads: [Kept; 2],
    /// e of the last frame of the last complete tile.
    held: f32,
}

impl Hold {
    /// Holds every reduction for `window_frames`, at least one.
    pub(super) fn new(window_frames: usize) -> Self {
        let window_quads = window_frames.saturating_sub(1).div_ceil(QUAD).max(1);
        let (tiles, quads) = (window_quads / QUADS, window_quads % QUADS);
        let n_tiles = tiles.saturating_sub(1);
        let n_vectors = n_tiles.div_ceil(WIDTH);
        let flag = |is_set: bool| if is_set { 1.0 } else { 0.0 };
        let in_window = |vector_idx: usize| {
            Kept(std::array::from_fn(|i| flag(WIDTH * vector_idx + i + n_tiles >= WIDTH * n_vectors)))
        };
        let begins_earlier =
            |vector_idx: usize| Kept(std::array::from_fn(|i| flag(WIDTH * vector_idx + i < QUAD * quads)));
        Self {
            window_quads,
            suffixes: History::new(QUAD * window_quads),
            tiles: vec![Kept::ZERO; n_vectors],
            in_window: (0..n_vectors).map(in_window).collect(),
            begins_earlier: [0, 1].map(begins_earlier),
            last_quads: [Kept::ZERO; 2],
            held: 0.0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.suffixes.clear();
        self.tiles.fill(Kept::ZERO);
        self.last_quads = [Kept::ZERO; 2];
        self.held = 0.0;
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.suffixes.copy_from(&other.suffixes);
        self.tiles.copy_from_slice(&other.tiles);
        self.last_quads = other.last_quads;
        self.held = other.held;
    }

    /// What is held at the end of the last complete tile.
    pub(super) fn held(&self) -> f32 {
        self.held
    }

    /// Goes on from at least this.
    pub(super) fn raise(&mut self, held: f32) {
        self.held = self.held.max(held);
    }

    /// The reductions of a tile, held and released. Only a tile that `ends_tile` leaves a trace.
    #[inline(always)]
    pub(super) fn run<S: Simd>(
        &mut self,
        simd: S,
        reductions: Tile<S>,
        decay: &Decay,
        ends_tile: bool,
    ) -> Tile<S> {
        let quads = [largest_of_quads(reductions[0]), largest_of_quads(reductions[1])];
        let within_quads = [so_far_in_quads(simd, reductions[0]), so_far_in_quads(simd, reductions[1])];
        // h at each frame, and at the end of each frame's quad.
        let (frames, ends) = if self.window_quads < QUADS {
            let before = self.window_of_quads(simd, quads);
            if ends_tile {
                self.last_quads[0].store(quads[0]);
                self.last_quads[1].store(quads[1]);
            }
            (larger(within_quads, before), larger(quads, before))
        } else {
            let before = self.window_of_tiles(simd);
            let so_far = self.so_far_in_tile(simd, quads, ends_tile);
            // The quads before the present one of this tile.
            let zero = f32x16::splat(simd, 0.0);
            let earlier = [aged!(zero, so_far[0], 4), aged!(so_far[0], so_far[1], 4)];
            (larger(larger(within_quads, earlier), before), larger(so_far, before))
        };
        self.release(simd, frames, ends, decay, ends_tile)
    }

    /// The largest of the window's quads before each quad, where that is less than a tile.
    #[inline(always)]
    fn window_of_quads<S: Simd>(&self, simd: S, quads: Tile<S>) -> Tile<S> {
        let zero = f32x16::splat(simd, 0.0);
        let mut row = [self.last_quads[0].load(simd), self.last_quads[1].load(simd), quads[0], quads[1]];
        let mut largest = [zero; 2];
        for _ in 0..self.window_quads {
            row = [
                aged!(zero, row[0], 4),
                aged!(row[0], row[1], 4),
                aged!(row[1], row[2], 4),
                aged!(row[2], row[3], 4),
            ];
            largest = larger(largest, [row[2], row[3]]);
        }
        largest
    }

    /// The largest of the window before the present tile, for each of its frames.
    #[inline(always)]
    fn window_of_tiles<S: Simd>(&self, simd: S) -> Tile<S> {
        let mut tiles = f32x16::splat(simd, 0.0);
        for (kept, in_window) in self.tiles.iter().zip(&self.in_window) {
            tiles = tiles.max(kept.load(simd) * in_window.load(simd));
        }
        let tiles = largest_of_all(tiles);
        let oldest = self.suffixes.delayed(TILE_FRAMES * (self.window_quads / QUADS))[0];
        let suffixes = load(simd, self.suffixes.delayed(QUAD * self.window_quads));
        [
            suffixes[0].max(self.begins_earlier[0].load(simd) * oldest).max(tiles),
            suffixes[1].max(self.begins_earlier[1].load(simd) * oldest).max(tiles),
        ]
    }

    /// The largest up to the end of each quad of the present tile. Keeps what later tiles need of this one.
    #[inline(always)]
    fn so_far_in_tile<S: Simd>(&mut self, simd: S, [low, high]: Tile<S>, ends_tile: bool) -> Tile<S> {
        let all = [largest_of_all_quads(low), largest_of_all_quads(high)];
        if ends_tile {
            self.suffixes.write(&frames([from_here_on(simd, low).max(all[1]), from_here_on(simd, high)]));
            self.suffixes.advance();
            let mut newest = all[0].max(all[1]);
            for kept in self.tiles.iter_mut().rev() {
                let tiles = kept.load(simd);
                kept.store(aged!(tiles, newest, 15));
                newest = tiles;
            }
        }
        [up_to_here(simd, low), up_to_here(simd, high).max(all[0])]
    }

    /// e, from h at each frame and at the end of each frame's quad.
    #[inline(always)]
    fn release<S: Simd>(
        &mut self,
        simd: S,
        frames: Tile<S>,
        ends: Tile<S>,
        decay: &Decay,
        ends_tile: bool,
    ) -> Tile<S> {
        let (of_quads, within_quad) = (decay.of_quads.load(simd), decay.within_quad.load(simd));
        let held = f32x16::splat(simd, self.held);
        let low = released(simd, ends[0], decay).max(of_quads * held);
        let high = released(simd, ends[1], decay).max(of_quads * low[WIDTH - 1]);
        if ends_tile {
            let last = high[WIDTH - 1];
            self.held = if last < ENDED { 0.0 } else { last };
        }
        [frames[0].max(aged!(held, low, 4) * within_quad), frames[1].max(aged!(low, high, 4) * within_quad)]
    }
}

/// The largest of each quad, in all its frames.
#[inline(always)]
fn largest_of_quads<S: Simd>(vector: f32x16<S>) -> f32x16<S> {
    let of_2 = vector.max(vector.slide_within_blocks::<1>(vector));
    of_2.max(of_2.slide_within_blocks::<2>(of_2))
}

/// The largest of each quad up to each frame.
#[inline(always)]
fn so_far_in_quads<S: Simd>(simd: S, vector: f32x16<S>) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    let of_2 = vector.max(zero.slide_within_blocks::<3>(vector));
    of_2.max(zero.slide_within_blocks::<2>(of_2))
}

/// The largest of each quad and all quads before it.
#[inline(always)]
fn up_to_here<S: Simd>(simd: S, quads: f32x16<S>) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    let of_2 = quads.max(aged!(zero, quads, 4));
    of_2.max(aged!(zero, of_2, 8))
}

/// The largest of each quad and all quads behind it.
#[inline(always)]
fn from_here_on<S: Simd>(simd: S, quads: f32x16<S>) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    let of_2 = quads.max(aged!(quads, zero, 12));
    of_2.max(aged!(of_2, zero, 8))
}

/// What is left of the ends of a vector's quads at each of its quads.
#[inline(always)]
fn released<S: Simd>(simd: S, ends: f32x16<S>, decay: &Decay) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    let of_2 = ends.max(aged!(zero, ends, 4) * decay.of_quads.0[0]);
    of_2.max(aged!(zero, of_2, 8) * decay.of_quads.0[QUAD])
}

/// The largest of all quads, of which each is the same in all its frames.
#[inline(always)]
fn largest_of_all_quads<S: Simd>(quads: f32x16<S>) -> f32x16<S> {
    let of_2 = quads.max(aged!(quads, quads, 4));
    of_2.max(aged!(of_2, of_2, 8))
}

/// The largest of all frames.
#[inline(always)]
fn largest_of_all<S: Simd>(vector: f32x16<S>) -> f32x16<S> {
    largest_of_all_quads(largest_of_quads(vector))
}

#[cfg(test)]
mod tests {
    use super::super::vector::Frames;
    use super::*;
    use crate::simd::{SimdPath, on_path};

    fn run(hold: &mut Hold, reductions: &Frames, decay: &Decay) -> Frames {
        let mut held = [0.0; TILE_FRAMES];
        on_path!(SimdPath::detect(), simd => {
            held = frames(hold.run(simd, load(simd, reductions), decay, true));
        });
        held
    }

    #[test]
    fn the_window_holds_as_long_as_asked_for_and_at_most_seven_frames_longer() {
        let mut rng = fastrand::Rng::with_seed(1);
        let decay = Decay { within_quad: Kept::ZERO, of_quads: Kept::ZERO };
        for window in (1..80).chain([200, 961]) {
            let mut hold = Hold::new(window);
            let input: Vec<f32> = (0..3_200).map(|_| rng.f32().powi(8)).collect();
            let mut output = Vec::new();
            for tile in input.as_chunks().0 {
                output.extend(run(&mut hold, tile, &decay));
            }
            for (n, held) in output.iter().enumerate() {
                let largest = |frames: usize| {
                    input[(n + 1).saturating_sub(frames)..=n].iter().fold(0.0_f32, |a, b| a.max(*b))
                };
                let held = *held;
                assert!(held >= largest(window) && held <= largest(window + 7), "window {window}, frame {n}");
            }
        }
    }

    /// An end that never comes would keep a limiter that is off awake for ever, on numbers that become subnormal.
    #[test]
    fn a_release_ends() {
        let mut hold = Hold::new(20);
        let decay = Decay::new(0.001, 48_000.0);
        run(&mut hold, &[1.0; TILE_FRAMES], &decay);
        assert_eq!(hold.held(), 1.0);
        // 180 dB are 20.7 time constants of 48 frames each: 995 frames.
        for _ in 0..40 {
            run(&mut hold, &[0.0; TILE_FRAMES], &decay);
        }
        assert_eq!(hold.held(), 0.0);
    }
}
