//! The pointer sanitiser: whatever buses a host offers, the framework gets the declared ones.
//!
//! - A missing input channel reads from one shared block of silence; a mono bus feeds both sides.
//! - A missing output channel has a scratch block of its own, because it becomes a `&mut [f32]`.
//! - An output channel whose memory is also that of an input or of another output goes to scratch as well and is
//!   copied to the host afterwards. The framework copies the main input to the main output *before* it reads the
//!   other inputs, and two equal output pointers would become two `&mut` to the same samples.
//! - Output channels that the plugin does not have are zeroed.
//!
//! Knows neither VST3 nor CLAP. Host pointers are only ever read through [`HostBus`].

use std::ptr;

use nice_plug::prelude::{AudioIOLayout, Plugin};

/// Memory that is only ever reached through raw pointers: the framework makes references into it, and a `Vec` beside
/// them would assert that it alone may.
pub(super) struct RawSlice<T>(*mut [T]);

// SAFETY: a `RawSlice` owns its memory like a `Box`; raw pointers stored in it are used under the gate's lock only.
unsafe impl<T> Send for RawSlice<T> {}

impl<T> RawSlice<T> {
    pub fn new(items: Vec<T>) -> Self {
        Self(Box::into_raw(items.into_boxed_slice()))
    }

    pub fn as_ptr(&self) -> *mut T {
        self.0.cast()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T> Drop for RawSlice<T> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `Box::into_raw` and is freed once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// The channels of each bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub inputs: Vec<u32>,
    pub outputs: Vec<u32>,
}

impl Layout {
    fn of(layout: &AudioIOLayout) -> Self {
        let channels = |main: Option<std::num::NonZeroU32>, aux: &[std::num::NonZeroU32]| {
            main.iter().chain(aux).map(|n_channels| n_channels.get()).collect()
        };
        Self {
            inputs: channels(layout.main_input_channels, layout.aux_input_ports),
            outputs: channels(layout.main_output_channels, layout.aux_output_ports),
        }
    }

    /// The plugin's own layout with these buses.
    pub fn declared<P: Plugin>(&self) -> Option<&'static AudioIOLayout> {
        P::AUDIO_IO_LAYOUTS.iter().find(|layout| Self::of(layout) == *self)
    }

    /// The name of output 0, if that is the main output. The framework answers with the main *input's* name.
    pub fn main_output_name<P: Plugin>(&self) -> Option<&'static str> {
        let layout = self.declared::<P>().filter(|layout| layout.main_output_channels.is_some())?;
        Some(layout.names.main_output.unwrap_or("Output"))
    }
}

/// One bus as the host offers it.
#[derive(Clone, Copy)]
pub(super) struct HostBus {
    pub channels: *const *mut f32,
    pub n_channels: usize,
}

impl HostBus {
    pub const NONE: Self = Self { channels: ptr::null(), n_channels: 0 };

    /// The memory of a channel, or null.
    ///
    /// # Safety
    ///
    /// `channels` is null or points to `n_channels` pointers.
    unsafe fn channel(self, channel_idx: usize) -> *mut f32 {
        if self.channels.is_null() || channel_idx >= self.n_channels {
            return ptr::null_mut();
        }
        // SAFETY: within the host's array, by this function's contract.
        unsafe { *self.channels.add(channel_idx) }
    }

    /// Whether there is memory for any channel.
    ///
    /// # Safety
    ///
    /// As for [`channel`](Self::channel).
    pub unsafe fn is_connected(self) -> bool {
        // SAFETY: the same contract.
        (0..self.n_channels).any(|channel_idx| !unsafe { self.channel(channel_idx) }.is_null())
    }

    /// Writes zeros to every channel that has memory.
    ///
    /// # Safety
    ///
    /// As for [`channel`](Self::channel), and each channel is null or has room for `n_values` values.
    pub unsafe fn zero(self, n_values: usize) {
        for channel_idx in 0..self.n_channels {
            // SAFETY: the same contract.
            let channel = unsafe { self.channel(channel_idx) };
            if !channel.is_null() {
                // SAFETY: the host promises room for the block.
                unsafe { channel.write_bytes(0, n_values) };
            }
        }
    }
}

