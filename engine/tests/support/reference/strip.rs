//! A channel strip, from its feed to its sends.

use super::TILE;
use super::dynamics::{TimedCompressor, TimedGate};
use super::filters::{Kind, Row, cut_goals, eq_goals};
use super::gains::{MatrixRamp, Ramp, apply, image_matrix, input_matrix, send_gains};
use busbar_engine::{
    FilterSettings, KeySource, N_BANDS, N_DESTINATIONS, Settings, StageOrder, StripSettings,
};

pub struct Strip {
    input: MatrixRamp,
    high_pass: Row<2>,
    low_pass: Row<2>,
    gate: TimedGate,
    eq: Row<N_BANDS>,
    compressor: TimedCompressor,
    image: MatrixRamp,
    sends: [Ramp; N_DESTINATIONS],
    settings: StripSettings,
    /// The order that is heard, and the key that is.
    order: StageOrder,
    key: KeySource,
    /// Silent until the tile ends.
    is_silent: bool,
    /// A non-finite sample came since it was last made.
    pub is_quarantined: bool,
}

impl Strip {
    pub fn new(sample_rate_hz: f64, settings: &Settings, strip_idx: usize) -> Self {
        let strip = settings.strips[strip_idx];
        Self {
            input: MatrixRamp::settled(input_matrix(&strip)),
            high_pass: Row::new(sample_rate_hz),
            low_pass: Row::new(sample_rate_hz),
            gate: TimedGate::new(sample_rate_hz, &strip.gate),
            eq: Row::new(sample_rate_hz),
            compressor: TimedCompressor::new(sample_rate_hz, &strip.compressor),
            image: MatrixRamp::settled(image_matrix(&strip, settings.pan_law)),
            sends: send_gains(settings, strip_idx).map(Ramp::settled),
            settings: strip,
            order: strip.order,
            key: strip.key,
            is_silent: false,
            is_quarantined: false,
        }
    }

    pub fn set(&mut self, settings: &Settings, strip_idx: usize, now: u64, ramp_len: u64) {
        let strip = settings.strips[strip_idx];
        self.input.aim(input_matrix(&strip), now, ramp_len);
        self.image.aim(image_matrix(&strip, settings.pan_law), now, ramp_len);
        for (ramp, target) in self.sends.iter_mut().zip(send_gains(settings, strip_idx)) {
            ramp.aim(target, now, ramp_len);
        }
        self.gate.set(&strip.gate);
        self.compressor.set(&strip.compressor);
        self.settings = strip;
    }

    /// Before the first sample of a tile.
    pub fn border(&mut self) {
        if self.is_silent {
            self.is_silent = false;
            self.forget();
        }
        let settings = &self.settings;
        let [high_pass, low_pass] = [FilterSettings::HIGH_PASS, FilterSettings::LOW_PASS];
        self.high_pass.border(cut_goals(&settings.high_pass, &high_pass, Kind::HighPass));
        self.low_pass.border(cut_goals(&settings.low_pass, &low_pass, Kind::LowPass));
        self.eq.border(eq_goals(&settings.eq));
        self.gate.border();
        self.compressor.border();
        self.key = settings.key;
        if self.order != settings.order && self.compressor.is_bypassed() {
            self.order = settings.order;
            self.compressor.forget();
        }
        self.compressor.hold_off(self.order != settings.order);
    }

    fn forget(&mut self) {
        self.high_pass.forget();
        self.low_pass.forget();
        self.gate.forget();
        self.eq.forget();
        self.compressor.forget();
    }

    /// From the feed to the front tap. Also the feed as bypass plays it.
    pub fn front(&mut self, now: u64, feed: [f32; 2]) -> Front {
        if feed.iter().any(|sample| !sample.is_finite() || sample.abs() >= 1e12) {
            self.is_silent = true;
            self.is_quarantined = true;
        }
        if self.is_silent {
            return Front { raw: [0.0; 2], tap: [0.0; 2] };
        }
        let raw = feed.map(|sample| if sample.is_subnormal() { 0.0 } else { f64::from(sample) });
        let signal = self.high_pass.process(now % TILE, apply(self.input.at(now), raw));
        Front { raw, tap: self.low_pass.process(now % TILE, signal) }
    }

    /// From the front tap to what each destination gets. `fronts` are those of all strips.
    pub fn back(&mut self, now: u64, fronts: &[Front], strip_idx: usize) -> [[f64; 2]; N_DESTINATIONS] {
        let mut signal = self.gate.process(fronts[strip_idx].tap);
        if self.order == StageOrder::EqFirst {
            signal = self.eq.process(now % TILE, signal);
        }
        let key = match self.key {
            KeySource::Strip(key_idx) => fronts.get(key_idx).map_or(signal, |front| front.tap),
            KeySource::Own => signal,
        };
        signal = self.compressor.process(signal, key);
        if self.order == StageOrder::CompressorFirst {
            signal = self.eq.process(now % TILE, signal);
        }
        if self.is_silent {
            signal = [0.0; 2];
        }
        let signal = apply(self.image.at(now), signal);
        self.sends.map(|send| signal.map(|side| send.at(now) * side))
    }

    /// The reductions of gate and compressor after the last frame.
    pub fn reductions_db(&self) -> [f64; 2] {
        [self.gate.reduction_db(), self.compressor.reduction_db()]
    }
}

/// What stands at the front tap, and what came in.
#[derive(Clone, Copy, Debug)]
pub struct Front {
    pub raw: [f64; 2],
    pub tap: [f64; 2],
}
