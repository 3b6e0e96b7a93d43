//! Strokes, fills and one-line texts for views that draw themselves.
//!
//! vizia's own labels cannot be used for what changes often: a new text is a new layout of the whole window, and a layout
//! repaints every text in it. So such views lay out their own line when they are drawn, in the context's `sans-serif`.

use std::cell::RefCell;

use vizia_core::prelude::{BoundingBox, Canvas, Color, Context, DrawContext, FontWeight};
use vizia_core::vg::font_style::{Slant, Weight, Width};
use vizia_core::vg::textlayout::{
    FontCollection, Paragraph, ParagraphBuilder, ParagraphStyle, TextAlign, TextStyle,
};
use vizia_core::vg::{FontStyle, Paint, PaintCap, PaintStyle, Path, Point, RRect, Rect};

/// A paint that fills.
pub fn fill(color: Color) -> Paint {
    let mut paint = Paint::default();
    paint.set_anti_alias(true);
    paint.set_color(color);
    paint
}

/// A paint that draws lines with round ends.
pub fn stroke(color: Color, width: f32) -> Paint {
    let mut paint = fill(color);
    paint.set_style(PaintStyle::Stroke);
    paint.set_stroke_width(width);
    paint.set_stroke_cap(PaintCap::Round);
    paint
}

/// A rectangle with equal round corners.
pub fn rounded(bounds: BoundingBox, radius: f32) -> Path {
    let radius = radius.min(bounds.w / 2.0).min(bounds.h / 2.0).max(0.0);
    Path::rrect(RRect::new_rect_radii(Rect::from(bounds), &[Point::new(radius, radius); 4]), None)
}

/// Draws a rectangle with equal round corners and, if it has a width, a border inside its bounds.
pub fn draw_box(
    canvas: &Canvas,
    bounds: BoundingBox,
    radius: f32,
    body: Color,
    border: Color,
    border_width: f32,
) {
    if body.a() > 0 {
        canvas.draw_path(&rounded(bounds, radius), &fill(body));
    }
    if border_width > 0.0 && border.a() > 0 {
        let half = border_width / 2.0;
        canvas.draw_path(&rounded(bounds.shrink(half), radius - half), &stroke(border, border_width));
    }
}

/// How much of the border's colour there is in an arc or a slot that is to be filled.
pub const TRACK: f32 = 0.55;

/// The same colour, less of it.
pub fn faded(color: Color, by: f32) -> Color {
    Color::rgba(color.r(), color.g(), color.b(), (f32::from(color.a()) * by).round() as u8)
}

/// Where a text stands in its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

/// A line of text that a view draws itself. It remembers the last layout, so that a redraw for a neighbour's sake is cheap.
pub struct Ink {
    fonts: FontCollection,
    last: RefCell<Option<(Key, Paragraph)>>,
}

#[derive(PartialEq)]
struct Key {
    text: String,
    width: f32,
    size: f32,
    weight: i32,
    font_width: Width,
    color: [u8; 4],
    stand: Stand,
    is_value: bool,
}

impl Ink {
    /// Ink with the fonts of the context.
    pub fn new(cx: &Context) -> Self {
        Self { fonts: cx.text_context.font_collection.clone(), last: RefCell::new(None) }
    }

    /// Draws a line of text, in the font size, weight and width of the current view, into the box: vertically in the middle, and with
    /// an ellipsis if it is too long.
    pub fn draw(
        &self,
        cx: &DrawContext,
        canvas: &Canvas,
        text: &str,
        bounds: BoundingBox,
        color: Color,
        stand: Stand,
    ) {
        self.draw_line(cx, canvas, text, bounds, color, stand, false);
    }

    /// Draws a value in the middle of the box, without its unit if there is no room for it.
    pub fn draw_value(
        &self,
        cx: &DrawContext,
        canvas: &Canvas,
        text: &str,
        bounds: BoundingBox,
        color: Color,
    ) {
        self.draw_line(cx, canvas, text, bounds, color, Stand::Center, true);
    }

