//! Parameters: atomics that the host, the editor and the audio thread share.
//!
//! ```text
//! host automation → nice-plug's atomics → Settings (plain values) → Engine::set → ramps
//! ```
//!
//! Nothing here smooths: the engine ramps the gains it derives, and it alone (`docs/adr/0003-who-smooths.md`).

mod dirty;
mod factory;
pub mod spec;
mod stages;
pub mod text;
mod view_window;

use busbar_engine::{
    GroupSettings, MasterSettings, N_DESTINATIONS, N_GROUPS, SendSettings, Settings, StripSettings,
};
use dirty::{Dirty, Part};
use factory::Factory;
use nice_plug::prelude::*;
use nice_plug_vizia::ViziaState;
use parking_lot::RwLock;
use serde_json::Value as Json;
use spec::Section;
pub use stages::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the name that a choice shows stands for.
fn chosen<T: Copy + Default>(values: &[T], param: &IntParam) -> T {
    usize::try_from(param.value()).ok().and_then(|idx| values.get(idx)).copied().unwrap_or_default()
}

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
    /// To the master and groups A–D.
    pub sends: [SendParams; N_DESTINATIONS],
}

impl StripParams {
    fn new(strip_idx: usize, dirty: &Arc<Dirty>) -> Self {
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
            sends: std::array::from_fn(|idx| SendParams::new(&factory(Section::send(strip_idx, idx)))),
        }
    }

    fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
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
            .chain(self.sends.iter().flat_map(SendParams::pointers))
    }

    fn read(&self) -> StripSettings {
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
}

