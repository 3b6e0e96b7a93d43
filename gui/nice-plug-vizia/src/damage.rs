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

    /// How many pixels it has.
    pub(crate) fn n_pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_holds_every_pixel_that_a_rectangle_touches() {
        let area = Area::around(vg::Rect::new(10.2, 20.0, 30.5, 40.0));
        assert_eq!(area, Area { x: 10, y: 20, width: 21, height: 20 });
        let outside = Area::around(vg::Rect::new(-5.5, -9.0, 3.5, -1.0));
        assert_eq!(outside, Area { x: 0, y: 0, width: 4, height: 0 });
        assert_eq!(outside.intersection(Area::whole(10, 10)), None);
    }

    #[test]
    fn union_and_intersection() {
        let one = Area { x: 2, y: 3, width: 10, height: 4 };
        let other = Area { x: 8, y: 1, width: 10, height: 4 };
        assert_eq!(one.union(other), Area { x: 2, y: 1, width: 16, height: 6 });
        assert_eq!(one.intersection(other), Some(Area { x: 8, y: 3, width: 4, height: 2 }));
        assert_eq!(one.intersection(Area { x: 12, y: 3, width: 1, height: 1 }), None);
        assert_eq!((one.rows(), one.columns_of(4)), (3..7, 8..48));
    }
}
