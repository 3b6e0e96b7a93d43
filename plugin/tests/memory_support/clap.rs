//! The CLAP host.

use super::{BLOCK_FRAMES, Buses, Counted, N_BLOCKS, N_OUTPUTS, SAMPLE_RATE_HZ, live_bytes};
use busbar::guard::export::{Library, clap_entry};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{clap_event_header, clap_input_events};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CString, c_char, c_void};
use std::ptr;

unsafe extern "C" fn no_extension(_: *const clap_host, _: *const c_char) -> *const c_void {
    ptr::null()
}

unsafe extern "C" fn request(_: *const clap_host) {}

unsafe extern "C" fn no_events(_: *const clap_input_events) -> u32 {
    0
}

unsafe extern "C" fn no_event(_: *const clap_input_events, _: u32) -> *const clap_event_header {
    ptr::null()
}

fn buffers(buses: &mut Buses) -> Vec<clap_audio_buffer> {
    let buffer = |channels: &mut [*mut f32; 2]| clap_audio_buffer {
        data32: channels.as_mut_ptr(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    };
    buses.tables.iter_mut().map(buffer).collect()
}

/// Plays through the plugin of this size.
pub fn play_clap<L: Library>(n_strips: usize, counted: Counted) {
    let (mut inputs, mut outputs) = (Buses::new(n_strips), Buses::new(N_OUTPUTS));
    let (inputs, mut outputs) = (buffers(&mut inputs), buffers(&mut outputs));
    let host = clap_host {
        clap_version: CLAP_VERSION,
        host_data: ptr::null_mut(),
        name: c"test".as_ptr(),
        vendor: c"test".as_ptr(),
        url: c"test".as_ptr(),
        version: c"1".as_ptr(),
        get_extension: Some(no_extension),
        request_restart: Some(request),
        request_process: Some(request),
        request_callback: Some(request),
    };
    let in_events = clap_input_events { ctx: ptr::null_mut(), size: Some(no_events), get: Some(no_event) };
    let block = clap_process {
        steady_time: -1,
        frames_count: BLOCK_FRAMES as u32,
        transport: ptr::null(),
        audio_inputs: inputs.as_ptr(),
        audio_outputs: outputs.as_mut_ptr(),
        audio_inputs_count: inputs.len() as u32,
        audio_outputs_count: outputs.len() as u32,
        in_events: &in_events,
        out_events: ptr::null(),
    };
    let id = CString::new(format!("org.busbar.busbar-{n_strips}")).expect("no zeros");
    let unused = live_bytes();

    let entry = clap_entry::<L>();
    // SAFETY: the calls that a host makes, in the order in which it makes them; everything they point to is above.
    unsafe {
        entry.init.expect("a function")(c"".as_ptr());
        let factory = entry.get_factory.expect("a function")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
        let factory = factory.cast::<clap_plugin_factory>();
        let plugin = (*factory).create_plugin.expect("a function")(factory, &host, id.as_ptr());
        let functions = plugin.as_ref().expect("a plugin");
        assert!(functions.init.expect("a function")(plugin));
        // A host reads all of them.
        let params = functions.get_extension.expect("a function")(plugin, CLAP_EXT_PARAMS.as_ptr());
        let params = params.cast::<clap_plugin_params>().as_ref().expect("the extension");
        for param_idx in 0..params.count.expect("a function")(plugin) {
            let mut info: clap_param_info = std::mem::zeroed();
            assert!(params.get_info.expect("a function")(plugin, param_idx, &mut info));
        }
        let max_frames = BLOCK_FRAMES as u32;
        assert!(functions.activate.expect("a function")(plugin, SAMPLE_RATE_HZ, 1, max_frames));
        assert!(functions.start_processing.expect("a function")(plugin));
        for _ in 0..N_BLOCKS {
            assert_ne!(functions.process.expect("a function")(plugin, &block), CLAP_PROCESS_ERROR);
        }
        let of_instance = live_bytes();
        functions.stop_processing.expect("a function")(plugin);
        functions.deactivate.expect("a function")(plugin);
        functions.destroy.expect("a function")(plugin);
        // Without the host's own buffers.
        counted(of_instance - unused);
    }
}
