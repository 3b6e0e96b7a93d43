//! Paths to polygons in the surface's pixels: curves to lines, strokes to their outlines.
//!
//! Points lie on a grid of 1/256 pixel. Their differences are then exact wherever on a surface of up to 16,384 pixels they
//! are, so that a part that is drawn alone, from an origin of its own, has the same edges as the whole.

use crate::{
    Matrix, Paint, PaintCap, PaintJoin, Path, Rect, Vector,
    canvas::scene::Polygons,
    image::MAX_SIDE,
    kurbo::{self, Affine, BezPath, PathEl, Point, Stroke, StrokeOpts},
    path::{Shape, rrect_bez},
};
use std::ops::Range;

/// How far lines may be off a curve, in pixels.
const TOLERANCE: f64 = 0.05;
/// Polygons are cut to this far around the surface.
const FAR: f64 = MAX_SIDE as f64 + 512.0;
/// More dashes than this in one path are drawn as a line.
const MAX_DASHES: f64 = 5_000.0;

/// The nearest multiple of 1/256. Adding and subtracting a large number rounds in one step each.
pub(crate) fn snap(x: f64) -> f32 {
    const LARGE: f64 = 1.5 * (1u64 << 44) as f64;
    ((x + LARGE) - LARGE) as f32
}

pub(crate) fn snap_rect(r: &Rect) -> Rect {
    let far = |x: f32| snap(f64::from(x).clamp(-FAR, FAR));
    Rect::new(far(r.left), far(r.top), far(r.right), far(r.bottom))
}

/// Appends a path's inside; the range of its polygons.
pub(crate) fn fill(path: &Path, to_device: Affine, out: &mut Polygons) -> Range<u32> {
    match path.shape() {
        Shape::Bez(bez) => append(bez.elements(), to_device, out),
        _ => append(path.to_bez().elements(), to_device, out),
    }
}

/// Appends a path's outline; the range of its polygons, and whether they are to be filled by the even-odd rule.
pub(crate) fn stroke(
    path: &Path,
    paint: &Paint,
    to_device: Affine,
    out: &mut Polygons,
) -> (Range<u32>, bool) {
    let none = (out.len()..out.len(), false);
    let scale = scale_of(to_device);
    let width = if paint.width > 0.0 { paint.width } else { (1.0 / scale) as f32 };
    let device = Matrix::from_kurbo(to_device).map_rect(path.bounds()).0;
    // What is a thousand surfaces away or large is not worth the work.
    let near = device.is_finite()
        && Rect::new(-1e7, -1e7, 1e7, 1e7).holds(&device)
        && f64::from(width) * scale < 1e6
        && scale > 1e-6;
    if !near {
        return none;
    }
    if let (Shape::RRect(r), None) = (path.shape(), &paint.path_effect) {
        let half = width * 0.5;
        let round = r.all_radii().iter().all(|v| v.x == v.y);
        if round && paint.join == PaintJoin::Miter && paint.miter > 1.5 && !r.bounds().is_empty() {
            let mut ring = rrect_bez(&r.with_outset(Vector::new(half, half)));
            let inner = r.with_inset(Vector::new(half, half));
            if !inner.bounds().is_empty() {
                ring.extend(rrect_bez(&inner));
            }
            return (append(ring.elements(), to_device, out), true);
        }
    }
    let join = match paint.join {
        PaintJoin::Miter => kurbo::Join::Miter,
        PaintJoin::Round => kurbo::Join::Round,
        PaintJoin::Bevel => kurbo::Join::Bevel,
    };
    let cap = match paint.cap {
        PaintCap::Butt => kurbo::Cap::Butt,
        PaintCap::Round => kurbo::Cap::Round,
        PaintCap::Square => kurbo::Cap::Square,
    };
    let mut style =
        Stroke::new(width.into()).with_join(join).with_miter_limit(paint.miter.into()).with_caps(cap);
    let bez = path.to_bez();
    if let Some(dash) = &paint.path_effect {
        let sum: f64 = dash.intervals.iter().copied().map(f64::from).sum();
        if length(&bez) / sum < MAX_DASHES {
            // A dash without length still has its caps, where it is long enough to have a direction.
            let intervals = dash.intervals.iter().map(|x| f64::from(*x).max(1e-3));
            style = style.with_dashes(f64::from(dash.phase).rem_euclid(sum), intervals.collect::<Vec<_>>());
        }
    }
    let outline = kurbo::stroke(bez, &style, &StrokeOpts::default(), TOLERANCE / scale);
    (append(outline.elements(), to_device, out), false)
}

/// The mean factor of a transform.
pub(crate) fn scale_of(to_device: Affine) -> f64 {
    to_device.determinant().abs().sqrt()
}

