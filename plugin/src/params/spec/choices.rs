//! What choices are called, and what the engine calls them.

use busbar_engine::{
    Ballistics, BandShape, ColourQuality, Detector, EngineRate, FilterSlope, InputMode, KeySource, Lookahead,
    N_GROUPS, PanLaw, ResamplingMode, SaturationKind, StageOrder,
};

/// Letters of the groups, as they stand in names.
pub const GROUP_LETTERS: [char; N_GROUPS] = ['A', 'B', 'C', 'D'];

/// Names of the strips' input modes.
pub const INPUT_MODES: [&str; 5] = ["Stereo", "Swap", "Left", "Right", "Mono"];

/// What the names of [`INPUT_MODES`] stand for.
pub const INPUT_MODE_VALUES: [InputMode; INPUT_MODES.len()] =
    [InputMode::Stereo, InputMode::Swap, InputMode::Left, InputMode::Right, InputMode::Mono];

/// Names of the pan laws.
pub const PAN_LAWS: [&str; 5] =
    ["Linear -6 dB", "Compromise -4.5 dB", "Sine/Cosine -3 dB", "Square Root -3 dB", "Balanced 0 dB"];

/// What the names of [`PAN_LAWS`] stand for.
pub const PAN_LAW_VALUES: [PanLaw; PAN_LAWS.len()] =
    [PanLaw::Linear, PanLaw::Compromise, PanLaw::SineCosine, PanLaw::SquareRoot, PanLaw::Balanced];

/// Names of the slopes of high-pass and low-pass.
pub const SLOPES: [&str; 2] = ["12 dB/oct", "24 dB/oct"];

/// What the names of [`SLOPES`] stand for.
pub const SLOPE_VALUES: [FilterSlope; SLOPES.len()] = [FilterSlope::Db12, FilterSlope::Db24];

/// Names of the shapes of an equaliser's lowest band.
pub const LOW_SHAPES: [&str; 3] = ["Low Shelf", "Bell", "Notch"];

/// What the names of [`LOW_SHAPES`] stand for.
pub const LOW_SHAPE_VALUES: [BandShape; LOW_SHAPES.len()] =
    [BandShape::LowShelf, BandShape::Bell, BandShape::Notch];

/// Names of the shapes of an equaliser's inner bands.
pub const INNER_SHAPES: [&str; 2] = ["Bell", "Notch"];

/// What the names of [`INNER_SHAPES`] stand for.
pub const INNER_SHAPE_VALUES: [BandShape; INNER_SHAPES.len()] = [BandShape::Bell, BandShape::Notch];

/// Names of the shapes of an equaliser's highest band.
pub const HIGH_SHAPES: [&str; 3] = ["High Shelf", "Bell", "Notch"];

/// What the names of [`HIGH_SHAPES`] stand for.
pub const HIGH_SHAPE_VALUES: [BandShape; HIGH_SHAPES.len()] =
    [BandShape::HighShelf, BandShape::Bell, BandShape::Notch];

/// Names of what compressors listen to.
pub const DETECTORS: [&str; 2] = ["Peak", "RMS"];

/// What the names of [`DETECTORS`] stand for.
pub const DETECTOR_VALUES: [Detector; DETECTORS.len()] = [Detector::Peak, Detector::Rms];

/// Names of the keys of strips' compressors: the strip itself, then every strip of the largest size, whatever the size is, so
/// that a session fits into each. A strip that does not exist counts as the strip itself.
pub const KEYS: [&str; 33] = [
    "Own", "Strip 1", "Strip 2", "Strip 3", "Strip 4", "Strip 5", "Strip 6", "Strip 7", "Strip 8", "Strip 9",
    "Strip 10", "Strip 11", "Strip 12", "Strip 13", "Strip 14", "Strip 15", "Strip 16", "Strip 17",
    "Strip 18", "Strip 19", "Strip 20", "Strip 21", "Strip 22", "Strip 23", "Strip 24", "Strip 25",
    "Strip 26", "Strip 27", "Strip 28", "Strip 29", "Strip 30", "Strip 31", "Strip 32",
];

/// What the names of [`KEYS`] stand for.
pub const KEY_VALUES: [KeySource; KEYS.len()] = {
    let mut values = [KeySource::Own; KEYS.len()];
    let mut idx = 1;
    while idx < values.len() {
        values[idx] = KeySource::Strip(idx - 1);
        idx += 1;
    }
    values
};

/// Names of the orders of a strip's equaliser and compressor.
pub const ORDERS: [&str; 2] = ["EQ first", "Compressor first"];

/// What the names of [`ORDERS`] stand for.
pub const ORDER_VALUES: [StageOrder; ORDERS.len()] = [StageOrder::EqFirst, StageOrder::CompressorFirst];

/// Names of the limiter's lookaheads.
pub const LOOKAHEADS: [&str; 4] = ["None", "1.5 ms", "3 ms", "5 ms"];

/// What the names of [`LOOKAHEADS`] stand for.
pub const LOOKAHEAD_VALUES: [Lookahead; LOOKAHEADS.len()] =
    [Lookahead::None, Lookahead::Ms1_5, Lookahead::Ms3, Lookahead::Ms5];

/// Names of the kinds of saturation.
pub const SATURATIONS: [&str; 2] = ["Tape", "Tube"];

/// What the names of [`SATURATIONS`] stand for.
pub const SATURATION_VALUES: [SaturationKind; SATURATIONS.len()] =
    [SaturationKind::Tape, SaturationKind::Tube];

/// Names of how often the sound is oversampled where it is coloured.
pub const COLOUR_QUALITIES: [&str; 3] = ["1x", "2x", "4x"];

/// What the names of [`COLOUR_QUALITIES`] stand for.
pub const COLOUR_QUALITY_VALUES: [ColourQuality; COLOUR_QUALITIES.len()] = ColourQuality::ALL;

/// Names of the engine's rates.
pub const ENGINE_RATES: [&str; 7] =
    ["Host", "44.1 kHz", "48 kHz", "88.2 kHz", "96 kHz", "176.4 kHz", "192 kHz"];

/// What the names of [`ENGINE_RATES`] stand for.
pub const ENGINE_RATE_VALUES: [EngineRate; ENGINE_RATES.len()] = EngineRate::ALL;

/// Names of the ways to the engine's rate.
pub const RESAMPLINGS: [&str; 2] = ["Low latency", "Quality"];

/// What the names of [`RESAMPLINGS`] stand for.
pub const RESAMPLING_VALUES: [ResamplingMode; RESAMPLINGS.len()] = ResamplingMode::ALL;

/// Names of what the meters' needles follow.
pub const BALLISTICS: [&str; 7] = ["Peak", "VU", "PPM I", "PPM II", "K-12", "K-14", "K-20"];

/// What the names of [`BALLISTICS`] stand for.
pub const BALLISTICS_VALUES: [Ballistics; BALLISTICS.len()] = Ballistics::ALL;
