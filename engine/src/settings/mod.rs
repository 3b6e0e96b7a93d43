//! The snapshot of plain values that is the engine's only source of parameters.
//!
//! Everything here is in the units a person reads (dB, percent), so that a snapshot can be printed, compared and stored.
//! The engine derives linear gains from it in [`crate::gains`] and ramps those, never these.

mod colour;
mod eq;
mod meters;
mod rate;

pub use crate::dynamics::{CompressorSettings, Detector, GateSettings};
pub use crate::limiter::Lookahead;
pub use colour::*;
pub use eq::*;
pub use meters::*;
pub use rate::*;

/// The number of groups: A, B, C, D.
pub const N_GROUPS: usize = 4;

/// The number of places a strip can send to: the master, then groups A–D.
pub const N_DESTINATIONS: usize = 1 + N_GROUPS;

/// A fader or level at or below this many dB is silent: it reads "-inf dB" and its gain is exactly zero.
pub const SILENCE_DB: f32 = -100.0;

/// The upper end of faders and levels, in dB.
pub const MAX_FADER_DB: f32 = 12.0;

/// Trim reaches from minus to plus this many dB.
pub const MAX_TRIM_DB: f32 = 24.0;

/// The lower end of the master's dim, in dB.
pub const MIN_DIM_DB: f32 = -40.0;

/// Where a strip's signal can go. The order is the order of [`StripSettings::sends`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The master bus.
    Master,
    /// Group 0 (A) to 3 (D).
    Group(usize),
}

impl Destination {
    /// The index of this destination in [`StripSettings::sends`]: master 0, groups A–D 1–4.
    pub const fn idx(self) -> usize {
        match self {
            Self::Master => 0,
            Self::Group(group_idx) => 1 + group_idx,
        }
    }
}

/// What a strip takes from its stereo feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InputMode {
    /// Left and right as they come; pan is a balance.
    #[default]
    Stereo,
    /// Left and right exchanged; pan is a balance.
    Swap,
    /// The left channel on both sides; pan follows the pan law.
    Left,
    /// The right channel on both sides; pan follows the pan law.
    Right,
    /// The mean of both channels on both sides; pan follows the pan law.
    Mono,
}

impl InputMode {
    /// Whether both sides carry the same signal, so that the pan control pans instead of balancing.
    pub const fn is_mono(self) -> bool {
        matches!(self, Self::Left | Self::Right | Self::Mono)
    }
}

/// How a mono source is spread between left and right. The figure is the level of either side at the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PanLaw {
    /// L = 1 − p, R = p: constant amplitude, −6.02 dB at the centre.
    Linear,
    /// The geometric mean of linear and sine/cosine: −4.52 dB at the centre.
    Compromise,
    /// L = cos(pπ/2), R = sin(pπ/2): constant power, −3.01 dB at the centre.
    #[default]
    SineCosine,
    /// L = √(1 − p), R = √p: constant power, −3.01 dB at the centre.
    SquareRoot,
    /// The balance curve: 0 dB at the centre, the far side attenuated linearly, never a boost.
    Balanced,
}

/// What a strip's compressor listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// What it compresses.
    #[default]
    Own,
    /// This strip, counted from 0, behind its high-pass and low-pass and before its gate: whatever its fader, mute and solo do.
    /// One that does not exist counts as [`KeySource::Own`].
    Strip(usize),
}

/// What comes first in a strip, behind the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StageOrder {
    /// The equaliser, then the compressor.
    #[default]
    EqFirst,
    /// The compressor, then the equaliser.
    CompressorFirst,
}

/// One path from a strip to the master or to a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendSettings {
    /// Whether the path is switched on.
    pub on: bool,
    /// Level of the path in dB, −∞…+12.
    pub level_db: f32,
    /// Taken before the fader (after width and pan) instead of after it.
    pub pre_fader: bool,
}

impl SendSettings {
    /// A path that is on (or off) at 0 dB, after the fader.
    pub const fn unity(on: bool) -> Self {
        Self { on, level_db: 0.0, pre_fader: false }
    }
}

/// One channel strip, in signal order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripSettings {
    /// What is taken from the stereo feed.
    pub input_mode: InputMode,
    /// Input gain in dB, −24…+24.
    pub trim_db: f32,
    /// Inverts both channels.
    pub invert_polarity: bool,
    /// The high-pass.
    pub high_pass: FilterSettings,
    /// The low-pass.
    pub low_pass: FilterSettings,
    /// The gate.
    pub gate: GateSettings,
    /// The equaliser.
    pub eq: EqSettings,
    /// The compressor.
    pub compressor: CompressorSettings,
    /// What the compressor listens to.
    pub key: KeySource,
    /// Whether equaliser or compressor comes first.
    pub order: StageOrder,
    /// The saturation, behind both.
    pub saturation: SaturationSettings,
    /// Stereo width in percent, 0 (mono) … 100 (as it comes) … 200 (side doubled).
    pub width_percent: f32,
    /// Position in percent, −100 (left) … 0 (centre) … +100 (right).
    pub pan_percent: f32,
    /// Fader in dB, −∞…+12.
    pub fader_db: f32,
    /// Silences everything that leaves the strip, pre-fader sends too.
    pub mute: bool,
    /// Solo in place.
    pub solo: bool,
    /// Never silenced by somebody else's solo.
    pub solo_safe: bool,
    /// Paths to the master and groups A–D, indexed by [`Destination::idx`].
    pub sends: [SendSettings; N_DESTINATIONS],
}

