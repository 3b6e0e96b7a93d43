//! The gate, which is an expander when its ratio is small: downward, one stereo frame at a time.
//!
//! ```text
//! open = hysteresis and hold of max(|key_left|, |key_right|)        trigger.rs
//! t    = 0 if open, else curve(20·log10 of that)                    curve.rs
//! e    = t, rising by the attack and falling by the release         envelope.rs
//! y    = x·(dry + wet·10^(e/20))                                    blend.rs
//! ```
//!
//! Both sides always have one gain: a gate that opens one side moves the image.
//! Attack and release are time constants in dB: from a range of −80 dB a gate is within 1 dB of open after 4.4 attacks, and
//! exactly open after 18. **Open**, it is the input, bit for bit. So it is with a ratio of 1, with a range of 0 dB, and **off**, when the
//! fade of 15 ms is over; its memory is cleared then, so that it starts open.
//!
//! A frame costs 23 ns open and 38 ns closed, on one core of a present server: a power, and closed a logarithm. State: the trigger, the envelope with its
//! target, and the blend. Latency: none.

use super::blend::{Blend, ramp_samples};
use super::coefficients::GateCoefficients;
use super::envelope::{Envelope, clamped_rate};
use super::level::{FLOOR_DB, level_db};
use super::settings::GateSettings;
use super::trigger::Trigger;
use super::{clean, db_to_gain, over_block};
use crate::lanes::TILE_FRAMES;

/// A stereo gate. See the module's documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    sample_rate_hz: f64,
    ramp_samples: u32,
    settings: GateSettings,
    coefficients: GateCoefficients,
    blend: Blend,
    trigger: Trigger,
    envelope: Envelope,
    has_started: bool,
    /// Frames of the present tile that are done.
    into_tile: usize,
}

impl Gate {
    /// At this rate, clamped to 8 … 768 kHz, with these settings.
    pub fn new(sample_rate_hz: f64, settings: &GateSettings) -> Self {
        let sample_rate_hz = clamped_rate(sample_rate_hz);
        let settings = settings.clamped();
        let coefficients = GateCoefficients::new(sample_rate_hz, &settings);
        Self {
            sample_rate_hz,
            ramp_samples: ramp_samples(sample_rate_hz),
            settings,
            coefficients,
            blend: Blend::settled_at(coefficients.blend),
            trigger: Trigger::REST,
            envelope: Envelope::REST,
            has_started: false,
            into_tile: 0,
        }
    }

    /// Takes settings: counts from the next frame on. On and off get there in 15 ms, or at once before the first frame.
    pub fn set(&mut self, settings: &GateSettings) {
        let settings = settings.clamped();
        if settings == self.settings {
            return;
        }
        if self.is_bypassed() {
            // Its fade has just ended, and no frame has come since.
            self.forget();
        }
        self.settings = settings;
        self.coefficients = GateCoefficients::new(self.sample_rate_hz, &settings);
        self.blend.retarget(self.coefficients.blend, self.ramp_samples);
        if !self.has_started {
            self.blend.jump();
        }
    }

    /// Clears memory: what follows is as if nothing had been before. Settings stay.
    pub fn reset(&mut self) {
        self.blend.jump();
        self.trigger = Trigger::REST;
        self.envelope = Envelope::REST;
        self.has_started = false;
        self.into_tile = 0;
    }

    /// Forgets what it has heard, so that it is open. The blend goes on where it is, and so does the grid: what follows is
    /// heard in mid-tile.
    pub fn forget(&mut self) {
        self.trigger = Trigger::REST;
        self.envelope = Envelope::REST;
    }

    /// What it runs on.
    pub fn coefficients(&self) -> &GateCoefficients {
        &self.coefficients
    }

    /// The reduction of the last frame in dB, 0 or more.
    pub fn reduction_db(&self) -> f64 {
        0.0 - self.envelope.gain_db
    }

    /// Whether the last frame found it open. Its gain may still be on the way.
    pub fn is_open(&self) -> bool {
        self.trigger.is_open
    }

    /// Whether it is off and passes everything as it is.
    pub fn is_bypassed(&self) -> bool {
        !self.settings.on && self.blend.is_settled()
    }

    /// Whether [`TILE_FRAMES`] more of silence would change nothing in it: then they may be skipped.
    pub fn is_settled(&self) -> bool {
        let silent_db = self.coefficients.curve.gain_db(FLOOR_DB);
        let is_shut =
            !self.trigger.is_open && self.envelope == Envelope { gain_db: silent_db, target_db: silent_db };
        self.is_bypassed() || self.blend.is_settled() && is_shut
    }

    /// Gates one frame by its key. The input may be its own key.
    #[inline]
    pub fn process(&mut self, input: [f64; 2], key: [f64; 2]) -> [f64; 2] {
        let input = input.map(clean);
        self.has_started = true;
        let output = if self.is_bypassed() {
            self.trigger = Trigger::REST;
            self.envelope = Envelope::REST;
            input
        } else {
            let gain = self.gain(key.map(clean));
            input.map(|sample| sample * gain)
        };
        self.into_tile += 1;
        if self.into_tile == TILE_FRAMES {
            self.into_tile = 0;
            self.envelope.settle();
        }
        output
    }

    /// Gates a block in place, of as many frames as the shortest slice has. Without a key the input is its own.
    pub fn process_block(&mut self, sides: [&mut [f32]; 2], key: Option<[&[f32]; 2]>) {
        over_block(sides, key, |input, key| self.process(input, key));
    }

    #[inline(always)]
    fn gain(&mut self, key: [f64; 2]) -> f64 {
        let magnitude = key[0].abs().max(key[1].abs());
        let target_db = if self.trigger.process(&self.coefficients.trigger, magnitude) {
            0.0
        } else {
            self.coefficients.curve.gain_db(level_db(magnitude * magnitude))
        };
        let [dry, wet] = self.blend.advance();
        dry + wet * db_to_gain(self.envelope.process(&self.coefficients.ballistics, target_db))
    }
}
