//! A CLAP host of raw calls.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, ThreadId};

use busbar::guard::export::{ClapEntry, clap_entry};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::*;
use clap_sys::ext::audio_ports::*;
use clap_sys::ext::audio_ports_config::*;
use clap_sys::ext::params::*;
use clap_sys::ext::state::*;
use clap_sys::factory::plugin_factory::*;
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::*;
use clap_sys::stream::*;
use clap_sys::version::CLAP_VERSION;
use nice_assert_no_alloc::assert_no_alloc;

use super::{Block, Bus, Instance, Probe, TestLibrary, newest_probe};

pub static ENTRY: ClapEntry = clap_entry::<TestLibrary>();

pub struct ClapInstance<const N: usize> {
    pub plugin: *const clap_plugin,
    _host: Box<clap_host>,
    pub asked: Arc<Asked>,
    pub probe: Arc<Probe>,
}

/// What the plugin asked its host for, and how often.
pub struct Asked {
    pub n_restarts: AtomicU32,
    pub n_callbacks: AtomicU32,
    /// How often the host heard that its state is not saved. On another thread than the one of the host it counts for many.
    pub n_dirty: AtomicU32,
    main_thread: ThreadId,
}

/// Who counts for a host, if anybody does.
unsafe fn asked<'a>(host: *const clap_host) -> Option<&'a Asked> {
    // SAFETY: null, or set in `ClapInstance::new` to what lives as long as the host.
    unsafe { (*host).host_data.cast::<Asked>().as_ref() }
}

unsafe extern "C" fn get_extension(host: *const clap_host, id: *const c_char) -> *const c_void {
    static STATE: clap_host_state = clap_host_state { mark_dirty: Some(mark_dirty) };
    // SAFETY: the plugin's pointers.
    let is_known = unsafe { asked(host).is_some() && CStr::from_ptr(id) == CLAP_EXT_STATE };
    if is_known { ptr::from_ref(&STATE).cast() } else { ptr::null() }
}

unsafe extern "C" fn mark_dirty(host: *const clap_host) {
    // SAFETY: the plugin's pointer.
    if let Some(asked) = unsafe { asked(host) } {
        // No panic may leave this function.
        let is_right = thread::current().id() == asked.main_thread;
        asked.n_dirty.fetch_add(if is_right { 1 } else { 1000 }, Ordering::SeqCst);
    }
}

unsafe extern "C" fn request(_: *const clap_host) {}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: the plugin's pointer.
    if let Some(asked) = unsafe { asked(host) } {
        asked.n_restarts.fetch_add(1, Ordering::SeqCst);
    }
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    // SAFETY: the plugin's pointer.
    if let Some(asked) = unsafe { asked(host) } {
        asked.n_callbacks.fetch_add(1, Ordering::SeqCst);
    }
}

pub fn host() -> Box<clap_host> {
    Box::new(clap_host {
        clap_version: CLAP_VERSION,
        host_data: ptr::null_mut(),
        name: c"test".as_ptr(),
        vendor: c"test".as_ptr(),
        url: c"test".as_ptr(),
        version: c"1".as_ptr(),
        get_extension: Some(get_extension),
        request_restart: Some(request_restart),
        request_process: Some(request),
        request_callback: Some(request_callback),
    })
}

pub fn factory() -> &'static clap_plugin_factory {
    let get_factory = ENTRY.get_factory.expect("a function");
    // SAFETY: the pointer is null or a factory.
    unsafe { get_factory(CLAP_PLUGIN_FACTORY_ID.as_ptr()).cast::<clap_plugin_factory>().as_ref() }
        .expect("a factory")
}

impl<const N: usize> ClapInstance<N> {
    pub fn new() -> Self {
        let mut host = host();
        let asked = Arc::new(Asked {
            n_restarts: AtomicU32::new(0),
            n_callbacks: AtomicU32::new(0),
            n_dirty: AtomicU32::new(0),
            main_thread: thread::current().id(),
        });
        host.host_data = Arc::as_ptr(&asked).cast_mut().cast();
        let id = if N == 8 { c"org.example.guard-8" } else { c"org.example.guard-32" };
        let create = factory().create_plugin.expect("a function");
        // SAFETY: the host outlives the plugin.
        let plugin = unsafe { create(factory(), &*host, id.as_ptr()) };
        assert!(!plugin.is_null());
        let instance = Self { plugin, _host: host, asked, probe: newest_probe() };
        // SAFETY: the first call, once.
        assert!(unsafe { instance.functions().init.expect("a function")(plugin) });
        instance
    }

    pub fn functions(&self) -> &clap_plugin {
        // SAFETY: the plugin lives as long as this.
        unsafe { &*self.plugin }
    }

