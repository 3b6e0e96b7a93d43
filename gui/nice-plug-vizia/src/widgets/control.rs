//! What every control of a parameter does, whatever it looks like: hands, menu, typing, tooltip, and noticing changes.
//!
//! A widget owns a [`Control`], hands its events to the functions that it wants, and draws what [`Control::shown`] says.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use vizia_core::events::EventMeta;
use vizia_core::prelude::*;

use super::grip::{Edit, Feel, Grip, Hand};
use super::menu::{MenuCommand, MenuEntry, MenuPick, MenuPlace, open_menu};
use super::overlay::{Lost, Overlay};
use super::type_in::{TypeCommand, Typed, type_value_in};
use crate::polls::PollExt;
use crate::{Host, ParamRef};

/// How many notches a page key is.
const PAGE: f32 = 5.0;
/// What one event of a wheel moves at most, in notches: some drivers save up what a busy window did not take.
const MOST_NOTCHES: f32 = 4.0;

/// What the menu of a control offers, in this order.
const RESET: usize = 0;
const TYPE: usize = 1;
const COPY: usize = 2;
const PASTE: usize = 3;

/// A parameter as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// What the host and the user set.
    pub value: f32,
    /// What sounds: with the host's modulation.
    pub modulated: f32,
    /// Whether it is as it begins.
    pub is_default: bool,
}

/// The part of a widget that is the same in all of them.
pub struct Control {
    param: ParamRef,
    hands: Hands,
    shown: Rc<Cell<Shown>>,
    overlay: Overlay,
    entity: Entity,
}

/// What the hands hold, shared with the poll that ends a burst.
#[derive(Clone)]
struct Hands {
    host: Host,
    param: ParamRef,
    grip: Rc<RefCell<Grip>>,
    now_s: Rc<Cell<f64>>,
}

impl Hands {
    fn hand(&self, hand: Hand) -> bool {
        let (host, param) = (&self.host, &self.param);
        self.grip.borrow_mut().hand(hand, param.value(), self.now_s.get(), |edit| match edit {
            Edit::Begin => host.begin(param),
            Edit::Set(value) => host.set(param, value),
            Edit::End => host.end(param),
        })
    }
}

impl Control {
    /// A control of this parameter, which drags over so many logical pixels and begins to after so many.
    pub fn new(cx: &mut Context, param: ParamRef, travel_px: f32, slack_px: f32) -> Self {
        let overlay = cx.data::<Overlay>().clone();
        let feel = Feel { travel_px, slack_px, n_steps: param.step_count() };
        let hands = Hands {
            host: cx.data::<Host>().clone(),
            param: param.clone(),
            grip: Rc::new(RefCell::new(Grip::new(feel))),
            now_s: Rc::default(),
        };
        let shown = Rc::new(Cell::new(Shown::of(&param)));
        Self { param, hands, shown, overlay, entity: Entity::null() }
    }

