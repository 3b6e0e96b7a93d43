//! A VST3 host of raw calls.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use busbar::guard::export::vst3_factory;
use nice_assert_no_alloc::assert_no_alloc;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper, Interface};

use super::{Block, Bus, Instance, Probe, TestLibrary, newest_probe};

// The constants are unsigned on some systems and signed on others.
#[allow(clippy::unnecessary_cast)]
mod constants {
    use super::*;
    pub const BITS_32: i32 = SymbolicSampleSizes_::kSample32 as i32;
    pub const BITS_64: i32 = SymbolicSampleSizes_::kSample64 as i32;
    pub const REALTIME: i32 = ProcessModes_::kRealtime as i32;
    pub const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
    pub const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
    pub const OUTPUT: BusDirection = BusDirections_::kOutput as BusDirection;
}
pub use constants::*;

/// A host's handler that lets edits pass and cares about restarts only.
#[allow(unused_macros)]
macro_rules! component_handler {
    ($host:ty, |$this:ident, $flags:ident| $restart:expr) => {
        impl IComponentHandlerTrait for $host {
            unsafe fn beginEdit(&self, _: ParamID) -> tresult {
                kResultOk
            }

            unsafe fn performEdit(&self, _: ParamID, _: ParamValue) -> tresult {
                kResultOk
            }

            unsafe fn endEdit(&self, _: ParamID) -> tresult {
                kResultOk
            }

            unsafe fn restartComponent(&self, $flags: int32) -> tresult {
                let $this = self;
                let () = $restart;
                kResultOk
            }
        }
    };
}
#[allow(unused_imports)]
pub(crate) use component_handler;

pub struct Vst3Instance<const N: usize> {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    pub probe: Arc<Probe>,
}

pub fn factory() -> ComPtr<IPluginFactory3> {
    // SAFETY: the factory comes with one reference.
    let factory = unsafe { ComPtr::from_raw(vst3_factory::<TestLibrary>().cast::<IPluginFactory>()) };
    factory.and_then(|factory| factory.cast()).expect("there is a factory")
}

/// Asks the factory for an instance, by class index.
pub fn create<I: Interface>(class_idx: i32) -> ComPtr<I> {
    let factory = factory();
    // SAFETY: plain calls with valid pointers; the object comes with one reference.
    unsafe {
        let mut info: PClassInfo = std::mem::zeroed();
        assert_eq!(factory.getClassInfo(class_idx, &mut info), kResultOk);
        let mut object: *mut c_void = ptr::null_mut();
        let iid = I::IID;
        assert_eq!(factory.createInstance(info.cid.as_ptr(), iid.as_ptr().cast(), &mut object), kResultOk);
        ComPtr::from_raw(object.cast()).expect("there is an instance")
    }
}

impl<const N: usize> Vst3Instance<N> {
    pub fn new() -> Self {
        let component: ComPtr<IComponent> = create(if N == 8 { 0 } else { 1 });
        let processor = component.cast().expect("it is a processor");
        let controller = component.cast().expect("it is a controller");
        // SAFETY: a plain call.
        assert_eq!(unsafe { component.initialize(ptr::null_mut()) }, kResultOk);
        Self { component, processor, controller, probe: newest_probe() }
    }

    pub fn set_up(&self, size: i32, max_frames: i32, sample_rate: f64) -> tresult {
        let mut setup = ProcessSetup {
            processMode: REALTIME,
            symbolicSampleSize: size,
            maxSamplesPerBlock: max_frames,
            sampleRate: sample_rate,
        };
        // SAFETY: a plain call.
        unsafe { self.processor.setupProcessing(&mut setup) }
    }

    pub fn set_active_raw(&self, active: bool) -> tresult {
        // SAFETY: a plain call.
        unsafe { self.component.setActive(active.into()) }
    }

    pub fn set_arrangements(
        &self,
        inputs: &mut [SpeakerArrangement],
        outputs: &mut [SpeakerArrangement],
    ) -> tresult {
        // SAFETY: arrays with their lengths.
        unsafe {
            self.processor.setBusArrangements(
                inputs.as_mut_ptr(),
                inputs.len() as i32,
                outputs.as_mut_ptr(),
                outputs.len() as i32,
            )
        }
    }

    /// One raw process call, for what a [`Block`] cannot say.
    pub fn process_raw(&self, data: &mut ProcessData) -> tresult {
        // SAFETY: the block's pointers last until the call returns.
        assert_no_alloc(|| unsafe { self.processor.process(data) })
    }
}

