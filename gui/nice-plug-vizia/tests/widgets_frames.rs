//! What the widgets cost and where they are: a change draws only its own widget again, and what opens above the page stays inside
//! the window.

mod widgets_support;

use std::sync::Arc;

use nice_plug::prelude::{Param, Params};
use nice_plug_vizia::prelude::*;
use widgets_support::*;

/// A rectangle of pixels: left, top, width, height.
type Area = (u32, u32, u32, u32);

/// Where a widget is, in pixels.
fn area(place: [f32; 4], scale: f32) -> Area {
    place.map(|px| (px * scale) as u32).into()
}

/// Whether that is what was drawn. Skia tells a clip with a pixel more on each side.
fn is_drawn((x, y, w, h): Area, expected: Area) -> bool {
    let with_margin = (expected.0 - 1, expected.1 - 1, expected.2 + 2, expected.3 + 2);
    [expected, with_margin].contains(&(x, y, w, h))
}

fn union(a: Area, b: Area) -> Area {
    let (x, y) = (a.0.min(b.0), a.1.min(b.1));
    (x, y, (a.0 + a.2).max(b.0 + b.2) - x, (a.1 + a.3).max(b.1 + b.3) - y)
}

/// What differs between two pictures of one size.
fn difference(before: &[u32], after: &[u32], width: u32) -> Option<Area> {
    let mut found: Option<Area> = None;
    for (idx, _) in before.iter().zip(after).enumerate().filter(|(_, (a, b))| a != b) {
        let here = (idx as u32 % width, idx as u32 / width, 1, 1);
        found = Some(found.map_or(here, |found| union(found, here)));
    }
    found
}

#[test]
fn a_change_from_outside_draws_only_its_widgets() {
    for scale in [1.0_f32, 1.5] {
        let desk = Desk::new();
        let (mut editor, remote) = page(&desk, f64::from(scale));
        let mut drawn = |change: &dyn Fn()| {
            change();
            let before = editor.pixels().to_vec();
            assert!(editor.tick(0.016), "nothing is drawn");
            let drawn = editor.drawn();
            assert!(difference(&before, editor.pixels(), editor.width()).is_some(), "it looks the same");
            assert!(!editor.tick(0.016), "it is drawn again");
            drawn.expect("something was drawn")
        };
        let gain = union(area(FADER, scale), area(READ_OUT, scale));
        assert!(is_drawn(drawn(&|| desk.automate(&desk.pan, 0.8)), area(KNOB, scale)));
        assert!(is_drawn(drawn(&|| desk.modulate(&desk.pan, -0.2)), area(KNOB, scale)));
        assert!(is_drawn(drawn(&|| desk.automate(&desk.mute, 1.0)), area(TOGGLE, scale)));
        assert!(is_drawn(drawn(&|| desk.automate(&desk.mode, 0.5)), area(CHOICE, scale)));
        assert!(is_drawn(drawn(&|| desk.automate(&desk.gain, 0.3)), gain));
        assert!(is_drawn(drawn(&|| desk.modulate(&desk.gain, 0.1)), gain));
        // A layout would have drawn the labels in the corners, too: this is one.
        let (_, _, w, h) = drawn(&|| remote.has_knob.set(false));
        assert!(w > 280 && h > 280, "{w} × {h}: a layout draws no more than a change does");
    }
}

#[test]
fn a_page_that_nobody_touches_draws_nothing() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    assert!((0..200).all(|_| !editor.tick(0.016)));
    // Nor does a change that is none.
    desk.automate(&desk.pan, 0.5);
    assert!(!editor.tick(0.016));
}

#[test]
fn a_drag_draws_the_widget_and_its_tooltip() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, KNOB);
    assert!(editor.settle());
    for by in 1..20 {
        drag_up(&mut editor, KNOB, by as f32);
        assert!(editor.tick(0.016));
        let (x, y, w, h) = editor.drawn().expect("something was drawn");
        // The knob ends at 80; the tooltip lies above it and is 260 × 22 at most. A pixel more on each side, see `area`.
        assert!(x + w <= 261 && y + h <= 81, "{x} {y} {w} {h}");
        assert!(y >= 40 - 4 - 22 - 1, "{y}: more than the tooltip's height above the knob");
    }
}

