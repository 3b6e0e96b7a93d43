//! Text.
use crate::{Canvas, Color, FontArguments, FontMgr, FontStyle, Paint, Point, Rect, font::Typeface};
use std::ops::Range;
#[derive(Clone, Debug, Default)]
pub struct TypefaceFontProvider {}
impl TypefaceFontProvider {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn register_typeface<'a>(&mut self, _t: Typeface, _alias: impl Into<Option<&'a str>>) -> usize {
        0
    }
}
impl From<TypefaceFontProvider> for FontMgr {
    fn from(_: TypefaceFontProvider) -> Self {
        FontMgr::default()
    }
}
#[derive(Clone, Debug, Default)]
pub struct FontCollection {}
impl FontCollection {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn set_default_font_manager<'a>(
        &mut self,
        _m: impl Into<Option<FontMgr>>,
        _family: impl Into<Option<&'a str>>,
    ) {
    }
    pub fn set_asset_font_manager(&mut self, _m: impl Into<Option<FontMgr>>) {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextAlign {
    Left,
    Right,
    Center,
    Justify,
    #[default]
    Start,
    End,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextDirection {
    RTL,
    #[default]
    LTR,
}
bitflags::bitflags! { #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)] pub struct TextDecoration: u32 { const UNDERLINE = 1; const OVERLINE = 2; const LINE_THROUGH = 4; } }
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextDecorationStyle {
    #[default]
    Solid,
    Double,
    Dotted,
    Dashed,
    Wavy,
}
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RectWidthStyle {
    #[default]
    Tight,
    Max,
}
#[derive(Clone, Debug, Default)]
pub struct ParagraphStyle {}
impl ParagraphStyle {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn set_ellipsis(&mut self, _e: impl AsRef<str>) -> &mut Self {
        self
    }
    pub fn set_max_lines(&mut self, _n: impl Into<Option<usize>>) -> &mut Self {
        self
    }
    pub fn set_text_align(&mut self, _a: TextAlign) -> &mut Self {
        self
    }
    pub fn set_text_direction(&mut self, _d: TextDirection) -> &mut Self {
        self
    }
}
#[derive(Clone, Debug, Default)]
pub struct TextStyle {}
impl TextStyle {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn set_decoration_type(&mut self, _d: TextDecoration) -> &mut Self {
        self
    }
    pub fn set_decoration_color(&mut self, _c: impl Into<Color>) -> &mut Self {
        self
    }
    pub fn set_decoration_style(&mut self, _s: TextDecorationStyle) -> &mut Self {
        self
    }
    pub fn set_font_families(&mut self, _f: &[impl AsRef<str>]) -> &mut Self {
        self
    }
    pub fn set_foreground_paint(&mut self, _p: &Paint) -> &mut Self {
        self
    }
    pub fn set_background_paint(&mut self, _p: &Paint) -> &mut Self {
        self
    }
    pub fn set_font_size(&mut self, _s: f32) -> &mut Self {
        self
    }
    pub fn set_color(&mut self, _c: impl Into<Color>) -> &mut Self {
        self
    }
    pub fn set_letter_spacing(&mut self, _s: f32) -> &mut Self {
        self
    }
    pub fn set_font_style(&mut self, _s: FontStyle) -> &mut Self {
        self
    }
    pub fn set_font_arguments<'a>(&mut self, _a: impl Into<Option<&'a FontArguments<'a>>>) -> &mut Self {
        self
    }
}
pub struct ParagraphBuilder {}
impl ParagraphBuilder {
    pub fn new(_s: &ParagraphStyle, _f: impl Into<FontCollection>) -> Self {
        Self {}
    }
    pub fn push_style(&mut self, _s: &TextStyle) -> &mut Self {
        self
    }
    pub fn pop(&mut self) -> &mut Self {
        self
    }
    pub fn add_text(&mut self, _t: impl AsRef<str>) -> &mut Self {
        self
    }
    pub fn build(&mut self) -> Paragraph {
        Paragraph {}
    }
}
impl From<&FontCollection> for FontCollection {
    fn from(f: &FontCollection) -> Self {
        f.clone()
    }
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextBox {
    pub rect: Rect,
    pub direct: TextDirection,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    Upstream,
    Downstream,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionWithAffinity {
    pub position: i32,
    pub affinity: Affinity,
}
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphClusterInfo {
    pub bounds: Rect,
    pub text_range: Range<usize>,
    pub position: TextDirection,
}
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineMetrics {
    pub start_index: usize,
    pub end_index: usize,
    pub end_excluding_whitespaces: usize,
    pub end_including_newline: usize,
    pub hard_break: bool,
    pub ascent: f64,
    pub descent: f64,
    pub height: f64,
    pub width: f64,
    pub left: f64,
    pub baseline: f64,
    pub line_number: usize,
}
pub struct Paragraph {}
impl Paragraph {
    pub fn layout(&mut self, _w: f32) {}
    pub fn paint(&self, _c: &Canvas, _p: impl Into<Point>) {}
    pub fn height(&self) -> f32 {
        0.0
    }
    pub fn min_intrinsic_width(&self) -> f32 {
        0.0
    }
    pub fn max_intrinsic_width(&self) -> f32 {
        0.0
    }
    pub fn line_number(&self) -> usize {
        0
    }
    pub fn get_rects_for_range(
        &self,
        _r: Range<usize>,
        _h: RectHeightStyle,
        _w: RectWidthStyle,
    ) -> Vec<TextBox> {
        Vec::new()
    }
    pub fn get_glyph_position_at_coordinate(&self, _p: impl Into<Point>) -> PositionWithAffinity {
        PositionWithAffinity { position: 0, affinity: Affinity::Downstream }
    }
    pub fn get_glyph_cluster_at(&self, _i: usize) -> Option<GlyphClusterInfo> {
        None
    }
    pub fn get_closest_glyph_cluster_at(&self, _p: impl Into<Point>) -> Option<GlyphClusterInfo> {
        None
    }
    pub fn get_line_number_at(&self, _i: usize) -> Option<usize> {
        None
    }
    pub fn get_line_metrics(&self) -> Vec<LineMetrics> {
        Vec::new()
    }
    pub fn get_line_metrics_at(&self, _i: usize) -> Option<LineMetrics> {
        None
    }
}
