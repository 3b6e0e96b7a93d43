//! Memory does not grow with the length of what is read, measured and written.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use busbar_host::audio::{Meter, MixFormat, MixWriter, StemReader, StemSource};
use common::{empty_folder, noise, write_stem};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, which remembers how much was in use at most.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: both go to the system's allocator as they are; only the sizes are noted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let in_use = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(in_use, Ordering::Relaxed);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the pointer came from `alloc`, which took it from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes more than now are in use at most while this runs.
fn bytes_of(run: impl FnOnce()) -> usize {
    let before = IN_USE.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    run();
    MOST.load(Ordering::Relaxed) - before
}

// One test, because the counts are those of the whole process.
#[test]
fn memory_does_not_grow_with_the_length() {
    let folder = empty_folder("memory");
    let second = noise(1, 44_100);
    let of_seconds = |seconds: usize| {
        let path = folder.join("stem.wav");
        let side = second.repeat(seconds);
        write_stem(&path, 44_100, &[&side, &side]);
        drop(side);
        let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
        let read = bytes_of(|| {
            let mut stem = StemSource::new(StemReader::open(&path).unwrap(), 48_000).unwrap();
            while stem.read(&mut left, &mut right).unwrap() == 512 {}
        });
        // What the meter holds, because what it takes to begin with is more than seconds can add.
        let before = IN_USE.load(Ordering::Relaxed);
        // At a low rate, so that it is minutes: a list of all gating blocks would grow from 500 s on.
        let mut meter = Meter::new(800);
        (0..seconds).for_each(|_| meter.add(&second, &second));
        let measured = IN_USE.load(Ordering::Relaxed) - before;
        drop(meter);
        let written = bytes_of(|| {
            let mut mix = MixWriter::create(folder.join("mix.flac"), 44_100, MixFormat::Int24).unwrap();
            (0..seconds).for_each(|_| mix.write(&second, &second).unwrap());
            mix.finish().unwrap();
        });
        (read, measured, written)
    };
    let (read, measured, written) = of_seconds(6);
    let (read_long, measured_long, written_long) = of_seconds(24);
    assert!(read > 40_000 && read_long <= read, "{read} and {read_long} bytes to read");
    assert!(
        measured > 10_000 && measured_long == measured,
        "{measured} and {measured_long} bytes to measure"
    );
    // The encoder keeps a point for seeking, 32 bytes, for each block of 4096 frames: about 0.4 KiB a second, thrice while the list
    // grows. All samples would be 350 KB a second.
    assert!(written_long < written + 18 * 1200, "{written} and {written_long} bytes to write");
}
