//! The VST3 host.

use super::{Event, Instance, Mode, N_STRIPS, Setup, Sound};
use crate::guard_support::vst3_host::{BITS_32, Changes, REALTIME, component_handler};
use busbar::ExportedLibrary;
use busbar::guard::export::vst3_factory;
use busbar::state::hash_param_id;
use nice_assert_no_alloc::assert_no_alloc;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper, Interface};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, ThreadId};

#[allow(clippy::unnecessary_cast)] // the constant is unsigned on some systems and signed on others
const OFFLINE: i32 = ProcessModes_::kOffline as i32;

pub struct Vst3Busbar {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    host: ComWrapper<AskedHost>,
}

/// A host that counts how often it was asked for a restart because of the latency, or told of one within an activation, on its main
/// thread. VST3 has one word for both.
struct AskedHost {
    n_asked: AtomicU32,
    n_told: AtomicU32,
    is_activating: AtomicBool,
    main_thread: ThreadId,
}

impl Class for AskedHost {
    type Interfaces = (IComponentHandler,);
}

component_handler!(AskedHost, |host, flags| {
    #[allow(clippy::unnecessary_cast)] // as above
    let is_right =
        flags == RestartFlags_::kLatencyChanged as int32 && thread::current().id() == host.main_thread;
    // No panic may leave a COM call: a wrong one counts for many.
    let is_activating = host.is_activating.load(Ordering::SeqCst);
    let counter = if is_activating { &host.n_told } else { &host.n_asked };
    counter.fetch_add(if is_right { 1 } else { 1000 }, Ordering::SeqCst);
});

fn buffers(channels: &mut [[*mut f32; 2]]) -> Vec<AudioBusBuffers> {
    let buffer = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
        numChannels: 2,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
    };
    channels.iter_mut().map(buffer).collect()
}

impl Vst3Busbar {
    pub fn new() -> Self {
        let class_idx = [8, 16, 32].iter().position(|size| *size == N_STRIPS).expect("a size") as i32;
        let main_thread = thread::current().id();
        let host = ComWrapper::new(AskedHost {
            n_asked: AtomicU32::new(0),
            n_told: AtomicU32::new(0),
            is_activating: AtomicBool::new(false),
            main_thread,
        });
        // SAFETY: the calls that a host makes, in the order in which it makes them; the object comes with one reference, and the
        // host's handler outlives it.
        unsafe {
            let factory = vst3_factory::<ExportedLibrary>().cast::<IPluginFactory>();
            let factory = ComPtr::from_raw(factory).expect("a factory");
            let mut info: PClassInfo = std::mem::zeroed();
            assert_eq!(factory.getClassInfo(class_idx, &mut info), kResultOk);
            let mut object: *mut c_void = ptr::null_mut();
            let iid = IComponent::IID;
            let cid = info.cid.as_ptr();
            assert_eq!(factory.createInstance(cid, iid.as_ptr().cast(), &mut object), kResultOk);
            let component: ComPtr<IComponent> = ComPtr::from_raw(object.cast()).expect("an instance");
            let processor = component.cast().expect("it is a processor");
            let controller: ComPtr<IEditController> = component.cast().expect("it is a controller");
            assert_eq!(component.initialize(ptr::null_mut()), kResultOk);
            let handler = host.as_com_ref::<IComponentHandler>().expect("its interface").as_ptr();
            assert_eq!(controller.setComponentHandler(handler), kResultOk);
            Self { component, processor, controller, host }
        }
    }
}

impl Drop for Vst3Busbar {
    fn drop(&mut self) {
        // SAFETY: the last calls, once.
        unsafe {
            self.controller.setComponentHandler(ptr::null_mut());
            self.component.terminate();
        }
    }
}

impl Instance for Vst3Busbar {
    fn format(&self) -> &'static str {
        "VST3"
    }

    fn set(&self, id: &str, value: f32) {
        // SAFETY: a plain call.
        let result = unsafe { self.controller.setParamNormalized(hash_param_id(id), value.into()) };
        assert_eq!(result, kResultOk, "{id}");
    }

    fn activate(&self, Setup { sample_rate_hz, max_frames, mode }: Setup) {
        let mut setup = ProcessSetup {
            processMode: if mode == Mode::Offline { OFFLINE } else { REALTIME },
            symbolicSampleSize: BITS_32,
            maxSamplesPerBlock: max_frames as i32,
            sampleRate: sample_rate_hz,
        };
        // SAFETY: plain calls.
        unsafe {
            assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk);
            self.host.is_activating.store(true, Ordering::SeqCst);
            assert_eq!(self.component.setActive(1), kResultOk);
            self.host.is_activating.store(false, Ordering::SeqCst);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
    }

    fn deactivate(&self) {
        // SAFETY: plain calls.
        unsafe {
            self.processor.setProcessing(0);
            assert_eq!(self.component.setActive(0), kResultOk);
        }
    }

    fn latency_samples(&self) -> usize {
        // SAFETY: a plain call.
        unsafe { self.processor.getLatencySamples() as usize }
    }

    fn take_asked(&self) -> u32 {
        self.host.n_asked.swap(0, Ordering::SeqCst)
    }

    fn take_told(&self) -> u32 {
        self.host.n_told.swap(0, Ordering::SeqCst)
    }

    fn process(&self, feeds: &mut Sound, outputs: &mut Sound, events: &[Event]) {
        let pointers = |sound: &mut Sound| -> Vec<[*mut f32; 2]> {
            sound.iter_mut().map(|port| port.each_mut().map(|side| side.as_mut_ptr())).collect()
        };
        let n_frames = outputs[0][0].len();
        let (mut feeds, mut outputs) = (pointers(feeds), pointers(outputs));
        let (mut inputs, mut outputs) = (buffers(&mut feeds), buffers(&mut outputs));
        // A queue for each parameter, as hosts send them.
        let mut queues: BTreeMap<u32, Vec<(i64, f32)>> = BTreeMap::new();
        for event in events {
            queues.entry(hash_param_id(event.id)).or_default().push((event.at as i64, event.value));
        }
        let changes =
            ComWrapper::new(Changes::new(&queues.iter().map(|(id, at)| (*id, at)).collect::<Vec<_>>()));
        // SAFETY: a structure of integers and pointers.
        let mut data: ProcessData = unsafe { std::mem::zeroed() };
        data.symbolicSampleSize = BITS_32;
        data.numSamples = n_frames as i32;
        data.numInputs = inputs.len() as i32;
        data.numOutputs = outputs.len() as i32;
        data.inputs = inputs.as_mut_ptr();
        data.outputs = outputs.as_mut_ptr();
        data.inputParameterChanges =
            changes.as_com_ref::<IParameterChanges>().expect("its interface").as_ptr();
        // SAFETY: the block's pointers last until the call returns.
        let result = assert_no_alloc(|| unsafe { self.processor.process(&mut data) });
        assert_eq!(result, kResultOk);
    }
}
