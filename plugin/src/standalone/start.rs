//! Parameters as the command line wants them: a saved state, and single values on top of it.

use super::args::Options;
use crate::params::BusbarParams;
use crate::params::spec::{self, Kind};
use crate::state::{self, StateError};
use nice_plug::params::InternalParamMut;
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::{ParamPtr, Params};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The number of strips if nobody says another.
pub(super) const DEFAULT_SIZE: usize = 8;

/// The numbers of strips that there are.
pub(super) const SIZES: [usize; 3] = [8, 16, 32];

/// Why the parameters cannot be as they were asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("cannot read the state {path}: {error}; check its path", path = .0.display(), error = .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error("{path}: {error}; `busbar-render convert` makes a state of a session or a preset", path = .0.display(), error = .1)]
    BadState(PathBuf, StateError),
    #[error("Busbar {n_strips} has no parameter `{id}`; busbar-standalone --list shows all")]
    UnknownId { id: String, n_strips: usize },
    #[error("{id} does not understand `{text}`; a text that it does is \"{example}\"")]
    BadText { id: String, text: String, example: String },
    /// What was put together here is not understood: a fault of the program.
    #[error("the settings make no state: {0}")]
    Internal(String),
}

/// An instance's parameters, before there is sound.
pub(super) struct Start {
    params: Arc<BusbarParams>,
}

impl Start {
    /// As the options say; nothing is shared with an audio thread yet.
    pub(super) fn new(options: &Options) -> Result<Self, StartError> {
        let saved = options.state.as_deref().map(read).transpose()?;
        let size = options.size.or_else(|| saved.as_ref().and_then(size_of));
        let n_strips = size.unwrap_or(DEFAULT_SIZE);
        let mut document = saved
            .unwrap_or_else(|| json!({ "format": 1, "plugin": format!("Busbar {n_strips}"), "params": {} }));
        for (id, text) in &options.settings {
            let (id, text) = canonical(n_strips, id, text)?;
            // A state that has no table of parameters is refused below.
            if let Some(params) = document.get_mut("params").and_then(Json::as_object_mut) {
                params.insert(id, text.into());
            }
        }

        let internal = |error: serde_json::Error| StartError::Internal(error.to_string());
        let bytes = serde_json::to_vec(&document).map_err(internal)?;
        let decoded = state::decode(&bytes, n_strips).map_err(|error| match &options.state {
            Some(path) => StartError::BadState(path.clone(), error),
            None => StartError::Internal(error.to_string()),
        })?;
        let decoded: PluginState = serde_json::from_slice(&decoded).map_err(internal)?;
        let params = Arc::new(BusbarParams::new(n_strips));
        load(&params, &decoded);
        Ok(Self { params })
    }

    pub(super) fn n_strips(&self) -> usize {
        self.params.strips.len()
    }

    pub(super) fn params(&self) -> Arc<BusbarParams> {
        Arc::clone(&self.params)
    }
}

/// Every parameter of a size with its default, one a line.
pub(super) fn list(n_strips: usize) -> String {
    let mut list = String::new();
    for section in spec::sections(n_strips) {
        for spec in section.specs {
            let default = spec.kind.format(spec.kind.default_value());
            let _ = writeln!(list, "{:<16} {:<20} {}", section.id(spec), default, section.name(spec));
        }
    }
    list
}

