//! The canvas: what vizia draws with. It records shapes as polygons in the surface's pixels, and makes pixels of them when
//! these are asked for.

pub(crate) mod blur;
mod glyphs;
mod layers;
pub(crate) mod outline;
mod pixels;
mod raster;
mod record;
pub(crate) mod scene;

pub(crate) use glyphs::{GlyphRun, PlacedGlyph};
pub use layers::SaveLayerRec;

use crate::{
    ClipOp, Color, M44, Matrix, Paint, Path, PathBuilder, Point, Rect, SamplingOptions, Vector, kurbo::Affine,
};
use record::Recorder;
use std::cell::RefCell;

/// Draws on a surface.
///
/// Edges are always smooth. Drawing that has no place (numbers that are not finite, a matrix without an inverse) draws
/// nothing, and nothing panics. Perspective is left out.
#[derive(Debug)]
pub struct Canvas {
    recorder: RefCell<Recorder>,
}

impl Canvas {
    pub(crate) fn new(width: i32, height: i32) -> Self {
        Self { recorder: RefCell::new(Recorder::new(width, height)) }
    }

    fn with(&self, change: impl FnOnce(&mut Recorder)) -> &Self {
        change(&mut self.recorder.borrow_mut());
        self
    }

    /// Keeps matrix and clip; the number to come back to.
    pub fn save(&self) -> usize {
        self.recorder.borrow_mut().save()
    }

    /// As [`Canvas::save`], and what is drawn until the restore becomes one picture that is then drawn as a whole.
    pub fn save_layer(&self, rec: &SaveLayerRec<'_>) -> usize {
        self.recorder.borrow_mut().save_layer(rec)
    }

    /// How many saves could be restored, and one.
    pub fn save_count(&self) -> usize {
        self.recorder.borrow().save_count()
    }

    /// Takes back what changed since the last save; nothing if there is none.
    pub fn restore(&self) -> &Self {
        self.with(Recorder::restore)
    }

    /// Restores until the save that gave this number.
    pub fn restore_to_count(&self, count: usize) -> &Self {
        self.with(|r| {
            while r.save_count() > count.max(1) {
                r.restore();
            }
        })
    }

    /// Moves what is drawn from now on.
    pub fn translate(&self, d: impl Into<Vector>) -> &Self {
        let d = d.into();
        self.with(|r| r.concat(Affine::translate((d.x.into(), d.y.into()))))
    }

    /// Stretches what is drawn from now on.
    pub fn scale(&self, (sx, sy): (f32, f32)) -> &Self {
        self.with(|r| r.concat(Affine::scale_non_uniform(sx.into(), sy.into())))
    }

    /// Turns what is drawn from now on clockwise, around a point.
    pub fn rotate(&self, degrees: f32, p: Option<Point>) -> &Self {
        let p = p.unwrap_or_default().to_kurbo();
        self.with(|r| r.concat(Affine::rotate_about(f64::from(degrees).to_radians(), p)))
    }

    /// Applies a matrix before all others.
    pub fn concat(&self, matrix: &Matrix) -> &Self {
        self.with(|r| r.concat(matrix.to_kurbo()))
    }

    /// Replaces the matrix.
    pub fn set_matrix(&self, matrix: &M44) -> &Self {
        self.with(|r| r.set_matrix(matrix.matrix.to_kurbo()))
    }

    /// The matrix.
    pub fn local_to_device_as_3x3(&self) -> Matrix {
        Matrix::from_kurbo(self.recorder.borrow().matrix())
    }

    /// Leaves what is drawn from now on only inside or outside of a rectangle. One that is not anti-aliased, the default, is
    /// rounded to whole pixels.
    pub fn clip_rect(
        &self,
        rect: impl AsRef<Rect>,
        op: impl Into<Option<ClipOp>>,
        anti_alias: impl Into<Option<bool>>,
    ) -> &Self {
        let (op, smooth) = (op.into().unwrap_or_default(), anti_alias.into().unwrap_or(false));
        self.with(|r| r.clip(&Path::rect(rect, None), op, smooth))
    }

    /// Leaves what is drawn from now on only inside or outside of a path; its edge is always smooth.
    pub fn clip_path(
        &self,
        path: &Path,
        op: impl Into<Option<ClipOp>>,
        _anti_alias: impl Into<Option<bool>>,
    ) -> &Self {
        self.with(|r| r.clip(path, op.into().unwrap_or_default(), true))
    }

    /// The rectangle around what the clip leaves, before the matrix and a pixel larger on each side, as Skia has it; `None` if it
    /// leaves nothing.
    pub fn local_clip_bounds(&self) -> Option<Rect> {
        self.recorder.borrow().local_clip()
    }

    /// Replaces everything inside of the clip by a colour.
    pub fn clear(&self, color: impl Into<Color>) -> &Self {
        let color = color.into();
        self.with(|r| r.clear(color))
    }

    /// Paints everything inside of the clip.
    pub fn draw_paint(&self, paint: &Paint) -> &Self {
        self.with(|r| r.paint_all(paint))
    }

    /// Draws a path.
    pub fn draw_path(&self, path: &Path, paint: &Paint) -> &Self {
        self.with(|r| r.path(path, paint))
    }

    /// Draws a rectangle.
    pub fn draw_rect(&self, rect: impl AsRef<Rect>, paint: &Paint) -> &Self {
        self.draw_path(&Path::rect(rect, None), paint)
    }

    /// Draws a line, whatever the paint's style.
    pub fn draw_line(&self, a: impl Into<Point>, b: impl Into<Point>, paint: &Paint) -> &Self {
        let mut paint = paint.clone();
        paint.set_style(crate::PaintStyle::Stroke);
        self.draw_path(&Path::line(a, b), &paint)
    }

    /// Draws a circle.
    pub fn draw_circle(&self, center: impl Into<Point>, radius: f32, paint: &Paint) -> &Self {
        if radius.is_nan() || radius <= 0.0 {
            return self;
        }
        self.draw_path(&Path::circle(center, radius, None), paint)
    }

    /// Draws an arc of an oval; with `use_center`, the slice of it.
    pub fn draw_arc(
        &self,
        oval: impl AsRef<Rect>,
        start_degrees: f32,
        sweep_degrees: f32,
        use_center: bool,
        paint: &Paint,
    ) -> &Self {
        let oval = oval.as_ref();
        if oval.is_empty() || sweep_degrees == 0.0 {
            return self;
        }
        let mut path = PathBuilder::new();
        if use_center && sweep_degrees.abs() < 360.0 {
            path.move_to((oval.center_x(), oval.center_y()));
            path.arc_to(oval, start_degrees, sweep_degrees, false).close();
        } else {
            path.arc_to(oval, start_degrees, sweep_degrees, true);
            if sweep_degrees.abs() >= 360.0 {
                path.close();
            }
        }
        self.draw_path(&path.detach(), paint)
    }

    pub(crate) fn draw_surface(
        &self,
        source: &Canvas,
        offset: Point,
        sampling: SamplingOptions,
        paint: Option<&Paint>,
    ) {
        self.with(|r| r.surface(&mut source.recorder.borrow_mut(), offset, sampling, paint));
    }

    pub(crate) fn pixels(&mut self) -> &[u8] {
        self.recorder.get_mut().pixels()
    }
}
