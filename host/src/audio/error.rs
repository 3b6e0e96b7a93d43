//! What can go wrong with files of sound. Each message is one line that says what to do next.

use std::path::PathBuf;

/// Why a stem cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("cannot open the stem {}: {source}; check its path", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is no sound that is understood.
    #[error(
        "cannot read {} as WAV, AIFF, FLAC, OGG Vorbis or MP3 ({reason}): convert it to one of them",
        path.display()
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The decoder's reason.
        reason: String,
    },
    /// Neither mono nor stereo.
    #[error("{} has {n_channels} channels: split it into mono or stereo stems", path.display())]
    Channels {
        /// The file.
        path: PathBuf,
        /// How many it has.
        n_channels: usize,
    },
    /// Two rates whose ratio takes too long a filter.
    #[error(
        "{} is at {file_rate_hz} Hz, which does not resample to {sample_rate_hz} Hz: convert it to that rate first",
        path.display()
    )]
    Rate {
        /// The file.
        path: PathBuf,
        /// Its sample rate.
        file_rate_hz: u32,
        /// The wanted one.
        sample_rate_hz: u32,
    },
    /// The file breaks off or is corrupt in the middle.
    #[error("{} is damaged after {n_frames} samples ({reason}): make or copy it anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How many frames could be read.
        n_frames: u64,
        /// The decoder's reason.
        reason: String,
    },
}

/// Why a mix cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The name tells no format that can be written.
    #[error("a mix is a WAV or a FLAC file, and {} is named like neither: end its name in .wav or .flac", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// FLAC holds whole numbers only.
    #[error("{} is to be a FLAC file, which holds no float samples: use --format 24, or end its name in .wav", path.display())]
    FloatFlac {
        /// The file.
        path: PathBuf,
    },
    /// The header has no room for the rate.
    #[error("{} cannot be at {sample_rate_hz} Hz: choose a sample rate from 1 to {max_hz} Hz", path.display())]
    Rate {
        /// The file.
        path: PathBuf,
        /// The wanted sample rate.
        sample_rate_hz: u32,
        /// The highest possible one.
        max_hz: u32,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {reason}; check the folder, its permissions and the space on the disk", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The format cannot be longer.
    #[error("{} would grow beyond {limit}: {advice}", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// What it cannot exceed.
        limit: &'static str,
        /// The way out.
        advice: &'static str,
    },
}
