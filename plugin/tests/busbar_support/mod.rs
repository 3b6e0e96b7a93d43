//! Busbar 8 as it is exported, behind the guard and the framework's wrapper, as a host of each format has it.

#![allow(dead_code, reason = "each test file takes its part")]

mod clap;
mod vst3;

pub use clap::ClapBusbar;
pub use vst3::Vst3Busbar;

pub const N_STRIPS: usize = 8;
/// Master and four groups.
pub const N_OUTPUTS: usize = 5;

/// Whether a host says that somebody listens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Realtime,
    Offline,
}

/// What a host tells before an activation.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub sample_rate_hz: f64,
    pub max_frames: usize,
    pub mode: Mode,
}

impl Setup {
    pub const fn at(sample_rate_hz: f64) -> Self {
        Self { sample_rate_hz, max_frames: 512, mode: Mode::Realtime }
    }
}

/// A parameter gets a value of 0 to 1 at a frame.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub at: usize,
    pub id: &'static str,
    pub value: f32,
}

/// Sound of several stereo ports, `[port][side][frame]`.
pub type Sound = Vec<[Vec<f32>; 2]>;

/// An instance as its host sees it, so that one test holds for both formats.
pub trait Instance {
    fn format(&self) -> &'static str;
    /// Sets a parameter on the main thread, as a hand does in the host's own editor.
    fn set(&self, id: &str, value: f32);
    fn activate(&self, setup: Setup);
    fn deactivate(&self);
    fn latency_samples(&self) -> usize;
    /// How often the plugin has asked for a restart since the last call.
    fn take_asked(&self) -> u32;
    /// How often it has told of another latency, from within an activation, since the last call.
    fn take_told(&self) -> u32;
    /// One block of as many frames as all channels have, on a thread without allocations. Events are in order.
    fn process(&self, feeds: &mut Sound, outputs: &mut Sound, events: &[Event]);
}

/// Runs a test with an instance of each format.
pub fn in_both_formats(test: impl Fn(&dyn Instance)) {
    test(&ClapBusbar::new());
    test(&Vst3Busbar::new());
}

/// Plays feeds through an active instance in blocks of these lengths, which go round until the feeds end.
pub fn play(instance: &dyn Instance, feeds: &Sound, events: &[Event], blocks: &[usize]) -> Sound {
    let n_frames = feeds[0][0].len();
    let mut output: Sound = vec![Default::default(); N_OUTPUTS];
    let mut blocks = blocks.iter().cycle();
    let mut start = 0;
    while start < n_frames {
        let frames = start..n_frames.min(start + blocks.next().expect("a length"));
        let part = |side: &Vec<f32>| side[frames.clone()].to_vec();
        let mut feeds: Sound = feeds.iter().map(|port| port.each_ref().map(part)).collect();
        // What an output held before must not shine through.
        let mut outputs: Sound = vec![[(); 2].map(|()| vec![9.0; frames.len()]); N_OUTPUTS];
        let here = events.iter().filter(|event| frames.contains(&event.at));
        let here: Vec<Event> = here.map(|event| Event { at: event.at - start, ..*event }).collect();
        instance.process(&mut feeds, &mut outputs, &here);
        for (whole, part) in output.iter_mut().flatten().zip(outputs.iter().flatten()) {
            whole.extend_from_slice(part);
        }
        start = frames.end;
    }
    output
}

pub fn silence(n_frames: usize) -> Sound {
    vec![[vec![0.0; n_frames], vec![0.0; n_frames]]; N_STRIPS]
}
