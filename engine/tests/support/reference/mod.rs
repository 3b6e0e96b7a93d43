//! The reference mixer: the specification in f64, one sample at a time, slow and obvious.
//!
//! ```text
//! strip    feed → A → high-pass → low-pass → [front tap] → gate → EQ ↔ compressor → B → sends
//! group    sum → EQ → compressor → balance × fader × mute → output, and × to master
//! master   sum → EQ → compressor → balance × fader → limiter → mono, dim, cut → bypass
//! ```
//!
//! Every gain is a [`Ramp`] of its own. Nothing is shared or precomputed, and signals are f64 from the feed to the output but for
//! what a limiter turns down: that is `busbar_engine::limiter::Limiter`, which has tests of its own and works in f32.
//!
//! What it does not model: f32 rounding, and the flush of subnormal *outputs* (smaller than any figure tested).

mod bus;
mod dynamics;
pub mod filters;
mod gains;
mod strip;

pub use gains::{Ramp, db_to_gain, pan_gains};

use super::{Event, Session};
use bus::{Delay, Group, Master};
use busbar_engine::limiter::Lookahead;
use busbar_engine::{N_DESTINATIONS, N_GROUPS, Settings};
use strip::{Front, Strip};

/// Frames of a tile, as semantics.md has it.
const TILE: u64 = 32;

/// The reductions in dB after the last frame of a tile: envelopes, without make-up and mix.
#[derive(Clone, Debug)]
pub struct Reductions {
    /// Gate and compressor of each strip.
    pub strips: Vec<[f64; 2]>,
    /// Compressors of the groups.
    pub groups: [f64; N_GROUPS],
    /// Compressor of the master, and the limiter's in that frame.
    pub master: [f64; 2],
}

/// The same buses as [`super::Mix`], in f64.
pub struct ReferenceMix {
    pub buses: [[Vec<f64>; 2]; N_DESTINATIONS],
    /// Bit i: strip i had a non-finite sample.
    pub quarantined: u64,
    /// One for each tile that ended.
    pub reductions: Vec<Reductions>,
    pub latency_samples: usize,
    /// The largest sample within the mixer: what a strip sends, or what the limiter turns down.
    pub inner_peak: f64,
}

impl ReferenceMix {
    /// Of these buses alone.
    pub fn of(buses: [[Vec<f64>; 2]; N_DESTINATIONS]) -> Self {
        Self { buses, quarantined: 0, reductions: Vec::new(), latency_samples: 0, inner_peak: 0.0 }
    }

    pub fn peak(&self) -> f64 {
        self.buses.iter().flatten().flatten().fold(0.0, |peak, sample| sample.abs().max(peak))
    }
}

/// Runs a whole session.
pub fn render(session: &Session) -> ReferenceMix {
    let mut mixer = Mixer::new(session.sample_rate_hz, &session.initial);
    let mut buses: [[Vec<f64>; 2]; N_DESTINATIONS] = Default::default();
    let mut reductions = Vec::new();
    for frame in 0..session.n_frames {
        for Event { settings, .. } in session.events.iter().filter(|event| event.at == frame) {
            mixer.set(settings);
        }
        let inputs: Vec<[f32; 2]> = session
            .inputs
            .iter()
            .map(|feed| feed.as_ref().map_or([0.0; 2], |[left, right]| [left[frame], right[frame]]))
            .collect();
        for (bus, [left, right]) in buses.iter_mut().zip(mixer.tick(&inputs)) {
            bus[0].push(left);
            bus[1].push(right);
        }
        if mixer.now.is_multiple_of(TILE) {
            reductions.push(mixer.reductions());
        }
    }
    let quarantined = mixer.strips.iter().enumerate();
    ReferenceMix {
        buses,
        quarantined: quarantined.fold(0, |mask, (idx, strip)| mask | u64::from(strip.is_quarantined) << idx),
        reductions,
        latency_samples: mixer.master.latency_samples(),
        inner_peak: mixer.sent_peak.max(mixer.master.limited_peak),
    }
}

/// The mixer itself.
pub struct Mixer {
    sample_rate_hz: f64,
    /// What it is prepared for: later settings of it do not count.
    lookahead: Lookahead,
    now: u64,
    ramp_len: u64,
    bypass_len: u64,
    strips: Vec<Strip>,
    groups: [Group; N_GROUPS],
    master: Master,
    bypass: Ramp,
    /// What lies beside the limiter waits for it.
    group_delay: Delay<[[f64; 2]; N_GROUPS]>,
    dry_delay: Delay<[f64; 2]>,
    bypass_delay: Delay<f64>,
    /// The largest sample that a strip sent.
    sent_peak: f64,
}

