//! What this process has of the system.

use std::fs;

/// What glibc tells about its heap, in its own order and with its own names.
#[repr(C)]
struct MallInfo2 {
    arena: usize,
    ordblks: usize,
    smblks: usize,
    hblks: usize,
    /// Bytes in blocks that were mapped for themselves.
    hblkhd: usize,
    usmblks: usize,
    fsmblks: usize,
    /// Bytes in all other blocks that are in use, with their headers.
    uordblks: usize,
    fordblks: usize,
    keepcost: usize,
}

unsafe extern "C" {
    fn mallinfo2() -> MallInfo2;
}

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
        // SAFETY: it may be called at any time, on any thread.
        let heap = unsafe { mallinfo2() };
        Self {
            heap_kib: ((heap.hblkhd + heap.uordblks) / 1024) as i64,
            threads: threads.trim().parse().unwrap(),
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}
