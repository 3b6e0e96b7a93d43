//! A `.clap` file: a library that holds one or more plugins.

use crate::error::Error;
use crate::plugin::Plugin;
use clack_host::prelude::PluginEntry;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};

/// One plugin of a bundle, as the bundle announces it before anything is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginDescription {
    /// The id that [`Bundle::instantiate`] takes, such as `org.busbar.busbar-8`.
    pub id: String,
    /// The name for people, such as `Busbar 8`.
    pub name: String,
    /// The plugin's version.
    pub version: String,
}

/// A loaded bundle. It stays loaded as long as it or any plugin from it lives.
pub struct Bundle {
    entry: PluginEntry,
    path: PathBuf,
}

impl Bundle {
    /// Loads a `.clap` file (on macOS: a bundle folder).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let load_error =
            |reason: String| Error::Load { path: path.to_owned(), reason: reason.replace('\n', " ") };
        // Asked here, because the loader's own words for a missing file differ on every system.
        if let Err(error) = path.metadata() {
            return Err(load_error(error.to_string()));
        }
        // The loader looks for a name without a folder in the system's library paths: make it a path.
        let path = path.canonicalize().map_err(|error| load_error(error.to_string()))?;
        // SAFETY: loading a library runs its initialisers, which no host can vouch for. The caller names the
        // file, as a user does who installs a plugin; clack checks what can be checked (the entry symbol, its
        // version and its init) and keeps the library loaded while anything from it is in use.
        let entry = unsafe { PluginEntry::load(&path) }.map_err(|error| load_error(error.to_string()))?;
        Ok(Self { entry, path })
    }

    /// Takes an entry that is already in memory. `path` only appears in messages.
    pub fn from_entry(entry: PluginEntry, path: impl Into<PathBuf>) -> Self {
        Self { entry, path: path.into() }
    }

    /// The file it was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lists the plugins of the bundle in its own order.
    pub fn plugins(&self) -> Vec<PluginDescription> {
        let Some(factory) = self.entry.get_plugin_factory() else {
            return Vec::new();
        };
        let text = |text: Option<&CStr>| text.map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
        factory
            .plugin_descriptors()
            .map(|d| PluginDescription { id: text(d.id()), name: text(d.name()), version: text(d.version()) })
            .collect()
    }

    /// Creates an instance of the plugin with this id.
    pub fn instantiate(&self, id: &str) -> Result<Plugin, Error> {
        let available = self.plugins();
        let known = available.iter().find(|plugin| plugin.id == id).cloned();
        match (known, CString::new(id)) {
            (Some(description), Ok(id)) => Plugin::create(&self.entry, &id, description),
            _ => Err(Error::NoSuchPlugin {
                path: self.path.clone(),
                id: id.to_owned(),
                available: available.into_iter().map(|plugin| plugin.id).collect(),
            }),
        }
    }
}
