//! What can be wrong with a session, always with the file, the line and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// A session that cannot be followed.
#[derive(Debug)]
pub struct SessionError {
    /// The session's file.
    pub path: PathBuf,
    /// The line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot read this session: {0}; check its path and what is in it")]
    Unreadable(std::io::Error),
    /// The text is no TOML.
    #[error("this is no TOML ({0}); see `busbar-render --init` for a session to start from")]
    Syntax(String),
    /// A key that no session has.
    #[error("{place} has no `{key}`: it knows {known}")]
    UnknownKey {
        /// The table's name.
        place: String,
        /// What was found.
        key: String,
        /// What it may hold.
        known: String,
    },
    /// A key that cannot be left out.
    #[error("{place} lacks `{key}`: add {example}")]
    Missing {
        /// The table's name.
        place: String,
        /// What is missing.
        key: &'static str,
        /// How to write it.
        example: &'static str,
    },
    /// A value that makes no sense.
    #[error("`{key}` does not understand {found}: {expected}")]
    BadValue {
        /// The key.
        key: String,
        /// What was found, as it stands there.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// Points of automation that go back in time.
    #[error("the points of `{parameter}` are not in the order of time: {time} comes after a later one")]
    PointOrder {
        /// The parameter.
        parameter: String,
        /// The time of the point that is too early.
        time: String,
    },
    /// A parameter that is told twice.
    #[error("`{0}` is told twice: keep one")]
    Twice(String),
    /// A jump of a parameter that cannot be automated.
    #[error("`{0}` cannot be automated: set it in [parameters]")]
    NotAutomatable(String),
    /// The strip is not there.
    #[error("there is no strip {strip} in Busbar {size}: {}", if *size < 32 { "use a larger size" } else { "use strips 1 to 32" })]
    NoSuchStrip {
        /// The strip's number.
        strip: usize,
        /// The plugin's strips.
        size: usize,
    },
    /// What the plugin says about a parameter.
    #[error("{0}")]
    Plugin(#[from] crate::Error),
}

impl SessionError {
    pub(crate) fn new(path: &Path, line: usize, problem: Problem) -> Self {
        Self { path: path.to_owned(), line, problem }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, problem } = self;
        match (path.as_os_str().is_empty(), line) {
            // From the command line: it has no place.
            (true, _) => write!(f, "{problem}"),
            (false, 0) => write!(f, "{}: {problem}", path.display()),
            (false, line) => write!(f, "{} line {line}: {problem}", path.display()),
        }
    }
}

impl std::error::Error for SessionError {}
