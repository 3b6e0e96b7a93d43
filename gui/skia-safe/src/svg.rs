//! SVG pictures: read once into shapes, drawn through the canvas.
//!
//! Text, masks, filters and patterns are left out; a picture that needs them is drawn without.

use crate::{
    BlendMode, Canvas, Color, Color4f, Data, FilterMode, FontMgr, Image, Matrix, Paint, PaintCap, PaintJoin,
    PaintStyle, Path, PathEffect, Point, Rect, Shader, Size, TileMode,
    canvas::SaveLayerRec,
    gradient_shader::{Gradient, GradientColors, Interpolation},
    kurbo::{Affine, BezPath},
    shaders::{linear_gradient, radial_gradient},
    wrapper::PointerWrapper,
};
use std::sync::Arc;
use usvg::tiny_skia_path::PathSegment;

/// A picture.
#[derive(Clone, Debug)]
pub struct Dom {
    inner: DomInner,
    size: (f32, f32),
    steps: Arc<[Step]>,
}

/// What stands behind a picture.
#[derive(Clone, Debug)]
#[allow(non_snake_case)] // The name is that of the wrapped field.
pub struct DomInner {
    /// The size that the picture is drawn at.
    pub fContainerSize: ContainerSize,
}

/// A size.
#[derive(Clone, Debug)]
#[allow(non_snake_case)] // The names are those of the wrapped fields.
pub struct ContainerSize {
    /// Width.
    pub fWidth: f32,
    /// Height.
    pub fHeight: f32,
}

/// The bytes are no SVG picture.
#[derive(Clone, Debug)]
pub struct LoadError;

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an SVG picture: give the text of one, with a size or a viewBox")
    }
}

impl std::error::Error for LoadError {}

#[derive(Clone, Debug)]
enum Step {
    Begin { matrix: Matrix, clips: Vec<Path>, layer: Option<Paint> },
    Draw(Path, Paint),
    End { layers: bool },
}

impl Dom {
    /// Reads a picture. It is as large as it says; no font is needed, for its text is left out.
    pub fn from_bytes(bytes: impl AsRef<[u8]>, _fonts: impl Into<FontMgr>) -> Result<Self, LoadError> {
        let tree = usvg::Tree::from_data(bytes.as_ref(), &usvg::Options::default()).map_err(|_| LoadError)?;
        let size = (tree.size().width(), tree.size().height());
        let mut steps = Vec::new();
        group(tree.root(), &mut steps);
        let inner = DomInner { fContainerSize: ContainerSize { fWidth: size.0, fHeight: size.1 } };
        Ok(Self { inner, size, steps: steps.into() })
    }

    /// Draws it at another size.
    pub fn set_container_size(&mut self, size: impl Into<Size>) {
        let Size { width, height } = size.into();
        self.inner.fContainerSize = ContainerSize { fWidth: width, fHeight: height };
    }

    /// Draws it at the origin.
    pub fn render(&self, canvas: &Canvas) {
        let ContainerSize { fWidth, fHeight } = self.inner.fContainerSize;
        let count = canvas.save();
        canvas.scale((fWidth / self.size.0, fHeight / self.size.1));
        for step in self.steps.iter() {
            match step {
                Step::Begin { matrix, clips, layer } => {
                    canvas.save();
                    canvas.concat(matrix);
                    for clip in clips {
                        canvas.clip_path(clip, None, true);
                    }
                    if let Some(paint) = layer {
                        canvas.save_layer(&SaveLayerRec::default().paint(paint));
                    }
                }
                Step::Draw(path, paint) => {
                    canvas.draw_path(path, paint);
                }
                Step::End { layers } => {
                    if *layers {
                        canvas.restore();
                    }
                    canvas.restore();
                }
            }
        }
        canvas.restore_to_count(count);
    }
}

impl PointerWrapper<DomInner> for Dom {
    fn inner(&self) -> &DomInner {
        &self.inner
    }
}

