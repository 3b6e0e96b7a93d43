//! The way through the engine at another rate.
//!
//! ```text
//! host's blocks → incoming → Converter → engine → Converter → outgoing → host's blocks
//! ```
//!
//! A step takes what [`Converter::n_in`] says, as soon as it is there, and runs the engine for what comes of it. Where steps lie
//! depends on the number of samples since `reset` alone, so the host's blocks leave no trace. What comes out waits behind so many
//! zeros that there is always enough of it.

use super::converter::{Converter, Direction};
use super::events::{Events, Moment};
use super::marks::Marks;
use super::planar::Planar;
use super::ratio::Ratio;
use super::stream::{Stream, copy_finite, copy_normal, settle};
use crate::engine::{Engine, MAX_STRIPS, Outputs, StereoIn};
use crate::lanes::first_non_finite;
use crate::settings::{N_DESTINATIONS, N_GROUPS, ResamplingMode};
use crate::simd::SimdPath;
use std::ops::Range;

/// The most of the host's frames that are taken before what comes of them is handed out.
const PART_FRAMES: usize = 512;

/// The most steps that are done at once.
const MAX_STEPS: usize = 8;

/// Frames by which a step may be later than its neighbours. The sinc resampler counts in f64, where a ratio's third is not exact, and
/// may take one frame more or make one less than planned.
const SLACK_FRAMES: usize = 2;

/// Everything between the host's rate and the engine's.
pub(super) struct Resampled {
    path: SimdPath,
    ratio: Ratio,
    n_strips: usize,
    to_engine: Converter,
    /// Where steps are alike one for the master and one for the groups, which often rest together; else one for all. They go in step.
    to_host: Vec<Converter>,
    /// The next step's input, as far as it is there.
    incoming: Stream,
    outgoing: Stream,
    /// What the engine gets in some steps, and what it makes of it.
    feeds: Planar,
    buses: Planar,
    /// The most steps that are done at once.
    n_steps_max: usize,
    /// Zeros in front of the first sample that comes out.
    n_padding: usize,
    latency_samples: u32,
    /// See [`Resampled::moment`].
    position_offset: i64,
    /// Samples of the host since `reset`.
    host_count: u64,
    /// Samples of the engine since `reset`.
    engine_count: u64,
    /// Behind each strip's last sample that is not zero, on the host's count.
    sound_ends: Vec<u64>,
    marks: Vec<Marks>,
    /// The pairs of channels that somebody hears: master, then groups. Bit = pair.
    wanted: u64,
    /// Whether the engine has been told that the host's block began. Until it runs, its meters tell of the block before.
    has_begun: bool,
}

impl Resampled {
    /// For an engine that is prepared. `host_hz` is the host's rate.
    pub(super) fn new(
        path: SimdPath,
        mode: ResamplingMode,
        ratio: Ratio,
        host_hz: f64,
        n_strips: usize,
    ) -> Result<Self, rubato::ResamplerConstructionError> {
        let lower_hz = host_hz.min(ratio.engine_hz(host_hz));
        let to_engine = Converter::new(mode, Direction::In, ratio, lower_hz, 0..n_strips)?;
        let way_out = |pairs| Converter::new(mode, Direction::Out, ratio, lower_hz, pairs);
        let to_host = if to_engine.steps_are_alike() {
            vec![way_out(0..1)?, way_out(1..N_DESTINATIONS)?]
        } else {
            vec![way_out(0..N_DESTINATIONS)?]
        };
        let n_engine = to_engine.n_out_max().max(to_host[0].n_in_max());
        let n_steps_max = (PART_FRAMES / n_engine).clamp(1, MAX_STEPS);
        let marks_span = 2 * n_engine + (to_engine.delay() * ratio.engine_per_host()) as usize;
        let mut resampled = Self {
            path,
            ratio,
            n_strips,
            incoming: Stream::new(n_strips, to_engine.n_in_max()),
            outgoing: Stream::new(N_DESTINATIONS, to_host[0].n_out_max()),
            to_engine,
            to_host,
            feeds: Planar::new(n_strips, n_steps_max * n_engine),
            buses: Planar::new(N_DESTINATIONS, n_steps_max * n_engine),
            n_steps_max,
            n_padding: 0,
            latency_samples: 0,
            position_offset: 0,
            host_count: 0,
            engine_count: 0,
            sound_ends: vec![0; n_strips],
            marks: (0..n_strips).map(|_| Marks::new(marks_span)).collect(),
            wanted: 1,
            has_begun: false,
        };
        resampled.n_padding = match mode {
            ResamplingMode::LowLatency => resampled.longest_wait() + SLACK_FRAMES,
            ResamplingMode::Quality => resampled.longest_wait(),
        };
        resampled.outgoing = Stream::new(N_DESTINATIONS, 2 * resampled.n_out_part() + 2 * PART_FRAMES);
        Ok(resampled)
    }

