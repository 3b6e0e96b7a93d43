//! Pixels of a drawing, to measure.
#![allow(dead_code, missing_docs)] // Every test takes what it needs.

use skia_safe::{Canvas, Color, Paint, Surface, surfaces::raster_n32_premul};

pub mod random;

/// A drawing's pixels: `[red, green, blue, alpha]`, alpha multiplied in.
pub struct Shot {
    pub width: usize,
    pub pixels: Vec<[u8; 4]>,
}

/// What a function draws on a transparent surface.
pub fn draw(width: i32, height: i32, f: impl FnOnce(&Canvas)) -> Shot {
    let mut surface = surface(width, height);
    f(surface.canvas());
    shot(&mut surface)
}

pub fn surface(width: i32, height: i32) -> Surface {
    raster_n32_premul((width, height)).expect("a small surface")
}

pub fn shot(surface: &mut Surface) -> Shot {
    let pixmap = surface.peek_pixels().expect("pixels");
    let bytes = pixmap.bytes().expect("bytes");
    assert_eq!(bytes.len(), pixmap.row_bytes() * pixmap.height() as usize);
    let pixels = bytes.chunks_exact(4).map(|p| [p[2], p[1], p[0], p[3]]).collect();
    Shot { width: pixmap.width() as usize, pixels }
}

impl Shot {
    pub fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.pixels[y * self.width + x]
    }

    pub fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// The sum of coverage: the area of what was drawn in an opaque colour.
    pub fn area(&self) -> f64 {
        self.pixels.iter().map(|p| f64::from(p[3]) / 255.0).sum()
    }

    /// The smallest rectangle of pixels with something in them: left, top, right, bottom.
    pub fn bounds(&self) -> Option<[usize; 4]> {
        let drawn = |i: &usize| self.pixels[*i][3] > 0;
        let all: Vec<usize> = (0..self.pixels.len()).filter(drawn).collect();
        let (x, y) = (|i: &usize| i % self.width, |i: &usize| i / self.width);
        Some([
            all.iter().map(x).min()?,
            all.iter().map(y).min()?,
            all.iter().map(x).max()? + 1,
            all.iter().map(y).max()? + 1,
        ])
    }
}

/// A paint that fills with a colour.
pub fn fill(color: Color) -> Paint {
    let mut paint = Paint::default();
    paint.set_color(color).set_anti_alias(true);
    paint
}

pub fn stroke(color: Color, width: f32) -> Paint {
    let mut paint = fill(color);
    paint.set_style(skia_safe::PaintStyle::Stroke).set_stroke_width(width);
    paint
}

pub const RED: Color = Color::from_rgb(255, 0, 0);
pub const BLACK: Color = Color::BLACK;

#[track_caller]
pub fn near(what: &str, is: f64, should: f64, tolerance: f64) {
    assert!((is - should).abs() <= tolerance, "{what}: {is} instead of {should} ± {tolerance}");
}

/// That no channel differs by more.
#[track_caller]
pub fn near_pixel(is: [u8; 4], should: [u8; 4], tolerance: u8) {
    let off = is.iter().zip(should).any(|(a, b)| a.abs_diff(b) > tolerance);
    assert!(!off, "{is:?} instead of {should:?} ± {tolerance}");
}
