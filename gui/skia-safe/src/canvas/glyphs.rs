//! Glyphs: outlines from a font, hinted, as polygons that are kept from one drawing to the next.

use crate::{
    Canvas, Paint, PaintStyle, Path,
    canvas::{outline, record::Recorder, scene::Polygons},
    kurbo::{Affine, BezPath, Point},
    path::stretch,
};
use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, NormalizedCoord, Size},
    outline::{DrawSettings, Engine, HintingInstance, HintingOptions, OutlinePen, SmoothMode, Target},
};
use std::{cell::RefCell, collections::HashMap, ops::Range, rc::Rc};

/// A glyph of a font, and where its origin is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlacedGlyph {
    pub(crate) id: u32,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Glyphs of one font and size.
#[derive(Debug)]
pub(crate) struct GlyphRun<'a> {
    pub(crate) font: &'a parley::FontData,
    pub(crate) size: f32,
    pub(crate) normalized_coords: &'a [i16],
    /// An angle to the right, in radians, for an italic that the font does not have.
    pub(crate) skew: Option<f32>,
    pub(crate) hint: bool,
    pub(crate) glyphs: &'a [PlacedGlyph],
    pub(crate) paint: &'a Paint,
}

impl Canvas {
    /// Draws glyphs. Those that are pictures or coloured layers have no outline and are left out.
    pub(crate) fn draw_glyphs(&self, run: &GlyphRun<'_>) {
        self.with(|r| r.glyphs(run));
    }
}

impl Recorder {
    fn glyphs(&mut self, run: &GlyphRun<'_>) {
        let matrix = self.matrix();
        if !(run.size > 0.0 && run.size < 4096.0 && matrix.is_finite()) {
            return;
        }
        // Upright text is made at the size that it has on the surface, so that hints fit its pixels.
        let upright =
            stretch(matrix).filter(|(sx, sy, ..)| (sx - sy).abs() < 1e-3 * sx && sx * run.size < 4096.0);
        let scale = upright.map_or(1.0, |(sx, ..)| sx);
        let hint = run.hint && upright.is_some() && run.skew.is_none();
        let mut key = Key {
            font: run.font.data.id(),
            index: run.font.index,
            glyph: 0,
            size: (run.size * scale).to_bits(),
            coords: run.normalized_coords.into(),
            skew: run.skew.unwrap_or(0.0).to_bits(),
            hint,
        };
        let area = self.state().area.to_rect();
        // One shape for the whole run, unless its glyphs may lie over each other in a way that shows.
        let from = self.scene.polygons.len();
        for glyph in run.glyphs {
            let origin = matrix * Point::new(glyph.x.into(), glyph.y.into());
            if !origin.is_finite() || origin.x.abs() > 1e5 || origin.y.abs() > 1e5 {
                continue;
            }
            key.glyph = glyph.id;
            let outline = CACHE.with_borrow_mut(|cache| cache.get(&key, run));
            if upright.is_some() {
                let y = if hint { origin.y.round() } else { origin.y };
                let (x, y) = (outline::snap(origin.x), outline::snap(y));
                let bounds = outline.bounds.with_offset((x, y)).with_outset((1.0, 1.0));
                if !bounds.meets(&area) {
                    continue;
                }
                let polygons = &mut self.scene.polygons;
                for i in 0..outline.polygons.ends.len() {
                    let range = outline.polygons.start(i)..outline.polygons.ends[i] as usize;
                    let points = &outline.polygons.points[range];
                    polygons.points.extend(points.iter().map(|p| [p[0] + x, p[1] + y]));
                    polygons.end();
                }
            } else {
                let place = matrix * Affine::translate((glyph.x.into(), glyph.y.into()));
                outline::append(outline.bez.elements(), place, &mut self.scene.polygons);
            }
        }
        let range = from..self.scene.polygons.len();
        self.glyph_shapes(range, run.paint);
    }

