//! Remote-control pages: eight parameters each, as hardware with eight knobs shows them.

use crate::params::spec::GROUP_LETTERS;
use crate::params::{
    BusbarParams, CompressorParams, EqParams, GateParams, LimiterParams, SaturationParams, StripParams,
};
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
            page.add_param(&master.console);
            page.add_param(&params.bypass);
        });
        add_eq(section, "Master", &params.master.eq);
        add_compressor(section, "Master", &params.master.comp);
        add_limiter(section, &params.master.limiter);
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
            let name = format!("Group {letter}");
            add_eq(section, &name, &group.eq);
            add_compressor(section, &name, &group.comp);
            add_saturation(section, &name, &group.sat);
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
    let name = format!("S{number:02}");
    section.add_page(format!("{name} Filters"), |page| {
        for filter in [&strip.hpf, &strip.lpf] {
            page.add_param(&filter.on);
            page.add_param(&filter.freq);
            page.add_param(&filter.slope);
        }
    });
    add_gate(section, &name, &strip.gate);
    add_eq(section, &name, &strip.eq);
    add_compressor(section, &name, &strip.comp);
    add_saturation(section, &name, &strip.sat);
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

fn add_gate(section: &mut impl RemoteControlsSection, name: &str, gate: &GateParams) {
    section.add_page(format!("{name} Gate"), |page| {
        page.add_param(&gate.on);
        page.add_param(&gate.threshold);
        page.add_param(&gate.ratio);
        page.add_param(&gate.range);
        page.add_param(&gate.attack);
        page.add_param(&gate.hold);
        page.add_param(&gate.release);
        page.add_param(&gate.hysteresis);
    });
}

fn add_eq(section: &mut impl RemoteControlsSection, name: &str, eq: &EqParams) {
    section.add_page(format!("{name} EQ"), |page| {
        page.add_param(&eq.on);
        eq.bands.iter().for_each(|band| page.add_param(&band.on));
    });
    for (bands, numbers) in eq.bands.chunks(2).zip(["1-2", "3-4"]) {
        section.add_page(format!("{name} EQ {numbers}"), |page| {
            for band in bands {
                page.add_param(&band.freq);
                page.add_param(&band.gain);
                page.add_param(&band.q);
                page.add_param(&band.shape);
            }
        });
    }
}

fn add_compressor(section: &mut impl RemoteControlsSection, name: &str, comp: &CompressorParams) {
    section.add_page(format!("{name} Comp"), |page| {
        page.add_param(&comp.on);
        page.add_param(&comp.threshold);
        page.add_param(&comp.ratio);
        page.add_param(&comp.attack);
        page.add_param(&comp.release);
        page.add_param(&comp.knee);
        page.add_param(&comp.makeup);
        page.add_param(&comp.mix);
    });
    section.add_page(format!("{name} Comp Key"), |page| {
        page.add_param(&comp.detector);
        page.add_param(&comp.auto);
        page.add_param(&comp.link);
        page.add_param(&comp.key_hpf_on);
        page.add_param(&comp.key_hpf);
    });
}

fn add_saturation(section: &mut impl RemoteControlsSection, name: &str, sat: &SaturationParams) {
    section.add_page(format!("{name} Saturation"), |page| {
        page.add_param(&sat.on);
        page.add_param(&sat.kind);
        page.add_param(&sat.drive);
        page.add_param(&sat.mix);
    });
}

fn add_limiter(section: &mut impl RemoteControlsSection, limiter: &LimiterParams) {
    section.add_page("Master Limiter", |page| {
        page.add_param(&limiter.on);
        page.add_param(&limiter.ceiling);
        page.add_param(&limiter.release);
        page.add_param(&limiter.link);
    });
}
