//! `cargo xtask hosts [NAMES]`: the built plugin in hosts that others wrote. Once per release; too much for every change.
//!
//! Each host has a driver in `xtask/hosts/`, which loads, lists, automates, bounces and compares with `busbar-render`.
//! A driver prints its checks as Rust's test programs do, so that they are counted and judged alike; a framework's failed
//! assertion in its output is a finding. `cargo xtask test` runs one of them, pedalboard, the same way.

mod report;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::artefacts::Place;
use crate::needs::{self, Need, Thing};
use crate::process::transcribe;
use crate::stages::Stages;
use crate::test::{self, Counts};
use crate::venv;
use report::{Report, table};

/// A program that loads plugins.
struct Host {
    name: &'static str,
    format: &'static str,
    needs: &'static [Need],
}

const HOSTS: &[Host] = &[
    Host { name: "pedalboard", format: "VST3", needs: &[] },
    Host { name: "dawdreamer", format: "VST3", needs: &[] },
    Host { name: "minihost", format: "VST3", needs: &[] },
    Host {
        name: "ardour",
        format: "VST3",
        needs: &[
            // Its name carries the version: ardour7-lua.
            Need { thing: Thing::ProgramLike("ardour", "-lua"), debian_package: "ardour" },
        ],
    },
    Host {
        name: "qtractor",
        format: "CLAP",
        needs: &[Need { thing: Thing::Program("qtractor"), debian_package: "qtractor" }],
    },
];

/// The one that is quick and small enough for every run of the tests.
const TESTED: &str = "pedalboard";

pub fn verb(names: &[String]) -> Result<ExitCode> {
    let chosen = chosen(names)?;
    let mut stages = Stages::default();
    let mut counts = Counts::default();
    let mut reports = Vec::new();
    let outcome = all(&chosen, &mut stages, &mut reports);
    for report in &reports {
        counts += report.counts;
    }
    if !reports.is_empty() {
        print!("\n{}", table(&reports));
    }
    let failed: Vec<_> =
        reports.iter().filter(|report| report.outcome().is_err()).map(|report| report.name).collect();
    let outcome = outcome.and_then(|()| match failed.as_slice() {
        [] => Ok(()),
        failed => bail!("these hosts found something, see above: {}", failed.join(" ")),
    });
    Ok(test::close(outcome, &stages, counts))
}

fn all(hosts: &[&'static Host], stages: &mut Stages, reports: &mut Vec<Report>) -> Result<()> {
    let here = Place::here()?;
    stages.run("needs", || {
        needs::ensure(needs::FOR_PYTHON)?;
        // In one go, so that one line to paste names all.
        let wanted: Vec<Need> = hosts.iter().flat_map(|host| host.needs).copied().collect();
        needs::ensure(&wanted)
    })?;
    let python = stages.run("venv", || venv::ensure(&here, venv::FOR_HOSTS))?;
    stages.run("build", || here.build_programs())?;
    stages.run("bundle", || here.bundle_ci())?;
    for host in hosts {
        // One host's failure is no reason not to ask the next.
        reports.push(stages.run(host.name, || drive(&here, &python, host))?);
    }
    Ok(())
}

/// The part of the tests that a real host runs. Needs bundles and busbar-render, built. Adds to `counts` what was seen, also
/// when it fails.
pub fn test(here: &Place, counts: &mut Counts) -> Result<()> {
    let host = HOSTS.iter().find(|host| host.name == TESTED).context("the tested host is in the table")?;
    let python = venv::ensure(here, venv::FOR_TESTS)?;
    let report = drive(here, &python, host)?;
    *counts += report.counts;
    report.outcome()
}

fn drive(here: &Place, python: &Path, host: &'static Host) -> Result<Report> {
    let mut driver = Command::new(python);
    // No byte code beside the sources.
    driver.arg("-B").arg(venv::scripts(&here.root).join(format!("drive_{}.py", host.name)));
    driver.env("BUSBAR_ROOT", &here.root);
    driver.env("BUSBAR_BUNDLES", here.bundles());
    driver.env("BUSBAR_RENDER", here.program("busbar-render"));
    driver.env("BUSBAR_WORK", here.target_dir.join("hosts").join(host.name));
    Ok(Report::read(host.name, host.format, &transcribe(&mut driver, true)?))
}

fn chosen(names: &[String]) -> Result<Vec<&'static Host>> {
    if names.is_empty() {
        return Ok(HOSTS.iter().collect());
    }
    let find = |name: &String| match HOSTS.iter().find(|host| host.name == name) {
        Some(host) => Ok(host),
        None => {
            let known: Vec<_> = HOSTS.iter().map(|host| host.name).collect();
            bail!("there is no host `{name}` here; there are {}", known.join(", "))
        }
    };
    names.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_has_a_driver() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        for host in HOSTS {
            let driver = venv::scripts(root).join(format!("drive_{}.py", host.name));
            assert!(driver.is_file(), "{}", driver.display());
        }
        assert!(HOSTS.iter().any(|host| host.name == TESTED && host.needs.is_empty()));
    }

    #[test]
    fn hosts_are_chosen_by_name() {
        assert_eq!(chosen(&[]).expect("all").len(), HOSTS.len());
        let names = ["ardour".to_owned(), "minihost".to_owned()];
        let two: Vec<_> = chosen(&names).expect("two").iter().map(|host| host.name).collect();
        assert_eq!(two, ["ardour", "minihost"]);
        let error = chosen(&["arduor".to_owned()]).err().expect("no such host").to_string();
        assert!(error.contains("arduor") && error.contains("ardour"), "{error}");
    }
}
