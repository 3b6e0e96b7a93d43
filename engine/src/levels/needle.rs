//! Needles: what a person sees move, by the ballistics of classic meters.
//!
//! | ballistics | what it follows | its 0 dB is a sine of |
//! |---|---|---|
//! | `Peak` | the largest sample of the block | 0 dBFS |
//! | `Vu` | the mean magnitude, by a second-order system that reaches 99 % of a step in 300 ms and goes 1.25 % too far | −18 dBFS |
//! | `PpmI` | quasi-peak, IEC 60268-10 type I, falls 20 dB in 1.7 s | −9 dBFS |
//! | `PpmII` | quasi-peak, IEC 60268-10 type II, falls 24 dB in 2.8 s | −18 dBFS |
//! | `K12`, `K14`, `K20` | the mean square with a memory of 300 ms | −12, −14, −20 dBFS |
//!
//! dBFS are those of a sine's amplitude, so that all of them agree on a steady sine, as far as their zeros do.
//!
//! The VU's system takes a tile's mean at a time, which is 450 times faster than itself; its step is the exact solution for an input that
//! stands still over the tile. A PPM is two peak detectors at different speeds, mixed; the figures were found by trying which come
//! closest to the standard's bursts. Only what was chosen is computed. State: two numbers for each side.

use crate::lanes::TILE_FRAMES;
use crate::settings::Ballistics;
use crate::simd::{LaneTile, Pairs, ROOT_SCALE, follow_peaks, sum_magnitudes};
use fearless_simd::{Select, Simd, SimdBase, f32x16};

/// How far full scale is above the zero of a meter at −9, −12, −14, −18 and −20 dBFS: 10 to the twentieth of those.
const ABOVE_9: f32 = 2.818_383;
const ABOVE_12: f32 = 3.981_072;
const ABOVE_14: f32 = 5.011_872;
const ABOVE_18: f32 = 7.943_282;
const ABOVE_20: f32 = 10.0;

/// States below this, −200 dB where full scale is 2³⁰, are zero.
const FLOOR: f32 = 0.1;

/// The damping at which the VU goes 1.25 % too far.
const VU_DAMPING: f64 = 0.812_717;

/// Its natural frequency, at which it is at 99 % after 300 ms.
const VU_RADIANS_PER_SECOND: f64 = 13.511_9;

/// What a sine's mean magnitude has to be multiplied with to be its amplitude.
const SINE_BY_MEAN: f32 = std::f32::consts::FRAC_PI_2;

/// A PPM's figures.
struct Ppm {
    /// How fast both detectors rise.
    rise_ms: [f64; 2],
    /// How much the first one counts.
    first: f32,
    /// What it comes to on a steady sine of 1.
    sine: f32,
    fall_db_per_second: f64,
}

const PPM_I: Ppm = Ppm { rise_ms: [1.0, 2.0], first: 0.5, sine: 0.978_3, fall_db_per_second: 20.0 / 1.7 };

const PPM_II: Ppm = Ppm { rise_ms: [1.4, 8.4], first: 0.7, sine: 0.971_5, fall_db_per_second: 24.0 / 2.8 };

/// The needles of both sides of eight channels.
#[derive(Clone, Debug)]
pub(crate) struct Needles {
    sample_rate_hz: f64,
    ballistics: Ballistics,
    /// Position and speed of a VU, both detectors of a PPM; full scale is 2³⁰.
    state: [Pairs; 2],
    /// What a tile does: a VU's transition, position and speed by position and speed; a PPM's rises and fall.
    steps: [f32; 4],
}

impl Needles {
    /// At a sample rate.
    pub(crate) fn at(sample_rate_hz: f64) -> Self {
        let mut needles = Self {
            sample_rate_hz,
            ballistics: Ballistics::default(),
            state: [Pairs::ZERO; 2],
            steps: [0.0; 4],
        };
        needles.take_figures();
        needles
    }

    /// Takes another rate and begins at rest.
    pub(crate) fn reset(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz;
        self.take_figures();
    }

    /// What to follow from the next tile on.
    pub(crate) fn set(&mut self, ballistics: Ballistics) {
        if ballistics != self.ballistics {
            self.ballistics = ballistics;
            self.take_figures();
        }
    }

