//! A fader: a cap on a slot, upright.
//!
//! Its way is the height of the view without its vertical padding, so that the cap stays inside the view at both ends, and so
//! that a scale beside it lines up if it has the same height and padding.

use vizia_core::prelude::*;
use vizia_core::vg::Rect as VgRect;

use super::control::Control;
use super::ink::{TRACK, draw_box, faded, fill, stroke};
use crate::ParamRef;

/// The cap's height, and its width at most, in logical pixels.
const CAP: (f32, f32) = (22.0, 22.0);
/// The slot's width, in logical pixels.
const SLOT_W: f32 = 4.0;
/// How much of the value's colour there is in the slot: the cap tells the value, the slot only helps.
const FILL: f32 = 0.7;
/// The way of a drag before the first layout, in logical pixels.
const TRAVEL_PX: f32 = 200.0;

/// A fader of a parameter. See the [module](crate::widgets) for its hands and its colours.
pub struct Fader {
    control: Control,
}

impl Fader {
    /// Builds a fader.
    pub fn new(cx: &mut Context, param: ParamRef) -> Handle<'_, Self> {
        let control = Control::new(cx, param, TRAVEL_PX, 0.0);
        Control::build(cx, Self { control }, |fader| &mut fader.control).role(Role::Slider)
    }
}

impl View for Fader {
    fn element(&self) -> Option<&'static str> {
        Some("param-fader")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        self.control.turn(cx, event);
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let bounds = cx.bounds();
        if bounds.w <= 0.0 || bounds.h <= 0.0 {
            return;
        }
        let scale = cx.scale_factor();
        let padding = |units: Units| if let Pixels(px) = units { px } else { 0.0 };
        let top = bounds.y + padding(cx.padding_top());
        let bottom = bounds.bottom() - padding(cx.padding_bottom());
        let travel = (bottom - top).max(1.0);
        self.control.set_travel_px(travel / scale);

        let shown = self.control.shown();
        let lit = if shown.is_default { cx.caret_color() } else { cx.font_color() };
        let line = scale.round().max(1.0);
        let x = bounds.center().0.round();
        let y_of = |value: f32| bottom - value * travel;
        let clear = Color::transparent();

        let slot_w = (SLOT_W * scale).round();
        let slot = |from: f32, to: f32| BoundingBox {
            x: (x - slot_w / 2.0).round(),
            y: from.min(to),
            w: slot_w,
            h: (to - from).abs(),
        };
        draw_box(canvas, slot(top, bottom), slot_w / 2.0, faded(cx.border_color(), TRACK), clear, 0.0);
        draw_box(canvas, slot(y_of(shown.modulated), bottom), slot_w / 2.0, faded(lit, FILL), clear, 0.0);
        if shown.modulated != shown.value {
            // What the host makes of it.
            let moved = slot(y_of(shown.value), y_of(shown.modulated));
            draw_box(canvas, moved, slot_w / 2.0, cx.selection_color(), clear, 0.0);
        }

        let y = y_of(shown.modulated).round();
        let (cap_h, cap_w) = ((CAP.0 * scale).round(), (CAP.1 * scale).min(bounds.w - 2.0 * line).round());
        let cap =
            BoundingBox { x: (x - cap_w / 2.0).round(), y: (y - cap_h / 2.0).round(), w: cap_w, h: cap_h };
        draw_box(canvas, cap, 3.0 * scale, cx.background_color(), cx.border_color(), line);
        let index_h = (2.0 * scale).round();
        let index = BoundingBox { y: (y - index_h / 2.0).round(), h: index_h, ..cap.shrink_horizontal(line) };
        canvas.draw_rect(VgRect::from(index), &fill(lit));

        if shown.modulated != shown.value {
            // A tick where the hand left it, beside the cap. Its round ends stay inside of the view, too.
            let at = y_of(shown.value);
            let tick_w = (1.5 * scale).max(1.0);
            let tick = stroke(cx.selection_color(), tick_w);
            let (left, right) = (bounds.x + tick_w, bounds.right() - tick_w);
            canvas.draw_line((left, at), ((cap.x - tick_w).max(left), at), &tick);
            canvas.draw_line((right, at), ((cap.right() + tick_w).min(right), at), &tick);
        }
        cx.draw_outline(canvas);
    }
}
