//! Paths.
use crate::{Matrix, Point, RRect, Rect, Vector};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PathDirection {
    #[default]
    CW,
    CCW,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathOp {
    Difference,
    Intersect,
    Union,
    XOR,
    ReverseDifference,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArcSize {
    Small,
    Large,
}
#[derive(Clone, Debug, Default)]
pub struct Path {
    bounds: Rect,
}
impl Path {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn bounds(&self) -> &Rect {
        &self.bounds
    }
    #[must_use]
    pub fn make_offset(&self, _d: impl Into<Vector>) -> Self {
        self.clone()
    }
    #[must_use]
    pub fn make_transform(&self, _m: &Matrix) -> Self {
        self.clone()
    }
    pub fn op(&self, _other: &Path, _op: PathOp) -> Option<Self> {
        Some(self.clone())
    }
    pub fn rect(rect: impl AsRef<Rect>, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self { bounds: *rect.as_ref() }
    }
    pub fn circle(_center: impl Into<Point>, _radius: f32, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self::default()
    }
    pub fn rrect(rrect: impl AsRef<RRect>, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self { bounds: *rrect.as_ref().bounds() }
    }
    pub fn line(_a: impl Into<Point>, _b: impl Into<Point>) -> Self {
        Self::default()
    }
}
#[derive(Debug, Default)]
pub struct PathBuilder {}
impl PathBuilder {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn move_to(&mut self, _p: impl Into<Point>) -> &mut Self {
        self
    }
    pub fn line_to(&mut self, _p: impl Into<Point>) -> &mut Self {
        self
    }
    pub fn quad_to(&mut self, _a: impl Into<Point>, _b: impl Into<Point>) -> &mut Self {
        self
    }
    pub fn cubic_to(
        &mut self,
        _a: impl Into<Point>,
        _b: impl Into<Point>,
        _c: impl Into<Point>,
    ) -> &mut Self {
        self
    }
    pub fn r_arc_to(
        &mut self,
        _r: impl Into<Point>,
        _x_axis_rotate: f32,
        _large: ArcSize,
        _sweep: PathDirection,
        _d: impl Into<Point>,
    ) -> &mut Self {
        self
    }
    pub fn arc_to(
        &mut self,
        _oval: impl AsRef<Rect>,
        _start_degrees: f32,
        _sweep_degrees: f32,
        _force_move_to: bool,
    ) -> &mut Self {
        self
    }
    pub fn add_circle(
        &mut self,
        _c: impl Into<Point>,
        _r: f32,
        _dir: impl Into<Option<PathDirection>>,
    ) -> &mut Self {
        self
    }
    pub fn add_rect(
        &mut self,
        _r: impl AsRef<Rect>,
        _dir: impl Into<Option<PathDirection>>,
        _start: impl Into<Option<usize>>,
    ) -> &mut Self {
        self
    }
    pub fn add_rrect(
        &mut self,
        _r: impl AsRef<RRect>,
        _dir: impl Into<Option<PathDirection>>,
        _start: impl Into<Option<usize>>,
    ) -> &mut Self {
        self
    }
    pub fn close(&mut self) -> &mut Self {
        self
    }
    pub fn offset(&mut self, _d: impl Into<Vector>) -> &mut Self {
        self
    }
    pub fn detach(&mut self) -> Path {
        Path::default()
    }
}
