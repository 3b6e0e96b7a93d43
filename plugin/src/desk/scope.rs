//! Samples of one tap on their way from the audio thread to whoever draws a spectrum.
//!
//! ```text
//! Spectrum → Scope::wanted → ScopeFeed (audio thread) → ring, one producer and one consumer → Spectrum
//! ```
//!
//! While nobody wants any, a block costs one load. When the ring is full the rest of a block is dropped: the reader finds it full and
//! knows. Nothing is allocated or freed after the instance was made, because who goes away puts his end of the ring back.

use super::Tap;
use busbar_engine::N_GROUPS;
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How many frames may wait: 43 ms at 192 kHz, more than twice as long as an editor looks away.
pub(super) const CAPACITY_FRAMES: usize = 8_192;

/// The word of a wish has the tap in its lowest bits, and above them a number that tells wishes apart.
const TAP_BITS: u32 = 8;

/// What both threads see.
pub(super) struct Scope {
    n_strips: usize,
    /// The reader's wish; 0 if there is none.
    wish: AtomicU32,
    /// The wish that the audio thread fulfils.
    granted: AtomicU32,
    /// How many frames had gone into the ring before those of that wish.
    granted_from: AtomicU64,
    n_wishes: AtomicU32,
    /// The reader's end, while nobody reads.
    spare: Mutex<Option<ScopeSink>>,
    /// The audio thread's end, until it fetches it.
    feed: Mutex<Option<ScopeFeed>>,
}

/// The reader's end.
pub(super) struct ScopeSink {
    pub frames: Consumer<[f32; 2]>,
    /// How many frames came out of the ring so far.
    pub n_read: u64,
}

/// The audio thread's end: whoever processes keeps it.
pub struct ScopeFeed {
    frames: Producer<[f32; 2]>,
    n_written: u64,
    wish: u32,
    tap: Option<Tap>,
}

impl Scope {
    pub(super) fn new(n_strips: usize) -> Self {
        let (feed, sink) = RingBuffer::new(CAPACITY_FRAMES);
        Self {
            n_strips,
            wish: AtomicU32::new(0),
            granted: AtomicU32::new(0),
            granted_from: AtomicU64::new(0),
            n_wishes: AtomicU32::new(0),
            spare: Mutex::new(Some(ScopeSink { frames: sink, n_read: 0 })),
            feed: Mutex::new(Some(ScopeFeed { frames: feed, n_written: 0, wish: 0, tap: None })),
        }
    }

    /// The audio thread's end, once. Not for the audio thread itself.
    pub(super) fn take_feed(&self) -> Option<ScopeFeed> {
        self.feed.lock().take()
    }

    /// The reader's end, unless somebody has it.
    pub(super) fn take_sink(&self) -> Option<ScopeSink> {
        self.spare.lock().take()
    }

    /// The reader goes away.
    pub(super) fn put_back(&self, sink: ScopeSink) {
        self.wish.store(0, Ordering::Relaxed);
        *self.spare.lock() = Some(sink);
    }

    /// From now on frames of this tap are wanted. Returns the word of this wish.
    pub(super) fn want(&self, tap: Tap) -> u32 {
        let n_wishes = self.n_wishes.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let wish = (n_wishes << TAP_BITS) | self.code(tap);
        self.wish.store(wish, Ordering::Release);
        wish
    }

    /// From which frame of the ring on this wish is fulfilled, once the audio thread has seen it.
    pub(super) fn granted_from(&self, wish: u32) -> Option<u64> {
        // Acquire: the frame number was stored before. No other wish can come between, for there is one reader.
        (self.granted.load(Ordering::Acquire) == wish).then(|| self.granted_from.load(Ordering::Relaxed))
    }