    /// More than what waits behind the engine while a part is processed.
    fn n_out_part(&self) -> usize {
        self.n_padding + self.to_host[0].n_out_max() + PART_FRAMES + SLACK_FRAMES
    }

    /// How far what comes out may be behind what goes in, in the host's frames: by trying, from one coincidence of step and
    /// ratio to the next.
    fn longest_wait(&mut self) -> usize {
        self.to_engine.reset();
        self.to_host.iter_mut().for_each(Converter::reset);
        let (mut n_taken, mut n_made, mut longest) = (0, 0, 0);
        for _ in 0..=self.ratio.engine.max(2) {
            n_taken += self.to_engine.n_in();
            longest = longest.max(n_taken - 1 - n_made.min(n_taken - 1));
            // Everything rests, so nothing is computed.
            self.to_engine.step(self.incoming.channels(), 0, &mut self.feeds, 0);
            n_made += self.to_host[0].n_out();
            for converter in &mut self.to_host {
                converter.step(&self.buses, 0, self.outgoing.channels_mut(), 0);
            }
        }
        longest
    }

    /// Clears memory. `engine_latency_samples` is the engine's own latency, at its rate.
    pub(super) fn reset(&mut self, engine_latency_samples: u32) {
        let (host, per_host) = (self.ratio.host_per_engine(), self.ratio.engine_per_host());
        let behind_engine = (self.to_host[0].delay() + f64::from(engine_latency_samples)) * host;
        let delay = self.n_padding as f64 + self.to_engine.delay() + behind_engine;
        self.latency_samples = delay.round() as u32;
        // What happens at a sample of the host is heard exactly one latency later, although what was fed at that sample
        // may be half a sample beside.
        let beside = f64::from(self.latency_samples) - delay;
        let offset = (self.to_engine.delay() + beside) * per_host;
        self.position_offset = (offset * f64::from(self.ratio.host)).round() as i64;

        self.to_engine.reset();
        self.to_host.iter_mut().for_each(Converter::reset);
        self.incoming.reset(0);
        self.outgoing.reset(self.n_padding);
        (self.host_count, self.engine_count) = (0, 0);
        self.sound_ends.fill(0);
        self.marks.iter_mut().for_each(Marks::clear);
        self.wanted = 1;
    }

    pub(super) fn latency_samples(&self) -> u32 {
        self.latency_samples
    }

    /// Whether nothing was processed since `reset`.
    pub(super) fn is_fresh(&self) -> bool {
        self.host_count == 0
    }

    /// When in the engine happens what happens at the host's next sample.
    pub(super) fn next_moment(&self) -> Moment {
        self.moment(self.host_count)
    }

    fn moment(&self, host_position: u64) -> Moment {
        let (host, engine) = (i64::from(self.ratio.host), i64::from(self.ratio.engine));
        let scaled = host_position as i64 * engine + self.position_offset;
        let nearest = (scaled + host / 2).div_euclid(host);
        let late_samples = (scaled - nearest * host) as f32 / host as f32;
        // Never in the past: the first sample after `reset` is none to ramp from.
        Moment { position: (nearest.max(1) as u64).max(self.engine_count), late_samples }
    }

    /// A block begins.
    pub(super) fn begin_block(&mut self) {
        self.has_begun = false;
    }

