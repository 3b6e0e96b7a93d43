//! The desk: what the editor and the audio thread share, and what of it is saved.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use busbar::desk::{Desk, Levels, MAX_NAME_CHARS, Tap};
use busbar::guard::HostLink;
use busbar::params::BusbarParams;
use busbar::state::{decode, encode};
use busbar_engine::{Engine, Outputs, Reductions, Settings};
use nice_assert_no_alloc::assert_no_alloc;
use nice_plug::prelude::Params;
use serde_json::{Value as Json, json};

fn desk(n_strips: usize) -> (Arc<Desk>, Arc<BusbarParams>) {
    let params = Arc::new(BusbarParams::new(n_strips));
    (Desk::new(Arc::clone(&params), HostLink::create()), params)
}

/// The document that a host would store.
fn saved(params: &BusbarParams) -> Json {
    let framework = json!({ "version": "", "params": {}, "fields": params.serialize_fields() });
    let n_strips = params.strips.len();
    let name = format!("Busbar {n_strips}");
    let document = encode(framework.to_string().as_bytes(), &name, n_strips).expect("encodes");
    serde_json::from_slice(&document).expect("a document is JSON")
}

/// Loads a document as a host would.
fn load(params: &BusbarParams, document: &Json) {
    let framework = decode(document.to_string().as_bytes(), params.strips.len()).expect("loads");
    let framework: Json = serde_json::from_slice(&framework).expect("JSON");
    let fields = serde_json::from_value(framework["fields"].clone()).expect("texts by name");
    params.deserialize_fields(&fields);
}

#[test]
fn names_and_view_come_back_with_the_state() {
    let (first, params) = desk(8);
    assert_eq!((first.strip_name(0), first.view()), (String::new(), Json::Null));
    first.set_strip_name(0, " Kick\n");
    first.set_strip_name(7, &"long ".repeat(20));
    first.set_strip_name(8, "nobody");
    first.set_view("wide", true.into());
    let document = saved(&params);
    assert_eq!(document["strip_names"].as_array().map(Vec::len), Some(8));
    assert_eq!(document["view"], json!({ "wide": true }));

    let (second, params) = desk(8);
    load(&params, &document);
    assert_eq!(second.strip_name(0), "Kick");
    assert_eq!(second.strip_name(1), "");
    assert_eq!(second.strip_name(7), "long ".repeat(20)[..MAX_NAME_CHARS].trim_end());
    assert_eq!(second.view()["wide"], true);
    assert_eq!(saved(&params), document);
}

#[test]
fn what_this_version_does_not_know_is_kept() {
    let mut document = saved(&BusbarParams::new(8));
    document["view"] = json!({ "wide": false, "scenes": [{ "name": "Verse" }] });
    document["strip_names"] = json!(vec!["x"; 12]);
    let (desk, params) = desk(8);
    load(&params, &document);
    desk.set_view("wide", true.into());
    desk.set_view("zoom", 1.5.into());
    desk.set_strip_name(2, "Snare");
    let saved = saved(&params);
    assert_eq!(saved["view"], json!({ "wide": true, "zoom": 1.5, "scenes": [{ "name": "Verse" }] }));
    assert_eq!(saved["strip_names"][2], "Snare");
    assert_eq!(saved["strip_names"][11], "x", "of a strip that only a larger size has");
}

#[test]
fn the_generation_counts_what_has_to_be_read_again_and_nothing_else() {
    let (desk, params) = desk(8);
    let mut before = desk.generation();
    let mut has_changed = || std::mem::replace(&mut before, desk.generation()) != desk.generation();
    assert!(!has_changed());
    desk.set_strip_name(0, "Kick");
    assert!(has_changed());
    desk.set_strip_name(0, "Kick ");
    assert!(!has_changed(), "the same name");
    desk.set_view("wide", true.into());
    assert!(has_changed());
    desk.set_view("wide", true.into());
    assert!(!has_changed(), "the same view");
    load(&params, &saved(&params));
    assert!(has_changed(), "a state was loaded");
    desk.show_state_problem(Some("broken".to_owned()));
    assert!(has_changed() && desk.state_problem().is_some(), "a state was refused");
    desk.dismiss_state_problem();
    assert!(has_changed() && desk.state_problem().is_none());
    let _ = (desk.levels(Tap::Master), desk.strip_name(0), desk.view());
    assert!(!has_changed(), "somebody looked");
}

