//! The one set of artefacts that tests, bundles, benches and the mix share.
//!
//! Cargo chooses a dependency's features by the packages and targets of the command at hand: with `-p busbar`, or without
//! dev-dependencies, the same crate is compiled a second time. **Invariant:** every command of ours that compiles in
//! profile `ci` selects the whole workspace *and* at least one target with dev-dependencies (a test, a bench or an
//! example), so that all of them agree on every feature. `bundler` is an example of this package for that reason;
//! xtask itself depends on `anyhow` alone, whose features nobody disputes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::run;

/// The library, its bundles and the programs, but no test: all that a mix needs.
const PROGRAMS: [&str; 4] = ["--lib", "--bins", "--example", "bundler"];

/// A copy of the sources, and where cargo builds it.
pub struct Place {
    pub root: PathBuf,
    pub target_dir: PathBuf,
}

impl Place {
    /// The checkout that this xtask was started in.
    pub fn here() -> Result<Self> {
        // Cargo tells it to every program it runs; it is not baked in, so that a moved checkout still works.
        let package =
            std::env::var_os("CARGO_MANIFEST_DIR").context("xtask is started as `cargo xtask <verb>`")?;
        let root = Path::new(&package).parent().context("xtask lies in the workspace's root")?.to_owned();
        // This program lies where cargo builds, whatever configuration chose the place.
        let exe = std::env::current_exe()?;
        let marked = exe.ancestors().find(|dir| dir.join("CACHEDIR.TAG").exists());
        let target_dir = marked.map_or_else(|| root.join("target"), Path::to_owned);
        Ok(Self { root, target_dir })
    }

    /// `cargo <args>` at the root, by the cargo that started this xtask.
    pub fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(args).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target_dir);
        command
    }

    /// `cargo <verb> --workspace --profile ci <rest>`. For the invariant above, `rest` selects a target with
    /// dev-dependencies, unless the verb does so by itself, as `test` does.
    pub fn cargo_ci(&self, verb: &str, rest: &[&str]) -> Command {
        let mut command = self.cargo(&[verb, "--workspace", "--profile", "ci"]);
        command.args(rest);
        command
    }

    /// Builds the plugin's library and every program.
    pub fn build_programs(&self) -> Result<()> {
        run(&mut self.cargo_ci("build", &PROGRAMS))
    }

    /// Builds the same and every test and bench.
    pub fn build_everything(&self) -> Result<()> {
        run(&mut self.cargo_ci("build", &["--all-targets"]))
    }

    /// Builds the bundler alone.
    pub fn build_bundler(&self) -> Result<()> {
        run(&mut self.cargo_ci("build", &["--quiet", "--example", "bundler"]))
    }

    /// Builds the library that stands in for the plugin in tests of the host.
    pub fn build_stand_in(&self) -> Result<()> {
        run(&mut self.cargo_ci("build", &["--quiet", "--example", "busbar_stand_in"]))
    }

    /// A program that [`Self::build_programs`] left.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target_dir.join("ci").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where bundles lie.
    pub fn bundles(&self) -> PathBuf {
        self.target_dir.join("bundled")
    }

    /// Puts the library that was built in profile `ci` into its bundles. Compiles nothing.
    pub fn bundle_ci(&self) -> Result<()> {
        self.lay_out_bundles(&["--profile", "ci"])
    }

    /// Puts the library that was built with `build_args`, which tell its profile, into its bundles.
    pub fn lay_out_bundles(&self, build_args: &[&str]) -> Result<()> {
        let bundles = ["Busbar.clap", "Busbar.vst3"].map(|name| self.bundles().join(name));
        // Removed first: the bundler is content with a library that exports no plugin, and an old bundle would hide it.
        for bundle in &bundles {
            if bundle.is_dir() {
                std::fs::remove_dir_all(bundle)?;
            } else if bundle.exists() {
                std::fs::remove_file(bundle)?;
            }
        }
        let mut bundler = Command::new(self.program("examples/bundler"));
        run(bundler.arg(&self.target_dir).arg("busbar").args(build_args).current_dir(&self.root))?;
        match bundles.iter().find(|bundle| !bundle.exists()) {
            Some(bundle) => {
                bail!("the library exports nothing for {}; see plugin/src/lib.rs", bundle.display())
            }
            None => Ok(()),
        }
    }
}
