//! The shipped font, and fonts that are registered: characters, widths, heights, axes.

use crate::{ROBOTO, assert_near, build, sized, widest};
use skia_safe::font_arguments::{VariationPosition, variation_position::Coordinate};
use skia_safe::font_style::{Slant, Weight, Width};
use skia_safe::textlayout::{
    FontCollection, Paragraph, ParagraphBuilder, ParagraphStyle, TextStyle, TypefaceFontProvider,
};
use skia_safe::{FontArguments, FontMgr, FontStyle, FourByteTag};
use skrifa::instance::{Location, Size};
use skrifa::{FontRef, MetadataProvider};

/// Shaping rounds each advance to a 64th of a pixel at most, so this many characters may be off by half a pixel together.
const TOLERANCE_PX: f32 = 0.5;

fn roboto() -> FontRef<'static> {
    FontRef::new(ROBOTO).expect("the shipped font is a font")
}

fn line(text: &str, style: &TextStyle) -> Paragraph {
    let mut paragraph = build(&ParagraphStyle::new(), &[(text, style)]);
    paragraph.layout(f32::MAX);
    paragraph
}

/// The sum of the characters' advances by the font's tables.
fn advances(text: &str, size_px: f32, weight: f32, width: f32) -> f32 {
    let font = roboto();
    let location = font.axes().location([("wght", weight), ("wdth", width)]);
    let metrics = font.glyph_metrics(Size::new(size_px), &location);
    let advance = |c| metrics.advance_width(font.charmap().map(c).expect("the font has the character"));
    text.chars().map(|c| advance(c).expect("the glyph has an advance")).sum()
}

#[test]
fn the_shipped_font_has_what_an_editor_says() {
    assert!(ROBOTO.len() < 600_000, "it is a part of every plugin");
    let charmap = roboto().charmap();
    let signs = "∞−Ø°·…×±≤≥½²³µΩπ√•–—‘’“”€✓▲▼◀▶←↑→↓";
    let letters = ('!'..='~').chain('\u{A1}'..='ſ').chain('Α'..='Ρ').chain('Σ'..='ώ').chain('А'..='я');
    let missing: String =
        letters.chain(signs.chars()).filter(|&c| c != '\u{AD}' && charmap.map(c).is_none()).collect();
    assert_eq!(missing, "");
}

#[test]
fn lines_are_as_wide_as_the_font_says() {
    // No pair of these is kerned: figures, and one letter of every script.
    let texts = ["0123456789", "HHHHHHHHHH", "яяяяяяяяяя", "ββββββββββ", "őőőőőőőőőő", "−−−−∞∞∞∞"];
    for text in texts {
        for (weight, ratio, width) in [
            (400, Width::NORMAL, 100.0),
            (700, Width::NORMAL, 100.0),
            (400, Width::CONDENSED, 75.0),
            (550, Width::SEMI_CONDENSED, 87.5),
        ] {
            let mut style = sized(16.0);
            style.set_font_style(FontStyle::new(Weight::from(weight), ratio, Slant::Upright));
            let wanted = advances(text, 16.0, weight as f32, width);
            assert_near(line(text, &style).max_intrinsic_width(), wanted, TOLERANCE_PX, text);
        }
    }
}

#[test]
fn weights_and_widths_are_seen() {
    let with = |weight, width| {
        let mut style = sized(16.0);
        style.set_font_style(FontStyle::new(weight, width, Slant::Upright));
        line("Compressor", &style).max_intrinsic_width()
    };
    let normal = with(Weight::NORMAL, Width::NORMAL);
    // Roboto's bold is a little wider, its narrowest a tenth narrower.
    assert!(with(Weight::BOLD, Width::NORMAL) > normal + 0.5);
    assert!(with(Weight::NORMAL, Width::CONDENSED) < 0.92 * normal);
    // There is nothing narrower, and nothing wider than normal.
    assert_eq!(with(Weight::NORMAL, Width::ULTRA_CONDENSED), with(Weight::NORMAL, Width::CONDENSED));
    assert_eq!(with(Weight::NORMAL, Width::EXPANDED), normal);
}

#[test]
fn variation_settings_are_the_axes() {
    type Axis = ((char, char, char, char), f32);
    let with_axes = |axes: &[Axis]| {
        let coordinates: Vec<_> =
            axes.iter().map(|&(axis, value)| Coordinate { axis: FourByteTag::from(axis), value }).collect();
        let position = VariationPosition { coordinates: &coordinates };
        let mut style = sized(16.0);
        style.set_font_arguments(&FontArguments::new().set_variation_design_position(position));
        line("Compressor", &style).max_intrinsic_width()
    };
    let styled = |weight, width| {
        let mut style = sized(16.0);
        style.set_font_style(FontStyle::new(weight, width, Slant::Upright));
        line("Compressor", &style).max_intrinsic_width()
    };
    assert_eq!(with_axes(&[(('w', 'd', 't', 'h'), 75.0)]), styled(Weight::NORMAL, Width::CONDENSED));
    assert_eq!(with_axes(&[(('w', 'g', 'h', 't'), 700.0)]), styled(Weight::BOLD, Width::NORMAL));
    assert_eq!(with_axes(&[(('n', 'o', 'n', 'e'), 1.0)]), styled(Weight::NORMAL, Width::NORMAL));
}

#[test]
fn digits_are_of_equal_width() {
    let width = |text: &str, weight| {
        let mut style = sized(13.0);
        style.set_font_style(FontStyle::new(Weight::from(weight), Width::NORMAL, Slant::Upright));
        line(text, &style).max_intrinsic_width()
    };
    for weight in [400, 500, 600, 700] {
        for digit in '1'..='9' {
            let text = digit.to_string().repeat(8);
            assert_near(width(&text, weight), width("00000000", weight), 1e-3, &text);
        }
    }
}

