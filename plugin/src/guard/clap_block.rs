//! A CLAP block's buses, the host's and those that go inward.

use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;

use super::buses::{Buses, HostBus, Layout, RawSlice};

/// The bus arrays that go inward. Their pointers lead into the tables of `buses` and never change.
pub(super) struct Active {
    pub buses: Buses,
    pub inputs: RawSlice<clap_audio_buffer>,
    pub outputs: RawSlice<clap_audio_buffer>,
}

impl Active {
    pub fn new(layout: &Layout, max_frames: usize) -> Self {
        let buses = Buses::new(layout, max_frames);
        let array = |bus: &dyn Fn(usize) -> (*mut *mut f32, usize)| {
            let buffers = (0..buses.array_len()).map(|bus_idx| {
                let (data32, n_channels) = bus(bus_idx);
                clap_audio_buffer {
                    data32,
                    data64: ptr::null_mut(),
                    channel_count: n_channels as u32,
                    latency: 0,
                    constant_mask: 0,
                }
            });
            RawSlice::new(buffers.collect())
        };
        let inputs = array(&|bus_idx| buses.input(bus_idx));
        let outputs = array(&|bus_idx| buses.output(bus_idx));
        Self { buses, inputs, outputs }
    }
}

/// The buses of one side of a host's block.
#[derive(Clone, Copy)]
pub(super) struct HostBuses {
    buffers: *const clap_audio_buffer,
    pub n_buses: usize,
}

impl HostBuses {
    pub fn new(buffers: *const clap_audio_buffer, n_buses: u32) -> Self {
        Self { buffers, n_buses: if buffers.is_null() { 0 } else { n_buses as usize } }
    }

    fn buffer(&self, bus_idx: usize) -> Option<&clap_audio_buffer> {
        // SAFETY: within the host's array.
        (bus_idx < self.n_buses).then(|| unsafe { &*self.buffers.add(bus_idx) })
    }

    pub fn get(&self, bus_idx: usize) -> HostBus {
        self.buffer(bus_idx).map_or(HostBus::NONE, |bus| HostBus {
            channels: bus.data32,
            n_channels: bus.channel_count as usize,
        })
    }

    pub fn any_connected(&self) -> bool {
        // SAFETY: the host's table has as many pointers as the bus has channels.
        (0..self.n_buses).any(|bus_idx| unsafe { self.get(bus_idx).is_connected() })
    }

    /// Whether a bus holds 64-bit samples, which the plugin never offered to take.
    pub fn any_64_bit(&self) -> bool {
        let is_64_bit = |bus: &clap_audio_buffer| bus.data32.is_null() && !bus.data64.is_null();
        (0..self.n_buses).filter_map(|bus_idx| self.buffer(bus_idx)).any(is_64_bit)
    }

    pub fn zero(&self, frames: usize) {
        for bus in (0..self.n_buses).filter_map(|bus_idx| self.buffer(bus_idx)) {
            let n_channels = bus.channel_count as usize;
            // SAFETY: the host promises room for the block in each channel, of the one size or the other.
            unsafe {
                if bus.data32.is_null() {
                    HostBus { channels: bus.data64.cast::<*mut f32>(), n_channels }.zero(frames * 2);
                } else {
                    HostBus { channels: bus.data32, n_channels }.zero(frames);
                }
            }
        }
    }
}
