//! The one object that the guard and the plugin instance share.
//!
//! It is also the way of the news that there is something new to save, which only the host's main thread may bring to the host:
//!
//! ```text
//! any thread → state_changed → messenger (the plugin's; posts to the main thread) → tell_host → teller (the guard's) → host
//! ```

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use nice_plug::prelude::Params;

use super::changes::Changes;
use super::meters::Meters;
use super::readings::Readings;
use super::rest::Worker;

thread_local! {
    /// The link of the instance that is being created on this thread. The wrapper calls `P::default()` and hides the
    /// plugin, so that a slot beside the call is the only way to meet.
    static NEWEST: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

/// What a plugin posts through the framework for its link; whoever executes the plugin's tasks hands it to [`HostLink::run`].
#[derive(Clone, Debug)]
pub enum LinkTask {
    /// To the main thread: the host is to hear that the state changed.
    StateChanged,
    /// To the background: all tasks before this one have run, on this thread.
    Reached(SyncSender<Worker>),
}

/// Somebody to call when the state changed.
type Call = Box<dyn Fn() + Send + Sync>;

/// How long an instance that goes away waits for its last tasks. They take microseconds; a host that stands still for longer than
/// this is worse than what the wait prevents.
const LAST_TASKS: Duration = Duration::from_secs(2);

/// What the guard knows about the host and the plugin cannot see.
pub struct HostLink {
    connected: AtomicU64,
    state_problem: Mutex<Option<String>>,
    n_problems: AtomicU64,
    meters: Meters,
    pub(super) changes: Changes,
    readings: OnceLock<Arc<Readings>>,
    tells_latency: AtomicBool,
    latency_samples: AtomicU32,
    messenger: OnceLock<Call>,
    background: OnceLock<Box<dyn Fn(LinkTask) + Send + Sync>>,
    teller: OnceLock<Call>,
}

impl fmt::Debug for HostLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connected, state_problem, .. } = self;
        f.debug_struct("HostLink")
            .field("connected", connected)
            .field("state_problem", state_problem)
            .finish_non_exhaustive()
    }
}

impl HostLink {
    fn new(n_figures: usize) -> Arc<Self> {
        Arc::new(Self {
            connected: AtomicU64::new(u64::MAX),
            state_problem: Mutex::new(None),
            n_problems: AtomicU64::new(0),
            meters: Meters::new(n_figures),
            changes: Changes::default(),
            readings: OnceLock::new(),
            tells_latency: AtomicBool::new(false),
            latency_samples: AtomicU32::new(0),
            messenger: OnceLock::new(),
            background: OnceLock::new(),
            teller: OnceLock::new(),
        })
    }

    /// A link that no guard will ever claim.
    pub(crate) fn alone() -> Arc<Self> {
        Self::new(0)
    }

    /// Creates the link of an instance. The plugin calls this in `Default::default()`; the guard then takes its half
    /// with [`HostLink::claim`] on the same thread.
    pub fn create() -> Arc<Self> {
        Self::with_meters(0)
    }

    /// The same for a plugin that tells so many figures.
    pub fn with_meters(n_figures: usize) -> Arc<Self> {
        let link = Self::new(n_figures);
        NEWEST.set(Some(Arc::clone(&link)));
        link
    }

    /// Takes the link that the newest `P::default()` on this thread created, or a lone one if it created none.
    pub fn claim() -> Arc<Self> {
        NEWEST.take().unwrap_or_else(|| Self::new(0))
    }

    /// Runs `create`, which calls `P::default()`, and claims the link that it left behind. A link that a plugin left
    /// without a guard (the standalone program, a test) must not be mistaken for it.
    pub(super) fn around<T>(create: impl FnOnce() -> T) -> (T, Arc<Self>) {
        NEWEST.set(None);
        let created = create();
        (created, Self::claim())
    }

    /// Bit *i* is set if the host connected input *i* in the current process call: the bus is there and active, has
    /// channels, and they have memory. All ones before the first call. Inputs beyond the 64th have no bit.
    pub fn connected(&self) -> u64 {
        self.connected.load(Ordering::Relaxed)
    }

    pub(crate) fn set_connected(&self, mask: u64) {
        self.connected.store(mask, Ordering::Relaxed);
    }

    /// Keeps the plugin's parameters, by which the guard knows what the host changes. The plugin gives them once, in
    /// `Default::default()`; a second time is ignored. Without them no automation arrives.
    pub fn keep_params(&self, params: Arc<dyn Params>) {
        self.changes.keep_params(params);
    }

