//! A small CLAP plugin in the shape of Busbar: N stereo inputs, a master and four groups, a fader per strip, state and
//! latency. The host's tests run against it, so that they judge the host and not the real plugin.
//!
//! What it does is exact: output = Σ gainᵢ·inputᵢ, delayed by [`LATENCY_SAMPLES`], with gains that jump at the sample of
//! their event. Group A carries strip 1 alone, groups B to D are silent. `Busbar 32` is missing on purpose.

use busbar_host::param_id_from_str;
use clack_extensions::audio_ports::{
    AudioPortFlags, AudioPortInfo, AudioPortInfoWriter, AudioPortType, PluginAudioPorts, PluginAudioPortsImpl,
};
use clack_extensions::latency::{PluginLatency, PluginLatencyImpl};
use clack_extensions::params::{
    ParamDisplayWriter, ParamInfo, ParamInfoFlags, ParamInfoWriter, PluginAudioProcessorParams,
    PluginMainThreadParams, PluginParams,
};
use clack_extensions::state::{PluginState, PluginStateImpl};
use clack_plugin::entry::prelude::{EntryFactories, EntryLoadError, HostInfo, PluginInstance};
use clack_plugin::entry::prelude::{PluginFactoryImpl, PluginFactoryWrapper};
use clack_plugin::events::event_types::ParamValueEvent;
use clack_plugin::prelude::*;
use clack_plugin::stream::{InputStream, OutputStream};
use clack_plugin::utils::Cookie;
use std::ffi::CStr;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What every instance reports once it has been restarted, as a plugin does that settles its latency late.
pub const LATENCY_SAMPLES: u32 = 37;

/// The value of a fader is its gain over this.
pub const MAX_GAIN: f64 = 4.0;

/// The parameter that makes `process` fail.
pub const FAIL: &str = "fail";

/// The ids of the parameters of an instance with this many strips.
pub fn param_ids(n_strips: usize) -> Vec<String> {
    (1..=n_strips).map(|strip| format!("s{strip:02}_fader")).chain([FAIL.to_owned()]).collect()
}

pub struct StandIn;

pub struct Shared<'a> {
    host: HostSharedHandle<'a>,
    /// One per parameter, in the order of [`param_ids`], as the bits of an `f64`.
    values: Vec<AtomicU64>,
    /// The numeric ids, in the same order.
    ids: Vec<u32>,
    is_settled: AtomicBool,
}

impl<'a> PluginShared<'a> for Shared<'a> {}

impl Shared<'_> {
    fn n_strips(&self) -> usize {
        self.values.len() - 1
    }

    fn string_ids(&self) -> Vec<String> {
        param_ids(self.n_strips())
    }

    fn index(&self, id: ClapId) -> Option<usize> {
        self.ids.iter().position(|known| *known == id.get())
    }

    fn get(&self, index: usize) -> f64 {
        f64::from_bits(self.values[index].load(Ordering::Relaxed))
    }

    fn set(&self, index: usize, value: f64) {
        self.values[index].store(value.to_bits(), Ordering::Relaxed);
    }

    fn apply(&self, event: &UnknownEvent) {
        if let Some(event) = event.as_event::<ParamValueEvent>()
            && let Some(index) = event.param_id().and_then(|id| self.index(id))
        {
            self.set(index, event.value());
        }
    }
}

impl Plugin for StandIn {
    type AudioProcessor<'a> = Processor<'a>;
    type Shared<'a> = Shared<'a>;
    type MainThread<'a> = MainThread<'a>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _shared: Option<&Shared<'_>>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginLatency>()
            .register::<PluginParams>()
            .register::<PluginState>();
    }
}

pub struct MainThread<'a> {
    shared: &'a Shared<'a>,
}

impl<'a> PluginMainThread<'a, Shared<'a>> for MainThread<'a> {}

impl PluginAudioPortsImpl for MainThread<'_> {
    fn count(&self, is_input: bool) -> u32 {
        if is_input { self.shared.n_strips() as u32 } else { 5 }
    }

    fn get(&self, index: u32, is_input: bool, writer: &mut AudioPortInfoWriter) {
        let name = match (is_input, index) {
            (true, strip_idx) => format!("Strip {}", strip_idx + 1),
            (false, 0) => "Master".to_owned(),
            (false, group) => format!("Group {}", ["A", "B", "C", "D"][group as usize - 1]),
        };
        writer.set(&AudioPortInfo {
            id: ClapId::new(index),
            name: name.as_bytes(),
            channel_count: 2,
            flags: if index == 0 { AudioPortFlags::IS_MAIN } else { AudioPortFlags::empty() },
            port_type: Some(AudioPortType::STEREO),
            in_place_pair: None,
        });
    }
}

