//! Sound through the engine: one strip to the master, and everything else at its defaults.

use anyhow::Result;
use busbar_engine::{BandSettings, BandShape, Engine, EqSettings, Outputs, Settings, SimdPath};

/// Frames of a block. Any cut gives the same bits.
const BLOCK_FRAMES: usize = 512;

/// Settings of one strip.
pub fn defaults() -> Settings {
    Settings::new(1)
}

/// An equaliser with one band.
pub fn one_band(shape: BandShape, frequency_hz: f64, gain_db: f64, q: f64) -> EqSettings {
    let mut eq = EqSettings { on: true, ..EqSettings::FLAT };
    eq.bands[0] = BandSettings {
        on: true,
        shape,
        frequency_hz: frequency_hz as f32,
        gain_db: gain_db as f32,
        q: q as f32,
    };
    eq
}

/// What leaves the master on the left for the same input on both sides, and the latency in samples. Settings count from the frames they
/// stand with on, the first ones from the beginning.
///
/// It runs on plain arithmetic, so that pictures are the same on every machine. The other paths differ from it by roundings.
pub fn run(sample_rate_hz: f64, settings: &[(usize, Settings)], input: &[f32]) -> Result<(Vec<f32>, usize)> {
    let path = SimdPath::all().last().unwrap_or_else(SimdPath::detect);
    let mut engine = Engine::on_path(1, path);
    let mut settings = settings.iter();
    let mut next = settings.next();
    if let Some((_, first)) = next {
        // The lookahead counts from here on.
        engine.set(first);
    }
    engine.prepare(sample_rate_hz)?;
    let mut output = vec![0.0; input.len()];
    let mut right = vec![0.0; input.len()];
    let mut start = 0;
    while start < input.len() {
        while let Some((_, now)) = next.filter(|(frame, _)| *frame <= start) {
            engine.set(now);
            next = settings.next();
        }
        let until_next = next.map_or(usize::MAX, |(frame, _)| *frame);
        let end = input.len().min(start + BLOCK_FRAMES).min(until_next);
        let feed = &input[start..end];
        let master = [&mut output[start..end], &mut right[start..end]];
        engine.process(&[Some([feed, feed])], &mut Outputs { master, groups: [const { None }; 4] });
        start = end;
    }
    Ok((output, engine.latency_samples() as usize))
}

/// Plays a mono signal on both sides of each strip, all as long as the first, and calls `read` behind each block with the frames so far.
pub fn play(engine: &mut Engine, signals: &[Vec<f32>], mut read: impl FnMut(usize, &Engine)) {
    let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
    let n_frames = signals.first().map_or(0, Vec::len);
    let mut start = 0;
    while start < n_frames {
        let end = n_frames.min(start + BLOCK_FRAMES);
        let feeds: Vec<_> = signals.iter().map(|signal| Some([&signal[start..end]; 2])).collect();
        let master = [&mut left[..end - start], &mut right[..end - start]];
        engine.process(&feeds, &mut Outputs { master, groups: [const { None }; 4] });
        start = end;
        read(start, engine);
    }
}

/// A level in dB re full scale as an amplitude.
pub fn amplitude(level_db: f64) -> f64 {
    10.0_f64.powf(level_db / 20.0)
}

/// An amplitude in dB re full scale.
pub fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// A deviation as a bound that is not too small: rounded up in the fifth decimal.
pub fn bound(deviation: f64) -> String {
    format!("{:.5}", (1e5 * deviation).ceil() / 1e5)
}
