//! Building paths.

use crate::{
    PathDirection, Point, RRect, Rect, Vector,
    kurbo::{Affine, Arc, BezPath, PathEl, SvgArc, Vec2},
    path::{Path, Shape, circle, rrect_bez},
};

/// Which of the two arcs between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArcSize {
    /// The shorter.
    Small,
    /// The longer.
    Large,
}

/// How far arcs as curves may be off, in pixels at scale 1.
const TOLERANCE: f64 = 0.01;

/// A path in the making. Points that are not finite are left out.
#[derive(Debug, Default)]
pub struct PathBuilder {
    bez: BezPath,
    /// All that there is, as long as it is one rounded rectangle.
    only: Option<RRect>,
}

impl PathBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a contour.
    pub fn move_to(&mut self, p: impl Into<Point>) -> &mut Self {
        self.push(&[p.into()], |p| PathEl::MoveTo(p[0].to_kurbo()))
    }

    /// Goes straight.
    pub fn line_to(&mut self, p: impl Into<Point>) -> &mut Self {
        self.push(&[p.into()], |p| PathEl::LineTo(p[0].to_kurbo()))
    }

    /// Goes along a parabola.
    pub fn quad_to(&mut self, a: impl Into<Point>, b: impl Into<Point>) -> &mut Self {
        self.push(&[a.into(), b.into()], |p| PathEl::QuadTo(p[0].to_kurbo(), p[1].to_kurbo()))
    }

    /// Goes along a cubic.
    pub fn cubic_to(&mut self, a: impl Into<Point>, b: impl Into<Point>, c: impl Into<Point>) -> &mut Self {
        let points = [a.into(), b.into(), c.into()];
        self.push(&points, |p| PathEl::CurveTo(p[0].to_kurbo(), p[1].to_kurbo(), p[2].to_kurbo()))
    }

    /// Goes along an ellipse to a point that is given from here, as SVG's `a` does.
    pub fn r_arc_to(
        &mut self,
        r: impl Into<Point>,
        x_axis_rotate: f32,
        large: ArcSize,
        sweep: PathDirection,
        d: impl Into<Point>,
    ) -> &mut Self {
        let (r, d) = (r.into(), d.into());
        self.spell_out();
        let from = self.here();
        let to = from + Vec2::new(d.x.into(), d.y.into());
        let arc = SvgArc {
            from,
            to,
            radii: Vec2::new(r.x.into(), r.y.into()),
            x_rotation: f64::from(x_axis_rotate).to_radians(),
            large_arc: large == ArcSize::Large,
            sweep: sweep == PathDirection::CW,
        };
        let known = r.is_finite() && x_axis_rotate.is_finite();
        match Arc::from_svg_arc(&arc) {
            Some(arc) if known && to.is_finite() => self.append_arc(&arc),
            _ => {
                self.line_to((to.x as f32, to.y as f32));
            }
        }
        self
    }

    /// Goes to an oval's point at an angle, and along it. 0° is to the right, 90° is down.
    pub fn arc_to(
        &mut self,
        oval: impl AsRef<Rect>,
        start_degrees: f32,
        sweep_degrees: f32,
        force_move_to: bool,
    ) -> &mut Self {
        let oval = oval.as_ref();
        if !oval.is_finite() || !start_degrees.is_finite() || !sweep_degrees.is_finite() {
            return self;
        }
        self.spell_out();
        let (center, half) = (oval.to_kurbo().center(), oval.to_kurbo().size().to_vec2() * 0.5);
        // More than once around is once around.
        let sweep = f64::from(sweep_degrees.clamp(-360.0, 360.0)).to_radians();
        let arc = Arc::new(center, half, f64::from(start_degrees).to_radians(), sweep, 0.0);
        let start = center + Vec2::new(half.x * arc.start_angle.cos(), half.y * arc.start_angle.sin());
        if force_move_to || self.bez.elements().is_empty() {
            self.bez.move_to(start);
        } else {
            self.begin();
            self.bez.line_to(start);
        }
        self.append_arc(&arc);
        self
    }

    /// Adds a circle.
    pub fn add_circle(
        &mut self,
        center: impl Into<Point>,
        radius: f32,
        dir: impl Into<Option<PathDirection>>,
    ) -> &mut Self {
        self.add_rrect(circle(center.into(), radius), dir, None)
    }

    /// Adds a rectangle.
    pub fn add_rect(
        &mut self,
        rect: impl AsRef<Rect>,
        dir: impl Into<Option<PathDirection>>,
        start: impl Into<Option<usize>>,
    ) -> &mut Self {
        self.add_rrect(RRect::new_rect_radii(rect, &[Vector::default(); 4]), dir, start)
    }

    /// Adds a rounded rectangle.
    pub fn add_rrect(
        &mut self,
        rrect: impl AsRef<RRect>,
        dir: impl Into<Option<PathDirection>>,
        _start: impl Into<Option<usize>>,
    ) -> &mut Self {
        let rrect = rrect.as_ref();
        if !rrect.bounds().is_finite() || rrect.all_radii().iter().any(|r| !r.is_finite()) {
            return self;
        }
        if self.only.is_none() && self.bez.elements().is_empty() {
            self.only = Some(*rrect);
            return self;
        }
        self.spell_out();
        let bez = rrect_bez(rrect);
        if dir.into() == Some(PathDirection::CCW) {
            self.bez.extend(bez.reverse_subpaths());
        } else {
            self.bez.extend(bez);
        }
        self
    }

    /// Ends the contour where it began.
    pub fn close(&mut self) -> &mut Self {
        if matches!(self.bez.elements().last(), Some(el) if *el != PathEl::ClosePath) {
            self.bez.close_path();
        }
        self
    }

    /// Moves all that there is.
    pub fn offset(&mut self, d: impl Into<Vector>) -> &mut Self {
        let d = d.into();
        if d.is_finite() {
            self.only = self.only.map(|r| r.scaled(1.0, 1.0, d.x, d.y));
            self.bez.apply_affine(Affine::translate((d.x.into(), d.y.into())));
        }
        self
    }

    /// The path; an empty builder is left.
    pub fn detach(&mut self) -> Path {
        let bez = std::mem::take(&mut self.bez);
        self.only.take().map_or_else(|| Path::from_bez(bez), |r| Path::from_shape(Shape::RRect(r)))
    }

    /// The path so far.
    pub fn snapshot(&self) -> Path {
        let bez = || Path::from_bez(self.bez.clone());
        self.only.map_or_else(bez, |r| Path::from_shape(Shape::RRect(r)))
    }

    fn push(&mut self, points: &[Point], element: impl Fn(&[Point]) -> PathEl) -> &mut Self {
        if points.iter().all(|p| p.is_finite()) {
            self.spell_out();
            let element = element(points);
            if !matches!(element, PathEl::MoveTo(_)) {
                self.begin();
            }
            self.bez.push(element);
        }
        self
    }

    fn append_arc(&mut self, arc: &Arc) {
        self.begin();
        // Larger arcs may be further off: what is larger than any surface needs no more curves than that.
        let tolerance = TOLERANCE.max(arc.radii.x.abs().max(arc.radii.y.abs()) * 1e-5);
        self.bez.extend(arc.append_iter(tolerance));
    }

    /// Whatever comes after a closed contour, or first, begins one: where the last one began, or at the origin.
    fn begin(&mut self) {
        if matches!(self.bez.elements().last(), None | Some(PathEl::ClosePath)) {
            self.bez.move_to(self.here());
        }
    }

    fn here(&self) -> crate::kurbo::Point {
        let begun = |el: &PathEl| matches!(el, PathEl::MoveTo(_));
        match self.bez.elements().last() {
            Some(PathEl::ClosePath) => self.bez.elements().iter().rev().find(|el| begun(el)),
            last => last,
        }
        .and_then(PathEl::end_point)
        .unwrap_or_default()
    }

    fn spell_out(&mut self) {
        if let Some(rrect) = self.only.take() {
            self.bez = rrect_bez(&rrect);
        }
    }
}
