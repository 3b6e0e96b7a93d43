//! The reference mixer: the specification in f64, one sample at a time, slow and obvious.
//!
//! For every sample: s = A·x, p = B·s, group and master sums of gain·p, out = M·m, crossfaded with the bypass sum.
//! Every gain is a [`Ramp`] of its own. Nothing is skipped, shared or precomputed.
//!
//! What it does not model: f32 rounding, and the flush of subnormal *outputs* (smaller than any figure tested).

use super::{Event, Session};
use busbar_engine::{GroupSettings, InputMode, N_DESTINATIONS, N_GROUPS, PanLaw, Settings, StripSettings};
use std::f64::consts::FRAC_PI_2;

type Matrix = [[f64; 2]; 2];

const IDENTITY: Matrix = [[1.0, 0.0], [0.0, 1.0]];

/// Frames of a tile, as semantics.md has it.
const TILE: u64 = 32;

/// The same buses as [`super::Mix`], in f64.
pub struct ReferenceMix {
    pub buses: [[Vec<f64>; 2]; N_DESTINATIONS],
    /// Bit i: strip i had a non-finite sample.
    pub quarantined: u64,
}

impl ReferenceMix {
    pub fn peak(&self) -> f64 {
        self.buses.iter().flatten().flatten().fold(0.0, |peak, sample| sample.abs().max(peak))
    }
}

/// Runs a whole session.
pub fn render(session: &Session) -> ReferenceMix {
    let mut mixer = Mixer::new(session.sample_rate_hz, &session.initial);
    let mut buses: [[Vec<f64>; 2]; N_DESTINATIONS] = Default::default();
    for frame in 0..session.n_frames {
        for Event { settings, .. } in session.events.iter().filter(|event| event.at == frame) {
            mixer.set(settings);
        }
        let inputs: Vec<[f32; 2]> = session
            .inputs
            .iter()
            .map(|feed| feed.as_ref().map_or([0.0; 2], |[left, right]| [left[frame], right[frame]]))
            .collect();
        for (bus, [left, right]) in buses.iter_mut().zip(mixer.tick(&inputs)) {
            bus[0].push(left);
            bus[1].push(right);
        }
    }
    ReferenceMix { buses, quarantined: mixer.quarantined }
}

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

#[derive(Clone)]
struct StripRamps {
    a: [[Ramp; 2]; 2],
    b: [[Ramp; 2]; 2],
    sends: [Ramp; N_DESTINATIONS],
}

#[derive(Clone)]
struct GroupRamps {
    left: Ramp,
    right: Ramp,
    to_master: Ramp,
}

/// The mixer itself.
pub struct Mixer {
    sample_rate_hz: f64,
    now: u64,
    ramp_len: u64,
    bypass_len: u64,
    strips: Vec<StripRamps>,
    /// Strip i is silent while `now` is below `silent_until[i]`.
    silent_until: Vec<u64>,
    quarantined: u64,
    groups: [GroupRamps; N_GROUPS],
    master: [[Ramp; 2]; 2],
    bypass: Ramp,
}

impl Mixer {
    pub fn new(sample_rate_hz: f64, settings: &Settings) -> Self {
        let all = Targets::new(settings);
        let matrix = |matrix: Matrix| matrix.map(|row| row.map(Ramp::settled));
        Self {
            sample_rate_hz,
            now: 0,
            ramp_len: ((0.015 * sample_rate_hz).round() as u64).max(64),
            bypass_len: ((0.010 * sample_rate_hz).round() as u64).max(64),
            strips: (all.strips.iter())
                .map(|strip| StripRamps {
                    a: matrix(strip.a),
                    b: matrix(strip.b),
                    sends: strip.sends.map(Ramp::settled),
                })
                .collect(),
            silent_until: vec![0; settings.strips.len()],
            quarantined: 0,
            groups: all.groups.map(|[left, right, to_master]| GroupRamps {
                left: Ramp::settled(left),
                right: Ramp::settled(right),
                to_master: Ramp::settled(to_master),
            }),
            master: matrix(all.master),
            bypass: Ramp::settled(all.bypass),
        }
    }

    pub fn set(&mut self, settings: &Settings) {
        if self.now == 0 {
            *self = Self::new(self.sample_rate_hz, settings);
            return;
        }
        let all = Targets::new(settings);
        let (now, len) = (self.now, self.ramp_len);
        let aim_matrix = |ramps: &mut [[Ramp; 2]; 2], targets: Matrix| {
            for row in 0..2 {
                for column in 0..2 {
                    ramps[row][column].aim(targets[row][column], now, len);
                }
            }
        };
        for (ramps, targets) in self.strips.iter_mut().zip(all.strips) {
            aim_matrix(&mut ramps.a, targets.a);
            aim_matrix(&mut ramps.b, targets.b);
            for (ramp, target) in ramps.sends.iter_mut().zip(targets.sends) {
                ramp.aim(target, now, len);
            }
        }
        for (ramps, [left, right, to_master]) in self.groups.iter_mut().zip(all.groups) {
            ramps.left.aim(left, now, len);
            ramps.right.aim(right, now, len);
            ramps.to_master.aim(to_master, now, len);
        }
        aim_matrix(&mut self.master, all.master);
        self.bypass.aim(all.bypass, now, self.bypass_len);
    }

