//! What is timed where the engine has a rate of its own: the whole way, the engine alone, and rubato alone.

use busbar_engine::{
    Engine, EngineRate, N_GROUPS, Outputs, PrepareError, RatedEngine, ResamplingMode, Settings, StereoIn,
};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};
use std::hint::black_box;

/// Frames of the host in a block.
pub const BLOCK_FRAMES: usize = 512;
/// The least frames of the host in a round.
const ROUND_FRAMES: usize = 16_384;

/// The engine's frames in a step of the sinc resampler.
const STEP_FRAMES: usize = 64;

fn noise(n_channels: usize, n_frames: usize) -> Vec<Vec<f32>> {
    let mut rng = fastrand::Rng::with_seed(1);
    (0..n_channels).map(|_| (0..n_frames).map(|_| rng.f32() - 0.5).collect()).collect()
}

/// The plugin's way.
pub struct Whole {
    engine: RatedEngine,
    feeds: Vec<Vec<f32>>,
    master: [Vec<f32>; 2],
}

impl Whole {
    pub fn new(
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

    pub fn round(&mut self, n_frames: usize) {
        for start in (0..n_frames).step_by(BLOCK_FRAMES) {
            let n = BLOCK_FRAMES.min(n_frames - start);
            let feeds = stereo(&self.feeds, n);
            let master = self.master.each_mut().map(|side| &mut side[..n]);
            let mut outputs = Outputs { master, groups: [const { None }; N_GROUPS] };
            self.engine.process(&feeds[..self.feeds.len() / 2], black_box(&mut outputs));
        }
    }
}

/// The engine, at its rate.
pub struct Alone {
    engine: Engine,
    feeds: Vec<Vec<f32>>,
    master: [Vec<f32>; 2],
}

impl Alone {
    pub fn new(engine_hz: f64, n_strips: usize) -> Result<Self, PrepareError> {
        let mut engine = Engine::new(n_strips);
        engine.prepare(engine_hz)?;
        let master = [vec![0.0; STEP_FRAMES], vec![0.0; STEP_FRAMES]];
        Ok(Self { engine, feeds: noise(2 * n_strips, STEP_FRAMES), master })
    }

    pub fn round(&mut self, n_frames: usize) {
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

/// A resampler with buffers of its own.
type Buffered = (Box<dyn Resampler<f32>>, Vec<Vec<f32>>, Vec<Vec<f32>>);

/// Two resamplers: every strip's channels in, the master's out.
pub struct Bare {
    in_and_out: [Buffered; 2],
}

impl Bare {
    pub fn new(
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
                    let frames = fft_frames(from, to);
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
    pub fn round(&mut self, n_frames: usize) {
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

/// Frames of the host in a round: a whole number of the FFT's blocks, so that every round has as many.
pub fn round_frames(host_hz: u32, engine_hz: u32, mode: ResamplingMode) -> usize {
    match mode {
        ResamplingMode::LowLatency => ROUND_FRAMES,
        ResamplingMode::Quality => ROUND_FRAMES.next_multiple_of(fft_frames(host_hz, engine_hz) as usize),
    }
}

/// Samples of the first rate in a block of the FFT.
fn fft_frames(from: u32, to: u32) -> u32 {
    let divisor = greatest_common_divisor(from, to);
    from / divisor * 512_u32.div_ceil(from.min(to) / divisor)
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