fn group(group: &usvg::Group, steps: &mut Vec<Step>) {
    let isolated = group.opacity().get() < 1.0 || group.blend_mode() != usvg::BlendMode::Normal;
    let layer = isolated.then(|| {
        let mut paint = Paint::default();
        paint.set_alpha_f(group.opacity().get()).set_blend_mode(blend(group.blend_mode()));
        paint
    });
    let mut clips = Vec::new();
    let mut clip = group.clip_path();
    while let Some(c) = clip {
        let mut bez = BezPath::new();
        outlines(c.root(), affine(c.transform()), &mut bez);
        clips.push(Path::from_bez(bez));
        clip = c.clip_path();
    }
    let layers = layer.is_some();
    steps.push(Step::Begin { matrix: matrix(group.transform()), clips, layer });
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => self::group(inner, steps),
            usvg::Node::Path(path) if path.is_visible() => shape(path, steps),
            usvg::Node::Image(image) if image.is_visible() => picture(image, steps),
            _ => {}
        }
    }
    steps.push(Step::End { layers });
}

/// All shapes in a clip as one.
fn outlines(group: &usvg::Group, to_clip: Affine, out: &mut BezPath) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => outlines(inner, to_clip * affine(inner.transform()), out),
            usvg::Node::Path(path) => out.extend(to_clip * bez(path.data())),
            _ => {}
        }
    }
}

fn shape(path: &usvg::Path, steps: &mut Vec<Step>) {
    let outline = Path::from_bez(bez(path.data()));
    let fill = path.fill().and_then(|fill| {
        let path = outline.clone().with_even_odd(fill.rule() == usvg::FillRule::EvenOdd);
        Some(Step::Draw(path, paint(fill.paint(), fill.opacity().get())?))
    });
    let stroke = path.stroke().and_then(|stroke| {
        let mut paint = paint(stroke.paint(), stroke.opacity().get())?;
        paint.set_style(PaintStyle::Stroke).set_stroke_width(stroke.width().get());
        paint.set_stroke_miter(stroke.miterlimit().get());
        paint.set_stroke_cap(match stroke.linecap() {
            usvg::LineCap::Butt => PaintCap::Butt,
            usvg::LineCap::Round => PaintCap::Round,
            usvg::LineCap::Square => PaintCap::Square,
        });
        paint.set_stroke_join(match stroke.linejoin() {
            usvg::LineJoin::Round => PaintJoin::Round,
            usvg::LineJoin::Bevel => PaintJoin::Bevel,
            usvg::LineJoin::Miter | usvg::LineJoin::MiterClip => PaintJoin::Miter,
        });
        let dash = stroke.dasharray().and_then(|d| PathEffect::dash(d, stroke.dashoffset()));
        paint.set_path_effect(dash);
        Some(Step::Draw(outline.clone(), paint))
    });
    let order = match path.paint_order() {
        usvg::PaintOrder::FillAndStroke => [fill, stroke],
        usvg::PaintOrder::StrokeAndFill => [stroke, fill],
    };
    steps.extend(order.into_iter().flatten());
}

fn picture(image: &usvg::Image, steps: &mut Vec<Step>) {
    match image.kind() {
        usvg::ImageKind::SVG(tree) => group(tree.root(), steps),
        usvg::ImageKind::PNG(data) | usvg::ImageKind::JPEG(data) => {
            let Some(image) = Image::from_encoded(Data::new_copy(data)) else { return };
            let mut paint = Paint::default();
            paint.set_shader(image.to_shader((TileMode::Clamp, TileMode::Clamp), FilterMode::Linear, None));
            let rect = Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32);
            steps.push(Step::Draw(Path::rect(rect, None), paint));
        }
        usvg::ImageKind::GIF(_) | usvg::ImageKind::WEBP(_) => {}
    }
}