/// No shorter than the path.
fn length(bez: &BezPath) -> f64 {
    let (mut last, mut first, mut sum) = (Point::ZERO, Point::ZERO, 0.0);
    let mut go = |p: Point, sum: &mut f64| {
        *sum += last.distance(p);
        last = p;
    };
    for el in bez.elements() {
        match *el {
            PathEl::MoveTo(p) => {
                go(p, &mut 0.0);
                first = p;
            }
            PathEl::LineTo(p) => go(p, &mut sum),
            PathEl::QuadTo(a, p) => {
                go(a, &mut sum);
                go(p, &mut sum);
            }
            PathEl::CurveTo(a, b, p) => {
                go(a, &mut sum);
                go(b, &mut sum);
                go(p, &mut sum);
            }
            PathEl::ClosePath => go(first, &mut sum),
        }
    }
    sum
}

/// Appends the polygons of a path; nothing if a coordinate is not finite.
pub(crate) fn append(path: &[PathEl], to_device: Affine, out: &mut Polygons) -> Range<u32> {
    let begin = out.len();
    let mut bounds = kurbo::Rect::new(f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    let mut finite = to_device.is_finite();
    for el in path {
        finite &= el.is_finite();
        if let Some(p) = el.end_point() {
            bounds = bounds.union_pt(to_device * p);
        }
    }
    if !finite || !bounds.is_finite() {
        return begin..begin;
    }
    let inside = kurbo::Rect::new(-FAR, -FAR, FAR, FAR).contains_rect(bounds);
    if inside {
        // Control points may lie outside; a curve's points do not go as far as they do.
        let clamp = |x: f64| snap(x.clamp(-FAR, FAR));
        lines(path, to_device, |p| match p {
            Some(p) => out.points.push([clamp(p.x), clamp(p.y)]),
            None => out.end(),
        });
    } else {
        let mut polygon = Vec::new();
        lines(path, to_device, |p| match p {
            Some(p) => polygon.push(p),
            None => {
                for side in 0..4 {
                    polygon = cut(&polygon, side);
                }
                out.points.extend(polygon.drain(..).map(|p| [snap(p.x), snap(p.y)]));
                out.end();
            }
        });
    }
    begin..out.len()
}

/// Calls `out` with the points of each polygon, and with `None` at its end.
pub(crate) fn lines(path: &[PathEl], to_device: Affine, mut out: impl FnMut(Option<Point>)) {
    let mut last = Point::ZERO;
    let mut open = false;
    // So many lines that none is further off than the tolerance (Wang's formula).
    let count = |bend: f64| ((bend / TOLERANCE).sqrt().ceil()).clamp(1.0, 400.0) as u32;
    for el in path {
        match *el {
            PathEl::MoveTo(p) => {
                if open {
                    out(None);
                }
                open = true;
                last = to_device * p;
                out(Some(last));
            }
            PathEl::LineTo(p) => {
                last = to_device * p;
                out(Some(last));
            }
            PathEl::QuadTo(a, b) => {
                let (a, b) = (to_device * a, to_device * b);
                let n = count(0.25 * (last - a + (b - a)).hypot());
                for i in 1..=n {
                    let t = f64::from(i) / f64::from(n);
                    let (p, q) = (last.lerp(a, t), a.lerp(b, t));
                    out(Some(if i == n { b } else { p.lerp(q, t) }));
                }
                last = b;
            }
            PathEl::CurveTo(a, b, c) => {
                let (a, b, c) = (to_device * a, to_device * b, to_device * c);
                let bend = (last - a + (b - a)).hypot().max((a - b + (c - b)).hypot());
                let n = count(0.75 * bend);
                for i in 1..=n {
                    let t = f64::from(i) / f64::from(n);
                    let s = 1.0 - t;
                    let v = last.to_vec2() * (s * s * s)
                        + a.to_vec2() * (3.0 * s * s * t)
                        + b.to_vec2() * (3.0 * s * t * t)
                        + c.to_vec2() * (t * t * t);
                    out(Some(if i == n { c } else { v.to_point() }));
                }
                last = c;
            }
            PathEl::ClosePath => {
                if open {
                    out(None);
                }
                open = false;
            }
        }
    }
    if open {
        out(None);
    }
}

/// What of a polygon lies on the inner side of one of the four far edges.
fn cut(polygon: &[Point], side: usize) -> Vec<Point> {
    let depth = |p: Point| match side {
        0 => p.x + FAR,
        1 => FAR - p.x,
        2 => p.y + FAR,
        _ => FAR - p.y,
    };
    let mut out = Vec::with_capacity(polygon.len() + 2);
    for (i, q) in polygon.iter().enumerate() {
        let p = polygon[(i + polygon.len() - 1) % polygon.len()];
        let (a, b) = (depth(p), depth(*q));
        if (a < 0.0) != (b < 0.0) {
            out.push(p.lerp(*q, a / (a - b)));
        }
        if b >= 0.0 {
            out.push(*q);
        }
    }
    out
}
