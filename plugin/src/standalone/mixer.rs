//! What the audio thread owns: the engine, and the parameters that set it.

use crate::params::BusbarParams;
use busbar_engine::{Engine, Outputs, PrepareError, Settings, StereoIn};
use nice_assert_no_alloc::assert_no_alloc;
use std::sync::Arc;

/// An engine that follows its parameters.
pub(super) struct Mixer {
    engine: Engine,
    params: Arc<BusbarParams>,
    /// The snapshot that the engine has.
    settings: Settings,
}

impl Mixer {
    pub(super) fn new(params: Arc<BusbarParams>, sample_rate_hz: f64) -> Result<Self, PrepareError> {
        let n_strips = params.strips.len();
        let mut engine = Engine::new(n_strips);
        engine.prepare(sample_rate_hz)?;
        Ok(Self { engine, params, settings: Settings::new(n_strips) })
    }

    /// Mixes one block. Realtime-safe; a build with debug assertions aborts if it allocates.
    pub(super) fn process(&mut self, feeds: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        assert_no_alloc(|| {
            if self.params.refresh(&mut self.settings) {
                self.engine.set(&self.settings);
            }
            self.engine.process(feeds, outputs);
        });
    }
}