#[test]
fn the_host_hears_of_names_and_not_of_views() {
    let link = HostLink::create();
    let n_heard = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&n_heard);
    link.set_messenger(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let desk = Desk::new(Arc::new(BusbarParams::new(8)), link);
    desk.set_strip_name(3, "Bass");
    assert_eq!(n_heard.swap(0, Ordering::SeqCst), 1);
    desk.set_strip_name(3, "Bass");
    desk.set_view("wide", true.into());
    assert_eq!(n_heard.load(Ordering::SeqCst), 0);
}

/// The host may save from within what it hears, on the same thread.
#[test]
fn a_host_that_saves_at_once_is_not_locked_out() {
    let (link, params) = (HostLink::create(), Arc::new(BusbarParams::new(8)));
    let saving = Arc::clone(&params);
    let has_saved = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&has_saved);
    link.set_messenger(move || {
        assert_eq!(saved(&saving)["strip_names"][0], "Kick");
        counted.fetch_add(1, Ordering::SeqCst);
    });
    Desk::new(params, link).set_strip_name(0, "Kick");
    assert_eq!(has_saved.load(Ordering::SeqCst), 1);
}

/// Processes 64 frames of two constants on the first strip, and publishes.
fn play(engine: &mut Engine, desk: &Desk, left: f32, right: f32) {
    let feed = [[left; 64], [right; 64]];
    let mut output = [[0.0; 64]; 2];
    let [out_left, out_right] = &mut output;
    let mut outputs = Outputs { master: [out_left, out_right], groups: [const { None }; 4] };
    assert_no_alloc(|| {
        desk.begin_block(engine);
        engine.process(&[Some([&feed[0], &feed[1]])], &mut outputs);
        desk.publish(engine);
    });
}

#[test]
fn levels_go_from_the_engine_to_whoever_looks() {
    let (desk, _) = desk(8);
    let mut engine = Engine::new(8);
    engine.prepare(48_000.0).expect("a rate");
    let mut settings = Settings::new(8);
    settings.strips[0].fader_db = 20.0 * 0.5_f32.log10();
    engine.set(&settings);

    play(&mut engine, &desk, 0.5, -1.0);
    play(&mut engine, &desk, 0.25, 0.0);
    assert_eq!(desk.n_blocks(), 2);
    let input = desk.levels(Tap::Input(0));
    assert_eq!((input.peak, input.hold), ([0.5, 1.0], [0.5, 1.0]), "the largest of both blocks");
    // Two tiles of 0.5 and two of 0.25 on the left, each counting 1/450.
    let mean_square = 2.0 / 450.0 * (0.25 + 0.0625);
    assert!((input.rms[0] / f32::sqrt(mean_square) - 1.0).abs() < 0.01, "{input:?}");
    for tap in [Tap::Strip(0), Tap::Master] {
        let [left, right] = desk.levels(tap).peak;
        assert!((left - 0.25).abs() < 1e-6 && (right - 0.5).abs() < 1e-6, "{tap:?}");
    }
    assert_eq!(desk.levels(Tap::Strip(1)), Levels::default());
    assert_eq!(desk.levels(Tap::Group(0)), Levels::default());

    let again = desk.levels(Tap::Input(0));
    assert_eq!((again.peak, again.hold, again.rms), ([0.0; 2], [0.5, 1.0], input.rms), "the peak was taken");
    play(&mut engine, &desk, 0.125, 0.125);
    desk.clear_hold(Tap::Input(0));
    assert_eq!(desk.held(Tap::Input(0)), [0.0; 2]);
    assert!(desk.held(Tap::Master)[1] > 0.49, "only what was asked for");
    desk.clear_all_holds();
    assert_eq!(desk.held(Tap::Master), [0.0; 2]);
    play(&mut engine, &desk, 0.125, 0.25);
    assert_eq!(desk.held(Tap::Input(0)), [0.125, 0.25], "before anybody has read the peak");
}

