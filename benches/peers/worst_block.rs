//! The scenario of target 7: how much longer the worst block takes than a typical one.
//!
//! 32 strips with high-pass, gate, equaliser and compressor on play signal, full scale, silence, subnormals, the smallest
//! normal samples, and bursts. The scenario is played many times from the start; the fastest time of each block counts,
//! because what slowed the others was not the engine. *Typical* is the median over the blocks in which every strip has sound;
//! *worst* is the maximum over all blocks.
//!
//! The block before the scenario is apart: settings count anew after a reset, and all filters are designed in it.

use crate::ours::Ours;
use crate::rounds::median;
use crate::work::{Mixer, RATE_HZ, Signal, output, settings};
use busbar_engine::{FilterSettings, GateSettings, Settings, SimdPath};
use std::time::Instant;

/// Strips of the scenario.
pub const N_STRIPS: usize = 32;

/// Frames of each part: 0.34 s, after which gates have closed and envelopes have come down.
const PART_FRAMES: usize = 16_384;

/// What the scenario consists of.
pub const PARTS: [&str; 6] = ["signal", "full scale", "silence", "subnormals", "smallest", "bursts"];

/// The parts in which every strip has sound in every block.
const WITH_SOUND: [usize; 2] = [0, 1];

/// What the blocks of a scenario took, in µs.
pub struct Outcome {
    /// The block after a reset, in which all filters are designed.
    pub first: f64,
    pub typical: f64,
    pub worst: f64,
    /// The part in which the worst block lies.
    pub worst_in: &'static str,
    /// The median of each part.
    pub parts: [f64; PARTS.len()],
}

/// Plays it on this path.
pub fn play(path: SimdPath, block_frames: usize, n_replays: usize) -> Outcome {
    let scenario = scenario();
    let mut block = Signal::noise(N_STRIPS, block_frames, 0);
    let mut output = output(block_frames);
    let mut ours = Ours::new(path, RATE_HZ, &all_stages());
    let blocks_per_part = PART_FRAMES / block_frames;
    let mut micros = |ours: &mut Ours, start: usize| {
        // As a host does, always in the same memory: otherwise each new page of the scenario is a peak.
        for (channel, part) in block.feeds.iter_mut().flatten().zip(scenario.feeds.iter().flatten()) {
            channel.copy_from_slice(&part[start..start + block_frames]);
        }
        let clock = Instant::now();
        ours.mix(&block, 0..block_frames, &mut output);
        clock.elapsed().as_secs_f64() * 1e6
    };
    let mut fastest = vec![f64::INFINITY; PARTS.len() * blocks_per_part];
    let mut first = f64::INFINITY;
    for _ in 0..n_replays {
        ours.0.reset();
        first = first.min(micros(&mut ours, 0));
        for (block_idx, fastest) in fastest.iter_mut().enumerate() {
            *fastest = fastest.min(micros(&mut ours, block_idx * block_frames));
        }
    }
    let part = |idx: usize| &fastest[idx * blocks_per_part..][..blocks_per_part];
    let mut sounding: Vec<f64> = WITH_SOUND.iter().flat_map(|&idx| part(idx).to_vec()).collect();
    let (worst_idx, worst) =
        fastest.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)).unwrap_or((0, &f64::NAN));
    Outcome {
        first,
        typical: median(&mut sounding),
        worst: *worst,
        worst_in: PARTS[worst_idx / blocks_per_part],
        parts: std::array::from_fn(|idx| median(&mut part(idx).to_vec())),
    }
}

fn all_stages() -> Settings {
    let mut settings = settings(N_STRIPS);
    for strip in &mut settings.strips {
        strip.high_pass = FilterSettings { on: true, ..FilterSettings::HIGH_PASS };
        strip.gate = GateSettings { on: true, ..GateSettings::STRIP };
    }
    settings
}

fn scenario() -> Signal {
    let n_frames = PARTS.len() * PART_FRAMES;
    let mut signal = Signal::noise(N_STRIPS, n_frames, 7);
    let mut rng = fastrand::Rng::with_seed(8);
    for channel in signal.feeds.iter_mut().flatten() {
        for (part, samples) in channel.chunks_mut(PART_FRAMES).enumerate() {
            // Bursts and the pauses between them are shorter than a large block and longer than a tile.
            for samples in samples.chunks_mut(200) {
                let burst = rng.f32() < 0.2;
                let gain = match part {
                    0 => 0.4,
                    1 => 2.0,
                    2 => 0.0,
                    3 => 1e-39,
                    4 => 1e-37,
                    _ if burst => 2.0,
                    _ => 0.0,
                };
                samples.iter_mut().for_each(|sample| *sample *= gain);
            }
        }
    }
    signal
}
