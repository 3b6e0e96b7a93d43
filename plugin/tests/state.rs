//! The saved state: complete, readable, comparable, and never half loaded.

use busbar::state::{StateError, decode, encode};
use serde_json::{Value as Json, json};

/// A new instance's document.
fn default_document(n_strips: usize) -> Json {
    document_of(&json!({}), n_strips)
}

fn document_of(framework_params: &Json, n_strips: usize) -> Json {
    let framework = json!({ "version": "", "params": framework_params, "fields": {} });
    let bytes =
        encode(framework.to_string().as_bytes(), &format!("Busbar {n_strips}"), n_strips).expect("encodes");
    serde_json::from_slice(&bytes).expect("a document is JSON")
}

fn decoded(document: &Json, n_strips: usize) -> Result<Json, StateError> {
    decode(document.to_string().as_bytes(), n_strips)
        .map(|bytes| serde_json::from_slice(&bytes).expect("JSON"))
}

/// Loads and saves again.
fn resaved(document: &Json, n_strips: usize) -> Json {
    let framework = decode(document.to_string().as_bytes(), n_strips).expect("loads");
    let bytes = encode(&framework, &format!("Busbar {n_strips}"), n_strips).expect("encodes");
    serde_json::from_slice(&bytes).expect("a document is JSON")
}

#[test]
fn a_document_names_every_parameter_by_id_and_text() {
    let document = document_of(
        &json!({ "s01_fader": { "f32": -6.02 }, "s02_mode": { "i32": 4 }, "s03_mute": { "bool": true } }),
        8,
    );
    assert_eq!(document["format"], 1);
    assert_eq!(document["plugin"], "Busbar 8");
    let params = document["params"].as_object().expect("a table");
    let ids = include_str!("../ids.txt").lines().filter(|id| !id.starts_with('s') || id[1..3] <= *"08");
    assert_eq!(params.len(), ids.clone().count());
    assert!(ids.into_iter().all(|id| params[id].is_string()), "every parameter is a text");
    assert_eq!(params["s01_fader"], "-6.02 dB");
    assert_eq!(params["s02_mode"], "Mono");
    assert_eq!(params["s03_mute"], "On");
    assert_eq!(params["s01_pan"], "C");
}

