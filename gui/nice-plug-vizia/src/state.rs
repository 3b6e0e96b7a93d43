//! Size and zoom of an editor, saved with the plugin's state.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};

/// The smallest zoom: 50 %.
pub const MIN_ZOOM: f32 = 0.5;
/// The largest zoom: 300 %.
pub const MAX_ZOOM: f32 = 3.0;
/// No editor is larger, so that a damaged state cannot ask for all memory.
const MAX_SIZE: u32 = 16_384;

/// Size and zoom of an editor. Make it part of the plugin's parameters to have it saved:
///
/// ```text
/// #[persist = "editor"]
/// editor: Arc<ViziaState>,
/// ```
///
/// The size is in logical pixels at 100 %: with a zoom of 2 the window is twice as wide.
#[derive(Debug)]
pub struct ViziaState {
    /// Width in the upper half, height in the lower, so that both change at once.
    size: AtomicU64,
    zoom: AtomicU32,
    default_size: (u32, u32),
    min_size: (u32, u32),
}

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedView {
    /// Logical width at 100 %.
    pub width: u32,
    /// Logical height at 100 %.
    pub height: u32,
    /// 1 is 100 %.
    pub zoom: f32,
}

impl ViziaState {
    /// A state that begins with this size, at 100 %; the editor can be made as small as `min_size`.
    pub fn new(default_size: (u32, u32), min_size: (u32, u32)) -> Arc<Self> {
        let min_size = (min_size.0.clamp(1, MAX_SIZE), min_size.1.clamp(1, MAX_SIZE));
        let state =
            Self { size: AtomicU64::new(0), zoom: AtomicU32::new(1f32.to_bits()), default_size, min_size };
        state.set_size(default_size);
        Arc::new(state)
    }

    /// The logical size at 100 %.
    pub fn size(&self) -> (u32, u32) {
        let packed = self.size.load(Ordering::Relaxed);
        ((packed >> 32) as u32, packed as u32)
    }

    /// The size that it begins with.
    pub fn default_size(&self) -> (u32, u32) {
        self.default_size
    }

    /// The smallest logical size at 100 %.
    pub fn min_size(&self) -> (u32, u32) {
        self.min_size
    }

    /// 1 is 100 %.
    pub fn zoom(&self) -> f32 {
        f32::from_bits(self.zoom.load(Ordering::Relaxed))
    }

    /// Changes the logical size, not below the smallest. An open editor does not look here.
    pub fn set_size(&self, (width, height): (u32, u32)) {
        let width = width.clamp(self.min_size.0, MAX_SIZE);
        let height = height.clamp(self.min_size.1, MAX_SIZE);
        self.size.store(u64::from(width) << 32 | u64::from(height), Ordering::Relaxed);
    }

    /// Changes the zoom, within 0.5…3. An open editor does not look here: see [`Host::set_zoom`](crate::Host::set_zoom).
    pub fn set_zoom(&self, zoom: f32) {
        let zoom = if zoom.is_finite() { zoom.clamp(MIN_ZOOM, MAX_ZOOM) } else { 1.0 };
        self.zoom.store(zoom.to_bits(), Ordering::Relaxed);
    }

    /// The size of the window in physical pixels.
    pub fn physical_size(&self, scale_factor: f64) -> (u32, u32) {
        let (width, height) = self.size();
        let factor = scale_factor * f64::from(self.zoom());
        (scaled(width, factor), scaled(height, factor))
    }

    /// The smallest size of the window in physical pixels.
    pub fn min_physical_size(&self, scale_factor: f64) -> (u32, u32) {
        let factor = scale_factor * f64::from(self.zoom());
        (scaled(self.min_size.0, factor), scaled(self.min_size.1, factor))
    }

    /// Remembers the logical size that a window of this physical size has.
    pub(crate) fn set_physical_size(&self, (width, height): (u32, u32), scale_factor: f64) {
        let factor = scale_factor * f64::from(self.zoom());
        // Back and forth must not creep: what gives this physical size already stays.
        if self.physical_size(scale_factor) != (width, height) {
            self.set_size((scaled(width, 1.0 / factor), scaled(height, 1.0 / factor)));
        }
    }
}

impl<'a> PersistentField<'a, SavedView> for ViziaState {
    fn set(&self, saved: SavedView) {
        self.set_size((saved.width, saved.height));
        self.set_zoom(saved.zoom);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&SavedView) -> R,
    {
        let (width, height) = self.size();
        f(&SavedView { width, height, zoom: self.zoom() })
    }
}

impl<'a> PersistentField<'a, SavedView> for Arc<ViziaState> {
    fn set(&self, saved: SavedView) {
        self.as_ref().set(saved);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&SavedView) -> R,
    {
        self.as_ref().map(f)
    }
}

pub(crate) fn scaled(length: u32, factor: f64) -> u32 {
    // Saturating: `as` clamps.
    ((f64::from(length) * factor).round() as u32).clamp(1, MAX_SIZE * 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_keeps_its_size_changes_nothing_however_often_it_tells_it() {
        // Zooms and scale factors that divide nothing evenly.
        for zoom in [0.5, 0.67, 0.75, 1.1, 1.25, 1.33, 1.5, 2.0, 3.0] {
            for scale_factor in [1.0, 1.25, 1.5, 1.75, 2.0] {
                let state = ViziaState::new((1201, 703), (200, 100));
                state.set_zoom(zoom);
                let physical = state.physical_size(scale_factor);
                for _ in 0..3 {
                    state.set_physical_size(physical, scale_factor);
                    assert_eq!(state.size(), (1201, 703), "zoom {zoom}, scale {scale_factor}");
                }
            }
        }
    }

    #[test]
    fn another_size_of_the_window_is_remembered_as_logical_pixels() {
        let state = ViziaState::new((300, 200), (100, 50));
        state.set_zoom(2.0);
        state.set_physical_size((1000, 600), 1.0);
        assert_eq!(state.size(), (500, 300));
        state.set_physical_size((20, 20), 1.0);
        assert_eq!(state.size(), (100, 50), "not below the smallest");
    }
}
