//! Sessions: a mix on one page of TOML that a person writes by hand.
//!
//! ```toml
//! size = 16                     # strips: 8, 16 or 32 (default: the smallest that fits)
//! sample_rate = 48000           # Hz (default: that of the first stem)
//! block = 512                   # frames (default 512; the mix does not depend on it)
//! tail = "2 s"                  # after the last stem (default: none)
//!
//! [[stem]]
//! strip = 1
//! file = "stems/01-kick.flac"   # relative to the session's folder
//! name = "Kick"                 # the strip's name
//! start = "0 s"
//! gain = "0 dB"                 # before the strip's trim
//!
//! [names]                       # of strips that no stem names
//! s09 = "Return"
//!
//! [parameters]                  # what is not here has its default
//! s01_fader = "-6 dB"
//!
//! [[automation]]
//! parameter = "s06_fader"
//! points = [
//!     { time = "0 s", value = "-inf dB" },
//!     { time = "4.6 s", value = "0 dB" },                  # a straight line from the point before
//!     { time = "27 s", value = "-3 dB", shape = "step" },  # a jump
//! ]
//! ```
//!
//! A session names parameters and values as a person does; what they mean is the plugin's to say, so here they stay text.
//! [`crate::setup::Setup`] asks it.

mod edit;
mod error;
mod quantity;
mod read;
mod write;

pub use edit::{edit, relocate};
pub use error::{Problem, SessionError};
pub use quantity::{Time, format_gain, parse_gain_db};
pub use read::{MAX_RATE_HZ, MIN_RATE_HZ};

use std::path::{Path, PathBuf};

/// A session as it was read or made, nothing of it checked against a plugin.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The number of strips: 8, 16 or 32. None: the smallest that fits.
    pub size: Option<usize>,
    /// The rate of the mix. None: that of the first stem.
    pub sample_rate_hz: Option<u32>,
    /// Frames per block. None: 512.
    pub block_frames: Option<u32>,
    /// How long to go on after the last stem.
    pub tail: Time,
    /// What plays, by strip and start.
    pub stems: Vec<Stem>,
    /// Names of strips that no stem names, by the strip's number.
    pub names: Vec<StripName>,
    /// Parameters and their texts, in the order of the file.
    pub parameters: Vec<Setting>,
    /// Parameters that move.
    pub automation: Vec<Lane>,
}

/// A file that plays into a strip. Several may share a strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    /// The strip's number, from 1.
    pub strip: usize,
    /// The file. In a session it is relative to the session's folder; [`Session::read`] has joined the two.
    pub file: PathBuf,
    /// The strip's name.
    pub name: Option<String>,
    /// When it begins.
    pub start: Time,
    /// What it is amplified by on its way into the strip.
    pub gain_db: f64,
    /// The line of the file where it stands, from 1; 0 if it stands in none.
    pub line: usize,
}

/// The name of a strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripName {
    /// The strip's number, from 1.
    pub strip: usize,
    /// Its name.
    pub name: String,
    /// The line of the file where it stands, from 1; 0 if it stands in none.
    pub line: usize,
}

/// A parameter's value at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The parameter's id or name.
    pub id: String,
    /// The value's text.
    pub text: String,
    /// The line of the file where it stands, from 1; 0 if it stands in none.
    pub line: usize,
}

/// How a parameter moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The parameter's id or name.
    pub parameter: String,
    /// Its points in the order of time, at least one.
    pub points: Vec<Point>,
    /// The line of the file where it stands, from 1; 0 if it stands in none.
    pub line: usize,
}

/// A parameter's value at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub time: Time,
    /// The value's text.
    pub value: String,
    /// How the value gets here from the point before.
    pub shape: Shape,
    /// The line of the file where it stands, from 1; 0 if it stands in none.
    pub line: usize,
}

/// How a value gets from one point to the next. The first point of a lane is always a jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// In a straight line on the parameter's own scale, as a fader that is moved steadily.
    #[default]
    Straight,
    /// By a jump at its time.
    Step,
}

impl Session {
    /// Reads a session. The files of its stems are joined with its folder.
    pub fn read(path: &Path) -> Result<Self, SessionError> {
        match crate::mixfile::read_text(path) {
            Ok(text) => Self::parse(&text, path),
            Err(reason) => Err(SessionError::new(path, 0, Problem::Unreadable(reason))),
        }
    }

    /// Reads the text of a session that stands at `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SessionError> {
        read::parse(text, path)
    }

    /// The session as a page of TOML: stems by strip, parameters by section.
    ///
    /// `comments` explains what a person may add; without it only what is there is written.
    pub fn to_toml(&self, title: &str, comments: bool) -> String {
        write::to_toml(self, title, comments)
    }

    /// The name of a strip, counted from 1: that of its first named stem, or else from the table of names.
    pub fn strip_name(&self, strip: usize) -> Option<&str> {
        let of_stem = self.stems.iter().filter(|stem| stem.strip == strip).find_map(|s| s.name.as_deref());
        let of_table = || self.names.iter().find(|name| name.strip == strip).map(|name| name.name.as_str());
        of_stem.or_else(of_table)
    }

    /// The highest strip that anything plays into; 0 if nothing does.
    pub fn highest_strip(&self) -> usize {
        self.stems.iter().map(|stem| stem.strip).max().unwrap_or(0)
    }
}
