//! How a VST3 host is asked for a restart when the latency is going to change.
//!
//! `restartComponent` belongs to the host's main thread, and the framework calls it on a thread of its own when the audio
//! thread asks (on Linux there is no other it could use). So the audio thread never asks here: a value that the latency
//! depends on cannot be automated, comes through `setParamNormalized` or a state, and both are calls on the main thread.
//! The host then deactivates the plugin and activates it, and the activation finds the value.

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandlerTrait, IEditControllerTrait, RestartFlags_,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::int32;

use super::Guarded;
use super::vst3::Vst3Guard;

// The constant is unsigned on some systems and signed on others.
#[allow(clippy::unnecessary_cast)]
const LATENCY_CHANGED: int32 = RestartFlags_::kLatencyChanged as int32;

impl<P: Guarded> Vst3Guard<P> {
    /// Brings the wrapper what it has not heard of, before an activation that has to find it. It only stores what comes while
    /// it does not process, as it should not between two activations.
    pub(super) fn settle_edits(&self) {
        for (id, value) in self.edits.all() {
            // SAFETY: no pointers.
            unsafe { self.inner.setParamNormalized(id, value) };
        }
    }

    /// Notes what the activation that begins now finds.
    pub(super) fn begin_activation(&self) {
        // SAFETY: no pointers.
        self.settled.begin(|hash| unsafe { self.inner.getParamNormalized(hash) });
    }

    /// Asks the host for a restart if something was set that counts from the next activation on. On the main thread; the host
    /// may restart the plugin from within, so that no lock may be held here.
    pub(super) fn ask_for_restart_if_due(&self) {
        // SAFETY: no pointers.
        if self.settled.is_restart_due(|hash| unsafe { self.getParamNormalized(hash) })
            && let Some(handler) = self.teller.handler()
        {
            // SAFETY: the reference keeps the host's object alive. A host that declines restarts later or never.
            unsafe { handler.restartComponent(LATENCY_CHANGED) };
        }
    }
}