/// The buses of one side: per channel the pointer that the framework gets, and where each bus begins.
struct Side {
    channels_of: Vec<usize>,
    first_of: Vec<usize>,
    pointers: RawSlice<*mut f32>,
}

impl Side {
    fn new(channels: &[u32]) -> Self {
        let channels_of: Vec<usize> = channels.iter().map(|&n_channels| n_channels as usize).collect();
        let first_of =
            channels_of.iter().scan(0, |next, n_channels| Some(std::mem::replace(next, *next + n_channels)));
        Self {
            first_of: first_of.collect(),
            pointers: RawSlice::new(vec![ptr::null_mut(); channels_of.iter().sum()]),
            channels_of,
        }
    }

    fn pointer(&self, idx: usize) -> *mut f32 {
        debug_assert!(idx < self.pointers.len());
        // SAFETY: every index comes from the layout that the table was made for.
        unsafe { *self.pointers.as_ptr().add(idx) }
    }

    fn set_pointer(&mut self, idx: usize, pointer: *mut f32) {
        debug_assert!(idx < self.pointers.len());
        // SAFETY: as above, and the table is ours alone.
        unsafe { *self.pointers.as_ptr().add(idx) = pointer };
    }

    /// The table of one bus as a format's own structure wants it. Its address never changes.
    fn bus(&self, bus_idx: usize) -> (*mut *mut f32, usize) {
        // SAFETY: `first_of` lies within the table.
        (unsafe { self.pointers.as_ptr().add(self.first_of[bus_idx]) }, self.channels_of[bus_idx])
    }
}

/// The declared buses and the memory that stands in for what a host leaves out.
pub(super) struct Buses {
    pub max_frames: usize,
    inputs: Side,
    outputs: Side,
    /// Per output channel the host's memory, or null if it has none or an earlier channel has the same.
    destinations: Vec<*mut f32>,
    silence: RawSlice<f32>,
    scratch: RawSlice<f32>,
}

// SAFETY: the raw pointers lead to owned memory, or to the host's and are then used during one process call only.
unsafe impl Send for Buses {}

impl Buses {
    pub fn new(layout: &Layout, max_frames: usize) -> Self {
        let (inputs, outputs) = (Side::new(&layout.inputs), Side::new(&layout.outputs));
        let n_outputs = outputs.pointers.len();
        Self {
            max_frames,
            inputs,
            outputs,
            destinations: vec![ptr::null_mut(); n_outputs],
            silence: RawSlice::new(vec![0.0; max_frames]),
            scratch: RawSlice::new(vec![0.0; max_frames * n_outputs]),
        }
    }

    pub fn n_inputs(&self) -> usize {
        self.inputs.channels_of.len()
    }

    pub fn n_outputs(&self) -> usize {
        self.outputs.channels_of.len()
    }

    /// The length of both bus arrays passed inward: with one more than the larger side, the framework's `>` where
    /// `>=` is meant stays within them.
    pub fn array_len(&self) -> usize {
        self.n_inputs().max(self.n_outputs()) + 1
    }

    /// The pointer table of an input, null beyond the last.
    pub fn input(&self, bus_idx: usize) -> (*mut *mut f32, usize) {
        if bus_idx < self.n_inputs() { self.inputs.bus(bus_idx) } else { (ptr::null_mut(), 0) }
    }

    /// The pointer table of an output, null beyond the last.
    pub fn output(&self, bus_idx: usize) -> (*mut *mut f32, usize) {
        if bus_idx < self.n_outputs() { self.outputs.bus(bus_idx) } else { (ptr::null_mut(), 0) }
    }

