//! Where strips had samples that are not finite: they must not reach a resampler, whose memory they would fill, but the
//! engine has to know.

use crate::lanes::TILE_FRAMES;
use std::collections::VecDeque;

/// Positions of one strip, in samples of the engine. They never go back.
pub(super) struct Marks {
    positions: VecDeque<u64>,
}

impl Marks {
    /// For positions that are `span` apart at most.
    pub(super) fn new(span: usize) -> Self {
        Self { positions: VecDeque::with_capacity(span / TILE_FRAMES + 3) }
    }

    pub(super) fn clear(&mut self) {
        self.positions.clear();
    }

    /// Remembers a position. The engine silences the rest of a tile, so the first one of each tile is enough.
    pub(super) fn push(&mut self, position: u64) {
        let tile = |position: u64| position / TILE_FRAMES as u64;
        let is_new = self.positions.back().is_none_or(|last| tile(*last) != tile(position));
        if is_new && self.positions.len() < self.positions.capacity() {
            self.positions.push_back(position);
        }
    }

    /// Takes the next position before `end`.
    pub(super) fn take(&mut self, end: u64) -> Option<u64> {
        self.positions.front().filter(|position| **position < end)?;
        self.positions.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }
}
