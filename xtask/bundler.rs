//! Lays a built plugin library out as `Busbar.clap` and `Busbar.vst3`, by the framework's own bundler.
//!
//! `cargo xtask bundle` builds and calls it: `bundler TARGET_DIR PACKAGE [cargo's build arguments …]`, from the
//! workspace's root, where `bundler.toml` lies. It only copies what was built; the arguments tell where that is.

#![forbid(unsafe_code)]

use std::path::PathBuf;

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: bundler TARGET_DIR PACKAGE [cargo's build arguments]";
    let target_dir = PathBuf::from(args.next().context(usage)?);
    let package = args.next().context(usage)?;
    let build_args: Vec<String> = args.collect();
    nice_plug_xtask::bundle(&target_dir, &package, &build_args, false)
}
