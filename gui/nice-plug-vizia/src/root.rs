//! What stands behind all views, and sees what is drawn.

use std::cell::Cell;
use std::rc::Rc;

use vizia_core::prelude::*;
use vizia_core::vg;

/// The window itself, behind all views.
pub(crate) struct Root {
    /// Where the last frame was drawn.
    pub(crate) drawn: Rc<Cell<Option<vg::Rect>>>,
}

impl View for Root {
    fn element(&self) -> Option<&'static str> {
        Some("window")
    }

    fn draw(&self, cx: &mut DrawContext, canvas: &Canvas) {
        // vizia keeps the dirty rectangle to itself, but has made it the clip.
        let clip = canvas.local_clip_bounds();
        self.drawn.set(clip);
        let bounds = cx.bounds();
        if clip.is_none_or(|clip| clip.width() >= bounds.w && clip.height() >= bounds.h) {
            // With no dirty rectangle at all vizia does not clear before it draws everything.
            canvas.clear(Color::transparent());
        }
        cx.draw_background(canvas);
        cx.draw_border(canvas);
    }
}
