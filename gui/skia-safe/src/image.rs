//! Images: decoded once, read as shaders.

use crate::{FilterMode, Matrix, SamplingOptions, Shader, TileMode, kurbo::Point, shader::image_shader};
use std::sync::Arc;

/// Bytes.
#[derive(Clone, Debug)]
pub struct Data(Arc<[u8]>);

impl Data {
    /// A copy of bytes.
    pub fn new_copy(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// A copy of bytes.
    ///
    /// # Safety
    /// None needed here, because the bytes are copied. The signature is that of the crate this one stands in for, which
    /// borrows them.
    pub unsafe fn new_bytes(bytes: &[u8]) -> Self {
        Self::new_copy(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Pixels: red, green, blue and alpha, multiplied in.
#[derive(Debug)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<[u8; 4]>,
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Image(Arc<Pixels>);

impl Image {
    /// PNG or JPEG; `None` if it is neither or broken.
    pub fn from_encoded(data: Data) -> Option<Self> {
        let mut reader = ::image::ImageReader::new(std::io::Cursor::new(data.as_bytes()));
        let mut limits = ::image::Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        reader.limits(limits);
        let picture = reader.with_guessed_format().ok()?.decode().ok()?.into_rgba8();
        let (width, height) = picture.dimensions();
        let premultiplied = |[r, g, b, a]: [u8; 4]| {
            let times_alpha = |x: u8| ((u32::from(x) * u32::from(a) + 127) / 255) as u8;
            [times_alpha(r), times_alpha(g), times_alpha(b), a]
        };
        let rgba = picture.pixels().map(|p| premultiplied(p.0)).collect();
        Some(Self(Arc::new(Pixels { width, height, rgba })))
    }

    /// Width in pixels.
    pub fn width(&self) -> i32 {
        self.0.width as i32
    }

    /// Height in pixels.
    pub fn height(&self) -> i32 {
        self.0.height as i32
    }

    /// The image as colours of a shape.
    pub fn to_shader<'a>(
        &self,
        tiles: impl Into<Option<(TileMode, TileMode)>>,
        sampling: impl Into<SamplingOptions>,
        local: impl Into<Option<&'a Matrix>>,
    ) -> Option<Shader> {
        image_shader(&self.0, tiles.into().unwrap_or_default(), sampling.into().filter, local.into())
    }
}

/// The largest side of an image, and of a surface.
pub(crate) const MAX_SIDE: u32 = 16_384;

impl Pixels {
    pub(crate) fn read(
        &self,
        p: Point,
        tiles: (TileMode, TileMode),
        filter: FilterMode,
        alpha: f32,
    ) -> [u8; 4] {
        let pixel = |x: f64, y: f64| -> [f32; 4] {
            let place = (tile(x, self.width, tiles.0), tile(y, self.height, tiles.1));
            let (Some(x), Some(y)) = place else { return [0.0; 4] };
            self.rgba[y * self.width as usize + x].map(f32::from)
        };
        let mixed = match filter {
            FilterMode::Nearest => pixel(p.x.floor(), p.y.floor()),
            FilterMode::Linear => {
                let (x, y) = ((p.x - 0.5).floor(), (p.y - 0.5).floor());
                let (u, v) = ((p.x - 0.5 - x) as f32, (p.y - 0.5 - y) as f32);
                let [a, b, c, d] =
                    [pixel(x, y), pixel(x + 1.0, y), pixel(x, y + 1.0), pixel(x + 1.0, y + 1.0)];
                let mix =
                    |i: usize| (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v;
                [mix(0), mix(1), mix(2), mix(3)]
            }
        };
        mixed.map(|x| (x * alpha + 0.5) as u8)
    }
}

/// Where a pixel is found, if anywhere.
fn tile(x: f64, n: u32, mode: TileMode) -> Option<usize> {
    let n = f64::from(n);
    let x = match mode {
        TileMode::Clamp => x.clamp(0.0, n - 1.0),
        TileMode::Repeat => x.rem_euclid(n),
        TileMode::Mirror => {
            let x = x.rem_euclid(2.0 * n);
            if x < n { x } else { 2.0 * n - 1.0 - x }
        }
        TileMode::Decal => x,
    };
    (x >= 0.0 && x < n).then_some(x as usize)
}