#[test]
fn a_line_is_as_high_as_the_font_says() {
    for size in [8.0, 11.0, 13.0, 16.0, 27.5, 100.0] {
        let metrics = roboto().metrics(Size::new(size), &Location::default());
        let line = line("Hg", &sized(size));
        let of_line = line.get_line_metrics_at(0).expect("there is a line");
        // Whole pixels, so that baselines are.
        assert_near(of_line.ascent as f32, metrics.ascent, 0.5, "ascent");
        assert_near(of_line.descent as f32, -metrics.descent, 0.5, "descent");
        assert_near(line.height(), metrics.ascent - metrics.descent, 1.0, "height");
        assert_eq!(line.height(), of_line.height as f32);
        assert_eq!(of_line.baseline, of_line.ascent);
        assert_eq!(of_line.baseline.fract(), 0.0);
    }
}

#[test]
fn letter_spacing_widens() {
    let mut spaced = sized(16.0);
    spaced.set_letter_spacing(2.0);
    let (plain, spaced) = (line("HHHH", &sized(16.0)), line("HHHH", &spaced));
    assert_near(spaced.max_intrinsic_width(), plain.max_intrinsic_width() + 8.0, 0.01, "four letters");
}

#[test]
fn a_family_that_nobody_registered_is_the_shipped_one() {
    let width = |families: &[&str]| {
        let mut style = sized(16.0);
        style.set_font_families(families);
        line("Family 123", &style).max_intrinsic_width()
    };
    let shipped = width(&["Roboto"]);
    assert!(shipped > 0.0);
    for families in [
        &["sans-serif"][..],
        &["serif"],
        &["monospace"],
        &["Nobody's"],
        &["Nobody's", "system-ui"],
        &[],
        &[""],
    ] {
        assert_eq!(width(families), shipped, "{families:?}");
    }
}

/// The shipped font, twice as large: half the units to the em, which is in the table `head`.
fn doubled() -> Vec<u8> {
    let mut font = ROBOTO.to_vec();
    let n_tables = usize::from(u16::from_be_bytes([font[4], font[5]]));
    let record = (0..n_tables).map(|idx| 12 + 16 * idx).find(|&at| &font[at..at + 4] == b"head");
    let at = record.expect("there is a head") + 8;
    let head = u32::from_be_bytes([font[at], font[at + 1], font[at + 2], font[at + 3]]) as usize;
    font[head + 18..head + 20].copy_from_slice(&1024_u16.to_be_bytes());
    font
}

#[test]
fn registered_fonts_are_found_by_their_name() {
    let mut provider = TypefaceFontProvider::new();
    let mut fonts = FontCollection::new();
    fonts.set_default_font_manager(FontMgr::default(), None);
    fonts.set_asset_font_manager(FontMgr::from(provider.clone()));
    let width = |fonts: &FontCollection, family: &str| {
        let mut style = sized(16.0);
        style.set_font_families(&[family]);
        let mut builder = ParagraphBuilder::new(&ParagraphStyle::new(), fonts);
        builder.push_style(&style);
        builder.add_text("Family 123");
        builder.build().max_intrinsic_width()
    };
    let shipped = width(&fonts, "Mine");
    let typeface = FontMgr::default().new_from_data(&doubled(), None).expect("it is a font");
    assert_eq!(provider.register_typeface(typeface.clone(), "Mine"), 1);
    // Fonts come after the first text too: Context::add_font_mem.
    assert_near(width(&fonts, "Mine"), 2.0 * shipped, TOLERANCE_PX, "the registered font");
    assert_eq!(width(&fonts, "Another"), shipped);
    assert_eq!(width(&fonts, "Roboto"), shipped);
    // Without a name it has its own.
    provider.register_typeface(typeface, None);
    assert!(width(&fonts, "sans-serif") > 0.0);
}

#[test]
fn no_text_has_no_width_but_a_height() {
    let empty = line("", &sized(16.0));
    assert_eq!((widest(&empty), empty.min_intrinsic_width(), empty.max_intrinsic_width()), (0.0, 0.0, 0.0));
    assert_eq!(empty.height(), line("H", &sized(16.0)).height());
}

#[test]
fn what_is_no_font_is_refused_or_harmless() {
    assert!(FontMgr::default().new_from_data(b"no font", None).is_none());
    assert!(FontMgr::default().new_from_data(b"", None).is_none());
    let mut provider = TypefaceFontProvider::new();
    let mut fonts = FontCollection::new();
    fonts.set_asset_font_manager(FontMgr::from(provider.clone()));
    let mut torn = ROBOTO.to_vec();
    torn.truncate(torn.len() / 2);
    let mut noise = ROBOTO[..4096].to_vec();
    noise[12..].iter_mut().enumerate().for_each(|(idx, byte)| *byte = (idx * 37) as u8);
    for (name, bytes) in [("Torn", &torn), ("Noise", &noise), ("Short", &ROBOTO[..4].to_vec())] {
        if let Some(typeface) = FontMgr::default().new_from_data(bytes, None) {
            provider.register_typeface(typeface, name);
        }
        let mut style = sized(16.0);
        style.set_font_families(&[name]);
        let mut builder = ParagraphBuilder::new(&ParagraphStyle::new(), &fonts);
        builder.push_style(&style);
        builder.add_text("still here");
        assert!(builder.build().height() > 0.0, "{name}");
    }
}
