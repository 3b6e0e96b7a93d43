//! Lines: where they break, where they stand, how many there are.

use crate::{assert_near, at_width, build, sized, widest};
use skia_safe::textlayout::{Paragraph, ParagraphStyle, TextAlign, TextDirection};

const PROSE: &str = "The quick brown fox jumps over the lazy dog, and the dog does not mind it at all.";

/// Each line's text.
fn lines<'a>(paragraph: &Paragraph, text: &'a str) -> Vec<&'a str> {
    let lines = paragraph.get_line_metrics();
    lines.iter().map(|line| &text[line.start_index..line.end_including_newline]).collect()
}

#[test]
fn lines_break_between_words_and_hold_all_of_the_text() {
    let whole = at_width(PROSE, f32::MAX);
    assert_eq!(whole.line_number(), 1);
    let mut n_lines_before = usize::MAX;
    for width in [whole.min_intrinsic_width(), 60.0, 100.0, 150.0, 300.0, 1000.0] {
        let paragraph = at_width(PROSE, width);
        let lines = lines(&paragraph, PROSE);
        assert_eq!(lines.concat(), PROSE);
        assert_eq!(lines.len(), paragraph.line_number());
        assert!(lines.len() <= n_lines_before, "wider never takes more lines");
        n_lines_before = lines.len();
        for (idx, line) in lines.iter().enumerate() {
            assert!(idx + 1 == lines.len() || line.ends_with(' '), "{line:?} ends with a word");
        }
        // The slack is a 20th of a pixel.
        assert!(widest(&paragraph) <= width + 0.06, "{width}");
        assert_eq!(paragraph.height(), lines.len() as f32 * whole.height());
    }
    assert_eq!(n_lines_before, 1);
}

#[test]
fn line_breaks_of_the_text_are_kept() {
    for (text, wanted) in [
        ("a\nbc", vec!["a\n", "bc"]),
        ("a\n", vec!["a\n", ""]),
        ("\n", vec!["\n", ""]),
        ("a\n\nb", vec!["a\n", "\n", "b"]),
        ("a\r\nb", vec!["a\r\n", "b"]),
        ("", vec![""]),
    ] {
        let paragraph = at_width(text, 500.0);
        assert_eq!(lines(&paragraph, text), wanted);
        let breaks: Vec<bool> = paragraph.get_line_metrics().iter().map(|line| line.hard_break).collect();
        assert_eq!(breaks, wanted.iter().map(|line| line.ends_with('\n')).collect::<Vec<_>>(), "{text:?}");
    }
}

#[test]
fn a_rounded_width_never_wraps() {
    // What vizia does with a label of automatic width: it rounds up the width that the text wants, and lays out again.
    for (idx, word) in PROSE.split(' ').cycle().take(200).enumerate() {
        let size = 9.0 + 0.13 * idx as f32;
        let text = format!("{word} {idx}");
        let mut paragraph = build(&ParagraphStyle::new(), &[(&text, &sized(size))]);
        paragraph.layout(f32::MAX);
        for width in [
            paragraph.max_intrinsic_width().ceil(),
            paragraph.max_intrinsic_width(),
            paragraph.max_intrinsic_width() - 0.04,
        ] {
            paragraph.layout(width);
            assert_eq!(paragraph.line_number(), 1, "{text:?} at {size} px");
        }
        paragraph.layout(paragraph.max_intrinsic_width() - 1.0);
        assert_eq!(paragraph.line_number(), 2, "{text:?} at {size} px");
    }
}

#[test]
fn the_narrowest_width_is_the_longest_word() {
    let paragraph = at_width(PROSE, f32::MAX);
    let longest =
        PROSE.split(' ').map(|word| at_width(word, f32::MAX).max_intrinsic_width()).fold(0.0, f32::max);
    assert_near(paragraph.min_intrinsic_width(), longest, 0.1, "brown");
    // Words stay whole where even one does not fit.
    let narrow = at_width(PROSE, 1.0);
    assert_eq!(narrow.line_number(), PROSE.split(' ').count());
}

#[test]
fn widths_that_are_none_are_zero_or_endless() {
    let at_zero = at_width("two words", 0.0);
    for width in [f32::NAN, -5.0, f32::NEG_INFINITY, -0.0] {
        let paragraph = at_width("two words", width);
        assert_eq!((paragraph.line_number(), paragraph.height()), (2, at_zero.height()), "{width}");
    }
    for width in [f32::INFINITY, f32::MAX, 1e30] {
        let mut style = ParagraphStyle::new();
        style.set_text_align(TextAlign::Center);
        let mut paragraph = build(&style, &[("two words", &sized(16.0))]);
        paragraph.layout(width);
        assert_eq!(paragraph.line_number(), 1);
        assert!(paragraph.get_line_metrics_at(0).is_some_and(|line| line.left.is_finite()), "{width}");
    }
}

