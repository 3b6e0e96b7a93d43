//! Mixing stems through the plugin: stem 1 into `Strip 1`, stem 2 into `Strip 2`, and so on; the master's output is the
//! mix.
//!
//! The plugin's latency is taken out: its first samples are dropped, and it runs that much longer. The mix is as long as
//! the longest stem and the tail.

use crate::audio::{Level, MixFormat, MixWriter, ReadError, StemReader, WriteError};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::plugin::Plugin;
use std::path::PathBuf;

/// How often a plugin may ask for a restart when it is activated. One is usual, when it settles its latency.
const MAX_RESTARTS: usize = 8;

/// The sizes of Busbar, by strips.
pub const SIZES: [usize; 3] = [8, 16, 32];

/// Everything that a mix is made of.
#[derive(Clone, Debug)]
pub struct MixJob {
    /// The stems, in the order of the strips.
    pub stems: Vec<PathBuf>,
    /// The mix.
    pub output: PathBuf,
    /// How its samples are stored.
    pub format: MixFormat,
    /// The plugin's bundle.
    pub bundle: PathBuf,
    /// The number of strips; the smallest that fits the stems if there is none.
    pub size: Option<usize>,
    /// Parameters by string id or name, and their texts, set in this order.
    pub settings: Vec<(String, String)>,
    /// The block size.
    pub block_frames: u32,
    /// How long to go on after the longest stem.
    pub tail_s: f64,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct MixReport {
    /// The plugin's name.
    pub plugin: String,
    /// The sample rate of stems and mix.
    pub sample_rate_hz: u32,
    /// The plugin's latency, which was taken out.
    pub latency_samples: u32,
    /// Parameters as they were asked for, and the plugin's text for the value it took.
    pub settings: Vec<(String, String)>,
    /// The figures of each stem.
    pub stems: Vec<TrackReport>,
    /// The figures of the mix, before rounding.
    pub mix: TrackReport,
    /// Samples of the mix beyond full scale, which were cut; always 0 for float.
    pub n_clipped: u64,
}

/// The figures of a stem or the mix.
#[derive(Clone, Debug)]
pub struct TrackReport {
    /// The file.
    pub path: PathBuf,
    /// 1 or 2.
    pub n_channels: usize,
    /// Its length.
    pub n_frames: u64,
    /// Its level and peak.
    pub level: Level,
}

/// Why a mix failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A stem is at fault.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output is at fault.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The plugin is at fault.
    #[error(transparent)]
    Plugin(#[from] Error),
    /// Nothing to mix.
    #[error("no stems were given: name the WAV or FLAC files to mix")]
    NoStems,
    /// More stems than strips.
    #[error("{n_stems} stems do not fit {}", advise(*n_stems, *size))]
    TooManyStems {
        /// How many stems there are.
        n_stems: usize,
        /// The size that was asked for.
        size: Option<usize>,
    },
    /// Stems of several sample rates.
    #[error("{} has {rate_hz} Hz but {} has {first_rate_hz} Hz: convert the stems to one sample rate", path.display(), first.display())]
    SampleRates {
        /// The first stem.
        first: PathBuf,
        /// Its rate.
        first_rate_hz: u32,
        /// The stem that differs.
        path: PathBuf,
        /// Its rate.
        rate_hz: u32,
    },
    /// The mix would replace one of its stems.
    #[error("{} is one of the stems: give the mix another name", path.display())]
    OutputIsStem {
        /// The file.
        path: PathBuf,
    },
    /// The plugin's ports are not those of Busbar.
    #[error("`{plugin}` has no stereo master output or not {n_stems} stereo inputs: use Busbar's own bundle")]
    Ports {
        /// The plugin's name.
        plugin: String,
        /// How many inputs are needed.
        n_stems: usize,
    },
}

fn advise(n_stems: usize, size: Option<usize>) -> String {
    match SIZES.into_iter().find(|size| n_stems <= *size) {
        Some(fitting) => format!("Busbar {}: use --size {fitting}", size.unwrap_or(fitting)),
        None => format!(
            "the 32 strips of Busbar 32: mix some of them together first (`{n_stems}` is over by {})",
            n_stems - 32
        ),
    }
}

/// Makes the mix. What is at the output's name is replaced only when the mix is complete.
pub fn render(job: &MixJob) -> Result<MixReport, RenderError> {
    let mut stems = open_stems(job)?;
    let size = choose_size(stems.len(), job.size)?;
    let bundle = Bundle::load(&job.bundle)?;
    let mut plugin = bundle.instantiate(&format!("org.busbar.busbar-{size}"))?;
    let settings = apply_settings(&mut plugin, &job.settings)?;

    let sample_rate_hz = stems[0].sample_rate_hz();
    activate(&mut plugin, sample_rate_hz, job.block_frames)?;
    let mut writer = MixWriter::create(&job.output, sample_rate_hz, job.format)?;
    let tail_frames = (job.tail_s * f64::from(sample_rate_hz)).round() as u64;
    let mut tally = mix(&mut plugin, &mut stems, job.block_frames as usize, tail_frames, |left, right| {
        writer.write(left, right)
    })?;
    let n_clipped = writer.n_clipped();
    let latency_samples = plugin.latency_samples();
    writer.finish()?;

    tally.mix.path.clone_from(&job.output);
    let Tally { stems, mix } = tally;
    let plugin = plugin.description().name.clone();
    Ok(MixReport { plugin, sample_rate_hz, latency_samples, settings, stems, mix, n_clipped })
}

/// Sets parameters while the plugin is inactive, so that the mix begins settled and not with a ramp.
pub fn apply_settings(
    plugin: &mut Plugin,
    settings: &[(String, String)],
) -> Result<Vec<(String, String)>, Error> {
    let set = |(wanted, text): &(String, String)| {
        plugin.set_param_by_text(wanted, text).map(|(_, shown)| (wanted.clone(), shown))
    };
    settings.iter().map(set).collect()
}

/// Activates the plugin and grants it the restart that it may ask for to settle its latency.
pub fn activate(plugin: &mut Plugin, sample_rate_hz: u32, block_frames: u32) -> Result<(), Error> {
    plugin.take_requests();
    plugin.activate(f64::from(sample_rate_hz), block_frames)?;
    for _ in 0..MAX_RESTARTS {
        let requests = plugin.service_requests()?;
        if !requests.restart && !requests.callback {
            break;
        }
    }
    Ok(())
}

/// The figures of all stems and of the mix.
pub struct Tally {
    /// In the order of the stems.
    pub stems: Vec<TrackReport>,
    /// The mix; its path is left empty.
    pub mix: TrackReport,
}

/// Runs the stems through an active plugin, and hands the master's frames to `sink` without the plugin's latency.
pub fn mix<E>(
    plugin: &mut Plugin,
    stems: &mut [StemReader],
    block_frames: usize,
    tail_frames: u64,
    mut sink: impl FnMut(&[f32], &[f32]) -> Result<(), E>,
) -> Result<Tally, RenderError>
where
    RenderError: From<E>,
{
    let is_stereo = |port: Option<&crate::ports::Port>| port.is_some_and(|port| port.n_channels == 2);
    let fits = is_stereo(plugin.outputs().first())
        && (0..stems.len()).all(|strip_idx| is_stereo(plugin.inputs().get(strip_idx)));
    if !fits {
        let plugin = plugin.description().name.clone();
        return Err(RenderError::Ports { plugin, n_stems: stems.len() });
    }

    let blank = |path, n_channels| TrackReport { path, n_channels, n_frames: 0, level: Level::default() };
    let mut reports: Vec<TrackReport> =
        stems.iter().map(|stem| blank(stem.path().to_owned(), stem.n_channels())).collect();
    let mut mix = blank(PathBuf::new(), 2);
    let mut n_to_drop = u64::from(plugin.latency_samples());
    // Known once the last stem has ended.
    let mut n_total: Option<u64> = None;

    while n_total.is_none_or(|n_total| mix.n_frames < n_total) {
        let mut is_any_full = false;
        for (strip_idx, (stem, report)) in stems.iter_mut().zip(&mut reports).enumerate() {
            let (left, right) = plugin.stereo_input_mut(strip_idx);
            let (left, right) = (&mut left[..block_frames], &mut right[..block_frames]);
            let n = stem.read(left, right)?;
            report.level.add(&left[..n]);
            report.level.add(&right[..n]);
            report.n_frames += n as u64;
            left[n..].fill(0.0);
            right[n..].fill(0.0);
            is_any_full |= n == left.len();
        }
        if !is_any_full && n_total.is_none() {
            let longest = reports.iter().map(|report| report.n_frames).max().unwrap_or(0);
            n_total = Some(longest + tail_frames);
        }
        plugin.process(block_frames, &[])?;

        let skipped = n_to_drop.min(block_frames as u64);
        n_to_drop -= skipped;
        let n_left = n_total.map_or(u64::MAX, |n_total| n_total - mix.n_frames);
        let end = (block_frames as u64).min(skipped.saturating_add(n_left));
        let kept = skipped as usize..end as usize;
        let (left, right) = (&plugin.output(0, 0)[kept.clone()], &plugin.output(0, 1)[kept]);
        mix.level.add(left);
        mix.level.add(right);
        mix.n_frames += left.len() as u64;
        sink(left, right)?;
    }
    Ok(Tally { stems: reports, mix })
}

fn open_stems(job: &MixJob) -> Result<Vec<StemReader>, RenderError> {
    let stems: Vec<StemReader> = job.stems.iter().map(StemReader::open).collect::<Result<_, _>>()?;
    let Some(first) = stems.first() else { return Err(RenderError::NoStems) };
    if let Some(other) = stems.iter().find(|stem| stem.sample_rate_hz() != first.sample_rate_hz()) {
        return Err(RenderError::SampleRates {
            first: first.path().to_owned(),
            first_rate_hz: first.sample_rate_hz(),
            path: other.path().to_owned(),
            rate_hz: other.sample_rate_hz(),
        });
    }
    // The stem's file would be replaced by the mix, which nobody wants who names it so by mistake.
    if let Ok(output) = job.output.canonicalize()
        && job.stems.iter().any(|stem| stem.canonicalize().is_ok_and(|stem| stem == output))
    {
        return Err(RenderError::OutputIsStem { path: job.output.clone() });
    }
    Ok(stems)
}

fn choose_size(n_stems: usize, wanted: Option<usize>) -> Result<usize, RenderError> {
    let size = wanted.or_else(|| SIZES.into_iter().find(|size| n_stems <= *size));
    size.filter(|size| n_stems <= *size).ok_or(RenderError::TooManyStems { n_stems, size: wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_size_that_fits_is_chosen() {
        for (n_stems, size) in [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (32, 32)] {
            assert_eq!(choose_size(n_stems, None).ok(), Some(size), "{n_stems} stems");
        }
        assert_eq!(choose_size(3, Some(32)).ok(), Some(32));
        assert!(choose_size(33, None).is_err());
        assert!(choose_size(9, Some(8)).is_err());
    }
}
