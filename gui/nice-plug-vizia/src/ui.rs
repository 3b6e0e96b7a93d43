//! One editor's views, without a window: vizia's context, driven the way it wants.
//!
//! vizia_core 0.4.0 is unmodified; what has to be steered around is named where it is done.

use std::cell::Cell;
use std::rc::Rc;

use vizia_core::backend::{BackendContext, WindowDescription};
use vizia_core::context::EventProxy;
use vizia_core::events::EventManager;
use vizia_core::prelude::*;
use vizia_core::vg::{self, Surface};
use vizia_reactive::Scope;

use crate::Host;
use crate::clipboard::Clipboard;
use crate::damage::Area;
use crate::passes;
use crate::polls::{Polls, Tick};
use crate::proxy::Proxy;
use crate::root::Root;
use crate::theme::Theme;

/// How often events, styles and layout are gone through in one tick at most. A layout moves views, which tell others, which
/// may build views that need a layout: one round more settles all but the strangest page, and the next tick takes up the rest.
const MAX_ROUNDS: usize = 3;
/// With more views to draw, there is one pass.
const MAX_VIEWS_IN_PASSES: usize = 256;
/// No picture is larger, in pixels a side.
const MAX_SIDE: u32 = 16_384;

/// The views of one editor and the pixels they are drawn into.
pub(crate) struct Ui {
    /// Always there until `drop`.
    cx: Option<BackendContext>,
    events: EventManager,
    proxied: Proxy,
    polls: Polls,
    host: Host,
    scope: Scope,
    drawn: Rc<Cell<Option<vg::Rect>>>,
    cursor: Option<CursorIcon>,
    surface: Surface,
    /// vizia draws into this one and copies to the other.
    dirty_surface: Surface,
    size: (u32, u32),
    /// The system's scale factor; vizia's is this times the zoom.
    scale_factor: f64,
    now_s: f64,
    ticked: bool,
}

impl Ui {
    /// Builds the views. `size` is in physical pixels; what is beyond [`MAX_SIDE`] stays empty.
    pub(crate) fn new(
        host: Host,
        theme: &Theme,
        size: (u32, u32),
        scale_factor: f64,
        clipboard: Clipboard,
        build: impl FnOnce(&mut Context),
    ) -> Self {
        let size = drawable(size);
        let scope = Scope::new();
        let drawn = Rc::default();
        let proxied = Proxy::default();
        let polls = Polls::default();
        let mut cx = None;
        // Signals belong to the scope that is current when they are made, and are gone with it. Without one they would stay
        // until the thread ends, which on Windows and macOS is the host's own.
        scope.enter(|| {
            let dpi_factor = dpi_factor(scale_factor, &host);
            cx = Some(set_up(&host, theme, size, dpi_factor, &proxied, &polls, clipboard, &drawn, build));
        });
        let (width, height) = size;
        let mut ui = Self {
            cx,
            events: EventManager::new(),
            proxied,
            polls,
            host,
            scope,
            drawn,
            cursor: None,
            surface: new_surface(width, height),
            dirty_surface: new_surface(width, height),
            size,
            scale_factor,
            now_s: 0.0,
            ticked: false,
        };
        // What building has set must not wait until another editor runs: see `event`.
        scope.enter(|| ui.flush());
        ui
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(crate) fn scale_factor(&self) -> f64 {
        self.scale_factor
    }

    pub(crate) fn context(&mut self) -> &mut Context {
        self.backend().context()
    }

    pub(crate) fn backend(&mut self) -> &mut BackendContext {
        self.cx.as_mut().expect("only `drop` takes it")
    }

    pub(crate) fn polls(&self) -> usize {
        // The tooltip's is there before the page.
        self.polls.len() - 1
    }

    /// The name of the element that has the keyboard.
    pub(crate) fn focused_element(&self) -> Option<&'static str> {
        self.cx.as_ref().and_then(BackendContext::focused_element)
    }

    /// Whether somebody is typing into a text field.
    pub(crate) fn is_typing(&self) -> bool {
        self.focused_element() == Some("textbox")
    }

    /// The cursor shape that views asked for since the last call.
    pub(crate) fn take_cursor(&mut self) -> Option<CursorIcon> {
        self.cursor.take()
    }

    pub(crate) fn set_modifiers(&mut self, modifiers: Modifiers) {
        *self.backend().modifiers() = modifiers;
    }

    /// Delivers an event and everything that follows from it, so that no binding is left to rebuild when another editor
    /// runs on this thread (that list is one per thread).
    pub(crate) fn event(&mut self, event: WindowEvent) {
        let scope = self.scope;
        scope.enter(|| {
            self.backend().emit_window_event(Entity::root(), event);
            self.flush();
        });
    }

