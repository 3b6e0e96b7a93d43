//! What was drawn since the pixels were last made: operations whose shapes are polygons already, in the surface's pixels.

use crate::{
    BlendMode, Path, RRect, Rect,
    canvas::outline,
    kurbo::{Affine, BezPath},
};
use std::{ops::Range, sync::Arc};
use vello_cpu::Pixmap;

/// No blur reaches further around the surface.
pub(crate) const FAR: i32 = 4096;

/// A rectangle of whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x0: i32,
    pub(crate) y0: i32,
    pub(crate) x1: i32,
    pub(crate) y1: i32,
}

impl Area {
    pub(crate) const fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// All pixels that a rectangle touches.
    pub(crate) fn around(r: &Rect) -> Self {
        // The cast saturates, and makes 0 of what is not a number.
        Self::new(r.left.floor() as i32, r.top.floor() as i32, r.right.ceil() as i32, r.bottom.ceil() as i32)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    pub(crate) fn width(&self) -> usize {
        usize::try_from(self.x1 - self.x0).unwrap_or(0)
    }

    pub(crate) fn height(&self) -> usize {
        usize::try_from(self.y1 - self.y0).unwrap_or(0)
    }

    pub(crate) fn common(&self, o: &Self) -> Self {
        let both = Self::new(self.x0.max(o.x0), self.y0.max(o.y0), self.x1.min(o.x1), self.y1.min(o.y1));
        if both.is_empty() { Self::default() } else { both }
    }

    pub(crate) fn around_both(&self, o: &Self) -> Self {
        match (self.is_empty(), o.is_empty()) {
            (true, _) => *o,
            (_, true) => *self,
            _ => Self::new(self.x0.min(o.x0), self.y0.min(o.y0), self.x1.max(o.x1), self.y1.max(o.y1)),
        }
    }

    pub(crate) fn holds(&self, o: &Self) -> bool {
        o.is_empty() || (self.x0 <= o.x0 && self.y0 <= o.y0 && self.x1 >= o.x1 && self.y1 >= o.y1)
    }

    pub(crate) fn outset(&self, x: i32, y: i32) -> Self {
        Self::new(
            self.x0.saturating_sub(x),
            self.y0.saturating_sub(y),
            self.x1.saturating_add(x),
            self.y1.saturating_add(y),
        )
    }

    pub(crate) fn to_rect(self) -> Rect {
        Rect::new(self.x0 as f32, self.y0 as f32, self.x1 as f32, self.y1 as f32)
    }
}

/// Closed polygons, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Polygons {
    pub(crate) points: Vec<[f32; 2]>,
    /// Where each polygon's points end.
    pub(crate) ends: Vec<u32>,
}

impl Polygons {
    pub(crate) fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
    }

    /// How many polygons there are: the begin of the next range of them.
    pub(crate) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Ends a polygon; one of fewer than three points is dropped.
    pub(crate) fn end(&mut self) {
        let start = self.start(self.ends.len());
        if self.points.len() < start + 3 {
            self.points.truncate(start);
        } else {
            self.ends.push(self.points.len() as u32);
        }
    }

    pub(crate) fn start(&self, polygon: usize) -> usize {
        polygon.checked_sub(1).map_or(0, |i| self.ends[i] as usize)
    }

    pub(crate) fn bounds(&self, range: &Range<u32>) -> Rect {
        let points = self.start(range.start as usize)..self.start(range.end as usize);
        let [mut x0, mut y0, mut x1, mut y1] = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
        for [x, y] in &self.points[points] {
            (x0, y0, x1, y1) = (x0.min(*x), y0.min(*y), x1.max(*x), y1.max(*y));
        }
        let bounds = Rect::new(x0, y0, x1, y1);
        if bounds.is_empty() { Rect::default() } else { bounds }
    }

    /// As a path whose origin is at `x` and `y`.
    pub(crate) fn write(&self, range: &Range<u32>, (x, y): (f32, f32), out: &mut BezPath) {
        out.truncate(0);
        for i in range.start as usize..range.end as usize {
            for (k, p) in self.points[self.start(i)..self.ends[i] as usize].iter().enumerate() {
                let p = (f64::from(p[0] - x), f64::from(p[1] - y));
                if k == 0 { out.move_to(p) } else { out.line_to(p) }
            }
            out.close_path();
        }
    }
}

