//! The CLAP side: a structure that begins with the framework's `clap_plugin` and replaces some of its functions.
//!
//! `plugin_data` stays the framework's, so that every function that is not replaced works when the host calls it with
//! our pointer. Extensions that are passed on are the framework's own structures.

use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config};
use clap_sys::ext::latency::CLAP_EXT_LATENCY;
use clap_sys::ext::log::{CLAP_EXT_LOG, CLAP_LOG_ERROR, clap_host_log};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use clap_sys::stream::{clap_istream, clap_ostream};
use nice_plug::prelude::nice_error;
use nice_plug::wrapper::clap::Wrapper;

use super::buses::Layout;
use super::clap_block::{Active, HostBuses};
use super::clap_dirty::Teller;
use super::clap_events::{EventChanges, Events};
use super::clap_state::{framework_loads, framework_saves, read_document, write_document};
use super::gate::Gate;
use super::meters::{METERS_EXTENSION, PluginMeters};
use super::readings::{METERS_2_EXTENSION, PluginMeters2};
use super::settled::Settled;
use super::{Guarded, HostLink, state};

/// The framework's plugin with a guard around it.
#[repr(C)]
pub(super) struct ClapGuard<P: Guarded> {
    /// What the host has a pointer to; therefore first.
    plugin: clap_plugin,
    pub(super) host: *const clap_host,
    /// The framework's functions.
    inner: clap_plugin,
    pub(super) inner_extensions: Extensions,
    extensions: Extensions,
    pub(super) link: Arc<HostLink>,
    gate: Gate<Active>,
    pub(super) settled: Settled,
    /// Hosts take a new instance to have none.
    pub(super) told_latency_samples: AtomicU32,
    _plugin: PhantomData<fn() -> P>,
}

/// The extensions of which something is replaced.
#[derive(Clone, Copy)]
pub(super) struct Extensions {
    ports: clap_plugin_audio_ports,
    configs: clap_plugin_audio_ports_config,
    pub params: clap_plugin_params,
    state: clap_plugin_state,
}

impl<P: Guarded> ClapGuard<P> {
    /// Creates an instance, or returns null if the framework is not what this was written for.
    ///
    /// # Safety
    ///
    /// `host` is valid for as long as the instance lives; so is `descriptor`.
    pub unsafe fn create(
        host: *const clap_host,
        descriptor: *const clap_plugin_descriptor,
    ) -> *const clap_plugin {
        // SAFETY: this function's contract.
        let (wrapper, link) = HostLink::around(|| unsafe { Wrapper::<P>::new(host) });
        // SAFETY: the host outlives the instance, and so everything that its task queue runs.
        let teller = unsafe { Teller::new(host) };
        link.changes.make_room(P::INPUT_EVENT_CAPACITY);
        link.tell_latency();
        link.set_teller(move || teller.tell());
        let inner = *wrapper.clap_plugin.borrow();
        let framework: *const clap_plugin = wrapper.clap_plugin.as_ptr();
        // SAFETY: the framework's plugin is alive, and these are its extensions' types.
        let extensions = unsafe {
            Some(()).and_then(|()| {
                Some(Extensions {
                    ports: *extension(&inner, framework, CLAP_EXT_AUDIO_PORTS)?,
                    configs: *extension(&inner, framework, CLAP_EXT_AUDIO_PORTS_CONFIG)?,
                    params: *extension(&inner, framework, CLAP_EXT_PARAMS)?,
                    state: *extension(&inner, framework, CLAP_EXT_STATE)?,
                })
            })
        };
        let Some(inner_extensions) = extensions else { return ptr::null() };
        // `destroy` takes this reference back.
        std::mem::forget(wrapper);

        let plugin = clap_plugin {
            desc: descriptor,
            destroy: Some(Self::destroy),
            activate: Some(Self::activate),
            deactivate: Some(Self::deactivate),
            process: Some(Self::process),
            get_extension: Some(Self::get_extension),
            ..inner
        };
        let extensions = Extensions {
            ports: clap_plugin_audio_ports { get: Some(Self::port_info), ..inner_extensions.ports },
            configs: clap_plugin_audio_ports_config {
                select: Some(Self::select_config),
                ..inner_extensions.configs
            },
            params: clap_plugin_params {
                get_info: Some(Self::param_info),
                flush: Some(Self::flush_params),
                ..inner_extensions.params
            },
            state: clap_plugin_state { save: Some(Self::save_state), load: Some(Self::load_state) },
        };
        let guard = Self {
            plugin,
            host,
            inner,
            inner_extensions,
            extensions,
            link,
            gate: Gate::new(),
            settled: Settled::new(P::settled_at_activation()),
            told_latency_samples: AtomicU32::new(0),
            _plugin: PhantomData,
        };
        Box::into_raw(Box::new(guard)).cast()
    }

