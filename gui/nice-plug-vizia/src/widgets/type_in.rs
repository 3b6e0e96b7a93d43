//! The text field that lies over a control while a value is typed.
//!
//! There is one per editor. Enter hands the text to the control that asked, if the text makes sense; if not, the field stays and is
//! marked. Escape gives up. A click elsewhere or Tab takes the text if it makes sense and gives up otherwise.

use std::rc::Rc;
use std::sync::Arc;

use vizia_core::prelude::*;

use super::overlay::{Overlay, Shared, give_focus_back};
use crate::ParamRef;

/// Opens the field over this rectangle (physical pixels) with `text` selected in it. The current view gets [`Typed`] if a text is
/// entered that `check` agrees with.
pub fn type_in(
    cx: &mut EventContext,
    over: BoundingBox,
    text: String,
    check: impl Fn(&str) -> bool + Send + Sync + 'static,
) {
    request(cx, over, text, Arc::new(check), false);
}

/// The same for the value of a control: a click that turns out to be the first of a double-click is given back to it.
pub(crate) fn type_value_in(cx: &mut EventContext, over: BoundingBox, param: ParamRef) {
    let text = param.text(param.value());
    request(cx, over, text, Arc::new(move |text| param.parse(text.trim()).is_some()), true);
}

fn request(cx: &mut EventContext, over: BoundingBox, text: String, check: Check, is_value: bool) {
    let Some(overlay) = cx.try_data::<Overlay>() else { return };
    let to = overlay.type_in;
    let shared = Rc::clone(&overlay.shared);
    shared.request.replace(Some(Request {
        owner: cx.current(),
        over,
        text,
        check,
        is_value,
        is_edited: false,
    }));
    cx.emit_to(to, TypeCommand::Open);
}

/// Whether a text makes sense.
type Check = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The text that was typed, for the view that called [`type_in`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed(pub String);

#[derive(Clone)]
pub(crate) struct Request {
    owner: Entity,
    over: BoundingBox,
    text: String,
    check: Check,
    is_value: bool,
    is_edited: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TypeCommand {
    Open,
    Edited(String),
    /// Enter, with a text that makes sense.
    Enter,
    /// The keyboard or the pointer went elsewhere.
    Leave,
    Cancel,
    /// The view that asked is gone.
    OwnerGone(Entity),
}

/// The view around the field.
pub(crate) struct TypeIn {
    shared: Rc<Shared>,
    open: Option<Request>,
    field: Signal<Option<Field>>,
}

#[derive(Clone)]
struct Field {
    text: String,
    check: Check,
}

/// How large the field is at least, in logical pixels.
const MIN_SIZE: (f32, f32) = (56.0, 20.0);

impl TypeIn {
    pub fn build_closed(cx: &mut Context, shared: Rc<Shared>) -> Entity {
        let field = Signal::new(None::<Field>);
        Self { shared, open: None, field }
            .build(cx, move |cx| {
                // Tab would look for the next control from here: the keyboard goes back to its control first.
                cx.add_listener(|this: &mut Self, cx, event| {
                    event.map(|window_event, meta| match window_event {
                        WindowEvent::KeyDown(Code::Tab, _) => this.leave(cx, true),
                        WindowEvent::MouseDoubleClick(MouseButton::Left) => {
                            let is_untouched = |open: &&Request| open.is_value && !open.is_edited;
                            if let Some(owner) =
                                this.open.as_ref().filter(is_untouched).map(|open| open.owner)
                            {
                                meta.consume();
                                this.close(cx, true);
                                cx.emit_to(owner, window_event.clone());
                            }
                        }
                        _ => {}
                    });
                });
                Binding::new(cx, field, move |cx| {
                    if let Some(Field { text, check }) = field.get() {
                        Self::build_field(cx, text, check);
                    }
                });
            })
            .position_type(PositionType::Absolute)
            .z_index(1100)
            .display(Display::None)
            .entity()
    }

    fn build_field(cx: &mut Context, text: String, check: Check) {
        Textbox::new(cx, Signal::new(text))
            .validate(move |text: &String| check(text))
            .on_edit(|cx, text| cx.emit(TypeCommand::Edited(text)))
            .on_submit(|cx, _, by_enter| {
                if by_enter {
                    cx.emit(TypeCommand::Enter);
                }
            })
            .on_blur(|cx| cx.emit(TypeCommand::Leave))
            .on_cancel(|cx| cx.emit(TypeCommand::Cancel))
            .width(Stretch(1.0))
            .height(Stretch(1.0))
            .on_build(|cx| cx.emit(TextEvent::StartEdit));
    }

    fn open(&mut self, cx: &mut EventContext) {
        let Some(request) = self.shared.request.take() else { return };
        let scale = cx.scale_factor();
        let window = cx.cache.get_bounds(Entity::root());
        let w = (request.over.w / scale).max(MIN_SIZE.0).min(window.w / scale);
        let h = (request.over.h / scale).max(MIN_SIZE.1).min(MIN_SIZE.1);
        let (middle_x, middle_y) = request.over.center();
        let left = (middle_x / scale - w / 2.0).min(window.w / scale - w).max(0.0);
        let top = (middle_y / scale - h / 2.0).min(window.h / scale - h).max(0.0);
        cx.set_left(Pixels(left.round()));
        cx.set_top(Pixels(top.round()));
        cx.set_width(Pixels(w.round()));
        cx.set_height(Pixels(h.round()));
        cx.set_display(Display::Flex);
        self.shared.is_busy.set(true);
        self.field.set(Some(Field { text: request.text.clone(), check: Arc::clone(&request.check) }));
        self.open = Some(request);
    }

    fn leave(&mut self, cx: &mut EventContext, is_focus_ours: bool) {
        if let Some(open) = &self.open
            && (open.check)(&open.text)
        {
            cx.emit_to(open.owner, Typed(open.text.clone()));
        }
        self.close(cx, is_focus_ours);
    }

    fn close(&mut self, cx: &mut EventContext, is_focus_ours: bool) {
        let Some(open) = self.open.take() else { return };
        self.shared.is_busy.set(false);
        self.field.set(None);
        cx.set_display(Display::None);
        cx.needs_relayout();
        cx.unlock_cursor_icon();
        if is_focus_ours {
            give_focus_back(cx, open.owner, true);
        }
    }
}

impl View for TypeIn {
    fn element(&self) -> Option<&'static str> {
        Some("param-typein")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.take(|command, _| match command {
            TypeCommand::Open => {
                self.close(cx, false);
                self.open(cx);
            }
            TypeCommand::Edited(text) => {
                if let Some(open) = &mut self.open {
                    open.text = text;
                    open.is_edited = true;
                }
            }
            TypeCommand::Enter => self.leave(cx, true),
            TypeCommand::Leave => self.leave(cx, false),
            TypeCommand::Cancel => self.close(cx, true),
            TypeCommand::OwnerGone(owner) => {
                if self.open.as_ref().is_some_and(|open| open.owner == owner) {
                    self.close(cx, true);
                }
            }
        });
        event.map(|window_event, meta| {
            if matches!(window_event, WindowEvent::FocusOut) && meta.target != cx.current() {
                self.leave(cx, false);
            }
        });
    }
}