    pub fn extension<T>(&self, id: &CStr) -> &T {
        // SAFETY: the caller names the type that belongs to the id.
        unsafe {
            let extension = self.functions().get_extension.expect("a function")(self.plugin, id.as_ptr());
            extension.cast::<T>().as_ref().expect("the extension")
        }
    }

    /// One raw process call, for what a [`Block`] cannot say.
    pub fn process_raw(&self, block: &clap_process) -> clap_process_status {
        let process = self.functions().process.expect("a function");
        // SAFETY: the block's pointers last until the call returns.
        assert_no_alloc(|| unsafe { process(self.plugin, block) })
    }

    pub fn param_info(&self, param_idx: u32) -> Option<clap_param_info> {
        let params: &clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        // SAFETY: a structure of integers and pointers; a plain call.
        unsafe {
            let mut info: clap_param_info = std::mem::zeroed();
            params.get_info.expect("a function")(self.plugin, param_idx, &mut info).then_some(info)
        }
    }
}

impl<const N: usize> Drop for ClapInstance<N> {
    fn drop(&mut self) {
        // SAFETY: the last call, once.
        unsafe { self.functions().destroy.expect("a function")(self.plugin) };
    }
}

/// Parameter events in memory, as a list for `clap_process`.
pub struct EventList {
    pub events: Vec<clap_event_param_value>,
    /// Answers this index with null.
    pub hole: Option<usize>,
}

impl EventList {
    pub fn new(param_id: u32, points: &[(i64, f32)]) -> Box<Self> {
        let event = |&(time, value): &(i64, f32)| clap_event_param_value {
            header: clap_event_header {
                size: size_of::<clap_event_param_value>() as u32,
                time: time as u32,
                space_id: CLAP_CORE_EVENT_SPACE_ID,
                type_: CLAP_EVENT_PARAM_VALUE,
                flags: 0,
            },
            param_id,
            cookie: ptr::null_mut(),
            note_id: -1,
            port_index: -1,
            channel: -1,
            key: -1,
            value: value.into(),
        };
        Box::new(Self { events: points.iter().map(event).collect(), hole: None })
    }

    pub fn list(&self) -> clap_input_events {
        unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
            // SAFETY: made below.
            unsafe { (*(*list).ctx.cast::<EventList>()).events.len() as u32 }
        }
        unsafe extern "C" fn get(list: *const clap_input_events, idx: u32) -> *const clap_event_header {
            // SAFETY: made below.
            let list = unsafe { &*(*list).ctx.cast::<EventList>() };
            let event = list.events.get(idx as usize).filter(|_| list.hole != Some(idx as usize));
            event.map_or(ptr::null(), |event| ptr::from_ref(event).cast())
        }
        clap_input_events { ctx: ptr::from_ref(self).cast_mut().cast(), size: Some(size), get: Some(get) }
    }
}

/// A host's stream that gives and takes little at a time.
struct HostStream {
    bytes: Vec<u8>,
    position: usize,
    chunk: usize,
}

unsafe extern "C" fn read(stream: *const clap_istream, buffer: *mut c_void, n_bytes: u64) -> i64 {
    // SAFETY: `ctx` is a `HostStream`, the buffer has room.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<HostStream>();
        let rest = &stream.bytes[stream.position..];
        let taken = &rest[..rest.len().min(n_bytes as usize).min(stream.chunk)];
        buffer.cast::<u8>().copy_from_nonoverlapping(taken.as_ptr(), taken.len());
        stream.position += taken.len();
        taken.len() as i64
    }
}

unsafe extern "C" fn write(stream: *const clap_ostream, buffer: *const c_void, n_bytes: u64) -> i64 {
    // SAFETY: `ctx` is a `HostStream`, the buffer has so many bytes.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<HostStream>();
        let n_taken = (n_bytes as usize).min(stream.chunk);
        stream.bytes.extend_from_slice(std::slice::from_raw_parts(buffer.cast(), n_taken));
        n_taken as i64
    }
}

