//! The editor's page.

use nice_plug_vizia::prelude::*;

use crate::GainParams;

/// How the page looks: what it says nothing about is as in [`nice_plug_vizia::widgets::THEME`].
pub const THEME: &str = include_str!("theme.css");

/// Builds the page: the gain as a knob, as a fader and as text, and a mute. Views of one parameter follow each other.
pub fn page(cx: &mut Context, params: &GainParams) {
    let host = cx.data::<Host>().clone();
    let gain = host.param(&params.gain);
    let mute = host.param(&params.mute);
    HStack::new(cx, move |cx| {
        Fader::new(cx, gain.clone());
        VStack::new(cx, move |cx| {
            Label::new(cx, "GAIN").class("title");
            Knob::new(cx, gain.clone());
            ReadOut::new(cx, gain);
            Toggle::new(cx, mute, "Mute").class("mute");
        })
        .class("column");
    })
    .class("page");
}