impl Default for StripSettings {
    fn default() -> Self {
        let off = SendSettings::unity(false);
        Self {
            input_mode: InputMode::Stereo,
            trim_db: 0.0,
            invert_polarity: false,
            high_pass: FilterSettings::HIGH_PASS,
            low_pass: FilterSettings::LOW_PASS,
            gate: GateSettings::STRIP,
            eq: EqSettings::FLAT,
            compressor: CompressorSettings::STRIP,
            key: KeySource::Own,
            order: StageOrder::EqFirst,
            saturation: SaturationSettings::WARM,
            width_percent: 100.0,
            pan_percent: 0.0,
            fader_db: 0.0,
            mute: false,
            solo: false,
            solo_safe: false,
            sends: [SendSettings::unity(true), off, off, off, off],
        }
    }
}

/// One group, in signal order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupSettings {
    /// The equaliser.
    pub eq: EqSettings,
    /// The compressor.
    pub compressor: CompressorSettings,
    /// The saturation.
    pub saturation: SaturationSettings,
    /// Balance in percent, −100 (left only) … 0 … +100 (right only). Never a boost.
    pub balance_percent: f32,
    /// Fader in dB, −∞…+12.
    pub fader_db: f32,
    /// Silences the group's output and its way to the master.
    pub mute: bool,
    /// Solos the group's feeders, into this group only.
    pub solo: bool,
    /// Whether the group feeds the master, or only its own output.
    pub to_master: bool,
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            eq: EqSettings::FLAT,
            compressor: CompressorSettings::GROUP,
            saturation: SaturationSettings::WARM,
            balance_percent: 0.0,
            fader_db: 0.0,
            mute: false,
            solo: false,
            to_master: true,
        }
    }
}

/// The master's limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterSettings {
    /// Off is the input, bit for bit, delayed by the latency of the lookahead.
    pub on: bool,
    /// The largest true peak that leaves it, in dB re full scale, −24…0.
    pub ceiling_db: f32,
    /// Time constant of shrinking reduction in ms, 1…1000.
    pub release_ms: f32,
    /// 100 gives both sides one gain, 0 each its own.
    pub link_percent: f32,
    /// How far it looks ahead. Counts from the next [`crate::Engine::prepare`] on, because it changes the latency.
    pub lookahead: Lookahead,
}

impl Default for LimiterSettings {
    fn default() -> Self {
        Self {
            on: false,
            ceiling_db: -1.0,
            release_ms: 100.0,
            link_percent: 100.0,
            lookahead: Lookahead::None,
        }
    }
}

/// The master bus, in signal order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MasterSettings {
    /// Console summing: strips and groups are added up as sines of what they are, and the sum is turned back.
    pub console: bool,
    /// The equaliser.
    pub eq: EqSettings,
    /// The glue compressor.
    pub compressor: CompressorSettings,
    /// Balance in percent, −100 (left only) … 0 … +100 (right only). Never a boost.
    pub balance_percent: f32,
    /// Fader in dB, −∞…+12.
    pub fader_db: f32,
    /// The limiter. What follows only turns down what it has limited.
    pub limiter: LimiterSettings,
    /// Puts the mean of both channels on both sides, after the balance.
    pub mono: bool,
    /// Attenuates by [`Self::dim_db`].
    pub dim: bool,
    /// How far *dim* turns down, in dB, −40…0.
    pub dim_db: f32,
    /// Silences the master output; groups' own outputs go on.
    pub cut: bool,
}

impl Default for MasterSettings {
    fn default() -> Self {
        Self {
            console: false,
            eq: EqSettings::FLAT,
            compressor: CompressorSettings::GLUE,
            balance_percent: 0.0,
            fader_db: 0.0,
            limiter: LimiterSettings::default(),
            mono: false,
            dim: false,
            dim_db: -20.0,
            cut: false,
        }
    }
}

/// Every parameter of an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The strips, in the order of the inputs.
    pub strips: Vec<StripSettings>,
    /// Groups A–D.
    pub groups: [GroupSettings; N_GROUPS],
    /// The master bus.
    pub master: MasterSettings,
    /// The law by which strips in a mono input mode are panned.
    pub pan_law: PanLaw,
    /// How often the sound is oversampled where it is coloured.
    pub colour_quality: ColourQuality,
    /// The rate at which the engine runs.
    pub engine_rate: EngineRate,
    /// How that rate is reached.
    pub resampling: ResamplingMode,
    /// What the meters do.
    pub meters: MeterSettings,
    /// The host's bypass: the unity sum of all inputs; group outputs are silent.
    pub bypass: bool,
}

impl Settings {
    /// Defaults for `n_strips` strips: each to the master at unity, nothing else switched on.
    pub fn new(n_strips: usize) -> Self {
        Self {
            strips: vec![StripSettings::default(); n_strips],
            groups: [GroupSettings::default(); N_GROUPS],
            master: MasterSettings::default(),
            pan_law: PanLaw::default(),
            colour_quality: ColourQuality::default(),
            engine_rate: EngineRate::default(),
            resampling: ResamplingMode::default(),
            meters: MeterSettings::default(),
            bypass: false,
        }
    }
}
