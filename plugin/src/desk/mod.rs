//! The desk: what the editor reads and writes beside parameters.
//!
//! ```text
//! audio thread → Desk::begin_block, publish → atomics → Desk::levels, reductions … → editor
//! editor → Desk::set_strip_name → BusbarParams::document → the saved state; the host is told that there is something to save
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `levels` | peaks, mean squares and holds of every tap |
//! | `loudness` | loudness, true peak, correlation and needle of every tap behind a fader |
//! | `scope`, `spectrum` | samples of one tap, and what the editor makes of them |
//! | `names` | the strips' names and the view, in the document |
//! | `pulse` | whether the host still calls |
//! | `pictures` | a desk without a host, which shows what it is told to |
//!
//! One desk belongs to an instance and to one editor: whoever reads a peak or a reduction takes it away from everybody else. The
//! audio thread never waits here, and whoever reads never waits for the audio thread.

mod levels;
mod loudness;
mod names;
mod pictures;
mod pulse;
mod scope;
mod spectrum;

use crate::guard::{HostLink, Meters};
use crate::params::BusbarParams;
use atomic_float::AtomicF32;
use busbar_engine::{Engine, Loudness, N_GROUPS, Reductions};
use levels::LevelStore;
pub use levels::{Levels, Tap};
use loudness::LoudnessStore;
pub use names::MAX_NAME_CHARS;
use pulse::Pulse;
use scope::Scope;
pub use scope::ScopeFeed;
use serde_json::Value as Json;
pub use spectrum::Spectrum;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What an instance, its guard and its editor share beside parameters.
pub struct Desk {
    params: Arc<BusbarParams>,
    link: Arc<HostLink>,
    levels: LevelStore,
    loudness: LoudnessStore,
    scope: Scope,
    host_rate_hz: AtomicF32,
    engine_rate_hz: AtomicF32,
    /// In the order of [`figures`]. The guard's meters have a set of their own, for hosts that ask by CLAP.
    reductions: Meters,
    /// Strips in quarantine, as the engine told last. Bit = strip.
    quarantined: AtomicU64,
    /// Strips whose flag the editor wants gone.
    to_clear: AtomicU64,
    pulse: Pulse,
    /// How often something was set here that others may want to read again.
    changes: AtomicU64,
    /// Whether it only shows what it was told to: reading takes nothing away then.
    is_still: AtomicBool,
}

impl Desk {
    /// The desk of an instance with these parameters and this link.
    pub fn new(params: Arc<BusbarParams>, link: Arc<HostLink>) -> Arc<Self> {
        let n_strips = params.strips.len();
        let loudness = LoudnessStore::new(n_strips);
        link.set_readings(Arc::clone(loudness.readings()));
        Arc::new(Self {
            params,
            link,
            levels: LevelStore::new(n_strips),
            loudness,
            scope: Scope::new(n_strips),
            host_rate_hz: AtomicF32::new(48_000.0),
            engine_rate_hz: AtomicF32::new(48_000.0),
            reductions: Meters::new(n_figures(n_strips)),
            quarantined: AtomicU64::new(0),
            to_clear: AtomicU64::new(0),
            pulse: Pulse::default(),
            changes: AtomicU64::new(0),
            is_still: AtomicBool::new(false),
        })
    }

    /// How many strips there are.
    pub fn n_strips(&self) -> usize {
        self.params.strips.len()
    }

    /// The levels of a tap: the largest peak since the last call, the present mean, and what is held. A tap that does not exist
    /// is silent.
    pub fn levels(&self, tap: Tap) -> Levels {
        self.levels.read(tap, self.is_still())
    }

    /// The largest peak of a tap since somebody last cleared it. Takes nothing away from [`Desk::levels`].
    pub fn held(&self, tap: Tap) -> [f32; 2] {
        self.levels.held(tap)
    }

    /// Begins the hold of a tap anew, with what comes from here on.
    pub fn clear_hold(&self, tap: Tap) {
        self.levels.clear_hold(tap);
    }

    /// Begins every hold anew.
    pub fn clear_all_holds(&self) {
        self.levels.clear_all_holds();
    }

    /// Loudness, largest true peaks and correlation of a tap behind a fader. Reading takes nothing away. Neither an input nor a tap
    /// that does not exist has any.
    pub fn loudness(&self, tap: Tap) -> Loudness {
        self.loudness.read(tap)
    }

