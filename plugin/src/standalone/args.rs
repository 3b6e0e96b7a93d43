//! What `busbar-standalone` understands.

use super::start::SIZES;
use lexopt::prelude::{Long, Short, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

/// The answer to `--help`.
pub(super) const HELP: &str = "\
busbar-standalone is Busbar, a mixer bus, as a program of its own.

Usage: busbar-standalone [options]

  --size STRIPS    8, 16 or 32 (default: that of the state, else 8)
  --state FILE     start from a state that Busbar saved (JSON)
  --set ID=TEXT    set a parameter, such as --set s05_fader=\"-6 dB\"; repeatable, after the state
  --list           print every parameter's id, default and name
  --backend NAME   auto (default: jack, else device), jack, dummy (no sound), or
                   device, also called alsa on Linux, coreaudio on macOS, wasapi on Windows
  -h, --help       print this
  -V, --version    print the version

JACK: ports strip_01_l and strip_01_r to the last strip's, master_l and master_r,
group_a_l to group_d_r. Inputs wait for you to connect them; the master is
connected to the first two playback ports.
  --name NAME      the client's name (default busbar; a second one is told apart by a number)
  --no-connect     leave the master unconnected

A sound device carries one stereo input, which is strip 1, and the master:
  --input NAME     the device to hear (default: none)
  --output NAME    the device to play on (default: the system's); an empty name lists all
  --rate HZ        sample rate (default 48000; also dummy)
  --period FRAMES  frames per block (default 512; also dummy)
";

/// Longer blocks only cost memory.
const MAX_PERIOD_FRAMES: u32 = 65_536;

/// What was asked for.
#[derive(Debug)]
pub(super) enum Request {
    /// Sound.
    Run(Options),
    /// The list of parameters of a size.
    List(Option<usize>),
    /// The help.
    Help,
    /// The version.
    Version,
}

/// Who moves the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Backend {
    /// JACK, or a sound device where no server runs.
    #[default]
    Auto,
    Jack,
    /// The system's own: ALSA, Core Audio or WASAPI.
    Device,
    Dummy,
}

/// The system's own backend, as the framework calls it.
pub(super) const DEVICE_BACKEND: &str = if cfg!(windows) {
    "wasapi"
} else if cfg!(target_os = "macos") {
    "core-audio"
} else {
    "alsa"
};

/// How to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Options {
    pub(super) size: Option<usize>,
    pub(super) state: Option<PathBuf>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) backend: Backend,
    pub(super) name: String,
    pub(super) connect: bool,
    pub(super) input: Option<String>,
    pub(super) output: Option<String>,
    pub(super) rate_hz: u32,
    pub(super) period_frames: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: None,
            state: None,
            settings: Vec::new(),
            backend: Backend::default(),
            name: "busbar".to_owned(),
            connect: true,
            input: None,
            output: None,
            rate_hz: 48_000,
            period_frames: 512,
        }
    }
}

/// A command line that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(super) enum UsageError {
    #[error("{0}; see busbar-standalone --help")]
    Malformed(#[from] lexopt::Error),
    #[error("--{option} does not understand `{value}`: {expected}")]
    BadValue { option: &'static str, value: String, expected: &'static str },
}

/// Reads a command line, without the program's own name.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, UsageError> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut options = Options::default();
    let mut list = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("size") => options.size = Some(parse_size(parser.value()?)?),
            Long("state") => options.state = Some(PathBuf::from(parser.value()?)),
            Long("set") => options.settings.push(parse_setting(parser.value()?)?),
            Long("list") => list = true,
            Long("backend") => options.backend = parse_backend(parser.value()?)?,
            Long("name") => options.name = parse_name(parser.value()?)?,
            Long("no-connect") => options.connect = false,
            Long("input") => options.input = Some(parser.value()?.string()?),
            Long("output") => options.output = Some(parser.value()?.string()?),
            Long("rate") => options.rate_hz = parse_rate(parser.value()?)?,
            Long("period") => options.period_frames = parse_period(parser.value()?)?,
            Short('h') | Long("help") => return Ok(Request::Help),
            Short('V') | Long("version") => return Ok(Request::Version),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(if list { Request::List(options.size) } else { Request::Run(options) })
}