impl GroupParams {
    fn new(group_idx: usize, dirty: &Arc<Dirty>) -> Self {
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
        }
    }

    fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
        let own = [
            self.fader.as_ptr(),
            self.balance.as_ptr(),
            self.mute.as_ptr(),
            self.solo.as_ptr(),
            self.to_master.as_ptr(),
        ];
        own.into_iter().chain(self.eq.pointers()).chain(self.comp.pointers())
    }

    fn read(&self) -> GroupSettings {
        GroupSettings {
            eq: self.eq.read(),
            compressor: self.comp.read(),
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
    /// The equaliser.
    pub eq: EqParams,
    /// The glue compressor.
    pub comp: CompressorParams,
    /// The limiter.
    pub limiter: LimiterParams,
}

impl MasterParams {
    fn new(dirty: &Arc<Dirty>) -> Self {
        let of = |section| Factory::new(section, Part::Master, dirty);
        let factory = of(Section::master());
        Self {
            fader: factory.number("fader"),
            balance: factory.number("balance"),
            mono: factory.switch("mono"),
            dim: factory.switch("dim"),
            dim_level: factory.number("dim_level"),
            cut: factory.switch("cut"),
            eq: EqParams::new(&of(Section::master_eq())),
            comp: CompressorParams::new(&of(Section::master_compressor())),
            limiter: LimiterParams::new(&of(Section::limiter())),
        }
    }

    fn pointers(&self) -> impl Iterator<Item = ParamPtr> {
        let own = [
            self.fader.as_ptr(),
            self.balance.as_ptr(),
            self.mono.as_ptr(),
            self.dim.as_ptr(),
            self.dim_level.as_ptr(),
            self.cut.as_ptr(),
        ];
        own.into_iter().chain(self.eq.pointers()).chain(self.comp.pointers()).chain(self.limiter.pointers())
    }

    fn read(&self) -> MasterSettings {
        MasterSettings {
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

/// What a state holds beside parameters. Not for the audio thread: it is behind a lock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Names of the strips, as far as a person gave any.
    pub strip_names: Vec<String>,
    /// How the editor looked, for the editor to understand.
    pub view: Json,
    /// Entries of states from other sizes and newer versions, which are written back as they came.
    pub kept: Kept,
}

/// What a state held that this plugin does not know.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// The version of the document's format if it was newer than ours, else 0.
    #[serde(default)]
    pub format: u64,
    /// Parameters by id, and values that are not understood of parameters that are.
    #[serde(default)]
    pub params: BTreeMap<String, Json>,
    /// Other entries of the document by name.
    #[serde(default)]
    pub entries: BTreeMap<String, Json>,
}

/// Every parameter of an instance.
pub struct BusbarParams {
    /// The host's bypass.
    pub bypass: BoolParam,
    /// The instance's pan law, an index into [`spec::PAN_LAWS`].
    pub pan_law: IntParam,
    /// The master.
    pub master: MasterParams,
    /// Groups A–D.
    pub groups: [GroupParams; N_GROUPS],
    /// The strips, in the order of the inputs.
    pub strips: Box<[StripParams]>,
    /// What changed since the audio thread last looked.
    dirty: Arc<Dirty>,
    /// What a state holds beside parameters.
    pub document: RwLock<Document>,
    /// Size and zoom of the editor, saved with the view.
    pub window: Arc<ViziaState>,
    /// How often a state was loaded.
    n_loads: AtomicU64,
}

impl BusbarParams {
    /// Parameters at their defaults.
    pub fn new(n_strips: usize) -> Self {
        let dirty = Arc::new(Dirty::default());
        let global = Factory::new(Section::global(), Part::Master, &dirty);
        Self {
            bypass: global.switch("bypass").make_bypass(),
            pan_law: global.choice("pan_law"),
            master: MasterParams::new(&dirty),
            groups: std::array::from_fn(|group_idx| GroupParams::new(group_idx, &dirty)),
            strips: (0..n_strips).map(|strip_idx| StripParams::new(strip_idx, &dirty)).collect(),
            dirty,
            document: RwLock::default(),
            window: ViziaState::new(crate::editor::SIZE, crate::editor::MIN_SIZE),
            n_loads: AtomicU64::new(0),
        }
    }

    /// How often a state has replaced the document.
    pub fn n_loads(&self) -> u64 {
        self.n_loads.load(Ordering::Acquire)
    }

    /// Brings a snapshot up to date with what changed. Returns whether anything did. Realtime-safe.
    pub fn refresh(&self, settings: &mut Settings) -> bool {
        let changes = self.dirty.take();
        if changes.is_empty() {
            return false;
        }
        for (strip_idx, (params, strip)) in self.strips.iter().zip(&mut settings.strips).enumerate() {
            if changes.contains(Part::Strip(strip_idx)) {
                *strip = params.read();
            }
        }
        for (group_idx, (params, group)) in self.groups.iter().zip(&mut settings.groups).enumerate() {
            if changes.contains(Part::Group(group_idx)) {
                *group = params.read();
            }
        }
        if changes.contains(Part::Master) {
            settings.master = self.master.read();
            settings.bypass = self.bypass.value();
            settings.pan_law = chosen(&spec::PAN_LAW_VALUES, &self.pan_law);
        }
        true
    }
}

// SAFETY: every pointer points into `self`. The framework keeps the `Arc<BusbarParams>` it got from `Plugin::params` for as
// long as it uses them, and nothing in here moves: the strips are boxed once and no field is ever replaced.
unsafe impl Params for BusbarParams {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let global = [self.bypass.as_ptr(), self.pan_law.as_ptr()].into_iter();
        let pointers = global
            .chain(self.master.pointers())
            .chain(self.groups.iter().flat_map(GroupParams::pointers))
            .chain(self.strips.iter().flat_map(StripParams::pointers));
        let sections: Vec<Section> = spec::sections(self.strips.len()).collect();
        let names = sections.iter().flat_map(|section| section.specs.iter().map(move |spec| (section, spec)));
        names
            .zip(pointers)
            .map(|((section, spec), pointer)| (section.id(spec), pointer, section.group.clone()))
            .collect()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        let mut document = self.document.read().clone();
        view_window::write(&mut document.view, &self.window);
        crate::state::document_to_fields(&document)
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        // A state that the filter has emptied changes nothing.
        if !fields.is_empty() {
            let document = crate::state::document_from_fields(fields);
            view_window::read(&document.view, &self.window);
            *self.document.write() = document;
            self.n_loads.fetch_add(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_instance_has_the_defaults_of_the_engine() {
        let mut settings = Settings::new(8);
        settings.strips[3].fader_db = 5.0;
        assert!(BusbarParams::new(8).refresh(&mut settings));
        assert_eq!(settings, Settings::new(8));
    }

    #[test]
    fn every_pointer_has_the_name_of_its_id() {
        let params = BusbarParams::new(8);
        let map = params.param_map();
        assert_eq!(map.len(), spec::n_params(8));
        let sections: Vec<Section> = spec::sections(8).collect();
        let specs = sections.iter().flat_map(|section| section.specs.iter().map(move |spec| (section, spec)));
        for ((id, pointer, _), (section, spec)) in map.iter().zip(specs) {
            // SAFETY: `params` is alive, and so are the parameters that the pointers point to.
            let name = unsafe { pointer.name() };
            assert_eq!(name, section.name(spec), "{id}");
            assert_eq!(*id, section.id(spec));
        }
    }
}
