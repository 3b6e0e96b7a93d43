//! What this process has of the system.

use std::fs;

/// Memory, threads and descriptors at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Resources {
    /// Resident, in KiB.
    pub memory_kib: u64,
    pub threads: u64,
    pub descriptors: usize,
}

impl Resources {
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let figure = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Self {
            memory_kib: figure("VmRSS:"),
            threads: figure("Threads:"),
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}
