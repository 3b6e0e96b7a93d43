//! What the engine tells about itself after each block.

use crate::engine::MAX_STRIPS;
use crate::settings::N_GROUPS;

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