    /// The guard that a host's pointer belongs to.
    ///
    /// # Safety
    ///
    /// `plugin` is null or came from [`create`](Self::create) and was not destroyed.
    pub(super) unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: `plugin` is the first field of a `#[repr(C)]` structure.
        unsafe { plugin.cast::<Self>().as_ref() }
    }

    unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
        // SAFETY: the host's pointer, for the last time.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return };
        // The framework first: it finds itself through our structure.
        if let Some(destroy) = guard.inner.destroy {
            // SAFETY: the framework's function on the framework's data.
            unsafe { destroy(plugin) };
        }
        // SAFETY: `create` made this box.
        drop(unsafe { Box::from_raw(plugin.cast_mut().cast::<Self>()) });
    }

    unsafe extern "C" fn activate(
        plugin: *const clap_plugin,
        rate: f64,
        min_frames: u32,
        max_frames: u32,
    ) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        let Some(activate) = guard.inner.activate else { return false };
        if !(rate.is_finite() && rate > 0.0 && (1..=i32::MAX as u32).contains(&max_frames)) {
            return false;
        }
        let change = || {
            guard.begin_activation(plugin);
            // SAFETY: no process call is under way, and none begins before this ends.
            let activated = unsafe { activate(plugin, rate, min_frames, max_frames) };
            if !activated {
                guard.settled.end();
            }
            activated
        };
        let build =
            |&activated: &bool| activated.then(|| Active::new(&guard.layout(plugin), max_frames as usize));
        let activated = guard.gate.change(change, build).unwrap_or(false);
        if activated {
            guard.tell_latency();
        }
        activated
    }

    unsafe extern "C" fn deactivate(plugin: *const clap_plugin) {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return };
        let Some(deactivate) = guard.inner.deactivate else { return };
        let change = || {
            guard.settled.end();
            // SAFETY: no process call is under way, and none begins before this ends.
            unsafe { deactivate(plugin) }
        };
        guard.gate.change(change, |()| None);
    }

    unsafe extern "C" fn process(
        plugin: *const clap_plugin,
        block: *const clap_process,
    ) -> clap_process_status {
        // SAFETY: the host's pointers.
        match unsafe { (Self::of(plugin), block.as_ref()) } {
            // SAFETY: what the host promises of them.
            (Some(guard), Some(host)) => unsafe { guard.process_block(plugin, host) },
            _ => CLAP_PROCESS_ERROR,
        }
    }

    /// One block, or what the host calls one. Outputs hold silence afterwards unless the framework filled them.
    ///
    /// # Safety
    ///
    /// `host` is what CLAP promises of a `clap_process`, which still allows null in every place.
    unsafe fn process_block(&self, plugin: *const clap_plugin, host: &clap_process) -> clap_process_status {
        let inputs = HostBuses::new(host.audio_inputs, host.audio_inputs_count);
        let outputs = HostBuses::new(host.audio_outputs, host.audio_outputs_count);
        let frames = host.frames_count as usize;
        let is_32_bit = !inputs.any_64_bit() && !outputs.any_64_bit();
        let is_flush = frames == 0 || !(outputs.any_connected() || inputs.any_connected());

        let result = match self.gate.enter() {
            None => CLAP_PROCESS_ERROR,
            Some(mut active) => match active.as_mut() {
                Some(_) if is_32_bit && is_flush => {
                    // SAFETY: the host's own lists.
                    unsafe { Self::flush_params(plugin, host.in_events, host.out_events) };
                    CLAP_PROCESS_CONTINUE
                }
                Some(active) if is_32_bit && frames <= active.buses.max_frames => {
                    // SAFETY: this function's contract.
                    unsafe { self.process_active(plugin, active, host, inputs, outputs) }
                }
                _ => CLAP_PROCESS_ERROR,
            },
        };
        // What the host believes about its output buffers is from before this block.
        for bus_idx in 0..outputs.n_buses {
            // SAFETY: within the host's array, which a plugin may write masks to.
            unsafe { (*host.audio_outputs.add(bus_idx)).constant_mask = 0 };
        }
        if result == CLAP_PROCESS_ERROR {
            outputs.zero(frames);
        }
        result
    }

    /// # Safety
    ///
    /// As for [`process_block`](Self::process_block); the block is not larger than the buses were made for.
    unsafe fn process_active(
        &self,
        plugin: *const clap_plugin,
        active: &mut Active,
        host: &clap_process,
        inputs: HostBuses,
        outputs: HostBuses,
    ) -> clap_process_status {
        let Some(process) = self.inner.process else { return CLAP_PROCESS_ERROR };
        let frames = host.frames_count as usize;
        // SAFETY: the host's buses last until it gets an answer.
        let connected = unsafe {
            active.buses.load(|bus_idx| inputs.get(bus_idx), |bus_idx| outputs.get(bus_idx), frames)
        };
        self.link.set_connected(connected);

        let events = Events::new(host.in_events, host.frames_count);
        let in_events = events.list();
        let n_buses = (active.buses.array_len() - 1) as u32;
        let block = clap_process {
            audio_inputs: active.inputs.as_ptr(),
            audio_outputs: active.outputs.as_ptr(),
            audio_inputs_count: n_buses,
            audio_outputs_count: n_buses,
            in_events: &in_events,
            // SAFETY: null or the host's.
            out_events: unsafe { usable(host.out_events) },
            ..*host
        };
        // SAFETY: every declared channel has memory for the block now.
        let result = unsafe {
            let changes = EventChanges::new(host.in_events, host.frames_count);
            self.link.changes.during(&changes, || process(plugin, &block))
        };
        // SAFETY: the same buses as above.
        unsafe { active.buses.finish(|bus_idx| outputs.get(bus_idx), outputs.n_buses, frames) };
        self.ask_for_restart_if_due(plugin);
        result
    }

    unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
        // SAFETY: the host's pointers.
        let Some(guard) = (unsafe { Self::of(plugin) }).filter(|_| !id.is_null()) else { return ptr::null() };
        let own = &guard.extensions;
        // SAFETY: `id` is a C string.
        match unsafe { CStr::from_ptr(id) } {
            name if name == CLAP_EXT_AUDIO_PORTS => ptr::from_ref(&own.ports).cast(),
            name if name == CLAP_EXT_AUDIO_PORTS_CONFIG => ptr::from_ref(&own.configs).cast(),
            name if name == CLAP_EXT_PARAMS => ptr::from_ref(&own.params).cast(),
            name if name == CLAP_EXT_LATENCY => ptr::from_ref(Self::LATENCY).cast(),
            name if name == CLAP_EXT_STATE => ptr::from_ref(&own.state).cast(),
            name if name == METERS_EXTENSION && guard.link.meters().n_figures() > 0 => {
                ptr::from_ref(Self::METERS).cast()
            }
            name if name == METERS_2_EXTENSION && guard.link.readings().is_some() => {
                ptr::from_ref(Self::METERS_2).cast()
            }
            // SAFETY: the framework's function on the framework's data.
            _ => guard.inner.get_extension.map_or(ptr::null(), |inner| unsafe { inner(plugin, id) }),
        }
    }

    /// The layout that the framework has now. It keeps it to itself, so that it is asked like a host asks.
    fn layout(&self, plugin: *const clap_plugin) -> Layout {
        let channels = |is_input| {
            let (Some(count), Some(get)) =
                (self.inner_extensions.ports.count, self.inner_extensions.ports.get)
            else {
                return Vec::new();
            };
            // SAFETY: plain questions; the structure is one of integers and pointers.
            let channels = |port_idx| unsafe {
                let mut info: clap_audio_port_info = std::mem::zeroed();
                if get(plugin, port_idx, is_input, &mut info) { info.channel_count } else { 0 }
            };
            // SAFETY: as above.
            (0..unsafe { count(plugin, is_input) }).map(channels).collect()
        };
        Layout { inputs: channels(true), outputs: channels(false) }
    }

    /// Names the main output.
    unsafe extern "C" fn port_info(
        plugin: *const clap_plugin,
        port_idx: u32,
        is_input: bool,
        info: *mut clap_audio_port_info,
    ) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        // SAFETY: the framework's function; it checks the index and `info`.
        let known = guard
            .inner_extensions
            .ports
            .get
            .is_some_and(|get| unsafe { get(plugin, port_idx, is_input, info) });
        if known
            && !is_input
            && port_idx == 0
            && let Some(name) = guard.layout(plugin).main_output_name::<P>()
        {
            // SAFETY: the framework has filled it, so it is valid.
            let target = unsafe { &mut (*info).name };
            let n_bytes = target.len() - 1;
            let bytes = name.bytes().take(n_bytes).chain(std::iter::repeat(0));
            for (byte, target) in bytes.zip(target) {
                *target = byte as c_char;
            }
        }
        known
    }

    /// The buffers belong to the layout of the activation: no other can be chosen until it ends.
    unsafe extern "C" fn select_config(plugin: *const clap_plugin, config: clap_id) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        let is_known = (config as usize) < P::AUDIO_IO_LAYOUTS.len();
        let select = guard.inner_extensions.configs.select.filter(|_| is_known && !guard.gate.is_active());
        // SAFETY: the framework's function on the framework's data.
        select.is_some_and(|select| unsafe { select(plugin, config) })
    }

    /// Refuses the index after the last, at which the framework panics.
    unsafe extern "C" fn param_info(
        plugin: *const clap_plugin,
        param_idx: u32,
        info: *mut clap_param_info,
    ) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        let params = &guard.inner_extensions.params;
        // SAFETY: the framework's functions on the framework's data.
        params.count.is_some_and(|count| param_idx < unsafe { count(plugin) })
            // SAFETY: as above; the function checks `info`.
            && params.get_info.is_some_and(|get_info| unsafe { get_info(plugin, param_idx, info) })
    }

    /// A flush has no time: every event is for now.
    unsafe extern "C" fn flush_params(
        plugin: *const clap_plugin,
        in_events: *const clap_input_events,
        out_events: *const clap_output_events,
    ) {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return };
        let Some(flush) = guard.inner_extensions.params.flush else { return };
        let events = Events::new(in_events, 0);
        // SAFETY: the framework's function, our list, and null or the host's.
        unsafe {
            EventChanges::new(in_events, 0).apply_all(&guard.link.changes);
            flush(plugin, &events.list(), usable(out_events));
        }
        guard.ask_for_restart_if_due(plugin);
    }

    /// Tells the host what went wrong, in whose window or log a person looks; the framework's log if it takes none. Not on
    /// the audio thread.
    fn complain(&self, problem: &str) {
        // SAFETY: the host outlives the instance, and this is the type that belongs to the extension.
        let log = unsafe {
            self.host.as_ref().and_then(|host| host.get_extension).and_then(|get_extension| {
                get_extension(self.host, CLAP_EXT_LOG.as_ptr()).cast::<clap_host_log>().as_ref()
            })
        };
        let text = CString::new(problem.replace('\0', " "));
        match (log.and_then(|log| log.log), text) {
            // SAFETY: the host's own function, which may be called on any thread.
            (Some(log), Ok(text)) => unsafe { log(self.host, CLAP_LOG_ERROR, text.as_ptr()) },
            _ => nice_error!("{problem}"),
        }
    }

    unsafe extern "C" fn save_state(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        let Some(save) = guard.inner_extensions.state.save else { return false };
        // SAFETY: our own stream, which outlives the call.
        let framework_json = framework_saves(|stream| unsafe { save(plugin, stream) });
        let document =
            framework_json.and_then(|json| state::encode::<P>(&json, |problem| guard.complain(&problem)));
        // SAFETY: the host's stream.
        document.is_some_and(|document| unsafe { write_document(stream, &document) })
    }

    unsafe extern "C" fn load_state(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return false };
        let Some(load) = guard.inner_extensions.state.load else { return false };
        // SAFETY: the host's stream.
        let document = unsafe { read_document(stream) };
        let complain = |problem: String| guard.complain(&problem);
        let loaded = state::load::<P>(&guard.link, complain, document, |framework_json| {
            // SAFETY: our own stream, which outlives the call.
            framework_loads(framework_json, |stream| unsafe { load(plugin, stream) })
        });
        guard.ask_for_restart_if_due(plugin);
        loaded
    }

    /// A constant, because hosts keep its address.
    const METERS: &'static PluginMeters = &PluginMeters { take: Some(Self::take_meters) };

    /// The same.
    const METERS_2: &'static PluginMeters2 = &PluginMeters2 {
        take_reductions: Some(Self::take_meters),
        read_loudness: Some(Self::read_loudness),
        restart_loudness: Some(Self::restart_loudness),
    };

    unsafe extern "C" fn read_loudness(plugin: *const clap_plugin, figures: *mut f32, capacity: u32) -> u32 {
        // SAFETY: the host's pointer.
        let Some(readings) = (unsafe { Self::of(plugin) }).and_then(|guard| guard.link.readings()) else {
            return 0;
        };
        if !figures.is_null() {
            let n_read = readings.n_figures().min(capacity as usize);
            // SAFETY: the host's array has room for `capacity` figures, which are initialised here.
            readings.read(unsafe {
                figures.write_bytes(0, n_read);
                std::slice::from_raw_parts_mut(figures, n_read)
            });
        }
        readings.n_figures() as u32
    }

    unsafe extern "C" fn restart_loudness(plugin: *const clap_plugin) {
        // SAFETY: the host's pointer.
        if let Some(readings) = (unsafe { Self::of(plugin) }).and_then(|guard| guard.link.readings()) {
            readings.ask_for_restart();
        }
    }

    unsafe extern "C" fn take_meters(plugin: *const clap_plugin, figures: *mut f32, capacity: u32) -> u32 {
        // SAFETY: the host's pointer.
        let Some(guard) = (unsafe { Self::of(plugin) }) else { return 0 };
        let meters = guard.link.meters();
        if !figures.is_null() {
            let n_taken = meters.n_figures().min(capacity as usize);
            // SAFETY: the host's array has room for `capacity` figures, which are initialised here.
            meters.take(unsafe {
                figures.write_bytes(0, n_taken);
                std::slice::from_raw_parts_mut(figures, n_taken)
            });
        }
        meters.n_figures() as u32
    }
}

/// An extension of the framework's.
///
/// # Safety
///
/// `plugin` is what the functions of `inner` take, and `T` is the type that belongs to `id`.
unsafe fn extension<'a, T>(inner: &clap_plugin, plugin: *const clap_plugin, id: &CStr) -> Option<&'a T> {
    // SAFETY: this function's contract.
    unsafe { inner.get_extension?(plugin, id.as_ptr()).cast::<T>().as_ref() }
}

/// The host's list if it can be pushed to, else null: the framework panics over a list without the function.
///
/// # Safety
///
/// `events` is null or valid.
unsafe fn usable(events: *const clap_output_events) -> *const clap_output_events {
    // SAFETY: this function's contract.
    let can_push = unsafe { events.as_ref() }.is_some_and(|events| events.try_push.is_some());
    if can_push { events } else { ptr::null() }
}