impl<const N: usize> Instance for Vst3Instance<N> {
    fn format(&self) -> &'static str {
        "VST3"
    }

    fn probe(&self) -> &Arc<Probe> {
        &self.probe
    }

    fn activate(&self, max_frames: usize) -> bool {
        self.set_up(BITS_32, max_frames as i32, 48_000.0) == kResultOk
            && self.set_active_raw(true) == kResultOk
            // SAFETY: a plain call.
            && unsafe { self.processor.setProcessing(1) } == kResultOk
    }

    fn deactivate(&self) {
        // SAFETY: a plain call.
        unsafe { self.processor.setProcessing(0) };
        assert_eq!(self.set_active_raw(false), kResultOk);
    }

    fn set_active(&self, active: bool) -> bool {
        self.set_active_raw(active) == kResultOk
    }

    fn process(&self, block: &mut Block) -> bool {
        let (mut input_tables, mut output_tables) =
            (block.tables(&block.inputs), block.tables(&block.outputs));
        let buffers = |buses: &[Bus], tables: &mut [Vec<*mut f32>]| -> Vec<AudioBusBuffers> {
            let buffer = |(bus, table): (&Bus, &mut Vec<*mut f32>)| AudioBusBuffers {
                numChannels: table.len() as i32,
                silenceFlags: bus.flags,
                __field0: AudioBusBuffers__type0 {
                    channelBuffers32: if bus.null_table { ptr::null_mut() } else { table.as_mut_ptr() },
                },
            };
            buses.iter().zip(tables).map(buffer).collect()
        };
        let mut inputs = buffers(&block.inputs, &mut input_tables);
        let mut outputs = buffers(&block.outputs, &mut output_tables);
        // Two queues, the first for a parameter that does not exist: the points of the second arrive after all of it,
        // whatever their frames.
        let queues = [(12_345, &block.gains), (self.param_id(0), &block.gains)];
        let changes = ComWrapper::new(Changes::new(&queues));
        // SAFETY: a structure of numbers.
        let mut context: ProcessContext = unsafe { std::mem::zeroed() };
        (context.sampleRate, context.projectTimeSamples) = (48_000.0, block.position);
        let size = if block.is_64_bit { BITS_64 } else { BITS_32 };
        // SAFETY: a structure of integers and pointers.
        let mut data: ProcessData = unsafe { std::mem::zeroed() };
        data.symbolicSampleSize = size;
        data.numSamples = block.frames as i32;
        data.numInputs = inputs.len() as i32;
        data.numOutputs = outputs.len() as i32;
        data.inputs = if block.null_inputs { ptr::null_mut() } else { inputs.as_mut_ptr() };
        data.outputs = if block.null_outputs { ptr::null_mut() } else { outputs.as_mut_ptr() };
        data.inputParameterChanges =
            changes.as_com_ref::<IParameterChanges>().expect("its interface").as_ptr();
        data.processContext = &mut context;
        let result = self.process_raw(&mut data);
        for (bus, buffer) in block.outputs.iter_mut().zip(&outputs) {
            bus.flags = buffer.silenceFlags;
        }
        result == kResultOk
    }

    fn select_stereo_layout(&self, stereo: bool) -> bool {
        let (n_inputs, n_outputs) = if stereo { (1, 1) } else { (N, super::N_OUTPUTS) };
        let mut inputs = vec![SpeakerArr::kStereo; n_inputs];
        let mut outputs = vec![SpeakerArr::kStereo; n_outputs];
        self.set_arrangements(&mut inputs, &mut outputs) == kResultOk
    }

    fn port_name(&self, is_input: bool, port_idx: usize) -> Option<String> {
        // SAFETY: a structure of integers.
        let mut info: BusInfo = unsafe { std::mem::zeroed() };
        let direction = if is_input { INPUT } else { OUTPUT };
        // SAFETY: a plain call.
        let result = unsafe { self.component.getBusInfo(AUDIO, direction, port_idx as i32, &mut info) };
        (result == kResultOk).then(|| text(&info.name))
    }

    fn gain(&self) -> f64 {
        // SAFETY: a plain call.
        unsafe { self.controller.getParamNormalized(self.param_id(0)) }
    }

    fn n_params(&self) -> usize {
        // SAFETY: a plain call.
        unsafe { self.controller.getParameterCount() as usize }
    }

    fn param_name(&self, param_idx: i64) -> Option<String> {
        self.param_info(param_idx as i32).map(|info| text(&info.title))
    }

    fn save(&self, chunk: usize) -> Option<Vec<u8>> {
        let stream = ComWrapper::new(HostStream::new(Vec::new(), chunk));
        // SAFETY: the stream outlives the call.
        let result = unsafe { self.component.getState(stream.as_com_ref::<IBStream>()?.as_ptr()) };
        (result == kResultOk).then(|| stream.bytes.take())
    }

    fn load(&self, document: &[u8], chunk: usize) -> bool {
        let stream = ComWrapper::new(HostStream::new(document.to_vec(), chunk));
        let pointer = stream.as_com_ref::<IBStream>().expect("its interface").as_ptr();
        // SAFETY: the stream outlives the call.
        unsafe { self.component.setState(pointer) == kResultOk }
    }
}

