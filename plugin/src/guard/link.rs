//! The one object that the guard and the plugin instance share.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::meters::Meters;

thread_local! {
    /// The link of the instance that is being created on this thread. The wrapper calls `P::default()` and hides the
    /// plugin, so that a slot beside the call is the only way to meet.
    static NEWEST: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

/// What the guard knows about the host and the plugin cannot see.
#[derive(Debug)]
pub struct HostLink {
    connected: AtomicU64,
    state_problem: Mutex<Option<String>>,
    meters: Meters,
}

impl HostLink {
    fn new(n_figures: usize) -> Arc<Self> {
        Arc::new(Self {
            connected: AtomicU64::new(u64::MAX),
            state_problem: Mutex::new(None),
            meters: Meters::new(n_figures),
        })
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

    pub(super) fn set_connected(&self, mask: u64) {
        self.connected.store(mask, Ordering::Relaxed);
    }

    /// What the audio thread tells about itself.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Why the last state was refused, or `None` once a state has been loaded since. Not for the audio thread.
    pub fn state_problem(&self) -> Option<String> {
        self.state_problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets what [`state_problem`](Self::state_problem) tells; `None` clears it. Not for the audio thread.
    pub fn set_state_problem(&self, problem: Option<String>) {
        *self.state_problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }
}
