//! The saved state: a JSON document that a person can read and a text diff can compare.
//!
//! ```json
//! {
//!   "format": 1,
//!   "params": { "bypass": "Off", "ga_balance": "C", "s01_fader": "-6 dB" },
//!   "plugin": "Busbar 8",
//!   "strip_names": ["Kick", "Snare"],
//!   "version": "0.1.0",
//!   "view": null
//! }
//! ```
//!
//! Every parameter is there by id and text, sorted by id. The framework has a form of its own for the same thing; the bus
//! guard stands between it and the host and calls [`encode`] and [`decode`].
//!
//! A document is validated whole before anything of it is used. A parameter that it lacks takes its default, so that an
//! older state sounds as it did. What it has and this plugin does not know (strips of a larger size, parameters and entries
//! of a newer version) is kept and written back.

use crate::Busbar;
use crate::layout::MAX_STRIPS;
use crate::params::spec::{self, Kind, Value};
use crate::params::{Document, Kept};
use nice_plug::plugin::{ParamValue, Plugin, PluginState};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The version of the document's format. It grows when an older Busbar could misread a newer document.
const FORMAT: u64 = 1;

/// The names of the plugin: how a state of something else is told apart. A newer version may have more sizes.
const PLUGIN_NAMES: [&str; 3] = [Busbar::<8>::NAME, Busbar::<16>::NAME, Busbar::<32>::NAME];

/// Entries of the document that this version knows.
const KNOWN_ENTRIES: [&str; 6] = ["format", "params", "plugin", "strip_names", "version", "view"];

/// Why a state was refused. Nothing of it was used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The bytes are no JSON, or JSON of another shape.
    #[error("this is not a Busbar state ({0}); load a state that Busbar saved")]
    NotADocument(String),
    /// The document was saved by another plugin.
    #[error("this state belongs to {0:?}, not to Busbar")]
    OtherPlugin(String),
    /// A parameter's text names none of its values.
    #[error("the state's value for {id} is {text}, which is not understood; a valid one is {example:?}")]
    BadValue {
        /// The parameter.
        id: String,
        /// What stands there.
        text: String,
        /// The text of its default.
        example: String,
    },
    /// An entry beside the parameters has the wrong shape.
    #[error("the state's entry {0:?} is broken: {1}")]
    BadEntry(&'static str, String),
}

/// The framework's own form, as far as it is read here.
#[derive(serde::Deserialize)]
struct FrameworkState {
    /// By id: `{"f32":-6.0}`, `{"bool":true}`, `{"i32":4}`.
    params: BTreeMap<String, Json>,
    fields: BTreeMap<String, String>,
}

/// A parameter by its full id.
struct Known {
    /// `None`: of every size. Otherwise the strip it belongs to, counted from 0.
    strip_idx: Option<usize>,
    kind: Kind,
    short_name: String,
}

/// Every parameter of the largest size by id.
fn known() -> &'static BTreeMap<String, Known> {
    static KNOWN: OnceLock<BTreeMap<String, Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let entries = spec::sections(MAX_STRIPS).flat_map(|section| {
            section.specs.iter().map(move |spec| {
                let short_name = section.short_name(spec);
                (section.id(spec), Known { strip_idx: section.strip_idx, kind: spec.kind, short_name })
            })
        });
        entries.collect()
    })
}

/// The parameters of one size.
fn known_of(n_strips: usize) -> impl Iterator<Item = (&'static String, &'static Known)> {
    known().iter().filter(move |(_, known)| known.strip_idx.is_none_or(|strip_idx| strip_idx < n_strips))
}

/// The short name of a parameter, by the hash of its id that hosts use.
pub fn short_name(param_hash: u32) -> Option<String> {
    static BY_HASH: OnceLock<BTreeMap<u32, &'static str>> = OnceLock::new();
    let by_hash = BY_HASH.get_or_init(|| {
        known().iter().map(|(id, known)| (hash_param_id(id), known.short_name.as_str())).collect()
    });
    by_hash.get(&param_hash).map(|&name| name.to_owned())
}

