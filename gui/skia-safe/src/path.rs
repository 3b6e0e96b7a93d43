//! Paths. What is a rectangle or a rounded one stays known as such, so that clips, cuts and shadows of it are exact and
//! cheap; a clone shares its points.

use crate::{
    Matrix, PathBuilder, Point, RRect, Rect, Vector,
    canvas::outline::lines,
    kurbo::{self, Affine, BezPath},
};
use i_overlay::{
    core::{fill_rule::FillRule, overlay_rule::OverlayRule},
    float::single::SingleFloatOverlay,
};
use std::sync::Arc;

/// Which way around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::upper_case_acronyms, reason = "the names of skia-safe")]
pub enum PathDirection {
    /// Clockwise.
    #[default]
    CW,
    /// Against the clock.
    CCW,
}

/// What of two paths is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::upper_case_acronyms, reason = "the names of skia-safe")]
pub enum PathOp {
    /// The first without the second.
    Difference,
    /// What is in both.
    Intersect,
    /// What is in any.
    Union,
    /// What is in one of them only.
    XOR,
    /// The second without the first.
    ReverseDifference,
}

/// What is known of a path's shape.
#[derive(Clone, Debug, Default)]
pub(crate) enum Shape {
    #[default]
    Empty,
    /// A rectangle, if its radii are 0.
    RRect(RRect),
    /// A path without a rounded rectangle: an inner shadow.
    Hole(Path, RRect),
    Bez(BezPath),
}

#[derive(Debug, Default)]
struct Inner {
    shape: Shape,
    bounds: Rect,
    /// Filled by the even-odd rule. Only SVG pictures have such paths; cuts and unions take them by the other rule.
    even_odd: bool,
}

/// A path, never changed once it is made.
#[derive(Clone, Debug, Default)]
pub struct Path(Arc<Inner>);

impl Path {
    /// The empty path.
    pub fn new() -> Self {
        Self::default()
    }

    /// A rectangle.
    pub fn rect(rect: impl AsRef<Rect>, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self::rrect(RRect::new_rect_radii(rect, &[Vector::default(); 4]), None)
    }

    /// A circle.
    pub fn circle(center: impl Into<Point>, radius: f32, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self::rrect(circle(center.into(), radius), None)
    }

    /// A rounded rectangle.
    pub fn rrect(rrect: impl AsRef<RRect>, _dir: impl Into<Option<PathDirection>>) -> Self {
        Self::from_shape(Shape::RRect(*rrect.as_ref()))
    }

    /// A line.
    pub fn line(a: impl Into<Point>, b: impl Into<Point>) -> Self {
        let mut path = PathBuilder::new();
        path.move_to(a).line_to(b);
        path.detach()
    }

    /// The smallest rectangle that holds all points, control points too.
    pub fn bounds(&self) -> &Rect {
        &self.0.bounds
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        matches!(self.0.shape, Shape::Empty)
    }

    /// The path, moved.
    #[must_use]
    pub fn make_offset(&self, d: impl Into<Vector>) -> Self {
        self.make_transform(&Matrix::translate(d))
    }

    /// The path, transformed.
    #[must_use]
    pub fn make_transform(&self, matrix: &Matrix) -> Self {
        if *matrix == Matrix::new_identity() {
            return self.clone();
        }
        let affine = matrix.to_kurbo();
        if !affine.is_finite() {
            return Self::default();
        }
        match (&self.0.shape, stretch(affine)) {
            (Shape::Empty, _) => self.clone(),
            (Shape::RRect(r), Some((sx, sy, tx, ty))) => Self::rrect(r.scaled(sx, sy, tx, ty), None),
            (Shape::Hole(outer, r), Some((sx, sy, tx, ty))) => {
                Self::from_shape(Shape::Hole(outer.make_transform(matrix), r.scaled(sx, sy, tx, ty)))
            }
            _ => Self::from_bez(affine * self.to_bez()),
        }
    }

    /// What two paths leave. Exact where one holds the other, where both are rectangles, and where a rectangle cuts a
    /// rounded one between its corners; otherwise curves become lines that differ by less than a hundredth of a pixel.
    /// Never `None`, because vizia relies on that: with a coordinate that is not finite nothing is left.
    pub fn op(&self, other: &Path, op: PathOp) -> Option<Self> {
        let (a, b) = (self, other);
        if !a.0.bounds.is_finite() || !b.0.bounds.is_finite() {
            return Some(Self::default());
        }
        match op {
            PathOp::ReverseDifference => return b.op(a, PathOp::Difference),
            PathOp::Intersect => {
                if !a.bounds().meets(b.bounds()) {
                    return Some(Self::default());
                }
                if b.holds(a.bounds()) {
                    return Some(a.clone());
                }
                if a.holds(b.bounds()) {
                    return Some(b.clone());
                }
                if let (Shape::RRect(x), Shape::RRect(y)) = (&a.0.shape, &b.0.shape) {
                    let cut = if y.is_rect() { x.cut(y.bounds()) } else { None };
                    let cut = cut.or_else(|| if x.is_rect() { y.cut(x.bounds()) } else { None });
                    if let Some(cut) = cut {
                        return Some(Self::rrect(cut, None));
                    }
                }
            }
            PathOp::Difference => {
                if !a.bounds().meets(b.bounds()) {
                    return Some(a.clone());
                }
                if b.holds(a.bounds()) {
                    return Some(Self::default());
                }
                if let Shape::RRect(hole) = &b.0.shape {
                    return Some(Self::from_shape(Shape::Hole(a.clone(), *hole)));
                }
            }
            PathOp::Union | PathOp::XOR => {}
        }
        Some(Self::from_bez(overlay(a, b, op)))
    }

