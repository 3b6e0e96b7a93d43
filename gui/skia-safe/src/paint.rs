//! Paints.
use crate::{Rect, Shader};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Color(u32);
impl Color {
    pub const TRANSPARENT: Self = Self(0);
    pub const BLACK: Self = Self(0xff00_0000);
    pub const WHITE: Self = Self(0xffff_ffff);
    pub const fn from_argb(a: u8, r: u8, g: u8, b: u8) -> Self {
        Self(u32::from_be_bytes([a, r, g, b]))
    }
    pub const fn from_rgb(r: u8, g: u8, b: u8) -> Self {
        Self::from_argb(255, r, g, b)
    }
    pub const fn a(self) -> u8 {
        self.0.to_be_bytes()[0]
    }
    pub const fn r(self) -> u8 {
        self.0.to_be_bytes()[1]
    }
    pub const fn g(self) -> u8 {
        self.0.to_be_bytes()[2]
    }
    pub const fn b(self) -> u8 {
        self.0.to_be_bytes()[3]
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Color4f {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub a: f32,
}
impl From<Color> for Color4f {
    fn from(c: Color) -> Self {
        Self {
            r: f32::from(c.r()) / 255.0,
            g: f32::from(c.g()) / 255.0,
            b: f32::from(c.b()) / 255.0,
            a: f32::from(c.a()) / 255.0,
        }
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaintStyle {
    #[default]
    Fill,
    Stroke,
    StrokeAndFill,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaintCap {
    #[default]
    Butt,
    Round,
    Square,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlendMode {
    Clear,
    Src,
    Dst,
    #[default]
    SrcOver,
    DstOver,
    SrcIn,
    DstIn,
    SrcOut,
    DstOut,
    SrcATop,
    DstATop,
    Xor,
    Plus,
    Modulate,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColorDodge,
    ColorBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Multiply,
    Hue,
    Saturation,
    Color,
    Luminosity,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlurStyle {
    Normal,
    Solid,
    Outer,
    Inner,
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskFilter {
    pub(crate) sigma: f32,
}
impl MaskFilter {
    pub fn blur(_style: BlurStyle, sigma: f32, _respect_ctm: impl Into<Option<bool>>) -> Option<Self> {
        Some(Self { sigma })
    }
}
#[derive(Clone, Debug, PartialEq)]
pub struct PathEffect {
    pub(crate) intervals: Vec<f32>,
    pub(crate) phase: f32,
}
impl PathEffect {
    pub fn dash(intervals: &[f32], phase: f32) -> Option<Self> {
        Some(Self { intervals: intervals.to_vec(), phase })
    }
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageFilter {
    pub(crate) crop: Rect,
    pub(crate) sigma: f32,
}
pub type CropRect = Rect;
impl ImageFilter {
    pub fn crop(
        rect: impl AsRef<Rect>,
        _tile_mode: impl Into<Option<TileMode>>,
        _input: impl Into<Option<ImageFilter>>,
    ) -> Option<Self> {
        Some(Self { crop: *rect.as_ref(), sigma: 0.0 })
    }
    pub fn blur<'a>(
        self,
        _crop_rect: impl Into<Option<&'a CropRect>>,
        (sigma_x, _sigma_y): (f32, f32),
        _tile_mode: impl Into<Option<TileMode>>,
    ) -> Option<Self> {
        Some(Self { sigma: sigma_x, ..self })
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TileMode {
    #[default]
    Clamp,
    Repeat,
    Mirror,
    Decal,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilterMode {
    #[default]
    Nearest,
    Linear,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamplingOptions {
    pub filter: FilterMode,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipOp {
    Difference,
    #[default]
    Intersect,
}
#[derive(Clone, Debug, Default)]
pub struct Paint {}
impl Paint {
    pub fn set_color(&mut self, _c: impl Into<Color>) -> &mut Self {
        self
    }
    pub fn set_alpha_f(&mut self, _a: f32) -> &mut Self {
        self
    }
    pub fn set_anti_alias(&mut self, _on: bool) -> &mut Self {
        self
    }
    pub fn set_style(&mut self, _s: PaintStyle) -> &mut Self {
        self
    }
    pub fn set_stroke_width(&mut self, _w: f32) -> &mut Self {
        self
    }
    pub fn set_stroke_cap(&mut self, _c: PaintCap) -> &mut Self {
        self
    }
    pub fn set_blend_mode(&mut self, _m: BlendMode) -> &mut Self {
        self
    }
    pub fn set_shader(&mut self, _s: impl Into<Option<Shader>>) -> &mut Self {
        self
    }
    pub fn set_mask_filter(&mut self, _m: impl Into<Option<MaskFilter>>) -> &mut Self {
        self
    }
    pub fn set_path_effect(&mut self, _p: impl Into<Option<PathEffect>>) -> &mut Self {
        self
    }
    pub fn set_image_filter(&mut self, _f: impl Into<Option<ImageFilter>>) -> &mut Self {
        self
    }
}
