//! The meter of a group or the master.
//!
//! Frames lie side by side here. Squares are added in eight sums, of the frames 0, 8, 16, 24, 1, 9 … of the tile, by plain
//! arithmetic, which has the same bits on every path.

use super::Memory;
use crate::lanes::{FULL_SCALE, LANES, TILE_FRAMES};
use crate::meters::Level;
use crate::simd::{NEXT_TO_NOTHING, larger, measure_row, remember_row};
use crate::stages::Segment;
use fearless_simd::Simd;

/// Full scale where squares are in the [scale of squares](crate::simd::SQUARE_SCALE).
const ROOT_SCALE: f32 = (1u64 << 30) as f32;

/// What takes samples of groups there.
pub(crate) const FROM_ENGINE: f32 = ROOT_SCALE / FULL_SCALE;

/// What takes samples that leave there.
pub(crate) const FROM_OUTPUT: f32 = ROOT_SCALE;

/// The meter of a bus.
#[derive(Debug)]
pub(crate) struct BusMeter {
    memory: Memory,
    /// What is remembered of squares, at each place in eight frames.
    sums: [[f32; LANES]; 2],
    /// At each place in eight frames, where full scale is [`ROOT_SCALE`].
    largest: [[f32; LANES]; 2],
    /// Of the present tile, at each place in eight frames.
    squares: [[f32; LANES]; 2],
    /// Whether any mean square is not zero, or the present tile is not.
    rings: bool,
}

impl BusMeter {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::at(48_000.0),
            sums: [[0.0; LANES]; 2],
            largest: [[0.0; LANES]; 2],
            squares: [[NEXT_TO_NOTHING; LANES]; 2],
            rings: false,
        }
    }

    pub(crate) fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        *self = Self { memory: self.memory, ..Self::new() };
    }

    /// A block begins: peaks begin anew.
    pub(crate) fn begin_block(&mut self) {
        self.largest = [[0.0; LANES]; 2];
    }

    /// What it reads.
    pub(crate) fn level(&self) -> Level {
        let peak = self.largest.map(|largest| {
            // Subnormals leave nothing of ours.
            let peak = largest.into_iter().fold(0.0, larger) / ROOT_SCALE;
            if peak.is_normal() { peak } else { 0.0 }
        });
        Level { peak, mean_square: self.sums.map(|sums| sums.iter().sum::<f32>() * self.memory.mean) }
    }

    /// A segment of silence. At rest it costs nothing, and else it is as if zeros were measured.
    pub(crate) fn pass_silence<S: Simd>(&mut self, simd: S, segment: Segment) {
        if self.rings && segment.ends_tile {
            simd.vectorize(
                #[inline(always)]
                || self.end_tile(simd),
            );
            self.rings = self.sums != [[0.0; LANES]; 2];
        }
    }

    /// Measures left and right samples, of which the first is `at` frames into a tile. `scale` takes them to [`ROOT_SCALE`].
    pub(crate) fn measure<S: Simd>(&mut self, simd: S, sides: [&[f32]; 2], scale: f32, at: usize) {
        self.rings = true;
        simd.vectorize(
            #[inline(always)]
            || {
                let (mut at, mut rest) = (at, sides);
                while !rest[0].is_empty() {
                    let n = rest[0].len().min(TILE_FRAMES - at);
                    for (side, rest) in rest.iter_mut().enumerate() {
                        let (samples, later) = rest.split_at(n);
                        let (largest, squares) = (&mut self.largest[side], &mut self.squares[side]);
                        measure_row(simd, samples, scale, at % LANES, largest, squares);
                        *rest = later;
                    }
                    at += n;
                    if at == TILE_FRAMES {
                        self.end_tile(simd);
                        at = 0;
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn end_tile<S: Simd>(&mut self, simd: S) {
        let (keep, floor) = (self.memory.keep, self.memory.floor_of(LANES));
        for (sums, squares) in self.sums.iter_mut().zip(&mut self.squares) {
            remember_row(simd, sums, squares, keep, floor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{SimdPath, on_path};
    use fastrand::Rng;

    #[test]
    fn every_path_and_every_cut_reads_the_same_to_the_bit_and_what_is_so() {
        let mut rng = Rng::with_seed(41);
        let n_frames = 100 * TILE_FRAMES;
        let signal: Vec<f32> = (0..n_frames).map(|_| rng.f32() * 2.0 - 1.0).collect();
        let mut levels = Vec::new();
        for path in SimdPath::all().chain(SimdPath::all()) {
            let mut meter = BusMeter::new();
            let mut now = 0;
            while now < n_frames {
                let at = now % TILE_FRAMES;
                let n = if levels.is_empty() { n_frames } else { rng.usize(1..=100).min(n_frames - now) };
                let samples = &signal[now..now + n];
                on_path!(path, simd => meter.measure(simd, [samples, samples], FROM_OUTPUT, at));
                now += n;
            }
            levels.push(meter.level());
        }
        assert!(levels.len() >= 4 && levels.iter().all(|level| *level == levels[0]), "{levels:?}");
        let peak = signal.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let keep = (-32.0 / (0.3 * 48_000.0_f64)).exp();
        let mean_square = signal.chunks(TILE_FRAMES).fold(0.0, |mean_square, tile| {
            let squares: f64 = tile.iter().map(|sample| f64::from(*sample).powi(2)).sum();
            keep * mean_square + (1.0 - keep) * squares / 32.0
        });
        assert_eq!(levels[0].peak, [peak; 2]);
        for read in levels[0].mean_square {
            // What rounding `keep` to an f32 does to the rest of 1, 1/450: 2⁻²⁵ · 450.
            assert!((f64::from(read) / mean_square - 1.0).abs() < 2e-5, "{read} {mean_square}");
        }
    }
}
