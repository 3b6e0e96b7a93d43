//! A choice: the text of the current one; a click opens a menu of all.

use vizia_core::prelude::*;

use super::control::Control;
use super::ink::{Ink, Stand, draw_box, stroke};
use super::menu::{MenuEntry, MenuPick, MenuPlace, open_menu};
use crate::ParamRef;

/// A menu of more entries than this would be no help; a parameter of more steps is no choice.
const MOST_ENTRIES: usize = 256;

/// A choice of a stepped parameter. See the [module](crate::widgets) for its hands and its colours.
pub struct Choice {
    control: Control,
    ink: Ink,
    is_listing: bool,
}

impl Choice {
    /// Builds a choice.
    pub fn new(cx: &mut Context, param: ParamRef) -> Handle<'_, Self> {
        let control = Control::new(cx, param, 0.0, 0.0);
        let choice = Self { control, ink: Ink::new(cx), is_listing: false };
        Control::build(cx, choice, |choice| &mut choice.control).role(Role::ComboBox)
    }

    fn n_steps(&self) -> usize {
        self.control.param().step_count().unwrap_or(1).clamp(1, MOST_ENTRIES)
    }

    fn list(&mut self, cx: &mut EventContext) {
        let (param, n_steps) = (self.control.param(), self.n_steps());
        let at = (param.value() * n_steps as f32).round() as usize;
        let entry = |idx: usize| MenuEntry {
            is_marked: idx == at,
            ..MenuEntry::new(param.text(idx as f32 / n_steps as f32))
        };
        let entries = (0..=n_steps).map(entry).collect();
        self.is_listing = true;
        cx.focus_with_visibility(false);
        open_menu(cx, MenuPlace::Below(cx.bounds()), entries);
    }
}

impl View for Choice {
    fn element(&self) -> Option<&'static str> {
        Some("param-choice")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, meta| match window_event {
            WindowEvent::MouseDown(MouseButton::Left)
            | WindowEvent::MouseDoubleClick(MouseButton::Left)
            | WindowEvent::MouseTripleClick(MouseButton::Left)
                if !cx.is_disabled() =>
            {
                meta.consume();
                self.list(cx);
            }
            WindowEvent::KeyDown(Code::Enter | Code::NumpadEnter, _) if !cx.is_disabled() => {
                meta.consume();
                self.list(cx);
            }
            WindowEvent::MouseDown(MouseButton::Right) | WindowEvent::KeyDown(..) => {
                self.is_listing = false;
                // Down is further in a list.
                self.control.keys(cx, window_event, meta, -1.0);
            }
            _ => self.control.wheel(cx, window_event, meta, -1.0),
        });
        if self.is_listing {
            event.take(|MenuPick(idx), _| {
                self.is_listing = false;
                self.control.put(idx as f32 / self.n_steps() as f32);
            });
        }
        self.control.menu(cx, event);
        self.control.rest(cx, event);
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let bounds = cx.bounds();
        let scale = cx.scale_factor();
        let shown = self.control.shown();
        let color = if shown.is_default { cx.caret_color() } else { cx.font_color() };
        let (radius, line) = (cx.corner_top_left_radius(), cx.border_width());
        draw_box(canvas, bounds, radius, cx.background_color(), cx.border_color(), line);

        // An arrow down, if there is room beside the text.
        let arrow_w = if bounds.w >= 44.0 * scale { 7.0 * scale } else { 0.0 };
        if arrow_w > 0.0 {
            let (x, y) = (bounds.right() - 6.0 * scale - arrow_w / 2.0, bounds.center().1);
            let (dx, dy) = (arrow_w / 2.0, arrow_w / 4.0);
            let paint = stroke(cx.caret_color(), 1.3 * scale);
            canvas.draw_line((x - dx, y - dy), (x, y + dy), &paint);
            canvas.draw_line((x + dx, y - dy), (x, y + dy), &paint);
        }
        let padding = 6.0 * scale;
        let right = if arrow_w > 0.0 { arrow_w + 2.0 * padding } else { padding };
        let text = BoundingBox { x: bounds.x + padding, w: (bounds.w - padding - right).max(0.0), ..bounds };
        let label = self.control.param().text(shown.modulated);
        self.ink.draw(cx, canvas, &label, text, color, Stand::Left);
        cx.draw_outline(canvas);
    }
}
