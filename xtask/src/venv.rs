//! The Python that drives the real hosts: `target/hosts-venv`, with pinned packages from PyPI.
//!
//! Made once; as long as the list of packages stays the same, later runs need no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::process::{output, transcribe};

/// What `cargo xtask test` needs: pedalboard.
pub const FOR_TESTS: &str = "requirements-test.txt";
/// What `cargo xtask hosts` needs: the same, and the hosts that are larger.
pub const FOR_HOSTS: &str = "requirements-hosts.txt";

/// Where the drivers and the lists of packages are.
pub fn scripts(root: &Path) -> PathBuf {
    root.join("xtask").join("hosts")
}

/// The environment's Python, once all that the list names is installed.
pub fn ensure(here: &Place, list: &str) -> Result<PathBuf> {
    let folder = here.target_dir.join("hosts-venv");
    let python = python_in(&folder);
    let wanted_path = scripts(&here.root).join(list);
    let wanted = fs::read_to_string(&wanted_path)
        .with_context(|| format!("could not read {}", wanted_path.display()))?;
    // A copy of the list, left when all of it was there.
    let stamp = folder.join(list);
    let runs = works(&python);
    if runs && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if !runs {
        // Also where the system's Python has become another one since.
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("could not remove {}", folder.display()))?;
        }
        println!("making a Python environment in {}", folder.display());
        output(Command::new(system_python()).args(["-m", "venv"]).arg(&folder))
            .context("Python could not make an environment; install python3 and its module venv")?;
    }
    println!("installing xtask/hosts/{list} from PyPI");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
    // Two tries, so that a machine without network is told so in seconds.
    pip.args(["--retries", "1", "--timeout", "10", "--require-hashes", "--only-binary", ":all:"]);
    let transcript = transcribe(pip.arg("--requirement").arg(&wanted_path), false)?;
    if !transcript.status.success() {
        bail!("{}", why_not_installed(list, &transcript.lines));
    }
    fs::write(&stamp, wanted)?;
    Ok(python)
}

/// One line, with pip's own reason at its end.
fn why_not_installed(list: &str, lines: &[String]) -> String {
    let is_offline = lines.iter().any(|line| {
        ["connection broken", "Failed to establish", "Temporary failure in name resolution", "timed out"]
            .iter()
            .any(|sign| line.contains(sign))
    });
    if is_offline {
        return format!(
            "PyPI is not reachable, and xtask/hosts/{list} is not installed in target/hosts-venv yet: \
             connect to the network once and run again"
        );
    }
    let reason = lines.iter().find(|line| line.starts_with("ERROR")).or(lines.last());
    let reason = reason.map_or("no reason given", |line| line.trim());
    format!("pip could not install xtask/hosts/{list} into target/hosts-venv: {reason}")
}

fn works(python: &Path) -> bool {
    python.exists() && output(Command::new(python).args(["-m", "pip", "--version"])).is_ok()
}

fn system_python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}

fn python_in(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts").join("python.exe") } else { folder.join("bin").join("python") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn no_network_is_told_in_one_line() {
        let pip = lines(&[
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(…)': /simple/numpy/",
            "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)",
        ]);
        let told = why_not_installed(FOR_TESTS, &pip);
        assert!(told.starts_with("PyPI is not reachable") && !told.contains('\n'), "{told}");
    }

    #[test]
    fn another_reason_is_passed_on() {
        let pip = lines(&["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "  numpy"]);
        let told = why_not_installed(FOR_HOSTS, &pip);
        assert!(told.contains("HASHES") && told.contains(FOR_HOSTS) && !told.contains('\n'), "{told}");
    }

    #[test]
    fn every_package_is_pinned_and_tests_have_the_versions_of_hosts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let packages = |list: &str| -> Vec<String> {
            let text = fs::read_to_string(scripts(root).join(list)).expect("a list");
            let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
            lines.map(|line| line.trim_end_matches([' ', '\\']).to_owned()).collect()
        };
        let (tests, hosts) = (packages(FOR_TESTS), packages(FOR_HOSTS));
        assert!(tests.len() >= 2 && hosts.len() > tests.len(), "{tests:?} {hosts:?}");
        for package in tests.iter().chain(&hosts) {
            assert!(package.contains("=="), "{package}");
        }
        // Both lists share one environment.
        assert!(tests.iter().all(|package| hosts.contains(package)), "{tests:?} {hosts:?}");
    }
}
