//! A page with a bit of everything: something to drag, to type into, to click, and something that panics.

use std::sync::Arc;

use nice_plug::prelude::{FloatParam, FloatRange, Params};
use nice_plug_vizia::prelude::*;

/// The parameters of the plugin that is not there.
#[derive(Params)]
pub struct PageParams {
    #[persist = "editor"]
    pub editor: Arc<ViziaState>,
    #[id = "gain"]
    pub gain: FloatParam,
}

impl PageParams {
    pub fn new() -> Self {
        Self {
            editor: ViziaState::new((400, 300), (200, 150)),
            gain: FloatParam::new("Gain", 0.5, FloatRange::Linear { min: 0.0, max: 1.0 }),
        }
    }
}

pub const THEME: &str = "
    .page { background-color: #203040; padding: 10px; gap: 10px; }
    .bar { width: 60px; height: 200px; cursor: ns-resize; border-color: #8090a0; border-width: 1px; color: #40c080; }
    .bar:focus-visible { border-color: #ffffff; }
    textbox { width: 120px; height: 28px; background-color: #102030; color: #ffffff; caret-color: #ffff00; }
    button { width: 90px; height: 28px; background-color: #406080; color: #ffffff; cursor: hand; }
    label { color: #ffffff; }
";

/// Builds the page.
pub fn build(cx: &mut Context, params: &PageParams) {
    let host = cx.data::<Host>().clone();
    let gain = host.param(&params.gain);
    HStack::new(cx, |cx| {
        Bar::add(cx, gain.clone());
        VStack::new(cx, |cx| {
            let text = Signal::new(String::from("text"));
            Textbox::new(cx, text).on_edit(move |_, new| text.set(new));
            let shown = Signal::new(String::new());
            let polled = gain.clone();
            Label::new(cx, shown).poll(move |_| {
                shown.set_if_changed(polled.text(polled.value()));
                false
            });
            for zoom in [0.5_f32, 1.0, 1.5] {
                let host = host.clone();
                let label = format!("{:.0} %", zoom * 100.0);
                Button::new(cx, move |cx| Label::new(cx, label.clone()))
                    .on_press(move |_| host.set_zoom(zoom));
            }
            Button::new(cx, |cx| Label::new(cx, "Panic")).on_press(|_| panic!("somebody pressed it"));
        })
        .gap(Pixels(8.0));
    })
    .class("page")
    .size(Stretch(1.0));
}

/// A bar as high as the parameter's value.
struct Bar {
    gain: ParamRef,
    drag: Option<(f32, f32)>,
}

impl Bar {
    fn add(cx: &mut Context, gain: ParamRef) {
        let polled = gain.clone();
        let mut shown = f32::NAN;
        Self { gain, drag: None }.build(cx, |_| {}).class("bar").focusable(true).navigable(true).poll(
            move |_| {
                let value = polled.modulated();
                std::mem::replace(&mut shown, value) != value
            },
        );
    }
}

impl View for Bar {
    fn element(&self) -> Option<&'static str> {
        Some("bar")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        let host = cx.data::<Host>().clone();
        event.map(|event, meta| match event {
            WindowEvent::MouseDown(MouseButton::Left) => {
                cx.capture();
                cx.focus();
                self.drag = Some((cx.mouse().cursor_y, self.gain.value()));
                host.begin(&self.gain);
            }
            WindowEvent::MouseMove(_, y) => {
                if let Some((from_y, from)) = self.drag {
                    host.set(&self.gain, from + (from_y - y) / cx.bounds().h);
                }
            }
            WindowEvent::MouseUp(MouseButton::Left) if self.drag.take().is_some() => {
                cx.release();
                host.end(&self.gain);
            }
            WindowEvent::MouseDoubleClick(MouseButton::Left) => host.change(&self.gain, self.gain.default()),
            WindowEvent::MouseScroll(_, y) => host.change(&self.gain, self.gain.value() + 0.05 * y),
            WindowEvent::KeyDown(Code::ArrowUp, _) => {
                host.change(&self.gain, self.gain.value() + 0.01);
                meta.consume();
            }
            _ => {}
        });
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        cx.draw_background(canvas);
        let bounds = cx.bounds();
        let mut paint = vg::Paint::default();
        paint.set_color(cx.font_color());
        let height = bounds.h * self.gain.modulated();
        canvas.draw_rect(
            vg::Rect::new(bounds.x, bounds.y + bounds.h - height, bounds.x + bounds.w, bounds.y + bounds.h),
            &paint,
        );
        cx.draw_border(canvas);
    }
}
