//! Every widget under real hands: what reaches the host, and what does not.

mod widgets_support;

use std::sync::Arc;

use nice_plug_vizia::prelude::*;
use widgets_support::*;

#[test]
fn a_fader_follows_the_pointer() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, FADER);
    assert_eq!(told(&mut editor), "gain(");
    // The default is 0 dB of −60…20, so 0.75.
    drag_up(&mut editor, FADER, 0.1 * FADER_TRAVEL);
    drag_up(&mut editor, FADER, -0.25 * FADER_TRAVEL);
    release(&mut editor);
    assert_eq!(told(&mut editor), "0.850 0.500 )");
    drag_up(&mut editor, FADER, 50.0);
    assert_eq!(told(&mut editor), "");
}

#[test]
fn shift_makes_a_drag_fine_and_does_not_jump() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 2.0);
    press(&mut editor, KNOB);
    drag_up(&mut editor, KNOB, 20.0);
    editor.set_modifiers(Modifiers::SHIFT);
    drag_up(&mut editor, KNOB, 20.0);
    drag_up(&mut editor, KNOB, 40.0);
    editor.set_modifiers(Modifiers::empty());
    drag_up(&mut editor, KNOB, 40.0);
    drag_up(&mut editor, KNOB, 60.0);
    release(&mut editor);
    // 200 px are the whole way, at any scale factor.
    assert_eq!(told(&mut editor), "pan( 0.600 0.610 0.710 )");
}

#[test]
fn a_turn_of_the_wheel_is_one_gesture() {
    for (place, before, fine) in [(KNOB, "pan( 0.520 0.540", "0.542"), (FADER, "gain( 0.770 0.790", "0.792")]
    {
        let desk = Desk::new();
        let (mut editor, _) = page(&desk, 1.0);
        let (x, y) = middle(place);
        editor.move_to(x, y);
        editor.wheel(1.0);
        wait(&mut editor, 0.2);
        editor.wheel(1.0);
        assert_eq!(told(&mut editor), before);
        editor.set_modifiers(Modifiers::SHIFT);
        editor.wheel(1.0);
        wait(&mut editor, 0.3);
        assert_eq!(told(&mut editor), fine);
        wait(&mut editor, 0.2);
        assert_eq!(told(&mut editor), ")");
    }
}

#[test]
fn a_double_click_is_the_default() {
    for (place, id, default) in
        [(KNOB, "pan", "0.500"), (FADER, "gain", "0.750"), (READ_OUT, "gain", "0.750")]
    {
        // With a frame between the clicks the read-out's text field is already under the second.
        for is_slow in [false, true] {
            let desk = Desk::new();
            let (mut editor, _) = page(&desk, 1.0);
            press(&mut editor, place);
            drag_up(&mut editor, place, 10.0);
            drag_up(&mut editor, place, 40.0);
            release(&mut editor);
            assert!(!told(&mut editor).ends_with(&format!("{default} )")));
            elsewhere(&mut editor);
            press(&mut editor, place);
            release(&mut editor);
            told(&mut editor);
            if is_slow {
                editor.tick(0.016);
            }
            press(&mut editor, place);
            drag_up(&mut editor, place, 30.0);
            release(&mut editor);
            editor.tick(0.016);
            assert_eq!(told(&mut editor), format!("{id}( {default} )"));
            assert!(!editor.is_typing());
        }
    }
}

#[test]
fn a_toggle_takes_every_press_of_a_fast_row() {
    let desk = Desk::new();
    let (mut editor, remote) = page(&desk, 1.0);
    for _ in 0..5 {
        press(&mut editor, TOGGLE);
        release(&mut editor);
    }
    let expected = "mute( 1.000 ) mute( 0.000 ) mute( 1.000 ) mute( 0.000 ) mute( 1.000 )";
    assert_eq!(told(&mut editor), expected);
    editor.set_modifiers(Modifiers::CTRL);
    press(&mut editor, TOGGLE);
    release(&mut editor);
    assert_eq!((told(&mut editor).as_str(), remote.n_ctrl_clicks.get()), ("", 1));
}

