//! What every mixer has: faders, sends, switches.

use super::{
    BALLISTICS, COLOUR_QUALITIES, ENGINE_RATES, INPUT_MODES, Kind, PAN_LAWS, ParamSpec, RESAMPLINGS, choice,
    fixed, number, switch,
};
use crate::params::text::Unit;
use busbar_engine::{MAX_FADER_DB, MAX_TRIM_DB, MIN_DIM_DB, SILENCE_DB};

/// With this skew 0 dB stands at 75 % of the way, as on a console.
const FADER_SKEW: f32 = 2.5;

/// Faders and levels.
const FADER: Kind = Kind::Number {
    unit: Unit::Decibels { silence_db: Some(SILENCE_DB) },
    min: SILENCE_DB,
    max: MAX_FADER_DB,
    default: 0.0,
    skew: FADER_SKEW,
};

/// Where a level stands on the way of a fader, from 0 to 1: the host's scale of every parameter of this kind, for what is drawn beside one.
pub fn fader_place(level_db: f32) -> f32 {
    ((level_db - SILENCE_DB) / (MAX_FADER_DB - SILENCE_DB)).clamp(0.0, 1.0).powf(FADER_SKEW)
}

const BALANCE: Kind = Kind::Number { unit: Unit::Pan, min: -100.0, max: 100.0, default: 0.0, skew: 1.0 };

/// What concerns the instance as a whole.
pub const GLOBAL: [ParamSpec; 7] = [
    switch("bypass", "Bypass", "Bypass", false),
    ParamSpec {
        id: "pan_law",
        name: "Pan Law",
        short_name: "PanLaw",
        kind: Kind::Choice { names: &PAN_LAWS, default: 2 },
        automatable: false,
    },
    fixed(choice("engine_rate", "Engine Rate", "EngRate", &ENGINE_RATES, 0)),
    fixed(choice("resampling", "Resampling", "Resamp", &RESAMPLINGS, 0)),
    fixed(choice("colour_quality", "Colour Quality", "ColQual", &COLOUR_QUALITIES, 0)),
    fixed(choice("meter_ballistics", "Meter Ballistics", "MtrBall", &BALLISTICS, 0)),
    fixed(switch("meter_restart", "Meter Restart On Play", "MtrRst", false)),
];

/// The master.
pub const MASTER: [ParamSpec; 7] = [
    number("fader", "Fader", "Fdr", FADER),
    number("balance", "Balance", "Bal", BALANCE),
    switch("mono", "Mono", "Mono", false),
    switch("dim", "Dim", "Dim", false),
    number(
        "dim_level",
        "Dim Level",
        "DimLvl",
        Kind::Number {
            unit: Unit::Decibels { silence_db: None },
            min: MIN_DIM_DB,
            max: 0.0,
            default: -20.0,
            skew: 1.0,
        },
    ),
    switch("cut", "Cut", "Cut", false),
    switch("console", "Console Summing", "Console", false),
];

/// A group.
pub const GROUP: [ParamSpec; 5] = [
    number("fader", "Fader", "Fdr", FADER),
    number("balance", "Balance", "Bal", BALANCE),
    switch("mute", "Mute", "Mute", false),
    switch("solo", "Solo", "Solo", false),
    switch("to_master", "To Master", "ToMst", true),
];

/// A strip.
pub const STRIP: [ParamSpec; 9] = [
    number("fader", "Fader", "Fdr", FADER),
    number("pan", "Pan", "Pan", BALANCE),
    switch("mute", "Mute", "Mute", false),
    switch("solo", "Solo", "Solo", false),
    switch("safe", "Solo Safe", "Safe", false),
    number(
        "trim",
        "Trim",
        "Trim",
        Kind::Number {
            unit: Unit::Decibels { silence_db: None },
            min: -MAX_TRIM_DB,
            max: MAX_TRIM_DB,
            default: 0.0,
            skew: 1.0,
        },
    ),
    switch("polarity", "Polarity Invert", "Pol", false),
    number(
        "width",
        "Width",
        "Width",
        Kind::Number { unit: Unit::Percent, min: 0.0, max: 200.0, default: 100.0, skew: 1.0 },
    ),
    ParamSpec {
        id: "mode",
        name: "Input Mode",
        short_name: "Mode",
        kind: Kind::Choice { names: &INPUT_MODES, default: 0 },
        automatable: false,
    },
];

/// A path from a strip to the master.
pub const SEND_TO_MASTER: [ParamSpec; 3] = send(true);

/// A path from a strip to a group.
pub const SEND_TO_GROUP: [ParamSpec; 3] = send(false);

const fn send(on: bool) -> [ParamSpec; 3] {
    [
        switch("on", "On", "On", on),
        number("level", "Level", "Lvl", FADER),
        switch("pre", "Pre Fader", "Pre", false),
    ]
}
