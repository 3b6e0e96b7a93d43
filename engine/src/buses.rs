//! Groups, master and bypass, behind the sums of the strips.
//!
//! ```text
//! sum of sends → EQ → compressor → saturation → × (balance × fader × mute) → group output → × to-master → master sum
//! master sum → EQ → compressor → × (balance × fader) → limiter → M (mono, dim, cut) → master output
//! ```
//!
//! Bypass fades from the mix to the unity sum of all inputs: out = (1 − b)·mix + b·dry.
//!
//! *Console* turns the master sum into arcsin(Σ sin(source)), where a source is what a strip or a group sends to it.
//!
//! Latency: that of a strip's saturation, of a group's, and of the limiter. Whatever does not go through one is delayed by as much: what strips
//! send to the master, groups' outputs, the unity sum. So are gains, by what lies in front of them, so that an event is heard at the
//! same sample of the material everywhere. State: ramps, stages, delays.

use crate::colour::latency_samples;
use crate::delay::{Delay, LateSettings};
use crate::dynamics::PERCENT_RANGE;
use crate::gains::{self, IDENTITY, Matrix};
use crate::lanes::{TILE_FRAMES, scale, unscale};
use crate::levels::BusTaps;
use crate::limiter::{Limiter, Lookahead};
use crate::meters::Reductions;
use crate::ramp::{Ramp, RampTime};
use crate::settings::{
    ColourQuality, CompressorSettings, Destination, GroupSettings, LimiterSettings, MasterSettings, N_GROUPS,
    SaturationSettings,
};
use crate::simd::{add_sines_of, decode};
use crate::stages::{BusSettings, BusStages, Segment, StageScratch, Timing};
use crate::sums::{BusSums, Summing, hold};
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
    /// Which of them hold nothing but zeros.
    are_silent: [bool; N_GROUPS],
    gains: [GroupGains; N_GROUPS],
    delays: [[Delay; 2]; N_GROUPS],
    /// Whether silence changes nothing at all: nothing moves, rings or is on its way.
    is_idle: bool,
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
            are_silent: [true; N_GROUPS],
            gains: std::array::from_fn(|_| GroupGains { sides: [unity(), unity()], to_master: unity() }),
            delays: std::array::from_fn(|_| [Delay::new(0), Delay::new(0)]),
            is_idle: false,
        }
    }

    /// Takes the rate and the quality of colour, and delays the outputs by the latency of what they do not go through. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64, quality: ColourQuality, behind_samples: usize) {
        let latency = latency_samples(quality);
        self.is_idle = false;
        self.stages.prepare(sample_rate_hz, quality, latency);
        for gains in &mut self.gains {
            gains.sides.iter_mut().chain([&mut gains.to_master]).for_each(|ramp| ramp.set_delay(2 * latency));
        }
        self.delays = std::array::from_fn(|_| [Delay::new(behind_samples), Delay::new(behind_samples)]);
    }

    pub(crate) fn set(&mut self, group_idx: usize, group: &GroupSettings, timing: Timing) {
        self.is_idle = false;
        let gains = &mut self.gains[group_idx];
        for (side, gain) in gains.sides.iter_mut().zip(gains::group_gains(group)) {
            side.retarget(gain, timing.ramp);
        }
        gains.to_master.retarget(if group.to_master { 1.0 } else { 0.0 }, timing.ramp);
        let GroupSettings { eq, compressor, saturation, .. } = *group;
        self.stages.set(group_idx, &BusSettings { eq, compressor, saturation }, timing);
    }

    /// Ends every ramp where it was going.
    pub(crate) fn jump(&mut self) {
        self.is_idle = false;
        for gains in &mut self.gains {
            gains.sides.iter_mut().for_each(Ramp::jump);
            gains.to_master.jump();
        }
        self.stages.jump();
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.is_idle = false;
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

    /// Turns the sums of sends into the groups' outputs and adds those to the master's sums. Outputs are delayed by what lies behind, what
    /// the master gets is not.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        sums: &BusSums,
        segment: Segment,
        master: &mut MasterSums,
        taps: &mut BusTaps,
        scratch: &mut StageScratch,
    ) -> GroupsUsed {
        if self.is_idle && !sums.any_group_is_used() {
            return GroupsUsed { outputs: [false; N_GROUPS], to_master: false };
        }
        let n = segment.n;
        let mut used = [false; N_GROUPS];
        for (group_idx, (used, bus)) in used.iter_mut().zip(self.buses.iter_mut()).enumerate() {
            let sum_idx = Destination::Group(group_idx).idx();
            if sums.is_used(sum_idx) || !self.are_silent[group_idx] {
                *used = sums.sum(simd, sum_idx, bus);
                self.are_silent[group_idx] = !*used;
            }
        }
        let silent = used == [false; N_GROUPS];
        if self.stages.process(simd, &mut self.buses, silent, segment, scratch) {
            used = [true; N_GROUPS];
            self.are_silent = [false; N_GROUPS];
        }
        let channels = self.gains.iter_mut().zip(self.buses.iter_mut());
        for (group_idx, ((gains, bus), used)) in channels.zip(used).enumerate() {
            if used {
                gains.process(simd, bus, n, master);
                taps.take_group(group_idx, bus, segment);
            } else {
                gains.skip(n);
            }
        }
        let to_master = used.contains(&true);
        if to_master {
            hold_bus(simd, &mut master.plain);
        }
        let outputs = self.delays.iter_mut().zip(self.buses.iter_mut()).zip(&mut self.are_silent);
        for (((delays, bus), is_silent), used) in outputs.zip(&mut used) {
            *used = delay_bus(delays, bus, *used, n);
            *is_silent &= !*used;
        }
        self.is_idle = !to_master && used == [false; N_GROUPS] && self.has_come_to_rest();
        GroupsUsed { outputs: used, to_master }
    }

    /// Whether silence in is silence out, and leaves everything as it is.
    fn has_come_to_rest(&self) -> bool {
        self.stages.is_idle()
            && self.gains.iter().all(GroupGains::is_settled)
            && self.delays.as_flattened().iter().all(|delay| delay.holds(0.0))
    }

    /// A group's output, after [`Groups::process`].
    pub(crate) fn output(&self, group_idx: usize) -> &BusTile {
        &self.buses[group_idx]
    }
}

