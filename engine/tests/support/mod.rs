//! What the engine's tests share: sessions, a way to run one in any cuts, and comparisons that refuse to compare nothing.
//!
//! Written from the specification. Nothing here reads the engine's own arithmetic.
#![allow(dead_code, unused_imports, reason = "every test binary uses its own part of this")]

pub mod clicks;
pub mod random;
pub mod rated;
pub mod reference;
pub mod signals;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{Engine, N_DESTINATIONS, N_GROUPS, Outputs, RatedEngine, Settings, SimdPath, StereoIn};

/// Left and right, indexed by `[channel_idx][frame_idx]`.
pub type Stereo = [Vec<f32>; 2];

/// What every output sample holds before the engine runs, so that a sample it forgot to write shows.
pub const UNWRITTEN: f32 = 7.77e30;

/// What a session runs on.
pub trait Mixer {
    fn set(&mut self, settings: &Settings);
    fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>);
}

impl Mixer for Engine {
    fn set(&mut self, settings: &Settings) {
        Self::set(self, settings);
    }

    fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        Self::process(self, inputs, outputs);
    }
}

impl Mixer for RatedEngine {
    fn set(&mut self, settings: &Settings) {
        Self::set(self, settings);
    }

    fn process(&mut self, inputs: &[Option<StereoIn<'_>>], outputs: &mut Outputs<'_>) {
        Self::process(self, inputs, outputs);
    }
}

/// A snapshot that arrives before frame `at` is processed.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: usize,
    pub settings: Settings,
}

/// Everything that decides an engine's output.
#[derive(Clone, Debug)]
pub struct Session {
    pub sample_rate_hz: f64,
    pub n_frames: usize,
    pub initial: Settings,
    /// In order of time.
    pub events: Vec<Event>,
    /// One per strip; `None` is a feed that the host left unconnected.
    pub inputs: Vec<Option<Stereo>>,
}

impl Session {
    /// A session without events, its feeds unconnected.
    pub fn new(sample_rate_hz: f64, n_frames: usize, initial: Settings) -> Self {
        let inputs = vec![None; initial.strips.len()];
        Self { sample_rate_hz, n_frames, initial, events: Vec::new(), inputs }
    }

    pub fn n_strips(&self) -> usize {
        self.initial.strips.len()
    }

    /// Feeds a strip with two constants.
    pub fn feed_constant(&mut self, strip_idx: usize, left: f32, right: f32) {
        self.inputs[strip_idx] = Some([vec![left; self.n_frames], vec![right; self.n_frames]]);
    }

    /// Appends an event that changes the latest settings.
    pub fn change(&mut self, at: usize, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.last_settings().clone();
        change(&mut settings);
        assert!(self.events.last().is_none_or(|last| last.at <= at), "events are in order of time");
        self.events.push(Event { at, settings });
    }

    pub fn last_settings(&self) -> &Settings {
        self.events.last().map_or(&self.initial, |event| &event.settings)
    }

    /// Multiplies every input sample.
    pub fn scale_inputs(&mut self, gain: f32) {
        for feed in self.inputs.iter_mut().flatten() {
            for sample in feed.iter_mut().flatten() {
                *sample *= gain;
            }
        }
    }

    /// Changes every snapshot of the session.
    pub fn always(&mut self, change: impl Fn(&mut Settings)) {
        change(&mut self.initial);
        self.events.iter_mut().for_each(|event| change(&mut event.settings));
    }

    /// Sets the limiter's lookahead from beginning to end.
    pub fn set_lookahead(&mut self, lookahead: Lookahead) {
        self.always(|settings| settings.master.limiter.lookahead = lookahead);
    }

    /// A fresh engine, holding the initial settings and prepared with them.
    pub fn fresh_engine(&self) -> Engine {
        self.fresh_engine_on(SimdPath::detect())
    }

    /// The same on certain instructions.
    pub fn fresh_engine_on(&self, path: SimdPath) -> Engine {
        let mut engine = Engine::on_path(self.n_strips(), path);
        // The lookahead counts from the next `prepare` on.
        engine.set(&self.initial);
        engine.prepare(self.sample_rate_hz).expect("a sample rate that the engine takes");
        engine
    }

    /// Runs the session on a fresh engine.
    pub fn render(&self, cuts: Cuts) -> Mix {
        self.render_on(&mut self.fresh_engine(), cuts)
    }

    /// Runs the session on an engine that already holds the initial settings.
    pub fn render_on(&self, engine: &mut impl Mixer, cuts: Cuts) -> Mix {
        let mut mix = Mix::unwritten(self.n_frames);
        let mut cutter = Cutter::new(cuts);
        let mut events = self.events.iter().peekable();
        let (mut now, mut cut) = (0, cutter.next_len());
        while now < self.n_frames {
            while let Some(event) = events.next_if(|event| event.at == now) {
                engine.set(&event.settings);
            }
            if cut == 0 {
                cut = cutter.next_len();
            }
            let next_event = events.peek().map_or(self.n_frames, |event| event.at);
            let len = cut.min(next_event - now).min(self.n_frames - now);
            process(engine, &self.inputs, &mut mix, now, len);
            now += len;
            cut -= len;
        }
        assert_eq!(events.count(), 0, "an event lies outside the session and was never sent");
        mix
    }
}

/// How the stream is cut into blocks. Events cut it as well: an event is a `set` between two calls of `process`.
#[derive(Clone, Copy, Debug)]
pub enum Cuts {
    /// As few blocks as the events allow.
    Whole,
    /// Blocks of this many frames.
    Every(usize),
    /// Blocks of one to 200 frames, with this seed.
    Random(u64),
}

