//! One instance of a plugin and its life: created, activated, started, and back. What it does in between is told
//! in `params.rs`, `process.rs`, `reductions.rs`, `loudness.rs` and `state.rs`, each an `impl` of [`Plugin`].

use crate::bundle::PluginDescription;
use crate::callbacks::{Callbacks, MainThread, Requests, Shared};
use crate::error::Error;
use crate::loudness::PluginLoudness;
use crate::params::{Param, read_params};
use crate::ports::{Port, read_ports};
use crate::process::Buffers;
use crate::reductions::PluginMeters;
use clack_extensions::audio_ports::PluginAudioPorts;
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::PluginParams;
use clack_extensions::state::PluginState;
use clack_host::prelude::{
    HostInfo, PluginAudioConfiguration, PluginAudioProcessor, PluginEntry, PluginInstance,
    PluginInstanceError,
};
use std::ffi::CStr;

/// The extensions this host uses, looked up once.
#[derive(Clone, Copy)]
pub(crate) struct Extensions {
    pub(crate) latency: Option<PluginLatency>,
    pub(crate) loudness: Option<PluginLoudness>,
    pub(crate) meters: Option<PluginMeters>,
    pub(crate) params: Option<PluginParams>,
    pub(crate) state: Option<PluginState>,
}

/// An instance of a plugin.
///
/// It is created inactive. [`Plugin::activate`] prepares it for a sample rate, [`Plugin::process`] runs it.
/// Dropping it stops, deactivates and destroys it in that order.
pub struct Plugin {
    // Declared before `instance`, hence dropped before it: clack leaks an instance whose processor outlives it.
    pub(crate) processor: Option<PluginAudioProcessor<Callbacks>>,
    pub(crate) instance: PluginInstance<Callbacks>,
    pub(crate) extensions: Extensions,
    pub(crate) buffers: Buffers,
    pub(crate) params: Vec<Param>,
    description: PluginDescription,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    configuration: Option<PluginAudioConfiguration>,
}

impl Plugin {
    pub(crate) fn create(
        entry: &PluginEntry,
        id: &CStr,
        description: PluginDescription,
    ) -> Result<Self, Error> {
        let refused = |reason: &dyn std::fmt::Display| Error::Instantiate {
            id: id.to_string_lossy().into_owned(),
            reason: reason.to_string(),
        };
        let host = HostInfo::new("busbar-host", "The Busbar developers", "", env!("CARGO_PKG_VERSION"))
            .map_err(|error| refused(&error))?;
        let mut instance = PluginInstance::<Callbacks>::new(
            |()| Shared::default(),
            |shared| MainThread::new(shared),
            entry,
            id,
            &host,
        )
        .map_err(|error: PluginInstanceError| refused(&error))?;

        let handle = instance.plugin_handle();
        let extensions = Extensions {
            latency: handle.get_extension(),
            loudness: handle.get_extension(),
            meters: handle.get_extension(),
            params: handle.get_extension(),
            state: handle.get_extension(),
        };
        let ports: PluginAudioPorts =
            handle.get_extension().ok_or(Error::MissingExtension("clap.audio-ports"))?;
        let inputs = read_ports(&ports, &handle, true);
        let outputs = read_ports(&ports, &handle, false);
        let params = extensions.params.map(|e| read_params(&e, &handle)).unwrap_or_default();

        let n_channels = |ports: &[Port]| ports.iter().map(|port| port.n_channels).collect::<Vec<_>>();
        let buffers = Buffers::new(n_channels(&inputs), n_channels(&outputs));
        Ok(Self {
            processor: None,
            instance,
            extensions,
            buffers,
            params,
            description,
            inputs,
            outputs,
            configuration: None,
        })
    }

    /// Its id, name and version.
    pub fn description(&self) -> &PluginDescription {
        &self.description
    }

    /// The input ports it declared when it was created.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// The output ports it declared when it was created.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Prepares the plugin to process at this rate in blocks of 1 to `max_frames` frames.
    pub fn activate(&mut self, sample_rate_hz: f64, max_frames: u32) -> Result<(), Error> {
        if self.processor.is_some() {
            return Err(Error::Lifecycle("the plugin is active already: deactivate it first"));
        }
        let refused = Error::Activate { sample_rate_hz, max_frames };
        // clack panics on an empty block, which a caller may well ask for.
        if max_frames == 0 || !(sample_rate_hz.is_finite() && sample_rate_hz > 0.0) {
            return Err(refused);
        }
        let configuration = PluginAudioConfiguration {
            sample_rate: sample_rate_hz,
            min_frames_count: 1,
            max_frames_count: max_frames,
        };
        let stopped = self.instance.activate(|_, _| (), configuration).map_err(|_| refused)?;
        self.processor = Some(stopped.into());
        self.configuration = Some(configuration);
        self.buffers.prepare(max_frames as usize);
        Ok(())
    }

    /// Undoes [`Plugin::activate`]; parameters stay as they are. Nothing happens if it is not active.
    pub fn deactivate(&mut self) {
        if let Some(processor) = self.processor.take() {
            self.instance.deactivate(processor.into_stopped());
        }
    }

    /// Whether it is active.
    pub fn is_active(&self) -> bool {
        self.processor.is_some()
    }

    /// Tells the plugin that blocks follow. [`Plugin::process`] does so itself where it was not done.
    pub fn start(&mut self) -> Result<(), Error> {
        match self.active()?.ensure_processing_started() {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Process { reason: self.take_complaint() }),
        }
    }

    /// Tells the plugin that no block follows for a while.
    pub fn stop(&mut self) -> Result<(), Error> {
        self.active()?.ensure_processing_stopped();
        Ok(())
    }

    /// Clears the plugin's memory of sound (ramps, filters, delays), not its parameters.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.active()?.reset();
        self.buffers.rewind();
        Ok(())
    }

    /// The plugin's latency in samples. CLAP defines it while the plugin is active.
    pub fn latency_samples(&mut self) -> u32 {
        let Some(latency) = self.extensions.latency else { return 0 };
        latency.get(&self.instance.plugin_handle())
    }

    /// What the plugin asked for since the last call, without answering it.
    pub fn take_requests(&mut self) -> Requests {
        self.instance.access_shared_handler(Shared::take)
    }

    /// Takes the plugin's requests and answers them: calls it back, and restarts it if it is active and wants that.
    pub fn service_requests(&mut self) -> Result<Requests, Error> {
        let requests = self.take_requests();
        if requests.callback {
            self.instance.call_on_main_thread_callback();
        }
        if let (true, true, Some(configuration)) = (requests.restart, self.is_active(), self.configuration) {
            self.deactivate();
            self.activate(configuration.sample_rate, configuration.max_frames_count)?;
        }
        Ok(requests)
    }

    pub(crate) fn take_complaint(&self) -> String {
        self.instance.access_shared_handler(Shared::take_complaint)
    }

    pub(crate) fn active(&mut self) -> Result<&mut PluginAudioProcessor<Callbacks>, Error> {
        self.processor.as_mut().ok_or(Error::Lifecycle("the plugin is not active: activate it first"))
    }
}
