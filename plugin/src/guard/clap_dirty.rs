//! How a CLAP host hears that something changed which is saved with the state and is no parameter.
//!
//! `mark_dirty` belongs to the main thread. The plugin's messenger brings the news there: the framework's task queue, which the host
//! empties in `on_main_thread` after `request_callback`, a call that is allowed on any thread.

use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::host::clap_host;

/// The host of an instance.
pub(super) struct Teller(*const clap_host);

// SAFETY: the pointer is only used on the host's main thread, and nothing is changed through it.
unsafe impl Send for Teller {}
// SAFETY: as above.
unsafe impl Sync for Teller {}

impl Teller {
    /// # Safety
    ///
    /// `host` is null or valid for as long as [`tell`](Self::tell) may be called.
    pub unsafe fn new(host: *const clap_host) -> Self {
        Self(host)
    }

    /// Tells the host, on its main thread. A host that keeps no states is not told.
    pub fn tell(&self) {
        // SAFETY: the host is alive, and this is the type that belongs to the extension.
        unsafe {
            let get_extension = self.0.as_ref().and_then(|host| host.get_extension);
            let state = get_extension.and_then(|get_extension| {
                get_extension(self.0, CLAP_EXT_STATE.as_ptr()).cast::<clap_host_state>().as_ref()
            });
            if let Some(mark_dirty) = state.and_then(|state| state.mark_dirty) {
                mark_dirty(self.0);
            }
        }
    }
}
