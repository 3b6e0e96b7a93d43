//! Filters, equalisers, dynamics, saturation and the limiter. Ranges and defaults are the engine's.

use super::{
    DETECTORS, HIGH_SHAPES, INNER_SHAPES, KEYS, Kind, LOOKAHEADS, LOW_SHAPES, ORDERS, ParamSpec, SATURATIONS,
    SLOPES, choice, fixed, number, scale, switch,
};
use crate::params::text::Unit;
use busbar_engine::dynamics::{
    ATTACK_RANGE_MS, GATE_RANGE_RANGE_DB, GATE_THRESHOLD_RANGE_DB, HOLD_RANGE_MS, HYSTERESIS_RANGE_DB,
    KEY_HIGH_PASS_RANGE_HZ, KNEE_RANGE_DB, MAKEUP_RANGE_DB, PERCENT_RANGE, RELEASE_RANGE_MS,
    THRESHOLD_RANGE_DB,
};
use busbar_engine::{
    BAND_GAIN_RANGE_DB, BandSettings, CompressorSettings, DRIVE_RANGE_DB, Detector, EqSettings,
    FREQUENCY_RANGE_HZ, FilterSettings, GateSettings, Q_RANGE, SaturationSettings,
};

/// The ratio that stands for infinity.
pub const INFINITE_RATIO: f32 = 100.0;

const DECIBELS: Unit = Unit::Decibels { silence_db: None };

/// Frequencies: 644 Hz in the middle.
const fn frequency(default_hz: f32) -> Kind {
    scale(Unit::Hertz, FREQUENCY_RANGE_HZ, default_hz, 0.2)
}

/// Ratios: 4:1 in the middle.
const fn ratio(default: f32) -> Kind {
    scale(Unit::Ratio { infinite: INFINITE_RATIO }, [1.0, INFINITE_RATIO], default, 0.2)
}

/// Attacks: 6 ms in the middle.
const fn attack(default_ms: f32) -> Kind {
    scale(Unit::Milliseconds, ATTACK_RANGE_MS, default_ms, 0.2)
}

/// Releases: 190 ms in the middle.
const fn release(default_ms: f32) -> Kind {
    scale(Unit::Milliseconds, RELEASE_RANGE_MS, default_ms, 0.25)
}

const fn percent(default: f32) -> Kind {
    scale(Unit::Percent, PERCENT_RANGE, default, 1.0)
}

/// A strip's high-pass and low-pass.
pub const FILTERS: [ParamSpec; 6] = [
    switch("hpf_on", "HPF On", "HPF", FilterSettings::HIGH_PASS.on),
    number("hpf_freq", "HPF Freq", "HPFFrq", frequency(FilterSettings::HIGH_PASS.frequency_hz)),
    choice("hpf_slope", "HPF Slope", "HPFSlp", &SLOPES, 0),
    switch("lpf_on", "LPF On", "LPF", FilterSettings::LOW_PASS.on),
    number("lpf_freq", "LPF Freq", "LPFFrq", frequency(FilterSettings::LOW_PASS.frequency_hz)),
    choice("lpf_slope", "LPF Slope", "LPFSlp", &SLOPES, 0),
];

/// A strip's gate.
pub const GATE: [ParamSpec; 8] = {
    const D: GateSettings = GateSettings::STRIP;
    [
        switch("gate_on", "Gate On", "Gate", D.on),
        number(
            "gate_threshold",
            "Gate Threshold",
            "GtThr",
            scale(DECIBELS, GATE_THRESHOLD_RANGE_DB, D.threshold_db, 1.0),
        ),
        number("gate_ratio", "Gate Ratio", "GtRat", ratio(D.ratio)),
        number("gate_range", "Gate Range", "GtRng", scale(DECIBELS, GATE_RANGE_RANGE_DB, D.range_db, 1.0)),
        number("gate_attack", "Gate Attack", "GtAtk", attack(D.attack_ms)),
        number("gate_hold", "Gate Hold", "GtHld", scale(Unit::Milliseconds, HOLD_RANGE_MS, D.hold_ms, 0.2)),
        number("gate_release", "Gate Release", "GtRel", release(D.release_ms)),
        number(
            "gate_hysteresis",
            "Gate Hysteresis",
            "GtHys",
            scale(DECIBELS, HYSTERESIS_RANGE_DB, D.hysteresis_db, 1.0),
        ),
    ]
};

/// An equaliser's bands, lowest first.
pub const BAND_IDS: [[&str; 5]; 4] = [
    ["eq1_on", "eq1_shape", "eq1_freq", "eq1_gain", "eq1_q"],
    ["eq2_on", "eq2_shape", "eq2_freq", "eq2_gain", "eq2_q"],
    ["eq3_on", "eq3_shape", "eq3_freq", "eq3_gain", "eq3_q"],
    ["eq4_on", "eq4_shape", "eq4_freq", "eq4_gain", "eq4_q"],
];

