//! Areas, edges and colours of filled shapes and strokes, in closed form.
//!
//! An area is a sum of coverages in steps of 1/255: along an edge of some hundred pixels the roundings, up and down alike,
//! add up to less than a tenth of a pixel. Curves are lines that are off by at most 0.05 pixel, always to the inside.

mod support;

use skia_safe::{
    Color, Paint, PaintCap, PaintJoin, PaintStyle, Path, PathBuilder, PathDirection, PathEffect, Point,
    RRect, Rect, path_builder::ArcSize,
};
use std::f64::consts::PI;
use support::{BLACK, RED, draw, fill, near, near_pixel, stroke};

#[test]
fn a_rectangle_covers_its_pixels_and_parts_of_them() {
    let shot = draw(10, 10, |c| {
        c.draw_rect(Rect::new(2.0, 3.0, 5.25, 6.5), &fill(RED));
    });
    assert_eq!(shot.at(2, 3), [255, 0, 0, 255]);
    // A quarter, half and an eighth of 255, rounded either way.
    near_pixel(shot.at(5, 4), [64, 0, 0, 64], 1);
    near_pixel(shot.at(3, 6), [128, 0, 0, 128], 1);
    near_pixel(shot.at(5, 6), [32, 0, 0, 32], 1);
    assert_eq!(shot.bounds(), Some([2, 3, 6, 7]));
}

#[test]
fn curves_have_their_areas() {
    let area = |path: &Path| {
        draw(200, 200, |c| {
            c.draw_path(path, &fill(BLACK));
        })
        .area()
    };
    for r in [3.0f32, 10.5, 40.0, 90.0] {
        let exact = PI * f64::from(r).powi(2);
        // Off by less than 0.03 % as a curve, and by two thirds of the tolerance along its length as lines.
        let tolerance = 3e-4 * exact + 0.034 * 2.0 * PI * f64::from(r) + 0.1;
        near("circle", area(&Path::circle((100.0, 100.0), r, None)), exact, tolerance);
    }
    let rrect = RRect::new_rect_xy(Rect::new(20.0, 30.0, 150.0, 120.0), 20.0, 20.0);
    near("rounded rectangle", area(&Path::rrect(rrect, None)), 130.0 * 90.0 - (4.0 - PI) * 400.0, 4.5);
    let mut slice = PathBuilder::new();
    slice.move_to((100.0, 100.0)).arc_to(Rect::new(20.0, 20.0, 180.0, 180.0), 30.0, 90.0, false).close();
    near("quarter", area(&slice.detach()), PI * 1600.0, 4.5);
    let mut drop = PathBuilder::new();
    drop.move_to((50.0, 100.0))
        .r_arc_to((50.0, 50.0), 0.0, ArcSize::Small, PathDirection::CW, (100.0, 0.0))
        .close();
    let half = drop.detach();
    near("half, by an SVG arc", area(&half), PI * 1250.0, 6.0);
    let bounds = draw(200, 200, |c| {
        c.draw_path(&half, &fill(BLACK));
    })
    .bounds();
    assert_eq!(bounds, Some([50, 50, 150, 100]), "clockwise from left to right goes over the top");
}

#[test]
fn radii_fit_their_sides() {
    let wide = RRect::new_rect_xy(Rect::new(0.0, 0.0, 100.0, 20.0), 50.0, 50.0);
    assert_eq!(wide.radii(skia_safe::rrect::Corner::UpperLeft), Point::new(10.0, 10.0));
    let grown = RRect::new_rect_radii(
        Rect::new(10.0, 10.0, 50.0, 50.0),
        &[Point::new(4.0, 4.0), Point::default(), Point::new(2.0, 2.0), Point::default()],
    )
    .with_outset((3.0, 3.0));
    let radii = [0, 1, 2, 3].map(|i| {
        use skia_safe::rrect::Corner::*;
        grown.radii([UpperLeft, UpperRight, LowerRight, LowerLeft][i]).x
    });
    assert_eq!(radii, [7.0, 0.0, 5.0, 0.0], "round corners grow, square ones stay");
    assert_eq!(*grown.bounds(), Rect::new(7.0, 7.0, 53.0, 53.0));
}

