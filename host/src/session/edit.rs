//! Changing a session's parameters without touching anything else that a person wrote: comments, order and layout stay.

use super::{Problem, SessionError, Setting, StripName};
use std::path::Path;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value, value};

/// The text of a session with these parameters, names of strips and, if there is one, size: replaced where they stand, added
/// where they do not. `path` is for messages.
pub fn edit(
    text: &str,
    path: &Path,
    size: Option<usize>,
    settings: &[Setting],
    names: &[StripName],
) -> Result<String, SessionError> {
    let syntax = |message: String| SessionError::new(path, 0, Problem::Syntax(message.replace('\n', ", ")));
    let no_table = |name: &str| syntax(format!("`{name}` is no table: write [{name}]"));
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| syntax(e.to_string()))?;
    if let Some(size) = size {
        replace(document.entry("size").or_insert(Item::None), Value::from(size as i64));
    }
    for StripName { strip, name, .. } in names {
        let key = format!("s{strip:02}");
        match stem_to_name(&mut document, *strip) {
            Some(stem) => set(stem, "name", name),
            None => set(table(&mut document, "names").ok_or_else(|| no_table("names"))?, &key, name),
        }
    }
    if !settings.is_empty() {
        let table = table(&mut document, "parameters").ok_or_else(|| no_table("parameters"))?;
        for Setting { id, text, .. } in settings {
            set(table, id, text);
        }
    }
    Ok(document.to_string())
}

/// The stem that names this strip, or else the first of the strip.
fn stem_to_name(document: &mut DocumentMut, strip: usize) -> Option<&mut Table> {
    let stems = document.get_mut("stem")?.as_array_of_tables_mut()?;
    let of_strip = |table: &Table| table.get("strip").and_then(Item::as_integer) == Some(strip as i64);
    let has_name = |table: &Table| of_strip(table) && table.contains_key("name");
    let stem_idx = stems.iter().position(has_name).or_else(|| stems.iter().position(of_strip))?;
    stems.get_mut(stem_idx)
}

/// The table of this name, made where there is none.
fn table<'d>(document: &'d mut DocumentMut, name: &str) -> Option<&'d mut dyn TableLike> {
    document.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()
}

/// Sets a key in whatever case of letters it stands there.
fn set(table: &mut dyn TableLike, wanted: &str, text: &str) {
    let present = table.iter().map(|(key, _)| key).find(|key| key.eq_ignore_ascii_case(wanted));
    let key = present.unwrap_or(wanted).to_owned();
    match table.get_mut(&key) {
        Some(item) => replace(item, Value::from(text)),
        None => drop(table.insert(&key, value(text))),
    }
}

/// The new value in the old one's place, with the comment behind it.
fn replace(item: &mut Item, mut new: Value) {
    if let Some(old) = item.as_value() {
        *new.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, size: Option<usize>, settings: &[(&str, &str)]) -> String {
        let settings: Vec<Setting> = settings
            .iter()
            .map(|(id, text)| Setting { id: (*id).to_owned(), text: (*text).to_owned(), line: 0 })
            .collect();
        edit(text, Path::new("mix.toml"), size, &settings, &[]).expect("a session")
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "\
# My mix
size = 8   # strips

[[stem]]
strip = 1
file = \"a.wav\"   # the first

[parameters]
# loud
S02_fader = 3   # too loud?
m_fader = \"0 dB\"

[[automation]]
parameter = \"m_fader\"
points = []
";
        let expected = "\
# My mix
size = 16   # strips

[[stem]]
strip = 1
file = \"a.wav\"   # the first

[parameters]
# loud
S02_fader = \"-3 dB\"   # too loud?
m_fader = \"0 dB\"
s01_pan = \"L30\"

[[automation]]
parameter = \"m_fader\"
points = []
";
        assert_eq!(set(text, Some(16), &[("s02_fader", "-3 dB"), ("s01_pan", "L30")]), expected);
        assert_eq!(set(text, None, &[]), text);
    }

    #[test]
    fn names_go_where_a_person_would_look_for_them() {
        let name = |strip, name: &str| StripName { strip, name: name.to_owned(), line: 0 };
        let text = "[[stem]]\nstrip = 1\nfile = \"a\"\n\n[[stem]]\nstrip = 1\nname = \"Kick\"   # in\n";
        let names = [name(1, "Bass"), name(9, "Return")];
        let edited = edit(text, Path::new("mix.toml"), None, &[], &names).expect("a session");
        let expected = "[[stem]]\nstrip = 1\nfile = \"a\"\n\n[[stem]]\nstrip = 1\nname = \"Bass\"   # in\n\n[names]\ns09 = \"Return\"\n";
        assert_eq!(edited, expected);
        let text = "[[stem]]\nstrip = 2\nfile = \"a\"\n";
        let edited = edit(text, Path::new("mix.toml"), None, &[], &[name(2, "Bass")]).expect("a session");
        assert_eq!(edited, "[[stem]]\nstrip = 2\nfile = \"a\"\nname = \"Bass\"\n");
    }

    #[test]
    fn a_session_without_parameters_gets_some() {
        assert_eq!(set("size = 8\n", None, &[("m_dim", "On")]), "size = 8\n\n[parameters]\nm_dim = \"On\"\n");
    }
}
