//! A group of [`LANES`] channel strips, side by side.
//!
//! ```text
//! feed → clean → A (input mode × trim × polarity) → filters → [key tap] → gate → EQ ↔ compressor → saturation → B (width, pan) → × send gain → sums
//! ```
//!
//! A and B are 2 × 2 matrices; every entry and every send gain has a ramp of its own. All strips go as far as the key tap before
//! any goes on, so that a compressor may listen to any other strip. State: ramps, stages, and which strips are quarantined
//! until the end of the tile. Latency: that of the saturation, on or off, and what stands behind it is as late.

use crate::colour::latency_samples;
use crate::engine::StereoIn;
use crate::gains::{self, IDENTITY};
use crate::lanes::{LANES, TILE_FRAMES, first_non_finite, lanes_of};
use crate::levels::{KnownPeaks, LaneMeter, Memory, Tap};
use crate::loudness::Loudness;
use crate::meters::{Level, Reductions};
use crate::ramp::{LaneMatrixRamp, LaneRamp, RampTime};
use crate::routing::SoloState;
use crate::settings::{
    Ballistics, ColourQuality, Destination, KeySource, N_DESTINATIONS, N_GROUPS, PanLaw, StageOrder,
    StripSettings,
};
use crate::simd::{LaneGain, LaneTile, PerLane, Rows, clean, is_finite, is_sound, multiply, transpose};
use crate::stages::{
    EqLanes, FilterLanes, Key, LaneColour, LaneCompressor, LaneGate, LowestGains, Segment, StageScratch,
    Timing,
};
use crate::sums::{BusSums, DRY_BUS};
use fearless_simd::Simd;
use std::ops::Range;

/// A channel that nobody feeds.
static SILENCE: [f32; TILE_FRAMES] = [0.0; TILE_FRAMES];

/// Gains of 1.
const UNITY: PerLane = PerLane::splat(1.0);

/// Working memory of one group of strips; it carries nothing from one segment to the next.
pub(crate) struct StripScratch {
    /// Copies of feeds that end within the tile, indexed by `[side][lane][frame]`.
    rows: [[[f32; TILE_FRAMES]; LANES]; 2],
    gains: [LaneTile; 4],
    /// What lies behind the fader, for the meter.
    behind: [LaneTile; 2],
    pub(crate) stages: StageScratch,
}

impl StripScratch {
    pub(crate) const EMPTY: Self = Self {
        rows: [[[0.0; TILE_FRAMES]; LANES]; 2],
        gains: [LaneTile::ZERO; 4],
        behind: [LaneTile::ZERO; 2],
        stages: StageScratch::EMPTY,
    };
}

/// [`LANES`] strips.
pub(crate) struct StripLanes {
    input: LaneMatrixRamp,
    filters: FilterLanes,
    gate: LaneGate,
    eq: EqLanes,
    compressor: LaneCompressor,
    colour: LaneColour,
    image: LaneMatrixRamp,
    sends: [LaneRamp; N_DESTINATIONS],
    /// What the output's meter stands behind.
    output_gain: LaneRamp,
    /// Behind A, and behind B and the gain above. Both are beside the signal.
    input_meter: LaneMeter,
    output_meter: Tap,
    settings: [StripSettings; LANES],
    /// Strips whose settings count from the next border on. Bit = lane, as in all that follow.
    pending: u32,
    /// Strips whose compressor comes before the equaliser.
    compressor_first: u32,
    /// Strips whose order is to be changed.
    reordering: u32,
    /// Whom compressors listen to: a strip of the engine.
    key_strips: [usize; LANES],
    key: Box<Key>,
    /// Strips that are silent until the tile ends, because it holds a non-finite sample.
    silenced: u32,
    /// Where in the present segment their silence begins.
    silent_from: [usize; LANES],
    /// Strips that had a non-finite sample since somebody last cleared the flag.
    quarantined: u64,
    /// Whether all of the present tile was silent so far.
    silent_so_far: bool,
    /// Whether another tile of silence would change nothing.
    at_rest: bool,
    /// Whether there was nothing to do in the present segment.
    skipped: bool,
    /// Of the gates and of the compressors.
    lowest: [LowestGains; 2],
    /// The strips' signals in the present segment.
    tiles: Box<[LaneTile; 2]>,
}