#[test]
fn reductions_and_quarantine_go_the_same_way_and_a_flag_is_cleared() {
    let (desk, _) = desk(8);
    let mut engine = Engine::new(8);
    engine.prepare(48_000.0).expect("a rate");
    let mut settings = Settings::new(8);
    settings.strips[0].compressor.on = true;
    settings.strips[0].compressor.threshold_db = -30.0;
    engine.set(&settings);
    for _ in 0..20 {
        play(&mut engine, &desk, 0.9, 0.9);
    }
    let reductions = desk.reductions(Tap::Strip(0));
    assert!(reductions.compressor_db > 3.0 && reductions.gate_db == 0.0, "{reductions:?}");
    assert_eq!(desk.reduction_db(Tap::Strip(0)), 0.0, "it was taken");
    play(&mut engine, &desk, 0.9, 0.9);
    assert!(desk.reduction_db(Tap::Input(0)) > 3.0);
    assert_eq!(desk.reductions(Tap::Master), Reductions::default());

    assert_eq!(desk.quarantined(), 0);
    play(&mut engine, &desk, f32::NAN, 0.0);
    assert_eq!(desk.quarantined(), 1);
    desk.clear_quarantine(0);
    assert_eq!(desk.quarantined(), 0, "at once, also without a block");
    play(&mut engine, &desk, 0.5, 0.5);
    assert_eq!((desk.quarantined(), engine.quarantined_strips()), (0, 0));
    play(&mut engine, &desk, f32::INFINITY, 0.0);
    desk.clear_quarantine(0);
    play(&mut engine, &desk, f32::INFINITY, 0.0);
    assert_eq!(desk.quarantined(), 1, "it is broken still");
}

#[test]
fn only_strips_that_exist_are_connected() {
    for n_strips in [8, 16, 32] {
        let (desk, _) = desk(n_strips);
        assert_eq!((desk.n_strips(), desk.connected()), (n_strips, (1_u64 << n_strips) - 1));
        desk.show_connected(0b101);
        assert_eq!(desk.connected(), 0b101);
    }
}

#[test]
fn a_desk_for_pictures_stands_still() {
    let desk = Desk::for_pictures(Arc::new(BusbarParams::new(8)));
    let levels = Levels { peak: [0.5, 0.25], rms: [0.25, 0.125], hold: [1.0, 0.5] };
    let reductions = Reductions { gate_db: 1.0, compressor_db: 6.0, limiter_db: 0.0 };
    desk.show_levels(Tap::Strip(2), levels);
    desk.show_reductions(Tap::Strip(2), reductions);
    desk.show_quarantined(0b10);
    for _ in 0..2 {
        assert_eq!(desk.levels(Tap::Strip(2)), levels);
        assert_eq!(desk.held(Tap::Strip(2)), levels.hold);
        assert_eq!(desk.reductions(Tap::Strip(2)), reductions);
        assert_eq!(desk.reduction_db(Tap::Strip(2)), 7.0);
        assert_eq!((desk.is_processing(), desk.quarantined()), (true, 0b10));
    }
    assert_eq!(desk.levels(Tap::Strip(1)), Levels::default());
    desk.show_reductions(Tap::Master, Reductions { gate_db: 9.0, compressor_db: 2.0, limiter_db: 3.0 });
    assert_eq!(desk.reduction_db(Tap::Master), 5.0, "the master has no gate");
}
