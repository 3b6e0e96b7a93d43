//! The menu of a control: what a right click offers, and the choices of a choice.
//!
//! There is one per editor. It takes the pointer and the keyboard while it is open, places itself inside the window, scrolls if it is
//! longer than the window, and is drawn by itself: moving through it redraws only itself. An entry is taken by a click, by
//! letting go of the button that opened it over an entry, or by Enter.

use std::rc::Rc;

use vizia_core::events::EventMeta;
use vizia_core::prelude::*;
use vizia_core::vg::{ClipOp, Rect as VgRect};

use super::ink::{Ink, Stand, draw_box, faded, fill};
use super::overlay::{Overlay, Shared, give_focus_back};

/// Sizes in logical pixels.
const ROW: f32 = 22.0;
const PADDING: f32 = 4.0;
/// Room at the left, with marks and without.
const MARK: f32 = 18.0;
const NO_MARK: f32 = 8.0;
const FONT: f32 = 12.0;
/// How far the pointer moves before letting go of the button means something.
const ARM: f32 = 4.0;

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// What it says.
    pub label: String,
    /// Whether it carries the mark of the current choice.
    pub is_marked: bool,
    /// Whether it can be taken.
    pub is_enabled: bool,
    /// Whether a line separates it from the entry above.
    pub starts_group: bool,
}

impl MenuEntry {
    /// An entry that can be taken.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), is_marked: false, is_enabled: true, starts_group: false }
    }
}

/// The entry that was taken, counted from 0, for the view that called [`open_menu`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuPick(pub usize);

/// Where a menu opens. In physical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MenuPlace {
    /// At a point: the pointer's.
    At(f32, f32),
    /// Below a rectangle, at least as wide, or above it if there is no room.
    Below(BoundingBox),
}

/// Opens the menu. The current view gets [`MenuPick`] if an entry is taken.
pub fn open_menu(cx: &mut EventContext, place: MenuPlace, entries: Vec<MenuEntry>) {
    let Some(overlay) = cx.try_data::<Overlay>() else { return };
    let to = overlay.menu;
    overlay.shared.sheet.replace(Some(Sheet { owner: cx.current(), place, entries }));
    cx.emit_to(to, MenuCommand::Open);
}

pub(crate) struct Sheet {
    owner: Entity,
    place: MenuPlace,
    entries: Vec<MenuEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MenuCommand {
    Open,
    Close,
    /// The view that asked is gone.
    OwnerGone(Entity),
}

/// The view of the menu.
pub(crate) struct ContextMenu {
    shared: Rc<Shared>,
    ink: Ink,
    open: Option<OpenMenu>,
}

struct OpenMenu {
    sheet: Sheet,
    inks: Vec<Ink>,
    at: Option<usize>,
    opened_at: (f32, f32),
    is_armed: bool,
    /// Logical pixels that have gone out at the top.
    scroll: f32,
    height: f32,
    indent: f32,
}

impl ContextMenu {
    pub fn build_closed(cx: &mut Context, shared: Rc<Shared>) -> Entity {
        let ink = Ink::new(cx);
        Self { shared, ink, open: None }
            .build(cx, |_| {})
            .position_type(PositionType::Absolute)
            .left(Pixels(0.0))
            .top(Pixels(0.0))
            .width(Pixels(0.0))
            .height(Pixels(0.0))
            .z_index(1000)
            .pointer_events(PointerEvents::None)
            .visibility(Visibility::Hidden)
            .focusable(true)
            .role(Role::Menu)
            .entity()
    }

