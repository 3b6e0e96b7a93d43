//! Operations to pixels, by `vello_cpu`.
//!
//! Only the touched rows of a surface are made, up to the last touched column: the cost is that of what changed. The rows
//! begin with a tile, and points lie on a grid, so that the pixels do not depend on where they begin. Columns always begin
//! at the surface's left, because along a row the rasteriser adds heights from the left, and its sums are rounded.

use crate::{
    BlendMode, Rect,
    canvas::{
        blur,
        scene::{Area, Brush, Kind, Layer, Op, Scene},
    },
    kurbo::{self, Affine, BezPath, Shape as _},
    stand_in,
};
use std::{ops::Range, sync::Arc};
use vello_cpu::{
    Image, ImageSource, PixelMetadata, Pixmap, PixmapMut, RasterizerSettings, RenderContext, RenderSettings,
    Resources,
    color::{AlphaColor, Srgb},
    peniko::{Extend, Fill, ImageAlphaType, ImageQuality, ImageSampler},
};

/// The side of the rasteriser's tiles, in pixels.
const TILE: i32 = 4;

/// What rasterising keeps from one time to the next.
#[derive(Debug, Default)]
pub(crate) struct Raster {
    /// One for the surface and one for each blurred layer in a blurred layer.
    slots: Vec<Slot>,
    path: BezPath,
}

#[derive(Debug, Default)]
struct Slot {
    context: Option<(RenderContext, bool)>,
    resources: Resources,
    bytes: Vec<u8>,
}

/// A clip as the rasteriser has it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pushed {
    Rect(Rect),
    Shape(u32),
}

/// Red, green, blue and alpha, multiplied in, as the rasteriser left them.
pub(crate) struct Made<'a> {
    /// Where they are: the touched area, up to the tiles around it.
    pub(crate) area: Area,
    pub(crate) rgba: &'a mut [u8],
}

impl Raster {
    /// Makes the pixels of an area. `base` is what is there already.
    pub(crate) fn make(&mut self, scene: &Scene, area: Area, base: Option<Brush>) -> Made<'_> {
        let area = self.render(scene, 0..scene.ops.len(), (area, 0), base, 0);
        Made { area, rgba: &mut self.slots[0].bytes }
    }

    /// Renders a range of operations into a slot's bytes, from a column on, and says which area that is.
    fn render(
        &mut self,
        scene: &Scene,
        ops: Range<usize>,
        (wanted, left): (Area, i32),
        base: Option<Brush>,
        depth: usize,
    ) -> Area {
        let down = |x: i32| x.div_euclid(TILE) * TILE;
        let up = |x: i32| down(x + TILE - 1);
        // With a tile around it, so that none that is wanted is at the edge, where shapes are cut.
        let area = Area::new(
            down(left.min(wanted.x0)) - TILE,
            down(wanted.y0) - TILE,
            up(wanted.x1) + TILE,
            up(wanted.y1) + TILE,
        );
        let (width, height) = (area.width() as u16, area.height() as u16);
        if self.slots.len() <= depth {
            self.slots.resize_with(depth + 1, Slot::default);
        }
        let plain = stand_in::is_simd_fixed();
        let kept = self.slots[depth].context.take().filter(|(_, was_plain)| *was_plain == plain);
        let mut context = match kept {
            Some((mut context, _)) => {
                context.reset_and_resize(width, height);
                context
            }
            None => {
                let mut settings = RenderSettings { num_threads: 0, ..RenderSettings::default() };
                if plain {
                    settings.level = vello_cpu::Level::baseline();
                }
                RenderContext::new_with(width, height, settings)
            }
        };
        let mut out = Target { context: &mut context, area, wanted, pushed: Vec::new() };
        if let Some(base) = base {
            out.paint(&base, BlendMode::SrcOver);
            out.fill_rect(&wanted.to_rect());
        }
        let mut i = ops.start;
        while i < ops.end {
            let op = &scene.ops[i];
            i += 1;
            match &op.kind {
                Kind::Push(layer) if op.area.is_empty() => i = layer.end + 1,
                Kind::Push(layer) if layer.blur.is_some() => {
                    if let Some(brush) = self.blurred(scene, i..layer.end, layer, depth) {
                        out.clip(scene, op, &mut self.path);
                        out.paint(&brush, op.blend);
                        out.fill_rect(&layer.bounds);
                    }
                    i = layer.end + 1;
                }
                Kind::Push(layer) if layer.plain => {}
                Kind::Push(layer) => {
                    if layer.hollow {
                        out.clip(scene, op, &mut self.path);
                    } else {
                        // Its content is cut already.
                        out.unclip(0);
                    }
                    let rect = out.moved(&layer.bounds).to_path(0.1);
                    let blend = Some(op.blend.to_peniko());
                    out.context.push_layer(Some(&rect), blend, Some(layer.alpha), None, None);
                }
                Kind::Pop { plain: true } => {}
                Kind::Pop { plain: false } => {
                    out.unclip(0);
                    out.context.pop_layer();
                }
                Kind::Rect(rect) => {
                    out.clip(scene, op, &mut self.path);
                    out.paint(&op.brush, op.blend);
                    out.fill_rect(rect);
                }
                Kind::Polygons { range, even_odd } => {
                    out.clip(scene, op, &mut self.path);
                    out.paint(&op.brush, op.blend);
                    let rule = if *even_odd { Fill::EvenOdd } else { Fill::NonZero };
                    out.context.set_fill_rule(rule);
                    scene.polygons.write(range, out.origin(), &mut self.path);
                    out.context.fill_path(&self.path);
                }
            }
        }
        out.unclip(0);
        let slot = &mut self.slots[depth];
        slot.bytes.resize(usize::from(width) * usize::from(height) * 4, 0);
        if let Some(target) = PixmapMut::new(width, height, &mut slot.bytes) {
            context.flush();
            context.render_with(target, &mut slot.resources, RasterizerSettings::default());
        }
        slot.context = Some((context, plain));
        area
    }

    /// A blurred layer's pixels.
    fn blurred(&mut self, scene: &Scene, ops: Range<usize>, layer: &Layer, depth: usize) -> Option<Brush> {
        let (x, y) = layer.blur?;
        let reach = (blur::reach(x) + 1, blur::reach(y) + 1);
        // One more, so that the outermost pixels, which go on beyond the edges, are blank.
        let wanted = layer.content.outset(reach.0, reach.1);
        if layer.content.is_empty() {
            return layer.hollow.then_some(Brush::Solid([0.0; 4]));
        }
        let area = self.render(scene, ops, (wanted, layer.left), None, depth + 1);
        let mut rgba = std::mem::take(&mut self.slots[depth + 1].bytes);
        // What the tiles hold beyond the content is no part of it.
        blank_outside(&mut rgba, &area, &layer.content);
        blur::pixels(&mut rgba, area.width(), (x, y));
        if layer.alpha < 1.0 {
            let alpha = (layer.alpha * 256.0) as u32;
            rgba.iter_mut().for_each(|x| *x = ((u32::from(*x) * alpha + 128) >> 8) as u8);
        }
        Some(brush(rgba, area))
    }
}

