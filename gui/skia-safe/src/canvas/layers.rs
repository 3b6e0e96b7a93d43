//! Layers, and what is blurred through one: shadows of any shape, and what lies behind a view.

use crate::{
    BlendMode, ImageFilter, Matrix, Paint, PaintStyle, Path, Rect,
    canvas::{
        blur, outline, raster,
        record::{MARGIN, Recorder, State, device_rrect},
        scene::{Area, Brush, Kind, Layer},
    },
    path::Shape,
};

/// Larger than any surface with all that a blur reaches around it.
const EVERYWHERE: Area = Area::new(-32_768, -32_768, 32_768, 32_768);

/// How a layer begins.
#[derive(Clone, Debug, Default)]
pub struct SaveLayerRec<'a> {
    paint: Option<&'a Paint>,
    backdrop: Option<&'a ImageFilter>,
    bounds: Option<&'a Rect>,
}

impl<'a> SaveLayerRec<'a> {
    /// With what the layer is drawn at its end: alpha, blend mode and image filter.
    #[must_use]
    pub fn paint(mut self, paint: &'a Paint) -> Self {
        self.paint = Some(paint);
        self
    }

    /// Begins with what is below, filtered. Inside of another layer it begins with nothing.
    #[must_use]
    pub fn backdrop(mut self, filter: &'a ImageFilter) -> Self {
        self.backdrop = Some(filter);
        self
    }

    /// Where something will be drawn. A hint, which this crate does not need.
    #[must_use]
    pub fn bounds(mut self, bounds: &'a Rect) -> Self {
        self.bounds = Some(bounds);
        self
    }
}

/// A layer that is not restored yet.
#[derive(Debug)]
pub(super) struct OpenLayer {
    /// The index of its `Push`.
    index: usize,
    /// Pixels drawn in it so far.
    pub(super) drawn: Area,
    /// Something in it does not just lie over what is below, so that it must not see more than the layer.
    pub(super) mixes: bool,
    /// No content is further to the left.
    left: i32,
    /// The crop of its filter.
    crop: Option<Area>,
    /// It is one blurred shape, which changes nothing around it.
    is_shape: bool,
}

impl Recorder {
    pub(super) fn save_layer(&mut self, rec: &SaveLayerRec<'_>) -> usize {
        let behind = rec.backdrop.and_then(|filter| self.behind(filter));
        let plain = Paint::default();
        let paint = rec.paint.unwrap_or(&plain);
        let count = self.save();
        let alpha = paint.color.clamped().a;
        self.begin_layer(paint.image_filter.as_ref(), paint.blend, alpha, false);
        if let Some((brush, bounds)) = behind {
            self.push(Kind::Rect(bounds), brush, BlendMode::SrcOver, bounds);
        }
        count
    }

    /// Makes the state on top, a new one, that of a layer.
    fn begin_layer(&mut self, filter: Option<&ImageFilter>, blend: BlendMode, alpha: f32, is_shape: bool) {
        let index = self.scene.ops.len();
        let State { matrix, area, clip, clips, .. } = self.state().clone();
        let scale = outline::scale_of(matrix) as f32;
        let sigma = |x: f32| if x.is_finite() { (x * scale).min(blur::MAX_CONVOLVED) } else { 0.0 };
        let blurs = filter.map(|f| (sigma(f.sigma.0), sigma(f.sigma.1)));
        let crop = filter.and_then(|f| f.crop);
        let crop = crop.map(|c| Area::around(&Matrix::from_kurbo(matrix).map_rect(c).0));
        // A blur looks further to the left than what it is drawn to, by twice its reach with the blank pixels around it.
        let outer = self.layers.last().map_or(0, |l| l.left);
        let left = blurs.map_or(outer, |(x, _)| outer - 2 * blur::reach(x) - 1);
        let layer = Layer {
            alpha,
            blur: blurs,
            left,
            content: Area::default(),
            bounds: Rect::default(),
            plain: false,
            hollow: false,
            end: index,
        };
        let from = self.scene.clip_ids.len() as u32;
        for id in &clips {
            self.scene.spell_out(*id, &self.size);
            self.scene.clip_ids.push(*id);
        }
        let clips = from..self.scene.clip_ids.len() as u32;
        self.scene.ops.push(crate::canvas::scene::Op {
            kind: Kind::Push(layer),
            brush: Brush::Solid([0.0; 4]),
            blend,
            clip: Some(clip),
            clips,
            area,
        });
        self.layers.push(OpenLayer { index, drawn: Area::default(), mixes: false, crop, is_shape, left });
        let state = self.state();
        state.is_layer = true;
        if is_hollow(blend) {
            // The clip cuts the layer as a whole, so it must not cut what is in it too.
            state.clip = EVERYWHERE.to_rect();
            state.clips.clear();
        }
        if let Some((x, y)) = blurs {
            // The blur brings in what lies around, and the clip cuts the result of it.
            state.area = area.outset(blur::reach(x), blur::reach(y)).common(&crop.unwrap_or(EVERYWHERE));
            state.clip = crop.unwrap_or(EVERYWHERE).to_rect();
            state.clips.clear();
        }
    }

