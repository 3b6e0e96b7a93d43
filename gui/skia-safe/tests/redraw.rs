//! A redraw of a part: it leaves the same pixels as a redraw of everything, and costs no more than that part.

mod support;

use skia_safe::{Canvas, ClipOp, Color, Rect, SamplingOptions};
use support::{
    draw,
    random::{Source, image},
    shot, surface,
};

const WIDTH: i32 = 230;
const HEIGHT: i32 = 150;

fn source(seed: u64) -> Source {
    let rng = fastrand::Rng::with_seed(seed);
    Source {
        rng,
        wild: false,
        all: seed.is_multiple_of(2),
        width: WIDTH as f32,
        height: HEIGHT as f32,
        depth: 0,
    }
}

/// The same random scene for the same seed.
fn scene(seed: u64, canvas: &Canvas) {
    let (mut source, image) = (source(seed), image());
    let count = canvas.save();
    for _ in 0..40 {
        source.call(canvas, Some(&image));
    }
    canvas.restore_to_count(count);
}

#[test]
fn a_part_is_drawn_as_in_the_whole() {
    let mut drawn = 0;
    for seed in 0..600 {
        // As vizia does it: the part that is to be redrawn, here everything, is the first clip.
        let whole = draw(WIDTH, HEIGHT, |canvas| {
            canvas.clip_rect(Rect::new(0.0, 0.0, WIDTH as f32, HEIGHT as f32), ClipOp::Intersect, false);
            scene(seed, canvas);
        });
        drawn += usize::from(whole.bounds().is_some());

        // Another scene first, then parts of the new one over it until it is all there: that of two halves and a rectangle.
        let mut window = surface(WIDTH, HEIGHT);
        scene(seed + 1000, window.canvas());
        let mut source = source(seed + 2000);
        let middle = source.rng.i32(0..WIDTH) as f32;
        let (right, bottom) = (WIDTH as f32, HEIGHT as f32);
        for part in
            [Rect::new(0.0, 0.0, middle, bottom), Rect::new(middle, 0.0, right, bottom), source.rect()]
        {
            let canvas = window.canvas();
            canvas.save();
            canvas.clip_rect(part, ClipOp::Intersect, false);
            canvas.clear(Color::TRANSPARENT);
            scene(seed, canvas);
            canvas.restore();
            window.peek_pixels().expect("pixels");
        }
        let parts = shot(&mut window);
        for (i, (a, b)) in whole.pixels.iter().zip(&parts.pixels).enumerate() {
            let (x, y) = (i % whole.width, i / whole.width);
            assert_eq!(a, b, "seed {seed}, cut at {middle}, pixel {x}, {y}");
        }
    }
    assert!(drawn > 500, "most scenes show something, not {drawn}");
}

#[test]
fn a_window_takes_over_what_changed() {
    let mut window = surface(WIDTH, HEIGHT);
    let mut behind = surface(WIDTH, HEIGHT);
    let mut rng = fastrand::Rng::with_seed(7);
    for seed in 0..40 {
        let canvas = behind.canvas();
        canvas.save();
        if seed > 0 {
            let (x, y) = (rng.f32() * 200.0, rng.f32() * 120.0);
            canvas.clip_rect(Rect::from_xywh(x, y, 50.0, 40.0), ClipOp::Intersect, false);
        }
        canvas.clear(Color::TRANSPARENT);
        scene(seed, canvas);
        canvas.restore();
        behind.draw(window.canvas(), (0, 0), SamplingOptions::default(), None);
        assert_eq!(shot(&mut window).pixels, shot(&mut behind).pixels, "after frame {seed}");
    }
}

#[test]
fn another_surface_is_drawn_over_what_is_there() {
    let mut window = surface(20, 20);
    window.canvas().clear(Color::BLACK);
    let mut other = surface(20, 20);
    other.canvas().draw_rect(Rect::new(0.0, 0.0, 10.0, 20.0), &support::fill(support::RED));
    other.draw(window.canvas(), (5, 0), SamplingOptions::default(), None);
    let shot = shot(&mut window);
    let row: Vec<u8> = (0..20).map(|x| shot.at(x, 10)[0]).collect();
    assert_eq!(row, [[0; 5].as_slice(), &[255; 10], &[0; 5]].concat());
    assert!(shot.pixels.iter().all(|p| p[3] == 255), "black stays behind what is transparent");
}

#[test]
fn what_is_drawn_later_leaves_what_is_there() {
    let mut window = surface(30, 10);
    window.canvas().clear(Color::TRANSPARENT);
    window.canvas().draw_rect(Rect::new(10.0, 0.0, 20.0, 10.0), &support::fill(support::RED));
    window.peek_pixels().expect("pixels");
    // On both sides of what is there, and nothing on it.
    let canvas = window.canvas();
    canvas.draw_rect(Rect::new(0.0, 0.0, 5.0, 10.0), &support::fill(Color::from_rgb(0, 0, 255)));
    canvas.draw_rect(Rect::new(25.0, 0.0, 30.0, 10.0), &support::fill(Color::from_rgb(0, 0, 255)));
    let shot = shot(&mut window);
    assert_eq!(shot.at(15, 5), [255, 0, 0, 255], "what was there");
    assert_eq!([shot.at(2, 5), shot.at(27, 5)], [[0, 0, 255, 255]; 2], "what came");
    assert_eq!(shot.at(7, 5), [0; 4]);
}

/// Far from the origin, where an f32 has few digits left for parts of a pixel.
#[test]
fn a_part_far_away_is_drawn_as_in_the_whole() {
    let (width, height) = (6_000, 40);
    let lines = |canvas: &Canvas| {
        // What makes the whole one picture from the origin on.
        canvas.draw_rect(Rect::new(0.0, 0.0, width as f32, 1.0), &support::fill(support::RED));
        let mut rng = fastrand::Rng::with_seed(11);
        for _ in 0..400 {
            let mut path = skia_safe::PathBuilder::new();
            let mut point = || (5_000.0 + 1_000.0 * rng.f32(), 40.0 * rng.f32());
            path.move_to(point()).line_to(point()).line_to(point());
            canvas.draw_path(&path.detach(), &support::fill(Color::from_argb(40, 255, 255, 255)));
        }
    };
    let whole = draw(width, height, |canvas| {
        lines(canvas);
    });
    let part = draw(width, height, |canvas| {
        canvas.clip_rect(Rect::new(5_003.0, 0.0, 6_000.0, 40.0), ClipOp::Intersect, false);
        lines(canvas);
    });
    for y in 0..height as usize {
        for x in 5_003..width as usize {
            assert_eq!(whole.at(x, y), part.at(x, y), "{x}, {y}");
        }
    }
}
