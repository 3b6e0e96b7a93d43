//! The one table of parameters: what each is called, what it counts, where it lives.
//!
//! A full id is a section's prefix and the parameter's own: `s01_` + `fader`. Ids are frozen: hosts store them in projects,
//! states and automation. `plugin/ids.txt` lists them all, and `tests/ids.rs` compares.

use super::text::{self, Unit};
use busbar_engine::{InputMode, MAX_FADER_DB, MAX_TRIM_DB, MIN_DIM_DB, N_GROUPS, PanLaw, SILENCE_DB};

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

/// What kind of value a parameter has, in plain units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number on a scale.
    Number {
        /// What it counts.
        unit: Unit,
        /// The lower end.
        min: f32,
        /// The upper end.
        max: f32,
        /// The value of a new instance.
        default: f32,
        /// Exponent of the host's 0…1 scale: 1 is linear, more gives the upper part more room.
        skew: f32,
    },
    /// On or off.
    Switch {
        /// The value of a new instance.
        default: bool,
    },
    /// One of several names.
    Choice {
        /// What it can be.
        names: &'static [&'static str],
        /// Index of the value of a new instance.
        default: usize,
    },
}

/// A plain value of any kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Of [`Kind::Number`].
    Number(f32),
    /// Of [`Kind::Switch`].
    Switch(bool),
    /// Index of [`Kind::Choice`].
    Choice(usize),
}

impl Kind {
    /// The value of a new instance.
    pub fn default_value(&self) -> Value {
        match *self {
            Self::Number { default, .. } => Value::Number(default),
            Self::Switch { default } => Value::Switch(default),
            Self::Choice { default, .. } => Value::Choice(default),
        }
    }

    /// The text of a value. One that is no number at all, or of another kind, reads as the default.
    pub fn format(&self, value: Value) -> String {
        match (*self, value) {
            (Self::Number { unit, .. }, Value::Number(value)) if !value.is_nan() => text::format(unit, value),
            (Self::Switch { .. }, Value::Switch(on)) => text::format_switch(on),
            (Self::Choice { names, .. }, Value::Choice(idx)) if idx < names.len() => names[idx].to_owned(),
            _ => self.format(self.default_value()),
        }
    }

    /// The value that a text names, clamped to the range.
    pub fn parse(&self, text: &str) -> Option<Value> {
        match *self {
            Self::Number { unit, min, max, .. } => {
                text::parse(unit, text).map(|value| Value::Number(value.clamp(min, max)))
            }
            Self::Switch { .. } => text::parse_switch(text).map(Value::Switch),
            Self::Choice { names, .. } => text::parse_choice(names, text).map(Value::Choice),
        }
    }
}

/// A parameter within its section.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// The end of its id.
    pub id: &'static str,
    /// The end of its name.
    pub name: &'static str,
    /// The end of its short name, for displays of few characters.
    pub short_name: &'static str,
    /// Its kind, range and default.
    pub kind: Kind,
    /// Whether a host may automate it.
    pub automatable: bool,
}

const fn number(id: &'static str, name: &'static str, short_name: &'static str, kind: Kind) -> ParamSpec {
    ParamSpec { id, name, short_name, kind, automatable: true }
}

const fn switch(id: &'static str, name: &'static str, short_name: &'static str, default: bool) -> ParamSpec {
    ParamSpec { id, name, short_name, kind: Kind::Switch { default }, automatable: true }
}

/// Faders and levels. With this skew 0 dB stands at 75 % of the way, as on a console.
const FADER: Kind = Kind::Number {
    unit: Unit::Decibels { silence_db: Some(SILENCE_DB) },
    min: SILENCE_DB,
    max: MAX_FADER_DB,
    default: 0.0,
    skew: 2.5,
};

const BALANCE: Kind = Kind::Number { unit: Unit::Pan, min: -100.0, max: 100.0, default: 0.0, skew: 1.0 };

/// What concerns the instance as a whole.
pub const GLOBAL: [ParamSpec; 2] = [
    switch("bypass", "Bypass", "Bypass", false),
    ParamSpec {
        id: "pan_law",
        name: "Pan Law",
        short_name: "PanLaw",
        kind: Kind::Choice { names: &PAN_LAWS, default: 2 },
        automatable: false,
    },
];

