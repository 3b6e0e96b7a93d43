//! The samples of one strip, for whoever wants to look at them: behind width and pan, in front of the fader.
//!
//! Groups and the master can be watched where they leave; a strip's sound lies in lanes and is nowhere else. What is watched waits
//! until somebody has seen it. Watching changes no bit of the sound, and costs nothing while nobody does it.

use crate::lanes::{LANES, unscale};
use crate::strips::StripLanes;

/// How many frames wait at most: the longest block in use. What comes then is dropped.
const CAPACITY_FRAMES: usize = 8_192;

/// What waits to be seen.
pub(crate) struct Watch {
    strip_idx: Option<usize>,
    sides: [Box<[f32]>; 2],
    n_frames: usize,
}

impl Watch {
    /// Of nothing.
    pub(crate) fn new() -> Self {
        let side = || vec![0.0; CAPACITY_FRAMES].into_boxed_slice();
        Self { strip_idx: None, sides: [side(), side()], n_frames: 0 }
    }

    /// Another strip or none; what waited is forgotten.
    pub(crate) fn set(&mut self, strip_idx: Option<usize>) {
        if self.strip_idx != strip_idx {
            self.strip_idx = strip_idx;
            self.n_frames = 0;
        }
    }

    /// What waits.
    pub(crate) fn frames(&self) -> [&[f32]; 2] {
        self.sides.each_ref().map(|side| &side[..self.n_frames])
    }

    /// It was seen, or its time is gone.
    pub(crate) fn forget(&mut self) {
        self.n_frames = 0;
    }

    /// Takes `n` frames of what the strips have just finished.
    #[inline]
    pub(crate) fn take(&mut self, strips: &[StripLanes], n: usize) {
        if let Some(strip_idx) = self.strip_idx {
            self.copy(strips, strip_idx, n);
        }
    }

    fn copy(&mut self, strips: &[StripLanes], strip_idx: usize, n: usize) {
        let n = n.min(CAPACITY_FRAMES - self.n_frames);
        let signal = strips.get(strip_idx / LANES).and_then(|lanes| lanes.signal(strip_idx % LANES));
        for (side_idx, side) in self.sides.iter_mut().enumerate() {
            let places = &mut side[self.n_frames..self.n_frames + n];
            match &signal {
                Some(signal) => {
                    places.iter_mut().zip(&signal[side_idx]).for_each(|(place, s)| *place = unscale(*s));
                }
                None => places.fill(0.0),
            }
        }
        self.n_frames += n;
    }
}
