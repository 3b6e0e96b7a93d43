//! What vizia's text box does with the answers when a key moves the caret: Home, End, up and down.
//!
//! The four functions tell vizia_core 0.4.0's `apply_movement` again, byte by byte; an answer that is not there would panic there.

use crate::{at_width, places::TEXTS};
use skia_safe::textlayout::Paragraph;

fn line_of(paragraph: &Paragraph, caret: usize) -> usize {
    paragraph.get_line_number_at(caret).expect("vizia unwraps it")
}

fn home(paragraph: &Paragraph, caret: usize) -> usize {
    paragraph.get_line_metrics_at(line_of(paragraph, caret)).expect("vizia unwraps it").start_index
}

fn end(paragraph: &Paragraph, caret: usize) -> usize {
    paragraph.get_line_metrics_at(line_of(paragraph, caret)).expect("vizia unwraps it").end_index - 1
}

fn vertical(
    paragraph: &Paragraph,
    text: &str,
    caret: usize,
    column: Option<f32>,
    is_up: bool,
) -> (usize, f32) {
    let bounds = paragraph.get_glyph_cluster_at(caret).expect("vizia unwraps it").bounds;
    let (line, column) = (line_of(paragraph, caret), column.unwrap_or(bounds.x()));
    if is_up && line == 0 {
        return (0, column);
    }
    if !is_up && line == paragraph.line_number() - 1 {
        return (text.len(), column);
    }
    let metrics = paragraph.get_line_metrics_at(line).expect("vizia unwraps it");
    let up = bounds.y() - metrics.height as f32;
    let down = (metrics.baseline - metrics.ascent + metrics.height + 1.0) as f32;
    let cluster = paragraph
        .get_closest_glyph_cluster_at((column, if is_up { up } else { down }))
        .expect("vizia unwraps it");
    let is_left = column < cluster.bounds.center_x();
    (if is_left { cluster.text_range.start } else { cluster.text_range.end }.min(text.len()), column)
}

fn texts() -> impl Iterator<Item = (&'static str, f32)> {
    let long = [
        "a short line\nand a very much longer one that wraps\n\nanother\n",
        "ä ö ü é è à ∞ ø å € ѣ ѫ я ж ц",
        "\n\n",
        "",
        "one",
        "line\r\nline\u{2028}line\u{85}line",
        "日本語のテキストは空白なしで折り返す",
    ];
    let of_width = |text: &'static str| [30.0, 75.0, 150.0, 1e4].map(|width| (text, width));
    TEXTS.into_iter().chain(long).flat_map(of_width)
}

#[test]
fn home_and_end_stay_on_their_line() {
    for (text, width) in texts() {
        let paragraph = at_width(text, width);
        for (caret, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let line = line_of(&paragraph, caret);
            let (home, end) = (home(&paragraph, caret), end(&paragraph, caret));
            assert!(text.is_char_boundary(home) && text.is_char_boundary(end), "{text:?} {home} {end}");
            assert_eq!(
                (line_of(&paragraph, home), line_of(&paragraph, end)),
                (line, line),
                "{text:?} at {width}"
            );
            assert!(home <= end);
            // Nothing but the break, or the cluster at which the line wraps, is behind `End`.
            let behind = text[end..paragraph.get_line_metrics()[line].end_including_newline].trim();
            let wraps = line + 1 < paragraph.line_number();
            assert!(behind.is_empty() || wraps && behind.chars().count() <= 7, "{behind:?} of {text:?}");
        }
    }
    let paragraph = at_width("one\ntwo three", 1e4);
    assert_eq!((home(&paragraph, 1), end(&paragraph, 1)), (0, 3));
    assert_eq!((home(&paragraph, 6), end(&paragraph, 6)), (4, 13));
}

#[test]
fn up_and_down_go_line_by_line_and_reach_the_ends() {
    for (text, width) in texts() {
        let paragraph = at_width(text, width);
        for (start, _) in text.char_indices().chain([(text.len(), ' ')]) {
            for is_up in [true, false] {
                let (mut caret, mut column) = (start, None);
                let goal = if is_up { 0 } else { text.len() };
                for _ in 0..=paragraph.line_number() {
                    let line = line_of(&paragraph, caret);
                    let (next, kept) = vertical(&paragraph, text, caret, column, is_up);
                    assert!(text.is_char_boundary(next), "{text:?} at {width}: {caret} to {next}");
                    let last = paragraph.line_number() - 1;
                    let wanted = if is_up { line.saturating_sub(1) } else { (line + 1).min(last) };
                    assert_eq!(
                        line_of(&paragraph, next),
                        wanted,
                        "{text:?} at {width}: {caret} to {next}, up {is_up}"
                    );
                    (caret, column) = (next, Some(kept));
                }
                assert_eq!(caret, goal, "{text:?} at {width} from {start}");
            }
        }
    }
}

#[test]
fn a_column_is_kept_over_short_lines() {
    let text = "a long first line\nab\na long third line";
    let paragraph = at_width(text, 1e4);
    let (second, column) = vertical(&paragraph, text, 10, None, false);
    assert_eq!(second, 20, "the end of the short line");
    let (third, _) = vertical(&paragraph, text, second, Some(column), false);
    assert!((30..=32).contains(&third), "{third}");
}
