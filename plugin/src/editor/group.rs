//! A group: balance, switches, fader and meter.

use super::channel::channel;
use super::page::Page;
use super::switches::mute_and_solo;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;

/// What groups are called.
const NAMES: [&str; 4] = ["A", "B", "C", "D"];

/// Group `group_idx`.
pub fn group(cx: &mut Context, page: &Page, group_idx: usize) {
    let params = &page.params().groups[group_idx];
    VStack::new(cx, |cx| {
        VStack::new(cx, |cx| {
            Label::new(cx, NAMES[group_idx]).class("bus-name");
            Label::new(cx, "group").class("bus-kind");
        })
        .class("row-header");
        VStack::new(cx, |cx| {
            Toggle::new(cx, page.param(&params.to_master), "MST").class("to-master");
        })
        .class("row-above");
        HStack::new(cx, |cx| {
            Knob::new(cx, page.param(&params.balance)).bipolar(true);
        })
        .class("row-pan");
        HStack::new(cx, |cx| mute_and_solo(cx, page, page.param(&params.mute), page.param(&params.solo)))
            .class("row-switches");
        channel(cx, page, page.param(&params.fader), Tap::Group(group_idx));
    })
    .class("group");
}
