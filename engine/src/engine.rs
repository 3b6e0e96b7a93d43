//! The engine: prepare, reset, set, process.

use crate::buses::{BusTile, GroupBus, MasterBus, SILENT_BUS};
use crate::lanes::{LANES, TILE_FRAMES, unscale};
use crate::meters::Meters;
use crate::routing::SoloState;
use crate::settings::{Destination, N_GROUPS, PanLaw, Settings, StripSettings};
use crate::simd::SimdPath;
use crate::strips::{BusLanes, DRY_BUS, StripLanes, StripScratch};
use std::fmt;
use std::ops::Range;

/// The most strips an engine can have: one bit each in the masks that name them.
pub const MAX_STRIPS: usize = 64;

/// Length of the ramp of every derived gain, in seconds.
const RAMP_SECONDS: f64 = 0.015;

/// Length of the crossfade of bypass, in seconds.
const BYPASS_FADE_SECONDS: f64 = 0.010;

/// A strip's feed: left and right, of equal length.
pub type StereoIn<'a> = [&'a [f32]; 2];

/// Where the engine writes. Every slice has as many frames as the block.
pub struct Outputs<'a> {
    /// Left and right of the master.
    pub master: [&'a mut [f32]; 2],
    /// Left and right of the groups A–D, where somebody listens.
    pub groups: [Option<[&'a mut [f32]; 2]>; N_GROUPS],
}

/// The engine cannot run at the sample rate it was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrepareError {
    /// The rate it was asked for, in hertz.
    pub sample_rate_hz: f64,
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sample rate of {} Hz is not between 8 and 768 kHz", self.sample_rate_hz)
    }
}

impl std::error::Error for PrepareError {}

/// A mixer of a fixed number of strips.
pub struct Engine {
    /// What the strips' gains stand for; one for each strip there is.
    strip_settings: Vec<StripSettings>,
    pan_law: PanLaw,
    solo: SoloState,
    strips: Vec<StripLanes>,
    groups: [GroupBus; N_GROUPS],
    master: MasterBus,
    /// Samples since `prepare` or `reset`: the absolute count.
    count: u64,
    ramp_samples: usize,
    bypass_fade_samples: usize,
    scratch: Box<(StripScratch, BusLanes)>,
    path: SimdPath,
    meters: Box<Meters>,
}

impl Engine {
    /// An engine of `n_strips` strips, 1 to [`MAX_STRIPS`] (clamped), at defaults and at 48 kHz until it is prepared.
    pub fn new(n_strips: usize) -> Self {
        Self::on_path(n_strips, SimdPath::detect())
    }

    /// The same on certain instructions, for tests and measurements.
    pub fn on_path(n_strips: usize, path: SimdPath) -> Self {
        let n_strips = n_strips.clamp(1, MAX_STRIPS);
        let mut engine = Self {
            strip_settings: vec![StripSettings::default(); n_strips],
            pan_law: PanLaw::default(),
            solo: SoloState::default(),
            strips: (0..n_strips.div_ceil(LANES)).map(|_| StripLanes::new()).collect(),
            groups: std::array::from_fn(|_| GroupBus::new()),
            master: MasterBus::new(),
            count: 0,
            ramp_samples: 0,
            bypass_fade_samples: 0,
            scratch: Box::new((StripScratch::EMPTY, BusLanes::EMPTY)),
            path,
            meters: Box::new(Meters::ZERO),
        };
        engine.set_lengths(48_000.0);
        engine
    }

    /// Takes the sample rate in hertz, 8 000 … 768 000, and clears memory as [`Engine::reset`] does. Settings stay.
    ///
    /// # Errors
    ///
    /// A rate outside that range is refused, and the engine stays as it was.
    pub fn prepare(&mut self, sample_rate_hz: f64) -> Result<(), PrepareError> {
        if !(8_000.0..=768_000.0).contains(&sample_rate_hz) {
            return Err(PrepareError { sample_rate_hz });
        }
        self.set_lengths(sample_rate_hz);
        self.reset();
        Ok(())
    }

    fn set_lengths(&mut self, sample_rate_hz: f64) {
        // At 8 kHz, the lowest rate, the shorter one still has 80 samples: no step is large enough to click.
        let length = |seconds: f64| (seconds * sample_rate_hz).round() as usize;
        self.ramp_samples = length(RAMP_SECONDS);
        self.bypass_fade_samples = length(BYPASS_FADE_SECONDS);
    }

    /// Clears memory only: the absolute count starts anew and every ramp is where it was going. Settings and the flags of
    /// quarantined strips stay.
    pub fn reset(&mut self) {
        self.count = 0;
        self.jump();
        self.strips.iter_mut().for_each(StripLanes::begin_tile);
    }

    fn jump(&mut self) {
        self.strips.iter_mut().for_each(StripLanes::jump);
        self.groups.iter_mut().for_each(GroupBus::jump);
        self.master.jump();
    }

