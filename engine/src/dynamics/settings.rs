//! What a person sets: ranges, defaults, and values within them.
//!
//! Everything is in the units a person reads. A value beyond its range counts as the range's end, and NaN as the default.

/// The range of a compressor's threshold, in dB re full scale.
pub const THRESHOLD_RANGE_DB: [f32; 2] = [-60.0, 0.0];

/// The range of ratios, of compressor and gate. Infinity is a ratio too.
pub const RATIO_RANGE: [f32; 2] = [1.0, f32::INFINITY];

/// The range of the knee's width, in dB. Below a thousandth of a dB it counts as hard.
pub const KNEE_RANGE_DB: [f32; 2] = [0.0, 24.0];

/// The range of the attack's time constant, of compressor and gate, in milliseconds.
pub const ATTACK_RANGE_MS: [f32; 2] = [0.05, 200.0];

/// The range of the release's time constant, of compressor and gate, in milliseconds.
pub const RELEASE_RANGE_MS: [f32; 2] = [5.0, 3_000.0];

/// The range of the manual make-up, in dB.
pub const MAKEUP_RANGE_DB: [f32; 2] = [-24.0, 24.0];

/// The range of mix and stereo link, in percent.
pub const PERCENT_RANGE: [f32; 2] = [0.0, 100.0];

/// The range of the key's high-pass, in hertz.
pub const KEY_HIGH_PASS_RANGE_HZ: [f32; 2] = [20.0, 500.0];

/// The range of a gate's threshold, in dB re full scale.
pub const GATE_THRESHOLD_RANGE_DB: [f32; 2] = [-80.0, 0.0];

/// The range of a gate's range: how far it closes, in dB.
pub const GATE_RANGE_RANGE_DB: [f32; 2] = [-80.0, 0.0];

/// The range of a gate's hold, in milliseconds.
pub const HOLD_RANGE_MS: [f32; 2] = [0.0, 2_000.0];

/// The range of a gate's hysteresis, in dB.
pub const HYSTERESIS_RANGE_DB: [f32; 2] = [0.0, 12.0];

/// What a compressor listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detector {
    /// Every sample's magnitude.
    #[default]
    Peak,
    /// The mean power, over a time constant of 10 ms.
    Rms,
}

/// A compressor's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompressorSettings {
    /// Off is the input, bit for bit.
    pub on: bool,
    /// What it listens to.
    pub detector: Detector,
    /// The level above which it reduces.
    pub threshold_db: f32,
    /// Input dB per output dB above the threshold: 1 reduces nothing, infinity lets nothing over.
    pub ratio: f32,
    /// Width of the bend around the threshold, half of it on either side.
    pub knee_db: f32,
    /// Time constant of growing reduction.
    pub attack_ms: f32,
    /// Time constant of shrinking reduction.
    pub release_ms: f32,
    /// Gain of the compressed part.
    pub makeup_db: f32,
    /// Adds half of the reduction at full scale to the make-up.
    pub auto_makeup: bool,
    /// Part of the compressed signal: 100 is nothing else, 0 is the input, bit for bit.
    pub mix_percent: f32,
    /// 100 gives both sides one gain, 0 each its own.
    pub link_percent: f32,
    /// Whether the key goes through its high-pass.
    pub key_high_pass_on: bool,
    /// Corner of the key's high-pass of 12 dB per octave.
    pub key_high_pass_hz: f32,
}

impl CompressorSettings {
    /// A new strip's: off; set for one instrument.
    pub const STRIP: Self = Self {
        on: false,
        detector: Detector::Peak,
        threshold_db: -18.0,
        ratio: 3.0,
        knee_db: 6.0,
        attack_ms: 10.0,
        release_ms: 120.0,
        makeup_db: 0.0,
        auto_makeup: false,
        mix_percent: 100.0,
        link_percent: 100.0,
        key_high_pass_on: false,
        key_high_pass_hz: 100.0,
    };

