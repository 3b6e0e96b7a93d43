//! Random calls with numbers that no picture has: nothing panics, and pixels stay colours.

mod support;

use skia_safe::{Matrix, PathOp, Rect, SamplingOptions, surfaces::raster_n32_premul};
use support::{
    random::{Source, image},
    shot, surface,
};

#[test]
fn nothing_panics() {
    let image = image();
    let mut drawn = 0;
    for seed in 0..2000 {
        let rng = fastrand::Rng::with_seed(seed);
        let mut source = Source { rng, wild: true, all: true, width: 90.0, height: 60.0, depth: 0 };
        let mut behind = surface(90, 60);
        let mut window = surface(90, 60);
        for _ in 0..25 {
            source.call(behind.canvas(), Some(&image));
            if source.rng.u8(..8) == 0 {
                behind.draw(window.canvas(), (0, 0), SamplingOptions::default(), None);
            }
        }
        let shot = shot(&mut behind);
        drawn += usize::from(shot.bounds().is_some());
        for p in &shot.pixels {
            assert!(
                p[..3].iter().all(|c| *c <= p[3]),
                "seed {seed}: {p:?} is no colour with its alpha in it"
            );
        }
    }
    assert!(drawn > 1000, "many drawings show something, not {drawn}");
}

#[test]
fn paths_and_matrices_take_any_number() {
    let rng = fastrand::Rng::with_seed(1);
    let mut source = Source { rng, wild: true, all: true, width: 90.0, height: 60.0, depth: 0 };
    for _ in 0..3000 {
        let (a, b) = (source.path(), source.path());
        for op in
            [PathOp::Difference, PathOp::Intersect, PathOp::Union, PathOp::XOR, PathOp::ReverseDifference]
        {
            if let Some(path) = a.op(&b, op) {
                let _ = path.make_offset((1.0, f32::NAN)).bounds();
            }
        }
        let (from, to) = (source.rect(), source.rect());
        if let Some(matrix) = Matrix::rect_2_rect(from, to, None) {
            let _ = (matrix.invert(), matrix.map_rect(to), a.make_transform(&matrix));
        }
    }
}

#[test]
fn surfaces_have_a_size() {
    for size in [(0, 10), (10, 0), (-5, 5), (i32::MAX, 2), (16_385, 1)] {
        assert!(raster_n32_premul(size).is_none(), "{size:?}");
    }
    let mut surface = raster_n32_premul((16_384, 1)).expect("the widest");
    surface.canvas().draw_rect(Rect::new(16_383.0, 0.0, 1e9, 1.0), &support::fill(support::RED));
    assert_eq!(shot(&mut surface).at(16_383, 0), [255, 0, 0, 255]);
}
