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
mod convert;
mod diff;
mod document;
mod merge;
mod preset;

pub use changes::{Change, ChangesError, parse_changes};
pub use diff::Differences;
pub use document::Document;
pub use preset::class_id;

use crate::audio::StemReader;
use crate::bundle::Bundle;
use crate::error::Error;
use crate::fresh::FreshFile;
use crate::plugin::Plugin;
use crate::render::{RenderError, choose_size, mono_strips};
use crate::session::{Session, SessionError};
use crate::setup::Setup;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Larger than any state or session, smaller than any recording that was named by mistake.
const MAX_BYTES: u64 = 16 << 20;

/// U+FEFF, which some editors put before a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

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
    #[error("{} is there already: choose another name, or replace it with --replace", path.display())]
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
        let bytes = read_bounded(path)
            .map_err(|error| MixFileError::Read { path: path.to_owned(), reason: error.to_string() })?;
        Self::from_bytes(path, bytes)
    }

    /// What these bytes hold; `path` is where they are from.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, MixFileError> {
        let not_settings = |reason: String| MixFileError::NotSettings { path: path.to_owned(), reason };
        let content = if preset::is_preset(&bytes) {
            let state = preset::state(&bytes).map_err(not_settings)?;
            Content::State(Document::parse(state).map_err(not_settings)?, Form::Preset)
        } else {
            let text = String::from_utf8(bytes).map_err(|_| not_settings("it is no text".to_owned()))?;
            // Some editors put a mark of the encoding before the text.
            let plain = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
            if plain.trim_start().starts_with('{') {
                let document = Document::parse(plain.as_bytes()).map_err(not_settings)?;
                Content::State(document, Form::State)
            } else {
                Content::Session(Box::new(Session::parse(plain, path)?), text)
            }
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

    /// An error of the plugin about this file.
    fn at(&self, source: Error) -> MixFileError {
        MixFileError::Plugin { path: self.path.clone(), source }
    }
}

/// Writes a file whole or not at all; one that is there only if it may be replaced.
pub fn write(path: &Path, bytes: &[u8], may_replace: bool) -> Result<(), MixFileError> {
    let fail =
        |error: std::io::Error| MixFileError::Write { path: path.to_owned(), reason: error.to_string() };
    let fresh = FreshFile::create(path).map_err(fail)?;
    if path.exists() && !may_replace {
        return Err(MixFileError::Exists { path: path.to_owned() });
    }
    fresh.file().write_all(bytes).and_then(|()| fresh.sync()).map_err(fail)?;
    fresh.publish().map_err(fail)
}

/// A text file without the mark that some editors put before it, or standard input for `-`.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    let bytes = match path == Path::new("-") {
        true => bounded(std::io::stdin().lock()),
        false => read_bounded(path),
    };
    let text = String::from_utf8(bytes?).map_err(|_| std::io::Error::other("it is not text in UTF-8"))?;
    Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text).to_owned())
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.metadata()?.is_dir() {
        return Err(std::io::Error::other("it is a folder"));
    }
    bounded(File::open(path)?)
}

/// All of it, unless it is a recording, or a device without end.
fn bounded(mut source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(std::io::Error::other("it is too large for settings")),
        false => Ok(bytes),
    }
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
        let stems = if unread == 1 { "stem" } else { "stems" };
        format!("{unread} {stems} cannot be read: whether a strip is mono is not known then, so set its input mode")
    });
    (mono_strips(&readable, &stems), warning)
}