    fn open(&mut self, cx: &mut EventContext) {
        let Some(sheet) = self.shared.sheet.take() else { return };
        let scale = cx.scale_factor();
        let window = cx.cache.get_bounds(Entity::root());
        let (window_w, window_h) = (window.w / scale, window.h / scale);
        let text_w =
            |entry: &MenuEntry| self.ink.width(&entry.label, FONT * scale, FontWeight::default()) / scale;
        let widest = sheet.entries.iter().map(text_w).fold(0.0, f32::max);
        let full_h = sheet.entries.len() as f32 * ROW + 2.0 * PADDING;
        let (x, y, min_w, above_y) = match sheet.place {
            MenuPlace::At(x, y) => (x / scale, y / scale, 0.0, y / scale),
            MenuPlace::Below(b) => (b.left() / scale, b.bottom() / scale, b.w / scale, b.top() / scale),
        };
        let indent = if sheet.entries.iter().any(|entry| entry.is_marked) { MARK } else { NO_MARK };
        let w = (widest + indent + 3.0 * PADDING).max(min_w).min(window_w).ceil();
        let height = full_h.min(window_h);
        let top = if y + height <= window_h {
            y
        } else if above_y >= height {
            above_y - height
        } else {
            window_h - height
        };
        cx.set_left(Pixels(x.min(window_w - w).max(0.0).round()));
        cx.set_top(Pixels(top.round()));
        cx.set_width(Pixels(w));
        cx.set_height(Pixels(height));
        cx.set_visibility(Visibility::Visible);
        cx.set_pointer_events(PointerEvents::Auto);
        cx.capture();
        cx.focus_with_visibility(false);
        self.shared.is_busy.set(true);
        let at = sheet.entries.iter().position(|entry| entry.is_marked);
        self.open = Some(OpenMenu {
            inks: sheet.entries.iter().map(|_| self.ink.refill()).collect(),
            sheet,
            at,
            opened_at: (cx.mouse().cursor_x, cx.mouse().cursor_y),
            is_armed: false,
            scroll: 0.0,
            height,
            indent,
        });
        if let Some(open) = &mut self.open {
            open.reveal();
        }
    }

    fn close(&mut self, cx: &mut EventContext, is_focus_ours: bool) {
        let Some(open) = self.open.take() else { return };
        self.shared.is_busy.set(false);
        cx.set_visibility(Visibility::Hidden);
        cx.set_pointer_events(PointerEvents::None);
        cx.release();
        cx.needs_redraw();
        if is_focus_ours {
            give_focus_back(cx, open.sheet.owner, false);
        }
    }

    fn pick(&mut self, cx: &mut EventContext) {
        let Some(open) = &self.open else { return };
        let Some(idx) = open.at.filter(|&idx| open.sheet.entries[idx].is_enabled) else { return };
        cx.emit_to(open.sheet.owner, MenuPick(idx));
        self.close(cx, true);
    }

    fn window_event(&mut self, cx: &mut EventContext, event: &WindowEvent, meta: &mut EventMeta) {
        let Some(open) = &mut self.open else { return };
        let bounds = cx.bounds();
        let scale = cx.scale_factor();
        let (x, y) = (cx.mouse().cursor_x, cx.mouse().cursor_y);
        let is_inside = bounds.contains_point(x, y);
        match event {
            WindowEvent::MouseMove(..) => {
                let moved = (x - open.opened_at.0).abs().max((y - open.opened_at.1).abs());
                open.is_armed |= moved > ARM * scale;
                let at = open.entry_at((y - bounds.y) / scale).filter(|_| is_inside);
                if at.is_some() && at != open.at {
                    open.at = at;
                    cx.needs_redraw();
                }
            }
            WindowEvent::MouseDown(_)
            | WindowEvent::MouseDoubleClick(_)
            | WindowEvent::MouseTripleClick(_) => {
                meta.consume();
                if is_inside {
                    open.is_armed = true;
                    open.at = open.entry_at((y - bounds.y) / scale);
                } else {
                    self.close(cx, true);
                }
            }
            WindowEvent::MouseUp(_) => {
                meta.consume();
                if is_inside && open.is_armed {
                    open.at = open.entry_at((y - bounds.y) / scale);
                    self.pick(cx);
                }
            }
            WindowEvent::MouseScroll(_, notches) => {
                meta.consume();
                open.scroll = (open.scroll - notches * ROW).clamp(0.0, open.furthest_scroll());
                cx.needs_redraw();
            }
            WindowEvent::KeyDown(code, _) => {
                meta.consume();
                match code {
                    Code::ArrowDown => open.step(1),
                    Code::ArrowUp => open.step(-1),
                    Code::Home => open.jump(0, 1),
                    Code::End => open.jump(open.sheet.entries.len().saturating_sub(1), -1),
                    Code::Enter | Code::NumpadEnter => return self.pick(cx),
                    Code::Escape => return self.close(cx, true),
                    _ => return,
                }
                cx.needs_redraw();
            }
            WindowEvent::FocusOut => self.close(cx, false),
            _ => {}
        }
    }
}

impl OpenMenu {
    fn entry_at(&self, y: f32) -> Option<usize> {
        let row = (y - PADDING + self.scroll) / ROW;
        (row >= 0.0 && (row as usize) < self.sheet.entries.len()).then_some(row as usize)
    }

