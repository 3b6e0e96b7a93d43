//! The master's limiter: true peak, with lookahead.
//!
//! ```text
//! p[n] = true peak around frame n                                detector.rs
//! d[n] = max(0, 1 − ceiling/p[n])                                the reduction that is needed
//! e    = d, held for the window and then released                hold.rs
//! g    = 1 − a·(e ∗ box ∗ box)                                   smooth.rs, a = 0 (off) … 1 (on)
//! y[n] = x[n − latency] · g[n]
//! ```
//!
//! Source: P. Hämäläinen, *Smoothing of the control signal without clipped output in digital peak limiters*, DAFx-02;
//! true peak after ITU-R BS.1770, with filters of our own. Reductions are kept linear: their release is
//! exponential in 1 − g, and reaches 63.2 % at τ.
//!
//! Samples are plain, full scale is 1: a caller that works in a scale of its own brings them back first.
//!
//! **Latency** ([`Limiter::latency_samples`]): the lookahead, rounded up to whole samples, plus the detector's nine
//! samples; with [`Lookahead::None`] zero. It depends on the rate and the lookahead only.
//!
//! **Off** ([`Limiter::set_on`]; a new limiter is off): the output is the input, delayed by the latency, bit for bit,
//! as soon as the fade is over; when the last reduction has been released, too, the cost is that of the delay. With [`Lookahead::None`]
//! there is no delay: the samples are left as they are. Switching fades over 15 ms.
//!
//! **Idle** (on, and nothing to reduce): bit for bit likewise, but for samples below 10⁻³⁰, which leave as zero.
//!
//! **What is promised** with lookahead: no true peak over the ceiling by more than 0.1 dB, and no sample over it by
//! more than a rounding. With [`Lookahead::None`]: no sample over it by more than a rounding; peaks between samples
//! are seen nine samples late, so they are held below the ceiling in what is steady, and may pass it at an onset.
//!
//! Time is counted in tiles on the absolute grid: settings count from the next border on, and whatever lies between
//! two borders is worked out anew with each block that reaches into the tile, from the state at its first border.
//! That is why the output does not depend on how the stream is cut. Samples that are not finite, or beyond ± 10¹²,
//! count as zero.
//!
//! State: the delayed samples, and those of the three stages. `docs/dsp/limiter.md` has the figures.

mod detector;
mod gain;
mod history;
mod hold;
mod samples;
mod segment;
mod smooth;
mod vector;

use crate::lanes::TILE_FRAMES;
use crate::ramp::{Ramp, RampTime};
use crate::simd::{SimdPath, on_path};
use detector::{DELAY_FRAMES, Detector};
use fearless_simd::Simd;
use gain::{GUARD_FRAMES, Gain};
use history::History;
use hold::Decay;
use vector::{Frames, Kept, WIDTH};

/// The range of the ceiling, in dB.
pub const CEILING_RANGE_DB: [f32; 2] = [-60.0, 24.0];

/// The range of the release's time constant, in milliseconds.
pub const RELEASE_RANGE_MS: [f32; 2] = [1.0, 5_000.0];

/// The rate until another is prepared.
const DEFAULT_RATE_HZ: f64 = 48_000.0;

/// Length of the ramps of the ceiling and of switching, in seconds: that of the engine's gains.
const RAMP_SECONDS: f64 = 0.015;

/// How far the limiter looks ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lookahead {
    /// Not at all: latency zero, the gain drops at once, and only samples are sure to stay below the ceiling.
    #[default]
    None,
    /// 1.5 ms.
    Ms1_5,
    /// 3 ms.
    Ms3,
    /// 5 ms.
    Ms5,
}

impl Lookahead {
    /// Every one, from none to the longest.
    pub const ALL: [Self; 4] = [Self::None, Self::Ms1_5, Self::Ms3, Self::Ms5];

    /// In milliseconds.
    pub const fn ms(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Ms1_5 => 1.5,
            Self::Ms3 => 3.0,
            Self::Ms5 => 5.0,
        }
    }
}

/// The smallest gains of a block without any reduction.
const UNITY: Kept = Kept([1.0; WIDTH]);

/// What a person sets.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Controls {
    on: bool,
    ceiling: f32,
    release_ms: f32,
    link: f32,
}

