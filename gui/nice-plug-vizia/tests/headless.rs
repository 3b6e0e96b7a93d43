//! An editor without a window: events, focus, typing, gestures, polls.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use nice_plug_vizia::prelude::*;
use support::{TestParams, open};

/// A square that sets the gain by height while it is dragged, and draws nothing.
struct Drag {
    gain: ParamRef,
    held: bool,
}

impl Drag {
    fn add(cx: &mut Context, params: &TestParams) {
        let gain = cx.data::<Host>().param(&params.gain);
        Self { gain, held: false }.build(cx, |_| {}).size(Pixels(100.0)).focusable(true).navigable(true);
    }
}

impl View for Drag {
    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        let host = cx.data::<Host>().clone();
        event.map(|event, _| match event {
            WindowEvent::MouseDown(MouseButton::Left) => {
                cx.capture();
                self.held = true;
                host.begin(&self.gain);
            }
            WindowEvent::MouseMove(_, y) if self.held => {
                host.set(&self.gain, 1.0 - y / (100.0 * cx.scale_factor()));
            }
            WindowEvent::MouseUp(MouseButton::Left) => {
                cx.release();
                self.held = false;
                host.end(&self.gain);
            }
            _ => {}
        });
    }
}

#[test]
fn a_drag_is_one_gesture_also_outside_the_window() {
    let params = TestParams::new();
    let page = Arc::clone(&params);
    let mut editor = open(&params, move |cx| Drag::add(cx, &page));
    editor.move_to(50.0, 50.0);
    editor.press(MouseButton::Left);
    editor.move_to(50.0, 25.0);
    editor.move_to(-20.0, -300.0);
    editor.release(MouseButton::Left);
    editor.move_to(50.0, 60.0);
    let gain = || "gain".to_owned();
    assert_eq!(
        editor.gestures(),
        [Gesture::Begin(gain()), Gesture::Set(gain(), 0.75), Gesture::Set(gain(), 1.0), Gesture::End(gain())]
    );
    assert_eq!(params.gain.value(), 1.0);
}

#[test]
fn a_gesture_that_is_open_when_the_editor_closes_is_ended() {
    let params = TestParams::new();
    let page = Arc::clone(&params);
    let mut editor = open(&params, move |cx| Drag::add(cx, &page));
    editor.move_to(50.0, 50.0);
    editor.press(MouseButton::Left);
    let host = editor.host().clone();
    let gain = host.param(&params.gain);
    assert!(host.is_open(&gain));
    drop(editor);
    assert!(!host.is_open(&gain));
}

#[test]
fn hosts_see_whole_gestures_whatever_views_do() {
    let params = TestParams::new();
    let mut editor = open(&params, |_| {});
    let host = editor.host().clone();
    let (gain, mute) = (host.param(&params.gain), host.param(&params.mute));
    host.begin(&gain);
    host.begin(&gain);
    host.set(&gain, 7.0);
    host.set(&gain, f32::NAN);
    host.set(&mute, 1.0);
    host.end(&gain);
    host.end(&gain);
    let (gain, mute) = (|| "gain".to_owned(), || "mute".to_owned());
    assert_eq!(
        editor.gestures(),
        [
            Gesture::Begin(gain()),
            Gesture::Set(gain(), 1.0),
            Gesture::Begin(mute()),
            Gesture::Set(mute(), 1.0),
            Gesture::End(mute()),
            Gesture::End(gain()),
        ]
    );
}

#[test]
#[should_panic(expected = "no parameter of this plugin")]
fn another_plugins_parameter_is_refused() {
    let (own, other) = (TestParams::new(), TestParams::new());
    open(&own, |_| {}).host().param(&other.gain);
}

/// Tells when it is gone.
struct Last(Rc<Cell<usize>>);

impl View for Last {
    fn event(&mut self, _: &mut EventContext, event: &mut Event) {
        event.map(|event, _| {
            if let WindowEvent::Destroyed = event {
                self.0.set(self.0.get() + 1);
            }
        });
    }
}

#[test]
fn views_hear_that_they_are_gone_when_the_editor_closes() {
    let gone = Rc::new(Cell::new(0));
    let counted = Rc::clone(&gone);
    let editor = open(&TestParams::new(), move |cx| {
        HStack::new(cx, |cx| {
            Last(Rc::clone(&counted)).build(cx, |_| {});
            Last(counted).build(cx, |_| {});
        });
    });
    assert_eq!(gone.get(), 0);
    drop(editor);
    assert_eq!(gone.get(), 2);
}

#[test]
fn polls_run_in_every_tick_and_go_with_their_view() {
    let params = TestParams::new();
    let seen = Rc::new(Cell::new(0));
    let many = Rc::new(Cell::new(None));
    let (count, shown) = (Rc::clone(&seen), Rc::clone(&many));
    let mut editor = open(&params, move |cx| {
        let n_views = Signal::new(3);
        shown.set(Some(n_views));
        Binding::new(cx, n_views, move |cx| {
            for _ in 0..n_views.get() {
                let (first, second) = (Rc::clone(&count), Rc::clone(&count));
                Element::new(cx)
                    .size(Pixels(10.0))
                    .poll(move |_| {
                        first.set(first.get() + 1);
                        false
                    })
                    .poll(move |_| {
                        second.set(second.get() + 1);
                        false
                    });
            }
        });
    });
    assert_eq!(editor.polls(), 6);
    seen.set(0);
    editor.tick(0.016);
    assert_eq!(seen.get(), 6);
    for n_views in [5, 1, 0, 2] {
        many.get().unwrap().set(n_views);
        editor.tick(0.016);
        assert_eq!(editor.polls(), 2 * n_views);
        seen.set(0);
        editor.tick(0.016);
        assert_eq!(seen.get(), 2 * n_views);
    }
}
