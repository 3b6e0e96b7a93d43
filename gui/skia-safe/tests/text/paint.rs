//! What is drawn, against what was measured.

use crate::{ROBOTO, assert_near, build, sized};
use skia_safe::font_style::{Slant, Weight, Width};
use skia_safe::textlayout::{Paragraph, ParagraphStyle, TextAlign, TextDecoration, TextDirection, TextStyle};
use skia_safe::{Color, FontStyle, Paint, Rect, surfaces};
use skrifa::instance::Size;
use skrifa::{FontRef, MetadataProvider};

const SIDE_PX: i32 = 320;

/// Pixels as `0xAARRGGBB`, rows of [`SIDE_PX`].
struct Picture(Vec<u32>);

impl Picture {
    fn of(paragraph: &Paragraph, at: (f32, f32)) -> Self {
        let mut surface = surfaces::raster_n32_premul((SIDE_PX, SIDE_PX)).expect("a surface");
        paragraph.paint(surface.canvas(), at);
        let pixels = surface.peek_pixels().expect("pixels");
        let bytes = pixels.bytes().expect("bytes").chunks_exact(4);
        Self(bytes.map(|pixel| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], pixel[3]])).collect())
    }

    /// The rectangle around all pixels that are `wanted`.
    fn bounds(&self, wanted: impl Fn(u32) -> bool) -> Option<Rect> {
        let places = self.0.iter().enumerate().filter(|&(_, &pixel)| wanted(pixel));
        let places =
            places.map(|(idx, _)| ((idx % SIDE_PX as usize) as f32, (idx / SIDE_PX as usize) as f32));
        places.fold(None, |bounds, (x, y)| {
            let at = Rect::new(x, y, x + 1.0, y + 1.0);
            Some(bounds.map_or(at, |old: Rect| {
                Rect::new(
                    old.left.min(at.left),
                    old.top.min(at.top),
                    old.right.max(at.right),
                    old.bottom.max(at.bottom),
                )
            }))
        })
    }

    /// Around all that is drawn, but for the faintest.
    fn ink(&self) -> Rect {
        self.bounds(|pixel| pixel >> 24 > 24).expect("something is drawn")
    }

    /// The sum of all coverage, in pixels.
    fn amount(&self) -> f32 {
        self.0.iter().map(|pixel| (pixel >> 24) as f32 / 255.0).sum()
    }
}

fn line(text: &str, style: &TextStyle) -> Paragraph {
    let mut paragraph = build(&ParagraphStyle::new(), &[(text, style)]);
    paragraph.layout(f32::MAX);
    paragraph
}

fn styled(size_px: f32, weight: Weight, width: Width, slant: Slant) -> TextStyle {
    let mut style = sized(size_px);
    style.set_font_style(FontStyle::new(weight, width, slant));
    style
}

#[test]
fn letters_are_where_the_font_says() {
    let font = FontRef::new(ROBOTO).expect("a font");
    for size in [11.0, 16.0, 40.0] {
        let line = line("HHH", &sized(size));
        let ink = Picture::of(&line, (20.0, 30.0)).ink();
        let metrics = font.glyph_metrics(Size::new(size), skrifa::instance::LocationRef::default());
        let bounds = metrics.bounds(font.charmap().map('H').expect("an H")).expect("bounds");
        let right_bearing = line.max_intrinsic_width() / 3.0 - bounds.x_max;
        let baseline = 30.0 + line.get_line_metrics()[0].baseline as f32;
        // A pixel for the edge's own pixel, and hints move edges by half a pixel, up and down only.
        assert_near(ink.left, 20.0 + bounds.x_min, 1.0, "left");
        assert_near(ink.right, 20.0 + line.max_intrinsic_width() - right_bearing, 1.0, "right");
        assert_near(ink.bottom, baseline, 0.01, "they stand on the baseline");
        assert_near(ink.top, baseline - bounds.y_max, 1.5, "top");
    }
}

