//! Remote-control pages: eight parameters each, as hardware with eight knobs shows them.

use crate::params::spec::GROUP_LETTERS;
use crate::params::{BusbarParams, StripParams};
use nice_plug::prelude::*;

/// Knobs on a page.
const PAGE: usize = 8;

/// Pages for banks of strips, each strip, each group, and the master.
pub(crate) fn add_pages(params: &BusbarParams, context: &mut impl RemoteControlsContext) {
    context.add_section("Mixer", |section| {
        for (bank_idx, bank) in params.strips.chunks(PAGE).enumerate() {
            let first = bank_idx * PAGE + 1;
            let range = format!("{first}-{}", first + bank.len() - 1);
            section.add_page(format!("Faders {range}"), |page| {
                bank.iter().for_each(|s| page.add_param(&s.fader))
            });
            section
                .add_page(format!("Pans {range}"), |page| bank.iter().for_each(|s| page.add_param(&s.pan)));
            section
                .add_page(format!("Mutes {range}"), |page| bank.iter().for_each(|s| page.add_param(&s.mute)));
            section
                .add_page(format!("Solos {range}"), |page| bank.iter().for_each(|s| page.add_param(&s.solo)));
        }
    });
    context.add_section("Master", |section| {
        section.add_page("Master", |page| {
            let master = &params.master;
            page.add_param(&master.fader);
            page.add_param(&master.balance);
            page.add_param(&master.mono);
            page.add_param(&master.dim);
            page.add_param(&master.dim_level);
            page.add_param(&master.cut);
            page.add_param(&params.bypass);
        });
    });
    context.add_section("Groups", |section| {
        for (group, letter) in params.groups.iter().zip(GROUP_LETTERS) {
            section.add_page(format!("Group {letter}"), |page| {
                page.add_param(&group.fader);
                page.add_param(&group.balance);
                page.add_param(&group.mute);
                page.add_param(&group.solo);
                page.add_param(&group.to_master);
            });
        }
    });
    for (strip_idx, strip) in params.strips.iter().enumerate() {
        let number = strip_idx + 1;
        context.add_section(format!("Strip {number:02}"), |section| add_strip(section, number, strip));
    }
}

fn add_strip(section: &mut impl RemoteControlsSection, number: usize, strip: &StripParams) {
    section.add_page(format!("S{number:02}"), |page| {
        page.add_param(&strip.fader);
        page.add_param(&strip.pan);
        page.add_param(&strip.mute);
        page.add_param(&strip.solo);
        page.add_param(&strip.trim);
        page.add_param(&strip.width);
        page.add_param(&strip.polarity);
        page.add_param(&strip.safe);
    });
    section.add_page(format!("S{number:02} Levels"), |page| {
        strip.sends.iter().for_each(|s| page.add_param(&s.level))
    });
    section.add_page(format!("S{number:02} Routing"), |page| {
        strip.sends.iter().for_each(|s| page.add_param(&s.on))
    });
    section.add_page(format!("S{number:02} Pre"), |page| {
        strip.sends.iter().for_each(|s| page.add_param(&s.pre))
    });
}
