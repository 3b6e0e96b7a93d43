//! Surfaces: pixels in memory, and a canvas that draws on them.

use crate::{Canvas, ISize, Paint, Point, SamplingOptions, image::MAX_SIDE};

/// Pixels and the canvas that draws on them.
#[derive(Debug)]
pub struct Surface {
    canvas: Canvas,
    width: i32,
    height: i32,
}

/// A view of a surface's pixels: blue, green, red and alpha in memory, alpha multiplied in, so that a pixel read as a number
/// on a little-endian machine is `0xAARRGGBB`.
#[derive(Debug)]
pub struct Pixmap<'a> {
    bytes: &'a [u8],
    width: i32,
    height: i32,
}

impl Pixmap<'_> {
    /// Width in pixels.
    pub fn width(&self) -> i32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> i32 {
        self.height
    }

    /// From one row to the next.
    pub fn row_bytes(&self) -> usize {
        self.width as usize * 4
    }

    /// All rows, from the top.
    pub fn bytes(&self) -> Option<&[u8]> {
        Some(self.bytes)
    }
}

impl Surface {
    /// Width in pixels.
    pub fn width(&self) -> i32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> i32 {
        self.height
    }

    /// What draws on it.
    pub fn canvas(&mut self) -> &Canvas {
        &self.canvas
    }

    /// Draws this surface's pixels on a canvas.
    ///
    /// A canvas of the same size that holds nothing but this surface's pixels from before takes over what has changed since,
    /// and no more. Translucent pixels replace the old ones there, where Skia would add to them.
    pub fn draw(
        &mut self,
        canvas: &Canvas,
        offset: impl Into<Point>,
        sampling: impl Into<SamplingOptions>,
        paint: Option<&Paint>,
    ) {
        canvas.draw_surface(&self.canvas, offset.into(), sampling.into(), paint);
    }

    /// The pixels. What is inside of a layer that is still open is not there yet.
    pub fn peek_pixels(&mut self) -> Option<Pixmap<'_>> {
        let (width, height) = (self.width, self.height);
        Some(Pixmap { bytes: self.canvas.pixels(), width, height })
    }
}

/// A surface of transparent pixels; `None` for a side below 1 or above 16,384.
pub fn raster_n32_premul(size: impl Into<ISize>) -> Option<Surface> {
    let ISize { width, height } = size.into();
    let good = |x: i32| (1..=MAX_SIDE as i32).contains(&x);
    (good(width) && good(height)).then(|| Surface { canvas: Canvas::new(width, height), width, height })
}
