//! A knob: an arc of 270° that fills up to the value.

use vizia_core::prelude::*;
use vizia_core::vg::{Point, Rect as VgRect};

use super::control::Control;
use super::ink::{TRACK, faded, fill, stroke};
use crate::ParamRef;

/// Where the arc begins, in degrees clockwise from three o'clock, and how far it goes.
const START_DEG: f32 = 135.0;
const SWEEP_DEG: f32 = 270.0;
/// Half of the shortest arc, in parts of the way.
const DOT: f32 = 0.006;
/// Logical pixels of drag from end to end.
const TRAVEL_PX: f32 = 200.0;

/// A knob of a parameter. See the [module](crate::widgets) for its hands and its colours.
pub struct Knob {
    control: Control,
    is_bipolar: bool,
}

impl Knob {
    /// Builds a knob.
    pub fn new(cx: &mut Context, param: ParamRef) -> Handle<'_, Self> {
        let control = Control::new(cx, param, TRAVEL_PX, 0.0);
        Control::build(cx, Self { control, is_bipolar: false }, |knob| &mut knob.control).role(Role::Slider)
    }
}

/// What can be set on a knob.
pub trait KnobModifiers {
    /// Whether the arc grows from the centre to both sides.
    fn bipolar(self, is_bipolar: bool) -> Self;
}

impl KnobModifiers for Handle<'_, Knob> {
    fn bipolar(self, is_bipolar: bool) -> Self {
        self.modify(|knob| knob.is_bipolar = is_bipolar)
    }
}

impl View for Knob {
    fn element(&self) -> Option<&'static str> {
        Some("param-knob")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        self.control.turn(cx, event);
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let bounds = cx.bounds();
        let size = bounds.w.min(bounds.h);
        if size <= 0.0 {
            return;
        }
        let shown = self.control.shown();
        let (x, y) = bounds.center();
        let at = |radius: f32, value: f32| {
            let angle = (START_DEG + SWEEP_DEG * value).to_radians();
            Point::new(x + radius * angle.cos(), y + radius * angle.sin())
        };
        let width = (size * 0.085).max(2.0);
        let radius = (size - width) / 2.0;
        let arc = |radius: f32, from: f32, to: f32, color: Color, width: f32| {
            let oval = VgRect::new(x - radius, y - radius, x + radius, y + radius);
            let (start, sweep) = (START_DEG + SWEEP_DEG * from, SWEEP_DEG * (to - from));
            canvas.draw_arc(oval, start, sweep, false, &stroke(color, width));
        };
        let lit = if shown.is_default { cx.caret_color() } else { cx.font_color() };
        let origin: f32 = if self.is_bipolar { 0.5 } else { 0.0 };

        let body = radius - width * 1.4;
        let rim = (size * 0.03).max(1.0);
        canvas.draw_circle((x, y), body, &fill(cx.background_color()));
        canvas.draw_circle((x, y), body - rim / 2.0, &stroke(cx.border_color(), rim));
        arc(radius, 0.0, 1.0, faded(cx.border_color(), TRACK), width);
        // A value at the origin has nothing to fill: then there is a dot where the arc grows from.
        let (from, to) = (origin.min(shown.modulated), origin.max(shown.modulated));
        arc(radius, (from - DOT).max(0.0), (to + DOT).min(1.0), lit, width);
        if shown.modulated != shown.value {
            // What the host makes of it, and a tick where the hand left it.
            arc(radius, shown.value, shown.modulated, cx.selection_color(), width);
            let tick = stroke(lit, (size * 0.06).max(1.5));
            canvas.draw_line(at(body, shown.value), at(radius, shown.value), &tick);
        }
        let pointer = stroke(lit, (size * 0.075).max(2.0));
        canvas.draw_line(at(body * 0.35, shown.modulated), at(body * 0.85, shown.modulated), &pointer);
        cx.draw_outline(canvas);
    }
}
