//! The JACK client: a stereo pair of ports for every strip, the master and every group.

use super::args::Options;
use super::mixer::Mixer;
use super::start::Start;
use super::{RunError, Stop, announce};
use crate::layout::MAX_STRIPS;
use ::jack::{
    AudioIn, AudioOut, Client, ClientOptions, ClientStatus, Control, Error, Frames, LoggerType,
    NotificationHandler, Port, PortFlags, PortSpec, ProcessHandler, ProcessScope,
};
use busbar_engine::{N_GROUPS, Outputs, StereoIn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Why there is no sound over JACK, or no longer.
#[derive(Debug, thiserror::Error)]
pub(super) enum JackError {
    #[error("JACK is not installed on this system; install it, or use --backend device")]
    NoLibrary,
    #[error("no JACK server runs; start one (jackd, PipeWire's pw-jack), or use --backend device")]
    NoServer,
    #[error("the JACK server refused Busbar: {0}; its own log says more")]
    Refused(String),
    #[error("the JACK server ended; start it, then Busbar again")]
    ServerEnded,
    #[error("the JACK server changed its rate from {from} to {to} Hz; start Busbar again")]
    RateChanged { from: u32, to: u32 },
}

impl From<Error> for JackError {
    fn from(error: Error) -> Self {
        match error {
            Error::LibraryError(_) => Self::NoLibrary,
            Error::ClientError(status) if status.contains(ClientStatus::SERVER_FAILED) => Self::NoServer,
            other => Self::Refused(other.to_string()),
        }
    }
}

/// Left and right.
type Pair<T> = [Port<T>; 2];

/// The ends of the names of a pair's ports.
const SIDES: [char; 2] = ['l', 'r'];

pub(super) fn run(options: &Options, start: Start) -> Result<(), RunError> {
    let client = connect(options)?;
    run_on(client, options, start)
}

/// A client of the server that runs already: none is started, which would take a device that nobody offered.
pub(super) fn connect(options: &Options) -> Result<Client, JackError> {
    // The library prints several lines of its own for what is one line here.
    ::jack::set_logger(LoggerType::None);
    Ok(Client::new(&options.name, ClientOptions::NO_START_SERVER)?.0)
}

/// Mixes until somebody ends it.
pub(super) fn run_on(client: Client, options: &Options, start: Start) -> Result<(), RunError> {
    let stop = Stop::listen()?;
    let rate_hz = client.sample_rate();
    let callback = Callback {
        mixer: Mixer::new(start.params(), f64::from(rate_hz))?,
        strips: (1..=start.n_strips())
            .map(|number| pair(&client, &format!("strip_{number:02}"), AudioIn::default()))
            .collect::<Result<_, _>>()?,
        master: pair(&client, "master", AudioOut::default())?,
        groups: groups(&client)?,
    };
    let masters = callback.master.each_ref().map(Port::clone_unowned);
    let server = Server { ended: Arc::default(), rate_hz: Arc::new(AtomicU32::new(rate_hz)) };
    let active = client.activate_async(server.clone(), callback).map_err(JackError::from)?;
    if options.connect {
        // JACK connects ports of active clients only. That nobody plays is no reason not to mix.
        let client = active.as_client();
        let physical = PortFlags::IS_INPUT | PortFlags::IS_PHYSICAL;
        let playback = client.ports(None, Some(AudioOut::default().jack_port_type()), physical);
        for (master, playback) in masters.iter().zip(&playback) {
            let _ = master.name().and_then(|master| client.connect_ports_by_name(&master, playback));
        }
    }
    let place = format!("JACK as {}, {rate_hz} Hz", active.as_client().name());
    announce(options, &start, &place);

    let trouble = stop.wait(|| server.trouble(rate_hz));
    if matches!(trouble, Some(JackError::ServerEnded)) {
        // Leaving a server that is no longer there waits for its answer.
        std::mem::forget(active);
    }
    trouble.map_or(Ok(()), |trouble| Err(trouble.into()))
}

fn pair<T: PortSpec + Copy>(client: &Client, name: &str, spec: T) -> Result<Pair<T>, JackError> {
    let [left, right] = SIDES.map(|side| client.register_port(&format!("{name}_{side}"), spec));
    Ok([left?, right?])
}

fn groups(client: &Client) -> Result<[Pair<AudioOut>; N_GROUPS], JackError> {
    let [a, b, c, d] =
        ['a', 'b', 'c', 'd'].map(|letter| pair(client, &format!("group_{letter}"), AudioOut::default()));
    Ok([a?, b?, c?, d?])
}

/// What the audio thread owns.
///
/// The latency is none, and JACK passes on that of a client that says nothing. The day the engine has one, this client must
/// report it.
struct Callback {
    mixer: Mixer,
    strips: Vec<Pair<AudioIn>>,
    master: Pair<AudioOut>,
    groups: [Pair<AudioOut>; N_GROUPS],
}

impl ProcessHandler for Callback {
    /// A block may have any length: nothing here is sized for one.
    fn process(&mut self, _: &Client, scope: &ProcessScope) -> Control {
        let mut feeds: [Option<StereoIn<'_>>; MAX_STRIPS] = [None; MAX_STRIPS];
        for (feed, strip) in feeds.iter_mut().zip(&self.strips) {
            *feed = Some(strip.each_ref().map(|port| port.as_slice(scope)));
        }
        let mut outputs = Outputs {
            master: self.master.each_mut().map(|port| port.as_mut_slice(scope)),
            groups: self
                .groups
                .each_mut()
                .map(|group| Some(group.each_mut().map(|port| port.as_mut_slice(scope)))),
        };
        self.mixer.process(&feeds[..self.strips.len()], &mut outputs);
        Control::Continue
    }
}

/// What the server tells.
#[derive(Clone)]
struct Server {
    ended: Arc<AtomicBool>,
    rate_hz: Arc<AtomicU32>,
}

impl Server {
    fn trouble(&self, rate_hz: u32) -> Option<JackError> {
        if self.ended.load(Ordering::Relaxed) {
            return Some(JackError::ServerEnded);
        }
        let now_hz = self.rate_hz.load(Ordering::Relaxed);
        (now_hz != rate_hz).then_some(JackError::RateChanged { from: rate_hz, to: now_hz })
    }
}

impl NotificationHandler for Server {
    /// May be called as a signal handler is: it only sets a flag.
    unsafe fn shutdown(&mut self, _: ClientStatus, _: &str) {
        self.ended.store(true, Ordering::Relaxed);
    }

    fn sample_rate(&mut self, _: &Client, rate_hz: Frames) -> Control {
        self.rate_hz.store(rate_hz, Ordering::Relaxed);
        Control::Continue
    }
}
