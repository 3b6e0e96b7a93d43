//! Groups, master and bypass, behind the sums of the strips.
//!
//! ```text
//! sum of sends → EQ → compressor → × (balance × fader × mute) → group output → × to-master → master sum
//! master sum → EQ → compressor → × (balance × fader) → limiter → M (mono, dim, cut) → master output
//! ```
//!
//! Bypass fades from the mix to the unity sum of all inputs: out = (1 − b)·mix + b·dry.
//!
//! Latency: that of the limiter. Whatever does not go through it is delayed by as much: groups' outputs, the unity sum, and the
//! gains behind the limiter, so that an event is heard at the same sample of the material everywhere. State: ramps, stages, delays.

use crate::delay::Delay;
use crate::dynamics::PERCENT_RANGE;
use crate::gains::{self, IDENTITY, Matrix};
use crate::lanes::{TILE_FRAMES, scale, unscale};
use crate::levels::BusTaps;
use crate::limiter::{Limiter, Lookahead};
use crate::meters::Reductions;
use crate::ramp::Ramp;
use crate::settings::{
    CompressorSettings, Destination, GroupSettings, LimiterSettings, MasterSettings, N_GROUPS,
};
use crate::stages::{BusStages, Segment, StageScratch, Timing};
use crate::sums::{BusSums, hold};
use fearless_simd::Simd;

/// The range of the limiter's ceiling, in dB: what a person may set is less than what a limiter can do.
const CEILING_RANGE_DB: [f32; 2] = [-24.0, 0.0];

/// The range of the limiter's release, in milliseconds.
const LIMITER_RELEASE_RANGE_MS: [f32; 2] = [1.0, 1_000.0];

/// Left and right of a bus for up to one tile. Frames behind the segment's end are of no meaning, but always finite: loops
/// run over the whole tile, because a fixed length is what compilers make good code of.
pub(crate) type BusTile = [[f32; TILE_FRAMES]; 2];

/// A bus that carries nothing.
pub(crate) const SILENT_BUS: BusTile = [[0.0; TILE_FRAMES]; 2];

/// The value within its range. One that is no number counts as the default, whatever was set before it.
fn clamped(value: f32, [min, max]: [f32; 2], default: f32) -> f32 {
    if value.is_nan() { default } else { value.clamp(min, max) }
}

/// Groups A–D.
pub(crate) struct Groups {
    stages: BusStages<N_GROUPS>,
    /// Sums of sends, and after [`Groups::process`] the outputs.
    buses: Box<[BusTile; N_GROUPS]>,
    gains: [GroupGains; N_GROUPS],
    delays: [[Delay; 2]; N_GROUPS],
}

/// What a group does behind its stages.
struct GroupGains {
    sides: [Ramp; 2],
    to_master: Ramp,
}

impl Groups {
    /// Settled where groups at their defaults are.
    pub(crate) fn new() -> Self {
        let unity = || Ramp::settled_at(1.0);
        Self {
            stages: BusStages::new(CompressorSettings::GROUP),
            buses: Box::new([SILENT_BUS; N_GROUPS]),
            gains: std::array::from_fn(|_| GroupGains { sides: [unity(), unity()], to_master: unity() }),
            delays: std::array::from_fn(|_| [Delay::new(0), Delay::new(0)]),
        }
    }

    /// Delays the outputs by the latency. Allocates.
    pub(crate) fn prepare(&mut self, latency_samples: usize) {
        self.delays = std::array::from_fn(|_| [Delay::new(latency_samples), Delay::new(latency_samples)]);
    }

    pub(crate) fn set(&mut self, group_idx: usize, group: &GroupSettings, timing: Timing) {
        let gains = &mut self.gains[group_idx];
        for (side, gain) in gains.sides.iter_mut().zip(gains::group_gains(group)) {
            side.retarget(gain, timing.ramp_samples);
        }
        gains.to_master.retarget(if group.to_master { 1.0 } else { 0.0 }, timing.ramp_samples);
        self.stages.set(group_idx, &group.eq, &group.compressor, timing);
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        for gains in &mut self.gains {
            gains.sides.iter_mut().for_each(Ramp::jump);
            gains.to_master.jump();
        }
        self.stages.jump();
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.stages.reset();
        self.delays.as_flattened_mut().iter_mut().for_each(|delay| delay.fill(0.0));
    }

