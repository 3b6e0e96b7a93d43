//! Random settings, automation and signals, from a seed.

mod colour;
mod stages;

pub use colour::{QUALITIES, colour_some, turn_a_colour, turn_a_meter};
pub use stages::{LOOKAHEADS, SHAPES, band, compressor, eq, filter, gate, limiter};

use super::{Event, Session, Stereo};
use busbar_engine::{
    GroupSettings, InputMode, MasterSettings, PanLaw, SendSettings, Settings, StripSettings,
};
use fastrand::Rng;

pub const SAMPLE_RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

pub const INPUT_MODES: [InputMode; 5] =
    [InputMode::Stereo, InputMode::Swap, InputMode::Left, InputMode::Right, InputMode::Mono];

pub const PAN_LAWS: [PanLaw; 5] =
    [PanLaw::Linear, PanLaw::Compromise, PanLaw::SineCosine, PanLaw::SquareRoot, PanLaw::Balanced];

/// How far random values leave the sensible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wildness {
    /// What a person would set, with the ends of each range now and then, and every filter and every dynamics off.
    Linear,
    /// The same with filters and dynamics, in about half of the places.
    Musical,
    /// Anything that fits into an f32: far out of range, infinite, not a number.
    Storm,
}

/// True with this probability.
pub fn chance(rng: &mut Rng, probability: f64) -> bool {
    rng.f64() < probability
}

pub fn uniform(rng: &mut Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.f32()
}

fn value(rng: &mut Rng, low: f32, high: f32, special: &[f32], wildness: Wildness) -> f32 {
    if wildness == Wildness::Storm && chance(rng, 0.3) {
        return match rng.u8(0..8) {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            3 => f32::MAX,
            4 => -f32::MAX,
            5 => f32::from_bits(rng.u32(..)),
            6 => f32::from_bits(1),
            _ => uniform(rng, 3.0 * low - 100.0, 3.0 * high + 100.0),
        };
    }
    if chance(rng, 0.2) {
        let special_idx = rng.usize(..special.len());
        return special[special_idx];
    }
    uniform(rng, low, high)
}

fn fader_db(rng: &mut Rng, wildness: Wildness) -> f32 {
    // Below −100 dB is "−∞"; −130, 20 and NaN must be clamped or replaced, which belongs to the specification too.
    value(rng, -40.0, 12.0, &[0.0, 0.0, 12.0, -100.0, -99.9, -130.0, 20.0, f32::NAN], wildness)
}

fn balance_percent(rng: &mut Rng, wildness: Wildness) -> f32 {
    value(rng, -100.0, 100.0, &[0.0, 0.0, -100.0, 100.0, 150.0, f32::NAN], wildness)
}

fn send(rng: &mut Rng, on: f64, wildness: Wildness) -> SendSettings {
    SendSettings { on: chance(rng, on), level_db: fader_db(rng, wildness), pre_fader: chance(rng, 0.3) }
}

/// A strip with its stages off. The rest is on its way: [`settings`] adds them.
fn strip(rng: &mut Rng, wildness: Wildness) -> StripSettings {
    StripSettings {
        input_mode: INPUT_MODES[rng.usize(..5)],
        trim_db: value(rng, -24.0, 24.0, &[0.0, 0.0, 24.0, -24.0, 40.0, f32::NAN], wildness),
        invert_polarity: rng.bool(),
        width_percent: value(rng, 0.0, 200.0, &[100.0, 100.0, 0.0, 200.0, -5.0, f32::NAN], wildness),
        pan_percent: balance_percent(rng, wildness),
        fader_db: fader_db(rng, wildness),
        mute: chance(rng, 0.1),
        solo: chance(rng, 0.05),
        solo_safe: chance(rng, 0.1),
        sends: std::array::from_fn(|i| send(rng, if i == 0 { 0.8 } else { 0.4 }, wildness)),
        ..StripSettings::default()
    }
}