    /// Mixes `n_frames` of a block, which every slice has.
    pub(super) fn process(
        &mut self,
        engine: &mut Engine,
        events: &mut Events,
        inputs: &[Option<StereoIn<'_>>],
        outputs: &mut Outputs<'_>,
        n_frames: usize,
    ) {
        for (group_idx, group) in outputs.groups.iter().enumerate() {
            let pair = 2 << group_idx;
            if group.is_some() && self.wanted & pair == 0 {
                // Nobody has cared for it until now.
                self.wanted |= pair;
                self.outgoing.silence(1 + group_idx);
            }
        }
        let mut start = 0;
        while start < n_frames {
            let n = PART_FRAMES.min(n_frames - start);
            self.outgoing.make_room(self.n_out_part(), self.wanted);
            self.take_and_mix(engine, events, inputs, start..start + n);
            self.give(outputs, start, n);
            start += n;
        }
    }

    /// Takes part of a block and does as many steps as that makes possible, up to [`MAX_STEPS`] at once: all of them into the engine,
    /// all through it, all out of it, so that what each of the three keeps in the nearest cache is fetched once for all.
    fn take_and_mix(
        &mut self,
        engine: &mut Engine,
        events: &mut Events,
        inputs: &[Option<StereoIn<'_>>],
        frames: Range<usize>,
    ) {
        let n_engine = self.to_engine.n_out();
        let mut fed = [0; MAX_STEPS];
        let mut n_steps = 0;
        let mut at = frames.start;
        while at < frames.end {
            let n_missing = self.to_engine.n_in() - self.incoming.n_waiting();
            let n = n_missing.min(frames.end - at);
            self.take(inputs, at, n);
            at += n;
            if n == n_missing {
                fed[n_steps] = self.bring(n_steps * n_engine);
                n_steps += 1;
            }
            if n_steps == self.n_steps_max {
                self.mix(engine, events, &mut fed[..n_steps]);
                n_steps = 0;
            }
        }
        self.mix(engine, events, &mut fed[..n_steps]);
    }

    /// Takes part of a block, with zeros in place of what is not finite.
    fn take(&mut self, inputs: &[Option<StereoIn<'_>>], start: usize, n: usize) {
        let feeds = inputs.iter().chain(std::iter::repeat(&None));
        for (strip_idx, feed) in (0..self.n_strips).zip(feeds) {
            let room = self.incoming.room(strip_idx, n);
            let Some(feed) = feed else {
                room.into_iter().for_each(|channel| channel.fill(0.0));
                continue;
            };
            let feed = feed.map(|channel| &channel[start..start + n]);
            let [left, right] = room;
            let finite = copy_finite(self.path, feed[0], left) & copy_finite(self.path, feed[1], right);
            let last_sound = |channel: &[f32]| channel.iter().rposition(|sample| *sample != 0.0);
            if let Some(last) = last_sound(left).max(last_sound(right)) {
                self.sound_ends[strip_idx] = self.host_count + last as u64 + 1;
            }
            if !finite {
                self.mark(strip_idx, feed);
            }
        }
        self.incoming.push(n);
        self.host_count += n as u64;
    }

    fn mark(&mut self, strip_idx: usize, [mut left, mut right]: [&[f32]; 2]) {
        let mut position = self.host_count;
        while let Some(idx) = first_non_finite(left, right) {
            position += idx as u64;
            let moment = self.moment(position);
            self.marks[strip_idx].push(moment.position);
            (left, right) = (&left[idx + 1..], &right[idx + 1..]);
            position += 1;
        }
    }

    /// Through the engine and out of it, as many steps as were brought. `fed` tells which strips each of them has to be fed.
    fn mix(&mut self, engine: &mut Engine, events: &mut Events, fed: &mut [u64]) {
        if fed.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.has_begun, true) {
            engine.begin_block();
        }
        let n_engine = self.to_engine.n_out();
        for (idx, fed) in fed.iter_mut().enumerate() {
            *fed = self.spoil(*fed, idx * n_engine..(idx + 1) * n_engine);
        }
        // Steps that feed the same strips are one stretch to the engine.
        let mut start = 0;
        for same in fed.chunk_by(|a, b| a == b) {
            let end = start + same.len() * n_engine;
            self.run(engine, events, same[0], start..end);
            start = end;
        }
        for idx in 0..fed.len() {
            self.bring_back(idx * n_engine);
        }
    }

    /// One step's input, to a place in the feeds. Returns which strips have to be fed. Bit = strip.
    fn bring(&mut self, to: usize) -> u64 {
        let n_in = self.to_engine.n_in();
        let taken = self.host_count - n_in as u64;
        let mut fed = 0;
        for (strip_idx, sound_end) in self.sound_ends.iter().enumerate() {
            fed |= u64::from(self.to_engine.announce(strip_idx, *sound_end > taken)) << strip_idx;
        }
        self.to_engine.step(self.incoming.channels(), self.incoming.read_position(), &mut self.feeds, to);
        self.incoming.pop(n_in);
        fed
    }

    /// One step's output, from a place in the buses.
    fn bring_back(&mut self, from: usize) {
        let (n_in, n_out) = (self.to_host[0].n_in(), self.to_host[0].n_out());
        let to = self.outgoing.write_position();
        for converter in &mut self.to_host {
            debug_assert_eq!((converter.n_in(), converter.n_out()), (n_in, n_out));
            for pair_idx in converter.pairs() {
                if self.wanted & (1 << pair_idx) == 0 {
                    continue;
                }
                let sides = self.buses.pair_mut(pair_idx).into_iter();
                let sounds = sides
                    .fold(false, |sounds, side| settle(self.path, &mut side[from..from + n_in]) | sounds);
                if !converter.announce(pair_idx, sounds) {
                    self.outgoing.room(pair_idx, n_out).into_iter().for_each(|side| side.fill(0.0));
                }
            }
            converter.step(&self.buses, from, self.outgoing.channels_mut(), to);
        }
        self.outgoing.push(n_out);
    }

    /// Puts what is not finite back to where it belongs in a step, so that the engine does with it what it does. Returns what has to
    /// be fed. The engine is at the first step.
    fn spoil(&mut self, mut fed: u64, frames: Range<usize>) -> u64 {
        let end = self.engine_count + frames.end as u64;
        for (strip_idx, marks) in self.marks.iter_mut().enumerate().filter(|(_, marks)| !marks.is_empty()) {
            while let Some(position) = marks.take(end) {
                let mut feed = self.feeds.pair_mut(strip_idx);
                if fed & (1 << strip_idx) == 0 {
                    feed.iter_mut().for_each(|side| side[frames.clone()].fill(0.0));
                    fed |= 1 << strip_idx;
                }
                let idx = position.saturating_sub(self.engine_count) as usize;
                feed[0][idx.max(frames.start)] = f32::NAN;
            }
        }
        fed
    }

    /// The engine's part of some steps, in as many pieces as there are changes.
    fn run(&mut self, engine: &mut Engine, events: &mut Events, fed: u64, frames: Range<usize>) {
        let mut at = frames.start;
        while at < frames.end {
            while let Some((settings, late_samples)) = events.take(self.engine_count) {
                engine.set_late(settings, late_samples);
            }
            let next = events.next_position().map_or(u64::MAX, |next| next - self.engine_count);
            let end = frames.end.min(at.saturating_add(usize::try_from(next).unwrap_or(usize::MAX)));
            let mut feeds: [Option<StereoIn<'_>>; MAX_STRIPS] = [None; MAX_STRIPS];
            for (strip_idx, (slot, feed)) in feeds.iter_mut().zip(self.feeds.pairs()).enumerate() {
                *slot = (fed & (1 << strip_idx) != 0).then(|| feed.map(|side| &side[at..end]));
            }
            let mut buses = self.buses.pairs_mut().enumerate().map(|(pair_idx, pair)| {
                (self.wanted & (1 << pair_idx) != 0).then(|| pair.map(|side| &mut side[at..end]))
            });
            if let Some(Some(master)) = buses.next() {
                let groups: [_; N_GROUPS] = std::array::from_fn(|_| buses.next().flatten());
                engine.continue_block(&feeds[..self.n_strips], &mut Outputs { master, groups });
            }
            self.engine_count += (end - at) as u64;
            at = end;
        }
    }

    /// Hands out part of a block.
    fn give(&mut self, outputs: &mut Outputs<'_>, start: usize, n: usize) {
        debug_assert!(self.outgoing.n_waiting() >= n, "too little came out");
        let Outputs { master, groups } = outputs;
        let groups = groups.iter_mut().map(Option::as_mut);
        for (pair_idx, bus) in [Some(master)].into_iter().chain(groups).enumerate() {
            let Some(bus) = bus else { continue };
            for (to, from) in bus.iter_mut().zip(self.outgoing.front(pair_idx, n)) {
                copy_normal(self.path, from, &mut to[start..start + n]);
            }
        }
        self.outgoing.pop(n);
    }
}
