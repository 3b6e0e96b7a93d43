//! Pixels to the window.

use std::collections::VecDeque;
use std::error::Error;
use std::num::NonZeroU32;

use baseview::{PlatformHandle, WindowContext};

use crate::damage::Area;
use crate::ui::Ui;

/// How many frames back what was drawn is remembered: no system has more buffers in turn.
const REMEMBERED_FRAMES: usize = 4;

/// The window may have an alpha channel; what is behind it is none of the editor's.
const OPAQUE: u32 = 0xff00_0000;

/// The window's pixels. Only what changed is copied and sent.
pub(crate) struct Screen {
    surface: softbuffer::Surface<PlatformHandle, PlatformHandle>,
    // Behind the surface, which uses it.
    _context: softbuffer::Context<PlatformHandle>,
    size: (u32, u32),
    /// What each of the last frames changed, the newest first.
    changed: VecDeque<Vec<Area>>,
}

impl Screen {
    pub(crate) fn new(window: &WindowContext) -> Result<Self, Box<dyn Error>> {
        let handle = window.platform_handle();
        let context = softbuffer::Context::new(handle.clone()).map_err(|e| e.to_string())?;
        let surface = softbuffer::Surface::new(&context, handle).map_err(|e| e.to_string())?;
        Ok(Self { surface, _context: context, size: (0, 0), changed: VecDeque::new() })
    }

    /// Shows the pixels of some areas.
    pub(crate) fn show(&mut self, ui: &mut Ui, areas: &[Area]) -> Result<(), softbuffer::SoftBufferError> {
        let (width, height) = ui.size();
        let whole = Area::whole(width, height);
        let mut areas: Vec<_> = areas.iter().filter_map(|area| area.intersection(whole)).collect();
        if self.size != (width, height) {
            let (Some(w), Some(h)) = (NonZeroU32::new(width), NonZeroU32::new(height)) else { return Ok(()) };
            self.surface.resize(w, h)?;
            self.size = (width, height);
            self.changed.clear();
            areas = vec![whole];
        }
        let damage: Vec<_> = areas.iter().copied().filter_map(damage).collect();
        self.changed.push_front(areas);
        self.changed.truncate(REMEMBERED_FRAMES);
        let mut buffer = self.surface.buffer_mut()?;
        // A buffer of age n lacks what the last n frames changed, this one included.
        let age = usize::from(buffer.age());
        if age == 0 || age > self.changed.len() {
            ui.copy_pixels(whole, &mut buffer, OPAQUE);
        } else {
            for area in self.changed.iter().take(age).flatten() {
                ui.copy_pixels(*area, &mut buffer, OPAQUE);
            }
        }
        buffer.present_with_damage(&damage)
    }
}

fn damage(area: Area) -> Option<softbuffer::Rect> {
    let (width, height) = (NonZeroU32::new(area.width)?, NonZeroU32::new(area.height)?);
    Some(softbuffer::Rect { x: area.x, y: area.y, width, height })
}
