//! Mixes stems through the built Busbar plugin. The work is in the library; here its outcome becomes an exit code, and an
//! error one line on standard error that says what to do.

use busbar_host::cli::{self, Outcome};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C.
static IS_CANCELLED: AtomicBool = AtomicBool::new(false);

/// What shells report of a program that Ctrl-C stopped.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    // The mix stops at its next block and cleans up; whoever asks twice is not kept waiting.
    let handler = ctrlc::set_handler(|| {
        if IS_CANCELLED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    });
    if let Err(error) = handler {
        eprintln!("busbar-render: warning: Ctrl-C would leave a temporary file ({error})");
    }
    match cli::run(std::env::args_os().skip(1), &mut std::io::stdout().lock(), &IS_CANCELLED) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(1),
        Err(error) => {
            // One line, whatever a file's name or a library's message holds.
            let line = error.to_string().replace(['\n', '\r'], " ");
            eprintln!("busbar-render: {line}");
            ExitCode::from(if error.is_interruption() { INTERRUPTED } else { 2 })
        }
    }
}
