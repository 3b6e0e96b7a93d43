//! A host's memory with guard bands, and blocks of buses over it.

use super::{MAX_FRAMES, N_OUTPUTS};

/// What lies between the channels, and must stay.
const BAND: f32 = -12345.0;
const BAND_FRAMES: usize = 16;
const STRIDE: usize = MAX_FRAMES + BAND_FRAMES;

/// Channels of [`MAX_FRAMES`] samples with bands between them, reached through raw pointers only.
pub struct Memory(*mut [f32]);

impl Memory {
    /// Whole numbers, different in every channel and frame, so small that every sum of the test plugin is exact.
    pub fn new(n_channels: usize) -> Self {
        let mut samples = vec![BAND; n_channels * STRIDE + BAND_FRAMES];
        for memory_idx in 0..n_channels {
            for frame in 0..MAX_FRAMES {
                samples[BAND_FRAMES + memory_idx * STRIDE + frame] =
                    ((memory_idx * 37 + frame * 11) % 101 + 1) as f32;
            }
        }
        Self(Box::into_raw(samples.into_boxed_slice()))
    }

    pub fn n_channels(&self) -> usize {
        (self.0.len() - BAND_FRAMES) / STRIDE
    }

    pub fn channel(&self, memory_idx: usize) -> *mut f32 {
        assert!(memory_idx < self.n_channels());
        // SAFETY: within the allocation.
        unsafe { self.0.cast::<f32>().add(BAND_FRAMES + memory_idx * STRIDE) }
    }

    pub fn get(&self, memory_idx: usize, frame: usize) -> f32 {
        assert!(frame < MAX_FRAMES);
        // SAFETY: within the channel.
        unsafe { *self.channel(memory_idx).add(frame) }
    }

    pub fn fill(&self, memory_idx: usize, value: f32) {
        for frame in 0..MAX_FRAMES {
            // SAFETY: within the channel.
            unsafe { *self.channel(memory_idx).add(frame) = value };
        }
    }

    pub fn contents(&self) -> Vec<Vec<f32>> {
        let channel = |idx| (0..MAX_FRAMES).map(|frame| self.get(idx, frame)).collect();
        (0..self.n_channels()).map(channel).collect()
    }

    pub fn assert_bands(&self) {
        // SAFETY: nobody else looks at the memory now.
        let all = unsafe { &*self.0 };
        for (idx, &sample) in all.iter().enumerate() {
            if idx % STRIDE < BAND_FRAMES {
                assert_eq!(sample, BAND, "a guard band was overwritten at {idx}");
            }
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw` in `new`.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// One bus: per channel an index into the memory, or null.
#[derive(Debug, Clone, Default)]
pub struct Bus {
    pub channels: Vec<Option<usize>>,
    /// Claims its channels and has no table of pointers.
    pub null_table: bool,
    /// Silence flags or constant mask, before and after.
    pub flags: u64,
}

impl Bus {
    pub fn new(channels: impl IntoIterator<Item = usize>) -> Self {
        Self { channels: channels.into_iter().map(Some).collect(), null_table: false, flags: 0 }
    }

    /// Per channel the memory that the guard may use.
    pub fn memory(&self) -> impl Iterator<Item = Option<usize>> + Clone + '_ {
        self.channels.iter().map(|&channel| channel.filter(|_| !self.null_table))
    }
}

/// A process call's buses.
pub struct Block {
    pub memory: Memory,
    pub inputs: Vec<Bus>,
    pub outputs: Vec<Bus>,
    pub frames: usize,
    /// The host gives no array of input buses, while it claims to have them.
    pub null_inputs: bool,
    pub null_outputs: bool,
    pub is_64_bit: bool,
    /// Gain changes, normalized, by frame.
    pub gains: Vec<(i64, f32)>,
    /// The gain before the first change.
    pub gain_before: f32,
    /// The transport at the first frame. VST3 only.
    pub position: i64,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("frames", &self.frames)
            .field("gains", &self.gains)
            .finish_non_exhaustive()
    }
}

impl Block {
    /// Stereo buses, each channel with memory of its own.
    pub fn new(n_inputs: usize, n_outputs: usize) -> Self {
        let bus = |idx: usize| Bus::new([idx * 2, idx * 2 + 1]);
        Self {
            memory: Memory::new((n_inputs + n_outputs) * 2 + 8),
            inputs: (0..n_inputs).map(bus).collect(),
            outputs: (n_inputs..n_inputs + n_outputs).map(bus).collect(),
            frames: MAX_FRAMES,
            null_inputs: false,
            null_outputs: false,
            is_64_bit: false,
            gains: Vec::new(),
            gain_before: 1.0,
            position: 0,
        }
    }

    /// What the definition of the guard lets the plugin hear.
    pub fn input_sample(&self, bus_idx: usize, channel_idx: usize, frame: usize) -> f32 {
        let Some(bus) = self.inputs.get(bus_idx).filter(|_| !self.null_inputs) else { return 0.0 };
        let source_idx = if bus.channels.len() == 1 { 0 } else { channel_idx };
        bus.memory().nth(source_idx).flatten().map_or(0.0, |memory_idx| self.memory.get(memory_idx, frame))
    }

    pub fn output_sample(&self, bus_idx: usize, channel_idx: usize, frame: usize) -> f32 {
        self.memory.get(self.outputs[bus_idx].channels[channel_idx].expect("has memory"), frame)
    }

    pub fn is_declared_output(&self, memory_idx: usize) -> bool {
        let declared = self.outputs.iter().take(N_OUTPUTS).flat_map(|bus| bus.memory().take(2));
        declared.flatten().any(|idx| idx == memory_idx)
    }

    pub fn gain_at(&self, frame: usize) -> f32 {
        let before = |&&(time, _): &&(i64, f32)| time <= frame as i64;
        self.gains
            .iter()
            .filter(before)
            .max_by_key(|(time, _)| *time)
            .map_or(self.gain_before, |(_, gain)| *gain)
    }

    /// Nothing to play, or nowhere to play from and to.
    pub fn is_flush(&self) -> bool {
        let any =
            |buses: &[Bus], null: bool| !null && buses.iter().any(|bus| bus.memory().any(|m| m.is_some()));
        self.frames == 0 || !(any(&self.inputs, self.null_inputs) || any(&self.outputs, self.null_outputs))
    }

    /// The pointer tables of some buses, as both formats have them.
    pub fn tables(&self, buses: &[Bus]) -> Vec<Vec<*mut f32>> {
        let pointer =
            |memory_idx: Option<usize>| memory_idx.map_or(std::ptr::null_mut(), |i| self.memory.channel(i));
        buses.iter().map(|bus| bus.channels.iter().map(|&memory_idx| pointer(memory_idx)).collect()).collect()
    }
}
