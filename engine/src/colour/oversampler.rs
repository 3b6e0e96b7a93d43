//! The curve of a group of lanes at a multiple of the rate: up, bend, down.
//!
//! The signal at a multiple of the rate lies phase by phase: phase q holds the samples q, q + factor, … Each filter is a sum of taps for every phase
//! that leaves it, and frames stay frames, whatever the rate. What a filter still needs of a phase lies in front of its present frames.

use super::factor;
use super::filters::Filters;
use crate::lanes::{LANES, TILE_FRAMES};
use crate::settings::ColourQuality;
use crate::simd::{Around, LaneTile, Phased, Rises, Tap, bend_between, convolve};
use fearless_simd::Simd;

/// A filter between two rates: taps for each phase that leaves it, and the frames that it reaches back to.
struct Step {
    phases: Vec<Vec<Tap>>,
    reach: usize,
}

/// Filters, and what they remember of both sides.
pub(crate) struct Oversampler {
    up: Vec<Step>,
    down: Vec<Step>,
    sides: [Side; 2],
}

/// One side's signals: in front of each filter up, in front of the curve, behind it, and in front of each other filter down.
struct Side {
    signals: Vec<Signal>,
    rises: Box<Rises>,
}

struct Signal {
    at: Phased,
    frames: Vec<[f32; LANES]>,
}

impl Oversampler {
    /// Has heard nothing yet. Allocates.
    pub(crate) fn new(quality: ColourQuality) -> Self {
        let filters = Filters::new(quality);
        let mut rate = 1;
        // Both ends of the curve: one frame back for the mean.
        let (mut factors, mut reaches) = (Vec::new(), Vec::new());
        let mut up = Vec::new();
        for taps in &filters.up {
            let step = Step::up(taps, rate);
            factors.push(rate);
            reaches.push(step.reach);
            up.push(step);
            rate *= 2;
        }
        factors.push(rate);
        reaches.push(1);
        debug_assert_eq!(rate, factor(quality));
        let mut down = Vec::new();
        for taps in &filters.down {
            let step = Step::down(taps, rate);
            factors.push(rate);
            reaches.push(step.reach);
            down.push(step);
            rate /= 2;
        }
        let side = || Side {
            signals: factors
                .iter()
                .zip(&reaches)
                .map(|(factor, reach)| Signal::new(*factor, *reach))
                .collect(),
            rises: Box::new([[0.0; LANES]; TILE_FRAMES + 1]),
        };
        Self { sides: [side(), side()], up, down }
    }

    /// Forgets everything that was heard.
    pub(crate) fn clear(&mut self) {
        for side in &mut self.sides {
            side.signals.iter_mut().for_each(|signal| signal.frames.fill([0.0; LANES]));
            side.rises.fill([0.0; LANES]);
        }
    }

    /// Where the next frames of a side go, in units of the curve.
    pub(crate) fn input(&mut self, side_idx: usize) -> &mut [[f32; LANES]] {
        let signal = &mut self.sides[side_idx].signals[0];
        &mut signal.frames[signal.at.first..]
    }

    /// Takes `n` frames of [`Oversampler::input`] and writes as many that are [`latency_samples`](super::latency_samples) older.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        side_idx: usize,
        around: &Around<'_>,
        to: &mut LaneTile,
        n: usize,
    ) {
        let Self { up, down, sides } = self;
        let Side { signals, rises } = &mut sides[side_idx];
        for (idx, step) in up.iter().enumerate() {
            let (from, to) = signals.split_at_mut(idx + 1);
            step.run(simd, &from[idx].frames, &mut to[0], n);
        }
        let (from, behind) = signals.split_at_mut(up.len() + 1);
        let (from, to_signal) = (&from[up.len()], &mut behind[0]);
        bend_between(simd, around, (&from.frames, from.at), rises, (&mut to_signal.frames, to_signal.at), n);
        let (last, earlier) = down.split_last().expect("a rate that goes up comes down again");
        for (idx, step) in earlier.iter().enumerate() {
            let (from, to) = behind.split_at_mut(idx + 1);
            step.run(simd, &from[idx].frames, &mut to[0], n);
        }
        convolve(simd, &last.phases[0], &behind[earlier.len()].frames, &mut to.0, n);
        signals.iter_mut().for_each(|signal| signal.advance(n));
    }
}

impl Step {
    /// Doubles the rate: `out[m] = Σ h[k]·in[(m − k)/2]`, wherever m − k is even.
    fn up(taps: &[f64], rate: usize) -> Self {
        let sources = |out: usize| {
            let source = move |(k, tap): (usize, &f64)| {
                let doubled = out as isize - k as isize;
                (doubled % 2 == 0).then_some((doubled / 2, *tap))
            };
            taps.iter().enumerate().filter_map(source).collect()
        };
        Self::new((0..2 * rate).map(sources).collect(), rate)
    }

    /// Halves the rate: `out[m] = Σ h[k]·in[2m − k]`.
    fn down(taps: &[f64], rate: usize) -> Self {
        let sources = |out: usize| {
            let source = move |(k, tap): (usize, &f64)| (2 * out as isize - k as isize, *tap);
            taps.iter().enumerate().map(source).collect()
        };
        Self::new((0..rate / 2).map(sources).collect(), rate)
    }

    /// From sums over samples at `rate`, counted from the present frame's first one.
    fn new(sums: Vec<Vec<(isize, f64)>>, rate: usize) -> Self {
        let rate = rate as isize;
        let oldest = sums.iter().flatten().map(|(idx, _)| idx.div_euclid(rate)).min().unwrap_or(0);
        let reach = oldest.unsigned_abs();
        let stride = Signal::stride(reach);
        let tap = |(idx, gain): &(isize, f64)| Tap {
            at: idx.rem_euclid(rate) as usize * stride + (idx.div_euclid(rate) + reach as isize) as usize,
            gain: *gain as f32,
        };
        let heard = |sum: &Vec<(isize, f64)>| sum.iter().filter(|(_, gain)| *gain != 0.0).map(tap).collect();
        Self { phases: sums.iter().map(heard).collect(), reach }
    }

    fn run<S: Simd>(&self, simd: S, from: &[[f32; LANES]], to: &mut Signal, n: usize) {
        for (phase, taps) in self.phases.iter().enumerate() {
            let first = phase * to.at.stride + to.at.first;
            convolve(simd, taps, from, &mut to.frames[first..first + TILE_FRAMES], n);
        }
    }
}

impl Signal {
    fn stride(reach: usize) -> usize {
        reach + TILE_FRAMES
    }

    fn new(factor: usize, reach: usize) -> Self {
        let stride = Self::stride(reach);
        Self { at: Phased { factor, stride, first: reach }, frames: vec![[0.0; LANES]; factor * stride] }
    }

    /// What was present is past.
    fn advance(&mut self, n: usize) {
        let Phased { stride, first, .. } = self.at;
        for phase in self.frames.chunks_exact_mut(stride) {
            phase.copy_within(n..n + first, 0);
        }
    }
}

#[cfg(test)]
mod tests;