impl StripLanes {
    /// Settled where strips at their defaults are.
    pub(crate) fn new() -> Self {
        let closed = LaneRamp::settled_at(0.0);
        Self {
            input: LaneMatrixRamp::settled_at(IDENTITY),
            filters: FilterLanes::new(),
            gate: LaneGate::new(),
            eq: EqLanes::new(),
            compressor: LaneCompressor::new(),
            colour: LaneColour::new(),
            image: LaneMatrixRamp::settled_at(IDENTITY),
            sends: [LaneRamp::settled_at(1.0), closed.clone(), closed.clone(), closed.clone(), closed],
            output_gain: LaneRamp::settled_at(1.0),
            input_meter: LaneMeter::new(),
            output_meter: Tap::new(),
            settings: [StripSettings::default(); LANES],
            pending: u32::MAX,
            compressor_first: 0,
            reordering: 0,
            key_strips: [0; LANES],
            key: Box::new(Key { tiles: [LaneTile::ZERO; 2], lanes: 0 }),
            silenced: 0,
            silent_from: [0; LANES],
            quarantined: 0,
            silent_so_far: true,
            at_rest: false,
            skipped: false,
            lowest: [LowestGains::NONE; 2],
            tiles: Box::new([LaneTile::ZERO; 2]),
        }
    }

