//! Size and zoom of the editor, in the view that is saved with the state.

use nice_plug::params::persist::PersistentField;
use nice_plug_vizia::{SavedView, ViziaState};
use serde_json::{Map, Value as Json};

/// The entry of the view.
const WINDOW: &str = "window";

/// Writes size and zoom into a view. An editor that was never changed leaves no trace, so that states of a plugin without a window stay as they were.
pub(super) fn write(view: &mut Json, window: &ViziaState) {
    let is_new = window.size() == window.default_size() && window.zoom() == 1.0;
    if is_new && view.get(WINDOW).is_none() {
        return;
    }
    if !view.is_object() {
        *view = Json::Object(Map::new());
    }
    let saved = PersistentField::map(window, |saved: &SavedView| serde_json::to_value(saved));
    if let (Some(entries), Ok(saved)) = (view.as_object_mut(), saved) {
        entries.insert(WINDOW.to_owned(), saved);
    }
}

/// Takes size and zoom from a view, for when the editor is opened next. What is missing or makes no sense changes nothing.
pub(super) fn read(view: &Json, window: &ViziaState) {
    let saved = view.get(WINDOW).map(|saved| serde_json::from_value::<SavedView>(saved.clone()));
    if let Some(Ok(saved)) = saved {
        PersistentField::set(window, saved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_window_comes_back_as_it_was_and_nonsense_changes_nothing() {
        let (mut view, window) = (Json::Null, ViziaState::new((1200, 700), (760, 560)));
        write(&mut view, &window);
        assert_eq!(view, Json::Null, "nothing to tell of a new one");

        window.set_size((1500, 800));
        window.set_zoom(1.25);
        write(&mut view, &window);
        assert_eq!(view, json!({ "window": { "width": 1500, "height": 800, "zoom": 1.25 } }));

        let other = ViziaState::new((1200, 700), (760, 560));
        for broken in
            [json!({}), json!({ "window": 3 }), json!({ "window": { "width": -1, "height": 0, "zoom": 9 } })]
        {
            read(&broken, &other);
            assert_eq!((other.size(), other.zoom()), ((1200, 700), 1.0));
        }
        read(&view, &other);
        assert_eq!((other.size(), other.zoom()), ((1500, 800), 1.25));

        other.set_size((1200, 700));
        other.set_zoom(1.0);
        write(&mut view, &other);
        assert_eq!(view["window"]["width"], 1200, "and goes back where it was");
    }
}
