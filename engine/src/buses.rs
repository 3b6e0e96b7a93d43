//! Groups, master and bypass, behind the sums of the strips.
//!
//! ```text
//! sum of sends → × (balance × fader × mute) → group output → × to-master → master sum
//! master sum → M (balance, fader, mono, dim, cut) → master output
//! ```
//!
//! Bypass fades from the mix to the unity sum of all inputs: out = (1 − b)·mix + b·dry. State: the ramps. Latency: none.

use crate::gains::{self, IDENTITY, Matrix};
use crate::lanes::TILE_FRAMES;
use crate::ramp::Ramp;
use crate::settings::{GroupSettings, MasterSettings};

/// Left and right of a bus for up to one tile. Frames behind the segment's end are of no meaning, but always finite: loops
/// run over the whole tile, because a fixed length is what compilers make good code of.
pub(crate) type BusTile = [[f32; TILE_FRAMES]; 2];

/// A bus that carries nothing.
pub(crate) const SILENT_BUS: BusTile = [[0.0; TILE_FRAMES]; 2];

/// One group.
pub(crate) struct GroupBus {
    sides: [Ramp; 2],
    to_master: Ramp,
}

impl GroupBus {
    /// Settled where a group at its defaults is.
    pub(crate) const fn new() -> Self {
        Self { sides: [Ramp::settled_at(1.0), Ramp::settled_at(1.0)], to_master: Ramp::settled_at(1.0) }
    }

    pub(crate) fn set(&mut self, group: &GroupSettings, ramp_samples: usize) {
        for (side, gain) in self.sides.iter_mut().zip(gains::group_gains(group)) {
            side.retarget(gain, ramp_samples);
        }
        self.to_master.retarget(if group.to_master { 1.0 } else { 0.0 }, ramp_samples);
    }

    pub(crate) fn jump(&mut self) {
        self.sides.iter_mut().for_each(Ramp::jump);
        self.to_master.jump();
    }

    /// Steps over `n` frames in which nothing was sent here.
    pub(crate) fn skip(&mut self, n: usize) {
        self.sides.iter_mut().for_each(|side| side.skip(n));
        self.to_master.skip(n);
    }

    /// Turns the first `n` frames of the sum of sends into the group's output and adds that to the master's sum.
    pub(crate) fn process(&mut self, bus: &mut BusTile, n: usize, master: &mut BusTile) {
        let to_master = self.to_master.fill(n);
        for ((channel, master), side) in bus.iter_mut().zip(master).zip(&mut self.sides) {
            let side = side.fill(n);
            for frame in 0..TILE_FRAMES {
                channel[frame] *= side[frame];
                master[frame] += channel[frame] * to_master[frame];
            }
        }
    }
}

/// The master bus, and the bypass behind it.
pub(crate) struct MasterBus {
    matrix: [Ramp; 4],
    bypass: Ramp,
}

impl MasterBus {
    /// Settled where the master at its defaults is.
    pub(crate) fn new() -> Self {
        let [[ll, lr], [rl, rr]] = IDENTITY;
        Self { matrix: [ll, lr, rl, rr].map(Ramp::settled_at), bypass: Ramp::settled_at(0.0) }
    }

    pub(crate) fn set(&mut self, master: &MasterSettings, ramp_samples: usize) {
        let matrix: Matrix = gains::master_matrix(master);
        for (entry, target) in self.matrix.iter_mut().zip(matrix.as_flattened()) {
            entry.retarget(*target, ramp_samples);
        }
    }

    pub(crate) fn set_bypass(&mut self, bypass: bool, fade_samples: usize) {
        self.bypass.retarget(if bypass { 1.0 } else { 0.0 }, fade_samples);
    }

    pub(crate) fn jump(&mut self) {
        self.matrix.iter_mut().for_each(Ramp::jump);
        self.bypass.jump();
    }

    /// Whether the unity sum of the inputs is heard in the next sample or later.
    pub(crate) fn wants_dry(&self) -> bool {
        self.bypass.settled() != Some(0.0)
    }

    /// The bypass of the next `n` frames, 0 (the mix) … 1 (the unity sum).
    pub(crate) fn bypass(&mut self, n: usize) -> [f32; TILE_FRAMES] {
        self.bypass.fill(n)
    }

    /// Turns the first `n` frames of the master's sum into its output.
    pub(crate) fn process(&mut self, bus: &mut BusTile, n: usize) {
        let [left, right] = bus;
        let [ll, lr, rl, rr] = self.matrix.each_mut().map(|entry| entry.fill(n));
        for frame in 0..TILE_FRAMES {
            let (l, r) = (left[frame], right[frame]);
            left[frame] = ll[frame] * l + lr[frame] * r;
            right[frame] = rl[frame] * l + rr[frame] * r;
        }
    }
}
