//! Fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(i32);
impl Weight {
    pub const INVISIBLE: Self = Self(0);
    pub const THIN: Self = Self(100);
    pub const EXTRA_LIGHT: Self = Self(200);
    pub const LIGHT: Self = Self(300);
    pub const NORMAL: Self = Self(400);
    pub const MEDIUM: Self = Self(500);
    pub const SEMI_BOLD: Self = Self(600);
    pub const BOLD: Self = Self(700);
    pub const EXTRA_BOLD: Self = Self(800);
    pub const BLACK: Self = Self(900);
    pub const EXTRA_BLACK: Self = Self(1000);
}
impl From<i32> for Weight {
    fn from(w: i32) -> Self {
        Self(w)
    }
}
impl std::ops::Deref for Weight {
    type Target = i32;
    fn deref(&self) -> &i32 {
        &self.0
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Width(i32);
impl Width {
    pub const ULTRA_CONDENSED: Self = Self(1);
    pub const EXTRA_CONDENSED: Self = Self(2);
    pub const CONDENSED: Self = Self(3);
    pub const SEMI_CONDENSED: Self = Self(4);
    pub const NORMAL: Self = Self(5);
    pub const SEMI_EXPANDED: Self = Self(6);
    pub const EXPANDED: Self = Self(7);
    pub const EXTRA_EXPANDED: Self = Self(8);
    pub const ULTRA_EXPANDED: Self = Self(9);
}
impl From<i32> for Width {
    fn from(w: i32) -> Self {
        Self(w)
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slant {
    #[default]
    Upright,
    Italic,
    Oblique,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FontStyle {
    pub(crate) weight: Weight,
    pub(crate) width: Width,
    pub(crate) slant: Slant,
}
impl FontStyle {
    pub fn new(weight: Weight, width: Width, slant: Slant) -> Self {
        Self { weight, width, slant }
    }
}
impl Default for FontStyle {
    fn default() -> Self {
        Self::new(Weight::NORMAL, Width::NORMAL, Slant::Upright)
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FourByteTag(u32);
impl FourByteTag {
    pub const fn from_chars(a: char, b: char, c: char, d: char) -> Self {
        Self(((a as u32) << 24) | ((b as u32) << 16) | ((c as u32) << 8) | d as u32)
    }
}
impl From<(char, char, char, char)> for FourByteTag {
    fn from((a, b, c, d): (char, char, char, char)) -> Self {
        Self::from_chars(a, b, c, d)
    }
}
impl From<u32> for FourByteTag {
    fn from(t: u32) -> Self {
        Self(t)
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coordinate {
    pub axis: FourByteTag,
    pub value: f32,
}
#[derive(Clone, Copy, Debug)]
pub struct VariationPosition<'a> {
    pub coordinates: &'a [Coordinate],
}
#[derive(Clone, Debug, Default)]
pub struct FontArguments<'a> {
    pub(crate) coordinates: Option<&'a [Coordinate]>,
}
impl<'a> FontArguments<'a> {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn set_variation_design_position(mut self, p: VariationPosition<'a>) -> Self {
        self.coordinates = Some(p.coordinates);
        self
    }
}
#[derive(Clone, Debug, Default)]
pub struct FontMgr {}
#[derive(Clone, Debug)]
pub struct Typeface {}
impl FontMgr {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn new_from_data(&self, _b: &[u8], _i: impl Into<Option<usize>>) -> Option<Typeface> {
        Some(Typeface {})
    }
}
