//! How long a reduction stays: held while its peak is near, then released.
//!
//! ```text
//! h[n] = max(d[n − W + 1], …, d[n])        W: the window, in frames
//! e[n] = max(h[n], ρ·e[n − 1])             ρ = exp(−1/(τ·fs))
//! ```
//!
//! The window is counted in quads, four frames on the absolute grid, and may be up to seven frames longer than asked
//! for. That makes it cheap at a cost that is the same in every tile: its maximum is put together from maxima over 1,
//! 2, 4, 8 … quads, each of two of the level before, and within a quad only the frames so far are added. Inside a
//! quad nothing falls but the release, so that it needs one step of its recursion a quad:
//!
//! ```text
//! e[4j + i] = max(h[4j + i], ρ^(i + 1) · e[4j − 1])
//! ```
//!
//! A maximum is exact in any order. State: the maxima of the window, and e. Latency: none.

use super::history::History;
use crate::lanes::TILE_FRAMES;

/// Frames in a quad.
const QUAD: usize = 4;

/// Quads in a tile.
const QUADS: usize = TILE_FRAMES / QUAD;

/// A reduction that has fallen below this (−180 dB) has ended.
const ENDED: f32 = 1e-9;

/// One value for each frame of a tile.
pub(super) type Frames = [f32; TILE_FRAMES];

/// The larger of two numbers that are not NaN; unlike [`f32::max`] it is one instruction.
#[inline(always)]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// ρ, ρ², ρ³, ρ⁴ of a release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decay([f32; QUAD]);

impl Decay {
    /// Falls to 1/e within `seconds`.
    pub(super) fn new(seconds: f64, sample_rate_hz: f64) -> Self {
        Self(std::array::from_fn(|i| (-((i + 1) as f64) / (seconds * sample_rate_hz)).exp() as f32))
    }
}

/// Holds and releases the reduction of one channel.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    /// `[level]`: the largest of 2^level quads.
    levels: Vec<History<f32, QUADS>>,
    /// Whole quads before the present one that are held.
    window_quads: usize,
    /// e of the last frame of the last complete tile.
    held: f32,
}

impl Hold {
    /// Holds every reduction for `window_frames`, at least one.
    pub(super) fn new(window_frames: usize) -> Self {
        let window_quads = window_frames.saturating_sub(1).div_ceil(QUAD).max(1);
        let n_levels = window_quads.ilog2() as usize + 1;
        let top_delay = 1 + window_quads - (1 << (n_levels - 1));
        let longest =
            |level: usize| if level + 1 == n_levels { top_delay.max(QUADS) } else { QUADS.max(1 << level) };
        let levels = (0..n_levels).map(|level| History::new(longest(level))).collect();
        Self { levels, window_quads, held: 0.0 }
    }

    pub(super) fn clear(&mut self) {
        self.levels.iter_mut().for_each(History::clear);
        self.held = 0.0;
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        for (level, other) in self.levels.iter_mut().zip(&other.levels) {
            level.copy_from(other);
        }
        self.held = other.held;
    }

    /// What is held at the end of the last complete tile.
    pub(super) fn held(&self) -> f32 {
        self.held
    }

    /// Goes on from at least this.
    pub(super) fn raise(&mut self, held: f32) {
        self.held = larger(self.held, held);
    }

    /// The reductions of a tile, held and released. Changes nothing that a second call for the same tile would see.
    #[inline(always)]
    pub(super) fn run(&mut self, reductions: &Frames, decay: Decay) -> Frames {
        // Indexed by `[i][quad]`: the largest of a quad's frames up to its i-th.
        let mut largest = [[0.0; QUADS]; QUAD];
        for quad in 0..QUADS {
            let d = |i: usize| reductions[QUAD * quad + i];
            largest[0][quad] = d(0);
            largest[1][quad] = larger(d(0), d(1));
            largest[2][quad] = larger(largest[1][quad], d(2));
            largest[3][quad] = larger(largest[2][quad], d(3));
        }
        let before = self.window(&largest[3]);
        for row in &mut largest {
            for (value, before) in row.iter_mut().zip(before) {
                *value = larger(*value, before);
            }
        }
        let mut entering = [0.0; QUADS];
        let mut held = self.held;
        for (entering, last) in entering.iter_mut().zip(largest[3]) {
            *entering = held;
            held = larger(last, decay.0[3] * held);
        }
        let mut out = [0.0; TILE_FRAMES];
        for quad in 0..QUADS {
            for i in 0..QUAD {
                out[QUAD * quad + i] = larger(largest[i][quad], decay.0[i] * entering[quad]);
            }
        }
        out
    }

    /// The largest of the quads of the window before each quad.
    #[inline(always)]
    fn window(&mut self, quads: &[f32; QUADS]) -> [f32; QUADS] {
        let n_levels = self.levels.len();
        let n_quads = 1 << (n_levels - 1);
        let mut maxima = *quads;
        let mut newest = [0.0; QUADS];
        for (level_idx, level) in self.levels.iter_mut().enumerate() {
            level.write(&maxima);
            // Short delays reach into the quads that were written just now: they are taken from where these still are.
            let past = level.delayed(QUADS);
            let earlier = match level_idx {
                0 => shifted::<1>(past, &maxima),
                1 => shifted::<2>(past, &maxima),
                2 => shifted::<4>(past, &maxima),
                _ => *level.delayed(1 << level_idx),
            };
            if level_idx + 1 == n_levels {
                newest = shifted::<1>(past, &maxima);
            }
            for (value, earlier) in maxima.iter_mut().zip(earlier) {
                *value = larger(*value, earlier);
            }
        }
        let Some(top) = self.levels.last() else { return newest };
        let oldest = top.delayed(1 + self.window_quads - n_quads);
        std::array::from_fn(|quad| larger(newest[quad], oldest[quad]))
    }

    /// Ends a tile whose last frame came out as `last`.
    #[inline(always)]
    pub(super) fn end_tile(&mut self, last: f32) {
        self.levels.iter_mut().for_each(History::advance);
        self.held = if last < ENDED { 0.0 } else { last };
    }
}

/// The quads of `DELAY` quads ago.
#[inline(always)]
fn shifted<const DELAY: usize>(past: &[f32; QUADS], now: &[f32; QUADS]) -> [f32; QUADS] {
    std::array::from_fn(|quad| if quad < DELAY { past[QUADS + quad - DELAY] } else { now[quad - DELAY] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_as_long_as_asked_for_and_at_most_seven_frames_longer() {
        let mut rng = fastrand::Rng::with_seed(1);
        let decay = Decay([0.0; QUAD]);
        for window in (1..80).chain([200, 961]) {
            let mut hold = Hold::new(window);
            let input: Vec<f32> = (0..3_200).map(|_| rng.f32().powi(8)).collect();
            let mut output = Vec::new();
            for tile in input.as_chunks().0 {
                let out = hold.run(tile, decay);
                hold.end_tile(0.0);
                output.extend(out);
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
        hold.run(&[1.0; TILE_FRAMES], decay);
        hold.end_tile(1.0);
        // 180 dB are 20.7 time constants of 48 frames each: 995 frames.
        for _ in 0..40 {
            let out = hold.run(&[0.0; TILE_FRAMES], decay);
            hold.end_tile(out[TILE_FRAMES - 1]);
        }
        assert_eq!(hold.held(), 0.0);
    }
}
