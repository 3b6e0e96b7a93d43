//! Canvas.
use crate::{
    ClipOp, Color, ISize, ImageFilter, M44, Paint, Path, Point, Rect, SamplingOptions, Size, Vector,
};
#[derive(Debug)]
pub struct Canvas {}
#[derive(Clone, Debug, Default)]
pub struct SaveLayerRec<'a> {
    paint: Option<&'a Paint>,
    backdrop: Option<&'a ImageFilter>,
    bounds: Option<&'a Rect>,
}
impl<'a> SaveLayerRec<'a> {
    pub fn paint(mut self, p: &'a Paint) -> Self {
        self.paint = Some(p);
        self
    }
    pub fn backdrop(mut self, f: &'a ImageFilter) -> Self {
        self.backdrop = Some(f);
        self
    }
    pub fn bounds(mut self, r: &'a Rect) -> Self {
        self.bounds = Some(r);
        self
    }
}
impl Canvas {
    pub fn save(&self) -> usize {
        1
    }
    pub fn save_layer(&self, _rec: &SaveLayerRec<'_>) -> usize {
        1
    }
    pub fn save_count(&self) -> usize {
        1
    }
    pub fn restore(&self) -> &Self {
        self
    }
    pub fn restore_to_count(&self, _n: usize) -> &Self {
        self
    }
    pub fn translate(&self, _d: impl Into<Vector>) -> &Self {
        self
    }
    pub fn scale(&self, _s: (f32, f32)) -> &Self {
        self
    }
    pub fn rotate(&self, _degrees: f32, _p: Option<Point>) -> &Self {
        self
    }
    pub fn set_matrix(&self, _m: &M44) -> &Self {
        self
    }
    pub fn clip_rect(
        &self,
        _r: impl AsRef<Rect>,
        _op: impl Into<Option<ClipOp>>,
        _aa: impl Into<Option<bool>>,
    ) -> &Self {
        self
    }
    pub fn clip_path(
        &self,
        _p: &Path,
        _op: impl Into<Option<ClipOp>>,
        _aa: impl Into<Option<bool>>,
    ) -> &Self {
        self
    }
    pub fn local_clip_bounds(&self) -> Option<Rect> {
        None
    }
    pub fn clear(&self, _c: impl Into<Color>) -> &Self {
        self
    }
    pub fn draw_paint(&self, _p: &Paint) -> &Self {
        self
    }
    pub fn draw_path(&self, _p: &Path, _paint: &Paint) -> &Self {
        self
    }
    pub fn draw_rect(&self, _r: impl AsRef<Rect>, _paint: &Paint) -> &Self {
        self
    }
    pub fn draw_line(&self, _a: impl Into<Point>, _b: impl Into<Point>, _paint: &Paint) -> &Self {
        self
    }
    pub fn draw_circle(&self, _c: impl Into<Point>, _r: f32, _paint: &Paint) -> &Self {
        self
    }
    pub fn draw_arc(
        &self,
        _oval: impl AsRef<Rect>,
        _start_degrees: f32,
        _sweep_degrees: f32,
        _use_center: bool,
        _paint: &Paint,
    ) -> &Self {
        self
    }
}
#[derive(Debug)]
pub struct Surface {
    canvas: Canvas,
    w: i32,
    h: i32,
}
/// Pixels.
#[derive(Debug)]
pub struct Pixmap<'a>(&'a [u8], usize);
impl Pixmap<'_> {
    /// The bytes.
    pub fn bytes(&self) -> Option<&[u8]> {
        Some(self.0)
    }
    /// Bytes per row.
    pub fn row_bytes(&self) -> usize {
        self.1
    }
}
impl Surface {
    pub fn peek_pixels(&mut self) -> Option<Pixmap<'_>> {
        None
    }
    pub fn width(&self) -> i32 {
        self.w
    }
    pub fn height(&self) -> i32 {
        self.h
    }
    pub fn canvas(&mut self) -> &Canvas {
        &self.canvas
    }
    pub fn draw(
        &mut self,
        _canvas: &Canvas,
        _offset: impl Into<Point>,
        _s: SamplingOptions,
        _p: Option<&Paint>,
    ) {
    }
}
pub fn raster_n32_premul(size: impl Into<ISize>) -> Option<Surface> {
    let s = size.into();
    Some(Surface { canvas: Canvas {}, w: s.width, h: s.height })
}
#[allow(unused)]
fn unused(_s: Size) {}

/// Glyphs to draw.
#[allow(dead_code)]
pub(crate) struct GlyphRun<'a> { pub font: &'a parley::FontData, pub size: f32, pub normalized_coords: &'a [parley::NormalizedCoord], pub skew: Option<f32>, pub glyphs: &'a [(u32, f32, f32)], pub paint: &'a Paint }
impl Canvas { pub(crate) fn draw_glyphs(&self, _run: &GlyphRun<'_>) {} }
