//! Any text, any style, any width: never a panic, and what must always hold.

use crate::{FONTS, TAIL};
use skia_safe::font_arguments::{VariationPosition, variation_position::Coordinate};
use skia_safe::font_style::{Slant, Weight, Width};
use skia_safe::textlayout::{
    Paragraph, ParagraphBuilder, ParagraphStyle, RectHeightStyle, RectWidthStyle, TextAlign, TextDecoration,
    TextDirection, TextStyle,
};
use skia_safe::{FontArguments, FontStyle, FourByteTag, Paint, surfaces};
use unicode_segmentation::UnicodeSegmentation;

/// A second's work in a debug build.
const N_PARAGRAPHS: usize = 600;

const FLOATS: [f32; 14] = [
    0.0,
    -0.0,
    1e-6,
    0.5,
    12.0,
    16.0,
    33.3,
    100.0,
    -7.0,
    1e6,
    f32::MAX,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

fn float(rng: &mut fastrand::Rng) -> f32 {
    if rng.bool() { 200.0 * rng.f32() } else { FLOATS[rng.usize(..FLOATS.len())] }
}

/// Characters of all kinds: letters, blanks, breaks, controls of direction, marks, joiners, emoji, and any other.
fn text(rng: &mut fastrand::Rng) -> String {
    const KINDS: [&str; 9] = [
        "abc XYZ 0123 fi",
        "äöü ß Øø Łł",
        "жщя БГД",
        "אבג דהו",
        "عربي نص",
        "\n \t\r\n\u{2028}\u{85}\u{c}\u{b}",
        "\u{202a}\u{202b}\u{202c}\u{202e}\u{2066}\u{2067}\u{2069}\u{200e}\u{200f}",
        "\u{301}\u{308}\u{200d}\u{fe0f}\u{200b}\u{ad}\u{0}",
        "👍🏽👩‍👩‍👧‍👦🇫🇷🇩🇪日本語हिन्दी한국어",
    ];
    let mut text = String::new();
    for _ in 0..rng.usize(..30) {
        let kind: Vec<char> = KINDS[rng.usize(..KINDS.len())].chars().collect();
        for _ in 0..rng.usize(1..6) {
            text.push(if rng.u8(..) < 16 { rng.char(..) } else { kind[rng.usize(..kind.len())] });
        }
    }
    text
}

fn text_style(rng: &mut fastrand::Rng) -> TextStyle {
    let mut style = TextStyle::new();
    if rng.u8(..) < 200 {
        style.set_font_size(float(rng));
    }
    if rng.bool() {
        let slant = [Slant::Upright, Slant::Italic, Slant::Oblique][rng.usize(..3)];
        let weight = if rng.bool() { rng.i32(1..1000) } else { rng.i32(..) };
        let width = if rng.bool() { rng.i32(1..10) } else { rng.i32(..) };
        style.set_font_style(FontStyle::new(Weight::from(weight), Width::from(width), slant));
    }
    if rng.u8(..) < 64 {
        style.set_letter_spacing(float(rng));
    }
    if rng.u8(..) < 64 {
        let axis = [
            FourByteTag::from(('w', 'g', 'h', 't')),
            FourByteTag::from(('w', 'd', 't', 'h')),
            FourByteTag::from(rng.u32(..)),
        ];
        let coordinates: Vec<_> = (0..rng.usize(..4))
            .map(|_| Coordinate { axis: axis[rng.usize(..3)], value: float(rng) })
            .collect();
        style.set_font_arguments(
            &FontArguments::new()
                .set_variation_design_position(VariationPosition { coordinates: &coordinates }),
        );
    }
    if rng.u8(..) < 64 {
        style.set_font_families(&["", "sans-serif", "\u{0}", "Roboto, serif", "'"][rng.usize(..5)..]);
    }
    if rng.u8(..) < 32 {
        style.set_decoration_type(TextDecoration::all()).set_background_paint(&Paint::default());
    }
    style
}

fn paragraph(rng: &mut fastrand::Rng) -> (Paragraph, String, usize) {
    let mut style = ParagraphStyle::new();
    let aligns = [
        TextAlign::Left,
        TextAlign::Right,
        TextAlign::Center,
        TextAlign::Justify,
        TextAlign::Start,
        TextAlign::End,
    ];
    style.set_text_align(aligns[rng.usize(..aligns.len())]);
    style.set_text_direction(if rng.bool() { TextDirection::LTR } else { TextDirection::RTL });
    if rng.u8(..) < 80 {
        style.set_ellipsis(["…", "...", "אב", "\n", "a b c"][rng.usize(..5)]);
    }
    let max_lines = if rng.u8(..) < 80 { [0, 1, 2, 5, usize::MAX][rng.usize(..5)] } else { usize::MAX };
    if max_lines != usize::MAX {
        style.set_max_lines(max_lines);
    }
    let mut all = String::new();
    FONTS.with(|fonts| {
        let mut builder = ParagraphBuilder::new(&style, fonts);
        for _ in 0..rng.usize(..4) {
            let text = text(rng);
            builder.push_style(&text_style(rng));
            builder.add_text(&text);
            all.push_str(&text);
            if rng.bool() {
                builder.pop();
            }
        }
        if rng.u8(..) < 240 {
            builder.add_text(TAIL);
        } else if all.ends_with(TAIL) {
            all.pop();
        }
        (builder.build(), all, max_lines)
    })
}

fn check(paragraph: &Paragraph, text: &str, max_lines: usize) {
    assert!(paragraph.height().is_finite() && paragraph.height() >= 0.0, "{}", paragraph.height());
    let (min, max) = (paragraph.min_intrinsic_width(), paragraph.max_intrinsic_width());
    assert!(min.is_finite() && max.is_finite() && min >= 0.0 && min <= max + 0.1, "{min} {max}");
    let lines = paragraph.get_line_metrics();
    assert!(!lines.is_empty() && lines.len() <= max_lines.max(1));
    assert_eq!(lines.len(), paragraph.line_number());
    let mut start = 0;
    for (idx, line) in lines.iter().enumerate() {
        assert_eq!((line.line_number, line.start_index), (idx, start));
        start = line.end_including_newline;
        assert!(text.get(line.start_index..start).is_some(), "lines are of whole characters");
        assert!(line.start_index < line.end_index && text.is_char_boundary(line.end_index - 1));
        assert!((line.start_index..=start).contains(&line.end_excluding_whitespaces));
        for length in [line.ascent, line.descent, line.height, line.width, line.left, line.baseline] {
            assert!(length.is_finite());
        }
        assert_eq!(paragraph.get_line_metrics_at(idx).as_ref(), Some(line));
    }
    assert_eq!(paragraph.get_line_metrics_at(lines.len()), None);

    let n_graphemes = text.graphemes(true).count();
    for byte in (0..=text.len() + 4).step_by(3).chain([usize::MAX]) {
        let cluster = paragraph.get_glyph_cluster_at(byte).expect("vizia unwraps it");
        assert!(text.get(cluster.text_range).is_some(), "of whole characters");
        assert!(paragraph.get_line_number_at(byte).expect("vizia unwraps it") < lines.len());
    }
    for range in [0..n_graphemes, 1..2, 3..n_graphemes + 9, 0..usize::MAX] {
        for text_box in paragraph.get_rects_for_range(range, RectHeightStyle::Tight, RectWidthStyle::Tight) {
            assert!(text_box.rect.left <= text_box.rect.right && text_box.rect.top <= text_box.rect.bottom);
        }
    }
    for (x, y) in FLOATS.into_iter().flat_map(|x| [(x, 3.0), (3.0, x), (x, x), (x, 0.5 * paragraph.height())])
    {
        let position = paragraph.get_glyph_position_at_coordinate((x, y)).position;
        assert!((0..=n_graphemes).contains(&usize::try_from(position).expect("never below 0")));
        let cluster = paragraph.get_closest_glyph_cluster_at((x, y)).expect("vizia unwraps it");
        assert!(text.get(cluster.text_range).is_some());
    }
}

#[test]
fn any_text_any_style_any_width() {
    let mut surface = surfaces::raster_n32_premul((64, 64)).expect("a surface");
    let mut n_lines = 0;
    for seed in 0..N_PARAGRAPHS as u64 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (mut paragraph, text, max_lines) = paragraph(&mut rng);
        let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check(&paragraph, &text, max_lines);
            for _ in 0..3 {
                paragraph.layout(float(&mut rng));
                check(&paragraph, &text, max_lines);
                paragraph.paint(surface.canvas(), (float(&mut rng), 5.0));
            }
            n_lines += paragraph.line_number();
        }));
        assert!(shown.is_ok(), "seed {seed}: {text:?}");
    }
    // Not a test of empty texts.
    assert!(n_lines > 2 * N_PARAGRAPHS, "{n_lines}");
}
