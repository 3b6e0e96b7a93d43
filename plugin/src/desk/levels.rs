//! Levels on their way from the audio thread to the editor.
//!
//! The audio thread raises peaks and stores mean squares. Peaks are taken by the one who reads, and holds are made of what was
//! taken, so that the audio thread never sees them. A mean square is one number, so that no reader can see half of it; left and
//! right may be of two neighbouring blocks.

use crate::guard::Meters;
use busbar_engine::{Level, N_GROUPS};
use std::sync::atomic::{AtomicU32, Ordering};

/// A place where the desk meters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// A strip's input behind input mode, trim and polarity: what its filters get. Mute leaves it alone.
    Input(usize),
    /// What a strip sends on: behind fader, pan, width, mute and solo, whatever levels its sends have.
    Strip(usize),
    /// A group behind fader, balance and mute.
    Group(usize),
    /// The master as it leaves, with limiter, mono, dim, cut and bypass.
    Master,
}

/// What a tap's meter shows: left and right as linear gains, where 1 is full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Levels {
    /// The largest magnitude since the last call.
    pub peak: [f32; 2],
    /// The root of the mean square over about 300 ms. A sine of amplitude 1 reads 0.707: nothing is added to make it read 1.
    pub rms: [f32; 2],
    /// The largest magnitude since the hold was cleared.
    pub hold: [f32; 2],
}

/// Levels of all taps, left and right beside each other.
pub(super) struct LevelStore {
    n_strips: usize,
    peaks: Meters,
    holds: Meters,
    mean_squares: Box<[AtomicU32]>,
}

impl LevelStore {
    pub(super) fn new(n_strips: usize) -> Self {
        let n = 2 * (2 * n_strips + N_GROUPS + 1);
        Self {
            n_strips,
            peaks: Meters::new(n),
            holds: Meters::new(n),
            mean_squares: (0..n).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// The taps in the order in which they are stored.
    fn taps(&self) -> impl Iterator<Item = Tap> + use<> {
        let strips = 0..self.n_strips;
        let inputs = strips.clone().map(Tap::Input);
        inputs.chain(strips.map(Tap::Strip)).chain((0..N_GROUPS).map(Tap::Group)).chain([Tap::Master])
    }

    /// Where a tap's left side is stored.
    fn place(&self, tap: Tap) -> Option<usize> {
        let n_strips = self.n_strips;
        let idx = match tap {
            Tap::Input(idx) if idx < n_strips => idx,
            Tap::Strip(idx) if idx < n_strips => n_strips + idx,
            Tap::Group(idx) if idx < N_GROUPS => 2 * n_strips + idx,
            Tap::Master => 2 * n_strips + N_GROUPS,
            _ => return None,
        };
        Some(2 * idx)
    }

    /// Takes what the engine tells of its last block. Realtime-safe.
    pub(super) fn publish(&self, levels: busbar_engine::Levels<'_>) {
        let level = |tap| match tap {
            Tap::Input(idx) => levels.input(idx),
            Tap::Strip(idx) => levels.strip(idx),
            Tap::Group(idx) => levels.group(idx),
            Tap::Master => levels.master(),
        };
        self.peaks.raise(self.taps().flat_map(|tap| level(tap).peak));
        let mean_squares = self.taps().flat_map(|tap| level(tap).mean_square);
        self.mean_squares.iter().zip(mean_squares).for_each(|(place, value)| store(place, value));
    }

    /// Sets what a tap shows, as if a block had brought it.
    pub(super) fn show(&self, tap: Tap, level: Level, hold: [f32; 2]) {
        let Some(place) = self.place(tap) else { return };
        let sides = level.peak.into_iter().zip(hold).zip(level.mean_square);
        for (place, ((peak, hold), mean_square)) in (place..).zip(sides) {
            self.peaks.put(place, peak);
            self.holds.put(place, hold);
            store(&self.mean_squares[place], mean_square);
        }
    }

    /// Reads a tap; `is_still` leaves its peak where it is.
    pub(super) fn read(&self, tap: Tap, is_still: bool) -> Levels {
        let Some(place) = self.place(tap) else { return Levels::default() };
        let sides = [place, place + 1];
        let peak = sides.map(|side| {
            if is_still {
                return self.peaks.peek(side);
            }
            let peak = self.peaks.take_one(side);
            self.holds.raise_one(side, peak);
            peak
        });
        let rms = sides.map(|side| f32::from_bits(self.mean_squares[side].load(Ordering::Relaxed)).sqrt());
        Levels { peak, rms, hold: sides.map(|side| self.holds.peek(side)) }
    }

    /// The largest peak since the hold was cleared, with what nobody has read yet.
    pub(super) fn held(&self, tap: Tap) -> [f32; 2] {
        let Some(place) = self.place(tap) else { return [0.0; 2] };
        [place, place + 1].map(|side| self.holds.peek(side).max(self.peaks.peek(side)))
    }

    /// Forgets what is held, and what would be held as soon as it is read.
    pub(super) fn clear_hold(&self, tap: Tap) {
        for side in self.place(tap).into_iter().flat_map(|place| [place, place + 1]) {
            self.peaks.take_one(side);
            self.holds.take_one(side);
        }
    }

    pub(super) fn clear_all_holds(&self) {
        self.taps().for_each(|tap| self.clear_hold(tap));
    }
}

/// Stores what is new. The load first: whoever else reads this cache line is not disturbed by silence.
fn store(place: &AtomicU32, value: f32) {
    if place.load(Ordering::Relaxed) != value.to_bits() {
        place.store(value.to_bits(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tap_has_a_place_of_its_own_in_the_order_of_the_taps() {
        let store = LevelStore::new(3);
        let places: Vec<_> = store.taps().filter_map(|tap| store.place(tap)).collect();
        assert_eq!(places, (0..3 + 3 + N_GROUPS + 1).map(|idx| 2 * idx).collect::<Vec<_>>());
        assert_eq!(store.mean_squares.len(), 2 * places.len());
        for missing in [Tap::Input(3), Tap::Strip(3), Tap::Group(N_GROUPS)] {
            assert_eq!(store.read(missing, false), Levels::default());
        }
    }

    #[test]
    fn peaks_are_taken_and_holds_stay() {
        let store = LevelStore::new(2);
        let tap = Tap::Strip(1);
        let level = |peak| Level { peak, mean_square: [0.25, 0.0] };
        store.show(tap, level([0.5, 2.0]), [0.0; 2]);
        assert_eq!(store.held(tap), [0.5, 2.0], "also before anybody has read it");
        assert_eq!(store.read(tap, false), Levels { peak: [0.5, 2.0], rms: [0.5, 0.0], hold: [0.5, 2.0] });
        assert_eq!(store.read(tap, false).peak, [0.0; 2]);
        store.peaks.raise_one(store.place(tap).expect("a place"), 0.75);
        assert_eq!(store.held(tap), [0.75, 2.0]);
        store.clear_hold(tap);
        assert_eq!((store.held(tap), store.read(tap, false).hold), ([0.0; 2], [0.0; 2]));
    }
}