    pub(crate) fn begin_tile(&mut self, timing: Timing) {
        self.stages.begin_tile(timing);
    }

    /// At the end of a tile: notes gain reductions, anew for the block or where they are more.
    pub(crate) fn meter(&mut self, anew: bool) {
        self.stages.meter(anew);
    }

    /// A group's largest gain reductions in the block.
    pub(crate) fn reductions(&self, group_idx: usize) -> Reductions {
        Reductions { compressor_db: self.stages.reduction_db(group_idx), ..Reductions::default() }
    }

    /// Turns the sums of sends into the groups' outputs and adds those to the master's sum. Outputs are delayed by the latency, what
    /// the master gets is not, nor is what the meters get.
    #[expect(clippy::too_many_arguments, reason = "where it comes from, where it goes, what it needs")]
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        sums: &BusSums,
        segment: Segment,
        master: &mut BusTile,
        taps: &mut BusTaps,
        scratch: &mut StageScratch,
    ) -> GroupsUsed {
        let n = segment.n;
        let mut used = [false; N_GROUPS];
        for (group_idx, (used, bus)) in used.iter_mut().zip(self.buses.iter_mut()).enumerate() {
            *used = sums.sum(simd, Destination::Group(group_idx).idx(), bus);
        }
        let silent = used == [false; N_GROUPS];
        if self.stages.process(simd, &mut self.buses, silent, segment, scratch) {
            used = [true; N_GROUPS];
        }
        let channels = self.gains.iter_mut().zip(self.buses.iter_mut());
        for (group_idx, ((gains, bus), used)) in channels.zip(used).enumerate() {
            if used {
                gains.process(bus, n, master);
                taps.take_group(group_idx, bus, segment);
            } else {
                gains.skip(n);
            }
        }
        let to_master = used.contains(&true);
        for ((delays, bus), used) in self.delays.iter_mut().zip(self.buses.iter_mut()).zip(&mut used) {
            *used = delay_bus(delays, bus, *used, n);
        }
        GroupsUsed { outputs: used, to_master }
    }

    /// A group's output, after [`Groups::process`].
    pub(crate) fn output(&self, group_idx: usize) -> &BusTile {
        &self.buses[group_idx]
    }
}

/// Delays a bus that is used, or silence. Returns whether what leaves is more than silence.
fn delay_bus(delays: &mut [Delay; 2], bus: &mut BusTile, used: bool, n: usize) -> bool {
    if delays[0].is_nothing() {
        return used;
    }
    let mut sounds = false;
    for (delay, channel) in delays.iter_mut().zip(bus) {
        let channel = &mut channel[..n];
        if used {
            delay.run(channel);
            sounds = true;
        } else {
            sounds |= !delay.run_same(0.0, channel);
        }
    }
    sounds
}

/// Whether a gain is one and the same, in its ramp and in its delay.
fn stays(ramp: &Ramp, delay: &Delay, gain: f32) -> bool {
    ramp.settled() == Some(gain) && delay.holds(gain)
}

/// Delays the gains of the `n` frames that a ramp has just gone.
fn delay_gains(ramp: &Ramp, delay: &mut Delay, gains: &mut [f32; TILE_FRAMES], n: usize) {
    match ramp.settled() {
        Some(gain) if gains[..n].iter().all(|other| *other == gain) => {
            delay.run_same(gain, &mut gains[..n]);
        }
        _ => delay.run(&mut gains[..n]),
    }
}

/// What groups had to say in a segment.
pub(crate) struct GroupsUsed {
    /// Which outputs are more than silence.
    pub(crate) outputs: [bool; N_GROUPS],
    /// Whether the master's sum got anything.
    pub(crate) to_master: bool,
}

impl GroupGains {
    /// Steps over `n` frames in which nothing was sent here.
    fn skip(&mut self, n: usize) {
        self.sides.iter_mut().for_each(|side| side.skip(n));
        self.to_master.skip(n);
    }

