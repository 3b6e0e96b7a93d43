//! How far a mix is: a bar on a terminal, plain lines elsewhere, nothing if that is wanted.

use super::cancel::Cancel;
use super::report::{count, duration};
use super::request::Printing;
use super::say::say;
use crate::render::{Prepared, Watch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Lines in a log come no more often.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

pub(super) struct Progress<'a> {
    display: Display,
    cancel: &'a Cancel,
}

enum Display {
    Bar(ProgressBar),
    Lines { last: Instant },
    Nothing,
}

impl<'a> Progress<'a> {
    pub fn new(prepared: &Prepared, printing: Printing, cancel: &'a Cancel) -> Self {
        let stems = count(prepared.stems().len(), "stem");
        let (n_expected, rate_hz) = (prepared.n_frames(), prepared.sample_rate_hz());
        let display = if printing.quiet {
            Display::Nothing
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(n_expected, ProgressDrawTarget::stderr());
            let template = match n_expected {
                Some(_) => "mixing {bar:32} {percent:>3} %  {msg}  {eta} left",
                None => "mixing {spinner}  {msg}",
            };
            // The template is one of ours; should it be wrong, the default bar serves.
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            Display::Bar(bar)
        } else {
            let length = n_expected.map_or_else(String::new, |n| format!(", {}", duration(n, rate_hz)));
            say(&format!("mixing {stems} at {rate_hz} Hz{length}"));
            Display::Lines { last: Instant::now() }
        };
        Self { display, cancel }
    }

    /// Clears the bar away, so that what follows stands alone.
    pub fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Progress<'_> {
    fn progress(&mut self, n_done: u64, n_expected: Option<u64>, sample_rate_hz: u32) {
        match &mut self.display {
            Display::Bar(bar) => {
                bar.set_message(duration(n_done, sample_rate_hz));
                bar.set_position(n_done);
            }
            Display::Lines { last } if last.elapsed() >= BETWEEN_LINES => {
                *last = Instant::now();
                let done = duration(n_done, sample_rate_hz);
                match n_expected.filter(|n| *n > 0) {
                    Some(n) => say(&format!("mixed {done}, {} %", (100 * n_done / n).min(100))),
                    None => say(&format!("mixed {done}")),
                }
            }
            Display::Lines { .. } | Display::Nothing => {}
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_requested()
    }
}
