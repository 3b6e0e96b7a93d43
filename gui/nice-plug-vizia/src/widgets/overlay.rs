//! What lies above the page: one menu, one tooltip and one text field for all controls of an editor.
//!
//! They are children of the window, so that nothing on the page clips them, and they place themselves inside the window. vizia's own popups and tooltips are children of their control instead:
//! one tooltip per control, placed by rules that give up near the edges, and a layout of the whole window whenever one appears.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use vizia_core::prelude::*;

use super::menu::{ContextMenu, MenuCommand, Sheet};
use super::tip::{Tip, TipState};
use super::type_in::{Request, TypeIn};

/// The model at the root that knows them.
#[derive(Clone)]
pub(crate) struct Overlay {
    pub menu: Entity,
    pub type_in: Entity,
    pub shared: Rc<Shared>,
}

/// What controls and the overlay tell each other.
#[derive(Default)]
pub(crate) struct Shared {
    /// The control that holds the pointer.
    pub held: Cell<Option<Entity>>,
    /// Whether the menu or the text field is open: no tooltip then, and no wheel.
    pub is_busy: Cell<bool>,
    /// What is to be typed, until the text field takes it.
    pub request: RefCell<Option<Request>>,
    /// What is to be shown, until the menu takes it.
    pub sheet: RefCell<Option<Sheet>>,
    pub tip: RefCell<TipState>,
}

/// What a control is told that holds the pointer when the window loses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

/// Gives the keyboard back to the control that opened something, or to the window if the control is gone.
pub(crate) fn give_focus_back(cx: &mut EventContext, owner: Entity, is_visible: bool) {
    let is_there = cx.cache.get_width(owner) > 0.0;
    let to = if is_there { owner } else { Entity::root() };
    cx.with_current(to, |cx| cx.focus_with_visibility(is_visible));
}

impl Overlay {
    /// Builds the overlay of an editor, before its page: not in a part of the page that may be rebuilt, because signals are gone
    /// with the part that made them.
    pub fn install(cx: &mut Context) {
        cx.with_current(Entity::root(), |cx| {
            let shared = Rc::new(Shared::default());
            let menu = ContextMenu::build_closed(cx, Rc::clone(&shared));
            let type_in = TypeIn::build_closed(cx, Rc::clone(&shared));
            Tip::build_hidden(cx, Rc::clone(&shared));
            Self { menu, type_in, shared }.build(cx);
        });
    }
}

impl Model for Overlay {
    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, _| {
            if let WindowEvent::WindowFocused(false) = window_event {
                if let Some(held) = self.shared.held.take() {
                    cx.emit_to(held, Lost);
                }
                cx.emit_to(self.menu, MenuCommand::Close);
                self.shared.tip.borrow_mut().withdraw();
            }
            // The window has another size: the menu is where nothing may be any more.
            if let WindowEvent::GeometryChanged(_) = window_event {
                cx.emit_to(self.menu, MenuCommand::Close);
            }
        });
    }
}