/// Holds what several sources have added up to.
fn hold_bus<S: Simd>(simd: S, bus: &mut BusTile) {
    simd.vectorize(
        #[inline(always)]
        || bus.iter_mut().for_each(hold),
    );
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

/// What groups had to say in a segment.
pub(crate) struct GroupsUsed {
    /// Which outputs are more than silence.
    pub(crate) outputs: [bool; N_GROUPS],
    /// Whether the master's sum got anything.
    pub(crate) to_master: bool,
}

impl GroupGains {
    fn is_settled(&self) -> bool {
        self.sides.iter().chain([&self.to_master]).all(|ramp| ramp.settled().is_some())
    }

    /// Steps over `n` frames in which nothing was sent here.
    fn skip(&mut self, n: usize) {
        self.sides.iter_mut().for_each(|side| side.skip(n));
        self.to_master.skip(n);
    }

    fn process<S: Simd>(&mut self, simd: S, bus: &mut BusTile, n: usize, master: &mut MasterSums) {
        let to_master = self.to_master.fill(n);
        let MasterSums { summing, plain, sines } = master;
        for (side_idx, (channel, side)) in bus.iter_mut().zip(&mut self.sides).enumerate() {
            let side = side.fill(n);
            let mut sent = [0.0; TILE_FRAMES];
            for frame in 0..TILE_FRAMES {
                channel[frame] *= side[frame];
                sent[frame] = channel[frame] * to_master[frame];
            }
            if summing.plain {
                plain[side_idx].iter_mut().zip(&sent).for_each(|(sum, sent)| *sum += sent);
            }
            if summing.sines {
                simd.vectorize(
                    #[inline(always)]
                    || add_sines_of(simd, &sent, &mut sines[side_idx]),
                );
            }
        }
    }
}

/// What sources add up to at the master.
pub(crate) struct MasterSums {
    pub(crate) summing: Summing,
    pub(crate) plain: BusTile,
    pub(crate) sines: BusTile,
}

impl MasterSums {
    pub(crate) const EMPTY: Self =
        Self { summing: Summing { plain: true, sines: false }, plain: SILENT_BUS, sines: SILENT_BUS };
}

/// The master bus, and the bypass behind it.
pub(crate) struct MasterBus {
    stages: BusStages<1>,
    sides: [Ramp; 2],
    limiter: Limiter,
    limiter_settings: LimiterSettings,
    /// As they were wanted some tiles ago, and as they count.
    late_limiter: LateSettings<LimiterSettings>,
    limiter_now: LimiterSettings,
    /// The lookahead that was prepared.
    lookahead: Lookahead,
    /// How much of the sum is the console's.
    console: Ramp,
    monitor: [Ramp; 4],
    bypass: Ramp,
    /// Of what strips send here directly, plain and as sines, and of the unity sum.
    direct_delays: [[Delay; 2]; 2],
    dry_delays: [Delay; 2],
    /// Samples by which what comes in is late.
    colour_latency: usize,
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
            late_limiter: LateSettings::new(0, LimiterSettings::default()),
            limiter_now: LimiterSettings::default(),
            lookahead: Lookahead::None,
            console: Ramp::settled_at(0.0),
            monitor: [ll, lr, rl, rr].map(Ramp::settled_at),
            bypass: Ramp::settled_at(0.0),
            direct_delays: std::array::from_fn(|_| [Delay::new(0), Delay::new(0)]),
            dry_delays: [Delay::new(0), Delay::new(0)],
            colour_latency: 0,
        };
        bus.set_limiter();
        bus
    }

    /// Takes the rate, the quality of colour, and the lookahead that was set last. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64, quality: ColourQuality) {
        self.lookahead = self.limiter_settings.lookahead;
        self.limiter.prepare(sample_rate_hz, self.lookahead);
        let latency = latency_samples(quality);
        self.colour_latency = 2 * latency;
        self.stages.prepare(sample_rate_hz, ColourQuality::X1, self.colour_latency);
        self.sides.iter_mut().chain([&mut self.console]).for_each(|ramp| ramp.set_delay(self.colour_latency));
        self.late_limiter = LateSettings::new(self.colour_latency / TILE_FRAMES, self.limiter_settings);
        self.direct_delays = std::array::from_fn(|_| [Delay::new(latency), Delay::new(latency)]);
        let total = self.latency_samples();
        self.monitor.iter_mut().chain([&mut self.bypass]).for_each(|ramp| ramp.set_delay(total));
        self.dry_delays = [Delay::new(total), Delay::new(total)];
    }

    /// Samples by which the output lags behind the input.
    pub(crate) fn latency_samples(&self) -> usize {
        self.colour_latency + self.limiter_samples()
    }

    /// Samples of them that are the limiter's.
    pub(crate) fn limiter_samples(&self) -> usize {
        self.limiter.latency_samples() as usize
    }

    /// Whether another lookahead is wanted than was prepared.
    pub(crate) fn needs_prepare(&self) -> bool {
        self.limiter_settings.lookahead != self.lookahead
    }

    pub(crate) fn set(&mut self, master: &MasterSettings, timing: Timing) {
        for (side, gain) in self.sides.iter_mut().zip(gains::master_gains(master)) {
            side.retarget(gain, timing.ramp);
        }
        let monitor: Matrix = gains::monitor_matrix(master);
        for (entry, target) in self.monitor.iter_mut().zip(monitor.as_flattened()) {
            entry.retarget(*target, timing.ramp);
        }
        self.console.retarget(if master.console { 1.0 } else { 0.0 }, timing.ramp);
        let MasterSettings { eq, compressor, .. } = *master;
        self.stages.set(0, &BusSettings { eq, compressor, saturation: SaturationSettings::WARM }, timing);
        self.limiter_settings = master.limiter;
        if self.colour_latency == 0 {
            self.take_limiter(master.limiter);
        }
    }

    fn take_limiter(&mut self, settings: LimiterSettings) {
        if settings != self.limiter_now {
            self.limiter_now = settings;
            self.set_limiter();
        }
    }

    fn set_limiter(&mut self) {
        let (wanted, default) = (self.limiter_now, LimiterSettings::default());
        self.limiter.set(
            clamped(wanted.ceiling_db, CEILING_RANGE_DB, default.ceiling_db),
            clamped(wanted.release_ms, LIMITER_RELEASE_RANGE_MS, default.release_ms),
            clamped(wanted.link_percent, PERCENT_RANGE, default.link_percent),
        );
        self.limiter.set_on(wanted.on);
    }

    pub(crate) fn set_bypass(&mut self, bypass: bool, fade: RampTime) {
        self.bypass.retarget(if bypass { 1.0 } else { 0.0 }, fade);
    }

    /// Ends every ramp where it was going; what is delayed has been there all the time.
    pub(crate) fn jump(&mut self) {
        self.sides.iter_mut().for_each(Ramp::jump);
        self.stages.jump();
        self.console.jump();
        self.monitor.iter_mut().for_each(Ramp::jump);
        self.bypass.jump();
        self.late_limiter.fill(self.limiter_settings);
        self.take_limiter(self.limiter_settings);
    }

    /// Forgets everything that was heard.
    pub(crate) fn reset(&mut self) {
        self.stages.reset();
        self.limiter.reset();
        let delays = self.dry_delays.iter_mut().chain(self.direct_delays.as_flattened_mut());
        delays.for_each(|delay| delay.fill(0.0));
    }

    pub(crate) fn begin_tile(&mut self, timing: Timing) {
        self.stages.begin_tile(timing);
        let limiter = self.late_limiter.exchange(self.limiter_settings);
        self.take_limiter(limiter);
    }

    /// How sources are to be added up from the next sample on.
    pub(crate) fn summing(&self) -> Summing {
        let console = self.console.settled();
        Summing { plain: console != Some(1.0), sines: console == Some(1.0) || console.is_none() }
    }

    /// What strips have sent here directly, as late as what comes through groups. `used` says which sums there are. Returns whether there
    /// is anything.
    pub(crate) fn delay_direct(&mut self, sums: &mut MasterSums, used: [bool; 2], n: usize) -> bool {
        let [plain, sines] = &mut self.direct_delays;
        delay_bus(plain, &mut sums.plain, used[0], n) | delay_bus(sines, &mut sums.sines, used[1], n)
    }

    /// Whether the unity sum of the inputs is heard in the next sample or later.
    pub(crate) fn wants_dry(&self) -> bool {
        self.bypass.settled() != Some(0.0)
    }

    /// The bypass of the next `n` frames, 0 (the mix) … 1 (the unity sum), as late as the mix is; nothing if there is only the mix.
    pub(crate) fn bypass(&mut self, n: usize) -> Option<[f32; TILE_FRAMES]> {
        if self.bypass.settled() == Some(0.0) {
            return None;
        }
        Some(self.bypass.fill(n))
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
        if self.limiter.is_transparent() { 0.0 } else { self.limiter.gain_reduction_db() }
    }

    /// Turns the master's sums into its output, in place of the plain one. `silent` says that there is none.
    pub(crate) fn process<S: Simd>(
        &mut self,
        simd: S,
        sums: &mut MasterSums,
        silent: bool,
        segment: Segment,
        scratch: &mut StageScratch,
    ) {
        let n = segment.n;
        self.console(simd, sums, n);
        let bus = &mut sums.plain;
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
        let mut entries = self.monitor.iter().zip(IDENTITY.as_flattened());
        if entries.all(|(entry, gain)| entry.settled() == Some(*gain)) {
            return;
        }
        let monitor = self.monitor.each_mut().map(|entry| entry.fill(n));
        let ([left, right], [ll, lr, rl, rr]) = (bus, monitor);
        for frame in 0..TILE_FRAMES {
            let (l, r) = (left[frame], right[frame]);
            left[frame] = ll[frame] * l + lr[frame] * r;
            right[frame] = rl[frame] * l + rr[frame] * r;
        }
    }

    /// plain ← (1 − k)·plain + k·arcsin(sines)
    fn console<S: Simd>(&mut self, simd: S, MasterSums { plain, sines, .. }: &mut MasterSums, n: usize) {
        let settled = self.console.settled();
        if settled == Some(0.0) {
            return;
        }
        let amount = self.console.fill(n);
        simd.vectorize(
            #[inline(always)]
            || {
                for (plain, sines) in plain.iter_mut().zip(sines) {
                    decode(simd, sines);
                    if settled == Some(1.0) {
                        *plain = *sines;
                        continue;
                    }
                    for ((plain, sines), amount) in plain.iter_mut().zip(sines).zip(&amount) {
                        *plain = (1.0 - amount) * *plain + amount * *sines;
                    }
                }
            },
        );
        hold_bus(simd, plain);
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
