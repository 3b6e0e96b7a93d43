//! What a person sets of the meters. None of it is heard.

/// What the meters' needles follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ballistics {
    /// Sample peaks and RMS.
    #[default]
    Peak,
    /// A volume unit meter: 99 % of a step in 300 ms.
    Vu,
    /// A quasi-peak meter of IEC 60268-10 type I (DIN, Nordic).
    PpmI,
    /// A quasi-peak meter of IEC 60268-10 type II (BBC, EBU).
    PpmII,
    /// Katz' K-12: RMS at which a sine reads its peak, zero at −12 dBFS.
    K12,
    /// Katz' K-14, zero at −14 dBFS.
    K14,
    /// Katz' K-20, zero at −20 dBFS.
    K20,
}

impl Ballistics {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Peak, Self::Vu, Self::PpmI, Self::PpmII, Self::K12, Self::K14, Self::K20];

    /// The amplitude of the steady sine at which the needle reads 0 dB, in dBFS.
    pub const fn zero_dbfs(self) -> f32 {
        match self {
            Self::Peak => 0.0,
            Self::PpmI => -9.0,
            Self::K12 => -12.0,
            Self::K14 => -14.0,
            Self::Vu | Self::PpmII => -18.0,
            Self::K20 => -20.0,
        }
    }
}

/// What the meters do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterSettings {
    /// What their needles follow.
    pub ballistics: Ballistics,
    /// Whether true peaks, loudness, range and correlation are measured, which costs more than it costs to mix. The plugin always
    /// does; whoever only mixes need not.
    pub loudness: bool,
    /// Whether integrated loudness, range and the largest true peak begin anew when the host's transport starts.
    pub restart_with_transport: bool,
}

impl Default for MeterSettings {
    fn default() -> Self {
        Self { ballistics: Ballistics::default(), loudness: true, restart_with_transport: false }
    }
}
