//! A hand on the mouse and the keyboard: xdotool, which the X server takes for devices.

use super::screen::{Area, Screen};
use std::process::Command;
use x11rb::protocol::xproto::Window;

/// A hand over a window of the host. Places are in pixels from the upper left corner of the window.
pub struct Hand<'a> {
    screen: &'a Screen,
    window: Window,
}

impl<'a> Hand<'a> {
    pub fn over(screen: &'a Screen, window: Window) -> Self {
        Self { screen, window }
    }

    pub fn move_to(&self, (x, y): (i32, i32)) {
        let (left, top) = self.screen.place(self.window);
        xdotool(&["mousemove", &(left + x).to_string(), &(top + y).to_string()]);
    }

    pub fn press(&self) {
        xdotool(&["mousedown", "1"]);
    }

    pub fn release(&self) {
        xdotool(&["mouseup", "1"]);
    }

    pub fn click(&self, place: (i32, i32)) {
        self.move_to(place);
        xdotool(&["click", "1"]);
    }

    /// Out of the way of everything that reacts to a mouse over it: the lower right corner of the screen.
    pub fn rest(&self) {
        xdotool(&["mousemove", "2599", "1499"]);
    }

    /// Onto the middle of a control.
    pub fn move_onto(&self, area: Area) {
        self.move_to(area.centre());
    }

    pub fn key(&self, name: &str) {
        xdotool(&["key", name]);
    }

    /// Types text, a key at a time.
    pub fn type_text(&self, text: &str) {
        xdotool(&["type", "--delay", "5", "--", text]);
    }
}

fn xdotool(args: &[&str]) {
    let output = Command::new("xdotool").args(args).output().unwrap_or_else(|error| {
        panic!("no hand for the tests of windows ({error}): apt-get install xvfb xdotool")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "xdotool {}: {said}", args.join(" "));
}
