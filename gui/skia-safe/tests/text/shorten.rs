//! The ellipsis.

use crate::{assert_near, build, sized, widest};
use skia_safe::textlayout::{Paragraph, ParagraphStyle, RectHeightStyle, RectWidthStyle, TextDirection};
use unicode_segmentation::UnicodeSegmentation;

const NAMES: [&str; 7] = [
    "Lead vocal double left",
    "Übergroße Trommel",
    "Контрабас и виолончель",
    "Cafe\u{301} cre\u{301}me bru\u{302}le\u{301}e",
    "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
    "Drums\nand bass",
    "אבגדהוזחטיכל",
];

fn with_ellipsis(text: &str, ellipsis: &str, max_lines: Option<usize>, width: f32) -> Paragraph {
    let mut style = ParagraphStyle::new();
    style.set_ellipsis(ellipsis).set_max_lines(max_lines);
    let mut paragraph = build(&style, &[(text, &sized(16.0))]);
    paragraph.layout(width);
    paragraph
}

fn width_of(text: &str) -> f32 {
    widest(&with_ellipsis(text, "", None, f32::MAX))
}

/// How many grapheme clusters are shown: those that have a rectangle.
fn n_shown(paragraph: &Paragraph, text: &str) -> usize {
    let has_rect = |idx: &usize| {
        !paragraph
            .get_rects_for_range(*idx..idx + 1, RectHeightStyle::Tight, RectWidthStyle::Tight)
            .is_empty()
    };
    (0..text.graphemes(true).count()).filter(has_rect).count()
}

#[test]
fn a_text_that_fits_is_whole() {
    for name in NAMES.iter().filter(|name| !name.contains('\n')) {
        for width in [width_of(name), width_of(name).ceil(), width_of(name) - 0.04, f32::MAX] {
            let paragraph = with_ellipsis(name, "…", None, width);
            assert_eq!(n_shown(&paragraph, name), name.graphemes(true).count(), "{name}");
            assert_near(widest(&paragraph), width_of(name), 0.01, name);
        }
    }
}

#[test]
fn a_shortened_text_is_as_long_as_fits_and_no_longer() {
    for name in NAMES {
        let graphemes: Vec<&str> = name.graphemes(true).collect();
        let mut n_before = 0;
        for width in (0..40).map(|step| 5.3 * step as f32) {
            let paragraph = with_ellipsis(name, "…", None, width);
            assert_eq!(paragraph.line_number(), 1, "an ellipsis makes one line");
            let n = n_shown(&paragraph, name);
            assert!(n >= n_before, "{name:?}: a wider one shows no less");
            n_before = n;
            if n == graphemes.len() {
                assert!(widest(&paragraph) <= width + 0.2);
                continue;
            }
            // Blanks before an ellipsis go: the shown part may be shorter than what would fit.
            let is = widest(&paragraph);
            assert_near(is, width_of(&(graphemes[..n].concat() + "…")), 0.01, name);
            assert!(n == 0 || is <= width + 0.2, "{name:?} at {width}: {is}");
            let next = graphemes[n..]
                .iter()
                .position(|next| !next.trim().is_empty())
                .map_or(graphemes.len(), |next| n + next + 1);
            let longer = graphemes[..next].concat() + "…";
            let has_break = longer.contains('\n');
            assert!(has_break || width_of(&longer) > width, "{name:?} at {width}: {longer:?} would fit");
        }
    }
}

#[test]
fn the_last_of_several_lines_has_the_ellipsis() {
    let text = "one two three four five six seven eight nine ten";
    let free = with_ellipsis(text, "", None, 80.0);
    for max_lines in [1, 2, 3] {
        let paragraph = with_ellipsis(text, "…", Some(max_lines), 80.0);
        assert_eq!(paragraph.line_number(), max_lines);
        assert!(widest(&paragraph) <= 80.2);
        let (lines, free_lines) = (paragraph.get_line_metrics(), free.get_line_metrics());
        for idx in 0..max_lines - 1 {
            assert_eq!(lines[idx], free_lines[idx], "lines before the last are as ever");
        }
        assert_eq!(lines[max_lines - 1].start_index, free_lines[max_lines - 1].start_index);
        assert!(n_shown(&paragraph, text) < text.len());
        assert!(
            n_shown(&paragraph, text) >= lines[max_lines - 1].start_index,
            "something of the last line is there"
        );
    }
    let enough = with_ellipsis(text, "…", Some(100), 80.0);
    assert_eq!(enough.get_line_metrics(), free.get_line_metrics());
}

#[test]
fn the_ellipsis_is_none_of_the_text() {
    let paragraph = with_ellipsis("abcdefghijklmnopqrstuvwxyz", "…", None, 60.0);
    let n = n_shown(&paragraph, "abcdefghijklmnopqrstuvwxyz");
    assert!((2..15).contains(&n), "{n}");
    // Where it is, there is the end of what is shown.
    let end = width_of(&"abcdefghijklmnopqrstuvwxyz"[..n]);
    let rects = paragraph.get_rects_for_range(0..26, RectHeightStyle::Tight, RectWidthStyle::Tight);
    assert_eq!(rects.len(), 1);
    assert_near(rects[0].rect.right, end, 0.01, "the letters' right side");
    assert_eq!(paragraph.get_glyph_position_at_coordinate((59.0, 5.0)).position as usize, n);
    for byte in n..30 {
        let caret = paragraph.get_glyph_cluster_at(byte).expect("there is always a place for a caret");
        assert_near(caret.bounds.left, end, 0.01, "a caret behind what is shown");
    }
}

#[test]
fn an_ellipsis_of_several_letters_and_one_in_a_hurry() {
    let paragraph = with_ellipsis("Lead vocal double left", "...", None, 80.0);
    assert!(widest(&paragraph) <= 80.2 && widest(&paragraph) > 60.0);
    // Nothing fits: the ellipsis alone, in one line, at every such width.
    for width in [0.0, -1.0, f32::NAN, 1.0] {
        let paragraph = with_ellipsis("Lead vocal", "…", None, width);
        assert_eq!(paragraph.line_number(), 1);
        assert_near(widest(&paragraph), width_of("…"), 0.01, "the ellipsis");
    }
}

#[test]
fn text_from_the_right_ends_at_the_left() {
    let mut style = ParagraphStyle::new();
    style.set_ellipsis("…").set_text_direction(TextDirection::RTL);
    let mut paragraph = build(&style, &[("אבגדהוזחטיכלמנסע", &sized(16.0))]);
    paragraph.layout(70.0);
    let rects = paragraph.get_rects_for_range(0..3, RectHeightStyle::Tight, RectWidthStyle::Tight);
    assert_eq!(rects[0].direct, TextDirection::RTL);
    // It starts at the right side; the letters end where the ellipsis begins.
    assert_near(rects[0].rect.right, 70.0, 0.1, "start");
    let all = paragraph.get_rects_for_range(0..16, RectHeightStyle::Tight, RectWidthStyle::Tight);
    assert!(all[0].rect.left >= width_of("…") - 0.1, "{all:?}");
}
