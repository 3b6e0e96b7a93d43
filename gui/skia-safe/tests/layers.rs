//! Clips, matrices, layers, and how what is drawn meets what is there.

mod support;

use skia_safe::{
    BlendMode, Canvas, ClipOp, Color, ImageFilter, M44, Matrix, Paint, Path, PathOp, Point, RRect, Rect,
    canvas::SaveLayerRec,
};
use std::f64::consts::PI;
use support::{BLACK, RED, draw, fill, near, near_pixel, random::MODES};

const ALL: Rect = Rect::new(0.0, 0.0, 100.0, 100.0);

fn circle() -> Path {
    Path::circle((50.0, 50.0), 30.0, None)
}

#[test]
fn clips_leave_the_inside_or_the_outside() {
    // As in `shapes.rs`: lines for a curve, and roundings.
    let (round, tolerance) = (PI * 900.0, 7.5);
    let inside = draw(100, 100, |c| {
        c.clip_path(&circle(), None, true).draw_paint(&fill(BLACK));
    });
    near("inside", inside.area(), round, tolerance);
    let outside = draw(100, 100, |c| {
        c.clip_path(&circle(), ClipOp::Difference, true).draw_rect(ALL, &fill(BLACK));
    });
    near("outside", outside.area(), 1e4 - round, tolerance);
    for (a, b) in inside.pixels.iter().zip(&outside.pixels) {
        // Each rounded.
        assert!((i32::from(a[3]) + i32::from(b[3]) - 255).abs() <= 1, "{a:?} and {b:?} are not all");
    }
    let both = draw(100, 100, |c| {
        c.clip_rect(Rect::new(0.0, 0.0, 50.0, 100.0), None, true).clip_path(&circle(), None, true);
        c.draw_rect(ALL, &fill(BLACK));
    });
    near("half", both.area(), round / 2.0, tolerance / 2.0);
}

#[test]
fn clips_of_pixels_are_rounded_and_smooth_ones_are_not() {
    let edge = Rect::new(10.4, 10.0, 20.6, 20.0);
    let row = |smooth: bool| {
        let shot = draw(30, 30, |c| {
            c.clip_rect(edge, None, smooth).draw_paint(&fill(BLACK));
        });
        [9, 10, 11, 20, 21].map(|x| shot.at(x, 15)[3])
    };
    assert_eq!(row(false), [0, 255, 255, 255, 0]);
    // 60 % on both sides, rounded.
    let smooth = row(true);
    assert!(smooth[1].abs_diff(153) <= 1 && smooth[3].abs_diff(153) <= 1, "{smooth:?}");
}

#[test]
fn restore_brings_matrix_and_clip_back() {
    let shot = draw(40, 40, |c| {
        let outer = c.save();
        assert_eq!((outer, c.save_count()), (1, 2));
        c.translate((10.0, 20.0)).scale((2.0, 3.0));
        c.save();
        c.clip_rect(Rect::new(0.0, 0.0, 1.0, 1.0), None, false);
        c.restore();
        c.draw_rect(Rect::new(0.0, 0.0, 5.0, 2.0), &fill(RED));
        c.restore_to_count(outer).restore().restore();
        assert_eq!(c.save_count(), 1);
        c.draw_rect(Rect::new(0.0, 0.0, 1.0, 1.0), &fill(BLACK));
    });
    assert_eq!(shot.at(0, 0), [0, 0, 0, 255]);
    near("moved and stretched", shot.area(), 1.0 + 10.0 * 6.0, 1e-9);
    assert_eq!((shot.at(10, 20), shot.at(19, 25)), ([255, 0, 0, 255], [255, 0, 0, 255]));
}