/// Pixels as a brush.
pub(crate) fn brush(mut rgba: Vec<u8>, area: Area) -> Brush {
    let (width, height) = (area.width(), area.height());
    rgba.truncate(width * height * 4);
    // The pixmap takes the buffer over, if its capacity is one of whole pixels.
    rgba.shrink_to_fit();
    let about = PixelMetadata::new(ImageAlphaType::AlphaPremultiplied, true);
    let pixmap = Arc::new(Pixmap::from_parts(rgba, width as u16, height as u16, about));
    Brush::Pixels { pixmap, x: area.x0, y: area.y0 }
}

fn blank_outside(rgba: &mut [u8], area: &Area, kept: &Area) {
    for (y, row) in (area.y0..).zip(rgba.chunks_exact_mut(area.width() * 4)) {
        if y < kept.y0 || y >= kept.y1 {
            row.fill(0);
            continue;
        }
        let column = |x: i32| ((x - area.x0).clamp(0, area.x1 - area.x0) as usize) * 4;
        row[..column(kept.x0)].fill(0);
        row[column(kept.x1)..].fill(0);
    }
}

/// A context, the part of the surface that it shows, and the clips that it has.
struct Target<'a> {
    context: &'a mut RenderContext,
    area: Area,
    wanted: Area,
    pushed: Vec<Pushed>,
}

impl Target<'_> {
    fn origin(&self) -> (f32, f32) {
        (self.area.x0 as f32, self.area.y0 as f32)
    }

    fn moved(&self, r: &Rect) -> kurbo::Rect {
        let (x, y) = self.origin();
        r.with_offset((-x, -y)).to_kurbo()
    }

    fn fill_rect(&mut self, r: &Rect) {
        let r = self.moved(r);
        self.context.fill_rect(&r);
    }

    fn paint(&mut self, brush: &Brush, blend: BlendMode) {
        self.context.set_blend_mode(blend.to_peniko());
        match brush {
            Brush::Solid(color) => self.context.set_paint(AlphaColor::<Srgb>::new(*color)),
            Brush::Pixels { pixmap, x, y } => {
                let sampler = ImageSampler {
                    x_extend: Extend::Pad,
                    y_extend: Extend::Pad,
                    quality: ImageQuality::Low,
                    alpha: 1.0,
                };
                let offset = (f64::from(x - self.area.x0), f64::from(y - self.area.y0));
                self.context.set_paint_transform(Affine::translate(offset));
                self.context.set_paint(Image { image: ImageSource::Pixmap(pixmap.clone()), sampler });
            }
        }
    }

    /// Makes the clips those of an operation, changing as few as possible.
    fn clip(&mut self, scene: &Scene, op: &Op, path: &mut BezPath) {
        // A rectangle around all tiles that are wanted cuts nothing of them.
        let wanted = self.wanted.outset(TILE, TILE).to_rect();
        let rect = op.clip.filter(|r| !r.holds(&wanted)).map(Pushed::Rect);
        let ids = &scene.clip_ids[op.clips.start as usize..op.clips.end as usize];
        let clips = || rect.into_iter().chain(ids.iter().map(|id| Pushed::Shape(*id)));
        let same = self.pushed.iter().zip(clips()).take_while(|(a, b)| **a == *b).count();
        self.unclip(same);
        for clip in clips().skip(same) {
            match clip {
                Pushed::Rect(r) => {
                    let r = self.moved(&r);
                    self.context.push_clip_rect(&r);
                }
                Pushed::Shape(id) => {
                    let clip = &scene.clips[id as usize];
                    scene.clip_polygons.write(&clip.range, self.origin(), path);
                    let rule = if clip.difference { Fill::EvenOdd } else { Fill::NonZero };
                    self.context.set_fill_rule(rule);
                    self.context.push_clip_path(path);
                }
            }
            self.pushed.push(clip);
        }
    }

    fn unclip(&mut self, keep: usize) {
        while self.pushed.len() > keep {
            self.pushed.pop();
            self.context.pop_clip();
        }
    }
}
