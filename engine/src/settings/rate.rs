//! What a person sets of the rate at which the engine runs.

/// The rate at which the engine runs. Counts from the next activation on, because it changes the latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EngineRate {
    /// The host's: nothing is resampled.
    #[default]
    Host,
    /// 44.1 kHz.
    Hz44100,
    /// 48 kHz.
    Hz48000,
    /// 88.2 kHz.
    Hz88200,
    /// 96 kHz.
    Hz96000,
    /// 176.4 kHz.
    Hz176400,
    /// 192 kHz.
    Hz192000,
}

impl EngineRate {
    /// Every one, the host's first, then from the lowest to the highest.
    pub const ALL: [Self; 7] = [
        Self::Host,
        Self::Hz44100,
        Self::Hz48000,
        Self::Hz88200,
        Self::Hz96000,
        Self::Hz176400,
        Self::Hz192000,
    ];

    /// In hertz; of [`EngineRate::Host`] nothing.
    pub const fn hz(self) -> Option<u32> {
        match self {
            Self::Host => None,
            Self::Hz44100 => Some(44_100),
            Self::Hz48000 => Some(48_000),
            Self::Hz88200 => Some(88_200),
            Self::Hz96000 => Some(96_000),
            Self::Hz176400 => Some(176_400),
            Self::Hz192000 => Some(192_000),
        }
    }
}

/// How the engine's rate is reached, where it is not the host's. Counts from the next activation on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ResamplingMode {
    /// By windowed sinc: late by a few milliseconds.
    #[default]
    LowLatency,
    /// By FFT: later, cheaper, steeper.
    Quality,
}

impl ResamplingMode {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::LowLatency, Self::Quality];
}