impl<const N: usize> Vst3Instance<N> {
    pub fn param_info(&self, param_idx: i32) -> Option<ParameterInfo> {
        // SAFETY: a structure of integers.
        let mut info: ParameterInfo = unsafe { std::mem::zeroed() };
        // SAFETY: a plain call.
        let result = unsafe { self.controller.getParameterInfo(param_idx, &mut info) };
        (result == kResultOk).then_some(info)
    }

    pub fn param_id(&self, param_idx: i32) -> u32 {
        self.param_info(param_idx).expect("the parameter exists").id
    }
}

pub fn text(name: &[TChar]) -> String {
    let units = name.iter().copied().take_while(|&unit| unit != 0);
    char::decode_utf16(units).map(|unit| unit.unwrap_or('?')).collect()
}

/// A host's stream that gives and takes little at a time and, like some, answers the end with an error.
pub struct HostStream {
    pub bytes: RefCell<Vec<u8>>,
    position: Cell<usize>,
    chunk: usize,
    /// Claims this many bytes instead of what was asked for.
    pub lie: Cell<Option<i32>>,
}

impl HostStream {
    pub fn new(bytes: Vec<u8>, chunk: usize) -> Self {
        Self { bytes: RefCell::new(bytes), position: Cell::new(0), chunk, lie: Cell::new(None) }
    }
}

impl Class for HostStream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for HostStream {
    unsafe fn read(&self, buffer: *mut c_void, n_bytes: int32, n_read: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let rest = &bytes[self.position.get()..];
        let taken = &rest[..rest.len().min(n_bytes as usize).min(self.chunk)];
        // SAFETY: the caller's buffer has room.
        unsafe {
            buffer.cast::<u8>().copy_from_nonoverlapping(taken.as_ptr(), taken.len());
            *n_read = self.lie.get().unwrap_or(taken.len() as i32);
        }
        self.position.set(self.position.get() + taken.len());
        if taken.is_empty() { kResultFalse } else { kResultOk }
    }

    unsafe fn write(&self, buffer: *mut c_void, n_bytes: int32, n_written: *mut int32) -> tresult {
        let n_taken = (n_bytes as usize).min(self.chunk);
        // SAFETY: the caller's buffer has so many bytes.
        unsafe {
            self.bytes.borrow_mut().extend_from_slice(std::slice::from_raw_parts(buffer.cast(), n_taken));
            *n_written = n_taken as i32;
        }
        if n_taken == 0 { kResultFalse } else { kResultOk }
    }

    unsafe fn seek(&self, _: int64, _: int32, _: *mut int64) -> tresult {
        kNotImplemented
    }

    unsafe fn tell(&self, _: *mut int64) -> tresult {
        kNotImplemented
    }
}

/// Parameter changes, a queue for each parameter, as hosts send them.
pub struct Changes {
    queues: Vec<ComWrapper<Queue>>,
}

struct Queue {
    id: u32,
    points: Vec<(i64, f32)>,
}

impl Changes {
    pub fn new(queues: &[(u32, &Vec<(i64, f32)>)]) -> Self {
        let queue =
            |&(id, points): &(u32, &Vec<(i64, f32)>)| ComWrapper::new(Queue { id, points: points.clone() });
        Self { queues: queues.iter().map(queue).collect() }
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.queues.len() as i32
    }

    unsafe fn getParameterData(&self, idx: int32) -> *mut IParamValueQueue {
        let queue = self.queues.get(idx as usize).and_then(|queue| queue.as_com_ref::<IParamValueQueue>());
        queue.map_or(ptr::null_mut(), |queue| queue.as_ptr())
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        ptr::null_mut()
    }
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.len() as i32
    }

    unsafe fn getPoint(&self, idx: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        let Some(&(time, gain)) = self.points.get(idx as usize) else { return kInvalidArgument };
        // SAFETY: the caller's pointers.
        unsafe {
            *offset = time as i32;
            *value = gain.into();
        }
        kResultOk
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}
