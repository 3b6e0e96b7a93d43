//! What changed since the audio thread last looked.
//!
//! Every parameter's callback sets the bit of the part it belongs to, so that a block in which nothing moved costs one
//! atomic swap instead of a thousand loads.

use crate::layout::MAX_STRIPS;
use busbar_engine::N_GROUPS;
use std::sync::atomic::{AtomicU64, Ordering};

/// A part of the snapshot: one bit of the mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A strip, counted from 0, with its sends.
    Strip(usize),
    /// Group 0 (A) to 3 (D).
    Group(usize),
    /// The master and what concerns the instance as a whole.
    Master,
}

/// Strips have the lowest bits, then groups, then the master.
const FIRST_GROUP_BIT: usize = MAX_STRIPS;

impl Part {
    const fn bit(self) -> u64 {
        match self {
            Self::Strip(strip_idx) => 1 << strip_idx,
            Self::Group(group_idx) => 1 << (FIRST_GROUP_BIT + group_idx),
            Self::Master => 1 << (FIRST_GROUP_BIT + N_GROUPS),
        }
    }
}

/// Which parts changed.
#[derive(Debug)]
pub struct Dirty(AtomicU64);

impl Default for Dirty {
    /// Everything is new to whoever looks first.
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Dirty {
    /// Says that a part changed. The value must have been stored before.
    pub fn mark(&self, part: Part) {
        // Release: whoever takes this bit sees the value.
        self.0.fetch_or(part.bit(), Ordering::Release);
    }

    /// Takes what changed since the last call.
    pub fn take(&self) -> Changes {
        // A swap locks the cache line; a load of what is mostly zero does not.
        if self.0.load(Ordering::Relaxed) == 0 {
            return Changes(0);
        }
        Changes(self.0.swap(0, Ordering::Acquire))
    }
}

/// The parts that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes(u64);

impl Changes {
    /// Whether nothing changed.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a part changed.
    pub const fn contains(self, part: Part) -> bool {
        self.0 & part.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_bit_of_its_own() {
        let parts = (0..32).map(Part::Strip).chain((0..N_GROUPS).map(Part::Group)).chain([Part::Master]);
        let mask = parts.clone().fold(0, |mask, part| mask | part.bit());
        assert_eq!(mask.count_ones() as usize, parts.count());
    }

    #[test]
    fn a_change_is_taken_once() {
        let dirty = Dirty::default();
        assert!(dirty.take().contains(Part::Strip(31)), "all is new at first");
        assert!(dirty.take().is_empty());
        dirty.mark(Part::Group(2));
        let changes = dirty.take();
        assert!(changes.contains(Part::Group(2)) && !changes.contains(Part::Master));
        assert!(dirty.take().is_empty());
    }
}
