//! Recording: matrix and clip, what they leave of a shape, and what colours it.

use crate::{
    BlendMode, ClipOp, Color, Color4f, Matrix, Paint, PaintStyle, Path, RRect, Rect, SamplingOptions,
    TileMode,
    canvas::{
        blur,
        layers::OpenLayer,
        outline,
        raster::{self, Raster},
        scene::{Area, Brush, Clip, Kind, Op, Scene},
    },
    geometry::Point,
    image::Pixels,
    kurbo::Affine,
    path::{Shape, stretch},
    shader::{Change, Shader, image_shader},
};
use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many of the last clips are looked through for one that is set again.
const KNOWN_CLIPS: usize = 32;

/// How far edges that are no shape's own are kept from what is seen: two of the rasteriser's tiles. Where an edge passes, a
/// tile is mixed in another way, which may differ in the last bit.
pub(super) const MARGIN: i32 = 8;

/// What a save keeps.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) matrix: Affine,
    /// The part of the surface that is to be redrawn: the first clip, if it is one of whole pixels.
    pub(super) scissor: Option<Area>,
    /// What all other rectangles leave.
    pub(super) clip: Rect,
    /// Pixels that scissor and clips may leave.
    pub(super) area: Area,
    /// Other clips, by their index in the scene.
    pub(super) clips: Vec<u32>,
    /// Its restore ends a layer.
    pub(super) is_layer: bool,
}

/// The state of a canvas.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) size: Area,
    pub(super) scene: Scene,
    pub(super) states: Vec<State>,
    pub(super) layers: Vec<OpenLayer>,
    raster: Raster,
    /// Blue, green, red, alpha.
    pixels: Vec<u8>,
    /// Where the pixels are known to be transparent.
    blank: Area,
    /// Where pixels changed since another surface took them over.
    changed: Area,
    /// Names the surface and the times its pixels were taken over.
    id: (u64, u64),
    /// The surface whose pixels these are, if they are of no other.
    mirrors: Option<(u64, u64)>,
}

