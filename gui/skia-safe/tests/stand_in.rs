//! The same instructions on every machine. In a process of its own, because the choice is for all of it.

mod support;

use skia_safe::{Canvas, stand_in};
use support::{
    draw,
    random::{Source, image},
};

fn scene(seed: u64, canvas: &Canvas) {
    let rng = fastrand::Rng::with_seed(seed);
    let mut source = Source { rng, wild: false, all: true, width: 120.0, height: 80.0, depth: 0 };
    let count = canvas.save();
    for _ in 0..30 {
        source.call(canvas, Some(&image()));
    }
    canvas.restore_to_count(count);
}

#[test]
fn fixed_instructions_draw_the_same() {
    let draw_all = || (0..40).map(|seed| draw(120, 80, |canvas| scene(seed, canvas)));
    let own: Vec<_> = draw_all().collect();
    stand_in::fix_simd();
    for (seed, (a, b)) in own.iter().zip(draw_all()).enumerate() {
        // Products that are added in one step instead of two: coverage may round to the next step, and a mode that divides
        // by what is left may make some more of that.
        let off = |a: &[u8; 4], b: &[u8; 4]| (0..4).map(|i| a[i].abs_diff(b[i])).max().unwrap_or(0);
        let far = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| off(a, b) > 2).count();
        assert!(far * 1000 <= a.pixels.len(), "seed {seed}: {far} pixels");
    }
    assert!(own.iter().filter(|shot| shot.bounds().is_some()).count() > 35, "there are drawings");
}
