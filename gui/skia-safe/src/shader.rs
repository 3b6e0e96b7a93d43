//! Shaders: gradients and images as the colours of a shape.
//!
//! A shader is read at the centres of the surface's pixels, in double precision and by their place on the whole surface, so
//! that a part drawn alone has the same pixels as the whole.

use crate::{
    Color4f, FilterMode, Matrix, Point, TileMode,
    image::Pixels,
    kurbo::{self, Affine},
};
use std::sync::Arc;

/// Colours by place.
#[derive(Clone, Debug)]
pub struct Shader(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    local: Affine,
}

#[derive(Debug)]
enum Kind {
    Linear { start: kurbo::Point, end: kurbo::Point, ramp: Ramp },
    Radial { center: kurbo::Point, radius: f64, ramp: Ramp },
    Image { pixels: Arc<Pixels>, tiles: (TileMode, TileMode), filter: FilterMode },
}

/// Colours from 0 to 1.
#[derive(Debug)]
struct Ramp {
    stops: Vec<(f32, Color4f)>,
    tile: TileMode,
}

/// Which way a shader's colours change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Both,
    /// Along x only: every row is the same.
    X,
    /// Along y only: every column is the same.
    Y,
}

/// The colours of a gradient.
#[derive(Clone, Debug)]
pub struct GradientColors<'a> {
    colors: &'a [Color4f],
    positions: Option<&'a [f32]>,
    tile_mode: TileMode,
}

impl<'a> GradientColors<'a> {
    /// Colours at positions from 0 to 1, or equally spaced. They are sRGB whatever the colour space.
    pub fn new(
        colors: &'a [Color4f],
        positions: Option<&'a [f32]>,
        tile_mode: TileMode,
        _color_space: impl Into<Option<ColorSpace>>,
    ) -> Self {
        Self { colors, positions, tile_mode }
    }
}

/// A colour space: only sRGB is drawn.
#[derive(Clone, Debug)]
pub struct ColorSpace {}

/// How colours are mixed: in sRGB, their alpha not multiplied in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Interpolation {}

/// A gradient's colours and how they are mixed.
#[derive(Clone, Debug)]
pub struct Gradient<'a> {
    colors: GradientColors<'a>,
}

impl<'a> Gradient<'a> {
    /// A gradient.
    pub fn new(colors: GradientColors<'a>, _interpolation: Interpolation) -> Self {
        Self { colors }
    }
}

/// Colours along a line; `None` without colours, or with a number that is not finite.
pub fn linear_gradient<'a>(
    (start, end): (impl Into<Point>, impl Into<Point>),
    gradient: &Gradient<'_>,
    local: impl Into<Option<&'a Matrix>>,
) -> Option<Shader> {
    let (start, end) = (start.into(), end.into());
    let ramp = Ramp::new(&gradient.colors)?;
    let kind = Kind::Linear { start: start.to_kurbo(), end: end.to_kurbo(), ramp };
    if start.is_finite() && end.is_finite() { Shader::new(kind, local.into()) } else { None }
}

/// Colours around a point; `None` as for [`linear_gradient`].
pub fn radial_gradient<'a>(
    (center, radius): (impl Into<Point>, f32),
    gradient: &Gradient<'_>,
    local: impl Into<Option<&'a Matrix>>,
) -> Option<Shader> {
    let center = center.into();
    let ramp = Ramp::new(&gradient.colors)?;
    let kind = Kind::Radial { center: center.to_kurbo(), radius: radius.into(), ramp };
    if center.is_finite() && radius >= 0.0 && radius.is_finite() {
        Shader::new(kind, local.into())
    } else {
        None
    }
}

pub(crate) fn image_shader(
    pixels: &Arc<Pixels>,
    tiles: (TileMode, TileMode),
    filter: FilterMode,
    local: Option<&Matrix>,
) -> Option<Shader> {
    Shader::new(Kind::Image { pixels: pixels.clone(), tiles, filter }, local)
}

