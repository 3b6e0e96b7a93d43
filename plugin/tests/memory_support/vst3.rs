//! The VST3 host.

use super::{BLOCK_FRAMES, Buses, Counted, N_BLOCKS, N_OUTPUTS, SAMPLE_RATE_HZ, live_bytes};
use busbar::guard::export::{Library, vst3_factory};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{ComPtr, Interface};
use std::ffi::c_void;
use std::ptr;

fn buffers(buses: &mut Buses) -> Vec<AudioBusBuffers> {
    let buffer = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
        numChannels: 2,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
    };
    buses.tables.iter_mut().map(buffer).collect()
}

fn create(factory: &ComPtr<IPluginFactory>, class_idx: i32) -> ComPtr<IComponent> {
    // SAFETY: plain calls with valid pointers; the object comes with one reference.
    unsafe {
        let mut info: PClassInfo = std::mem::zeroed();
        assert_eq!(factory.getClassInfo(class_idx, &mut info), kResultOk);
        let mut object: *mut c_void = ptr::null_mut();
        let iid = IComponent::IID;
        assert_eq!(factory.createInstance(info.cid.as_ptr(), iid.as_ptr().cast(), &mut object), kResultOk);
        ComPtr::from_raw(object.cast()).expect("there is an instance")
    }
}

/// Plays through the plugin of this size.
#[allow(clippy::unnecessary_cast)] // the constants are unsigned on some systems and signed on others
pub fn play_vst3<L: Library>(n_strips: usize, counted: Counted) {
    let (mut inputs, mut outputs) = (Buses::new(n_strips), Buses::new(N_OUTPUTS));
    let (mut inputs, mut outputs) = (buffers(&mut inputs), buffers(&mut outputs));
    let mut setup = ProcessSetup {
        processMode: ProcessModes_::kRealtime as i32,
        symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
        maxSamplesPerBlock: BLOCK_FRAMES as i32,
        sampleRate: SAMPLE_RATE_HZ,
    };
    let mut block = ProcessData {
        processMode: setup.processMode,
        symbolicSampleSize: setup.symbolicSampleSize,
        numSamples: BLOCK_FRAMES as i32,
        numInputs: inputs.len() as i32,
        numOutputs: outputs.len() as i32,
        inputs: inputs.as_mut_ptr(),
        outputs: outputs.as_mut_ptr(),
        inputParameterChanges: ptr::null_mut(),
        outputParameterChanges: ptr::null_mut(),
        inputEvents: ptr::null_mut(),
        outputEvents: ptr::null_mut(),
        processContext: ptr::null_mut(),
    };
    let class_idx = [8, 16, 32].iter().position(|size| *size == n_strips).expect("a size") as i32;
    let unused = live_bytes();

    let of_instance;
    // SAFETY: the calls that a host makes, in the order in which it makes them; everything they point to is above.
    unsafe {
        let factory = ComPtr::from_raw(vst3_factory::<L>().cast::<IPluginFactory>()).expect("a factory");
        let component = create(&factory, class_idx);
        drop(factory);
        let processor: ComPtr<IAudioProcessor> = component.cast().expect("it is a processor");
        let controller: ComPtr<IEditController> = component.cast().expect("it is a controller");
        assert_eq!(component.initialize(ptr::null_mut()), kResultOk);
        // A host reads all of them.
        for param_idx in 0..controller.getParameterCount() {
            let mut info: ParameterInfo = std::mem::zeroed();
            assert_eq!(controller.getParameterInfo(param_idx, &mut info), kResultOk);
        }
        assert_eq!(processor.setupProcessing(&mut setup), kResultOk);
        assert_eq!(component.setActive(1), kResultOk);
        assert_eq!(processor.setProcessing(1), kResultOk);
        for _ in 0..N_BLOCKS {
            assert_eq!(processor.process(&mut block), kResultOk);
        }
        of_instance = live_bytes();
        processor.setProcessing(0);
        component.setActive(0);
        component.terminate();
    }
    // Without the host's own buffers.
    counted(of_instance - unused);
}
