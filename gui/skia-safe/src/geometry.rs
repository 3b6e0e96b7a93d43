//! Points, rectangles, matrices.
use std::ops::{Index, IndexMut, Mul};

/// A point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}
impl Point {
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
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
pub type Vector = Point;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IPoint {
    pub x: i32,
    pub y: i32,
}
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f32,
    pub height: f32,
}
impl From<(f32, f32)> for Size {
    fn from((width, height): (f32, f32)) -> Self {
        Self { width, height }
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ISize {
    pub width: i32,
    pub height: i32,
}
impl From<(i32, i32)> for ISize {
    fn from((width, height): (i32, i32)) -> Self {
        Self { width, height }
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}
impl Rect {
    pub const fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }
    pub fn x(&self) -> f32 {
        self.left
    }
    pub fn y(&self) -> f32 {
        self.top
    }
    pub fn left(&self) -> f32 {
        self.left
    }
    pub fn top(&self) -> f32 {
        self.top
    }
    pub fn right(&self) -> f32 {
        self.right
    }
    pub fn bottom(&self) -> f32 {
        self.bottom
    }
    pub fn width(&self) -> f32 {
        self.right - self.left
    }
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }
    pub fn center_x(&self) -> f32 {
        0.5 * (self.left + self.right)
    }
    pub fn center_y(&self) -> f32 {
        0.5 * (self.top + self.bottom)
    }
    pub fn with_inset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new(self.left + d.x, self.top + d.y, self.right - d.x, self.bottom - d.y)
    }
    pub fn with_outset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new(self.left - d.x, self.top - d.y, self.right + d.x, self.bottom + d.y)
    }
}
impl AsRef<Rect> for Rect {
    fn as_ref(&self) -> &Rect {
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    UpperLeft,
    UpperRight,
    LowerRight,
    LowerLeft,
}
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RRect {
    rect: Rect,
    radii: [Vector; 4],
}
impl RRect {
    pub fn new_rect_radii(rect: impl AsRef<Rect>, radii: &[Vector; 4]) -> Self {
        Self { rect: *rect.as_ref(), radii: *radii }
    }
    pub fn with_outset(&self, d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self { rect: self.rect.with_outset(d), radii: self.radii }
    }
    pub fn bounds(&self) -> &Rect {
        &self.rect
    }
    pub fn width(&self) -> f32 {
        self.rect.width()
    }
    pub fn height(&self) -> f32 {
        self.rect.height()
    }
    pub fn radii(&self, corner: Corner) -> Vector {
        self.radii[corner as usize]
    }
}
impl AsRef<RRect> for RRect {
    fn as_ref(&self) -> &RRect {
        self
    }
}

/// A 3 x 3 matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    m: [f32; 9],
}
impl Default for Matrix {
    fn default() -> Self {
        Self::new_identity()
    }
}
impl Matrix {
    pub const fn new_identity() -> Self {
        Self { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] }
    }
    #[allow(clippy::too_many_arguments)]
    pub fn new_all(a: f32, b: f32, c: f32, d: f32, e: f32, f: f32, g: f32, h: f32, i: f32) -> Self {
        Self { m: [a, b, c, d, e, f, g, h, i] }
    }
    pub fn translate(d: impl Into<Vector>) -> Self {
        let d = d.into();
        Self::new_all(1.0, 0.0, d.x, 0.0, 1.0, d.y, 0.0, 0.0, 1.0)
    }
    pub fn scale((sx, sy): (f32, f32)) -> Self {
        Self::new_all(sx, 0.0, 0.0, 0.0, sy, 0.0, 0.0, 0.0, 1.0)
    }
    pub fn skew((kx, ky): (f32, f32)) -> Self {
        Self::new_all(1.0, kx, 0.0, ky, 1.0, 0.0, 0.0, 0.0, 1.0)
    }
    pub fn rotate_rad(r: f32) -> Self {
        let (s, c) = r.sin_cos();
        Self::new_all(c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0)
    }
    pub fn invert(&self) -> Option<Self> {
        Some(*self)
    }
    pub fn map_rect(&self, rect: impl AsRef<Rect>) -> (Rect, bool) {
        (*rect.as_ref(), true)
    }
    pub fn rect_2_rect(
        _src: impl AsRef<Rect>,
        _dst: impl AsRef<Rect>,
        _fit: impl Into<Option<ScaleToFit>>,
    ) -> Option<Self> {
        Some(Self::new_identity())
    }
    pub fn map_point(&self, p: impl Into<Point>) -> Point {
        p.into()
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleToFit {
    Fill,
    Start,
    Center,
    End,
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
    fn mul(self, _r: Self) -> Self {
        self
    }
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct M44 {
    pub matrix: Matrix,
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
