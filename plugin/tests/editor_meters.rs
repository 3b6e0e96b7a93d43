//! The page's meters on what an engine plays: the master's loudness is read on the page, and a click begins it anew.

#[expect(dead_code, reason = "other tests use the rest")]
mod page_support;

use std::f64::consts::TAU;

use busbar::desk::{Desk, Tap};
use busbar::editor::SIZE;
use busbar_engine::{Engine, Outputs, Settings};
use nice_plug_vizia::prelude::*;
use page_support::Page;

const RATE_HZ: f64 = 48_000.0;

/// How long an editor waits between two looks at figures, and more.
const LOOK_S: f32 = 0.2;

/// Plays blocks of a sine, counted from `first`, as the plugin does.
fn play(engine: &mut Engine, desk: &Desk, first: usize, n_blocks: usize, gain: f64) {
    for block in first..first + n_blocks {
        let at = |frame: usize| (TAU * 997.0 * (64 * block + frame) as f64 / RATE_HZ).sin();
        let feed: [f32; 64] = std::array::from_fn(|frame| (gain * at(frame)) as f32);
        let opposite = feed.map(|sample| -sample);
        let mut output = [[0.0; 64]; 2];
        let [left, right] = &mut output;
        let mut outputs = Outputs { master: [left, right], groups: [const { None }; 4] };
        desk.begin_block(engine);
        engine.process(&[Some([&feed, &opposite])], &mut outputs);
        desk.publish(engine);
    }
}

/// Left, top, right and bottom of the one view of this kind. Looking for it uses a page up; all have one layout.
fn place(element: &str) -> [usize; 4] {
    let mut page = Page::new(8, SIZE);
    let views = page.views(|name| name == element);
    let [(view, _)] = views[..] else { panic!("{} views are {element}", views.len()) };
    let bounds = EventContext::new_with_current(page.editor.context(), view).bounds();
    [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()].map(|edge| edge as usize)
}

/// The pixels of a place once the page has looked.
fn picture(page: &mut Page, [left, top, right, bottom]: [usize; 4]) -> Vec<u32> {
    page.editor.tick(LOOK_S);
    page.editor.settle();
    let width = page.editor.width() as usize;
    let rows = page.editor.pixels().chunks(width).skip(top).take(bottom - top);
    rows.flat_map(|row| row[left..right].to_vec()).collect()
}

#[test]
fn loudness_is_on_the_page_and_a_click_begins_it_anew() {
    let mut page = Page::new(8, SIZE);
    let desk = page.desk.clone();
    let mut engine = Engine::new(8);
    engine.prepare(RATE_HZ).expect("a rate");
    engine.set(&Settings::new(8));

    let [table, bar] = ["loudness", "correlation"].map(place);
    let [left, top, right, bottom] = table;
    let [empty, middle] = [table, bar].map(|place| picture(&mut page, place));
    play(&mut engine, &desk, 0, 1500, 0.5);
    let loudness = desk.loudness(Tap::Master);
    assert!((loudness.integrated_lufs + 6.0).abs() < 0.1, "{loudness:?}");
    assert!((loudness.correlation + 1.0).abs() < 0.01, "{loudness:?}");
    let [loud, opposite] = [table, bar].map(|place| picture(&mut page, place));
    assert!(loud != empty && opposite != middle, "what the engine tells is on the page");
    assert!(picture(&mut page, table) == loud, "nothing moved");

    page.editor.click((left + right) as f32 / 2.0, (top + bottom) as f32 / 2.0);
    page.editor.move_to(0.0, 0.0);
    play(&mut engine, &desk, 1500, 1500, 0.05);
    let quieter = desk.loudness(Tap::Master).integrated_lufs;
    assert!((quieter + 26.0).abs() < 0.2, "{quieter} LUFS: what was before the click does not count");
    assert!(picture(&mut page, table) != loud);
}