#[test]
fn matrices_follow_skias_order() {
    let (move_, stretch) = (Matrix::translate((10.0, 20.0)), Matrix::scale((2.0, 3.0)));
    assert_eq!((move_ * stretch).map_point((1.0, 1.0)), Point::new(12.0, 23.0), "the right one first");
    assert_eq!((stretch * move_).map_point((1.0, 1.0)), Point::new(22.0, 63.0));
    let all = move_ * Matrix::rotate_rad(0.5) * Matrix::skew((0.3, 0.1)) * stretch;
    let back = all.invert().expect("an inverse") * all;
    for i in 0..9 {
        // Some roundings of numbers below 100.
        assert!((back[i] - Matrix::new_identity()[i]).abs() < 1e-5, "{back:?}");
    }
    assert_eq!(Matrix::scale((0.0, 1.0)).invert(), None);
    let quarter = Matrix::rotate_rad(std::f32::consts::FRAC_PI_2).map_point((1.0, 0.0));
    assert!((quarter.x).abs() < 1e-6 && (quarter.y - 1.0).abs() < 1e-6, "clockwise: {quarter:?}");
    let (rect, is_rect) = all.map_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
    assert!(!is_rect && rect.width() > 0.0);
    assert_eq!(stretch.map_rect(Rect::new(1.0, 1.0, 2.0, 2.0)), (Rect::new(2.0, 3.0, 4.0, 6.0), true));
    let fit = Matrix::rect_2_rect(Rect::new(0.0, 0.0, 4.0, 2.0), Rect::new(10.0, 10.0, 30.0, 30.0), None);
    assert_eq!(fit.map(|m| m.map_point((2.0, 1.0))), Some(Point::new(20.0, 20.0)));
    let mut element = Matrix::new_identity();
    element[2] = 7.0;
    assert_eq!(element, Matrix::translate((7.0, 0.0)));
}

#[test]
fn a_turned_square_keeps_its_area() {
    let shot = draw(100, 100, |c| {
        c.translate((50.0, 50.0)).rotate(30.0, None);
        c.draw_rect(Rect::new(-20.0, -20.0, 20.0, 20.0), &fill(BLACK));
    });
    near("square", shot.area(), 1600.0, 1.0);
    let moved = draw(100, 100, |c| {
        c.set_matrix(&M44::from(&(Matrix::translate((50.0, 50.0)) * Matrix::rotate_rad(30f32.to_radians()))));
        c.draw_rect(Rect::new(-20.0, -20.0, 20.0, 20.0), &fill(BLACK));
    });
    near("by a matrix", moved.area(), shot.area(), 0.2);
}

#[test]
fn a_layer_is_one_picture() {
    let shot = draw(30, 10, |c| {
        let mut paint = Paint::default();
        c.save_layer(&SaveLayerRec::default().paint(paint.set_alpha_f(0.5)));
        c.draw_rect(Rect::new(0.0, 0.0, 20.0, 10.0), &fill(RED));
        c.draw_rect(Rect::new(10.0, 0.0, 30.0, 10.0), &fill(BLACK));
        c.restore();
    });
    // Where both are, red does not shine through. Half of 255, rounded.
    for (x, expected) in [(5, [128, 0, 0, 128]), (15, [0, 0, 0, 128]), (25, [0, 0, 0, 128])] {
        near_pixel(shot.at(x, 5), expected, 1);
    }
}

/// The W3C's formulas for one channel on opaque ground, from 0 to 1.
fn mixed(mode: BlendMode, s: f64, d: f64) -> Option<f64> {
    let hard = |s: f64, d: f64| if s <= 0.5 { 2.0 * s * d } else { 1.0 - 2.0 * (1.0 - s) * (1.0 - d) };
    Some(match mode {
        BlendMode::Src | BlendMode::SrcOver | BlendMode::SrcIn | BlendMode::SrcATop => s,
        BlendMode::Dst | BlendMode::DstOver | BlendMode::DstIn | BlendMode::DstATop => d,
        BlendMode::Clear | BlendMode::SrcOut | BlendMode::DstOut | BlendMode::Xor => 0.0,
        BlendMode::Plus => (s + d).min(1.0),
        BlendMode::Multiply | BlendMode::Modulate => s * d,
        BlendMode::Screen => s + d - s * d,
        BlendMode::Overlay => hard(d, s),
        BlendMode::HardLight => hard(s, d),
        BlendMode::Darken => s.min(d),
        BlendMode::Lighten => s.max(d),
        BlendMode::Difference => (s - d).abs(),
        BlendMode::Exclusion => s + d - 2.0 * s * d,
        BlendMode::ColorDodge => (d / (1.0 - s)).min(1.0),
        BlendMode::ColorBurn => 1.0 - ((1.0 - d) / s).min(1.0),
        BlendMode::SoftLight => {
            let g = if d <= 0.25 { ((16.0 * d - 12.0) * d + 4.0) * d } else { d.sqrt() };
            if s <= 0.5 { d - (1.0 - 2.0 * s) * d * (1.0 - d) } else { d + (2.0 * s - 1.0) * (g - d) }
        }
        // These mix channels.
        BlendMode::Hue | BlendMode::Saturation | BlendMode::Color | BlendMode::Luminosity => return None,
    })
}

