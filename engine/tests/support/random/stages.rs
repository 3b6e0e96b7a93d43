//! Random filters, dynamics and limiters.

use super::{Wildness, chance, value};
use busbar_engine::{
    BandSettings, BandShape, CompressorSettings, Detector, EqSettings, FilterSettings, FilterSlope,
    GateSettings, KeySource, LimiterSettings, Lookahead, Settings, StageOrder, StripSettings,
};
use fastrand::Rng;

pub const SHAPES: [BandShape; 4] =
    [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf, BandShape::Notch];

pub const LOOKAHEADS: [Lookahead; 4] = Lookahead::ALL;

const NAN: f32 = f32::NAN;

/// Even over the octaves.
fn frequency_hz(rng: &mut Rng, low: f32, high: f32, wildness: Wildness) -> f32 {
    let special = [low.log2(), high.log2(), 0.0, 20.0, NAN];
    value(rng, low.log2(), high.log2(), &special, wildness).exp2()
}

pub fn filter(rng: &mut Rng, on: f64, default: FilterSettings, wildness: Wildness) -> FilterSettings {
    let (low, high) = if default.frequency_hz < 1_000.0 { (20.0, 2_000.0) } else { (500.0, 20_000.0) };
    FilterSettings {
        on: chance(rng, on),
        frequency_hz: frequency_hz(rng, low, high, wildness),
        slope: if rng.bool() { FilterSlope::Db12 } else { FilterSlope::Db24 },
    }
}

pub fn band(rng: &mut Rng, wildness: Wildness) -> BandSettings {
    BandSettings {
        on: chance(rng, 0.7),
        shape: SHAPES[rng.usize(..4)],
        frequency_hz: frequency_hz(rng, 20.0, 20_000.0, wildness),
        gain_db: value(rng, -18.0, 18.0, &[0.0, 0.0, 18.0, -18.0, 30.0, -30.0, NAN], wildness),
        q: value(rng, 0.1, 6.0, &[0.1, 0.71, 1.0, 40.0, 0.0, 100.0, NAN], wildness),
    }
}

pub fn eq(rng: &mut Rng, on: f64, wildness: Wildness) -> EqSettings {
    EqSettings { on: chance(rng, on), bands: std::array::from_fn(|_| band(rng, wildness)) }
}

pub fn gate(rng: &mut Rng, on: f64, wildness: Wildness) -> GateSettings {
    GateSettings {
        on: chance(rng, on),
        threshold_db: value(rng, -60.0, -6.0, &[-80.0, 0.0, -12.0, 10.0, -90.0, NAN], wildness),
        ratio: value(rng, 1.0, 10.0, &[1.0, 2.0, f32::INFINITY, 0.5, NAN], wildness),
        range_db: value(rng, -60.0, 0.0, &[0.0, -80.0, -100.0, 5.0, NAN], wildness),
        attack_ms: value(rng, 0.05, 20.0, &[0.05, 200.0, 0.0, 300.0, NAN], wildness),
        hold_ms: value(rng, 0.0, 30.0, &[0.0, 1.0, 2_000.0, -1.0, 3_000.0, NAN], wildness),
        release_ms: value(rng, 5.0, 100.0, &[5.0, 3_000.0, 0.0, 5_000.0, NAN], wildness),
        hysteresis_db: value(rng, 0.0, 12.0, &[0.0, 12.0, 4.0, -1.0, 20.0, NAN], wildness),
    }
}

