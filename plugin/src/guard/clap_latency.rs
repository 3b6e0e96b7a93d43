//! The latency, told to CLAP hosts from within the activation that found it.
//!
//! CLAP allows a latency to change there alone. The framework posts a task for it instead, which runs when the activation is over
//! and then asks the host for another: each change would restart a host twice.

use std::sync::atomic::Ordering;

use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::plugin::clap_plugin;

use super::Guarded;
use super::clap::ClapGuard;

impl<P: Guarded> ClapGuard<P> {
    /// A constant, because hosts keep its address.
    pub(super) const LATENCY: &'static clap_plugin_latency =
        &clap_plugin_latency { get: Some(Self::latency_samples) };

    unsafe extern "C" fn latency_samples(plugin: *const clap_plugin) -> u32 {
        // SAFETY: the host's pointer.
        unsafe { Self::of(plugin) }.map_or(0, |guard| guard.link.latency_samples())
    }

    /// Tells the host of the latency if it is another than the last one. Only within an activation.
    pub(super) fn tell_latency(&self) {
        let latency_samples = self.link.latency_samples();
        if self.told_latency_samples.swap(latency_samples, Ordering::AcqRel) == latency_samples {
            return;
        }
        // SAFETY: the host outlives the instance, this is the type that belongs to the extension, and the function is called on the
        // main thread within an activation, as CLAP wants it.
        unsafe {
            let host = self.host.as_ref().and_then(|host| host.get_extension);
            let latency = host.and_then(|get_extension| {
                get_extension(self.host, CLAP_EXT_LATENCY.as_ptr()).cast::<clap_host_latency>().as_ref()
            });
            if let Some(changed) = latency.and_then(|latency| latency.changed) {
                changed(self.host);
            }
        }
    }
}