    fn glyph_shapes(&mut self, range: Range<u32>, paint: &Paint) {
        if range.is_empty() {
            return;
        }
        if paint.style != PaintStyle::Stroke {
            self.polygons(range.clone(), false, paint);
        }
        if paint.style != PaintStyle::Fill {
            let mut bez = BezPath::new();
            self.scene.polygons.write(&range, (0.0, 0.0), &mut bez);
            // The polygons are in the surface's pixels already; the stroke's width is not.
            let mut paint = paint.clone();
            paint.width *= outline::scale_of(self.matrix()) as f32;
            let path = Path::from_bez(bez);
            let (range, even_odd) =
                outline::stroke(&path, &paint, Affine::IDENTITY, &mut self.scene.polygons);
            self.polygons(range, even_odd, &paint);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    font: u64,
    index: u32,
    glyph: u32,
    size: u32,
    coords: Rc<[i16]>,
    skew: u32,
    hint: bool,
}

/// A glyph around its origin, y downwards.
#[derive(Debug, Default)]
struct Outline {
    bez: BezPath,
    polygons: Polygons,
    bounds: crate::Rect,
}

/// All glyphs that a thread has drawn, up to a number at which it begins anew.
#[derive(Default)]
struct Cache {
    outlines: HashMap<Key, Rc<Outline>>,
    /// The last hinting, and the key of the run that it is for.
    hinting: Option<(Key, HintingInstance)>,
}

const MAX_OUTLINES: usize = 4096;

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
}

impl Cache {
    fn get(&mut self, key: &Key, run: &GlyphRun<'_>) -> Rc<Outline> {
        if let Some(outline) = self.outlines.get(key) {
            return outline.clone();
        }
        if self.outlines.len() >= MAX_OUTLINES {
            self.outlines.clear();
        }
        let outline = Rc::new(self.draw(key, run).unwrap_or_default());
        self.outlines.insert(key.clone(), outline.clone());
        outline
    }

    /// The outline; `None` if the font has none.
    fn draw(&mut self, key: &Key, run: &GlyphRun<'_>) -> Option<Outline> {
        let font = FontRef::from_index(run.font.data.as_ref(), key.index).ok()?;
        let outlines = font.outline_glyphs();
        let glyph = outlines.get(GlyphId::new(key.glyph))?;
        let coords: Vec<_> = key.coords.iter().map(|c| NormalizedCoord::from_bits(*c)).collect();
        let (size, place) = (Size::new(f32::from_bits(key.size)), LocationRef::new(&coords));
        let mut pen = Pen { bez: BezPath::new(), slant: f64::from(f32::from_bits(key.skew)).tan() };
        let run_key = Key { glyph: 0, ..key.clone() };
        if key.hint && self.hinting.as_ref().is_none_or(|(k, _)| *k != run_key) {
            // Lines snap to pixels up and down only: widths, and so the layout, stay what they are.
            let target = Target::Smooth {
                mode: SmoothMode::Lcd,
                symmetric_rendering: false,
                preserve_linear_metrics: true,
            };
            let options = HintingOptions { engine: Engine::AutoFallback, target };
            self.hinting = HintingInstance::new(&outlines, size, place, options).ok().map(|h| (run_key, h));
        }
        let settings = match &self.hinting {
            Some((_, hinting)) if key.hint => DrawSettings::hinted(hinting, false),
            _ => DrawSettings::unhinted(size, place),
        };
        glyph.draw(settings, &mut pen).ok()?;
        let mut polygons = Polygons::default();
        let range = outline::append(pen.bez.elements(), Affine::IDENTITY, &mut polygons);
        let bounds = polygons.bounds(&range);
        Some(Outline { bez: pen.bez, polygons, bounds })
    }
}

/// Takes an outline in the font's direction, y upwards.
struct Pen {
    bez: BezPath,
    slant: f64,
}

impl Pen {
    fn point(&self, x: f32, y: f32) -> Point {
        Point::new(f64::from(x) + f64::from(y) * self.slant, -f64::from(y))
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.bez.move_to(self.point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.bez.line_to(self.point(x, y));
    }

    fn quad_to(&mut self, ax: f32, ay: f32, x: f32, y: f32) {
        self.bez.quad_to(self.point(ax, ay), self.point(x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.bez.curve_to(self.point(ax, ay), self.point(bx, by), self.point(x, y));
    }

    fn close(&mut self) {
        self.bez.close_path();
    }
}
