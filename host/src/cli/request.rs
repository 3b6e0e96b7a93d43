//! What was asked for.

use crate::render::Job;
use crate::session::Session;
use std::path::PathBuf;

/// What was asked for.
#[derive(Debug)]
pub enum Request {
    /// A mix.
    Mix {
        /// What it is made of.
        job: Job,
        /// What to print.
        printing: Printing,
    },
    /// Whether a mix could be made.
    Check {
        /// What it would be made of.
        job: Job,
    },
    /// A session to start from.
    Init {
        /// Its stems and what else the command line told.
        session: Session,
        /// What to write; standard output if there is none.
        output: Option<PathBuf>,
        /// Whether to replace what is there.
        replace: bool,
    },
    /// The list of parameters.
    Params {
        /// The size; the smallest if there is none.
        size: Option<usize>,
        /// The plugin.
        bundle: PathBuf,
    },
    /// How two files of settings differ.
    Diff {
        /// The first.
        old: PathBuf,
        /// The second.
        new: PathBuf,
        /// The plugin.
        bundle: PathBuf,
    },
    /// A file of settings with changes.
    Merge {
        /// The file.
        base: PathBuf,
        /// The changes; `-` for standard input.
        changes: PathBuf,
        /// What to write; `-` for standard output.
        output: PathBuf,
        /// Whether to overrule what does not fit.
        force: bool,
        /// Whether to replace what is there.
        replace: bool,
        /// The plugin.
        bundle: PathBuf,
    },
    /// A file of settings in another form.
    Convert {
        /// The file.
        from: PathBuf,
        /// What to write; its name tells the form.
        to: PathBuf,
        /// Whether to replace what is there.
        replace: bool,
        /// The plugin.
        bundle: PathBuf,
    },
    /// The help.
    Help,
    /// The version.
    Version,
}

/// What a mix prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Printing {
    /// The report as JSON rather than as a table.
    pub json: bool,
    /// No progress and no table.
    pub quiet: bool,
}