    /// Where the needles of a tap behind a fader stand, in dB as the engine's `Levels` tell them, if the ballistics have any.
    pub fn needle(&self, tap: Tap) -> [f32; 2] {
        self.loudness.needle(tap)
    }

    /// Integrated loudness, range, largest values and true peaks of all taps begin anew with the next block. On any thread.
    pub fn restart_loudness(&self) {
        self.loudness.readings().ask_for_restart();
    }

    /// Reads the spectrum of a tap from here on, unless somebody else reads one. An input's is that of what the host feeds, and a
    /// strip's that of its sound behind width and pan, whatever fader, mute and solo do.
    pub fn open_spectrum(self: &Arc<Self>, tap: Tap) -> Option<Spectrum> {
        Spectrum::open(self, tap)
    }

    /// The rate of a tap's samples, as the last activation had it: within strips the engine's, elsewhere the host's.
    pub fn sample_rate_hz(&self, tap: Tap) -> f32 {
        let rate_hz = if matches!(tap, Tap::Strip(_)) { &self.engine_rate_hz } else { &self.host_rate_hz };
        rate_hz.load(Ordering::Relaxed)
    }

    /// Tells both.
    pub fn set_sample_rates(&self, host_rate_hz: f32, engine_rate_hz: f32) {
        self.host_rate_hz.store(host_rate_hz, Ordering::Relaxed);
        self.engine_rate_hz.store(engine_rate_hz, Ordering::Relaxed);
    }

    /// What gives samples to whoever reads a spectrum, once. Who processes keeps it.
    pub fn take_scope_feed(&self) -> Option<ScopeFeed> {
        self.scope.take_feed()
    }

    /// The tap of which samples are wanted in this block. Realtime-safe.
    pub fn scoped(&self, feed: &mut ScopeFeed) -> Option<Tap> {
        feed.wanted(&self.scope)
    }

    /// The largest gain reductions of a tap's channel since the last call, of each stage in dB, 0 or more.
    pub fn reductions(&self, tap: Tap) -> Reductions {
        let is_still = self.is_still();
        let [gate_db, compressor_db, limiter_db] = self.reduction_places(tap).map(|place| {
            let take = |idx| if is_still { self.reductions.peek(idx) } else { self.reductions.take_one(idx) };
            place.map_or(0.0, take)
        });
        Reductions { gate_db, compressor_db, limiter_db }
    }

    /// What all stages of a tap's channel take away together, in dB: the sum of [`Desk::reductions`], which it takes.
    pub fn reduction_db(&self, tap: Tap) -> f32 {
        let Reductions { gate_db, compressor_db, limiter_db } = self.reductions(tap);
        gate_db + compressor_db + limiter_db
    }

    /// The strips whose inputs the host has connected. Bit = strip; all are set before the first block.
    pub fn connected(&self) -> u64 {
        self.link.connected() & self.all_strips()
    }

    /// How many blocks were processed.
    pub fn n_blocks(&self) -> u64 {
        self.pulse.n_blocks()
    }

    /// Whether the host has called lately: false a third of a second after its last block. For the editor's thread.
    pub fn is_processing(&self) -> bool {
        self.is_still() || self.pulse.is_beating()
    }

    /// Strips that had broken samples since somebody last cleared their flag. Bit = strip.
    pub fn quarantined(&self) -> u64 {
        // What is to be cleared counts as cleared, also while no block comes that could do it.
        let to_clear = self.to_clear.load(Ordering::Acquire);
        self.quarantined.load(Ordering::Acquire) & !to_clear
    }

    /// Clears a strip's flag; the next broken sample sets it again.
    pub fn clear_quarantine(&self, strip_idx: usize) {
        if strip_idx < self.n_strips() {
            self.to_clear.fetch_or(1 << strip_idx, Ordering::Relaxed);
        }
    }

    /// Why the last state was refused, until another is loaded or a person has read it.
    pub fn state_problem(&self) -> Option<String> {
        self.link.state_problem()
    }

    /// A person has read it.
    pub fn dismiss_state_problem(&self) {
        self.link.set_state_problem(None);
    }

    /// The name of a strip, fit to be shown; empty if it has none.
    pub fn strip_name(&self, strip_idx: usize) -> String {
        names::name(&self.params.document.read(), strip_idx)
    }

