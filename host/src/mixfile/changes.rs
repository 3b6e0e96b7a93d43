//! Differences between two states, one line each, which a person reads and [`super::MixFile::merge`] applies:
//!
//! ```text
//! size  8 -> 16
//! s01_fader  0 dB -> -6 dB
//! s01_name  "Kick" -> "Kick in"
//! ```

use super::document::Document;
use crate::error::Error;
use crate::params::strip_number;
use crate::plugin::Plugin;
use crate::render::SIZES;
use crate::session::{Setting, StripName};
use std::collections::BTreeSet;
use std::fmt;

/// What stands between old and new.
const ARROW: &str = " -> ";

/// How many conflicts are shown.
const MAX_SHOWN: usize = 3;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The number of strips.
    Size {
        /// What it was.
        old: usize,
        /// What it is.
        new: usize,
    },
    /// A parameter's text.
    Param {
        /// The parameter's id.
        id: String,
        /// What it was.
        old: String,
        /// What it is.
        new: String,
    },
    /// A strip's name.
    Name {
        /// The strip's number, from 1.
        strip: usize,
        /// What it was.
        old: String,
        /// What it is.
        new: String,
    },
}

/// Changes that cannot be read or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangesError {
    /// A line that is no change.
    #[error(
        "line {line} of the changes is not understood (`{text}`): write them like `s01_fader  0 dB -> -6 dB`, as diff prints them"
    )]
    Line {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// What is to be changed is not what the changes say it was.
    #[error(
        "{n} of the changes do not fit ({shown}): take changes that were made from this file, or apply them all the same with --force"
    )]
    Conflict {
        /// How many.
        n: usize,
        /// The first of them.
        shown: String,
    },
    /// A name for a strip that is not there.
    #[error(
        "the changes name strip {strip}, and there are {n_strips}: leave that line out, or make the size larger first"
    )]
    NoSuchStrip {
        /// The strip's number.
        strip: usize,
        /// How many strips there are.
        n_strips: usize,
    },
    /// A change that has no effect where it was written.
    #[error(
        "{what} would stay {present}: something else in the file sets it, such as automation from 0 s on; change that by hand"
    )]
    Lost {
        /// What was to be changed.
        what: String,
        /// What it would be.
        present: String,
    },
    /// A change that the plugin does not take.
    #[error("{0}")]
    Plugin(#[from] Error),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { old, new } => write!(f, "size  {old}{ARROW}{new}"),
            Self::Param { id, old, new } => write!(f, "{id}  {old}{ARROW}{new}"),
            Self::Name { strip, old, new } => {
                let quoted = |name: &str| serde_json::Value::from(name).to_string();
                write!(f, "s{strip:02}_name  {}{ARROW}{}", quoted(old), quoted(new))
            }
        }
    }
}

