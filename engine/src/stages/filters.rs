//! The filter sections of a group of lanes: which of them run, and how.

use super::motion::{Goal, Motion, Run};
use super::{FILTER_FLOOR, Segment, StageScratch, Timing};
use crate::filters::Delta;
use crate::lanes::{LANES, TILE_FRAMES, lanes_of};
use crate::settings::{EqSettings, FilterSettings, N_BANDS};
use crate::simd::{LaneSection, LaneTile, filter};
use fearless_simd::Simd;

/// Equalisers.
pub(crate) type EqLanes = LaneFilters<N_BANDS>;

/// High-pass, then low-pass, of two sections each.
pub(crate) type FilterLanes = LaneFilters<4>;

/// `N` sections in a row, in every lane.
pub(crate) struct LaneFilters<const N: usize> {
    motions: Box<[[Motion; LANES]; N]>,
    sections: [LaneSection; N],
    /// Lanes of each section that do not rest. Bit = lane.
    active: [u32; N],
    /// Lanes of each section that have somewhere to go.
    moving: [u32; N],
}

impl EqLanes {
    /// Starts towards settings. Called at a border, before [`LaneFilters::begin_tile`].
    pub(crate) fn set_eq(&mut self, lane: usize, eq: &EqSettings, timing: Timing) {
        let goals = std::array::from_fn(|idx| {
            Goal::band(eq.on, &eq.bands[idx], EqSettings::FLAT.bands[idx].frequency_hz)
        });
        self.aim(lane, &goals, timing);
    }
}

impl FilterLanes {
    /// Starts towards settings. Called at a border, before [`LaneFilters::begin_tile`].
    pub(crate) fn set_filters(
        &mut self,
        lane: usize,
        high_pass: &FilterSettings,
        low_pass: &FilterSettings,
        timing: Timing,
    ) {
        let ([a, b], [c, d]) = (Goal::high_pass(high_pass), Goal::low_pass(low_pass));
        self.aim(lane, &[a, b, c, d], timing);
    }
}

impl<const N: usize> LaneFilters<N> {
    /// All sections at rest.
    pub(crate) fn new() -> Self {
        Self {
            motions: Box::new([const { [const { Motion::REST }; LANES] }; N]),
            sections: std::array::from_fn(|_| LaneSection::new()),
            active: [0; N],
            moving: [0; N],
        }
    }

    fn aim(&mut self, lane: usize, goals: &[Goal; N], timing: Timing) {
        let bit = 1 << lane;
        for (section_idx, (motions, goal)) in self.motions.iter_mut().zip(goals).enumerate() {
            let motion = &mut motions[lane];
            if timing.jump {
                motion.jump(goal, timing.sample_rate_hz);
                self.moving[section_idx] |= bit;
            } else {
                motion.aim(goal, timing.sample_rate_hz);
                if motion.moves() {
                    self.moving[section_idx] |= bit;
                }
            }
        }
    }

    /// At a border: takes every section that moves on by one tile.
    #[inline]
    pub(crate) fn begin_tile(&mut self, sample_rate_hz: f64) {
        if self.moving != [0; N] {
            self.step(sample_rate_hz);
        }
    }

    fn step(&mut self, sample_rate_hz: f64) {
        for idx in 0..N {
            for lane in lanes_of(self.moving[idx]) {
                let (bit, section, motion) =
                    (1 << lane, &mut self.sections[idx], &mut self.motions[idx][lane]);
                match motion.step(sample_rate_hz) {
                    Run::Rest => {
                        section.pass(lane);
                        self.active[idx] &= !bit;
                    }
                    Run::Hold(delta) => {
                        section.hold(lane, delta);
                        self.active[idx] |= bit;
                    }
                    Run::Move(knots) => {
                        let at = |frame: usize| Delta::along(knots, frame as f64 / TILE_FRAMES as f64);
                        section.glide(lane, [&at(0), &at(1), &at(2)]);
                        if self.active[idx] & bit == 0 {
                            section.prime(lane);
                        }
                        self.active[idx] |= bit;
                    }
                }
                if !motion.moves() {
                    self.moving[idx] &= !bit;
                }
            }
        }
    }

    /// Whether every lane passes everything, bit for bit.
    pub(crate) fn is_off(&self) -> bool {
        self.active == [0; N]
    }

    /// Whether silence would change nothing.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.moving == [0; N] && self.sections.iter().all(LaneSection::is_at_rest)
    }

    /// Forgets what a lane has sounded like.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.sections.iter_mut().for_each(|section| section.clear(lane));
    }

    /// Filters a segment.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        tiles: [&mut LaneTile; 2],
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        if self.is_off() {
            return;
        }
        let mut n_running = 0;
        let mut running: [Option<&mut LaneSection>; N] = [const { None }; N];
        for (section, active) in self.sections.iter_mut().zip(self.active) {
            if active != 0 {
                running[n_running] = Some(section);
                n_running += 1;
            }
        }
        let floor = if segment.ends_tile { FILTER_FLOOR } else { 0.0 };
        filter(simd, &mut running[..n_running], tiles, segment.n, floor, &mut scratch.filter);
    }
}