#[test]
fn every_rectangle_has_its_letter() {
    // Every second letter is there alone, the others are blanks of their width: of no colour.
    let mut clear = sized(24.0);
    clear.set_color(Color::from_argb(0, 0, 0, 0));
    let (text, visible) = ("Größe жΩ 12", sized(24.0));
    let mut n_checked = 0;
    for (idx, letter) in text.chars().enumerate().filter(|(_, letter)| *letter != ' ') {
        let start = text.char_indices().nth(idx).map_or(0, |(start, _)| start);
        let (before, behind) = (&text[..start], &text[start + letter.len_utf8()..]);
        let letter = letter.to_string();
        let mut paragraph =
            build(&ParagraphStyle::new(), &[(before, &clear), (&letter, &visible), (behind, &clear)]);
        paragraph.layout(f32::MAX);
        let rect = crate::places::rects(&paragraph, idx..idx + 1)[0].rect;
        let ink = Picture::of(&paragraph, (0.0, 0.0)).ink();
        // Bearings of Roboto at this size are below two pixels on either side.
        assert!(ink.left > rect.left - 1.5 && ink.right < rect.right + 1.5, "{letter}: {ink:?} in {rect:?}");
        assert!(ink.width() > 0.5 * rect.width(), "{letter}: {ink:?} fills {rect:?}");
        assert!(ink.top >= rect.top && ink.bottom <= rect.bottom, "{letter}");
        n_checked += 1;
    }
    assert_eq!(n_checked, 9);
}

#[test]
fn text_is_drawn_where_it_is_told() {
    let line = line("Text, gj", &sized(16.0));
    let (here, there) = (Picture::of(&line, (10.0, 10.0)), Picture::of(&line, (47.0, 33.0)));
    assert_eq!(here.ink().with_offset((37.0, 23.0)), there.ink());
    assert_near(here.amount(), there.amount(), 1e-3, "the same letters");
}

#[test]
fn colour_weight_width_and_slant_are_seen() {
    let mut red = sized(20.0);
    red.set_foreground_paint(Paint::default().set_color(Color::from_argb(255, 255, 0, 0)));
    let picture = Picture::of(&line("HIT", &red), (5.0, 5.0));
    assert!(picture.0.contains(&0xffff_0000));
    assert!(picture.0.iter().all(|pixel| pixel & 0xffff == 0), "nothing but red");

    let amount = |style: &TextStyle| Picture::of(&line("HIT", style), (5.0, 5.0)).amount();
    let normal = amount(&sized(20.0));
    assert!(amount(&styled(20.0, Weight::BOLD, Width::NORMAL, Slant::Upright)) > 1.3 * normal);
    assert!(amount(&styled(20.0, Weight::THIN, Width::NORMAL, Slant::Upright)) < 0.6 * normal);

    let ink = |style: &TextStyle| Picture::of(&line("H", style), (5.0, 5.0)).ink();
    let upright = ink(&sized(40.0));
    let condensed = ink(&styled(40.0, Weight::NORMAL, Width::CONDENSED, Slant::Upright));
    assert!(condensed.width() < 0.9 * upright.width());
    assert_eq!((condensed.top, condensed.bottom), (upright.top, upright.bottom));
    for slant in [Slant::Italic, Slant::Oblique] {
        // Some 14 degrees, made of the upright letters, over a height of 28 px: 7 px to the right at the top, none at the baseline.
        let leaning = ink(&styled(40.0, Weight::NORMAL, Width::NORMAL, slant));
        assert_near(leaning.right - upright.right, 7.0, 2.5, "leaning");
        assert_near(leaning.left, upright.left, 1.0, "standing");
    }
}

#[test]
fn decorations_lie_where_they_belong() {
    let blue = Color::from_argb(255, 0, 0, 255);
    let of = |decoration| {
        let mut style = sized(32.0);
        style
            .set_color(Color::from_argb(0, 0, 0, 0))
            .set_decoration_type(decoration)
            .set_decoration_color(blue);
        let line = line("xHx", &style);
        let picture = Picture::of(&line, (10.0, 10.0));
        let bounds = picture.bounds(|pixel| pixel == 0xff00_00ff).expect("a line is drawn");
        assert_near(bounds.left, 10.0, 1.0, "left");
        assert_near(bounds.right, 10.0 + line.max_intrinsic_width(), 1.0, "right");
        assert!((1.0..4.0).contains(&bounds.height()), "{bounds:?}");
        (bounds, 10.0 + line.get_line_metrics()[0].baseline as f32)
    };
    let (under, baseline) = of(TextDecoration::UNDERLINE);
    assert!(under.top > baseline && under.bottom < baseline + 8.0, "{under:?}");
    let (through, baseline) = of(TextDecoration::LINE_THROUGH);
    // Through the middle of small letters, which are half an em high.
    assert!(through.top < baseline - 4.0 && through.bottom > baseline - 16.0, "{through:?}");
    let (over, baseline) = of(TextDecoration::OVERLINE);
    assert!(over.bottom < baseline - 20.0, "{over:?}");
    let (all, _) = {
        let mut style = sized(32.0);
        style.set_decoration_type(TextDecoration::UNDERLINE | TextDecoration::LINE_THROUGH);
        let plain = Picture::of(&line("...", &sized(32.0)), (10.0, 10.0)).amount();
        (Picture::of(&line("...", &style), (10.0, 10.0)).amount(), assert!(plain > 0.0))
    };
    assert!(all > 2.0 * line("...", &sized(32.0)).max_intrinsic_width(), "both, in the text's colour");
}