impl Shader {
    fn new(kind: Kind, local: Option<&Matrix>) -> Option<Self> {
        let local = local.map_or(Affine::IDENTITY, |m| m.to_kurbo());
        local.is_finite().then(|| Self(Arc::new(Inner { kind, local })))
    }

    /// From the surface to the shader, if that way exists.
    pub(crate) fn inverse(&self, to_device: Affine) -> Option<Affine> {
        let whole = to_device * self.0.local;
        let inverse = whole.inverse();
        (whole.determinant() != 0.0 && inverse.is_finite()).then_some(inverse)
    }

    pub(crate) fn change(&self, inverse: Affine) -> Change {
        let Kind::Linear { start, end, .. } = &self.0.kind else { return Change::Both };
        let [a, b, c, d, ..] = inverse.as_coeffs();
        let v = *end - *start;
        let (along_x, along_y) = (a * v.x + b * v.y, c * v.x + d * v.y);
        match (along_x == 0.0, along_y == 0.0) {
            (false, true) => Change::X,
            (true, false) => Change::Y,
            _ => Change::Both,
        }
    }

    /// Writes the colours of the pixels right of `x` and `y` into `out`, alpha multiplied in.
    pub(crate) fn row(&self, inverse: Affine, x: i32, y: i32, alpha: f32, out: &mut [[u8; 4]]) {
        for (i, out) in out.iter_mut().enumerate() {
            let place = kurbo::Point::new(f64::from(x) + i as f64 + 0.5, f64::from(y) + 0.5);
            let p = inverse * place;
            *out = match &self.0.kind {
                Kind::Linear { start, end, ramp } => {
                    let v = *end - *start;
                    ramp.at((p - *start).dot(v) / v.hypot2(), alpha)
                }
                Kind::Radial { center, radius, ramp } => ramp.at((p - *center).hypot() / radius, alpha),
                Kind::Image { pixels, tiles, filter } => pixels.read(p, *tiles, *filter, alpha),
            };
        }
    }
}

impl Ramp {
    fn new(colors: &GradientColors<'_>) -> Option<Self> {
        let n = colors.colors.len();
        let mut last = 0.0f32;
        let place = |i: usize| match colors.positions {
            Some(positions) => positions.get(i).copied().unwrap_or(1.0),
            None => i as f32 / (n.max(2) - 1) as f32,
        };
        let stops = colors.colors.iter().enumerate().map(|(i, color)| {
            // Positions never go back; what is not a number is where the last was.
            last = place(i).max(last).min(1.0);
            (last, color.clamped())
        });
        let stops: Vec<_> = stops.collect();
        (n > 0).then_some(Self { stops, tile: colors.tile_mode })
    }

    fn at(&self, t: f64, alpha: f32) -> [u8; 4] {
        // A gradient without extent has its last colour everywhere.
        let t = if t.is_nan() { f64::INFINITY } else { t };
        let t = match self.tile {
            TileMode::Clamp => t.clamp(0.0, 1.0),
            _ if t.is_infinite() => 1.0,
            TileMode::Repeat => t - t.floor(),
            TileMode::Mirror => 1.0 - ((t * 0.5 - (t * 0.5).floor()) * 2.0 - 1.0).abs(),
            TileMode::Decal if (0.0..=1.0).contains(&t) => t,
            TileMode::Decal => return [0; 4],
        } as f32;
        let above = self.stops.partition_point(|(x, _)| *x <= t);
        let mut color = if above == 0 {
            self.stops[0].1
        } else if above == self.stops.len() {
            self.stops[above - 1].1
        } else {
            let ((x0, a), (x1, b)) = (self.stops[above - 1], self.stops[above]);
            let k = (t - x0) / (x1 - x0);
            let mix = |a: f32, b: f32| a + (b - a) * k;
            Color4f::new(mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b), mix(a.a, b.a))
        };
        color.a *= alpha;
        color.to_premul_bytes()
    }
}