    /// Takes the keyboard from whichever view has it.
    pub(crate) fn blur(&mut self) {
        let scope = self.scope;
        scope.enter(|| {
            self.context().with_current(Entity::root(), |cx| cx.focus_with_visibility(false));
            self.flush();
        });
    }

    /// Takes a new size, in physical pixels, and a new scale factor.
    pub(crate) fn resize(&mut self, size: (u32, u32), scale_factor: f64) {
        let size = drawable(size);
        let (width, height) = size;
        let dpi_factor = dpi_factor(scale_factor, &self.host);
        let scale_changed = self.context().scale_factor() != dpi_factor as f32;
        if size != self.size {
            self.surface = new_surface(width, height);
            self.dirty_surface = new_surface(width, height);
        } else if !scale_changed {
            return;
        }
        self.size = size;
        self.scale_factor = scale_factor;
        let cx = self.backend();
        cx.set_scale_factor(dpi_factor);
        cx.set_window_size(Entity::root(), width as f32, height as f32);
        if scale_changed {
            cx.needs_refresh(Entity::root());
        } else {
            cx.context().needs_redraw(Entity::root());
        }
    }

    /// Lets time pass: polls, timers, events, styles, animations, layout. Draws nothing.
    pub(crate) fn update(&mut self, dt_s: f32) {
        let scope = self.scope;
        scope.enter(|| self.update_in_scope(dt_s));
    }

    /// Whether [`draw`](Self::draw) would draw something.
    pub(crate) fn is_damaged(&mut self) -> bool {
        let window = self.context().windows.get(&Entity::root());
        window.is_some_and(|w| !w.redraw_list.is_empty() || w.dirty_rect.is_some())
    }

    /// Draws what has changed, and says where; the areas may overlap.
    pub(crate) fn draw(&mut self) -> Vec<Area> {
        // Nothing has a size or a style before the first tick.
        if !self.ticked || !self.is_damaged() {
            return Vec::new();
        }
        let passes = self.passes();
        passes.into_iter().filter_map(|views| self.draw_pass(views)).collect()
    }

    /// What is to be drawn, by passes: see [`passes`].
    fn passes(&mut self) -> Vec<Vec<Entity>> {
        let (width, height) = self.size;
        let cx = self.backend();
        let Some(window) = cx.context().windows.get_mut(&Entity::root()) else { return Vec::new() };
        let mut views: Vec<_> = window.redraw_list.drain().collect();
        let is_one_pass = window.dirty_rect.is_some() || views.len() > MAX_VIEWS_IN_PASSES;
        let tree = &cx.context().tree;
        // A view may have asked and be gone; bindings are no views, and have no bounds to ask for.
        views.retain(|view| {
            *view == Entity::root() || (tree.get_parent(*view).is_some() && !tree.is_ignored(*view))
        });
        if is_one_pass {
            return vec![views];
        }
        let mut bounds = |view: &Entity| {
            let BoundingBox { x, y, w, h } = cx.cache().get_bounds(*view);
            Area::around(vg::Rect::new(x, y, x + w, y + h)).intersection(Area::whole(width, height))
        };
        let (placed, unplaced): (Vec<_>, Vec<_>) =
            views.into_iter().map(|view| (view, bounds(&view))).partition(|(_, area)| area.is_some());
        let areas: Vec<_> = placed.iter().filter_map(|(_, area)| *area).collect();
        let groups = passes::group(&areas).into_iter();
        let mut passes: Vec<Vec<_>> =
            groups.map(|group| group.into_iter().map(|idx| placed[idx].0).collect()).collect();
        // What has no place in the window of its own may still have children there.
        let unplaced = unplaced.into_iter().map(|(view, _)| view);
        match passes.first_mut() {
            Some(pass) => pass.extend(unplaced),
            None => passes.extend(Some(unplaced.collect()).filter(|views: &Vec<_>| !views.is_empty())),
        }
        passes
    }

    fn draw_pass(&mut self, views: Vec<Entity>) -> Option<Area> {
        self.drawn.set(None);
        let scope = self.scope;
        let cx = self.cx.as_mut().expect("only `drop` takes it");
        if let Some(window) = cx.context().windows.get_mut(&Entity::root()) {
            window.redraw_list.extend(views);
        }
        scope.enter(|| cx.draw(Entity::root(), &mut self.surface, &mut self.dirty_surface));
        let (width, height) = self.size;
        let whole = Area::whole(width, height);
        match self.drawn.take() {
            Some(clip) => Area::around(clip).intersection(whole),
            None => Some(whole),
        }
    }

    /// Makes the next [`draw`](Self::draw) draw everything.
    pub(crate) fn damage_all(&mut self) {
        self.context().needs_redraw(Entity::root());
    }

