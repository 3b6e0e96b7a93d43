//! One section's way from setting to setting.
//!
//! ```text
//! goal → lines (log2 f, dB, log2 Q; 20 ms) → designs, eight on the way → fade (on, off, another shape; 20 ms) → knot, once a tile → curve
//! ```
//!
//! A design costs about a microsecond, and there may be 300 sections, so designs are made an eighth of the way apart, and in straight lines
//! between them: recalling a snapshot costs the same at every sample rate.
//!
//! The coefficients of a tile lie on the curve ([`Delta::along`]) of the last three knots, which has no kinks, half a tile late.
//! A section whose knots pass everything *rests*: its memory is cleared and it costs nothing. It fades in from there with the
//! new design's own poles, so that its memory fills while nobody hears it.
//!
//! Why coefficients may move from anything to anything: [`Delta`].

use crate::filters::{self, Delta, Tuning};
use crate::lanes::TILE_FRAMES;
use crate::settings::{
    BAND_GAIN_RANGE_DB, BandSettings, BandShape, FREQUENCY_RANGE_HZ, FilterSettings, FilterSlope, Q_RANGE,
    STEEPEST_SHELF_Q,
};
use std::f64::consts::FRAC_1_SQRT_2;

/// How long a parameter or a fade is on its way, in seconds.
const MOVE_SECONDS: f64 = 0.020;

/// Designs on the way of a parameter.
const N_DESIGNS: u32 = 8;

/// Q of the two sections of a Butterworth filter of 24 dB per octave.
const BUTTERWORTH_Q: [f64; 2] = [1.306_562_964_876_376_5, 0.541_196_100_146_197];

/// What a section is designed as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bell,
    LowShelf,
    HighShelf,
    Notch,
    /// With its Q.
    HighPass(f64),
    /// With its Q.
    LowPass(f64),
}

/// Where a section goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Goal {
    on: bool,
    kind: Kind,
    /// log2 of the frequency, gain in dB, log2 of Q.
    parameters: [f64; 3],
}

impl Goal {
    /// A band of an equaliser, and its frequency if the one that is set is no number.
    pub(super) fn band(eq_on: bool, band: &BandSettings, default_hz: f32) -> Self {
        let kind = match band.shape {
            BandShape::Bell => Kind::Bell,
            BandShape::LowShelf => Kind::LowShelf,
            BandShape::HighShelf => Kind::HighShelf,
            BandShape::Notch => Kind::Notch,
        };
        let parameters = [
            clamped(band.frequency_hz, FREQUENCY_RANGE_HZ, default_hz).log2(),
            clamped(band.gain_db, BAND_GAIN_RANGE_DB, 0.0),
            clamped(band.q, Q_RANGE, STEEPEST_SHELF_Q).log2(),
        ];
        Self { on: eq_on && band.on, kind, parameters }
    }

    /// Both sections of a high-pass. Of 12 dB per octave, the second one is off.
    pub(super) fn high_pass(filter: &FilterSettings) -> [Self; 2] {
        Self::pass(filter, FilterSettings::HIGH_PASS.frequency_hz, Kind::HighPass)
    }

    /// Both sections of a low-pass. Of 12 dB per octave, the second one is off.
    pub(super) fn low_pass(filter: &FilterSettings) -> [Self; 2] {
        Self::pass(filter, FilterSettings::LOW_PASS.frequency_hz, Kind::LowPass)
    }

    fn pass(filter: &FilterSettings, default_hz: f32, kind: fn(f64) -> Kind) -> [Self; 2] {
        let parameters = [clamped(filter.frequency_hz, FREQUENCY_RANGE_HZ, default_hz).log2(), 0.0, 0.0];
        let steep = filter.slope == FilterSlope::Db24;
        let first_q = if steep { BUTTERWORTH_Q[0] } else { FRAC_1_SQRT_2 };
        [
            Self { on: filter.on, kind: kind(first_q), parameters },
            Self { on: filter.on && steep, kind: kind(BUTTERWORTH_Q[1]), parameters },
        ]
    }
}