    /// A new group's: off; gentler and slower, on the mean power.
    pub const GROUP: Self = Self {
        detector: Detector::Rms,
        threshold_db: -18.0,
        ratio: 2.0,
        knee_db: 9.0,
        attack_ms: 20.0,
        release_ms: 150.0,
        ..Self::STRIP
    };

    /// A new master's: off; glue, which lets attacks through and leaves the bass out of its key.
    pub const GLUE: Self = Self {
        detector: Detector::Rms,
        threshold_db: -14.0,
        ratio: 2.0,
        knee_db: 12.0,
        attack_ms: 30.0,
        release_ms: 200.0,
        key_high_pass_hz: 80.0,
        ..Self::STRIP
    };

    /// With every value within its range.
    pub fn clamped(&self) -> Self {
        let default = Self::STRIP;
        Self {
            threshold_db: clamped(self.threshold_db, THRESHOLD_RANGE_DB, default.threshold_db),
            ratio: clamped(self.ratio, RATIO_RANGE, default.ratio),
            knee_db: clamped(self.knee_db, KNEE_RANGE_DB, default.knee_db),
            attack_ms: clamped(self.attack_ms, ATTACK_RANGE_MS, default.attack_ms),
            release_ms: clamped(self.release_ms, RELEASE_RANGE_MS, default.release_ms),
            makeup_db: clamped(self.makeup_db, MAKEUP_RANGE_DB, default.makeup_db),
            mix_percent: clamped(self.mix_percent, PERCENT_RANGE, default.mix_percent),
            link_percent: clamped(self.link_percent, PERCENT_RANGE, default.link_percent),
            key_high_pass_hz: clamped(
                self.key_high_pass_hz,
                KEY_HIGH_PASS_RANGE_HZ,
                default.key_high_pass_hz,
            ),
            ..*self
        }
    }
}

impl Default for CompressorSettings {
    fn default() -> Self {
        Self::STRIP
    }
}

/// A gate's settings. With a small ratio it is an expander.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateSettings {
    /// Off is the input, bit for bit.
    pub on: bool,
    /// The level at which it opens.
    pub threshold_db: f32,
    /// Output dB per input dB below the threshold while it is closed: 1 reduces nothing, infinity everything.
    pub ratio: f32,
    /// The gain below which it does not go.
    pub range_db: f32,
    /// Time constant of opening.
    pub attack_ms: f32,
    /// How long it stays open when its level has fallen.
    pub hold_ms: f32,
    /// Time constant of closing.
    pub release_ms: f32,
    /// How far below the threshold the level must fall to close it.
    pub hysteresis_db: f32,
}

impl GateSettings {
    /// A new strip's: off; closes gently under what is quiet, and stays open over half a period of 10 Hz.
    pub const STRIP: Self = Self {
        on: false,
        threshold_db: -45.0,
        ratio: 4.0,
        range_db: -40.0,
        attack_ms: 1.0,
        hold_ms: 50.0,
        release_ms: 150.0,
        hysteresis_db: 4.0,
    };

    /// With every value within its range.
    pub fn clamped(&self) -> Self {
        let default = Self::STRIP;
        Self {
            on: self.on,
            threshold_db: clamped(self.threshold_db, GATE_THRESHOLD_RANGE_DB, default.threshold_db),
            ratio: clamped(self.ratio, RATIO_RANGE, default.ratio),
            range_db: clamped(self.range_db, GATE_RANGE_RANGE_DB, default.range_db),
            attack_ms: clamped(self.attack_ms, ATTACK_RANGE_MS, default.attack_ms),
            hold_ms: clamped(self.hold_ms, HOLD_RANGE_MS, default.hold_ms),
            release_ms: clamped(self.release_ms, RELEASE_RANGE_MS, default.release_ms),
            hysteresis_db: clamped(self.hysteresis_db, HYSTERESIS_RANGE_DB, default.hysteresis_db),
        }
    }
}

impl Default for GateSettings {
    fn default() -> Self {
        Self::STRIP
    }
}

fn clamped(value: f32, [min, max]: [f32; 2], default: f32) -> f32 {
    if value.is_nan() { default } else { value.clamp(min, max) }
}
