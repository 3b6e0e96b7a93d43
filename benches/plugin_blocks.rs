//! The built plugin in a host: how long the typical and the worst block take, how long loading takes, how large a state is.
//!
//! `cargo xtask bundle busbar --release && cargo bench --package busbar-benches --bench plugin_blocks`. A mean hides what a listener
//! hears, so this is no criterion suite: it plays one scenario (noise, full scale, silence, subnormals, the smallest
//! normal samples, bursts, and automation of every fader) several times over, takes the fastest replay of each block, because what slowed the others
//! was not Busbar, and reports the median and the maximum over blocks.
//!
//! With `--test` it plays once, to show that it runs.

use busbar_host::{Bundle, ParamEvent, Plugin, locate, param_id_from_str};
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// Parts of the scenario: noise, full scale, silence, subnormals, the smallest normal samples, bursts.
const PARTS: usize = 6;

/// Frames of the scenario.
const SCENARIO_FRAMES: usize = 48_000 * 2;

fn main() -> Result<(), Box<dyn Error>> {
    let replays = if std::env::args().any(|argument| argument == "--test") { 1 } else { 15 };
    let path = built_bundle()?;
    println!("{}, {replays} replays of {SCENARIO_FRAMES} frames", path.display());
    println!(
        "{:<10} {:>7} {:>12} {:>12} {:>7} {:>9}",
        "plugin", "frames", "typical µs", "worst µs", "ratio", "load %"
    );
    for n_strips in [8, 16, 32] {
        let loading = Instant::now();
        let bundle = Bundle::load(&path)?;
        let mut plugin = bundle.instantiate(&format!("org.busbar.busbar-{n_strips}"))?;
        plugin.activate(SAMPLE_RATE_HZ, 512)?;
        let loaded = loading.elapsed();
        for n_frames in [64, 512] {
            let mut blocks = measure(&mut plugin, n_strips, n_frames, replays)?;
            blocks.sort_unstable();
            let micros = |time: Duration| time.as_secs_f64() * 1e6;
            let (typical, worst) = (micros(blocks[blocks.len() / 2]), micros(blocks[blocks.len() - 1]));
            let load = typical / (n_frames as f64 / SAMPLE_RATE_HZ * 1e6) * 100.0;
            println!(
                "Busbar {n_strips:<3} {n_frames:>7} {typical:>12.2} {worst:>12.2} {:>7.2} {load:>9.3}",
                worst / typical
            );
        }
        let state = plugin.save_state()?;
        println!(
            "Busbar {n_strips:<3} loads in {:.2} ms, state {} bytes",
            loaded.as_secs_f64() * 1e3,
            state.len()
        );
    }
    Ok(())
}

/// The bundle of the target folder that this program was built into, unless the environment names another.
fn built_bundle() -> Result<PathBuf, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let beside = program.ancestors().map(|folder| folder.join("bundled").join(locate::BUNDLE_NAME));
    let named = std::env::var_os(locate::BUNDLE_VARIABLE).map(PathBuf::from);
    let found = named.or_else(|| beside.into_iter().find(|path| path.exists()));
    found.ok_or_else(|| "there is no bundle: run `cargo xtask bundle busbar --release` first".into())
}

/// The fastest time of every block of the scenario.
fn measure(
    plugin: &mut Plugin,
    n_strips: usize,
    n_frames: usize,
    replays: usize,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let n_blocks = SCENARIO_FRAMES / n_frames;
    let mut fastest = vec![Duration::MAX; n_blocks];
    let faders: Vec<u32> =
        (1..=n_strips).map(|number| param_id_from_str(&format!("s{number:02}_fader"))).collect();
    for _ in 0..replays {
        let mut rng = fastrand::Rng::with_seed(1);
        for (block_idx, fastest) in fastest.iter_mut().enumerate() {
            let part = block_idx * PARTS / n_blocks;
            for strip_idx in 0..n_strips {
                for channel_idx in 0..2 {
                    fill(plugin.input_mut(strip_idx, channel_idx), part, &mut rng);
                }
            }
            // One fader after the other moves, so that some gain is always on its ramp.
            let fader = faders[block_idx % faders.len()];
            let event =
                ParamEvent { sample: rng.u32(..n_frames as u32), id: fader, value: 0.5 + 0.4 * rng.f64() };
            let start = Instant::now();
            plugin.process(n_frames, &[event])?;
            *fastest = start.elapsed().min(*fastest);
        }
    }
    Ok(fastest)
}

/// What a part of the scenario sounds like.
fn fill(samples: &mut [f32], part: usize, rng: &mut fastrand::Rng) {
    let burst = rng.f32() < 0.2;
    for sample in samples {
        let noise = rng.f32() * 2.0 - 1.0;
        *sample = match part {
            0 => 0.2 * noise,
            1 => noise,
            2 => 0.0,
            3 => noise * 1e-39,
            4 => noise * 1e-37,
            _ if burst => noise,
            _ => 0.0,
        };
    }
}