#[test]
fn strokes_lie_on_both_sides_of_the_line() {
    let shot = draw(40, 40, |c| {
        c.draw_rect(Rect::new(10.0, 10.0, 30.0, 30.0), &stroke(BLACK, 4.0));
    });
    assert_eq!(shot.bounds(), Some([8, 8, 32, 32]));
    near("frame", shot.area(), 24.0 * 24.0 - 16.0 * 16.0, 1e-9);
    assert_eq!(shot.at(8, 8)[3], 255, "corners are pointed");

    let ring = draw(100, 100, |c| {
        c.draw_circle((50.0, 50.0), 30.0, &stroke(BLACK, 6.0));
    });
    // Both edges are off to the inside alike.
    near("ring", ring.area(), PI * (33.0f64.powi(2) - 27.0f64.powi(2)), 1.5);

    // The shortcut for rounded rectangles draws what the long way, which joins that are not pointed take, draws too.
    let rrect = Path::rrect(RRect::new_rect_xy(Rect::new(10.5, 12.0, 80.0, 70.5), 9.0, 9.0), None);
    let ways = [PaintJoin::Miter, PaintJoin::Round].map(|join| {
        draw(100, 100, |c| {
            c.draw_path(&rrect, stroke(BLACK, 3.0).set_stroke_join(join));
        })
    });
    for (a, b) in ways[0].pixels.iter().zip(&ways[1].pixels) {
        // Two tolerances of 0.05 pixel and their roundings.
        assert!(a[3].abs_diff(b[3]) <= 30, "{a:?} {b:?}");
    }
    near("both ways", ways[0].area(), ways[1].area(), 3.0);
}

#[test]
fn a_stroke_of_no_width_is_one_pixel_at_any_scale() {
    for scale in [0.5f32, 1.0, 7.0] {
        let shot = draw(40, 40, |c| {
            c.scale((scale, scale));
            c.draw_line((5.0 / scale, 20.5 / scale), (35.0 / scale, 20.5 / scale), &stroke(BLACK, 0.0));
        });
        near("hairline", shot.area(), 30.0, 0.3);
        assert_eq!(shot.bounds().map(|b| b[3] - b[1]), Some(1), "at {scale}");
    }
}

#[test]
fn caps_and_joins_end_where_they_should() {
    let line = |cap| {
        draw(60, 30, |c| {
            c.draw_line((20.0, 15.0), (40.0, 15.0), stroke(BLACK, 10.0).set_stroke_cap(cap));
        })
    };
    near("butt", line(PaintCap::Butt).area(), 200.0, 1e-9);
    near("square", line(PaintCap::Square).area(), 300.0, 1e-9);
    near("round", line(PaintCap::Round).area(), 200.0 + PI * 25.0, 1.5);
    let corner = |join| {
        let mut path = PathBuilder::new();
        path.move_to((10.0, 40.0)).line_to((40.0, 40.0)).line_to((40.0, 10.0));
        draw(60, 60, |c| {
            c.draw_path(&path.detach(), stroke(BLACK, 10.0).set_stroke_join(join));
        })
        .area()
    };
    let bare = 2.0 * 300.0 - 25.0;
    near("pointed", corner(PaintJoin::Miter), bare + 25.0, 0.2);
    near("cut", corner(PaintJoin::Bevel), bare + 12.5, 0.2);
    near("rounded", corner(PaintJoin::Round), bare + PI * 25.0 / 4.0, 0.6);
}

