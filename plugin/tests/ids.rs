//! Parameter ids are frozen: hosts store them in projects, states and automation.

use busbar::params::{BusbarParams, spec};
use busbar::state::{hash_param_id, short_name};
use nice_plug::prelude::Params;
use std::collections::{BTreeMap, BTreeSet};

/// Every id of Busbar 32 in the order in which hosts list them. Lines may be added; none may change, move or go.
const FROZEN: &str = include_str!("../ids.txt");

fn ids(n_strips: usize) -> Vec<String> {
    BusbarParams::new(n_strips).param_map().into_iter().map(|(id, _, _)| id).collect()
}

#[test]
fn parameter_ids_equal_the_frozen_list() {
    let frozen: Vec<&str> = FROZEN.lines().collect();
    assert!(frozen.len() > 700, "the frozen list must not be empty");
    assert_eq!(
        ids(32),
        frozen,
        "plugin/ids.txt lists what projects depend on: restore the ids, or add new ones to it"
    );
}

#[test]
fn a_smaller_size_has_the_same_ids_and_no_others() {
    for n_strips in [8, 16] {
        let beyond = |id: &&str| {
            let strip = id.strip_prefix('s').and_then(|rest| rest.get(..2)?.parse::<usize>().ok());
            strip.is_some_and(|number| number > n_strips)
        };
        let expected: Vec<&str> = FROZEN.lines().filter(|id| !beyond(id)).collect();
        assert_eq!(ids(n_strips), expected);
        assert_eq!(expected.len(), spec::n_params(n_strips));
    }
}

#[test]
fn no_two_ids_have_the_same_hash() {
    let mut by_hash: BTreeMap<u32, String> = BTreeMap::new();
    for id in ids(32) {
        let hash = hash_param_id(&id);
        assert_eq!(by_hash.insert(hash, id.clone()), None, "{id} collides");
    }
    assert_eq!(by_hash.len(), spec::n_params(32));
}

#[test]
fn names_are_unique_and_fit_where_hosts_put_them() {
    let (mut names, mut short_names) = (BTreeSet::new(), BTreeSet::new());
    for section in spec::sections(32) {
        for spec in section.specs {
            let (name, short) = (section.name(spec), section.short_name(spec));
            assert!(name.len() <= 24, "{name}: long names are cut in flat lists");
            assert!(short.len() <= 11, "{short}: short names are for displays of few characters");
            assert_eq!(short_name(hash_param_id(&section.id(spec))).as_deref(), Some(short.as_str()));
            assert!(names.insert(name.clone()), "{name} twice");
            assert!(short_names.insert(short.clone()), "{short} twice");
        }
    }
    assert!(
        names.contains("S01 Fader")
            && names.contains("S32 Group D Pre Fader")
            && names.contains("Master Fader")
    );
}
