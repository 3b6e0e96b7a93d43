//! The same strips once more, entirely in f64, and how far somebody is from them.
//!
//! It stands on the references that the engine's own tests use (`busbar_engine::filters`, `busbar_engine::dynamics`), so that what
//! is timed is known to be the same sound.

use crate::scalar::{gains, sections};
use crate::work::{Mixer, Signal, output};
use busbar_engine::Settings;
use busbar_engine::dynamics::Compressor;
use busbar_engine::filters::{Delta, State};

/// The master in f64. Indexed by `[side][frame]`.
pub type Precise = [Vec<f64>; 2];

/// Bands, compressor, fader and balance of every strip, summed.
pub fn mix(rate_hz: f64, settings: &Settings, signal: &Signal) -> Precise {
    let mut sum = [vec![0.0; signal.n_frames()], vec![0.0; signal.n_frames()]];
    for (strip, feed) in settings.strips.iter().zip(&signal.feeds) {
        let mut sections: Vec<(Delta, [State; 2])> =
            sections(rate_hz, strip).into_iter().map(|delta| (delta, [State::default(); 2])).collect();
        let mut compressor = Compressor::new(rate_hz, &strip.compressor);
        let gains = gains(strip);
        for frame in 0..signal.n_frames() {
            let mut x = [f64::from(feed[0][frame]), f64::from(feed[1][frame])];
            for (delta, states) in &mut sections {
                x = [states[0].process(delta, x[0]), states[1].process(delta, x[1])];
            }
            let y = compressor.process(x, x);
            for side in 0..2 {
                sum[side][frame] += y[side] * gains[side];
            }
        }
    }
    sum
}

/// RMS of the difference in dB, re the RMS of the precise mix or of its loudest feed, whichever is more.
pub fn error_db(mixer: &mut dyn Mixer, block_frames: usize, signal: &Signal, precise: &Precise) -> f64 {
    let mut mixed = output(signal.n_frames());
    mixer.mix_all(signal, block_frames, &mut mixed);
    let differences = mixed
        .iter()
        .flatten()
        .zip(precise.iter().flatten())
        .map(|(ours, precise)| f64::from(*ours) - precise);
    let error = rms(differences);
    let feeds = signal.feeds.iter().map(|feed| rms(feed.iter().flatten().map(|sample| f64::from(*sample))));
    let scale = feeds.fold(rms(precise.iter().flatten().copied()), f64::max);
    20.0 * (error / scale).log10()
}

fn rms(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value * value, n + 1.0));
    (sum / n).sqrt()
}
