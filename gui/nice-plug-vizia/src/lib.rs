//! vizia editors for nice-plug plugins.

mod clipboard;
mod damage;
mod editor;
mod headless;
mod host;
mod input;
mod keyboard;
mod live;
mod param;
mod polls;
mod present;
mod state;
mod theme;
mod ui;
pub mod widgets;
mod window;

pub use editor::{ViziaEditor, ViziaHandle, create_vizia_editor};
pub use headless::Headless;
pub use host::{Gesture, Host};
pub use param::ParamRef;
pub use polls::{PollExt, Tick};
pub use state::{MAX_ZOOM, MIN_ZOOM, SavedView, ViziaState};

/// What an editor needs, in one line.
pub mod prelude {
    pub use vizia_core::prelude::*;
    pub use vizia_core::vg;

    pub use crate::widgets::{
        Choice, Fader, Knob, KnobModifiers, MenuEntry, MenuPick, MenuPlace, ReadOut, Toggle, ToggleModifiers,
        Typed, open_menu, type_in,
    };
    pub use crate::{
        Gesture, Headless, Host, MAX_ZOOM, MIN_ZOOM, ParamRef, PollExt, SavedView, Tick, ViziaEditor,
        ViziaState, create_vizia_editor,
    };
}