fn clamped(value: f32, [min, max]: [f32; 2], default: f32) -> f64 {
    f64::from(if value.is_nan() { default } else { value.clamp(min, max) })
}

/// A parameter on a straight line in steps of a tile.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: f64,
    goal: f64,
    steps_left: u32,
}

impl Line {
    const fn settled_at(goal: f64) -> Self {
        Self { start: goal, goal, steps_left: 0 }
    }

    /// The value so many steps from now.
    fn value(&self, ahead: u32, n_steps: u32) -> f64 {
        let steps_left = self.steps_left.saturating_sub(ahead);
        self.goal - (self.goal - self.start) * f64::from(steps_left) / f64::from(n_steps)
    }

    fn aim(&mut self, goal: f64, n_steps: u32) {
        if goal != self.goal {
            *self = Self { start: self.value(0, n_steps), goal, steps_left: n_steps };
        }
    }
}

/// From one design to the next, in steps of a tile.
#[derive(Clone, Debug)]
struct Way {
    from: Delta,
    to: Delta,
    steps: u32,
    n_steps: u32,
}

impl Way {
    const fn settled_at(design: Delta) -> Self {
        Self { from: design, to: design, steps: 0, n_steps: 0 }
    }

    fn value(&self) -> Delta {
        if self.steps >= self.n_steps {
            return self.to;
        }
        self.from.towards(&self.to, f64::from(self.steps) / f64::from(self.n_steps))
    }
}