    /// Of a tap, 1 and more; of one that does not exist 0.
    fn code(&self, tap: Tap) -> u32 {
        let n = self.n_strips;
        let code = match tap {
            Tap::Input(idx) if idx < n => 1 + idx,
            Tap::Strip(idx) if idx < n => 1 + n + idx,
            Tap::Group(idx) if idx < N_GROUPS => 1 + 2 * n + idx,
            Tap::Master => 1 + 2 * n + N_GROUPS,
            _ => 0,
        };
        code as u32
    }

    fn tap(&self, wish: u32) -> Option<Tap> {
        let n = self.n_strips;
        let code = (wish & ((1 << TAP_BITS) - 1)) as usize;
        match code.checked_sub(1)? {
            idx if idx < n => Some(Tap::Input(idx)),
            idx if idx < 2 * n => Some(Tap::Strip(idx - n)),
            idx if idx < 2 * n + N_GROUPS => Some(Tap::Group(idx - 2 * n)),
            _ => Some(Tap::Master),
        }
    }
}

impl ScopeFeed {
    /// The tap that is wanted in this block, if one is. Realtime-safe.
    pub(super) fn wanted(&mut self, scope: &Scope) -> Option<Tap> {
        let wish = scope.wish.load(Ordering::Acquire);
        if wish != self.wish {
            self.wish = wish;
            self.tap = scope.tap(wish);
            scope.granted_from.store(self.n_written, Ordering::Relaxed);
            scope.granted.store(wish, Ordering::Release);
        }
        self.tap
    }

    /// Gives the reader frames, as many as fit. Realtime-safe.
    pub fn push(&mut self, sides: [&[f32]; 2]) {
        let [left, right] = sides;
        self.push_frames(
            left.len().min(right.len()),
            left.iter().zip(right).map(|(left, right)| [*left, *right]),
        );
    }

    /// The same with silence.
    pub fn push_silence(&mut self, n_frames: usize) {
        self.push_frames(n_frames, std::iter::repeat([0.0; 2]));
    }

    fn push_frames(&mut self, n_frames: usize, frames: impl Iterator<Item = [f32; 2]>) {
        let n = n_frames.min(self.frames.slots());
        if let Ok(chunk) = self.frames.write_chunk_uninit(n) {
            self.n_written += chunk.fill_from_iter(frames.take(n)) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tap_has_a_word_of_its_own() {
        for n_strips in [8, 32] {
            let scope = Scope::new(n_strips);
            let strips = (0..n_strips).flat_map(|idx| [Tap::Input(idx), Tap::Strip(idx)]);
            for tap in strips.chain((0..N_GROUPS).map(Tap::Group)).chain([Tap::Master]) {
                let wish = scope.want(tap);
                assert_eq!(scope.tap(wish), Some(tap));
            }
            assert_eq!(scope.tap(scope.want(Tap::Strip(n_strips))), None);
            assert_eq!(scope.tap(0), None);
        }
    }

    #[test]
    fn a_new_wish_is_told_from_the_frames_of_the_one_before() {
        let scope = Scope::new(8);
        let mut feed = scope.take_feed().expect("the only one");
        assert!(scope.take_feed().is_none());
        assert_eq!(feed.wanted(&scope), None);
        let first = scope.want(Tap::Master);
        assert_eq!(scope.granted_from(first), None, "no block yet");
        assert_eq!(feed.wanted(&scope), Some(Tap::Master));
        assert_eq!(scope.granted_from(first), Some(0));
        feed.push([&[1.0; 10], &[2.0; 10]]);
        let second = scope.want(Tap::Master);
        assert_eq!(scope.granted_from(second), None);
        feed.push_silence(5);
        assert_eq!(feed.wanted(&scope), Some(Tap::Master));
        assert_eq!((scope.granted_from(first), scope.granted_from(second)), (None, Some(15)));
        let sink = scope.take_sink().expect("nobody reads");
        assert_eq!(sink.frames.slots(), 15);
        assert!(scope.take_sink().is_none());
        scope.put_back(sink);
        assert_eq!(feed.wanted(&scope), None, "nobody reads any more");
    }
}
