//! An open editor: its views, its window's pixels, and what goes on between them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use baseview::dpi::{PhysicalSize, Size};
use baseview::{Event, EventStatus, HandlerError, WindowContext, WindowSize};
use nice_plug::context::gui::GuiContext;
use vizia_core::prelude::*;

use crate::clipboard::Clipboard;
use crate::damage::Area;
use crate::host::Sink;
use crate::input::{self, KeptKeys};
use crate::keyboard::HostKeyboard;
use crate::pointer::Pointer;
use crate::present::Screen;
use crate::ui::Ui;
use crate::window::{Page, Shared};
use crate::{Host, ViziaState};

/// How long the host may think about another size before the one that is there counts.
const RESIZE_PATIENCE_S: f64 = 0.5;
/// A tick is not longer for those who poll: after a suspend, meters do not fall for hours.
const LONGEST_TICK_S: f32 = 1.0;

/// An editor as long as it has not panicked.
pub(crate) struct Live {
    ui: Ui,
    screen: Screen,
    state: Arc<ViziaState>,
    shared: Arc<Shared>,
    pointer: Pointer,
    keyboard: HostKeyboard,
    kept: KeptKeys,
    asked: Option<Asked>,
    lost_focus: bool,
    opened: Instant,
    now_s: f64,
    first_tick: bool,
}

/// A zoom that the host has been asked a size for.
struct Asked {
    zoom_before: f32,
    until_s: f64,
}

impl Live {
    pub(crate) fn new(
        window: &WindowContext,
        page: &Page,
        gui_context: GuiContext,
        shared: Arc<Shared>,
    ) -> Result<Self, HandlerError> {
        let screen = Screen::new(window).map_err(HandlerError::from_boxed)?;
        let sink = Sink::Gui { context: gui_context, sets_values: page.sets_values };
        let host = Host::new(Arc::clone(&page.params), sink, page.state.zoom());
        let size = window.size();
        let build = Arc::clone(&page.build);
        let ui = Ui::new(
            host,
            &page.theme,
            size.physical.into(),
            size.scale_factor,
            Clipboard::system(),
            move |cx| build(cx),
        );
        Ok(Self {
            ui,
            screen,
            state: Arc::clone(&page.state),
            shared,
            pointer: Pointer::default(),
            keyboard: HostKeyboard::new(window),
            kept: KeptKeys::default(),
            asked: None,
            lost_focus: false,
            opened: Instant::now(),
            now_s: 0.0,
            first_tick: true,
        })
    }

    /// Lets time pass, and draws what has changed.
    pub(crate) fn tick(
        &mut self,
        window: &WindowContext,
        resized: Option<WindowSize>,
        exposed: Option<Area>,
    ) {
        let now_s = self.opened.elapsed().as_secs_f64();
        let dt_s = ((now_s - self.now_s) as f32).min(LONGEST_TICK_S);
        self.now_s = now_s;
        if std::mem::take(&mut self.first_tick) {
            self.ask_for_own_size(window);
        }
        if let Some(size) = resized {
            self.take_size(size);
        }
        if self.asked.as_ref().is_some_and(|asked| asked.until_s <= now_s) {
            // Nobody answered: what is there counts.
            self.settle_zoom();
        }
        if std::mem::take(&mut self.lost_focus) {
            self.unfocus();
        }
        if self.asked.is_none() {
            self.keep_own_size();
        }
        self.take_host_keys(window);
        self.ui.update(dt_s);
        self.after_events(window);
        let mut shown = self.ui.draw();
        shown.extend(exposed);
        if shown.is_empty() {
            return;
        }
        if let Err(error) = self.screen.show(&mut self.ui, &shown) {
            // The next frame tries again; a display that is gone closes the window.
            nice_plug::nice_warn!("The editor's window shows an old picture: {error}. It tries again.");
            self.ui.damage_all();
        }
    }

    /// Delivers an event of the window.
    pub(crate) fn event(&mut self, window: &WindowContext, event: &Event) -> EventStatus {
        let status = match event {
            Event::Mouse(event) => {
                let pressed = self.pointer.event(&mut self.ui, event);
                if pressed && !cfg!(target_os = "linux") {
                    // Windows and macOS hand back what is not captured; on X11 the focus is taken for typing only.
                    let _ = window.focus();
                }
                EventStatus::Ignored
            }
            Event::Keyboard(event) => {
                let is_typed = input::keyboard_event(&mut self.ui, event);
                let captured = self.kept.is_kept(event.code, event.state, is_typed);
                if !captured {
                    self.keyboard.pass_on(event);
                }
                if captured { EventStatus::Captured } else { EventStatus::Ignored }
            }
            Event::Window(baseview::WindowEvent::Focused) => {
                self.lost_focus = false;
                self.ui.event(WindowEvent::WindowFocused(true));
                EventStatus::Ignored
            }
            Event::Window(baseview::WindowEvent::Unfocused) => {
                // Taking the focus is losing it first where it follows the mouse: the next tick knows.
                self.lost_focus = true;
                EventStatus::Ignored
            }
            _ => EventStatus::Ignored,
        };
        self.after_events(window);
        status
    }