    fn take_figures(&mut self) {
        self.state = [Pairs::ZERO; 2];
        self.steps = match self.ballistics {
            Ballistics::Vu => vu_steps(self.sample_rate_hz),
            Ballistics::PpmI => PPM_I.steps(self.sample_rate_hz),
            Ballistics::PpmII => PPM_II.steps(self.sample_rate_hz),
            _ => [0.0; 4],
        };
    }

    /// Whether none moves.
    pub(crate) fn are_at_rest(&self) -> bool {
        self.state == [Pairs::ZERO; 2]
    }

    /// Takes a tile in the engine's scale.
    #[inline(always)]
    pub(crate) fn take<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2]) {
        match self.ballistics {
            Ballistics::Vu => self.swing(simd, tiles),
            Ballistics::PpmI | Ballistics::PpmII => {
                let [rise_a, rise_b, fall, _] = self.steps;
                simd.vectorize(
                    #[inline(always)]
                    || follow_peaks(simd, tiles, &mut self.state, [rise_a, rise_b], fall, FLOOR),
                );
            }
            _ => {}
        }
    }

    #[inline(never)]
    fn swing<S: Simd>(&mut self, simd: S, tiles: &[LaneTile; 2]) {
        simd.vectorize(
            #[inline(always)]
            || {
                let mean = sum_magnitudes(simd, tiles).load(simd) * (1.0 / TILE_FRAMES as f32);
                let [pp, pv, vp, vv] = self.steps;
                let [position, speed] = &mut self.state;
                let (away, moving) = (position.load(simd) - mean, speed.load(simd));
                let next = mean + (away * pp + moving * pv);
                let next_speed = away * vp + moving * vv;
                // At rest only when it neither is away from zero nor moves.
                let (zero, floor) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, FLOOR));
                let heard = next.abs().max(next_speed.abs()).simd_ge(floor);
                position.store(heard.select(next, zero));
                speed.store(heard.select(next_speed, zero));
            },
        );
    }

    /// What a lane's needles read, linear re their own zero, from its peak and its mean square.
    pub(crate) fn read(&self, lane: usize, peak: [f32; 2], mean_square: [f32; 2]) -> [f32; 2] {
        let [first, second] = self.state.each_ref().map(|state| state.of(lane));
        std::array::from_fn(|side| {
            let ppm = |ppm: &Ppm| {
                let mixed = ppm.first * first[side] + (1.0 - ppm.first) * second[side];
                mixed / (ROOT_SCALE * ppm.sine)
            };
            let by_mean_square = || (2.0 * mean_square[side]).sqrt();
            match self.ballistics {
                Ballistics::Peak => peak[side],
                // It swings below its rest when a sound ends; no meter shows that.
                Ballistics::Vu => (first[side] / ROOT_SCALE * SINE_BY_MEAN * ABOVE_18).max(0.0),
                Ballistics::PpmI => ppm(&PPM_I) * ABOVE_9,
                Ballistics::PpmII => ppm(&PPM_II) * ABOVE_18,
                Ballistics::K12 => by_mean_square() * ABOVE_12,
                Ballistics::K14 => by_mean_square() * ABOVE_14,
                Ballistics::K20 => by_mean_square() * ABOVE_20,
            }
        })
    }
}

impl Ppm {
    fn steps(&self, sample_rate_hz: f64) -> [f32; 4] {
        let [a, b] = self.rise_ms.map(|ms| 1.0 - (-1e3 / (ms * sample_rate_hz)).exp());
        let fall = 10f64.powf(-self.fall_db_per_second * TILE_FRAMES as f64 / (20.0 * sample_rate_hz));
        [a as f32, b as f32, fall as f32, 0.0]
    }
}

/// p″ = ω²·(u − p) − 2·ζ·ω·p′ over a tile in which u stands still.
fn vu_steps(sample_rate_hz: f64) -> [f32; 4] {
    let seconds = TILE_FRAMES as f64 / sample_rate_hz;
    let (omega, sigma) = (VU_RADIANS_PER_SECOND, VU_DAMPING * VU_RADIANS_PER_SECOND);
    let damped = omega * (1.0 - VU_DAMPING * VU_DAMPING).sqrt();
    let ((sin, cos), decay) = ((damped * seconds).sin_cos(), (-sigma * seconds).exp());
    let (even, odd) = (decay * cos, decay * sin / damped);
    // Speed is counted in its own unit, radians of the system, so that it is as large as position.
    [even + sigma * odd, odd * omega, -omega * odd, even - sigma * odd].map(|step| step as f32)
}
