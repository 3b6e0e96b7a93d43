//! Random drawing, of what vizia draws and of what nobody should.

use fastrand::Rng;
use skia_safe::{
    BlendMode, BlurStyle, Canvas, ClipOp, Color, Color4f, Data, Image, ImageFilter, M44, MaskFilter, Matrix,
    Paint, PaintCap, PaintJoin, PaintStyle, Path, PathBuilder, PathDirection, PathEffect, PathOp, Point,
    RRect, Rect, SamplingOptions, Shader, TileMode,
    canvas::SaveLayerRec,
    gradient_shader::{Gradient, GradientColors, Interpolation},
    path_builder::ArcSize,
    shaders::{linear_gradient, radial_gradient},
};

/// Where numbers come from.
pub struct Source {
    pub rng: Rng,
    /// Numbers that no picture has: huge, tiny, infinite, not a number.
    pub wild: bool,
    /// Rotation, skew and blurred layers too.
    pub all: bool,
    pub width: f32,
    pub height: f32,
    /// Saves that are open.
    pub depth: usize,
}

const WILD: [f32; 14] = [
    0.0,
    -0.0,
    1e-30,
    -1e-7,
    0.5,
    -1.0,
    16_384.0,
    -40_000.0,
    1e9,
    -1e20,
    f32::MAX,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

impl Source {
    fn is_wild(&mut self) -> bool {
        self.wild && self.rng.u8(..4) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(..of.len())]
    }

    fn number(&mut self, from: f32, to: f32) -> f32 {
        if self.is_wild() { self.pick(&WILD) } else { from + (to - from) * self.rng.f32() }
    }

    fn point(&mut self) -> Point {
        let (w, h) = (self.width, self.height);
        let mut p = Point::new(self.number(-20.0, w + 20.0), self.number(-20.0, h + 20.0));
        if self.rng.bool() {
            // Layouts are rounded to pixels.
            p = Point::new(p.x.round(), p.y.round());
        }
        p
    }

    pub fn rect(&mut self) -> Rect {
        let p = self.point();
        let (w, h) = (self.number(1.0, 90.0), self.number(1.0, 60.0));
        if self.rng.bool() {
            Rect::from_xywh(p.x, p.y, w.round(), h.round())
        } else {
            Rect::from_xywh(p.x, p.y, w, h)
        }
    }

    fn color(&mut self) -> Color {
        let a = if self.rng.bool() { 255 } else { self.rng.u8(..) };
        Color::from_argb(a, self.rng.u8(..), self.rng.u8(..), self.rng.u8(..))
    }

    fn rrect(&mut self) -> RRect {
        let rect = self.rect();
        let r = self.number(0.0, 20.0);
        if self.rng.bool() {
            return RRect::new_rect_xy(rect, r, r);
        }
        let mut radius = || Point::new(self.number(0.0, 20.0), self.number(0.0, 20.0));
        RRect::new_rect_radii(rect, &[radius(), radius(), radius(), radius()])
    }

    pub fn path(&mut self) -> Path {
        match self.rng.u8(..7) {
            0 => Path::rect(self.rect(), None),
            1 | 2 => Path::rrect(self.rrect(), None),
            3 => Path::circle(self.point(), self.number(1.0, 30.0), None),
            4 => {
                let op = self.pick(&[
                    PathOp::Difference,
                    PathOp::Intersect,
                    PathOp::Union,
                    PathOp::XOR,
                    PathOp::ReverseDifference,
                ]);
                let (a, b) = (Path::rrect(self.rrect(), None), Path::rrect(self.rrect(), None));
                a.op(&b, op).unwrap_or_default()
            }
            _ => {
                let mut path = PathBuilder::new();
                for _ in 0..self.rng.u8(1..7) {
                    self.segment(&mut path);
                }
                if self.rng.bool() {
                    path.close();
                }
                path.detach()
            }
        }
    }

    fn segment(&mut self, path: &mut PathBuilder) {
        let (a, b, c) = (self.point(), self.point(), self.point());
        let dir = self.pick(&[PathDirection::CW, PathDirection::CCW]);
        match self.rng.u8(..9) {
            0 => path.move_to(a),
            1 | 2 => path.line_to(a),
            3 => path.quad_to(a, b),
            4 => path.cubic_to(a, b, c),
            5 => {
                let r = Point::new(self.number(0.0, 40.0), self.number(0.0, 40.0));
                let d = Point::new(self.number(-40.0, 40.0), self.number(-40.0, 40.0));
                let size = self.pick(&[ArcSize::Small, ArcSize::Large]);
                path.r_arc_to(r, self.number(0.0, 360.0), size, dir, d)
            }
            6 => {
                let (start, sweep) = (self.number(-360.0, 360.0), self.number(-400.0, 400.0));
                path.arc_to(self.rect(), start, sweep, self.rng.bool())
            }
            7 => path.add_rrect(self.rrect(), dir, None),
            _ => path.offset(Point::new(self.number(-9.0, 9.0), self.number(-9.0, 9.0))),
        };
    }

    fn shader(&mut self, image: Option<&Image>) -> Option<Shader> {
        let colors: Vec<Color4f> = (0..self.rng.u8(..4)).map(|_| self.color().into()).collect();
        let places: Vec<f32> = colors.iter().map(|_| self.number(0.0, 1.0)).collect();
        let modes = [TileMode::Clamp, TileMode::Repeat, TileMode::Mirror, TileMode::Decal];
        let (tile, other) = (self.pick(&modes), self.pick(&modes));
        let colors = GradientColors::new(&colors, self.rng.bool().then_some(&places[..]), tile, None);
        let gradient = Gradient::new(colors, Interpolation::default());
        let (a, mut b) = (self.point(), self.point());
        if self.rng.bool() {
            b.x = a.x;
        }
        let local = Matrix::translate((self.number(-9.0, 9.0), self.number(-9.0, 9.0)));
        match (self.rng.u8(..3), image) {
            (0, _) => linear_gradient((a, b), &gradient, &local),
            (1, _) => radial_gradient((a, self.number(0.0, 60.0)), &gradient, &local),
            (_, image) => image?.to_shader((tile, other), SamplingOptions::default(), &local),
        }
    }

    pub fn paint(&mut self, image: Option<&Image>) -> Paint {
        let mut paint = Paint::default();
        paint.set_color(self.color());
        if self.rng.u8(..5) == 0 {
            paint.set_shader(self.shader(image));
        }
        if self.rng.u8(..3) == 0 {
            paint.set_style(self.pick(&[PaintStyle::Stroke, PaintStyle::StrokeAndFill]));
            paint.set_stroke_width(self.number(0.0, 8.0));
            paint.set_stroke_cap(self.pick(&[PaintCap::Butt, PaintCap::Round, PaintCap::Square]));
            paint.set_stroke_join(self.pick(&[PaintJoin::Miter, PaintJoin::Round, PaintJoin::Bevel]));
            if self.rng.u8(..3) == 0 {
                let dash = [self.number(0.0, 9.0), self.number(1.0, 9.0)];
                paint.set_path_effect(PathEffect::dash(&dash, self.number(0.0, 5.0)));
            }
        }
        if self.rng.u8(..6) == 0 {
            paint.set_blend_mode(self.pick(&MODES));
        }
        if self.rng.u8(..8) == 0 {
            let sigma = self.number(0.1, 8.0);
            paint.set_mask_filter(MaskFilter::blur(BlurStyle::Normal, sigma, self.rng.bool()));
        }
        paint
    }

    fn filter(&mut self) -> Option<ImageFilter> {
        let sigma = self.number(0.0, 5.0);
        ImageFilter::crop(self.rect(), None, None)?.blur(None, (sigma, sigma), None)
    }

    /// One call.
    pub fn call(&mut self, canvas: &Canvas, image: Option<&Image>) {
        let paint = self.paint(image);
        match self.rng.u8(..24) {
            0 => {
                canvas.save();
                self.depth += 1;
            }
            1 | 2 => {
                if self.wild || self.depth > 0 {
                    canvas.restore();
                    self.depth = self.depth.saturating_sub(1);
                }
            }
            3 => {
                self.depth += 1;
                let mut layer = Paint::default();
                layer.set_alpha_f(self.number(0.0, 1.0));
                if self.rng.u8(..3) == 0 {
                    layer.set_blend_mode(self.pick(&MODES));
                }
                let (filter, backdrop) = (self.filter(), self.filter());
                if self.all && self.rng.bool() {
                    layer.set_image_filter(filter);
                }
                let rec = SaveLayerRec::default().paint(&layer);
                match &backdrop {
                    Some(backdrop) if self.all && self.wild => canvas.save_layer(&rec.backdrop(backdrop)),
                    _ => canvas.save_layer(&rec),
                };
            }
            4 => {
                canvas.translate((self.number(-30.0, 30.0), self.number(-30.0, 30.0)));
            }
            5 => {
                canvas.scale((self.number(0.5, 2.0), self.number(0.5, 2.0)));
            }
            6 if self.all => {
                canvas.rotate(self.number(-180.0, 180.0), None);
            }
            6 | 7 => {
                let matrix = if self.all && self.rng.bool() {
                    Matrix::skew((self.number(-1.0, 1.0), self.number(-1.0, 1.0)))
                } else {
                    Matrix::translate((self.number(-30.0, 30.0).round(), self.number(-30.0, 30.0).round()))
                };
                canvas.set_matrix(&M44::from(&matrix));
            }
            8 => {
                let op = self.pick(&[ClipOp::Intersect, ClipOp::Difference]);
                canvas.clip_rect(self.rect().with_outset((40.0, 40.0)), op, self.rng.bool());
            }
            9 | 10 => {
                let op = self.pick(&[ClipOp::Intersect, ClipOp::Difference, ClipOp::Difference]);
                let clip = if op == ClipOp::Intersect && !self.wild {
                    Path::rrect(RRect::new_rect_xy(self.rect().with_outset((50.0, 50.0)), 9.0, 9.0), None)
                } else {
                    self.path()
                };
                canvas.clip_path(&clip, op, true);
            }
            11 => {
                canvas.draw_paint(&paint);
            }
            12 if self.wild => {
                canvas.clear(self.color());
            }
            12 | 13 => {
                canvas.draw_line(self.point(), self.point(), &paint);
            }
            14 => {
                let (start, sweep) = (self.number(0.0, 360.0), self.number(-360.0, 360.0));
                canvas.draw_arc(self.rect(), start, sweep, self.rng.bool(), &paint);
            }
            15 => {
                canvas.draw_circle(self.point(), self.number(0.0, 30.0), &paint);
            }
            16 | 17 => {
                canvas.draw_rect(self.rect(), &paint);
            }
            18 if self.wild => {
                canvas.restore_to_count(self.rng.usize(..5));
            }
            _ => {
                canvas.draw_path(&self.path(), &paint);
            }
        }
    }
}

