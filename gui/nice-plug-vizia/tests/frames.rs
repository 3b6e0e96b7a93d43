//! When something is drawn, and how large.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use nice_plug_vizia::prelude::*;
use support::{TestParams, open};

/// A square at 20, 30 of 40 × 10 pixels that is drawn again when told, and counts.
struct Square {
    draws: Rc<Cell<usize>>,
}

impl View for Square {
    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        self.draws.set(self.draws.get() + 1);
        let bounds = cx.bounds();
        let mut paint = vg::Paint::default();
        paint.set_color(Color::rgb(255, 0, 0));
        canvas.draw_rect(vg::Rect::new(bounds.x, bounds.y, bounds.x + bounds.w, bounds.y + bounds.h), &paint);
    }
}

struct Page {
    editor: Headless,
    draws: Rc<Cell<usize>>,
    again: Rc<Cell<bool>>,
}

fn page() -> Page {
    let (draws, again) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (counted, asked) = (Rc::clone(&draws), Rc::clone(&again));
    let editor = open(&TestParams::new(), move |cx| {
        Square { draws: counted }
            .build(cx, |_| {})
            .position_type(PositionType::Absolute)
            .left(Pixels(20.0))
            .top(Pixels(30.0))
            .width(Pixels(40.0))
            .height(Pixels(10.0))
            .poll(move |_| asked.replace(false));
    });
    Page { editor, draws, again }
}

#[test]
fn an_idle_editor_draws_nothing() {
    let mut page = page();
    let drawn_to_begin_with = page.draws.get();
    assert!(drawn_to_begin_with > 0, "the first picture was never drawn");
    for _ in 0..200 {
        assert!(!page.editor.tick(0.016));
    }
    assert_eq!(page.draws.get(), drawn_to_begin_with);
}

#[test]
fn a_poll_that_asks_for_it_is_drawn_once_and_nothing_else_is() {
    let mut page = page();
    let before = page.draws.get();
    page.again.set(true);
    assert!(page.editor.tick(0.016));
    assert_eq!(page.draws.get(), before + 1);
    let (x, y, width, height) = page.editor.drawn().unwrap();
    // A pixel around it is what Skia adds to the bounds of a clip.
    assert!(x >= 19 && y >= 29 && x + width <= 61 && y + height <= 41, "{x} {y} {width} {height}");
    assert!(x <= 20 && y <= 30 && x + width >= 60 && y + height >= 40, "{x} {y} {width} {height}");
    assert!(!page.editor.tick(0.016));
}

#[test]
fn a_view_of_no_size_that_asks_to_be_drawn_costs_nothing() {
    let mut editor = open(&TestParams::new(), |cx| {
        Element::new(cx).size(Pixels(0.0)).poll(|_| true);
    });
    assert!(!editor.tick(0.016));
}

#[test]
fn the_page_is_as_large_as_the_window_in_every_zoom() {
    let widths = Rc::new(Cell::new((0.0, 0.0)));
    let seen = Rc::clone(&widths);
    struct Sized(Rc<Cell<(f32, f32)>>);
    impl View for Sized {
        fn draw(&self, cx: &mut DrawContext, _: &Canvas) {
            self.0.set((cx.bounds().w, cx.scale_factor()));
        }
    }
    let mut editor = open(&TestParams::new(), move |cx| {
        Sized(seen).build(cx, |_| {}).size(Stretch(1.0));
    });
    assert_eq!(widths.get(), (300.0, 1.0));
    editor.resize(500, 400, 1.0);
    assert!(editor.tick(0.016));
    assert_eq!((editor.width(), editor.height(), widths.get()), (500, 400, (500.0, 1.0)));
    editor.host().set_zoom(1.5);
    assert!(editor.tick(0.016));
    assert_eq!((editor.width(), editor.height(), widths.get()), (750, 600, (750.0, 1.5)));
    assert_eq!(editor.host().zoom(), 1.5);
    editor.resize(500, 400, 2.0);
    assert!(editor.tick(0.016));
    assert_eq!((editor.width(), editor.height(), widths.get()), (1500, 1200, (1500.0, 3.0)));
    editor.host().set_zoom(100.0);
    editor.tick(0.016);
    assert_eq!(editor.host().zoom(), MAX_ZOOM);
}

#[test]
fn what_was_drawn_is_in_the_picture() {
    let page = page();
    let at = |x: usize, y: usize| page.editor.pixels()[y * 300 + x];
    assert_eq!(at(25, 35), 0xffff_0000, "the square");
    assert_eq!(at(200, 100), 0xff20_2020, "the window behind it");
}

#[test]
fn drawing_everything_again_gives_the_same_picture() {
    let mut page = page();
    let before = page.editor.pixels().to_vec();
    for _ in 0..3 {
        page.again.set(true);
        page.editor.tick(0.016);
    }
    assert_eq!(page.editor.pixels(), before);
    page.editor.damage_all();
    assert!(page.editor.tick(0.016));
    assert_eq!(page.editor.pixels(), before);
}

#[test]
fn what_changes_far_apart_is_drawn_apart() {
    let draws = [(); 3].map(|()| Rc::new(Cell::new(0)));
    let again = Rc::new(Cell::new([false; 3]));
    let (counted, asked) = (draws.clone(), Rc::clone(&again));
    let mut editor = open(&TestParams::new(), move |cx| {
        for (idx, (draws, left)) in counted.into_iter().zip([0.0, 140.0, 280.0]).enumerate() {
            let asked = Rc::clone(&asked);
            Square { draws }
                .build(cx, |_| {})
                .position_type(PositionType::Absolute)
                .left(Pixels(left))
                .width(Pixels(20.0))
                .height(Pixels(200.0))
                .poll(move |_| {
                    let mut flags = asked.get();
                    let flag = std::mem::take(&mut flags[idx]);
                    asked.set(flags);
                    flag
                });
        }
    });
    let before = draws.clone().map(|draws| draws.get());
    let picture = editor.pixels().to_vec();
    // The one in the middle lies in the rectangle around the others: 300 × 200 pixels, more than two passes cost.
    again.set([true, false, true]);
    assert!(editor.tick(0.016));
    let now = draws.map(|draws| draws.get());
    assert_eq!(now, [before[0] + 1, before[1], before[2] + 1]);
    assert_eq!(editor.pixels(), picture);
    assert!(!editor.tick(0.016));
}
