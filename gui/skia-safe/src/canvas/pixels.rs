//! The surface's pixels: cleared, made of what was recorded, and taken over by another surface.

use crate::{
    BlendMode, Color, Color4f, Matrix, Paint, Path, SamplingOptions, TileMode,
    canvas::{raster, record::Recorder, scene::Area},
    geometry::Point,
    image::Pixels,
    kurbo::Affine,
    shader::image_shader,
};
use std::sync::Arc;

impl Recorder {
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