/// The number by which hosts know a parameter, as the framework computes it: base 31 over the bytes, without the top bit.
pub fn hash_param_id(id: &str) -> u32 {
    id.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

/// Names in the framework's table of fields. Each holds JSON.
mod field {
    pub(super) const STRIP_NAMES: &str = "strip_names";
    pub(super) const VIEW: &str = "view";
    pub(super) const KEPT: &str = "kept";
}

/// What is saved beside parameters, as the framework wants it.
pub(crate) fn document_to_fields(document: &Document) -> BTreeMap<String, String> {
    let json = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "null".to_owned());
    BTreeMap::from([
        (field::STRIP_NAMES.to_owned(), json(serde_json::to_string(&document.strip_names))),
        (field::VIEW.to_owned(), document.view.to_string()),
        (field::KEPT.to_owned(), json(serde_json::to_string(&document.kept))),
    ])
}

/// The reverse of [`document_to_fields`]. What is missing or broken is empty.
pub(crate) fn document_from_fields(fields: &BTreeMap<String, String>) -> Document {
    fn read<T: serde::de::DeserializeOwned + Default>(fields: &BTreeMap<String, String>, name: &str) -> T {
        fields.get(name).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
    Document {
        strip_names: read(fields, field::STRIP_NAMES),
        view: read(fields, field::VIEW),
        kept: read(fields, field::KEPT),
    }
}

/// The framework's state as a document of the plugin named `plugin_name`.
///
/// # Errors
///
/// The framework's state is not what it says it is.
pub fn encode(framework_state: &[u8], plugin_name: &str, n_strips: usize) -> Result<Vec<u8>, StateError> {
    let not_ours = |error: serde_json::Error| StateError::NotADocument(error.to_string());
    let state: FrameworkState = serde_json::from_slice(framework_state).map_err(not_ours)?;
    let Document { strip_names, view, kept } = document_from_fields(&state.fields);

    let mut params: Map<String, Json> = kept.params.into_iter().collect();
    for (id, known) in known_of(n_strips) {
        let default = known.kind.default_value();
        let value = state.params.get(id).map_or(default, |value| from_framework(&known.kind, value));
        // A newer version's value, for which the default stood in here, stands wherever the parameter is at its default.
        if value != default || !params.contains_key(id) {
            params.insert(id.clone(), known.kind.format(value).into());
        }
    }
    let mut entries: Map<String, Json> = kept.entries.into_iter().collect();
    entries.insert("format".into(), kept.format.max(FORMAT).into());
    entries.insert("plugin".into(), plugin_name.into());
    entries.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    entries.insert("params".into(), params.into());
    if !strip_names.is_empty() || !entries.contains_key("strip_names") {
        entries.insert("strip_names".into(), strip_names.into());
    }
    entries.insert("view".into(), view);

    let mut bytes = serde_json::to_vec_pretty(&Json::Object(entries)).map_err(not_ours)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A document as the framework's state for an instance of `n_strips`.
///
/// # Errors
///
/// The document is not one of Busbar's, or something in it is not understood. Nothing has been changed then.
pub fn decode(document: &[u8], n_strips: usize) -> Result<Vec<u8>, StateError> {
    let json =
        serde_json::from_slice(document).map_err(|error| StateError::NotADocument(error.to_string()))?;
    let Json::Object(mut entries) = json else {
        return Err(StateError::NotADocument("no JSON object".to_owned()));
    };
    let format = entries.get("format").and_then(Json::as_u64).filter(|&format| format > 0);
    let Some(format) = format else { return Err(StateError::NotADocument("no format version".to_owned())) };
    match entries.get("plugin").and_then(Json::as_str) {
        Some(name) if PLUGIN_NAMES.contains(&name) => {}
        Some(name) if format > FORMAT && name.starts_with("Busbar ") => {}
        name => return Err(StateError::OtherPlugin(name.unwrap_or("an unnamed plugin").to_owned())),
    }
    let Some(Json::Object(mut given)) = entries.remove("params") else {
        return Err(StateError::BadEntry("params", "it is no table of parameters".to_owned()));
    };

    let mut params = BTreeMap::new();
    let (mut not_understood, mut not_understood_entries) = (BTreeMap::new(), BTreeMap::new());
    for (id, known) in known_of(n_strips) {
        let value = match given.remove(id) {
            None => known.kind.default_value(),
            Some(text) => match text.as_str().and_then(|text| known.kind.parse(text)) {
                Some(value) => value,
                // A newer Busbar may have given a parameter values that this one lacks.
                None if format > FORMAT => {
                    not_understood.insert(id.clone(), text);
                    known.kind.default_value()
                }
                None => {
                    let example = known.kind.format(known.kind.default_value());
                    return Err(StateError::BadValue { id: id.clone(), text: text.to_string(), example });
                }
            },
        };
        params.insert(id.clone(), to_framework(value));
    }

    let names = entries.remove("strip_names").unwrap_or_else(|| Json::Array(Vec::new()));
    let strip_names: Vec<String> = match serde_json::from_value(names.clone()) {
        Ok(strip_names) => strip_names,
        Err(_) if format > FORMAT => {
            not_understood_entries.insert("strip_names".to_owned(), names);
            Vec::new()
        }
        Err(error) => return Err(StateError::BadEntry("strip_names", error.to_string())),
    };
    let view = entries.remove("view").unwrap_or_default();
    entries.retain(|name, _| !KNOWN_ENTRIES.contains(&name.as_str()));
    let kept = Kept {
        format: if format > FORMAT { format } else { 0 },
        params: given.into_iter().chain(not_understood).collect(),
        entries: entries.into_iter().chain(not_understood_entries).collect(),
    };
    let document = Document { strip_names, view, kept };
    let state = PluginState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params,
        fields: document_to_fields(&document),
    };
    // JSON within JSON is one level deeper, and there is a limit: what cannot come back must not go in.
    if document_from_fields(&state.fields) != document {
        return Err(StateError::NotADocument("it is nested too deeply".to_owned()));
    }
    serde_json::to_vec(&state).map_err(|error| StateError::NotADocument(error.to_string()))
}

/// A document of ours with these parameters changed: by the hashes of their ids, in plain values. What is not known is left out.
pub fn amend(document: Vec<u8>, edits: &[(u32, f64)]) -> Vec<u8> {
    let amended = || {
        let mut json: Json = serde_json::from_slice(&document).ok()?;
        let params = json.get_mut("params")?.as_object_mut()?;
        for (hash, plain) in edits {
            let Some((id, known)) = known().iter().find(|(id, _)| hash_param_id(id) == *hash) else {
                continue;
            };
            let value = match known.kind {
                Kind::Number { min, max, .. } => Value::Number((*plain as f32).clamp(min, max)),
                Kind::Switch { .. } => Value::Switch(*plain >= 0.5),
                Kind::Choice { .. } => Value::Choice(plain.round() as usize),
            };
            params.insert(id.clone(), known.kind.format(value).into());
        }
        let mut bytes = serde_json::to_vec_pretty(&json).ok()?;
        bytes.push(b'\n');
        Some(bytes)
    };
    if edits.is_empty() { document } else { amended().unwrap_or(document) }
}

/// Leaves a state alone if every value in it is of its parameter's kind and a number, and empties it otherwise: an empty
/// state changes nothing. The framework calls this for states that reach it on other ways than through the guard.
pub(crate) fn filter(state: &mut PluginState) {
    let broken = state.params.iter().find(|(id, value)| {
        known().get(id.as_str()).is_some_and(|known| match (known.kind, value) {
            (Kind::Number { .. }, ParamValue::F32(number)) => !number.is_finite(),
            (Kind::Choice { names, .. }, ParamValue::I32(idx)) => {
                !usize::try_from(*idx).is_ok_and(|idx| idx < names.len())
            }
            (Kind::Switch { .. }, ParamValue::Bool(_)) => false,
            _ => true,
        })
    });
    if let Some((id, value)) = broken {
        nice_plug::nice_error!("The state is broken at {id} ({value:?}) and was not loaded");
        state.params.clear();
        state.fields.clear();
    }
}

fn to_framework(value: Value) -> ParamValue {
    match value {
        Value::Number(number) => ParamValue::F32(number),
        Value::Switch(on) => ParamValue::Bool(on),
        Value::Choice(idx) => ParamValue::I32(idx as i32),
    }
}

/// The default, where the framework saved what is no value of this kind: it writes `null` for what is no number.
fn from_framework(kind: &Kind, value: &Json) -> Value {
    match kind {
        Kind::Number { .. } => value["f32"].as_f64().map(|number| Value::Number(number as f32)),
        Kind::Switch { .. } => value["bool"].as_bool().map(Value::Switch),
        Kind::Choice { .. } => value["i32"].as_u64().map(|idx| Value::Choice(idx as usize)),
    }
    .unwrap_or_else(|| kind.default_value())
}