    /// Brings the parameters to where they are at the next frame of the block that has not been processed, and returns for how many
    /// frames they stay there: 1 … `n_left`. The plugin calls it in `process` until none of its frames is left, and then nobody has
    /// to cut blocks for it: `SAMPLE_ACCURATE_AUTOMATION` is to be `false`. Realtime-safe; 0 if nothing is left.
    pub fn next_segment(&self, n_left: usize) -> usize {
        self.changes.next_segment(n_left)
    }

    /// Hands over the latency that an activation found. Returns whether the guard tells the host of it; where it does not (VST3), the
    /// plugin has to give it to the framework.
    pub fn keep_latency(&self, samples: u32) -> bool {
        self.latency_samples.store(samples, Ordering::Release);
        self.tells_latency.load(Ordering::Acquire)
    }

    /// What the plugin handed over last.
    pub(super) fn latency_samples(&self) -> u32 {
        self.latency_samples.load(Ordering::Acquire)
    }

    /// From now on the guard tells the host of the latency.
    pub(super) fn tell_latency(&self) {
        self.tells_latency.store(true, Ordering::Release);
    }

    /// What the audio thread tells about itself.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Keeps what the plugin's meters read, for hosts that ask. The plugin gives it once, before a host can ask; a second one is
    /// ignored.
    pub fn set_readings(&self, readings: Arc<Readings>) {
        let _ = self.readings.set(readings);
    }

    /// What the plugin's meters read, if it has given it.
    pub fn readings(&self) -> Option<&Readings> {
        self.readings.get().map(Arc::as_ref)
    }

    /// Why the last state was refused, or `None` once a state has been loaded since. Not for the audio thread.
    pub fn state_problem(&self) -> Option<String> {
        self.state_problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets what [`state_problem`](Self::state_problem) tells; `None` clears it. Not for the audio thread.
    pub fn set_state_problem(&self, problem: Option<String>) {
        *self.state_problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
        self.n_problems.fetch_add(1, Ordering::Release);
    }

    /// How often [`state_problem`](Self::state_problem) was set or cleared.
    pub fn n_problems(&self) -> u64 {
        self.n_problems.load(Ordering::Acquire)
    }

    /// Keeps what posts a task to the main thread, which then has to call [`tell_host`](Self::tell_host). The plugin gives it
    /// once, when the framework offers it; a second one is ignored.
    pub fn set_messenger(&self, messenger: impl Fn() + Send + Sync + 'static) {
        let _ = self.messenger.set(Box::new(messenger));
    }

    /// Keeps what posts a task to the framework's background thread. The plugin gives it once, as the messenger.
    pub fn set_background(&self, post: impl Fn(LinkTask) + Send + Sync + 'static) {
        let _ = self.background.set(Box::new(post));
    }

    /// Waits until the framework's background thread has done everything that was posted to it, for an instance that goes away.
    ///
    /// On Linux, tasks for the main thread go through that thread, which all instances share. When it meets a task of an instance
    /// that is gone, it ends for all of them, and when the last instance goes, the framework aborts the host because it cannot tell a thread
    /// to end that has ended (nice-plug 0.4.2, `background_thread.rs`). So nothing may be left behind. Elsewhere nobody posts to it, and
    /// there is nothing to wait for.
    pub(super) fn finish_tasks(&self) {
        let Some(post) = self.background.get().filter(|_| cfg!(target_os = "linux")) else { return };
        let latest = Instant::now() + LAST_TASKS;
        let (reached, arrival) = sync_channel(1);
        post(LinkTask::Reached(reached));
        // A task that is dropped ends the wait as well.
        if let Ok(worker) = arrival.recv_timeout(LAST_TASKS) {
            // The thread still holds the instance until it goes for its next task. Should it be the last to hold it, it would have to
            // wait for itself.
            worker.wait_for_rest(latest);
        }
    }

    /// Does what a task asks for, on the thread to which the plugin posted it.
    pub fn run(&self, task: LinkTask) {
        match task {
            LinkTask::StateChanged => self.tell_host(),
            // Nobody waits any more: then nobody needs to know.
            LinkTask::Reached(reached) => drop(reached.try_send(Worker::current())),
        }
    }

    /// Keeps what tells the host that the state changed. The guard gives it once.
    pub(super) fn set_teller(&self, teller: impl Fn() + Send + Sync + 'static) {
        let _ = self.teller.set(Box::new(teller));
    }

    /// Something was changed that is saved with the state and is no parameter, so that the host cannot know. On any thread but the
    /// audio thread, and with no lock held: on the main thread the host hears of it at once, and may save from within.
    pub fn state_changed(&self) {
        if let Some(messenger) = self.messenger.get() {
            messenger();
        }
    }

    /// Tells the host, on its main thread, that the state changed.
    pub fn tell_host(&self) {
        if let Some(teller) = self.teller.get() {
            teller();
        }
    }
}
