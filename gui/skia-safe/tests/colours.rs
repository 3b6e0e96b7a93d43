//! Shaders, shadows, images and SVG pictures.

mod support;

use skia_safe::{
    BlendMode, BlurStyle, Canvas, ClipOp, Color, Color4f, Data, FilterMode, FontMgr, Image, MaskFilter,
    Matrix, Paint, Path, PathOp, RRect, Rect, SamplingOptions, Shader, TileMode,
    canvas::SaveLayerRec,
    gradient_shader::{Gradient, GradientColors, Interpolation},
    shaders::{linear_gradient, radial_gradient},
    svg::Dom,
    wrapper::PointerWrapper,
};
use support::{BLACK, RED, Shot, draw, fill, near, near_pixel, random, stroke};

const BLUE: Color = Color::from_rgb(0, 0, 255);
const ALL: Rect = Rect::new(0.0, 0.0, 100.0, 100.0);

fn with(shader: Option<Shader>) -> Paint {
    let mut paint = Paint::default();
    paint.set_shader(Some(shader.expect("a shader")));
    paint
}

fn ramp<R>(tile: TileMode, make: impl FnOnce(&Gradient<'_>) -> R) -> R {
    let colors: [Color4f; 2] = [RED.into(), BLUE.into()];
    make(&Gradient::new(GradientColors::new(&colors, None, tile, None), Interpolation::default()))
}

fn shaded(paint: &Paint) -> Shot {
    draw(100, 100, |c| {
        c.draw_rect(ALL, paint);
    })
}

#[test]
fn a_linear_gradient_goes_from_colour_to_colour() {
    for (from, to) in [((0.0, 0.0), (100.0, 0.0)), ((0.0, 0.0), (0.0, 100.0)), ((0.0, 0.0), (60.0, 80.0))] {
        let shot = shaded(&with(ramp(TileMode::Clamp, |g| linear_gradient((from, to), g, None))));
        for (x, y) in [(0, 0), (10, 80), (33, 5), (50, 50), (99, 99)] {
            let (dx, dy) = ((to.0 - from.0) / 100.0, (to.1 - from.1) / 100.0);
            let t = (((x as f32 + 0.5) * dx + (y as f32 + 0.5) * dy) / 100.0).clamp(0.0, 1.0);
            let blue = (t * 255.0 + 0.5) as u8;
            // Rounded twice: the colours, and both halves of their sum.
            near_pixel(shot.at(x, y), [255 - blue, 0, blue, 255], 1);
        }
    }
}

#[test]
fn tile_modes_go_on_as_they_say() {
    let at = |tile: TileMode| {
        let paint = with(ramp(tile, |g| linear_gradient(((40.0, 0.0), (60.0, 0.0)), g, None)));
        let shot = shaded(&paint);
        [20, 45, 62, 98].map(|x| shot.at(x, 50)[2])
    };
    // Blue at 20.5, 45.5, 62.5 and 98.5, of 20 pixels from 40 on.
    let blue = |t: f32| (t * 255.0 + 0.5) as u8;
    for (tile, expected) in [
        (TileMode::Clamp, [0.0, 0.275, 1.0, 1.0]),
        (TileMode::Repeat, [0.025, 0.275, 0.125, 0.925]),
        (TileMode::Mirror, [0.975, 0.275, 0.875, 0.925]),
        (TileMode::Decal, [0.0, 0.275, 0.0, 0.0]),
    ] {
        for (is, should) in at(tile).into_iter().zip(expected.map(blue)) {
            assert!(is.abs_diff(should) <= 1, "{tile:?}: {:?}", at(tile));
        }
    }
}

#[test]
fn a_radial_gradient_is_round() {
    let shot = shaded(&with(ramp(TileMode::Clamp, |g| radial_gradient(((50.0, 50.0), 40.0), g, None))));
    for y in 0..100 {
        for x in 0..100 {
            assert_eq!(shot.at(x, y), shot.at(99 - x, y));
            assert_eq!(shot.at(x, y), shot.at(y, x));
        }
    }
    let t = (19.5f32.powi(2) + 0.25).sqrt() / 40.0;
    near("blue", shot.at(69, 50)[2].into(), (t * 255.0).into(), 1.0);
    assert_eq!(shot.at(2, 2), [0, 0, 255, 255]);
}

#[test]
fn stops_and_matrices_move_a_gradient() {
    let colors: [Color4f; 4] = [RED.into(), RED.into(), BLUE.into(), BLUE.into()];
    let colors = GradientColors::new(&colors, Some(&[0.0, 0.5, 0.5, 1.0]), TileMode::Clamp, None);
    let gradient = Gradient::new(colors, Interpolation::default());
    let local = Matrix::translate((10.0, 0.0));
    let paint = with(linear_gradient(((0.0, 0.0), (50.0, 0.0)), &gradient, &local));
    let shot = draw(100, 100, |c| {
        c.translate((5.0, 0.0)).scale((2.0, 1.0)).draw_rect(ALL, &paint);
    });
    // The hard edge lies at (25 + 10) × 2 + 5.
    assert_eq!((shot.at(74, 9), shot.at(75, 9)), ([255, 0, 0, 255], [0, 0, 255, 255]));
    let mut half = paint.clone();
    let shot = shaded(half.set_alpha_f(0.5));
    near_pixel(shot.at(0, 0), [128, 0, 0, 128], 1);
    let none = GradientColors::new(&[], None, TileMode::Clamp, None);
    let none = Gradient::new(none, Interpolation::default());
    assert!(linear_gradient(((0.0, 0.0), (1.0, 0.0)), &none, None).is_none());
    let bad = ramp(TileMode::Clamp, |g| linear_gradient(((f32::NAN, 0.0), (1.0, 0.0)), g, None));
    assert!(bad.is_none());
}

/// The normal distribution's integral, by the sum of its density in steps of a thousandth.
fn cumulative(x: f64) -> f64 {
    let density = |t: f64| (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let n = ((x + 8.0) * 1000.0) as usize;
    (0..n).map(|i| density(-8.0 + (i as f64 + 0.5) / 1000.0) / 1000.0).sum()
}

fn shadow(sigma: f32) -> Paint {
    let mut paint = fill(BLACK);
    paint.set_mask_filter(MaskFilter::blur(BlurStyle::Normal, sigma, false));
    paint
}

#[test]
fn a_rectangles_shadow_is_a_product_of_integrals() {
    for sigma in [0.8f32, 3.0, 9.0] {
        let shot = draw(100, 100, |c| {
            c.draw_rect(Rect::new(30.0, 40.0, 70.0, 60.0), &shadow(sigma));
        });
        let part = |x: usize, a: f64, b: f64| {
            let (x, s) = (x as f64 + 0.5, f64::from(sigma));
            cumulative((x - a) / s) - cumulative((x - b) / s)
        };
        for (x, y) in [(50, 50), (30, 50), (29, 40), (35, 62), (20, 45)] {
            let exact = part(x, 30.0, 70.0) * part(y, 40.0, 60.0) * 255.0;
            // Rounding, and what the reach of three standard deviations leaves out.
            near(&format!("{x}, {y} at sigma {sigma}"), shot.at(x, y)[3].into(), exact, 1.2);
        }
        near("sum", shot.area(), 800.0, 4.0);
    }
}

#[test]
fn a_rounded_shadow_is_that_of_the_shape() {
    let rrect = RRect::new_rect_xy(Rect::new(25.0, 30.0, 75.0, 70.0), 12.0, 12.0);
    let path = Path::rrect(rrect, None);
    let quick = draw(100, 100, |c| {
        c.draw_path(&path, &shadow(4.0));
    });
    // A turn by nothing that a matrix can show makes it take the long way, by convolution.
    let slow = draw(100, 100, |c| {
        c.concat(&Matrix::rotate_rad(1e-6)).draw_path(&path, &shadow(4.0));
    });
    assert_eq!(quick.at(40, 50), quick.at(59, 50), "left as right");
    for (i, (a, b)) in quick.pixels.iter().zip(&slow.pixels).enumerate() {
        // Two roundings of the long way, and slices one pixel high for the corners' curves of the short one.
        assert!(a[3].abs_diff(b[3]) <= 3, "{}, {}: {a:?} {b:?}", i % 100, i / 100);
    }
    assert!(quick.area() > 1700.0, "there is a shadow");
}

#[test]
fn an_inner_shadow_is_what_an_outer_one_lacks() {
    let rect = Rect::new(20.0, 20.0, 80.0, 80.0);
    let path = Path::rrect(RRect::new_rect_xy(rect, 10.0, 10.0), None);
    let outer = draw(100, 100, |c| {
        c.draw_path(&path, &shadow(5.0));
    });
    let inner = draw(100, 100, |c| {
        // What vizia does: the shape without itself, blurred, inside of it.
        let ring = path.op(&path, PathOp::Difference).expect("a path");
        c.clip_path(&path, ClipOp::Intersect, true).draw_path(&ring, &shadow(5.0));
    });
    for (x, y) in [(21, 50), (25, 50), (30, 70), (50, 50), (78, 40)] {
        let sum = i32::from(outer.at(x, y)[3]) + i32::from(inner.at(x, y)[3]);
        // Each rounded.
        assert!((sum - 255).abs() <= 1, "{x}, {y}: {sum}");
    }
    assert_eq!(inner.at(10, 50), [0; 4], "nothing outside");
}

#[test]
fn filters_without_a_blur_are_none() {
    for sigma in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(MaskFilter::blur(BlurStyle::Normal, sigma, None), None);
    }
}

#[test]
fn a_shadow_grows_with_the_canvas_if_it_is_to() {
    let at = |respect: bool| {
        let shot = draw(100, 100, |c| {
            let mut paint = fill(BLACK);
            paint.set_mask_filter(MaskFilter::blur(BlurStyle::Normal, 2.0, respect));
            c.scale((4.0, 4.0)).draw_rect(Rect::new(10.0, 0.0, 25.0, 25.0), &paint);
        });
        f64::from(shot.at(34, 50)[3])
    };
    // 5.5 pixels outside of an edge that is as good as straight.
    near("as large", at(false), cumulative(-5.5 / 2.0) * 255.0, 1.0);
    near("four times", at(true), cumulative(-5.5 / 8.0) * 255.0, 1.5);
}

#[test]
fn an_image_keeps_its_pixels() {
    let image = random::image();
    assert_eq!((image.width(), image.height()), (8, 8));
    let tiled = |tile: TileMode, scale: f32, filter: FilterMode| {
        let local = Matrix::translate((16.0, 16.0)) * Matrix::scale((scale, scale));
        let shader = image.to_shader((tile, tile), SamplingOptions::from(filter), &local);
        draw(64, 64, |c| {
            c.draw_rect(ALL, &with(shader));
        })
    };
    let shot = tiled(TileMode::Repeat, 2.0, FilterMode::Nearest);
    for (x, y) in [(0usize, 0usize), (17, 17), (20, 30), (31, 16), (40, 63)] {
        let (u, v) = (((x + 48) / 2 - 8) % 8, ((y + 48) / 2 - 8) % 8);
        let alpha = if u == 7 { 128u32 } else { 255 };
        let byte = |x: usize| ((x as u32 * alpha + 127) / 255) as u8;
        assert_eq!(shot.at(x, y), [byte(u * 36), byte(v * 36), byte(128), alpha as u8], "{x}, {y}");
    }
    let decal = tiled(TileMode::Decal, 1.0, FilterMode::Nearest);
    assert_eq!(decal.bounds(), Some([16, 16, 24, 24]));
    let mirror = tiled(TileMode::Mirror, 1.0, FilterMode::Nearest);
    assert_eq!((mirror.at(15, 20), mirror.at(14, 20)), (mirror.at(16, 20), mirror.at(17, 20)));
    let smooth = tiled(TileMode::Clamp, 4.0, FilterMode::Linear);
    let row: Vec<u8> = (18..40).map(|x| smooth.at(x, 30)[0]).collect();
    // 36 steps of red over four pixels.
    assert!(row.windows(2).all(|w| (8..=10).contains(&(w[1] - w[0]))), "{row:?}");
}

#[test]
fn what_is_no_picture_is_none() {
    let png = random::png();
    assert!(Image::from_encoded(Data::new_copy(&png[..png.len() / 2])).is_none(), "half of one");
    assert!(Image::from_encoded(Data::new_copy(b"<svg/>")).is_none());
    assert!(Image::from_encoded(Data::new_copy(&[])).is_none());
    assert!(Dom::from_bytes(b"no picture", FontMgr::new()).is_err());
}

fn picture(text: &str) -> Dom {
    Dom::from_bytes(text, FontMgr::new()).expect("a picture")
}

/// What vizia does with an icon: scaled into a layer, and coloured.
fn icon(c: &Canvas, dom: &Dom, size: f32, color: Option<Color>) {
    c.save_layer(&SaveLayerRec::default());
    let container = &dom.inner().fContainerSize;
    c.scale((size / container.fWidth, size / container.fHeight));
    dom.render(c);
    if let Some(color) = color {
        c.draw_paint(fill(color).set_blend_mode(BlendMode::SrcIn));
    }
    c.restore();
}

#[test]
fn an_icon_is_scaled_and_tinted() {
    let dom = picture(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none"
            stroke="currentColor" stroke-width="2" stroke-linecap="round"><path d="M4 12h16M12 4v16"/></svg>"#,
    );
    assert_eq!(dom.inner().fContainerSize.fWidth, 24.0);
    let plus = |c: &Canvas, color: Color| {
        c.scale((2.0, 2.0));
        let mut path = skia_safe::PathBuilder::new();
        path.move_to((4.0, 12.0)).line_to((20.0, 12.0)).move_to((12.0, 4.0)).line_to((12.0, 20.0));
        c.draw_path(&path.detach(), stroke(color, 2.0).set_stroke_cap(skia_safe::PaintCap::Round));
    };
    for color in [None, Some(RED)] {
        let shot = draw(48, 48, |c| icon(c, &dom, 48.0, color));
        let expected = draw(48, 48, |c| plus(c, color.unwrap_or(BLACK)));
        for (a, b) in shot.pixels.iter().zip(&expected.pixels) {
            // A tint multiplies two rounded alphas.
            near_pixel(*a, *b, 1);
        }
        assert_eq!(shot.bounds(), Some([6, 6, 42, 42]));
    }
}

#[test]
fn a_picture_has_its_shapes_colours_and_groups() {
    let dom = picture(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
            <defs>
                <linearGradient id="g"><stop stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient>
                <clipPath id="c"><rect x="50" width="25" height="100"/></clipPath>
            </defs>
            <rect width="50" height="50" fill="url(#g)"/>
            <path d="M0 50h50v50h-50zM10 60h30v30h-30z" fill="#0f0" fill-rule="evenodd"/>
            <g clip-path="url(#c)" opacity="0.5">
                <rect x="50" width="50" height="50"/><rect x="50" width="50" height="50" fill="#f00"/>
            </g>
            <g transform="translate(60 60) scale(2)"><circle cx="10" cy="10" r="5" fill="#ff0" stroke="#000"/></g>
        </svg>"##,
    );
    let shot = draw(100, 100, |c| dom.render(c));
    near_pixel(shot.at(25, 25), [125, 0, 130, 255], 1);
    assert_eq!((shot.at(5, 75), shot.at(25, 75)), ([0, 255, 0, 255], [0; 4]), "a hole");
    near_pixel(shot.at(60, 25), [128, 0, 0, 128], 1);
    assert_eq!(shot.at(80, 25), [0; 4], "cut");
    assert_eq!((shot.at(80, 80), shot.at(80, 89)), ([255, 255, 0, 255], [0, 0, 0, 255]));
    let mut half = dom.clone();
    half.set_container_size((50.0, 50.0));
    let small = draw(100, 100, |c| half.render(c));
    assert_eq!((small.at(40, 40), small.at(80, 80)), ([255, 255, 0, 255], [0; 4]));
}

#[test]
fn a_picture_holds_pictures() {
    let png: String = random::png().iter().map(|b| format!("%{b:02x}")).collect();
    let dom = picture(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">
            <image x="4" y="4" width="8" height="8" href="data:image/png,{png}"/></svg>"#
    ));
    let shot = draw(20, 20, |c| dom.render(c));
    assert_eq!(shot.bounds(), Some([4, 4, 12, 12]));
    assert_eq!(shot.at(6, 7), [72, 108, 128, 255]);
}