/// What a section does in the tile that begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Run<'a> {
    /// It passes everything, and has nothing to remember.
    Rest,
    /// It stands still.
    Hold(&'a Delta),
    /// It moves along the curve of these knots.
    Move([&'a Delta; 3]),
}

/// One section on its way.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    goal: Goal,
    lines: [Line; 3],
    /// Where the fade comes from.
    from: Delta,
    fade_left: u32,
    /// What the parameters are designed to, whether it is on or off.
    way: Way,
    knots: [Delta; 3],
    rests: bool,
}

const PASSING: Delta = Delta { c1: 0.0, c2: 0.0, c3: 0.0, l: 1.0, e0_minus_l: 0.0, e1: 0.0 };

impl Motion {
    /// At rest, and off.
    pub(super) const REST: Self = Self {
        goal: Goal { on: false, kind: Kind::Bell, parameters: [10.0, 0.0, 0.0] },
        lines: [Line::settled_at(10.0), Line::settled_at(0.0), Line::settled_at(0.0)],
        from: PASSING,
        fade_left: 0,
        way: Way::settled_at(PASSING),
        knots: [PASSING; 3],
        rests: true,
    };

    /// The number of tiles that a move takes.
    pub(super) fn n_steps(sample_rate_hz: f64) -> u32 {
        (MOVE_SECONDS * sample_rate_hz / TILE_FRAMES as f64).round().max(1.0) as u32
    }

    /// Goes there at once, without memory.
    pub(super) fn jump(&mut self, goal: &Goal, sample_rate_hz: f64) {
        self.take_parameters(goal, sample_rate_hz);
        self.fade_left = 0;
        self.knots = [self.destination(); 3];
        self.rests = is_passing(&self.knots[0]);
    }

    /// Starts towards a goal. Called at a border, before [`Motion::step`].
    pub(super) fn aim(&mut self, goal: &Goal, sample_rate_hz: f64) {
        if *goal == self.goal {
            return;
        }
        let n_steps = Self::n_steps(sample_rate_hz);
        if self.rests {
            self.take_parameters(goal, sample_rate_hz);
            let destination = self.destination();
            if !is_passing(&destination) {
                self.from = destination.passing();
                self.knots = [self.from; 3];
                self.fade_left = n_steps;
                self.rests = false;
            }
            return;
        }
        let other_kind = goal.kind != self.goal.kind;
        if other_kind || goal.on != self.goal.on {
            self.from = self.knots[2];
            self.fade_left = n_steps;
        }
        if other_kind {
            self.take_parameters(goal, sample_rate_hz);
            return;
        }
        let other_parameters = goal.parameters != self.goal.parameters;
        self.goal = *goal;
        if other_parameters {
            for (line, goal) in self.lines.iter_mut().zip(goal.parameters) {
                line.aim(goal, n_steps);
            }
            self.go_on_from(self.way.value(), sample_rate_hz);
        }
    }

    /// Whether it needs [`Motion::step`] at the next border.
    pub(super) fn moves(&self) -> bool {
        let [a, b, c] = &self.knots;
        self.fade_left > 0 || self.steps_left() > 0 || a != b || b != c
    }

    /// Steps that are left of the longest line.
    fn steps_left(&self) -> u32 {
        self.lines.iter().fold(0, |longest, line| longest.max(line.steps_left))
    }

    /// Goes on by one tile, at its beginning.
    pub(super) fn step(&mut self, sample_rate_hz: f64) -> Run<'_> {
        if self.rests {
            return Run::Rest;
        }
        if self.steps_left() > 0 {
            self.lines.iter_mut().for_each(|line| line.steps_left = line.steps_left.saturating_sub(1));
            self.way.steps += 1;
            if self.way.steps == self.way.n_steps && self.steps_left() > 0 {
                self.go_on_from(self.way.to, sample_rate_hz);
            }
        }
        self.fade_left = self.fade_left.saturating_sub(1);
        let newest = if self.fade_left == 0 {
            self.destination()
        } else {
            let n_steps = Self::n_steps(sample_rate_hz);
            self.from.towards(&self.destination(), f64::from(n_steps - self.fade_left) / f64::from(n_steps))
        };
        self.knots = [self.knots[1], self.knots[2], newest];
        if self.moves() {
            return Run::Move(self.knots.each_ref());
        }
        if is_passing(&self.knots[0]) {
            self.rests = true;
            return Run::Rest;
        }
        Run::Hold(&self.knots[0])
    }

    /// Where the fade goes: to the design, or with its poles to nothing.
    fn destination(&self) -> Delta {
        let design = self.way.value();
        if self.goal.on { design } else { design.passing() }
    }

    fn take_parameters(&mut self, goal: &Goal, sample_rate_hz: f64) {
        self.goal = *goal;
        self.lines = goal.parameters.map(Line::settled_at);
        // A section that is off and at rest needs no design, and most are.
        let needed = goal.on || !self.rests;
        self.way = Way::settled_at(if needed { self.design(0, sample_rate_hz) } else { PASSING });
    }

    /// The next part of the way.
    fn go_on_from(&mut self, from: Delta, sample_rate_hz: f64) {
        let part = Self::n_steps(sample_rate_hz).div_ceil(N_DESIGNS);
        let n_steps = part.min(self.steps_left());
        self.way = Way { from, to: self.design(n_steps, sample_rate_hz), steps: 0, n_steps };
    }

    /// The design of where the parameters are so many steps from now.
    fn design(&self, ahead: u32, sample_rate_hz: f64) -> Delta {
        let n_steps = Self::n_steps(sample_rate_hz);
        let [log2_hz, gain_db, log2_q] = self.lines.map(|line| line.value(ahead, n_steps));
        let tuning = Tuning::new(sample_rate_hz, log2_hz.exp2());
        let q = log2_q.exp2();
        let slope = q / f64::from(STEEPEST_SHELF_Q);
        let section = match self.goal.kind {
            Kind::Bell => filters::bell(tuning, gain_db, q),
            Kind::LowShelf => filters::low_shelf(tuning, gain_db, slope),
            Kind::HighShelf => filters::high_shelf(tuning, gain_db, slope),
            Kind::Notch => filters::notch(tuning, q),
            Kind::HighPass(q) => filters::high_pass(tuning, q),
            Kind::LowPass(q) => filters::low_pass(tuning, q),
        };
        section.delta()
    }
}

fn is_passing(delta: &Delta) -> bool {
    delta.l == 1.0 && delta.e0_minus_l == 0.0 && delta.e1 == 0.0
}
