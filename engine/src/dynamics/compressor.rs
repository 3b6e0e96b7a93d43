//! The compressor: feed-forward, in the log domain, one stereo frame at a time.
//!
//! ```text
//! p  = power of the key, behind its high-pass             level.rs
//! t  = curve(10·log10 p), each side its own               curve.rs
//! t' = m + (1 − link)·(t − m),  m = min(t_left, t_right)
//! e  = t', by attack and release                          envelope.rs
//! y  = x·(dry + wet·10^(e/20))                            blend.rs
//! ```
//!
//! Linking targets rather than levels makes 50 % half of the way for each side, and 100 % one gain for both: when the link is closed while
//! both sides differ, they come together as fast as attack and release allow, and are one from the border on at
//! which [`REST_DB`] is all that is left.
//!
//! **Off** it is the input, bit for bit, when the fade of 15 ms is over; its memory is cleared then, so that it starts from rest. **On** with
//! a ratio of 1, with a mix of 0 %, or below the knee it is so too, but for make-up and for samples that are not finite.
//!
//! A frame costs 56 ns, on one core of a present server: two logarithms and two powers, whatever the link. State per side: power, two of the
//! filter, envelope with its target; and the blend. Latency: none.

use super::blend::{Blend, ramp_samples};
use super::coefficients::CompressorCoefficients;
use super::envelope::{Envelope, REST_DB, clamped_rate};
use super::level::{FLOOR_DB, FLOOR_POWER, level_db};
use super::settings::CompressorSettings;
use super::{clean, db_to_gain, over_block};
use crate::filters::State;
use crate::lanes::TILE_FRAMES;

/// A filter's states below this are zero at a border: −240 dB, what feeds on it is below [`FLOOR_DB`].
const FILTER_REST: f64 = 1e-12;

/// What one side remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Side {
    high_pass: State,
    power: f64,
    envelope: Envelope,
}

impl Side {
    const REST: Self = Self { high_pass: State { i1: 0.0, i2: 0.0 }, power: 0.0, envelope: Envelope::REST };

    /// The gain that the key's sample asks for.
    #[inline(always)]
    fn target_db(&mut self, coefficients: &CompressorCoefficients, key: f64) -> f64 {
        let heard = match &coefficients.key_high_pass {
            Some(delta) => self.high_pass.process(delta, key),
            None => key,
        };
        let power = heard * heard;
        self.power = if coefficients.is_peak() {
            power
        } else {
            self.power + coefficients.mean * (power - self.power)
        };
        coefficients.curve.gain_db(level_db(self.power))
    }

    /// At a tile's border.
    fn settle(&mut self) {
        self.envelope.settle();
        if self.power < FLOOR_POWER {
            self.power = 0.0;
        }
        if self.high_pass.i1.abs() < FILTER_REST && self.high_pass.i2.abs() < FILTER_REST {
            self.high_pass = State::default();
        }
    }
}

/// A stereo compressor. See the module's documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Compressor {
    sample_rate_hz: f64,
    ramp_samples: u32,
    settings: CompressorSettings,
    coefficients: CompressorCoefficients,
    blend: Blend,
    sides: [Side; 2],
    has_started: bool,
    /// Frames of the present tile that are done.
    into_tile: usize,
}

impl Compressor {
    /// At this rate, clamped to 8 … 768 kHz, with these settings.
    pub fn new(sample_rate_hz: f64, settings: &CompressorSettings) -> Self {
        let sample_rate_hz = clamped_rate(sample_rate_hz);
        let settings = settings.clamped();
        let coefficients = CompressorCoefficients::new(sample_rate_hz, &settings);
        Self {
            sample_rate_hz,
            ramp_samples: ramp_samples(sample_rate_hz),
            settings,
            coefficients,
            blend: Blend::settled_at(coefficients.blend),
            sides: [Side::REST; 2],
            has_started: false,
            into_tile: 0,
        }
    }

