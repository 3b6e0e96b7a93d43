//! Size and zoom: limits, rounding, and the way through a plugin's state.

mod support;

use nice_plug::prelude::Params;
use nice_plug_vizia::prelude::*;
use support::TestParams;

#[test]
fn size_and_zoom_come_back_from_a_state() {
    let saved = TestParams::new();
    saved.editor.set_size((640, 480));
    saved.editor.set_zoom(1.5);
    let fields = saved.serialize_fields();
    assert!(fields.contains_key("editor"), "{fields:?}");
    let loaded = TestParams::new();
    loaded.deserialize_fields(&fields);
    assert_eq!((loaded.editor.size(), loaded.editor.zoom()), ((640, 480), 1.5));
}

#[test]
fn a_damaged_state_gives_a_window_that_can_be_used() {
    for (text, size, zoom) in [
        (r#"{"width":0,"height":0,"zoom":0.0}"#, (100, 100), MIN_ZOOM),
        (r#"{"width":4294967295,"height":300,"zoom":1e30}"#, (16_384, 300), MAX_ZOOM),
    ] {
        let params = TestParams::new();
        params.deserialize_fields(&[("editor".to_owned(), text.to_owned())].into());
        assert_eq!((params.editor.size(), params.editor.zoom()), (size, zoom), "{text}");
    }
    let params = TestParams::new();
    params.editor.set_zoom(f32::NAN);
    assert_eq!(params.editor.zoom(), 1.0);
}

#[test]
fn what_this_version_does_not_know_of_a_state_does_not_hurt() {
    let params = TestParams::new();
    let text = r#"{"width":400,"height":300,"zoom":2.0,"theme":"dark"}"#;
    params.deserialize_fields(&[("editor".to_owned(), text.to_owned())].into());
    assert_eq!((params.editor.size(), params.editor.zoom()), ((400, 300), 2.0));
}

#[test]
fn physical_sizes_follow_zoom_and_scale_factor() {
    let state = ViziaState::new((300, 200), (100, 50));
    assert_eq!(state.physical_size(1.0), (300, 200));
    state.set_zoom(1.5);
    assert_eq!(state.physical_size(2.0), (900, 600));
    assert_eq!(state.min_physical_size(2.0), (300, 150));
    assert_eq!(state.size(), (300, 200), "zoom leaves the logical size alone");
}