impl<const N: usize> Instance for ClapInstance<N> {
    fn format(&self) -> &'static str {
        "CLAP"
    }

    fn probe(&self) -> &Arc<Probe> {
        &self.probe
    }

    fn activate(&self, max_frames: usize) -> bool {
        let functions = self.functions();
        // SAFETY: plain calls.
        unsafe {
            functions.activate.expect("a function")(self.plugin, 48_000.0, 1, max_frames as u32)
                && functions.start_processing.expect("a function")(self.plugin)
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

    fn set_active(&self, active: bool) -> bool {
        let functions = self.functions();
        // SAFETY: plain calls.
        unsafe {
            if active {
                functions.activate.expect("a function")(self.plugin, 48_000.0, 1, super::MAX_FRAMES as u32)
            } else {
                functions.deactivate.expect("a function")(self.plugin);
                true
            }
        }
    }

    fn process(&self, block: &mut Block) -> bool {
        let (mut input_tables, mut output_tables) =
            (block.tables(&block.inputs), block.tables(&block.outputs));
        let is_64_bit = block.is_64_bit;
        let buffers = |buses: &[Bus], tables: &mut [Vec<*mut f32>]| -> Vec<clap_audio_buffer> {
            let buffer = |(bus, table): (&Bus, &mut Vec<*mut f32>)| {
                let channels = if bus.null_table { ptr::null_mut() } else { table.as_mut_ptr() };
                clap_audio_buffer {
                    data32: if is_64_bit { ptr::null_mut() } else { channels },
                    data64: if is_64_bit { channels.cast() } else { ptr::null_mut() },
                    channel_count: table.len() as u32,
                    latency: 0,
                    constant_mask: bus.flags,
                }
            };
            buses.iter().zip(tables).map(buffer).collect()
        };
        let inputs = buffers(&block.inputs, &mut input_tables);
        let mut outputs = buffers(&block.outputs, &mut output_tables);
        let events = EventList::new(self.param_info(0).expect("the parameter exists").id, &block.gains);
        let in_events = events.list();
        let status = self.process_raw(&clap_process {
            steady_time: -1,
            frames_count: block.frames as u32,
            transport: ptr::null(),
            audio_inputs: if block.null_inputs { ptr::null() } else { inputs.as_ptr() },
            audio_outputs: if block.null_outputs { ptr::null_mut() } else { outputs.as_mut_ptr() },
            audio_inputs_count: inputs.len() as u32,
            audio_outputs_count: outputs.len() as u32,
            in_events: &in_events,
            out_events: ptr::null(),
        });
        for (bus, buffer) in block.outputs.iter_mut().zip(&outputs) {
            bus.flags = buffer.constant_mask;
        }
        status != CLAP_PROCESS_ERROR
    }

    fn select_stereo_layout(&self, stereo: bool) -> bool {
        let configs: &clap_plugin_audio_ports_config = self.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
        // SAFETY: a plain call.
        unsafe { configs.select.expect("a function")(self.plugin, stereo.into()) }
    }

    fn port_name(&self, is_input: bool, port_idx: usize) -> Option<String> {
        let ports: &clap_plugin_audio_ports = self.extension(CLAP_EXT_AUDIO_PORTS);
        // SAFETY: a structure of integers and pointers; plain calls.
        unsafe {
            let count = ports.count.expect("a function")(self.plugin, is_input);
            let mut info: clap_audio_port_info = std::mem::zeroed();
            let get = ports.get.expect("a function");
            let known = (port_idx as u32) < count && get(self.plugin, port_idx as u32, is_input, &mut info);
            known.then(|| text(&info.name))
        }
    }

    fn gain(&self) -> f64 {
        let params: &clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let id = self.param_info(0).expect("the parameter exists").id;
        let mut value = f64::NAN;
        // SAFETY: a plain call.
        assert!(unsafe { params.get_value.expect("a function")(self.plugin, id, &mut value) });
        value
    }

    fn n_params(&self) -> usize {
        let params: &clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        // SAFETY: a plain call.
        unsafe { params.count.expect("a function")(self.plugin) as usize }
    }

    fn param_name(&self, param_idx: i64) -> Option<String> {
        self.param_info(param_idx as u32).map(|info| text(&info.name))
    }

    fn save(&self, chunk: usize) -> Option<Vec<u8>> {
        let state: &clap_plugin_state = self.extension(CLAP_EXT_STATE);
        let mut host = HostStream { bytes: Vec::new(), position: 0, chunk };
        let stream = clap_ostream { ctx: ptr::from_mut(&mut host).cast(), write: Some(write) };
        // SAFETY: the stream outlives the call.
        let saved = unsafe { state.save.expect("a function")(self.plugin, &stream) };
        saved.then_some(host.bytes)
    }

    fn load(&self, document: &[u8], chunk: usize) -> bool {
        let state: &clap_plugin_state = self.extension(CLAP_EXT_STATE);
        let mut host = HostStream { bytes: document.to_vec(), position: 0, chunk };
        let stream = clap_istream { ctx: ptr::from_mut(&mut host).cast(), read: Some(read) };
        // SAFETY: the stream outlives the call.
        unsafe { state.load.expect("a function")(self.plugin, &stream) }
    }
}

pub fn text(name: &[c_char]) -> String {
    let bytes = name.iter().map(|&byte| byte as u8).take_while(|&byte| byte != 0);
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}
