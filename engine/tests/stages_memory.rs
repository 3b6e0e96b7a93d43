//! How much heap an engine takes, counted.
//!
//! Source: the issue. Busbar of 32 strips at 48 kHz has 8 MB of its own, of 8 strips 2 MB; the engine is to take an eighth and a fifth of
//! that, so that the rest is left to the plugin around it.

use busbar_engine::limiter::Lookahead;
use busbar_engine::{Engine, Settings};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes that this thread has taken and not given back: the harness's other threads are none of our business.
    static N_BYTES: Cell<isize> = const { Cell::new(0) };
    /// The most that it ever had.
    static MOST_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, which counts bytes.
struct CountingAllocator;

fn count(n_bytes: isize) {
    // A thread that is being torn down has no counter any more, and is no thread of a test.
    let _ = N_BYTES.try_with(|n| {
        n.set(n.get() + n_bytes);
        MOST_BYTES.with(|most| most.set(most.get().max(n.get())));
    });
}

// SAFETY: both methods hand their arguments to the system's allocator unchanged and return what that returns; counting
// touches constant-initialised thread-locals without destructors, which allocates nothing.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises about `layout` are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: `ptr` came from `System` through this allocator, with this `layout`.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What an engine of so many strips holds after it was prepared, itself included, and the most that it took on the way.
fn bytes_of_engine(n_strips: usize, sample_rate_hz: f64, lookahead: Lookahead) -> [usize; 2] {
    let mut settings = Settings::new(n_strips);
    settings.master.limiter.lookahead = lookahead;
    let before = N_BYTES.get();
    MOST_BYTES.set(before);
    let mut engine = Box::new(Engine::new(n_strips));
    engine.set(&settings);
    engine.prepare(sample_rate_hz).expect("a sample rate that the engine takes");
    let bytes = [N_BYTES.get(), MOST_BYTES.get()].map(|n| (n - before) as usize);
    drop(engine);
    assert_eq!(N_BYTES.get(), before, "an engine gives back all it took");
    bytes
}

#[test]
fn the_counter_counts() {
    let before = N_BYTES.get();
    let values = std::hint::black_box(vec![0_u8; 1_000]);
    assert_eq!(N_BYTES.get() - before, 1_000);
    drop(values);
    assert_eq!(N_BYTES.get(), before);
}

#[allow(clippy::disallowed_macros, reason = "figures for people, with --nocapture")]
#[test]
fn an_engine_is_small() {
    // 16 KB a channel are histograms, in which loudness may go on for years.
    for (n_strips, max_bytes) in [(8, 600_000), (16, 900_000), (32, 1_500_000)] {
        let [bytes, most_bytes] = bytes_of_engine(n_strips, 48_000.0, Lookahead::Ms5);
        println!("{n_strips} strips: {bytes} bytes, {most_bytes} at the most");
        assert!(bytes > 1_000, "{n_strips} strips: {bytes} bytes are too few to be counted rightly");
        assert!(most_bytes < max_bytes, "{n_strips} strips take {most_bytes} bytes");
    }
}

/// The lookahead is all that grows with the rate.
#[test]
fn the_rate_costs_little() {
    let [slow, _] = bytes_of_engine(8, 48_000.0, Lookahead::Ms5);
    let [fast, _] = bytes_of_engine(8, 192_000.0, Lookahead::Ms5);
    // Two sides of the mix, two of the dry sum, eight of groups, five gains and what the limiter remembers: some thirty delays of 5 ms.
    assert!(fast > slow && fast - slow < 30 * 4 * 720 * 4, "{slow} and {fast} bytes");
}
