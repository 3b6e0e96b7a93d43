//! Mute and solo, with Ctrl-click for one alone.

use super::page::Page;
use super::solo::Switches;
use nice_plug_vizia::prelude::*;

/// The pair under a pan control.
pub fn mute_and_solo(cx: &mut Context, page: &Page, mute: ParamRef, solo: ParamRef) {
    exclusive(cx, page, mute, "M", Switches::Mute).class("mute");
    exclusive(cx, page, solo, "S", Switches::Solo).class("solo");
}

fn exclusive<'a>(
    cx: &'a mut Context,
    page: &Page,
    param: ParamRef,
    label: &str,
    switches: Switches,
) -> Handle<'a, Toggle> {
    let solos = page.solos().clone();
    let chosen = param.clone();
    Toggle::new(cx, param, label)
        .on_ctrl(move |cx| solos.exclusive(&cx.data::<Host>().clone(), switches, &chosen))
}