    /// Takes the rate and the quality of colour. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64, quality: ColourQuality) {
        let latency = latency_samples(quality);
        self.colour.prepare(sample_rate_hz, quality, 0);
        self.image.set_delay(latency);
        self.sends.iter_mut().for_each(|send| send.set_delay(latency));
        self.output_gain.set_delay(latency);
    }

    /// Derives the gains that depend on nothing but the strip itself and the pan law, and keeps the rest for the next border.
    pub(crate) fn set_strip(&mut self, lane: usize, strip: &StripSettings, law: PanLaw, timing: Timing) {
        self.input.retarget(lane, gains::input_matrix(strip), timing.ramp);
        self.image.retarget(lane, gains::image_matrix(strip, law), timing.ramp);
        self.gate.switch(lane, strip.gate.on, timing.ramp);
        self.compressor.set_blend(lane, &strip.compressor, timing);
        self.colour.set(lane, &strip.saturation, timing);
        self.settings[lane] = *strip;
        self.pending |= 1 << lane;
        self.at_rest = false;
    }

    /// Derives the gains of a strip's sends, which depend on everybody's solo as well.
    pub(crate) fn set_sends(&mut self, lane: usize, strip: &StripSettings, solo: SoloState, ramp: RampTime) {
        let groups = (0..N_GROUPS).map(Destination::Group);
        for destination in [Destination::Master].into_iter().chain(groups) {
            let idx = destination.idx();
            let gain = gains::send_gain(strip, &strip.sends[idx], solo.opens(strip, destination));
            self.sends[idx].retarget(lane, gain, ramp);
        }
        self.output_gain.retarget(lane, gains::strip_gain(strip, solo.hears(strip)), ramp);
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.input.jump();
        self.image.jump();
        self.sends.iter_mut().for_each(LaneRamp::jump);
        self.output_gain.jump();
        self.gate.jump();
        self.compressor.jump();
        self.colour.jump();
    }

    /// Forgets everything that was heard; settings count at once.
    pub(crate) fn reset(&mut self) {
        self.pending = u32::MAX;
        self.silenced = 0;
        (0..LANES).for_each(|lane| self.forget(lane));
        self.colour.reset();
        self.input_meter.reset();
        self.output_meter.reset();
        self.jump();
    }

    /// Takes the meters' sample rate.
    pub(crate) fn set_meter_rate(&mut self, sample_rate_hz: f64) {
        self.input_meter.set_memory(Memory::at(sample_rate_hz));
        self.output_meter.set_rate(sample_rate_hz);
    }

    /// Takes what needles follow.
    pub(crate) fn set_ballistics(&mut self, ballistics: Ballistics) {
        self.output_meter.set_ballistics(ballistics);
    }

    /// Whether true peak, loudness and correlation are measured.
    pub(crate) fn set_measures_loudness(&mut self, measures: bool) {
        self.output_meter.set_measures_loudness(measures);
    }

    /// Begins loudness and true peaks anew.
    pub(crate) fn restart_loudness(&mut self) {
        self.output_meter.restart();
    }

    /// A block begins.
    pub(crate) fn begin_block(&mut self) {
        self.input_meter.begin_block();
        self.output_meter.begin_block();
    }

    fn forget(&mut self, lane: usize) {
        self.filters.clear(lane);
        self.gate.clear(lane);
        self.eq.clear(lane);
        self.compressor.clear(lane);
        self.colour.clear(lane);
        self.at_rest = false;
    }

    /// A tile of the absolute grid begins: settings count, and strips in quarantine get another chance. Strips from
    /// `n_strips` on do not exist.
    pub(crate) fn begin_tile(&mut self, n_strips: usize, timing: Timing) {
        self.silent_so_far = true;
        for lane in lanes_of(self.silenced) {
            self.forget(lane);
        }
        self.silenced = 0;
        self.gate.begin_tile();
        self.compressor.begin_tile();
        self.colour.begin_tile();
        for lane in lanes_of(self.pending) {
            self.take_settings(lane, n_strips, timing);
        }
        self.pending = 0;
        for lane in lanes_of(self.reordering) {
            self.reorder(lane, timing);
        }
        if timing.jump {
            self.jump();
        }
        self.filters.begin_tile(timing.sample_rate_hz);
        self.eq.begin_tile(timing.sample_rate_hz);
    }

    fn take_settings(&mut self, lane: usize, n_strips: usize, timing: Timing) {
        let strip = &self.settings[lane];
        self.filters.set_filters(lane, &strip.high_pass, &strip.low_pass, timing);
        self.gate.set(lane, &strip.gate, timing);
        self.eq.set_eq(lane, &strip.eq, timing);
        self.compressor.set(lane, &strip.compressor, timing);
        match strip.key {
            KeySource::Strip(strip_idx) if strip_idx < n_strips => {
                self.key_strips[lane] = strip_idx;
                self.key.lanes |= 1 << lane;
            }
            _ => self.key.lanes &= !(1 << lane),
        }
        self.reordering |= 1 << lane;
        self.at_rest = false;
    }

    /// Equaliser and compressor change places where nobody hears it: while the compressor is faded out.
    fn reorder(&mut self, lane: usize, timing: Timing) {
        let bit = 1 << lane;
        let wanted = if self.settings[lane].order == StageOrder::CompressorFirst { bit } else { 0 };
        let changes = self.compressor_first & bit != wanted;
        if changes && !timing.jump && !self.compressor.has_gone_off(lane) {
            self.compressor.hold_off(lane, true, timing);
            return;
        }
        if changes {
            self.compressor_first ^= bit;
        }
        self.compressor.hold_off(lane, false, timing);
        self.reordering &= !bit;
    }

    pub(crate) fn quarantined(&self) -> u64 {
        self.quarantined
    }

    pub(crate) fn clear_quarantined(&mut self, lanes: u64) {
        self.quarantined &= !lanes;
    }

    /// Strips that compressors of this group listen to instead of their own, by lane.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let lanes = if self.skipped { 0 } else { self.key.lanes & self.compressor.running() };
        let strips = self.key_strips;
        lanes_of(lanes).map(move |lane| (lane, strips[lane]))
    }

    /// The signal at a strip's key tap. Before [`StripLanes::finish`] only.
    pub(crate) fn key_tap(&self, lane: usize) -> [[f32; TILE_FRAMES]; 2] {
        if self.skipped { [SILENCE; 2] } else { self.tiles.each_ref().map(|tile| tile.lane(lane)) }
    }

    /// What a compressor listens to in this segment.
    pub(crate) fn set_key(&mut self, lane: usize, tap: &[[f32; TILE_FRAMES]; 2]) {
        for (tile, samples) in self.key.tiles.iter_mut().zip(tap) {
            tile.set_lane(lane, 0, samples);
        }
    }

    /// What a strip sends on, before gains of sends: behind [`StripLanes::finish`] only. `None` is silence.
    pub(crate) fn signal(&self, lane: usize) -> Option<[[f32; TILE_FRAMES]; 2]> {
        (!self.skipped).then(|| self.tiles.each_ref().map(|tile| tile.lane(lane)))
    }

    /// At the end of a tile: notes gain reductions, anew for the block or where they are more.
    pub(crate) fn meter(&mut self, anew: bool) {
        let [gate, compressor] = &mut self.lowest;
        self.gate.meter(gate, anew);
        self.compressor.meter(compressor, anew);
    }

    /// A strip's largest gain reductions in the block.
    pub(crate) fn reductions(&self, lane: usize) -> Reductions {
        let [gate_db, compressor_db] = self.lowest.each_ref().map(|lowest| lowest.reduction_db(lane));
        Reductions { gate_db, compressor_db, limiter_db: 0.0 }
    }

    /// The level of a strip's input.
    pub(crate) fn input_level(&self, lane: usize) -> Level {
        self.input_meter.level(lane)
    }

    /// The level of what a strip sends on.
    pub(crate) fn output_level(&self, lane: usize) -> Level {
        self.output_meter.level(lane)
    }

    /// How loud is what a strip sends on.
    pub(crate) fn loudness(&self, lane: usize) -> Loudness {
        self.output_meter.loudness(lane)
    }

    /// What its needles read, linear re their zero.
    pub(crate) fn needle(&self, lane: usize) -> [f32; 2] {
        self.output_meter.needle(lane)
    }

    /// Takes `frames` of the group's feeds as far as the key tap. `dry` asks for the unity sum too.
    #[expect(clippy::too_many_arguments, reason = "where it comes from, what is asked for, where it goes")]
    pub(crate) fn begin<S: Simd>(
        &mut self,
        simd: S,
        feeds: &[Option<StereoIn<'_>>],
        frames: Range<usize>,
        dry: bool,
        segment: Segment,
        scratch: &mut StripScratch,
        sums: &mut BusSums,
    ) {
        let n = segment.n;
        let Loaded { sound, peaks } = self.load(simd, feeds, frames, scratch);
        self.silent_so_far &= !sound;
        self.skipped = !sound && self.at_rest;
        if self.skipped {
            // Silence through stages at rest is silence, and adding zero changes no bit: only the ramps have to go on.
            self.input.skip(n);
            self.gate.skip(n);
            self.compressor.skip(n);
            self.colour.skip(n);
            self.image.skip(n);
            self.sends.iter_mut().for_each(|send| send.skip(n));
            self.output_gain.skip(n);
            self.input_meter.pass_silence(simd, segment);
            self.output_meter.pass_silence(simd, segment);
            return;
        }
        let [left, right] = &mut *self.tiles;
        if dry {
            sums.add(simd, DRY_BUS, LaneGain::Still(&UNITY), [left, right], n);
        }
        let has_changed = apply_matrix(simd, &mut self.input, [left, right], n, &mut scratch.gains);
        let peaks = peaks.as_ref().filter(|_| !has_changed);
        if sound {
            self.input_meter.measure(simd, &self.tiles, peaks, segment);
        } else {
            self.input_meter.pass_silence(simd, segment);
        }
        let [left, right] = &mut *self.tiles;
        self.filters.process(simd, [left, right], segment, &mut scratch.stages);
        self.hush(n);
    }

    /// Takes the strips from the key tap to the sums.
    pub(crate) fn finish<S: Simd>(
        &mut self,
        simd: S,
        segment: Segment,
        scratch: &mut StripScratch,
        sums: &mut BusSums,
    ) {
        if self.skipped {
            return;
        }
        let n = segment.n;
        let [left, right] = &mut *self.tiles;
        self.gate.process(simd, [left, right], segment, &mut scratch.stages);
        self.shape(simd, segment, &mut scratch.stages);
        self.hush(n);
        self.colour.process(simd, &mut self.tiles, segment, &mut scratch.stages.colour);
        let [left, right] = &mut *self.tiles;
        apply_matrix(simd, &mut self.image, [left, right], n, &mut scratch.gains);
        for (bus_idx, send) in self.sends.iter_mut().enumerate() {
            if !send.is_settled_at(0.0) {
                let gain = send.advance(simd, &mut scratch.gains[0], n);
                sums.send(simd, bus_idx, gain, [left, right], n);
            }
        }
        let room = (&mut scratch.gains[0], &mut scratch.behind);
        self.output_meter.measure_behind(simd, &self.tiles, &mut self.output_gain, room, segment);
        if segment.ends_tile {
            self.at_rest = self.silent_so_far
                && self.filters.is_at_rest()
                && self.gate.is_settled()
                && self.eq.is_at_rest()
                && self.compressor.is_settled()
                && self.colour.is_settled()
                && self.key.lanes & self.compressor.running() == 0
                && self.reordering == 0;
        }
    }

    /// Equaliser and compressor, in each strip's own order.
    fn shape<S: Simd>(&mut self, simd: S, segment: Segment, scratch: &mut StageScratch) {
        let Self { eq, compressor, key, tiles, .. } = self;
        let [left, right] = &mut **tiles;
        let key = Some(&**key).filter(|key| key.lanes != 0);
        let running = compressor.running();
        let first = self.compressor_first & running;
        if eq.is_off() || first == 0 {
            eq.process(simd, [left, right], segment, scratch);
            compressor.process(simd, key, [left, right], segment, scratch);
        } else if first == running {
            compressor.process(simd, key, [left, right], segment, scratch);
            eq.process(simd, [left, right], segment, scratch);
        } else {
            compressor.process_some(simd, first, false, key, [left, right], segment, scratch);
            eq.process(simd, [left, right], segment, scratch);
            compressor.process_some(simd, running & !first, true, key, [left, right], segment, scratch);
        }
    }

    /// Silences the quarantined strips' tiles, whatever rings in them.
    fn hush(&mut self, n: usize) {
        for lane in lanes_of(self.silenced) {
            let from = self.silent_from[lane].min(n);
            for tile in self.tiles.iter_mut() {
                tile.set_lane(lane, from, &SILENCE[..n - from]);
            }
        }
    }

    /// Cleans the feeds and turns them into lanes.
    fn load<S: Simd>(
        &mut self,
        simd: S,
        feeds: &[Option<StereoIn<'_>>],
        frames: Range<usize>,
        scratch: &mut StripScratch,
    ) -> Loaded {
        let n = frames.len();
        let feed = |lane: usize| feeds.get(lane).copied().flatten();
        self.silent_from = [0; LANES];
        if (0..LANES).all(|lane| feed(lane).is_none()) {
            *self.tiles = [LaneTile::ZERO; 2];
            return Loaded { sound: false, peaks: None };
        }
        let mut rows: [Rows<'_>; 2] = [[&SILENCE; LANES]; 2];
        for ((side, rows), copies) in rows.iter_mut().enumerate().zip(&mut scratch.rows) {
            for ((lane, row), copy) in rows.iter_mut().enumerate().zip(copies) {
                let Some(feed) = feed(lane).filter(|_| self.silenced & 1 << lane == 0) else { continue };
                let channel = &feed[side][frames.clone()];
                *row = channel.first_chunk().unwrap_or_else(|| {
                    copy[..n].copy_from_slice(channel);
                    copy[n..].fill(0.0);
                    copy
                });
            }
        }
        let [left, right] = &mut *self.tiles;
        let mut largest = [[0; LANES]; 2];
        simd.vectorize(
            #[inline(always)]
            || {
                transpose(simd, rows[0], left);
                transpose(simd, rows[1], right);
                largest = [clean(simd, left, n), clean(simd, right, n)];
            },
        );
        let peaks = largest;
        let largest: [u32; LANES] = std::array::from_fn(|lane| largest[0][lane].max(largest[1][lane]));
        let mut broken = 0;
        for (lane, largest) in largest.iter().enumerate() {
            if !is_finite(*largest) {
                broken |= 1 << lane;
            }
        }
        for lane in lanes_of(broken) {
            let from = first_non_finite(&rows[0][lane][..n], &rows[1][lane][..n]).unwrap_or(0);
            left.set_lane(lane, from, &SILENCE[..n - from]);
            right.set_lane(lane, from, &SILENCE[..n - from]);
            self.silent_from[lane] = from;
        }
        self.silenced |= broken;
        self.quarantined |= u64::from(broken);
        let sound = largest.iter().any(|largest| is_sound(*largest));
        Loaded { sound, peaks: (broken == 0).then_some(peaks) }
    }
}

/// What a segment's feeds turned out to be.
struct Loaded {
    /// Whether there is any sound.
    sound: bool,
    /// The largest magnitudes, if every sample is finite.
    peaks: Option<KnownPeaks>,
}

/// (l, r) = (ll·l + lr·r, rl·l + rr·r), with every entry on its ramp. Returns false if that changes nothing.
fn apply_matrix<S: Simd>(
    simd: S,
    ramp: &mut LaneMatrixRamp,
    tiles: [&mut LaneTile; 2],
    n: usize,
    gains: &mut [LaneTile; 4],
) -> bool {
    if ramp.is_identity() {
        return false;
    }
    let settled = ramp.is_settled();
    let mut rooms = gains.iter_mut();
    let entries = ramp.entries.each_mut().map(|entry| match rooms.next() {
        Some(room) if !settled => {
            entry.fill(simd, room, n);
            LaneGain::Moving(room)
        }
        _ => LaneGain::Still(entry.target()),
    });
    multiply(simd, entries, tiles, n);
    true
}
