//! The highest level since somebody last looked, as a figure above the meter.
//!
//! A click begins anew, Ctrl-click does so for the whole desk, and a middle click moves the fader so that this peak would have read 0 dB.
//! `background-color` lies behind it, `color` writes it, and above full scale `caret-color` lies behind it and `selection-color` writes it.

use super::ballistics::to_db;
use crate::desk::{Desk, Tap};
use nice_plug_vizia::prelude::*;
use nice_plug_vizia::widgets::ink::{Ink, Stand, fill};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Below this level, in dB, there is nothing worth a figure.
const SILENT_DB: f32 = -80.0;

/// The figure of one tap.
pub struct Hold {
    desk: Arc<Desk>,
    tap: Tap,
    fader: ParamRef,
    level_db: Rc<Cell<f32>>,
    ink: Ink,
}

impl Hold {
    /// The figure of a tap behind this fader.
    pub fn new<'a>(cx: &'a mut Context, desk: &Arc<Desk>, tap: Tap, fader: &ParamRef) -> Handle<'a, Self> {
        let level_db = Rc::new(Cell::new(f32::NAN));
        let (newest, watched) = (Rc::clone(&level_db), Arc::clone(desk));
        let ink = Ink::new(cx);
        Self { desk: Arc::clone(desk), tap, fader: fader.clone(), level_db, ink }
            .build(cx, |_| {})
            .cursor(CursorIcon::Hand)
            .poll(move |_| {
                let [left, right] = watched.held(tap);
                let level_db = rounded(to_db(left.max(right)));
                newest.replace(level_db) != level_db
            })
    }

    fn clear(&self, all: bool) {
        if all { self.desk.clear_all_holds() } else { self.desk.clear_hold(self.tap) }
    }

    /// Moves the fader so that the peak reads 0 dB.
    fn level_to_full_scale(&self, host: &Host) {
        let level_db = self.level_db.get();
        if level_db > SILENT_DB {
            let fader_db = self.fader.plain() - level_db;
            host.change(&self.fader, self.fader.normalize(fader_db));
            self.clear(false);
        }
    }
}

/// To tenths, so that only what can be read is a change.
fn rounded(level_db: f32) -> f32 {
    (10.0 * level_db).round() / 10.0
}

/// The figure as it is written.
fn figure(level_db: f32) -> String {
    if level_db > SILENT_DB { format!("{:.1}", level_db + 0.0) } else { "–".to_owned() }
}

impl View for Hold {
    fn element(&self) -> Option<&'static str> {
        Some("hold")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|event, meta| match event {
            WindowEvent::MouseDown(MouseButton::Left) => {
                self.clear(cx.modifiers().ctrl());
                meta.consume();
            }
            WindowEvent::MouseDown(MouseButton::Middle) => {
                let host = cx.data::<Host>().clone();
                self.level_to_full_scale(&host);
                meta.consume();
            }
            _ => {}
        });
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let level_db = self.level_db.get();
        let is_over = level_db > 0.0;
        let area = cx.bounds();
        let (ground, color) = if is_over {
            (cx.caret_color(), cx.selection_color())
        } else {
            (cx.background_color(), cx.font_color())
        };
        canvas.draw_rect(vg::Rect::from(area), &fill(ground));
        self.ink.draw(cx, canvas, &figure(level_db), area, color, Stand::Center);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_at_a_glance() {
        assert_eq!(figure(rounded(-3.26)), "-3.3");
        assert_eq!(figure(rounded(-0.04)), "0.0");
        assert_eq!(figure(rounded(2.0)), "2.0");
        assert_eq!(figure(-90.0), "–");
        assert_eq!(figure(f32::NAN), "–");
    }
}