    /// Names a strip: at most [`MAX_NAME_CHARS`] characters, without control characters, and without blanks around it. It is saved
    /// with the state, and the host is told that there is something to save. Not for the audio thread.
    pub fn set_strip_name(&self, strip_idx: usize, name: &str) {
        if strip_idx >= self.n_strips() {
            return;
        }
        // The lock ends with the statement: the host may save from within what follows.
        let has_changed = names::set_name(&mut self.params.document.write(), strip_idx, name);
        if has_changed {
            self.changes.fetch_add(1, Ordering::Release);
            self.link.state_changed();
        }
    }

    /// How the editor looks: what the state holds as its `view`. A state without one has null here.
    pub fn view(&self) -> Json {
        self.params.document.read().view.clone()
    }

    /// Sets one entry of the view, and leaves all others as they are; null takes it out. It is saved with the state, but the host
    /// is not told: a session is not unsaved because somebody looked at it. Not for the audio thread.
    pub fn set_view(&self, key: &str, value: Json) {
        let has_changed = names::set_view(&mut self.params.document.write(), key, value);
        if has_changed {
            self.changes.fetch_add(1, Ordering::Release);
        }
    }

    /// A number that changes whenever names, view or the problem with a state may have: by a state that was loaded or refused,
    /// and by what is set here.
    pub fn generation(&self) -> u64 {
        // Each only ever grows, and so does their sum.
        self.changes.load(Ordering::Acquire) + self.params.n_loads() + self.link.n_problems()
    }

    /// Gives the engine what the editor asked for. For the audio thread, before every block; realtime-safe.
    pub fn begin_block(&self, engine: &mut Engine) {
        // The load first: it locks nothing, and nearly always there is nothing to do.
        let to_clear = self.to_clear.load(Ordering::Relaxed);
        if to_clear != 0 {
            engine.clear_quarantined(to_clear);
            self.quarantined.store(engine.quarantined_strips(), Ordering::Release);
            // After the flags, so that no lamp flashes in between.
            self.to_clear.fetch_and(!to_clear, Ordering::Release);
        }
        if self.loudness.readings().take_restart() {
            engine.restart_loudness();
        }
    }

    /// Gives the editor and hosts what the engine tells of its last block. For the audio thread; realtime-safe.
    pub fn publish(&self, engine: &Engine) {
        let quarantined = engine.quarantined_strips();
        if self.quarantined.load(Ordering::Relaxed) != quarantined {
            self.quarantined.store(quarantined, Ordering::Relaxed);
        }
        self.levels.publish(engine.levels());
        self.loudness.publish(engine.levels());
        self.reductions.raise(figures(engine.meters(), self.n_strips()));
        self.pulse.beat();
    }

    /// Where the reductions of gate, compressor and limiter are, as far as a channel has them.
    fn reduction_places(&self, tap: Tap) -> [Option<usize>; 3] {
        let n_strips = self.n_strips();
        let behind_groups = 2 * n_strips + N_GROUPS;
        match tap {
            Tap::Input(idx) | Tap::Strip(idx) if idx < n_strips => [Some(2 * idx), Some(2 * idx + 1), None],
            Tap::Group(idx) if idx < N_GROUPS => [None, Some(2 * n_strips + idx), None],
            Tap::Master => [None, Some(behind_groups), Some(behind_groups + 1)],
            _ => [None; 3],
        }
    }

    fn is_still(&self) -> bool {
        self.is_still.load(Ordering::Relaxed)
    }

    /// A bit for every strip there is.
    fn all_strips(&self) -> u64 {
        u64::MAX >> (u64::BITS as usize - self.n_strips())
    }
}

/// How many gain reductions an instance tells.
pub(crate) const fn n_figures(n_strips: usize) -> usize {
    2 * n_strips + N_GROUPS + 2
}

/// The gain reductions in the order in which the guard's meters tell them.
pub(crate) fn figures(meters: &busbar_engine::Meters, n_strips: usize) -> impl Iterator<Item = f32> + '_ {
    let strips = meters.strips[..n_strips].iter().flat_map(|strip| [strip.gate_db, strip.compressor_db]);
    let groups = meters.groups.iter().map(|group| group.compressor_db);
    strips.chain(groups).chain([meters.master.compressor_db, meters.master.limiter_db])
}
