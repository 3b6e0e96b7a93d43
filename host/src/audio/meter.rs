//! The figures of a sound: peaks, level and loudness.
//!
//! | figure | of what | source |
//! |---|---|---|
//! | peak | max \|x\| of either side, dB of a sample of 1.0 | – |
//! | true peak | the same after fourfold oversampling (twofold from 96 kHz, none from 192 kHz) | ITU-R BS.1770-5, annex 2 |
//! | RMS | √(Σx²/n) over the samples of both sides, dB of a sample of 1.0: a sine at full scale reads −3.01 | – |
//! | integrated | loudness, gated | ITU-R BS.1770-5, EBU R 128 |
//! | short-term maximum | the loudest 3 s, looked for every 100 ms | EBU Tech 3341 |
//! | range | spread of the short-term loudness | EBU Tech 3342 |
//!
//! The meter starts in silence, so the short-term loudness of the first 3 s, and of a sound that is shorter, counts the silence
//! before it, as that of any running meter. Gating and range need 400 ms and 3 s; they come from histograms with bins of 0.1 LU,
//! so that memory does not grow with the length; the gated mean is that of the bins.
//!
//! ebur128 looks at the range once a second. Meters that look ten times a second (ffmpeg) agree on a programme of some length;
//! on half a minute of music with fades the two were seen to differ by several LU.
//!
//! A mono stem is measured as it sounds, on both sides: it reads 3 LU more than one of its sides alone.
//!
//! Latency none: what the interpolator still holds at the end is added to the true peak when the figures are asked for.

use ebur128::{EbuR128, Mode};

/// The magnitude of a sample that counts as clipped: the highest code of 16 bits, +32767, decoded. A file that clipped on
/// its way to 16 bits never holds more than that on the positive side, so a test against 1.0 would be blind on one side.
/// Of 24-bit and float files, whose scale ends above it, this also counts what comes within 0.0003 dB of full scale.
const CLIPPED: f32 = 32_767.0 / 32_768.0;

/// How many frames ebur128's interpolator remembers: 12, or 24 from 96 kHz.
const INTERPOLATOR_FRAMES: usize = 24;

/// How many frames are taken in at once; only a matter of speed.
const CHUNK_FRAMES: usize = 512;

/// How many pieces of 100 ms the short-term window has.
const SHORT_TERM_PIECES: usize = 30;

/// What a [`Meter`] has measured. Levels of silence, and of nothing at all, are −∞; none is ever NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// How long the sound is.
    pub n_frames: u64,
    /// The highest sample, in dB of full scale.
    pub peak_dbfs: f64,
    /// The highest point of the curve through the samples, in dB of full scale.
    pub true_peak_dbtp: f64,
    /// The level of both sides together, in dB of full scale.
    pub rms_dbfs: f64,
    /// The gated loudness of the whole.
    pub integrated_lufs: f64,
    /// The loudest 3 seconds.
    pub short_term_max_lufs: f64,
    /// The loudness range; 0 for what is shorter than 3 seconds.
    pub range_lu: f64,
    /// How many samples of either side are at or over full scale of 16 bits, that is 32767/32768. A clipped sample of a mono
    /// stem counts on both sides.
    pub n_clipped: u64,
    /// How many samples of either side were not a number or infinite. They are measured as 0.
    pub n_non_finite: u64,
}

/// Measures one stereo sound.
pub struct Meter {
    sample_rate_hz: u32,
    /// None where it is not wanted, and at a rate that cannot be measured (below 16 Hz, or above 2,822,400 Hz): then there is no
    /// loudness, and the true peak is the peak.
    loudness: Option<EbuR128>,
    /// The weighted power of the last pieces of 100 ms, a ring. ebur128's own short-term figure adds up the whole window anew at
    /// each look, which takes as long as all the rest.
    powers: [f64; SHORT_TERM_PIECES],
    power_idx: usize,
    /// The greatest sum of `powers`.
    max_power: f64,
    /// The frames until the short-term loudness is next looked at.
    n_until_look: usize,
    /// The last frames, oldest first, of which the interpolator still holds some back.
    last: [[f32; INTERPOLATOR_FRAMES]; 2],
    n_frames: u64,
    peak: f32,
    sum_of_squares: [f64; 2],
    n_clipped: u64,
    n_non_finite: u64,
}

impl Meter {
    /// A meter for sound at this rate. At a rate that ebur128 refuses (below 16 Hz, or above 2,822,400 Hz) there is no loudness,
    /// and the true peak is the peak.
    pub fn new(sample_rate_hz: u32) -> Self {
        let mode = Mode::I | Mode::S | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM;
        Self {
            loudness: EbuR128::new(2, sample_rate_hz, mode).ok(),
            ..Self::without_loudness(sample_rate_hz)
        }
    }

    /// A meter that finds peak, RMS and faults only, in a fraction of the time: there is no loudness, and the true peak is the
    /// peak.
    pub fn without_loudness(sample_rate_hz: u32) -> Self {
        Self {
            sample_rate_hz,
            loudness: None,
            powers: [0.0; SHORT_TERM_PIECES],
            power_idx: 0,
            max_power: 0.0,
            n_until_look: frames_per_look(sample_rate_hz),
            last: [[0.0; INTERPOLATOR_FRAMES]; 2],
            n_frames: 0,
            peak: 0.0,
            sum_of_squares: [0.0; 2],
            n_clipped: 0,
            n_non_finite: 0,
        }
    }

