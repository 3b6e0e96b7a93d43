//! `cargo xtask install [--release | --profile NAME] [--uninstall]`: the plugin where this user's hosts look for it.
//!
//! A host may have the old copy loaded. So a library is never written into: the new one is laid out beside the old, which is
//! then moved aside and deleted. A running host keeps what it has mapped, and takes the new one at its next start or scan.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::bundle;

/// What is installed, and the folder's name for it on each system.
struct Kind {
    bundle: &'static str,
    linux: &'static str,
    elsewhere: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind { bundle: "Busbar.clap", linux: ".clap", elsewhere: "CLAP" },
    Kind { bundle: "Busbar.vst3", linux: ".vst3", elsewhere: "VST3" },
];

pub fn verb(args: &[String]) -> Result<()> {
    let request = parse(args)?;
    let home = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    // All are known before anything is built or touched.
    let folders = KINDS.iter().map(|kind| folder(kind, env::consts::OS, home)).collect::<Result<Vec<_>>>()?;
    match request {
        Request::Uninstall => {
            for (kind, folder) in KINDS.iter().zip(&folders) {
                let place = folder.join(kind.bundle);
                let was_there = remove(&place)?;
                println!("{} {}", if was_there { "removed" } else { "was not there:" }, place.display());
            }
        }
        Request::Install { profile } => {
            bundle::verb(&["--profile".to_owned(), profile])?;
            let here = Place::here()?;
            for (kind, folder) in KINDS.iter().zip(&folders) {
                let place = folder.join(kind.bundle);
                replace(&here.bundles().join(kind.bundle), &place)?;
                println!("installed {}", place.display());
            }
            println!("hosts find Busbar 8, 16 and 32 at their next scan for plugins");
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Request {
    Install { profile: String },
    Uninstall,
}

fn parse(args: &[String]) -> Result<Request> {
    let mut profile = None;
    let mut uninstall = false;
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        match (arg, arg.strip_prefix("--profile=")) {
            ("--release" | "-r", _) => profile = Some("release"),
            ("--profile", _) => match args.next() {
                Some(name) => profile = Some(name),
                None => bail!("`--profile` wants a name: release, ci or dev"),
            },
            (_, Some(name)) => profile = Some(name),
            ("--uninstall", _) => uninstall = true,
            _ => {
                bail!("`install` has no argument `{arg}`; it takes --release, --profile NAME or --uninstall")
            }
        }
    }
    match (uninstall, profile) {
        (true, Some(_)) => bail!("`--uninstall` builds nothing, so it takes no profile"),
        (true, None) => Ok(Request::Uninstall),
        (false, profile) => Ok(Request::Install { profile: profile.unwrap_or("release").to_owned() }),
    }
}

/// Where hosts look for the present user's plugins: the folders that the CLAP and VST3 specifications name.
fn folder(kind: &Kind, system: &str, home: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf> {
    let below = |variable: &str, parts: &[&str]| {
        let home = home(variable)
            .with_context(|| format!("the variable {variable} is not set; it tells where plugins go"))?;
        Ok(parts.iter().fold(home, |path, part| path.join(part)))
    };
    match system {
        "windows" => below("LOCALAPPDATA", &["Programs", "Common", kind.elsewhere]),
        "macos" => below("HOME", &["Library", "Audio", "Plug-Ins", kind.elsewhere]),
        _ => below("HOME", &[kind.linux]),
    }
}

/// Puts a copy of `from` at `to`, in place of whatever is there, by renaming only.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a plugin lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    clear_leftovers(to);
    let new = beside(to, "new");
    copy(from, &new).with_context(|| format!("could not copy {} to {}", from.display(), new.display()))?;
    let old = move_aside(to)?;
    let renamed = fs::rename(&new, to);
    if let (Err(_), Some(old)) = (&renamed, &old) {
        // Better the old one than none.
        let _ = fs::rename(old, to);
    }
    renamed.with_context(|| format!("could not rename {} to {}", new.display(), to.display()))?;
    // Where a running host holds it, as Windows lets it, the next installation clears it away.
    if let Some(old) = old {
        let _ = delete(&old);
    }
    Ok(())
}

/// Removes what is at `place`; false if nothing was.
fn remove(place: &Path) -> Result<bool> {
    clear_leftovers(place);
    match move_aside(place)? {
        Some(old) => {
            delete(&old)
                .with_context(|| format!("close the hosts that use it and delete {}", old.display()))?;
            Ok(true)
        }
        None => Ok(false),
    }
}

fn move_aside(place: &Path) -> Result<Option<PathBuf>> {
    // A link counts as what is there, even one that leads nowhere.
    if place.symlink_metadata().is_err() {
        return Ok(None);
    }
    let old = beside(place, "old");
    fs::rename(place, &old)
        .with_context(|| format!("could not move {} aside; close the hosts that use it", place.display()))?;
    Ok(Some(old))
}

/// A name in the same folder, hence on the same disk, that no host takes for a plugin.
fn beside(place: &Path, what: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}-{what}-{}", std::process::id()))
}

/// What an installation left that was interrupted, or that could not delete a library in use.
fn clear_leftovers(place: &Path) {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let (new, old) = (format!(".{name}-new-"), format!(".{name}-old-"));
    let Some(entries) = place.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&new) || name.starts_with(&old) {
            let _ = delete(&entry.path());
        }
    }
}

