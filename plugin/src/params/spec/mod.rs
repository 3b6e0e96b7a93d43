//! The one table of parameters: what each is called, what it counts, where it lives.
//!
//! A full id is a section's prefix and the parameter's own: `s01_` + `fader`. Ids are frozen: hosts store them in projects,
//! states and automation. `plugin/ids.txt` lists them all, and `tests/ids.rs` compares.
//!
//! | file | what it holds |
//! |---|---|
//! | `choices` | what choices are called, and what the engine calls them |
//! | `mixing` | what every mixer has: faders, sends, switches |
//! | `stages` | filters, EQ, dynamics, saturation, limiter |
//! | `section` | which table is where, and the order in which hosts list them |

mod choices;
mod mixing;
mod section;
mod stages;

pub use choices::*;
pub use mixing::*;
pub use section::{Section, n_params, sections};
pub use stages::*;

use super::text::{self, Unit};

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

const fn choice(
    id: &'static str,
    name: &'static str,
    short_name: &'static str,
    names: &'static [&'static str],
    default: usize,
) -> ParamSpec {
    ParamSpec { id, name, short_name, kind: Kind::Choice { names, default }, automatable: true }
}

/// What changes the latency or the meaning of other parameters is no matter of automation.
const fn fixed(spec: ParamSpec) -> ParamSpec {
    ParamSpec { automatable: false, ..spec }
}

const fn scale(unit: Unit, [min, max]: [f32; 2], default: f32, skew: f32) -> Kind {
    Kind::Number { unit, min, max, default, skew }
}
