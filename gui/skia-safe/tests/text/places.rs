//! Where which character is, in the units that vizia counts in: grapheme clusters for rectangles and hits, bytes for the rest.

use crate::{assert_near, at_width, build, sized};
use skia_safe::Rect;
use skia_safe::textlayout::{
    Paragraph, ParagraphBuilder, ParagraphStyle, RectHeightStyle, RectWidthStyle, TextAlign, TextBox,
    TextDirection,
};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Texts whose bytes, UTF-16 units, characters and grapheme clusters are not the same in number.
pub const TEXTS: [&str; 9] = [
    "Plain text",
    "Größe Ø ∞ −12.5 dB",
    "Бас-бочка",
    "e\u{301}a\u{308}\u{323}o",
    "👍🏽 a👩‍👩‍👧‍👦b 🇫🇷🇩🇪",
    "fi ffi AVATAR",
    "line one\nlíne two\r\nthree",
    "שלום עולם",
    "abc אבג 123 דהו def",
];

pub fn rects(paragraph: &Paragraph, range: Range<usize>) -> Vec<TextBox> {
    paragraph.get_rects_for_range(range, RectHeightStyle::Tight, RectWidthStyle::Tight)
}

fn hit(paragraph: &Paragraph, x: f32, y: f32) -> usize {
    usize::try_from(paragraph.get_glyph_position_at_coordinate((x, y)).position).expect("never below 0")
}

/// Whether the cluster is a line break, or a blank at which its line breaks: no caret stands behind it on its line.
fn ends_a_line(paragraph: &Paragraph, text: &str, end: usize) -> bool {
    let lines = paragraph.get_line_metrics();
    end < text.len() && lines.iter().any(|line| line.end_including_newline == end)
        || text[..end].ends_with('\n')
}

#[test]
fn every_grapheme_has_a_rectangle_and_every_rectangle_its_grapheme() {
    for text in TEXTS {
        for (width, align, size) in [
            (f32::MAX, TextAlign::Left, 16.0),
            (300.0, TextAlign::Right, 11.0),
            (70.0, TextAlign::Center, 16.0),
            (5.0, TextAlign::Justify, 33.0),
        ] {
            let mut style = ParagraphStyle::new();
            style.set_text_align(align);
            let mut paragraph = build(&style, &[(text, &sized(size))]);
            paragraph.layout(width);
            let mut n_hits = 0;
            for (idx, (start, grapheme)) in text.grapheme_indices(true).enumerate() {
                let boxes = rects(&paragraph, idx..idx + 1);
                assert_eq!(boxes.len(), 1, "{grapheme:?} of {text:?}");
                let (rect, end) = (boxes[0].rect, start + grapheme.len());
                if rect.width() < 1.0 {
                    assert!(grapheme.trim().is_empty(), "{grapheme:?} of {text:?} has no width");
                    continue;
                }
                let (quarter, y) = (0.25 * rect.width(), rect.center_y());
                let (before, behind) = (rect.left + quarter, rect.right - quarter);
                let (before, behind) =
                    if boxes[0].direct == TextDirection::LTR { (before, behind) } else { (behind, before) };
                assert_eq!(hit(&paragraph, before, y), idx, "before {grapheme:?} of {text:?}");
                let is_last_of_line = ends_a_line(&paragraph, text, end);
                assert_eq!(
                    hit(&paragraph, behind, y),
                    if is_last_of_line { idx } else { idx + 1 },
                    "behind {grapheme:?} of {text:?} at {width}"
                );
                let cluster =
                    paragraph.get_closest_glyph_cluster_at((rect.center_x(), y)).expect("a cluster");
                assert_eq!((cluster.bounds, cluster.position), (rect, boxes[0].direct));
                assert_eq!(cluster.text_range.start, start, "{grapheme:?} of {text:?}");
                assert_eq!(cluster.text_range.end, if is_last_of_line { start } else { end });
                n_hits += 1;
            }
            assert!(n_hits >= text.graphemes(true).filter(|grapheme| !grapheme.trim().is_empty()).count());
        }
    }
}

