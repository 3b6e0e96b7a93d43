//! How much heap an instance takes, as a host has it: behind the guard and the framework's wrapper, in both formats.
//!
//! The limits are those of the project: 8 MB for Busbar 32 and 2 MB for Busbar 8 at 48 kHz. One test, because the count
//! is of the whole process.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod memory_support;

use busbar::ExportedLibrary;
use memory_support::{Counted, live_bytes, play_clap, play_vst3};

const MB: i64 = 1_000_000;

#[test]
fn an_instance_stays_below_its_share_of_the_heap() {
    let before = live_bytes();
    let probe = std::hint::black_box(vec![0_u8; 1_000_000]);
    assert!(live_bytes() - before >= MB, "the counter counts");
    drop(probe);

    // What the library makes once for all instances (descriptors, tables of parameters, the framework's logger and thread)
    // belongs to none of them. It is made here, and bounded, too.
    let before = live_bytes();
    play_clap::<ExportedLibrary>(32, &mut |_| ());
    play_vst3::<ExportedLibrary>(32, &mut |_| ());
    let shared = live_bytes() - before;
    println!("shared by all instances: {shared} bytes");
    assert!(shared < 2 * MB, "{shared} bytes");

    for (n_strips, limit) in [(8, 2 * MB), (16, 4 * MB), (32, 8 * MB)] {
        for (format, play) in [
            ("CLAP", play_clap::<ExportedLibrary> as fn(usize, Counted)),
            ("VST3", play_vst3::<ExportedLibrary>),
        ] {
            let before = live_bytes();
            let mut bytes = 0;
            play(n_strips, &mut |of_instance| bytes = of_instance);
            println!("Busbar {n_strips} as {format}: {bytes} bytes");
            // 32 strips of parameters alone, each with its name and its callback, are more than this.
            assert!(bytes > MB / 10, "Busbar {n_strips} as {format}: {bytes} bytes");
            assert!(bytes < limit, "Busbar {n_strips} as {format}: {bytes} bytes");
            let left = live_bytes() - before;
            // A thread or a log line of the framework's may come and go: nothing of an instance's size.
            assert!(left < MB / 100, "Busbar {n_strips} as {format} leaves {left} bytes behind");
        }
    }
}
