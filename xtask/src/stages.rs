//! Work in named stages, timed, with a table of minutes at the end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The stages that ran, in order.
#[derive(Default)]
pub struct Stages {
    done: Vec<(String, Duration)>,
}

impl Stages {
    /// Runs one stage. Its time is kept whether it succeeds or not; an error names the stage.
    pub fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("== {name}");
        let start = Instant::now();
        let result = work();
        self.done.push((name.to_owned(), start.elapsed()));
        result.with_context(|| format!("stage `{name}`"))
    }

    /// One line per stage and their sum.
    pub fn table(&self) -> String {
        let total = self.done.iter().map(|(_, time)| *time).sum();
        let rows = self.done.iter().map(|(name, time)| (name.as_str(), *time)).chain([("all", total)]);
        let mut table = String::from("stage          minutes\n");
        for (name, time) in rows {
            table.push_str(&format!("{name:<14} {:>7.2}\n", time.as_secs_f64() / 60.0));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_stages_in_order_and_their_sum() {
        let stages = Stages {
            done: vec![("build".into(), Duration::from_secs(90)), ("tests".into(), Duration::from_secs(30))],
        };
        let table = stages.table();
        let rows: Vec<Vec<&str>> =
            table.lines().skip(1).map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(rows, [["build", "1.50"], ["tests", "0.50"], ["all", "2.00"]]);
    }

    #[test]
    fn a_failed_stage_is_named_and_timed() {
        let mut stages = Stages::default();
        let error = stages.run("docs", || Err::<(), _>(anyhow::anyhow!("a broken link"))).expect_err("fails");
        assert_eq!(format!("{error:#}"), "stage `docs`: a broken link");
        assert!(stages.table().contains("docs"));
    }
}