    pub(super) fn end_layer(&mut self) {
        let Some(open) = self.layers.pop() else { return };
        let end = self.scene.ops.len();
        let op = &mut self.scene.ops[open.index];
        let Kind::Push(layer) = &mut op.kind else { return };
        layer.end = end;
        layer.content = open.drawn.common(&open.crop.unwrap_or(EVERYWHERE));
        let over = op.blend == BlendMode::SrcOver;
        layer.plain = over && layer.alpha == 1.0 && !open.mixes && layer.blur.is_none();
        let (x, y) = layer.blur.unwrap_or_default();
        let spread = if layer.content.is_empty() {
            Area::default()
        } else {
            layer.content.outset(blur::reach(x), blur::reach(y))
        };
        let hollow = is_hollow(op.blend);
        layer.hollow = hollow && !open.is_shape;
        let reached = if layer.hollow { op.area } else { spread };
        let margin = if hollow && open.is_shape { 0 } else { MARGIN };
        layer.bounds = reached.outset(margin, margin).to_rect();
        op.area = op.area.common(&reached);
        let (plain, area, blend) = (layer.plain, op.area, op.blend);
        let pop =
            crate::canvas::scene::Op { kind: Kind::Pop { plain }, clips: 0..0, clip: None, ..op.clone() };
        self.scene.ops.push(pop);
        if !area.is_empty() {
            self.note_drawn(area, blend);
        }
    }

    /// What is on the surface, filtered, and where. What the blur spreads beyond the crop is left out.
    fn behind(&mut self, filter: &ImageFilter) -> Option<(Brush, Rect)> {
        if !self.layers.is_empty() {
            return None;
        }
        self.flush();
        let state = self.state();
        let (matrix, area) = (state.matrix, state.area);
        let crop = filter.crop.map(|c| Area::around(&Matrix::from_kurbo(matrix).map_rect(c).0));
        let bounds = self.size.common(&crop.unwrap_or(EVERYWHERE));
        let scale = outline::scale_of(matrix) as f32;
        let sigma = |x: f32| if x.is_finite() { (x * scale).min(blur::MAX_CONVOLVED) } else { 0.0 };
        let sigma = (sigma(filter.sigma.0), sigma(filter.sigma.1));
        let needed = area.outset(blur::reach(sigma.0), blur::reach(sigma.1)).common(&bounds);
        if needed.is_empty() {
            return None;
        }
        let mut rgba = self.copy(needed);
        blur::pixels(&mut rgba, needed.width(), sigma);
        Some((raster::brush(rgba, needed), bounds.to_rect()))
    }

    /// A path through a mask filter.
    pub(super) fn blurred_path(&mut self, path: &Path, paint: &Paint) {
        let Some(mask) = paint.mask_filter else { return };
        let matrix = self.matrix();
        let scale = if mask.respect_ctm { outline::scale_of(matrix) as f32 } else { 1.0 };
        let sigma = (mask.sigma * scale).min(blur::MAX_SIGMA);
        let mut sharp = paint.clone();
        sharp.mask_filter = None;
        if sigma < 0.05 {
            return self.path(path, &sharp);
        }
        let solid = paint.shader.is_none() && paint.style == PaintStyle::Fill;
        let (inner, outer) = match path.shape() {
            Shape::Hole(outer, hole) => (Path::rrect(*hole, None), Some(outer)),
            _ => (path.clone(), None),
        };
        if let (true, Some(rrect)) = (solid, device_rrect(&inner, matrix)) {
            let reach = blur::reach(sigma);
            let around = match outer {
                Some(outer) => Area::around(&Matrix::from_kurbo(matrix).map_rect(outer.bounds()).0),
                None => Area::around(rrect.bounds()).outset(reach, reach),
            };
            let area = self.state().area.common(&around);
            if area.is_empty() || rrect.bounds().is_empty() && outer.is_none() {
                return;
            }
            let coverage = blur::rrect(&rrect, sigma, area, outer.is_some());
            let color = paint.color.clamped();
            let rgba = coverage.into_iter().flat_map(|x| {
                let a = color.a * f32::from(x) / 255.0;
                crate::Color4f { a, ..color }.to_premul_bytes()
            });
            let brush = raster::brush(rgba.collect(), area);
            match outer {
                // The shadow inside of a shape ends at its edge.
                Some(outer) => {
                    let range = outline::fill(outer, matrix, &mut self.scene.polygons);
                    let bounds = self.scene.polygons.bounds(&range);
                    self.push(Kind::Polygons { range, even_odd: false }, brush, paint.blend, bounds);
                }
                None => self.push(Kind::Rect(around.to_rect()), brush, paint.blend, around.to_rect()),
            }
            return;
        }
        self.save();
        let unscaled = (sigma / outline::scale_of(matrix).max(1e-6) as f32).min(f32::MAX);
        let filter = ImageFilter { crop: None, sigma: (unscaled, unscaled) };
        self.begin_layer(Some(&filter), paint.blend, 1.0, true);
        sharp.blend = BlendMode::SrcOver;
        self.path(path, &sharp);
        self.restore();
    }
}

/// Whether a mode changes what is below even where a layer holds nothing.
fn is_hollow(mode: BlendMode) -> bool {
    use BlendMode::{Clear, DstATop, DstIn, Src, SrcIn, SrcOut};
    matches!(mode, Clear | Src | SrcIn | DstIn | SrcOut | DstATop)
}
