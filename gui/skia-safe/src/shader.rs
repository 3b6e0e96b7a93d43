//! Shaders.
use crate::{Color4f, Matrix, Point, TileMode};
#[derive(Clone, Debug)]
pub struct Shader {}
#[derive(Clone, Debug)]
pub struct GradientColors<'a> {
    pub(crate) colors: &'a [Color4f],
    pub(crate) positions: Option<&'a [f32]>,
    pub(crate) tile_mode: TileMode,
}
impl<'a> GradientColors<'a> {
    pub fn new(
        colors: &'a [Color4f],
        positions: Option<&'a [f32]>,
        tile_mode: TileMode,
        _color_space: impl Into<Option<ColorSpace>>,
    ) -> Self {
        Self { colors, positions, tile_mode }
    }
}
#[derive(Clone, Debug)]
pub struct ColorSpace {}
#[derive(Clone, Copy, Debug, Default)]
pub struct Interpolation {}
#[derive(Clone, Debug)]
pub struct Gradient<'a> {
    pub(crate) colors: GradientColors<'a>,
}
impl<'a> Gradient<'a> {
    pub fn new(colors: GradientColors<'a>, _interpolation: Interpolation) -> Self {
        Self { colors }
    }
}
pub fn linear_gradient<'a>(
    _points: (impl Into<Point>, impl Into<Point>),
    _gradient: &Gradient<'_>,
    _m: impl Into<Option<&'a Matrix>>,
) -> Option<Shader> {
    None
}
pub fn radial_gradient<'a>(
    _circle: (impl Into<Point>, f32),
    _gradient: &Gradient<'_>,
    _m: impl Into<Option<&'a Matrix>>,
) -> Option<Shader> {
    None
}