fn group(rng: &mut Rng, wildness: Wildness) -> GroupSettings {
    GroupSettings {
        balance_percent: balance_percent(rng, wildness),
        fader_db: fader_db(rng, wildness),
        mute: chance(rng, 0.1),
        solo: chance(rng, 0.05),
        to_master: chance(rng, 0.7),
        ..GroupSettings::default()
    }
}

fn master(rng: &mut Rng, wildness: Wildness) -> MasterSettings {
    MasterSettings {
        balance_percent: value(rng, -90.0, 90.0, &[0.0, 0.0, f32::NAN], wildness),
        fader_db: value(rng, -20.0, 12.0, &[0.0, 0.0, 12.0, f32::NAN], wildness),
        mono: chance(rng, 0.2),
        dim: chance(rng, 0.2),
        dim_db: value(rng, -40.0, 0.0, &[-20.0, 5.0, -80.0, f32::NAN], wildness),
        cut: chance(rng, 0.05),
        ..MasterSettings::default()
    }
}

pub fn settings(rng: &mut Rng, n_strips: usize, wildness: Wildness) -> Settings {
    let mut settings = Settings {
        strips: (0..n_strips).map(|_| strip(rng, wildness)).collect(),
        groups: std::array::from_fn(|_| group(rng, wildness)),
        master: master(rng, wildness),
        pan_law: PAN_LAWS[rng.usize(..5)],
        bypass: chance(rng, 0.05),
        ..Settings::new(n_strips)
    };
    if wildness != Wildness::Linear {
        stages::switch_some_on(rng, &mut settings, wildness);
    }
    settings
}

/// Changes one thing, as a hand on a control does.
pub fn turn_a_knob(rng: &mut Rng, settings: &mut Settings, wildness: Wildness) {
    if wildness != Wildness::Linear && rng.bool() {
        return stages::turn_a_knob(rng, settings, wildness);
    }
    let n_strips = settings.strips.len();
    let new = self::settings(rng, n_strips, wildness);
    let strip_idx = rng.usize(..n_strips);
    let (old_strip, new_strip) = (&mut settings.strips[strip_idx], &new.strips[strip_idx]);
    let group_idx = rng.usize(..4);
    let (old_group, new_group) = (&mut settings.groups[group_idx], &new.groups[group_idx]);
    let send_idx = rng.usize(..5);
    match rng.u8(0..22) {
        0 => old_strip.input_mode = new_strip.input_mode,
        1 => old_strip.trim_db = new_strip.trim_db,
        2 => old_strip.invert_polarity ^= true,
        3 => old_strip.width_percent = new_strip.width_percent,
        4 => old_strip.pan_percent = new_strip.pan_percent,
        5 => old_strip.fader_db = new_strip.fader_db,
        6 => old_strip.mute ^= true,
        7 => old_strip.solo ^= true,
        8 => old_strip.solo_safe ^= true,
        9 => old_strip.sends[send_idx].on ^= true,
        10 => old_strip.sends[send_idx].level_db = new_strip.sends[send_idx].level_db,
        11 => old_strip.sends[send_idx].pre_fader ^= true,
        12 => old_group.balance_percent = new_group.balance_percent,
        13 => old_group.fader_db = new_group.fader_db,
        14 => old_group.mute ^= true,
        15 => old_group.solo ^= true,
        16 => old_group.to_master ^= true,
        17 => settings.master = MasterSettings { limiter: settings.master.limiter, ..new.master },
        18 => settings.master.fader_db = new.master.fader_db,
        19 => settings.master.mono ^= true,
        20 => settings.pan_law = new.pan_law,
        _ => settings.bypass ^= true,
    }
}