pub fn compressor(rng: &mut Rng, on: f64, wildness: Wildness) -> CompressorSettings {
    CompressorSettings {
        on: chance(rng, on),
        detector: if rng.bool() { Detector::Peak } else { Detector::Rms },
        threshold_db: value(rng, -50.0, 0.0, &[-60.0, 0.0, -20.0, 10.0, -80.0, NAN], wildness),
        ratio: value(rng, 1.0, 12.0, &[1.0, 4.0, f32::INFINITY, 0.1, NAN], wildness),
        knee_db: value(rng, 0.0, 24.0, &[0.0, 6.0, 24.0, -3.0, 40.0, NAN], wildness),
        attack_ms: value(rng, 0.05, 50.0, &[0.05, 200.0, 0.0, 500.0, NAN], wildness),
        release_ms: value(rng, 5.0, 300.0, &[5.0, 3_000.0, 0.0, 1e4, NAN], wildness),
        makeup_db: value(rng, -12.0, 12.0, &[0.0, 0.0, 24.0, -24.0, 50.0, NAN], wildness),
        auto_makeup: chance(rng, 0.3),
        mix_percent: value(rng, 0.0, 100.0, &[100.0, 100.0, 0.0, 120.0, NAN], wildness),
        link_percent: value(rng, 0.0, 100.0, &[100.0, 100.0, 0.0, -20.0, NAN], wildness),
        key_high_pass_on: chance(rng, 0.4),
        key_high_pass_hz: frequency_hz(rng, 20.0, 500.0, wildness),
    }
}

pub fn limiter(rng: &mut Rng, on: f64, wildness: Wildness) -> LimiterSettings {
    LimiterSettings {
        on: chance(rng, on),
        ceiling_db: value(rng, -24.0, 0.0, &[-1.0, 0.0, -24.0, 5.0, -30.0, NAN], wildness),
        release_ms: value(rng, 1.0, 300.0, &[1.0, 100.0, 1_000.0, 0.0, 5_000.0, NAN], wildness),
        link_percent: value(rng, 0.0, 100.0, &[100.0, 100.0, 0.0, 150.0, NAN], wildness),
        lookahead: LOOKAHEADS[rng.usize(..4)],
    }
}

fn key(rng: &mut Rng, n_strips: usize) -> KeySource {
    match rng.u8(0..10) {
        0..=4 => KeySource::Own,
        // One that does not exist, now and then.
        5 => KeySource::Strip(n_strips + rng.usize(..100)),
        _ => KeySource::Strip(rng.usize(..n_strips)),
    }
}

fn order(rng: &mut Rng) -> StageOrder {
    if rng.bool() { StageOrder::EqFirst } else { StageOrder::CompressorFirst }
}

/// The stages of a strip, each on with this probability.
fn strip_stages(
    rng: &mut Rng,
    strip: StripSettings,
    n_strips: usize,
    on: f64,
    wildness: Wildness,
) -> StripSettings {
    StripSettings {
        high_pass: filter(rng, on, FilterSettings::HIGH_PASS, wildness),
        low_pass: filter(rng, on, FilterSettings::LOW_PASS, wildness),
        gate: gate(rng, on, wildness),
        eq: eq(rng, on, wildness),
        compressor: compressor(rng, on, wildness),
        key: key(rng, n_strips),
        order: order(rng),
        ..strip
    }
}

/// The stages of a group or the master.
fn bus_stages(rng: &mut Rng, on: f64, wildness: Wildness) -> (EqSettings, CompressorSettings) {
    (eq(rng, on, wildness), compressor(rng, on, wildness))
}

/// Sets every stage, and switches on none, a few, half or most of them.
pub(super) fn switch_some_on(rng: &mut Rng, settings: &mut Settings, wildness: Wildness) {
    let on = [0.0, 0.1, 0.5, 0.9][rng.usize(..4)];
    let n_strips = settings.strips.len();
    for strip in &mut settings.strips {
        *strip = strip_stages(rng, *strip, n_strips, on, wildness);
    }
    for group in &mut settings.groups {
        (group.eq, group.compressor) = bus_stages(rng, on, wildness);
    }
    (settings.master.eq, settings.master.compressor) = bus_stages(rng, on, wildness);
    settings.master.limiter = limiter(rng, on, wildness);
}