impl Recorder {
    pub(super) fn new(width: i32, height: i32) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let size = Area::new(0, 0, width, height);
        let state = State {
            matrix: Affine::IDENTITY,
            scissor: None,
            clip: size.to_rect(),
            area: size,
            clips: Vec::new(),
            is_layer: false,
        };
        Self {
            size,
            scene: Scene::default(),
            states: vec![state],
            layers: Vec::new(),
            raster: Raster::default(),
            pixels: vec![0; size.width() * size.height() * 4],
            blank: size,
            changed: size,
            id: (IDS.fetch_add(1, Ordering::Relaxed), 0),
            mirrors: None,
        }
    }

    pub(super) fn state(&mut self) -> &mut State {
        // There is always the first.
        let top = self.states.len() - 1;
        &mut self.states[top]
    }

    pub(super) fn matrix(&self) -> Affine {
        self.states[self.states.len() - 1].matrix
    }

    pub(super) fn local_clip(&self) -> Option<Rect> {
        let State { matrix, area, .. } = &self.states[self.states.len() - 1];
        let inverse = Matrix::from_kurbo(*matrix).invert()?;
        (!area.is_empty()).then(|| inverse.map_rect(area.to_rect().with_outset((1.0, 1.0))).0)
    }

    pub(super) fn save_count(&self) -> usize {
        self.states.len()
    }

    pub(super) fn save(&mut self) -> usize {
        let state = self.state();
        let state = State { is_layer: false, ..state.clone() };
        self.states.push(state);
        self.states.len() - 1
    }

    pub(super) fn restore(&mut self) {
        if self.states.len() > 1
            && let Some(state) = self.states.pop()
        {
            if state.is_layer {
                self.end_layer();
            }
            if state.scissor != self.state().scissor {
                self.flush();
            }
        }
    }

    pub(super) fn set_matrix(&mut self, matrix: Affine) {
        self.state().matrix = matrix;
    }

    pub(super) fn concat(&mut self, matrix: Affine) {
        self.state().matrix *= matrix;
    }

    pub(super) fn clip(&mut self, path: &Path, op: ClipOp, smooth: bool) {
        let matrix = self.matrix();
        let rrect = device_rrect(path, matrix);
        if op == ClipOp::Intersect
            && let Some(rect) = rrect.filter(RRect::is_rect)
        {
            let rect = outline::snap_rect(rect.bounds());
            let rect = if smooth { rect } else { rounded(&rect) };
            let (size, in_layer) = (self.size, !self.layers.is_empty());
            let state = &self.states[self.states.len() - 1];
            // The first clip of a redraw says which part is to be redrawn. It cuts no shape: what lies outside of it is just
            // not taken over, so that shapes are made of the same pieces whatever the part is.
            let first = state.scissor.is_none() && state.clip == size.to_rect() && state.clips.is_empty();
            let scissor = first && !smooth && !in_layer;
            if scissor {
                self.flush();
            }
            let state = self.state();
            if scissor {
                state.area = state.area.common(&Area::around(&rect));
                state.scissor = Some(state.area);
            } else {
                state.clip = state.clip.common(&rect);
                state.area = state.area.common(&Area::around(&state.clip));
            }
            return;
        }
        let difference = op == ClipOp::Difference;
        let bounds = match &rrect {
            Some(rrect) => *rrect.bounds(),
            None => Matrix::from_kurbo(matrix).map_rect(path.bounds()).0,
        };
        // One pixel more, for points that are moved to the grid.
        let bounds = bounds.with_outset((1.0, 1.0));
        let state = self.state();
        // A clip that passes near is kept: where its edge passes, tiles are mixed in another way.
        let near = bounds.meets(&state.area.outset(MARGIN, MARGIN).to_rect());
        if !near || path.is_empty() {
            if !difference {
                state.area = Area::default();
            }
            return;
        }
        if !difference {
            state.area = state.area.common(&Area::around(&bounds));
        }
        let same =
            |c: &Clip| c.path.address() == path.address() && c.difference == difference && c.matrix == matrix;
        let known = self.scene.clips.len().saturating_sub(KNOWN_CLIPS);
        let id = self.scene.clips.iter().skip(known).position(same).map(|i| i + known);
        let id = id.unwrap_or_else(|| {
            let clip = Clip { range: 0..0, difference, rrect, bounds, path: path.clone(), matrix };
            self.scene.clips.push(clip);
            self.scene.clips.len() - 1
        });
        let state = self.state();
        if !state.clips.contains(&(id as u32)) {
            state.clips.push(id as u32);
        }
    }

    pub(super) fn clear(&mut self, color: Color) {
        let state = self.state();
        let area = state.area;
        let left = state.scissor.unwrap_or(area).to_rect().common(&state.clip);
        let whole = state.clips.is_empty() && left == area.to_rect();
        if self.layers.is_empty() && whole {
            self.flush();
            let [r, g, b, a] = Color4f::from(color).to_premul_bytes();
            let stride = self.size.width() * 4;
            for y in area.y0..area.y1 {
                let row = &mut self.pixels[y as usize * stride..][..stride];
                let row = &mut row[area.x0 as usize * 4..area.x1 as usize * 4];
                if a == 0 {
                    row.fill(0);
                } else {
                    row.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&[b, g, r, a]));
                }
            }
            self.blank = if a == 0 { area } else { Area::default() };
            self.note_change(area);
        } else {
            let mut paint = Paint::default();
            paint.set_color(color).set_blend_mode(BlendMode::Src);
            self.paint_all(&paint);
        }
    }

    pub(super) fn paint_all(&mut self, paint: &Paint) {
        let state = self.state();
        let (mut area, mut bounds) = (state.area, state.clip);
        if let Some(layer) = self.layers.last()
            && paint.blend.needs_ground()
        {
            area = area.common(&layer.drawn);
            bounds = bounds.common(&layer.drawn.outset(MARGIN, MARGIN).to_rect());
        }
        let Some(brush) = self.brush(paint, area) else { return };
        self.push(Kind::Rect(bounds), brush, paint.blend, bounds);
    }

    pub(super) fn path(&mut self, path: &Path, paint: &Paint) {
        let state = self.state();
        let (matrix, area) = (state.matrix, state.area);
        // Nothing can be seen of it: by far the most frequent case in a small redraw.
        let mut reach = if paint.style == PaintStyle::Fill {
            0.0
        } else {
            0.5 * paint.width * paint.miter.max(1.5) + 1.0
        };
        if let Some(mask) = &paint.mask_filter {
            let scale = if mask.respect_ctm { 1.0 } else { outline::scale_of(matrix).max(1e-3) as f32 };
            reach += (mask.sigma / scale).min(blur::MAX_SIGMA) * blur::REACH + 1.0;
        }
        let device = Matrix::from_kurbo(matrix).map_rect(path.bounds().with_outset((reach, reach))).0;
        let width_zero = paint.style != PaintStyle::Fill && paint.width == 0.0;
        let device = if width_zero { device.with_outset((2.0, 2.0)) } else { device };
        let invisible = paint.color.a == 0.0 && paint.blend == BlendMode::SrcOver;
        if invisible || path.is_empty() || !device.meets(&area.to_rect()) {
            return;
        }
        if paint.mask_filter.is_some() {
            return self.blurred_path(path, paint);
        }
        if paint.style != PaintStyle::Stroke {
            let rect = device_rrect(path, matrix).filter(RRect::is_rect);
            if let Some(rect) = rect {
                let rect = outline::snap_rect(rect.bounds());
                self.shape(Kind::Rect(rect), rect, paint);
            } else {
                let range = outline::fill(path, matrix, &mut self.scene.polygons);
                self.polygons(range, path.is_even_odd(), paint);
            }
        }
        if paint.style != PaintStyle::Fill {
            let (range, even_odd) = outline::stroke(path, paint, matrix, &mut self.scene.polygons);
            self.polygons(range, even_odd, paint);
        }
    }

    pub(super) fn polygons(&mut self, range: Range<u32>, even_odd: bool, paint: &Paint) {
        let bounds = self.scene.polygons.bounds(&range);
        self.shape(Kind::Polygons { range, even_odd }, bounds, paint);
    }

    fn shape(&mut self, kind: Kind, bounds: Rect, paint: &Paint) {
        let area = self.state().area.common(&Area::around(&bounds));
        if let Some(brush) = self.brush(paint, area) {
            self.push(kind, brush, paint.blend, bounds);
        }
    }

    /// What colours an area; `None` if nothing does.
    fn brush(&mut self, paint: &Paint, area: Area) -> Option<Brush> {
        if area.is_empty() {
            return None;
        }
        let Color4f { r, g, b, a } = paint.color.clamped();
        let Some(shader) = &paint.shader else { return Some(Brush::Solid([r, g, b, a])) };
        shade(shader, self.matrix(), a, area)
    }

    /// Adds an operation with the clips that cut it, unless they leave nothing.
    pub(super) fn push(&mut self, kind: Kind, brush: Brush, blend: BlendMode, bounds: Rect) {
        let state = &self.states[self.states.len() - 1];
        let area = state.area.common(&Area::around(&bounds));
        if area.is_empty() {
            return;
        }
        let visible = bounds.common(&state.clip);
        let clip = (!state.clip.holds(&bounds)).then_some(state.clip);
        let scene = &mut self.scene;
        let from = scene.clip_ids.len() as u32;
        for id in &state.clips {
            if !scene.clips[*id as usize].spares(&visible) {
                scene.spell_out(*id, &self.size);
                scene.clip_ids.push(*id);
            }
        }
        let clips = from..scene.clip_ids.len() as u32;
        scene.ops.push(Op { kind, brush, blend, clip, clips, area });
        self.note_drawn(area, blend);
    }

    pub(super) fn note_drawn(&mut self, area: Area, blend: BlendMode) {
        match self.layers.last_mut() {
            Some(layer) => {
                layer.drawn = layer.drawn.around_both(&area);
                layer.mixes |= blend != BlendMode::SrcOver;
            }
            None => self.scene.touched = self.scene.touched.around_both(&area),
        }
    }

    /// Makes pixels of what was recorded, unless a layer is open.
    pub(super) fn flush(&mut self) {
        if !self.layers.is_empty() {
            return;
        }
        let touched = self.scene.touched.common(&self.size);
        if !touched.is_empty() {
            let blank = self.blank.holds(&touched);
            let base = (!blank).then(|| raster::brush(self.copy(touched), touched));
            let made = self.raster.make(&self.scene, touched, base);
            let (stride, from_stride) = (self.size.width() * 4, made.area.width() * 4);
            for y in touched.y0..touched.y1 {
                let from = (y - made.area.y0) as usize * from_stride;
                let from = &made.rgba[from + (touched.x0 - made.area.x0) as usize * 4..];
                let to = &mut self.pixels[y as usize * stride + touched.x0 as usize * 4..];
                swap(&from[..touched.width() * 4], to);
            }
            self.blank = Area::default();
            self.note_change(touched);
        }
        let keep = self.states.iter().any(|s| !s.clips.is_empty());
        self.scene.clear(keep);
    }

    fn note_change(&mut self, area: Area) {
        self.changed = self.changed.around_both(&area);
        self.mirrors = None;
    }

    /// The pixels of an area: red, green, blue, alpha.
    pub(super) fn copy(&self, area: Area) -> Vec<u8> {
        let stride = self.size.width() * 4;
        let mut rgba = vec![0; area.width() * area.height() * 4];
        for (y, to) in (area.y0..).zip(rgba.chunks_exact_mut(area.width().max(1) * 4)) {
            let row = &self.pixels[y as usize * stride..][..stride];
            swap(&row[area.x0 as usize * 4..area.x1 as usize * 4], to);
        }
        rgba
    }

    pub(super) fn pixels(&mut self) -> &[u8] {
        self.flush();
        &self.pixels
    }

    /// Draws another surface's pixels.
    pub(super) fn surface(
        &mut self,
        source: &mut Self,
        offset: Point,
        sampling: SamplingOptions,
        paint: Option<&Paint>,
    ) {
        source.flush();
        self.flush();
        let state = &self.states[self.states.len() - 1];
        let straight = paint.is_none()
            && offset == Point::default()
            && self.size == source.size
            && state.matrix == Affine::IDENTITY
            && state.area == self.size
            && state.clips.is_empty()
            && self.layers.is_empty();
        let fresh = self.blank == self.size;
        let follows = matches!(self.mirrors, Some((id, _)) if id == source.id.0);
        if straight && (fresh || follows) {
            let area = if self.mirrors == Some(source.id) { source.changed } else { self.size };
            let stride = self.size.width() * 4;
            for y in area.y0..area.y1 {
                let row = y as usize * stride;
                let row = row + area.x0 as usize * 4..row + area.x1 as usize * 4;
                self.pixels[row.clone()].copy_from_slice(&source.pixels[row]);
            }
            self.note_change(area);
            self.blank = Area::default();
            source.changed = Area::default();
            source.id.1 += 1;
            self.mirrors = Some(source.id);
            return;
        }
        let rgba = source.copy(source.size).chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect();
        let pixels = Pixels { width: source.size.x1 as u32, height: source.size.y1 as u32, rgba };
        let place = Matrix::translate(offset);
        let tiles = (TileMode::Decal, TileMode::Decal);
        let mut paint = paint.cloned().unwrap_or_default();
        paint.set_shader(image_shader(&Arc::new(pixels), tiles, sampling.filter, Some(&place)));
        self.path(&Path::rect(source.size.to_rect().with_offset(offset), None), &paint);
    }
}

