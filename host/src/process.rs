//! Blocks of sound through the plugin, with parameter events at their exact sample.
//!
//! The buffers belong to the plugin's instance: write [`Plugin::input_mut`], call [`Plugin::process`], read
//! [`Plugin::output`]. They are allocated by [`Plugin::activate`]; a block allocates nothing, unless it carries more
//! than [`EVENT_CAPACITY`] events.

use crate::error::Error;
use crate::params::unknown;
use crate::plugin::Plugin;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::io::{OutputEventBuffer, TryPushError};
use clack_host::prelude::{
    AudioPortBuffer, AudioPortBufferType, AudioPorts, ClapId, InputChannel, InputEvents, OutputEvents, Pckn,
    ProcessStatus, UnknownEvent,
};

/// Room for events of one block, as CLAP hosts commonly offer.
const EVENT_CAPACITY: usize = 4096;

/// A parameter's new value at a sample of the block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamEvent {
    /// Counted from the start of the block.
    pub sample: u32,
    /// The parameter's numeric id.
    pub id: u32,
    /// Its new value, in the range that the plugin declared.
    pub value: f64,
}

/// What the plugin says back is not used headless: accepted, so that its queue does not fill, and dropped.
pub(crate) struct IgnoredEvents;

impl OutputEventBuffer for IgnoredEvents {
    fn try_push(&mut self, _event: &UnknownEvent) -> Result<(), TryPushError> {
        Ok(())
    }
}

/// Samples indexed by `[port][channel][frame]`.
type PortSamples = Vec<Vec<Vec<f32>>>;

/// All memory that a block needs.
pub(crate) struct Buffers {
    input_channels: Vec<usize>,
    output_channels: Vec<usize>,
    inputs: PortSamples,
    outputs: PortSamples,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    events: Vec<ParamValueEvent>,
    max_frames: usize,
    steady_time_samples: u64,
}

impl Buffers {
    pub(crate) fn new(input_channels: Vec<usize>, output_channels: Vec<usize>) -> Self {
        Self {
            input_channels,
            output_channels,
            inputs: Vec::new(),
            outputs: Vec::new(),
            input_ports: AudioPorts::with_capacity(0, 0),
            output_ports: AudioPorts::with_capacity(0, 0),
            events: Vec::new(),
            max_frames: 0,
            steady_time_samples: 0,
        }
    }

    pub(crate) fn prepare(&mut self, max_frames: usize) {
        let silence = |channels: &[usize]| -> PortSamples {
            channels.iter().map(|&n| vec![vec![0.0; max_frames]; n]).collect()
        };
        self.inputs = silence(&self.input_channels);
        self.outputs = silence(&self.output_channels);
        // Capacity for every channel: clack's lists must not grow within a block.
        let lists = |channels: &[usize]| AudioPorts::with_capacity(channels.iter().sum(), channels.len());
        self.input_ports = lists(&self.input_channels);
        self.output_ports = lists(&self.output_channels);
        self.events = Vec::with_capacity(EVENT_CAPACITY);
        self.max_frames = max_frames;
        self.rewind();
    }

    pub(crate) fn rewind(&mut self) {
        self.steady_time_samples = 0;
    }
}

impl Plugin {
    /// Presents other ports to the plugin than it declared, as hosts do that know fewer buses: one number of channels
    /// per port, 0 for a port without channels. Takes effect at the next [`Plugin::activate`].
    pub fn present_ports(&mut self, input_channels: &[usize], output_channels: &[usize]) {
        self.buffers.input_channels = input_channels.to_vec();
        self.buffers.output_channels = output_channels.to_vec();
    }

    /// The input buffer of a channel, as long as the longest block. What was written stays until it is overwritten.
    ///
    /// # Panics
    ///
    /// If the plugin is not active, or has no such port or channel.
    pub fn input_mut(&mut self, port: usize, channel: usize) -> &mut [f32] {
        &mut self.buffers.inputs[port][channel]
    }

    /// Both buffers of a stereo input.
    ///
    /// # Panics
    ///
    /// If the plugin is not active, or the port is not stereo.
    pub fn stereo_input_mut(&mut self, port: usize) -> (&mut [f32], &mut [f32]) {
        match self.buffers.inputs[port].as_mut_slice() {
            [left, right] => (left, right),
            other => panic!("input port {port} has {} channels, not two", other.len()),
        }
    }

    /// The output buffer of a channel after [`Plugin::process`]; frames beyond the block are of earlier blocks.
    ///
    /// # Panics
    ///
    /// If the plugin is not active, or has no such port or channel.
    pub fn output(&self, port: usize, channel: usize) -> &[f32] {
        &self.buffers.outputs[port][channel]
    }

    /// Silences all input buffers.
    pub fn clear_inputs(&mut self) {
        for samples in self.buffers.inputs.iter_mut().flatten() {
            samples.fill(0.0);
        }
    }

    /// Processes the first `n_frames` of the input buffers into the output buffers. The events must be in the order of
    /// their samples, all inside the block.
    pub fn process(&mut self, n_frames: usize, events: &[ParamEvent]) -> Result<ProcessStatus, Error> {
        self.start()?;
        let Self { processor, buffers, .. } = self;
        if n_frames > buffers.max_frames {
            return Err(Error::BlockTooLong { n_frames, max_frames: buffers.max_frames });
        }
        buffers.events.clear();
        let mut earliest = 0;
        for event in events {
            if event.sample < earliest || event.sample as usize >= n_frames {
                return Err(Error::EventTime { sample: event.sample, n_frames });
            }
            let id = ClapId::from_raw(event.id).ok_or_else(|| unknown(event.id))?;
            earliest = event.sample;
            buffers.events.push(ParamValueEvent::new(event.sample, id, Pckn::match_all(), event.value));
        }

        let mut inputs = buffers.input_ports.with_input_buffers(buffers.inputs.iter_mut().map(|channels| {
            let channels =
                channels.iter_mut().map(|samples| InputChannel::variable(&mut samples[..n_frames]));
            AudioPortBuffer { latency: 0, channels: AudioPortBufferType::f32_input_only(channels) }
        }));
        let mut outputs =
            buffers.output_ports.with_output_buffers(buffers.outputs.iter_mut().map(|channels| {
                let channels = channels.iter_mut().map(|samples| &mut samples[..n_frames]);
                AudioPortBuffer { latency: 0, channels: AudioPortBufferType::f32_output_only(channels) }
            }));
        inputs.truncate(n_frames as u32);
        outputs.truncate(n_frames as u32);

        let started = processor
            .as_mut()
            .and_then(|processor| processor.as_started_mut().ok())
            .ok_or(Error::Lifecycle("the plugin is not active: activate it first"))?;
        let mut answers = IgnoredEvents;
        let status = started.process(
            &inputs,
            &mut outputs,
            &InputEvents::from_buffer(&buffers.events),
            &mut OutputEvents::from_buffer(&mut answers),
            Some(buffers.steady_time_samples),
            None,
        );
        buffers.steady_time_samples += n_frames as u64;
        status.map_err(|_| Error::Process { reason: self.take_complaint() })
    }
}
