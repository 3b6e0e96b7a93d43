//! The linear gains that settings ask for, and how they get from one to the next.

use busbar_engine::{
    GroupSettings, InputMode, MasterSettings, N_DESTINATIONS, PanLaw, Settings, StripSettings,
};
use std::f64::consts::FRAC_PI_2;

pub type Matrix = [[f64; 2]; 2];

const IDENTITY: Matrix = [[1.0, 0.0], [0.0, 1.0]];

/// One gain: g(e + k) = target + (start − target)·(T − 1 − k)/T for k = 0…T − 1, then target.
#[derive(Clone, Copy, Debug)]
pub struct Ramp {
    start: f64,
    target: f64,
    /// The sample e before which the target changed.
    event: u64,
    /// T.
    len: u64,
}

impl Ramp {
    pub fn settled(target: f64) -> Self {
        Self { start: target, target, event: 0, len: 0 }
    }

    pub fn at(&self, sample: u64) -> f64 {
        let k = sample - self.event;
        if k >= self.len {
            return self.target;
        }
        self.target + (self.start - self.target) * (self.len - 1 - k) as f64 / self.len as f64
    }

    pub fn aim(&mut self, target: f64, event: u64, len: u64) {
        // Whether a target moved is asked in f32: two formulas for the same gain (cos 45° and √½) may differ in f64's
        // last bit, which is no change of any gain.
        if target as f32 == self.target as f32 {
            return;
        }
        // The value that the last sample had. Within one sample, the first of several events decides that.
        let start = if event == self.event { self.start } else { self.at(event - 1) };
        *self = Self { start, target, event, len };
    }
}

/// A 2 × 2 matrix, every entry on a ramp of its own.
#[derive(Clone, Copy, Debug)]
pub struct MatrixRamp([[Ramp; 2]; 2]);

impl MatrixRamp {
    pub fn settled(matrix: Matrix) -> Self {
        Self(matrix.map(|row| row.map(Ramp::settled)))
    }

    pub fn aim(&mut self, matrix: Matrix, event: u64, len: u64) {
        for (ramp, target) in self.0.as_flattened_mut().iter_mut().zip(matrix.as_flattened()) {
            ramp.aim(*target, event, len);
        }
    }

    pub fn at(&self, sample: u64) -> Matrix {
        self.0.map(|row| row.map(|ramp| ramp.at(sample)))
    }
}

pub fn apply(matrix: Matrix, x: [f64; 2]) -> [f64; 2] {
    matrix.map(|row| row[0] * x[0] + row[1] * x[1])
}

/// The value within its range, or the default in place of what is no number.
pub fn within(value: f32, low: f64, high: f64, default: f64) -> f64 {
    if value.is_nan() { default } else { f64::from(value).clamp(low, high) }
}