/// A state, as far as it is JSON at all.
fn read(path: &Path) -> Result<Json, StartError> {
    let bytes = std::fs::read(path).map_err(|error| StartError::Unreadable(path.to_owned(), error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| StartError::BadState(path.to_owned(), StateError::NotADocument(error.to_string())))
}

/// The size of the plugin that saved a state.
fn size_of(document: &Json) -> Option<usize> {
    let size = document.get("plugin")?.as_str()?.strip_prefix("Busbar ")?.parse().ok()?;
    SIZES.contains(&size).then_some(size)
}

/// What a person typed, as a state has it: a parameter by id or name in any case, and a text.
fn canonical(n_strips: usize, wanted: &str, text: &str) -> Result<(String, String), StartError> {
    let (id, kind) =
        find(n_strips, wanted).ok_or_else(|| StartError::UnknownId { id: wanted.into(), n_strips })?;
    let value = kind.parse(text).ok_or_else(|| StartError::BadText {
        id: wanted.to_owned(),
        text: text.to_owned(),
        example: kind.format(kind.default_value()),
    })?;
    Ok((id, kind.format(value)))
}

fn find(n_strips: usize, wanted: &str) -> Option<(String, Kind)> {
    spec::sections(n_strips).find_map(|section| {
        let is_wanted = |spec: &&spec::ParamSpec| {
            [section.id(spec), section.name(spec)].iter().any(|word| word.eq_ignore_ascii_case(wanted))
        };
        section.specs.iter().find(is_wanted).map(|spec| (section.id(spec), spec.kind))
    })
}

/// Puts a state's values into parameters, as the framework does it for a plugin.
fn load(params: &Arc<BusbarParams>, state: &PluginState) {
    for (id, pointer, _) in params.param_map() {
        let Some(value) = state.params.get(&id) else { continue };
        // SAFETY: `params` is alive, and the pointers of its map point into it. Each is of the kind that it says.
        unsafe {
            match (pointer, value) {
                (ParamPtr::FloatParam(param), ParamValue::F32(value)) => {
                    (*param)._internal_set_plain_value(*value);
                }
                (ParamPtr::IntParam(param), ParamValue::I32(value)) => {
                    (*param)._internal_set_plain_value(*value);
                }
                (ParamPtr::BoolParam(param), ParamValue::Bool(value)) => {
                    (*param)._internal_set_plain_value(*value);
                }
                // `decode` gives every parameter a value of its own kind.
                _ => {}
            }
        }
    }
    params.deserialize_fields(&state.fields);
}

#[cfg(test)]
mod tests {
    use super::*;
    use busbar_engine::{PanLaw, Settings};

    fn settings(options: &Options) -> Result<Settings, String> {
        let start = Start::new(options).map_err(|error| error.to_string())?;
        let mut settings = Settings::new(start.n_strips());
        assert!(start.params().refresh(&mut settings));
        Ok(settings)
    }

    fn with(settings: &[(&str, &str)]) -> Options {
        let settings = settings.iter().map(|(id, text)| ((*id).into(), (*text).into())).collect();
        Options { settings, ..Options::default() }
    }

    /// A file of the test's own, removed at the end.
    struct File(PathBuf);

    impl File {
        fn new(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("busbar-start-{name}-{}.json", std::process::id()));
            std::fs::write(&path, text).expect("a file");
            Self(path)
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    const STATE: &str = r#"{"format": 1, "plugin": "Busbar 16", "strip_names": ["Kick"],
        "params": {"s16_fader": "-12 dB", "s05_mute": "On", "pan_law": "Linear -6 dB"}}"#;

    #[test]
    fn nothing_said_is_the_defaults() {
        assert_eq!(settings(&Options::default()), Ok(Settings::new(8)));
    }

    #[test]
    fn single_values_are_set_by_text() {
        let set = settings(&with(&[("s05_fader", "-6"), ("S05_M_ON", "off"), ("master mono", "on")]))
            .expect("valid");
        assert_eq!((set.strips[4].fader_db, set.strips[4].sends[0].on, set.master.mono), (-6.0, false, true));
        assert_eq!(set.strips[3], Settings::new(8).strips[3]);
    }

    #[test]
    fn a_state_brings_its_size_and_single_values_win() {
        let file = File::new("wins", STATE);
        let options = Options { state: Some(file.0.clone()), ..with(&[("s05_mute", "off")]) };
        let set = settings(&options).expect("valid");
        assert_eq!(set.strips.len(), 16);
        assert_eq!((set.strips[15].fader_db, set.strips[4].mute), (-12.0, false));
        assert_eq!(set.pan_law, PanLaw::Linear);
        assert_eq!(Start::new(&options).expect("valid").params().document.read().strip_names, ["Kick"]);

        let larger = Options { size: Some(32), ..options };
        assert_eq!(settings(&larger).expect("valid").strips.len(), 32, "what is said goes first");
    }

    #[test]
    fn what_cannot_be_is_told_in_one_line() {
        let missing = Options { state: Some("no-such-state.json".into()), ..Options::default() };
        let (broken, other) =
            (File::new("broken", "{"), File::new("other", r#"{"format": 1, "plugin": "X"}"#));
        let state = |file: &File| Options { state: Some(file.0.clone()), ..with(&[("m_cut", "on")]) };
        for (options, words) in [
            (with(&[("s09_fader", "0")]), "Busbar 8 has no parameter `s09_fader`"),
            (with(&[("s01_pan", "up")]), "s01_pan does not understand `up`"),
            (missing, "no-such-state.json"),
            (state(&broken), "not a Busbar state"),
            (state(&other), "belongs to \"X\""),
        ] {
            let error = settings(&options).expect_err(words);
            assert!(error.contains(words) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn the_list_has_every_parameter() {
        let list = list(8);
        assert_eq!(list.lines().count(), spec::n_params(8));
        assert!(list.lines().any(|line| line.starts_with("s08_d_level ")), "{list}");
    }
}
