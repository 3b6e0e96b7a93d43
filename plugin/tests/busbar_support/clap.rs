//! The CLAP host.

use super::{Event, Instance, Mode, N_STRIPS, Setup, Sound};
use crate::guard_support::clap_host::EventList;
use busbar::ExportedLibrary;
use busbar::guard::export::clap_entry;
use busbar::state::hash_param_id;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use nice_assert_no_alloc::assert_no_alloc;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

pub struct ClapBusbar {
    plugin: *const clap_plugin,
    _host: Box<clap_host>,
    calls: Box<HostCalls>,
    /// The largest value of each parameter: CLAP counts steps.
    largest: HashMap<u32, f64>,
}

/// What the plugin has called, and when.
#[derive(Default)]
struct HostCalls {
    n_asked: AtomicU32,
    n_told: AtomicU32,
    is_activating: AtomicBool,
}

impl HostCalls {
    /// # Safety
    ///
    /// `host` is a [`ClapBusbar`]'s.
    unsafe fn of<'a>(host: *const clap_host) -> &'a Self {
        // SAFETY: the host's data, which lives as long as the host.
        unsafe { &*(*host).host_data.cast::<Self>() }
    }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: the plugin has it from the host.
    unsafe { HostCalls::of(host) }.n_asked.fetch_add(1, Ordering::SeqCst);
}

unsafe extern "C" fn latency_changed(host: *const clap_host) {
    // SAFETY: the plugin has it from the host.
    let calls = unsafe { HostCalls::of(host) };
    // No panic may leave a host's function: a call that CLAP does not allow counts for many.
    let is_right = calls.is_activating.load(Ordering::SeqCst);
    calls.n_told.fetch_add(if is_right { 1 } else { 1000 }, Ordering::SeqCst);
}

unsafe extern "C" fn get_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    static LATENCY: clap_host_latency = clap_host_latency { changed: Some(latency_changed) };
    // SAFETY: the plugin's pointer.
    let is_known = unsafe { CStr::from_ptr(id) } == CLAP_EXT_LATENCY;
    if is_known { ptr::from_ref(&LATENCY).cast() } else { ptr::null() }
}

