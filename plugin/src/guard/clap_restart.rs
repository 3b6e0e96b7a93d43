//! How a CLAP host is asked for a restart when the latency is going to change: on any thread, with a function that it
//! promises to be safe there.
//!
//! The host then deactivates the plugin and activates it, and the activation finds the value. `clap_latency` tells of it.

use clap_sys::plugin::clap_plugin;

use super::Guarded;
use super::clap::ClapGuard;

impl<P: Guarded> ClapGuard<P> {
    /// Notes what the activation that begins now finds.
    pub(super) fn begin_activation(&self, plugin: *const clap_plugin) {
        self.settled.begin(|hash| self.value(plugin, hash));
    }

    /// Asks the host for a restart if something was set that counts from the next activation on. Realtime-safe.
    pub(super) fn ask_for_restart_if_due(&self, plugin: *const clap_plugin) {
        if self.settled.is_restart_due(|hash| self.value(plugin, hash)) {
            // SAFETY: the host outlives the instance; its function may be called on any thread.
            unsafe {
                if let Some(request_restart) = self.host.as_ref().and_then(|host| host.request_restart) {
                    request_restart(self.host);
                }
            }
        }
    }

    /// The value that the framework has: an atomic load.
    fn value(&self, plugin: *const clap_plugin, hash: u32) -> f64 {
        let mut value = 0.0;
        if let Some(get_value) = self.inner_extensions.params.get_value {
            // SAFETY: the framework's function on the framework's data, which reads an atomic and so can be called on any
            // thread; an unknown parameter leaves the value as it is.
            unsafe { get_value(plugin, hash, &mut value) };
        }
        value
    }
}
