//! Rectangles of pixels: what was drawn and has to reach the screen.

use std::ops::Range;

use vizia_core::vg;

/// A rectangle of whole pixels, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Area {
    pub(crate) fn whole(width: u32, height: u32) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// The pixels that a rectangle touches, as far as there are such.
    pub(crate) fn around(rect: vg::Rect) -> Self {
        // `as` saturates: what lies left of the window begins at 0.
        let (x, y) = (rect.left.floor() as u32, rect.top.floor() as u32);
        let (right, bottom) = (rect.right.ceil() as u32, rect.bottom.ceil() as u32);
        Self { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
    }

    /// What both have in common.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        (x < right && y < bottom).then(|| Self { x, y, width: right - x, height: bottom - y })
    }

    /// The smallest that holds both.
    pub(crate) fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// Its rows.
    pub(crate) fn rows(self) -> Range<usize> {
        self.y as usize..(self.y + self.height) as usize
    }

    /// Its part of a row whose pixels have this many elements each.
    pub(crate) fn columns_of(self, elements: usize) -> Range<usize> {
        self.x as usize * elements..(self.x + self.width) as usize * elements
    }
}
