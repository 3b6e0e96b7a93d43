//! Keys, buttons and shapes of the window system, as vizia wants them.

use std::str::FromStr;

use baseview::MouseCursor;
use keyboard_types::{KeyState, KeyboardEvent};
use nice_plug::prelude::VirtualKeyCode;
use vizia_core::prelude::*;

use crate::ui::Ui;

/// Delivers a key. Says whether it is kept from the host: only while somebody types.
pub(crate) fn keyboard_event(ui: &mut Ui, event: &KeyboardEvent) -> bool {
    ui.set_modifiers(modifiers(event.modifiers));
    let (code, key) = meaning(code(event.code), key(&event.key));
    match event.state {
        KeyState::Down => press_key(ui, code, key),
        KeyState::Up => release_key(ui, code, key),
    }
}

/// Keys that went down while somebody typed. Whoever saw a key go down sees it go up, and nobody else: the key that begins or ends
/// typing would hang in the host otherwise.
#[derive(Default)]
pub(crate) struct KeptKeys {
    down: Vec<keyboard_types::Code>,
}

impl KeptKeys {
    /// Whether this event is kept from the host.
    pub(crate) fn is_kept(&mut self, code: keyboard_types::Code, state: KeyState, is_typed: bool) -> bool {
        let known = self.down.iter().position(|other| *other == code);
        match (state, known) {
            (KeyState::Down, None) if is_typed => self.down.push(code),
            // A key that repeats stays whose it was.
            (KeyState::Down, _) => {}
            (KeyState::Up, Some(idx)) => {
                self.down.swap_remove(idx);
            }
            (KeyState::Up, None) => {}
        }
        known.is_some() || (state == KeyState::Down && is_typed)
    }
}

/// Delivers a key that the host has handed over, which it does while somebody types.
pub(crate) fn virtual_key(
    ui: &mut Ui,
    key: VirtualKeyCode,
    is_down: bool,
    modifiers: nice_plug::prelude::Modifiers,
) {
    use nice_plug::prelude::Modifiers as HostModifiers;
    let mut held = Modifiers::empty();
    held.set(Modifiers::SHIFT, modifiers.contains(HostModifiers::SHIFT));
    held.set(Modifiers::ALT, modifiers.contains(HostModifiers::ALT));
    // vizia's shortcuts are on Ctrl, and on macOS on Command.
    let (command, control) = if cfg!(target_os = "macos") {
        (Modifiers::SUPER, Modifiers::CTRL)
    } else {
        (Modifiers::CTRL, Modifiers::SUPER)
    };
    held.set(command, modifiers.contains(HostModifiers::COMMAND));
    if modifiers.contains(HostModifiers::CONTROL) {
        held.insert(control);
    }
    ui.set_modifiers(held);
    let Some((code, key)) = host_key(key) else { return };
    if is_down {
        press_key(ui, code, key);
    } else {
        release_key(ui, code, key);
    }
}

/// Delivers a key that goes down: its characters, then the key. Says whether it is kept from the host.
pub(crate) fn press_key(ui: &mut Ui, code: Code, key: Key) -> bool {
    let is_typing = ui.is_typing();
    // F5 reloads vizia's style sheets; a plugin's are built in. Space presses what has the focus, but in a plugin it starts and
    // stops the host, also when a button was clicked before.
    if code == Code::F5 || (code == Code::Space && !is_typing) {
        return is_typing;
    }
    if let Key::Character(text) = &key {
        for character in text.chars().filter(|c| !c.is_control()) {
            ui.event(WindowEvent::CharInput(character));
        }
    }
    ui.event(WindowEvent::KeyDown(code, Some(key)));
    is_typing
}

/// Delivers a key that goes up. Says whether it is kept from the host.
pub(crate) fn release_key(ui: &mut Ui, code: Code, key: Key) -> bool {
    let is_typing = ui.is_typing();
    if code == Code::Space && !is_typing {
        return false;
    }
    ui.event(WindowEvent::KeyUp(code, Some(key)));
    is_typing
}

