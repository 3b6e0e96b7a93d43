//! Building a paragraph, breaking it into lines, the ellipsis, drawing.

use super::collection::{FontCollection, StyleIdx};
use super::places::{Places, grapheme_starts};
use super::style::{ParagraphStyle, TextAlign, TextDecoration, TextDirection, TextStyle};
use crate::canvas::{GlyphRun, PlacedGlyph};
use crate::{Canvas, Paint, Point, Rect};
use parley::{Alignment, AlignmentOptions, BaseDirection, Layout, LineMetrics, PositionedLayoutItem};
use std::cell::OnceCell;
use std::ops::Range;

/// Text that is laid out at a rounded width must not wrap for a rounding error.
const SLACK_PX: f32 = 0.05;

/// For how many widths a shortened text is kept.
const MAX_SHORTENED: usize = 4;

/// What vizia puts behind every paragraph.
const TAIL: &str = "\u{200B}";

/// Collects stretches of text with their styles.
pub struct ParagraphBuilder {
    collection: FontCollection,
    style: ParagraphStyle,
    text: String,
    styles: Vec<TextStyle>,
    /// Stretches of text, each with the index of its style.
    stretches: Vec<(Range<usize>, StyleIdx)>,
    /// Indices of the styles that were pushed and not popped.
    stack: Vec<StyleIdx>,
}

impl ParagraphBuilder {
    /// Begins a paragraph.
    pub fn new(style: &ParagraphStyle, collection: impl Into<FontCollection>) -> Self {
        Self {
            collection: collection.into(),
            style: style.clone(),
            text: String::new(),
            styles: vec![TextStyle::new()],
            stretches: Vec::new(),
            stack: vec![0],
        }
    }

    /// What comes has this style.
    pub fn push_style(&mut self, style: &TextStyle) -> &mut Self {
        self.stack.push(self.styles.len());
        self.styles.push(style.clone());
        self
    }

    /// What comes has the style before the last.
    pub fn pop(&mut self) -> &mut Self {
        if self.stack.len() > 1 {
            self.stack.pop();
        }
        self
    }

    /// Adds text.
    pub fn add_text(&mut self, text: impl AsRef<str>) -> &mut Self {
        let start = self.text.len();
        self.text.push_str(text.as_ref());
        self.stretches.push((start..self.text.len(), self.stack.last().copied().unwrap_or(0)));
        self
    }

    /// The paragraph, not yet laid out.
    pub fn build(&mut self) -> Paragraph {
        let mut text = std::mem::take(&mut self.text);
        text.truncate(text.strip_suffix(TAIL).unwrap_or(&text).len());
        Paragraph::new(Source {
            collection: self.collection.clone(),
            style: self.style.clone(),
            text,
            styles: std::mem::take(&mut self.styles),
            stretches: std::mem::take(&mut self.stretches),
        })
    }
}

/// What a paragraph is made of.
struct Source {
    collection: FontCollection,
    style: ParagraphStyle,
    text: String,
    styles: Vec<TextStyle>,
    stretches: Vec<(Range<usize>, StyleIdx)>,
}

impl Source {
    /// Shapes the text up to a place, with something behind it.
    fn shape(&self, end: usize, tail: &str) -> Layout<StyleIdx> {
        let text = [&self.text[..end], tail].concat();
        self.collection.with(|shared| {
            let mut builder = shared.layouts.ranged_builder(&mut shared.fonts, &text, 1.0, true);
            // The last style is for what follows, and for a text without a letter.
            let last =
                self.stretches.iter().rev().find(|(range, _)| range.start <= end).map_or(0, |&(_, idx)| idx);
            for property in self.styles[last].properties(last) {
                builder.push_default(property);
            }
            for (range, idx) in &self.stretches {
                let range = range.start.min(end)..range.end.min(end);
                if *idx != last && !range.is_empty() {
                    for property in self.styles[*idx].properties(*idx) {
                        builder.push(property, range.clone());
                    }
                }
            }
            builder.set_base_direction(match self.style.direction {
                TextDirection::LTR => BaseDirection::Ltr,
                TextDirection::RTL => BaseDirection::Rtl,
            });
            builder.build(&text)
        })
    }

    /// Breaks into lines and aligns them.
    fn arrange(&self, layout: &mut Layout<StyleIdx>, width: f32) {
        layout.break_all_lines((width < f32::MAX).then_some(width + SLACK_PX));
        let alignment = match self.style.align {
            TextAlign::Left => Alignment::Left,
            TextAlign::Right => Alignment::Right,
            TextAlign::Center => Alignment::Center,
            TextAlign::Justify => Alignment::Justify,
            TextAlign::Start => Alignment::Start,
            TextAlign::End => Alignment::End,
        };
        layout.align(alignment, AlignmentOptions::default());
    }
}

/// The beginning of a text, with an ellipsis behind it.
struct Shortened {
    /// The width that it is for.
    width: f32,
    /// Where the beginning ends, in bytes.
    end: usize,
    layout: Layout<StyleIdx>,
}

/// Text in lines.
pub struct Paragraph {
    source: Source,
    /// All of the text, in as many lines as it takes.
    whole: Layout<StyleIdx>,
    /// What was shown where the text did not fit: vizia asks for the same few widths again and again.
    shortened: Vec<Shortened>,
    /// The one that is shown.
    shortened_idx: Option<usize>,
    width: f32,
    widths: [f32; 2],
    places: OnceCell<Places>,
}

impl Paragraph {
    fn new(source: Source) -> Self {
        // No text at all would be as wide as a blank.
        let mut whole = source.shape(source.text.len(), if source.text.is_empty() { TAIL } else { "" });
        let widths = whole.calculate_content_widths();
        source.arrange(&mut whole, f32::MAX);
        let (widths, places) = ([widths.min, widths.max], OnceCell::new());
        let (shortened, shortened_idx) = (Vec::new(), None);
        let mut paragraph = Self { source, whole, shortened, shortened_idx, width: f32::MAX, widths, places };
        paragraph.shorten();
        paragraph
    }

