//! Mixes stems through the built Busbar plugin. The work is in the library; here its outcome becomes lines and an exit
//! code: 0 when the mix is written, 2 for any error, with one line on standard error that says what to do.

use busbar_host::cli::{self, Request};
use busbar_host::render::render;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever a file's name or a library's message holds.
            let line = error.to_string().replace(['\n', '\r'], " ");
            eprintln!("busbar-render: {line}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    // What is printed is a courtesy: a closed pipe must not fail a mix that is on the disk.
    let mut out = std::io::stdout().lock();
    match cli::parse(std::env::args_os().skip(1))? {
        Request::Help => {
            let _ = out.write_all(cli::HELP.as_bytes());
        }
        Request::Version => {
            let _ = writeln!(out, "busbar-render {}", env!("CARGO_PKG_VERSION"));
        }
        Request::Mix(job) => {
            let report = render(&job)?;
            let _ = cli::print_report(&report, &mut out);
            for warning in cli::warnings(&report) {
                eprintln!("busbar-render: warning: {warning}");
            }
        }
    }
    Ok(())
}
