//! What a shape is drawn with: colour or shader, fill or stroke, and effects.

use crate::{BlendMode, Color, Color4f, Rect, Shader};
use std::sync::Arc;

/// Whether a shape is filled, or its outline drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaintStyle {
    /// The inside.
    #[default]
    Fill,
    /// The outline.
    Stroke,
    /// Both.
    StrokeAndFill,
}

/// How an open stroke ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaintCap {
    /// At the last point.
    #[default]
    Butt,
    /// With half a circle.
    Round,
    /// With half a square.
    Square,
}

/// How the segments of a stroke meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaintJoin {
    /// In a point, if that is not longer than the paint's limit, by default four half widths.
    #[default]
    Miter,
    /// Round.
    Round,
    /// Cut off.
    Bevel,
}

/// Which side of a blurred shape is drawn. All are drawn as `Normal`, the one that vizia uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlurStyle {
    /// Inside and outside.
    Normal,
    /// Solid inside.
    Solid,
    /// Nothing inside.
    Outer,
    /// Nothing outside.
    Inner,
}

/// Blurs a shape before it is coloured: shadows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskFilter {
    pub(crate) sigma: f32,
    pub(crate) respect_ctm: bool,
}

impl MaskFilter {
    /// A Gaussian blur; `None` if sigma is not above 0. `respect_ctm`, the default: sigma grows with the canvas's scale.
    pub fn blur(_style: BlurStyle, sigma: f32, respect_ctm: impl Into<Option<bool>>) -> Option<Self> {
        let respect_ctm = respect_ctm.into().unwrap_or(true);
        (sigma > 0.0 && sigma.is_finite()).then_some(Self { sigma, respect_ctm })
    }
}

/// Breaks an outline into dashes.
#[derive(Clone, Debug, PartialEq)]
pub struct PathEffect {
    pub(crate) intervals: Arc<[f32]>,
    pub(crate) phase: f32,
}

impl PathEffect {
    /// On, off, on, off; `None` unless there is an even number of them, none negative and not all 0.
    pub fn dash(intervals: &[f32], phase: f32) -> Option<Self> {
        let sum: f32 = intervals.iter().sum();
        let good = intervals.len() >= 2
            && intervals.len().is_multiple_of(2)
            && intervals.iter().all(|x| *x >= 0.0)
            && sum > 0.0
            && sum.is_finite()
            && phase.is_finite();
        good.then(|| Self { intervals: intervals.into(), phase })
    }
}

/// Changes a whole layer: cuts it to a rectangle, then blurs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageFilter {
    pub(crate) crop: Option<Rect>,
    pub(crate) sigma: (f32, f32),
}

/// The part that a filter leaves.
pub type CropRect = Rect;

impl ImageFilter {
    /// Leaves only what lies in a rectangle. What lies outside counts as transparent, whatever the tile mode.
    pub fn crop(
        rect: impl AsRef<Rect>,
        _tile_mode: impl Into<Option<TileMode>>,
        input: impl Into<Option<ImageFilter>>,
    ) -> Option<Self> {
        let rect = *rect.as_ref();
        let input = input.into().unwrap_or(Self { crop: None, sigma: (0.0, 0.0) });
        Some(Self { crop: Some(input.crop.map_or(rect, |c| c.common(&rect))), ..input })
    }

    /// Then a Gaussian blur. A crop of the result is not done.
    pub fn blur<'a>(
        self,
        _crop_rect: impl Into<Option<&'a CropRect>>,
        (sigma_x, sigma_y): (f32, f32),
        _tile_mode: impl Into<Option<TileMode>>,
    ) -> Option<Self> {
        let good = |x: f32| (0.0..=f32::MAX).contains(&x);
        (good(sigma_x) && good(sigma_y)).then_some(Self { sigma: (sigma_x, sigma_y), ..self })
    }
}

/// How a shader goes on beyond its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TileMode {
    /// With what is at the end.
    #[default]
    Clamp,
    /// Again and again.
    Repeat,
    /// There and back.
    Mirror,
    /// With nothing.
    Decal,
}

