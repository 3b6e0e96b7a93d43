//! The way of one VST3 block through the guard.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::Ordering;

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IAudioProcessorTrait, ProcessData};
use nice_plug::wrapper::vst3::vst3::Steinberg::{int32, kResultFalse, kResultOk, tresult};

use super::Guarded;
use super::buses::HostBus;
use super::vst3::Vst3Guard;
use super::vst3_block::{Active, HostBuses, SAMPLES_32};
use super::vst3_params::{Points, apply_all};

impl<P: Guarded> Vst3Guard<P> {
    /// One block, or what the host calls one. Outputs hold silence afterwards unless the framework filled them.
    ///
    /// # Safety
    ///
    /// `host` is what VST3 promises of a `ProcessData`, which still allows null in every place.
    pub(super) unsafe fn process_block(&self, host: &ProcessData) -> tresult {
        let inputs = HostBuses::new(host.inputs, host.numInputs);
        let outputs = HostBuses::new(host.outputs, host.numOutputs);
        let frames = usize::try_from(host.numSamples).unwrap_or(0);
        let is_32_bit = host.symbolicSampleSize == SAMPLES_32;
        let switched_off = self.switched_off.load(Ordering::Relaxed);
        let host_input = |bus_idx: usize| {
            if bus_idx < 64 && switched_off & (1 << bus_idx) != 0 {
                HostBus::NONE
            } else {
                inputs.get(bus_idx)
            }
        };
        // SAFETY: the host's table has as many pointers as the bus has channels.
        let any_input = || (0..inputs.n_buses).any(|bus_idx| unsafe { host_input(bus_idx).is_connected() });
        let is_flush = frames == 0 || !(outputs.any_connected() || any_input());

        let mut active = self.gate.enter();
        let result = match active.as_deref_mut() {
            None => kResultFalse,
            Some(_) if !is_32_bit || host.numSamples < 0 => kResultFalse,
            Some(_) if is_flush && self.max_frames.load(Ordering::Relaxed) > 0 => {
                let mut block = *host;
                (block.numInputs, block.numOutputs) = (0, 0);
                (block.inputs, block.outputs) = (ptr::null_mut(), ptr::null_mut());
                // SAFETY: no buses, and the rest is the host's.
                let result = unsafe { self.flush(block) };
                self.edits.pass();
                return result;
            }
            // SAFETY: this function's contract.
            Some(Some(active)) if frames <= active.buses.max_frames => unsafe {
                self.process_active(active, host, host_input, outputs, frames)
            },
            Some(_) => kResultFalse,
        };
        self.edits.pass();
        outputs.clear_flags();
        if result != kResultOk {
            outputs.zero(frames * if is_32_bit { 1 } else { 2 });
        }
        result
    }

    /// # Safety
    ///
    /// As for [`process_block`](Self::process_block); `frames` is at most what the buses were made for.
    unsafe fn process_active(
        &self,
        active: &mut Active,
        host: &ProcessData,
        host_input: impl Fn(usize) -> HostBus,
        outputs: HostBuses,
        frames: usize,
    ) -> tresult {
        // SAFETY: the host's buses last until it gets an answer.
        let connected = unsafe { active.buses.load(host_input, |bus_idx| outputs.get(bus_idx), frames) };
        self.link.set_connected(connected);

        let n_buses = (active.buses.array_len() - 1) as int32;
        let Active { buses, room, inputs: inner_inputs, outputs: inner_outputs } = active;
        let mut block = *host;
        block.inputParameterChanges = ptr::null_mut();
        (block.numInputs, block.numOutputs) = (n_buses, n_buses);
        (block.inputs, block.outputs) = (inner_inputs.as_ptr(), inner_outputs.as_ptr());
        // SAFETY: the host's list; every declared channel has memory for the block now.
        let result = unsafe {
            let points = Points::new(host.inputParameterChanges, frames, room);
            self.link.changes.during(&points, || self.process_inner(&mut block))
        };
        // SAFETY: the same buses as above.
        unsafe { buses.finish(|bus_idx| outputs.get(bus_idx), outputs.n_buses, frames) };
        result
    }

    /// A block without buses: parameters only, and they are for now.
    ///
    /// # Safety
    ///
    /// As for [`process_block`](Self::process_block).
    unsafe fn flush(&self, mut block: ProcessData) -> tresult {
        // SAFETY: this function's contract.
        unsafe {
            apply_all(block.inputParameterChanges, &self.link.changes);
            block.inputParameterChanges = ptr::null_mut();
            self.process_inner(&mut block)
        }
    }

    /// # Safety
    ///
    /// What the wrapper asks of `process`, including what it does not check.
    unsafe fn process_inner(&self, block: &mut ProcessData) -> tresult {
        // SAFETY: this function's contract.
        catch_unwind(AssertUnwindSafe(|| unsafe { self.inner.process(block) })).unwrap_or(kResultFalse)
    }
}