    /// One sample: master and groups A–D.
    pub fn tick(&mut self, inputs: &[[f32; 2]]) -> [[f64; 2]; N_DESTINATIONS] {
        let now = self.now;
        self.now += 1;
        let mut raw_sum = [0.0; 2];
        let mut sums = [[0.0; 2]; N_DESTINATIONS];
        for (strip_idx, ramps) in self.strips.iter().enumerate() {
            let x = inputs[strip_idx];
            if x.iter().any(|sample| !sample.is_finite() || sample.abs() >= 1e12) {
                self.quarantined |= 1 << strip_idx;
                self.silent_until[strip_idx] = (now / TILE + 1) * TILE;
            }
            if now < self.silent_until[strip_idx] {
                continue;
            }
            let x = x.map(|sample| if sample.is_subnormal() { 0.0 } else { f64::from(sample) });
            let s = apply(ramps.a, now, x);
            let p = apply(ramps.b, now, s);
            for channel in 0..2 {
                raw_sum[channel] += x[channel];
                for (sum, send) in sums.iter_mut().zip(ramps.sends) {
                    sum[channel] += send.at(now) * p[channel];
                }
            }
        }
        let bypass = self.bypass.at(now);
        let mut out = [[0.0; 2]; N_DESTINATIONS];
        let mut m = sums[0];
        for (group_idx, group) in self.groups.iter().enumerate() {
            let u = sums[1 + group_idx];
            let group_out = [group.left.at(now) * u[0], group.right.at(now) * u[1]];
            for channel in 0..2 {
                m[channel] += group.to_master.at(now) * group_out[channel];
                out[1 + group_idx][channel] = (1.0 - bypass) * group_out[channel];
            }
        }
        let mix = apply(self.master, now, m);
        for channel in 0..2 {
            out[0][channel] = (1.0 - bypass) * mix[channel] + bypass * raw_sum[channel];
        }
        out
    }
}

fn apply(ramps: [[Ramp; 2]; 2], now: u64, x: [f64; 2]) -> [f64; 2] {
    ramps.map(|row| row[0].at(now) * x[0] + row[1].at(now) * x[1])
}

/// The gains that settings ask for.
struct Targets {
    strips: Vec<StripTargets>,
    /// Left, right, to the master.
    groups: [[f64; 3]; N_GROUPS],
    master: Matrix,
    bypass: f64,
}

struct StripTargets {
    a: Matrix,
    b: Matrix,
    sends: [f64; N_DESTINATIONS],
}

impl Targets {
    fn new(settings: &Settings) -> Self {
        let strips = (settings.strips.iter().enumerate())
            .map(|(strip_idx, strip)| StripTargets {
                a: a_matrix(strip),
                b: b_matrix(strip, settings.pan_law),
                sends: std::array::from_fn(|d| send_gain(settings, strip_idx, d)),
            })
            .collect();
        Self {
            strips,
            groups: settings.groups.map(|group| group_gains(&group)),
            master: master_matrix(settings),
            bypass: if settings.bypass { 1.0 } else { 0.0 },
        }
    }
}

fn within(value: f32, low: f64, high: f64, default: f64) -> f64 {
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

fn a_matrix(strip: &StripSettings) -> Matrix {
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

fn b_matrix(strip: &StripSettings, law: PanLaw) -> Matrix {
    let width = within(strip.width_percent, 0.0, 200.0, 100.0) / 100.0;
    let (a, b) = ((1.0 + width) / 2.0, (1.0 - width) / 2.0);
    let [left, right] = match strip.input_mode {
        InputMode::Stereo | InputMode::Swap => balance_gains(strip.pan_percent),
        InputMode::Left | InputMode::Right | InputMode::Mono => pan_gains(law, strip.pan_percent),
    };
    [[left * a, left * b], [right * b, right * a]]
}

/// Gain of the path from a strip to a destination (master 0, groups 1–4).
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

fn group_gains(group: &GroupSettings) -> [f64; 3] {
    let [left, right] = balance_gains(group.balance_percent);
    let fader = if group.mute { 0.0 } else { fader_gain(group.fader_db) };
    [left * fader, right * fader, if group.to_master { 1.0 } else { 0.0 }]
}

fn master_matrix(settings: &Settings) -> Matrix {
    let master = &settings.master;
    let [left, right] = balance_gains(master.balance_percent);
    let dim = if master.dim { db_to_gain(within(master.dim_db, -40.0, 0.0, -20.0)) } else { 1.0 };
    let cut = if master.cut { 0.0 } else { 1.0 };
    let image = if master.mono {
        [[0.5 * left, 0.5 * right], [0.5 * left, 0.5 * right]]
    } else {
        [[left, 0.0], [0.0, right]]
    };
    scaled(cut * dim * fader_gain(master.fader_db), image)
}
