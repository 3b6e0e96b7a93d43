//! What a driver said about its host, and the table of all.

use anyhow::{Result, bail};

use crate::process::Transcript;
use crate::test::{self, Counts};

/// The cells that a driver may fill by `seen NAME: TEXT`, in the table's order.
const CELLS: [&str; 4] = ["sizes", "inputs", "automation", "bounce"];

pub struct Report {
    pub name: &'static str,
    pub format: &'static str,
    pub counts: Counts,
    version: String,
    cells: [String; CELLS.len()],
    /// What kept it from passing.
    finding: Option<String>,
}

impl Report {
    /// Reads `version …`, `seen …: …` and the lines that `cargo test` has too.
    pub fn read(name: &'static str, format: &'static str, transcript: &Transcript) -> Self {
        let find = |start: &str| transcript.lines.iter().find_map(|line| line.strip_prefix(start));
        let cell = |cell: &str| find(&format!("seen {cell}: ")).unwrap_or("-").to_owned();
        let mut counts = test::count(transcript);
        let finding = test::judge(transcript, counts).err().map(|error| format!("{error:#}"));
        if finding.is_some() && counts.failed == 0 {
            // A logged assertion fails no check by itself, yet must show in the sums.
            counts.failed = 1;
        }
        Self {
            name,
            format,
            counts,
            version: find("version ").unwrap_or("?").to_owned(),
            cells: CELLS.map(cell),
            finding,
        }
    }

    /// An error says what kept it from passing.
    pub fn outcome(&self) -> Result<()> {
        match &self.finding {
            None => Ok(()),
            Some(finding) => bail!("{}: {finding}", self.name),
        }
    }

    fn row(&self) -> Vec<String> {
        let mut row = vec![self.name.to_owned(), self.version.clone(), self.format.to_owned()];
        row.extend(self.cells.iter().cloned());
        let n_checks = self.counts.passed + self.counts.failed;
        row.push(match self.finding {
            None => format!("PASS ({n_checks} checks)"),
            Some(_) => format!("FAIL ({} of {n_checks} checks)", self.counts.failed),
        });
        row
    }
}

/// One row per host, then a line for each finding.
pub fn table(reports: &[Report]) -> String {
    let head = ["host", "version", "format", "sizes", "inputs heard", "automation", "bounce off, dBFS", ""];
    let mut rows = vec![head.map(String::from).to_vec()];
    rows.extend(reports.iter().map(Report::row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut table = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        table.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        table.push('\n');
    }
    for report in reports {
        if let Some(finding) = &report.finding {
            table.push_str(&format!("{}: {finding}\n", report.name));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::process::transcribe;

    fn transcript(lines: &[&str]) -> Transcript {
        let status = transcribe(Command::new("cargo").arg("--version"), false).expect("cargo runs").status;
        Transcript { status, lines: lines.iter().map(|line| (*line).to_owned()).collect() }
    }

    const GOOD: [&str; 4] = [
        "version 1.2.3",
        "test fiddle::loads ... ok",
        "seen inputs: 8 of 8",
        "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
    ];

    #[test]
    fn a_good_host_fills_its_row() {
        let report = Report::read("fiddle", "VST3", &transcript(&GOOD));
        assert!(report.outcome().is_ok());
        let cells = ["fiddle", "1.2.3", "VST3", "-", "8 of 8", "-", "-", "PASS (1 checks)"];
        assert_eq!(report.row(), cells);
        let table = table(&[report]);
        assert_eq!(table.lines().count(), 2, "{table}");
    }

    #[test]
    fn a_logged_assertion_fails_a_host_whose_checks_passed() {
        let logged = format!("[WARN] {} {}: left != right", "Debug assertion", "failed");
        let mut lines = GOOD.to_vec();
        lines.push(&logged);
        let report = Report::read("fiddle", "VST3", &transcript(&lines));
        assert!(report.outcome().is_err());
        assert_eq!(report.counts.failed, 1);
        let table = table(&[report]);
        assert!(table.contains("FAIL") && table.contains("left != right"), "{table}");
    }

    #[test]
    fn a_driver_that_says_nothing_has_not_passed() {
        assert!(Report::read("fiddle", "VST3", &transcript(&["version 1"])).outcome().is_err());
    }
}
