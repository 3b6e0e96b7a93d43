//! Ctrl-C: a mix that is under way stops at its next block and cleans up.

use crate::fresh::remove_temporaries;
use std::sync::atomic::{AtomicBool, Ordering};

/// What shells report of a program that Ctrl-C stopped.
pub const INTERRUPTED: u8 = 130;

/// Whether someone asked to stop, and whether anyone listens.
#[derive(Debug, Default)]
pub struct Cancel {
    is_requested: AtomicBool,
    is_heeded: AtomicBool,
}

impl Cancel {
    /// Nobody has asked yet.
    pub const fn new() -> Self {
        Self { is_requested: AtomicBool::new(false), is_heeded: AtomicBool::new(false) }
    }

    /// Asks to stop. Where nobody listens, and whoever asks twice, the program ends at once, with nothing half written.
    pub fn request(&self) {
        let was_requested = self.is_requested.swap(true, Ordering::AcqRel);
        if was_requested || !self.is_heeded.load(Ordering::Acquire) {
            remove_temporaries();
            std::process::exit(INTERRUPTED.into());
        }
    }

    /// Whether someone asked to stop.
    pub fn is_requested(&self) -> bool {
        self.is_requested.load(Ordering::Acquire)
    }

    /// Runs what looks at [`Cancel::is_requested`] often.
    pub(super) fn while_heeded<T>(&self, work: impl FnOnce() -> T) -> T {
        self.is_heeded.store(true, Ordering::Release);
        let done = work();
        self.is_heeded.store(false, Ordering::Release);
        done
    }
}
