//! The bar at the top: what meters follow, the solo lamp, peaks, the width of the strips, zoom.

use super::page::{Page, SoloLamp, set_if_new};
use nice_plug_vizia::prelude::*;

/// The steps of the zoom, in percent.
const ZOOM_STEPS: [u32; 9] = [50, 75, 100, 125, 150, 175, 200, 250, 300];

/// The bar.
pub fn bar(cx: &mut Context, page: &Page) {
    HStack::new(cx, |cx| {
        Label::new(cx, "BUSBAR").class("product");
        Label::new(cx, page.desk().n_strips().to_string()).class("size");
        Element::new(cx).class("spacer");

        Label::new(cx, "METERS").class("bar-label");
        Choice::new(cx, page.param(&page.params().meter_ballistics)).class("ballistics");

        let lamp = page.lamp();
        button(cx, "SOLO", "Clear all solos; once more: have them back", |page| {
            page.solos().clear_or_restore(page.host())
        })
        .class("solo-lamp")
        .toggle_class("lit", lamp.map(|&lamp| lamp == SoloLamp::Lit))
        .toggle_class("restorable", lamp.map(|&lamp| lamp == SoloLamp::Restorable));

        button(cx, "PEAKS", "Begin all peak read-outs anew", |page| page.desk().clear_all_holds());
        button(cx, "LOUDNESS", "Begin loudness, range and true peak anew, everywhere", |page| {
            page.desk().restart_loudness();
        });
        button(cx, "WIDE", "Wide strips with everything, or narrow ones", |page| {
            page.set_wide(!page.wide().get())
        })
        .toggle_class("lit", page.wide());

        let (host, shown) = (page.host().clone(), Signal::new(percent(page.host())));
        button(cx, "−", "Smaller", |page| {
            step(page.host(), |now| ZOOM_STEPS.iter().rev().copied().find(|&step| step < now));
        });
        Label::new(cx, shown.map(|percent| format!("{percent} %"))).class("zoom").poll(move |_| {
            set_if_new(shown, percent(&host));
            false
        });
        button(cx, "+", "Larger", |page| {
            step(page.host(), |now| ZOOM_STEPS.iter().copied().find(|&step| step > now))
        });
    })
    .class("top-bar");
}

/// A button with a word and an explanation.
fn button<'a>(
    cx: &'a mut Context,
    word: &'static str,
    explanation: &'static str,
    press: impl Fn(&Page) + Send + Sync + 'static,
) -> Handle<'a, Button> {
    Button::new(cx, move |cx| Label::new(cx, word))
        .on_press(move |cx| press(&cx.data::<Page>().clone()))
        .class("bar-button")
        .name(explanation)
        .tip(move || explanation.to_owned())
}

fn percent(host: &Host) -> u32 {
    (100.0 * host.zoom()).round() as u32
}

/// Goes to the next step of the zoom, if there is one.
fn step(host: &Host, next: impl Fn(u32) -> Option<u32>) {
    if let Some(percent) = next(percent(host)) {
        host.set_zoom(percent as f32 / 100.0);
    }
}
