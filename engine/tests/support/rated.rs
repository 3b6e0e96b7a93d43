//! Engines at rates of their own.

use super::{Cuts, Mix, Session};
use busbar_engine::{EngineRate, RatedEngine, ResamplingMode, Settings};

/// A host's rate, the engine's, and the way between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    pub host_hz: f64,
    pub engine: EngineRate,
    pub mode: ResamplingMode,
}

impl Way {
    pub fn engine_hz(self) -> f64 {
        self.engine.hz().map_or(self.host_hz, f64::from)
    }

    /// Samples of the host in one of the engine.
    pub fn host_per_engine(self) -> f64 {
        self.host_hz / self.engine_hz()
    }

    pub fn put(self, settings: &mut Settings) {
        settings.engine_rate = self.engine;
        settings.resampling = self.mode;
    }

    /// An engine that holds a session's initial settings and is prepared with them.
    pub fn fresh(self, session: &Session) -> RatedEngine {
        let mut initial = session.initial.clone();
        self.put(&mut initial);
        let mut engine = RatedEngine::new(session.n_strips());
        engine.set(&initial);
        engine.prepare(self.host_hz).expect("a sample rate that the engine takes");
        engine
    }

    /// Runs a session this way, on a fresh engine.
    pub fn render(self, session: &Session, cuts: Cuts) -> Mix {
        let mut rated = session.clone();
        rated.always(|settings| self.put(settings));
        rated.render_on(&mut self.fresh(session), cuts)
    }
}

/// Every rate in use.
pub fn rates() -> impl Iterator<Item = EngineRate> {
    EngineRate::ALL.into_iter().filter(|rate| rate.hz().is_some())
}

/// Every mode between any two different rates in use.
pub fn all_ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for host_hz in rates().filter_map(EngineRate::hz).map(f64::from) {
        for engine in rates() {
            for mode in ResamplingMode::ALL {
                let way = Way { host_hz, engine, mode };
                if way.engine_hz() != host_hz {
                    ways.push(way);
                }
            }
        }
    }
    assert_eq!(ways.len(), 60);
    ways
}

/// One way of each kind: up and down, by a little and by much, in small numbers and in large ones.
pub fn some_ways() -> Vec<Way> {
    use EngineRate::{Hz44100, Hz48000, Hz96000, Hz192000};
    let pairs = [
        (44_100.0, Hz48000),
        (48_000.0, Hz44100),
        (48_000.0, Hz96000),
        (44_100.0, Hz192000),
        (192_000.0, Hz44100),
        // Hosts that nobody has.
        (51_003.7, Hz48000),
        (22_050.0, Hz96000),
    ];
    let way = |(host_hz, engine)| ResamplingMode::ALL.map(|mode| Way { host_hz, engine, mode });
    pairs.into_iter().flat_map(way).collect()
}
