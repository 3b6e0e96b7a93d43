//! How a VST3 host hears that something changed which is saved with the state and is no parameter.
//!
//! `setDirty` belongs to the main thread. The plugin's messenger brings the news there: a message on Windows and macOS, and on Linux the
//! run loop that hosts lend to an open editor. Where a host lends none, the framework falls back to a thread of its own; then
//! the news wait for the host's next call on its main thread. A host whose handler has no such function is not told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait,
};
use parking_lot::Mutex;

/// Whom to tell, and whether there is something to tell.
pub(super) struct Teller {
    handler: Mutex<Option<ComPtr<IComponentHandler>>>,
    /// The thread of the newest call that hosts make on their main thread only.
    main_thread: Mutex<ThreadId>,
    is_due: AtomicBool,
}

impl Teller {
    pub fn new() -> Self {
        Self {
            handler: Mutex::new(None),
            main_thread: Mutex::new(thread::current().id()),
            is_due: AtomicBool::new(false),
        }
    }

    /// Keeps whom to tell, and returns who it was before, whose last reference that may be. On the main thread.
    pub fn set_handler(
        &self,
        handler: Option<ComPtr<IComponentHandler>>,
    ) -> Option<ComPtr<IComponentHandler>> {
        std::mem::replace(&mut *self.handler.lock(), handler)
    }

    /// The host's object.
    pub fn handler(&self) -> Option<ComPtr<IComponentHandler>> {
        self.handler.lock().clone()
    }

    /// The host called on its main thread: it is told now what it could not be told before. Not on the audio thread.
    pub fn on_main_thread(&self) {
        *self.main_thread.lock() = thread::current().id();
        if self.is_due.swap(false, Ordering::AcqRel) {
            self.set_dirty();
        }
    }

    /// Tells the host, or leaves it to the next call on the main thread if this is none.
    pub fn tell(&self) {
        if *self.main_thread.lock() == thread::current().id() {
            self.set_dirty();
        } else {
            self.is_due.store(true, Ordering::Release);
        }
    }

    fn set_dirty(&self) {
        // No lock is held: the host may save from within.
        if let Some(handler) = self.handler().and_then(|handler| handler.cast::<IComponentHandler2>()) {
            // SAFETY: the reference keeps the host's object alive.
            unsafe { handler.setDirty(1) };
        }
    }
}
