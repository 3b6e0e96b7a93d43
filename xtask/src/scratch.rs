//! A copy of the tree to break on purpose, with artefacts of its own.
//!
//! Its target folder is not the checkout's: a library for hosts has one file name whatever it was built from, and a
//! broken one must never be found where bundles are made.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::artefacts::Place;
use crate::process::output;
use crate::tidy::tracked_files;

pub struct Scratch {
    original: PathBuf,
    pub place: Place,
}

impl Scratch {
    /// Below the checkout's target folder, kept between runs so that little is compiled anew.
    pub fn of(here: &Place) -> Result<Self> {
        let home = here.target_dir.join("mutants");
        let place = Place { root: home.join("src"), target_dir: home.join("target") };
        fs::create_dir_all(&place.root)
            .with_context(|| format!("could not make {}", place.root.display()))?;
        let scratch = Self { original: here.root.clone(), place };
        scratch.restore()?;
        scratch.take_over_dependencies(&here.target_dir.join("ci"))?;
        Ok(scratch)
    }

    /// Makes the copy equal to the checkout. Files that already are keep their time, so that cargo leaves them alone.
    pub fn restore(&self) -> Result<()> {
        let names = tracked_files(&self.original)?;
        let mut wanted = HashSet::new();
        for name in &names {
            let (from, to) = (self.original.join(name), self.place.root.join(name));
            // Tracked, but removed.
            let Ok(bytes) = fs::read(&from) else { continue };
            if fs::read(&to).ok().as_deref() != Some(&bytes) {
                fs::create_dir_all(to.parent().unwrap_or(&to))?;
                fs::write(&to, bytes).with_context(|| format!("could not write {}", to.display()))?;
            }
            wanted.insert(to);
        }
        remove_others(&self.place.root, &wanted)
    }

    /// Applies a patch; one that does not fit is an error.
    pub fn apply(&self, patch: &Path) -> Result<()> {
        let mut git = Command::new("git");
        git.args(["apply", "--whitespace=nowarn"]).arg(patch).current_dir(&self.place.root);
        // Else git finds the checkout around the copy, and takes the patch to be meant for a part that is not here.
        git.env("GIT_CEILING_DIRECTORIES", self.place.root.parent().unwrap_or(&self.place.root));
        output(&mut git).map(drop)
    }
}

impl Scratch {
    /// Copies what the checkout's builds made of crates from registries, with its times: cargo takes it for its own.
    /// Whatever is missing, or laid out otherwise by another cargo, is only compiled again.
    fn take_over_dependencies(&self, from: &Path) -> Result<()> {
        let to = self.place.target_dir.join("ci");
        let lock =
            fs::read_to_string(self.original.join("Cargo.lock")).context("could not read Cargo.lock")?;
        let names = registry_packages(&lock);
        let mut hashes = HashSet::new();
        // The fingerprints come first: cargo writes one when its unit is complete, so that what follows is, too.
        for folder in [".fingerprint", "build"] {
            for entry in entries(&from.join(folder)) {
                let Some((name, hash)) = split_unit(&entry) else { continue };
                if names.contains(name) {
                    hashes.insert(hash.to_owned());
                    copy_with_times(&from.join(folder).join(&entry), &to.join(folder).join(&entry))?;
                }
            }
        }
        for entry in entries(&from.join("deps")) {
            let stem = entry.split('.').next().unwrap_or_default();
            if split_unit(stem).is_some_and(|(_, hash)| hashes.contains(hash)) {
                copy_with_times(&from.join("deps").join(&entry), &to.join("deps").join(&entry))?;
            }
        }
        Ok(())
    }
}

/// The names of a folder's entries; none if there is no such folder.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

/// `name-0123456789abcdef` in its two parts.
fn split_unit(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('-').filter(|(_, hash)| hash.len() == 16)
}

/// The packages of a `Cargo.lock` that come from a registry.
fn registry_packages(lock: &str) -> HashSet<&str> {
    let packages = lock.split("[[package]]").filter(|package| package.contains("\nsource = \"registry+"));
    packages.filter_map(|package| package.split_once("name = \"")?.1.split('"').next()).collect()
}