    fn process(&mut self, bus: &mut BusTile, n: usize, master: &mut BusTile) {
        let to_master = self.to_master.fill(n);
        for ((channel, master), side) in bus.iter_mut().zip(master).zip(&mut self.sides) {
            let side = side.fill(n);
            for frame in 0..TILE_FRAMES {
                channel[frame] *= side[frame];
                master[frame] += channel[frame] * to_master[frame];
            }
        }
    }
}

/// The master bus, and the bypass behind it.
pub(crate) struct MasterBus {
    stages: BusStages<1>,
    sides: [Ramp; 2],
    limiter: Limiter,
    limiter_settings: LimiterSettings,
    /// The lookahead that was prepared.
    lookahead: Lookahead,
    monitor: [Ramp; 4],
    bypass: Ramp,
    /// Of the gains behind the limiter and of the unity sum.
    monitor_delays: [Delay; 4],
    bypass_delay: Delay,
    dry_delays: [Delay; 2],
}

impl MasterBus {
    /// Settled where the master at its defaults is.
    pub(crate) fn new() -> Self {
        let [[ll, lr], [rl, rr]] = IDENTITY;
        let mut bus = Self {
            stages: BusStages::new(CompressorSettings::GLUE),
            sides: [Ramp::settled_at(1.0), Ramp::settled_at(1.0)],
            limiter: Limiter::new(),
            limiter_settings: LimiterSettings::default(),
            lookahead: Lookahead::None,
            monitor: [ll, lr, rl, rr].map(Ramp::settled_at),
            bypass: Ramp::settled_at(0.0),
            monitor_delays: std::array::from_fn(|_| Delay::new(0)),
            bypass_delay: Delay::new(0),
            dry_delays: [Delay::new(0), Delay::new(0)],
        };
        bus.set_limiter();
        bus
    }