/// How an image is read between its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilterMode {
    /// The nearest pixel.
    #[default]
    Nearest,
    /// A mean of four.
    Linear,
}

/// How an image is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamplingOptions {
    /// Between its pixels.
    pub filter: FilterMode,
}

impl From<FilterMode> for SamplingOptions {
    fn from(filter: FilterMode) -> Self {
        Self { filter }
    }
}

/// What a clip leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipOp {
    /// What lies outside of it.
    Difference,
    /// What lies inside of it.
    #[default]
    Intersect,
}

/// What a shape is drawn with.
#[derive(Clone, Debug)]
pub struct Paint {
    pub(crate) color: Color4f,
    pub(crate) style: PaintStyle,
    pub(crate) width: f32,
    pub(crate) cap: PaintCap,
    pub(crate) join: PaintJoin,
    pub(crate) miter: f32,
    pub(crate) blend: BlendMode,
    pub(crate) shader: Option<Shader>,
    pub(crate) mask_filter: Option<MaskFilter>,
    pub(crate) path_effect: Option<PathEffect>,
    pub(crate) image_filter: Option<ImageFilter>,
}

impl Default for Paint {
    /// Fills with black.
    fn default() -> Self {
        Self {
            color: Color::BLACK.into(),
            style: PaintStyle::Fill,
            width: 0.0,
            cap: PaintCap::Butt,
            join: PaintJoin::Miter,
            miter: 4.0,
            blend: BlendMode::SrcOver,
            shader: None,
            mask_filter: None,
            path_effect: None,
            image_filter: None,
        }
    }
}

impl Paint {
    /// Colour and alpha.
    pub fn set_color(&mut self, color: impl Into<Color>) -> &mut Self {
        self.color = color.into().into();
        self
    }

    /// Alpha alone; a shader's colours are multiplied by it.
    pub fn set_alpha_f(&mut self, alpha: f32) -> &mut Self {
        self.color.a = alpha;
        self.color = self.color.clamped();
        self
    }

    /// No difference: edges are always smooth.
    pub fn set_anti_alias(&mut self, _on: bool) -> &mut Self {
        self
    }

    /// Fill or stroke.
    pub fn set_style(&mut self, style: PaintStyle) -> &mut Self {
        self.style = style;
        self
    }

    /// Width of strokes; 0 is one pixel at any scale. What is not a width changes nothing.
    pub fn set_stroke_width(&mut self, width: f32) -> &mut Self {
        if (0.0..=f32::MAX).contains(&width) {
            self.width = width;
        }
        self
    }

    /// Ends of strokes.
    pub fn set_stroke_cap(&mut self, cap: PaintCap) -> &mut Self {
        self.cap = cap;
        self
    }

    /// Joins of strokes.
    pub fn set_stroke_join(&mut self, join: PaintJoin) -> &mut Self {
        self.join = join;
        self
    }

    /// How long a pointed join may be, in half widths. What is no such number changes nothing.
    pub fn set_stroke_miter(&mut self, limit: f32) -> &mut Self {
        if (0.0..=f32::MAX).contains(&limit) {
            self.miter = limit;
        }
        self
    }

    /// How it meets what is there.
    pub fn set_blend_mode(&mut self, mode: BlendMode) -> &mut Self {
        self.blend = mode;
        self
    }

    /// Colours from a shader instead of one.
    pub fn set_shader(&mut self, shader: impl Into<Option<Shader>>) -> &mut Self {
        self.shader = shader.into();
        self
    }

    /// Blurs the shape.
    pub fn set_mask_filter(&mut self, filter: impl Into<Option<MaskFilter>>) -> &mut Self {
        self.mask_filter = filter.into();
        self
    }

    /// Breaks strokes into dashes.
    pub fn set_path_effect(&mut self, effect: impl Into<Option<PathEffect>>) -> &mut Self {
        self.path_effect = effect.into();
        self
    }

    /// Changes a layer when it is restored. Shapes that are drawn with it are drawn without.
    pub fn set_image_filter(&mut self, filter: impl Into<Option<ImageFilter>>) -> &mut Self {
        self.image_filter = filter.into();
        self
    }
}
