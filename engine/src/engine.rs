//! The engine: prepare, reset, set, process.

use crate::buses::{BusTile, Groups, MasterBus, MasterSums, SILENT_BUS};
use crate::lanes::{LANES, TILE_FRAMES, unscale};
use crate::levels::BusTaps;
use crate::meters::{Levels, Meters};
use crate::ramp::RampTime;
use crate::routing::SoloState;
use crate::settings::{Ballistics, ColourQuality, Destination, N_GROUPS, PanLaw, Settings, StripSettings};
use crate::simd::{SimdPath, on_path};
use crate::stages::{Segment, Timing};
use crate::strips::{StripLanes, StripScratch};
use crate::sums::{BusSums, CONSOLE_BUS, DRY_BUS};
use crate::watch::Watch;
use fearless_simd::Simd;
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

/// Working memory; it carries nothing from one segment to the next.
struct Scratch {
    strips: StripScratch,
    sums: BusSums,
    master: MasterSums,
    dry_mix: BusTile,
}

impl Scratch {
    const EMPTY: Self = Self {
        strips: StripScratch::EMPTY,
        sums: BusSums::EMPTY,
        master: MasterSums::EMPTY,
        dry_mix: SILENT_BUS,
    };
}

/// A mixer of a fixed number of strips.
pub struct Engine {
    /// What the strips' gains stand for; one for each strip there is.
    strip_settings: Vec<StripSettings>,
    pan_law: PanLaw,
    solo: SoloState,
    strips: Vec<StripLanes>,
    groups: Groups,
    master: MasterBus,
    sample_rate_hz: f64,
    /// The quality of colour that was prepared, and the one that is wanted.
    quality: ColourQuality,
    wanted_quality: ColourQuality,
    /// Samples since `prepare` or `reset`: the absolute count.
    count: u64,
    ramp_samples: usize,
    bypass_fade_samples: usize,
    scratch: Box<Scratch>,
    meters: Box<Meters>,
    taps: BusTaps,
    ballistics: Ballistics,
    watch: Watch,
    /// Whether the present block has reached a border of a tile.
    metered: bool,
    path: SimdPath,
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
            groups: Groups::new(),
            master: MasterBus::new(),
            sample_rate_hz: 48_000.0,
            quality: ColourQuality::X1,
            wanted_quality: ColourQuality::X1,
            count: 0,
            ramp_samples: 0,
            bypass_fade_samples: 0,
            scratch: Box::new(Scratch::EMPTY),
            meters: Box::new(Meters::ZERO),
            taps: BusTaps::new(),
            ballistics: Ballistics::default(),
            watch: Watch::new(),
            metered: false,
            path,
        };
        engine.set_lengths(48_000.0);
        engine.set_qualities();
        engine
    }

    /// Takes the sample rate in hertz, 8 000 … 768 000, and the lookahead and the quality of colour that were set last, and clears
    /// memory as [`Engine::reset`] does. Settings stay.
    ///
    /// # Errors
    ///
    /// A rate outside that range is refused, and the engine stays as it was.
    pub fn prepare(&mut self, sample_rate_hz: f64) -> Result<(), PrepareError> {
        if !(8_000.0..=768_000.0).contains(&sample_rate_hz) {
            return Err(PrepareError { sample_rate_hz });
        }
        self.set_lengths(sample_rate_hz);
        self.quality = self.wanted_quality;
        self.set_qualities();
        self.reset();
        Ok(())
    }

    fn set_qualities(&mut self) {
        self.strips.iter_mut().for_each(|lanes| lanes.prepare(self.sample_rate_hz, self.quality));
        self.master.prepare(self.sample_rate_hz, self.quality);
        self.groups.prepare(self.sample_rate_hz, self.quality, self.master.limiter_samples());
    }

    fn set_lengths(&mut self, sample_rate_hz: f64) {
        // At 8 kHz, the lowest rate, the shorter one still has 80 samples: no step is large enough to click.
        let length = |seconds: f64| (seconds * sample_rate_hz).round() as usize;
        self.sample_rate_hz = sample_rate_hz;
        self.ramp_samples = length(RAMP_SECONDS);
        self.bypass_fade_samples = length(BYPASS_FADE_SECONDS);
        self.strips.iter_mut().for_each(|lanes| lanes.set_meter_rate(sample_rate_hz));
        self.taps.set_rate(sample_rate_hz);
    }

    /// Clears memory only: the absolute count starts anew, every ramp is where it was going, and nothing rings any more.
    /// Settings and the flags of quarantined strips stay.
    pub fn reset(&mut self) {
        self.count = 0;
        self.strips.iter_mut().for_each(StripLanes::reset);
        self.groups.reset();
        self.master.reset();
        self.taps.reset();
        *self.meters = Meters::ZERO;
        self.watch.forget();
        self.jump();
    }

    fn jump(&mut self) {
        self.strips.iter_mut().for_each(StripLanes::jump);
        self.groups.jump();
        self.master.jump();
    }

    /// Of what counts from the next sample on.
    fn timing(&self) -> Timing {
        let ramp = RampTime::of(self.ramp_samples);
        Timing { sample_rate_hz: self.sample_rate_hz, ramp, jump: self.count == 0 }
    }

    /// Takes a snapshot, whose gains start their ramps at the next sample that is processed. Filters and dynamics take theirs at
    /// the next border of a tile, and the limiter's lookahead and the quality of colour count from the next [`Engine::prepare`] on.
    ///
    /// Before the first sample since `prepare` or `reset` there is nothing to ramp from: gains are there at once. Strips
    /// beyond the engine's are ignored, and strips that the snapshot lacks are at their defaults.
    pub fn set(&mut self, settings: &Settings) {
        self.set_late(settings, 0.0);
    }

    /// The same of an event that lies so much behind the next sample, or before it: −½ … ½ of a sample. Ramps of gains begin there.
    pub(crate) fn set_late(&mut self, settings: &Settings, late_samples: f32) {
        let at_sample = self.timing();
        let timing = Timing { ramp: at_sample.ramp.late_by(late_samples), ..at_sample };
        let solo = SoloState::of(settings, self.strip_settings.len());
        let law_changed = settings.pan_law != self.pan_law;
        let solo_changed = solo != self.solo;
        for (strip_idx, known) in self.strip_settings.iter_mut().enumerate() {
            let (lanes, lane) = (&mut self.strips[strip_idx / LANES], strip_idx % LANES);
            let new = settings.strips.get(strip_idx).copied().unwrap_or_default();
            let strip_changed = new != *known;
            if strip_changed || law_changed {
                lanes.set_strip(lane, &new, settings.pan_law, timing);
            }
            if strip_changed || solo_changed {
                lanes.set_sends(lane, &new, solo, timing.ramp);
            }
            *known = new;
        }
        for (group_idx, group) in settings.groups.iter().enumerate() {
            self.groups.set(group_idx, group, timing);
        }
        self.master.set(&settings.master, timing);
        let fade = RampTime::of(self.bypass_fade_samples).late_by(late_samples);
        self.master.set_bypass(settings.bypass, fade);

        if settings.meters.ballistics != self.ballistics {
            self.ballistics = settings.meters.ballistics;
            self.strips.iter_mut().for_each(|lanes| lanes.set_ballistics(self.ballistics));
            self.taps.set_ballistics(self.ballistics);
        }
        let measures = settings.meters.loudness;
        self.strips.iter_mut().for_each(|lanes| lanes.set_measures_loudness(measures));
        self.taps.set_measures_loudness(measures);

        self.solo = solo;
        self.pan_law = settings.pan_law;
        self.wanted_quality = settings.colour_quality;
        if timing.jump {
            self.jump();
        }
    }

    /// Mixes one block of as many frames as the shortest slice has. A feed that is missing or `None` is silence.
    ///
    /// Frames of longer outputs are left as they are. Never allocates, waits or panics.
    pub fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        self.begin_block();
        self.continue_block(inputs, outputs);
    }

    /// Begins a block that [`Engine::continue_block`] mixes in parts: what meters tell of it counts from here on. Never allocates.
    pub fn begin_block(&mut self) {
        self.metered = false;
        self.meters.master.limiter_db = 0.0;
        self.strips.iter_mut().for_each(StripLanes::begin_block);
        self.taps.begin_block();
    }

    /// [`Engine::process`] for one part of a block, in between of which settings may change: meters go on from where the part before has
    /// left them.
    pub fn continue_block(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        let inputs = &inputs[..inputs.len().min(self.strip_settings.len())];
        on_path!(self.path, simd => self.process_on(simd, inputs, outputs));
    }

    /// The same, compiled for each path.
    fn process_on<S: Simd>(&mut self, simd: S, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        let n_frames = shortest(inputs, outputs);
        let mut start = 0;
        while start < n_frames {
            let into_tile = (self.count % TILE_FRAMES as u64) as usize;
            if into_tile == 0 {
                self.begin_tile();
            }
            let end = n_frames.min(start + TILE_FRAMES - into_tile);
            let n = end - start;
            let segment = Segment { at: into_tile, n, ends_tile: into_tile + n == TILE_FRAMES };
            self.process_segment(simd, inputs, outputs, start..end, segment);
            if segment.ends_tile {
                self.strips.iter_mut().for_each(|lanes| lanes.meter(!self.metered));
                self.groups.meter(!self.metered);
                self.master.meter(!self.metered);
                self.metered = true;
            }
            self.count += n as u64;
            start = end;
        }
        if self.metered {
            self.read_meters();
        }
    }

    fn begin_tile(&mut self) {
        let timing = self.timing();
        let n_strips = self.strip_settings.len();
        self.strips.iter_mut().for_each(|lanes| lanes.begin_tile(n_strips, timing));
        self.groups.begin_tile(timing);
        self.master.begin_tile(timing);
    }

    /// One stretch of frames that crosses no border of a tile.
    fn process_segment<S: Simd>(
        &mut self,
        simd: S,
        inputs: &[Option<StereoIn<'_>>],
        outputs: &mut Outputs<'_>,
        frames: Range<usize>,
        segment: Segment,
    ) {
        let n = segment.n;
        let Scratch { strips: scratch, sums, master, dry_mix } = &mut *self.scratch;
        master.summing = self.master.summing();
        sums.clear(master.summing);
        let dry = self.master.wants_dry();
        // Groups of lanes that have no feed at all get an empty slice.
        let feeds = inputs.chunks(LANES).chain(std::iter::repeat(&[][..]));
        for (lanes, feeds) in self.strips.iter_mut().zip(feeds) {
            lanes.begin(simd, feeds, frames.clone(), dry, segment, scratch, sums);
        }
        pass_keys(&mut self.strips);
        for lanes in &mut self.strips {
            lanes.finish(simd, segment, scratch, sums);
        }
        self.watch.take(&self.strips, n);

        let bypass = self.master.bypass(n);
        let has_plain = sums.sum(simd, Destination::Master.idx(), &mut master.plain);
        let has_sines = master.summing.sines && sums.sum(simd, CONSOLE_BUS, &mut master.sines);
        let has_direct = self.master.delay_direct(master, [has_plain, has_sines], n);
        let used = self.groups.process(simd, sums, segment, master, &mut self.taps, &mut scratch.stages);
        for (group_idx, (output, used)) in outputs.groups.iter_mut().zip(used.outputs).enumerate() {
            match output {
                Some(output) if used => {
                    let bypass = bypass.as_ref().map(|bypass| (bypass, &SILENT_BUS));
                    write(simd, self.groups.output(group_idx), bypass, output, frames.clone());
                }
                Some(output) => output.iter_mut().for_each(|channel| channel[frames.clone()].fill(0.0)),
                None => {}
            }
        }
        let silent = !has_direct && !used.to_master;
        self.master.process(simd, master, silent, segment, &mut scratch.stages);
        let mix = &master.plain;
        let has_dry = (dry || bypass.is_some()) && sums.sum(simd, DRY_BUS, dry_mix);
        self.master.delay_dry(dry_mix, has_dry, n);
        match &bypass {
            Some(bypass) => {
                write(simd, mix, Some((bypass, dry_mix)), &mut outputs.master, frames.clone());
            }
            None => write(simd, mix, None, &mut outputs.master, frames.clone()),
        }
        self.taps.take_master(outputs.master.each_ref().map(|side| &side[frames.clone()]), segment);
        self.taps.end_segment(simd, segment);
        let limiter_db = self.master.limiter_reduction_db();
        self.meters.master.limiter_db = self.meters.master.limiter_db.max(limiter_db);
    }

    /// At the end of a block.
    fn read_meters(&mut self) {
        let Meters { strips, groups, master } = &mut *self.meters;
        let n_strips = self.strip_settings.len();
        for (strip_idx, meter) in strips.iter_mut().enumerate().take(n_strips) {
            *meter = self.strips[strip_idx / LANES].reductions(strip_idx % LANES);
        }
        for (group_idx, meter) in groups.iter_mut().enumerate() {
            *meter = self.groups.reductions(group_idx);
        }
        master.compressor_db = self.master.compressor_reduction_db();
    }

    /// Instructions that it runs on.
    pub(crate) fn path(&self) -> SimdPath {
        self.path
    }

    /// Strips that there are.
    pub(crate) fn n_strips(&self) -> usize {
        self.strip_settings.len()
    }

    /// The rate that was prepared, in hertz.
    pub(crate) fn sample_rate_hz(&self) -> f64 {
        self.sample_rate_hz
    }

    /// Samples by which the output lags behind the input.
    pub fn latency_samples(&self) -> u32 {
        self.master.latency_samples() as u32
    }

    /// Whether a setting waits for the next [`Engine::prepare`], because it changes the latency.
    pub fn needs_prepare(&self) -> bool {
        self.quality != self.wanted_quality || self.master.needs_prepare()
    }

    /// Figures of the last block.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Levels of the last block.
    pub fn levels(&self) -> Levels<'_> {
        Levels { strips: &self.strips, taps: &self.taps }
    }

    /// Begins integrated loudness, range, their maxima and true peaks anew, for every strip, group and the master. It counts from the
    /// tile in which the next sample lies. Never allocates or waits.
    pub fn restart_loudness(&mut self) {
        self.strips.iter_mut().for_each(StripLanes::restart_loudness);
        self.taps.restart();
    }

    /// From now on keeps the samples of a strip, counted from 0, behind its width and pan and in front of its fader, or of none.
    /// Never allocates.
    pub fn watch(&mut self, strip_idx: Option<usize>) {
        self.watch.set(strip_idx);
    }

    /// What was kept and not yet forgotten, left and right: 8,192 frames at most.
    pub fn watched(&self) -> [&[f32]; 2] {
        self.watch.frames()
    }

    /// Makes room for what comes.
    pub fn forget_watched(&mut self) {
        self.watch.forget();
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

/// Gives compressors what they listen to in other strips.
fn pass_keys(strips: &mut [StripLanes]) {
    for lanes_idx in 0..strips.len() {
        for (lane, strip_idx) in strips[lanes_idx].keys() {
            let tap = strips[strip_idx / LANES].key_tap(strip_idx % LANES);
            strips[lanes_idx].set_key(lane, &tap);
        }
    }
}

/// out = (1 − b)·mix + b·dry, brought back from the engine's scale; without bypass the mix, which is the same.
fn write<S: Simd>(
    simd: S,
    mix: &BusTile,
    bypass: Option<(&[f32; TILE_FRAMES], &BusTile)>,
    to: &mut [&mut [f32]; 2],
    frames: Range<usize>,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for (side, (mix, to)) in mix.iter().zip(to).enumerate() {
                let to = &mut to[frames.clone()];
                match bypass {
                    None => to.iter_mut().zip(mix).for_each(|(to, mix)| *to = unscale(*mix)),
                    Some((bypass, dry)) => {
                        for (((to, mix), dry), b) in to.iter_mut().zip(mix).zip(&dry[side]).zip(bypass) {
                            *to = unscale((1.0 - b) * mix + b * dry);
                        }
                    }
                }
            }
        },
    );
}

/// Frames of the shortest slice.
pub(crate) fn shortest(inputs: &[Option<StereoIn<'_>>], outputs: &Outputs<'_>) -> usize {
    let feeds = inputs.iter().flatten().flatten().map(|channel| channel.len());
    let groups = outputs.groups.iter().flatten().flatten().map(|channel| channel.len());
    let master = outputs.master.iter().map(|channel| channel.len());
    feeds.chain(groups).chain(master).min().unwrap_or(0)
}
