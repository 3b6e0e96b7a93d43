//! The host's side of the conversation: what the plugin may ask for while it runs. The requests are only noted
//! here; [`crate::Plugin::service_requests`] answers them when the host is ready to.

use clack_extensions::audio_ports::{AudioPortRescanFlags, HostAudioPorts, HostAudioPortsImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::prelude::{ClapId, HostExtensions, HostHandlers, MainThreadHandler, SharedHandler};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a plugin asked of its host since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// To be deactivated and activated again.
    pub restart: bool,
    /// To be processed, though nothing plays.
    pub process: bool,
    /// To have its main-thread callback called.
    pub callback: bool,
    /// To exchange parameter changes though nothing plays.
    pub flush: bool,
    /// Its latency is not what it was.
    pub latency_changed: bool,
    /// Its parameters' values, names or list are not what they were.
    pub params_changed: bool,
    /// Its ports are not what they were.
    pub ports_changed: bool,
    /// Its state differs from the one that was saved.
    pub state_changed: bool,
}

/// One flag per request. They are set from any thread.
#[derive(Default)]
pub(crate) struct Shared {
    restart: AtomicBool,
    process: AtomicBool,
    callback: AtomicBool,
    flush: AtomicBool,
    latency_changed: AtomicBool,
    params_changed: AtomicBool,
    ports_changed: AtomicBool,
    state_changed: AtomicBool,
    /// The plugin's own words for the last thing that went wrong. A lock is no harm: nothing here has a deadline.
    complaint: Mutex<Option<String>>,
}

impl Shared {
    /// Why the plugin reported failure, as far as it told.
    pub(crate) fn take_complaint(&self) -> String {
        let mut complaint = self.complaint.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        complaint.take().unwrap_or_else(|| "it gave no reason".to_owned())
    }

    pub(crate) fn take(&self) -> Requests {
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::AcqRel);
        Requests {
            restart: take(&self.restart),
            process: take(&self.process),
            callback: take(&self.callback),
            flush: take(&self.flush),
            latency_changed: take(&self.latency_changed),
            params_changed: take(&self.params_changed),
            ports_changed: take(&self.ports_changed),
            state_changed: take(&self.state_changed),
        }
    }
}

fn note(flag: &AtomicBool) {
    flag.store(true, Ordering::Release);
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        note(&self.restart);
    }

    fn request_process(&self) {
        note(&self.process);
    }

    fn request_callback(&self) {
        note(&self.callback);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        if severity >= LogSeverity::Error {
            *self.complaint.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) =
                Some(message.to_owned());
        }
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {
        note(&self.flush);
    }
}

pub(crate) struct MainThread<'a> {
    shared: &'a Shared,
}

impl<'a> MainThread<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, _flags: ParamRescanFlags) {
        note(&self.shared.params_changed);
    }

    fn clear(&self, _param_id: ClapId, _flags: ParamClearFlags) {}
}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {
        note(&self.shared.latency_changed);
    }
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {
        note(&self.shared.state_changed);
    }
}

impl HostAudioPortsImpl for MainThread<'_> {
    fn is_rescan_flag_supported(&self, _flag: AudioPortRescanFlags) -> bool {
        true
    }

    fn rescan(&self, _flags: AudioPortRescanFlags) {
        note(&self.shared.ports_changed);
    }
}

/// Ties the handlers together for clack.
pub(crate) struct Callbacks;

impl HostHandlers for Callbacks {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Self::Shared<'_>) {
        builder
            .register::<HostLog>()
            .register::<HostParams>()
            .register::<HostLatency>()
            .register::<HostState>()
            .register::<HostAudioPorts>();
    }
}