/// A stereo limiter. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Limiter {
    path: SimdPath,
    sample_rate_hz: f64,
    latency: usize,
    ramp: RampTime,
    /// What was set last, and what counts since the last border.
    wanted: Controls,
    controls: Controls,
    decay: Decay,
    ceiling: Ramp,
    /// 0 (off) … 1 (on).
    amount: Ramp,
    /// The ramps over the present tile.
    ceilings: [Kept; 2],
    amounts: [Kept; 2],
    /// Whether the tile before has seen one of them move.
    moved: bool,
    /// Whether it is not wholly on in the present tile.
    blends: bool,
    /// Whether it is wholly off in the present tile.
    is_unheard: bool,
    /// Samples since `prepare` or `reset`.
    count: u64,
    /// The present tile of the input as far as it came. Indexed by `[side]`, as all that follow.
    input: [Frames; 2],
    delay: [History<f32, TILE_FRAMES>; 2],
    detector: Detector,
    gains: [Gain; 2],
    /// Tiles in a row in which both sides had one reduction: with enough of them the second side equals the first.
    linked_tiles: usize,
    /// Tiles in a row in which there was nothing to reduce, and nothing left to release.
    idle_tiles: usize,
    /// The tiles after which nothing is left of what was before them.
    memory_tiles: usize,
    /// The smallest gains of the last block: the smallest of them all is the block's.
    smallest_gains: Kept,
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Limiter {
    /// Off, with a ceiling of −1 dB, a release of 100 ms and both sides linked; at 48 kHz and without lookahead until
    /// it is prepared.
    pub fn new() -> Self {
        Self::on_path(SimdPath::detect())
    }

    /// The same on instructions of the caller's choice. Those with fused products differ from those without by roundings.
    pub fn on_path(path: SimdPath) -> Self {
        let controls = Controls { on: false, ceiling: db_to_gain(-1.0), release_ms: 100.0, link: 1.0 };
        Self::build(path, DEFAULT_RATE_HZ, Lookahead::None, controls)
    }

    /// Takes the rate in hertz (clamped to 8 000 … 768 000) and the lookahead, and clears memory. Settings stay.
    /// Allocates.
    pub fn prepare(&mut self, sample_rate_hz: f64, lookahead: Lookahead) {
        let sample_rate_hz = if sample_rate_hz.is_nan() { DEFAULT_RATE_HZ } else { sample_rate_hz };
        *self = Self::build(self.path, sample_rate_hz.clamp(8_000.0, 768_000.0), lookahead, self.wanted);
    }

    fn build(path: SimdPath, sample_rate_hz: f64, lookahead: Lookahead, controls: Controls) -> Self {
        // Less than a guard's worth on either side of the smoothing would leave nothing to smooth with.
        let lookahead_frames = match (lookahead.ms() * sample_rate_hz / 1000.0).ceil() as usize {
            0 => 0,
            frames => frames.max(2 * GUARD_FRAMES),
        };
        let latency = if lookahead_frames == 0 { 0 } else { lookahead_frames + DELAY_FRAMES };
        let gain = Gain::new(lookahead_frames);
        Self {
            path,
            sample_rate_hz,
            latency,
            ramp: RampTime::of((RAMP_SECONDS * sample_rate_hz).round() as usize),
            wanted: controls,
            controls,
            decay: Decay::new(f64::from(controls.release_ms) / 1000.0, sample_rate_hz),
            ceiling: Ramp::settled_at(controls.ceiling),
            amount: Ramp::settled_at(if controls.on { 1.0 } else { 0.0 }),
            ceilings: [Kept::ZERO; 2],
            amounts: [Kept::ZERO; 2],
            moved: false,
            blends: true,
            is_unheard: true,
            count: 0,
            input: [[0.0; TILE_FRAMES]; 2],
            delay: [History::new(latency), History::new(latency)],
            detector: Detector::SILENT,
            linked_tiles: gain.memory_tiles(),
            idle_tiles: gain.memory_tiles(),
            memory_tiles: gain.memory_tiles(),
            gains: [gain.clone(), gain],
            smallest_gains: UNITY,
        }
    }

    /// Clears memory: what follows is as if nothing had been before. Settings stay.
    pub fn reset(&mut self) {
        self.count = 0;
        self.input = [[0.0; TILE_FRAMES]; 2];
        self.delay.iter_mut().for_each(History::clear);
        self.detector = Detector::SILENT;
        self.gains.iter_mut().for_each(Gain::clear);
        self.linked_tiles = self.memory_tiles;
        self.idle_tiles = self.memory_tiles;
        self.smallest_gains = UNITY;
    }

    /// Takes the ceiling in dB, the release's time constant in milliseconds and the stereo link in percent: at 100
    /// both sides get the same gain, at 0 each its own. Counts from the next border of a tile on; the ceiling glides
    /// there in 15 ms, and is there at once before the first sample. Values are clamped, and one that is not a number
    /// changes nothing.
    pub fn set(&mut self, ceiling_db: f32, release_ms: f32, link_percent: f32) {
        let within = |value: f32, [low, high]: [f32; 2]| (!value.is_nan()).then(|| value.clamp(low, high));
        if let Some(ceiling_db) = within(ceiling_db, CEILING_RANGE_DB) {
            self.wanted.ceiling = db_to_gain(ceiling_db);
        }
        if let Some(release_ms) = within(release_ms, RELEASE_RANGE_MS) {
            self.wanted.release_ms = release_ms;
        }
        if let Some(link_percent) = within(link_percent, [0.0, 100.0]) {
            self.wanted.link = link_percent / 100.0;
        }
    }

    /// Switches it on or off, from the next border of a tile on, in 15 ms. The latency stays.
    pub fn set_on(&mut self, on: bool) {
        self.wanted.on = on;
    }

    /// Samples by which the output lags behind the input, on or off.
    pub fn latency_samples(&self) -> u32 {
        self.latency as u32
    }

    /// The largest gain reduction within the last block, of both sides, in dB: 0 or more.
    pub fn gain_reduction_db(&self) -> f32 {
        let smallest = self.smallest_gains.0.into_iter().fold(1.0, f32::min);
        if smallest >= 1.0 { 0.0 } else { -20.0 * smallest.max(1e-6).log10() }
    }

    /// Limits one block, in place, of as many frames as the shorter slice has. Never allocates, waits or panics.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        on_path!(self.path, simd => self.process_on(simd, left, right));
    }

    /// The same on a path of the caller's, who has compiled for it.
    #[inline(always)]
    pub(crate) fn process_on<S: Simd>(&mut self, simd: S, left: &mut [f32], right: &mut [f32]) {
        let n_frames = left.len().min(right.len());
        self.smallest_gains = UNITY;
        let mut start = 0;
        let mut seen = None;
        while start < n_frames {
            let into_tile = (self.count % TILE_FRAMES as u64) as usize;
            if into_tile == 0 {
                self.begin_tile();
            }
            let end = n_frames.min(start + TILE_FRAMES - into_tile);
            let (now, later) = left.split_at_mut(end);
            let left = (&mut now[start..], later.first_chunk());
            let (now, later) = right.split_at_mut(end);
            let right = (&mut now[start..], later.first_chunk());
            let next = left.1.zip(right.1).map(<[_; 2]>::from);
            seen = self.segment(simd, [left.0, right.0], into_tile..into_tile + end - start, seen, next);
            self.count += (end - start) as u64;
            start = end;
        }
    }

    /// Takes what was set.
    #[inline(always)]
    fn begin_tile(&mut self) {
        let is_new = self.wanted != self.controls || self.count == 0;
        if is_new {
            let unheard = self.forgets();
            let seconds = f64::from(self.wanted.release_ms) / 1000.0;
            self.decay = Decay::new(seconds, self.sample_rate_hz);
            self.ceiling.retarget(self.wanted.ceiling, self.ramp);
            self.amount.retarget(if self.wanted.on { 1.0 } else { 0.0 }, self.ramp);
            self.controls = self.wanted;
            if unheard {
                self.detector = Detector::SILENT;
                self.ceiling.jump();
            }
            if self.count == 0 {
                self.ceiling.jump();
                self.amount.jump();
            }
        }
        self.blends = self.amount.settled() != Some(1.0);
        self.is_unheard = self.amount.settled() == Some(0.0);
        let moves = self.ceiling.settled().is_none() || self.amount.settled().is_none();
        if moves || self.moved || is_new {
            self.ceilings = Kept::of(&self.ceiling.fill(TILE_FRAMES));
            self.amounts = Kept::of(&self.amount.fill(TILE_FRAMES));
        }
        self.moved = moves;
        if self.controls.link < 1.0 && self.is_mono() {
            let [first, second] = &mut self.gains;
            second.copy_from(first);
            self.linked_tiles = 0;
        }
    }

    /// Whether it leaves samples as they are, without a delay, and nothing else was asked for.
    pub(crate) fn is_transparent(&self) -> bool {
        self.forgets() && self.wanted == self.controls && self.ceiling.settled().is_some()
    }

    /// Whether it remembers nothing of what it leaves as it is, not even a delay: it begins anew when it is switched on.
    fn forgets(&self) -> bool {
        self.latency == 0 && self.is_asleep()
    }

    /// Counts samples that it would leave as they are.
    pub(crate) fn pass(&mut self, n_samples: usize) {
        self.count += n_samples as u64;
        self.smallest_gains = UNITY;
    }

    /// Whether one gain serves both sides.
    fn is_mono(&self) -> bool {
        self.linked_tiles >= self.memory_tiles
    }

    /// Whether there is nothing to do but to delay.
    fn is_asleep(&self) -> bool {
        self.idle_tiles >= self.memory_tiles && !self.controls.on && self.amount.settled() == Some(0.0)
    }
}

fn db_to_gain(db: f32) -> f32 {
    10.0_f64.powf(f64::from(db) / 20.0) as f32
}
