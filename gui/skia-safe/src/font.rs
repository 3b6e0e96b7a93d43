//! What a font is asked to be, and where fonts come from.
//!
//! There are no system fonts here: an editor looks the same on every machine, and needs no font library of the system. One variable
//! font ships with the crate (see `assets/README.md`) and stands in for every family that nobody registered.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// How bold a font is, 400 being normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(i32);

/// Weights by their CSS names.
#[allow(missing_docs)]
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
    fn from(weight: i32) -> Self {
        Self(weight)
    }
}

impl Deref for Weight {
    type Target = i32;

    fn deref(&self) -> &i32 {
        &self.0
    }
}

/// How wide a font is, in the nine steps of OpenType's `usWidthClass`, 5 being normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Width(i32);

/// Widths by their CSS names.
#[allow(missing_docs)]
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

    /// The width as a part of the normal one (OpenType, `OS/2`, usWidthClass).
    pub(crate) fn ratio(self) -> f32 {
        const RATIOS: [f32; 9] = [0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25, 1.5, 2.0];
        RATIOS[(self.0.clamp(1, 9) - 1) as usize]
    }
}

impl From<i32> for Width {
    fn from(width: i32) -> Self {
        Self(width)
    }
}

/// How a font leans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slant {
    /// Not at all.
    #[default]
    Upright,
    /// By letters of their own.
    Italic,
    /// By leaning the upright letters.
    Oblique,
}

/// Weight, width and slant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FontStyle {
    pub(crate) weight: Weight,
    pub(crate) width: Width,
    pub(crate) slant: Slant,
}

impl FontStyle {
    /// The three together.
    pub fn new(weight: Weight, width: Width, slant: Slant) -> Self {
        Self { weight, width, slant }
    }
}

impl Default for FontStyle {
    fn default() -> Self {
        Self::new(Weight::NORMAL, Width::NORMAL, Slant::Upright)
    }
}

/// The name of an axis of a variable font.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FourByteTag(u32);

impl FourByteTag {
    /// Of four characters of ASCII.
    pub const fn from_chars(a: char, b: char, c: char, d: char) -> Self {
        Self(u32::from_be_bytes([a as u8, b as u8, c as u8, d as u8]))
    }

    pub(crate) fn bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl From<(char, char, char, char)> for FourByteTag {
    fn from((a, b, c, d): (char, char, char, char)) -> Self {
        Self::from_chars(a, b, c, d)
    }
}

impl From<u32> for FourByteTag {
    fn from(tag: u32) -> Self {
        Self(tag)
    }
}

/// A place on one axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coordinate {
    /// The axis.
    pub axis: FourByteTag,
    /// The place, in the axis' own units.
    pub value: f32,
}

/// A place on several axes.
#[derive(Clone, Copy, Debug)]
pub struct VariationPosition<'a> {
    /// Axes that are not named stay where they are.
    pub coordinates: &'a [Coordinate],
}

/// What a font is set to beside its style.
#[derive(Clone, Debug, Default)]
pub struct FontArguments<'a> {
    pub(crate) coordinates: &'a [Coordinate],
}

impl<'a> FontArguments<'a> {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets axes of a variable font.
    #[must_use]
    pub fn set_variation_design_position(self, position: VariationPosition<'a>) -> Self {
        Self { coordinates: position.coordinates }
    }
}

/// A font in memory.
#[derive(Clone, Debug)]
pub struct Typeface {
    pub(crate) data: Arc<[u8]>,
    pub(crate) alias: Option<String>,
}

/// Fonts, in the order in which they were registered; clones share them.
pub(crate) type Typefaces = Arc<Mutex<Vec<Typeface>>>;

/// Where fonts come from: those that were registered with a [`TypefaceFontProvider`](crate::textlayout::TypefaceFontProvider).
#[derive(Clone, Debug, Default)]
pub struct FontMgr {
    pub(crate) typefaces: Typefaces,
}

impl FontMgr {
    /// A manager that knows no fonts but the one that ships with the crate.
    pub fn new() -> Self {
        Self::default()
    }

    /// A font from the bytes of a TrueType or OpenType file. The second argument would choose one of a collection;
    /// all of them are registered.
    pub fn new_from_data(&self, bytes: &[u8], _index: impl Into<Option<usize>>) -> Option<Typeface> {
        const SIGNATURES: [&[u8]; 4] = [&[0, 1, 0, 0], b"OTTO", b"true", b"ttcf"];
        let is_font = SIGNATURES.iter().any(|signature| bytes.starts_with(signature));
        is_font.then(|| Typeface { data: bytes.into(), alias: None })
    }

    pub(crate) fn count(&self) -> usize {
        self.typefaces.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
