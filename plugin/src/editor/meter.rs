//! A level meter: two bars with a line, and what a gate, a compressor or a limiter takes away.
//!
//! The body of a bar is the RMS level or, with ballistics other than *Peak*, their needle, in dB of full scale; a thin line across both bars is then
//! that meter's zero.
//! It draws itself and asks only for a redraw, at most once a frame, and only if something moved that one can see.
//! Its colours in the theme: `background-color` the empty bar, `selection-color` the bar, `border-color` the line, `caret-color` what is above full scale,
//! `outline-color` gain reduction. Three steps of lightness with ticks at their places, and a change of hue only on top:
//! it reads the same to every eye.

use super::ballistics::{Bar, Body, FLOOR_DB, fall_back};
use super::page::Page;
use super::scale;
use crate::desk::{Desk, Tap};
use busbar_engine::Ballistics;
use nice_plug_vizia::prelude::*;
use nice_plug_vizia::widgets::ink::{Ink, Stand, faded, fill};
use std::cell::RefCell;
use std::rc::Rc;

/// Where a bar grows lighter, in dB, and how much of its colour it has below.
const STEPS_DB: [(f32, f32); 3] = [(-18.0, 0.55), (-6.0, 0.78), (0.0, 1.0)];

/// How much of a bar's colour the part between mean and peak has.
const PEAK_OPACITY: f32 = 0.45;

/// The part of the view's width that gain reduction takes.
const REDUCTION_WIDTH: f32 = 0.22;

/// A whole bar of gain reduction, in dB.
const REDUCTION_SPAN_DB: f32 = 24.0;

/// How much of the line's colour the zero of a needle has.
const ZERO_OPACITY: f32 = 0.6;

/// Movements smaller than this part of the height are not drawn: half a pixel on most screens.
const VISIBLE: f32 = 1.0 / 800.0;

/// What the meter shows, and moves to in each tick.
#[derive(Clone, Debug, Default)]
struct Picture {
    bars: [Bar; 2],
    /// The needle's zero, in dB of full scale, if the bars follow one.
    zero_dbfs: Option<f32>,
    reduction_db: f32,
    /// The places that were drawn last.
    drawn: [f32; 8],
}

impl Picture {
    /// Moves on. Returns whether one can see it.
    fn advance(&mut self, desk: &Desk, tap: Tap, ballistics: Ballistics, dt_s: f32) -> bool {
        let levels = desk.levels(tap);
        self.zero_dbfs = (ballistics != Ballistics::Peak).then(|| ballistics.zero_dbfs());
        let bodies = match self.zero_dbfs {
            // Nobody moves the needle any more.
            _ if !desk.is_processing() => [Body::Rms(0.0); 2],
            None => levels.rms.map(Body::Rms),
            Some(zero_dbfs) => desk.needle(tap).map(|needle_db| Body::Needle(needle_db + zero_dbfs)),
        };
        for ((bar, peak), body) in self.bars.iter_mut().zip(levels.peak).zip(bodies) {
            bar.advance(peak, body, dt_s);
        }
        self.reduction_db = fall_back(self.reduction_db, desk.reduction_db(tap), dt_s);
        let places = self.places();
        let is_visible = places.iter().zip(&self.drawn).any(|(a, b)| (a - b).abs() > VISIBLE);
        if is_visible {
            self.drawn = places;
        }
        is_visible
    }

    fn places(&self) -> [f32; 8] {
        let [l, r] = self.bars.map(|bar| [bar.body_db, bar.peak_db, bar.line_db].map(scale::place));
        let zero = self.zero_dbfs.map_or(0.0, scale::place);
        [l[0], l[1], l[2], r[0], r[1], r[2], zero, (self.reduction_db / REDUCTION_SPAN_DB).min(1.0)]
    }
}

/// A meter of one tap.
pub struct Meter {
    picture: Rc<RefCell<Picture>>,
}

impl Meter {
    /// A meter. Its way is its height without its padding, as a fader's is.
    pub fn new<'a>(cx: &'a mut Context, page: &Page, tap: Tap) -> Handle<'a, Self> {
        let picture = Rc::new(RefCell::new(Picture::default()));
        let (page, moving) = (page.clone(), Rc::clone(&picture));
        Self { picture }
            .build(cx, |_| {})
            .poll(move |tick| {
                let ballistics = page.params().ballistics();
                moving.borrow_mut().advance(page.desk(), tap, ballistics, tick.dt_s)
            })
            .hoverable(false)
            .focusable(false)
    }
}

impl View for Meter {
    fn element(&self) -> Option<&'static str> {
        Some("meter")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let picture = self.picture.borrow();
        let area = cx.bounds();
        let [top, bottom] = way(cx);
        let gap = cx.scale_factor().round().max(1.0);
        let reduction_width = (area.width() * REDUCTION_WIDTH).round();
        let bar_width = ((area.width() - reduction_width - 2.0 * gap) / 2.0).floor();
        let at = |place: f32| bottom - place * (bottom - top);
        let bar = |left: f32, width: f32, from: f32, to: f32, color: Color, opacity: f32| {
            if from > to {
                canvas.draw_rect(vg::Rect::new(left, to, left + width, from), &fill(faded(color, opacity)));
            }
        };
        let (track, body) = (cx.background_color(), cx.selection_color());

