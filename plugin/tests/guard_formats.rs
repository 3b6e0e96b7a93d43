//! What only one of the formats can do wrong.

mod guard_support;

use std::ptr;
use std::sync::atomic::Ordering;

use clap_sys::events::{CLAP_EVENT_TRANSPORT, clap_event_transport, clap_input_events};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use guard_support::clap_host::EventList;
use guard_support::log::logged;
use guard_support::vst3_host::{AUDIO, BITS_32, BITS_64, INPUT, OUTPUT};
use guard_support::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;

#[test]
fn vst3_inputs_that_are_switched_off_are_silent_and_not_connected() {
    let instance = Vst3Instance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let switch = |direction, idx, on: bool| {
        // SAFETY: a plain call.
        unsafe { instance.component.activateBus(AUDIO, direction, idx, on.into()) }
    };
    assert_eq!(switch(INPUT, 0, false), kResultOk);
    assert_eq!(switch(INPUT, 5, false), kResultOk);
    assert_eq!(switch(OUTPUT, 2, false), kResultOk);
    assert_ne!(switch(INPUT, 8, false), kResultOk);
    assert_ne!(switch(INPUT, -1, false), kResultOk);
    let mut block = Block::new(8, N_OUTPUTS);
    let mut silenced = Block::new(8, N_OUTPUTS);
    silenced.inputs[0].null_table = true;
    silenced.inputs[5].null_table = true;
    let expected = mix(&silenced, 8, |_| 1.0);
    assert!(instance.process(&mut block));
    assert_eq!(instance.probe.link.connected(), 0b1101_1110);
    for (idx, sides) in expected.iter().enumerate() {
        assert_eq!(
            [block.output_sample(idx, 0, 9), block.output_sample(idx, 1, 9)],
            [sides[0][9], sides[1][9]]
        );
    }
    assert_eq!(switch(INPUT, 0, true), kResultOk);
    assert_eq!(switch(INPUT, 5, true), kResultOk);
    process_and_check(&instance, &mut Block::new(8, N_OUTPUTS), 8);
    instance.deactivate();
}

#[test]
fn vst3_accepts_declared_arrangements_only() {
    let instance = Vst3Instance::<8>::new();
    let (stereo, mono) = (SpeakerArr::kStereo, SpeakerArr::kMono);
    assert_eq!(instance.set_arrangements(&mut [stereo; 8], &mut [stereo; N_OUTPUTS]), kResultOk);
    assert_eq!(instance.set_arrangements(&mut [stereo], &mut [stereo]), kResultOk);
    assert_ne!(instance.set_arrangements(&mut [stereo; 2], &mut [stereo]), kResultOk);
    assert_ne!(instance.set_arrangements(&mut [mono], &mut [stereo]), kResultOk);
    assert_ne!(instance.set_arrangements(&mut [], &mut []), kResultOk);
    let mut last_is_mono = [stereo; 8];
    last_is_mono[7] = mono;
    assert_ne!(instance.set_arrangements(&mut last_is_mono, &mut [stereo; N_OUTPUTS]), kResultOk);
    // SAFETY: null and negative are what this is about.
    unsafe {
        let mut arrangement = stereo;
        let processor = &instance.processor;
        assert_ne!(processor.setBusArrangements(ptr::null_mut(), 1, &mut arrangement, 1), kResultOk);
        assert_ne!(processor.setBusArrangements(&mut arrangement, -1, &mut arrangement, 1), kResultOk);
    }
    // What was refused changed nothing: the stereo layout is the present one, and while active the only one.
    assert!(instance.activate(MAX_FRAMES));
    assert_eq!(instance.set_arrangements(&mut [stereo], &mut [stereo]), kResultOk);
    assert_ne!(instance.set_arrangements(&mut [stereo; 8], &mut [stereo; N_OUTPUTS]), kResultOk);
    process_and_check(&instance, &mut Block::new(1, 1), 1);
    instance.deactivate();
}

#[test]
fn vst3_setups_that_could_only_fail_later_are_refused() {
    let instance = Vst3Instance::<8>::new();
    assert_ne!(instance.set_up(BITS_64, 64, 48_000.0), kResultOk);
    for max_frames in [0, -1, i32::MIN] {
        assert_ne!(instance.set_up(BITS_32, max_frames, 48_000.0), kResultOk);
    }
    for sample_rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_ne!(instance.set_up(BITS_32, 64, sample_rate), kResultOk);
    }
    // SAFETY: null is what this is about.
    assert_ne!(unsafe { instance.processor.setupProcessing(ptr::null_mut()) }, kResultOk);
    assert!(!instance.set_active(true), "there was no setup yet");
    assert_eq!(instance.set_up(BITS_32, 64, 48_000.0), kResultOk);
    assert!(instance.set_active(true));
}

