//! Parameters of strips, groups and the master.

use super::dirty::{Dirty, Part};
use super::factory::Factory;
use super::spec::{self, Section};
use super::stages::*;
use super::{chosen, text};
use busbar_engine::{GroupSettings, MasterSettings, N_DESTINATIONS, SendSettings, StripSettings};
use nice_plug::prelude::*;
use std::sync::Arc;

/// A path out of a strip.
pub struct SendParams {
    /// Whether it is switched on.
    pub on: BoolParam,
    /// Its level in dB.
    pub level: FloatParam,
    /// Before the fader instead of after it.
    pub pre: BoolParam,
}

impl SendParams {
    fn new(factory: &Factory) -> Self {
        Self { on: factory.switch("on"), level: factory.number("level"), pre: factory.switch("pre") }
    }

    fn pointers(&self) -> [ParamPtr; 3] {
        [self.on.as_ptr(), self.level.as_ptr(), self.pre.as_ptr()]
    }

    fn read(&self) -> SendSettings {
        SendSettings {
            on: self.on.value(),
            level_db: text::quantize(self.level.value()),
            pre_fader: self.pre.value(),
        }
    }
}

/// A strip.
pub struct StripParams {
    /// Fader in dB.
    pub fader: FloatParam,
    /// Pan, or balance in the stereo input modes, in percent.
    pub pan: FloatParam,
    /// Silences everything that leaves the strip.
    pub mute: BoolParam,
    /// Solo in place.
    pub solo: BoolParam,
    /// Never silenced by somebody else's solo.
    pub safe: BoolParam,
    /// Input gain in dB.
    pub trim: FloatParam,
    /// Inverts both channels.
    pub polarity: BoolParam,
    /// Stereo width in percent.
    pub width: FloatParam,
    /// What is taken from the feed, an index into [`spec::INPUT_MODES`].
    pub mode: IntParam,
    /// The high-pass.
    pub hpf: FilterParams,
    /// The low-pass.
    pub lpf: FilterParams,
    /// The gate.
    pub gate: GateParams,
    /// The equaliser.
    pub eq: EqParams,
    /// The compressor.
    pub comp: CompressorParams,
    /// What the compressor listens to, an index into [`spec::KEYS`].
    pub comp_key: IntParam,
    /// Whether equaliser or compressor comes first, an index into [`spec::ORDERS`].
    pub order: IntParam,
    /// The saturation.
    pub sat: SaturationParams,
    /// To the master and groups A–D.
    pub sends: [SendParams; N_DESTINATIONS],
}

impl StripParams {
    pub(super) fn new(strip_idx: usize, dirty: &Arc<Dirty>) -> Self {
        let factory = |section| Factory::new(section, Part::Strip(strip_idx), dirty);
        let own = factory(Section::strip(strip_idx));
        let filters = factory(Section::filters(strip_idx));
        let key = factory(Section::strip_key(strip_idx));
        Self {
            fader: own.number("fader"),
            pan: own.number("pan"),
            mute: own.switch("mute"),
            solo: own.switch("solo"),
            safe: own.switch("safe"),
            trim: own.number("trim"),
            polarity: own.switch("polarity"),
            width: own.number("width"),
            mode: own.choice("mode"),
            hpf: FilterParams::new(&filters, ["hpf_on", "hpf_freq", "hpf_slope"]),
            lpf: FilterParams::new(&filters, ["lpf_on", "lpf_freq", "lpf_slope"]),
            gate: GateParams::new(&factory(Section::gate(strip_idx))),
            eq: EqParams::new(&factory(Section::strip_eq(strip_idx))),
            comp: CompressorParams::new(&factory(Section::strip_compressor(strip_idx))),
            comp_key: key.choice("comp_key"),
            order: key.choice("order"),
            sat: SaturationParams::new(&factory(Section::strip_saturation(strip_idx))),
            sends: std::array::from_fn(|idx| SendParams::new(&factory(Section::send(strip_idx, idx)))),
        }
    }

    pub(super) fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
        let own = [
            self.fader.as_ptr(),
            self.pan.as_ptr(),
            self.mute.as_ptr(),
            self.solo.as_ptr(),
            self.safe.as_ptr(),
            self.trim.as_ptr(),
            self.polarity.as_ptr(),
            self.width.as_ptr(),
            self.mode.as_ptr(),
        ];
        own.into_iter()
            .chain(self.hpf.pointers())
            .chain(self.lpf.pointers())
            .chain(self.gate.pointers())
            .chain(self.eq.pointers())
            .chain(self.comp.pointers())
            .chain([self.comp_key.as_ptr(), self.order.as_ptr()])
            .chain(self.sat.pointers())
            .chain(self.sends.iter().flat_map(SendParams::pointers))
    }

    pub(super) fn read(&self) -> StripSettings {
        StripSettings {
            input_mode: chosen(&spec::INPUT_MODE_VALUES, &self.mode),
            trim_db: text::quantize(self.trim.value()),
            invert_polarity: self.polarity.value(),
            high_pass: self.hpf.read(),
            low_pass: self.lpf.read(),
            gate: self.gate.read(),
            eq: self.eq.read(),
            compressor: self.comp.read(),
            key: chosen(&spec::KEY_VALUES, &self.comp_key),
            order: chosen(&spec::ORDER_VALUES, &self.order),
            saturation: self.sat.read(),
            width_percent: text::quantize(self.width.value()),
            pan_percent: text::quantize(self.pan.value()),
            fader_db: text::quantize(self.fader.value()),
            mute: self.mute.value(),
            solo: self.solo.value(),
            solo_safe: self.safe.value(),
            sends: std::array::from_fn(|idx| self.sends[idx].read()),
        }
    }
}