/// The key that is meant: views look at the physical key, which on the number pad may mean either a digit or a way to go, and
/// a text field takes only one of the Enter keys.
pub(crate) fn meaning(code: Code, key: Key) -> (Code, Key) {
    let meant = match (code, &key) {
        (Code::NumpadEnter, _) => Code::Enter,
        (Code::Numpad0, Key::Insert) => Code::Insert,
        (Code::Numpad1, Key::End) => Code::End,
        (Code::Numpad2, Key::ArrowDown) => Code::ArrowDown,
        (Code::Numpad3, Key::PageDown) => Code::PageDown,
        (Code::Numpad4, Key::ArrowLeft) => Code::ArrowLeft,
        (Code::Numpad6, Key::ArrowRight) => Code::ArrowRight,
        (Code::Numpad7, Key::Home) => Code::Home,
        (Code::Numpad8, Key::ArrowUp) => Code::ArrowUp,
        (Code::Numpad9, Key::PageUp) => Code::PageUp,
        (Code::NumpadDecimal, Key::Delete) => Code::Delete,
        _ => code,
    };
    (meant, key)
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

/// A mouse button.
pub(crate) fn button(button: baseview::MouseButton) -> MouseButton {
    match button {
        baseview::MouseButton::Left => MouseButton::Left,
        baseview::MouseButton::Middle => MouseButton::Middle,
        baseview::MouseButton::Right => MouseButton::Right,
        baseview::MouseButton::Back => MouseButton::Back,
        baseview::MouseButton::Forward => MouseButton::Forward,
        baseview::MouseButton::Other(id) => MouseButton::Other(id.into()),
        _ => MouseButton::Other(0),
    }
}

/// The shape of the cursor.
pub(crate) fn cursor(icon: CursorIcon) -> MouseCursor {
    match icon {
        CursorIcon::Default | CursorIcon::Arrow | CursorIcon::ContextMenu => MouseCursor::Default,
        CursorIcon::Crosshair => MouseCursor::Crosshair,
        CursorIcon::Hand | CursorIcon::Grab => MouseCursor::Hand,
        CursorIcon::Grabbing => MouseCursor::HandGrabbing,
        CursorIcon::Move => MouseCursor::Move,
        CursorIcon::Text => MouseCursor::Text,
        CursorIcon::VerticalText => MouseCursor::VerticalText,
        CursorIcon::Wait => MouseCursor::Working,
        CursorIcon::Progress => MouseCursor::PtrWorking,
        CursorIcon::Help => MouseCursor::Help,
        CursorIcon::NotAllowed => MouseCursor::NotAllowed,
        CursorIcon::NoDrop => MouseCursor::PtrNotAllowed,
        CursorIcon::Cell => MouseCursor::Cell,
        CursorIcon::Alias => MouseCursor::Alias,
        CursorIcon::Copy => MouseCursor::Copy,
        CursorIcon::AllScroll => MouseCursor::AllScroll,
        CursorIcon::ZoomIn => MouseCursor::ZoomIn,
        CursorIcon::ZoomOut => MouseCursor::ZoomOut,
        CursorIcon::EResize => MouseCursor::EResize,
        CursorIcon::NResize => MouseCursor::NResize,
        CursorIcon::NeResize => MouseCursor::NeResize,
        CursorIcon::NwResize => MouseCursor::NwResize,
        CursorIcon::SResize => MouseCursor::SResize,
        CursorIcon::SeResize => MouseCursor::SeResize,
        CursorIcon::SwResize => MouseCursor::SwResize,
        CursorIcon::WResize => MouseCursor::WResize,
        CursorIcon::EwResize => MouseCursor::EwResize,
        CursorIcon::NsResize => MouseCursor::NsResize,
        CursorIcon::NeswResize => MouseCursor::NeswResize,
        CursorIcon::NwseResize => MouseCursor::NwseResize,
        CursorIcon::ColResize => MouseCursor::ColResize,
        CursorIcon::RowResize => MouseCursor::RowResize,
        CursorIcon::None => MouseCursor::Hidden,
    }
}

/// A key that the host hands over, if a text field knows it.
pub(crate) fn host_key(key: VirtualKeyCode) -> Option<(Code, Key)> {
    let character = |text: &str| Key::Character(text.to_owned());
    Some(match key {
        VirtualKeyCode::Backspace => (Code::Backspace, Key::Backspace),
        VirtualKeyCode::Tab => (Code::Tab, Key::Tab),
        VirtualKeyCode::Return => (Code::Enter, Key::Enter),
        // A text field is submitted by one code only.
        VirtualKeyCode::NumpadEnter => (Code::Enter, Key::Enter),
        VirtualKeyCode::Escape => (Code::Escape, Key::Escape),
        VirtualKeyCode::Space => (Code::Space, character(" ")),
        VirtualKeyCode::End => (Code::End, Key::End),
        VirtualKeyCode::Home => (Code::Home, Key::Home),
        VirtualKeyCode::ArrowLeft => (Code::ArrowLeft, Key::ArrowLeft),
        VirtualKeyCode::ArrowUp => (Code::ArrowUp, Key::ArrowUp),
        VirtualKeyCode::ArrowRight => (Code::ArrowRight, Key::ArrowRight),
        VirtualKeyCode::ArrowDown => (Code::ArrowDown, Key::ArrowDown),
        VirtualKeyCode::PageUp => (Code::PageUp, Key::PageUp),
        VirtualKeyCode::PageDown | VirtualKeyCode::Next => (Code::PageDown, Key::PageDown),
        VirtualKeyCode::Insert => (Code::Insert, Key::Insert),
        VirtualKeyCode::Delete => (Code::Delete, Key::Delete),
        VirtualKeyCode::Numpad0 => (Code::Numpad0, character("0")),
        VirtualKeyCode::Numpad1 => (Code::Numpad1, character("1")),
        VirtualKeyCode::Numpad2 => (Code::Numpad2, character("2")),
        VirtualKeyCode::Numpad3 => (Code::Numpad3, character("3")),
        VirtualKeyCode::Numpad4 => (Code::Numpad4, character("4")),
        VirtualKeyCode::Numpad5 => (Code::Numpad5, character("5")),
        VirtualKeyCode::Numpad6 => (Code::Numpad6, character("6")),
        VirtualKeyCode::Numpad7 => (Code::Numpad7, character("7")),
        VirtualKeyCode::Numpad8 => (Code::Numpad8, character("8")),
        VirtualKeyCode::Numpad9 => (Code::Numpad9, character("9")),
        VirtualKeyCode::NumpadMultiply => (Code::NumpadMultiply, character("*")),
        VirtualKeyCode::NumpadAdd => (Code::NumpadAdd, character("+")),
        VirtualKeyCode::NumpadSubtract => (Code::NumpadSubtract, character("-")),
        VirtualKeyCode::NumpadDecimal | VirtualKeyCode::NumpadSeparator => {
            (Code::NumpadDecimal, character("."))
        }
        VirtualKeyCode::NumpadDivide => (Code::NumpadDivide, character("/")),
        VirtualKeyCode::Equals => (Code::Equal, character("=")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyboard_types::NamedKey;

    #[test]
    fn every_key_of_a_keyboard_keeps_its_name() {
        use keyboard_types::Code as C;
        let codes = [
            C::KeyA,
            C::KeyZ,
            C::Digit0,
            C::Digit9,
            C::Space,
            C::Enter,
            C::NumpadEnter,
            C::Backspace,
            C::Delete,
            C::Tab,
            C::Escape,
            C::ArrowUp,
            C::ArrowDown,
            C::ArrowLeft,
            C::ArrowRight,
            C::Home,
            C::End,
            C::PageUp,
            C::PageDown,
            C::F1,
            C::F12,
            C::ShiftLeft,
            C::ControlRight,
            C::AltLeft,
            C::Minus,
            C::Comma,
            C::Period,
            C::NumpadDecimal,
            C::IntlBackslash,
            C::ContextMenu,
            C::CapsLock,
        ];
        for from in codes {
            let to = code(from);
            assert_eq!(to.to_string(), from.to_string());
            assert_ne!(to, Code::Unidentified);
        }
        for from in [
            NamedKey::Enter,
            NamedKey::Backspace,
            NamedKey::ArrowLeft,
            NamedKey::F5,
            NamedKey::Shift,
            NamedKey::Escape,
        ] {
            assert_eq!(key(&keyboard_types::Key::Named(from)).to_string(), from.to_string());
        }
        let umlaut = keyboard_types::Key::Character("ä".into());
        assert_eq!(key(&umlaut), Key::Character("ä".into()));
    }

    #[test]
    fn who_saw_a_key_go_down_sees_it_go_up() {
        use keyboard_types::Code as C;
        let mut keys = KeptKeys::default();
        // Tab goes to a text field; Enter leaves it.
        assert!(!keys.is_kept(C::Tab, KeyState::Down, false));
        assert!(!keys.is_kept(C::Tab, KeyState::Up, true));
        assert!(keys.is_kept(C::Enter, KeyState::Down, true));
        assert!(keys.is_kept(C::Enter, KeyState::Down, false), "it repeats");
        assert!(keys.is_kept(C::Enter, KeyState::Up, false));
        assert!(!keys.is_kept(C::Enter, KeyState::Up, false));
        assert!(!keys.is_kept(C::Space, KeyState::Down, false));
        assert!(!keys.is_kept(C::Space, KeyState::Up, false));
    }

    #[test]
    fn the_number_pad_means_digits_or_ways_to_go() {
        assert_eq!(meaning(Code::Numpad4, Key::ArrowLeft).0, Code::ArrowLeft);
        let digit = Key::Character("4".into());
        assert_eq!(meaning(Code::Numpad4, digit.clone()), (Code::Numpad4, digit));
        assert_eq!(meaning(Code::NumpadEnter, Key::Enter).0, Code::Enter);
    }

    #[test]
    fn modifiers_are_those_that_are_held() {
        use keyboard_types::Modifiers as M;
        assert_eq!(modifiers(M::SHIFT | M::NUM_LOCK), Modifiers::SHIFT);
        assert_eq!(
            modifiers(M::CONTROL | M::ALT | M::META),
            Modifiers::CTRL | Modifiers::ALT | Modifiers::SUPER
        );
        assert_eq!(modifiers(M::empty()), Modifiers::empty());
    }

    #[test]
    fn host_keys_type_what_they_say() {
        assert_eq!(host_key(VirtualKeyCode::Space), Some((Code::Space, Key::Character(" ".into()))));
        assert_eq!(host_key(VirtualKeyCode::Backspace), Some((Code::Backspace, Key::Backspace)));
        assert_eq!(
            host_key(VirtualKeyCode::NumpadDecimal),
            Some((Code::NumpadDecimal, Key::Character(".".into())))
        );
        assert_eq!(host_key(VirtualKeyCode::MediaPlay), None);
    }

    #[test]
    fn cursor_shapes_that_differ_stay_different() {
        let shapes = [
            CursorIcon::Default,
            CursorIcon::Hand,
            CursorIcon::Grabbing,
            CursorIcon::Text,
            CursorIcon::NsResize,
            CursorIcon::EwResize,
            CursorIcon::NotAllowed,
            CursorIcon::None,
            CursorIcon::Crosshair,
            CursorIcon::Wait,
        ];
        for (idx, one) in shapes.iter().enumerate() {
            for other in &shapes[idx + 1..] {
                assert_ne!(cursor(*one), cursor(*other), "{one} and {other}");
            }
        }
    }
}