#[test]
fn vst3_blocks_of_nonsense_are_refused() {
    let instance = Vst3Instance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    // SAFETY: null is what this is about.
    assert_ne!(unsafe { instance.processor.process(ptr::null_mut()) }, kResultOk);
    // SAFETY: a structure of integers and pointers.
    let mut data: ProcessData = unsafe { std::mem::zeroed() };
    data.symbolicSampleSize = BITS_32;
    data.numSamples = -64;
    assert_ne!(instance.process_raw(&mut data), kResultOk);
    (data.numSamples, data.numInputs, data.numOutputs) = (64, -1, i32::MIN);
    let before = instance.probe.n_blocks.load(Ordering::SeqCst);
    assert_eq!(instance.process_raw(&mut data), kResultOk, "no buses: a flush");
    assert_eq!(instance.probe.n_blocks.load(Ordering::SeqCst), before);
    instance.deactivate();
}

#[test]
fn vst3_parameters_can_be_flushed_before_activation() {
    let instance = Vst3Instance::<8>::new();
    let mut block = Block::new(0, 0);
    block.gains = vec![(0, 0.5)];
    assert!(!instance.process(&mut block), "there was no setup yet");
    assert_eq!(instance.set_up(BITS_32, 64, 48_000.0), kResultOk);
    assert!(instance.process(&mut block));
    assert_eq!(instance.gain(), 0.5);
}

#[test]
fn vst3_changes_apply_in_order_of_frame_then_arrival() {
    let instance = Vst3Instance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let mut block = Block::new(8, N_OUTPUTS);
    block.gains = vec![(40, 0.5), (10, 0.25), (40, 0.125), (10, 1.0), (0, 0.75), (63, 0.0)];
    process_and_check(&instance, &mut block, 8);
    block = Block::new(8, N_OUTPUTS);
    block.gains = vec![(-5, 0.5), (i64::from(i32::MIN), 0.25), (i64::from(i32::MAX), 1.0)];
    let mut in_range = Block::new(8, N_OUTPUTS);
    in_range.gains = vec![(0, 0.5), (0, 0.25), (63, 1.0)];
    let expected = mix(&in_range, 8, |frame| in_range.gain_at(frame));
    let lines = logged(|| assert!(instance.process(&mut block)));
    assert!(lines.is_empty(), "{lines:?}");
    for frame in [0, 1, 62, 63] {
        assert_eq!(block.output_sample(0, 0, frame), expected[0][0][frame]);
    }
    instance.deactivate();
}

#[test]
fn vst3_changes_beyond_the_capacity_are_all_applied_at_their_frames() {
    let instance = Vst3Instance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let mut rng = fastrand::Rng::with_seed(7);
    let mut at = |frames: &mut dyn FnMut(usize) -> i64, n_points: usize| -> Vec<(i64, f32)> {
        (0..n_points).map(|idx| (frames(idx), f32::from(rng.u8(0..=8)) / 8.0)).collect()
    };
    let mut other = fastrand::Rng::with_seed(8);
    let cases = [
        at(&mut |_| 0, 3 * EVENT_CAPACITY),
        at(&mut |_| 63, 3 * EVENT_CAPACITY),
        at(&mut |_| 31, EVENT_CAPACITY),
        at(&mut |idx| (idx / EVENT_CAPACITY) as i64, 5 * EVENT_CAPACITY),
        at(&mut |idx| 63 - (idx % 64) as i64, 200),
        at(&mut |_| other.i64(0..64), EVENT_CAPACITY / 2),
        at(&mut |_| other.i64(0..64), 1000),
        at(&mut |_| 32 * other.i64(0..2), 1000),
    ];
    let mut position = 0;
    let lines = logged(|| {
        for (in_place, gains) in cases.iter().flat_map(|gains| [(false, gains), (true, gains)]) {
            let mut block = Block::new(8, N_OUTPUTS);
            block.gain_before = instance.gain() as f32;
            block.gains = gains.clone();
            block.position = position;
            if in_place {
                // Crossed, so that cuts have to work through scratch as well.
                block.outputs[0].channels = block.inputs[0].channels.iter().rev().copied().collect();
            }
            process_and_check(&instance, &mut block, 8);
            position += MAX_FRAMES as i64;
        }
        // All of them in a flush, too.
        let mut flush = Block::new(0, 0);
        flush.gains = (0..=100).map(|idx| (0, (idx % 9) as f32 / 8.0)).collect();
        assert!(instance.process(&mut flush));
        assert_eq!(instance.gain(), f64::from(100 % 9) / 8.0);
    });
    assert!(lines.is_empty(), "the framework's list was never full: {lines:?}");
    assert_eq!(instance.probe.n_jumps.load(Ordering::SeqCst), 0, "the transport goes on from cut to cut");
    instance.deactivate();
}

