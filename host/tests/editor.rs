//! The editors of the built bundles in windows, in clack-host and in vst3-host, under a real mouse and a real keyboard.

#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "of the tests without windows")]
mod bundles;
mod windows;

use windows::alone::alone;
use windows::clap::Clap;
use windows::hand::Hand;
use windows::host::{FED, Host, Open, one_gesture};
use windows::page::Page;
use windows::resources::Resources;
use windows::screen::{Area, HostKey, Screen};
use windows::until;
use windows::vst3::Vst3;

/// One test per format: `clap::a_dragged_fader_…`.
macro_rules! in_both_formats {
    ($($test:ident),* $(,)?) => {
        in_both_formats!(@clap: Clap, $($test),*);
        in_both_formats!(@vst3: Vst3, $($test),*);
    };
    (@$format:ident: $host:ident, $($test:ident),*) => {
        mod $format {
            $(
                #[test]
                fn $test() {
                    let name = concat!(stringify!($format), "::", stringify!($test));
                    super::alone(name, super::$test::<super::$host>);
                }
            )*
        }
    };
}

in_both_formats!(
    a_dragged_fader_is_one_gesture_and_heard,
    automation_moves_the_fader_on_the_screen,
    a_typed_value_is_one_gesture_and_heard,
    space_is_the_hosts_unless_somebody_types,
    the_host_resizes_it,
    a_zoom_asks_the_host_for_another_size,
    two_editors_live_beside_each_other,
    a_gesture_ends_when_the_editor_closes,
    opens_and_closes_fifty_times,
);

const N_STRIPS: usize = 8;
const FADER: &str = "s01_fader";

/// A fader's view.
const FADER_ELEMENT: &str = "param-fader";
/// A read-out's view.
const READ_OUT_ELEMENT: &str = "param-readout";

/// An X keysym.
const SPACE: u32 = 0x20;

/// What a level may be off: the engine's f32 and the factor that the test computes differ in roundings.
const LEVEL_TOLERANCE: f32 = 1e-5;

fn a_dragged_fader_is_one_gesture_and_heard<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let mut page = page_of(&mut open);
    let hand = Hand::over(&screen, open.window);
    open.until("the strip is heard", |open| (open.host.level() == FED).then_some(()));

    let value = drag_down(&mut open, &hand, &page, FADER);
    // The parameter keeps the step that is nearest to what the hand did.
    let read_db = page.fader_db(open.host.value(FADER));
    assert_eq!(read_db, page.fader_db(value), "what the host reads is what the editor set last");
    assert_heard(&mut open, FED * page.gain(value));
    assert!(open.host.level() < 0.9 * FED, "dragging down makes it quieter");

    hand.rest();
    page.set(FADER, value);
    assert_looks(&mut open, &page, page.area(FADER, FADER_ELEMENT));
}

fn automation_moves_the_fader_on_the_screen<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let mut page = page_of(&mut open);
    let area = page.area(FADER, FADER_ELEMENT);
    Hand::over(&screen, open.window).rest();
    let before = open.still_picture(area);
    for value in [0.25, 0.9, 0.0] {
        open.host.automate(FADER, value);
        page.set(FADER, value);
        assert_looks(&mut open, &page, area);
        assert_ne!(open.picture(area), before, "the cap is where it was");
    }
    assert!(!open.has_edits(), "what the host does is no gesture");
}

fn a_typed_value_is_one_gesture_and_heard<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let page = page_of(&mut open);
    let hand = Hand::over(&screen, open.window);
    begin_typing(&mut open, &hand, &page);
    hand.type_text("-12");
    hand.key("BackSpace");
    hand.type_text("8");
    hand.key("Return");
    open.until("what was typed is told", |open| open.has_ended(FADER).then_some(()));
    let value = one_gesture(&open.take_edits_of(FADER));
    assert_heard(&mut open, FED * page.gain(value));
    // −18 dB.
    assert_heard(&mut open, FED * 0.125_892_54);
}

fn space_is_the_hosts_unless_somebody_types<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let page = page_of(&mut open);
    let hand = Hand::over(&screen, open.window);

    // Over a control, and after one was touched, which gives it the editor's own focus.
    hand.move_onto(page.area(FADER, FADER_ELEMENT));
    assert_space_reaches_the_host(&mut open, &hand);
    drag_down(&mut open, &hand, &page, FADER);
    assert_space_reaches_the_host(&mut open, &hand);
    let mute = page.area("s01_mute", "param-toggle");
    hand.click(mute.centre());
    open.until("the switch is told", |open| open.has_ended("s01_mute").then_some(()));
    open.take_edits_of("s01_mute");
    assert_space_reaches_the_host(&mut open, &hand);
    assert!(!open.has_edits(), "Space presses no switch");

    begin_typing(&mut open, &hand, &page);
    hand.key("space");
    hand.type_text("-6");
    hand.key("Return");
    open.until("what was typed is told", |open| open.has_ended(FADER).then_some(()));
    one_gesture(&open.take_edits_of(FADER));
    let presses: Vec<HostKey> =
        open.screen.take_keys(open.window).into_iter().filter(|key| key.is_down).collect();
    assert_eq!(presses, [], "what is typed is the editor's alone");

    // And again, once nobody types.
    open.until("the keyboard is the host's again", |open| {
        (open.screen.focused() == open.window).then_some(())
    });
    assert_space_reaches_the_host(&mut open, &hand);
}