    /// Breaks the text into lines of this width. Text is shaped only once; the same width costs nothing.
    pub fn layout(&mut self, width: f32) {
        // Neither what is no number nor what is below none is a width.
        let width = width.max(0.0);
        if width == self.width {
            return;
        }
        self.width = width;
        self.places = OnceCell::new();
        self.source.arrange(&mut self.whole, width);
        self.shorten();
    }

    /// Whether nothing is beyond the lines and the width there are.
    fn fits(&self, layout: &Layout<StyleIdx>) -> bool {
        let is_narrow =
            |metrics: &LineMetrics| metrics.advance - metrics.hanging_advance <= self.width + 2.0 * SLACK_PX;
        layout.len() <= self.source.style.line_limit() && layout.lines().all(|line| is_narrow(line.metrics()))
    }

    /// Finds the longest beginning of the text that fits with an ellipsis, if there is one and the text does not fit.
    fn shorten(&mut self) {
        let (text, ellipsis) = (&self.source.text, &self.source.style.ellipsis);
        self.shortened_idx = None;
        if ellipsis.is_empty() || self.fits(&self.whole) {
            return;
        }
        self.shortened_idx = self.shortened.iter().position(|shortened| shortened.width == self.width);
        if self.shortened_idx.is_some() {
            return;
        }
        let shortened = |end: usize| {
            let end = text[..end].trim_end().len();
            let mut layout = self.source.shape(end, ellipsis);
            self.source.arrange(&mut layout, self.width);
            Shortened { width: self.width, end, layout }
        };
        // Longer beginnings never fit where shorter ones do not: the first place that does not fit is found by halving.
        let ends: Vec<usize> = grapheme_starts(text).collect();
        let n_fitting = ends.partition_point(|&end| self.fits(&shortened(end).layout));
        let longest = shortened(ends.get(n_fitting.saturating_sub(1)).copied().unwrap_or(0));
        if self.shortened.len() == MAX_SHORTENED {
            self.shortened.remove(0);
        }
        self.shortened_idx = Some(self.shortened.len());
        self.shortened.push(longest);
    }

    /// What is shown, and how many bytes of the text are in it.
    fn shown(&self) -> (&Layout<StyleIdx>, usize) {
        match self.shortened_idx.map(|idx| &self.shortened[idx]) {
            Some(shortened) => (&shortened.layout, shortened.end),
            None => (&self.whole, self.source.text.len()),
        }
    }

    pub(super) fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let (layout, end) = self.shown();
            Places::new(&self.source.text, end, layout, self.line_number())
        })
    }

    /// Draws the lines with their upper left corner there.
    pub fn paint(&self, canvas: &Canvas, at: impl Into<Point>) {
        let at = at.into();
        for line in self.shown().0.lines().take(self.line_number()) {
            for item in line.items() {
                let PositionedLayoutItem::GlyphRun(glyphs) = item else { continue };
                let style = &self.source.styles[glyphs.style().brush];
                let (run, metrics) = (glyphs.run(), *glyphs.run().font_metrics());
                let (left, right) = (at.x + glyphs.offset(), at.x + glyphs.offset() + glyphs.advance());
                let baseline = at.y + glyphs.baseline();
                if let Some(paint) = &style.background {
                    let (top, bottom) = (baseline - metrics.ascent, baseline + metrics.descent);
                    canvas.draw_rect(Rect::new(left, top, right, bottom), paint);
                }
                let place =
                    |glyph: parley::Glyph| PlacedGlyph { id: glyph.id, x: at.x + glyph.x, y: at.y + glyph.y };
                let placed: Vec<_> = glyphs.positioned_glyphs().map(place).collect();
                let coords: Vec<_> = run.normalized_coords().iter().map(|coord| coord.to_bits()).collect();
                canvas.draw_glyphs(&GlyphRun {
                    font: run.font(),
                    size: run.font_size(),
                    normalized_coords: &coords,
                    skew: run.synthesis().skew().map(f32::to_radians),
                    hint: true,
                    glyphs: &placed,
                    paint: &style.foreground,
                });
                let lines = [
                    (TextDecoration::UNDERLINE, metrics.underline_offset, metrics.underline_size),
                    (TextDecoration::OVERLINE, metrics.ascent, metrics.underline_size),
                    (TextDecoration::LINE_THROUGH, metrics.strikethrough_offset, metrics.strikethrough_size),
                ];
                for (_, offset, size) in lines.iter().filter(|(line, ..)| style.decoration.contains(*line)) {
                    let (top, size) = ((baseline - offset).round(), size.round().max(1.0));
                    let mut paint: Paint = style.foreground.clone();
                    if let Some(color) = style.decoration_color {
                        paint.set_color(color);
                    }
                    canvas.draw_rect(Rect::new(left, top, right, top + size), &paint);
                }
            }
        }
    }

    /// The height of all lines.
    pub fn height(&self) -> f32 {
        let last = self.line_number().checked_sub(1).and_then(|idx| self.shown().0.get(idx));
        last.map_or(0.0, |line| line.metrics().block_max_coord)
    }

    /// The width of the longest word.
    pub fn min_intrinsic_width(&self) -> f32 {
        self.widths[0]
    }

    /// The width that all of the text needs if nothing wraps.
    pub fn max_intrinsic_width(&self) -> f32 {
        self.widths[1]
    }

    /// How many lines there are.
    pub fn line_number(&self) -> usize {
        self.shown().0.len().min(self.source.style.line_limit())
    }
}