    /// Takes in frames. How the sound is cut into calls makes no difference.
    ///
    /// # Panics
    ///
    /// If the sides differ in length.
    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        assert_eq!(left.len(), right.len(), "the sides of a sound are of one length");
        let (mut left, mut right) = (left, right);
        while !left.is_empty() {
            let n = left.len().min(CHUNK_FRAMES).min(self.n_until_look);
            let (l, r);
            (l, left) = left.split_at(n);
            (r, right) = right.split_at(n);
            self.add_chunk(l, r);
        }
    }

    /// What was measured so far.
    pub fn figures(&self) -> Figures {
        let peak = f64::from(self.peak);
        let (mut true_peak, mut integrated_lufs, mut range_lu) = (peak, f64::NEG_INFINITY, 0.0);
        if let Some(loudness) = &self.loudness {
            let side = |side| loudness.true_peak(side).unwrap_or(0.0);
            true_peak = true_peak.max(side(0)).max(side(1)).max(self.true_peak_of_the_end());
            integrated_lufs = loudness.loudness_global().unwrap_or(f64::NEG_INFINITY);
            range_lu = loudness.loudness_range().unwrap_or(0.0);
        }
        let n_finite = (2 * self.n_frames - self.n_non_finite).max(1);
        Figures {
            n_frames: self.n_frames,
            peak_dbfs: 20.0 * peak.log10(),
            true_peak_dbtp: 20.0 * true_peak.log10(),
            rms_dbfs: 10.0 * (self.sum_of_squares.iter().sum::<f64>() / n_finite as f64).log10(),
            integrated_lufs: never_nan(integrated_lufs),
            short_term_max_lufs: never_nan(lufs(self.max_power / SHORT_TERM_PIECES as f64)),
            range_lu: if range_lu.is_nan() { 0.0 } else { range_lu },
            n_clipped: self.n_clipped,
            n_non_finite: self.n_non_finite,
        }
    }

    fn add_chunk(&mut self, left: &[f32], right: &[f32]) {
        let mut finite = [[0.0; CHUNK_FRAMES]; 2];
        let n = left.len();
        for (side, samples) in [left, right].into_iter().enumerate() {
            for (finite, sample) in finite[side].iter_mut().zip(samples) {
                if !sample.is_finite() {
                    self.n_non_finite += 1;
                    continue;
                }
                *finite = *sample;
                self.peak = self.peak.max(sample.abs());
                // Per side, so that the order of the sum does not depend on how the sound is cut.
                self.sum_of_squares[side] += f64::from(*sample) * f64::from(*sample);
                self.n_clipped += u64::from(sample.abs() >= CLIPPED);
            }
            let last = &mut self.last[side];
            let n_new = n.min(INTERPOLATOR_FRAMES);
            last.rotate_left(n_new);
            last[INTERPOLATOR_FRAMES - n_new..].copy_from_slice(&finite[side][n - n_new..n]);
        }
        self.n_frames += n as u64;
        self.n_until_look -= n;
        let is_time_to_look = self.n_until_look == 0;
        if is_time_to_look {
            self.n_until_look = frames_per_look(self.sample_rate_hz);
        }
        if let Some(loudness) = &mut self.loudness {
            // It fails only for sides of different lengths.
            let _ = loudness.add_frames_planar_f32(&[&finite[0][..n], &finite[1][..n]]);
            if is_time_to_look {
                self.powers[self.power_idx] =
                    power(loudness.loudness_window(100).unwrap_or(f64::NEG_INFINITY));
                self.power_idx = (self.power_idx + 1) % SHORT_TERM_PIECES;
                self.max_power = self.max_power.max(self.powers.iter().sum());
            }
        }
    }

    /// The true peak of the curve from the last frames into the silence behind them.
    fn true_peak_of_the_end(&self) -> f64 {
        let Ok(mut interpolator) = EbuR128::new(2, self.sample_rate_hz, Mode::TRUE_PEAK) else { return 0.0 };
        let silence = [0.0; INTERPOLATOR_FRAMES];
        // The peak that the first call sees is not that of the sound: there the last frames come out of nothing.
        let added = interpolator
            .add_frames_planar_f32(&[&self.last[0], &self.last[1]])
            .and_then(|()| interpolator.add_frames_planar_f32(&[&silence, &silence]));
        let side = |side| interpolator.prev_true_peak(side).unwrap_or(0.0);
        added.map_or(0.0, |()| side(0).max(side(1)))
    }
}

/// 100 ms in frames, rounded as ebur128 rounds them, and never none.
fn frames_per_look(sample_rate_hz: u32) -> usize {
    (sample_rate_hz as usize).saturating_add(5).max(10) / 10
}

/// The loudness of a weighted power: BS.1770-5, formula 2.
fn lufs(power: f64) -> f64 {
    10.0 * power.log10() - 0.691
}

/// The weighted power of a loudness; 0 of −∞.
fn power(lufs: f64) -> f64 {
    10.0_f64.powf((lufs + 0.691) / 10.0)
}

fn never_nan(lufs: f64) -> f64 {
    if lufs.is_nan() { f64::NEG_INFINITY } else { lufs }
}
