//! The built `Busbar.vst3` in vst3-host.

use super::host::{BLOCK_FRAMES, Edit, FED, Host};
use crate::bundles::{SAMPLE_RATE_HZ, bundle};
use busbar_host::param_id_from_str;
use vst3_host::audio::{BusAudioBuffers, BusDirection, MediaType};
use vst3_host::{ParameterEdit, ParameterEditKind, Plugin, Vst3Host, WindowHandle};
use x11rb::protocol::xproto::Window;

/// An instance from the VST3 bundle.
pub struct Vst3 {
    plugin: Plugin,
    buffers: BusAudioBuffers,
    edits: Vec<Edit>,
}

impl Host for Vst3 {
    // The sockets of nice-plug 0.4.2's `RunLoopEventHandler`, which refers to itself and so never ends.
    const LEAKED_DESCRIPTORS: usize = 2;
    // That handler's queue: 4,096 tasks of 40 bytes, 160 KiB.
    const LEAKED_KIB: i64 = 260;

    fn load(n_strips: usize) -> Self {
        let path = bundle("Busbar.vst3");
        let report = vst3_host::discovery::get_detailed_plugin_info(&path).unwrap();
        let name = format!("Busbar {n_strips}");
        let is_ours = |class: &&vst3_host::discovery::ClassInfo| {
            class.name == name && class.category == "Audio Module Class"
        };
        let class = report.classes.iter().find(is_ours).unwrap();
        let mut host =
            Vst3Host::builder().sample_rate(SAMPLE_RATE_HZ).block_size(BLOCK_FRAMES).build().unwrap();
        let mut plugin = host.load_plugin_class(&path, &class.class_id).unwrap();
        let layout = plugin.audio_bus_layout().unwrap();
        for (direction, buses) in
            [(BusDirection::Input, layout.inputs), (BusDirection::Output, layout.outputs)]
        {
            for bus in 0..buses.len() {
                plugin.set_bus_active(MediaType::Audio, direction, bus as i32, true).unwrap();
            }
        }
        plugin.start_processing().unwrap();
        let mut buffers = plugin.create_bus_audio_buffers(BLOCK_FRAMES).unwrap();
        buffers.inputs[0].channels.iter_mut().for_each(|side| side.fill(FED));
        Self { plugin, buffers, edits: Vec::new() }
    }

    fn open(&mut self, parent: Window) {
        assert!(self.plugin.has_editor(), "it has no editor");
        self.plugin.open_editor(WindowHandle::from_x11(parent)).unwrap();
    }

    fn close(&mut self) {
        self.plugin.close_editor().unwrap();
    }

    fn size(&mut self) -> (u32, u32) {
        let (width, height) = self.plugin.get_editor_size().unwrap();
        (width as u32, height as u32)
    }

    fn resize(&mut self, width: u32, height: u32) -> (u32, u32) {
        assert!(self.plugin.editor_can_resize(), "the editor has one size only");
        let (width, height) = self.plugin.resize_editor(width as i32, height as i32).unwrap();
        (width as u32, height as u32)
    }

    fn take_wanted_size(&mut self) -> Option<(u32, u32)> {
        self.plugin.take_editor_resize_request().map(|(width, height)| (width as u32, height as u32))
    }

    fn service(&mut self) {
        self.plugin.service_run_loop();
        self.plugin.process_bus_audio(&mut self.buffers).unwrap();
        let told = self.plugin.take_parameter_edits();
        self.edits.extend(told.into_iter().map(|ParameterEdit { id, kind, value }| match kind {
            ParameterEditKind::BeginGesture => Edit::Begin(id),
            ParameterEditKind::ValueChange => Edit::Set(id, value.unwrap()),
            ParameterEditKind::EndGesture => Edit::End(id),
        }));
    }

    fn level(&self) -> f32 {
        self.buffers.outputs[0].channels[0][BLOCK_FRAMES - 1]
    }

    fn automate(&mut self, param: &str, normalized: f64) {
        self.plugin.set_parameter_at(param_id_from_str(param), normalized, 0).unwrap();
    }

    fn value(&mut self, param: &str) -> f64 {
        self.plugin.get_parameter(param_id_from_str(param)).unwrap()
    }

    fn take_edits(&mut self) -> Vec<Edit> {
        std::mem::take(&mut self.edits)
    }
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        if self.plugin.is_editor_open() {
            self.close();
        }
    }
}