/// Changes one thing about a stage.
pub(super) fn turn_a_knob(rng: &mut Rng, settings: &mut Settings, wildness: Wildness) {
    let n_strips = settings.strips.len();
    let new = strip_stages(rng, StripSettings::default(), n_strips, 0.5, wildness);
    let strip = &mut settings.strips[rng.usize(..n_strips)];
    let group = &mut settings.groups[rng.usize(..4)];
    let master = &mut settings.master;
    match rng.u8(0..22) {
        0 => turn_filter(rng, &mut strip.high_pass, &new.high_pass),
        1 => turn_filter(rng, &mut strip.low_pass, &new.low_pass),
        2..=4 => turn_gate(rng, &mut strip.gate, &new.gate),
        5..=8 => turn_eq(rng, &mut strip.eq, &new.eq),
        9..=11 => turn_compressor(rng, &mut strip.compressor, &new.compressor),
        12..=13 => strip.key = new.key,
        14..=15 => strip.order = new.order,
        16 => turn_eq(rng, &mut group.eq, &new.eq),
        17 => turn_compressor(rng, &mut group.compressor, &new.compressor),
        18 => turn_eq(rng, &mut master.eq, &new.eq),
        19 => turn_compressor(rng, &mut master.compressor, &new.compressor),
        20 => master.limiter.on ^= true,
        _ => {
            let new = limiter(rng, 0.5, wildness);
            match rng.u8(0..4) {
                0 => master.limiter.ceiling_db = new.ceiling_db,
                1 => master.limiter.release_ms = new.release_ms,
                2 => master.limiter.link_percent = new.link_percent,
                _ => master.limiter.lookahead = new.lookahead,
            }
        }
    }
}

fn turn_filter(rng: &mut Rng, filter: &mut FilterSettings, new: &FilterSettings) {
    match rng.u8(0..3) {
        0 => filter.on ^= true,
        1 => filter.frequency_hz = new.frequency_hz,
        _ => filter.slope = new.slope,
    }
}

fn turn_eq(rng: &mut Rng, eq: &mut EqSettings, new: &EqSettings) {
    let band_idx = rng.usize(..eq.bands.len());
    let (band, new) = (&mut eq.bands[band_idx], &new.bands[band_idx]);
    match rng.u8(0..8) {
        0 => eq.on ^= true,
        1 => band.on ^= true,
        2 => band.shape = new.shape,
        3..=4 => band.frequency_hz = new.frequency_hz,
        5..=6 => band.gain_db = new.gain_db,
        _ => band.q = new.q,
    }
}

fn turn_gate(rng: &mut Rng, gate: &mut GateSettings, new: &GateSettings) {
    match rng.u8(0..8) {
        0 => gate.on ^= true,
        1 => gate.threshold_db = new.threshold_db,
        2 => gate.ratio = new.ratio,
        3 => gate.range_db = new.range_db,
        4 => gate.attack_ms = new.attack_ms,
        5 => gate.hold_ms = new.hold_ms,
        6 => gate.release_ms = new.release_ms,
        _ => gate.hysteresis_db = new.hysteresis_db,
    }
}

fn turn_compressor(rng: &mut Rng, compressor: &mut CompressorSettings, new: &CompressorSettings) {
    match rng.u8(0..13) {
        0 => compressor.on ^= true,
        1 => compressor.detector = new.detector,
        2 => compressor.threshold_db = new.threshold_db,
        3 => compressor.ratio = new.ratio,
        4 => compressor.knee_db = new.knee_db,
        5 => compressor.attack_ms = new.attack_ms,
        6 => compressor.release_ms = new.release_ms,
        7 => compressor.makeup_db = new.makeup_db,
        8 => compressor.auto_makeup ^= true,
        9 => compressor.mix_percent = new.mix_percent,
        10 => compressor.link_percent = new.link_percent,
        11 => compressor.key_high_pass_on ^= true,
        _ => compressor.key_high_pass_hz = new.key_high_pass_hz,
    }
}
