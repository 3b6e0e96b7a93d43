//! Groups, the master, and how everything is aligned behind the limiter.

use super::TILE;
use super::dynamics::TimedCompressor;
use super::filters::{Row, eq_goals};
use super::gains::{MatrixRamp, Ramp, apply, group_gains, master_gains, monitor_matrix, within};
use busbar_engine::limiter::{Limiter, Lookahead};
use busbar_engine::{
    CompressorSettings, EqSettings, GroupSettings, LimiterSettings, MasterSettings, N_BANDS,
};
use std::collections::VecDeque;

/// Equaliser and compressor, as groups and master have them.
pub struct BusStages {
    eq: Row<N_BANDS>,
    compressor: TimedCompressor,
    eq_settings: EqSettings,
}

impl BusStages {
    fn new(sample_rate_hz: f64, eq: &EqSettings, compressor: &CompressorSettings) -> Self {
        Self {
            eq: Row::new(sample_rate_hz),
            compressor: TimedCompressor::new(sample_rate_hz, compressor),
            eq_settings: *eq,
        }
    }

    fn set(&mut self, eq: &EqSettings, compressor: &CompressorSettings) {
        self.eq_settings = *eq;
        self.compressor.set(compressor);
    }

    fn border(&mut self) {
        self.eq.border(eq_goals(&self.eq_settings));
        self.compressor.border();
    }

    fn process(&mut self, now: u64, sum: [f64; 2]) -> [f64; 2] {
        let signal = self.eq.process(now % TILE, sum);
        self.compressor.process(signal, signal)
    }
}

/// One group.
pub struct Group {
    stages: BusStages,
    /// Left, right, to the master.
    gains: [Ramp; 3],
}

impl Group {
    pub fn new(sample_rate_hz: f64, settings: &GroupSettings) -> Self {
        Self {
            stages: BusStages::new(sample_rate_hz, &settings.eq, &settings.compressor),
            gains: group_gains(settings).map(Ramp::settled),
        }
    }

    pub fn set(&mut self, settings: &GroupSettings, now: u64, ramp_len: u64) {
        self.stages.set(&settings.eq, &settings.compressor);
        for (ramp, target) in self.gains.iter_mut().zip(group_gains(settings)) {
            ramp.aim(target, now, ramp_len);
        }
    }

    pub fn border(&mut self) {
        self.stages.border();
    }

    /// The group's own output, and what the master gets of it.
    pub fn process(&mut self, now: u64, sum: [f64; 2]) -> ([f64; 2], [f64; 2]) {
        let [left, right, to_master] = self.gains.map(|gain| gain.at(now));
        let signal = self.stages.process(now, sum);
        let output = [left * signal[0], right * signal[1]];
        (output, output.map(|side| to_master * side))
    }

    pub fn reduction_db(&self) -> f64 {
        self.stages.compressor.reduction_db()
    }
}

/// The master, up to and behind its limiter.
pub struct Master {
    stages: BusStages,
    sides: [Ramp; 2],
    limiter: Limiter,
    /// The limiter's input, so that what it leaves alone stays in f64.
    delay: Delay<[f64; 2]>,
    monitor: MatrixRamp,
    monitor_delay: Delay<[[f64; 2]; 2]>,
    /// The largest sample that the limiter turned down.
    pub limited_peak: f64,
}

impl Master {
    pub fn new(sample_rate_hz: f64, settings: &MasterSettings, lookahead: Lookahead) -> Self {
        let mut limiter = Limiter::new();
        set_limiter(&mut limiter, &settings.limiter);
        limiter.prepare(sample_rate_hz, lookahead);
        let latency = limiter.latency_samples() as usize;
        Self {
            stages: BusStages::new(sample_rate_hz, &settings.eq, &settings.compressor),
            sides: master_gains(settings).map(Ramp::settled),
            limiter,
            delay: Delay::new(latency),
            monitor: MatrixRamp::settled(monitor_matrix(settings)),
            monitor_delay: Delay::new(latency),
            limited_peak: 0.0,
        }
    }

    pub fn latency_samples(&self) -> usize {
        self.limiter.latency_samples() as usize
    }

    pub fn set(&mut self, settings: &MasterSettings, now: u64, ramp_len: u64) {
        self.stages.set(&settings.eq, &settings.compressor);
        for (ramp, target) in self.sides.iter_mut().zip(master_gains(settings)) {
            ramp.aim(target, now, ramp_len);
        }
        self.monitor.aim(monitor_matrix(settings), now, ramp_len);
        set_limiter(&mut self.limiter, &settings.limiter);
    }

    pub fn border(&mut self) {
        self.stages.border();
    }

    pub fn process(&mut self, now: u64, sum: [f64; 2]) -> [f64; 2] {
        let signal = self.stages.process(now, sum);
        let signal = [self.sides[0].at(now) * signal[0], self.sides[1].at(now) * signal[1]];
        let [mut left, mut right] = signal.map(|side| [side as f32]);
        self.limiter.process(&mut left, &mut right);
        let delayed = self.delay.push(signal);
        let limited = [(left[0], delayed[0]), (right[0], delayed[1])]
            .map(|(limited, came)| if limited == came as f32 { came } else { f64::from(limited) });
        apply(self.monitor_delay.push(self.monitor.at(now)), limited)
    }

    /// Of the compressor, and of the limiter.
    pub fn reductions_db(&self) -> [f64; 2] {
        [self.stages.compressor.reduction_db(), f64::from(self.limiter.gain_reduction_db())]
    }
}

fn set_limiter(limiter: &mut Limiter, settings: &LimiterSettings) {
    let default = LimiterSettings::default();
    let within = |value, low, high, default| within(value, low, high, f64::from(default)) as f32;
    limiter.set(
        within(settings.ceiling_db, -24.0, 0.0, default.ceiling_db),
        within(settings.release_ms, 1.0, 1_000.0, default.release_ms),
        within(settings.link_percent, 0.0, 100.0, default.link_percent),
    );
    limiter.set_on(settings.on);
}

/// What was pushed some samples ago; nothing before there was something.
pub struct Delay<T> {
    latency: usize,
    values: VecDeque<T>,
}

impl<T: Copy + Default> Delay<T> {
    pub fn new(latency: usize) -> Self {
        Self { latency, values: VecDeque::from(vec![T::default(); latency]) }
    }

    pub fn push(&mut self, value: T) -> T {
        self.values.push_back(value);
        let oldest = self.values.pop_front();
        debug_assert_eq!(self.values.len(), self.latency);
        oldest.unwrap_or_default()
    }
}