fn delete(path: &Path) -> std::io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// A file or a whole folder.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn words(words: &str) -> Vec<String> {
        words.split_whitespace().map(String::from).collect()
    }

    /// An empty folder of this test's own.
    fn scratch(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("busbar-install-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn entries(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn release_is_installed_unless_told() {
        let install = |profile: &str| Request::Install { profile: profile.into() };
        for (args, request) in [
            ("", install("release")),
            ("--release", install("release")),
            ("--profile ci", install("ci")),
            ("--profile=dev", install("dev")),
            ("--uninstall", Request::Uninstall),
        ] {
            assert_eq!(parse(&words(args)).expect("valid"), request, "{args}");
        }
        for args in ["--profile", "--uninstal", "--uninstall --release"] {
            parse(&words(args)).expect_err(args);
        }
    }

    #[test]
    fn each_system_has_its_folders() {
        let home = |variable: &str| Some(PathBuf::from(format!("<{variable}>")));
        let [clap, vst3] = &KINDS;
        let path = |parts: &[&str]| parts.iter().collect::<PathBuf>();
        for (kind, system, parts) in [
            (clap, "linux", &["<HOME>", ".clap"][..]),
            (vst3, "linux", &["<HOME>", ".vst3"]),
            (clap, "macos", &["<HOME>", "Library", "Audio", "Plug-Ins", "CLAP"]),
            (vst3, "macos", &["<HOME>", "Library", "Audio", "Plug-Ins", "VST3"]),
            (clap, "windows", &["<LOCALAPPDATA>", "Programs", "Common", "CLAP"]),
            (vst3, "windows", &["<LOCALAPPDATA>", "Programs", "Common", "VST3"]),
        ] {
            assert_eq!(folder(kind, system, home).expect("a folder"), path(parts), "{system}");
        }
        let error = folder(clap, "linux", |_| None).expect_err("no home").to_string();
        assert!(error.contains("HOME"), "{error}");
    }

    #[test]
    fn a_file_in_use_stays_whole_while_it_is_replaced() {
        let folder = scratch("file");
        let (from, to) = (folder.join("built"), folder.join("there").join("Busbar.clap"));
        fs::write(&from, "new").expect("written");
        replace(&from, &to).expect("installed where nothing was, not even the folder");
        fs::write(&from, "newer").expect("written");
        let mut in_use = fs::File::open(&to).expect("open");
        replace(&from, &to).expect("replaced");
        let mut held = String::new();
        in_use.read_to_string(&mut held).expect("still there");
        assert_eq!((held.as_str(), fs::read_to_string(&to).expect("there").as_str()), ("new", "newer"));
        assert_eq!(entries(to.parent().expect("a folder")), ["Busbar.clap"]);
        fs::remove_dir_all(folder).expect("cleared");
    }

    #[test]
    fn a_folder_is_replaced_whole_and_removed() {
        let folder = scratch("folder");
        let (from, to) = (folder.join("built"), folder.join("there").join("Busbar.vst3"));
        let inner = Path::new("Contents").join("Busbar.so");
        fs::create_dir_all(from.join("Contents")).expect("made");
        fs::write(from.join(&inner), "new").expect("written");
        // An older copy with a file that the new one lacks, and what an interrupted installation left.
        fs::create_dir_all(to.join("Contents")).expect("made");
        fs::write(to.join("Contents").join("gone"), "old").expect("written");
        fs::create_dir_all(folder.join("there").join(".Busbar.vst3-new-1")).expect("made");
        replace(&from, &to).expect("replaced");
        assert_eq!(fs::read_to_string(to.join(&inner)).expect("there"), "new");
        assert!(!to.join("Contents").join("gone").exists());
        assert_eq!(entries(&folder.join("there")), ["Busbar.vst3"]);

        assert!(remove(&to).expect("removed"));
        assert!(!remove(&to).expect("nothing to remove"));
        assert_eq!(entries(&folder.join("there")), [] as [&str; 0]);
        fs::remove_dir_all(folder).expect("cleared");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_what_it_leads_to_stays() {
        let folder = scratch("link");
        let (from, to, target) = (folder.join("built"), folder.join("Busbar.vst3"), folder.join("elsewhere"));
        fs::create_dir_all(&from).expect("made");
        fs::create_dir_all(&target).expect("made");
        fs::write(target.join("kept"), "").expect("written");
        std::os::unix::fs::symlink(&target, &to).expect("linked");
        replace(&from, &to).expect("replaced");
        assert!(!to.is_symlink() && target.join("kept").exists());
        fs::remove_dir_all(folder).expect("cleared");
    }
}
