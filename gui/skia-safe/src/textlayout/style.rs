//! What a paragraph and a stretch of text are asked to be.

use super::collection::{SHIPPED_FAMILY, StyleIdx};
use crate::font::Coordinate;
use crate::{Color, FontArguments, FontStyle, Paint};
use parley::fontique::{FontStyle as Style, FontWeight, FontWidth, GenericFamily};
use parley::setting::{FontVariation, Tag};
use parley::{FontFamily, FontFamilyName, FontVariations, StyleProperty};
use std::borrow::Cow;

/// Where the lines of a paragraph stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextAlign {
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// In the middle.
    Center,
    /// At both sides, but for a paragraph's last line.
    Justify,
    /// Where reading starts.
    #[default]
    Start,
    /// Where reading ends.
    End,
}

/// Where reading starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::upper_case_acronyms, reason = "the names of skia-safe")]
pub enum TextDirection {
    /// At the right.
    RTL,
    /// At the left.
    #[default]
    LTR,
}

bitflags::bitflags! {
    /// Lines along a text.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct TextDecoration: u32 {
        /// Below the letters.
        const UNDERLINE = 1;
        /// Above them.
        const OVERLINE = 2;
        /// Through them.
        const LINE_THROUGH = 4;
    }
}

/// How such a line is drawn. Only solid ones are.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextDecorationStyle {
    #[default]
    Solid,
    Double,
    Dotted,
    Dashed,
    Wavy,
}

/// How high the rectangles of a range are. All are as high as the letters' ascent and descent.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RectHeightStyle {
    #[default]
    Tight,
    Max,
    IncludeLineSpacingMiddle,
    IncludeLineSpacingTop,
    IncludeLineSpacingBottom,
    Strut,
}

/// How wide the rectangles of a range are. All are as wide as the letters.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RectWidthStyle {
    #[default]
    Tight,
    Max,
}

/// What a whole paragraph is asked to be.
#[derive(Clone, Debug, Default)]
pub struct ParagraphStyle {
    pub(super) ellipsis: String,
    pub(super) max_lines: Option<usize>,
    pub(super) align: TextAlign,
    pub(super) direction: TextDirection,
}

impl ParagraphStyle {
    /// Lines from where reading starts, as many as it takes.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands where text does not fit; nothing, if it is empty. With an ellipsis and no number of lines there is one line.
    pub fn set_ellipsis(&mut self, ellipsis: impl AsRef<str>) -> &mut Self {
        ellipsis.as_ref().clone_into(&mut self.ellipsis);
        self
    }

    /// How many lines there are at most.
    pub fn set_max_lines(&mut self, lines: impl Into<Option<usize>>) -> &mut Self {
        self.max_lines = lines.into();
        self
    }

    /// Where the lines stand.
    pub fn set_text_align(&mut self, align: TextAlign) -> &mut Self {
        self.align = align;
        self
    }

    /// Where reading starts.
    pub fn set_text_direction(&mut self, direction: TextDirection) -> &mut Self {
        self.direction = direction;
        self
    }

    /// How many lines are shown at most.
    pub(super) fn line_limit(&self) -> usize {
        let unlimited = if self.ellipsis.is_empty() { usize::MAX } else { 1 };
        self.max_lines.unwrap_or(unlimited).max(1)
    }
}

/// What a stretch of text is asked to be.
#[derive(Clone, Debug)]
pub struct TextStyle {
    families: Vec<String>,
    size: f32,
    style: FontStyle,
    variations: Vec<Coordinate>,
    letter_spacing: f32,
    pub(super) foreground: Paint,
    pub(super) background: Option<Paint>,
    pub(super) decoration: TextDecoration,
    pub(super) decoration_color: Option<Color>,
}

/// Letters of no size, and letters that fill a screen several times over, are not worth the time they take.
const SIZES: std::ops::RangeInclusive<f32> = 0.1..=2000.0;

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            families: Vec::new(),
            size: 14.0,
            style: FontStyle::default(),
            variations: Vec::new(),
            letter_spacing: 0.0,
            foreground: Paint::default(),
            background: None,
            decoration: TextDecoration::empty(),
            decoration_color: None,
        }
    }
}

