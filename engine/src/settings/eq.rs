//! What a person sets of filters and equalisers.

/// Bands of every equaliser.
pub const N_BANDS: usize = 4;

/// The range of every corner and band, in hertz.
pub const FREQUENCY_RANGE_HZ: [f32; 2] = [20.0, 20_000.0];

/// The range of a band's boost or cut, in dB.
pub const BAND_GAIN_RANGE_DB: [f32; 2] = [-18.0, 18.0];

/// The range of a band's Q.
pub const Q_RANGE: [f32; 2] = [0.1, 40.0];

/// The Q of a shelf from which on it is as steep as a shelf can be without overshoot.
pub const STEEPEST_SHELF_Q: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How steep a high-pass or low-pass is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FilterSlope {
    /// Butterworth, 12 dB per octave.
    #[default]
    Db12,
    /// Butterworth, 24 dB per octave.
    Db24,
}

/// A high-pass or low-pass, −3 dB at its frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterSettings {
    /// Off is the input, bit for bit.
    pub on: bool,
    /// The corner in Hz, 20…20 000.
    pub frequency_hz: f32,
    /// How steep it is.
    pub slope: FilterSlope,
}

impl FilterSettings {
    /// A new strip's high-pass: off, below voices and most instruments.
    pub const HIGH_PASS: Self = Self { on: false, frequency_hz: 80.0, slope: FilterSlope::Db12 };

    /// A new strip's low-pass: off, above what most microphones hear.
    pub const LOW_PASS: Self = Self { on: false, frequency_hz: 16_000.0, slope: FilterSlope::Db12 };
}

/// What a band of an equaliser is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BandShape {
    /// Boosts or cuts around its frequency.
    #[default]
    Bell,
    /// Boosts or cuts below its frequency, where it has half of its gain in dB.
    LowShelf,
    /// Boosts or cuts above its frequency, where it has half of its gain in dB.
    HighShelf,
    /// Takes its frequency out; the gain is of no meaning.
    Notch,
}

/// A band of an equaliser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// Off is the input, bit for bit.
    pub on: bool,
    /// What it is.
    pub shape: BandShape,
    /// Its frequency in Hz, 20…20 000.
    pub frequency_hz: f32,
    /// Boost or cut in dB, −18…+18. At 0 dB bells and shelves are the input, bit for bit.
    pub gain_db: f32,
    /// Q of bells and notches, 0.1…40. Shelves are as steep as can be from [`STEEPEST_SHELF_Q`] on, and gentler below: their
    /// slope is Q/[`STEEPEST_SHELF_Q`], at most 1.
    pub q: f32,
}

impl BandSettings {
    const fn flat(shape: BandShape, frequency_hz: f32, q: f32) -> Self {
        Self { on: true, shape, frequency_hz, gain_db: 0.0, q }
    }
}

/// An equaliser of four bands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EqSettings {
    /// Off is the input, bit for bit.
    pub on: bool,
    /// The bands, in the order in which they work.
    pub bands: [BandSettings; N_BANDS],
}

impl EqSettings {
    /// A new one: off; a low shelf, two bells and a high shelf, all flat.
    pub const FLAT: Self = Self {
        on: false,
        bands: [
            BandSettings::flat(BandShape::LowShelf, 100.0, 0.71),
            BandSettings::flat(BandShape::Bell, 400.0, 1.0),
            BandSettings::flat(BandShape::Bell, 2_500.0, 1.0),
            BandSettings::flat(BandShape::HighShelf, 8_000.0, 0.71),
        ],
    };
}

impl Default for EqSettings {
    fn default() -> Self {
        Self::FLAT
    }
}