fn bad(option: &'static str, value: &OsString, expected: &'static str) -> UsageError {
    UsageError::BadValue { option, value: value.to_string_lossy().into_owned(), expected }
}

fn parse_size(value: OsString) -> Result<usize, UsageError> {
    let size = value.parse().ok().filter(|size| SIZES.contains(size));
    size.ok_or_else(|| bad("size", &value, "use 8, 16 or 32"))
}

fn parse_setting(value: OsString) -> Result<(String, String), UsageError> {
    let split = value.to_str().and_then(|value| value.split_once('='));
    let (id, text) = split
        .filter(|(id, _)| !id.trim().is_empty())
        .ok_or_else(|| bad("set", &value, "write ID=TEXT, such as s05_fader=\"-6 dB\""))?;
    Ok((id.trim().to_owned(), text.trim().to_owned()))
}

fn parse_backend(value: OsString) -> Result<Backend, UsageError> {
    match value.to_str() {
        Some("auto") => Ok(Backend::Auto),
        Some("jack") => Ok(Backend::Jack),
        Some("dummy") => Ok(Backend::Dummy),
        Some("device") => Ok(Backend::Device),
        Some("coreaudio") if cfg!(target_os = "macos") => Ok(Backend::Device),
        Some(name) if name == DEVICE_BACKEND => Ok(Backend::Device),
        _ => Err(bad("backend", &value, "use auto, jack, device or dummy")),
    }
}

/// JACK separates client and port by a colon, and its names are C strings of at most 63 bytes.
fn parse_name(value: OsString) -> Result<String, UsageError> {
    let name = value.to_str().filter(|name| (1..=60).contains(&name.len()) && !name.contains([':', '\0']));
    name.map(str::to_owned).ok_or_else(|| bad("name", &value, "use 1 to 60 characters without a colon"))
}

fn parse_rate(value: OsString) -> Result<u32, UsageError> {
    let rate = value.parse().ok().filter(|rate| (8_000..=768_000).contains(rate));
    rate.ok_or_else(|| bad("rate", &value, "use a sample rate from 8000 to 768000"))
}

fn parse_period(value: OsString) -> Result<u32, UsageError> {
    let period = value.parse().ok().filter(|frames| (1..=MAX_PERIOD_FRAMES).contains(frames));
    period.ok_or_else(|| bad("period", &value, "use a number of frames from 1 to 65536"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> Result<Request, String> {
        parse(words.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn every_option_arrives_where_it_belongs() {
        let words = "--size 16 --state a.json --set s01_fader=-6 --set m_mono=on --backend jack --name mix \
                     --no-connect --input in --output out --rate 44100 --period=64";
        let Ok(Request::Run(options)) = parse_words(words) else { panic!("not a run") };
        let settings =
            [("s01_fader", "-6"), ("m_mono", "on")].map(|(id, text)| (id.to_owned(), text.to_owned()));
        let expected = Options {
            size: Some(16),
            state: Some("a.json".into()),
            settings: settings.into(),
            backend: Backend::Jack,
            name: "mix".to_owned(),
            connect: false,
            input: Some("in".to_owned()),
            output: Some("out".to_owned()),
            rate_hz: 44_100,
            period_frames: 64,
        };
        assert_eq!(options, expected);
        assert!(matches!(parse_words("--list --size 32"), Ok(Request::List(Some(32)))));
        assert!(parse_words("--backend asio -h").is_err());
        assert!(matches!(parse_words("-h --backend asio"), Ok(Request::Help)));
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for (words, named) in [
            ("--size 12", "8, 16 or 32"),
            ("--set s01_fader", "ID=TEXT"),
            ("--backend pulse", "auto, jack"),
            ("--name a:b", "colon"),
            ("--rate 1", "8000"),
            ("--period 0", "65536"),
            ("--frobnicate", "--help"),
            ("mix.wav", "--help"),
        ] {
            let error = parse_words(words).expect_err(words);
            assert!(error.contains(named) && !error.contains('\n'), "{words}: {error}");
        }
    }
}
