//! What the window system tells, as vizia wants it.

use std::str::FromStr;

use vizia_core::prelude::*;

use crate::ui::Ui;

/// Delivers a key that goes down: its characters, then the key.
pub(crate) fn press_key(ui: &mut Ui, code: Code, key: Key) {
    // F5 reloads vizia's style sheets; a plugin's are built in.
    if code == Code::F5 {
        return;
    }
    if let Key::Character(text) = &key {
        for character in text.chars() {
            ui.event(WindowEvent::CharInput(character));
        }
    }
    ui.event(WindowEvent::KeyDown(code, Some(key)));
}

/// A physical key by its W3C name.
pub(crate) fn code(code: keyboard_types::Code) -> Code {
    Code::from_str(&code.to_string()).unwrap_or(Code::Unidentified)
}

/// A key's meaning by its W3C name.
pub(crate) fn key(key: &keyboard_types::Key) -> Key {
    match key {
        keyboard_types::Key::Character(text) => Key::Character(text.clone()),
        keyboard_types::Key::Named(name) => Key::from_str(&name.to_string()).unwrap_or(Key::Unidentified),
    }
}

/// Modifier keys.
pub(crate) fn modifiers(modifiers: keyboard_types::Modifiers) -> Modifiers {
    let mut held = Modifiers::empty();
    held.set(Modifiers::SHIFT, modifiers.contains(keyboard_types::Modifiers::SHIFT));
    held.set(Modifiers::CTRL, modifiers.contains(keyboard_types::Modifiers::CONTROL));
    held.set(Modifiers::ALT, modifiers.contains(keyboard_types::Modifiers::ALT));
    held.set(Modifiers::SUPER, modifiers.contains(keyboard_types::Modifiers::META));
    held
}
