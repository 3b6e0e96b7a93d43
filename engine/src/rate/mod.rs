//! The engine at a rate of its own.
//!
//! [`RatedEngine`] has the engine's verbs. Where the engine runs at the host's rate it hands every call on; elsewhere it resamples
//! what goes in and what comes out. Docs with figures: `docs/dsp/engine-rate.md`.
//!
//! | file | what it does |
//! |---|---|
//! | `ratio` | two rates as a ratio of whole numbers |
//! | `converter` | many channels from one rate to another, by rubato |
//! | `planar` | channels in one allocation |
//! | `stream` | samples that wait between two rates |
//! | `events` | settings that wait for the sample where they belong |
//! | `marks` | samples that are not finite, which must not reach a resampler |
//! | `resampled` | the way through the engine, with all of these |

mod converter;
mod events;
mod marks;
mod planar;
mod ratio;
mod resampled;
mod stream;

use crate::engine::{Engine, Outputs, PrepareError, StereoIn, shortest};
use crate::meters::{Levels, Meters};
use crate::settings::{EngineRate, ResamplingMode, Settings};
use crate::simd::SimdPath;
use events::Events;
use ratio::Ratio;
use resampled::Resampled;

/// What the latency depends on besides the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Choice {
    engine_rate: EngineRate,
    resampling: ResamplingMode,
}

impl Choice {
    fn of(settings: &Settings) -> Self {
        Self { engine_rate: settings.engine_rate, resampling: settings.resampling }
    }
}

/// A mixer whose engine runs at [`Settings::engine_rate`], whatever the host's rate is.
///
/// All figures that it tells, and all positions, are the host's. At the host's own rate it *is* the engine: nothing is copied.
/// Elsewhere a snapshot counts at the engine's sample that is nearest to the host's.
pub struct RatedEngine {
    engine: Engine,
    /// `None` at the host's rate.
    resampled: Option<Box<Resampled>>,
    events: Events,
    /// What was prepared.
    choice: Choice,
    host_hz: f64,
}

impl RatedEngine {
    /// A mixer of `n_strips` strips, at defaults and at 48 kHz until it is prepared. See [`Engine::new`].
    pub fn new(n_strips: usize) -> Self {
        Self::on_path(n_strips, SimdPath::detect())
    }

    /// The same on certain instructions, for tests and measurements. Resampling chooses its own.
    pub fn on_path(n_strips: usize, path: SimdPath) -> Self {
        let engine = Engine::on_path(n_strips, path);
        Self {
            events: Events::new(engine.n_strips()),
            engine,
            resampled: None,
            choice: Choice::default(),
            host_hz: 48_000.0,
        }
    }

    /// Takes the host's sample rate in hertz, 8 000 … 768 000, and what was set last: also the engine's rate and the way there.
    /// Clears memory as [`RatedEngine::reset`] does. May allocate.
    ///
    /// # Errors
    ///
    /// A rate outside that range is refused, and everything stays as it was.
    pub fn prepare(&mut self, host_hz: f64) -> Result<(), PrepareError> {
        let choice = Choice::of(self.events.latest());
        let refused = PrepareError { sample_rate_hz: host_hz };
        if !(8_000.0..=768_000.0).contains(&host_hz) {
            return Err(refused);
        }
        let ratio = choice.engine_rate.hz().map(|engine_hz| Ratio::of(host_hz, engine_hz));
        let n_strips = self.engine.n_strips();
        let (resampled, engine_hz) = match ratio.filter(|ratio| !ratio.is_one()) {
            Some(ratio) => {
                let resampled =
                    Resampled::new(self.engine.path(), choice.resampling, ratio, host_hz, n_strips);
                (Some(Box::new(resampled.map_err(|_| refused)?)), ratio.engine_hz(host_hz))
            }
            None => (None, host_hz),
        };
        self.engine.set(self.events.catch_up());
        self.engine.prepare(engine_hz)?;
        self.events.reserve(resampled.is_some());
        (self.resampled, self.choice, self.host_hz) = (resampled, choice, host_hz);
        self.reset();
        Ok(())
    }

    /// Clears memory only, as [`Engine::reset`] does. Settings that were on their way count at once.
    pub fn reset(&mut self) {
        if let Some(resampled) = &mut self.resampled {
            self.engine.set(self.events.catch_up());
            resampled.reset(self.engine.latency_samples());
        }
        self.engine.reset();
    }

    /// Takes a snapshot that counts from the next sample on, as [`Engine::set`] does. Never allocates.
    ///
    /// Where the engine has a rate of its own, several thousand changes may be under way; what goes beyond that counts together
    /// with the first that found no room.
    pub fn set(&mut self, settings: &Settings) {
        match &self.resampled {
            Some(resampled) if !resampled.is_fresh() => {
                self.events.push(settings, resampled.next_moment());
            }
            Some(_) => {
                self.events.note(settings);
                self.engine.set(self.events.catch_up());
            }
            None => {
                self.events.note(settings);
                self.engine.set(settings);
            }
        }
    }

    /// Mixes one block, as [`Engine::process`] does. Never allocates, waits or panics.
    pub fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        self.begin_block();
        self.continue_block(inputs, outputs);
    }

    /// Begins a block that is mixed in parts, as [`Engine::begin_block`] does. Never allocates.
    pub fn begin_block(&mut self) {
        match &mut self.resampled {
            None => self.engine.begin_block(),
            Some(resampled) => resampled.begin_block(),
        }
    }

    /// Mixes one part of a block, as [`Engine::continue_block`] does. Never allocates, waits or panics.
    pub fn continue_block(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        match &mut self.resampled {
            None => self.engine.continue_block(inputs, outputs),
            Some(resampled) => {
                let inputs = &inputs[..inputs.len().min(self.engine.n_strips())];
                let n_frames = shortest(inputs, outputs);
                resampled.process(&mut self.engine, &mut self.events, inputs, outputs, n_frames);
            }
        }
    }

    /// Samples of the host by which the output lags behind the input. What is left of a sample is half of one at most.
    pub fn latency_samples(&self) -> u32 {
        match &self.resampled {
            None => self.engine.latency_samples(),
            Some(resampled) => resampled.latency_samples(),
        }
    }

    /// Whether a setting waits for the next [`RatedEngine::prepare`], because it may change the latency.
    pub fn needs_prepare(&self) -> bool {
        self.engine.needs_prepare() || Choice::of(self.events.latest()) != self.choice
    }

    /// The rate at which the engine runs, in hertz: what was asked for, to a thousandth where the host's rate is odd.
    pub fn engine_rate_hz(&self) -> f64 {
        self.engine.sample_rate_hz()
    }

    /// The engine, at its own rate.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, to clear flags and restart meters. What is set or processed there is none of this one's business and does
    /// not keep in step.
    pub fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Figures of the last block. See [`Engine::meters`].
    pub fn meters(&self) -> &Meters {
        self.engine.meters()
    }

    /// Levels of the last block, at the engine's rate. See [`Engine::levels`].
    pub fn levels(&self) -> Levels<'_> {
        self.engine.levels()
    }

    /// Strips that had a non-finite sample since their flag was last cleared. Bit = strip.
    pub fn quarantined_strips(&self) -> u64 {
        self.engine.quarantined_strips()
    }

    /// Clears the flags of the strips whose bits are set.
    pub fn clear_quarantined(&mut self, strips: u64) {
        self.engine.clear_quarantined(strips);
    }
}
