//! A desk without a host and without an engine, which shows what it is told to: for pictures, and for tests of the editor.
//!
//! Its peaks and reductions stay when they are read, so that every frame looks alike, and it counts as processing.

use super::{Desk, Levels, Tap};
use crate::guard::HostLink;
use crate::params::BusbarParams;
use busbar_engine::{Level, Loudness, Reductions};
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Desk {
    /// A desk that stands still, with these parameters. All strips are connected, and everything is silent.
    pub fn for_pictures(params: Arc<BusbarParams>) -> Arc<Self> {
        let desk = Self::new(params, HostLink::alone());
        desk.is_still.store(true, Ordering::Relaxed);
        desk
    }

    /// What a tap reads from now on: linear, left and right.
    pub fn show_levels(&self, tap: Tap, levels: Levels) {
        let level = Level { peak: levels.peak, mean_square: levels.rms.map(|rms| rms * rms) };
        self.levels.show(tap, level, levels.hold);
    }

    /// Loudness, true peaks and correlation of a tap behind a fader from now on, and where its needles stand.
    pub fn show_loudness(&self, tap: Tap, loudness: &Loudness, needle: [f32; 2]) {
        self.loudness.show(tap, loudness, needle);
    }

    /// The gain reductions of a tap's channel from now on, in dB. Stages that the channel does not have are left out.
    pub fn show_reductions(&self, tap: Tap, reductions: Reductions) {
        let figures = [reductions.gate_db, reductions.compressor_db, reductions.limiter_db];
        for (place, figure) in self.reduction_places(tap).into_iter().zip(figures) {
            place.into_iter().for_each(|place| self.reductions.put(place, figure));
        }
    }

    /// Which strips are connected. Bit = strip.
    pub fn show_connected(&self, strips: u64) {
        self.link.set_connected(strips);
    }

    /// Which strips are in quarantine. Bit = strip.
    pub fn show_quarantined(&self, strips: u64) {
        self.quarantined.store(strips, Ordering::Relaxed);
        self.to_clear.store(0, Ordering::Relaxed);
    }

    /// Why a state was refused.
    pub fn show_state_problem(&self, problem: Option<String>) {
        self.link.set_state_problem(problem);
    }
}
