//! Loudness and true peaks on their way from the audio thread to whoever asks, and the CLAP extension by which a host asks.
//!
//! The extension is our own. Its id is `org.busbar.meters/2`; it stands beside `/1`, which it contains, and a host that looks it
//! up finds, in C:
//!
//! ```c
//! struct org_busbar_plugin_meters_2 {
//!    // As `take` of org.busbar.meters/1.
//!    // [thread-safe]
//!    uint32_t(CLAP_ABI *take_reductions)(const clap_plugin_t *plugin, float *reductions_db, uint32_t capacity);
//!
//!    // Fills `figures` with what the meters read now and returns how many figures there are. Reading takes nothing away.
//!    // Figures that do not fit into `capacity` are left out; a null pointer or a capacity of 0 only asks for the number,
//!    // which never changes.
//!    // [thread-safe]
//!    uint32_t(CLAP_ABI *read_loudness)(const clap_plugin_t *plugin, float *figures, uint32_t capacity);
//!
//!    // Integrated loudness, range, largest values and true peaks begin anew with the next block.
//!    // [thread-safe]
//!    void(CLAP_ABI *restart_loudness)(const clap_plugin_t *plugin);
//! };
//! ```
//!
//! There are nine figures for each strip (as many strips as there are input ports), then for each group (as many groups as there
//! are output ports after the first), then for the master:
//!
//! | | figure | unit |
//! |---|---|---|
//! | 0 | momentary loudness, over 400 ms | LUFS |
//! | 1 | short-term loudness, over 3 s | LUFS |
//! | 2 | integrated loudness, gated | LUFS |
//! | 3 | loudness range | LU |
//! | 4 | the largest momentary loudness | LUFS |
//! | 5 | the largest short-term loudness | LUFS |
//! | 6, 7 | the largest true peak, left and right | linear, 1 is full scale |
//! | 8 | correlation of left and right | −1 to 1 |
//!
//! Loudness of silence is −∞. They are of the strip behind its fader, the group behind its fader, and the master as it leaves. A
//! figure may be one block newer than its neighbour.

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};

use atomic_float::AtomicF32;
use clap_sys::plugin::clap_plugin;

/// The id of the extension.
pub const METERS_2_EXTENSION: &CStr = c"org.busbar.meters/2";

/// The extension as the plugin offers it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PluginMeters2 {
    /// Fills an array with the largest gain reductions since the last call, and returns how many there are. Thread-safe.
    pub take_reductions: Option<unsafe extern "C" fn(*const clap_plugin, *mut f32, u32) -> u32>,
    /// Fills an array with what the meters read now, and returns how many figures there are. Thread-safe.
    pub read_loudness: Option<unsafe extern "C" fn(*const clap_plugin, *mut f32, u32) -> u32>,
    /// What is measured since the beginning begins anew with the next block. Thread-safe.
    pub restart_loudness: Option<unsafe extern "C" fn(*const clap_plugin)>,
}

/// Figures that the audio thread stores and anybody reads. Nobody ever waits.
#[derive(Debug, Default)]
pub struct Readings {
    figures: Box<[AtomicF32]>,
    to_restart: AtomicBool,
}

impl Readings {
    /// These figures to begin with.
    pub fn new(figures: impl IntoIterator<Item = f32>) -> Self {
        Self {
            figures: figures.into_iter().map(AtomicF32::new).collect(),
            to_restart: AtomicBool::new(false),
        }
    }

    /// How many figures there are.
    pub fn n_figures(&self) -> usize {
        self.figures.len()
    }

    /// Stores figures from the `first` on, in their order. Realtime-safe.
    pub fn store(&self, first: usize, figures: impl IntoIterator<Item = f32>) {
        let places = self.figures.get(first..).unwrap_or_default();
        for (place, figure) in places.iter().zip(figures) {
            // The load first: whoever else reads this cache line is not disturbed by what stays.
            if place.load(Ordering::Relaxed).to_bits() != figure.to_bits() {
                place.store(figure, Ordering::Relaxed);
            }
        }
    }

    /// A figure; one that does not exist is 0.
    pub fn read_one(&self, idx: usize) -> f32 {
        self.figures.get(idx).map_or(0.0, |figure| figure.load(Ordering::Relaxed))
    }

    /// Copies figures, as many as fit.
    pub fn read(&self, figures: &mut [f32]) {
        for (figure, place) in figures.iter_mut().zip(&self.figures) {
            *figure = place.load(Ordering::Relaxed);
        }
    }

    /// Asks the audio thread to begin anew.
    pub fn ask_for_restart(&self) {
        self.to_restart.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked since the last call. Realtime-safe.
    pub fn take_restart(&self) -> bool {
        // The load first: it locks nothing, and nobody asks most of the time.
        self.to_restart.load(Ordering::Relaxed) && self.to_restart.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_stored_where_they_belong_and_stay_when_they_are_read() {
        let readings = Readings::new([f32::NEG_INFINITY, 0.0, 1.0]);
        readings.store(1, [2.0, 3.0, 4.0]);
        readings.store(9, [5.0]);
        for _ in 0..2 {
            let mut figures = [9.0; 4];
            readings.read(&mut figures);
            assert_eq!(figures, [f32::NEG_INFINITY, 2.0, 3.0, 9.0]);
        }
        assert_eq!((readings.read_one(2), readings.read_one(3)), (3.0, 0.0));
    }

    #[test]
    fn a_restart_is_taken_once() {
        let readings = Readings::default();
        assert!(!readings.take_restart());
        readings.ask_for_restart();
        readings.ask_for_restart();
        assert!(readings.take_restart() && !readings.take_restart());
    }
}
