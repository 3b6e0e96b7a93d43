//! What `busbar-render` understands.

use crate::audio::MixFormat;
use crate::locate::{NotFound, find_bundle};
use crate::render::{MixJob, SIZES};
use lexopt::prelude::{Long, Short, Value, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

/// The answer to `--help`.
pub const HELP: &str = "\
busbar-render mixes stems through the built Busbar plugin.

Usage: busbar-render [options] STEM... -o mix.wav

Stem 1 goes into strip 1, stem 2 into strip 2, and so on. Stems are WAV or FLAC,
mono or stereo, of one sample rate. The mix is a stereo WAV file.

Options:
  -o, --output FILE   the mix
      --format FORMAT f32 (32-bit float, default), 24 or 16 (bits, with TPDF dither)
      --set ID=TEXT   set a parameter, such as --set s01_fader=\"-6 dB\"; repeatable
      --size STRIPS   8, 16 or 32 (default: the smallest that fits the stems)
      --plugin PATH   the plugin (default: $BUSBAR_CLAP, else the one that was built
                      beside this program, else the installed one)
      --tail SECONDS  go on after the longest stem (default 0)
      --block FRAMES  frames per block, 1 to 65536 (default 512); the mix does not depend on it
  -h, --help          print this
  -V, --version       print the version
";

/// Longer blocks only cost memory; the plugin's own limit is of this order.
const MAX_BLOCK_FRAMES: u32 = 65_536;

/// A tail longer than a day is a slip of the keyboard.
const MAX_TAIL_S: f64 = 86_400.0;

/// What was asked for.
#[derive(Debug)]
pub enum Request {
    /// A mix.
    Mix(MixJob),
    /// The help.
    Help,
    /// The version.
    Version,
}

/// A command line that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// The command line is malformed.
    #[error("{0}; see busbar-render --help")]
    Malformed(#[from] lexopt::Error),
    /// An option's value makes no sense.
    #[error("--{option} does not understand `{value}`: {expected}")]
    BadValue {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What would do.
        expected: &'static str,
    },
    /// No stems were given.
    #[error("no stems were given: name the WAV or FLAC files to mix; see busbar-render --help")]
    NoStems,
    /// No output was given.
    #[error("no output was given: add -o mix.wav")]
    NoOutput,
    /// There is no plugin.
    #[error(transparent)]
    NoPlugin(#[from] NotFound),
}

/// Reads a command line, without the program's own name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, UsageError> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut output = None;
    let mut bundle = None;
    let mut size = None;
    let mut stems = Vec::new();
    let mut settings = Vec::new();
    let mut format = MixFormat::default();
    let mut block_frames = 512;
    let mut tail_s = 0.0;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('o') | Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Long("format") => format = parse_format(parser.value()?)?,
            Long("set") => settings.push(parse_setting(parser.value()?)?),
            Long("size") => size = Some(parse_size(parser.value()?)?),
            Long("plugin") => bundle = Some(PathBuf::from(parser.value()?)),
            Long("tail") => tail_s = parse_tail(parser.value()?)?,
            Long("block") => block_frames = parse_block(parser.value()?)?,
            Short('h') | Long("help") => return Ok(Request::Help),
            Short('V') | Long("version") => return Ok(Request::Version),
            Value(stem) => stems.push(PathBuf::from(stem)),
            other => return Err(other.unexpected().into()),
        }
    }
    if stems.is_empty() {
        return Err(UsageError::NoStems);
    }
    let output = output.ok_or(UsageError::NoOutput)?;
    let bundle = bundle.map_or_else(find_bundle, Ok)?;
    Ok(Request::Mix(MixJob { stems, output, format, bundle, size, settings, block_frames, tail_s }))
}

fn bad(option: &'static str, value: &OsString, expected: &'static str) -> UsageError {
    UsageError::BadValue { option, value: value.to_string_lossy().into_owned(), expected }
}

fn parse_format(value: OsString) -> Result<MixFormat, UsageError> {
    match value.to_str() {
        Some("f32") => Ok(MixFormat::Float32),
        Some("24") => Ok(MixFormat::Int24),
        Some("16") => Ok(MixFormat::Int16),
        _ => Err(bad("format", &value, "use f32, 24 or 16")),
    }
}

fn parse_setting(value: OsString) -> Result<(String, String), UsageError> {
    let split = value.to_str().and_then(|value| value.split_once('='));
    let (id, text) = split
        .filter(|(id, _)| !id.trim().is_empty())
        .ok_or_else(|| bad("set", &value, "write ID=TEXT, such as s01_fader=\"-6 dB\""))?;
    Ok((id.trim().to_owned(), text.trim().to_owned()))
}

fn parse_size(value: OsString) -> Result<usize, UsageError> {
    let size = value.parse().ok().filter(|size| SIZES.contains(size));
    size.ok_or_else(|| bad("size", &value, "use 8, 16 or 32"))
}

fn parse_tail(value: OsString) -> Result<f64, UsageError> {
    let tail = value.parse().ok().filter(|tail| (0.0..=MAX_TAIL_S).contains(tail));
    tail.ok_or_else(|| bad("tail", &value, "use seconds from 0 to 86400, such as 2.5"))
}

fn parse_block(value: OsString) -> Result<u32, UsageError> {
    let block = value.parse().ok().filter(|frames| (1..=MAX_BLOCK_FRAMES).contains(frames));
    block.ok_or_else(|| bad("block", &value, "use a number of frames from 1 to 65536"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Request, UsageError> {
        parse(words.iter().map(OsString::from))
    }

    #[test]
    fn every_option_arrives_where_it_belongs() {
        let words = [
            "a.wav",
            "-o",
            "m.wav",
            "--plugin",
            "P.clap",
            "--size",
            "16",
            "--set",
            "s01_fader=-6 dB",
            "--set",
            "m_mono = On",
            "--format",
            "24",
            "--block=64",
            "--tail",
            "1.5",
            "b.flac",
        ];
        let Ok(Request::Mix(job)) = parse_words(&words) else { panic!("not a mix") };
        assert_eq!(job.stems, ["a.wav", "b.flac"].map(PathBuf::from));
        assert_eq!((job.output, job.bundle), ("m.wav".into(), "P.clap".into()));
        assert_eq!(
            (job.size, job.format, job.block_frames, job.tail_s),
            (Some(16), MixFormat::Int24, 64, 1.5)
        );
        let settings =
            [("s01_fader", "-6 dB"), ("m_mono", "On")].map(|(id, t)| (id.to_owned(), t.to_owned()));
        assert_eq!(job.settings, settings);
    }

    #[test]
    fn defaults_are_those_of_the_help() {
        let Ok(Request::Mix(job)) = parse_words(&["a.wav", "-o", "m.wav", "--plugin", "P.clap"]) else {
            panic!("not a mix")
        };
        assert_eq!(
            (job.size, job.format, job.block_frames, job.tail_s),
            (None, MixFormat::Float32, 512, 0.0)
        );
    }
}
