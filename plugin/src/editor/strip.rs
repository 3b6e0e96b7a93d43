//! A strip: input at the top, then sends, pan, switches, and fader and meter.

use super::channel::channel;
use super::header::header;
use super::page::Page;
use super::switches::mute_and_solo;
use crate::desk::Tap;
use nice_plug_vizia::prelude::*;

/// The five ways out of a strip, in the order of the parameters.
const DESTINATIONS: [&str; 5] = ["MST", "A", "B", "C", "D"];

/// Strip `strip_idx`, with everything or only what a narrow strip has room for.
pub fn strip(cx: &mut Context, page: &Page, strip_idx: usize, is_wide: bool) {
    let params = &page.params().strips[strip_idx];
    VStack::new(cx, |cx| {
        header(cx, page, strip_idx);
        HStack::new(cx, |cx| {
            Knob::new(cx, page.param(&params.trim)).bipolar(true);
            if is_wide {
                ReadOut::new(cx, page.param(&params.trim));
            }
            Toggle::new(cx, page.param(&params.polarity), "Ø").class("polarity");
        })
        .class("row-input");
        if is_wide {
            HStack::new(cx, |cx| {
                Choice::new(cx, page.param(&params.mode));
            })
            .class("row-mode");
        }
        VStack::new(cx, |cx| {
            for (send, destination) in params.sends.iter().zip(DESTINATIONS) {
                HStack::new(cx, |cx| {
                    Toggle::new(cx, page.param(&send.on), destination).class("send-on");
                    Knob::new(cx, page.param(&send.level)).class("send-level");
                    if is_wide {
                        ReadOut::new(cx, page.param(&send.level));
                        Toggle::new(cx, page.param(&send.pre), "PRE").class("send-pre");
                    }
                })
                .class("send");
            }
        })
        .class("row-sends");
        HStack::new(cx, |cx| {
            Knob::new(cx, page.param(&params.pan)).bipolar(true);
            if is_wide {
                ReadOut::new(cx, page.param(&params.pan));
            }
        })
        .class("row-pan");
        if is_wide {
            HStack::new(cx, |cx| {
                Knob::new(cx, page.param(&params.width)).bipolar(true);
                ReadOut::new(cx, page.param(&params.width));
            })
            .class("row-pan");
        }
        HStack::new(cx, |cx| {
            mute_and_solo(cx, page, page.param(&params.mute), page.param(&params.solo));
            if is_wide {
                Toggle::new(cx, page.param(&params.safe), "SAFE").class("safe");
            }
        })
        .class("row-switches");
        channel(cx, page, page.param(&params.fader), Tap::Strip(strip_idx));
    })
    .class("strip")
    .toggle_class("unconnected", page.is_missing(strip_idx));
}
