//! Remote-control pages, as hardware with eight knobs shows them.

use busbar::Busbar;
use busbar::params::spec;
use nice_plug::params::internals::ParamPtr;
use nice_plug::prelude::{
    ClapPlugin, Param, Plugin, RemoteControlsContext, RemoteControlsPage, RemoteControlsSection,
};
use std::collections::BTreeMap;

/// Writes down what the plugin adds: section, page, parameters.
#[derive(Default)]
struct Pages(Vec<(String, String, Vec<ParamPtr>)>);

struct Section {
    name: String,
    pages: Vec<(String, Vec<ParamPtr>)>,
}

struct Page(Vec<ParamPtr>);

impl RemoteControlsContext for Pages {
    type Section = Section;

    fn add_section(&mut self, name: impl Into<String>, add: impl FnOnce(&mut Self::Section)) {
        let mut section = Section { name: name.into(), pages: Vec::new() };
        add(&mut section);
        let pages = section.pages.into_iter();
        self.0.extend(pages.map(|(page, params)| (section.name.clone(), page, params)));
    }
}

impl RemoteControlsSection for Section {
    type Page = Page;

    fn add_page(&mut self, name: impl Into<String>, add: impl FnOnce(&mut Page)) {
        let mut page = Page(Vec::new());
        add(&mut page);
        self.pages.push((name.into(), page.0));
    }
}

impl RemoteControlsPage for Page {
    fn add_param(&mut self, param: &impl Param) {
        self.0.push(param.as_ptr());
    }

    fn add_spacer(&mut self) {}
}

fn check<const N: usize>() {
    let plugin = Busbar::<N>::default();
    let ids: BTreeMap<String, String> = plugin
        .params()
        .param_map()
        .into_iter()
        .map(|(id, pointer, _)| (format!("{pointer:?}"), id))
        .collect();
    assert_eq!(ids.len(), spec::n_params(N));

    let mut pages = Pages::default();
    plugin.remote_controls(&mut pages);
    let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, page, params) in &pages.0 {
        assert!((1..=8).contains(&params.len()), "{page} has {} knobs", params.len());
        for pointer in params {
            seen.entry(ids[&format!("{pointer:?}")].as_str()).or_default().push(page);
        }
    }
    let fixed = [
        "pan_law",
        "_mode",
        "_comp_key",
        "_order",
        "_lookahead",
        "engine_rate",
        "resampling",
        "colour_quality",
        "meter_ballistics",
        "meter_restart",
    ];
    for id in ids.values().filter(|id| !fixed.iter().any(|end| id.ends_with(end))) {
        assert!(seen.contains_key(id.as_str()), "{id} is on no page");
    }
    let last = format!("s{N:02}_fader");
    assert_eq!(seen[last.as_str()], [format!("Faders {}-{N}", N - 7), format!("S{N:02}")]);
    assert_eq!(seen["gc_solo"], ["Group C"]);
    assert_eq!(seen["m_cut"], ["Master"]);
    assert_eq!(seen["s01_d_level"], ["S01 Levels"]);
    assert_eq!(seen["s02_eq3_gain"], ["S02 EQ 3-4"]);
    assert_eq!(seen["gb_comp_threshold"], ["Group B Comp"]);
    assert_eq!(seen["s02_sat_drive"], ["S02 Saturation"]);
    assert_eq!(seen["gd_sat_kind"], ["Group D Saturation"]);
    assert_eq!(seen["m_console"], ["Master"]);
    assert_eq!(seen["m_limiter_ceiling"], ["Master Limiter"]);
}

#[test]
fn every_automatable_parameter_has_a_knob_and_no_page_has_more_than_eight() {
    check::<8>();
    check::<16>();
    check::<32>();
}
