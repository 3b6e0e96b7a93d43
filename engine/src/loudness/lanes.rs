//! The loudness of eight channels.
//!
//! What is asked for every 20 ms is done in lanes. Logarithms and gates come every 100 ms, a channel at a time, half of it in each of the
//! tiles that follow.

use super::Loudness;
use super::gates::{Integrated, Range, lufs_of};
use super::windows::Windows;
use crate::lanes::LANES;
use crate::simd::Pairs;
use fearless_simd::Simd;

/// Steps that a tenth of a second needs: two for each channel.
const N_STEPS: usize = 2 * LANES;

/// The loudness of eight channels.
#[derive(Clone, Debug)]
pub(crate) struct LaneLoudness {
    windows: Windows,
    /// Steps that are left of the last tenth of a second.
    steps_left: usize,
    /// What they work on, and whether it counts: momentary and short-term.
    energies: [[f32; LANES]; 2],
    count: [bool; 2],
    gates: Box<[(Integrated, Range); LANES]>,
    told: [Loudness; LANES],
}

impl LaneLoudness {
    /// At a sample rate; squares lack `square_gain`. Allocates.
    pub(crate) fn new(sample_rate_hz: f64, square_gain: f64) -> Self {
        Self {
            windows: Windows::at(sample_rate_hz, square_gain),
            steps_left: 0,
            energies: [[0.0; LANES]; 2],
            count: [false; 2],
            gates: Box::new(std::array::from_fn(|_| (Integrated::new(), Range::new()))),
            told: [Loudness::SILENCE; LANES],
        }
    }

    /// Forgets everything that was heard, and takes another rate.
    pub(crate) fn reset(&mut self, sample_rate_hz: f64, square_gain: f64) {
        self.restart();
        self.windows = Windows::at(sample_rate_hz, square_gain);
        self.told = [Loudness::SILENCE; LANES];
    }

    /// Begins anew with what belongs to a programme: integrated loudness, range and maxima.
    pub(crate) fn restart(&mut self) {
        self.windows.restart();
        self.steps_left = 0;
        for ((integrated, range), told) in self.gates.iter_mut().zip(&mut self.told) {
            integrated.restart();
            range.restart();
            let Loudness { momentary_lufs, short_term_lufs, .. } = *told;
            *told = Loudness { momentary_lufs, short_term_lufs, ..Loudness::SILENCE };
        }
    }

    /// A channel's loudness, without true peak and correlation.
    pub(crate) fn of(&self, lane: usize) -> Loudness {
        self.told[lane]
    }

    /// How many frames of the next tile belong to the present hop, if it ends there: where its energies have to be told apart.
    #[inline(always)]
    pub(crate) fn frames_to_end(&self) -> Option<usize> {
        self.windows.frames_to_end()
    }

    /// The energies of the present hop, to be added to.
    #[inline(always)]
    pub(crate) fn present(&mut self) -> &mut Pairs {
        self.windows.present()
    }

    /// The present hop ends.
    #[inline(always)]
    pub(crate) fn end_hop<S: Simd>(&mut self, simd: S) {
        if self.windows.end_hop(simd) {
            self.energies = [self.windows.momentary, self.windows.short_term];
            self.count = self.windows.are_whole();
            self.steps_left = N_STEPS;
        }
    }

    /// A tile has gone by: does one step of what is left.
    #[inline(always)]
    pub(crate) fn end_tile(&mut self) {
        self.windows.count_tile();
        if self.steps_left > 0 {
            self.step(N_STEPS - self.steps_left);
            self.steps_left -= 1;
        }
    }

    #[inline(never)]
    fn step(&mut self, step: usize) {
        let (lane, which) = (step / 2, step % 2);
        let told = &mut self.told[lane];
        let energy = f64::from(self.energies[which][lane]);
        let before = if which == 0 { told.momentary_lufs } else { told.short_term_lufs };
        if energy == 0.0 && before == f32::NEG_INFINITY {
            return;
        }
        let lufs = lufs_of(energy);
        let (integrated, range) = &mut self.gates[lane];
        if which == 0 {
            told.momentary_lufs = lufs as f32;
            told.max_momentary_lufs = lufs_of(f64::from(self.windows.max_momentary[lane])) as f32;
            if self.count[0] {
                integrated.take(energy, lufs);
                told.integrated_lufs = integrated.lufs() as f32;
            }
        } else {
            told.short_term_lufs = lufs as f32;
            told.max_short_term_lufs = lufs_of(f64::from(self.windows.max_short_term[lane])) as f32;
            if self.count[1] {
                range.take(energy, lufs);
                told.range_lu = range.lu() as f32;
            }
        }
    }
}
