//! A block allocates nothing once the plugin is active, neither in the host nor at its border with the plugin.

#[allow(dead_code)]
mod stand_in;

use busbar_host::{Bundle, ParamEvent, param_id_from_str};
use clack_host::prelude::PluginEntry;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // The thread's storage is gone while the thread ends; what is allocated then is not counted.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: the pointer came from `System` with this layout, as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn blocks_with_events_do_not_allocate() {
    let entry = PluginEntry::load_from_clack::<stand_in::StandInEntry>(c"stand-in.clap").unwrap();
    let mut plugin = Bundle::from_entry(entry, "stand-in.clap").instantiate("org.busbar.busbar-16").unwrap();
    plugin.activate(48_000.0, 512).unwrap();
    plugin.service_requests().unwrap();
    let id = param_id_from_str("s01_fader");
    let events: Vec<ParamEvent> =
        (0..500).map(|sample| ParamEvent { sample, id, value: f64::from(sample) / 500.0 }).collect();

    let before = COUNT.get();
    for n_frames in [512, 1, 511, 512, 0, 64] {
        let n_events = events.len().min(n_frames);
        plugin.input_mut(0, 0)[..n_frames].fill(0.5);
        plugin.process(n_frames, &events[..n_events]).unwrap();
    }
    let n_allocations = COUNT.get() - before;
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(n_allocations, 0);
    assert!(COUNT.get() - before > 0, "the counter counts");
}
