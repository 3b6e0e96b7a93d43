//! What must come from Debian: looked for, installed where that is allowed, else told as one line to paste.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::run;

/// How a thing is found on this machine.
#[derive(Clone, Copy)]
pub enum Thing {
    /// A program on the search path.
    Program(&'static str),
    /// A program on the search path whose name begins and ends so, as those do that carry a version in it.
    ProgramLike(&'static str, &'static str),
    /// A module of the system's Python.
    PythonModule(&'static str),
    /// A library that the linker finds, without `lib` and `.so`.
    Library(&'static str),
}

/// A thing of the system and the Debian package it comes from.
#[derive(Clone, Copy)]
pub struct Need {
    pub thing: Thing,
    pub debian_package: &'static str,
}

/// A linker, which Rust itself calls `cc`, is here already: without it this program were not. The plugin and the mix need
/// nothing else.
pub const FOR_TESTS: &[Need] = &[
    // vst3-host, one of the hosts in tests, opens X11 windows through it.
    Need { thing: Thing::Library("xcb"), debian_package: "libxcb1-dev" },
    // The tests of the editor's windows: a screen in memory, and a hand.
    Need { thing: Thing::Program("Xvfb"), debian_package: "xvfb" },
    Need { thing: Thing::Program("xdotool"), debian_package: "xdotool" },
    // tidy and mutants ask it which files are tracked.
    Need { thing: Thing::Program("git"), debian_package: "git" },
    PYTHON,
    PYTHON_ENVIRONMENTS,
];

/// What the drivers of real hosts are written in.
pub const FOR_PYTHON: &[Need] = &[PYTHON, PYTHON_ENVIRONMENTS];

const PYTHON: Need = Need { thing: Thing::Program("python3"), debian_package: "python3" };
// Debian takes from Python what puts pip into an environment, and packs it apart.
const PYTHON_ENVIRONMENTS: Need =
    Need { thing: Thing::PythonModule("ensurepip"), debian_package: "python3-venv" };

/// Building the standalone program: JACK and ALSA, which are found through `pkg-config`.
pub const FOR_STANDALONE: &[Need] = &[
    Need { thing: Thing::Program("pkg-config"), debian_package: "pkg-config" },
    Need { thing: Thing::Library("jack"), debian_package: "libjack-jackd2-dev" },
    Need { thing: Thing::Library("asound"), debian_package: "libasound2-dev" },
];

/// Playing through it.
pub const FOR_STANDALONE_CHECK: &[Need] =
    &[Need { thing: Thing::Program("jackd"), debian_package: "jackd2" }];

/// Whether nothing has to be installed.
pub fn are_met(needs: &[Need]) -> bool {
    missing_packages(needs, is_here).is_empty()
}

/// The Debian packages that are missing, in words.
pub fn packages(needs: &[Need]) -> String {
    missing_packages(needs, is_here).join(", ")
}

/// Returns once every need is met.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing = missing_packages(needs, is_here);
    if missing.is_empty() || !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !is_root() || !is_here(Thing::Program("apt-get")) {
        bail!(
            "something of the system is missing; install it with this line and run again:\n{}",
            paste(&missing)
        );
    }
    println!("installing {}", missing.join(" "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        apt
    };
    run(apt().args(["update", "--quiet", "--quiet"]))?;
    run(apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing))?;
    match missing_packages(needs, is_here).as_slice() {
        [] => Ok(()),
        still => {
            bail!("installed, yet not found: {}; the table in xtask/src/needs.rs is wrong", still.join(" "))
        }
    }
}

fn missing_packages(needs: &[Need], is_here: impl Fn(Thing) -> bool) -> Vec<&'static str> {
    let mut missing: Vec<_> =
        needs.iter().filter(|need| !is_here(need.thing)).map(|need| need.debian_package).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

fn paste(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install --yes {}", packages.join(" "))
}

fn is_here(thing: Thing) -> bool {
    match thing {
        Thing::Program(name) => search_path().iter().any(|dir| dir.join(name).is_file()),
        Thing::ProgramLike(start, end) => {
            let fits = |entry: std::fs::DirEntry| {
                let name = entry.file_name();
                name.to_str().is_some_and(|name| name.starts_with(start) && name.ends_with(end))
            };
            let entries = search_path().into_iter().filter_map(|dir| dir.read_dir().ok()).flatten();
            entries.flatten().any(fits)
        }
        Thing::PythonModule(name) => {
            let import = Command::new("python3").arg("-c").arg(format!("import {name}")).output();
            import.is_ok_and(|import| import.status.success())
        }
        Thing::Library(name) => {
            // The compiler answers with the whole path, or with the mere name when it knows no such file.
            let found = Command::new("cc").arg(format!("-print-file-name=lib{name}.so")).output();
            found.is_ok_and(|found| found.stdout.contains(&b'/'))
        }
    }
}

fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: &[Need] = &[
        Need { thing: Thing::Program("fiddle"), debian_package: "strings" },
        Need { thing: Thing::Program("bow"), debian_package: "strings" },
        Need { thing: Thing::Library("sheet"), debian_package: "music" },
    ];

    #[test]
    fn each_missing_package_is_named_once() {
        assert_eq!(missing_packages(NEEDS, |_| false), ["music", "strings"]);
        assert_eq!(missing_packages(NEEDS, |thing| matches!(thing, Thing::Program(_))), ["music"]);
        assert_eq!(missing_packages(NEEDS, |_| true), [] as [&str; 0]);
    }

    #[test]
    fn the_line_to_paste_is_one_line() {
        let line = paste(&["music", "strings"]);
        assert!(line.ends_with("music strings") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn things_are_found_where_they_are() {
        assert!(is_here(Thing::Program(if cfg!(windows) { "cargo.exe" } else { "cargo" })));
        assert!(!is_here(Thing::Program("busbar-has-no-such-program")));
        assert!(is_here(Thing::ProgramLike("car", if cfg!(windows) { "go.exe" } else { "go" })));
        assert!(!is_here(Thing::ProgramLike("busbar-has", "-no-such-program")));
        assert!(!is_here(Thing::PythonModule("busbar_has_no_such_module")));
        assert!(!is_here(Thing::Library("busbar-has-no-such-library")));
        if cfg!(target_os = "linux") {
            assert!(is_here(Thing::Library("c")));
        }
    }
}
