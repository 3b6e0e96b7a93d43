//! Does what was asked for. What is printed goes to `out`, what a person should know beside it to standard error.

use super::args::{HELP, UsageError, parse};
use super::progress::Progress;
use super::report::{count, duration, print_report, warnings};
use super::request::{Printing, Request};
use super::{init, json, params};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::mixfile::{self, Form, MixFile, MixFileError, parse_changes};
use crate::render::{Job, Prepared, RenderError};
use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// How it ended, if not by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is done.
    Done,
    /// Two files differ.
    Different,
}

/// Why it failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The command line is at fault.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The mix is at fault.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The plugin is at fault.
    #[error(transparent)]
    Plugin(#[from] Error),
    /// A file of settings is at fault.
    #[error(transparent)]
    MixFile(#[from] MixFileError),
    /// Something cannot be printed.
    #[error("cannot print: {0}; check where the output goes")]
    Print(#[from] std::io::Error),
}

impl CliError {
    /// Whether someone asked to stop.
    pub fn is_interruption(&self) -> bool {
        matches!(self, Self::Render(RenderError::Interrupted))
    }
}

/// Reads a command line, without the program's own name, and does what it says. `is_cancelled` stops a mix.
///
/// Who stops reading what is printed (`| head`) has seen enough: that is no error.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    is_cancelled: &AtomicBool,
) -> Result<Outcome, CliError> {
    match follow(parse(args)?, out, is_cancelled) {
        Err(CliError::Print(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Done),
        outcome => outcome,
    }
}

fn follow(request: Request, out: &mut dyn Write, is_cancelled: &AtomicBool) -> Result<Outcome, CliError> {
    match request {
        Request::Help => out.write_all(HELP.as_bytes())?,
        Request::Version => writeln!(out, "busbar-render {}", env!("CARGO_PKG_VERSION"))?,
        Request::Mix { job, printing } => mix(job, printing, out, is_cancelled)?,
        Request::Check { job } => check(job, out)?,
        Request::Init { session } => out.write_all(init::page(session)?.as_bytes())?,
        Request::Params { size, bundle } => params::print(&bundle, size, out)?,
        Request::Diff { old, new, bundle } => {
            let bundle = Bundle::load(&bundle)?;
            let changes = MixFile::read(&old)?.diff(&MixFile::read(&new)?, &bundle)?;
            for change in &changes {
                writeln!(out, "{change}")?;
            }
            return Ok(if changes.is_empty() { Outcome::Done } else { Outcome::Different });
        }
        Request::Merge { base, changes, output, force, bundle } => {
            let changes = parse_changes(&read_text(&changes)?).map_err(MixFileError::from)?;
            let base = MixFile::read(&base)?;
            let bytes = base.merge(&changes, &Bundle::load(&bundle)?, force)?;
            write_file(&output, &bytes, force, out)?;
        }
        Request::Convert { from, to, force, bundle } => {
            let form = Form::of_path(&to).ok_or_else(|| MixFileError::NoForm { path: to.clone() })?;
            let (bytes, losses) = MixFile::read(&from)?.convert(&Bundle::load(&bundle)?, form)?;
            write_file(&to, &bytes, force, out)?;
            for loss in losses {
                eprintln!("busbar-render: warning: {}: {loss}", from.display());
            }
        }
    }
    Ok(Outcome::Done)
}

fn mix(job: Job, printing: Printing, out: &mut dyn Write, is_cancelled: &AtomicBool) -> Result<(), CliError> {
    let prepared = Prepared::new(job)?;
    let mut progress = Progress::new(&prepared, printing, is_cancelled);
    let outcome = prepared.render(&mut progress);
    progress.finish();
    let report = outcome?;
    // What is printed is a courtesy: a closed pipe must not fail a mix that is on the disk.
    if printing.json {
        let _ = writeln!(out, "{:#}", json::report_to_json(&report));
    } else if !printing.quiet {
        let _ = print_report(&report, out);
    }
    for warning in warnings(&report) {
        eprintln!("busbar-render: warning: {warning}");
    }
    Ok(())
}

fn check(job: Job, out: &mut dyn Write) -> Result<(), CliError> {
    let path = job.session_path.clone();
    let prepared = Prepared::new(job)?;
    let length = match prepared.n_frames() {
        Some(n_frames) => duration(n_frames, prepared.sample_rate_hz()),
        None => "of unknown length".to_owned(),
    };
    let setup = prepared.setup();
    writeln!(
        out,
        "{}: {}, {}, {length} at {} Hz, {} set, {} automated: ready to mix",
        path.display(),
        prepared.plugin().description().name,
        count(prepared.stems().len(), "stem"),
        prepared.sample_rate_hz(),
        count(setup.values.len(), "parameter"),
        setup.lanes.len(),
    )?;
    Ok(())
}

fn read_text(path: &Path) -> Result<String, MixFileError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|error| MixFileError::Read { path: path.to_owned(), reason: error.to_string() })?;
    Ok(text)
}

fn write_file(path: &Path, bytes: &[u8], force: bool, out: &mut dyn Write) -> Result<(), CliError> {
    if path == Path::new("-") {
        out.write_all(bytes)?;
        return Ok(());
    }
    Ok(mixfile::write(path, bytes, force)?)
}
