//! The master: what a person monitors by, and the last fader.

use super::channel::channel;
use super::loudness::{Correlation, LoudnessTable};
use super::page::Page;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;

/// The master.
pub fn master(cx: &mut Context, page: &Page) {
    let params = &page.params().master;
    VStack::new(cx, |cx| {
        VStack::new(cx, |cx| {
            Label::new(cx, "MASTER").class("bus-name");
            Label::new(cx, format!("Busbar {}", page.desk().n_strips())).class("bus-kind");
        })
        .class("row-header");
        VStack::new(cx, |cx| {
            HStack::new(cx, |cx| {
                Toggle::new(cx, page.param(&params.limiter.on), "LIMIT").class("limit");
                ReadOut::new(cx, page.param(&params.limiter.ceiling));
            })
            .class("master-row");
            HStack::new(cx, |cx| {
                Toggle::new(cx, page.param(&params.dim), "DIM").class("dim");
                ReadOut::new(cx, page.param(&params.dim_level));
            })
            .class("master-row");
            HStack::new(cx, |cx| {
                Toggle::new(cx, page.param(&params.mono), "MONO").class("mono");
                Toggle::new(cx, page.param(&params.cut), "CUT").class("cut");
            })
            .class("master-row");
            LoudnessTable::new(cx, page.desk(), Tap::Master);
            Correlation::new(cx, page.desk(), Tap::Master);
        })
        .class("row-above");
        HStack::new(cx, |cx| {
            Knob::new(cx, page.param(&params.balance)).bipolar(true);
            ReadOut::new(cx, page.param(&params.balance));
        })
        .class("row-pan");
        HStack::new(cx, |cx| {
            Toggle::new(cx, page.param(&page.params().bypass), "BYPASS").class("bypass");
        })
        .class("row-switches");
        channel(cx, page, page.param(&params.fader), Tap::Master);
    })
    .class("master");
}
