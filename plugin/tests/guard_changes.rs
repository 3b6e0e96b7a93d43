//! Parameter changes on their way past the framework: nothing is posted from the audio thread, and modulation arrives too.

mod guard_support;

use std::ptr;
use std::sync::atomic::Ordering;
use std::thread;
#[cfg(target_os = "linux")]
use std::{fs, path::Path};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::*;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use guard_support::*;

/// Blocks in which the gain moves many times, and ends somewhere else than it began.
fn play_changes(instance: &dyn Instance) {
    assert!(instance.activate(MAX_FRAMES));
    let shared = Shared(instance);
    thread::scope(|scope| {
        // Another thread than the one that made the instance: what is posted on that one is done at once.
        scope.spawn(|| {
            let shared = &shared;
            for round in 0..20 {
                let mut block = Block::new(8, N_OUTPUTS);
                block.gains = (0..40).map(|idx| (idx, ((idx + round) % 8) as f32 / 8.0)).collect();
                block.gain_before = shared.0.gain() as f32;
                process_and_check(shared.0, &mut block, 8);
            }
            let mut flush = Block::new(0, 0);
            flush.gains = vec![(0, 0.125)];
            assert!(shared.0.process(&mut flush));
            assert_eq!(shared.0.gain(), 0.125);
        });
    });
    instance.deactivate();
}

#[test]
fn clap_hosts_are_not_asked_to_call_back_for_what_they_changed() {
    let instance = ClapInstance::<8>::new();
    play_changes(&instance);
    assert_eq!(instance.asked.n_callbacks.load(Ordering::SeqCst), 0);
}

/// How often the framework's background thread has gone to sleep: once for each time that it was woken. 0 before it has a name.
#[cfg(target_os = "linux")]
fn n_sleeps() -> u64 {
    let is_worker =
        |task: &Path| fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim() == "bg-worker");
    let mut tasks = fs::read_dir("/proc/self/task").expect("our threads").flatten().map(|task| task.path());
    let Some(worker) = tasks.find(|task| is_worker(task)) else { return 0 };
    let status = fs::read_to_string(worker.join("status")).expect("its status");
    let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    count.expect("a count").trim().parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn in_vst3_the_background_thread_sleeps_on() {
    let instance = Vst3Instance::<8>::new();
    // Until it has gone to sleep for the first time.
    let mut before = n_sleeps();
    loop {
        thread::sleep(std::time::Duration::from_millis(50));
        let now = n_sleeps();
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    play_changes(&instance);
    thread::sleep(std::time::Duration::from_millis(50));
    assert_eq!(n_sleeps(), before);
}

/// A modulation of the first parameter at a frame.
fn modulation(instance: &ClapInstance<8>, frame: u32, amount: f64) -> clap_event_param_mod {
    clap_event_param_mod {
        header: clap_event_header {
            size: size_of::<clap_event_param_mod>() as u32,
            time: frame,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_PARAM_MOD,
            flags: 0,
        },
        param_id: instance.param_info(0).expect("the parameter exists").id,
        cookie: ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        amount,
    }
}

#[test]
fn modulation_counts_from_its_frame_on_and_leaves_the_value_as_it_is() {
    unsafe extern "C" fn size(_: *const clap_input_events) -> u32 {
        2
    }
    unsafe extern "C" fn get(list: *const clap_input_events, idx: u32) -> *const clap_event_header {
        // SAFETY: `ctx` are two events.
        unsafe { ptr::from_ref(&(*(*list).ctx.cast::<[clap_event_param_mod; 2]>())[idx as usize]).cast() }
    }
    let instance = ClapInstance::<8>::new();
    assert!(instance.activate(MAX_FRAMES));
    let mut events = [modulation(&instance, 10, -0.5), modulation(&instance, 20, -0.25)];
    let list = clap_input_events { ctx: (&raw mut events).cast(), size: Some(size), get: Some(get) };
    let mut samples = [[1.0_f32; MAX_FRAMES]; 2];
    let mut table = samples.each_mut().map(|side| side.as_mut_ptr());
    let mut bus = clap_audio_buffer {
        data32: table.as_mut_ptr(),
        data64: ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    };
    let input = bus;
    let status = instance.process_raw(&clap_process {
        steady_time: 0,
        frames_count: MAX_FRAMES as u32,
        transport: ptr::null(),
        audio_inputs: &input,
        audio_outputs: &mut bus,
        audio_inputs_count: 1,
        audio_outputs_count: 1,
        in_events: &list,
        out_events: ptr::null(),
    });
    assert_ne!(status, CLAP_PROCESS_ERROR);
    for side in samples {
        assert_eq!([side[9], side[10], side[19], side[20], side[63]], [1.0, 0.5, 0.5, 0.75, 0.75]);
    }
    // What a host reads is modulated, what it saves is not.
    let saved = instance.save(usize::MAX).expect("a document");
    let saved: serde_json::Value =
        serde_json::from_slice(&saved[HEADER.len()..]).expect("the framework's JSON");
    assert_eq!(saved["params"]["gain"]["f32"], 1.0);
    instance.deactivate();
}