#[test]
fn a_choice_lists_all_its_values() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, CHOICE);
    release(&mut editor);
    editor.tick(0.016);
    assert_eq!(editor.focused_element(), Some("param-menu"));
    let [x, y, _, h] = CHOICE;
    // The third of rows of 22 below a padding of 4, below the choice.
    editor.click(x + 30.0, y + h + 4.0 + 2.5 * 22.0);
    editor.tick(0.016);
    assert_eq!(told(&mut editor), "mode( 0.500 )");
    assert_eq!(editor.focused_element(), Some("param-choice"));

    // Keys in the menu: it begins at the current one.
    key(&mut editor, Code::Enter);
    key(&mut editor, Code::ArrowDown);
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "mode( 0.750 )");
    key(&mut editor, Code::Enter);
    key(&mut editor, Code::ArrowDown);
    key(&mut editor, Code::Escape);
    assert_eq!((told(&mut editor).as_str(), editor.focused_element()), ("", Some("param-choice")));
    // The wheel and the arrows step; down is further.
    let (x, y) = middle(CHOICE);
    editor.move_to(x, y);
    editor.wheel(1.0);
    wait(&mut editor, 0.5);
    key(&mut editor, Code::ArrowDown);
    wait(&mut editor, 0.5);
    assert_eq!(told(&mut editor), "mode( 0.500 ) mode( 0.750 )");
    // Press, move to an entry, let go.
    press(&mut editor, CHOICE);
    editor.tick(0.016);
    editor.move_to(x, y + 10.0 + 4.0 + 0.5 * 22.0);
    release(&mut editor);
    editor.tick(0.016);
    assert_eq!(told(&mut editor), "mode( 0.000 )");
    // A click beside the menu closes it and does nothing else.
    press(&mut editor, CHOICE);
    release(&mut editor);
    editor.tick(0.016);
    press(&mut editor, KNOB);
    drag_up(&mut editor, KNOB, 20.0);
    release(&mut editor);
    assert_eq!((told(&mut editor).as_str(), editor.focused_element()), ("", Some("param-choice")));
}

#[test]
fn the_menu_resets_types_copies_and_pastes() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    for place in [FADER, READ_OUT] {
        press(&mut editor, FADER);
        drag_up(&mut editor, FADER, 0.25 * FADER_TRAVEL);
        release(&mut editor);
        assert_eq!(told(&mut editor), "gain( 1.000 )");
        // Copy, reset, paste, type.
        pick(&mut editor, place, 2);
        assert_eq!(told(&mut editor), "");
        pick(&mut editor, place, 0);
        assert_eq!(told(&mut editor), "gain( 0.750 )");
        pick(&mut editor, place, 3);
        assert_eq!(told(&mut editor), "gain( 1.000 )");
        pick(&mut editor, place, 1);
        assert!(editor.is_typing());
        editor.type_text("-20");
        key(&mut editor, Code::Enter);
        assert_eq!(told(&mut editor), "gain( 0.500 )");
        assert!(!editor.is_typing());
        pick(&mut editor, place, 0);
        assert_eq!(told(&mut editor), "gain( 0.750 )");
        // There is nothing to reset: the entry does nothing.
        pick(&mut editor, place, 0);
        key(&mut editor, Code::Escape);
        assert_eq!(told(&mut editor), "");
    }
    // The menu key, and the keys of the clipboard.
    key(&mut editor, Code::ContextMenu);
    assert_eq!(editor.focused_element(), Some("param-menu"));
    key(&mut editor, Code::Escape);
    editor.set_modifiers(Modifiers::CTRL);
    editor.key(Code::KeyC, Key::Character("c".to_owned()));
    editor.set_modifiers(Modifiers::empty());
    key(&mut editor, Code::End);
    editor.set_modifiers(Modifiers::CTRL);
    editor.key(Code::KeyV, Key::Character("v".to_owned()));
    assert_eq!(told(&mut editor), "gain( 1.000 ) gain( 0.750 )");
}