/// The master.
pub const MASTER: [ParamSpec; 6] = [
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

/// Parameters that belong together.
#[derive(Clone, Debug)]
pub struct Section {
    /// The beginning of every id: `s01_`.
    pub id_prefix: String,
    /// The beginning of every name: `S01 `.
    pub name_prefix: String,
    /// Where hosts that show a tree put them: `Strip 01`.
    pub group: String,
    /// The strip they belong to, counted from 0, if they do.
    pub strip_idx: Option<usize>,
    /// What is in it.
    pub specs: &'static [ParamSpec],
}

impl Section {
    /// What concerns the instance as a whole.
    pub fn global() -> Self {
        Self {
            id_prefix: String::new(),
            name_prefix: String::new(),
            group: String::new(),
            strip_idx: None,
            specs: &GLOBAL,
        }
    }

    /// The master.
    pub fn master() -> Self {
        Self {
            id_prefix: "m_".to_owned(),
            name_prefix: "Master ".to_owned(),
            group: "Master".to_owned(),
            strip_idx: None,
            specs: &MASTER,
        }
    }

    /// Group 0 (A) to 3 (D).
    pub fn group(group_idx: usize) -> Self {
        let letter = GROUP_LETTERS[group_idx];
        Self {
            id_prefix: format!("g{}_", letter.to_ascii_lowercase()),
            name_prefix: format!("Group {letter} "),
            group: format!("Group {letter}"),
            strip_idx: None,
            specs: &GROUP,
        }
    }

    /// A strip, counted from 0.
    pub fn strip(strip_idx: usize) -> Self {
        let number = strip_idx + 1;
        Self {
            id_prefix: format!("s{number:02}_"),
            name_prefix: format!("S{number:02} "),
            group: format!("Strip {number:02}"),
            strip_idx: Some(strip_idx),
            specs: &STRIP,
        }
    }

    /// A path out of a strip, by the index of its destination: the master, then the groups.
    pub fn send(strip_idx: usize, destination_idx: usize) -> Self {
        let number = strip_idx + 1;
        let group = destination_idx.checked_sub(1).map(|group_idx| GROUP_LETTERS[group_idx]);
        let letter = group.unwrap_or('M').to_ascii_lowercase();
        let name = group.map_or("Master".to_owned(), |letter| format!("Group {letter}"));
        Self {
            id_prefix: format!("s{number:02}_{letter}_"),
            name_prefix: format!("S{number:02} {name} "),
            group: format!("Strip {number:02}/Sends"),
            strip_idx: Some(strip_idx),
            specs: if group.is_some() { &SEND_TO_GROUP } else { &SEND_TO_MASTER },
        }
    }

    /// The full id of one of its parameters.
    pub fn id(&self, spec: &ParamSpec) -> String {
        format!("{}{}", self.id_prefix, spec.id)
    }

    /// The full name of one of its parameters.
    pub fn name(&self, spec: &ParamSpec) -> String {
        format!("{}{}", self.name_prefix, spec.name)
    }

    /// The full short name of one of its parameters: the prefix's capitals and digits, then the spec's own.
    pub fn short_name(&self, spec: &ParamSpec) -> String {
        let initials: String =
            self.name_prefix.chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit()).collect();
        if initials.is_empty() {
            spec.short_name.to_owned()
        } else {
            format!("{initials} {}", spec.short_name)
        }
    }
}

/// Every section of an instance, in the order in which hosts list them.
pub fn sections(n_strips: usize) -> impl Iterator<Item = Section> {
    let strips = (0..n_strips).flat_map(|strip_idx| {
        let sends = (0..busbar_engine::N_DESTINATIONS).map(move |idx| Section::send(strip_idx, idx));
        [Section::strip(strip_idx)].into_iter().chain(sends)
    });
    [Section::global(), Section::master()].into_iter().chain((0..N_GROUPS).map(Section::group)).chain(strips)
}

/// How many parameters an instance has.
pub const fn n_params(n_strips: usize) -> usize {
    let sends = busbar_engine::N_DESTINATIONS * SEND_TO_GROUP.len();
    GLOBAL.len() + MASTER.len() + N_GROUPS * GROUP.len() + n_strips * (STRIP.len() + sends)
}
