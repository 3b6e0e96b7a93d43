//! Points, sizes, rectangles and rounded rectangles, with Skia's conventions: y grows downwards, a rectangle is its four
//! edges, and a rounded rectangle's radii always fit its sides.

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

/// Corners of a rounded rectangle, clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// Left and up.
    UpperLeft,
    /// Right and up.
    UpperRight,
    /// Right and down.
    LowerRight,
    /// Left and down.
    LowerLeft,
}

/// A rectangle whose corners are quarters of ellipses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RRect {
    rect: Rect,
    radii: [Vector; 4],
}

impl RRect {
    /// As Skia does it: a corner without a positive, finite radius in both directions is square, and if the radii of a side are
    /// longer than it, all shrink by the same factor.
    pub fn new_rect_radii(rect: impl AsRef<Rect>, radii: &[Vector; 4]) -> Self {
        let rect = rect.as_ref().sorted();
        let round = |r: Vector| r.x > 0.0 && r.y > 0.0 && r.is_finite();
        let mut radii = radii.map(|r| if round(r) { r } else { Vector::default() });
        let [a, b, c, d] = radii;
        let mut scale = 1.0f32;
        for (sum, side) in [
            (a.x + b.x, rect.width()),
            (b.y + c.y, rect.height()),
            (c.x + d.x, rect.width()),
            (d.y + a.y, rect.height()),
        ] {
            if sum > side {
                scale = scale.min(side / sum);
            }
        }
        if scale < 1.0 {
            radii = radii.map(|r| Vector::new(r.x * scale, r.y * scale));
        }
        Self { rect, radii }
    }

    /// All corners alike.
    pub fn new_rect_xy(rect: impl AsRef<Rect>, x: f32, y: f32) -> Self {
        Self::new_rect_radii(rect, &[Vector::new(x, y); 4])
    }

    /// Larger on all sides, and round corners as much rounder; square ones stay square. What turns inside out becomes
    /// nothing, in its middle.
    #[must_use]
    pub fn with_outset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        let mut rect = self.rect.with_outset(d);
        if rect.left > rect.right {
            rect.left = rect.center_x();
            rect.right = rect.left;
        }
        if rect.top > rect.bottom {
            rect.top = rect.center_y();
            rect.bottom = rect.top;
        }
        let grown = |r: Vector| if r.x > 0.0 { Vector::new(r.x + d.x, r.y + d.y) } else { r };
        Self::new_rect_radii(rect, &self.radii.map(grown))
    }

    /// Smaller on all sides; see [`RRect::with_outset`].
    #[must_use]
    pub fn with_inset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        self.with_outset((-d.x, -d.y))
    }

    /// The rectangle that it rounds.
    pub fn bounds(&self) -> &Rect {
        &self.rect
    }

    /// From left to right.
    pub fn width(&self) -> f32 {
        self.rect.width()
    }

    /// From top to bottom.
    pub fn height(&self) -> f32 {
        self.rect.height()
    }

    /// The radii of a corner.
    pub fn radii(&self, corner: Corner) -> Vector {
        self.radii[corner as usize]
    }

    pub(crate) fn all_radii(&self) -> &[Vector; 4] {
        &self.radii
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.rect.is_finite() && self.radii.iter().all(|r| r.is_finite())
    }

    pub(crate) fn is_rect(&self) -> bool {
        self.radii == [Vector::default(); 4]
    }

    /// Moved and stretched by positive factors.
    pub(crate) fn scaled(&self, sx: f32, sy: f32, tx: f32, ty: f32) -> Self {
        let r = &self.rect;
        let rect = Rect::new(r.left * sx + tx, r.top * sy + ty, r.right * sx + tx, r.bottom * sy + ty);
        Self { rect, radii: self.radii.map(|r| Vector::new(r.x * sx, r.y * sy)) }
    }

    /// The rectangle that a corner's curve lies in.
    pub(crate) fn corner_box(&self, corner: usize) -> Rect {
        let (rect, r) = (&self.rect, self.radii[corner]);
        match corner {
            0 => Rect::new(rect.left, rect.top, rect.left + r.x, rect.top + r.y),
            1 => Rect::new(rect.right - r.x, rect.top, rect.right, rect.top + r.y),
            2 => Rect::new(rect.right - r.x, rect.bottom - r.y, rect.right, rect.bottom),
            _ => Rect::new(rect.left, rect.bottom - r.y, rect.left + r.x, rect.bottom),
        }
    }

    /// Whether a rectangle lies inside; it does if its corners do, for the shape has no dents.
    pub(crate) fn holds(&self, other: &Rect) -> bool {
        if !self.rect.holds(other) {
            return false;
        }
        (0..4).all(|i| {
            let (x, y) = match i {
                0 => (other.left, other.top),
                1 => (other.right, other.top),
                2 => (other.right, other.bottom),
                _ => (other.left, other.bottom),
            };
            let (r, b) = (self.radii[i], self.corner_box(i));
            // How far from the corner's centre towards the corner, in radii.
            let (cx, dx) = if i == 0 || i == 3 { (b.right, -1.0) } else { (b.left, 1.0) };
            let (cy, dy) = if i < 2 { (b.bottom, -1.0) } else { (b.top, 1.0) };
            let (u, v) = ((x - cx) * dx, (y - cy) * dy);
            r.x <= 0.0 || u <= 0.0 || v <= 0.0 || (u / r.x).powi(2) + (v / r.y).powi(2) <= 1.0
        })
    }

    /// What lies in both this and a rectangle, if that is a rounded rectangle again: every corner must be whole or gone.
    pub(crate) fn cut(&self, other: &Rect) -> Option<Self> {
        let rect = self.rect.common(other);
        if rect.is_empty() {
            return Some(Self::default());
        }
        let mut radii = self.radii;
        for (i, r) in radii.iter_mut().enumerate() {
            let corner = self.corner_box(i);
            if !rect.meets(&corner) {
                *r = Vector::default();
            } else if !rect.holds(&corner) {
                return None;
            }
        }
        Some(Self { rect, radii })
    }
}

impl AsRef<RRect> for RRect {
    fn as_ref(&self) -> &RRect {
        self
    }
}
