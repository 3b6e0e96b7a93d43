//! The keyboard that an editor shares with its host, on X11.
//!
//! A key goes to the window under the pointer when the focus is on a window around it, so an editor gets keys that are meant
//! for the host, and baseview keeps them. What the editor does not want is sent on to the host's window; the input focus
//! is taken while somebody types, and given back after. Windows and macOS do all that themselves.

#[cfg(target_os = "linux")]
pub(crate) use x11::HostKeyboard;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::HostKeyboard;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use baseview::WindowContext;

    /// The system does it all.
    pub(crate) struct HostKeyboard;

    impl HostKeyboard {
        pub(crate) fn new(_: &WindowContext) -> Self {
            Self
        }

        pub(crate) fn pass_on(&mut self, _: &keyboard_types::KeyboardEvent) {}

        pub(crate) fn take(&mut self, window: &WindowContext) {
            let _ = window.focus();
        }

        pub(crate) fn give_back(&mut self) {}
    }
}

#[cfg(target_os = "linux")]
mod x11 {
    use std::error::Error;
    use std::time::{Duration, Instant};

    use baseview::WindowContext;
    use keyboard_types::{Code, KeyState, KeyboardEvent, Modifiers};
    use raw_window_handle::{HasWindowHandle, RawWindowHandle};
    use x11rb::CURRENT_TIME;
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{
        ConnectionExt, EventMask, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyButMask, KeyPressEvent,
        Window,
    };
    use x11rb::rust_connection::RustConnection;

    /// A host may hand back what it was sent. Nobody types a key again this soon, and no keyboard repeats so fast.
    const ECHO: Duration = Duration::from_millis(8);

    /// The way to the host's window.
    pub(crate) struct HostKeyboard {
        window: Option<Window>,
        /// Opened at the first use; nothing if that fails.
        connection: Option<Option<RustConnection>>,
        focus_before: Option<(Window, InputFocus)>,
        last_sent: Option<(Code, KeyState, Instant)>,
    }

    impl HostKeyboard {
        pub(crate) fn new(window: &WindowContext) -> Self {
            let window = match window.window_handle().map(|handle| handle.as_raw()) {
                Ok(RawWindowHandle::Xlib(handle)) => u32::try_from(handle.window).ok(),
                Ok(RawWindowHandle::Xcb(handle)) => Some(handle.window.get()),
                _ => None,
            };
            Self { window, connection: None, focus_before: None, last_sent: None }
        }

        /// Sends a key to the host's window.
        pub(crate) fn pass_on(&mut self, event: &KeyboardEvent) {
            let Some(keycode) = keycode(event.code) else { return };
            let now = Instant::now();
            let is_echo = self.last_sent.is_some_and(|(code, state, at)| {
                code == event.code && state == event.state && now.duration_since(at) < ECHO
            });
            self.last_sent = Some((event.code, event.state, now));
            if !is_echo {
                // A host that is gone needs no key.
                let _ = self.send(event, keycode);
            }
        }

        /// Takes the input focus, to type.
        pub(crate) fn take(&mut self, window: &WindowContext) {
            let before =
                self.connection().and_then(|connection| connection.get_input_focus().ok()?.reply().ok());
            self.focus_before = before.map(|focus| (focus.focus, focus.revert_to));
            // Without it typing still works while the mouse is over the editor.
            let _ = window.focus();
        }

        /// Gives the input focus back to who had it.
        pub(crate) fn give_back(&mut self) {
            let Some((focus, revert_to)) = self.focus_before.take() else { return };
            let window = self.window;
            let Some(connection) = self.connection() else { return };
            // Who took it meanwhile keeps it.
            let is_ours = connection.get_input_focus().ok().and_then(|cookie| cookie.reply().ok());
            if is_ours.is_some_and(|now| Some(now.focus) == window) && Some(focus) != window {
                let _ = connection.set_input_focus(revert_to, focus, CURRENT_TIME);
                let _ = connection.flush();
            }
        }

        fn send(&mut self, event: &KeyboardEvent, keycode: u8) -> Result<(), Box<dyn Error>> {
            let Some(window) = self.window else { return Ok(()) };
            let Some(connection) = self.connection() else { return Ok(()) };
            let tree = connection.query_tree(window)?.reply()?;
            if tree.parent == tree.root || tree.parent == x11rb::NONE {
                return Ok(());
            }
            let is_down = event.state == KeyState::Down;
            let key = KeyPressEvent {
                response_type: if is_down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT },
                detail: keycode,
                sequence: 0,
                time: CURRENT_TIME,
                root: tree.root,
                event: tree.parent,
                child: x11rb::NONE,
                root_x: 1,
                root_y: 1,
                event_x: 1,
                event_y: 1,
                state: key_state(event.modifiers),
                same_screen: true,
            };
            let mask = if is_down { EventMask::KEY_PRESS } else { EventMask::KEY_RELEASE };
            // To the parent, or the nearest window around it that wants keys.
            connection.send_event(true, tree.parent, mask, key)?;
            connection.flush()?;
            Ok(())
        }