#[test]
fn dashes_are_as_long_as_they_say() {
    let mut paint = stroke(BLACK, 4.0);
    paint.set_path_effect(PathEffect::dash(&[6.0, 4.0], 0.0));
    let shot = draw(100, 20, |c| {
        c.draw_line((0.0, 10.0), (100.0, 10.0), &paint);
    });
    for x in 0..100 {
        assert_eq!(shot.at(x, 10)[3], if x % 10 < 6 { 255 } else { 0 }, "{x}");
    }
    paint.set_path_effect(PathEffect::dash(&[6.0, 4.0], 3.0));
    let shot = draw(100, 20, |c| {
        c.draw_line((0.0, 10.0), (100.0, 10.0), &paint);
    });
    assert_eq!([0, 2, 3, 6, 7].map(|x| shot.at(x, 10)[3]), [255, 255, 0, 0, 255], "the phase is skipped");
    assert_eq!(PathEffect::dash(&[1.0], 0.0), None);
    assert_eq!(PathEffect::dash(&[0.0, 0.0], 0.0), None);
}

#[test]
fn dashes_without_length_are_dots() {
    // What vizia draws for a dotted border.
    let mut paint = stroke(BLACK, 6.0);
    paint.set_path_effect(PathEffect::dash(&[0.0, 12.0], 0.0)).set_stroke_cap(PaintCap::Round);
    let shot = draw(130, 20, |c| {
        c.draw_line((10.0, 10.0), (110.0, 10.0), &paint);
    });
    // At 10, 22, 34 … 106.
    near("nine dots", shot.area(), 9.0 * PI * 9.0, 9.0);
    assert!(shot.at(22, 10)[3] == 255 && shot.at(16, 10)[3] == 0);
}

#[test]
fn fill_and_stroke_are_both() {
    let shot = draw(40, 40, |c| {
        c.draw_rect(
            Rect::new(10.0, 10.0, 30.0, 30.0),
            stroke(BLACK, 4.0).set_style(PaintStyle::StrokeAndFill),
        );
    });
    near("square", shot.area(), 24.0 * 24.0, 1e-9);
}

#[test]
fn slices_and_arcs() {
    let oval = Rect::new(10.0, 10.0, 90.0, 90.0);
    let slice = draw(100, 100, |c| {
        c.draw_arc(oval, 0.0, 90.0, true, &fill(BLACK));
    });
    near("slice", slice.area(), PI * 400.0, 3.0);
    assert_eq!(slice.bounds(), Some([50, 50, 90, 90]), "from the right downwards");
    let lid = draw(100, 100, |c| {
        c.draw_arc(oval, 0.0, 90.0, false, &fill(BLACK));
    });
    near("without the centre", lid.area(), PI * 400.0 - 800.0, 3.0);
    let round = draw(100, 100, |c| {
        c.draw_arc(oval, 45.0, 500.0, false, &stroke(BLACK, 4.0));
    });
    near("once around", round.area(), PI * (42.0f64.powi(2) - 38.0f64.powi(2)), 2.0);
}

#[test]
fn colours_arrive_in_order_with_their_alpha_in_them() {
    let color = Color::from_argb(128, 200, 100, 50);
    let shot = draw(3, 3, |c| {
        c.draw_rect(Rect::new(0.0, 0.0, 3.0, 3.0), &fill(color));
    });
    // 128/255 of each channel, rounded.
    near_pixel(shot.at(1, 1), [100, 50, 25, 128], 1);
    let shot = draw(3, 3, |c| {
        c.draw_rect(Rect::new(0.0, 0.0, 3.0, 3.0), fill(color).set_alpha_f(1.0));
        c.draw_rect(Rect::new(0.0, 0.0, 3.0, 3.0), &fill(Color::TRANSPARENT));
    });
    assert_eq!(shot.at(1, 1), [200, 100, 50, 255]);
    let mut surface = support::surface(1, 1);
    surface.canvas().clear(Color::from_argb(255, 1, 2, 3));
    let pixmap = surface.peek_pixels().expect("pixels");
    let bytes: [u8; 4] = pixmap.bytes().expect("bytes").try_into().expect("a pixel");
    assert_eq!(u32::from_le_bytes(bytes), 0xff01_0203, "as a window takes it");
}

#[test]
fn a_line_is_drawn_whatever_the_style() {
    let shot = draw(20, 20, |c| {
        let mut paint = Paint::default();
        c.draw_line((2.0, 10.0), (18.0, 10.0), paint.set_stroke_width(2.0));
    });
    near("line", shot.area(), 32.0, 1e-9);
}
