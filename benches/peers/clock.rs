//! The time that this thread has run.
//!
//! Time on the wall would count what others do on a busy machine, and unevenly: a long turn is interrupted nearly always, a short
//! one hardly ever, so that whoever is slow would look slower than he is.

use std::time::Duration;

/// Time on this thread's own clock, from an arbitrary start. On systems other than Linux it is time on the wall.
#[cfg(target_os = "linux")]
pub fn thread_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Time on this thread's own clock, from an arbitrary start. On systems other than Linux it is time on the wall.
#[cfg(not(target_os = "linux"))]
pub fn thread_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
