//! The mouse: what is held, where it is, and when it has left.

use std::time::{Duration, Instant};

use baseview::{MouseEvent, ScrollDelta};
use vizia_core::prelude::*;

use crate::input;
use crate::ui::Ui;

/// Clicks this near count as one place: vizia wants the very same pixel for a double-click.
const SAME_PLACE_PX: f32 = 4.0;
/// Clicks this close may be a double-click.
const DOUBLE_CLICK: Duration = Duration::from_millis(500);
/// A host may take the focus back at once when an editor is clicked; that ends no drag.
const FOCUS_QUARREL: Duration = Duration::from_millis(250);
/// A place outside of any window. Not a negative one: vizia leaves what was under the mouse lit then.
const FAR_PX: f32 = 1e6;
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
                ui.set_modifiers(input::modifiers(*modifiers));
                self.at = (position.x as f32, position.y as f32);
                self.is_inside = true;
                ui.event(WindowEvent::MouseMove(self.at.0, self.at.1));
            }
            MouseEvent::ButtonPressed { button, modifiers } => {
                ui.set_modifiers(input::modifiers(*modifiers));
                let button = input::button(*button);
                self.press(ui, button);
                return true;
            }
            MouseEvent::ButtonReleased { button, modifiers } => {
                ui.set_modifiers(input::modifiers(*modifiers));
                let button = input::button(*button);
                // What was let go when the focus was lost is let go once.
                if let Some(idx) = self.held.iter().position(|&held| held == button) {
                    self.held.remove(idx);
                    ui.event(WindowEvent::MouseUp(button));
                    self.leave(ui);
                }
            }
            MouseEvent::WheelScrolled { delta, modifiers } => {
                let modifiers = input::modifiers(*modifiers);
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
            ui.event(WindowEvent::MouseMove(FAR_PX, FAR_PX));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use baseview::dpi::PhysicalPosition;
    use keyboard_types::Modifiers as Held;
    use nice_plug::prelude::Params;

    use super::*;
    use crate::Host;
    use crate::clipboard::Clipboard;
    use crate::host::Sink;
    use crate::theme::Theme;

    #[derive(Params)]
    struct NoParams {}

    /// Fills the window, captures while it is held, and keeps what it gets.
    struct Watch(Arc<Mutex<Vec<String>>>);

    impl View for Watch {
        fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
            event.map(|event, _| {
                let told = match event {
                    WindowEvent::MouseDown(MouseButton::Left) => {
                        cx.capture();
                        "down".to_owned()
                    }
                    WindowEvent::MouseUp(MouseButton::Left) => {
                        cx.release();
                        "up".to_owned()
                    }
                    WindowEvent::MouseDoubleClick(MouseButton::Left) => "double".to_owned(),
                    WindowEvent::MouseMove(x, y) => format!("{x} {y}"),
                    WindowEvent::MouseScroll(x, y) => format!("wheel {x} {y}"),
                    WindowEvent::MouseOut => "out".to_owned(),
                    _ => return,
                };
                self.0.lock().unwrap().push(told);
            });
        }
    }

    struct Watched {
        ui: Ui,
        pointer: Pointer,
        told: Arc<Mutex<Vec<String>>>,
    }

    impl Watched {
        fn new() -> Self {
            let told = Arc::default();
            let watch = Watch(Arc::clone(&told));
            let host = Host::new(Arc::new(NoParams {}), Sink::Record(Mutex::default()), 1.0);
            let mut ui = Ui::new(host, &Theme::new(""), (100, 100), 1.0, Clipboard::own(), |cx| {
                watch.build(cx, |_| {}).size(Stretch(1.0));
            });
            ui.update(0.016);
            told.lock().unwrap().clear();
            Self { ui, pointer: Pointer::default(), told }
        }

        fn tell(&mut self, event: MouseEvent) -> Vec<String> {
            self.pointer.event(&mut self.ui, &event);
            self.take()
        }

        fn take(&mut self) -> Vec<String> {
            std::mem::take(&mut *self.told.lock().unwrap())
        }
    }

    fn moved(x: f64, y: f64) -> MouseEvent {
        MouseEvent::CursorMoved { position: PhysicalPosition::new(x, y), modifiers: Held::empty() }
    }

    fn pressed() -> MouseEvent {
        MouseEvent::ButtonPressed { button: baseview::MouseButton::Left, modifiers: Held::empty() }
    }

    fn released() -> MouseEvent {
        MouseEvent::ButtonReleased { button: baseview::MouseButton::Left, modifiers: Held::empty() }
    }

    #[test]
    fn a_double_click_may_tremble_a_little_and_not_much() {
        let mut near = Watched::new();
        for event in [moved(50.0, 50.0), pressed(), released(), moved(52.0, 51.0)] {
            near.tell(event);
        }
        assert!(near.tell(pressed()).contains(&"double".to_owned()));
        let mut far = Watched::new();
        for event in [moved(50.0, 50.0), pressed(), released(), moved(56.0, 50.0)] {
            far.tell(event);
        }
        assert_eq!(far.tell(pressed()), ["down"]);
    }

    #[test]
    fn a_drag_goes_on_outside_the_window_and_the_mouse_has_left_after_it() {
        let mut watched = Watched::new();
        watched.tell(moved(50.0, 50.0));
        watched.tell(pressed());
        assert_eq!(watched.tell(MouseEvent::CursorLeft), [""; 0]);
        assert_eq!(watched.tell(moved(-30.0, 400.0))[0], "-30 400");
        // A motion says inside; only the system's word says outside.
        watched.tell(moved(50.0, 50.0));
        watched.tell(MouseEvent::CursorLeft);
        let hovered = |watched: &mut Watched| EventContext::new(watched.ui.context()).hovered();
        assert_ne!(hovered(&mut watched), Entity::root(), "it is held");
        assert_eq!(watched.tell(released())[0], "up");
        assert_eq!(hovered(&mut watched), Entity::root(), "nothing is under a mouse that has left");
    }

    #[test]
    fn losing_the_focus_ends_a_drag_once_but_not_one_that_has_just_begun() {
        let mut watched = Watched::new();
        watched.tell(moved(50.0, 50.0));
        watched.tell(pressed());
        assert!(!watched.pointer.lose_focus(&mut watched.ui), "the host took the focus back at once");
        let begun = Instant::now().checked_sub(2 * FOCUS_QUARREL).unwrap();
        watched.pointer.last_press = Some((MouseButton::Left, (50.0, 50.0), begun));
        assert!(watched.pointer.lose_focus(&mut watched.ui));
        assert_eq!(watched.take(), ["up"]);
        assert_eq!(watched.tell(released()), [""; 0], "it was let go before");
    }

    #[test]
    fn wheels_count_lines_or_pixels() {
        let mut watched = Watched::new();
        watched.tell(moved(50.0, 50.0));
        let mut wheel = |delta| watched.tell(MouseEvent::WheelScrolled { delta, modifiers: Held::empty() });
        assert_eq!(wheel(ScrollDelta::Lines { x: 0.0, y: 1.0 }), ["wheel 0 1"]);
        assert_eq!(wheel(ScrollDelta::Pixels { x: 0.0, y: -12.0 }), ["wheel 0 -0.5"]);
    }
}