/// Processes 64 frames of ones with the given events and returns the master's left side.
fn play(instance: &ClapInstance<8>, in_events: *const clap_input_events) -> Vec<f32> {
    let mut samples = [1.0f32; 64];
    let mut silence = [0.0f32; 64];
    let mut table = [samples.as_mut_ptr(), silence.as_mut_ptr()];
    let mut bus = clap_sys::audio_buffer::clap_audio_buffer {
        data32: table.as_mut_ptr(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    };
    let mut output = [0.0f32; 64];
    let mut output_table = [output.as_mut_ptr()];
    let mut output_bus = clap_sys::audio_buffer::clap_audio_buffer {
        data32: output_table.as_mut_ptr(),
        channel_count: 1,
        ..bus
    };
    let status = instance.process_raw(&clap_process {
        steady_time: 0,
        frames_count: 64,
        transport: ptr::null(),
        audio_inputs: &mut bus,
        audio_outputs: &mut output_bus,
        audio_inputs_count: 1,
        audio_outputs_count: 1,
        in_events,
        out_events: ptr::null(),
    });
    assert_ne!(status, CLAP_PROCESS_ERROR);
    output.to_vec()
}

fn gain_id(instance: &ClapInstance<8>) -> u32 {
    instance.param_info(0).expect("the parameter exists").id
}

#[test]
fn clap_events_beyond_the_end_take_effect_at_the_end() {
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    for time in [64, 65, 1 << 20, i64::from(u32::MAX)] {
        let events = EventList::new(gain_id(&instance), &[(0, 1.0), (time, 0.5)]);
        let list = events.list();
        let lines = logged(|| {
            let output = play(&instance, &list);
            assert_eq!((output[62], output[63]), (1.0, 0.5));
        });
        assert!(lines.is_empty(), "{lines:?}");
        assert_eq!(instance.gain(), 0.5);
    }
    instance.deactivate();
}

#[test]
fn clap_events_out_of_order_take_effect_in_the_order_of_the_list() {
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let events = EventList::new(gain_id(&instance), &[(40, 0.5), (10, 0.25), (50, 1.0)]);
    let list = events.list();
    let lines = logged(|| {
        let output = play(&instance, &list);
        assert_eq!((output[39], output[40], output[49], output[50]), (1.0, 0.25, 0.25, 1.0));
    });
    assert!(lines.is_empty(), "{lines:?}");
    instance.deactivate();
}

#[test]
fn clap_lists_with_holes_or_without_functions_are_survived() {
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let mut events = EventList::new(gain_id(&instance), &[(3, 0.5), (5, 0.0), (7, 0.25)]);
    events.hole = Some(1);
    let mut list = events.list();
    assert_eq!(play(&instance, &list)[6..8], [0.5, 0.25]);
    list.get = None;
    assert_eq!(play(&instance, &list)[63], 0.25);
    list.size = None;
    assert_eq!(play(&instance, &list)[63], 0.25);
    assert_eq!(play(&instance, ptr::null())[63], 0.25);

    // A flush outside of processing takes the same lists, and all of its times mean now.
    let params: &clap_plugin_params = instance.extension(CLAP_EXT_PARAMS);
    let flush = params.flush.expect("a function");
    let mut events = EventList::new(gain_id(&instance), &[(3, 0.5), (5, 0.0), (1 << 30, 0.75)]);
    events.hole = Some(1);
    let lines = logged(|| {
        // SAFETY: plain calls.
        unsafe {
            flush(instance.plugin, &events.list(), ptr::null());
            assert_eq!(instance.gain(), 0.75);
            flush(instance.plugin, ptr::null(), ptr::null());
        }
    });
    assert!(lines.is_empty(), "{lines:?}");
    instance.deactivate();
}

#[test]
fn clap_events_too_large_to_correct_are_dropped() {
    #[repr(C)]
    struct Large {
        event: clap_event_transport,
        rest: [u8; 512],
    }
    unsafe extern "C" fn size(_: *const clap_input_events) -> u32 {
        1
    }
    unsafe extern "C" fn get(
        list: *const clap_input_events,
        _: u32,
    ) -> *const clap_sys::events::clap_event_header {
        // SAFETY: `ctx` is the event.
        unsafe { (*list).ctx.cast() }
    }
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    // SAFETY: a structure of numbers.
    let mut large: Large = unsafe { std::mem::zeroed() };
    large.event.header.type_ = CLAP_EVENT_TRANSPORT;
    for (n_bytes, time) in
        [(size_of::<Large>(), 64), (size_of::<Large>(), 9), (size_of::<clap_event_transport>(), 64), (3, 64)]
    {
        large.event.header.size = n_bytes as u32;
        large.event.header.time = time;
        let list =
            clap_input_events { ctx: ptr::from_mut(&mut large).cast(), size: Some(size), get: Some(get) };
        assert_eq!(play(&instance, &list), [1.0; 64]);
    }
    instance.deactivate();
}

#[test]
fn clap_calls_with_null_are_refused() {
    let instance = ClapInstance::<8>::new();
    let functions = instance.functions();
    // SAFETY: null is what this is about.
    unsafe {
        assert_eq!(functions.process.expect("a function")(instance.plugin, ptr::null()), CLAP_PROCESS_ERROR);
        assert!(functions.get_extension.expect("a function")(instance.plugin, ptr::null()).is_null());
        assert!(
            functions.get_extension.expect("a function")(instance.plugin, c"org.example.nothing".as_ptr())
                .is_null()
        );
        let activate = functions.activate.expect("a function");
        assert!(!activate(instance.plugin, 48_000.0, 1, 0));
        assert!(!activate(instance.plugin, 48_000.0, 1, u32::MAX));
        assert!(!activate(instance.plugin, f64::NAN, 1, 64));
    }
    assert!(!instance.load(b"", 1));
}