/// A group.
pub struct GroupParams {
    /// Fader in dB.
    pub fader: FloatParam,
    /// Balance in percent.
    pub balance: FloatParam,
    /// Silences the group.
    pub mute: BoolParam,
    /// Solos the group's feeders, into this group only.
    pub solo: BoolParam,
    /// Feeds the master, not only its own output.
    pub to_master: BoolParam,
    /// The equaliser.
    pub eq: EqParams,
    /// The compressor.
    pub comp: CompressorParams,
    /// The saturation.
    pub sat: SaturationParams,
}

impl GroupParams {
    pub(super) fn new(group_idx: usize, dirty: &Arc<Dirty>) -> Self {
        let of = |section| Factory::new(section, Part::Group(group_idx), dirty);
        let factory = of(Section::group(group_idx));
        Self {
            fader: factory.number("fader"),
            balance: factory.number("balance"),
            mute: factory.switch("mute"),
            solo: factory.switch("solo"),
            to_master: factory.switch("to_master"),
            eq: EqParams::new(&of(Section::group_eq(group_idx))),
            comp: CompressorParams::new(&of(Section::group_compressor(group_idx))),
            sat: SaturationParams::new(&of(Section::group_saturation(group_idx))),
        }
    }

    pub(super) fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
        let own = [
            self.fader.as_ptr(),
            self.balance.as_ptr(),
            self.mute.as_ptr(),
            self.solo.as_ptr(),
            self.to_master.as_ptr(),
        ];
        own.into_iter().chain(self.eq.pointers()).chain(self.comp.pointers()).chain(self.sat.pointers())
    }

    pub(super) fn read(&self) -> GroupSettings {
        GroupSettings {
            eq: self.eq.read(),
            compressor: self.comp.read(),
            saturation: self.sat.read(),
            balance_percent: text::quantize(self.balance.value()),
            fader_db: text::quantize(self.fader.value()),
            mute: self.mute.value(),
            solo: self.solo.value(),
            to_master: self.to_master.value(),
        }
    }
}

/// The master.
pub struct MasterParams {
    /// Fader in dB.
    pub fader: FloatParam,
    /// Balance in percent.
    pub balance: FloatParam,
    /// The mean of both channels on both sides.
    pub mono: BoolParam,
    /// Turns down by [`Self::dim_level`].
    pub dim: BoolParam,
    /// How far *dim* turns down, in dB.
    pub dim_level: FloatParam,
    /// Silences the master output.
    pub cut: BoolParam,
    /// Console summing.
    pub console: BoolParam,
    /// The equaliser.
    pub eq: EqParams,
    /// The glue compressor.
    pub comp: CompressorParams,
    /// The limiter.
    pub limiter: LimiterParams,
}

impl MasterParams {
    pub(super) fn new(dirty: &Arc<Dirty>) -> Self {
        let of = |section| Factory::new(section, Part::Master, dirty);
        let factory = of(Section::master());
        Self {
            fader: factory.number("fader"),
            balance: factory.number("balance"),
            mono: factory.switch("mono"),
            dim: factory.switch("dim"),
            dim_level: factory.number("dim_level"),
            cut: factory.switch("cut"),
            console: factory.switch("console"),
            eq: EqParams::new(&of(Section::master_eq())),
            comp: CompressorParams::new(&of(Section::master_compressor())),
            limiter: LimiterParams::new(&of(Section::limiter())),
        }
    }

    pub(super) fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
        let own = [
            self.fader.as_ptr(),
            self.balance.as_ptr(),
            self.mono.as_ptr(),
            self.dim.as_ptr(),
            self.dim_level.as_ptr(),
            self.cut.as_ptr(),
            self.console.as_ptr(),
        ];
        own.into_iter().chain(self.eq.pointers()).chain(self.comp.pointers()).chain(self.limiter.pointers())
    }

    pub(super) fn read(&self) -> MasterSettings {
        MasterSettings {
            console: self.console.value(),
            eq: self.eq.read(),
            compressor: self.comp.read(),
            balance_percent: text::quantize(self.balance.value()),
            fader_db: text::quantize(self.fader.value()),
            limiter: self.limiter.read(),
            mono: self.mono.value(),
            dim: self.dim.value(),
            dim_db: text::quantize(self.dim_level.value()),
            cut: self.cut.value(),
        }
    }
}
