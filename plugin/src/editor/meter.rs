//! A level meter: two bars with a line, and what a gate, a compressor or a limiter takes away.
//!
//! It draws itself and asks only for a redraw, at most once a frame, and only if something moved that one can see.
//! Its colours in the theme: `background-color` the empty bar, `selection-color` the bar, `border-color` the line, `caret-color` what is above full scale,
//! `outline-color` gain reduction. Three steps of lightness with ticks at their places, and a change of hue only on top:
//! it reads the same to every eye.

use super::ballistics::{Bar, FLOOR_DB, fall_back};
use super::scale;
use crate::desk::{Desk, Tap};
use nice_plug_vizia::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Where a bar grows lighter, in dB, and how much of its colour it has below.
const STEPS_DB: [(f32, f32); 3] = [(-18.0, 0.55), (-6.0, 0.78), (0.0, 1.0)];

/// How much of a bar's colour the part between mean and peak has.
const PEAK_OPACITY: f32 = 0.45;

/// The part of the view's width that gain reduction takes.
const REDUCTION_WIDTH: f32 = 0.22;

/// A whole bar of gain reduction, in dB.
const REDUCTION_SPAN_DB: f32 = 24.0;

/// Movements smaller than this part of the height are not drawn: half a pixel on most screens.
const VISIBLE: f32 = 1.0 / 800.0;

/// What the meter shows, and moves to in each tick.
#[derive(Clone, Debug, Default)]
struct Picture {
    bars: [Bar; 2],
    reduction_db: f32,
    /// The places that were drawn last.
    drawn: [f32; 7],
}

impl Picture {
    /// Moves on. Returns whether one can see it.
    fn advance(&mut self, desk: &Desk, tap: Tap, dt_s: f32) -> bool {
        let levels = desk.levels(tap);
        for (idx, bar) in self.bars.iter_mut().enumerate() {
            let rms = if desk.is_processing() { levels.rms[idx] } else { 0.0 };
            bar.advance(levels.peak[idx], rms, dt_s);
        }
        self.reduction_db = fall_back(self.reduction_db, desk.reduction_db(tap), dt_s);
        let places = self.places();
        let is_visible = places.iter().zip(&self.drawn).any(|(a, b)| (a - b).abs() > VISIBLE);
        if is_visible {
            self.drawn = places;
        }
        is_visible
    }

    fn places(&self) -> [f32; 7] {
        let [l, r] = self.bars.map(|bar| [bar.rms_db, bar.peak_db, bar.line_db].map(scale::place));
        [l[0], l[1], l[2], r[0], r[1], r[2], (self.reduction_db / REDUCTION_SPAN_DB).min(1.0)]
    }
}

/// A meter of one tap.
pub struct Meter {
    picture: Rc<RefCell<Picture>>,
    inset_px: f32,
}

impl Meter {
    /// A meter whose scale begins and ends `inset_px` inside of its bounds.
    pub fn new<'a>(cx: &'a mut Context, desk: &Arc<Desk>, tap: Tap, inset_px: f32) -> Handle<'a, Self> {
        let picture = Rc::new(RefCell::new(Picture::default()));
        let (desk, moving) = (Arc::clone(desk), Rc::clone(&picture));
        Self { picture, inset_px }
            .build(cx, |_| {})
            .poll(move |tick| moving.borrow_mut().advance(&desk, tap, tick.dt_s))
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
        let inset = self.inset_px * cx.scale_factor();
        let (top, bottom) = (area.top() + inset, area.bottom() - inset);
        let gap = cx.scale_factor().round().max(1.0);
        let reduction_width = (area.width() * REDUCTION_WIDTH).round();
        let bar_width = ((area.width() - reduction_width - 2.0 * gap) / 2.0).floor();
        let at = |place: f32| bottom - place * (bottom - top);
        let fill = |left: f32, width: f32, from: f32, to: f32, color: Color, opacity: f32| {
            if from > to {
                let mut paint = vg::Paint::default();
                paint.set_color(color).set_alpha_f(opacity * f32::from(color.a()) / 255.0);
                canvas.draw_rect(vg::Rect::new(left, to, left + width, from), &paint);
            }
        };
        let (track, body) = (cx.background_color(), cx.selection_color());

        for (idx, bar) in picture.bars.iter().enumerate() {
            let left = area.left() + idx as f32 * (bar_width + gap);
            fill(left, bar_width, bottom, top, track, 1.0);
            let mut from_db = FLOOR_DB;
            for (to_db, opacity) in STEPS_DB {
                let part = |level_db: f32| at(scale::place(level_db.clamp(from_db, to_db)));
                let from = at(scale::place(from_db));
                fill(left, bar_width, from, part(bar.peak_db), body, opacity * PEAK_OPACITY);
                fill(left, bar_width, from, part(bar.rms_db), body, opacity);
                from_db = to_db;
            }
            let full_scale = at(scale::place(0.0));
            fill(left, bar_width, full_scale, at(scale::place(bar.peak_db)), cx.caret_color(), 1.0);
            if bar.line_db > FLOOR_DB {
                let line = at(scale::place(bar.line_db)).round();
                let color = if bar.line_db > 0.0 { cx.caret_color() } else { cx.border_color() };
                fill(left, bar_width, line + gap, line, color, 1.0);
            }
        }

        let left = area.right() - reduction_width;
        fill(left, reduction_width, bottom, top, track, 1.0);
        let reduced = (picture.reduction_db / REDUCTION_SPAN_DB).min(1.0);
        fill(left, reduction_width, top + reduced * (bottom - top), top, cx.outline_color(), 1.0);
    }
}

/// The figures between a fader and a meter, with a tick at each.
/// `color` writes the figures, `border-color` draws the ticks.
pub struct Scale {
    figures: RefCell<Vec<TextLine>>,
    inset_px: f32,
}

impl Scale {
    /// A scale that begins and ends `inset_px` inside of its bounds.
    pub fn new(cx: &mut Context, inset_px: f32) -> Handle<'_, Self> {
        let figures = RefCell::new(scale::FIGURES_DB.iter().map(|_| TextLine::new()).collect());
        Self { figures, inset_px }.build(cx, |_| {}).hoverable(false).focusable(false)
    }
}

impl View for Scale {
    fn element(&self) -> Option<&'static str> {
        Some("scale")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let area = cx.bounds();
        let (inset, line) = (self.inset_px * cx.scale_factor(), cx.scale_factor().round().max(1.0));
        let travel = area.height() - 2.0 * inset;
        let size_px = cx.font_size();
        let mut tick = vg::Paint::default();
        tick.set_color(cx.border_color());
        for (&level_db, figure) in scale::FIGURES_DB.iter().zip(self.figures.borrow_mut().iter_mut()) {
            let middle = (area.bottom() - inset - scale::place(level_db) * travel).round();
            let half = size_px * cx.scale_factor();
            let row = BoundingBox::from_min_max(area.left(), middle - half, area.right(), middle + half);
            figure.draw(
                cx,
                canvas,
                &scale::figure(level_db),
                row,
                Alignment::Center,
                cx.font_color(),
                size_px,
                400,
            );
            let mark = 0.15 * area.width();
            canvas.draw_rect(vg::Rect::new(area.left(), middle, area.left() + mark, middle + line), &tick);
            canvas.draw_rect(vg::Rect::new(area.right() - mark, middle, area.right(), middle + line), &tick);
        }
    }
}