    /// Takes a snapshot, whose gains start their ramps at the next sample that is processed.
    ///
    /// Before the first sample since `prepare` or `reset` there is nothing to ramp from: gains are there at once. Strips
    /// beyond the engine's are ignored, and strips that the snapshot lacks are at their defaults.
    pub fn set(&mut self, settings: &Settings) {
        let n = self.ramp_samples;
        let solo = SoloState::of(settings, self.strip_settings.len());
        let law_changed = settings.pan_law != self.pan_law;
        let solo_changed = solo != self.solo;
        for (strip_idx, known) in self.strip_settings.iter_mut().enumerate() {
            let (lanes, lane) = (&mut self.strips[strip_idx / LANES], strip_idx % LANES);
            let new = settings.strips.get(strip_idx).copied().unwrap_or_default();
            let strip_changed = new != *known;
            if strip_changed || law_changed {
                lanes.set_strip(lane, &new, settings.pan_law, n);
            }
            if strip_changed || solo_changed {
                lanes.set_sends(lane, &new, solo, n);
            }
            *known = new;
        }
        for (bus, group) in self.groups.iter_mut().zip(&settings.groups) {
            bus.set(group, n);
        }
        self.master.set(&settings.master, n);
        self.master.set_bypass(settings.bypass, self.bypass_fade_samples);

        self.solo = solo;
        self.pan_law = settings.pan_law;
        if self.count == 0 {
            self.jump();
        }
    }

    /// Mixes one block of as many frames as the shortest slice has. A feed that is missing or `None` is silence.
    ///
    /// Frames of longer outputs are left as they are. Never allocates, waits or panics.
    pub fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        let inputs = &inputs[..inputs.len().min(self.strip_settings.len())];
        let n_frames = shortest(inputs, outputs);
        let mut start = 0;
        while start < n_frames {
            let into_tile = (self.count % TILE_FRAMES as u64) as usize;
            if into_tile == 0 {
                self.strips.iter_mut().for_each(StripLanes::begin_tile);
            }
            let end = n_frames.min(start + TILE_FRAMES - into_tile);
            self.process_segment(inputs, outputs, start..end);
            self.count += (end - start) as u64;
            start = end;
        }
    }

    /// One stretch of frames that crosses no border of a tile.
    fn process_segment(
        &mut self,
        inputs: &[Option<StereoIn<'_>>],
        outputs: &mut Outputs<'_>,
        frames: Range<usize>,
    ) {
        let n = frames.len();
        let (scratch, buses) = &mut *self.scratch;
        buses.clear();
        let dry = self.master.wants_dry();
        for (lanes, feeds) in self.strips.iter_mut().zip(inputs.chunks(LANES)) {
            lanes.process(feeds, frames.clone(), dry, scratch, buses);
        }
        // Groups of lanes that have no feed at all.
        for lanes in self.strips.iter_mut().skip(inputs.len().div_ceil(LANES)) {
            lanes.process(&[], frames.clone(), dry, scratch, buses);
        }

        let bypass = self.master.bypass(n);
        let mut mix = buses.sum(Destination::Master.idx()).unwrap_or(SILENT_BUS);
        for (group_idx, group) in self.groups.iter_mut().enumerate() {
            let output = outputs.groups[group_idx].as_mut();
            if let Some(mut bus) = buses.sum(Destination::Group(group_idx).idx()) {
                group.process(&mut bus, n, &mut mix);
                if let Some(output) = output {
                    write(&bus, &SILENT_BUS, &bypass, output, frames.clone());
                }
            } else {
                group.skip(n);
                if let Some(output) = output {
                    output.iter_mut().for_each(|channel| channel[frames.clone()].fill(0.0));
                }
            }
        }
        self.master.process(&mut mix, n);
        let dry = buses.sum(DRY_BUS).unwrap_or(SILENT_BUS);
        write(&mix, &dry, &bypass, &mut outputs.master, frames);
    }

    /// Samples by which the output lags behind the input.
    pub fn latency_samples(&self) -> u32 {
        0
    }

    /// Whether a setting waits for the next [`Engine::prepare`], because it changes the latency.
    pub fn needs_prepare(&self) -> bool {
        false
    }

    /// Figures of the last block.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Samples that the ramp of a derived gain takes.
    pub fn ramp_samples(&self) -> u32 {
        self.ramp_samples as u32
    }

    /// Samples that the crossfade of bypass takes.
    pub fn bypass_fade_samples(&self) -> u32 {
        self.bypass_fade_samples as u32
    }

    /// Strips that had a non-finite sample since their flag was last cleared. Bit = strip.
    pub fn quarantined_strips(&self) -> u64 {
        let flags = self.strips.iter().enumerate();
        flags.fold(0, |mask, (idx, lanes)| mask | lanes.quarantined() << (idx * LANES))
    }

    /// Clears the flags of the strips whose bits are set.
    pub fn clear_quarantined(&mut self, strips: u64) {
        for (idx, lanes) in self.strips.iter_mut().enumerate() {
            lanes.clear_quarantined(strips >> (idx * LANES));
        }
    }
}

/// out = (1 − b)·mix + b·dry, brought back from the engine's scale.
fn write(
    mix: &BusTile,
    dry: &BusTile,
    bypass: &[f32; TILE_FRAMES],
    to: &mut [&mut [f32]; 2],
    frames: Range<usize>,
) {
    for ((mix, dry), to) in mix.iter().zip(dry).zip(to) {
        for (((to, mix), dry), b) in to[frames.clone()].iter_mut().zip(mix).zip(dry).zip(bypass) {
            *to = unscale((1.0 - b) * mix + b * dry);
        }
    }
}

fn shortest(inputs: &[Option<StereoIn<'_>>], outputs: &Outputs<'_>) -> usize {
    let feeds = inputs.iter().flatten().flatten().map(|channel| channel.len());
    let groups = outputs.groups.iter().flatten().flatten().map(|channel| channel.len());
    let master = outputs.master.iter().map(|channel| channel.len());
    feeds.chain(groups).chain(master).min().unwrap_or(0)
}
