//! An allocator that counts its calls, for tests in which none may be made.
//!
//! Whoever counts makes it the allocator of the program: `#[global_allocator] static ALLOCATOR: CountingAllocator = CountingAllocator;`

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Calls to the allocator by this thread: the harness's other threads are none of our business.
    static N_ALLOCATOR_CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, which counts its calls.
pub struct CountingAllocator;

fn count_call() {
    // A thread that is being torn down has no counter any more, and is no thread of a test.
    let _ = N_ALLOCATOR_CALLS.try_with(|n_calls| n_calls.set(n_calls.get() + 1));
}

// SAFETY: every method hands its arguments to the system's allocator unchanged and returns what that returns; counting
// touches a constant-initialised thread-local without a destructor, which allocates nothing.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_call();
        // SAFETY: the caller's promises about `layout` are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count_call();
        // SAFETY: `ptr` came from `System` through this allocator, with this `layout`.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_call();
        // SAFETY: the caller's promises about `layout` are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count_call();
        // SAFETY: `ptr` came from `System` through this allocator, with this `layout`.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

/// Runs `f` and says how often it called the allocator.
pub fn allocator_calls(f: impl FnOnce()) -> u64 {
    let before = N_ALLOCATOR_CALLS.get();
    f();
    N_ALLOCATOR_CALLS.get() - before
}