        fn connection(&mut self) -> Option<&RustConnection> {
            let open = || x11rb::connect(None).ok().map(|(connection, _)| connection);
            self.connection.get_or_insert_with(open).as_ref()
        }
    }

    fn key_state(modifiers: Modifiers) -> KeyButMask {
        let bits = [
            (Modifiers::SHIFT, KeyButMask::SHIFT),
            (Modifiers::CAPS_LOCK, KeyButMask::LOCK),
            (Modifiers::CONTROL, KeyButMask::CONTROL),
            (Modifiers::ALT, KeyButMask::MOD1),
            (Modifiers::NUM_LOCK, KeyButMask::MOD2),
            (Modifiers::META, KeyButMask::MOD4),
        ];
        let held = bits.iter().filter(|(modifier, _)| modifiers.contains(*modifier));
        held.fold(KeyButMask::default(), |state, (_, bit)| state | *bit)
    }

    /// Keycodes of X11: those of the kernel, and 8. First of a row, and the row.
    #[rustfmt::skip]
    const ROWS: &[(u8, &[Code])] = &[
        (9, &[
            Code::Escape, Code::Digit1, Code::Digit2, Code::Digit3, Code::Digit4, Code::Digit5, Code::Digit6, Code::Digit7,
            Code::Digit8, Code::Digit9, Code::Digit0, Code::Minus, Code::Equal, Code::Backspace, Code::Tab,
        ]),
        (24, &[
            Code::KeyQ, Code::KeyW, Code::KeyE, Code::KeyR, Code::KeyT, Code::KeyY, Code::KeyU, Code::KeyI, Code::KeyO,
            Code::KeyP, Code::BracketLeft, Code::BracketRight, Code::Enter, Code::ControlLeft,
        ]),
        (38, &[
            Code::KeyA, Code::KeyS, Code::KeyD, Code::KeyF, Code::KeyG, Code::KeyH, Code::KeyJ, Code::KeyK, Code::KeyL,
            Code::Semicolon, Code::Quote, Code::Backquote, Code::ShiftLeft, Code::Backslash,
        ]),
        (52, &[
            Code::KeyZ, Code::KeyX, Code::KeyC, Code::KeyV, Code::KeyB, Code::KeyN, Code::KeyM, Code::Comma, Code::Period,
            Code::Slash, Code::ShiftRight, Code::NumpadMultiply, Code::AltLeft, Code::Space, Code::CapsLock,
        ]),
        (67, &[
            Code::F1, Code::F2, Code::F3, Code::F4, Code::F5, Code::F6, Code::F7, Code::F8, Code::F9, Code::F10,
            Code::NumLock, Code::ScrollLock, Code::Numpad7, Code::Numpad8, Code::Numpad9, Code::NumpadSubtract,
            Code::Numpad4, Code::Numpad5, Code::Numpad6, Code::NumpadAdd, Code::Numpad1, Code::Numpad2, Code::Numpad3,
            Code::Numpad0, Code::NumpadDecimal,
        ]),
        (94, &[Code::IntlBackslash, Code::F11, Code::F12]),
        (104, &[Code::NumpadEnter, Code::ControlRight, Code::NumpadDivide, Code::PrintScreen, Code::AltRight]),
        (110, &[
            Code::Home, Code::ArrowUp, Code::PageUp, Code::ArrowLeft, Code::ArrowRight, Code::End, Code::ArrowDown,
            Code::PageDown, Code::Insert, Code::Delete,
        ]),
        (127, &[Code::Pause]),
        (133, &[Code::MetaLeft, Code::MetaRight, Code::ContextMenu]),
    ];

    fn keycode(code: Code) -> Option<u8> {
        ROWS.iter().find_map(|(first, row)| {
            let idx = row.iter().position(|&other| other == code)?;
            Some(first + idx as u8)
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn keycodes_are_those_of_evdev() {
            // From the kernel's input-event-codes.h, plus 8: the last of each row, so that a key too many or too few shows.
            let known = [
                (Code::Tab, 15),
                (Code::ControlLeft, 29),
                (Code::Backslash, 43),
                (Code::CapsLock, 58),
                (Code::Space, 57),
                (Code::NumpadDecimal, 83),
                (Code::F12, 88),
                (Code::AltRight, 100),
                (Code::Delete, 111),
                (Code::Pause, 119),
                (Code::ContextMenu, 127),
            ];
            for (code, kernel) in known {
                assert_eq!(keycode(code), Some(kernel + 8), "{code}");
            }
            assert_eq!(keycode(Code::Unidentified), None);
        }
    }
}
