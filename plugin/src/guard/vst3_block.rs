//! A VST3 block's buses, the host's and those that go inward.

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, BusDirection, BusDirections_, MediaType, MediaTypes_,
    SymbolicSampleSizes_,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::int32;

use super::buses::{Buses, HostBus, Layout, RawSlice};
use super::vst3_params::Room;

// The constants are unsigned on some systems and signed on others.
#[allow(clippy::unnecessary_cast)]
mod constants {
    use super::{BusDirection, BusDirections_, MediaType, MediaTypes_, SymbolicSampleSizes_, int32};
    pub const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
    pub const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
    pub const OUTPUT: BusDirection = BusDirections_::kOutput as BusDirection;
    pub const SAMPLES_32: int32 = SymbolicSampleSizes_::kSample32 as int32;
}
pub(super) use constants::{AUDIO, INPUT, OUTPUT, SAMPLES_32};

/// The bus arrays that go inward. Their pointers lead into the tables of `buses` and never change.
pub(super) struct Active {
    pub buses: Buses,
    pub room: Room,
    pub inputs: RawSlice<AudioBusBuffers>,
    pub outputs: RawSlice<AudioBusBuffers>,
}

impl Active {
    pub fn new(layout: &Layout, max_frames: usize, event_capacity: usize) -> Self {
        let buses = Buses::new(layout, max_frames);
        let array = |bus: &dyn Fn(usize) -> (*mut *mut f32, usize)| {
            let buffers = (0..buses.array_len()).map(|bus_idx| {
                let (channels, n_channels) = bus(bus_idx);
                AudioBusBuffers {
                    numChannels: n_channels as int32,
                    silenceFlags: 0,
                    __field0: AudioBusBuffers__type0 { channelBuffers32: channels },
                }
            });
            RawSlice::new(buffers.collect())
        };
        let inputs = array(&|bus_idx| buses.input(bus_idx));
        let outputs = array(&|bus_idx| buses.output(bus_idx));
        Self { buses, room: Room::new(event_capacity), inputs, outputs }
    }
}

/// The buses of one side of a host's block.
#[derive(Clone, Copy)]
pub(super) struct HostBuses {
    buffers: *mut AudioBusBuffers,
    pub n_buses: usize,
}

impl HostBuses {
    pub fn new(buffers: *mut AudioBusBuffers, n_buses: int32) -> Self {
        Self { buffers, n_buses: if buffers.is_null() { 0 } else { usize::try_from(n_buses).unwrap_or(0) } }
    }

    pub fn get(self, bus_idx: usize) -> HostBus {
        if bus_idx >= self.n_buses {
            return HostBus::NONE;
        }
        // SAFETY: within the host's array. Both members of the union are pointers to pointers.
        let bus = unsafe { &*self.buffers.add(bus_idx) };
        HostBus {
            // SAFETY: as above.
            channels: unsafe { bus.__field0.channelBuffers32 },
            n_channels: usize::try_from(bus.numChannels).unwrap_or(0),
        }
    }

    pub fn any_connected(self) -> bool {
        // SAFETY: the host's table has as many pointers as the bus has channels.
        (0..self.n_buses).any(|bus_idx| unsafe { self.get(bus_idx).is_connected() })
    }

    /// What the host believes about silence in its output buffers is from before this block.
    pub fn clear_flags(self) {
        for bus_idx in 0..self.n_buses {
            // SAFETY: within the host's array, which a plugin may write flags to.
            unsafe { (*self.buffers.add(bus_idx)).silenceFlags = 0 };
        }
    }

    pub fn zero(self, n_values: usize) {
        for bus_idx in 0..self.n_buses {
            // SAFETY: the host promises room for the block in each channel.
            unsafe { self.get(bus_idx).zero(n_values) };
        }
    }
}