#[test]
fn a_tooltip_comes_stays_and_goes() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    let (x, y) = middle(FADER);
    editor.move_to(x, y);
    editor.settle();
    let bare = editor.pixels().to_vec();
    wait(&mut editor, 0.5);
    assert_eq!(difference(&bare, editor.pixels(), 300), None, "too early");
    wait(&mut editor, 0.2);
    assert!(difference(&bare, editor.pixels(), 300).is_some(), "too late");
    assert!((0..100).all(|_| !editor.tick(0.016)), "it is drawn once");
    // Automation is read along.
    desk.automate(&desk.gain, 0.3);
    editor.tick(0.016);
    desk.automate(&desk.gain, desk.gain.default_normalized_value());
    editor.settle();
    // Elsewhere: gone.
    editor.move_to(290.0, 200.0);
    editor.settle();
    editor.move_to(x, y);
    editor.settle();
    assert_eq!(difference(&bare, editor.pixels(), 300), None, "it does not go");
}

#[test]
fn any_view_has_a_tooltip_that_goes_with_it() {
    let desk = Desk::new();
    let params: Arc<dyn Params> = Arc::<Desk>::clone(&desk);
    let mut is_there = None;
    let mut editor = Headless::new(params, "", 300, 300, 1.0, |cx| {
        let there = Signal::new(true);
        is_there = Some(there);
        Binding::new(cx, there, move |cx| {
            if there.get() {
                put(Element::new(cx), KNOB).tip(|| "Not connected".to_owned());
            }
        });
    });
    assert!(editor.settle());
    let bare = editor.pixels().to_vec();
    let (x, y) = middle(KNOB);
    let is_shown = |editor: &mut Headless| {
        wait(editor, 0.7);
        difference(&bare, editor.pixels(), 300).is_some()
    };
    editor.move_to(x, y);
    assert!(is_shown(&mut editor));
    editor.move_to(200.0, 200.0);
    assert!(!is_shown(&mut editor));
    editor.move_to(x, y);
    assert!(is_shown(&mut editor));
    is_there.expect("the page was built").set(false);
    assert!(!is_shown(&mut editor));
}

#[test]
fn the_innermost_tooltip_counts() {
    let desk = Desk::new();
    let params: Arc<dyn Params> = Arc::<Desk>::clone(&desk);
    let mut editor = Headless::new(params, "", 300, 300, 1.0, |cx| {
        let pan = cx.data::<Host>().param(&desk.pan);
        let strip = HStack::new(cx, |cx| {
            put(Knob::new(cx, pan), [0.0, 0.0, 40.0, 40.0]);
        });
        put(strip, [20.0, 100.0, 200.0, 40.0]).tip(|| "The strip around it says much more".to_owned());
    });
    assert!(editor.settle());
    let mut bare = editor.pixels().to_vec();
    let mut shown_at = |x: f32| {
        editor.move_to(x, 120.0);
        editor.settle();
        bare.copy_from_slice(editor.pixels());
        wait(&mut editor, 0.7);
        let (_, _, w, _) = difference(&bare, editor.pixels(), 300).expect("no tooltip");
        w
    };
    // Into the knob, to the strip and back: by their widths it is the knob's, the strip's, the knob's.
    let widths = [40.0, 150.0, 40.0].map(&mut shown_at);
    assert!(widths[0] == widths[2] && widths[1] > widths[0] + 50, "{widths:?}");
}

/// Controls in the corners and in the middle of the window.
fn corners(scale: f64) -> (Headless, [[f32; 4]; 5]) {
    let desk = Desk::new();
    let params: Arc<dyn Params> = Arc::<Desk>::clone(&desk);
    let places = [(130.0, 130.0), (0.0, 0.0), (260.0, 0.0), (0.0, 260.0), (260.0, 260.0)];
    let places = places.map(|(x, y)| [x, y, 40.0, 40.0]);
    let mut editor = Headless::new(params, "", 300, 300, scale, |cx| {
        let gain = cx.data::<Host>().param(&desk.gain);
        for place in places {
            put(Knob::new(cx, gain.clone()), place);
        }
    });
    assert!(editor.settle());
    (editor, places)
}

