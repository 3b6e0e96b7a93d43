//! The page under the keyboard: Tab goes round all controls, arrows change their parameters, and each is a gesture.

#[expect(dead_code, reason = "another test uses the rest")]
mod page_support;

use busbar::editor::SIZE;
use busbar::params::BusbarParams;
use nice_plug::prelude::Params;
use nice_plug_vizia::prelude::*;
use page_support::{Page, Stop};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Views of parameters.
const CONTROLS: [&str; 5] = ["param-knob", "param-fader", "param-toggle", "param-choice", "param-readout"];

/// What Tab reaches that is no parameter's: strip names, and the buttons of the bar.
const OTHERS: [&str; 2] = ["textbox", "button"];

/// Outside of any window.
const FAR_PX: f32 = 1e6;

/// One test per size.
macro_rules! for_each_size {
    ($($test:ident),* $(,)?) => {
        mod busbar_8 { $( #[test] fn $test() { super::$test(8); } )* }
        mod busbar_16 { $( #[test] fn $test() { super::$test(16); } )* }
        mod busbar_32 { $( #[test] fn $test() { super::$test(32); } )* }
    };
}

for_each_size!(tab_reaches_each_control_once, arrows_change_parameters_by_gestures);

fn tab_reaches_each_control_once(n_strips: usize) {
    let mut page = Page::new(n_strips, SIZE);
    let stops = page.stops();
    let views: HashSet<Entity> = stops.iter().map(|stop| stop.view).collect();
    assert_eq!(views.len(), stops.len(), "Tab comes twice to one control before it came to all");

    // Whatever says that the keyboard can reach it is reached, and nothing else.
    let is_control = |element: &str| CONTROLS.contains(&element) || OTHERS.contains(&element);
    let mut missed = Page::new(n_strips, SIZE).views(is_control);
    missed.retain(|(view, _)| !views.contains(view));
    assert_eq!(missed, [], "Tab never comes to them");
    let others: Vec<&str> =
        stops.iter().map(|stop| stop.element).filter(|element| !is_control(element)).collect();
    assert!(others.is_empty(), "Tab comes to {others:?}, which are no controls");

    // And back, by Shift, from the first, where Tab has come round to.
    page.editor.set_modifiers(Modifiers::SHIFT);
    let mut back = vec![page.editor.focused()];
    for _ in 1..stops.len() {
        page.editor.key(Code::Tab, Key::Tab);
        back.push(page.editor.focused());
    }
    back[1..].reverse();
    let forth: Vec<Entity> = stops.iter().map(|stop| stop.view).collect();
    assert_eq!(back, forth, "Shift and Tab go the same way back");
}

fn arrows_change_parameters_by_gestures(n_strips: usize) {
    let mut page = Page::new(n_strips, SIZE);
    let stops = page.stops();
    let known: BTreeSet<String> =
        BusbarParams::new(n_strips).param_map().into_iter().map(|(id, ..)| id).collect();
    for stop in &stops {
        if !CONTROLS.contains(&stop.element) {
            assert_eq!(stop.gestures, [], "{stop:?} is no parameter's");
            continue;
        }
        let param = stop.param.as_deref().unwrap_or_else(|| panic!("arrows change nothing at {stop:?}"));
        assert!(known.contains(param), "{param} is no parameter");
        assert_whole_gestures(stop, param);
    }
    assert_on_page(&stops, n_strips);
}

/// Begin, values, end, of one parameter, as often as you like.
fn assert_whole_gestures(stop: &Stop, param: &str) {
    let mut is_open = false;
    for gesture in &stop.gestures {
        let (id, allowed, opens) = match gesture {
            Gesture::Begin(id) => (id, !is_open, true),
            Gesture::Set(id, _) => (id, is_open, true),
            Gesture::End(id) => (id, is_open, false),
        };
        assert!(id == param && allowed, "out of order: {stop:?}");
        is_open = opens;
    }
    assert!(!is_open, "never ends: {stop:?}");
}

/// Each strip, group and the master has what every mixer's has.
fn assert_on_page(stops: &[Stop], n_strips: usize) {
    let mut n_controls: BTreeMap<&str, usize> = BTreeMap::new();
    for param in stops.iter().filter_map(|stop| stop.param.as_deref()) {
        *n_controls.entry(param).or_default() += 1;
    }
    let has = |param: &str| assert!(n_controls.contains_key(param), "{param} is not on the page");
    for strip in 1..=n_strips {
        for control in ["trim", "polarity", "pan", "mute", "solo", "fader"] {
            has(&format!("s{strip:02}_{control}"));
        }
        for send in ["m", "a", "b", "c", "d"] {
            has(&format!("s{strip:02}_{send}_on"));
            has(&format!("s{strip:02}_{send}_level"));
        }
    }
    for group in ["a", "b", "c", "d"] {
        for control in ["fader", "balance", "mute", "solo", "to_master"] {
            has(&format!("g{group}_{control}"));
        }
    }
    for master in ["m_fader", "m_balance", "m_mono", "m_dim", "m_cut", "bypass"] {
        has(master);
    }
}

#[test]
fn the_mouse_leaves_nothing_lit() {
    let stops = Page::new(8, SIZE).stops();
    let mut page = Page::new(8, SIZE);
    let before = page.editor.pixels().to_vec();
    let mut n_lit = 0;
    for element in CONTROLS {
        let Some(stop) = stops.iter().find(|stop| stop.element == element) else { continue };
        let [x, y, width, height] = stop.bounds;
        page.editor.move_to(x + width / 2.0, y + height / 2.0);
        page.editor.settle();
        n_lit += usize::from(page.editor.pixels() != before);
        page.editor.move_to(FAR_PX, FAR_PX);
        page.editor.settle();
        assert!(page.editor.pixels() == before, "{element} looks as if the mouse were still over it");
    }
    assert!(n_lit > 0, "nothing shows that the mouse is over it");
}
