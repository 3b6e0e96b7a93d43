//! A line under the top bar: why the last state was refused, until somebody has read it.

use super::page::Page;
use nice_plug_vizia::prelude::*;

/// The line, if there is anything to say.
pub fn banner(cx: &mut Context, page: &Page) {
    let page = page.clone();
    Binding::new(cx, page.problem(), move |cx| {
        let Some(problem) = page.problem().get() else { return };
        let desk = page.desk().clone();
        HStack::new(cx, |cx| {
            Label::new(cx, format!("This state was not loaded, and nothing was changed: {problem}"));
            Button::new(cx, |cx| Label::new(cx, "Understood"))
                .on_press(move |_| desk.dismiss_state_problem())
                .class("bar-button");
        })
        .class("banner");
    });
}