struct Cutter {
    cuts: Cuts,
    rng: fastrand::Rng,
}

impl Cutter {
    fn new(cuts: Cuts) -> Self {
        let seed = if let Cuts::Random(seed) = cuts { seed } else { 0 };
        Self { cuts, rng: fastrand::Rng::with_seed(seed) }
    }

    fn next_len(&mut self) -> usize {
        match self.cuts {
            Cuts::Whole => usize::MAX,
            Cuts::Every(len) => len,
            Cuts::Random(_) => self.rng.usize(1..=200),
        }
    }
}

/// What the engine put out: the master, then groups A–D.
#[derive(Clone)]
pub struct Mix {
    pub buses: [Stereo; N_DESTINATIONS],
}

impl Mix {
    pub fn unwritten(n_frames: usize) -> Self {
        Self { buses: std::array::from_fn(|_| [vec![UNWRITTEN; n_frames], vec![UNWRITTEN; n_frames]]) }
    }

    pub fn master(&self) -> &Stereo {
        &self.buses[0]
    }

    pub fn group(&self, group_idx: usize) -> &Stereo {
        &self.buses[1 + group_idx]
    }

    pub fn n_frames(&self) -> usize {
        self.buses[0][0].len()
    }

    /// The values of all ten channels at one frame.
    pub fn frame(&self, frame_idx: usize) -> [[f32; 2]; N_DESTINATIONS] {
        std::array::from_fn(|bus_idx| {
            let [left, right] = &self.buses[bus_idx];
            [left[frame_idx], right[frame_idx]]
        })
    }

    /// The loudest channel's root mean square over the given buses.
    pub fn loudness(&self) -> f64 {
        self.buses.iter().flatten().map(|channel| rms(channel)).fold(0.0, f64::max)
    }
}

/// Runs the engine over frames `from..from + len` of inputs and outputs.
pub fn process(engine: &mut impl Mixer, inputs: &[Option<Stereo>], mix: &mut Mix, from: usize, len: usize) {
    process_with_groups(engine, inputs, mix, from, len, [true; N_GROUPS]);
}

/// The same with only some of the group outputs connected.
pub fn process_with_groups(
    engine: &mut impl Mixer,
    inputs: &[Option<Stereo>],
    mix: &mut Mix,
    from: usize,
    len: usize,
    is_connected: [bool; N_GROUPS],
) {
    let range = from..from + len;
    let inputs: Vec<Option<StereoIn<'_>>> = inputs
        .iter()
        .map(|feed| feed.as_ref().map(|[left, right]| [&left[range.clone()], &right[range.clone()]]))
        .collect();
    let [master, groups @ ..] = &mut mix.buses;
    let mut groups = groups.each_mut().map(|group| Some(slices(group, range.clone())));
    for (group, is_connected) in groups.iter_mut().zip(is_connected) {
        if !is_connected {
            *group = None;
        }
    }
    engine.process(&inputs, &mut Outputs { master: slices(master, range), groups });
}

fn slices(bus: &mut Stereo, range: std::ops::Range<usize>) -> [&mut [f32]; 2] {
    bus.each_mut().map(|channel| &mut channel[range.clone()])
}

pub fn rms(channel: &[f32]) -> f64 {
    let power: f64 = channel.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    (power / channel.len().max(1) as f64).sqrt()
}

pub fn to_db(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

/// Two mixes agree in every bit of every channel. Refuses to compare short or silent ones.
#[track_caller]
pub fn assert_same_bits(expected: &Mix, actual: &Mix, context: &str) {
    assert!(expected.n_frames() > 1000, "{context}: too short to prove anything");
    assert!(expected.loudness() > 1e-3, "{context}: too quiet to prove anything");
    assert_same_bits_on(expected, actual, &[0, 1, 2, 3, 4], context);
}

/// The named buses (master 0, groups 1–4) agree in every bit.
#[track_caller]
pub fn assert_same_bits_on(expected: &Mix, actual: &Mix, bus_idxs: &[usize], context: &str) {
    assert_eq!(expected.n_frames(), actual.n_frames(), "{context}: lengths");
    for &bus_idx in bus_idxs {
        for channel_idx in 0..2 {
            let expected = &expected.buses[bus_idx][channel_idx];
            let actual = &actual.buses[bus_idx][channel_idx];
            if let Some(frame) = (0..expected.len()).find(|&i| expected[i].to_bits() != actual[i].to_bits()) {
                panic!(
                    "{context}: bus {bus_idx} channel {channel_idx} frame {frame} (in tile: {}): expected {:e}, got {:e}",
                    frame % busbar_engine::TILE_FRAMES,
                    expected[frame],
                    actual[frame],
                );
            }
        }
    }
}

/// Every sample was written, is finite, and is not subnormal.
#[track_caller]
pub fn assert_sound(mix: &Mix, context: &str) {
    for (bus_idx, bus) in mix.buses.iter().enumerate() {
        for (channel_idx, channel) in bus.iter().enumerate() {
            for (frame, &sample) in channel.iter().enumerate() {
                let place = || format!("{context}: bus {bus_idx} channel {channel_idx} frame {frame}");
                assert!(sample.is_finite(), "{}: {sample} is not finite", place());
                assert!(!sample.is_subnormal(), "{}: {sample:e} is subnormal", place());
                assert!(sample != UNWRITTEN, "{}: never written", place());
            }
        }
    }
}