    /// Delivers the keys that the host has handed over.
    pub(crate) fn take_host_keys(&mut self, window: &WindowContext) {
        let keys = self.shared.take_keys();
        if !keys.is_empty() {
            for (key, is_down, modifiers) in keys {
                input::virtual_key(&mut self.ui, key, is_down, modifiers);
            }
            self.after_events(window);
        }
    }

    /// Remembers a size before it is drawn, so that the host is told it when it asks.
    pub(crate) fn note_size(&self, size: WindowSize) {
        self.shared.set_scale_factor(size.scale_factor);
        if self.asked.is_none() {
            self.state.set_physical_size(size.physical.into(), size.scale_factor);
        }
    }

    /// Ends what is open, after a panic. The views are in an unknown state: they are left alone, at the price of their memory.
    pub(crate) fn give_up(self) -> HostKeyboard {
        let Self { ui, shared, mut keyboard, .. } = self;
        shared.is_typing.store(false, Ordering::Relaxed);
        keyboard.give_back();
        let host = ui.host().clone();
        std::mem::forget(ui);
        let end = std::panic::AssertUnwindSafe(|| host.end_all());
        let _ = std::panic::catch_unwind(end);
        keyboard
    }

    fn take_size(&mut self, size: WindowSize) {
        self.shared.set_scale_factor(size.scale_factor);
        self.ui.resize(size.physical.into(), size.scale_factor);
        self.settle_zoom();
    }

    /// Makes the state true to the window. Where the host did not grant the size for another zoom and the page would be smaller
    /// than it can be, the zoom goes back.
    fn settle_zoom(&mut self) {
        let (size, scale_factor) = (self.ui.size(), self.ui.scale_factor());
        if let Some(asked) = self.asked.take() {
            let min = self.state.min_physical_size(scale_factor);
            let is_granted = size.0 >= min.0 && size.1 >= min.1;
            if is_granted && asked.until_s > self.now_s {
                // The host may still take it back.
                self.asked = Some(asked);
            } else if !is_granted {
                self.set_zoom(asked.zoom_before);
            }
        }
        self.state.set_physical_size(size, scale_factor);
    }

    /// A plugin's state that is loaded meanwhile is for the next time: the window that is open stays as it is.
    fn keep_own_size(&self) {
        self.state.set_zoom(self.ui.host().zoom());
        self.state.set_physical_size(self.ui.size(), self.ui.scale_factor());
    }

    fn set_zoom(&mut self, zoom: f32) {
        self.state.set_zoom(zoom);
        self.ui.host().zoom_is(zoom);
        let (size, scale_factor) = (self.ui.size(), self.ui.scale_factor());
        self.ui.resize(size, scale_factor);
    }

    /// Asks for a window that fits the zoom that a view wants.
    fn zoom(&mut self, window: &WindowContext, zoom: f32) {
        let zoom_before = self.ui.host().zoom();
        if zoom == zoom_before {
            return;
        }
        let logical = self.state.size();
        self.set_zoom(zoom);
        self.state.set_size(logical);
        self.asked = Some(Asked { zoom_before, until_s: self.now_s + RESIZE_PATIENCE_S });
        self.ask_for_own_size(window);
    }

    fn ask_for_own_size(&mut self, window: &WindowContext) {
        let (width, height) = self.state.physical_size(window.scale_factor());
        let wanted = PhysicalSize::new(width, height);
        if window.size().physical != wanted && window.resize(Size::Physical(wanted)).is_err() {
            self.settle_zoom();
        }
    }

    /// What every event may have changed.
    fn after_events(&mut self, window: &WindowContext) {
        if let Some(icon) = self.ui.take_cursor() {
            // A missing shape leaves the one that is there.
            let _ = window.set_mouse_cursor(input::cursor(icon));
        }
        let is_typing = self.ui.is_typing();
        if self.shared.is_typing.swap(is_typing, Ordering::Relaxed) != is_typing {
            if is_typing {
                self.keyboard.take(window);
            } else {
                self.keyboard.give_back();
            }
        }
        if let Some(zoom) = self.ui.host().take_wanted_zoom() {
            self.zoom(window, zoom);
        }
    }

    fn unfocus(&mut self) {
        self.ui.event(WindowEvent::WindowFocused(false));
        if self.ui.is_typing() {
            // Whoever works elsewhere has done typing, and keys are the host's again.
            self.ui.blur();
        }
        if self.pointer.lose_focus(&mut self.ui) {
            self.ui.host().end_all();
        }
    }
}
