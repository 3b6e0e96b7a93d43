//! What a person sets of colour: saturation on strips and groups, console summing on the master.

/// The range of drive, in dB.
pub const DRIVE_RANGE_DB: [f32; 2] = [0.0, 36.0];

/// How often the sound is oversampled where it is coloured. Counts from the next [`crate::Engine::prepare`] on, because it
/// changes the latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourQuality {
    /// Not at all: latency zero, and aliases as they come.
    #[default]
    X1,
    /// Twice, with anti-derivative anti-aliasing.
    X2,
    /// Four times, with anti-derivative anti-aliasing.
    X4,
}

impl ColourQuality {
    /// Every one, from the cheapest to the cleanest.
    pub const ALL: [Self; 3] = [Self::X1, Self::X2, Self::X4];
}

/// What a saturation sounds like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SaturationKind {
    /// Symmetric, odd harmonics, as magnetic tape has.
    #[default]
    Tape,
    /// Asymmetric, odd and even harmonics, as a triode has.
    Tube,
}

/// A saturation, behind equaliser and compressor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaturationSettings {
    /// Off is the input, bit for bit, delayed as the quality asks.
    pub on: bool,
    /// What it sounds like.
    pub kind: SaturationKind,
    /// How far it is driven, in dB, 0…36. What gets louder by it is turned down again.
    pub drive_db: f32,
    /// How much of what leaves has been saturated, in percent, 0…100; the rest is the input.
    pub mix_percent: f32,
}

impl SaturationSettings {
    /// A new strip's and group's: off, and gentle when it is switched on.
    pub const WARM: Self = Self { on: false, kind: SaturationKind::Tape, drive_db: 6.0, mix_percent: 100.0 };
}
