//! Keys: what is typed, what is kept from the host, and what has the focus.

mod support;

use std::sync::{Arc, Mutex};

use nice_plug_vizia::prelude::*;
use support::{TestParams, open};

/// A text field that keeps what is typed, and two things that can have the focus.
fn typing_page() -> (Headless, Arc<Mutex<String>>) {
    let typed = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&typed);
    let editor = open(&TestParams::new(), move |cx| {
        let text = Signal::new(String::new());
        Textbox::new(cx, text)
            .on_edit(move |_, new| {
                *kept.lock().unwrap() = new.clone();
                text.set(new);
            })
            .width(Pixels(200.0))
            .height(Pixels(30.0));
        Element::new(cx).size(Pixels(30.0)).focusable(true).navigable(true);
    });
    (editor, typed)
}

#[test]
fn letters_space_and_backspace_go_into_the_text_field_and_not_to_the_host() {
    let (mut editor, typed) = typing_page();
    editor.click(50.0, 15.0);
    editor.tick(0.016);
    assert!(editor.is_typing(), "{:?} has the focus", editor.focused_element());
    editor.type_text("ab");
    assert!(editor.key(Code::Space, Key::Character(" ".into())), "Space is the text field's");
    editor.type_text("cdé");
    assert!(editor.key(Code::Backspace, Key::Backspace), "Backspace is the text field's");
    editor.tick(0.016);
    assert_eq!(*typed.lock().unwrap(), "ab cd");
}

#[test]
fn keys_are_the_hosts_while_nobody_types() {
    let (mut editor, typed) = typing_page();
    for (code, key) in [
        (Code::Space, Key::Character(" ".into())),
        (Code::Enter, Key::Enter),
        (Code::KeyA, Key::Character("a".into())),
        (Code::ArrowUp, Key::ArrowUp),
        (Code::F5, Key::F5),
    ] {
        assert!(!editor.key(code, key), "{code} was kept from the host");
        editor.tick(0.016);
    }
    assert_eq!(*typed.lock().unwrap(), "");
}

#[test]
fn space_presses_nothing_while_nobody_types() {
    let presses = Arc::new(Mutex::new(Vec::new()));
    let (pressed, downs) = (Arc::clone(&presses), Arc::new(Mutex::new(Vec::new())));
    let down = Arc::clone(&downs);
    let mut editor = open(&TestParams::new(), move |cx| {
        Button::new(cx, |cx| Label::new(cx, "Press"))
            .size(Pixels(50.0))
            .on_press_down(move |_| down.lock().unwrap().push(()))
            .on_press(move |_| pressed.lock().unwrap().push(()));
    });
    editor.click(25.0, 25.0);
    editor.tick(0.016);
    assert_eq!(presses.lock().unwrap().len(), 1, "a click presses");
    editor.key(Code::Space, Key::Character(" ".into()));
    editor.tick(0.016);
    assert_eq!(presses.lock().unwrap().len(), 1, "Space starts and stops the host");
    assert_eq!(downs.lock().unwrap().len(), 1, "Space starts and stops the host");
    editor.key(Code::Enter, Key::Enter);
    editor.tick(0.016);
    assert_eq!(presses.lock().unwrap().len(), 2, "Enter presses");
}

#[test]
fn tab_goes_round_and_shift_tab_back() {
    let mut editor = open(&TestParams::new(), |cx| {
        Element::new(cx).size(Pixels(10.0)).focusable(true).navigable(true);
        VStack::new(cx, |cx| {
            for _ in 0..2 {
                Button::new(cx, |cx| Label::new(cx, "Press")).on_press(|_| {});
            }
        });
    });
    let mut tab = |modifiers| {
        editor.set_modifiers(modifiers);
        editor.key(Code::Tab, Key::Tab);
        editor.tick(0.016);
        editor.focused()
    };
    let there: Vec<_> = (0..4).map(|_| tab(Modifiers::empty())).collect();
    assert_eq!(there[0], there[3], "{there:?}");
    assert!(there[0] != there[1] && there[1] != there[2] && there[2] != there[0], "{there:?}");
    let back: Vec<_> = (0..3).map(|_| tab(Modifiers::SHIFT)).collect();
    assert_eq!(back, [there[2], there[1], there[0]]);
}

#[test]
fn copy_and_paste_stay_in_an_editor_without_a_window() {
    let (mut editor, typed) = typing_page();
    editor.click(50.0, 15.0);
    editor.tick(0.016);
    editor.type_text("note");
    editor.set_modifiers(Modifiers::CTRL);
    for (code, letter) in [(Code::KeyA, "a"), (Code::KeyC, "c")] {
        editor.key(code, Key::Character(letter.into()));
    }
    editor.set_modifiers(Modifiers::empty());
    editor.key(Code::ArrowRight, Key::ArrowRight);
    editor.set_modifiers(Modifiers::CTRL);
    editor.key(Code::KeyV, Key::Character("v".into()));
    editor.tick(0.016);
    assert_eq!(*typed.lock().unwrap(), "notenote");
}
