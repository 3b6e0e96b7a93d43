//! The example's editor, driven without a window.

use std::sync::Arc;

use nice_plug::prelude::Params;
use nice_plug_vizia::prelude::*;
use vizia_gain::{GainParams, THEME, page};

fn open() -> (Arc<GainParams>, Headless) {
    let params = Arc::new(GainParams::default());
    let owner: Arc<dyn Params> = Arc::<GainParams>::clone(&params);
    let (width, height) = params.editor.size();
    let mut editor = Headless::new(owner, THEME, width, height, 1.0, |cx| page(cx, &params));
    assert!(editor.settle(), "the page never comes to rest");
    (params, editor)
}

/// Goes to a control by Tab.
fn focus(editor: &mut Headless, element: &str) {
    for _ in 0..4 {
        editor.key(Code::Tab, Key::Tab);
        editor.tick(0.016);
        if editor.focused_element() == Some(element) {
            return;
        }
    }
    panic!("Tab does not reach {element}");
}

#[test]
fn every_control_changes_its_parameter() {
    let (params, mut editor) = open();
    for element in ["param-knob", "param-fader"] {
        focus(&mut editor, element);
        editor.key(Code::End, Key::End);
        // 12 dB are a factor of 3.981.
        assert!((params.gain.value() - 3.981).abs() < 1e-3, "{element}: {}", params.gain.value());
        editor.key(Code::Delete, Key::Delete);
        assert!((params.gain.value() - 1.0).abs() < 1e-6, "{element}: {}", params.gain.value());
    }
    focus(&mut editor, "param-toggle");
    editor.key(Code::Enter, Key::Enter);
    assert!(params.mute.value());
    // Each a begin, a value and an end.
    assert_eq!(editor.gestures().len(), 3 * 5);
}

#[test]
fn a_gain_is_typed_in_db() {
    let (params, mut editor) = open();
    focus(&mut editor, "param-readout");
    editor.key(Code::Enter, Key::Enter);
    editor.tick(0.016);
    editor.type_text("-6 dB");
    editor.key(Code::Enter, Key::Enter);
    editor.tick(0.016);
    // −6 dB is a factor of 0.5012; the read-out has one decimal, the value all of them.
    assert!((params.gain.value() - 0.5012).abs() < 1e-4, "{}", params.gain.value());
    assert!(!editor.is_typing());
}

#[test]
fn the_theme_has_its_say() {
    let (params, mut editor) = open();
    let n_of =
        |editor: &Headless, color: u32| editor.pixels().iter().filter(|pixel| **pixel == color).count();
    // The theme's own colours: of the lit mute, and of a value that is not the default.
    let (lit, value) = (0xffff_9d76, 0xff7f_d1b9);
    assert_eq!((n_of(&editor, lit), n_of(&editor, value)), (0, 0));
    editor.host().change(&editor.host().param(&params.mute), 1.0);
    editor.host().change(&editor.host().param(&params.gain), 0.2);
    editor.settle();
    // The mute is 72 × 20, less its label; the fader's index 20 × 2, the knob's arc more.
    assert!(n_of(&editor, lit) > 72 * 20 / 2, "{}", n_of(&editor, lit));
    assert!(n_of(&editor, value) > 40, "{}", n_of(&editor, value));
}
