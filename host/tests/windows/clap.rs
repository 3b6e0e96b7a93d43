//! The built `Busbar.clap` in a host of clack's, with what an editor asks of a host.

use super::host::{BLOCK_FRAMES, Edit, FED, Host};
use crate::bundles::{N_OUTPUTS, SAMPLE_RATE_HZ, bundle};
use busbar_host::param_id_from_str;
use clack_extensions::gui::{
    GuiApiType, GuiConfiguration, GuiSize, HostGui, HostGuiImpl, PluginGui, Window as GuiWindow,
};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
    PluginParams,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::io::EventBuffer;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::prelude::{
    AudioPortBuffer, AudioPortBufferType, AudioPorts, ClapId, HostError, HostExtensions, HostHandlers,
    HostInfo, InputChannel, InputEvents, MainThreadHandler, OutputEvents, Pckn, PluginAudioConfiguration,
    PluginAudioProcessor, PluginEntry, PluginInstance, SharedHandler,
};
use std::ffi::CString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use x11rb::protocol::xproto::Window;

/// What the plugin may ask for, from any thread.
#[derive(Default)]
struct Shared {
    callback: AtomicBool,
    wanted_size: Mutex<Option<(u32, u32)>>,
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        *self.wanted_size.lock().unwrap() = Some((size.width, size.height));
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {}
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        eprintln!("{severity}: {message}");
    }
}

impl HostParamsImplShared for Shared {
    // It is processed all the time.
    fn request_flush(&self) {}
}

struct MainThread;

impl MainThreadHandler<'_> for MainThread {}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, _flags: ParamRescanFlags) {}

    fn clear(&self, _param_id: ClapId, _flags: ParamClearFlags) {}
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {}
}

struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Shared) {
        builder.register::<HostGui>().register::<HostLog>().register::<HostParams>().register::<HostState>();
    }
}

/// An instance from the CLAP bundle.
pub struct Clap {
    // Dropped before the instance: clack leaks an instance whose processor outlives it.
    processor: Option<PluginAudioProcessor<Handlers>>,
    instance: PluginInstance<Handlers>,
    gui: PluginGui,
    params: PluginParams,
    inputs: Vec<[Vec<f32>; 2]>,
    outputs: Vec<[Vec<f32>; 2]>,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    automation: Vec<ParamValueEvent>,
    edits: Vec<Edit>,
    is_open: bool,
    n_frames: u64,
}

const EMBEDDED: GuiConfiguration<'static> =
    GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };

impl Host for Clap {
    const LEAKED_DESCRIPTORS: usize = 0;
    // Two windows each time: one is made to ask for the size.
    const LEAKED_KIB: i64 = 165;

    fn load(n_strips: usize) -> Self {
        // SAFETY: the bundle is the one that was built here, and is loaded as hosts load it.
        let entry = unsafe { PluginEntry::load(bundle("Busbar.clap")) }.unwrap();
        let id = CString::new(format!("org.busbar.busbar-{n_strips}")).unwrap();
        let host = HostInfo::new("busbar-host", "The Busbar developers", "", "0").unwrap();
        let mut instance =
            PluginInstance::<Handlers>::new(|()| Shared::default(), |_| MainThread, &entry, &id, &host)
                .unwrap();
        let configuration = PluginAudioConfiguration {
            sample_rate: SAMPLE_RATE_HZ,
            min_frames_count: 1,
            max_frames_count: BLOCK_FRAMES as u32,
        };
        let processor = instance.activate(|_, _| (), configuration).unwrap();
        let handle = instance.plugin_handle();
        let (gui, params) = (handle.get_extension().unwrap(), handle.get_extension().unwrap());
        let stereo = |n_ports: usize| vec![[vec![0.0; BLOCK_FRAMES], vec![0.0; BLOCK_FRAMES]]; n_ports];
        let mut inputs = stereo(n_strips);
        inputs[0].iter_mut().for_each(|side| side.fill(FED));
        Self {
            processor: Some(processor.into()),
            instance,
            gui,
            params,
            inputs,
            outputs: stereo(N_OUTPUTS),
            input_ports: AudioPorts::with_capacity(2 * n_strips, n_strips),
            output_ports: AudioPorts::with_capacity(2 * N_OUTPUTS, N_OUTPUTS),
            automation: Vec::new(),
            edits: Vec::new(),
            is_open: false,
            n_frames: 0,
        }
    }

