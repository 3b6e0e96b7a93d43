//! What strips, groups and the master end with: fader, scale and meter, and the figures above and below them.

use super::hold::Hold;
use super::meter::{Meter, Scale};
use super::page::Page;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;

/// The lower end of a channel.
pub fn channel(cx: &mut Context, page: &Page, fader: ParamRef, tap: Tap) {
    VStack::new(cx, |cx| {
        Hold::new(cx, page.desk(), tap, &fader).tooltip(|cx| {
            Tooltip::new(cx, |cx| {
                Label::new(cx, "Highest peak. Click: begin anew. Ctrl: on all. Middle click: set the fader so that it reads 0 dB");
            })
        });
        HStack::new(cx, |cx| {
            Fader::new(cx, fader.clone());
            Scale::new(cx);
            Meter::new(cx, page.desk(), tap);
        })
        .class("channel-travel");
        ReadOut::new(cx, fader);
    })
    .class("channel");
}
