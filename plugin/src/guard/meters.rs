//! Gain reductions on their way from the audio thread to whoever asks, and the CLAP extension by which a host asks.
//!
//! The extension is our own. Its id is `org.busbar.meters/1`, and a host that looks it up finds, in C:
//!
//! ```c
//! struct org_busbar_plugin_meters {
//!    // Fills `reductions_db` with the largest gain reductions since the last call, in dB, 0 or more, and returns how many
//!    // there are. Figures that do not fit into `capacity` stay for the next call; a null pointer or a capacity of 0 only
//!    // asks for the number, which never changes.
//!    // [thread-safe]
//!    uint32_t(CLAP_ABI *take)(const clap_plugin_t *plugin, float *reductions_db, uint32_t capacity);
//! };
//! ```
//!
//! Their order: gate and compressor of each strip (as many strips as there are input ports), the compressor of each group
//! (as many groups as there are output ports after the first), compressor and limiter of the master. A version that tells
//! more has another number in its id: `readings.rs` has `/2`.
//!
//! A figure says what the envelope took away, without make-up and mix. Two callers share what there is: each gets what
//! the other has not taken.

use std::ffi::CStr;
use std::sync::atomic::{AtomicU32, Ordering};

use clap_sys::plugin::clap_plugin;

/// The id of the extension.
pub const METERS_EXTENSION: &CStr = c"org.busbar.meters/1";

/// The extension as the plugin offers it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PluginMeters {
    /// Fills an array with the largest gain reductions since the last call, and returns how many there are. Thread-safe.
    pub take: Option<unsafe extern "C" fn(*const clap_plugin, *mut f32, u32) -> u32>,
}

/// The largest of each figure since it was last taken. Nobody ever waits.
#[derive(Debug)]
pub struct Meters {
    /// The bits of figures of 0 or more, which have the order of the figures.
    largest: Box<[AtomicU32]>,
}

impl Meters {
    /// So many figures, each of them 0.
    pub(crate) fn new(n_figures: usize) -> Self {
        Self { largest: (0..n_figures).map(|_| AtomicU32::new(0)).collect() }
    }

    /// How many figures there are.
    pub fn n_figures(&self) -> usize {
        self.largest.len()
    }

    /// Raises figures to these, in their order. What is not above 0 (nor a number) changes nothing. Realtime-safe.
    pub fn raise(&self, figures: impl IntoIterator<Item = f32>) {
        self.largest.iter().zip(figures).for_each(|(largest, figure)| raise(largest, figure));
    }

    /// Raises one figure. Realtime-safe.
    pub(crate) fn raise_one(&self, idx: usize, figure: f32) {
        raise(&self.largest[idx], figure);
    }

    /// Moves figures out, as many as fit; they begin at 0 again.
    pub fn take(&self, figures: &mut [f32]) {
        for (figure, largest) in figures.iter_mut().zip(&self.largest) {
            *figure = take(largest);
        }
    }

    /// Moves one figure out; it begins at 0 again.
    pub(crate) fn take_one(&self, idx: usize) -> f32 {
        take(&self.largest[idx])
    }

    /// One figure, which stays.
    pub(crate) fn peek(&self, idx: usize) -> f32 {
        f32::from_bits(self.largest[idx].load(Ordering::Relaxed))
    }

    /// Sets one figure, to 0 or more.
    pub(crate) fn put(&self, idx: usize, figure: f32) {
        self.largest[idx].store(figure.to_bits(), Ordering::Relaxed);
    }
}

fn raise(largest: &AtomicU32, figure: f32) {
    // The load first: it locks nothing, and most figures are 0 most of the time.
    if figure > f32::from_bits(largest.load(Ordering::Relaxed)) {
        largest.fetch_max(figure.to_bits(), Ordering::Relaxed);
    }
}

fn take(largest: &AtomicU32) -> f32 {
    // The load first, for the same reason: an editor asks sixty times a second for what is silent.
    if largest.load(Ordering::Relaxed) == 0 {
        0.0
    } else {
        f32::from_bits(largest.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_since_the_last_call_is_told() {
        let meters = Meters::new(3);
        meters.raise([1.0, 0.25, f32::NAN]);
        meters.raise([0.5, 6.0, -1.0]);
        let mut figures = [9.0; 2];
        meters.take(&mut figures);
        assert_eq!(figures, [1.0, 6.0]);
        meters.raise([0.0, 2.0, 3.0, 4.0]);
        let mut figures = [9.0; 4];
        meters.take(&mut figures);
        assert_eq!(figures, [0.0, 2.0, 3.0, 9.0], "the fourth is none of its figures");
    }
}