#[test]
fn clusters_are_asked_for_in_bytes() {
    for text in TEXTS {
        let paragraph = at_width(text, 80.0);
        for (idx, (start, grapheme)) in text.grapheme_indices(true).enumerate() {
            for byte in start..start + grapheme.len() {
                let cluster = paragraph.get_glyph_cluster_at(byte).expect("a cluster");
                assert_eq!(cluster.text_range, start..start + grapheme.len(), "byte {byte} of {text:?}");
                assert_eq!(cluster.bounds, rects(&paragraph, idx..idx + 1)[0].rect);
                let line = paragraph.get_line_number_at(byte).expect("a line");
                let of_line = &paragraph.get_line_metrics()[line];
                assert!((of_line.start_index..of_line.end_including_newline).contains(&byte));
            }
        }
    }
}

#[test]
fn rectangles_of_a_range_cover_it_without_gaps() {
    let text = "abc def ghi";
    let paragraph = at_width(text, f32::MAX);
    let width = paragraph.max_intrinsic_width();
    let all = rects(&paragraph, 0..11);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].rect.left, all[0].rect.top), (0.0, 0.0));
    assert_near(all[0].rect.right, width, 0.01, "right");
    assert_near(all[0].rect.bottom, paragraph.height(), 0.01, "bottom");
    for middle in 1..10 {
        let (left, right) = (rects(&paragraph, 0..middle)[0].rect, rects(&paragraph, middle..11)[0].rect);
        assert_eq!((left.left, left.right, right.right), (0.0, right.left, all[0].rect.right));
    }
    // Ranges are clamped; empty ones have none.
    assert_eq!(rects(&paragraph, 0..usize::MAX), all);
    assert_eq!(rects(&paragraph, 4..4), []);
    #[expect(clippy::reversed_empty_ranges)]
    let backwards = 5..2;
    assert_eq!(rects(&paragraph, backwards), []);
    assert_eq!(rects(&paragraph, 11..20), []);
}

#[test]
fn a_selection_over_lines_has_a_rectangle_on_each() {
    let paragraph = at_width("first line\nsecond line\nthird", 500.0);
    let boxes = rects(&paragraph, 6..25);
    assert_eq!(boxes.len(), 3);
    let line_height = paragraph.height() / 3.0;
    for (idx, text_box) in boxes.iter().enumerate() {
        assert_near(text_box.rect.top, line_height * idx as f32, 0.01, "top");
        assert_near(text_box.rect.bottom, line_height * (idx + 1) as f32, 0.01, "bottom");
    }
    assert!(boxes[0].rect.left > 10.0 && boxes[1].rect.left == 0.0 && boxes[2].rect.left == 0.0);
}

#[test]
fn the_tail_is_not_there() {
    for text in TEXTS.into_iter().chain(["", "blank "]) {
        let with_tail = at_width(text, 120.0);
        let mut without = skia_safe::textlayout::FontCollection::new();
        without.set_default_font_manager(None, None);
        let mut builder = ParagraphBuilder::new(&ParagraphStyle::new(), &without);
        builder.push_style(&sized(16.0));
        builder.add_text(text);
        let mut without = builder.build();
        without.layout(120.0);
        assert_eq!(with_tail.get_line_metrics(), without.get_line_metrics());
        assert_eq!(with_tail.max_intrinsic_width(), without.max_intrinsic_width());
        assert_eq!(rects(&with_tail, 0..1000), rects(&without, 0..1000));
    }
}

#[test]
fn a_caret_behind_the_text_has_a_place() {
    for text in ["abc", "abc\n", "", "\n", "שלום", "e\u{301}"] {
        let paragraph = at_width(text, 500.0);
        let last = paragraph.line_number() - 1;
        for byte in [text.len(), text.len() + 1, text.len() + 3, usize::MAX] {
            let caret = paragraph.get_glyph_cluster_at(byte).expect("vizia unwraps it");
            assert_eq!((caret.bounds.width(), &caret.text_range), (0.0, &(text.len()..text.len())));
            assert!(caret.bounds.height() > 10.0);
            assert_eq!(paragraph.get_line_number_at(byte), Some(last), "vizia unwraps it");
        }
    }
    let (caret, paragraph) = ("abc", at_width("abc", 500.0));
    let caret = paragraph.get_glyph_cluster_at(caret.len()).expect("a place");
    assert_near(caret.bounds.left, paragraph.max_intrinsic_width(), 0.01, "behind the last letter");
}