impl PluginLatencyImpl for MainThread<'_> {
    fn get(&self) -> u32 {
        if self.shared.is_settled.load(Ordering::Relaxed) { LATENCY_SAMPLES } else { 0 }
    }
}

impl PluginMainThreadParams for MainThread<'_> {
    fn count(&self) -> u32 {
        self.shared.values.len() as u32
    }

    fn get_info(&self, index: u32, info: &mut ParamInfoWriter) {
        let Some(id) = self.shared.string_ids().into_iter().nth(index as usize) else { return };
        let is_fader = id != FAIL;
        let name = if is_fader { format!("S{} Fader", &id[1..3]) } else { "Fail".to_owned() };
        let module = if is_fader { format!("Strip {}", index + 1) } else { String::new() };
        info.set(&ParamInfo {
            id: ClapId::new(param_id_from_str(&id)),
            flags: if is_fader { ParamInfoFlags::IS_AUTOMATABLE } else { ParamInfoFlags::IS_STEPPED },
            cookie: Cookie::empty(),
            name: name.as_bytes(),
            module: module.as_bytes(),
            min_value: 0.0,
            max_value: 1.0,
            default_value: if is_fader { 1.0 / MAX_GAIN } else { 0.0 },
        });
    }

    fn get_value(&self, param_id: ClapId) -> Option<f64> {
        self.shared.index(param_id).map(|index| self.shared.get(index))
    }

    fn value_to_text(&self, _id: ClapId, value: f64, writer: &mut ParamDisplayWriter) -> std::fmt::Result {
        if value == 0.0 {
            return writer.write_str("-inf dB");
        }
        write!(writer, "{:.1} dB", 20.0 * (value * MAX_GAIN).log10())
    }

    fn text_to_value(&self, _id: ClapId, text: &CStr) -> Option<f64> {
        let text = text.to_str().ok()?.trim().trim_end_matches("dB").trim();
        let gain_db: f64 = text.parse().ok()?;
        Some((10f64.powf(gain_db / 20.0) / MAX_GAIN).clamp(0.0, 1.0))
    }

    fn flush(&self, input: &InputEvents, _output: &mut OutputEvents) {
        input.iter().for_each(|event| self.shared.apply(event));
    }
}

impl PluginStateImpl for MainThread<'_> {
    fn save(&self, output: &mut OutputStream) -> Result<(), PluginError> {
        let values = self.shared.string_ids().into_iter().enumerate();
        let lines: Vec<String> =
            values.map(|(index, id)| format!("\"{id}\": \"{}\"", self.shared.get(index))).collect();
        output.write_all(format!("{{ {} }}", lines.join(", ")).as_bytes())?;
        Ok(())
    }

    fn load(&self, input: &mut InputStream) -> Result<(), PluginError> {
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        let words: Vec<&str> = text.split('"').collect();
        if !text.starts_with('{') {
            return Err(PluginError::Message("not a state"));
        }
        for pair in words[1..].chunks_exact(4) {
            let index = self.shared.string_ids().iter().position(|id| id == pair[0]);
            if let (Some(index), Ok(value)) = (index, pair[2].parse()) {
                self.shared.set(index, value);
            }
        }
        Ok(())
    }
}

pub struct Processor<'a> {
    shared: &'a Shared<'a>,
    /// The last [`LATENCY_SAMPLES`] frames of master and group A: `[frame][bus][side]`, a ring.
    delay: Vec<[[f32; 2]; 2]>,
    position: usize,
}