/// Copies a file or a folder that is not there yet.
fn copy_with_times(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        for entry in entries(from) {
            copy_with_times(&from.join(&entry), &to.join(&entry))?;
        }
    } else if !to.exists() {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
        let modified = fs::metadata(from)?.modified()?;
        fs::File::options().write(true).open(to)?.set_modified(modified)?;
    }
    Ok(())
}

fn remove_others(dir: &Path, wanted: &HashSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout of a few files, removed at the end.
    struct Checkout(PathBuf);

    impl Checkout {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("busbar-scratch-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(dir.join("src")).expect("a folder");
            fs::write(dir.join("Cargo.lock"), "").expect("a file");
            fs::write(dir.join("src/gain.txt"), "one\ntwo\nthree\n").expect("a file");
            fs::write(dir.join(".gitignore"), "target\n").expect("a file");
            output(Command::new("git").args(["init", "--quiet"]).current_dir(&dir)).expect("git runs");
            Self(dir)
        }

        fn scratch(&self) -> Scratch {
            Scratch::of(&Place { root: self.0.clone(), target_dir: self.0.join("target") })
                .expect("a scratch copy")
        }

        fn patch(&self, from: &str, to: &str) -> PathBuf {
            let diff = format!(
                "# A comment.\n--- a/src/gain.txt\n+++ b/src/gain.txt\n@@ -1,3 +1,3 @@\n one\n-{from}\n+{to}\n three\n"
            );
            let path = self.0.join("a.patch");
            fs::write(&path, diff).expect("a file");
            path
        }
    }

    impl Drop for Checkout {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_patch_breaks_the_copy_alone_and_is_undone() {
        let checkout = Checkout::new("apply");
        let scratch = checkout.scratch();
        let copy = scratch.place.root.join("src/gain.txt");
        let untouched = scratch.place.root.join("Cargo.lock");
        let time = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).expect("a time");
        let before = time(&untouched);

        scratch.apply(&checkout.patch("two", "2")).expect("it fits");
        assert_eq!(fs::read_to_string(&copy).expect("the copy"), "one\n2\nthree\n");
        assert_eq!(
            fs::read_to_string(checkout.0.join("src/gain.txt")).expect("the original"),
            "one\ntwo\nthree\n"
        );

        fs::write(scratch.place.root.join("src/new.txt"), "left by a patch").expect("a file");
        scratch.restore().expect("restored");
        assert_eq!(fs::read_to_string(&copy).expect("the copy"), "one\ntwo\nthree\n");
        assert!(!scratch.place.root.join("src/new.txt").exists());
        assert_eq!(time(&untouched), before, "what did not change keeps its time");
    }

    #[test]
    fn a_patch_that_does_not_fit_is_an_error() {
        let checkout = Checkout::new("misfit");
        let error = checkout.scratch().apply(&checkout.patch("zwei", "2")).expect_err("it does not fit");
        assert!(format!("{error:#}").contains("gain.txt"), "{error:#}");
    }

    #[test]
    fn only_artefacts_of_registry_crates_are_taken_over() {
        let checkout = Checkout::new("seed");
        let package = |name: &str, source: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}\n")
        };
        let lock =
            [package("serde-core", "source = \"registry+https://index\""), package("busbar", "")].concat();
        fs::write(checkout.0.join("Cargo.lock"), lock).expect("a file");
        let ci = checkout.0.join("target/ci");
        for (folder, file) in [
            (".fingerprint/serde-core-0123456789abcdef", "lib-serde_core"),
            (".fingerprint/busbar-fedcba9876543210", "lib-busbar"),
            ("deps", "libserde_core-0123456789abcdef.rlib"),
            ("deps", "libbusbar-fedcba9876543210.rlib"),
            ("deps", "libbusbar.so"),
        ] {
            fs::create_dir_all(ci.join(folder)).expect("a folder");
            fs::write(ci.join(folder).join(file), file).expect("a file");
        }

        let scratch = checkout.scratch();
        let taken = |folder: &str| entries(&scratch.place.target_dir.join("ci").join(folder));
        assert_eq!(taken(".fingerprint"), ["serde-core-0123456789abcdef"]);
        assert_eq!(taken("deps"), ["libserde_core-0123456789abcdef.rlib"]);
    }
}