#[test]
fn blend_modes_are_the_w3cs() {
    let (source, ground) = ([200u8, 90, 30], [60u8, 120, 230]);
    let color = |c: [u8; 3]| Color::from_rgb(c[0], c[1], c[2]);
    let mut tried = 0;
    for mode in MODES {
        let shot = draw(4, 4, |c| {
            c.clear(color(ground));
            c.draw_rect(ALL, fill(color(source)).set_blend_mode(mode));
        });
        let layered = draw(4, 4, |c| {
            c.clear(color(ground));
            let mut paint = Paint::default();
            c.save_layer(&SaveLayerRec::default().paint(paint.set_blend_mode(mode)));
            c.draw_rect(ALL, &fill(color(source)));
            c.restore();
        });
        near_pixel(layered.at(2, 2), shot.at(2, 2), 1);
        for i in 0..3 {
            let Some(x) = mixed(mode, f64::from(source[i]) / 255.0, f64::from(ground[i]) / 255.0) else {
                continue;
            };
            // Eight bits, and for some modes an approximate division or root of them.
            near(&format!("{mode:?}"), f64::from(shot.at(2, 2)[i]), x * 255.0, 3.0);
            tried += 1;
        }
    }
    assert_eq!(tried, 25 * 3);
}

#[test]
fn luminosity_keeps_the_colour_below() {
    let shot = draw(4, 4, |c| {
        c.clear(Color::from_rgb(200, 50, 50));
        c.draw_rect(ALL, fill(Color::from_rgb(128, 128, 128)).set_blend_mode(BlendMode::Luminosity));
    });
    let [r, g, b, _] = shot.at(2, 2).map(f64::from);
    // The luminosity of the grey, as the W3C weighs it, and the red's hue.
    near("luminosity", 0.3 * r + 0.59 * g + 0.11 * b, 128.0, 2.0);
    assert!(r > g + 50.0 && g == b, "{r} {g} {b}");
}

#[test]
fn a_tint_colours_what_a_layer_holds() {
    // What vizia does with icons.
    let tinted = |c: &Canvas| {
        c.save_layer(&SaveLayerRec::default());
        c.draw_path(&circle(), &fill(BLACK));
        c.draw_paint(fill(RED).set_blend_mode(BlendMode::SrcIn));
        c.restore();
    };
    let plain = draw(100, 100, |c| {
        c.draw_path(&circle(), &fill(RED));
    });
    let shot = draw(100, 100, tinted);
    for (a, b) in shot.pixels.iter().zip(&plain.pixels) {
        near_pixel(*a, *b, 1);
    }
    let on_white = draw(100, 100, |c| {
        c.clear(Color::WHITE);
        tinted(c);
    });
    assert_eq!(
        (on_white.at(5, 5), on_white.at(50, 50)),
        ([255; 4], [255, 0, 0, 255]),
        "nothing else is coloured"
    );
}

#[test]
fn a_layer_that_takes_away_does_so_only_in_the_clip() {
    let shot = draw(100, 100, |c| {
        c.clear(BLACK);
        c.clip_path(&circle(), None, true);
        let mut paint = Paint::default();
        c.save_layer(&SaveLayerRec::default().paint(paint.set_blend_mode(BlendMode::DstIn)));
        c.draw_rect(Rect::new(0.0, 0.0, 50.0, 100.0), &fill(RED));
        c.restore();
    });
    near("half of a circle is gone", shot.area(), 1e4 - PI * 450.0, 5.0);
    assert_eq!((shot.at(40, 50), shot.at(60, 50)), ([0, 0, 0, 255], [0; 4]));
}

