//! Text: how it is laid out, where its characters are, what is drawn.
//!
//! The yardstick is the shipped font's own tables, read by skrifa, which lays nothing out; and what vizia does with the answers,
//! told again in `places`.

mod font;
mod lines;
mod movement;
mod paint;
mod places;
mod random;
mod shorten;

use skia_safe::textlayout::{FontCollection, Paragraph, ParagraphBuilder, ParagraphStyle, TextStyle};

/// The file that ships.
pub const ROBOTO: &[u8] = include_bytes!("../../assets/roboto.ttf");

/// What vizia puts behind every paragraph.
pub const TAIL: &str = "\u{200B}";

thread_local! {
    static FONTS: FontCollection = FontCollection::new();
}

/// A style of this size, else as it comes.
pub fn sized(size_px: f32) -> TextStyle {
    let mut style = TextStyle::new();
    style.set_font_size(size_px);
    style
}

/// A paragraph like vizia's: stretches of text with their styles, and its tail.
pub fn build(style: &ParagraphStyle, stretches: &[(&str, &TextStyle)]) -> Paragraph {
    FONTS.with(|fonts| {
        let mut builder = ParagraphBuilder::new(style, fonts);
        for (text, style) in stretches {
            builder.push_style(style);
            builder.add_text(text);
        }
        builder.add_text(TAIL);
        builder.build()
    })
}

/// Text of 16 px, at a width.
pub fn at_width(text: &str, width: f32) -> Paragraph {
    let mut paragraph = build(&ParagraphStyle::new(), &[(text, &sized(16.0))]);
    paragraph.layout(width);
    paragraph
}

/// The width of the longest line.
pub fn widest(paragraph: &Paragraph) -> f32 {
    paragraph.get_line_metrics().iter().fold(0.0, |widest, line| widest.max(line.width as f32))
}

/// Asserts that two lengths in pixels are the same but for rounding.
#[track_caller]
pub fn assert_near(is: f32, wanted: f32, tolerance: f32, what: &str) {
    assert!((is - wanted).abs() <= tolerance, "{what}: {is} instead of {wanted}");
}
