//! Parameters of filters, equalisers, dynamics, saturation and the limiter.

use super::chosen;
use super::factory::Factory;
use super::spec::{self, BAND_IDS};
use super::text::quantize;
use busbar_engine::{
    BandSettings, BandShape, CompressorSettings, EqSettings, FilterSettings, GateSettings, LimiterSettings,
    N_BANDS, SaturationSettings,
};
use nice_plug::prelude::*;

/// A high-pass or low-pass.
pub struct FilterParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// Its corner in Hz.
    pub freq: FloatParam,
    /// How steep it is, an index into [`spec::SLOPES`].
    pub slope: IntParam,
}

impl FilterParams {
    /// Of a section of filters; ids are `hpf_on` and so on.
    pub(super) fn new(factory: &Factory, [on, freq, slope]: [&str; 3]) -> Self {
        Self { on: factory.switch(on), freq: factory.number(freq), slope: factory.choice(slope) }
    }

    pub(super) fn pointers(&self) -> [ParamPtr; 3] {
        [self.on.as_ptr(), self.freq.as_ptr(), self.slope.as_ptr()]
    }

    pub(super) fn read(&self) -> FilterSettings {
        FilterSettings {
            on: self.on.value(),
            frequency_hz: quantize(self.freq.value()),
            slope: chosen(&spec::SLOPE_VALUES, &self.slope),
        }
    }
}

/// A strip's gate.
pub struct GateParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// The level at which it opens, in dB.
    pub threshold: FloatParam,
    /// How fast it closes below that.
    pub ratio: FloatParam,
    /// How far it closes, in dB.
    pub range: FloatParam,
    /// Time constant of opening, in ms.
    pub attack: FloatParam,
    /// How long it stays open, in ms.
    pub hold: FloatParam,
    /// Time constant of closing, in ms.
    pub release: FloatParam,
    /// How far below the threshold it closes, in dB.
    pub hysteresis: FloatParam,
}

impl GateParams {
    pub(super) fn new(factory: &Factory) -> Self {
        Self {
            on: factory.switch("gate_on"),
            threshold: factory.number("gate_threshold"),
            ratio: factory.number("gate_ratio"),
            range: factory.number("gate_range"),
            attack: factory.number("gate_attack"),
            hold: factory.number("gate_hold"),
            release: factory.number("gate_release"),
            hysteresis: factory.number("gate_hysteresis"),
        }
    }

    pub(super) fn pointers(&self) -> [ParamPtr; 8] {
        [
            self.on.as_ptr(),
            self.threshold.as_ptr(),
            self.ratio.as_ptr(),
            self.range.as_ptr(),
            self.attack.as_ptr(),
            self.hold.as_ptr(),
            self.release.as_ptr(),
            self.hysteresis.as_ptr(),
        ]
    }

    pub(super) fn read(&self) -> GateSettings {
        GateSettings {
            on: self.on.value(),
            threshold_db: quantize(self.threshold.value()),
            ratio: read_ratio(&self.ratio),
            range_db: quantize(self.range.value()),
            attack_ms: quantize(self.attack.value()),
            hold_ms: quantize(self.hold.value()),
            release_ms: quantize(self.release.value()),
            hysteresis_db: quantize(self.hysteresis.value()),
        }
    }
}

/// A band of an equaliser.
pub struct BandParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// What it is, an index into the names of its place.
    pub shape: IntParam,
    /// Its frequency in Hz.
    pub freq: FloatParam,
    /// Boost or cut in dB.
    pub gain: FloatParam,
    /// Its Q.
    pub q: FloatParam,
}

impl BandParams {
    fn pointers(&self) -> [ParamPtr; 5] {
        [self.on.as_ptr(), self.shape.as_ptr(), self.freq.as_ptr(), self.gain.as_ptr(), self.q.as_ptr()]
    }
}

/// An equaliser.
pub struct EqParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// The bands, lowest first.
    pub bands: [BandParams; N_BANDS],
}

impl EqParams {
    pub(super) fn new(factory: &Factory) -> Self {
        Self {
            on: factory.switch("eq_on"),
            bands: BAND_IDS.map(|[on, shape, freq, gain, q]| BandParams {
                on: factory.switch(on),
                shape: factory.choice(shape),
                freq: factory.number(freq),
                gain: factory.number(gain),
                q: factory.number(q),
            }),
        }
    }

    pub(super) fn pointers(&self) -> impl Iterator<Item = ParamPtr> + use<> {
        let bands = self.bands.each_ref().map(BandParams::pointers);
        [self.on.as_ptr()].into_iter().chain(bands.into_iter().flatten())
    }

    pub(super) fn read(&self) -> EqSettings {
        const SHAPES: [&[BandShape]; N_BANDS] = [
            &spec::LOW_SHAPE_VALUES,
            &spec::INNER_SHAPE_VALUES,
            &spec::INNER_SHAPE_VALUES,
            &spec::HIGH_SHAPE_VALUES,
        ];
        EqSettings {
            on: self.on.value(),
            bands: std::array::from_fn(|idx| {
                let band = &self.bands[idx];
                BandSettings {
                    on: band.on.value(),
                    shape: chosen(SHAPES[idx], &band.shape),
                    frequency_hz: quantize(band.freq.value()),
                    gain_db: quantize(band.gain.value()),
                    q: quantize(band.q.value()),
                }
            }),
        }
    }
}

