//! All strips side by side, in a view that scrolls where they do not fit.

use super::page::Page;
use super::strip::strip;
use nice_plug_vizia::prelude::*;

/// The row of strips. It scrolls sideways with a plain wheel, and to whatever gets the keyboard.
pub struct Strips;

impl Strips {
    /// The strips of a page, with the view that scrolls them.
    pub fn scrolling<'a>(cx: &'a mut Context, page: &Page) -> Handle<'a, ScrollView> {
        let page = page.clone();
        ScrollView::new(cx, move |cx| {
            let strips = page.clone();
            Binding::new(cx, page.wide(), move |cx| {
                let is_wide = strips.wide().get();
                Self.build(cx, |cx| {
                    cx.add_listener(Self::follow_keyboard);
                    (0..strips.desk().n_strips()).for_each(|idx| strip(cx, &strips, idx, is_wide));
                });
            });
        })
        .show_vertical_scrollbar(false)
    }

    /// Brings what gets the keyboard into sight: a person who uses Tab must see where they are.
    fn follow_keyboard(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|event, meta| {
            let is_within = |cx: &mut EventContext| cx.try_data::<Self>().is_some();
            if matches!(event, WindowEvent::FocusIn) && cx.with_current(meta.target, is_within) {
                cx.emit(ScrollEvent::ScrollToView(meta.target));
            }
        });
    }
}

impl View for Strips {
    fn element(&self) -> Option<&'static str> {
        Some("strips")
    }

    fn event(&mut self, cx: &mut EventContext, event: &mut Event) {
        event.map(|event, meta| {
            match event {
                // There is nothing above or below. The view that scrolls is above this one in the tree.
                WindowEvent::MouseScroll(x, y) if *x == 0.0 && !cx.modifiers().shift() => {
                    cx.emit(WindowEvent::MouseScroll(*y, 0.0));
                    meta.consume();
                }
                _ => {}
            }
        });
    }
}