#[test]
fn a_background_is_as_large_as_the_text() {
    let green = Color::from_argb(255, 0, 255, 0);
    let mut style = sized(20.0);
    style.set_background_paint(Paint::default().set_color(green));
    let (before, marked) = (sized(20.0), style);
    let mut paragraph = build(&ParagraphStyle::new(), &[("ab ", &before), ("cd", &marked), (" ef", &before)]);
    paragraph.layout(f32::MAX);
    let rect = crate::places::rects(&paragraph, 3..5)[0].rect.with_offset((10.0, 10.0));
    let picture = Picture::of(&paragraph, (10.0, 10.0));
    let bounds = picture.bounds(|pixel| pixel == 0xff00_ff00).expect("a background");
    for (is, wanted) in [
        (bounds.left, rect.left),
        (bounds.top, rect.top),
        (bounds.right, rect.right),
        (bounds.bottom, rect.bottom),
    ] {
        assert_near(is, wanted, 1.0, "a side");
    }
    // The letters are on it.
    assert!(picture.0.contains(&0xff00_0000));
}

#[test]
fn nothing_is_drawn_beyond_what_was_measured() {
    let text = "A rather long text that does not fit";
    let mut style = ParagraphStyle::new();
    style.set_ellipsis("…");
    let mut paragraph = build(&style, &[(text, &sized(16.0))]);
    for width in [30.0, 77.0, 150.0] {
        paragraph.layout(width);
        let ink = Picture::of(&paragraph, (10.0, 10.0)).ink();
        assert!(ink.right <= 10.0 + width + 1.0, "{ink:?} at {width}");
        assert!(ink.bottom <= 10.0 + paragraph.height());
    }
    let mut style = ParagraphStyle::new();
    style.set_max_lines(2);
    let mut paragraph = build(&style, &[(text, &sized(16.0))]);
    paragraph.layout(80.0);
    let ink = Picture::of(&paragraph, (10.0, 10.0)).ink();
    assert!(ink.bottom > 10.0 + 0.6 * paragraph.height() && ink.bottom <= 10.0 + paragraph.height());
}

#[test]
fn lines_are_drawn_where_they_stand() {
    for (align, left) in [(TextAlign::Left, 0.0), (TextAlign::Center, 0.5), (TextAlign::Right, 1.0)] {
        let mut style = ParagraphStyle::new();
        style.set_text_align(align);
        let mut paragraph = build(&style, &[("HH\nHHHH", &sized(20.0))]);
        paragraph.layout(300.0);
        let picture = Picture::of(&paragraph, (10.0, 10.0));
        let middle = 10.0 + 0.5 * paragraph.height();
        for (idx, line) in paragraph.get_line_metrics().iter().enumerate() {
            let rows = if idx == 0 { 0..middle as usize } else { middle as usize..SIDE_PX as usize };
            let mut part = vec![0; picture.0.len()];
            let pixels = rows.start * SIDE_PX as usize..rows.end * SIDE_PX as usize;
            part[pixels.clone()].copy_from_slice(&picture.0[pixels]);
            let ink = Picture(part).ink();
            // An H has bearings of less than two pixels.
            assert_near(ink.left, 10.0 + left * (300.0 - line.width as f32), 2.5, "left");
            assert_near(ink.right, ink.left + line.width as f32, 4.5, "right");
        }
    }
}

#[test]
fn text_from_right_to_left_is_drawn_so() {
    // The override makes Latin letters, which the font has, run to the left: the wide W comes first and stands right.
    let mut style = ParagraphStyle::new();
    style.set_text_direction(TextDirection::RTL).set_text_align(TextAlign::Left);
    let mut clear = sized(30.0);
    clear.set_color(Color::from_argb(0, 0, 0, 0));
    let mut paragraph = build(&style, &[("\u{202E}W", &sized(30.0)), ("iiii", &clear)]);
    paragraph.layout(300.0);
    let ink = Picture::of(&paragraph, (0.0, 10.0)).ink();
    let width = paragraph.max_intrinsic_width();
    assert!(ink.left > 0.4 * width - 1.0 && ink.right > width - 2.0, "{ink:?} in {width}");
    let mut clear_first = build(&style, &[("\u{202E}W", &clear), ("iiii", &sized(30.0))]);
    clear_first.layout(300.0);
    let ink = Picture::of(&clear_first, (0.0, 10.0)).ink();
    assert!(ink.left < 5.0 && ink.right < 0.6 * width, "{ink:?} in {width}");
}
