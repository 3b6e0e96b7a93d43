//! Mixes stems through the built Busbar plugin. The work is in the library; here its outcome becomes an exit code, and an
//! error one line on standard error that says what to do.

use busbar_host::cli::{self, Cancel, INTERRUPTED, Outcome, say};
use std::process::ExitCode;

static CANCEL: Cancel = Cancel::new();

fn main() -> ExitCode {
    if let Err(error) = ctrlc::set_handler(|| CANCEL.request()) {
        say(&format!("busbar-render: warning: Ctrl-C would leave a temporary file ({error})"));
    }
    match cli::run(std::env::args_os().skip(1), &mut std::io::stdout().lock(), &CANCEL) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(1),
        Err(error) => {
            say(&format!("busbar-render: {error}"));
            ExitCode::from(if error.is_interruption() { INTERRUPTED } else { 2 })
        }
    }
}
