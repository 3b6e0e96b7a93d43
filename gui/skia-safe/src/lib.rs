//! The part of the skia-safe API that vizia draws with, on pure-Rust crates.

mod canvas_impl;
mod font;
mod geometry;
mod image;
mod paint;
mod path;
mod shader;
pub mod svg;
pub mod textlayout;

pub use self::image::{Data, Image};
pub use canvas_impl::{Canvas, Surface};
pub use font::{FontArguments, FontMgr, FontStyle, FourByteTag};
pub use geometry::{IPoint, ISize, M44, Matrix, Point, RRect, Rect, Size, Vector};
pub use paint::{
    BlendMode, BlurStyle, ClipOp, Color, Color4f, FilterMode, ImageFilter, MaskFilter, Paint, PaintCap,
    PaintStyle, PathEffect, SamplingOptions, TileMode,
};
pub use path::{Path, PathBuilder, PathDirection, PathOp};
pub use shader::Shader;

/// Corners of a rounded rectangle.
pub mod rrect {
    pub use crate::geometry::Corner;
}
/// Which of two arcs.
pub mod path_builder {
    pub use crate::path::ArcSize;
}
/// Layers.
pub mod canvas {
    pub use crate::canvas_impl::SaveLayerRec;
    pub(crate) use crate::canvas_impl::GlyphRun;
}
/// Surfaces in memory.
pub mod surfaces {
    pub use crate::canvas_impl::raster_n32_premul;
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
