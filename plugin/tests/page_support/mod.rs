//! The page without a window, and its controls: what they are of is asked from the page itself.
//!
//! Tab goes through the controls, and an arrow tells by its gesture which parameter a control is of. So no place is written down
//! anywhere, and nothing is read off pictures. The tests of the editor in windows (`host/tests/editor.rs`) find controls by it,
//! too: the layout there is the same, because nothing of it depends on the window.

use busbar::desk::Desk;
use busbar::editor::{self, THEME};
use busbar::params::BusbarParams;
use nice_plug_vizia::prelude::*;
use std::sync::Arc;

/// Longer than a burst of keys or of the wheel holds a parameter.
const BURST_S: f32 = 2.0;

/// More controls than any page has.
const MAX_STOPS: usize = 2000;

/// A stop of the Tab key.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    pub view: Entity,
    /// What kind of view it is.
    pub element: &'static str,
    /// The parameter that an arrow changes here.
    pub param: Option<String>,
    /// What the page said when the arrow and the key for the default were pressed.
    pub gestures: Vec<Gesture>,
    /// Left, top, width and height in physical pixels.
    pub bounds: [f32; 4],
}

/// The page of an instance that nobody plays, in memory.
pub struct Page {
    pub editor: Headless,
    pub params: Arc<BusbarParams>,
    pub desk: Arc<Desk>,
}

impl Page {
    /// The page of Busbar with this many strips, in this logical size.
    pub fn new(n_strips: usize, (width, height): (u32, u32)) -> Self {
        let params = Arc::new(BusbarParams::new(n_strips));
        let desk = Desk::for_pictures(Arc::clone(&params));
        let (for_page, for_desk) = (Arc::clone(&params), Arc::clone(&desk));
        let mut editor = Headless::new(params.clone(), THEME, width, height, 1.0, move |cx| {
            editor::build(cx, &for_page, &for_desk);
        });
        assert!(editor.settle(), "the page never comes to rest");
        Self { editor, params, desk }
    }

    /// Goes round once with Tab. Every parameter is at its default after.
    pub fn stops(&mut self) -> Vec<Stop> {
        let mut stops: Vec<Stop> = Vec::new();
        loop {
            self.editor.key(Code::Tab, Key::Tab);
            let view = self.editor.focused();
            if stops.first().is_some_and(|first| first.view == view) {
                return stops;
            }
            assert!(stops.len() < MAX_STOPS, "Tab never comes round");
            let stop = self.stop(view);
            stops.push(stop);
        }
    }

    /// Where the control of a parameter is that its element's name tells from others of it.
    pub fn bounds(stops: &[Stop], param: &str, element: &str) -> [f32; 4] {
        let is_it = |stop: &&Stop| stop.element == element && stop.param.as_deref() == Some(param);
        stops.iter().find(is_it).unwrap_or_else(|| panic!("no {element} of {param} on the page")).bounds
    }

    /// Every view on the page whose element's name is asked for, with its name. The page is of no use after: vizia never
    /// comes to rest once two text boxes had the keyboard between two ticks, which no mouse and no key can do.
    pub fn views(&mut self, is_asked_for: impl Fn(&str) -> bool) -> Vec<(Entity, &'static str)> {
        let context = self.editor.context();
        let all: Vec<Entity> = context.tree.into_iter().collect();
        let mut found = Vec::new();
        for view in all {
            // vizia tells the element's name of one view only: that which has the keyboard.
            self.editor.context().with_current(view, |cx| cx.focus_with_visibility(false));
            let Some(element) = self.editor.focused_element() else { continue };
            let bounds = EventContext::new_with_current(self.editor.context(), view).bounds();
            if is_asked_for(element) && bounds.w > 0.0 && bounds.h > 0.0 {
                found.push((view, element));
            }
        }
        found
    }

    fn stop(&mut self, view: Entity) -> Stop {
        let element = self.editor.focused_element().unwrap_or_default();
        let bounds = EventContext::new_with_current(self.editor.context(), view).bounds();
        self.editor.gestures();
        let mut gestures = Vec::new();
        // In a text field arrows move the caret.
        if !self.editor.is_typing() {
            // At the upper end an arrow upwards changes nothing: the other one does.
            for (code, key) in [
                (Code::ArrowUp, Key::ArrowUp),
                (Code::ArrowDown, Key::ArrowDown),
                (Code::Delete, Key::Delete),
            ] {
                self.editor.key(code, key);
            }
            self.editor.update(BURST_S);
            gestures.extend(self.editor.gestures());
        }
        let param = gestures.iter().find_map(|gesture| match gesture {
            Gesture::Begin(id) => Some(id.clone()),
            _ => None,
        });
        Stop { view, element, param, gestures, bounds: [bounds.x, bounds.y, bounds.w, bounds.h] }
    }
}
