//! What this process has of the system.

#[path = "../../../plugin/tests/memory_support/heap.rs"]
mod heap;

use std::fs;

/// Memory, threads and descriptors at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Resources {
    /// What was asked of the heap and not given back, by this program and by the bundle. Resident memory would tell how the C
    /// library cuts its heap between threads that come and go.
    pub heap_kib: i64,
    pub threads: u64,
    pub descriptors: usize,
}

impl Resources {
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let threads = status.lines().find_map(|line| line.strip_prefix("Threads:")).unwrap();
        Self {
            heap_kib: heap::live_bytes() / 1024,
            threads: threads.trim().parse().unwrap(),
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}