const fn band(
    [on, shape, freq, gain, q]: [&'static str; 5],
    names: [&'static str; 5],
    short_names: [&'static str; 5],
    shapes: &'static [&'static str],
    band: &BandSettings,
) -> [ParamSpec; 5] {
    [
        switch(on, names[0], short_names[0], band.on),
        choice(shape, names[1], short_names[1], shapes, 0),
        number(freq, names[2], short_names[2], frequency(band.frequency_hz)),
        number(gain, names[3], short_names[3], scale(DECIBELS, BAND_GAIN_RANGE_DB, band.gain_db, 1.0)),
        // 1.4 in the middle.
        number(q, names[4], short_names[4], scale(Unit::Plain, Q_RANGE, band.q, 0.2)),
    ]
}

/// An equaliser: of a strip, a group or the master.
pub const EQ: [ParamSpec; 21] = {
    const D: EqSettings = EqSettings::FLAT;
    let [a, b, c, d] = [
        band(
            BAND_IDS[0],
            ["EQ 1 On", "EQ 1 Shape", "EQ 1 Freq", "EQ 1 Gain", "EQ 1 Q"],
            ["EQ1", "EQ1Shp", "EQ1Frq", "EQ1Gn", "EQ1Q"],
            &LOW_SHAPES,
            &D.bands[0],
        ),
        band(
            BAND_IDS[1],
            ["EQ 2 On", "EQ 2 Shape", "EQ 2 Freq", "EQ 2 Gain", "EQ 2 Q"],
            ["EQ2", "EQ2Shp", "EQ2Frq", "EQ2Gn", "EQ2Q"],
            &INNER_SHAPES,
            &D.bands[1],
        ),
        band(
            BAND_IDS[2],
            ["EQ 3 On", "EQ 3 Shape", "EQ 3 Freq", "EQ 3 Gain", "EQ 3 Q"],
            ["EQ3", "EQ3Shp", "EQ3Frq", "EQ3Gn", "EQ3Q"],
            &INNER_SHAPES,
            &D.bands[2],
        ),
        band(
            BAND_IDS[3],
            ["EQ 4 On", "EQ 4 Shape", "EQ 4 Freq", "EQ 4 Gain", "EQ 4 Q"],
            ["EQ4", "EQ4Shp", "EQ4Frq", "EQ4Gn", "EQ4Q"],
            &HIGH_SHAPES,
            &D.bands[3],
        ),
    ];
    [
        switch("eq_on", "EQ On", "EQ", D.on),
        a[0],
        a[1],
        a[2],
        a[3],
        a[4],
        b[0],
        b[1],
        b[2],
        b[3],
        b[4],
        c[0],
        c[1],
        c[2],
        c[3],
        c[4],
        d[0],
        d[1],
        d[2],
        d[3],
        d[4],
    ]
};

/// A strip's compressor.
pub const STRIP_COMPRESSOR: [ParamSpec; 13] = compressor(&CompressorSettings::STRIP);

/// A group's compressor.
pub const GROUP_COMPRESSOR: [ParamSpec; 13] = compressor(&CompressorSettings::GROUP);

/// The master's compressor.
pub const MASTER_COMPRESSOR: [ParamSpec; 13] = compressor(&CompressorSettings::GLUE);

const fn compressor(d: &CompressorSettings) -> [ParamSpec; 13] {
    let detector = match d.detector {
        Detector::Peak => 0,
        Detector::Rms => 1,
    };
    [
        switch("comp_on", "Comp On", "Comp", d.on),
        choice("comp_detector", "Comp Detector", "CpDet", &DETECTORS, detector),
        number(
            "comp_threshold",
            "Comp Threshold",
            "CpThr",
            scale(DECIBELS, THRESHOLD_RANGE_DB, d.threshold_db, 1.0),
        ),
        number("comp_ratio", "Comp Ratio", "CpRat", ratio(d.ratio)),
        number("comp_knee", "Comp Knee", "CpKne", scale(DECIBELS, KNEE_RANGE_DB, d.knee_db, 1.0)),
        number("comp_attack", "Comp Attack", "CpAtk", attack(d.attack_ms)),
        number("comp_release", "Comp Release", "CpRel", release(d.release_ms)),
        number("comp_makeup", "Comp Make-up", "CpMkp", scale(DECIBELS, MAKEUP_RANGE_DB, d.makeup_db, 1.0)),
        switch("comp_auto", "Comp Auto", "CpAut", d.auto_makeup),
        number("comp_mix", "Comp Mix", "CpMix", percent(d.mix_percent)),
        number("comp_link", "Comp Link", "CpLnk", percent(d.link_percent)),
        switch("comp_key_hpf_on", "Comp Key HPF On", "CpKHP", d.key_high_pass_on),
        // 100 Hz in the middle.
        number(
            "comp_key_hpf",
            "Comp Key HPF",
            "CpKFrq",
            scale(Unit::Hertz, KEY_HIGH_PASS_RANGE_HZ, d.key_high_pass_hz, 0.4),
        ),
    ]
}

/// What a strip's compressor listens to, and where it stands.
pub const STRIP_KEY: [ParamSpec; 2] = [
    fixed(choice("comp_key", "Comp Key", "CpKey", &KEYS, 0)),
    fixed(choice("order", "Order", "Order", &ORDERS, 0)),
];

/// A saturation: of a strip or a group.
pub const SATURATION: [ParamSpec; 4] = {
    const D: SaturationSettings = SaturationSettings::WARM;
    [
        switch("sat_on", "Sat On", "Sat", D.on),
        choice("sat_kind", "Sat Kind", "SatKind", &SATURATIONS, 0),
        number("sat_drive", "Sat Drive", "SatDrv", scale(DECIBELS, DRIVE_RANGE_DB, D.drive_db, 1.0)),
        number("sat_mix", "Sat Mix", "SatMix", percent(D.mix_percent)),
    ]
};

/// The master's limiter.
pub const LIMITER: [ParamSpec; 5] = [
    switch("limiter_on", "Limiter On", "Lim", false),
    number("limiter_ceiling", "Limiter Ceiling", "LimCeil", scale(DECIBELS, [-24.0, 0.0], -1.0, 1.0)),
    // 63 ms in the middle.
    number(
        "limiter_release",
        "Limiter Release",
        "LimRel",
        scale(Unit::Milliseconds, [1.0, 1_000.0], 100.0, 0.25),
    ),
    number("limiter_link", "Limiter Link", "LimLnk", percent(100.0)),
    fixed(choice("limiter_lookahead", "Limiter Lookahead", "LimLook", &LOOKAHEADS, 0)),
];
