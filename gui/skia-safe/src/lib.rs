//! The part of the skia-safe API that vizia draws with, on pure-Rust crates.

pub mod canvas;
mod color;
mod font;
mod geometry;
mod image;
mod matrix;
mod paint;
mod path;
pub mod path_builder;
pub mod rrect;
mod shader;
pub mod stand_in;
mod surface;
pub mod svg;
pub mod textlayout;

pub use self::image::{Data, Image};
pub use canvas::Canvas;
pub use color::{BlendMode, Color, Color4f};
pub use font::{FontArguments, FontMgr, FontStyle, FourByteTag};
pub use geometry::{IPoint, ISize, Point, Rect, Size, Vector};
pub use matrix::{M44, Matrix};
pub use paint::{
    BlurStyle, ClipOp, FilterMode, ImageFilter, MaskFilter, Paint, PaintCap, PaintJoin, PaintStyle,
    PathEffect, SamplingOptions, TileMode,
};
pub use path::{Path, PathDirection, PathOp};
pub use path_builder::PathBuilder;
pub use rrect::RRect;
pub use shader::Shader;
pub use surface::{Pixmap, Surface};
use vello_cpu::kurbo;

/// Surfaces in memory.
pub mod surfaces {
    pub use crate::surface::raster_n32_premul;
}
/// Gradients.
pub mod gradient_shader {
    pub use crate::shader::{Gradient, GradientColors, Interpolation};
}
/// Shaders.
pub mod shaders {
    pub use crate::shader::{linear_gradient, radial_gradient};
}
/// Weight, width and slant.
pub mod font_style {
    pub use crate::font::{Slant, Weight, Width};
}
/// Variations.
pub mod font_arguments {
    pub use crate::font::VariationPosition;
    /// One axis.
    pub mod variation_position {
        pub use crate::font::Coordinate;
    }
}
/// Access to what stands behind a wrapper.
pub mod wrapper {
    /// Access to what stands behind a wrapper.
    pub trait PointerWrapper<T> {
        /// The inner value.
        fn inner(&self) -> &T;
    }
}
