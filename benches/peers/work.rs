//! What all contestants do: strips with three bands, a compressor that hears every sample, fader and balance, summed to the
//! master. `faust/strip.lib` holds the same values.

use busbar_engine::{
    BandSettings, BandShape, CompressorSettings, EqSettings, MeterSettings, Settings, StripSettings,
};
use std::ops::Range;

/// The rate of everything that is timed, in hertz.
pub const RATE_HZ: f64 = 48_000.0;

/// Frames of the signal that is played over and over: few enough to stay in a core's own memory, as what a host just
/// wrote does.
pub const LOOP_FRAMES: usize = 2_048;

/// One strip of the mix. The values repeat every eight strips.
pub fn strip(idx: usize) -> StripSettings {
    let k = (idx % 8) as f32;
    let flat = EqSettings::FLAT.bands;
    let band = |shape, frequency_hz, gain_db, q| BandSettings { on: true, shape, frequency_hz, gain_db, q };
    StripSettings {
        eq: EqSettings {
            on: true,
            bands: [
                band(BandShape::LowShelf, 90.0 + 15.0 * k, 3.0 + 0.25 * k, 0.71),
                band(BandShape::Bell, 300.0 + 90.0 * k, -4.0 - 0.25 * k, 1.2),
                // Three bands are the work that peers are compared in.
                BandSettings { on: false, ..flat[2] },
                band(BandShape::HighShelf, 5_000.0 + 150.0 * k, 4.0 - 0.25 * k, 0.71),
            ],
        },
        compressor: CompressorSettings {
            on: true,
            threshold_db: -24.0,
            ratio: 3.0 + 0.25 * k,
            knee_db: 6.0,
            attack_ms: 5.0 + k,
            release_ms: 100.0 + 10.0 * k,
            ..CompressorSettings::STRIP
        },
        fader_db: -3.0,
        pan_percent: -70.0 + 20.0 * k,
        ..StripSettings::default()
    }
}

/// The whole mix.
pub fn settings(n_strips: usize) -> Settings {
    // No peer measures anything; levels are measured even so.
    let meters = MeterSettings { loudness: false, ..MeterSettings::default() };
    Settings { strips: (0..n_strips).map(strip).collect(), meters, ..Settings::new(n_strips) }
}

/// Samples of room between one channel and the next. Channels that all begin at one place of a page would get in each other's way in
/// the caches, and in that of whoever else begins there.
const SPACER_SAMPLES: usize = 72;

/// The strips' feeds.
pub struct Signal {
    /// Indexed by `[strip][side][frame]`.
    pub feeds: Vec<[Vec<f32>; 2]>,
    /// What lies between them.
    _spacers: Vec<Vec<f32>>,
}

impl Signal {
    /// White noise up to half of full scale, another for each side of each strip.
    pub fn noise(n_strips: usize, n_frames: usize, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut spacers = Vec::new();
        let mut noise = || {
            spacers.push(vec![0.0; SPACER_SAMPLES]);
            (0..n_frames).map(|_| rng.f32() - 0.5).collect()
        };
        let feeds = (0..n_strips).map(|_| [noise(), noise()]).collect();
        Self { feeds, _spacers: spacers }
    }

    /// Frames of each feed.
    pub fn n_frames(&self) -> usize {
        self.feeds.first().map_or(0, |[left, _]| left.len())
    }
}

/// Somebody who can mix. One that is asked for frames gets them in order, from the start on, over and over.
pub trait Mixer {
    /// Mixes these frames of the feeds to the same frames of the output.
    fn mix(&mut self, signal: &Signal, frames: Range<usize>, output: &mut [Vec<f32>; 2]);

    /// Looks for the best conditions to mix this signal into this output in blocks of that many frames.
    fn settle(&mut self, _signal: &Signal, _block_frames: usize, _output: &mut [Vec<f32>; 2]) {}

    /// Mixes the whole signal in blocks of that many frames.
    fn mix_all(&mut self, signal: &Signal, block_frames: usize, output: &mut [Vec<f32>; 2]) {
        let n_frames = signal.n_frames();
        for start in (0..n_frames).step_by(block_frames) {
            self.mix(signal, start..n_frames.min(start + block_frames), output);
        }
    }
}

/// Room for a mix.
pub fn output(n_frames: usize) -> [Vec<f32>; 2] {
    [vec![0.0; n_frames], vec![0.0; n_frames]]
}
