//! Colours, and how they meet what is there.

use vello_cpu::peniko::{self, Compose, Mix};

/// A colour of four bytes, its alpha not multiplied in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Color(u32);

impl Color {
    /// Nothing.
    pub const TRANSPARENT: Self = Self(0);
    /// Black.
    pub const BLACK: Self = Self(0xff00_0000);
    /// White.
    pub const WHITE: Self = Self(0xffff_ffff);

    /// From alpha, red, green and blue.
    pub const fn from_argb(a: u8, r: u8, g: u8, b: u8) -> Self {
        Self(u32::from_be_bytes([a, r, g, b]))
    }

    /// Opaque, from red, green and blue.
    pub const fn from_rgb(r: u8, g: u8, b: u8) -> Self {
        Self::from_argb(255, r, g, b)
    }

    /// Alpha.
    pub const fn a(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// Red.
    pub const fn r(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// Green.
    pub const fn g(self) -> u8 {
        self.0.to_be_bytes()[2]
    }

    /// Blue.
    pub const fn b(self) -> u8 {
        self.0.to_be_bytes()[3]
    }
}

/// A colour of four numbers from 0 to 1, its alpha not multiplied in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Color4f {
    /// Red.
    pub r: f32,
    /// Green.
    pub g: f32,
    /// Blue.
    pub b: f32,
    /// Alpha.
    pub a: f32,
}

impl Color4f {
    /// From red, green, blue and alpha.
    pub const fn new(r: f32, g: f32, b: f32, a: f32) -> Self {
        Self { r, g, b, a }
    }

    /// With every number in range, and 0 for what is none.
    pub(crate) fn clamped(self) -> Self {
        let clamp = |x: f32| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) };
        Self::new(clamp(self.r), clamp(self.g), clamp(self.b), clamp(self.a))
    }

    /// Four bytes: red, green, blue and alpha, multiplied in.
    pub(crate) fn to_premul_bytes(self) -> [u8; 4] {
        let byte = |x: f32| (x * 255.0 + 0.5) as u8;
        [byte(self.r * self.a), byte(self.g * self.a), byte(self.b * self.a), byte(self.a)]
    }
}

impl From<Color> for Color4f {
    fn from(c: Color) -> Self {
        let [a, r, g, b] = c.0.to_be_bytes().map(|x| f32::from(x) / 255.0);
        Self { r, g, b, a }
    }
}

/// How what is drawn (source) meets what is there (destination).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the W3C's compositing draft, which says it all")]
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
    /// The product, alpha too. Drawn as `Multiply`, which is the same on opaque ground.
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

impl BlendMode {
    pub(crate) fn to_peniko(self) -> peniko::BlendMode {
        let compose = |c| peniko::BlendMode::new(Mix::Normal, c);
        let mix = |m| peniko::BlendMode::new(m, Compose::SrcOver);
        match self {
            Self::Clear => compose(Compose::Clear),
            Self::Src => compose(Compose::Copy),
            Self::Dst => compose(Compose::Dest),
            Self::SrcOver => compose(Compose::SrcOver),
            Self::DstOver => compose(Compose::DestOver),
            Self::SrcIn => compose(Compose::SrcIn),
            Self::DstIn => compose(Compose::DestIn),
            Self::SrcOut => compose(Compose::SrcOut),
            Self::DstOut => compose(Compose::DestOut),
            Self::SrcATop => compose(Compose::SrcAtop),
            Self::DstATop => compose(Compose::DestAtop),
            Self::Xor => compose(Compose::Xor),
            Self::Plus => compose(Compose::Plus),
            Self::Modulate | Self::Multiply => mix(Mix::Multiply),
            Self::Screen => mix(Mix::Screen),
            Self::Overlay => mix(Mix::Overlay),
            Self::Darken => mix(Mix::Darken),
            Self::Lighten => mix(Mix::Lighten),
            Self::ColorDodge => mix(Mix::ColorDodge),
            Self::ColorBurn => mix(Mix::ColorBurn),
            Self::HardLight => mix(Mix::HardLight),
            Self::SoftLight => mix(Mix::SoftLight),
            Self::Difference => mix(Mix::Difference),
            Self::Exclusion => mix(Mix::Exclusion),
            Self::Hue => mix(Mix::Hue),
            Self::Saturation => mix(Mix::Saturation),
            Self::Color => mix(Mix::Color),
            Self::Luminosity => mix(Mix::Luminosity),
        }
    }

    /// Whether it leaves nothing where nothing was, so that only what is drawn already can change.
    pub(crate) fn needs_ground(self) -> bool {
        matches!(self, Self::Clear | Self::Dst | Self::SrcIn | Self::DstIn | Self::DstOut | Self::SrcATop)
    }
}
