//! Changes applied to a file.
//!
//! What comes out is read again and compared with what was wanted, so that a change never gets lost on its way: not in a
//! session that sets the parameter elsewhere, nor in one that is written otherwise than expected.

use super::changes::{self, Change, ChangesError};
use super::document::Document;
use super::{Content, Form, MixFile, MixFileError};
use crate::bundle::Bundle;
use crate::plugin::Plugin;
use crate::session::{Session, Setting, StripName, edit};

impl MixFile {
    /// The file with changes applied, in the form that it has, and what a person should know. A comment in a session stays
    /// where it is.
    ///
    /// A change whose old value is not what stands here is a conflict, and nothing is applied unless `force`.
    pub fn merge(
        &self,
        changes: &[Change],
        bundle: &Bundle,
        force: bool,
    ) -> Result<(Self, Vec<String>), MixFileError> {
        let old_size = self.size()?;
        let new_size = changes::size(changes);
        let size = new_size.unwrap_or(old_size);
        let (mut plugin, mut warnings) = self.load(bundle, size)?;
        let document = Document::of(&mut plugin).map_err(|source| self.at(source))?;
        let applied = changes::apply(&document, &mut plugin, changes, old_size, force)?;
        warnings.extend(applied.overruled.iter().map(|conflict| format!("overruled: {conflict}")));
        let bytes = match &self.content {
            Content::Session(session, text) => {
                let settings = as_called(session, &mut plugin, &applied.settings);
                edit(text, &self.path, new_size, &settings, &applied.names)?.into_bytes()
            }
            Content::State(..) => {
                let mut document = document;
                for Setting { id, text, .. } in &applied.settings {
                    document.set_param(id, text);
                }
                let mut names = document.strip_names();
                for StripName { strip, name, .. } in &applied.names {
                    names.resize(names.len().max(*strip), String::new());
                    names[strip - 1].clone_from(name);
                }
                document.set_strip_names(names);
                document.to_bytes()
            }
        };
        let mut merged = Self::from_bytes(&self.path, bytes)?;
        if let (Content::State(_, merged_form), Form::Preset) = (&mut merged.content, self.form()) {
            *merged_form = Form::Preset;
        }
        merged.must_hold(&applied.settings, &applied.names, size, bundle)?;
        Ok((merged, warnings))
    }

    /// That the file reads, and holds these settings and names at this size.
    fn must_hold(
        &self,
        settings: &[Setting],
        names: &[StripName],
        size: usize,
        bundle: &Bundle,
    ) -> Result<(), MixFileError> {
        let lost = |what: String, present: String| MixFileError::from(ChangesError::Lost { what, present });
        let own_size = self.size()?;
        if own_size != size {
            return Err(lost("the size".to_owned(), own_size.to_string()));
        }
        let (document, _) = self.state(bundle, size)?;
        for Setting { id, text, .. } in settings {
            let present = document.param(id).unwrap_or_default();
            if present != text {
                return Err(lost(id.clone(), present.to_owned()));
            }
        }
        let present = document.strip_names();
        for StripName { strip, name, .. } in names {
            let present = present.get(strip - 1).map(String::as_str).unwrap_or_default();
            if present != name {
                return Err(lost(format!("the name of strip {strip}"), format!("{present:?}")));
            }
        }
        Ok(())
    }
}

/// The settings by the keys that the session has for them: it may call a parameter by its name.
fn as_called(session: &Session, plugin: &mut Plugin, settings: &[Setting]) -> Vec<Setting> {
    let mut param_id = |id: &str| plugin.find_param(id).map(|param| param.id).ok();
    settings
        .iter()
        .map(|setting| {
            let wanted = param_id(&setting.id);
            let known = session.parameters.iter().find(|known| param_id(&known.id) == wanted);
            Setting { id: known.map_or(&setting.id, |known| &known.id).clone(), ..setting.clone() }
        })
        .collect()
}
