//! The editor's window: baseview's callbacks, guarded so that a panic in a view never reaches the host.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baseview::{
    DamageArea, Event, EventStatus, HandlerError, TimerHandle, WindowContext, WindowSize, WindowWaker,
};
use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::{Modifiers, Params, VirtualKeyCode};
use vizia_core::prelude::Context;

use crate::ViziaState;
use crate::damage::Area;
use crate::keyboard::HostKeyboard;
use crate::live::Live;
use crate::theme::Theme;

/// Between two ticks. 60 a second: screens show no more of a plugin.
const TICK: Duration = Duration::from_millis(16);

/// What an editor is built from.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) state: Arc<ViziaState>,
    pub(crate) params: Arc<dyn Params>,
    pub(crate) theme: Theme,
    pub(crate) build: Arc<dyn Fn(&mut Context) + Send + Sync>,
    /// Whether values are set by the editor, too.
    pub(crate) sets_values: bool,
}

/// A key that the host hands over: which, whether it goes down, and what is held with it.
pub(crate) type HostKey = (VirtualKeyCode, bool, Modifiers);

/// What the host's thread and the window's share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Whether somebody types into a text field, so that keys are not the host's.
    pub(crate) is_typing: AtomicBool,
    /// As bits; 0 is not known yet.
    scale_factor: AtomicU64,
    keys: Mutex<Vec<HostKey>>,
    waker: Mutex<Option<WindowWaker>>,
}

impl Shared {
    /// Pixels per logical pixel of the display, 1 until the window is there.
    pub(crate) fn scale_factor(&self) -> f64 {
        let factor = f64::from_bits(self.scale_factor.load(Ordering::Relaxed));
        if factor > 0.0 { factor } else { 1.0 }
    }

    pub(crate) fn set_scale_factor(&self, factor: f64) {
        if factor.is_finite() && factor > 0.0 {
            self.scale_factor.store(factor.to_bits(), Ordering::Relaxed);
        }
    }

    /// What a logical pixel is in the units that hosts count in: their pixels are logical on macOS.
    pub(crate) fn native_factor(&self) -> f64 {
        if cfg!(target_os = "macos") { 1.0 } else { self.scale_factor() }
    }

    /// Forgets what an open editor has left, its window's descriptors among it.
    pub(crate) fn reset(&self) {
        self.is_typing.store(false, Ordering::Relaxed);
        self.take_keys();
        lock(&self.waker).take();
    }

    pub(crate) fn push_key(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) {
        lock(&self.keys).push((key, is_down, modifiers));
        if let Some(waker) = lock(&self.waker).as_ref() {
            waker.request_poll();
        }
    }

    pub(crate) fn take_keys(&self) -> Vec<HostKey> {
        std::mem::take(&mut *lock(&self.keys))
    }
}

/// baseview's view of an editor.
pub(crate) struct WindowHandler {
    window: WindowContext,
    /// Nothing, once a view has panicked.
    live: RefCell<Option<Live>>,
    /// What is left then: keys go on to the host.
    keyboard_left: RefCell<Option<HostKeyboard>>,
    /// Events that came while another was handled: on Windows and macOS the system calls back from within calls.
    waiting: RefCell<VecDeque<Event>>,
    resized: Cell<Option<WindowSize>>,
    exposed: Cell<Option<Area>>,
    timer: TimerHandle,
}

impl WindowHandler {
    pub(crate) fn new(
        window: WindowContext,
        page: &Page,
        gui_context: GuiContext,
        shared: Arc<Shared>,
    ) -> Result<Self, HandlerError> {
        *lock(&shared.waker) = Some(window.waker());
        shared.set_scale_factor(window.scale_factor());
        let live = catch_unwind(AssertUnwindSafe(|| Live::new(&window, page, gui_context, shared)))
            .unwrap_or_else(|panic| {
                let error = format!("the editor cannot be built: {}", reason(&*panic));
                Err(std::io::Error::other(error).into())
            })?;
        let timer = window.create_timer(TICK)?;
        Ok(Self {
            window,
            live: RefCell::new(Some(live)),
            keyboard_left: RefCell::new(None),
            waiting: RefCell::default(),
            resized: Cell::new(None),
            exposed: Cell::new(None),
            timer,
        })
    }

    /// Runs something with the editor, if there is one and it is not busy. When it panics, the editor is no more: the window
    /// stays as it is and the audio goes on.
    fn with<T>(&self, otherwise: T, run: impl FnOnce(&mut Live) -> T) -> T {
        let Ok(mut slot) = self.live.try_borrow_mut() else { return otherwise };
        let Some(live) = slot.as_mut() else { return otherwise };
        match catch_unwind(AssertUnwindSafe(|| run(live))) {
            Ok(result) => result,
            Err(panic) => {
                let why = reason(&*panic);
                nice_plug::nice_error!(
                    "The editor failed: {why}. Sound goes on; close the plugin's window and open it again."
                );
                if let Some(live) = slot.take() {
                    *self.keyboard_left.borrow_mut() = Some(live.give_up());
                }
                otherwise
            }
        }
    }

    fn deliver(&self) -> EventStatus {
        let mut status = EventStatus::Ignored;
        loop {
            let Some(event) = self.waiting.borrow_mut().pop_front() else { return status };
            status = self.with(EventStatus::Ignored, |live| live.event(&self.window, &event));
            if let (Event::Keyboard(key), Some(keyboard)) = (&event, &mut *self.keyboard_left.borrow_mut()) {
                keyboard.pass_on(key);
            }
        }
    }

    fn tick(&self) {
        self.with((), |live| live.tick(&self.window, self.resized.take(), self.exposed.take()));
    }
}

impl baseview::WindowHandler for WindowHandler {
    fn draw(&self) -> Result<(), HandlerError> {
        // The window is new, larger or uncovered: do not wait for the next tick.
        self.tick();
        Ok(())
    }

    fn damage(&self, area: DamageArea<'_>) {
        let rect = |rect: &baseview::DamageRect| {
            let (at, size) = (rect.position(), rect.size());
            Area { x: at.x, y: at.y, width: size.width, height: size.height }
        };
        let size = self.window.size().physical;
        let whole = Area::whole(size.width, size.height);
        let area = match area {
            DamageArea::Rect(one) => rect(&one),
            DamageArea::Rects(many) => many.iter().map(rect).reduce(Area::union).unwrap_or(whole),
            _ => whole,
        };
        self.exposed.set(Some(self.exposed.get().map_or(area, |other| other.union(area))));
    }

    fn poll(&self) {
        self.with((), |live| live.take_host_keys(&self.window));
    }

    fn resized(&self, size: WindowSize) -> Result<(), HandlerError> {
        // Taken in the next tick: this may come from within a call of ours.
        self.resized.set(Some(size));
        // But what the host asks next must already be true.
        self.with((), |live| live.note_size(size));
        Ok(())
    }

    fn on_event(&self, event: Event) -> EventStatus {
        self.waiting.borrow_mut().push_back(event);
        if self.live.try_borrow_mut().is_err() {
            return EventStatus::Ignored;
        }
        self.deliver()
    }

    fn on_timer(&self, timer: &TimerHandle) {
        if *timer == self.timer {
            self.deliver();
            self.tick();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}