/// Reads changes as [`Change`] prints them. Empty lines and those that begin with `#` are skipped.
pub fn parse_changes(text: &str) -> Result<Vec<Change>, ChangesError> {
    let lines = text.lines().enumerate().map(|(line_idx, line)| (line_idx + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| {
            parse_line(text).ok_or_else(|| ChangesError::Line { line, text: text.chars().take(80).collect() })
        })
        .collect()
}

fn parse_line(text: &str) -> Option<Change> {
    let (id, rest) = text.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    if let Some(strip) = id.strip_prefix('s').and_then(|id| id.strip_suffix("_name")) {
        let strip = strip.parse().ok().filter(|strip| (1..=SIZES[SIZES.len() - 1]).contains(strip))?;
        // A name may hold an arrow, so the first text ends where its quotes do.
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let old = values.next()?.ok()?;
        let new = serde_json::from_str(rest[values.byte_offset()..].strip_prefix(ARROW)?).ok()?;
        return Some(Change::Name { strip, old, new });
    }
    let (old, new) = rest.split_once(ARROW)?;
    let (old, new) = (old.trim().to_owned(), new.trim().to_owned());
    if id == "size" {
        let size = |text: String| text.parse().ok().filter(|size| SIZES.contains(size));
        return Some(Change::Size { old: size(old)?, new: size(new)? });
    }
    (!old.is_empty() && !new.is_empty()).then(|| Change::Param { id: id.to_owned(), old, new })
}

/// The new size, if that changes.
pub(super) fn size(changes: &[Change]) -> Option<usize> {
    changes.iter().find_map(|change| match change {
        Change::Size { new, .. } => Some(*new),
        _ => None,
    })
}

/// How the second differs from the first, as far as the second's strips go: those that a smaller size lacks go with the size.
/// The sizes are those of their files.
pub(super) fn between(old: &Document, old_size: usize, new: &Document, new_size: usize) -> Vec<Change> {
    let mut changes = Vec::new();
    if old_size != new_size {
        changes.push(Change::Size { old: old_size, new: new_size });
    }
    let ids: BTreeSet<&str> = old.params().chain(new.params()).map(|(id, _)| id).collect();
    for id in ids {
        // Both know every parameter of the size; what only one keeps of a larger one is nothing to compare with.
        if let (Some(before), Some(after)) = (old.param(id), new.param(id))
            && before != after
            && strip_number(id).is_none_or(|strip| strip <= new_size)
        {
            changes.push(Change::Param { id: id.to_owned(), old: before.to_owned(), new: after.to_owned() });
        }
    }
    let (old_names, new_names) = (old.strip_names(), new.strip_names());
    for strip in 1..=old_names.len().max(new_names.len()).min(new_size) {
        let name = |names: &[String]| names.get(strip - 1).cloned().unwrap_or_default();
        let (old, new) = (name(&old_names), name(&new_names));
        if old != new {
            changes.push(Change::Name { strip, old, new });
        }
    }
    changes
}

/// What changes make of a state.
pub(super) struct Applied {
    /// By the parameters' own ids, with the plugin's own texts.
    pub settings: Vec<Setting>,
    pub names: Vec<StripName>,
    /// Conflicts that were applied all the same.
    pub overruled: Vec<String>,
}

/// Checks changes against the state that `document` holds, of a file of `size`. The plugin reads the texts.
pub(super) fn apply(
    document: &Document,
    plugin: &mut Plugin,
    changes: &[Change],
    size: usize,
    force: bool,
) -> Result<Applied, ChangesError> {
    let mut applied = Applied { settings: Vec::new(), names: Vec::new(), overruled: Vec::new() };
    let ids = plugin.string_ids();
    let mut conflicts = Vec::new();
    let names = document.strip_names();
    for change in changes {
        match change {
            Change::Size { old, new } => {
                if size != *old && size != *new {
                    conflicts.push(format!("the size is {size}, not {old}"));
                }
            }
            Change::Param { id, old, new } => {
                let param = plugin.find_param(id)?;
                let mut shown = |text: &str| -> Result<String, Error> {
                    let value = plugin.text_to_value(param.id, text)?;
                    plugin.value_to_text(param.id, value)
                };
                let (old, new) = (shown(old)?, shown(new)?);
                let value = plugin.value(param.id)?;
                let present = plugin.value_to_text(param.id, value)?;
                if present != old && present != new {
                    conflicts.push(format!("{id} is {present}, not {old}"));
                }
                let own_id =
                    ids.iter().find(|(_, numeric)| *numeric == param.id).map_or(id, |(own_id, _)| own_id);
                applied.settings.push(Setting { id: own_id.clone(), text: new, line: 0 });
            }
            Change::Name { strip, old, new } => {
                let n_strips = plugin.inputs().len();
                if *strip > n_strips {
                    return Err(ChangesError::NoSuchStrip { strip: *strip, n_strips });
                }
                let present = names.get(strip - 1).map(String::as_str).unwrap_or_default();
                if present != old && present != new {
                    conflicts.push(format!("strip {strip} is called {present:?}, not {old:?}"));
                }
                applied.names.push(StripName { strip: *strip, name: new.clone(), line: 0 });
            }
        }
    }
    if !conflicts.is_empty() && !force {
        let mut shown = conflicts[..conflicts.len().min(MAX_SHOWN)].join("; ");
        if conflicts.len() > MAX_SHOWN {
            shown.push_str("; …");
        }
        return Err(ChangesError::Conflict { n: conflicts.len(), shown });
    }
    applied.overruled = conflicts;
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_survive_their_text() {
        let changes = vec![
            Change::Size { old: 8, new: 16 },
            Change::Param { id: "s01_fader".to_owned(), old: "0 dB".to_owned(), new: "-inf dB".to_owned() },
            Change::Name { strip: 9, old: String::new(), new: "a \"b\" -> \n c".to_owned() },
        ];
        let text: String = changes.iter().map(|change| format!("{change}\n")).collect();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert_eq!(parse_changes(&format!("# from a to b\n\n{text}")).expect("changes"), changes);
    }

    #[test]
    fn what_is_no_change_names_its_line() {
        for text in [
            "hello",
            "s01_fader 0 dB",
            "s01_fader 0 dB ->",
            "size 8 -> 9",
            "s01_name \"a\" -> b",
            "s99_name \"\" -> \"\"",
        ] {
            let error =
                parse_changes(&format!("s01_fader  0 dB -> 1 dB\n{text}\n")).expect_err(text).to_string();
            assert!(error.contains("line 2 of the changes") && error.contains(text), "{error}");
        }
    }
}