    /// Fills the tables for one block and returns the mask of connected inputs.
    ///
    /// # Safety
    ///
    /// `frames` is at most `max_frames`; every bus that `host_input` and `host_output` return satisfies the contract of
    /// [`HostBus::channel`], and its non-null channels have `frames` samples until [`finish`](Self::finish) was called.
    pub unsafe fn load(
        &mut self,
        host_input: impl Fn(usize) -> HostBus,
        host_output: impl Fn(usize) -> HostBus,
        frames: usize,
    ) -> u64 {
        debug_assert!(frames <= self.max_frames);
        let mut connected = 0;
        for bus_idx in 0..self.n_inputs() {
            let bus = host_input(bus_idx);
            for channel_idx in 0..self.inputs.channels_of[bus_idx] {
                let source_idx = if bus.n_channels == 1 { 0 } else { channel_idx };
                // SAFETY: this function's contract.
                let mut pointer = unsafe { bus.channel(source_idx) };
                if pointer.is_null() {
                    pointer = self.silence.as_ptr();
                } else if bus_idx < 64 {
                    connected |= 1 << bus_idx;
                }
                self.inputs.set_pointer(self.inputs.first_of[bus_idx] + channel_idx, pointer);
            }
        }

        for bus_idx in 0..self.n_outputs() {
            let bus = host_output(bus_idx);
            for channel_idx in 0..self.outputs.channels_of[bus_idx] {
                let idx = self.outputs.first_of[bus_idx] + channel_idx;
                // SAFETY: this function's contract.
                let mut destination = unsafe { bus.channel(channel_idx) };
                if self.destinations[..idx].iter().any(|&earlier| overlap(earlier, destination, frames)) {
                    destination = ptr::null_mut();
                }
                self.destinations[idx] = destination;
                let pointer = if destination.is_null() || self.is_an_input(bus_idx, channel_idx, frames) {
                    // SAFETY: one block of `max_frames` for each output channel.
                    unsafe { self.scratch.as_ptr().add(idx * self.max_frames) }
                } else {
                    destination
                };
                self.outputs.set_pointer(idx, pointer);
            }
        }
        connected
    }

    /// Whether an output channel shares memory with an input. The one case that the framework handles is a main
    /// output that is exactly the main input's same channel, and nobody else's.
    fn is_an_input(&self, bus_idx: usize, channel_idx: usize, frames: usize) -> bool {
        let output = self.destinations[self.outputs.first_of[bus_idx] + channel_idx];
        (0..self.inputs.pointers.len()).any(|input_idx| {
            let input = self.inputs.pointer(input_idx);
            let in_place = bus_idx == 0
                && input_idx == channel_idx
                && input_idx < self.inputs.channels_of[0]
                && input == output;
            overlap(input, output, frames) && !in_place
        })
    }

    /// Copies redirected channels to the host and zeroes the channels that the plugin does not have.
    ///
    /// # Safety
    ///
    /// As for [`load`](Self::load), with the same buses and `frames`; the host has `n_host_outputs` of them.
    pub unsafe fn finish(
        &mut self,
        host_output: impl Fn(usize) -> HostBus,
        n_host_outputs: usize,
        frames: usize,
    ) {
        for (idx, &destination) in self.destinations.iter().enumerate() {
            let source = self.outputs.pointer(idx);
            if !destination.is_null() && source != destination {
                // SAFETY: `source` is our scratch, which no host knows; both have room for the block.
                unsafe { destination.copy_from_nonoverlapping(source, frames) };
            }
        }
        for bus_idx in 0..n_host_outputs {
            let bus = host_output(bus_idx);
            let n_declared = self.outputs.channels_of.get(bus_idx).copied().unwrap_or(0);
            for channel_idx in n_declared..bus.n_channels {
                // SAFETY: this function's contract.
                let surplus = unsafe { bus.channel(channel_idx) };
                let is_in_use = self.destinations.iter().any(|&used| overlap(used, surplus, frames));
                if !surplus.is_null() && !is_in_use {
                    // SAFETY: as above.
                    unsafe { surplus.write_bytes(0, frames) };
                }
            }
        }
    }
}

/// Whether two blocks of `frames` samples share memory. Null is nobody's memory.
fn overlap(a: *mut f32, b: *mut f32, frames: usize) -> bool {
    !a.is_null() && !b.is_null() && a.addr().abs_diff(b.addr()) < frames * size_of::<f32>()
}
