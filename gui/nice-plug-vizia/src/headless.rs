//! An editor without a window, for tests and pictures.

use std::sync::Arc;

use nice_plug::prelude::Params;
use vizia_core::prelude::*;

use crate::clipboard::Clipboard;
use crate::damage::Area;
use crate::host::Sink;
use crate::state::scaled;
use crate::theme::Theme;
use crate::ui::Ui;
use crate::{Gesture, Host, input};

/// An editor without a window: real views, real events, pixels in memory. Time passes by [`tick`](Self::tick) only (timers and
/// animations of vizia itself look at the clock all the same).
///
/// Gestures are recorded, and go into the parameters as a host would put them there.
pub struct Headless {
    ui: Ui,
    /// At 100 %.
    logical: (u32, u32),
    pixels: Vec<u32>,
    drawn: Option<(u32, u32, u32, u32)>,
}

impl Headless {
    /// Builds an editor of this logical size.
    pub fn new(
        params: Arc<dyn Params>,
        theme: &str,
        width: u32,
        height: u32,
        scale: f64,
        build: impl FnOnce(&mut Context),
    ) -> Self {
        let host = Host::new(params, Sink::Record(Default::default()), 1.0);
        let size = (scaled(width, scale), scaled(height, scale));
        let ui = Ui::new(host, &Theme::new(theme), size, scale, Clipboard::own(), build);
        let n_pixels = ui.size().0 as usize * ui.size().1 as usize;
        Self { ui, logical: (width, height), pixels: vec![0; n_pixels], drawn: None }
    }

    /// Lets time pass and draws what changed. Says whether anything was drawn.
    pub fn tick(&mut self, dt_s: f32) -> bool {
        self.update(dt_s);
        self.draw()
    }

    /// The first half of a tick: polls, timers, events, styles, layout.
    pub fn update(&mut self, dt_s: f32) {
        if let Some(zoom) = self.ui.host().take_wanted_zoom() {
            self.ui.host().zoom_is(zoom);
            let (width, height) = self.logical;
            self.resize(width, height, self.ui.scale_factor());
        }
        self.ui.update(dt_s);
    }

    /// The second half of a tick: draws what changed, if anything did.
    pub fn draw(&mut self) -> bool {
        let areas = self.ui.draw();
        for area in &areas {
            self.ui.copy_pixels(*area, &mut self.pixels, 0);
        }
        let around = areas.into_iter().reduce(Area::union);
        self.drawn = around.map(|Area { x, y, width, height }| (x, y, width, height));
        around.is_some()
    }

    /// The rectangle around what the last draw drew: x, y, width, height in physical pixels.
    pub fn drawn(&self) -> Option<(u32, u32, u32, u32)> {
        self.drawn
    }

    /// Makes the next draw a full one.
    pub fn damage_all(&mut self) {
        self.ui.damage_all();
    }

    /// Ticks until nothing is drawn any more, 100 times at most. Says whether it came to rest.
    pub fn settle(&mut self) -> bool {
        (0..100).any(|_| !self.tick(0.016))
    }

    /// Delivers an event. Positions are in physical pixels.
    pub fn event(&mut self, event: WindowEvent) {
        self.ui.event(event);
    }

    /// Moves the mouse to a place in logical pixels.
    pub fn move_to(&mut self, x: f32, y: f32) {
        let factor = self.factor();
        self.event(WindowEvent::MouseMove(x * factor, y * factor));
    }

    /// Presses a button where the mouse is. Two presses at one place within half a second are a double-click.
    pub fn press(&mut self, button: MouseButton) {
        self.event(WindowEvent::MouseDown(button));
    }

    /// Releases a button.
    pub fn release(&mut self, button: MouseButton) {
        self.event(WindowEvent::MouseUp(button));
    }

    /// Moves the mouse there and clicks with the left button.
    pub fn click(&mut self, x: f32, y: f32) {
        self.move_to(x, y);
        self.press(MouseButton::Left);
        self.release(MouseButton::Left);
    }

    /// Turns the wheel by lines; up is positive.
    pub fn wheel(&mut self, lines: f32) {
        self.event(WindowEvent::MouseScroll(0.0, lines));
    }

    /// Presses and releases a key, with the characters that it types. Says whether the key was kept from the host.
    pub fn key(&mut self, code: Code, key: Key) -> bool {
        let captured = input::press_key(&mut self.ui, code, key.clone());
        input::release_key(&mut self.ui, code, key);
        captured
    }

    /// Types a text, character by character.
    pub fn type_text(&mut self, text: &str) {
        for character in text.chars() {
            self.key(Code::Unidentified, Key::Character(character.to_string()));
        }
    }

    /// The modifier keys that are held from now on.
    pub fn set_modifiers(&mut self, modifiers: Modifiers) {
        self.ui.set_modifiers(modifiers);
    }

    /// Gives the editor another logical size, at 100 %, and scale factor.
    pub fn resize(&mut self, width: u32, height: u32, scale: f64) {
        self.logical = (width, height);
        let factor = scale * f64::from(self.ui.host().zoom());
        self.ui.resize((scaled(width, factor), scaled(height, factor)), scale);
        let (width, height) = self.ui.size();
        self.pixels.clear();
        self.pixels.resize(width as usize * height as usize, 0);
        self.ui.damage_all();
    }

    /// The picture, 0xAARRGGBB, row by row.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The picture's width.
    pub fn width(&self) -> u32 {
        self.ui.size().0
    }

    /// The picture's height.
    pub fn height(&self) -> u32 {
        self.ui.size().1
    }

    /// What views did to parameters since the last call.
    pub fn gestures(&mut self) -> Vec<Gesture> {
        self.ui.host().take_recorded()
    }

    /// The view that has the keyboard.
    pub fn focused(&mut self) -> Entity {
        self.ui.backend().focused()
    }

    /// The name of the element that has the keyboard.
    pub fn focused_element(&self) -> Option<&'static str> {
        self.ui.focused_element()
    }

    /// Whether keys are kept from the host, because somebody types into a text field.
    pub fn is_typing(&self) -> bool {
        self.ui.is_typing()
    }

    /// The cursor shape that views asked for since the last call.
    pub fn take_cursor(&mut self) -> Option<CursorIcon> {
        self.ui.take_cursor()
    }

    /// How many polls the page has.
    pub fn polls(&self) -> usize {
        self.ui.polls()
    }

    /// What views reach of the host.
    pub fn host(&self) -> &Host {
        self.ui.host()
    }

    /// vizia's context.
    pub fn context(&mut self) -> &mut Context {
        self.ui.context()
    }

    fn factor(&self) -> f32 {
        (self.ui.scale_factor() * f64::from(self.ui.host().zoom())) as f32
    }
}
