//! [vizia](https://vizia.dev) editors for [nice-plug](https://codeberg.org/RustAudio/nice-plug) plugins.
//!
//! An editor is a function that builds vizia views, a style sheet, and a [`ViziaState`] that remembers size and zoom:
//!
//! ```text
//! use nice_plug_vizia::prelude::*;
//!
//! #[derive(Params)]
//! struct GainParams {
//!     /// Size and zoom of the editor, saved with the plugin's state.
//!     #[persist = "editor"]
//!     editor: Arc<ViziaState>,
//!     #[id = "gain"]
//!     gain: FloatParam,
//! }
//!
//! // In `impl Plugin`:
//! type Editor = ViziaEditor;
//!
//! fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<ViziaEditor> {
//!     let params = Arc::clone(&self.params);
//!     Some(create_vizia_editor(Arc::clone(&params.editor), params.clone(), include_str!("theme.css"), move |cx| {
//!         let host = cx.data::<Host>().clone();
//!         let gain = host.param(&params.gain);
//!         let text = Signal::new(String::new());
//!         let shown = gain.clone();
//!         Label::new(cx, text).poll(move |_| {
//!             text.set_if_changed(shown.text(shown.modulated()));
//!             false
//!         });
//!     }))
//! }
//! ```
//!
//! # What a page has to know
//!
//! **Parameters.** A view holds a [`ParamRef`], from [`Host::param`]; `cx.data::<Host>()` finds the [`Host`] in every context.
//! Changes go through the host as gestures: [`begin`](Host::begin), [`set`](Host::set), [`end`](Host::end). Whatever views do,
//! hosts see each gesture begin once and end once, also when the window closes in the middle of it.
//!
//! **What changes by itself is polled.** vizia's signals may be set on the editor's own thread only, so automation, meters and
//! states are looked at in every tick, 62.5 times a second: [`poll`](PollExt::poll) on a view's handle. A poll that returns true
//! has its view drawn again, and nothing else; it may set signals. 600 polls cost 0.1 % of a core.
//!
//! **Frames.** Nothing is drawn unless something asks for it, and then only the rectangles around what did. A layout draws
//! all text again (milliseconds), so what changes often draws itself in a custom view and asks for a redraw only.
//!
//! **The window's background** is the page's: give it a view of `Stretch(1.0)` × `Stretch(1.0)` with a background, or style `:root`.
//!
//! **Keys** are the host's unless somebody types into a `textbox`. Views with the focus see all keys but Space, which starts and
//! stops the host, and F5; the host gets them too.
//!
//! **Clicks.** vizia delivers the second of two fast clicks as `MouseDoubleClick` *instead of* `MouseDown`, the third as
//! `MouseTripleClick`, and the fourth as `MouseDown` again. A button listens to `PressDown` or `Press`, which come every time.
//!
//! **Callbacks** of vizia's own views must be `Send + Sync`, although they never leave the thread; `Host` and `ParamRef` are.
//!
//! **A panic in a view** ends its editor and nothing else: one line in the log, the window keeps its last picture, audio goes on.
//!
//! **Zoom.** [`Host::set_zoom`], 50 to 300 %. The host is asked for a window of the new size; if it refuses, the page is zoomed
//! inside the window that is there, as far as the smallest size of [`ViziaState`] allows.
//!
//! **Tests and pictures.** [`Headless`] is an editor without a window: real views, real events, recorded gestures, pixels.
//!
//! # Threads
//!
//! On X11 each window has a thread of its own, which builds the page and runs everything in it; on Windows and macOS all editors
//! share the host's main thread. Several editors may be open at once in either case.

mod clipboard;
mod damage;
mod editor;
mod headless;
mod host;
mod input;
mod keyboard;
mod live;
mod param;
mod passes;
mod pointer;
mod polls;
mod present;
mod proxy;
mod root;
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
        Choice, Fader, Knob, KnobModifiers, MenuEntry, MenuPick, MenuPlace, ReadOut, TipModifiers, Toggle,
        ToggleModifiers, Typed, open_menu, type_in,
    };
    pub use crate::{
        Gesture, Headless, Host, MAX_ZOOM, MIN_ZOOM, ParamRef, PollExt, SavedView, Tick, ViziaEditor,
        ViziaState, create_vizia_editor,
    };
}
