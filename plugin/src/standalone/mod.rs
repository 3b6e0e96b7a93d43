//! Busbar as a program of its own: a mixer between the ports of a JACK server, or on a sound device.
//!
//! ```text
//! JACK ports → Engine → JACK ports          jack
//! nothing    → Engine → nowhere, in time    dummy
//! device     → nice-plug → Busbar → device  device (ALSA, Core Audio, WASAPI)
//! ```
//!
//! JACK is where a mixer belongs: every strip, the master and every group have ports. The framework has a JACK client, too,
//! which cannot carry Busbar: it names the main output like the main input, and JACK refuses the second port of a name; it
//! runs the plugin at the rate and the block length of its own options, not of the server; it starts only once per server;
//! and it waits for ever when the server has died. What it does on sound devices is sound, as far as it goes: one stereo
//! input, which is strip 1, and the master.
//!
//! There is no editor yet, so that everything is set on the command line. Nothing but atomics is shared with the audio
//! thread, which neither allocates, nor locks, nor prints.

mod args;
mod device;
mod device_log;
mod dummy;
mod jack;
mod mixer;
mod start;

pub use device::{is_program, take_prepared};

use args::{Backend, Options, Request};
use start::{Start, StartError};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Why the program ends before anybody asked it to.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Usage(#[from] args::UsageError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Jack(#[from] jack::JackError),
    #[error("{0}; set another with --rate")]
    Rate(#[from] busbar_engine::PrepareError),
    #[error("could not listen for Ctrl-C ({0}); run it in another terminal")]
    Signals(#[from] ctrlc::Error),
    /// The framework's log has said why.
    #[error("there is no sound")]
    Device,
}

/// What every error exits with.
const ERROR_CODE: u8 = 2;

/// Runs the program to its end: 0 when it was asked to stop, [`ERROR_CODE`] for any error, with one line that says what to do.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(RunError::Device) => ExitCode::from(ERROR_CODE),
        Err(error) => {
            say(&error.to_string());
            ExitCode::from(ERROR_CODE)
        }
    }
}

fn run(args: impl IntoIterator<Item = OsString>) -> Result<(), RunError> {
    let mut out = std::io::stdout();
    let options = match args::parse(args)? {
        Request::Run(options) => options,
        // What is printed is a courtesy: a closed pipe is no error.
        Request::Help => {
            let _ = out.write_all(args::HELP.as_bytes());
            return Ok(());
        }
        Request::Version => {
            let _ = writeln!(out, "busbar-standalone {}", env!("CARGO_PKG_VERSION"));
            return Ok(());
        }
        Request::List(size) => {
            let _ = out.write_all(start::list(size.unwrap_or(start::DEFAULT_SIZE)).as_bytes());
            return Ok(());
        }
    };
    let start = Start::new(&options)?;
    match options.backend {
        Backend::Jack => jack::run(&options, start)?,
        Backend::Dummy => dummy::run(&options, start)?,
        Backend::Device => device::run(&options, start)?,
        Backend::Auto => match jack::connect(&options) {
            Ok(client) => jack::run_on(client, &options, start)?,
            Err(error) => {
                say(&format!("{error}; trying the sound device"));
                device::run(&options, start)?;
            }
        },
    }
    Ok(())
}

/// Says something on standard error, on one line whatever a file's name or a library's message holds. Nobody may be reading,
/// which is no reason to stop the sound.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "busbar-standalone: {}", words.replace(char::is_control, " "));
}

/// Whether somebody asked the program to stop: Ctrl-C, or a polite `kill`.
struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    fn listen() -> Result<Self, ctrlc::Error> {
        let asked = Arc::new(AtomicBool::new(false));
        let handler = Arc::clone(&asked);
        ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed))?;
        Ok(Self(asked))
    }

    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns when somebody asked, or with what `trouble` tells. It polls: who has trouble to tell may be a signal
    /// handler, which can do no more than set a flag.
    fn wait<T>(&self, mut trouble: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            if self.asked() {
                return None;
            }
            if let Some(trouble) = trouble() {
                return Some(trouble);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What is printed when sound begins.
fn announce(options: &Options, start: &Start, place: &str) {
    let state = options.state.as_ref().map(|path| format!(", state {}", path.display())).unwrap_or_default();
    let mut out = std::io::stdout();
    let _ = writeln!(out, "Busbar {} on {place}{state}. Ctrl-C ends it.", start.n_strips());
    let _ = out.flush();
}
