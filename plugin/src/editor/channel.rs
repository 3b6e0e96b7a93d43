//! What strips, groups and the master end with: fader, scale and meter, and the figures above and below them.

use super::hold::Hold;
use super::meter::{Meter, Scale};
use super::page::Page;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;

/// What the figure above a meter can do.
const EXPLANATION: &str = "Highest peak. Click: anew. Ctrl: all. Middle: fader to 0 dB";

/// The lower end of a channel.
pub fn channel(cx: &mut Context, page: &Page, fader: ParamRef, tap: Tap) {
    VStack::new(cx, |cx| {
        Hold::new(cx, page.desk(), tap, &fader).tip(|| EXPLANATION.to_owned());
        HStack::new(cx, |cx| {
            Fader::new(cx, fader.clone());
            Scale::new(cx);
            Meter::new(cx, page, tap);
        })
        .class("channel-travel");
        ReadOut::new(cx, fader);
    })
    .class("channel");
}
