//! Rounded rectangles. Their radii always fit their sides.

use crate::{Rect, Vector};

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