/// A compressor.
pub struct CompressorParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// What it takes for the level, an index into [`spec::DETECTORS`].
    pub detector: IntParam,
    /// The level above which it reduces, in dB.
    pub threshold: FloatParam,
    /// How much it reduces.
    pub ratio: FloatParam,
    /// Width of the bend around the threshold, in dB.
    pub knee: FloatParam,
    /// Time constant of growing reduction, in ms.
    pub attack: FloatParam,
    /// Time constant of shrinking reduction, in ms.
    pub release: FloatParam,
    /// Gain of what is compressed, in dB.
    pub makeup: FloatParam,
    /// Adds a make-up of its own.
    pub auto: BoolParam,
    /// Part of what is compressed, in percent.
    pub mix: FloatParam,
    /// How far both sides have one gain, in percent.
    pub link: FloatParam,
    /// Whether the key goes through a high-pass.
    pub key_hpf_on: BoolParam,
    /// The corner of that, in Hz.
    pub key_hpf: FloatParam,
}

impl CompressorParams {
    pub(super) fn new(factory: &Factory) -> Self {
        Self {
            on: factory.switch("comp_on"),
            detector: factory.choice("comp_detector"),
            threshold: factory.number("comp_threshold"),
            ratio: factory.number("comp_ratio"),
            knee: factory.number("comp_knee"),
            attack: factory.number("comp_attack"),
            release: factory.number("comp_release"),
            makeup: factory.number("comp_makeup"),
            auto: factory.switch("comp_auto"),
            mix: factory.number("comp_mix"),
            link: factory.number("comp_link"),
            key_hpf_on: factory.switch("comp_key_hpf_on"),
            key_hpf: factory.number("comp_key_hpf"),
        }
    }

    pub(super) fn pointers(&self) -> [ParamPtr; 13] {
        [
            self.on.as_ptr(),
            self.detector.as_ptr(),
            self.threshold.as_ptr(),
            self.ratio.as_ptr(),
            self.knee.as_ptr(),
            self.attack.as_ptr(),
            self.release.as_ptr(),
            self.makeup.as_ptr(),
            self.auto.as_ptr(),
            self.mix.as_ptr(),
            self.link.as_ptr(),
            self.key_hpf_on.as_ptr(),
            self.key_hpf.as_ptr(),
        ]
    }

    pub(super) fn read(&self) -> CompressorSettings {
        CompressorSettings {
            on: self.on.value(),
            detector: chosen(&spec::DETECTOR_VALUES, &self.detector),
            threshold_db: quantize(self.threshold.value()),
            ratio: read_ratio(&self.ratio),
            knee_db: quantize(self.knee.value()),
            attack_ms: quantize(self.attack.value()),
            release_ms: quantize(self.release.value()),
            makeup_db: quantize(self.makeup.value()),
            auto_makeup: self.auto.value(),
            mix_percent: quantize(self.mix.value()),
            link_percent: quantize(self.link.value()),
            key_high_pass_on: self.key_hpf_on.value(),
            key_high_pass_hz: quantize(self.key_hpf.value()),
        }
    }
}

/// A saturation.
pub struct SaturationParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// What it sounds like, an index into [`spec::SATURATIONS`].
    pub kind: IntParam,
    /// How far it is driven, in dB.
    pub drive: FloatParam,
    /// Part of what is saturated, in percent.
    pub mix: FloatParam,
}

impl SaturationParams {
    pub(super) fn new(factory: &Factory) -> Self {
        Self {
            on: factory.switch("sat_on"),
            kind: factory.choice("sat_kind"),
            drive: factory.number("sat_drive"),
            mix: factory.number("sat_mix"),
        }
    }

    pub(super) fn pointers(&self) -> [ParamPtr; 4] {
        [self.on.as_ptr(), self.kind.as_ptr(), self.drive.as_ptr(), self.mix.as_ptr()]
    }

    pub(super) fn read(&self) -> SaturationSettings {
        SaturationSettings {
            on: self.on.value(),
            kind: chosen(&spec::SATURATION_VALUES, &self.kind),
            drive_db: quantize(self.drive.value()),
            mix_percent: quantize(self.mix.value()),
        }
    }
}

/// The master's limiter.
pub struct LimiterParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// The largest true peak that leaves it, in dB.
    pub ceiling: FloatParam,
    /// Time constant of shrinking reduction, in ms.
    pub release: FloatParam,
    /// How far both sides have one gain, in percent.
    pub link: FloatParam,
    /// How far it looks ahead, an index into [`spec::LOOKAHEADS`].
    pub lookahead: IntParam,
}

impl LimiterParams {
    pub(super) fn new(factory: &Factory) -> Self {
        Self {
            on: factory.switch("limiter_on"),
            ceiling: factory.number("limiter_ceiling"),
            release: factory.number("limiter_release"),
            link: factory.number("limiter_link"),
            lookahead: factory.choice("limiter_lookahead"),
        }
    }

    pub(super) fn pointers(&self) -> [ParamPtr; 5] {
        [
            self.on.as_ptr(),
            self.ceiling.as_ptr(),
            self.release.as_ptr(),
            self.link.as_ptr(),
            self.lookahead.as_ptr(),
        ]
    }

    pub(super) fn read(&self) -> LimiterSettings {
        LimiterSettings {
            on: self.on.value(),
            ceiling_db: quantize(self.ceiling.value()),
            release_ms: quantize(self.release.value()),
            link_percent: quantize(self.link.value()),
            lookahead: chosen(&spec::LOOKAHEAD_VALUES, &self.lookahead),
        }
    }
}

/// The upper end of the scale stands for infinity.
fn read_ratio(param: &FloatParam) -> f32 {
    let ratio = quantize(param.value());
    if ratio >= spec::INFINITE_RATIO { f32::INFINITY } else { ratio }
}
