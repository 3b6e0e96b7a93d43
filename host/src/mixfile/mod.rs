//! Files that hold the settings of a mix, in any of the three forms in which people have them, and what can be done with
//! them without rendering: turn one form into another, compare two, carry changes over.
//!
//! | form | what it is |
//! |---|---|
//! | `.toml` | a [`Session`]: what plays, and the parameters that are not at their default |
//! | `.json` | the plugin's state: every parameter, as hosts store it |
//! | `.vstpreset` | the same state in the VST3 preset file that hosts save and load |
//!
//! What a form is, is told by what is in it, not by its name. The plugin is asked what every text means, so that "-6" and
//! "-6.0 dB" are one.

mod changes;
mod document;
mod preset;

pub use changes::{Change, ChangesError, parse_changes};
pub use document::Document;
pub use preset::class_id;

use crate::audio::StemReader;
use crate::bundle::Bundle;
use crate::error::Error;
use crate::plugin::Plugin;
use crate::render::{RenderError, choose_size, mono_strips};
use crate::session::{Session, SessionError, Setting, StripName, edit};
use crate::setup::Setup;
use std::path::{Path, PathBuf};

/// Larger than any state or session, smaller than any recording that was named by mistake.
const MAX_BYTES: u64 = 16 << 20;

/// The rate at which the times of a session are checked where nothing plays.
const ANY_RATE_HZ: u32 = 48_000;

/// A file that holds the settings of a mix.
#[derive(Clone, Debug)]
pub struct MixFile {
    /// Where it was.
    pub path: PathBuf,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A session, and the text that it was read from.
    Session(Box<Session>, String),
    /// A state of the plugin, in either form.
    State(Document, Form),
}

/// A form in which settings are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `.toml`
    Session,
    /// `.json`
    State,
    /// `.vstpreset`
    Preset,
}

impl Form {
    /// The form that a file's name asks for.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "toml" => Some(Self::Session),
            "json" => Some(Self::State),
            "vstpreset" => Some(Self::Preset),
            _ => None,
        }
    }
}

/// Why a file of settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MixFileError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}; check its path", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {reason}; check the folder, its permissions and the space on the disk", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// There is a file of this name.
    #[error("{} is there already: choose another name, or replace it with --force", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The name tells no form.
    #[error("{} names no form: end its name in .toml (session), .json (state) or .vstpreset", path.display())]
    NoForm {
        /// The file.
        path: PathBuf,
    },
    /// Neither a session nor a state.
    #[error("{} holds no settings of Busbar ({reason}): name a session (.toml), a state (.json) or a .vstpreset", path.display())]
    NotSettings {
        /// The file.
        path: PathBuf,
        /// What is in the way.
        reason: String,
    },
    /// The plugin does not take it.
    #[error("{}: {source}", path.display())]
    Plugin {
        /// The file.
        path: PathBuf,
        /// What the plugin says.
        source: Error,
    },
    /// The session does not hold together.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The session needs more strips than there are.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Changes that cannot be applied.
    #[error(transparent)]
    Changes(#[from] ChangesError),
}

impl MixFile {
    /// Reads a file of any form.
    pub fn read(path: &Path) -> Result<Self, MixFileError> {
        let fail = |reason: String| MixFileError::Read { path: path.to_owned(), reason };
        let metadata = path.metadata().map_err(|error| fail(error.to_string()))?;
        let not_settings = |reason: String| MixFileError::NotSettings { path: path.to_owned(), reason };
        if metadata.is_dir() {
            return Err(fail("it is a folder".to_owned()));
        }
        if metadata.len() > MAX_BYTES {
            return Err(not_settings(format!("it has {} bytes", metadata.len())));
        }
        let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        let content = if preset::is_preset(&bytes) {
            let state = preset::state(&bytes).map_err(not_settings)?;
            Content::State(Document::parse(state).map_err(not_settings)?, Form::Preset)
        } else if bytes.trim_ascii_start().starts_with(b"{") {
            Content::State(Document::parse(&bytes).map_err(not_settings)?, Form::State)
        } else {
            let text = String::from_utf8(bytes).map_err(|_| not_settings("it is no text".to_owned()))?;
            let session = Session::parse(&text, path)?;
            Content::Session(Box::new(session), text)
        };
        Ok(Self { path: path.to_owned(), content })
    }

    /// The number of strips that it was made for.
    pub fn size(&self) -> Result<usize, MixFileError> {
        match &self.content {
            Content::Session(session, _) => Ok(choose_size(session)?),
            Content::State(document, _) => document.size().ok_or_else(|| MixFileError::NotSettings {
                path: self.path.clone(),
                reason: format!("it belongs to {:?}", document.plugin_name()),
            }),
        }
    }

    /// The plugin with these settings, at a size of its own or of the caller's choice, and what was lost on the way.
    pub fn load(&self, bundle: &Bundle, size: usize) -> Result<(Plugin, Vec<String>), MixFileError> {
        let plugin_error = |source| MixFileError::Plugin { path: self.path.clone(), source };
        let mut plugin = bundle.instantiate(&format!("org.busbar.busbar-{size}")).map_err(plugin_error)?;
        let mut losses = Vec::new();
        match &self.content {
            Content::State(document, _) => plugin.load_state(&document.to_bytes()).map_err(plugin_error)?,
            Content::Session(session, _) => {
                let (mono_strips, unread) = readable_mono_strips(session);
                losses.extend(unread);
                let setup = Setup::resolve(&mut plugin, session, &self.path, ANY_RATE_HZ, &mono_strips)?;
                setup.apply(&mut plugin).map_err(plugin_error)?;
                let n_names =
                    (1..=size).rev().find(|strip| session.strip_name(*strip).is_some()).unwrap_or(0);
                if n_names > 0 {
                    let name = |strip| session.strip_name(strip).unwrap_or_default().to_owned();
                    let mut document = Document::of(&mut plugin).map_err(plugin_error)?;
                    document.set_strip_names((1..=n_names).map(name).collect());
                    plugin.load_state(&document.to_bytes()).map_err(plugin_error)?;
                }
            }
        }
        Ok((plugin, losses))
    }

