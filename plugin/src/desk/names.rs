//! Names of strips, and the view, in the document that is saved with the state.

use crate::params::Document;
use serde_json::{Map, Value as Json};

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 32;

/// A name as it may be kept and shown: one line, not too long, no blanks around it.
fn cleaned(name: &str) -> String {
    let printable: String = name.chars().filter(|char| !char.is_control()).collect();
    let cut: String = printable.trim().chars().take(MAX_NAME_CHARS).collect();
    cut.trim_end().to_owned()
}

/// A strip's name. A state may have come from anywhere, so that it is cleaned here, too.
pub(super) fn name(document: &Document, strip_idx: usize) -> String {
    document.strip_names.get(strip_idx).map(|name| cleaned(name)).unwrap_or_default()
}

/// Names a strip. Returns whether that is another name. Names of strips that only a larger size has stay.
pub(super) fn set_name(document: &mut Document, strip_idx: usize, new: &str) -> bool {
    let new = cleaned(new);
    if name(document, strip_idx) == new {
        return false;
    }
    let names = &mut document.strip_names;
    if names.len() <= strip_idx {
        names.resize(strip_idx + 1, String::new());
    }
    names[strip_idx] = new;
    // A list that ends with nothing is as long as it has to be.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    true
}

/// Sets an entry of the view, or takes it out if the value is null. Returns whether anything is different.
pub(super) fn set_view(document: &mut Document, key: &str, value: Json) -> bool {
    if document.view.get(key).unwrap_or(&Json::Null) == &value {
        return false;
    }
    // Null before the first entry. Nothing else was ever written here by an editor.
    if !document.view.is_object() {
        document.view = Json::Object(Map::new());
    }
    if let Some(entries) = document.view.as_object_mut() {
        match value {
            Json::Null => drop(entries.remove(key)),
            value => drop(entries.insert(key.to_owned(), value)),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_trimmed_cut_and_free_of_control_characters() {
        assert_eq!(cleaned("  Kick\tin \u{7}\n"), "Kickin");
        assert_eq!(cleaned("Bass \u{1f3b8} & Größe"), "Bass \u{1f3b8} & Größe");
        assert_eq!(cleaned(&"ä".repeat(40)), "ä".repeat(32));
        assert_eq!(cleaned(&format!("{} tail", "x".repeat(31))), "x".repeat(31), "no blank at the cut");
        assert_eq!(cleaned(" \n "), "");
    }

    #[test]
    fn a_name_beyond_the_list_makes_it_longer_and_an_empty_one_shorter() {
        let mut document = Document::default();
        assert!(!set_name(&mut document, 2, "  "), "it has no name already");
        assert!(document.strip_names.is_empty());
        assert!(set_name(&mut document, 2, "Snare"));
        assert_eq!(document.strip_names, ["", "", "Snare"]);
        assert!(!set_name(&mut document, 2, " Snare "));
        assert!(set_name(&mut document, 0, "Kick"));
        assert!(set_name(&mut document, 2, ""));
        assert_eq!(document.strip_names, ["Kick"]);
        assert_eq!([0, 1, 99].map(|idx| name(&document, idx)), ["Kick", "", ""]);
    }

    #[test]
    fn an_entry_of_the_view_leaves_the_others_alone() {
        let mut document = Document { view: json!({ "scenes": [1] }), ..Document::default() };
        assert!(set_view(&mut document, "wide", true.into()));
        assert!(!set_view(&mut document, "wide", true.into()));
        assert_eq!(document.view, json!({ "scenes": [1], "wide": true }));
        assert!(set_view(&mut document, "wide", Json::Null));
        assert!(!set_view(&mut document, "wide", Json::Null));
        assert_eq!(document.view, json!({ "scenes": [1] }));
        document.view = Json::Null;
        assert!(set_view(&mut document, "wide", false.into()));
        assert_eq!(document.view, json!({ "wide": false }));
    }
}