#[test]
fn clicks_beside_the_text_go_to_its_nearest_end() {
    let text = "upper\nlower text";
    let paragraph = at_width(text, 500.0);
    let line_height = paragraph.height() / 2.0;
    assert_eq!(hit(&paragraph, -50.0, 5.0), 0);
    assert_eq!(hit(&paragraph, -50.0, -50.0), 0);
    assert_eq!(hit(&paragraph, 900.0, -50.0), 5, "before the line break");
    assert_eq!(hit(&paragraph, 900.0, 5.0), 5);
    assert_eq!(hit(&paragraph, -50.0, line_height + 5.0), 6);
    assert_eq!(hit(&paragraph, 900.0, line_height + 5.0), 16);
    assert_eq!(hit(&paragraph, 900.0, 900.0), 16);
    assert_eq!(hit(&paragraph, -5.0, 900.0), 6);
    // An empty line, the last one too, takes clicks.
    let paragraph = at_width("a\n\nb\n", 500.0);
    let line_height = paragraph.height() / 4.0;
    for x in [-9.0, 3.0, 99.0] {
        assert_eq!(hit(&paragraph, x, 1.5 * line_height), 2);
        assert_eq!(hit(&paragraph, x, 3.5 * line_height), 5);
    }
    assert_eq!(hit(&at_width("", 500.0), 10.0, 10.0), 0);
    // A click behind a line that wraps stays on that line.
    let paragraph = at_width("wrapped text", 60.0);
    assert_eq!(paragraph.line_number(), 2);
    assert_eq!(hit(&paragraph, 500.0, 5.0), 7, "before the blank");
}

#[test]
fn text_from_right_to_left_is_read_so() {
    let mut style = ParagraphStyle::new();
    style.set_text_direction(TextDirection::RTL).set_text_align(TextAlign::Right);
    let text = "שלום abc עולם";
    let mut paragraph = build(&style, &[(text, &sized(16.0))]);
    paragraph.layout(300.0);
    let all: Vec<Rect> = (0..13).map(|idx| rects(&paragraph, idx..idx + 1)[0].rect).collect();
    assert_near(all[0].right, 300.0, 0.1, "the first letter is at the right");
    let is_before = |a: usize, b: usize| all[a].right <= all[b].left + 0.01;
    assert!(is_before(1, 0) && is_before(3, 2) && is_before(4, 3), "Hebrew runs to the left");
    assert!(is_before(5, 6) && is_before(6, 7), "Latin runs to the right, in between");
    assert!(is_before(7, 4) && is_before(8, 5) && is_before(12, 11), "and stands left of what came before");
    assert_near(
        paragraph.get_line_metrics()[0].left as f32 + paragraph.max_intrinsic_width(),
        300.0,
        0.1,
        "line",
    );
    // In a paragraph from left to right, the same letters stand the other way round as a whole.
    let paragraph = at_width(text, 300.0);
    let left = |idx: usize| rects(&paragraph, idx..idx + 1)[0].rect.left;
    assert!(
        left(3) < left(0)
            && left(0) < left(5)
            && left(5) < left(7)
            && left(7) < left(12)
            && left(12) < left(9)
    );
}

#[test]
fn styles_do_not_move_the_places() {
    let (small, large) = (sized(12.0), sized(24.0));
    let mut paragraph = build(&ParagraphStyle::new(), &[("Grö", &small), ("ße ∞", &large)]);
    paragraph.layout(f32::MAX);
    let all: Vec<Rect> = (0..7).map(|idx| rects(&paragraph, idx..idx + 1)[0].rect).collect();
    for pair in all.windows(2) {
        assert_eq!(pair[0].right, pair[1].left);
    }
    assert_eq!(paragraph.get_glyph_cluster_at("Größ".len()).map(|cluster| cluster.bounds), Some(all[4]));
    assert_near(all[6].right, paragraph.max_intrinsic_width(), 0.01, "right");
}