#[test]
fn a_read_out_is_typed_into() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    let click = |editor: &mut Headless| {
        elsewhere(editor);
        press(editor, READ_OUT);
        release(editor);
        editor.tick(0.016);
        assert!(editor.is_typing(), "a click on the read-out does not open the text field");
    };
    // What is there is selected, so typing replaces it; Enter takes it.
    click(&mut editor);
    assert_eq!(told(&mut editor), "");
    editor.type_text("-40 dB");
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "gain( 0.250 )");
    assert_eq!(editor.focused_element(), Some("param-readout"));
    // Escape gives up.
    click(&mut editor);
    editor.type_text("0");
    key(&mut editor, Code::Escape);
    assert_eq!(told(&mut editor), "");
    assert_eq!(editor.focused_element(), Some("param-readout"));
    // What makes no sense is not taken: the field stays, and can be corrected.
    click(&mut editor);
    editor.type_text("loud");
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "");
    assert!(editor.is_typing());
    for _ in 0..4 {
        editor.key(Code::Backspace, Key::Backspace);
    }
    editor.type_text("20");
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "gain( 1.000 )");
    // Tab takes it, and goes on from the read-out; Shift+Tab goes back.
    click(&mut editor);
    editor.type_text("0");
    editor.set_modifiers(Modifiers::SHIFT);
    key(&mut editor, Code::Tab);
    editor.set_modifiers(Modifiers::empty());
    assert_eq!(told(&mut editor), "gain( 0.750 )");
    assert_eq!(editor.focused_element(), Some("param-choice"));
    // A click elsewhere takes it too, and is a press there.
    click(&mut editor);
    editor.type_text("-20");
    press(&mut editor, KNOB);
    editor.tick(0.016);
    drag_up(&mut editor, KNOB, 20.0);
    release(&mut editor);
    // The press comes first: the field hears of it when the control under the pointer does.
    assert_eq!(told(&mut editor), "pan( gain( 0.500 ) 0.600 )");
    assert!(!editor.is_typing());
    // A drag on it is a drag.
    press(&mut editor, READ_OUT);
    drag_up(&mut editor, READ_OUT, 4.0);
    drag_up(&mut editor, READ_OUT, 24.0);
    release(&mut editor);
    editor.tick(0.016);
    assert_eq!(told(&mut editor), "gain( 0.600 )");
    assert!(!editor.is_typing());
}

#[test]
fn keys_change_what_has_the_keyboard() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, KNOB);
    release(&mut editor);
    told(&mut editor);
    for (code, shift, expected) in [
        (Code::ArrowUp, false, "pan( 0.520 )"),
        (Code::ArrowLeft, false, "pan( 0.500 )"),
        (Code::ArrowRight, true, "pan( 0.502 )"),
        (Code::ArrowDown, true, "pan( 0.500 )"),
        (Code::PageUp, false, "pan( 0.600 )"),
        (Code::PageDown, false, "pan( 0.500 )"),
        (Code::Home, false, "pan( 0.000 )"),
        (Code::End, false, "pan( 1.000 )"),
        (Code::Delete, false, "pan( 0.500 )"),
    ] {
        editor.set_modifiers(if shift { Modifiers::SHIFT } else { Modifiers::empty() });
        key(&mut editor, code);
        wait(&mut editor, 0.5);
        assert_eq!(told(&mut editor), expected, "{code:?}");
    }
    editor.set_modifiers(Modifiers::ALT);
    key(&mut editor, Code::ArrowUp);
    assert_eq!(told(&mut editor), "", "with Alt it is the host's");
    editor.set_modifiers(Modifiers::empty());
    key(&mut editor, Code::Enter);
    editor.type_text("0.5");
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "pan( 0.750 )");
}

#[test]
fn tab_reaches_each_control_once() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    let expected = ["param-knob", "param-fader", "param-toggle", "param-choice", "param-readout"];
    for _ in 0..2 {
        for element in expected {
            key(&mut editor, Code::Tab);
            assert_eq!(editor.focused_element(), Some(element));
        }
    }
    editor.set_modifiers(Modifiers::SHIFT);
    for element in expected.iter().rev().skip(1) {
        key(&mut editor, Code::Tab);
        assert_eq!(editor.focused_element(), Some(*element));
    }
    // Each of them takes Enter.
    editor.set_modifiers(Modifiers::empty());
    key(&mut editor, Code::Tab);
    key(&mut editor, Code::Tab);
    key(&mut editor, Code::Enter);
    assert_eq!(told(&mut editor), "mute( 1.000 )");
}

