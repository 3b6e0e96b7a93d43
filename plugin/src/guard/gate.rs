//! Keeps activation and processing apart.
//!
//! Hosts must not activate while they process, and some do. The wrappers then panic (VST3, which aborts the host) or
//! log on the audio thread (CLAP). Here a change announces itself, waits for a process call that is already under
//! way, and every later call finds the gate closed and answers with silence.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// How long a change waits for the audio thread. The wrapper's own patience; only a host that activates from inside
/// its own process call ever sees the end of it.
const PATIENCE: Duration = Duration::from_secs(1);

/// What exists only while the plugin is active, behind a door that the audio thread never waits at.
pub(super) struct Gate<T> {
    /// How many changes are under way. More than one: Ardour activates again from inside an activation.
    changing: AtomicUsize,
    /// The number of the newest change. What a nested change decided is not undone by the one around it.
    newest: AtomicUsize,
    active: Mutex<Option<T>>,
    /// Whether `active` holds something, for who must not take the lock: the audio thread gives up when it finds it taken.
    is_open: AtomicBool,
}

impl<T> Gate<T> {
    pub fn new() -> Self {
        Self {
            changing: AtomicUsize::new(0),
            newest: AtomicUsize::new(0),
            active: Mutex::new(None),
            is_open: AtomicBool::new(false),
        }
    }

    /// For the audio thread: what is active now, or `None` while a change is under way. Never waits.
    pub fn enter(&self) -> Option<MutexGuard<'_, Option<T>>> {
        let active = match self.active.try_lock() {
            Ok(active) => active,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        // Looked at under the lock: a change that was announced later still has to wait for it.
        (self.changing.load(Ordering::SeqCst) == 0).then_some(active)
    }

    /// Closes the gate, runs `change` while no process call is under way, and opens it with what `build` returns.
    /// The lock is not held during `change`, because the framework calls the host from there and the host may
    /// come back. Returns `None`, without a call to `change`, if the audio thread does not leave.
    pub fn change<R>(&self, change: impl FnOnce() -> R, build: impl FnOnce(&R) -> Option<T>) -> Option<R> {
        let _closed = Closed::new(&self.changing);
        drop(self.wait()?);
        let number = self.newest.fetch_add(1, Ordering::SeqCst) + 1;
        let result = change();
        let next = build(&result);
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        if self.newest.load(Ordering::SeqCst) == number {
            self.is_open.store(next.is_some(), Ordering::SeqCst);
            *active = next;
        }
        drop(active);
        Some(result)
    }

    /// Whether the plugin is active or about to change.
    pub fn is_active(&self) -> bool {
        self.changing.load(Ordering::SeqCst) > 0 || self.is_open.load(Ordering::SeqCst)
    }

    fn wait(&self) -> Option<MutexGuard<'_, Option<T>>> {
        let since = Instant::now();
        loop {
            match self.active.try_lock() {
                Ok(active) => return Some(active),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if since.elapsed() > PATIENCE => return None,
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }
}

/// Counts a change for as long as it lives, also one that gives up waiting.
struct Closed<'a>(&'a AtomicUsize);

impl<'a> Closed<'a> {
    fn new(changing: &'a AtomicUsize) -> Self {
        changing.fetch_add(1, Ordering::SeqCst);
        Self(changing)
    }
}

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_whether_it_is_active_costs_the_audio_thread_no_block() {
        let gate = Gate::new();
        assert!(!gate.is_active());
        gate.change(|| (), |()| Some(0));
        let is_done = AtomicBool::new(false);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                while !is_done.load(Ordering::SeqCst) {
                    assert!(gate.is_active());
                }
            });
            let lost = (0..200_000).filter(|_| gate.enter().is_none()).count();
            is_done.store(true, Ordering::SeqCst);
            assert_eq!(lost, 0, "nobody else may take the lock");
        });
        gate.change(|| (), |()| None::<i32>);
        assert!(!gate.is_active());
    }
}