fn the_host_resizes_it<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    Hand::over(&screen, open.window).rest();
    let first = open.host.size();
    for (width, height) in [(first.0 + 137, first.1 + 61), (first.0 - 100, first.1 - 20), first] {
        let taken = open.host.resize(width, height);
        assert_eq!(taken, (width, height), "a size above the smallest is taken as it is");
        open.screen.resize(open.window, width, height);
        open.until("the editor's window has the size", |open| {
            (open.screen.size(open.editor()?) == Some((width, height))).then_some(())
        });
        assert_eq!(open.host.size(), (width, height));
        // Its page is laid out anew: the controls are where they are in that size, and drawn.
        let page = Page::new(N_STRIPS, (width, height));
        for (param, element) in [(FADER, FADER_ELEMENT), ("m_fader", FADER_ELEMENT)] {
            assert_looks(&mut open, &page, page.area(param, element));
        }
    }
    // Smaller than the page can be: it says what it takes.
    let (width, height) = open.host.resize(10, 10);
    assert!(width > 300 && height > 200 && width < first.0 && height < first.1, "{width} × {height}");
}

fn a_zoom_asks_the_host_for_another_size<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let page = page_of(&mut open);
    let hand = Hand::over(&screen, open.window);
    let first = open.host.size();
    let buttons = page.bar_buttons();
    let [.., smaller, larger] = buttons[..] else { panic!("there are {} buttons", buttons.len()) };
    // 100 % to 125 %. In the window of that size all places are so much further, the other button too.
    let (zoom, zoomed) = (1.25, (first.0 * 5 / 4, first.1 * 5 / 4));
    let at = |area: Area, zoom: f32| {
        let (x, y) = area.centre();
        ((x as f32 * zoom) as i32, (y as f32 * zoom) as i32)
    };
    for (button, zoom_before, zoom_after, size) in [(larger, 1.0, zoom, zoomed), (smaller, zoom, 1.0, first)]
    {
        hand.click(at(button, zoom_before));
        let wanted = open.until("the editor asks for a size", |open| open.host.take_wanted_size());
        assert_eq!(wanted, size);
        open.screen.resize(open.window, wanted.0, wanted.1);
        open.until("the editor's window has the size", |open| {
            (open.screen.size(open.editor()?) == Some(size)).then_some(())
        });
        assert_eq!(open.host.size(), size);
        // Controls are where they are in that zoom.
        let (x, y) = at(page.area(FADER, FADER_ELEMENT), zoom_after);
        hand.move_to((x, y));
        hand.press();
        hand.move_to((x, y + 20));
        hand.move_to((x, y + 40));
        hand.release();
        open.until("the drag is told", |open| open.has_ended(FADER).then_some(()));
        one_gesture(&open.take_edits_of(FADER));
    }
}

fn two_editors_live_beside_each_other<H: Host>() {
    let screen = Screen::open();
    let mut one = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let mut other = Open::<H>::new(&screen, N_STRIPS, 1250, 740);
    let mut page_of_one = page_of(&mut one);
    let mut page_of_other = page_of(&mut other);
    let area = page_of_one.area(FADER, FADER_ELEMENT);

    // A hand on one.
    let hand = Hand::over(&screen, one.window);
    let value = drag_down(&mut one, &hand, &page_of_one, FADER);
    hand.rest();
    page_of_one.set(FADER, value);
    assert_heard(&mut one, FED * page_of_one.gain(value));
    assert_looks(&mut one, &page_of_one, area);
    other.run(20);
    assert!(!other.has_edits(), "the other editor told something");
    assert_eq!(other.host.level(), FED, "the other instance changed");
    assert_looks(&mut other, &page_of_other, area);

    // Automation on the other.
    other.host.automate(FADER, 0.1);
    page_of_other.set(FADER, 0.1);
    assert_looks(&mut other, &page_of_other, area);
    assert_looks(&mut one, &page_of_one, area);

    // One goes; the other stays alive.
    one.close();
    drop(one);
    let hand = Hand::over(&screen, other.window);
    screen.focus(other.window);
    let value = drag_up(&mut other, &hand, &page_of_other, FADER);
    assert_heard(&mut other, FED * page_of_other.gain(value));
}

fn a_gesture_ends_when_the_editor_closes<H: Host>() {
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    let page = page_of(&mut open);
    let hand = Hand::over(&screen, open.window);
    let (x, y) = page.area(FADER, FADER_ELEMENT).centre();
    hand.move_to((x, y));
    hand.press();
    hand.move_to((x, y + 20));
    hand.move_to((x, y + 40));
    open.until("the drag is told", |open| open.has_edits().then_some(()));
    open.close();
    open.until("the gesture ends", |open| open.has_ended(FADER).then_some(()));
    one_gesture(&open.take_edits_of(FADER));
}