    /// The state that the plugin makes of these settings.
    pub fn state(&self, bundle: &Bundle, size: usize) -> Result<(Document, Vec<String>), MixFileError> {
        let (mut plugin, losses) = self.load(bundle, size)?;
        let document = Document::of(&mut plugin)
            .map_err(|source| MixFileError::Plugin { path: self.path.clone(), source })?;
        Ok((document, losses))
    }

    /// The file's bytes in another form, and what that form cannot hold.
    pub fn convert(&self, bundle: &Bundle, form: Form) -> Result<(Vec<u8>, Vec<String>), MixFileError> {
        let size = self.size()?;
        let (document, mut losses) = self.state(bundle, size)?;
        let bytes = match (form, &self.content) {
            // Comments and all, now that it is known to be sound.
            (Form::Session, Content::Session(_, text)) => text.clone().into_bytes(),
            (Form::Session, Content::State(..)) => {
                let defaults = Document::of_defaults(bundle, size)
                    .map_err(|source| MixFileError::Plugin { path: self.path.clone(), source })?;
                session_of(&document, &defaults, size)
                    .to_toml("The settings of a Busbar state", false)
                    .into_bytes()
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

    /// In which parameters, names and size this file differs from another.
    pub fn diff(&self, other: &Self, bundle: &Bundle) -> Result<Vec<Change>, MixFileError> {
        let (own_size, other_size) = (self.size()?, other.size()?);
        let size = own_size.max(other_size);
        let (own, _) = self.state(bundle, size)?;
        let (other, _) = other.state(bundle, size)?;
        Ok(changes::between(&own, own_size, &other, other_size))
    }

    /// The file's bytes with changes applied, in the form that it has. A comment in a session stays where it is.
    ///
    /// A change whose old value is not what stands here is a conflict, and nothing is applied unless `force`.
    pub fn merge(&self, changes: &[Change], bundle: &Bundle, force: bool) -> Result<Vec<u8>, MixFileError> {
        let new_size = changes::size(changes);
        let size = match new_size {
            // Stems and settings beyond a smaller size would be cut off unseen.
            Some((_, new)) => new.max(self.size()?),
            None => self.size()?,
        };
        let (mut plugin, _) = self.load(bundle, size)?;
        let document = Document::of(&mut plugin)
            .map_err(|source| MixFileError::Plugin { path: self.path.clone(), source })?;
        let applied = changes::apply(&document, &mut plugin, changes, self.size()?, force)?;
        match &self.content {
            Content::Session(_, text) => {
                let size = new_size.map(|_| size);
                Ok(edit(text, &self.path, size, &applied.settings, &applied.names)?.into_bytes())
            }
            Content::State(_, form) => {
                let mut document = document;
                for Setting { id, text, .. } in applied.settings {
                    document.set_param(&id, &text);
                }
                let mut names = document.strip_names();
                for StripName { strip, name, .. } in applied.names {
                    names.resize(names.len().max(strip), String::new());
                    names[strip - 1] = name;
                }
                document.set_strip_names(names);
                Ok(wrap(document.to_bytes(), *form, size))
            }
        }
    }
}

/// Writes a file whole or not at all.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), MixFileError> {
    use std::io::Write as _;
    let fail =
        |error: std::io::Error| MixFileError::Write { path: path.to_owned(), reason: error.to_string() };
    if path.exists() && !force {
        return Err(MixFileError::Exists { path: path.to_owned() });
    }
    if path.is_dir() {
        return Err(fail(std::io::Error::other("it is a folder")));
    }
    let (mut file, temporary) = crate::audio::create_temporary(path).map_err(fail)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    let renamed = written.and_then(|()| std::fs::rename(&temporary, path));
    renamed.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        fail(error)
    })
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

/// The mono strips of a session whose stems may be elsewhere: a stem that cannot be read leaves its strip alone.
fn readable_mono_strips(session: &Session) -> (Vec<usize>, Option<String>) {
    let mut readable = Session::default();
    let (mut stems, mut unread) = (Vec::new(), 0);
    for stem in &session.stems {
        match StemReader::open(&stem.file) {
            Ok(reader) => {
                stems.push(reader);
                readable.stems.push(stem.clone());
            }
            Err(_) => unread += 1,
        }
    }
    let warning = (unread > 0).then(|| {
        format!("{unread} stems cannot be read, so whether they are mono is not known: set their input modes")
    });
    (mono_strips(&readable, &stems), warning)
}

/// The session that sounds as the state does: what is not at its default.
fn session_of(document: &Document, defaults: &Document, size: usize) -> Session {
    let setting = |(id, text): (&str, &str)| {
        let is_default = defaults.param(id) == Some(text);
        (!is_default).then(|| Setting { id: id.to_owned(), text: text.to_owned(), line: 0 })
    };
    let names = document.strip_names().into_iter().enumerate().filter(|(_, name)| !name.is_empty());
    Session {
        size: Some(size),
        parameters: document.params().filter_map(setting).collect(),
        names: names.map(|(strip_idx, name)| StripName { strip: strip_idx + 1, name, line: 0 }).collect(),
        ..Session::default()
    }
}