    #[expect(clippy::too_many_arguments, reason = "where to, what, and how")]
    fn draw_line(
        &self,
        cx: &DrawContext,
        canvas: &Canvas,
        text: &str,
        bounds: BoundingBox,
        color: Color,
        stand: Stand,
        is_value: bool,
    ) {
        if text.is_empty() || bounds.w <= 0.0 || bounds.h <= 0.0 {
            return;
        }
        let key = Key {
            text: text.to_owned(),
            width: bounds.w,
            size: cx.font_size(),
            weight: *Weight::from(cx.font_weight()),
            font_width: cx.font_width().into(),
            color: [color.r(), color.g(), color.b(), color.a()],
            stand,
            is_value,
        };
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(known, _)| *known != key) {
            let mut paragraph = self.lay_out(&key, text);
            if is_value
                && paragraph.max_intrinsic_width() > key.width
                && let Some(figure) = without_unit(text)
            {
                paragraph = self.lay_out(&key, figure);
            }
            *last = Some((key, paragraph));
        }
        let Some((_, paragraph)) = last.as_ref() else { return };
        let top = bounds.y + (bounds.h - paragraph.height()) / 2.0;
        paragraph.paint(canvas, (bounds.x.round(), top.round()));
    }

    /// How wide the text is at this size, both in physical pixels.
    pub fn width(&self, text: &str, size_px: f32, weight: FontWeight) -> f32 {
        let key = Key {
            text: text.to_owned(),
            width: f32::MAX,
            size: size_px,
            weight: *Weight::from(weight),
            font_width: Width::NORMAL,
            color: [0; 4],
            stand: Stand::Left,
            is_value: false,
        };
        self.lay_out(&key, text).max_intrinsic_width().ceil()
    }

    /// More ink with the same fonts.
    pub fn refill(&self) -> Self {
        Self { fonts: self.fonts.clone(), last: RefCell::new(None) }
    }

    fn lay_out(&self, key: &Key, text: &str) -> Paragraph {
        let mut lines = ParagraphStyle::new();
        lines.set_max_lines(1);
        lines.set_ellipsis("…");
        lines.set_text_align(match key.stand {
            Stand::Left => TextAlign::Left,
            Stand::Center => TextAlign::Center,
            Stand::Right => TextAlign::Right,
        });
        let mut style = TextStyle::new();
        style.set_font_families(&["sans-serif"]);
        style.set_font_size(key.size);
        style.set_font_style(FontStyle::new(key.weight.into(), key.font_width, Slant::Upright));
        let [r, g, b, a] = key.color;
        style.set_foreground_paint(&fill(Color::rgba(r, g, b, a)));
        let mut builder = ParagraphBuilder::new(&lines, &self.fonts);
        builder.push_style(&style);
        builder.add_text(text);
        let mut paragraph = builder.build();
        paragraph.layout(key.width);
        paragraph
    }
}

/// What stands before the unit, if there is one: "-12" of "-12 dB".
fn without_unit(text: &str) -> Option<&str> {
    let (figure, unit) = text.rsplit_once(' ')?;
    let is_unit = !unit.is_empty() && !unit.contains(|c: char| c.is_ascii_digit());
    let is_figure = figure.ends_with(|c: char| c.is_ascii_digit()) || figure == "-inf";
    (is_unit && is_figure).then_some(figure)
}

#[cfg(test)]
mod tests {
    use super::without_unit;

    #[test]
    fn a_unit_is_what_follows_a_figure() {
        for (text, figure) in [("-12 dB", "-12"), ("-inf dB", "-inf"), ("2.5 kHz", "2.5"), ("100 %", "100")] {
            assert_eq!(without_unit(text), Some(figure));
        }
        for text in ["L30", "Strip 3", "High shelf", "C", ""] {
            assert_eq!(without_unit(text), None, "{text}");
        }
    }
}