impl<'a> PluginAudioProcessor<'a, Shared<'a>, MainThread<'a>> for Processor<'a> {
    fn activate(
        _host: HostAudioProcessorHandle<'a>,
        _main_thread: &MainThread<'a>,
        shared: &'a Shared<'a>,
        _configuration: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        // As a plugin does whose latency is known only now.
        if shared.is_settled.swap(true, Ordering::Relaxed) {
            return Ok(Self { shared, delay: vec![[[0.0; 2]; 2]; LATENCY_SAMPLES as usize], position: 0 });
        }
        shared.host.request_restart();
        Ok(Self { shared, delay: vec![[[0.0; 2]; 2]; 1], position: 0 })
    }

    fn process(
        &mut self,
        _process: Process,
        mut audio: Audio,
        events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        let mut events = events.input.iter().peekable();
        let n_strips = self.shared.n_strips();
        for frame in 0..audio.frames_count() as usize {
            while let Some(event) = events.next_if(|event| event.header().time() as usize <= frame) {
                self.shared.apply(event);
            }
            let mut buses = [[0.0f32; 2]; 2];
            for strip_idx in 0..n_strips {
                let Some(port) = audio.input_port(strip_idx) else { continue };
                let channels = port.channels()?;
                let Some(channels) = channels.into_f32() else { continue };
                let gain = (self.shared.get(strip_idx) * MAX_GAIN) as f32;
                for side in 0..2u32 {
                    let Some(samples) = channels.channel(side) else { continue };
                    buses[0][side as usize] += gain * samples[frame];
                    if strip_idx == 0 {
                        buses[1][side as usize] = gain * samples[frame];
                    }
                }
            }
            std::mem::swap(&mut buses, &mut self.delay[self.position]);
            self.position = (self.position + 1) % self.delay.len();
            for (bus, mut port) in audio.output_ports().enumerate() {
                let channels = port.channels()?;
                let Some(mut channels) = channels.into_f32() else { continue };
                for side in 0..channels.channel_count() {
                    if let Some(samples) = channels.channel_mut(side) {
                        samples[frame] = buses.get(bus).map_or(0.0, |sides| sides[side as usize]);
                    }
                }
            }
        }
        if self.shared.get(n_strips) >= 0.5 {
            return Err(PluginError::Message("asked to fail"));
        }
        Ok(ProcessStatus::Continue)
    }

    fn reset(&mut self) {
        self.delay.fill([[0.0; 2]; 2]);
    }
}

impl PluginAudioProcessorParams for Processor<'_> {
    fn flush(&mut self, input: &InputEvents, _output: &mut OutputEvents) {
        input.iter().for_each(|event| self.shared.apply(event));
    }
}

struct Factory {
    plugins: Vec<(usize, PluginDescriptor)>,
}

impl PluginFactoryImpl for Factory {
    fn plugin_count(&self) -> u32 {
        self.plugins.len() as u32
    }

    fn plugin_descriptor(&self, index: u32) -> Option<&PluginDescriptor> {
        self.plugins.get(index as usize).map(|(_, descriptor)| descriptor)
    }

    fn create_plugin<'a>(&'a self, host: HostInfo<'a>, id: &CStr) -> Option<PluginInstance<'a>> {
        let (n_strips, descriptor) =
            self.plugins.iter().find(|(_, descriptor)| descriptor.id().is_some_and(|known| known == id))?;
        let n_strips = *n_strips;
        let shared = move |host| {
            let default =
                |id: &String| AtomicU64::new(if id == FAIL { 0.0f64 } else { 1.0 / MAX_GAIN }.to_bits());
            let string_ids = param_ids(n_strips);
            let values = string_ids.iter().map(default).collect();
            let ids = string_ids.iter().map(|id| param_id_from_str(id)).collect();
            Ok(Shared { host, values, ids, is_settled: AtomicBool::new(false) })
        };
        Some(PluginInstance::new::<StandIn>(host, descriptor, shared, |_, shared| Ok(MainThread { shared })))
    }
}

/// The entry of the library.
pub struct StandInEntry {
    factory: PluginFactoryWrapper<Factory>,
}

impl Entry for StandInEntry {
    fn new(_bundle_path: Option<&CStr>) -> Result<Self, EntryLoadError> {
        let describe = |n_strips: usize| {
            let id = format!("org.busbar.busbar-{n_strips}");
            (n_strips, PluginDescriptor::new(&id, &format!("Stand-in {n_strips}")).with_version("0.0.1"))
        };
        let factory = Factory { plugins: vec![describe(8), describe(16)] };
        Ok(Self { factory: PluginFactoryWrapper::new(factory) })
    }

    fn declare_factories<'a>(&'a self, builder: &mut EntryFactories<'a>) {
        builder.register_factory(&self.factory);
    }
}