#[test]
fn a_gesture_ends_with_its_view() {
    let desk = Desk::new();
    let (mut editor, remote) = page(&desk, 1.0);
    press(&mut editor, KNOB);
    drag_up(&mut editor, KNOB, 20.0);
    remote.has_knob.set(false);
    editor.tick(0.016);
    drag_up(&mut editor, KNOB, 40.0);
    release(&mut editor);
    assert_eq!(told(&mut editor), "pan( 0.600 )");
    // The cursor is free again, and the next press is a press.
    editor.take_cursor();
    let (x, y) = middle(TOGGLE);
    editor.move_to(x, y);
    assert_eq!(editor.take_cursor(), Some(CursorIcon::Hand));
    press(&mut editor, FADER);
    drag_up(&mut editor, FADER, 0.1 * FADER_TRAVEL);
    release(&mut editor);
    assert_eq!(told(&mut editor), "gain( 0.850 )");
}

#[test]
fn what_is_open_above_a_view_closes_with_it() {
    let desk = Desk::new();
    let (mut editor, remote) = page(&desk, 1.0);
    let (x, y) = middle(KNOB);
    editor.move_to(x, y);
    editor.press(MouseButton::Right);
    editor.release(MouseButton::Right);
    editor.tick(0.016);
    assert_eq!(editor.focused_element(), Some("param-menu"));
    remote.has_knob.set(false);
    wait(&mut editor, 0.05);
    assert_ne!(editor.focused_element(), Some("param-menu"));
    remote.has_knob.set(true);
    wait(&mut editor, 0.05);
    pick(&mut editor, KNOB, 1);
    assert!(editor.is_typing());
    remote.has_knob.set(false);
    wait(&mut editor, 0.05);
    assert!(!editor.is_typing());
    assert_eq!(told(&mut editor), "");
}

#[test]
fn a_gesture_ends_when_the_window_loses_the_pointer() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, FADER);
    drag_up(&mut editor, FADER, 0.1 * FADER_TRAVEL);
    editor.event(WindowEvent::WindowFocused(false));
    drag_up(&mut editor, FADER, 0.2 * FADER_TRAVEL);
    assert_eq!(told(&mut editor), "gain( 0.850 )");
}

#[test]
fn a_burst_ends_when_the_editor_closes() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    let (x, y) = middle(FADER);
    editor.move_to(x, y);
    editor.wheel(1.0);
    let host = editor.host().clone();
    let gain = host.param(&desk.gain);
    assert!(host.is_open(&gain));
    drop(editor);
    assert!(!host.is_open(&gain));
}

#[test]
fn a_disabled_control_has_no_hands() {
    let desk = Desk::new();
    let (mut editor, remote) = page(&desk, 1.0);
    remote.is_disabled.set(true);
    editor.tick(0.016);
    press(&mut editor, KNOB);
    drag_up(&mut editor, KNOB, 20.0);
    release(&mut editor);
    editor.wheel(1.0);
    editor.press(MouseButton::Right);
    editor.release(MouseButton::Right);
    editor.tick(0.016);
    assert_eq!((told(&mut editor).as_str(), editor.focused_element()), ("", Some("window")));
    key(&mut editor, Code::Tab);
    assert_eq!(editor.focused_element(), Some("param-fader"));
    remote.is_disabled.set(false);
    editor.tick(0.016);
    editor.move_to(0.0, 0.0);
    press(&mut editor, KNOB);
    drag_up(&mut editor, KNOB, 20.0);
    release(&mut editor);
    assert_eq!(told(&mut editor), "pan( 0.600 )");
}

#[test]
fn two_views_of_one_parameter_agree() {
    let desk = Desk::new();
    let (mut editor, _) = page(&desk, 1.0);
    press(&mut editor, FADER);
    drag_up(&mut editor, FADER, 0.1 * FADER_TRAVEL);
    release(&mut editor);
    press(&mut editor, READ_OUT);
    drag_up(&mut editor, READ_OUT, 4.0);
    drag_up(&mut editor, READ_OUT, -16.0);
    release(&mut editor);
    assert_eq!(told(&mut editor), "gain( 0.850 ) gain( 0.750 )");
    assert!(Arc::strong_count(&desk) > 1);
}
