//! What `busbar-render` understands.

use super::request::{Printing, Request};
use crate::audio::MixFormat;
use crate::locate::{NotFound, find_bundle};
use crate::render::{Job, MAX_BLOCK_FRAMES, SIZES};
use crate::session::{MAX_RATE_HZ, Session, SessionError, Setting, Stem, Time};
use lexopt::prelude::{Long, Short, Value, ValueExt};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The answer to `--help`.
pub const HELP: &str = "\
busbar-render mixes stems through the built Busbar plugin.

Usage:
  busbar-render [options] SESSION.toml [-o mix.wav]
  busbar-render [options] STEM... -o mix.wav
  busbar-render --init STEM... [-o mix.toml]      a session to start from
  busbar-render --check SESSION.toml              open and check everything, render nothing
  busbar-render --params [--size STRIPS]          parameters, their ranges and texts
  busbar-render diff A B                          in which parameters two differ
  busbar-render merge BASE CHANGES OUT            BASE with what diff printed
  busbar-render convert FROM TO                   one form into another

Stems are WAV, FLAC, AIFF, MP3 or OGG Vorbis, mono or stereo, of any sample rate.
Without a session, stem 1 goes into strip 1, stem 2 into strip 2, and so on.
A, B, BASE, OUT, FROM and TO are sessions (.toml), the plugin's states (.json) or
.vstpreset files. CHANGES may be - for standard input, OUT - for standard output,
or the same as BASE.