impl TextStyle {
    /// Black letters of 14 px.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lines along the text.
    pub fn set_decoration_type(&mut self, decoration: TextDecoration) -> &mut Self {
        self.decoration = decoration;
        self
    }

    /// Their colour; that of the text, if none is set.
    pub fn set_decoration_color(&mut self, color: impl Into<Color>) -> &mut Self {
        self.decoration_color = Some(color.into());
        self
    }

    /// Does nothing: lines are solid.
    pub fn set_decoration_style(&mut self, _style: TextDecorationStyle) -> &mut Self {
        self
    }

    /// Families by name, the first that is there counts; the shipped font stands behind them all.
    pub fn set_font_families(&mut self, families: &[impl AsRef<str>]) -> &mut Self {
        self.families = families.iter().map(|family| family.as_ref().to_owned()).collect();
        self
    }

    /// What letters are painted with.
    pub fn set_foreground_paint(&mut self, paint: &Paint) -> &mut Self {
        self.foreground = paint.clone();
        self
    }

    /// What lies behind them.
    pub fn set_background_paint(&mut self, paint: &Paint) -> &mut Self {
        self.background = Some(paint.clone());
        self
    }

    /// The colour of the letters.
    pub fn set_color(&mut self, color: impl Into<Color>) -> &mut Self {
        self.foreground.set_color(color);
        self
    }

    /// The size of the letters in pixels.
    pub fn set_font_size(&mut self, size: f32) -> &mut Self {
        self.size = size.clamp(*SIZES.start(), *SIZES.end());
        if size.is_nan() {
            self.size = *SIZES.start();
        }
        self
    }

    /// Space between letters, in pixels.
    pub fn set_letter_spacing(&mut self, spacing: f32) -> &mut Self {
        self.letter_spacing =
            if spacing.is_finite() { spacing.clamp(-SIZES.end(), *SIZES.end()) } else { 0.0 };
        self
    }

    /// Weight, width and slant.
    pub fn set_font_style(&mut self, style: FontStyle) -> &mut Self {
        self.style = style;
        self
    }

    /// Axes of a variable font.
    pub fn set_font_arguments<'a>(
        &mut self,
        arguments: impl Into<Option<&'a FontArguments<'a>>>,
    ) -> &mut Self {
        self.variations =
            arguments.into().map(|arguments| arguments.coordinates.to_vec()).unwrap_or_default();
        self
    }

    /// The same in parley's words.
    pub(super) fn properties(&self, idx: StyleIdx) -> Vec<StyleProperty<'static, StyleIdx>> {
        let family = |name: &String| match GenericFamily::parse(name) {
            Some(generic) => FontFamilyName::Generic(generic),
            None => FontFamilyName::Named(Cow::Owned(name.clone())),
        };
        let shipped = FontFamilyName::Named(Cow::Borrowed(SHIPPED_FAMILY));
        let families: Vec<_> = self.families.iter().map(family).chain([shipped]).collect();
        let variations: Vec<_> = self
            .variations
            .iter()
            .map(|at| FontVariation::new(Tag::from_bytes(at.axis.bytes()), at.value))
            .collect();
        let slant = match self.style.slant {
            crate::font::Slant::Upright => Style::Normal,
            crate::font::Slant::Italic => Style::Italic,
            crate::font::Slant::Oblique => Style::Oblique(None),
        };
        vec![
            StyleProperty::FontFamily(FontFamily::List(Cow::Owned(families))),
            StyleProperty::FontSize(self.size),
            StyleProperty::FontWeight(FontWeight::new(*self.style.weight as f32)),
            StyleProperty::FontWidth(FontWidth::from_ratio(self.style.width.ratio())),
            StyleProperty::FontStyle(slant),
            StyleProperty::FontVariations(FontVariations::List(Cow::Owned(variations))),
            StyleProperty::LetterSpacing(self.letter_spacing),
            StyleProperty::Brush(idx),
        ]
    }
}