#[test]
fn what_opens_is_whole_wherever_its_control_is() {
    for scale in [1.0, 2.0] {
        let (mut editor, places) = corners(scale);
        for is_menu in [false, true] {
            let mut sizes = Vec::new();
            for place in places {
                let (x, y) = middle(place);
                editor.move_to(x, y);
                editor.settle();
                let bare = editor.pixels().to_vec();
                if is_menu {
                    editor.press(MouseButton::Right);
                    editor.release(MouseButton::Right);
                    editor.settle();
                } else {
                    wait(&mut editor, 0.7);
                }
                let width = editor.width();
                let (left, top, w, h) = difference(&bare, editor.pixels(), width).expect("nothing opens");
                sizes.push((w, h));
                if !is_menu {
                    let [_, y, _, h_control] = place.map(|px| (px * scale as f32) as u32);
                    assert!(top + h <= y || top >= y + h_control, "{left} {top} {w} {h} covers {place:?}");
                }
                key(&mut editor, Code::Escape);
                editor.move_to(100.0, 100.0);
                editor.settle();
            }
            assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
            assert!(sizes[0].0 > 60 && sizes[0].1 > 20, "{sizes:?}");
        }
    }
}

#[test]
fn a_menu_that_is_longer_than_the_window_scrolls() {
    let desk = Desk::new();
    let params: Arc<dyn Params> = Arc::<Desk>::clone(&desk);
    let place = [20.0, 30.0, 90.0, 20.0];
    let mut editor = Headless::new(params, "", 160, 80, 1.0, |cx| {
        let mode = cx.data::<Host>().param(&desk.mode);
        put(Choice::new(cx, mode), place);
    });
    assert!(editor.settle());
    press(&mut editor, place);
    release(&mut editor);
    editor.settle();
    // To the last entry by keys, and by the wheel.
    key(&mut editor, Code::End);
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "mode( 1.000 )");
    elsewhere(&mut editor);
    press(&mut editor, place);
    release(&mut editor);
    editor.settle();
    editor.wheel(100.0);
    editor.click(60.0, 10.0);
    editor.settle();
    assert_eq!(told(&mut editor), "mode( 0.000 )");
}

#[test]
fn a_partial_drawing_is_a_whole_one() {
    let desk = Desk::new();
    let (mut editor, remote) = page(&desk, 1.25);
    let mut random = fastrand::Rng::with_seed(4);
    let places = [KNOB, FADER, TOGGLE, CHOICE, READ_OUT];
    for step in 0..150 {
        let place = places[random.usize(..places.len())];
        match random.u32(..9) {
            0 => press(&mut editor, place),
            1 => release(&mut editor),
            2 => drag_up(&mut editor, place, random.f32() * 200.0 - 100.0),
            3 => editor.wheel(random.f32() * 4.0 - 2.0),
            4 => key(&mut editor, Code::Tab),
            5 => desk.modulate(&desk.gain, random.f32() - 0.5),
            6 => desk.automate(&desk.pan, random.f32()),
            7 => remote.is_disabled.set(random.bool()),
            _ => key(&mut editor, Code::Escape),
        }
        wait(&mut editor, 0.1 * random.f32());
        editor.settle();
        let partial = editor.pixels().to_vec();
        editor.damage_all();
        assert!(editor.tick(0.0));
        let width = editor.width();
        assert_eq!(difference(&partial, editor.pixels(), width), None, "after step {step}");
    }
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let desk = Desk::new();
    for (w, h) in [(0.0, 0.0), (1.0, 1.0), (3.0, 200.0), (200.0, 3.0), (1000.0, 1000.0)] {
        let params: Arc<dyn Params> = Arc::<Desk>::clone(&desk);
        let mut editor = Headless::new(params, "", 100, 100, 1.0, |cx| {
            let host = cx.data::<Host>().clone();
            let place = [0.0, 0.0, w, h];
            put(Knob::new(cx, host.param(&desk.pan)), place);
            put(Fader::new(cx, host.param(&desk.gain)), place);
            put(Toggle::new(cx, host.param(&desk.mute), "M"), place);
            put(Choice::new(cx, host.param(&desk.mode)), place);
            put(ReadOut::new(cx, host.param(&desk.gain)), place);
        });
        assert!(editor.settle(), "{w} × {h}");
        for code in [Code::Tab, Code::Enter, Code::Escape, Code::Tab, Code::ContextMenu, Code::Escape] {
            key(&mut editor, code);
        }
        press(&mut editor, [0.0, 0.0, 4.0, 4.0]);
        drag_up(&mut editor, [0.0, 0.0, 4.0, 4.0], 50.0);
        release(&mut editor);
        assert!(editor.settle(), "{w} × {h}");
    }
}
