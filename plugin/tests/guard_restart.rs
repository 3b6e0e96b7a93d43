//! A parameter that the latency depends on: the host is asked for a restart, and the activation finds it. Both formats.

mod guard_support;

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, ThreadId};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use guard_support::clap_host::EventList;
use guard_support::vst3_host::component_handler;
use guard_support::vst3_host::{BITS_32, Changes};
use guard_support::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};

/// What the newest activation found.
fn settled(instance: &dyn Instance) -> u32 {
    instance.probe().settled.load(Ordering::SeqCst)
}

fn restart(instance: &dyn Instance) {
    instance.deactivate();
    assert!(instance.activate(MAX_FRAMES));
}

/// A block with sound that brings the parameter a value, on a thread without allocations.
fn clap_block(instance: &ClapInstance<8>, value: f32) {
    let mut samples = [[0.0_f32; MAX_FRAMES]; 2];
    let mut channels = samples.each_mut().map(|side| side.as_mut_ptr());
    let mut output = clap_audio_buffer {
        data32: channels.as_mut_ptr(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    };
    let events = EventList::new(hash("unused"), &[(3, value)]);
    let status = instance.process_raw(&clap_process {
        steady_time: -1,
        frames_count: MAX_FRAMES as u32,
        transport: ptr::null(),
        audio_inputs: ptr::null(),
        audio_outputs: &mut output,
        audio_inputs_count: 0,
        audio_outputs_count: 1,
        in_events: &events.list(),
        out_events: ptr::null(),
    });
    assert_ne!(status, CLAP_PROCESS_ERROR);
}

fn clap_flush(instance: &ClapInstance<8>, value: f32) {
    let params: &clap_plugin_params = instance.extension(CLAP_EXT_PARAMS);
    let events = EventList::new(hash("unused"), &[(0, value)]);
    // SAFETY: a plain call.
    unsafe { params.flush.expect("a function")(instance.plugin, &events.list(), ptr::null()) };
}

#[test]
fn a_clap_host_is_asked_once_from_a_block_a_flush_or_a_state() {
    let instance = ClapInstance::<8>::new();
    let asked = || instance.asked.n_restarts.swap(0, Ordering::SeqCst);
    clap_flush(&instance, 0.1);
    let state = instance.save(usize::MAX).expect("a state");
    assert!(instance.activate(MAX_FRAMES));
    assert_eq!((asked(), settled(&instance)), (0, 10), "what was set before the activation is what it found");

    clap_block(&instance, 0.25);
    clap_block(&instance, 0.25);
    assert_eq!(asked(), 1, "once, though the host takes its time");
    assert_eq!(settled(&instance), 10, "nothing changes before the host comes");
    restart(&instance);
    assert_eq!((asked(), settled(&instance)), (0, 25));

    clap_flush(&instance, 0.5);
    assert_eq!(asked(), 1);
    restart(&instance);
    assert_eq!((asked(), settled(&instance)), (0, 50));

    assert!(instance.load(&state, usize::MAX));
    assert_eq!(asked(), 1);
    restart(&instance);
    assert_eq!((asked(), settled(&instance)), (0, 10));

    instance.deactivate();
    clap_flush(&instance, 1.0);
    assert_eq!(asked(), 0, "an inactive plugin needs no restart");
}

/// A host that counts how often it was asked, and by which thread.
struct AskedHost {
    n_asked: AtomicU32,
    main_thread: ThreadId,
}

impl Class for AskedHost {
    type Interfaces = (IComponentHandler,);
}

component_handler!(AskedHost, |host, flags| {
    #[allow(clippy::unnecessary_cast)] // the constant is unsigned on some systems and signed on others
    let is_right =
        flags == RestartFlags_::kLatencyChanged as int32 && thread::current().id() == host.main_thread;
    // No panic may leave a COM call: a wrong one counts for many.
    host.n_asked.fetch_add(if is_right { 1 } else { 1000 }, Ordering::SeqCst);
});

/// Runs a test with an instance whose host counts.
fn with_asked_host(test: impl FnOnce(&Vst3Instance<8>, &dyn Fn() -> u32)) {
    let instance = Vst3Instance::<8>::new();
    let host = ComWrapper::new(AskedHost { n_asked: AtomicU32::new(0), main_thread: thread::current().id() });
    let handler = host.as_com_ref::<IComponentHandler>().expect("its interface").as_ptr();
    // SAFETY: the host outlives the instance's use of it.
    unsafe { instance.controller.setComponentHandler(handler) };
    test(&instance, &|| host.n_asked.swap(0, Ordering::SeqCst));
    // SAFETY: as above.
    unsafe { instance.controller.setComponentHandler(ptr::null_mut()) };
}

fn vst3_set(instance: &Vst3Instance<8>, value: f64) {
    // SAFETY: a plain call.
    assert_eq!(unsafe { instance.controller.setParamNormalized(hash("unused"), value) }, kResultOk);
}

/// A block with sound on a thread of its own that brings the parameter a value.
fn vst3_block(instance: &Vst3Instance<8>, value: f32) {
    struct Moved<'a>(&'a Vst3Instance<8>);
    // SAFETY: VST3 allows processing beside the main thread.
    unsafe impl Send for Moved<'_> {}
    let moved = Moved(instance);
    thread::scope(|threads| {
        threads.spawn(move || {
            let Moved(instance) = { moved };
            let mut samples = [[0.0_f32; MAX_FRAMES]; 2];
            let mut channels = samples.each_mut().map(|side| side.as_mut_ptr());
            let mut output = AudioBusBuffers {
                numChannels: 2,
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
            };
            let points = vec![(3, value)];
            let changes = ComWrapper::new(Changes::new(&[(hash("unused"), &points)]));
            // SAFETY: a structure of integers and pointers.
            let mut data: ProcessData = unsafe { std::mem::zeroed() };
            data.symbolicSampleSize = BITS_32;
            data.numSamples = MAX_FRAMES as i32;
            data.numOutputs = 1;
            data.outputs = &mut output;
            let list = changes.as_com_ref::<IParameterChanges>().expect("its interface");
            data.inputParameterChanges = list.as_ptr();
            assert_eq!(instance.process_raw(&mut data), kResultOk);
        });
    });
}

