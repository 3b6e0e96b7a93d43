//! Parameters: atomics that the host, the editor and the audio thread share.
//!
//! ```text
//! host automation → nice-plug's atomics → Settings (plain values) → Engine::set → ramps
//! ```
//!
//! Nothing here smooths: the engine ramps the gains it derives, and it alone (`docs/adr/0003-who-smooths.md`).

mod channels;
mod dirty;
mod factory;
pub mod spec;
mod stages;
pub mod text;
mod view_window;

use busbar_engine::{Ballistics, MeterSettings, N_GROUPS, Settings};
pub use channels::*;
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
    /// The rate at which the engine runs, an index into [`spec::ENGINE_RATES`].
    pub engine_rate: IntParam,
    /// How that rate is reached, an index into [`spec::RESAMPLINGS`].
    pub resampling: IntParam,
    /// How often the sound is oversampled where it is coloured, an index into [`spec::COLOUR_QUALITIES`].
    pub colour_quality: IntParam,
    /// What the meters' needles follow, an index into [`spec::BALLISTICS`].
    pub meter_ballistics: IntParam,
    /// Loudness and the largest true peak begin anew when the host's transport starts.
    pub meter_restart: BoolParam,
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
            engine_rate: global.choice("engine_rate"),
            resampling: global.choice("resampling"),
            colour_quality: global.choice("colour_quality"),
            meter_ballistics: global.choice("meter_ballistics"),
            meter_restart: global.switch("meter_restart"),
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

    /// What the meters' needles follow.
    pub fn ballistics(&self) -> Ballistics {
        chosen(&spec::BALLISTICS_VALUES, &self.meter_ballistics)
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
            settings.engine_rate = chosen(&spec::ENGINE_RATE_VALUES, &self.engine_rate);
            settings.resampling = chosen(&spec::RESAMPLING_VALUES, &self.resampling);
            settings.colour_quality = chosen(&spec::COLOUR_QUALITY_VALUES, &self.colour_quality);
            settings.meters = MeterSettings {
                loudness: true,
                ballistics: self.ballistics(),
                restart_with_transport: self.meter_restart.value(),
            };
        }
        true
    }
}

// SAFETY: every pointer points into `self`. The framework keeps the `Arc<BusbarParams>` it got from `Plugin::params` for as
// long as it uses them, and nothing in here moves: the strips are boxed once and no field is ever replaced.
unsafe impl Params for BusbarParams {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let global = [
            self.bypass.as_ptr(),
            self.pan_law.as_ptr(),
            self.engine_rate.as_ptr(),
            self.resampling.as_ptr(),
            self.colour_quality.as_ptr(),
            self.meter_ballistics.as_ptr(),
            self.meter_restart.as_ptr(),
        ];
        let pointers = global
            .into_iter()
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