        for (idx, shown) in picture.bars.iter().enumerate() {
            let left = area.left() + idx as f32 * (bar_width + gap);
            bar(left, bar_width, bottom, top, track, 1.0);
            let mut from_db = FLOOR_DB;
            for (to_db, opacity) in STEPS_DB {
                let part = |level_db: f32| at(scale::place(level_db.clamp(from_db, to_db)));
                let from = at(scale::place(from_db));
                bar(left, bar_width, from, part(shown.peak_db), body, opacity * PEAK_OPACITY);
                bar(left, bar_width, from, part(shown.body_db), body, opacity);
                from_db = to_db;
            }
            let full_scale = at(scale::place(0.0));
            let highest_db = shown.peak_db.max(shown.body_db);
            bar(left, bar_width, full_scale, at(scale::place(highest_db)), cx.caret_color(), 1.0);
            if shown.line_db > FLOOR_DB {
                let line = at(scale::place(shown.line_db)).round();
                let color = if shown.line_db > 0.0 { cx.caret_color() } else { cx.border_color() };
                bar(left, bar_width, line + gap, line, color, 1.0);
            }
        }

        if let Some(zero_dbfs) = picture.zero_dbfs {
            let (line, width) = (at(scale::place(zero_dbfs)).round(), 2.0 * bar_width + gap);
            bar(area.left(), width, line + gap, line, cx.border_color(), ZERO_OPACITY);
        }

        let left = area.right() - reduction_width;
        bar(left, reduction_width, bottom, top, track, 1.0);
        let reduced = (picture.reduction_db / REDUCTION_SPAN_DB).min(1.0);
        bar(left, reduction_width, top + reduced * (bottom - top), top, cx.outline_color(), 1.0);
    }
}

/// The upper and the lower end of the way of a view that stands beside a fader, in physical pixels.
fn way(cx: &DrawContext) -> [f32; 2] {
    let padding = |units| if let Pixels(px) = units { px } else { 0.0 };
    [cx.bounds().top() + padding(cx.padding_top()), cx.bounds().bottom() - padding(cx.padding_bottom())]
}

/// The figures between a fader and a meter, with a tick towards the meter. Their way is their height without padding.
/// `color` writes the figures, `border-color` draws the ticks.
pub struct Scale {
    figures: Vec<(f32, String, Ink)>,
}

impl Scale {
    /// A scale.
    pub fn new(cx: &mut Context) -> Handle<'_, Self> {
        let ink = Ink::new(cx);
        let figures = scale::FIGURES_DB.map(|level_db| (level_db, scale::figure(level_db), ink.refill()));
        Self { figures: figures.into() }.build(cx, |_| {}).hoverable(false).focusable(false)
    }
}

impl View for Scale {
    fn element(&self) -> Option<&'static str> {
        Some("scale")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let area = cx.bounds();
        let ([top, bottom], line) = (way(cx), cx.scale_factor().round().max(1.0));
        let (mark, half) = (2.0 * line, cx.font_size());
        for (level_db, figure, ink) in &self.figures {
            let middle = (bottom - scale::place(*level_db) * (bottom - top)).round();
            let row = BoundingBox::from_min_max(area.left(), middle - half, area.right(), middle + half);
            ink.draw(cx, canvas, figure, row, cx.font_color(), Stand::Center);
            let left = area.right() - mark;
            canvas
                .draw_rect(vg::Rect::new(left, middle, left + mark, middle + line), &fill(cx.border_color()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Levels;
    use crate::params::BusbarParams;
    use busbar_engine::Loudness;
    use std::sync::Arc;

    const DT_S: f32 = 0.016;

    #[test]
    fn a_bars_body_is_the_mean_or_the_needle_of_the_chosen_ballistics() {
        let desk = Desk::for_pictures(Arc::new(BusbarParams::new(8)));
        let tap = Tap::Group(1);
        desk.show_levels(tap, Levels { peak: [1.0, 0.5], rms: [0.5, 0.25], hold: [1.0; 2] });
        desk.show_loudness(tap, &Loudness::SILENCE, [1.5, -6.0]);
        let mut picture = Picture::default();
        let mut shown = |ballistics| {
            let is_visible = picture.advance(&desk, tap, ballistics, DT_S);
            (is_visible, picture.bars.map(|bar| bar.body_db), picture.zero_dbfs)
        };
        let near = |a: [f32; 2], b: [f32; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01);
        let (is_visible, body, zero) = shown(Ballistics::Peak);
        assert!(is_visible && near(body, [-6.02, -12.04]) && zero.is_none(), "{body:?}");
        assert!(!shown(Ballistics::Peak).0, "nothing moved");
        let (is_visible, body, zero) = shown(Ballistics::PpmI);
        assert!(is_visible && near(body, [-7.5, -15.0]) && zero == Some(-9.0), "{body:?}");
        let (is_visible, body, zero) = shown(Ballistics::K20);
        assert!(is_visible && near(body, [-18.5, -26.0]) && zero == Some(-20.0), "{body:?}");
        let (is_visible, body, zero) = shown(Ballistics::Peak);
        assert!(is_visible && near(body, [-6.02, -12.04]) && zero.is_none(), "{body:?}");
    }
}
