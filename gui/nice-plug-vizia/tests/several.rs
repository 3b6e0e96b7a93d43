//! Several editors at once, on one thread and on many; opening again and again.

mod support;

use std::sync::Arc;

use nice_plug_vizia::prelude::*;
use support::{TestParams, open};

/// A page whose views are rebuilt whenever the parameter is another tenth: as many views as tenths.
fn rebuilt_page(params: &Arc<TestParams>) -> Headless {
    let page = Arc::clone(params);
    open(params, move |cx| {
        let gain = cx.data::<Host>().param(&page.gain);
        let tenths = Signal::new(0);
        let polled = gain.clone();
        Element::new(cx).size(Pixels(5.0)).poll(move |_| {
            tenths.set_if_changed((polled.value() * 10.0).round() as usize);
            false
        });
        Binding::new(cx, tenths, move |cx| {
            for _ in 0..tenths.get() {
                Element::new(cx).size(Pixels(5.0)).poll(|_| false);
            }
        });
    })
}

fn set(editor: &Headless, params: &TestParams, value: f32) {
    let host = editor.host();
    host.change(&host.param(&params.gain), value);
}

#[test]
fn two_editors_on_one_thread_rebuild_only_their_own() {
    let (one, other) = (TestParams::new(), TestParams::new());
    let (mut first, mut second) = (rebuilt_page(&one), rebuilt_page(&other));
    for (a, b) in [(0.3, 0.7), (0.8, 0.1), (0.8, 0.9), (0.0, 0.4)] {
        set(&first, &one, a);
        set(&second, &other, b);
        // The list of bindings to rebuild is one per thread: whoever ticks second must find its own.
        first.tick(0.016);
        second.tick(0.016);
        assert_eq!(first.polls(), 1 + (a * 10.0).round() as usize);
        assert_eq!(second.polls(), 1 + (b * 10.0).round() as usize);
    }
    assert_eq!(second.gestures().len(), 3 * 4);
    drop(first);
    set(&second, &other, 0.6);
    second.tick(0.016);
    assert_eq!(second.polls(), 1 + 6, "one editor goes on when the other is closed");
}

#[test]
fn editors_on_many_threads_do_not_meet() {
    let threads: Vec<_> = (0..4)
        .map(|idx| {
            std::thread::spawn(move || {
                let params = TestParams::new();
                let mut editor = rebuilt_page(&params);
                for step in 0..20 {
                    let tenths = (step * 3 + idx) % 10;
                    set(&editor, &params, tenths as f32 / 10.0);
                    editor.tick(0.016);
                    assert_eq!(editor.polls(), 1 + tenths);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("an editor panicked");
    }
}

#[test]
fn an_editor_leaves_no_signals_and_no_parameters_behind() {
    let params = TestParams::new();
    let watched = Arc::new(());
    for _ in 0..20 {
        let kept = Arc::clone(&watched);
        let mut editor = open(&params, move |cx| {
            let signal = Signal::new(kept);
            Binding::new(cx, signal, move |cx| {
                let kept = signal.get();
                // What is made while views are rebuilt belongs to the editor too.
                let again = Signal::new(kept);
                Element::new(cx).poll(move |_| Arc::strong_count(&again.get()) == 0);
            });
        });
        editor.tick(0.016);
    }
    assert_eq!(Arc::strong_count(&watched), 1, "signals of closed editors are still there");
    assert_eq!(Arc::strong_count(&params), 1, "somebody still holds the parameters");
}
