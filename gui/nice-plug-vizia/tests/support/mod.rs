//! What the tests of this crate share: a plugin's parameters and a page on them.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;

use nice_plug::prelude::{BoolParam, FloatParam, FloatRange, Params};
use nice_plug_vizia::prelude::*;

/// Parameters of a small plugin.
#[derive(Params)]
pub struct TestParams {
    #[persist = "editor"]
    pub editor: Arc<ViziaState>,
    #[id = "gain"]
    pub gain: FloatParam,
    #[id = "mute"]
    pub mute: BoolParam,
}

impl TestParams {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            editor: ViziaState::new((300, 200), (100, 100)),
            gain: FloatParam::new("Gain", 0.5, FloatRange::Linear { min: 0.0, max: 1.0 }),
            mute: BoolParam::new("Mute", false),
        })
    }
}

/// A 300 × 200 editor with this page, settled.
pub fn open(params: &Arc<TestParams>, build: impl FnOnce(&mut Context)) -> Headless {
    let mut editor = Headless::new(Arc::clone(params) as Arc<dyn Params>, THEME, 300, 200, 1.0, build);
    assert!(editor.settle(), "the page never comes to rest");
    editor
}

/// No transitions, so that nothing depends on the clock.
pub const THEME: &str = "* { transition: none; } :root { background-color: #202020; }";
