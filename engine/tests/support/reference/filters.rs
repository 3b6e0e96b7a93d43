//! Sections of filters: goals, moving parameters, fades, and rest.
//!
//! Designs and the update itself are `busbar_engine::filters`, which has tests of its own; everything around them is here.

use super::TILE;
use super::gains::within;
use busbar_engine::filters::{self, Delta, State, Tuning};
use busbar_engine::{BandShape, EqSettings, FilterSettings, FilterSlope, N_BANDS};
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// The sections of a Butterworth filter of fourth order: 1/(2·cos 67.5°) and 1/(2·cos 22.5°).
const BUTTERWORTH_24_DB: [f64; 2] = [1.306_562_964_876_376, 0.541_196_100_146_197];

/// States below this are zero when a tile ends: −240 dBFS.
const REST: f64 = 1e-12;

/// The length of every move, in seconds.
const MOVE_SECONDS: f64 = 0.020;

/// A parameter on its way is designed anew each ⌈N/8⌉ steps; designs in between lie on straight lines.
const DESIGNS_PER_MOVE: u32 = 8;

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Bell,
    LowShelf,
    HighShelf,
    Notch,
    HighPass(f64),
    LowPass(f64),
}

/// Where a section is to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    pub on: bool,
    pub kind: Kind,
    /// log₂ of the frequency in Hz, gain in dB, log₂ of Q.
    pub parameters: [f64; 3],
}

impl Goal {
    /// What it is designed to, on or off.
    fn design(&self, sample_rate_hz: f64, parameters: [f64; 3]) -> Delta {
        let [log2_hz, gain_db, log2_q] = parameters;
        let tuning = Tuning::new(sample_rate_hz, log2_hz.exp2());
        let q = log2_q.exp2();
        let slope = (q * SQRT_2).min(1.0);
        let section = match self.kind {
            Kind::Bell => filters::bell(tuning, gain_db, q),
            Kind::LowShelf => filters::low_shelf(tuning, gain_db, slope),
            Kind::HighShelf => filters::high_shelf(tuning, gain_db, slope),
            Kind::Notch => filters::notch(tuning, q),
            Kind::HighPass(q) => filters::high_pass(tuning, q),
            Kind::LowPass(q) => filters::low_pass(tuning, q),
        };
        section.delta()
    }

    fn delta(&self, design: Delta) -> Delta {
        if self.on { design } else { design.passing() }
    }
}

/// Both sections of a high-pass or low-pass.
pub fn cut_goals(settings: &FilterSettings, default: &FilterSettings, kind: fn(f64) -> Kind) -> [Goal; 2] {
    let hz = within(settings.frequency_hz, 20.0, 20_000.0, f64::from(default.frequency_hz));
    let goal = |on, q| Goal { on, kind: kind(q), parameters: [hz.log2(), 0.0, 0.0] };
    let [first, second] = BUTTERWORTH_24_DB;
    match settings.slope {
        FilterSlope::Db12 => [goal(settings.on, FRAC_1_SQRT_2), goal(false, second)],
        FilterSlope::Db24 => [goal(settings.on, first), goal(settings.on, second)],
    }
}

/// The sections of an equaliser, one for each band.
pub fn eq_goals(settings: &EqSettings) -> [Goal; N_BANDS] {
    std::array::from_fn(|band_idx| {
        let (band, default) = (&settings.bands[band_idx], &EqSettings::FLAT.bands[band_idx]);
        Goal {
            on: settings.on && band.on,
            kind: match band.shape {
                BandShape::Bell => Kind::Bell,
                BandShape::LowShelf => Kind::LowShelf,
                BandShape::HighShelf => Kind::HighShelf,
                BandShape::Notch => Kind::Notch,
            },
            parameters: [
                within(band.frequency_hz, 20.0, 20_000.0, f64::from(default.frequency_hz)).log2(),
                within(band.gain_db, -18.0, 18.0, 0.0),
                within(band.q, f64::from(0.1_f32), 40.0, FRAC_1_SQRT_2).log2(),
            ],
        }
    })
}

