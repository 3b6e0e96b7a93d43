//! What the window system tells, as vizia wants it.

use std::str::FromStr;
use std::time::{Duration, Instant};

use baseview::{MouseCursor, MouseEvent, ScrollDelta};
use keyboard_types::{KeyState, KeyboardEvent};
use nice_plug::prelude::VirtualKeyCode;
use vizia_core::prelude::*;

use crate::ui::Ui;

/// Clicks this near count as one place: vizia wants the very same pixel for a double-click.
const SAME_PLACE_PX: f32 = 4.0;
/// Clicks this close may be a double-click.
const DOUBLE_CLICK: Duration = Duration::from_millis(500);
/// A host may take the focus back at once when an editor is clicked; that ends no drag.
const FOCUS_QUARREL: Duration = Duration::from_millis(250);
/// Pixels that make a line, where a wheel counts pixels.
const PIXELS_PER_LINE: f32 = 24.0;

/// The mouse: what is held, and where it was.
#[derive(Default)]
pub(crate) struct Pointer {
    held: Vec<MouseButton>,
    at: (f32, f32),
    is_inside: bool,
    last_press: Option<(MouseButton, (f32, f32), Instant)>,
}

impl Pointer {
    /// Delivers an event. Says whether a button went down.
    pub(crate) fn event(&mut self, ui: &mut Ui, event: &MouseEvent) -> bool {
        match event {
            MouseEvent::CursorMoved { position, modifiers } => {
                ui.set_modifiers(self::modifiers(*modifiers));
                self.at = (position.x as f32, position.y as f32);
                self.is_inside = true;
                ui.event(WindowEvent::MouseMove(self.at.0, self.at.1));
            }
            MouseEvent::ButtonPressed { button, modifiers } => {
                ui.set_modifiers(self::modifiers(*modifiers));
                let button = self::button(*button);
                self.press(ui, button);
                return true;
            }
            MouseEvent::ButtonReleased { button, modifiers } => {
                ui.set_modifiers(self::modifiers(*modifiers));
                let button = self::button(*button);
                // What was let go when the focus was lost is let go once.
                if let Some(idx) = self.held.iter().position(|&held| held == button) {
                    self.held.remove(idx);
                    ui.event(WindowEvent::MouseUp(button));
                    self.leave(ui);
                }
            }
            MouseEvent::WheelScrolled { delta, modifiers } => {
                let modifiers = self::modifiers(*modifiers);
                ui.set_modifiers(modifiers);
                let (mut x, mut y) = match *delta {
                    ScrollDelta::Lines { x, y } => (x, y),
                    ScrollDelta::Pixels { x, y } => (x / PIXELS_PER_LINE, y / PIXELS_PER_LINE),
                };
                // macOS turns the wheel on its side when Shift is held; here Shift means fine.
                if cfg!(target_os = "macos") && modifiers.shift() && y == 0.0 {
                    (x, y) = (0.0, x);
                }
                ui.event(WindowEvent::MouseScroll(x, y));
            }
            MouseEvent::CursorLeft => {
                self.is_inside = false;
                self.leave(ui);
            }
            _ => {}
        }
        false
    }

    /// The window has lost the keyboard, and with it perhaps the end of a drag. Says whether something was let go.
    pub(crate) fn lose_focus(&mut self, ui: &mut Ui) -> bool {
        let is_quarrel = self.last_press.is_some_and(|(_, _, at)| at.elapsed() < FOCUS_QUARREL);
        if self.held.is_empty() || is_quarrel {
            return false;
        }
        for button in std::mem::take(&mut self.held) {
            ui.event(WindowEvent::MouseUp(button));
        }
        self.leave(ui);
        true
    }

    fn press(&mut self, ui: &mut Ui, button: MouseButton) {
        let now = Instant::now();
        let again = self.last_press.filter(|(last, place, at)| {
            let (dx, dy) = (self.at.0 - place.0, self.at.1 - place.1);
            *last == button && now.duration_since(*at) < DOUBLE_CLICK && dx.hypot(dy) < SAME_PLACE_PX
        });
        if let Some((_, place, _)) = again
            && place != self.at
        {
            ui.event(WindowEvent::MouseMove(place.0, place.1));
        }
        let place = again.map_or(self.at, |(_, place, _)| place);
        self.last_press = Some((button, place, now));
        if !self.held.contains(&button) {
            self.held.push(button);
        }
        ui.event(WindowEvent::MouseDown(button));
    }

    /// Takes the mouse off what it is over, once it has left and holds nothing. vizia looks at its last place again after
    /// each layout.
    fn leave(&mut self, ui: &mut Ui) {
        if !self.is_inside && self.held.is_empty() {
            ui.event(WindowEvent::MouseMove(-1.0, -1.0));
        }
    }
}

/// Delivers a key. Says whether it is kept from the host: only while somebody types.
pub(crate) fn keyboard_event(ui: &mut Ui, event: &KeyboardEvent) -> bool {
    ui.set_modifiers(modifiers(event.modifiers));
    let (code, key) = meaning(code(event.code), key(&event.key));
    match event.state {
        KeyState::Down => press_key(ui, code, key),
        KeyState::Up => release_key(ui, code, key),
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
