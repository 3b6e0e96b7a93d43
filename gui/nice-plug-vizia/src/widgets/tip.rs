//! The tooltip: name and value of the control under the pointer, and of the one that is held.
//!
//! It is one view of a fixed size that is moved by a transform, so that it comes, follows and goes without a layout.

use std::cell::Cell;
use std::rc::Rc;

use vizia_core::prelude::*;

use super::ink::{Ink, Stand, draw_box};
use super::overlay::{Overlay, Shared};
use crate::polls::{PollExt, Tick};

/// How long the pointer rests on a control before its tooltip comes.
const DELAY_S: f64 = 0.6;
/// The largest tooltip, in logical pixels; the visible box fits its text.
const SIZE: (f32, f32) = (260.0, 22.0);
/// Room between control and tooltip, in logical pixels.
const GAP: f32 = 4.0;
/// Room beside the text, in logical pixels.
const PADDING: f32 = 7.0;

/// Whose tooltip it is.
#[derive(Default)]
pub(crate) struct TipState {
    offer: Option<Offer>,
    shown: Option<Shown>,
}

struct Offer {
    owner: Entity,
    place: Place,
    text: Box<dyn Fn() -> String>,
    since_s: Option<f64>,
    is_pinned: bool,
}

/// Control and window, in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    owner: BoundingBox,
    window: BoundingBox,
    scale: f32,
}

#[derive(Clone, Debug, PartialEq)]
struct Shown {
    text: String,
    place: Place,
    /// Where the view is, in physical pixels.
    at: (f32, f32),
}

impl TipState {
    /// The pointer is over the current view.
    pub fn offer(&mut self, cx: &EventContext, text: impl Fn() -> String + 'static) {
        // What tells a view that the pointer is over it goes on to the views around it, which have less to say.
        let is_taken =
            |offer: &Offer| offer.is_pinned || offer.owner == cx.current() || offer.owner == cx.hovered();
        if self.offer.as_ref().is_some_and(is_taken) {
            return;
        }
        let window = cx.cache.get_bounds(Entity::root());
        let place = Place { owner: cx.bounds(), window, scale: cx.scale_factor() };
        self.offer =
            Some(Offer { owner: cx.current(), place, text: Box::new(text), since_s: None, is_pinned: false });
    }

    /// The control is held: its tooltip is there at once and stays.
    pub fn pin(&mut self, owner: Entity, is_pinned: bool) {
        if let Some(offer) = self.offer.as_mut().filter(|offer| offer.owner == owner) {
            offer.is_pinned = is_pinned;
        }
    }

    /// The pointer has left this control, or the control is gone.
    pub fn withdraw_of(&mut self, owner: Entity, even_pinned: bool) {
        if self.offer.as_ref().is_some_and(|o| o.owner == owner && (even_pinned || !o.is_pinned)) {
            self.offer = None;
        }
    }

    /// Nothing is shown.
    pub fn withdraw(&mut self) {
        self.offer = None;
    }

    fn tick(&mut self, tick: &Tick, is_busy: bool) -> Option<Shown> {
        let offer = self.offer.as_mut()?;
        let since_s = *offer.since_s.get_or_insert(tick.now_s);
        if is_busy || !(offer.is_pinned || tick.now_s - since_s >= DELAY_S) {
            return None;
        }
        let at = offer.place.at();
        Some(Shown { text: (offer.text)(), place: offer.place, at })
    }
}

impl Place {
    /// Above the control if there is room, else below it, and never beyond the window's sides.
    fn at(&self) -> (f32, f32) {
        let (w, h) = (SIZE.0 * self.scale, SIZE.1 * self.scale);
        let left = self.owner.center().0 - w / 2.0;
        let above = self.owner.top() - GAP * self.scale - h;
        let below = self.owner.bottom() + GAP * self.scale;
        let top = if above >= self.window.top() { above } else { below.min(self.window.bottom() - h) };
        (left.min(self.window.right() - w).max(self.window.left()).round(), top.round())
    }
}

