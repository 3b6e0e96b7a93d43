//! The editor: the mixer on one page.
//!
//! | file | what it shows |
//! |---|---|
//! | `page` | the whole, and what its parts share |
//! | `top`, `banner` | the bar with the solo lamp and the zoom; why a state was refused |
//! | `strips`, `strip`, `header` | the strips in a view that scrolls; one strip; its number, lamp and name |
//! | `group`, `master` | the buses |
//! | `channel`, `hold`, `meter`, `switches` | what all three end with |
//! | `loudness` | the master's loudness, range, true peak and correlation |
//! | `ballistics`, `scale`, `solo` | how a meter moves, what stands where, switches that know each other: no views |
//! | `theme.css` | all colours and sizes |
//!
//! Widgets and window are `nice-plug-vizia`'s. Nothing here runs on the audio thread; what the editor reads of it are atomics.

mod ballistics;
mod banner;
mod channel;
mod group;
mod header;
mod hold;
mod loudness;
mod master;
mod meter;
mod page;
mod scale;
mod solo;
mod strip;
mod strips;
mod switches;
mod top;

use crate::desk::Desk;
use crate::params::BusbarParams;
use nice_plug::prelude::Params;
use nice_plug_vizia::prelude::*;
use std::sync::Arc;

/// The editor's size at a zoom of 100 %, in logical pixels.
pub const SIZE: (u32, u32) = (1200, 700);

/// The smallest size that a host may give it at a zoom of 100 %, in logical pixels.
pub const MIN_SIZE: (u32, u32) = (760, 560);

/// All colours and sizes.
pub const THEME: &str = include_str!("theme.css");

/// The editor of an instance.
pub fn create(params: &Arc<BusbarParams>, desk: &Arc<Desk>) -> ViziaEditor {
    let state = Arc::clone(&params.window);
    let (owner, params, desk) = (Arc::clone(params) as Arc<dyn Params>, Arc::clone(params), Arc::clone(desk));
    create_vizia_editor(state, owner, THEME, move |cx| page::build(cx, &params, &desk)).that_sets_values()
}

/// Builds the mixer's page into any context: for pictures and measurements without a window.
pub fn build(cx: &mut Context, params: &Arc<BusbarParams>, desk: &Arc<Desk>) {
    page::build(cx, params, desk);
}
