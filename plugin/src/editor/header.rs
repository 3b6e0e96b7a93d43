//! A strip's head: its number, a lamp for its input, and its name.
//!
//! The lamp is a dot that lights with the signal, and a warning where broken samples silenced the strip; a click on the warning clears it.
//! Where the host feeds nothing into the input, it says so in its place.

use super::ballistics::to_db;
use super::page::Page;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// Above this level, in dB, an input counts as a signal.
const SIGNAL_DB: f32 = -60.0;

/// How long the lamp stays lit after the last signal, in seconds.
const AFTERGLOW_S: f32 = 0.3;

/// The head of strip `strip_idx`.
pub fn header(cx: &mut Context, page: &Page, strip_idx: usize) {
    let desk = page.desk();
    VStack::new(cx, |cx| {
        HStack::new(cx, |cx| {
            Label::new(cx, format!("{}", strip_idx + 1)).class("number");
            Label::new(cx, page.is_missing(strip_idx).map(|is| if *is { "no input" } else { "" }))
                .class("mark");
            Lamp::new(cx, page, strip_idx);
        })
        .class("header-line");
        let (desk, shown) = (desk.clone(), page.name(strip_idx));
        Textbox::new(cx, shown)
            .placeholder("name")
            .on_submit(move |cx, name: String, _| {
                desk.set_strip_name(strip_idx, &name);
                // What is kept may be shorter than what was typed.
                shown.set(desk.strip_name(strip_idx));
                cx.emit(TextEvent::EndEdit);
            })
            .class("strip-name")
            .name(format!("Name of strip {}", strip_idx + 1));
    })
    .class("row-header");
}

/// What the lamp shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    Dark,
    Signal,
    Broken,
}

/// A strip's input lamp. `background-color` is the dark dot, `selection-color` the lit one, `caret-color` the warning.
struct Lamp {
    page: Page,
    strip_idx: usize,
    light: Rc<Cell<Light>>,
}

impl Lamp {
    fn new<'a>(cx: &'a mut Context, page: &Page, strip_idx: usize) -> Handle<'a, Self> {
        let light = Rc::new(Cell::new(Light::Dark));
        let (shown, desk) = (Rc::clone(&light), page.desk().clone());
        let mut since_signal_s = f32::MAX;
        let told = desk.clone();
        Self { page: page.clone(), strip_idx, light }
            .build(cx, |_| {})
            .poll(move |tick| {
                let [left, right] = desk.levels(Tap::Input(strip_idx)).peak;
                since_signal_s =
                    if to_db(left.max(right)) > SIGNAL_DB { 0.0 } else { since_signal_s + tick.dt_s };
                let newest = if desk.quarantined() & (1 << strip_idx) != 0 {
                    Light::Broken
                } else if since_signal_s < AFTERGLOW_S {
                    Light::Signal
                } else {
                    Light::Dark
                };
                shown.replace(newest) != newest
            })
            .tip(move || {
                let is_broken = told.quarantined() & (1 << strip_idx) != 0;
                let text = if is_broken {
                    "Broken samples were silenced. Click when mended"
                } else {
                    "Signal at the input"
                };
                text.to_owned()
            })
    }
}

impl View for Lamp {
    fn element(&self) -> Option<&'static str> {
        Some("lamp")
    }

    fn event(&mut self, _: &mut EventContext, event: &mut Event) {
        event.map(|event, meta| {
            if matches!(event, WindowEvent::MouseDown(MouseButton::Left)) {
                self.page.desk().clear_quarantine(self.strip_idx);
                meta.consume();
            }
        });
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let area = cx.bounds();
        let (x, y) = (area.x + area.w / 2.0, area.y + area.h / 2.0);
        let radius = 0.3 * area.w.min(area.h);
        let mut paint = vg::Paint::default();
        match self.light.get() {
            Light::Dark => {
                paint.set_color(cx.background_color());
                canvas.draw_circle((x, y), radius, &paint);
            }
            Light::Signal => {
                paint.set_color(cx.selection_color());
                canvas.draw_circle((x, y), radius, &paint);
            }
            Light::Broken => {
                paint.set_color(cx.caret_color());
                let mut triangle = vg::PathBuilder::new();
                let side = 1.5 * radius;
                triangle
                    .move_to((x, y - side))
                    .line_to((x + side, y + side))
                    .line_to((x - side, y + side))
                    .close();
                canvas.draw_path(&triangle.detach(), &paint);
            }
        }
    }
}
