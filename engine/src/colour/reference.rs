//! A saturation in f64, one channel, one sample at a time: slow and obvious, for tests and pictures.

use super::curve::{BIAS, Curve, drive_gain, mix_of};
use super::filters::Filters;
use super::latency_samples;
use crate::settings::{ColourQuality, SaturationKind, SaturationSettings};
use std::collections::VecDeque;
use std::f64::consts::PI;

/// The corner of the high-pass that takes away the direct current a tube makes, in hertz.
pub(crate) const DC_CORNER_HZ: f64 = 3.0;

/// One channel of a saturation whose settings stand still.
#[derive(Clone, Debug)]
pub struct Saturation {
    curve: Curve,
    quality: ColourQuality,
    on: bool,
    mix: f64,
    up: Vec<Fir>,
    down: Vec<Fir>,
    /// The last sample in front of the curve.
    last: f64,
    /// How much of the difference a mean follows within a sample; nothing for tape.
    follow: f64,
    mean: f64,
    dry: VecDeque<f64>,
}

impl Saturation {
    /// At rest.
    pub fn new(sample_rate_hz: f64, quality: ColourQuality, settings: &SaturationSettings) -> Self {
        let filters = Filters::new(quality);
        let is_tube = settings.kind == SaturationKind::Tube;
        Self {
            curve: Curve::new(if is_tube { BIAS } else { 0.0 }, drive_gain(settings.drive_db)),
            quality,
            on: settings.on,
            mix: mix_of(settings.mix_percent),
            up: filters.up.into_iter().map(Fir::new).collect(),
            down: filters.down.into_iter().map(Fir::new).collect(),
            last: 0.0,
            follow: if is_tube { 1.0 - (-2.0 * PI * DC_CORNER_HZ / sample_rate_hz).exp() } else { 0.0 },
            mean: 0.0,
            dry: VecDeque::from(vec![0.0; latency_samples(quality)]),
        }
    }

    /// Takes a sample re full scale and gives back one, [`latency_samples`] later.
    pub fn process(&mut self, sample: f64) -> f64 {
        let mut samples = vec![self.curve.input_gain * sample];
        for fir in &mut self.up {
            samples =
                samples.iter().flat_map(|sample| [*sample, 0.0]).map(|sample| fir.process(sample)).collect();
        }
        for sample in &mut samples {
            let before = if self.quality == ColourQuality::X1 { *sample } else { self.last };
            self.last = *sample;
            *sample = self.curve.mean([before, *sample]);
        }
        for fir in &mut self.down {
            samples = samples
                .chunks(2)
                .map(|pair| {
                    let first = fir.process(pair[0]);
                    fir.process(pair[1]);
                    first
                })
                .collect();
        }
        let wet = self.curve.output_gain * samples[0];
        self.mean += self.follow * (wet - self.mean);
        let wet = wet - self.mean;
        self.dry.push_back(sample);
        let dry = self.dry.pop_front().unwrap_or(sample);
        if self.on { (1.0 - self.mix) * dry + self.mix * wet } else { dry }
    }
}

/// A filter in its direct form.
#[derive(Clone, Debug)]
struct Fir {
    taps: Vec<f64>,
    /// The newest first.
    samples: VecDeque<f64>,
}

impl Fir {
    fn new(taps: Vec<f64>) -> Self {
        Self { samples: VecDeque::from(vec![0.0; taps.len()]), taps }
    }

    fn process(&mut self, sample: f64) -> f64 {
        self.samples.push_front(sample);
        self.samples.pop_back();
        self.samples.iter().zip(&self.taps).map(|(sample, tap)| sample * tap).sum()
    }
}