    /// Builds the widget's view: it can be reached with Tab, and is drawn again when the parameter changes.
    pub fn build<'a, V: View>(cx: &'a mut Context, view: V, of: fn(&mut V) -> &mut Self) -> Handle<'a, V> {
        let mut view = view;
        let control = of(&mut view);
        let (hands, shown, param) = (control.hands.clone(), Rc::clone(&control.shown), control.param.clone());
        let name = param.name();
        let handle = view.build(cx, |_| {});
        let entity = handle.entity();
        handle.modify(move |view| of(view).entity = entity).navigable(true).name(name).poll(move |tick| {
            hands.now_s.set(tick.now_s);
            hands.hand(Hand::Tick);
            let now = Shown::of(&param);
            shown.replace(now) != now
        })
    }

    /// The parameter.
    pub fn param(&self) -> &ParamRef {
        &self.param
    }

    /// What is to be drawn.
    pub fn shown(&self) -> Shown {
        self.shown.get()
    }

    /// The way of a drag from end to end has another length now.
    pub fn set_travel_px(&self, travel_px: f32) {
        self.hands.grip.borrow_mut().set_travel_px(travel_px);
    }

    /// The value is this now: a gesture of its own.
    pub fn put(&self, normalized: f32) {
        self.hands.hand(Hand::Put(normalized));
    }

    /// Dragging up and down. Returns true for a click, if the control has slack.
    pub fn drag(&self, cx: &mut EventContext, event: &WindowEvent, meta: &mut EventMeta) -> bool {
        match event {
            WindowEvent::MouseDown(MouseButton::Left) | WindowEvent::MouseTripleClick(MouseButton::Left)
                if !cx.is_disabled() =>
            {
                meta.consume();
                cx.capture();
                cx.focus_with_visibility(false);
                cx.lock_cursor_icon();
                self.overlay.shared.held.set(Some(cx.current()));
                self.pin_tip(true);
                self.hands.hand(Hand::Press { at_px: height_px(cx) });
            }
            WindowEvent::MouseDoubleClick(MouseButton::Left) if !cx.is_disabled() => {
                meta.consume();
                self.put(self.param.default());
            }
            WindowEvent::MouseMove(..) if self.hands.grip.borrow().is_held() => {
                if cx.mouse().left.state == MouseButtonState::Released {
                    // The window never heard of the release.
                    return self.let_go(cx, Hand::Lost);
                }
                let hand = Hand::Move { at_px: height_px(cx), fine: cx.modifiers().shift() };
                self.hands.hand(hand);
            }
            WindowEvent::MouseUp(MouseButton::Left) => return self.let_go(cx, Hand::Release),
            _ => {}
        }
        false
    }

    /// All that a control does which is turned and has no lists: drag, wheel, keys, menu, and the rest.
    pub fn turn(&self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, meta| {
            self.drag(cx, window_event, meta);
            self.wheel(cx, window_event, meta, 1.0);
            self.keys(cx, window_event, meta, 1.0);
        });
        self.menu(cx, event);
        self.rest(cx, event);
    }

    fn let_go(&self, cx: &mut EventContext, hand: Hand) -> bool {
        if self.overlay.shared.held.get() == Some(cx.current()) {
            self.overlay.shared.held.set(None);
            cx.release();
            cx.unlock_cursor_icon();
        }
        self.pin_tip(false);
        if !cx.bounds().contains_point(cx.mouse().cursor_x, cx.mouse().cursor_y) {
            self.overlay.shared.tip.borrow_mut().withdraw_of(cx.current(), true);
        }
        self.hands.hand(hand)
    }

    /// The wheel. `up` is how many notches one notch away from the hand is worth: −1 in lists, where down is further.
    pub fn wheel(&self, cx: &mut EventContext, event: &WindowEvent, meta: &mut EventMeta, up: f32) {
        if let WindowEvent::MouseScroll(x, y) = event {
            meta.consume();
            if self.overlay.shared.is_busy.get() {
                // What lies above the page may have opened under a pointer that has not moved since.
                cx.emit_to(self.overlay.menu, event.clone());
            }
            if cx.is_disabled() || self.overlay.shared.is_busy.get() {
                return;
            }
            // Some systems turn the wheel sideways while Shift is down.
            let notches = if *y == 0.0 { *x } else { *y };
            let notches = notches.clamp(-MOST_NOTCHES, MOST_NOTCHES) * up;
            self.hands.hand(Hand::Nudge { notches, fine: cx.modifiers().shift() });
        }
    }

    /// The keys of a value: arrows, pages, ends, Delete for the default, Enter to type, Ctrl+C and Ctrl+V. `up` as for the wheel.
    pub fn keys(&self, cx: &mut EventContext, event: &WindowEvent, meta: &mut EventMeta, up: f32) {
        let WindowEvent::KeyDown(code, _) = event else { return };
        if cx.is_disabled() {
            return;
        }
        let modifiers = *cx.modifiers();
        if self.clipboard_keys(cx, *code, modifiers) {
            meta.consume();
            return;
        }
        if modifiers.ctrl() || modifiers.alt() || modifiers.logo() {
            return;
        }
        let fine = modifiers.shift();
        let nudge = |notches| Hand::Nudge { notches, fine };
        let hand = match code {
            Code::ArrowUp => nudge(up),
            Code::ArrowDown => nudge(-up),
            Code::ArrowRight => nudge(1.0),
            Code::ArrowLeft => nudge(-1.0),
            Code::PageUp => nudge(PAGE * up),
            Code::PageDown => nudge(-PAGE * up),
            Code::Home => Hand::Put(0.0),
            Code::End => Hand::Put(1.0),
            Code::Delete => Hand::Put(self.param.default()),
            Code::Enter | Code::NumpadEnter => {
                meta.consume();
                return self.type_value(cx, cx.bounds());
            }
            _ => return,
        };
        meta.consume();
        self.hands.hand(hand);
    }

    fn clipboard_keys(&self, cx: &mut EventContext, code: Code, modifiers: Modifiers) -> bool {
        let command = if cfg!(target_os = "macos") { Modifiers::SUPER } else { Modifiers::CTRL };
        match code {
            Code::KeyC if modifiers == command => self.copy(cx),
            Code::KeyV if modifiers == command => self.paste(cx),
            _ => return false,
        }
        true
    }

    /// The right button, the menu key, and what the menu offers.
    pub fn menu(&self, cx: &mut EventContext, event: &mut Event) {
        event.map(|window_event, meta| {
            let place = match window_event {
                WindowEvent::MouseDown(MouseButton::Right)
                | WindowEvent::MouseDoubleClick(MouseButton::Right)
                | WindowEvent::MouseTripleClick(MouseButton::Right) => {
                    MenuPlace::At(cx.mouse().cursor_x, cx.mouse().cursor_y)
                }
                WindowEvent::KeyDown(Code::ContextMenu, _) => MenuPlace::Below(cx.bounds()),
                WindowEvent::KeyDown(Code::F10, _) if cx.modifiers().shift() => MenuPlace::Below(cx.bounds()),
                _ => return,
            };
            meta.consume();
            if !cx.is_disabled() {
                self.let_go(cx, Hand::Lost);
                open_menu(cx, place, self.entries());
            }
        });
        event.map(|MenuPick(idx), _| match *idx {
            RESET => self.put(self.param.default()),
            TYPE => self.type_value(cx, cx.bounds()),
            COPY => self.copy(cx),
            PASTE => self.paste(cx),
            _ => {}
        });
    }

    fn entries(&self) -> Vec<MenuEntry> {
        let default = self.param.text(self.param.default());
        let value = self.param.text(self.param.value());
        let mut reset = MenuEntry::new(format!("Reset to {default}"));
        reset.is_enabled = !Shown::of(&self.param).is_default;
        let mut copy = MenuEntry::new(format!("Copy {value}"));
        copy.starts_group = true;
        vec![reset, MenuEntry::new("Type a value…"), copy, MenuEntry::new("Paste")]
    }

    fn copy(&self, cx: &mut EventContext) {
        // A clipboard that is not to be had is no reason to stop.
        let _ = cx.set_clipboard(self.param.text(self.param.value()));
    }

    fn paste(&self, cx: &mut EventContext) {
        if let Some(value) = cx.get_clipboard().ok().and_then(|text| self.param.parse(text.trim())) {
            self.put(value);
        }
    }

    /// Opens the text field over this rectangle.
    pub fn type_value(&self, cx: &mut EventContext, over: BoundingBox) {
        self.hands.hand(Hand::Lost);
        type_value_in(cx, over, self.param.clone());
    }

    /// The rest, for every control: what was typed, the tooltip, and losing the pointer or the view itself.
    pub fn rest(&self, cx: &mut EventContext, event: &mut Event) {
        event.map(|Typed(text), _| {
            if let Some(value) = self.param.parse(text.trim()) {
                self.put(value);
            }
        });
        event.map(|Lost, _| {
            self.let_go(cx, Hand::Lost);
        });
        event.map(|window_event, _| match window_event {
            WindowEvent::MouseOver => {
                let param = self.param.clone();
                let text = move || format!("{}  {}", param.name(), param.text(param.modulated()));
                self.overlay.shared.tip.borrow_mut().offer(cx, text);
            }
            WindowEvent::MouseOut => {
                self.overlay.shared.tip.borrow_mut().withdraw_of(cx.current(), false);
            }
            // The tooltip would stay where the control was.
            WindowEvent::GeometryChanged(_) => {
                self.overlay.shared.tip.borrow_mut().withdraw_of(cx.current(), true);
            }
            WindowEvent::Destroyed => {
                self.let_go(cx, Hand::Lost);
                cx.emit_to(self.overlay.menu, MenuCommand::OwnerGone(cx.current()));
                cx.emit_to(self.overlay.type_in, TypeCommand::OwnerGone(cx.current()));
            }
            _ => {}
        });
    }

    fn pin_tip(&self, is_pinned: bool) {
        self.overlay.shared.tip.borrow_mut().pin(self.entity, is_pinned);
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.hands.hand(Hand::Lost);
        self.overlay.shared.tip.borrow_mut().withdraw_of(self.entity, true);
    }
}

impl Shown {
    fn of(param: &ParamRef) -> Self {
        let (value, modulated) = (param.value(), param.modulated());
        // Half of what a step of 16 bits is: a default that came back from a host's text or file is still the default.
        let is_default = (value - param.default()).abs() < 0.5 / 65_536.0;
        Self { value, modulated, is_default }
    }
}

/// The pointer's height above the window's upper edge, in logical pixels that grow upwards.
fn height_px(cx: &EventContext) -> f32 {
    -cx.mouse().cursor_y / cx.scale_factor()
}