    fn open(&mut self, parent: Window) {
        let handle = self.instance.plugin_handle();
        assert!(self.gui.is_api_supported(&handle, EMBEDDED), "it has no editor for X11");
        self.gui.create(&handle, EMBEDDED).unwrap();
        // SAFETY: the window stays until the editor is closed.
        unsafe { self.gui.set_parent(&handle, GuiWindow::from_x11_handle(parent.into())) }.unwrap();
        self.gui.show(&handle).unwrap();
        self.is_open = true;
    }

    fn close(&mut self) {
        self.gui.destroy(&self.instance.plugin_handle());
        self.is_open = false;
    }

    fn size(&mut self) -> (u32, u32) {
        let handle = self.instance.plugin_handle();
        // Some plugins know a size only once there is an editor; this one must not need it, but CLAP lets it.
        let is_open = self.is_open;
        if !is_open {
            self.gui.create(&handle, EMBEDDED).unwrap();
        }
        let size = self.gui.get_size(&handle).unwrap();
        if !is_open {
            self.gui.destroy(&handle);
        }
        (size.width, size.height)
    }

    fn resize(&mut self, width: u32, height: u32) -> (u32, u32) {
        let handle = self.instance.plugin_handle();
        assert!(self.gui.can_resize(&handle), "the editor has one size only");
        let size = self.gui.adjust_size(&handle, GuiSize { width, height }).unwrap();
        self.gui.set_size(&handle, size).unwrap();
        (size.width, size.height)
    }

    fn take_wanted_size(&mut self) -> Option<(u32, u32)> {
        self.instance.access_shared_handler(|shared| shared.wanted_size.lock().unwrap().take())
    }

    fn service(&mut self) {
        if self.instance.access_shared_handler(|shared| shared.callback.swap(false, Ordering::AcqRel)) {
            self.instance.call_on_main_thread_callback();
        }
        let Some(processor) = &mut self.processor else { return };
        let inputs =
            self.input_ports.with_input_buffers(self.inputs.iter_mut().map(|sides| AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(sides.iter_mut().map(InputChannel::variable)),
            }));
        let mut outputs =
            self.output_ports.with_output_buffers(self.outputs.iter_mut().map(|sides| AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_output_only(sides.iter_mut().map(Vec::as_mut_slice)),
            }));
        let mut told = EventBuffer::new();
        processor
            .ensure_processing_started()
            .unwrap()
            .process(
                &inputs,
                &mut outputs,
                &InputEvents::from_buffer(&self.automation),
                &mut OutputEvents::from_buffer(&mut told),
                Some(self.n_frames),
                None,
            )
            .unwrap();
        self.n_frames += BLOCK_FRAMES as u64;
        self.automation.clear();
        self.edits.extend(told.iter().filter_map(|event| match event.as_core_event()? {
            CoreEventSpace::ParamGestureBegin(event) => Some(Edit::Begin(event.param_id()?.get())),
            CoreEventSpace::ParamValue(event) => Some(Edit::Set(event.param_id()?.get(), event.value())),
            CoreEventSpace::ParamGestureEnd(event) => Some(Edit::End(event.param_id()?.get())),
            _ => None,
        }));
    }

    fn level(&self) -> f32 {
        self.outputs[0][0][BLOCK_FRAMES - 1]
    }

    fn automate(&mut self, param: &str, normalized: f64) {
        let id = ClapId::from_raw(param_id_from_str(param)).unwrap();
        self.automation.push(ParamValueEvent::new(0, id, Pckn::match_all(), normalized));
    }

    fn value(&mut self, param: &str) -> f64 {
        let id = ClapId::from_raw(param_id_from_str(param)).unwrap();
        self.params.get_value(&self.instance.plugin_handle(), id).unwrap()
    }

    fn take_edits(&mut self) -> Vec<Edit> {
        std::mem::take(&mut self.edits)
    }
}

impl Drop for Clap {
    fn drop(&mut self) {
        if self.is_open {
            self.close();
        }
        if let Some(processor) = self.processor.take() {
            self.instance.deactivate(processor.into_stopped());
        }
    }
}
