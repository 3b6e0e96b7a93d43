//! What a rate of the engine's own costs: the whole way, against the engine alone and rubato alone, in one run.
//!
//! `cargo bench --profile ci --bench rate`. The ratio is (whole way − engine alone) : rubato alone, where rubato has the
//! same filters, the same channels and nothing else to do: once in the same steps, once in steps of 512 of the host's frames.
//! Each figure is the least of many rounds in which all of them take turns. Before that, the latency of every pair of rates.

use busbar_engine::{
    Engine, EngineRate, N_GROUPS, Outputs, PrepareError, RatedEngine, ResamplingMode, Settings, StereoIn,
};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};
use std::hint::black_box;
use std::time::Instant;

/// Frames of the host in a block, and in a round.
const BLOCK_FRAMES: usize = 512;
const ROUND_FRAMES: usize = 32 * BLOCK_FRAMES;
const N_ROUNDS: usize = 40;

/// The engine's frames in a step of the sinc resampler.
const STEP_FRAMES: usize = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Under `cargo test --benches` there is nothing to measure.
    if std::env::args().all(|arg| arg != "--bench") {
        return Ok(());
    }
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
                measure(host_hz, engine, mode, n_strips)?;
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
) -> Result<(), Box<dyn std::error::Error>> {
    let Some(engine_hz) = engine_rate.hz() else { return Ok(()) };
    let mut whole = Whole::new(f64::from(host_hz), engine_rate, mode, n_strips)?;
    let n_engine = ROUND_FRAMES * engine_hz as usize / host_hz as usize;
    let mut alone = Alone::new(f64::from(engine_hz), n_strips)?;
    let mut bare = [
        Bare::new(host_hz, engine_hz, mode, n_strips, None)?,
        Bare::new(host_hz, engine_hz, mode, n_strips, Some(BLOCK_FRAMES))?,
    ];
    let mut least = [f64::INFINITY; 4];
    for _ in 0..N_ROUNDS {
        let times = [
            time(|| whole.round()),
            time(|| alone.round(n_engine)),
            time(|| bare[0].round(ROUND_FRAMES)),
            time(|| bare[1].round(ROUND_FRAMES)),
        ];
        least.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
    }
    let [whole, alone, same_steps, long_steps] = least.map(|seconds| seconds * 1e9 / ROUND_FRAMES as f64);
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

fn noise(n_channels: usize, n_frames: usize) -> Vec<Vec<f32>> {
    let mut rng = fastrand::Rng::with_seed(1);
    (0..n_channels).map(|_| (0..n_frames).map(|_| rng.f32() - 0.5).collect()).collect()
}

/// The plugin's way.
struct Whole {
    engine: RatedEngine,
    feeds: Vec<Vec<f32>>,
    master: [Vec<f32>; 2],
}

impl Whole {
    fn new(
        host_hz: f64,
        engine_rate: EngineRate,
        mode: ResamplingMode,
        n_strips: usize,
    ) -> Result<Self, PrepareError> {
        let settings = Settings { engine_rate, resampling: mode, ..Settings::new(n_strips) };
        let mut engine = RatedEngine::new(n_strips);
        engine.set(&settings);
        engine.prepare(host_hz)?;
        let master = [vec![0.0; BLOCK_FRAMES], vec![0.0; BLOCK_FRAMES]];
        Ok(Self { engine, feeds: noise(2 * n_strips, BLOCK_FRAMES), master })
    }

    fn round(&mut self) {
        for _ in 0..ROUND_FRAMES / BLOCK_FRAMES {
            let feeds = stereo(&self.feeds, BLOCK_FRAMES);
            let master = self.master.each_mut().map(|side| &mut side[..]);
            let mut outputs = Outputs { master, groups: [const { None }; N_GROUPS] };
            self.engine.process(&feeds[..self.feeds.len() / 2], black_box(&mut outputs));
        }
    }
}

/// The engine, at its rate.
struct Alone {
    engine: Engine,
    feeds: Vec<Vec<f32>>,
    master: [Vec<f32>; 2],
}

impl Alone {
    fn new(engine_hz: f64, n_strips: usize) -> Result<Self, PrepareError> {
        let mut engine = Engine::new(n_strips);
        engine.prepare(engine_hz)?;
        let master = [vec![0.0; STEP_FRAMES], vec![0.0; STEP_FRAMES]];
        Ok(Self { engine, feeds: noise(2 * n_strips, STEP_FRAMES), master })
    }

    fn round(&mut self, n_frames: usize) {
        for _ in 0..n_frames / STEP_FRAMES {
            let feeds = stereo(&self.feeds, STEP_FRAMES);
            let master = self.master.each_mut().map(|side| &mut side[..]);
            let mut outputs = Outputs { master, groups: [const { None }; N_GROUPS] };
            self.engine.process(&feeds[..self.feeds.len() / 2], black_box(&mut outputs));
        }
    }
}

fn stereo(channels: &[Vec<f32>], n_frames: usize) -> [Option<StereoIn<'_>>; 32] {
    let mut feeds = channels.chunks_exact(2).map(|pair| [&pair[0][..n_frames], &pair[1][..n_frames]]);
    std::array::from_fn(|_| feeds.next())
}

/// Two resamplers: every strip's channels in, the master's out.
struct Bare {
    in_and_out: [(Box<dyn Resampler<f32>>, Vec<Vec<f32>>, Vec<Vec<f32>>); 2],
}

impl Bare {
    fn new(
        host_hz: u32,
        engine_hz: u32,
        mode: ResamplingMode,
        n_strips: usize,
        step: Option<usize>,
    ) -> Result<Self, rubato::ResamplerConstructionError> {
        let one = |from: u32, to: u32, n_channels: usize, is_in: bool| {
            let resampler: Box<dyn Resampler<f32>> = match mode {
                ResamplingMode::LowLatency => {
                    // Whichever side the engine is on has a step's frames; or the host's has 512.
                    let engine_is_fixed = step.is_none();
                    let fixed = if is_in == engine_is_fixed { FixedAsync::Output } else { FixedAsync::Input };
                    let (ratio, parameters) = (f64::from(to) / f64::from(from), filter(from, to));
                    Box::new(Async::new_sinc(
                        ratio,
                        1.0,
                        &parameters,
                        step.unwrap_or(STEP_FRAMES),
                        n_channels,
                        fixed,
                    )?)
                }
                ResamplingMode::Quality => {
                    let divisor = greatest_common_divisor(from, to);
                    let frames = from / divisor * 512_u32.div_ceil(from.min(to) / divisor);
                    let window = WindowFunction::BlackmanHarris2;
                    Box::new(Fft::new_custom(
                        from as usize,
                        to as usize,
                        frames as usize,
                        1,
                        n_channels,
                        window,
                        FixedSync::Both,
                    )?)
                }
            };
            let input = noise(n_channels, resampler.input_frames_max());
            let output = vec![vec![0.0; resampler.output_frames_max()]; n_channels];
            Ok((resampler, input, output))
        };
        Ok(Self {
            in_and_out: [one(host_hz, engine_hz, 2 * n_strips, true)?, one(engine_hz, host_hz, 2, false)?],
        })
    }

    /// As many of the host's frames as told, to the next step.
    fn round(&mut self, n_frames: usize) {
        for (idx, (resampler, input, output)) in self.in_and_out.iter_mut().enumerate() {
            let n_channels = input.len();
            let mut done = 0;
            while done < n_frames {
                let (n_in, n_out) = (resampler.input_frames_next(), resampler.output_frames_next());
                let (Ok(from), Ok(mut to)) = (
                    SequentialSliceOfVecs::new(input, n_channels, n_in),
                    SequentialSliceOfVecs::new_mut(output, n_channels, n_out),
                ) else {
                    unreachable!("buffers are as long as the longest step");
                };
                let result = resampler.process_into_buffer(&from, &mut to, None);
                black_box(&result).as_ref().expect("buffers are long enough");
                done += [n_in, n_out][idx];
            }
        }
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// The engine's filters, by the rule in `docs/dsp/engine-rate.md`.
fn filter(from: u32, to: u32) -> SincInterpolationParameters {
    let divisor = greatest_common_divisor(from, to);
    let transition = 1.0 - 2.0 * (20_000.0 / f64::from(from.min(to))).clamp(0.4, 20_000.0 / 44_100.0);
    let n_lower = (11.9 / transition).ceil() as usize;
    let n = (n_lower * from.max(to) as usize).div_ceil(to as usize).next_multiple_of(8);
    SincInterpolationParameters::new(n, WindowFunction::BlackmanHarris2)
        .f_cutoff((1.0 - 0.15 * transition) as f32)
        .oversampling_factor((to / divisor) as usize)
        .interpolation(SincInterpolationType::Nearest)
}