Options of a mix:
  -o, --output FILE   the mix, .wav or .flac (default: the session's name with .wav, here)
      --format FORMAT f32 (32-bit float; default of .wav), 24 (default of .flac) or 16
                      (bits, with TPDF dither)
      --stems         write the groups that sound, too: mix-group-a.wav and so on
      --set ID=TEXT   set a parameter, such as --set s01_fader=\"-6 dB\"; repeatable;
                      it overrules the session and its automation
      --size STRIPS   8, 16 or 32 (default: the smallest that fits the stems)
      --rate HZ       the sample rate of the mix (default: that of the first stem)
      --tail TIME     go on after the last stem, such as 2.5 or \"2.5 s\" (default: none)
      --block FRAMES  frames per block, 1 to 65536 (default 512); the mix does not depend on it
      --json          print the report as JSON
  -q, --quiet         print nothing but warnings, errors and, if asked for, the JSON

Other options:
      --plugin PATH   the plugin (default: $BUSBAR_CLAP, else the one that was built
                      beside this program, else the installed one)
      --replace       of --init, merge and convert: replace a file that is there
      --force         of merge: apply changes that do not fit, too
  -h, --help          print this
  -V, --version       print the version

Exit code: 0 done, 1 diff found differences, 2 an error, 130 interrupted.
";

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
    #[error("no stems were given: name a session or the sound files to mix; see busbar-render --help")]
    NoStems,
    /// No output was given.
    #[error("no output was given: add -o mix.wav")]
    NoOutput,
    /// A session among stems, or two of them.
    #[error("a session stands alone: name {}, or stems, but not both", session.display())]
    SessionAndStems {
        /// The session.
        session: PathBuf,
    },
    /// Not a session.
    #[error("--check wants one session: name a .toml file; see busbar-render --init")]
    NothingToCheck,
    /// A command has not got what it works on.
    #[error("{command} wants {wanted}: see busbar-render --help")]
    Operands {
        /// The command.
        command: &'static str,
        /// What it wants.
        wanted: &'static str,
    },
    /// An option that the command has no use for.
    #[error("{command} has no use for --{option}: leave it out; see busbar-render --help")]
    Useless {
        /// The command.
        command: &'static str,
        /// The option.
        option: &'static str,
    },
    /// There is no plugin.
    #[error(transparent)]
    NoPlugin(#[from] NotFound),
    /// The session cannot be read.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Everything on the command line, in the order of the help.
#[derive(Default)]
struct Words {
    operands: Vec<PathBuf>,
    init: bool,
    check: bool,
    params: bool,
    output: Option<PathBuf>,
    format: Option<MixFormat>,
    with_groups: bool,
    settings: Vec<Setting>,
    size: Option<usize>,
    sample_rate_hz: Option<u32>,
    tail: Option<Time>,
    block_frames: Option<u32>,
    json: bool,
    quiet: bool,
    bundle: Option<PathBuf>,
    replace: bool,
    force: bool,
    /// The long names of all options that were given.
    given: Vec<&'static str>,
}

/// The options that take a value or change what a command does, by their long names.
const OPTIONS: [&str; 16] = [
    "init", "check", "params", "output", "format", "stems", "set", "size", "rate", "tail", "block", "json",
    "quiet", "plugin", "replace", "force",
];

/// Reads a command line, without the program's own name, and the session that it names.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, UsageError> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut words = Words::default();
    while let Some(argument) = parser.next()? {
        let option = match &argument {
            Short('o') => Some("output"),
            Short('q') => Some("quiet"),
            Long(name) => OPTIONS.into_iter().find(|option| option == name),
            _ => None,
        };
        words.given.extend(option);
        match argument {
            Long("init") => words.init = true,
            Long("check") => words.check = true,
            Long("params") => words.params = true,
            Short('o') | Long("output") => words.output = Some(PathBuf::from(parser.value()?)),
            Long("format") => words.format = Some(parse_format(parser.value()?)?),
            Long("stems") => words.with_groups = true,
            Long("set") => words.settings.push(parse_setting(parser.value()?)?),
            Long("size") => words.size = Some(parse_size(parser.value()?)?),
            Long("rate") => words.sample_rate_hz = Some(parse_rate(parser.value()?)?),
            Long("tail") => words.tail = Some(parse_tail(parser.value()?)?),
            Long("block") => words.block_frames = Some(parse_block(parser.value()?)?),
            Long("json") => words.json = true,
            Short('q') | Long("quiet") => words.quiet = true,
            Long("plugin") => words.bundle = Some(PathBuf::from(parser.value()?)),
            Long("replace") => words.replace = true,
            Long("force") => words.force = true,
            Short('h') | Long("help") => return Ok(Request::Help),
            Short('V') | Long("version") => return Ok(Request::Version),
            Value(operand) => words.operands.push(PathBuf::from(operand)),
            other => return Err(other.unexpected().into()),
        }
    }
    words.request()
}

impl Words {
    fn request(mut self) -> Result<Request, UsageError> {
        if self.params {
            self.takes("--params", &["params", "size", "plugin"])?;
            if !self.operands.is_empty() {
                return Err(UsageError::Operands { command: "--params", wanted: "no files" });
            }
            return Ok(Request::Params { size: self.size, bundle: self.bundle()? });
        }
        if self.init {
            self.takes("--init", &["init", "output", "size", "rate", "tail", "block", "replace"])?;
            let (output, replace) = (self.output.take(), self.replace);
            let session = self.session_of_stems()?;
            return Ok(Request::Init { session, output, replace });
        }
        let command = self.operands.first().and_then(|word| word.to_str()).unwrap_or_default();
        match command {
            "diff" => self.diff(),
            "merge" => self.merge(),
            "convert" => self.convert(),
            _ => self.mix(),
        }
    }

    /// An option that would go unheard is an error.
    fn takes(&self, command: &'static str, options: &[&str]) -> Result<(), UsageError> {
        match self.given.iter().find(|given| !options.contains(given)) {
            Some(option) => Err(UsageError::Useless { command, option }),
            None => Ok(()),
        }
    }

    fn mix(self) -> Result<Request, UsageError> {
        let mut options = vec!["output", "format", "stems", "set", "size", "rate", "tail", "block", "plugin"];
        let (printing, check) = (Printing { json: self.json, quiet: self.quiet }, self.check);
        if check {
            options.push("check");
            self.takes("--check", &options)?;
            return Ok(Request::Check { job: self.job()? });
        }
        options.extend(["json", "quiet"]);
        self.takes("a mix", &options)?;
        Ok(Request::Mix { job: self.job()?, printing })
    }

    fn diff(self) -> Result<Request, UsageError> {
        self.takes("diff", &["plugin"])?;
        match self.operands.as_slice() {
            [_, old, new] => Ok(Request::Diff { old: old.clone(), new: new.clone(), bundle: self.bundle()? }),
            _ => Err(UsageError::Operands { command: "diff", wanted: "two files" }),
        }
    }

    fn merge(self) -> Result<Request, UsageError> {
        self.takes("merge", &["plugin", "replace", "force"])?;
        match self.operands.as_slice() {
            [_, base, changes, output] => Ok(Request::Merge {
                base: base.clone(),
                changes: changes.clone(),
                output: output.clone(),
                force: self.force,
                replace: self.replace,
                bundle: self.bundle()?,
            }),
            _ => {
                Err(UsageError::Operands { command: "merge", wanted: "a file, changes and a file to write" })
            }
        }
    }

    fn convert(self) -> Result<Request, UsageError> {
        self.takes("convert", &["plugin", "replace"])?;
        match self.operands.as_slice() {
            [_, from, to] => Ok(Request::Convert {
                from: from.clone(),
                to: to.clone(),
                replace: self.replace,
                bundle: self.bundle()?,
            }),
            _ => Err(UsageError::Operands { command: "convert", wanted: "a file and a file to write" }),
        }
    }

    fn bundle(&self) -> Result<PathBuf, NotFound> {
        self.bundle.clone().map_or_else(find_bundle, Ok)
    }

    fn job(mut self) -> Result<Job, UsageError> {
        let mut sessions = self.operands.iter().filter(|operand| is_session(operand));
        let (mut session, session_path) = match (sessions.next().cloned(), self.operands.len()) {
            (Some(path), 1) => (Session::read(&path)?, path),
            (Some(session), _) => return Err(UsageError::SessionAndStems { session }),
            (None, _) if self.check => return Err(UsageError::NothingToCheck),
            (None, _) => (self.session_of_stems()?, PathBuf::new()),
        };
        session.size = self.size.or(session.size);
        session.sample_rate_hz = self.sample_rate_hz.or(session.sample_rate_hz);
        session.block_frames = self.block_frames.or(session.block_frames);
        session.tail = self.tail.unwrap_or(session.tail);
        let output = match (self.output.take(), session_path.file_stem()) {
            (Some(output), _) => output,
            (None, Some(name)) => Path::new(name).with_added_wav(),
            (None, None) => return Err(UsageError::NoOutput),
        };
        let bundle = self.bundle()?;
        Ok(Job {
            session,
            session_path,
            settings: self.settings,
            bundle,
            output,
            format: self.format,
            with_groups: self.with_groups,
            // Nobody would see it.
            with_loudness: self.json || !self.quiet,
        })
    }

    /// One stem per strip, in the order of the command line.
    fn session_of_stems(&mut self) -> Result<Session, UsageError> {
        if self.operands.is_empty() {
            return Err(UsageError::NoStems);
        }
        if let Some(session) = self.operands.iter().find(|operand| is_session(operand)) {
            return Err(UsageError::SessionAndStems { session: session.clone() });
        }
        let stem = |(stem_idx, file)| Stem {
            strip: stem_idx + 1,
            file,
            name: None,
            start: Time::default(),
            gain_db: 0.0,
            line: 0,
        };
        Ok(Session {
            size: self.size,
            sample_rate_hz: self.sample_rate_hz,
            block_frames: self.block_frames,
            tail: self.tail.unwrap_or_default(),
            stems: std::mem::take(&mut self.operands).into_iter().enumerate().map(stem).collect(),
            ..Session::default()
        })
    }
}

/// `mix` → `mix.wav`, also for `a.b`.
trait WithAddedWav {
    fn with_added_wav(&self) -> PathBuf;
}

impl WithAddedWav for Path {
    fn with_added_wav(&self) -> PathBuf {
        let mut name = self.as_os_str().to_owned();
        name.push(".wav");
        name.into()
    }
}

fn is_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
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

fn parse_setting(value: OsString) -> Result<Setting, UsageError> {
    let split = value.to_str().and_then(|value| value.split_once('='));
    let (id, text) = split
        .filter(|(id, _)| !id.trim().is_empty())
        .ok_or_else(|| bad("set", &value, "write ID=TEXT, such as s01_fader=\"-6 dB\""))?;
    Ok(Setting { id: id.trim().to_owned(), text: text.trim().to_owned(), line: 0 })
}

fn parse_size(value: OsString) -> Result<usize, UsageError> {
    let size = value.parse().ok().filter(|size| SIZES.contains(size));
    size.ok_or_else(|| bad("size", &value, "use 8, 16 or 32"))
}

fn parse_rate(value: OsString) -> Result<u32, UsageError> {
    let rate = value.parse().ok().filter(|rate| (8_000..=MAX_RATE_HZ).contains(rate));
    rate.ok_or_else(|| bad("rate", &value, "use a rate from 8000 to 384000 Hz, such as 48000"))
}

fn parse_tail(value: OsString) -> Result<Time, UsageError> {
    let tail = value.to_str().and_then(Time::parse);
    tail.ok_or_else(|| bad("tail", &value, "use seconds from 0 on, such as 2.5, \"2.5 s\" or \"250 ms\""))
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

    fn mix(words: &[&str]) -> (Job, Printing) {
        match parse_words(words) {
            Ok(Request::Mix { job, printing }) => (job, printing),
            other => panic!("not a mix: {other:?}"),
        }
    }

    #[test]
    fn every_option_of_a_mix_arrives_where_it_belongs() {
        let words = "a.wav -o m.wav --plugin P.clap --size 16 --set s01_fader=-6 --set m_mono=On --format 24 --stems \
                     --rate 44100 --block=64 --tail 1.5 --json -q b.flac";
        let (job, printing) = mix(&words.split_whitespace().collect::<Vec<_>>());
        let stems: Vec<_> = job.session.stems.iter().map(|stem| (stem.strip, stem.file.clone())).collect();
        assert_eq!(stems, [(1, "a.wav".into()), (2, "b.flac".into())]);
        assert_eq!((job.output, job.bundle), ("m.wav".into(), "P.clap".into()));
        let Session { size, sample_rate_hz, block_frames, tail, .. } = job.session;
        assert_eq!(
            (size, sample_rate_hz, block_frames, tail),
            (Some(16), Some(44_100), Some(64), Time::Seconds(1.5))
        );
        assert_eq!((job.format, job.with_groups), (Some(MixFormat::Int24), true));
        let settings: Vec<_> = job.settings.iter().map(|s| (s.id.as_str(), s.text.as_str())).collect();
        assert_eq!(settings, [("s01_fader", "-6"), ("m_mono", "On")]);
        assert_eq!(printing, Printing { json: true, quiet: true });
    }

    #[test]
    fn defaults_are_those_of_the_help() {
        let (job, printing) = mix(&["a.wav", "-o", "m.wav", "--plugin", "P.clap"]);
        assert_eq!((job.format, job.with_groups, job.settings.len()), (None, false, 0));
        let Session { size, sample_rate_hz, block_frames, tail, .. } = job.session;
        assert_eq!((size, sample_rate_hz, block_frames, tail), (None, None, None, Time::default()));
        assert_eq!(printing, Printing { json: false, quiet: false });
    }

    #[test]
    fn commands_are_told_from_stems() {
        let operands = |words: &[&str]| parse_words(&[words, &["--plugin", "P.clap"]].concat());
        assert!(matches!(operands(&["diff", "a", "b"]), Ok(Request::Diff { .. })));
        assert!(matches!(
            operands(&["merge", "a", "-", "c", "--force"]),
            Ok(Request::Merge { force: true, .. })
        ));
        assert!(matches!(
            operands(&["convert", "a", "b", "--replace"]),
            Ok(Request::Convert { replace: true, .. })
        ));
        assert!(matches!(
            operands(&["--params", "--size", "32"]),
            Ok(Request::Params { size: Some(32), .. })
        ));
        assert!(matches!(parse_words(&["--init", "a.wav"]), Ok(Request::Init { .. })));
        assert!(matches!(operands(&["diff", "a"]), Err(UsageError::Operands { .. })));
        assert!(matches!(operands(&["diff.wav", "-o", "m.wav"]), Ok(Request::Mix { .. })));
        assert!(matches!(operands(&["a.wav", "mix.toml"]), Err(UsageError::SessionAndStems { .. })));
        assert!(matches!(operands(&["--check", "a.wav"]), Err(UsageError::NothingToCheck)));
    }
}