/// A paint; `None` for a pattern.
fn paint(paint: &usvg::Paint, opacity: f32) -> Option<Paint> {
    let mut out = Paint::default();
    match paint {
        usvg::Paint::Color(c) => {
            out.set_color(Color::from_rgb(c.red, c.green, c.blue));
        }
        usvg::Paint::LinearGradient(g) => {
            let line = (Point::new(g.x1(), g.y1()), Point::new(g.x2(), g.y2()));
            out.set_shader(Some(ramp(g, |colors, local| linear_gradient(line, colors, local))?));
        }
        usvg::Paint::RadialGradient(g) => {
            // Its focus is taken to be its centre.
            let circle = (Point::new(g.cx(), g.cy()), g.r().get());
            out.set_shader(Some(ramp(g, |colors, local| radial_gradient(circle, colors, local))?));
        }
        usvg::Paint::Pattern(_) => return None,
    }
    out.set_alpha_f(opacity);
    Some(out)
}

fn ramp(
    gradient: &usvg::BaseGradient,
    make: impl FnOnce(&Gradient<'_>, &Matrix) -> Option<Shader>,
) -> Option<Shader> {
    let color = |s: &usvg::Stop| Color4f {
        a: s.opacity().get(),
        ..Color::from_rgb(s.color().red, s.color().green, s.color().blue).into()
    };
    let colors: Vec<_> = gradient.stops().iter().map(color).collect();
    let places: Vec<_> = gradient.stops().iter().map(|s| s.offset().get()).collect();
    let tile = match gradient.spread_method() {
        usvg::SpreadMethod::Pad => TileMode::Clamp,
        usvg::SpreadMethod::Reflect => TileMode::Mirror,
        usvg::SpreadMethod::Repeat => TileMode::Repeat,
    };
    let colors = GradientColors::new(&colors, Some(&places), tile, None);
    make(&Gradient::new(colors, Interpolation::default()), &matrix(gradient.transform()))
}

fn blend(mode: usvg::BlendMode) -> BlendMode {
    match mode {
        usvg::BlendMode::Normal => BlendMode::SrcOver,
        usvg::BlendMode::Multiply => BlendMode::Multiply,
        usvg::BlendMode::Screen => BlendMode::Screen,
        usvg::BlendMode::Overlay => BlendMode::Overlay,
        usvg::BlendMode::Darken => BlendMode::Darken,
        usvg::BlendMode::Lighten => BlendMode::Lighten,
        usvg::BlendMode::ColorDodge => BlendMode::ColorDodge,
        usvg::BlendMode::ColorBurn => BlendMode::ColorBurn,
        usvg::BlendMode::HardLight => BlendMode::HardLight,
        usvg::BlendMode::SoftLight => BlendMode::SoftLight,
        usvg::BlendMode::Difference => BlendMode::Difference,
        usvg::BlendMode::Exclusion => BlendMode::Exclusion,
        usvg::BlendMode::Hue => BlendMode::Hue,
        usvg::BlendMode::Saturation => BlendMode::Saturation,
        usvg::BlendMode::Color => BlendMode::Color,
        usvg::BlendMode::Luminosity => BlendMode::Luminosity,
    }
}

fn affine(t: usvg::Transform) -> Affine {
    Affine::new([t.sx, t.ky, t.kx, t.sy, t.tx, t.ty].map(f64::from))
}

fn matrix(t: usvg::Transform) -> Matrix {
    Matrix::from_kurbo(affine(t))
}

fn bez(path: &usvg::tiny_skia_path::Path) -> BezPath {
    let mut out = BezPath::new();
    let p = |p: usvg::tiny_skia_path::Point| (f64::from(p.x), f64::from(p.y));
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(a) => out.move_to(p(a)),
            PathSegment::LineTo(a) => out.line_to(p(a)),
            PathSegment::QuadTo(a, b) => out.quad_to(p(a), p(b)),
            PathSegment::CubicTo(a, b, c) => out.curve_to(p(a), p(b), p(c)),
            PathSegment::Close => out.close_path(),
        }
    }
    out
}
