//! A toggle: a labelled key that is lit when its parameter is on.

use vizia_core::prelude::*;

use super::control::Control;
use super::ink::{Ink, Stand, draw_box};
use crate::ParamRef;

type Action = Box<dyn Fn(&mut EventContext)>;

/// A toggle of a parameter. See the [module](crate::widgets) for its hands and its colours.
pub struct Toggle {
    control: Control,
    ink: Ink,
    label: String,
    on_ctrl: Option<Action>,
}

impl Toggle {
    /// Builds a toggle that says `label`.
    pub fn new<'a>(cx: &'a mut Context, param: ParamRef, label: &str) -> Handle<'a, Self> {
        let control = Control::new(cx, param, 0.0, 0.0);
        let toggle = Self { control, ink: Ink::new(cx), label: label.to_owned(), on_ctrl: None };
        Control::build(cx, toggle, |toggle| &mut toggle.control).role(Role::Switch)
    }

    /// On the button's way down, as keys of a desk do it. vizia makes a double-click of the second press of a fast pair and says nothing
    /// of the press: both are presses here.
    fn press(&mut self, cx: &mut EventContext) {
        cx.focus_with_visibility(false);
        match &self.on_ctrl {
            Some(on_ctrl) if cx.modifiers().ctrl() || cx.modifiers().logo() => on_ctrl(cx),
            _ => self.flip(),
        }
    }

    fn flip(&self) {
        let is_on = self.control.param().value() >= 0.5;
        self.control.put(if is_on { 0.0 } else { 1.0 });
    }
}

/// What can be set on a toggle.
pub trait ToggleModifiers {
    /// What a click with Ctrl (or Command) does instead of toggling: soloing one strip alone, say.
    fn on_ctrl(self, action: impl Fn(&mut EventContext) + 'static) -> Self;
}

impl ToggleModifiers for Handle<'_, Toggle> {
    fn on_ctrl(self, action: impl Fn(&mut EventContext) + 'static) -> Self {
        self.modify(|toggle| toggle.on_ctrl = Some(Box::new(action)))
    }
}

impl View for Toggle {
    fn element(&self) -> Option<&'static str> {
        Some("param-toggle")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, meta| match window_event {
            WindowEvent::MouseDown(MouseButton::Left)
            | WindowEvent::MouseDoubleClick(MouseButton::Left)
            | WindowEvent::MouseTripleClick(MouseButton::Left)
                if !cx.is_disabled() =>
            {
                meta.consume();
                self.press(cx);
            }
            WindowEvent::KeyDown(Code::Enter | Code::NumpadEnter, _) if !cx.is_disabled() => {
                meta.consume();
                self.flip();
            }
            _ => self.control.keys(cx, window_event, meta, 1.0),
        });
        self.control.menu(cx, event);
        self.control.rest(cx, event);
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let bounds = cx.bounds();
        let is_on = self.control.shown().modulated >= 0.5;
        let (body, text) = if is_on {
            (cx.caret_color(), cx.selection_color())
        } else {
            (cx.background_color(), cx.font_color())
        };
        draw_box(canvas, bounds, cx.corner_top_left_radius(), body, cx.border_color(), cx.border_width());
        self.ink.draw(cx, canvas, &self.label, bounds, text, Stand::Center);
        cx.draw_outline(canvas);
    }
}