pub fn db_to_gain(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// −∞…+12 dB.
fn fader_gain(db: f32) -> f64 {
    let db = within(db, -100.0, 12.0, 0.0);
    if db <= -100.0 { 0.0 } else { db_to_gain(db) }
}

fn balance_gains(percent: f32) -> [f64; 2] {
    let p = (within(percent, -100.0, 100.0, 0.0) + 100.0) / 200.0;
    [(2.0 * (1.0 - p)).min(1.0), (2.0 * p).min(1.0)]
}

pub fn pan_gains(law: PanLaw, percent: f32) -> [f64; 2] {
    let p = (within(percent, -100.0, 100.0, 0.0) + 100.0) / 200.0;
    // A hard-panned signal leaves nothing on the far side: cos 90° is 0, not the 6e-17 of a rounded π.
    let cos = if p == 1.0 { 0.0 } else { (p * FRAC_PI_2).cos() };
    let sin = (p * FRAC_PI_2).sin();
    match law {
        PanLaw::Linear => [1.0 - p, p],
        PanLaw::Compromise => [((1.0 - p) * cos).sqrt(), (p * sin).sqrt()],
        PanLaw::SineCosine => [cos, sin],
        PanLaw::SquareRoot => [(1.0 - p).sqrt(), p.sqrt()],
        PanLaw::Balanced => balance_gains(percent),
    }
}

fn scaled(gain: f64, matrix: Matrix) -> Matrix {
    matrix.map(|row| row.map(|entry| gain * entry))
}

/// Input mode × trim × polarity.
pub fn input_matrix(strip: &StripSettings) -> Matrix {
    let mode = match strip.input_mode {
        InputMode::Stereo => IDENTITY,
        InputMode::Swap => [[0.0, 1.0], [1.0, 0.0]],
        InputMode::Left => [[1.0, 0.0], [1.0, 0.0]],
        InputMode::Right => [[0.0, 1.0], [0.0, 1.0]],
        InputMode::Mono => [[0.5, 0.5], [0.5, 0.5]],
    };
    let polarity = if strip.invert_polarity { -1.0 } else { 1.0 };
    scaled(db_to_gain(within(strip.trim_db, -24.0, 24.0, 0.0)) * polarity, mode)
}

/// Width, then pan or balance.
pub fn image_matrix(strip: &StripSettings, law: PanLaw) -> Matrix {
    let width = within(strip.width_percent, 0.0, 200.0, 100.0) / 100.0;
    let (a, b) = ((1.0 + width) / 2.0, (1.0 - width) / 2.0);
    let [left, right] = match strip.input_mode {
        InputMode::Stereo | InputMode::Swap => balance_gains(strip.pan_percent),
        InputMode::Left | InputMode::Right | InputMode::Mono => pan_gains(law, strip.pan_percent),
    };
    [[left * a, left * b], [right * b, right * a]]
}

/// Gains of the paths from a strip to all destinations (master, groups).
pub fn send_gains(settings: &Settings, strip_idx: usize) -> [f64; N_DESTINATIONS] {
    std::array::from_fn(|destination_idx| send_gain(settings, strip_idx, destination_idx))
}

fn send_gain(settings: &Settings, strip_idx: usize, destination_idx: usize) -> f64 {
    let strip = &settings.strips[strip_idx];
    let send = &strip.sends[destination_idx];
    if !send.on || strip.mute || !is_open(settings, strip_idx, destination_idx) {
        return 0.0;
    }
    fader_gain(send.level_db) * if send.pre_fader { 1.0 } else { fader_gain(strip.fader_db) }
}

/// The truth table of solo.
fn is_open(settings: &Settings, strip_idx: usize, destination_idx: usize) -> bool {
    let any_strip = settings.strips.iter().any(|strip| strip.solo);
    let any_group = settings.groups.iter().any(|group| group.solo);
    if !any_strip && !any_group {
        return true;
    }
    let strip = &settings.strips[strip_idx];
    let into_a_soloed_group = destination_idx > 0 && settings.groups[destination_idx - 1].solo;
    strip.solo || strip.solo_safe || into_a_soloed_group
}

/// Left, right, to the master.
pub fn group_gains(group: &GroupSettings) -> [f64; 3] {
    let [left, right] = balance_gains(group.balance_percent);
    let fader = if group.mute { 0.0 } else { fader_gain(group.fader_db) };
    [left * fader, right * fader, if group.to_master { 1.0 } else { 0.0 }]
}

/// Balance × fader, left and right: what stands before the limiter.
pub fn master_gains(master: &MasterSettings) -> [f64; 2] {
    balance_gains(master.balance_percent).map(|side| side * fader_gain(master.fader_db))
}

/// Mono, dim and cut: what stands behind the limiter.
pub fn monitor_matrix(master: &MasterSettings) -> Matrix {
    let dim = if master.dim { db_to_gain(within(master.dim_db, -40.0, 0.0, -20.0)) } else { 1.0 };
    let cut = if master.cut { 0.0 } else { 1.0 };
    scaled(cut * dim, if master.mono { [[0.5; 2]; 2] } else { IDENTITY })
}
