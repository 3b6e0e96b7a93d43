//! Whether a thread rests, by what the system tells of it: Linux alone does, in `/proc` (proc(5), `task/<tid>/status`).

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A thread that is seen asleep before and after so long, in one and the same sleep, waits for something to do. A lock that it may want
/// in between is held for less.
const REST: Duration = Duration::from_millis(1);

/// One thread of this process, for others to look at.
#[derive(Debug)]
pub struct Worker {
    /// Where the system tells of it; `None` where it does not.
    status: Option<PathBuf>,
}

impl Worker {
    /// The thread that calls this.
    pub(super) fn current() -> Self {
        // `<pid>/task/<tid>`.
        let status = fs::read_link("/proc/thread-self").ok();
        Self { status: status.map(|thread| Path::new("/proc").join(thread).join("status")) }
    }

    /// Waits until the thread has done what it was at and rests, but no longer than until `latest`; where the system tells nothing, as
    /// long as a thread needs for that, unless the machine is very busy.
    pub(super) fn wait_for_rest(&self, latest: Instant) {
        let mut asleep = self.asleep();
        while Instant::now() < latest {
            sleep(REST);
            let still = self.asleep();
            if still == asleep && still != Some(Asleep::No) {
                return;
            }
            asleep = still;
        }
    }

    /// `None` where the system tells nothing.
    fn asleep(&self) -> Option<Asleep> {
        Asleep::read(&fs::read_to_string(self.status.as_ref()?).ok()?)
    }
}

/// What a thread does at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Asleep {
    No,
    /// And so often it had gone to sleep, where the system counts that.
    Yes {
        n_sleeps: u64,
    },
}

impl Asleep {
    fn read(status: &str) -> Option<Self> {
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if !field("State:")?.starts_with('S') {
            return Some(Self::No);
        }
        Some(Self::Yes { n_sleeps: field("voluntary_ctxt_switches:")?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use std::hint;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::sync_channel;
    use std::thread;

    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = |state| {
            format!(
                "Name:\ta\nState:\t{state}\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t7\n"
            )
        };
        assert_eq!(Asleep::read(&status("S (sleeping)")), Some(Asleep::Yes { n_sleeps: 12 }));
        assert_eq!(Asleep::read(&status("R (running)")), Some(Asleep::No));
        assert_eq!(Asleep::read(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_busy_thread_is_waited_for_and_one_that_rests_is_not() {
        let (tell, told) = sync_channel(1);
        let (go, gone) = sync_channel::<()>(0);
        let is_done = &AtomicBool::new(false);
        let hour = || Instant::now() + Duration::from_secs(3600);
        thread::scope(|threads| {
            threads.spawn(move || {
                tell.send(Worker::current()).expect("somebody listens");
                let since = Instant::now();
                while since.elapsed() < Duration::from_millis(50) {
                    hint::spin_loop();
                }
                is_done.store(true, Ordering::SeqCst);
                // Until the other end is dropped.
                let _ = gone.recv();
            });
            let worker = told.recv().expect("it tells");
            worker.wait_for_rest(hour());
            assert!(is_done.load(Ordering::SeqCst), "it was busy");
            worker.wait_for_rest(hour());
            drop(go);
        });
    }

    #[test]
    fn nobody_waits_longer_than_wanted() {
        let own = Worker::current();
        own.wait_for_rest(Instant::now() + Duration::from_millis(3));
        Worker { status: None }.wait_for_rest(Instant::now() + Duration::from_secs(3600));
    }
}