/// A parameter on its way: goal − (goal − start)·(N − k)/N.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: f64,
    goal: f64,
    k: u32,
}

impl Line {
    fn settled(goal: f64, n: u32) -> Self {
        Self { start: goal, goal, k: n }
    }

    fn at(&self, k: u32, n: u32) -> f64 {
        if k >= n {
            return self.goal;
        }
        self.goal - (self.goal - self.start) * f64::from(n - k) / f64::from(n)
    }
}

/// A straight line between two designs.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: Delta,
    to: Delta,
    k: u32,
    n: u32,
}

impl Stretch {
    fn at(design: Delta) -> Self {
        Self { from: design, to: design, k: 0, n: 0 }
    }

    fn design(&self) -> Delta {
        if self.k == self.n {
            self.to
        } else {
            self.from.towards(&self.to, f64::from(self.k) / f64::from(self.n))
        }
    }
}

/// From what a section was to what it is going to be.
#[derive(Clone, Copy, Debug)]
struct Fade {
    from: Delta,
    k: u32,
}

/// One second-order section of one strip or bus, both sides.
#[derive(Clone, Debug)]
pub struct Section {
    sample_rate_hz: f64,
    /// N: tiles of every move.
    n: u32,
    goal: Option<Goal>,
    lines: [Line; 3],
    stretch: Stretch,
    fade: Option<Fade>,
    knots: [Delta; 3],
    rests: bool,
    /// Begins with the next frame as if it had been there for ever.
    is_primed: bool,
    states: [State; 2],
}

impl Section {
    /// Before its first border.
    pub fn new(sample_rate_hz: f64) -> Self {
        let n = (MOVE_SECONDS * sample_rate_hz / TILE as f64).round().max(1.0) as u32;
        let nothing = Delta { c1: 0.0, c2: 0.0, c3: 0.0, l: 1.0, e0_minus_l: 0.0, e1: 0.0 };
        Self {
            sample_rate_hz,
            n,
            goal: None,
            lines: [Line::settled(0.0, n); 3],
            stretch: Stretch::at(nothing),
            fade: None,
            knots: [nothing; 3],
            rests: true,
            is_primed: false,
            states: [State::default(); 2],
        }
    }

    /// A border: before the first sample of a tile.
    pub fn border(&mut self, goal: Goal) {
        let old = self.goal.replace(goal);
        if old != Some(goal) {
            self.start(old, goal);
        }
        if old != Some(goal) || self.is_moving() {
            self.step(goal);
        } else {
            // The same design once more.
            self.knots = [self.knots[1], self.knots[2], self.knots[2]];
        }
        let [first, second, third] = &self.knots;
        let is_constant = !self.is_moving() && first == second && second == third;
        self.rests = is_constant && is_passing(first);
        if self.rests {
            self.forget();
        }
    }

    fn is_moving(&self) -> bool {
        self.fade.is_some() || self.lines.iter().any(|line| line.k < self.n)
    }

    /// The goal changed.
    fn start(&mut self, old: Option<Goal>, goal: Goal) {
        let n = self.n;
        let there = goal.parameters.map(|parameter| Line::settled(parameter, n));
        let design = goal.design(self.sample_rate_hz, goal.parameters);
        let goal_delta = goal.delta(design);
        match old {
            None => {
                self.lines = there;
                self.stretch = Stretch::at(design);
                self.knots = [goal_delta; 3];
            }
            Some(_) if self.rests => {
                self.lines = there;
                self.stretch = Stretch::at(design);
                self.knots = [goal_delta.passing(); 3];
                self.fade = (!is_passing(&goal_delta)).then_some(Fade { from: goal_delta.passing(), k: 0 });
                self.is_primed = true;
            }
            Some(old) => {
                if old.on != goal.on || old.kind != goal.kind {
                    self.fade = Some(Fade { from: self.knots[2], k: 0 });
                }
                if old.kind != goal.kind {
                    self.lines = there;
                    self.stretch = Stretch::at(design);
                    return;
                }
                if old.parameters == goal.parameters {
                    return;
                }
                for (line, parameter) in self.lines.iter_mut().zip(goal.parameters) {
                    if line.goal != parameter {
                        *line = Line { start: line.at(line.k, n), goal: parameter, k: 0 };
                    }
                }
                self.stretch = self.next_stretch(&goal, self.stretch.design());
            }
        }
    }