#[test]
fn a_document_is_one_entry_a_line_so_that_a_text_diff_compares_it() {
    let framework = json!({ "version": "", "params": {}, "fields": {} }).to_string();
    let text =
        String::from_utf8(encode(framework.as_bytes(), "Busbar 8", 8).expect("encodes")).expect("UTF-8");
    assert!(text.ends_with("}\n"));
    assert_eq!(
        text.lines().filter(|line| line.contains("s01_fader")).collect::<Vec<_>>(),
        [r#"    "s01_fader": "0 dB","#]
    );
}

#[test]
fn loading_and_saving_gives_the_same_bytes() {
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..50 {
        let mut document = default_document(16);
        let params = document["params"].as_object_mut().expect("a table");
        for (id, text) in params.iter_mut() {
            if id.ends_with("fader") || (id.ends_with("level") && !id.contains("dim")) {
                *text = format!("{} dB", f64::from(rng.i32(-9999..1200)) / 100.0).into();
            } else if id.ends_with("_pan") {
                *text = format!("R{}", f64::from(rng.i32(1..10_000)) / 100.0).into();
            }
        }
        document["strip_names"] = json!(["Kick", "Snäre \"2\"", ""]);
        let number = rng.f64() * 10_f64.powi(rng.i32(-100..=100));
        document["view"] = json!({ "zoom": 1.5, "number": number });
        assert_eq!(resaved(&document, 16), document);
    }
}

#[test]
fn what_a_document_lacks_takes_its_default() {
    let document = json!({ "format": 1, "plugin": "Busbar 8", "params": { "s01_fader": "-6" } });
    let mut expected = default_document(8);
    expected["params"]["s01_fader"] = "-6 dB".into();
    assert_eq!(resaved(&document, 8), expected);
}

#[test]
fn a_larger_size_loads_into_a_smaller_and_comes_back_whole() {
    let mut large = default_document(32);
    large["params"]["s02_fader"] = "-2 dB".into();
    large["params"]["s20_fader"] = "-20 dB".into();
    let small = resaved(&large, 8);
    assert_eq!(small["plugin"], "Busbar 8");
    assert_eq!(small["params"]["s02_fader"], "-2 dB");
    assert_eq!(small["params"]["s20_fader"], "-20 dB", "kept, though there is no strip 20");
    let back = resaved(&small, 32);
    assert_eq!(back, large);
    assert!(
        decoded(&large, 8).expect("loads")["params"].get("s20_fader").is_none(),
        "nothing unknown is loaded"
    );
}

#[test]
fn a_newer_version_loads_as_far_as_it_is_known_and_loses_nothing() {
    let mut newer = default_document(8);
    newer["format"] = 2.into();
    newer["params"]["s01_fader"] = "-3 dB".into();
    newer["params"]["s01_sparkle"] = "11".into();
    newer["params"]["s01_mode"] = "Quantum".into();
    newer["strip_names"] = json!([{ "name": "Kick", "icon": "drum" }]);
    newer["scenes"] = json!([{ "name": "Verse" }]);
    assert_eq!(resaved(&newer, 8), newer, "what is not understood is written back as it came");
    let loaded = decoded(&newer, 8).expect("loads");
    assert_eq!(loaded["params"]["s01_fader"]["f32"], -3.0);
    assert_eq!(loaded["params"]["s01_mode"]["i32"], 0, "an unknown value is the default");

    // Once the parameter is moved, its own value counts.
    let mut framework = loaded;
    framework["params"]["s01_mode"]["i32"] = 4.into();
    let bytes = encode(framework.to_string().as_bytes(), "Busbar 8", 8).expect("encodes");
    let saved: Json = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(saved["params"]["s01_mode"], "Mono");
}

#[test]
fn what_is_no_number_is_saved_as_the_default() {
    // JSON has no word for it: the framework writes null.
    let document = document_of(&json!({ "s01_fader": { "f32": null }, "s01_mode": { "i32": -7 } }), 8);
    assert_eq!(document, default_document(8));
}

#[test]
fn what_could_not_be_written_back_is_refused() {
    let (mut n_loaded, mut n_refused) = (0, 0);
    for depth in 110..135 {
        let mut document = default_document(8);
        document["scenes"] = (0..depth).fold(json!(1), |inner, _| json!([inner]));
        match decoded(&document, 8) {
            Ok(_) => {
                n_loaded += 1;
                assert_eq!(resaved(&document, 8), document, "depth {depth}");
            }
            Err(_) => n_refused += 1,
        }
    }
    assert!(n_loaded > 5 && n_refused > 5, "JSON has a limit of depth, and the test must cross it");
}

#[test]
fn a_broken_document_is_refused_whole_with_a_reason() {
    let with = |edit: fn(&mut Json)| {
        let mut document = default_document(8);
        edit(&mut document);
        document
    };
    let cases: [(Json, &str); 10] = [
        (json!([]), "not a Busbar state"),
        (json!({}), "not a Busbar state"),
        (with(|d| d["format"] = json!("1")), "not a Busbar state"),
        (with(|d| d["plugin"] = json!("Reverb")), "belongs to \"Reverb\""),
        (with(|d| d["plugin"] = json!("Busbar Rack")), "belongs to \"Busbar Rack\""),
        (with(|d| d["params"] = json!(3)), "\"params\""),
        (with(|d| d["params"]["s01_fader"] = json!("loud")), "s01_fader"),
        (with(|d| d["params"]["s01_fader"] = json!(-6.0)), "s01_fader"),
        (with(|d| d["params"]["s08_d_pre"] = json!("sometimes")), "s08_d_pre"),
        (with(|d| d["strip_names"] = json!({ "1": "Kick" })), "strip_names"),
    ];
    for (document, reason) in cases {
        let error = decoded(&document, 8).expect_err(reason).to_string();
        assert!(error.contains(reason), "{error}");
    }
    for garbage in [&b""[..], b"\0\0\0", b"{\"format\": 1", b"{\"format\":1e999}"] {
        assert!(decode(garbage, 8).is_err());
    }
}

#[test]
fn no_bytes_whatever_make_loading_panic() {
    let mut rng = fastrand::Rng::with_seed(5);
    let whole = default_document(8).to_string().into_bytes();
    let mut n_refused = 0;
    for _ in 0..300 {
        let mut bytes = whole.clone();
        bytes.truncate(rng.usize(..=bytes.len()));
        for _ in 0..rng.usize(..4) {
            if !bytes.is_empty() {
                let at = rng.usize(..bytes.len());
                bytes[at] = rng.u8(..);
            }
        }
        n_refused += usize::from(decode(&bytes, 8).is_err());
    }
    assert!(n_refused > 200, "most of these are broken, {n_refused} were refused");
}

#[test]
fn a_state_from_before_there_were_stages_keeps_every_value_and_has_all_stages_off() {
    // Saved by the version that had faders, sends and switches only: the example's mix.
    let old: Json = serde_json::from_str(include_str!("data/before_stages.json")).expect("JSON");
    let values = old["params"].as_object().expect("a table");
    assert!(values.len() > 400 && !values.contains_key("s01_eq_on"), "this must be an old state");
    let new = resaved(&old, 16);
    for (id, value) in values {
        assert_eq!(new["params"][id], *value, "{id}");
    }
    let defaults = default_document(16);
    let mut n_added = 0;
    for (id, value) in new["params"].as_object().expect("a table") {
        if !values.contains_key(id) {
            assert_eq!(*value, defaults["params"][id], "{id}");
            n_added += 1;
        }
    }
    assert!(n_added > 800, "{n_added} new entries");
    assert_eq!(new["params"]["s01_comp_on"], "Off");
    assert_eq!(new["params"]["m_limiter_lookahead"], "None");
    assert_eq!(new["params"]["ga_sat_on"], "Off");
    assert_eq!(new["params"]["m_console"], "Off");
    assert_eq!(new["params"]["engine_rate"], "Host");
}