    pub(crate) fn from_shape(shape: Shape) -> Self {
        let bounds = match &shape {
            Shape::Empty => Rect::default(),
            Shape::RRect(r) if !r.is_finite() => return Self::default(),
            Shape::RRect(r) => *r.bounds(),
            Shape::Hole(outer, r) if !r.is_finite() => return outer.clone(),
            Shape::Hole(outer, _) => *outer.bounds(),
            Shape::Bez(bez) if bez.elements().is_empty() => return Self::default(),
            Shape::Bez(bez) => Rect::from_kurbo(bez.control_box()),
        };
        Self(Arc::new(Inner { shape, bounds, even_odd: false }))
    }

    pub(crate) fn from_bez(bez: BezPath) -> Self {
        Self::from_shape(Shape::Bez(bez))
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.0.shape
    }

    pub(crate) fn with_even_odd(self, even_odd: bool) -> Self {
        if !even_odd {
            return self;
        }
        Self(Arc::new(Inner { shape: self.0.shape.clone(), bounds: self.0.bounds, even_odd }))
    }

    pub(crate) fn is_even_odd(&self) -> bool {
        self.0.even_odd
    }

    /// Names the points: the same as long as any clone lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn to_bez(&self) -> BezPath {
        match self.shape() {
            Shape::Empty => BezPath::new(),
            Shape::RRect(r) => rrect_bez(r),
            Shape::Hole(outer, hole) => overlay(outer, &Self::rrect(*hole, None), PathOp::Difference),
            Shape::Bez(bez) => bez.clone(),
        }
    }

    /// Whether a rectangle surely lies inside.
    pub(crate) fn holds(&self, rect: &Rect) -> bool {
        matches!(self.shape(), Shape::RRect(r) if r.holds(rect))
    }
}

pub(crate) fn circle(center: Point, radius: f32) -> RRect {
    let rect = Rect::new(center.x - radius, center.y - radius, center.x + radius, center.y + radius);
    RRect::new_rect_xy(rect, radius.abs(), radius.abs())
}

/// Factors and offsets, if a transform does nothing else and no factor is negative.
pub(crate) fn stretch(affine: Affine) -> Option<(f32, f32, f32, f32)> {
    let [sx, b, c, sy, tx, ty] = affine.as_coeffs().map(|x| x as f32);
    (b == 0.0 && c == 0.0 && sx > 0.0 && sy > 0.0).then_some((sx, sy, tx, ty))
}

/// Clockwise from the upper left, each corner one cubic, off its ellipse by less than 0.03 %.
pub(crate) fn rrect_bez(r: &RRect) -> BezPath {
    // The control points' distance from the ends of a quarter circle, from the end of its tangents.
    const K: f64 = 1.0 - 0.552_284_749_830_793_4;
    let b = r.bounds().to_kurbo();
    let [ul, ur, lr, ll] = r.all_radii().map(|v| kurbo::Vec2::new(v.x.into(), v.y.into()));
    let mut path = BezPath::with_capacity(10);
    path.move_to((b.x0 + ul.x, b.y0));
    let mut corner = |x: f64, y: f64, from: (f64, f64), to: (f64, f64)| {
        path.line_to((x + from.0, y + from.1));
        if from != (0.0, 0.0) {
            let (p, q) = ((x + from.0 * K, y + from.1 * K), (x + to.0 * K, y + to.1 * K));
            path.curve_to(p, q, (x + to.0, y + to.1));
        }
    };
    corner(b.x1, b.y0, (-ur.x, 0.0), (0.0, ur.y));
    corner(b.x1, b.y1, (0.0, -lr.y), (-lr.x, 0.0));
    corner(b.x0, b.y1, (ll.x, 0.0), (0.0, -ll.y));
    corner(b.x0, b.y0, (0.0, ul.y), (ul.x, 0.0));
    path.close_path();
    path
}

/// Any two paths, as polygons. What lies a thousand surfaces away is left as it is.
fn overlay(a: &Path, b: &Path, op: PathOp) -> BezPath {
    let near = Rect::new(-1e7, -1e7, 1e7, 1e7);
    if !near.holds(a.bounds()) || !near.holds(b.bounds()) {
        return a.to_bez();
    }
    let rule = match op {
        PathOp::Difference => OverlayRule::Difference,
        PathOp::Intersect => OverlayRule::Intersect,
        PathOp::Union => OverlayRule::Union,
        PathOp::XOR => OverlayRule::Xor,
        PathOp::ReverseDifference => OverlayRule::InverseDifference,
    };
    // Finer than the surface's pixels, for a matrix may enlarge what is left.
    const FINE: f64 = 5.0;
    let contours = |path: &Path| {
        let mut contours: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
        lines(path.to_bez().elements(), Affine::scale(FINE), |p| match (p, contours.last_mut()) {
            (Some(p), Some(last)) => last.push([p.x / FINE, p.y / FINE]),
            _ => contours.push(Vec::new()),
        });
        contours
    };
    let mut path = BezPath::new();
    for contour in contours(a).overlay(&contours(b), rule, FillRule::NonZero).into_iter().flatten() {
        for (i, [x, y]) in contour.into_iter().enumerate() {
            if i == 0 { path.move_to((x, y)) } else { path.line_to((x, y)) }
        }
        path.close_path();
    }
    path
}