fn opens_and_closes_fifty_times<H: Host>() {
    const TIMES: usize = 50;
    // Caches fill: the font's glyphs, the allocator's arenas, vizia's per-thread lists.
    const WARM_UP: usize = 5;
    let screen = Screen::open();
    let mut open = Open::<H>::new(&screen, N_STRIPS, 0, 0);
    open.close();
    let again = |open: &mut Open<H>| {
        open.reopen();
        open.close();
    };
    (0..WARM_UP).for_each(|_| again(&mut open));
    let before = settled();
    (0..TIMES).for_each(|_| again(&mut open));
    let after = settled();
    println!("before {before:?}, after {TIMES} times {after:?}");
    assert_eq!(after.threads, before.threads, "threads");
    let left = after.descriptors - before.descriptors;
    assert!(left <= H::LEAKED_DESCRIPTORS * TIMES, "{left} descriptors");
    let grown_kib = after.heap_kib - before.heap_kib;
    assert!(grown_kib < H::LEAKED_KIB * TIMES as i64, "{} KiB each time", grown_kib / TIMES as i64);
}

/// The resources, once the threads of closed editors are gone.
fn settled() -> Resources {
    let mut last = Resources::now();
    let mut alike = 0;
    until("threads and descriptors come to rest", || {
        let now = Resources::now();
        alike =
            if (now.threads, now.descriptors) == (last.threads, last.descriptors) { alike + 1 } else { 0 };
        last = now;
        (alike > 100).then_some(now)
    })
}

fn page_of<H: Host>(open: &mut Open<H>) -> Page {
    let size = open.host.size();
    Page::new(N_STRIPS, size)
}

/// Drags a fader by hand, and returns the value it was left at.
#[track_caller]
fn drag_down<H: Host>(open: &mut Open<H>, hand: &Hand, page: &Page, param: &str) -> f64 {
    drag(open, hand, page, param, 60)
}

#[track_caller]
fn drag_up<H: Host>(open: &mut Open<H>, hand: &Hand, page: &Page, param: &str) -> f64 {
    drag(open, hand, page, param, -60)
}

#[track_caller]
fn drag<H: Host>(open: &mut Open<H>, hand: &Hand, page: &Page, param: &str, by_px: i32) -> f64 {
    let before = open.host.value(param);
    let (x, y) = page.area(param, FADER_ELEMENT).centre();
    hand.move_to((x, y));
    hand.press();
    for step in 1..=6 {
        hand.move_to((x, y + by_px * step / 6));
        open.run(1);
    }
    hand.release();
    open.until("the drag is told", |open| open.has_ended(param).then_some(()));
    let value = one_gesture(&open.take_edits_of(param));
    assert!((value < before) == (by_px > 0), "dragged by {by_px} pixels, from {before} to {value}");
    value
}

/// Opens the text field of the fader's read-out.
fn begin_typing<H: Host>(open: &mut Open<H>, hand: &Hand, page: &Page) {
    hand.click(page.area(FADER, READ_OUT_ELEMENT).centre());
    open.until("the keyboard is the text field's", |open| {
        (Some(open.screen.focused()) == open.editor()).then_some(())
    });
    open.screen.take_keys(open.window);
}

#[track_caller]
fn assert_space_reaches_the_host<H: Host>(open: &mut Open<H>, hand: &Hand) {
    open.screen.take_keys(open.window);
    hand.key("space");
    let mut keys = Vec::new();
    open.until("Space reaches the host", |open| {
        keys.extend(open.screen.take_keys(open.window));
        keys.contains(&HostKey { is_down: false, keysym: SPACE }).then_some(())
    });
    open.run(20);
    keys.extend(open.screen.take_keys(open.window));
    // The Enter that ended the typing may go up only now.
    keys.retain(|key| key.keysym == SPACE);
    let space = |is_down| HostKey { is_down, keysym: SPACE };
    assert_eq!(keys, [space(true), space(false)], "Space, once");
}

/// The master's level becomes this.
#[track_caller]
fn assert_heard<H: Host>(open: &mut Open<H>, level: f32) {
    open.until(&format!("the master is at {level}"), |open| {
        ((open.host.level() - level).abs() <= LEVEL_TOLERANCE * level).then_some(())
    });
}

/// A part of the window becomes what the page is there, pixel for pixel.
#[track_caller]
fn assert_looks<H: Host>(open: &mut Open<H>, page: &Page, area: Area) {
    let expected = page.picture(area);
    let mut seen = Vec::new();
    let looks = open.waits_for(|open| {
        seen = open.picture(area);
        (seen == expected).then_some(())
    });
    if looks.is_none() {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let [seen, expected] = [("seen", seen), ("expected", expected)].map(|(name, picture)| {
            let path = folder.join(format!("{}-{name}.ppm", std::process::id()));
            std::fs::write(&path, area.ppm(&picture)).unwrap();
            path
        });
        panic!("{area:?} looks like {} and not like {}", seen.display(), expected.display());
    }
}