/// Copies pixels of four bytes, and swaps the first with the third of each: red and blue.
fn swap(from: &[u8], to: &mut [u8]) {
    for (from, to) in from.as_chunks::<4>().0.iter().zip(to.as_chunks_mut::<4>().0) {
        let p = u32::from_le_bytes(*from);
        *to = (p & 0xff00_ff00 | (p >> 16) & 0xff | (p & 0xff) << 16).to_le_bytes();
    }
}

/// The pixels of a shader over an area, or a row or a column of them if all are alike.
fn shade(shader: &Shader, matrix: Affine, alpha: f32, mut area: Area) -> Option<Brush> {
    let inverse = shader.inverse(matrix)?;
    match shader.change(inverse) {
        Change::X => area.y1 = area.y0 + 1,
        Change::Y => area.x1 = area.x0 + 1,
        Change::Both => {}
    }
    let mut row = vec![[0; 4]; area.width()];
    let mut rgba = Vec::with_capacity(area.width() * area.height() * 4);
    for y in area.y0..area.y1 {
        shader.row(inverse, area.x0, y, alpha, &mut row);
        rgba.extend_from_slice(row.as_flattened());
    }
    Some(raster::brush(rgba, area))
}

/// The rounded rectangle that a path is on the surface, if it is one.
pub(super) fn device_rrect(path: &Path, matrix: Affine) -> Option<RRect> {
    let Shape::RRect(r) = path.shape() else { return None };
    if let Some((sx, sy, tx, ty)) = stretch(matrix) {
        let r = r.scaled(sx, sy, tx, ty);
        return r.bounds().is_finite().then_some(r);
    }
    let (rect, stays) = Matrix::from_kurbo(matrix).map_rect(r.bounds());
    (stays && r.is_rect() && rect.is_finite()).then(|| RRect::new_rect_radii(rect, &[Point::default(); 4]))
}

/// Edges at the nearest whole pixels.
fn rounded(r: &Rect) -> Rect {
    let round = |x: f32| (x + 0.5).floor();
    Rect::new(round(r.left), round(r.top), round(r.right), round(r.bottom))
}