/// A tooltip for a view that is no control.
pub trait TipModifiers {
    /// What the tooltip says. It is asked again in every frame while it is shown.
    fn tip(self, text: impl Fn() -> String + Clone + Send + Sync + 'static) -> Self;
}

impl<V: View> TipModifiers for Handle<'_, V> {
    fn tip(mut self, text: impl Fn() -> String + Clone + Send + Sync + 'static) -> Self {
        let entity = self.entity();
        let shared = Rc::clone(&self.data::<Overlay>().shared);
        self.context().with_current(entity, |cx| {
            Tipped { shared, entity }.build(cx);
        });
        self.on_over(move |cx| {
            let shared = Rc::clone(&cx.data::<Overlay>().shared);
            shared.tip.borrow_mut().offer(cx, text.clone());
        })
        .on_over_out(|cx| {
            if cx.is_hovered() {
                // It has only left a view in this one.
                return;
            }
            let shared = Rc::clone(&cx.data::<Overlay>().shared);
            shared.tip.borrow_mut().withdraw_of(cx.current(), false);
        })
    }
}

/// Goes with its view, and takes the tooltip along.
struct Tipped {
    shared: Rc<Shared>,
    entity: Entity,
}

impl Model for Tipped {}

impl Drop for Tipped {
    fn drop(&mut self) {
        self.shared.tip.borrow_mut().withdraw_of(self.entity, true);
    }
}

/// The view of the tooltip.
pub(crate) struct Tip {
    ink: Ink,
    shared: Rc<Shared>,
}

impl Tip {
    pub fn build_hidden(cx: &mut Context, shared: Rc<Shared>) {
        let is_visible = Signal::new(Visibility::Hidden);
        let at = Signal::new((Pixels(0.0), Pixels(0.0)));
        let ink = Ink::new(cx);
        let polled = Rc::clone(&shared);
        let last_scale = Cell::new(1.0);
        Self { ink, shared }
            .build(cx, |_| {})
            .hoverable(false)
            .position_type(PositionType::Absolute)
            .left(Pixels(0.0))
            .top(Pixels(0.0))
            .width(Pixels(SIZE.0))
            .height(Pixels(SIZE.1))
            .z_index(1200)
            .visibility(is_visible)
            .translate(at)
            .poll(move |tick| {
                let mut state = polled.tip.borrow_mut();
                let shown = state.tick(tick, polled.is_busy.get());
                if state.shown == shown {
                    return false;
                }
                is_visible.set_if_changed(match shown {
                    Some(_) => Visibility::Visible,
                    None => Visibility::Hidden,
                });
                if let Some(shown) = &shown {
                    last_scale.set(shown.place.scale);
                    let logical = (shown.at.0 / last_scale.get(), shown.at.1 / last_scale.get());
                    at.set_if_changed((Pixels(logical.0), Pixels(logical.1)));
                }
                state.shown = shown;
                true
            });
    }
}

impl View for Tip {
    fn element(&self) -> Option<&'static str> {
        Some("param-tip")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        let state = self.shared.tip.borrow();
        let Some(shown) = &state.shown else { return };
        let bounds = cx.bounds();
        let scale = cx.scale_factor();
        let text_w = self.ink.width(&shown.text, cx.font_size(), cx.font_weight());
        let w = (text_w + 2.0 * PADDING * scale).min(bounds.w).ceil();
        // The box stands over the middle of its control, as far as the window allows.
        let left = (shown.place.owner.center().0 - shown.at.0 - w / 2.0).clamp(0.0, bounds.w - w).round();
        let visible = BoundingBox { x: bounds.x + left, y: bounds.y, w, h: bounds.h };
        draw_box(
            canvas,
            visible,
            3.0 * scale,
            cx.background_color(),
            cx.border_color(),
            scale.round().max(1.0),
        );
        self.ink.draw(cx, canvas, &shown.text, visible, cx.font_color(), Stand::Center);
    }
}