#[test]
fn a_vst3_host_is_asked_on_the_thread_that_sets() {
    with_asked_host(|instance, asked| {
        vst3_set(instance, 0.1);
        let state = instance.save(usize::MAX).expect("a state");
        assert!(instance.activate(MAX_FRAMES));
        assert_eq!(
            (asked(), settled(instance)),
            (0, 10),
            "what was set before the activation is what it found"
        );

        // As hosts do: the controller's value at once, the processor's with the next block.
        vst3_set(instance, 0.25);
        assert_eq!(asked(), 1);
        vst3_block(instance, 0.25);
        vst3_set(instance, 0.25);
        assert_eq!(asked(), 0, "once, though the host takes its time");
        assert_eq!(settled(instance), 10, "nothing changes before the host comes");
        restart(instance);
        assert_eq!((asked(), settled(instance)), (0, 25));

        assert!(instance.load(&state, usize::MAX));
        assert_eq!(asked(), 1);
        restart(instance);
        assert_eq!((asked(), settled(instance)), (0, 10));

        instance.deactivate();
        vst3_set(instance, 1.0);
        assert_eq!(asked(), 0, "an inactive plugin needs no restart");
    });
}

#[test]
fn a_vst3_activation_finds_what_no_block_has_brought_yet() {
    with_asked_host(|instance, asked| {
        assert!(instance.activate(MAX_FRAMES));
        vst3_set(instance, 0.75);
        assert_eq!((asked(), settled(instance)), (1, 0));
        restart(instance);
        assert_eq!((asked(), settled(instance)), (0, 75));
        // Not every host says that it stops to process.
        vst3_set(instance, 0.5);
        assert!(instance.set_active(false) && instance.set_active(true));
        assert_eq!((asked(), settled(instance)), (1, 50));
        vst3_set(instance, 0.5);
        assert_eq!(asked(), 0);
        instance.deactivate();
    });
}

#[test]
fn the_audio_thread_never_asks_a_vst3_host() {
    with_asked_host(|instance, asked| {
        assert!(instance.activate(MAX_FRAMES));
        vst3_block(instance, 0.5);
        assert_eq!(asked(), 0);
        // The main thread's next edit does.
        // SAFETY: a plain call.
        assert_eq!(unsafe { instance.controller.setParamNormalized(hash("gain"), 0.5) }, kResultOk);
        assert_eq!(asked(), 1);
        restart(instance);
        assert_eq!(settled(instance), 50);
        instance.deactivate();
    });
}

#[test]
fn a_host_without_a_handler_is_not_asked() {
    let instance = Vst3Instance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    vst3_set(&instance, 0.5);
    restart(&instance);
    assert_eq!(settled(&instance), 50);
    instance.deactivate();
    assert_eq!(Arc::strong_count(&instance.probe.link), 2, "the guard's and the plugin's");
}
