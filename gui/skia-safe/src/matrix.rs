//! Matrices: nine numbers in rows, `[scale x, skew x, move x, skew y, scale y, move y, …]`. The product `a * b` applies `b`
//! first. The third row, perspective, is kept but not drawn.

use crate::{Point, Rect, Vector, kurbo::Affine};
use std::ops::{Index, IndexMut, Mul};

/// A 3 × 3 matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    m: [f32; 9],
}

/// How a rectangle is fitted into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleToFit {
    /// Each direction by its own factor.
    Fill,
    /// Both by the smaller factor, at the upper left.
    Start,
    /// Both by the smaller factor, in the middle.
    Center,
    /// Both by the smaller factor, at the lower right.
    End,
}

impl Default for Matrix {
    fn default() -> Self {
        Self::new_identity()
    }
}

impl Matrix {
    /// Changes nothing.
    pub const fn new_identity() -> Self {
        Self { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] }
    }

    /// From all nine numbers, row by row.
    #[allow(clippy::too_many_arguments)] // Skia's signature.
    pub fn new_all(a: f32, b: f32, c: f32, d: f32, e: f32, f: f32, g: f32, h: f32, i: f32) -> Self {
        Self { m: [a, b, c, d, e, f, g, h, i] }
    }

    /// Moves.
    pub fn translate(d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new_all(1.0, 0.0, d.x, 0.0, 1.0, d.y, 0.0, 0.0, 1.0)
    }

    /// Stretches around the origin.
    pub fn scale((sx, sy): (f32, f32)) -> Self {
        Self::new_all(sx, 0.0, 0.0, 0.0, sy, 0.0, 0.0, 0.0, 1.0)
    }

    /// Slants.
    pub fn skew((kx, ky): (f32, f32)) -> Self {
        Self::new_all(1.0, kx, 0.0, ky, 1.0, 0.0, 0.0, 0.0, 1.0)
    }

    /// Turns clockwise, as y grows downwards.
    pub fn rotate_rad(r: f32) -> Self {
        let (s, c) = r.sin_cos();
        Self::new_all(c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0)
    }

    /// What undoes it, if anything does.
    pub fn invert(&self) -> Option<Self> {
        let m = self.m.map(f64::from);
        let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
        let adjugate = [
            minor(4, 5, 7, 8),
            -minor(1, 2, 7, 8),
            minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8),
            minor(0, 2, 6, 8),
            -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7),
            -minor(0, 1, 6, 7),
            minor(0, 1, 3, 4),
        ];
        let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
        let inverse = adjugate.map(|x| (x / determinant) as f32);
        (determinant != 0.0 && inverse.iter().all(|x| x.is_finite())).then_some(Self { m: inverse })
    }

    /// The bounds of the mapped rectangle, and whether that is all of it: no turn but by quarters.
    pub fn map_rect(&self, rect: impl AsRef<Rect>) -> (Rect, bool) {
        let r = rect.as_ref();
        let corners = [(r.left, r.top), (r.right, r.top), (r.right, r.bottom), (r.left, r.bottom)];
        let [first, rest @ ..] = corners.map(|p| self.map_point(p));
        let around = Rect::new(first.x, first.y, first.x, first.y);
        let rect = rest.iter().fold(around, |rect, p| {
            Rect::new(rect.left.min(p.x), rect.top.min(p.y), rect.right.max(p.x), rect.bottom.max(p.y))
        });
        let m = &self.m;
        let stays = (m[1] == 0.0 && m[3] == 0.0) || (m[0] == 0.0 && m[4] == 0.0);
        (rect, stays && m[6] == 0.0 && m[7] == 0.0)
    }

    /// Where a point goes.
    pub fn map_point(&self, p: impl Into<Point>) -> Point {
        let (p, m) = (p.into(), &self.m);
        Point::new(m[0] * p.x + m[1] * p.y + m[2], m[3] * p.x + m[4] * p.y + m[5])
    }

    /// Maps one rectangle onto another; `None` if the source is empty.
    pub fn rect_2_rect(
        src: impl AsRef<Rect>,
        dst: impl AsRef<Rect>,
        fit: impl Into<Option<ScaleToFit>>,
    ) -> Option<Self> {
        let (src, dst) = (src.as_ref(), dst.as_ref());
        if src.is_empty() {
            return None;
        }
        if dst.is_empty() {
            return Some(Self::new_all(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0));
        }
        let (mut sx, mut sy) = (dst.width() / src.width(), dst.height() / src.height());
        let fit = fit.into().unwrap_or(ScaleToFit::Fill);
        if fit != ScaleToFit::Fill {
            sx = sx.min(sy);
            sy = sx;
        }
        let spare = match fit {
            ScaleToFit::Center => 0.5,
            ScaleToFit::End => 1.0,
            ScaleToFit::Fill | ScaleToFit::Start => 0.0,
        };
        let tx = dst.left - src.left * sx + spare * (dst.width() - src.width() * sx);
        let ty = dst.top - src.top * sy + spare * (dst.height() - src.height() * sy);
        Some(Self::new_all(sx, 0.0, tx, 0.0, sy, ty, 0.0, 0.0, 1.0))
    }

    pub(crate) fn to_kurbo(self) -> Affine {
        let m = self.m.map(f64::from);
        Affine::new([m[0], m[3], m[1], m[4], m[2], m[5]])
    }

    pub(crate) fn from_kurbo(a: Affine) -> Self {
        let [a, b, c, d, e, f] = a.as_coeffs().map(|x| x as f32);
        Self::new_all(a, c, e, b, d, f, 0.0, 0.0, 1.0)
    }
}

impl Index<usize> for Matrix {
    type Output = f32;

    fn index(&self, i: usize) -> &f32 {
        &self.m[i]
    }
}

impl IndexMut<usize> for Matrix {
    fn index_mut(&mut self, i: usize) -> &mut f32 {
        &mut self.m[i]
    }
}

impl Mul for Matrix {
    type Output = Self;

    fn mul(self, r: Self) -> Self {
        let product = |i: usize| {
            let (row, column) = (i / 3 * 3, i % 3);
            (0..3).map(|k| self.m[row + k] * r.m[k * 3 + column]).sum()
        };
        Self { m: std::array::from_fn(product) }
    }
}

/// A 4 × 4 matrix; only what a [`Matrix`] says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct M44 {
    pub(crate) matrix: Matrix,
}

impl From<&Matrix> for M44 {
    fn from(m: &Matrix) -> Self {
        Self { matrix: *m }
    }
}

impl From<Matrix> for M44 {
    fn from(m: Matrix) -> Self {
        Self { matrix: m }
    }
}