    fn furthest_scroll(&self) -> f32 {
        (self.sheet.entries.len() as f32 * ROW + 2.0 * PADDING - self.height).max(0.0)
    }

    fn step(&mut self, by: isize) {
        let n = self.sheet.entries.len() as isize;
        let from = match self.at {
            Some(at) => at as isize + by,
            None if by > 0 => 0,
            None => n - 1,
        };
        self.jump(from.rem_euclid(n.max(1)) as usize, by);
    }

    /// To this entry, or the next beyond it that can be taken.
    fn jump(&mut self, to: usize, by: isize) {
        let n = self.sheet.entries.len() as isize;
        let ring = (0..n).map(|i| (to as isize + i * by).rem_euclid(n) as usize);
        let mut enabled = ring.filter(|&idx| self.sheet.entries[idx].is_enabled);
        self.at = enabled.next();
        drop(enabled);
        self.reveal();
    }

    fn reveal(&mut self) {
        if let Some(at) = self.at {
            let top = at as f32 * ROW;
            let lowest = top + ROW + 2.0 * PADDING - self.height;
            self.scroll = self.scroll.max(lowest).min(top).clamp(0.0, self.furthest_scroll());
        }
    }
}

impl View for ContextMenu {
    fn element(&self) -> Option<&'static str> {
        Some("param-menu")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.take(|command, _| match command {
            MenuCommand::Open => {
                self.close(cx, false);
                self.open(cx);
            }
            MenuCommand::Close => self.close(cx, true),
            MenuCommand::OwnerGone(owner) => {
                if self.open.as_ref().is_some_and(|open| open.sheet.owner == owner) {
                    self.close(cx, true);
                }
            }
        });
        event.map(|window_event, meta| self.window_event(cx, window_event, meta));
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let Some(open) = &self.open else { return };
        let bounds = cx.bounds();
        let scale = cx.scale_factor();
        let line = scale.round().max(1.0);
        cx.draw_shadows(canvas);
        draw_box(canvas, bounds, 4.0 * scale, cx.background_color(), cx.border_color(), line);
        canvas.save();
        let inner = bounds.shrink(line);
        canvas.clip_rect(VgRect::from(inner), ClipOp::Intersect, true);
        for (idx, (entry, ink)) in open.sheet.entries.iter().zip(&open.inks).enumerate() {
            let y = bounds.y + ((PADDING + idx as f32 * ROW - open.scroll) * scale).round();
            let row = BoundingBox { x: inner.x, y, w: inner.w, h: (ROW * scale).round() };
            if !row.intersects(&inner) {
                continue;
            }
            let is_at = open.at == Some(idx) && entry.is_enabled;
            let color = match (is_at, entry.is_enabled) {
                (true, _) => cx.selection_color(),
                (false, true) => cx.font_color(),
                (false, false) => faded(cx.font_color(), 0.45),
            };
            if is_at {
                let lit = row.shrink_horizontal((PADDING - 1.0) * scale);
                draw_box(canvas, lit, 2.0 * scale, cx.caret_color(), Color::transparent(), 0.0);
            }
            if entry.starts_group {
                let rule = BoundingBox { h: line, ..row };
                canvas.draw_rect(VgRect::from(rule), &fill(cx.border_color()));
            }
            if entry.is_marked {
                let dot = (row.x + (PADDING + MARK / 2.0 - 2.0) * scale, row.center().1);
                canvas.draw_circle(dot, 2.5 * scale, &fill(color));
            }
            let left = row.x + open.indent * scale;
            let text = BoundingBox { x: left, w: row.right() - left - PADDING * scale, ..row };
            ink.draw(cx, canvas, &entry.label, text, color, Stand::Left);
        }
        canvas.restore();
    }
}
