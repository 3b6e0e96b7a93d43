//! One form into another.

use super::document::Document;
use super::{Content, Form, MixFile, MixFileError, preset};
use crate::bundle::Bundle;
use crate::session::{Session, Setting, StripName, relocate};
use std::path::Path;

impl MixFile {
    /// The file's bytes in another form for a file at `to` (none if it has no place), and what that form cannot hold.
    pub fn convert(
        &self,
        bundle: &Bundle,
        form: Form,
        to: Option<&Path>,
    ) -> Result<(Vec<u8>, Vec<String>), MixFileError> {
        let size = self.size()?;
        let (document, mut losses) = self.state(bundle, size)?;
        let bytes = match (form, &self.content) {
            // Comments and all, now that it is known to be sound.
            (Form::Session, Content::Session(_, text)) => match to {
                Some(to) => relocate(text, &self.path, to)?.into_bytes(),
                None => text.clone().into_bytes(),
            },
            (Form::Session, Content::State(..)) => {
                let defaults = Document::of_defaults(bundle, size).map_err(|source| self.at(source))?;
                let (session, loss) = session_of(&document, &defaults, size);
                losses.extend(loss);
                session.to_toml("The settings of a Busbar state", false).into_bytes()
            }
            (Form::State | Form::Preset, content) => {
                if let Content::Session(session, _) = content {
                    losses.extend(not_in_states(session));
                }
                wrap(document.to_bytes(), form, size)
            }
        };
        Ok((bytes, losses))
    }

    /// The form that it has.
    pub fn form(&self) -> Form {
        match &self.content {
            Content::Session(..) => Form::Session,
            Content::State(_, form) => *form,
        }
    }
}

fn wrap(state: Vec<u8>, form: Form, size: usize) -> Vec<u8> {
    if form == Form::Preset { preset::wrap(&state, size) } else { state }
}

/// What a state has no place for.
fn not_in_states(session: &Session) -> Option<String> {
    let mut parts = Vec::new();
    if !session.stems.is_empty() {
        parts.push("its stems");
    }
    if !session.automation.is_empty() {
        parts.push("its automation (the values at the start are)");
    }
    if parts.is_empty() {
        return None;
    }
    Some(format!("{} are not in the state: the session keeps them", parts.join(" and ")))
}

/// The session that sounds as the state does: what is not at its default. A state may keep strips that its size has not; they
/// have no place in a session of that size.
fn session_of(document: &Document, defaults: &Document, size: usize) -> (Session, Option<String>) {
    let setting = |(id, text): (&str, &str)| {
        let default = defaults.param(id)?;
        (default != text).then(|| Setting { id: id.to_owned(), text: text.to_owned(), line: 0 })
    };
    let is_beyond = |(id, _): (&str, &str)| defaults.param(id).is_none();
    let loss = (document.params().any(is_beyond) || document.strip_names().len() > size).then(|| {
        format!(
            "it keeps strips beyond its {size} or settings of a newer version, which are not in the session"
        )
    });
    let names = document.strip_names().into_iter().take(size).enumerate();
    let names = names.filter(|(_, name)| !name.is_empty());
    let session = Session {
        size: Some(size),
        parameters: document.params().filter_map(setting).collect(),
        names: names.map(|(strip_idx, name)| StripName { strip: strip_idx + 1, name, line: 0 }).collect(),
        ..Session::default()
    };
    (session, loss)
}
