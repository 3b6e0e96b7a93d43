//! Whether the host still calls: the audio thread counts its blocks, and who asks keeps the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long after its last block a host counts as processing: the longest blocks in use (8,192 frames at 44.1 kHz) take 186 ms.
const PATIENCE: Duration = Duration::from_millis(333);

/// A count of blocks.
pub(super) struct Pulse {
    n_blocks: AtomicU64,
    /// The count that was seen last, and when, in milliseconds since the beginning. Of whoever asks: the audio thread knows no time.
    seen: AtomicU64,
    seen_at_ms: AtomicU64,
    beginning: Instant,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            n_blocks: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            seen_at_ms: AtomicU64::new(0),
            beginning: Instant::now(),
        }
    }
}

impl Pulse {
    /// A block was processed. Realtime-safe.
    pub(super) fn beat(&self) {
        // Nobody else counts.
        self.n_blocks.store(self.n_blocks.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    pub(super) fn n_blocks(&self) -> u64 {
        self.n_blocks.load(Ordering::Relaxed)
    }

    /// Whether there was a block lately.
    pub(super) fn is_beating(&self) -> bool {
        self.was_beating_at(self.beginning.elapsed())
    }

    fn was_beating_at(&self, now: Duration) -> bool {
        let (n_blocks, now_ms) = (self.n_blocks(), now.as_millis() as u64);
        if self.seen.swap(n_blocks, Ordering::Relaxed) != n_blocks {
            self.seen_at_ms.store(now_ms, Ordering::Relaxed);
            return true;
        }
        let since_ms = now_ms.saturating_sub(self.seen_at_ms.load(Ordering::Relaxed));
        n_blocks > 0 && since_ms < PATIENCE.as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_counts_as_processing_for_a_while_after_its_last_block() {
        let pulse = Pulse::default();
        let at = |ms| pulse.was_beating_at(Duration::from_millis(ms));
        assert!(!at(0) && !at(100), "no block yet");
        pulse.beat();
        assert!(at(1_000) && at(1_332));
        assert!(!at(1_333) && !at(9_000));
        pulse.beat();
        pulse.beat();
        assert!(at(9_010) && at(9_300));
        assert_eq!(pulse.n_blocks(), 3);
    }
}