    /// Copies the pixels of an area, 0xAARRGGBB, to the same place of a picture of the same size, with these bits set in each.
    pub(crate) fn copy_pixels(&mut self, area: Area, to: &mut [u32], set_bits: u32) {
        let Some(pixmap) = self.surface.peek_pixels() else { return };
        let Some(bytes) = pixmap.bytes() else { return };
        let row_bytes = pixmap.row_bytes();
        let stride = self.size.0 as usize;
        for y in area.rows() {
            let from = &bytes[y * row_bytes..][area.columns_of(4)];
            let to = &mut to[y * stride..][area.columns_of(1)];
            for (to, from) in to.iter_mut().zip(from.chunks_exact(4)) {
                *to = u32::from_ne_bytes([from[0], from[1], from[2], from[3]]) | set_bits;
            }
        }
    }

    fn update_in_scope(&mut self, dt_s: f32) {
        self.now_s += f64::from(dt_s);
        let tick = Tick { now_s: self.now_s, dt_s };
        Runtime::drain_pending_work();
        let cx = self.cx.as_mut().expect("only `drop` takes it");
        self.polls.run(&tick, |entity| {
            // When all that it is asked to draw is empty, vizia draws the whole window (`draw_system` without a dirty
            // rectangle), so what has no size is not asked for.
            let bounds = cx.cache().get_bounds(entity);
            if bounds.w > 0.0 && bounds.h > 0.0 {
                cx.context().needs_redraw(entity);
            }
        });
        cx.process_timers();
        cx.emit_scheduled_events();
        for _ in 0..MAX_ROUNDS {
            self.flush();
            let cx = self.backend();
            cx.process_style_updates();
            cx.process_animations();
            cx.process_visual_updates();
            // A layout leaves a move of the mouse, so that what is under it now knows.
            if self.proxied.is_empty() && !self.backend().has_queued_events() {
                break;
            }
        }
        // Layout tells views of their new bounds, and they may have set signals: see `event`.
        self.flush();
        self.ticked = true;
    }

    fn flush(&mut self) {
        let cx = self.cx.as_mut().expect("only `drop` takes it");
        for event in self.proxied.take() {
            cx.send_event(event);
        }
        let cursor = &mut self.cursor;
        self.events.flush_events(cx.context(), |event| {
            if let WindowEvent::SetCursor(icon) = event {
                *cursor = Some(*icon);
            }
        });
    }
}

impl Drop for Ui {
    fn drop(&mut self) {
        let Some(mut cx) = self.cx.take() else { return };
        let scope = self.scope;
        scope.enter(|| {
            // Dropping the context alone leaves the effects of its bindings in the thread's runtime; removing views disposes of
            // them, and tells the views that they are gone.
            let cx = cx.context();
            let views: Vec<_> = vizia_core::tree::ChildIterator::new(&cx.tree, Entity::root()).collect();
            for view in views {
                cx.remove(view);
            }
        });
        self.host.end_all();
        scope.enter(|| drop(cx));
        scope.dispose();
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where everything comes together")]
fn set_up(
    host: &Host,
    theme: &Theme,
    (width, height): (u32, u32),
    dpi_factor: f64,
    proxied: &Proxy,
    polls: &Polls,
    clipboard: Clipboard,
    drawn: &Rc<Cell<Option<vg::Rect>>>,
    build: impl FnOnce(&mut Context),
) -> BackendContext {
    let mut context = Context::new();
    context.add_built_in_styles();
    let mut cx = BackendContext::new(context);
    cx.set_event_proxy(proxied.make_clone());
    // `Context::new` has opened the system's clipboard, two connections and a thread on X11; ours opens it when it is used.
    cx.set_clipboard_provider(Box::new(clipboard));
    let description = WindowDescription::new();
    cx.add_main_window(Entity::root(), &description, dpi_factor as f32);
    // What `add_main_window` takes is whole logical pixels; this is exact.
    cx.set_window_size(Entity::root(), width as f32, height as f32);
    cx.add_window(Root { drawn: Rc::clone(drawn) });
    let window = WindowState {
        window_description: description,
        scale_factor: dpi_factor as f32,
        ..WindowState::default()
    };
    let context = cx.context();
    context.windows.insert(Entity::root(), window);
    host.clone().build(context);
    polls.clone().build(context);
    crate::widgets::install(context);
    theme.apply(context);
    build(context);
    cx.needs_refresh(Entity::root());
    cx
}

fn dpi_factor(scale_factor: f64, host: &Host) -> f64 {
    scale_factor * f64::from(host.zoom())
}

fn drawable((width, height): (u32, u32)) -> (u32, u32) {
    (width.clamp(1, MAX_SIDE), height.clamp(1, MAX_SIDE))
}

fn new_surface(width: u32, height: u32) -> Surface {
    let size = (width as i32, height as i32);
    vg::surfaces::raster_n32_premul(size).expect("a side between 1 and `MAX_SIDE`")
}