/// What colours a shape.
#[derive(Clone, Debug)]
pub(crate) enum Brush {
    /// Red, green, blue and alpha, not multiplied in.
    Solid([f32; 4]),
    /// Pixels at a place of the surface; beyond their edges, those at the edges.
    Pixels { pixmap: Arc<Pixmap>, x: i32, y: i32 },
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Rect(Rect),
    Polygons { range: Range<u32>, even_odd: bool },
    Push(Layer),
    Pop { plain: bool },
}

/// A layer from its `Push` to its `Pop`.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) alpha: f32,
    /// Standard deviations of a blur, if it is to be blurred.
    pub(crate) blur: Option<(f32, f32)>,
    /// No content is further to the left.
    pub(crate) left: i32,
    /// Where its content is, before the blur.
    pub(crate) content: Area,
    /// Where it is drawn to: all of that, and the blur.
    pub(crate) bounds: Rect,
    /// Makes no difference: its content may go straight to what is below.
    pub(crate) plain: bool,
    /// Changes what is below even where it holds nothing.
    pub(crate) hollow: bool,
    /// The index of its `Pop`.
    pub(crate) end: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) kind: Kind,
    pub(crate) brush: Brush,
    pub(crate) blend: BlendMode,
    /// A rectangle that cuts it, if one does.
    pub(crate) clip: Option<Rect>,
    /// Other shapes that cut it: a range of [`Scene::clip_ids`].
    pub(crate) clips: Range<u32>,
    /// All pixels that it may change.
    pub(crate) area: Area,
}

/// A clip that is no rectangle.
#[derive(Debug)]
pub(crate) struct Clip {
    /// Its polygons; none before it cuts something.
    pub(crate) range: Range<u32>,
    pub(crate) difference: bool,
    /// The shape on the surface, if it is a rounded rectangle there.
    pub(crate) rrect: Option<RRect>,
    pub(crate) bounds: Rect,
    /// What it was made of, to know it again.
    pub(crate) path: Path,
    pub(crate) matrix: Affine,
}

impl Clip {
    /// Whether it leaves all of a rectangle.
    pub(crate) fn spares(&self, bounds: &Rect) -> bool {
        if self.difference { !self.bounds.meets(bounds) } else { self.rrect.is_some_and(|r| r.holds(bounds)) }
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    pub(crate) ops: Vec<Op>,
    pub(crate) polygons: Polygons,
    pub(crate) clips: Vec<Clip>,
    pub(crate) clip_polygons: Polygons,
    pub(crate) clip_ids: Vec<u32>,
    /// All pixels that operations outside of layers may change.
    pub(crate) touched: Area,
}

impl Scene {
    /// Makes a clip's polygons, if they are not there yet.
    pub(crate) fn spell_out(&mut self, id: u32, size: &Area) {
        let clip = &mut self.clips[id as usize];
        if !clip.range.is_empty() {
            return;
        }
        let polygons = &mut self.clip_polygons;
        let from = polygons.len();
        if clip.difference {
            // Everything, and the shape once more: by the even-odd rule what is outside of it.
            let all = Path::rect(size.outset(FAR, FAR).to_rect(), None);
            outline::fill(&all, Affine::IDENTITY, polygons);
        }
        clip.range = from..outline::fill(&clip.path, clip.matrix, polygons).end;
    }

    pub(crate) fn clear(&mut self, keep_clips: bool) {
        self.ops.clear();
        self.polygons.clear();
        self.clip_ids.clear();
        self.touched = Area::default();
        if !keep_clips {
            self.clips.clear();
            self.clip_polygons.clear();
        }
    }
}