fn buffers(channels: &mut [[*mut f32; 2]]) -> Vec<clap_audio_buffer> {
    let buffer = |channels: &mut [*mut f32; 2]| clap_audio_buffer {
        data32: channels.as_mut_ptr(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    };
    channels.iter_mut().map(buffer).collect()
}

impl ClapBusbar {
    pub fn new() -> Self {
        let mut host = crate::guard_support::clap_host::host();
        let calls = Box::new(HostCalls::default());
        host.host_data = ptr::from_ref(&*calls).cast_mut().cast();
        host.request_restart = Some(request_restart);
        host.get_extension = Some(get_extension);
        let entry = clap_entry::<ExportedLibrary>();
        let id = CString::new(format!("org.busbar.busbar-{N_STRIPS}")).expect("no zeros");
        // SAFETY: the calls that a host makes, in the order in which it makes them; the host outlives the plugin.
        let plugin = unsafe {
            entry.init.expect("a function")(c"".as_ptr());
            let factory = entry.get_factory.expect("a function")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
            let factory = factory.cast::<clap_plugin_factory>();
            let plugin = (*factory).create_plugin.expect("a function")(factory, &*host, id.as_ptr());
            assert!((*plugin).init.expect("a function")(plugin));
            plugin
        };
        let mut instance = Self { plugin, _host: host, calls, largest: HashMap::new() };
        let params: &clap_plugin_params = instance.extension(CLAP_EXT_PARAMS);
        // SAFETY: structures of integers; plain calls.
        let largest = unsafe {
            (0..params.count.expect("a function")(plugin)).map(|param_idx| {
                let mut info: clap_param_info = std::mem::zeroed();
                assert!(params.get_info.expect("a function")(plugin, param_idx, &mut info));
                (info.id, info.max_value)
            })
        };
        instance.largest = largest.collect();
        instance
    }

    fn functions(&self) -> &clap_plugin {
        // SAFETY: the plugin lives as long as this.
        unsafe { &*self.plugin }
    }

    fn extension<'a, T>(&self, id: &CStr) -> &'a T {
        // SAFETY: the caller names the type that belongs to the id; tables live as long as the plugin.
        unsafe {
            let extension = self.functions().get_extension.expect("a function")(self.plugin, id.as_ptr());
            extension.cast::<T>().as_ref().expect("the extension")
        }
    }

    fn events(&self, events: &[Event]) -> Box<EventList> {
        let mut list = EventList::new(0, &[]);
        for Event { at, id, value } in events {
            let hash = hash_param_id(id);
            let mut event = EventList::new(hash, &[(*at as i64, *value)]).events.remove(0);
            event.value *= self.largest.get(&hash).unwrap_or_else(|| panic!("no parameter `{id}`"));
            list.events.push(event);
        }
        list
    }
}

impl Drop for ClapBusbar {
    fn drop(&mut self) {
        // SAFETY: the last call, once.
        unsafe { self.functions().destroy.expect("a function")(self.plugin) };
    }
}

impl Instance for ClapBusbar {
    fn format(&self) -> &'static str {
        "CLAP"
    }

    fn set(&self, id: &str, value: f32) {
        let params: &clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let hash = hash_param_id(id);
        let mut events = EventList::new(hash, &[(0, value)]);
        events.events[0].value *= self.largest[&hash];
        // SAFETY: the list outlives the call.
        unsafe { params.flush.expect("a function")(self.plugin, &events.list(), ptr::null()) };
    }

    fn activate(&self, Setup { sample_rate_hz, max_frames, mode }: Setup) {
        let render: &clap_plugin_render = self.extension(CLAP_EXT_RENDER);
        let mode = if mode == Mode::Offline { CLAP_RENDER_OFFLINE } else { CLAP_RENDER_REALTIME };
        let functions = self.functions();
        // SAFETY: plain calls.
        unsafe {
            assert!(render.set.expect("a function")(self.plugin, mode));
            self.calls.is_activating.store(true, Ordering::SeqCst);
            assert!(functions.activate.expect("a function")(
                self.plugin,
                sample_rate_hz,
                1,
                max_frames as u32
            ));
            self.calls.is_activating.store(false, Ordering::SeqCst);
            assert!(functions.start_processing.expect("a function")(self.plugin));
        }
    }

    fn deactivate(&self) {
        let functions = self.functions();
        // SAFETY: plain calls.
        unsafe {
            functions.stop_processing.expect("a function")(self.plugin);
            functions.deactivate.expect("a function")(self.plugin);
        }
    }

    fn latency_samples(&self) -> usize {
        let latency: &clap_plugin_latency = self.extension(CLAP_EXT_LATENCY);
        // SAFETY: a plain call.
        unsafe { latency.get.expect("a function")(self.plugin) as usize }
    }

    fn take_asked(&self) -> u32 {
        self.calls.n_asked.swap(0, Ordering::SeqCst)
    }

    fn take_told(&self) -> u32 {
        self.calls.n_told.swap(0, Ordering::SeqCst)
    }

    fn process(&self, feeds: &mut Sound, outputs: &mut Sound, events: &[Event]) {
        let pointers = |sound: &mut Sound| -> Vec<[*mut f32; 2]> {
            sound.iter_mut().map(|port| port.each_mut().map(|side| side.as_mut_ptr())).collect()
        };
        let n_frames = outputs[0][0].len();
        let (mut feeds, mut outputs) = (pointers(feeds), pointers(outputs));
        let (inputs, mut outputs) = (buffers(&mut feeds), buffers(&mut outputs));
        let events = self.events(events);
        let block = clap_process {
            steady_time: -1,
            frames_count: n_frames as u32,
            transport: ptr::null(),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: inputs.len() as u32,
            audio_outputs_count: outputs.len() as u32,
            in_events: &events.list(),
            out_events: ptr::null(),
        };
        let process = self.functions().process.expect("a function");
        // SAFETY: the block's pointers last until the call returns.
        let status = assert_no_alloc(|| unsafe { process(self.plugin, &block) });
        assert_ne!(status, CLAP_PROCESS_ERROR);
    }
}