#[test]
fn paths_cut_each_other() {
    let square = |x: f32, y: f32| Path::rect(Rect::new(x, y, x + 40.0, y + 40.0), None);
    let area = |path: &Path| {
        draw(100, 100, |c| {
            c.draw_path(path, &fill(BLACK));
        })
        .area()
    };
    let (a, b) = (square(10.0, 10.0), square(30.0, 30.0));
    for (op, expected) in [
        (PathOp::Intersect, 400.0),
        (PathOp::Union, 2800.0),
        (PathOp::Difference, 1200.0),
        (PathOp::ReverseDifference, 1200.0),
        (PathOp::XOR, 2400.0),
    ] {
        near(&format!("{op:?}"), area(&a.op(&b, op).expect("a path")), expected, 0.1);
    }
    // A rounded rectangle between its corners, through one, and not at all.
    let rrect = Path::rrect(RRect::new_rect_xy(Rect::new(10.0, 10.0, 90.0, 90.0), 10.0, 10.0), None);
    let corner = (4.0 - PI) * 100.0 / 4.0;
    let cut = |r: Rect| rrect.op(&Path::rect(r, None), PathOp::Intersect).expect("a path");
    near("between", area(&cut(Rect::new(0.0, 0.0, 50.0, 100.0))), 40.0 * 80.0 - 2.0 * corner, 1.5);
    near(
        "through",
        area(&cut(Rect::new(0.0, 0.0, 100.0, 15.0))),
        draw(100, 100, |c| {
            c.clip_rect(Rect::new(0.0, 0.0, 100.0, 15.0), None, true).draw_path(&rrect, &fill(BLACK));
        })
        .area(),
        0.5,
    );
    assert!(cut(Rect::new(200.0, 0.0, 300.0, 10.0)).is_empty());
    let disjoint = rrect.op(&Path::rect(Rect::new(200.0, 0.0, 210.0, 10.0), None), PathOp::Difference);
    assert_eq!(disjoint.map(|p| *p.bounds()), Some(*rrect.bounds()));
}

#[test]
fn a_layers_blur_keeps_the_sum_and_spreads_it() {
    let blurred = |filter: ImageFilter| {
        draw(100, 100, |c| {
            let mut paint = Paint::default();
            c.save_layer(&SaveLayerRec::default().paint(paint.set_image_filter(filter)));
            c.draw_rect(Rect::new(40.0, 40.0, 60.0, 60.0), &fill(BLACK));
            c.restore();
        })
    };
    let filter = ImageFilter::crop(ALL, None, None).and_then(|f| f.blur(None, (4.0, 4.0), None));
    let shot = blurred(filter.expect("a filter"));
    // Two roundings per pixel, of some 50 × 50.
    near("sum", shot.area(), 400.0, 5.0);
    // Integrals of the normal distribution: half at an edge, a quarter at a corner.
    near("edge", (f64::from(shot.at(39, 50)[3]) + f64::from(shot.at(40, 50)[3])) / 2.0, 127.5 * 0.9876, 1.5);
    near("corner", (f64::from(shot.at(39, 39)[3]) + f64::from(shot.at(40, 40)[3])) / 2.0, 63.75, 2.5);
    for y in 0..100 {
        for x in 0..50 {
            assert_eq!(shot.at(x, y), shot.at(99 - x, y), "left as right at {x}, {y}");
            // Rows are rounded before columns.
            near_pixel(shot.at(x, y), shot.at(y, x), 1);
        }
    }
    let crop = ImageFilter::crop(Rect::new(0.0, 0.0, 50.0, 100.0), None, None);
    near("cropped", blurred(crop.expect("a filter")).area(), 200.0, 1e-9);
}

#[test]
fn a_backdrop_is_blurred_where_its_crop_is() {
    let filter = ImageFilter::crop(Rect::new(20.0, 20.0, 80.0, 80.0), None, None);
    let filter = filter.and_then(|f| f.blur(None, (5.0, 5.0), None)).expect("a filter");
    let shot = draw(100, 100, |c| {
        c.clear(Color::WHITE);
        c.draw_rect(Rect::new(0.0, 0.0, 50.0, 100.0), &fill(BLACK));
        c.save_layer(&SaveLayerRec::default().backdrop(&filter));
        c.restore();
    });
    assert_eq!((shot.at(48, 10)[0], shot.at(51, 10)[0]), (0, 255), "sharp outside");
    let row: Vec<u8> = (40..60).map(|x| shot.at(x, 50)[0]).collect();
    assert!(row.is_sorted() && row[0] < 20 && row[19] > 235, "soft inside: {row:?}");
    near("half way", (f64::from(row[9]) + f64::from(row[10])) / 2.0, 127.5, 1.5);
}
