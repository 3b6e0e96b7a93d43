//! Paragraphs: text to lines of glyphs, on parley.
//!
//! | file | what is in it |
//! |---|---|
//! | `collection` | fonts, and the memory that shaping shares |
//! | `style` | what a paragraph and a stretch of text are asked to be |
//! | `paragraph` | building, breaking into lines, the ellipsis, drawing |
//! | `places` | where which character is, and which is where |
//!
//! **Units.** Skia counts UTF-16 units in ranges and hits. vizia passes what it has, and it is that which counts here:
//!
//! | call | vizia passes or expects |
//! |---|---|
//! | [`Paragraph::get_rects_for_range`], [`Paragraph::get_glyph_position_at_coordinate`] | grapheme clusters, of text boxes |
//! | [`Paragraph::get_glyph_cluster_at`], [`Paragraph::get_closest_glyph_cluster_at`], [`Paragraph::get_line_number_at`], [`LineMetrics`] | bytes of UTF-8 |
//!
//! Spans inside of a label (vizia's `TextSpan`) ask for rectangles in bytes; with ASCII both are the same, and otherwise the bounds of such a
//! span, which only catch the mouse, are too wide.
//!
//! vizia ends every paragraph with a zero-width space, which is no character here: it is taken off.
//!
//! **The end of a line.** vizia's text box knows no affinity: a caret behind the blank at which a line wraps, or behind a line break, is on the
//! next line. So nothing here ever puts a caret there: a hit at the end of a line is before that blank or break, the nearest cluster to a
//! point ends where it starts if it is such a one, and [`LineMetrics::end_index`] is one more than the last place for a caret on the line,
//! because vizia's `End` goes to `end_index - 1`. On the last line, that place is the end of the text.

mod collection;
mod paragraph;
mod places;
mod style;

pub use collection::{FontCollection, TypefaceFontProvider};
pub use paragraph::{Paragraph, ParagraphBuilder};
pub use places::{Affinity, GlyphClusterInfo, LineMetrics, PositionWithAffinity, TextBox};
pub use style::{
    ParagraphStyle, RectHeightStyle, RectWidthStyle, TextAlign, TextDecoration, TextDecorationStyle,
    TextDirection, TextStyle,
};
