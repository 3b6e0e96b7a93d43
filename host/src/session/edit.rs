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
    let no_table = |name: &str| {
        SessionError::new(path, 0, Problem::Syntax(format!("`{name}` is no table: write [{name}]")))
    };
    rewrite(text, path, |document| {
        if let Some(size) = size {
            replace(document.entry("size").or_insert(Item::None), Value::from(size as i64));
        }
        for StripName { strip, name, .. } in names {
            if let Some(stem) = stem_to_name(document, *strip) {
                set(stem, "name", name);
                continue;
            }
            let table = table(document, "names").ok_or_else(|| no_table("names"))?;
            // `s1` and `s01` are one.
            let is_strip =
                |key: &&str| key.strip_prefix('s').and_then(|digits| digits.parse().ok()) == Some(*strip);
            let known = table.iter().map(|(key, _)| key).find(is_strip).map(str::to_owned);
            set(table, &known.unwrap_or_else(|| format!("s{strip:02}")), name);
        }
        if !settings.is_empty() {
            let table = table(document, "parameters").ok_or_else(|| no_table("parameters"))?;
            for Setting { id, text, .. } in settings {
                set(table, id, text);
            }
        }
        Ok(())
    })
}

/// The text after `change`, with the mark of its encoding and the ends of its lines as the person's editor had them.
fn rewrite(
    text: &str,
    path: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), SessionError>,
) -> Result<String, SessionError> {
    let (mark, plain) = match text.strip_prefix('\u{feff}') {
        Some(plain) => ("\u{feff}", plain),
        None => ("", text),
    };
    let mut document: DocumentMut = plain.parse().map_err(|error: toml_edit::TomlError| {
        SessionError::new(path, 0, Problem::Syntax(error.to_string().replace('\n', ", ")))
    })?;
    change(&mut document)?;
    let edited = document.to_string();
    let has_returns = text.contains("\r\n");
    let edited = if has_returns { edited.replace("\r\n", "\n").replace('\n', "\r\n") } else { edited };
    Ok(format!("{mark}{edited}"))
}

/// The text of a session that is moved from one file to another: what is relative to the old folder becomes relative to the
/// new one. Unchanged if it stays in its folder, or if a folder is not there.
pub fn relocate(text: &str, from: &Path, to: &Path) -> Result<String, SessionError> {
    let folder = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder.canonicalize().ok()
    };
    let (Some(old), Some(new)) = (folder(from), folder(to)) else { return Ok(text.to_owned()) };
    if old == new {
        return Ok(text.to_owned());
    }
    rewrite(text, from, |document| {
        for stem in stems(document) {
            let Some(file) = stem.get("file").and_then(Item::as_str).map(Path::new) else { continue };
            if let Some(moved) =
                file.is_relative().then(|| pathdiff::diff_paths(old.join(file), &new)).flatten()
            {
                // Slashes serve on every system.
                set(stem, "file", &moved.to_string_lossy().replace('\\', "/"));
            }
        }
        Ok(())
    })
}

/// The stems, in either of the two ways in which TOML writes a list of tables.
fn stems(document: &mut DocumentMut) -> Vec<&mut dyn TableLike> {
    match document.get_mut("stem") {
        Some(Item::ArrayOfTables(tables)) => {
            tables.iter_mut().map(|table| -> &mut dyn TableLike { table }).collect()
        }
        Some(Item::Value(Value::Array(values))) => values
            .iter_mut()
            .filter_map(|value| -> Option<&mut dyn TableLike> { Some(value.as_inline_table_mut()?) })
            .collect(),
        _ => Vec::new(),
    }
}

/// The stem that names this strip, or else the first of the strip.
fn stem_to_name(document: &mut DocumentMut, strip: usize) -> Option<&mut dyn TableLike> {
    let mut stems = stems(document);
    let of_strip =
        |table: &&mut dyn TableLike| table.get("strip").and_then(Item::as_integer) == Some(strip as i64);
    let has_name = |table: &&mut dyn TableLike| of_strip(table) && table.contains_key("name");
    let stem_idx = stems.iter().position(has_name).or_else(|| stems.iter().position(of_strip))?;
    Some(stems.swap_remove(stem_idx))
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
