//! What must come from Debian: looked for, installed where that is allowed, else told as one line to paste.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::run;

/// How a thing is found on this machine.
#[derive(Clone, Copy)]
pub enum Thing {
    /// A program on the search path.
    Program(&'static str),
    /// A library that the linker finds, without `lib` and `.so`.
    Library(&'static str),
}

/// A thing of the system and the Debian package it comes from.
pub struct Need {
    pub thing: Thing,
    pub debian_package: &'static str,
}

/// A linker, which Rust itself calls `cc`, is here already: without it this program were not. The plugin and the mix need
/// nothing else.
pub const FOR_TESTS: &[Need] = &[
    // vst3-host, one of the hosts in tests, opens X11 windows through it.
    Need { thing: Thing::Library("xcb"), debian_package: "libxcb1-dev" },
    // tidy and mutants ask it which files are tracked.
    Need { thing: Thing::Program("git"), debian_package: "git" },
];

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
        Thing::Program(name) => {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
        }
        Thing::Library(name) => {
            // The compiler answers with the whole path, or with the mere name when it knows no such file.
            let found = Command::new("cc").arg(format!("-print-file-name=lib{name}.so")).output();
            found.is_ok_and(|found| found.stdout.contains(&b'/'))
        }
    }
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
        assert!(!is_here(Thing::Library("busbar-has-no-such-library")));
        if cfg!(target_os = "linux") {
            assert!(is_here(Thing::Library("c")));
        }
    }
}
