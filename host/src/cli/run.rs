//! Does what was asked for. What is printed goes to `out`, what a person should know beside it to standard error.

use super::args::{HELP, UsageError, parse};
use super::cancel::Cancel;
use super::progress::Progress;
use super::report::{count, duration, print_report, warnings};
use super::request::{Printing, Request};
use super::say::{one_line, warn};
use super::{init, json, params};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::mixfile::{self, Form, MixFile, MixFileError, parse_changes};
use crate::render::{Job, Prepared, RenderError};
use crate::session::relocate;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::Path;

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

/// Reads a command line, without the program's own name, and does what it says. `cancel` stops a mix.
///
/// Who stops reading what is printed (`| head`) has seen enough: that is no error.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    cancel: &Cancel,
) -> Result<Outcome, CliError> {
    match follow(parse(args)?, out, cancel) {
        Err(CliError::Print(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Done),
        outcome => outcome,
    }
}

fn follow(request: Request, out: &mut dyn Write, cancel: &Cancel) -> Result<Outcome, CliError> {
    match request {
        Request::Help => out.write_all(HELP.as_bytes())?,
        Request::Version => writeln!(out, "busbar-render {}", env!("CARGO_PKG_VERSION"))?,
        Request::Mix { job, printing } => mix(job, printing, out, cancel)?,
        Request::Check { job } => check(job, out)?,
        Request::Init { session, output, replace } => match output {
            Some(output) => {
                let page = init::page(session)?;
                let page = relocate(&page, Path::new("here.toml"), &output).map_err(MixFileError::from)?;
                mixfile::write(&output, page.as_bytes(), replace)?;
            }
            None => out.write_all(init::page(session)?.as_bytes())?,
        },
        Request::Params { size, bundle } => params::print(&bundle, size, out)?,
        Request::Diff { old, new, bundle } => return diff(&old, &new, &bundle, out),
        Request::Merge { base, changes, output, force, replace, bundle } => {
            merge(&base, &changes, &output, &bundle, force, replace, out)?;
        }
        Request::Convert { from, to, replace, bundle } => {
            let form = form_of(&to)?;
            let (bytes, losses) = MixFile::read(&from)?.convert(&Bundle::load(&bundle)?, form, Some(&to))?;
            mixfile::write(&to, &bytes, replace)?;
            losses.iter().for_each(|loss| warn(&format!("{}: {loss}", from.display())));
        }
    }
    Ok(Outcome::Done)
}

fn mix(job: Job, printing: Printing, out: &mut dyn Write, cancel: &Cancel) -> Result<(), CliError> {
    let prepared = Prepared::new(job)?;
    let mut progress = Progress::new(&prepared, printing, cancel);
    let outcome = cancel.while_heeded(|| prepared.render(&mut progress));
    progress.finish();
    let report = outcome?;
    warnings(&report).iter().for_each(|warning| warn(warning));
    if printing.json {
        // A program waits for it.
        writeln!(out, "{:#}", json::report_to_json(&report))?;
    } else if !printing.quiet {
        // A courtesy: the mix is on the disk.
        let _ = print_report(&report, out);
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
    let line = format!(
        "{}: {}, {}, {length} at {} Hz, {} set, {} automated: ready to mix",
        path.display(),
        prepared.plugin().description().name,
        count(prepared.stems().len(), "stem"),
        prepared.sample_rate_hz(),
        count(prepared.setup().values.len(), "parameter"),
        prepared.setup().lanes.len(),
    );
    Ok(writeln!(out, "{}", one_line(&line))?)
}

fn diff(old: &Path, new: &Path, bundle: &Path, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let differences = MixFile::read(old)?.diff(&MixFile::read(new)?, &Bundle::load(bundle)?)?;
    differences.warnings.iter().for_each(|warning| warn(warning));
    let mut lines = differences.changes.iter().map(|change| change.to_string());
    // As comments, so that what is printed can be merged as it is.
    let notes = differences.notes.iter().map(|note| format!("# {}", one_line(note)));
    // Whoever reads only the first lines still gets the right exit code.
    let _ = lines.by_ref().chain(notes).try_for_each(|line| writeln!(out, "{line}"));
    Ok(if differences.is_empty() { Outcome::Done } else { Outcome::Different })
}

fn merge(
    base: &Path,
    changes: &Path,
    output: &Path,
    bundle: &Path,
    force: bool,
    may_replace: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let text = mixfile::read_text(changes)
        .map_err(|error| MixFileError::Read { path: changes.to_owned(), reason: error.to_string() })?;
    let changes = parse_changes(&text).map_err(MixFileError::from)?;
    let bundle = Bundle::load(bundle)?;
    let file = MixFile::read(base)?;
    let (merged, warnings) = file.merge(&changes, &bundle, force)?;
    if output == Path::new("-") {
        let (bytes, _) = merged.convert(&bundle, file.form(), None)?;
        out.write_all(&bytes)?;
    } else {
        let (bytes, losses) = merged.convert(&bundle, form_of(output)?, Some(output))?;
        let is_in_place =
            base.canonicalize().is_ok_and(|base| output.canonicalize().is_ok_and(|out| out == base));
        mixfile::write(output, &bytes, may_replace || is_in_place)?;
        losses.iter().for_each(|loss| warn(&format!("{}: {loss}", base.display())));
    }
    warnings.iter().for_each(|warning| warn(&format!("{}: {warning}", base.display())));
    Ok(())
}

fn form_of(path: &Path) -> Result<Form, MixFileError> {
    Form::of_path(path).ok_or_else(|| MixFileError::NoForm { path: path.to_owned() })
}