    /// From a design to the one that parameters will ask for in ⌈N/8⌉ steps, or where they end if that is sooner.
    fn next_stretch(&self, goal: &Goal, from: Delta) -> Stretch {
        let longest_left = self.lines.iter().map(|line| self.n - line.k).max().unwrap_or(0);
        let n = self.n.div_ceil(DESIGNS_PER_MOVE).min(longest_left);
        let parameters = self.lines.map(|line| line.at(line.k + n, self.n));
        Stretch { from, to: goal.design(self.sample_rate_hz, parameters), k: 0, n }
    }

    /// Everything that moves goes one step, and there is a new knot.
    fn step(&mut self, goal: Goal) {
        let n = self.n;
        if self.lines.iter().any(|line| line.k < n) {
            self.stretch.k += 1;
        }
        for line in &mut self.lines {
            line.k = n.min(line.k + 1);
        }
        if self.stretch.k == self.stretch.n && self.lines.iter().any(|line| line.k < n) {
            self.stretch = self.next_stretch(&goal, self.stretch.to);
        }
        let mut knot = goal.delta(self.stretch.design());
        if let Some(fade) = &mut self.fade {
            fade.k += 1;
            if fade.k < n {
                knot = fade.from.towards(&knot, f64::from(fade.k) / f64::from(n));
            } else {
                self.fade = None;
            }
        }
        self.knots = [self.knots[1], self.knots[2], knot];
    }

    /// One frame, by its place in the tile.
    pub fn process(&mut self, frame_in_tile: u64, input: [f64; 2]) -> [f64; 2] {
        if self.rests {
            return input;
        }
        if std::mem::take(&mut self.is_primed) {
            self.states = input.map(|x| State { i1: 0.0, i2: x });
        }
        let [first, second, third] = &self.knots;
        let delta = Delta::along([first, second, third], frame_in_tile as f64 / TILE as f64);
        let output = std::array::from_fn(|side| self.states[side].process(&delta, input[side]));
        if frame_in_tile == TILE - 1 {
            for state in &mut self.states {
                for integrator in [&mut state.i1, &mut state.i2] {
                    if integrator.abs() < REST {
                        *integrator = 0.0;
                    }
                }
            }
        }
        output
    }

    /// Clears what was heard. Coefficients go on.
    pub fn forget(&mut self) {
        self.is_primed = false;
        self.states = [State::default(); 2];
    }
}

fn is_passing(delta: &Delta) -> bool {
    delta.l == 1.0 && delta.e0_minus_l == 0.0 && delta.e1 == 0.0
}

/// A row of sections.
#[derive(Clone, Debug)]
pub struct Row<const N: usize>([Section; N]);

impl<const N: usize> Row<N> {
    pub fn new(sample_rate_hz: f64) -> Self {
        Self(std::array::from_fn(|_| Section::new(sample_rate_hz)))
    }

    pub fn border(&mut self, goals: [Goal; N]) {
        for (section, goal) in self.0.iter_mut().zip(goals) {
            section.border(goal);
        }
    }

    pub fn process(&mut self, frame_in_tile: u64, input: [f64; 2]) -> [f64; 2] {
        self.0.iter_mut().fold(input, |signal, section| section.process(frame_in_tile, signal))
    }

    pub fn forget(&mut self) {
        self.0.iter_mut().for_each(Section::forget);
    }
}