/// A feed of the kind a mixer meets: noise, tones, bursts, constants, clicks, nothing, and now and then no connection.
pub fn feed(rng: &mut Rng, n_frames: usize) -> Option<Stereo> {
    let kind = rng.u8(0..10);
    let step = [rng.f32() * 0.3, rng.f32() * 0.3];
    let constant = [uniform(rng, -1.0, 1.0), uniform(rng, -1.0, 1.0)];
    if kind == 9 {
        return None;
    }
    let mut sample = |channel_idx: usize, frame: usize| match kind {
        0..=4 => uniform(rng, -1.0, 1.0),
        5 => (step[channel_idx] * frame as f32).sin(),
        6 => uniform(rng, -1.0, 1.0) * f32::from(u8::from(frame % 700 < 200)),
        7 => constant[channel_idx],
        // Subnormals between clicks.
        _ if frame.is_multiple_of(97) => 1.0,
        _ => f32::from_bits(rng.u32(..0x0080_0000)),
    };
    Some(std::array::from_fn(|channel_idx| (0..n_frames).map(|frame| sample(channel_idx, frame)).collect()))
}

/// How often events come, and what they are.
#[derive(Clone, Copy, Debug)]
pub struct Automation {
    /// On average.
    pub frames_per_event: usize,
    /// The part of events that change everything at once, as a recalled snapshot does. The others turn one to three knobs.
    pub snapshots: f64,
}

impl Automation {
    pub const NONE: Self = Self { frames_per_event: usize::MAX / 4, snapshots: 0.0 };

    pub const fn every(frames_per_event: usize) -> Self {
        Self { frames_per_event, snapshots: 0.1 }
    }
}

/// A whole session: random settings, feeds and events. In one of four all stages are off.
pub fn session(rng: &mut Rng, n_strips: usize, n_frames: usize, automation: Automation) -> Session {
    let wildness = if chance(rng, 0.25) { Wildness::Linear } else { Wildness::Musical };
    wild_session(rng, n_strips, n_frames, automation, wildness)
}

/// A session in which all stages are off, always.
pub fn linear_session(rng: &mut Rng, n_strips: usize, n_frames: usize, automation: Automation) -> Session {
    wild_session(rng, n_strips, n_frames, automation, Wildness::Linear)
}

fn wild_session(
    rng: &mut Rng,
    n_strips: usize,
    n_frames: usize,
    automation: Automation,
    wildness: Wildness,
) -> Session {
    let sample_rate_hz = SAMPLE_RATES_HZ[rng.usize(..SAMPLE_RATES_HZ.len())];
    let mut session = Session::new(sample_rate_hz, n_frames, settings(rng, n_strips, wildness));
    session.inputs = (0..n_strips).map(|_| feed(rng, n_frames)).collect();
    if chance(rng, 0.4) {
        pause(rng, &mut session);
    }
    let mut at = rng.usize(..2 * automation.frames_per_event);
    let mut current = session.initial.clone();
    while at < n_frames {
        if chance(rng, automation.snapshots) {
            current = settings(rng, n_strips, wildness);
        } else {
            for _ in 0..rng.usize(1..=3) {
                turn_a_knob(rng, &mut current, wildness);
            }
        }
        session.events.push(Event { at, settings: current.clone() });
        at += rng.usize(1..2 * automation.frames_per_event);
    }
    session
}

/// Makes strips fall silent together, eight neighbours at a time, and come back, at any sample.
pub fn pause(rng: &mut Rng, session: &mut Session) {
    for neighbours in session.inputs.chunks_mut(8) {
        let mut from = rng.usize(..400);
        while from < session.n_frames {
            let to = session.n_frames.min(from + rng.usize(1..200));
            for channel in neighbours.iter_mut().flatten().flatten() {
                channel[from..to].fill(0.0);
            }
            from = to + rng.usize(1..400);
        }
    }
}

/// Puts non-finite samples into random places of random feeds, and says which strips were hit (bit i: strip i).
pub fn spoil(rng: &mut Rng, session: &mut Session, n_hits: usize) -> u64 {
    const BAD: [f32; 6] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e12, -1e12, f32::MAX];
    let mut hit = 0;
    for _ in 0..n_hits {
        let strip_idx = rng.usize(..session.n_strips());
        if let Some(feed) = &mut session.inputs[strip_idx] {
            feed[rng.usize(..2)][rng.usize(..session.n_frames)] = BAD[rng.usize(..BAD.len())];
            hit |= 1 << strip_idx;
        }
    }
    hit
}
