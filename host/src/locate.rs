//! Where the built plugin is found: a bundle named by hand, one beside this program, or one that is installed.

use std::env;
use std::path::{Path, PathBuf};

/// The bundle's file name.
pub const BUNDLE_NAME: &str = "Busbar.clap";

/// The environment variable that names the bundle.
pub const BUNDLE_VARIABLE: &str = "BUSBAR_CLAP";

/// No bundle was found anywhere.
#[derive(Debug, thiserror::Error)]
#[error(
    "found no {BUNDLE_NAME} (looked at {}): build it with `cargo xtask bundle busbar --release`, or name it with --plugin",
    looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
)]
pub struct NotFound {
    /// The places, in the order they were tried.
    pub looked_at: Vec<PathBuf>,
}

/// The first that exists of: `$BUSBAR_CLAP`, `bundled/Busbar.clap` in the folder above this program's (cargo's target
/// folder), the folders of `$CLAP_PATH`, and the system's folders for CLAP plugins.
///
/// What `$BUSBAR_CLAP` names is taken at its word, existing or not: silently taking another bundle instead would be worse.
pub fn find_bundle() -> Result<PathBuf, NotFound> {
    if let Some(named) = env::var_os(BUNDLE_VARIABLE).filter(|value| !value.is_empty()) {
        return Ok(named.into());
    }
    let executable = env::current_exe().ok();
    let clap_path = env::var_os("CLAP_PATH").unwrap_or_default();
    let mut looked_at: Vec<PathBuf> = Vec::new();
    looked_at.extend(executable.as_deref().and_then(beside_executable));
    looked_at.extend(
        env::split_paths(&clap_path).filter(|p| !p.as_os_str().is_empty()).map(|p| p.join(BUNDLE_NAME)),
    );
    looked_at.extend(system_folders().into_iter().map(|folder| folder.join(BUNDLE_NAME)));
    match looked_at.iter().find(|path| path.exists()) {
        Some(found) => Ok(found.clone()),
        None => Err(NotFound { looked_at }),
    }
}

/// `target/release/busbar-render` → `target/bundled/Busbar.clap`.
fn beside_executable(executable: &Path) -> Option<PathBuf> {
    Some(executable.parent()?.parent()?.join("bundled").join(BUNDLE_NAME))
}

/// The folders that the CLAP specification names (`clap/entry.h`).
fn system_folders() -> Vec<PathBuf> {
    let folder =
        |variable: &str, rest: &str| env::var_os(variable).map(|base| PathBuf::from(base).join(rest));
    if cfg!(target_os = "windows") {
        [folder("COMMONPROGRAMFILES", "CLAP"), folder("LOCALAPPDATA", "Programs/Common/CLAP")]
            .into_iter()
            .flatten()
            .collect()
    } else if cfg!(target_os = "macos") {
        let home = folder("HOME", "Library/Audio/Plug-Ins/CLAP");
        home.into_iter().chain([PathBuf::from("/Library/Audio/Plug-Ins/CLAP")]).collect()
    } else {
        folder("HOME", ".clap").into_iter().chain([PathBuf::from("/usr/lib/clap")]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_lies_beside_the_folder_of_the_program() {
        let found = beside_executable(Path::new("target/release/busbar-render"));
        assert_eq!(found, Some(PathBuf::from("target/bundled/Busbar.clap")));
    }
}