impl Mixer {
    /// Prepared with these settings.
    pub fn new(sample_rate_hz: f64, settings: &Settings) -> Self {
        Self::prepared(sample_rate_hz, settings.master.limiter.lookahead, settings)
    }

    fn prepared(sample_rate_hz: f64, lookahead: Lookahead, settings: &Settings) -> Self {
        let master = Master::new(sample_rate_hz, &settings.master, lookahead);
        let latency = master.latency_samples();
        Self {
            sample_rate_hz,
            lookahead,
            now: 0,
            ramp_len: ((0.015 * sample_rate_hz).round() as u64).max(64),
            bypass_len: ((0.010 * sample_rate_hz).round() as u64).max(64),
            strips: (0..settings.strips.len()).map(|idx| Strip::new(sample_rate_hz, settings, idx)).collect(),
            groups: settings.groups.each_ref().map(|group| Group::new(sample_rate_hz, group)),
            master,
            bypass: Ramp::settled(f64::from(u8::from(settings.bypass))),
            group_delay: Delay::new(latency),
            dry_delay: Delay::new(latency),
            bypass_delay: Delay::new(latency),
            sent_peak: 0.0,
        }
    }

    pub fn set(&mut self, settings: &Settings) {
        if self.now == 0 {
            *self = Self::prepared(self.sample_rate_hz, self.lookahead, settings);
            return;
        }
        let (now, len) = (self.now, self.ramp_len);
        for (strip_idx, strip) in self.strips.iter_mut().enumerate() {
            strip.set(settings, strip_idx, now, len);
        }
        for (group, settings) in self.groups.iter_mut().zip(&settings.groups) {
            group.set(settings, now, len);
        }
        self.master.set(&settings.master, now, len);
        self.bypass.aim(f64::from(u8::from(settings.bypass)), now, self.bypass_len);
    }

    /// One sample: master and groups A–D.
    pub fn tick(&mut self, inputs: &[[f32; 2]]) -> [[f64; 2]; N_DESTINATIONS] {
        let now = self.now;
        self.now += 1;
        if now.is_multiple_of(TILE) {
            self.strips.iter_mut().for_each(Strip::border);
            self.groups.iter_mut().for_each(Group::border);
            self.master.border();
        }
        let fronts: Vec<Front> =
            self.strips.iter_mut().zip(inputs).map(|(strip, feed)| strip.front(now, *feed)).collect();
        let mut sums = [[0.0; 2]; N_DESTINATIONS];
        for (strip_idx, strip) in self.strips.iter_mut().enumerate() {
            for (sum, sent) in sums.iter_mut().zip(strip.back(now, &fronts, strip_idx)) {
                add(sum, sent);
                self.sent_peak = sent.iter().fold(self.sent_peak, |peak, side| side.abs().max(peak));
            }
        }
        let [mut mix, sums @ ..] = sums;
        let mut groups = [[0.0; 2]; N_GROUPS];
        for ((group, sum), output) in self.groups.iter_mut().zip(sums).zip(&mut groups) {
            let (own, to_master) = group.process(now, sum);
            *output = own;
            add(&mut mix, to_master);
        }
        let mix = self.master.process(now, mix);

        let mut dry = [0.0; 2];
        fronts.iter().for_each(|front| add(&mut dry, front.raw));
        let dry = self.dry_delay.push(dry);
        let bypass = self.bypass_delay.push(self.bypass.at(now));
        let [a, b, c, d] = self.group_delay.push(groups).map(|group| group.map(|side| (1.0 - bypass) * side));
        let master = [0, 1].map(|side| (1.0 - bypass) * mix[side] + bypass * dry[side]);
        [master, a, b, c, d]
    }

    fn reductions(&self) -> Reductions {
        Reductions {
            strips: self.strips.iter().map(Strip::reductions_db).collect(),
            groups: self.groups.each_ref().map(Group::reduction_db),
            master: self.master.reductions_db(),
        }
    }
}

fn add(to: &mut [f64; 2], what: [f64; 2]) {
    to[0] += what[0];
    to[1] += what[1];
}