    /// Takes the rate, and the lookahead that was set last. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64) {
        self.lookahead = self.limiter_settings.lookahead;
        self.limiter.prepare(sample_rate_hz, self.lookahead);
        let latency = self.latency_samples();
        self.monitor_delays = std::array::from_fn(|_| Delay::new(latency));
        self.bypass_delay = Delay::new(latency);
        self.dry_delays = [Delay::new(latency), Delay::new(latency)];
    }

    /// Samples by which the output lags behind the input.
    pub(crate) fn latency_samples(&self) -> usize {
        self.limiter.latency_samples() as usize
    }

    /// Whether another lookahead is wanted than was prepared.
    pub(crate) fn needs_prepare(&self) -> bool {
        self.limiter_settings.lookahead != self.lookahead
    }

    pub(crate) fn set(&mut self, master: &MasterSettings, timing: Timing) {
        for (side, gain) in self.sides.iter_mut().zip(gains::master_gains(master)) {
            side.retarget(gain, timing.ramp_samples);
        }
        let monitor: Matrix = gains::monitor_matrix(master);
        for (entry, target) in self.monitor.iter_mut().zip(monitor.as_flattened()) {
            entry.retarget(*target, timing.ramp_samples);
        }
        self.stages.set(0, &master.eq, &master.compressor, timing);
        if master.limiter != self.limiter_settings {
            self.limiter_settings = master.limiter;
            self.set_limiter();
        }
    }

    fn set_limiter(&mut self) {
        let (wanted, default) = (self.limiter_settings, LimiterSettings::default());
        self.limiter.set(
            clamped(wanted.ceiling_db, CEILING_RANGE_DB, default.ceiling_db),
            clamped(wanted.release_ms, LIMITER_RELEASE_RANGE_MS, default.release_ms),
            clamped(wanted.link_percent, PERCENT_RANGE, default.link_percent),
        );
        self.limiter.set_on(wanted.on);
    }

    pub(crate) fn set_bypass(&mut self, bypass: bool, fade_samples: usize) {
        self.bypass.retarget(if bypass { 1.0 } else { 0.0 }, fade_samples);
    }

    /// Ends every ramp where it was going; what is delayed has been there all the time.
    pub(crate) fn jump(&mut self) {
        self.sides.iter_mut().for_each(Ramp::jump);
        self.stages.jump();
        for (entry, delay) in self.monitor.iter_mut().zip(&mut self.monitor_delays) {
            entry.jump();
            delay.fill(entry.target());
        }
        self.bypass.jump();
        self.bypass_delay.fill(self.bypass.target());
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.stages.reset();
        self.limiter.reset();
        self.dry_delays.iter_mut().for_each(|delay| delay.fill(0.0));
    }

    pub(crate) fn begin_tile(&mut self, timing: Timing) {
        self.stages.begin_tile(timing);
    }

    /// Whether the unity sum of the inputs is heard in the next sample or later.
    pub(crate) fn wants_dry(&self) -> bool {
        self.bypass.settled() != Some(0.0)
    }

    /// The bypass of the next `n` frames, 0 (the mix) … 1 (the unity sum), as late as the mix is; nothing if there is only the mix.
    pub(crate) fn bypass(&mut self, n: usize) -> Option<[f32; TILE_FRAMES]> {
        if stays(&self.bypass, &self.bypass_delay, 0.0) {
            return None;
        }
        let mut bypass = self.bypass.fill(n);
        delay_gains(&self.bypass, &mut self.bypass_delay, &mut bypass, n);
        Some(bypass)
    }

    /// The unity sum, as late as the mix is. `used` says that there is one at all.
    pub(crate) fn delay_dry(&mut self, dry: &mut BusTile, used: bool, n: usize) {
        delay_bus(&mut self.dry_delays, dry, used, n);
    }

    /// At the end of a tile: notes gain reductions, anew for the block or where they are more.
    pub(crate) fn meter(&mut self, anew: bool) {
        self.stages.meter(anew);
    }

    /// The compressor's largest gain reduction in the block, in dB, 0 or more.
    pub(crate) fn compressor_reduction_db(&self) -> f32 {
        self.stages.reduction_db(0)
    }

    /// The limiter's largest gain reduction in the last segment, in dB, 0 or more.
    pub(crate) fn limiter_reduction_db(&self) -> f32 {
        self.limiter.gain_reduction_db()
    }

    /// Turns the master's sum into its output. `silent` says that there is none.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        bus: &mut BusTile,
        silent: bool,
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        let n = segment.n;
        bus.iter_mut().for_each(hold);
        self.stages.process(simd, std::array::from_mut(bus), silent, segment, scratch);
        for (channel, side) in bus.iter_mut().zip(&mut self.sides) {
            if side.settled() != Some(1.0) {
                let gains = side.fill(n);
                channel.iter_mut().zip(gains).for_each(|(sample, gain)| *sample *= gain);
            }
        }
        if self.limiter.is_transparent() {
            self.limiter.pass(n);
        } else {
            simd.vectorize(
                #[inline(always)]
                || self.limit(simd, bus, n),
            );
        }
        let entries = self.monitor.iter().zip(&self.monitor_delays).zip(IDENTITY.as_flattened());
        if entries.into_iter().all(|((entry, delay), gain)| stays(entry, delay, *gain)) {
            return;
        }
        let mut monitor = [[0.0; TILE_FRAMES]; 4];
        let entries = self.monitor.iter_mut().zip(&mut self.monitor_delays);
        for (gains, (entry, delay)) in monitor.iter_mut().zip(entries) {
            *gains = entry.fill(n);
            delay_gains(entry, delay, gains, n);
        }
        let ([left, right], [ll, lr, rl, rr]) = (bus, monitor);
        for frame in 0..TILE_FRAMES {
            let (l, r) = (left[frame], right[frame]);
            left[frame] = ll[frame] * l + lr[frame] * r;
            right[frame] = rl[frame] * l + rr[frame] * r;
        }
    }

    /// The limiter works on plain samples.
    #[inline(always)]
    fn limit<S: Simd>(&mut self, simd: S, [left, right]: &mut BusTile, n: usize) {
        let (left, right) = (&mut left[..n], &mut right[..n]);
        for channel in [&mut *left, &mut *right] {
            channel.iter_mut().for_each(|sample| *sample = unscale(*sample));
        }
        self.limiter.process_on(simd, left, right);
        for channel in [left, right] {
            channel.iter_mut().for_each(|sample| *sample = scale(*sample));
        }
    }
}
