//! When settings of gate and compressor count, around `busbar_engine::dynamics`, which has tests of its own.
//!
//! On, mix and make-up count from the event's own sample. Everything else counts from the next border on.

use busbar_engine::dynamics::{Compressor, CompressorSettings, Gate, GateSettings};

/// A compressor that is sent snapshots at any sample.
#[derive(Clone, Debug)]
pub struct TimedCompressor {
    compressor: Compressor,
    /// What counts now.
    counts: CompressorSettings,
    wanted: CompressorSettings,
    /// It is being faded out, whatever is wanted.
    is_held_off: bool,
    /// It was on, or on its way off, at some time within the tile.
    was_heard: bool,
}

impl TimedCompressor {
    pub fn new(sample_rate_hz: f64, settings: &CompressorSettings) -> Self {
        Self {
            compressor: Compressor::new(sample_rate_hz, settings),
            counts: *settings,
            wanted: *settings,
            is_held_off: false,
            was_heard: false,
        }
    }

    pub fn set(&mut self, wanted: &CompressorSettings) {
        self.wanted = *wanted;
        self.counts = CompressorSettings {
            on: wanted.on,
            mix_percent: wanted.mix_percent,
            makeup_db: wanted.makeup_db,
            ..self.counts
        };
        self.send();
    }

    pub fn border(&mut self) {
        self.was_heard = false;
        self.counts = self.wanted;
        self.send();
    }

    pub fn hold_off(&mut self, is_held_off: bool) {
        self.is_held_off = is_held_off;
        self.send();
    }

    fn send(&mut self) {
        self.compressor.set(&CompressorSettings { on: self.counts.on && !self.is_held_off, ..self.counts });
    }

    /// Off, and its blend is settled.
    pub fn is_bypassed(&self) -> bool {
        self.compressor.is_bypassed()
    }

    pub fn process(&mut self, input: [f64; 2], key: [f64; 2]) -> [f64; 2] {
        self.was_heard |= !self.compressor.is_bypassed();
        self.compressor.process(input, key)
    }

    pub fn forget(&mut self) {
        self.compressor.forget();
    }

    /// Of the side that is reduced more. No number in the tile in which it went off: what it reduced is not there any more.
    pub fn reduction_db(&self) -> f64 {
        if self.was_heard && self.compressor.is_bypassed() {
            return f64::NAN;
        }
        let [left, right] = self.compressor.reduction_db();
        left.max(right)
    }
}

/// A gate that is sent snapshots at any sample.
#[derive(Clone, Debug)]
pub struct TimedGate {
    gate: Gate,
    counts: GateSettings,
    wanted: GateSettings,
    was_heard: bool,
}

impl TimedGate {
    pub fn new(sample_rate_hz: f64, settings: &GateSettings) -> Self {
        Self {
            gate: Gate::new(sample_rate_hz, settings),
            counts: *settings,
            wanted: *settings,
            was_heard: false,
        }
    }

    pub fn set(&mut self, wanted: &GateSettings) {
        self.wanted = *wanted;
        self.counts.on = wanted.on;
        self.gate.set(&self.counts);
    }

    pub fn border(&mut self) {
        self.was_heard = false;
        self.counts = self.wanted;
        self.gate.set(&self.counts);
    }

    /// The key is the input itself.
    pub fn process(&mut self, input: [f64; 2]) -> [f64; 2] {
        self.was_heard |= !self.gate.is_bypassed();
        self.gate.process(input, input)
    }

    pub fn forget(&mut self) {
        self.gate.forget();
    }

    /// As the compressor's.
    pub fn reduction_db(&self) -> f64 {
        if self.was_heard && self.gate.is_bypassed() {
            return f64::NAN;
        }
        self.gate.reduction_db()
    }
}