    /// Takes settings: counts from the next frame on. On, mix and make-up get there in 15 ms, or at once before the first frame.
    pub fn set(&mut self, settings: &CompressorSettings) {
        let settings = settings.clamped();
        if settings == self.settings {
            return;
        }
        if self.is_bypassed() {
            // Its fade has just ended, and no frame has come since.
            self.forget();
        }
        if settings.detector != self.settings.detector {
            // A mean begins with nothing, whatever the last sample was.
            self.sides.iter_mut().for_each(|side| side.power = 0.0);
        }
        self.settings = settings;
        self.coefficients = CompressorCoefficients::new(self.sample_rate_hz, &settings);
        self.blend.retarget(self.coefficients.blend, self.ramp_samples);
        if !self.has_started {
            self.blend.jump();
        }
        if self.coefficients.key_high_pass.is_none() {
            self.sides.iter_mut().for_each(|side| side.high_pass = State::default());
        }
    }

    /// Clears memory: what follows is as if nothing had been before. Settings stay.
    pub fn reset(&mut self) {
        self.blend.jump();
        self.sides = [Side::REST; 2];
        self.has_started = false;
        self.into_tile = 0;
    }

    /// Forgets what it has heard. The blend goes on where it is, and so does the grid: what follows is heard in mid-tile.
    pub fn forget(&mut self) {
        self.sides = [Side::REST; 2];
    }

    /// What it runs on.
    pub fn coefficients(&self) -> &CompressorCoefficients {
        &self.coefficients
    }

    /// The reduction of the last frame in dB, 0 or more, left and right: the envelope's, without make-up and mix.
    pub fn reduction_db(&self) -> [f64; 2] {
        self.sides.map(|side| 0.0 - side.envelope.gain_db)
    }

    /// Whether it is off and passes everything as it is.
    pub fn is_bypassed(&self) -> bool {
        !self.settings.on && self.blend.is_settled()
    }

    /// Whether [`TILE_FRAMES`] more of silence would change nothing in it: then they may be skipped.
    pub fn is_settled(&self) -> bool {
        let silent_db = self.coefficients.curve.gain_db(FLOOR_DB);
        let rest = Side { envelope: Envelope { gain_db: silent_db, target_db: silent_db }, ..Side::REST };
        self.is_bypassed() || self.blend.is_settled() && self.sides == [rest; 2]
    }

    /// Compresses one frame by what the key asks for. The input may be its own key.
    #[inline]
    pub fn process(&mut self, input: [f64; 2], key: [f64; 2]) -> [f64; 2] {
        let input = input.map(clean);
        self.has_started = true;
        let output = if self.is_bypassed() {
            self.sides = [Side::REST; 2];
            input
        } else {
            let gains = self.gains(key.map(clean));
            [input[0] * gains[0], input[1] * gains[1]]
        };
        self.into_tile += 1;
        if self.into_tile == TILE_FRAMES {
            self.end_tile();
        }
        output
    }

    /// Compresses a block in place, of as many frames as the shortest slice has. Without a key the input is its own.
    pub fn process_block(&mut self, sides: [&mut [f32]; 2], key: Option<[&[f32]; 2]>) {
        over_block(sides, key, |input, key| self.process(input, key));
    }

    #[inline(always)]
    fn gains(&mut self, key: [f64; 2]) -> [f64; 2] {
        let coefficients = &self.coefficients;
        let [left, right] = &mut self.sides;
        let targets = [left.target_db(coefficients, key[0]), right.target_db(coefficients, key[1])];
        let lower = targets[0].min(targets[1]);
        let [dry, wet] = self.blend.advance();
        std::array::from_fn(|idx| {
            let target = lower + coefficients.apart * (targets[idx] - lower);
            let gain_db = self.sides[idx].envelope.process(&coefficients.ballistics, target);
            dry + wet * db_to_gain(gain_db)
        })
    }

    fn end_tile(&mut self) {
        self.into_tile = 0;
        self.sides.iter_mut().for_each(Side::settle);
        let [left, right] = self.sides.map(|side| side.envelope.gain_db);
        if self.coefficients.apart == 0.0 && (left - right).abs() < REST_DB {
            self.sides.iter_mut().for_each(|side| side.envelope.gain_db = left.min(right));
        }
    }
}
