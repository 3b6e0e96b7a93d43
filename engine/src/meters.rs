//! What the engine tells about itself after each block.

use crate::engine::MAX_STRIPS;
use crate::lanes::LANES;
use crate::levels::{BusTaps, MASTER_LANE};
use crate::loudness::Loudness;
use crate::settings::N_GROUPS;
use crate::strips::StripLanes;

/// The level of a stereo channel, left and right apart. Linear: full scale is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// The largest magnitude of the last block, up to its last sample.
    pub peak: [f32; 2],
    /// The mean square with a memory of 300 ms, at the last border of a tile. A sine of amplitude 1 reads ½, and nothing is
    /// added to make it read 1.
    pub mean_square: [f32; 2],
}

/// Where everything is measured but inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tap {
    /// What a strip sends on, as [`Levels::strip`] has it.
    Strip(usize),
    /// A group, as [`Levels::group`] has it.
    Group(usize),
    /// The master as it leaves.
    Master,
}

/// The levels of everything that the last block went through. What an engine does not have is silent.
#[derive(Clone, Copy)]
pub struct Levels<'a> {
    pub(crate) strips: &'a [StripLanes],
    pub(crate) taps: &'a BusTaps,
}

impl Levels<'_> {
    /// A strip's input behind input mode, trim and polarity: what its filters get, whether it is muted or not.
    pub fn input(&self, strip_idx: usize) -> Level {
        self.strips
            .get(strip_idx / LANES)
            .map_or(Level::default(), |lanes| lanes.input_level(strip_idx % LANES))
    }

    /// What a strip sends on, behind fader, pan, width, mute and solo, whatever the levels of its sends are. A strip of which
    /// nothing but a soloed group is heard counts as heard.
    pub fn strip(&self, strip_idx: usize) -> Level {
        self.strips
            .get(strip_idx / LANES)
            .map_or(Level::default(), |lanes| lanes.output_level(strip_idx % LANES))
    }

    /// A group behind its fader, balance and mute; in front of bypass, and of the delay that aligns it with the limiter.
    pub fn group(&self, group_idx: usize) -> Level {
        if group_idx < N_GROUPS { self.taps.level(group_idx) } else { Level::default() }
    }

    /// The master as it leaves: behind limiter, mono, dim, cut and bypass.
    pub fn master(&self) -> Level {
        self.taps.level(MASTER_LANE)
    }

    /// How loud is what a strip sends on.
    pub fn strip_loudness(&self, strip_idx: usize) -> Loudness {
        self.strips
            .get(strip_idx / LANES)
            .map_or(Loudness::SILENCE, |lanes| lanes.loudness(strip_idx % LANES))
    }

    /// How loud a group is.
    pub fn group_loudness(&self, group_idx: usize) -> Loudness {
        if group_idx < N_GROUPS { self.taps.loudness(group_idx) } else { Loudness::SILENCE }
    }

    /// How loud the master is as it leaves.
    pub fn master_loudness(&self) -> Loudness {
        self.taps.loudness(MASTER_LANE)
    }

    /// What a tap's needles read by [the ballistics that were set](crate::MeterSettings), left and right, in dB re the meter's own zero:
    /// 0 dBFS for peaks, −18 dBFS for VU and PPM II, −9 dBFS for PPM I, −12, −14 and −20 dBFS for the K-meters. All are calibrated by a
    /// steady sine and its amplitude. −∞ where there is nothing.
    pub fn needle(&self, tap: Tap) -> [f32; 2] {
        self.needle_linear(tap).map(|ratio| 20.0 * ratio.log10())
    }

    /// The same as a ratio to the meter's zero, for those who tell it often and take logarithms later.
    pub fn needle_linear(&self, tap: Tap) -> [f32; 2] {
        match tap {
            Tap::Strip(strip_idx) => {
                self.strips.get(strip_idx / LANES).map_or([0.0; 2], |lanes| lanes.needle(strip_idx % LANES))
            }
            Tap::Group(group_idx) if group_idx < N_GROUPS => self.taps.needle(group_idx),
            Tap::Group(_) => [0.0; 2],
            Tap::Master => self.taps.needle(MASTER_LANE),
        }
    }
}

/// The largest gain reductions within a block, in dB, 0 or more: what the envelopes took away, without make-up and mix.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reductions {
    /// Of the gate; 0 where there is none.
    pub gate_db: f32,
    /// Of the compressor, of the side that was reduced more.
    pub compressor_db: f32,
    /// Of the limiter; 0 where there is none.
    pub limiter_db: f32,
}

/// Figures of the last block. A block that reaches no border of a tile has those of the block before.
#[derive(Clone, Debug)]
pub struct Meters {
    /// The strips, in the order of the inputs; what is beyond the engine's strips stays 0.
    pub strips: [Reductions; MAX_STRIPS],
    /// Groups A–D.
    pub groups: [Reductions; N_GROUPS],
    /// The master.
    pub master: Reductions,
}

impl Meters {
    /// Nothing reduced anywhere.
    pub(crate) const ZERO: Self = {
        let none = Reductions { gate_db: 0.0, compressor_db: 0.0, limiter_db: 0.0 };
        Self { strips: [none; MAX_STRIPS], groups: [none; N_GROUPS], master: none }
    };
}