/// A picture of 8 × 8 pixels, some of them translucent.
pub fn image() -> Image {
    Image::from_encoded(Data::new_copy(&png())).expect("a picture")
}

/// It as PNG.
pub fn png() -> Vec<u8> {
    let pixels = (0..64u32).flat_map(|i| {
        let (x, y) = ((i % 8) as u8, (i / 8) as u8);
        [x * 36, y * 36, 128, if x == 7 { 128 } else { 255 }]
    });
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbaImage::from_raw(8, 8, pixels.collect()).expect("64 pixels");
    picture.write_to(&mut png, image::ImageFormat::Png).expect("written");
    png.into_inner()
}

pub const MODES: [BlendMode; 29] = [
    BlendMode::Clear,
    BlendMode::Src,
    BlendMode::Dst,
    BlendMode::SrcOver,
    BlendMode::DstOver,
    BlendMode::SrcIn,
    BlendMode::DstIn,
    BlendMode::SrcOut,
    BlendMode::DstOut,
    BlendMode::SrcATop,
    BlendMode::DstATop,
    BlendMode::Xor,
    BlendMode::Plus,
    BlendMode::Modulate,
    BlendMode::Screen,
    BlendMode::Overlay,
    BlendMode::Darken,
    BlendMode::Lighten,
    BlendMode::ColorDodge,
    BlendMode::ColorBurn,
    BlendMode::HardLight,
    BlendMode::SoftLight,
    BlendMode::Difference,
    BlendMode::Exclusion,
    BlendMode::Multiply,
    BlendMode::Hue,
    BlendMode::Saturation,
    BlendMode::Color,
    BlendMode::Luminosity,
];
