//! Points, sizes and rectangles, with Skia's conventions: y grows downwards, and a rectangle is its four edges.

use crate::kurbo;

/// A point, or a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A difference of two points.
pub type Vector = Point;

impl Point {
    /// The point at x and y.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn to_kurbo(self) -> kurbo::Point {
        kurbo::Point::new(self.x.into(), self.y.into())
    }

    pub(crate) fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

impl From<(f32, f32)> for Point {
    fn from((x, y): (f32, f32)) -> Self {
        Self { x, y }
    }
}

impl From<(i32, i32)> for Point {
    fn from((x, y): (i32, i32)) -> Self {
        Self { x: x as f32, y: y as f32 }
    }
}

/// A point in whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IPoint {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// Width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl From<(f32, f32)> for Size {
    fn from((width, height): (f32, f32)) -> Self {
        Self { width, height }
    }
}

/// Width and height in whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ISize {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl From<(i32, i32)> for ISize {
    fn from((width, height): (i32, i32)) -> Self {
        Self { width, height }
    }
}

/// A rectangle between four edges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub left: f32,
    /// The upper edge.
    pub top: f32,
    /// The right edge.
    pub right: f32,
    /// The lower edge.
    pub bottom: f32,
}

impl Rect {
    /// The rectangle between these edges.
    pub const fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    /// The rectangle of a width and height at a corner.
    pub fn from_xywh(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self::new(x, y, x + w, y + h)
    }

    /// The left edge.
    pub fn x(&self) -> f32 {
        self.left
    }

    /// The upper edge.
    pub fn y(&self) -> f32 {
        self.top
    }

    /// The left edge.
    pub fn left(&self) -> f32 {
        self.left
    }

    /// The upper edge.
    pub fn top(&self) -> f32 {
        self.top
    }

    /// The right edge.
    pub fn right(&self) -> f32 {
        self.right
    }

    /// The lower edge.
    pub fn bottom(&self) -> f32 {
        self.bottom
    }

    /// From left to right; negative in an unsorted rectangle.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// From top to bottom; negative in an unsorted rectangle.
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Halfway between left and right.
    pub fn center_x(&self) -> f32 {
        0.5 * (self.left + self.right)
    }

    /// Halfway between top and bottom.
    pub fn center_y(&self) -> f32 {
        0.5 * (self.top + self.bottom)
    }

    /// Smaller by x on the left and on the right, and by y above and below.
    #[must_use]
    pub fn with_inset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new(self.left + d.x, self.top + d.y, self.right - d.x, self.bottom - d.y)
    }

    /// Larger by x on the left and on the right, and by y above and below.
    #[must_use]
    pub fn with_outset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        self.with_inset((-d.x, -d.y))
    }

    /// Moved.
    #[must_use]
    pub fn with_offset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new(self.left + d.x, self.top + d.y, self.right + d.x, self.bottom + d.y)
    }

    /// Whether nothing lies inside. Also true of what is not a number.
    pub fn is_empty(&self) -> bool {
        !(self.left < self.right && self.top < self.bottom)
    }

    pub(crate) fn is_finite(&self) -> bool {
        // The sum of anything not finite is not finite.
        (self.left * 0.0 + self.top * 0.0 + self.right * 0.0 + self.bottom * 0.0) == 0.0
    }

    pub(crate) fn sorted(&self) -> Self {
        Self::new(
            self.left.min(self.right),
            self.top.min(self.bottom),
            self.left.max(self.right),
            self.top.max(self.bottom),
        )
    }

    /// What lies in both; empty (and zero) if nothing does.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let both = Self::new(
            self.left.max(other.left),
            self.top.max(other.top),
            self.right.min(other.right),
            self.bottom.min(other.bottom),
        );
        if both.is_empty() { Self::default() } else { both }
    }

    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(crate) fn to_kurbo(self) -> kurbo::Rect {
        kurbo::Rect::new(self.left.into(), self.top.into(), self.right.into(), self.bottom.into())
    }

    pub(crate) fn from_kurbo(r: kurbo::Rect) -> Self {
        Self::new(r.x0 as f32, r.y0 as f32, r.x1 as f32, r.y1 as f32)
    }
}

impl AsRef<Rect> for Rect {
    fn as_ref(&self) -> &Rect {
        self
    }
}
