//! What a rate of the engine's own costs: the whole way, against the engine alone and rubato alone, in one run.
//!
//! `cargo bench --package busbar-benches --bench rate`. The ratio is (whole way − engine alone) : rubato alone, where rubato has the
//! same filters, the same channels and nothing else to do: once in the same steps, once in steps of 512 of the host's frames.
//! Each figure is the least of many rounds in which all of them take turns. Before that, the latency of every pair of rates.

use busbar_engine::{EngineRate, PrepareError, RatedEngine, ResamplingMode, Settings};
use std::time::Instant;

#[path = "rate_work.rs"]
mod rate_work;
use rate_work::{Alone, BLOCK_FRAMES, Bare, Whole, round_frames};

const N_ROUNDS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let is_asked = |option: &str| std::env::args().any(|arg| arg == option);
    // With `--test`, as in CI, it is enough that it runs.
    if !is_asked("--bench") || is_asked("--test") {
        return measure(44_100, EngineRate::Hz48000, ResamplingMode::LowLatency, 8, 1);
    }
    latencies()?;
    println!(
        "| host | engine | mode | strips | engine, ns/frame | rubato | whole | ratio | in steps of 512 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let pairs = [
        (44_100, EngineRate::Hz48000),
        (48_000, EngineRate::Hz44100),
        (48_000, EngineRate::Hz96000),
        (96_000, EngineRate::Hz48000),
        (44_100, EngineRate::Hz192000),
        (192_000, EngineRate::Hz44100),
    ];
    for n_strips in [8, 32] {
        for (host_hz, engine) in pairs {
            for mode in ResamplingMode::ALL {
                measure(host_hz, engine, mode, n_strips, N_ROUNDS)?;
            }
        }
    }
    Ok(())
}

/// The latency of every pair of rates in use, without lookahead.
fn latencies() -> Result<(), PrepareError> {
    println!("| host | engine | low latency | quality |");
    println!("|---|---|---|---|");
    let rates = || EngineRate::ALL.into_iter().filter_map(|rate| Some((rate, rate.hz()?)));
    for (_, host_hz) in rates() {
        for (engine_rate, engine_hz) in rates().filter(|(_, engine_hz)| *engine_hz != host_hz) {
            let mut cells = Vec::new();
            for resampling in ResamplingMode::ALL {
                let mut engine = RatedEngine::new(1);
                engine.set(&Settings { engine_rate, resampling, ..Settings::new(1) });
                engine.prepare(f64::from(host_hz))?;
                let samples = engine.latency_samples();
                cells.push(format!("{samples} = {:.2} ms", f64::from(samples) / f64::from(host_hz) * 1e3));
            }
            println!("| {host_hz} | {engine_hz} | {} |", cells.join(" | "));
        }
    }
    println!();
    Ok(())
}

fn measure(
    host_hz: u32,
    engine_rate: EngineRate,
    mode: ResamplingMode,
    n_strips: usize,
    n_rounds: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let Some(engine_hz) = engine_rate.hz() else { return Ok(()) };
    let mut whole = Whole::new(f64::from(host_hz), engine_rate, mode, n_strips)?;
    let n_host = round_frames(host_hz, engine_hz, mode);
    let n_engine = n_host * engine_hz as usize / host_hz as usize;
    let mut alone = Alone::new(f64::from(engine_hz), n_strips)?;
    let mut bare = [
        Bare::new(host_hz, engine_hz, mode, n_strips, None)?,
        Bare::new(host_hz, engine_hz, mode, n_strips, Some(BLOCK_FRAMES))?,
    ];
    let mut least = [f64::INFINITY; 4];
    for _ in 0..n_rounds {
        let times = [
            time(|| whole.round(n_host)),
            time(|| alone.round(n_engine)),
            time(|| bare[0].round(n_host)),
            time(|| bare[1].round(n_host)),
        ];
        least.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
    }
    let [whole, alone, same_steps, long_steps] = least.map(|seconds| seconds * 1e9 / n_host as f64);
    let ratio = |bare: f64| (whole - alone) / bare;
    println!(
        "| {host_hz} | {engine_hz} | {mode:?} | {n_strips} | {alone:.1} | {same_steps:.1} | {whole:.1} | {:.3} | {:.3} |",
        ratio(same_steps),
        ratio(long_steps)
    );
    Ok(())
}

fn time(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}