#[test]
fn laying_out_again_forgets_what_was_before() {
    let mut style = ParagraphStyle::new();
    style.set_text_align(TextAlign::Center).set_ellipsis("…");
    let fresh = |width: f32| {
        let mut paragraph = build(&style, &[(PROSE, &sized(16.0))]);
        paragraph.layout(width);
        paragraph.get_line_metrics()
    };
    let mut paragraph = build(&style, &[(PROSE, &sized(16.0))]);
    let widths = [
        f32::MAX,
        100.0,
        100.0,
        f32::MAX,
        90.5,
        f32::MAX,
        90.5,
        1000.0,
        0.0,
        90.5,
        30.0,
        40.0,
        50.0,
        60.0,
        100.0,
        30.0,
    ];
    for width in widths {
        paragraph.layout(width);
        assert_eq!(paragraph.get_line_metrics(), fresh(width), "{width}");
    }
}

#[test]
fn lines_stand_where_they_are_told() {
    let width = at_width("Text", f32::MAX).max_intrinsic_width();
    let free = 200.0 - width;
    for (align, direction, wanted) in [
        (TextAlign::Left, TextDirection::LTR, 0.0),
        (TextAlign::Right, TextDirection::LTR, free),
        (TextAlign::Center, TextDirection::LTR, 0.5 * free),
        (TextAlign::Start, TextDirection::LTR, 0.0),
        (TextAlign::End, TextDirection::LTR, free),
        (TextAlign::Justify, TextDirection::LTR, 0.0),
        (TextAlign::Left, TextDirection::RTL, 0.0),
        (TextAlign::Right, TextDirection::RTL, free),
        (TextAlign::Center, TextDirection::RTL, 0.5 * free),
        (TextAlign::Start, TextDirection::RTL, free),
        (TextAlign::End, TextDirection::RTL, 0.0),
        (TextAlign::Justify, TextDirection::RTL, free),
    ] {
        let mut style = ParagraphStyle::new();
        style.set_text_align(align).set_text_direction(direction);
        let mut paragraph = build(&style, &[("Text", &sized(16.0))]);
        paragraph.layout(200.0);
        let line = paragraph.get_line_metrics_at(0).expect("there is a line");
        // The slack is in the free space.
        assert_near(line.left as f32, wanted, 0.06, &format!("{align:?} {direction:?}"));
        assert_near(line.width as f32, width, 0.01, "width");
    }
}

#[test]
fn blanks_at_the_end_do_not_move_a_line() {
    for align in [TextAlign::Right, TextAlign::Center] {
        let mut style = ParagraphStyle::new();
        style.set_text_align(align);
        let left_of_first = |text: &str| {
            let mut paragraph = build(&style, &[(text, &sized(16.0))]);
            paragraph.layout(60.0);
            paragraph.get_line_metrics()[0].clone()
        };
        let (wrapped, alone) = (left_of_first("Text    wrapped"), left_of_first("Text"));
        assert_near(wrapped.left as f32, alone.left as f32, 0.01, "left");
        assert_near(wrapped.width as f32, alone.width as f32, 0.01, "width");
    }
}

#[test]
fn justified_lines_reach_both_sides() {
    let mut style = ParagraphStyle::new();
    style.set_text_align(TextAlign::Justify);
    let mut paragraph = build(&style, &[(PROSE, &sized(16.0))]);
    paragraph.layout(180.0);
    let lines = paragraph.get_line_metrics();
    assert!(lines.len() > 2);
    for (idx, line) in lines.iter().enumerate() {
        let last = paragraph.get_glyph_cluster_at(line.end_excluding_whitespaces - 1).expect("a letter");
        let first = paragraph.get_glyph_cluster_at(line.start_index).expect("a letter");
        assert_near(first.bounds.left, 0.0, 0.01, "left");
        if idx + 1 < lines.len() {
            assert_near(last.bounds.right, 180.0, 0.1, "right");
        } else {
            assert!(last.bounds.right < 170.0, "the last line is as it was");
        }
    }
}

#[test]
fn a_number_of_lines_is_a_limit() {
    let whole = at_width(PROSE, 100.0);
    let line_height = whole.height() / whole.line_number() as f32;
    for max_lines in [1, 2, 3, 100] {
        let mut style = ParagraphStyle::new();
        style.set_max_lines(max_lines);
        let mut paragraph = build(&style, &[(PROSE, &sized(16.0))]);
        paragraph.layout(100.0);
        let wanted = max_lines.min(whole.line_number());
        assert_eq!(paragraph.line_number(), wanted);
        assert_eq!(paragraph.get_line_metrics().len(), wanted);
        assert_eq!(paragraph.height(), wanted as f32 * line_height);
        // The lines that are there break as if there were no limit.
        for (limited, free) in paragraph.get_line_metrics().iter().zip(whole.get_line_metrics()) {
            assert_eq!((limited.start_index, limited.width), (free.start_index, free.width));
        }
    }
}

#[test]
fn a_line_is_as_high_as_its_highest_letters() {
    let (small, large) = (sized(12.0), sized(30.0));
    let height = |stretches: &[(&str, &_)]| {
        let mut paragraph = build(&ParagraphStyle::new(), stretches);
        paragraph.layout(f32::MAX);
        (paragraph.height(), paragraph.max_intrinsic_width())
    };
    let (of_small, of_large) = (height(&[("small", &small)]), height(&[("large", &large)]));
    let both = height(&[("small", &small), ("large", &large)]);
    assert_eq!(both.0, of_large.0);
    assert!(of_small.0 < 0.5 * of_large.0);
    assert_near(both.1, of_small.1 + of_large.1, 0.1, "width");
}
