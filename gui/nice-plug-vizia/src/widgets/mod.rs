//! Controls of parameters: knob, fader, toggle, choice and read-out.
//!
//! ```no_run
//! # use nice_plug_vizia::prelude::*;
//! # fn page(cx: &mut Context, gain: ParamRef, mute: ParamRef) {
//! Fader::new(cx, gain.clone()).height(Pixels(160.0));
//! ReadOut::new(cx, gain);
//! Toggle::new(cx, mute, "M");
//! # }
//! ```
//!
//! # Hands
//!
//! | hand | does |
//! |---|---|
//! | drag up and down | changes the value; with Shift a tenth as much. A press alone moves nothing |
//! | wheel | 2 % a notch; with Shift 0.2 %; one step of a stepped parameter |
//! | double-click | default |
//! | click on a toggle | toggles; with Ctrl what [`ToggleModifiers::on_ctrl`] says |
//! | click on a choice | opens a menu of all choices |
//! | click on a read-out | types a value |
//! | right click, menu key | menu: reset, type a value, copy, paste |
//! | arrows; Page up, Page down | one notch; five. With Shift a tenth as much |
//! | Home, End; Delete | lowest and highest value; default |
//! | Enter | types a value; on a toggle toggles, on a choice opens the menu |
//! | Ctrl+C, Ctrl+V | copies and pastes the value as text |
//! | Tab | reaches each control once |
//!
//! Space is the host's. What the host is told is always begin, set …, end, each once: see [`grip`].
//!
//! # Colours
//!
//! A control draws itself, because a label's new text is a new layout of the whole window. Its colours are those of its view, so
//! themes set them by element, class and state (`:hover`, `:focus-visible`, `:disabled`) as everywhere:
//!
//! | property | `param-knob`, `param-fader` | `param-toggle` | `param-choice`, `param-readout` | `param-menu` |
//! |---|---|---|---|---|
//! | `background-color` | body, cap | key when off | box | sheet |
//! | `border-color` | arc or slot to be filled | border | border | border, lines |
//! | `color` | value | label when off | text | text |
//! | `caret-color` | value at its default | key when on | text at its default | entry under the pointer |
//! | `selection-color` | what modulation adds | label when on | text of a modulated value | its text |
//! | `outline` | focus ring | focus ring | focus ring | – |
//!
//! `param-tip` is the tooltip, which other views get by [`TipModifiers::tip`] (`background-color`, `border-color`, `color`), `param-typein textbox` the text field. The sizes and colours of
//! [`THEME`] are custom properties of `:root`, which a plugin's own theme sets anew.

pub mod grip;
pub mod ink;

mod choice;
mod control;
mod fader;
mod knob;
mod menu;
mod overlay;
mod readout;
mod tip;
mod toggle;
mod type_in;

use vizia_core::prelude::Context;

pub use choice::Choice;
pub use control::{Control, Shown};
pub use fader::Fader;
pub use knob::{Knob, KnobModifiers};
pub use menu::{MenuEntry, MenuPick, MenuPlace, open_menu};
pub use readout::ReadOut;
pub use tip::TipModifiers;
pub use toggle::{Toggle, ToggleModifiers};
pub use type_in::{Typed, type_in};

/// How everything looks that a plugin's theme says nothing about: these controls, and vizia's own views in the same colours.
pub const THEME: &str = include_str!("widgets.css");

/// Prepares an editor for controls, before its page is built and before the plugin's theme is added.
pub(crate) fn install(cx: &mut Context) {
    cx.add_stylesheet(THEME).expect("a style sheet in memory can be read");
    overlay::Overlay::install(cx);
}
