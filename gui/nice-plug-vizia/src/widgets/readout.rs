//! A read-out: the value as text, without its unit where there is no room for it. A click types another; it can be dragged like a knob.

use vizia_core::prelude::*;

use super::control::Control;
use super::ink::{Ink, draw_box};
use crate::ParamRef;

/// Logical pixels of drag from end to end.
const TRAVEL_PX: f32 = 200.0;
/// How far a press moves before it is a drag and not a click, in logical pixels.
const SLACK_PX: f32 = 3.0;

/// A read-out of a parameter. See the [module](crate::widgets) for its hands and its colours.
pub struct ReadOut {
    control: Control,
    ink: Ink,
}

impl ReadOut {
    /// Builds a read-out.
    pub fn new(cx: &mut Context, param: ParamRef) -> Handle<'_, Self> {
        let control = Control::new(cx, param, TRAVEL_PX, SLACK_PX);
        let read_out = Self { control, ink: Ink::new(cx) };
        Control::build(cx, read_out, |read_out| &mut read_out.control).role(Role::SpinButton)
    }
}

impl View for ReadOut {
    fn element(&self) -> Option<&'static str> {
        Some("param-readout")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, meta| {
            let is_click = self.control.drag(cx, window_event, meta);
            if is_click {
                self.control.type_value(cx, cx.bounds());
            }
            self.control.wheel(cx, window_event, meta, 1.0);
            self.control.keys(cx, window_event, meta, 1.0);
        });
        self.control.menu(cx, event);
        self.control.rest(cx, event);
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let bounds = cx.bounds();
        let shown = self.control.shown();
        let color = match shown {
            shown if shown.modulated != shown.value => cx.selection_color(),
            shown if shown.is_default => cx.caret_color(),
            _ => cx.font_color(),
        };
        let (radius, line) = (cx.corner_top_left_radius(), cx.border_width());
        draw_box(canvas, bounds, radius, cx.background_color(), cx.border_color(), line);
        let text = self.control.param().text(shown.modulated);
        self.ink.draw_value(cx, canvas, &text, bounds, color);
        cx.draw_outline(canvas);
    }
}
