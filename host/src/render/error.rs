//! Why a mix failed, each with what to do next.

use super::SIZES;
use crate::audio::{ReadError, WriteError};
use crate::error::Error;
use crate::session::SessionError;
use std::path::{Path, PathBuf};

/// Why a mix failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A stem is at fault.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output is at fault.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The plugin is at fault.
    #[error(transparent)]
    Plugin(#[from] Error),
    /// The session is at fault.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Nothing to mix.
    #[error("{}", no_stems(session))]
    NoStems {
        /// The session's file; empty if there is none.
        session: PathBuf,
    },
    /// More stems than strips.
    #[error("{}", advise(*n_strips, *size))]
    TooManyStems {
        /// How many strips are needed.
        n_strips: usize,
        /// The size that was asked for.
        size: Option<usize>,
    },
    /// The mix would replace one of its stems.
    #[error("{} is one of the stems: give the mix another name", path.display())]
    OutputIsStem {
        /// The file.
        path: PathBuf,
    },
    /// The mix would replace its session.
    #[error("{} is the session: give the mix another name", path.display())]
    OutputIsSession {
        /// The file.
        path: PathBuf,
    },
    /// A name that no session can hold.
    #[error("the name of {} is not UTF-8, which a session cannot hold: rename the file", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// The mix would have a rate that nobody mixes at.
    #[error("{} has {sample_rate_hz} Hz, at which nothing is mixed: give the mix a rate from 8000 to 384000 Hz, with sample_rate in a session or --rate", path.display())]
    Rate {
        /// The first stem.
        path: PathBuf,
        /// Its rate.
        sample_rate_hz: u32,
    },
    /// The plugin's ports are not those of Busbar.
    #[error(
        "`{plugin}` has no stereo master output or not {n_strips} stereo inputs: use Busbar's own bundle"
    )]
    Ports {
        /// The plugin's name.
        plugin: String,
        /// How many inputs are needed.
        n_strips: usize,
    },
    /// Someone asked to stop.
    #[error("interrupted: no mix was written, and what was there before is still there")]
    Interrupted,
}

fn no_stems(session: &Path) -> String {
    if session.as_os_str().is_empty() {
        "no stems were given: name the sound files to mix".to_owned()
    } else {
        format!("{} has no stems: add [[stem]] with strip = 1 and file = \"kick.wav\"", session.display())
    }
}

fn advise(n_strips: usize, size: Option<usize>) -> String {
    let largest = SIZES[SIZES.len() - 1];
    match SIZES.into_iter().find(|size| n_strips <= *size) {
        Some(fitting) => {
            format!("{n_strips} strips do not fit Busbar {}: use size {fitting}", size.unwrap_or(fitting))
        }
        None => format!(
            "{n_strips} stems do not fit the {largest} strips of Busbar {largest}: mix some of them together first, or let some \
             share a strip in a session"
        ),
    }
}
