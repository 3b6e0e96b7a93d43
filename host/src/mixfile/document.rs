//! The plugin's state as it saves it: a JSON document, read here as far as a host may.
//!
//! Every parameter stands in it by id and text; `docs/ARCHITECTURE.md` has the whole. Entries that are not known here are
//! kept.

use crate::bundle::Bundle;
use crate::error::Error;
use crate::plugin::Plugin;
use serde_json::{Map, Value};

/// A state of the plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    entries: Map<String, Value>,
}

impl Document {
    /// Reads a state, or tells on one line why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let entries = match serde_json::from_slice(bytes) {
            Ok(Value::Object(entries)) => entries,
            Ok(_) => return Err("its JSON is no state".to_owned()),
            Err(error) => return Err(format!("its JSON is broken: {error}")),
        };
        let document = Self { entries };
        if !document.entries.get("params").is_some_and(Value::is_object) {
            return Err("its JSON has no table `params`".to_owned());
        }
        if document.size().is_none() {
            return Err(format!("it is a state of {:?}", document.plugin_name()));
        }
        Ok(document)
    }

    /// The present state of a plugin.
    pub fn of(plugin: &mut Plugin) -> Result<Self, Error> {
        Self::parse(&plugin.save_state()?).map_err(|reason| Error::SaveState { reason })
    }

    /// The state of a fresh instance of this size.
    pub fn of_defaults(bundle: &Bundle, size: usize) -> Result<Self, Error> {
        Self::of(&mut bundle.instantiate(&format!("org.busbar.busbar-{size}"))?)
    }

    /// The document as the plugin writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Maps of texts and numbers always have a JSON.
        let mut bytes = serde_json::to_vec_pretty(&self.entries).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The name of the plugin that saved it, empty if it does not tell.
    pub fn plugin_name(&self) -> &str {
        self.entries.get("plugin").and_then(Value::as_str).unwrap_or_default()
    }

    /// The strips of the plugin that saved it, which its name ends in: `Busbar 16`.
    pub fn size(&self) -> Option<usize> {
        let (_, digits) = self.plugin_name().rsplit_once(' ')?;
        digits.parse().ok().filter(|size| crate::render::SIZES.contains(size))
    }

    /// All parameters by id and text, sorted by id. What is no text is left out.
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        let table = self.entries.get("params").and_then(Value::as_object);
        table.into_iter().flatten().filter_map(|(id, text)| Some((id.as_str(), text.as_str()?)))
    }

    /// The text of a parameter.
    pub fn param(&self, id: &str) -> Option<&str> {
        self.entries.get("params")?.get(id)?.as_str()
    }

    /// Sets the text of a parameter.
    pub fn set_param(&mut self, id: &str, text: &str) {
        if let Some(Value::Object(params)) = self.entries.get_mut("params") {
            params.insert(id.to_owned(), text.into());
        }
    }

    /// The strips' names in their order; empty where a strip has none.
    pub fn strip_names(&self) -> Vec<String> {
        let names = self.entries.get("strip_names").and_then(Value::as_array);
        names.into_iter().flatten().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Sets the strips' names in their order.
    pub fn set_strip_names(&mut self, names: Vec<String>) {
        self.entries.insert("strip_names".to_owned(), names.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str =
        r#"{"format":1,"params":{"a":"1","b":2},"plugin":"Busbar 16","strip_names":["Kick",""],"later":[3]}"#;

    #[test]
    fn a_state_is_read_and_what_is_not_known_is_kept() {
        let mut document = Document::parse(STATE.as_bytes()).expect("a state");
        assert_eq!((document.plugin_name(), document.size()), ("Busbar 16", Some(16)));
        assert_eq!(document.params().collect::<Vec<_>>(), [("a", "1")]);
        assert_eq!(document.strip_names(), ["Kick", ""]);
        document.set_param("a", "4");
        document.set_strip_names(vec!["Snare".to_owned()]);
        let again = Document::parse(&document.to_bytes()).expect("a state");
        assert_eq!((again.param("a"), again.strip_names()), (Some("4"), vec!["Snare".to_owned()]));
        assert_eq!(again.entries["later"], serde_json::json!([3]));
    }

    #[test]
    fn what_is_no_state_is_told() {
        for (text, expected) in [
            ("[]", "its JSON is no state"),
            ("{", "its JSON is broken: EOF"),
            ("{}", "no table `params`"),
            (r#"{"params":{},"plugin":"Tube 3"}"#, "it is a state of \"Tube 3\""),
        ] {
            let error = Document::parse(text.as_bytes()).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
    }
}
