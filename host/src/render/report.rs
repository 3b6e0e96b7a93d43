//! What came out of a mix.

use crate::audio::Figures;
use crate::loudness::Loudness;
use std::path::PathBuf;

/// What came out of a mix.
#[derive(Clone, Debug)]
pub struct Report {
    /// The plugin's name.
    pub plugin: String,
    /// The plugin's version.
    pub plugin_version: String,
    /// The rate of the mix.
    pub sample_rate_hz: u32,
    /// The block size.
    pub block_frames: u32,
    /// The plugin's latency, which was taken out.
    pub latency_samples: u32,
    /// Parameters as they were asked for, and the plugin's text for the value it took.
    pub settings: Vec<(String, String)>,
    /// Those of them that the command line set.
    pub overrides: Vec<(String, String)>,
    /// The parameters that moved.
    pub automated: Vec<String>,
    /// Every stem as it went into its strip: at the mix's rate, after its gain.
    pub stems: Vec<Track>,
    /// Every group, at its own output.
    pub groups: Vec<Track>,
    /// The mix, before it was rounded to its file's format.
    pub mix: Track,
    /// How long it took.
    pub speed: Speed,
}

/// The figures of a stem, a group or the mix.
#[derive(Clone, Debug)]
pub struct Track {
    /// The name for people.
    pub name: String,
    /// The strip it went into, from 1; none for groups and the mix.
    pub strip: Option<usize>,
    /// The stem's file.
    pub file: Option<PathBuf>,
    /// The rate of the stem's file, or of the mix.
    pub file_rate_hz: u32,
    /// 1 or 2. One channel is measured as it sounds, on both sides.
    pub n_channels: usize,
    /// Its figures.
    pub figures: Figures,
    /// By how much its stages turned it down at most; none if the plugin does not tell.
    pub reductions: Option<TrackReductions>,
    /// What the plugin's own meters say; none if it does not tell.
    pub plugin_figures: Option<PluginFigures>,
    /// Where it was written to.
    pub written: Option<Written>,
    /// A file of an earlier mix at its name, because it did not sound this time.
    pub stale: Option<PathBuf>,
}

/// The largest gain reductions of the stages that a track's strip or bus has, in dB, 0 or more. Stems that share a strip have
/// the strip's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackReductions {
    /// The gate's, of strips.
    pub gate_db: Option<f64>,
    /// The compressor's.
    pub compressor_db: Option<f64>,
    /// The limiter's, of the mix.
    pub limiter_db: Option<f64>,
}

/// What the plugin's own meters say of a bus, or of a stem's strip behind its fader. Stems that share a strip have the strip's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PluginFigures {
    /// The larger true peak of both sides, in dBTP.
    pub true_peak_dbtp: f64,
    /// In LUFS.
    pub integrated_lufs: f64,
    /// The largest loudness over 400 ms, in LUFS.
    pub momentary_max_lufs: f64,
    /// The largest loudness over 3 s, in LUFS.
    pub short_term_max_lufs: f64,
    /// In LU.
    pub range_lu: f64,
}

impl From<&Loudness> for PluginFigures {
    fn from(loudness: &Loudness) -> Self {
        let [left, right] = loudness.true_peak.map(f64::from);
        Self {
            true_peak_dbtp: 20.0 * left.max(right).log10(),
            integrated_lufs: loudness.integrated_lufs.into(),
            momentary_max_lufs: loudness.max_momentary_lufs.into(),
            short_term_max_lufs: loudness.max_short_term_lufs.into(),
            range_lu: loudness.range_lu.into(),
        }
    }
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Samples beyond full scale, which were cut; always 0 for float.
    pub n_cut: u64,
}

/// How long a mix took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speed {
    /// The sound's length.
    pub sound_s: f64,
    /// From the plugin's activation to the finished file: decoding, resampling, the plugin, metering, writing.
    pub wall_s: f64,
    /// The plugin alone.
    pub plugin_s: f64,
    /// The plugin's slowest block.
    pub worst_block_s: f64,
}

impl Speed {
    /// How many times faster than it plays the whole was made; 0 if nothing was.
    pub fn real_time_factor(&self) -> f64 {
        ratio(self.sound_s, self.wall_s)
    }

    /// How many times faster than it plays the plugin alone is.
    pub fn plugin_real_time_factor(&self) -> f64 {
        ratio(self.sound_s, self.plugin_s)
    }
}

fn ratio(sound_s: f64, taken_s: f64) -> f64 {
    if taken_s > 0.0 { sound_s / taken_s } else { 0.0 }
}
