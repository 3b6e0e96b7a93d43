//! Mixing stems through the plugin, as a [`Session`] tells; the master's output is the mix.
//!
//! ```text
//! stems → StemSource (decoded, at the mix's rate) → Feed (start, gain) → Plugin::process → Outputs (mix, groups)
//!                                                    ↑ Automation (events at their sample)
//! ```
//!
//! The plugin's latency is taken out: its first samples are dropped, and it runs that much longer, and no longer, so that what
//! its meters tell does not depend on the block size. The mix is as long as the last stem and the tail. Everything streams, so memory does not grow with the length.

mod automation;
mod error;
mod feed;
mod metering;
mod mixdown;
mod outputs;
mod report;

pub use error::RenderError;
pub use report::{PluginFigures, Report, Speed, Track, TrackReductions};

use crate::audio::{MixFormat, StemReader};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::plugin::Plugin;
use crate::session::{MAX_RATE_HZ, MIN_RATE_HZ, Session, Setting};
use crate::setup::Setup;
use mixdown::Mixdown;
use outputs::Outputs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How often a plugin may ask for a restart when it is activated. One is usual, when it settles its latency.
const MAX_RESTARTS: usize = 8;

/// The sizes of Busbar, by strips.
pub const SIZES: [usize; 3] = [8, 16, 32];

/// Longer blocks only cost memory; the plugin's own limit is of this order.
pub const MAX_BLOCK_FRAMES: u32 = 65_536;

/// The block size of whoever names none.
pub const DEFAULT_BLOCK_FRAMES: u32 = 512;

/// Everything that a mix is made of.
#[derive(Clone, Debug)]
pub struct Job {
    /// What plays, and how.
    pub session: Session,
    /// The session's file, for messages; empty if there is none.
    pub session_path: PathBuf,
    /// Parameters that are set whatever the session and its automation say.
    pub settings: Vec<Setting>,
    /// The plugin's bundle.
    pub bundle: PathBuf,
    /// The mix.
    pub output: PathBuf,
    /// How its samples are stored; the best that its file can hold if there is none.
    pub format: Option<MixFormat>,
    /// Whether the groups that sound are written, too, beside the mix.
    pub with_groups: bool,
    /// Whether loudness and true peak are measured, which takes longer than the mix. Without, the true peak is the peak.
    pub with_loudness: bool,
}

/// Who looks on while a mix is made.
pub trait Watch {
    /// Called after every block: how many frames are done, and of how many, where that is known.
    fn progress(&mut self, n_done: u64, n_expected: Option<u64>, sample_rate_hz: u32);

    /// Whether to stop, which leaves nothing under the final names.
    fn is_cancelled(&self) -> bool;
}

/// Nobody.
impl Watch for () {
    fn progress(&mut self, _n_done: u64, _n_expected: Option<u64>, _sample_rate_hz: u32) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// A job whose stems are open and whose parameters the plugin has understood.
pub struct Prepared {
    job: Job,
    stems: Vec<StemReader>,
    plugin: Plugin,
    setup: Setup,
    /// The parameters of the command line, and the plugin's texts.
    overrides: Vec<(String, String)>,
    sample_rate_hz: u32,
}

impl Prepared {
    /// Opens stems and plugin and checks everything that can be known without rendering.
    pub fn new(job: Job) -> Result<Self, RenderError> {
        let stems = open_stems(&job)?;
        let size = choose_size(&job.session)?;
        let bundle = Bundle::load(&job.bundle)?;
        let mut plugin = bundle.instantiate(&format!("org.busbar.busbar-{size}"))?;
        let sample_rate_hz = job.session.sample_rate_hz.unwrap_or_else(|| stems[0].sample_rate_hz());
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&sample_rate_hz) {
            return Err(RenderError::Rate { path: stems[0].path().to_owned(), sample_rate_hz });
        }
        let mono_strips = mono_strips(&job.session, &stems);
        let mut setup =
            Setup::resolve(&mut plugin, &job.session, &job.session_path, sample_rate_hz, &mono_strips)?;
        let overrides = setup.override_with(&mut plugin, &job.settings)?;
        let prepared = Self { job, stems, plugin, setup, overrides, sample_rate_hz };
        let Job { output, format, with_groups, .. } = &prepared.job;
        let n_frames = prepared.n_frames().unwrap_or(0);
        outputs::check(output, sample_rate_hz, *format, *with_groups, n_frames)?;
        Ok(prepared)
    }

    /// Makes the mix. What is at the output's name is replaced only when the mix is complete.
    pub fn render(self, watch: &mut dyn Watch) -> Result<Report, RenderError> {
        let start = Instant::now();
        let Self { job, stems, mut plugin, setup, overrides, sample_rate_hz } = self;
        let block_frames = job.session.block_frames.unwrap_or(DEFAULT_BLOCK_FRAMES);
        setup.apply(&mut plugin)?;
        activate(&mut plugin, sample_rate_hz, block_frames)?;

        let mixdown = Mixdown::new(&plugin, &job, stems, &setup, sample_rate_hz, block_frames)?;
        let n_groups = mixdown.n_groups();
        let mut outputs = Outputs::create(
            &job.output,
            sample_rate_hz,
            job.format,
            if job.with_groups { n_groups } else { 0 },
        )?;
        let mut report = mixdown.run(&mut plugin, &mut outputs, watch)?;
        outputs.finish(&mut report)?;
        report.overrides = overrides;
        report.settings = setup.values.into_iter().map(|value| (value.id, value.shown)).collect();
        report.automated = setup.lanes.into_iter().map(|lane| lane.id).collect();
        report.speed.wall_s = start.elapsed().as_secs_f64();
        Ok(report)
    }

    /// The plugin, inactive.
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// What the plugin understood.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The stems, in the order of the session.
    pub fn stems(&self) -> &[StemReader] {
        &self.stems
    }

    /// The rate of the mix.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// The length of the mix, where every stem tells its own.
    pub fn n_frames(&self) -> Option<u64> {
        let Session { stems, tail, .. } = &self.job.session;
        let ends = stems.iter().zip(&self.stems).map(|(stem, reader)| {
            let n_frames = reader.n_frames()? as f64 * f64::from(self.sample_rate_hz);
            let n_frames = (n_frames / f64::from(reader.sample_rate_hz())).round() as u64;
            Some(stem.start.samples(self.sample_rate_hz) + n_frames)
        });
        let longest = ends.collect::<Option<Vec<u64>>>()?.into_iter().max().unwrap_or(0);
        Some(longest + tail.samples(self.sample_rate_hz))
    }
}

impl Setup {
    /// Sets parameters whatever the session and its automation say, and returns the plugin's texts for them; of several settings of one
    /// parameter the last holds.
    fn override_with(
        &mut self,
        plugin: &mut Plugin,
        settings: &[Setting],
    ) -> Result<Vec<(String, String)>, RenderError> {
        let mut shown = Vec::new();
        for setting in settings {
            let alone = Session { parameters: vec![setting.clone()], ..Session::default() };
            // From the command line: there is no file to name.
            for value in Self::resolve(plugin, &alone, Path::new(""), 1, &[])?.values {
                self.lanes.retain(|lane| lane.param_id != value.param.id);
                shown.retain(|(param_id, _)| *param_id != value.param.id);
                shown.push((value.param.id, (value.id.clone(), value.shown.clone())));
                match self.values.iter_mut().find(|known| known.param.id == value.param.id) {
                    Some(known) => *known = value,
                    None => self.values.push(value),
                }
            }
        }
        Ok(shown.into_iter().map(|(_, shown)| shown).collect())
    }
}

/// Activates the plugin and grants it the restart that it may ask for to settle its latency.
fn activate(plugin: &mut Plugin, sample_rate_hz: u32, block_frames: u32) -> Result<(), Error> {
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

fn open_stems(job: &Job) -> Result<Vec<StemReader>, RenderError> {
    let files = || job.session.stems.iter().map(|stem| &stem.file);
    let stems: Vec<StemReader> = files().map(StemReader::open).collect::<Result<_, _>>()?;
    if stems.is_empty() {
        return Err(RenderError::NoStems { session: job.session_path.clone() });
    }
    // The stem's file would be replaced by the mix, which nobody wants who names it so by mistake.
    for output in outputs::paths(&job.output, job.with_groups) {
        let Ok(output) = output.canonicalize() else { continue };
        let is_output = |file: &Path| file.canonicalize().is_ok_and(|file| file == output);
        if let Some(stem) = files().find(|stem| is_output(stem)) {
            return Err(RenderError::OutputIsStem { path: stem.clone() });
        }
        if is_output(&job.session_path) {
            return Err(RenderError::OutputIsSession { path: job.session_path.clone() });
        }
    }
    Ok(stems)
}

/// The size that the session asks for, or the smallest that has all its strips.
pub fn choose_size(session: &Session) -> Result<usize, RenderError> {
    let n_strips = session.highest_strip();
    let size = session.size.or_else(|| SIZES.into_iter().find(|size| n_strips <= *size));
    size.filter(|size| n_strips <= *size).ok_or(RenderError::TooManyStems { n_strips, size: session.size })
}

/// The strips, counted from 1, into which nothing plays but mono.
pub fn mono_strips(session: &Session, stems: &[StemReader]) -> Vec<usize> {
    let mut strips: Vec<usize> = session.stems.iter().map(|stem| stem.strip).collect();
    strips.sort_unstable();
    strips.dedup();
    let is_mono = |strip: &usize| {
        let mut of_strip = session.stems.iter().zip(stems).filter(|(stem, _)| stem.strip == *strip);
        of_strip.all(|(_, reader)| reader.n_channels() == 1)
    };
    strips.retain(is_mono);
    strips
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Stem, Time};

    #[test]
    fn the_smallest_size_that_fits_is_chosen() {
        let session = |strip, size| Session {
            size,
            stems: vec![Stem {
                strip,
                file: PathBuf::new(),
                name: None,
                start: Time::default(),
                gain_db: 0.0,
                line: 0,
            }],
            ..Session::default()
        };
        for (strip, size) in [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (32, 32)] {
            assert_eq!(choose_size(&session(strip, None)).ok(), Some(size), "strip {strip}");
        }
        assert_eq!(choose_size(&session(3, Some(32))).ok(), Some(32));
        assert!(choose_size(&session(33, None)).is_err());
        assert!(choose_size(&session(9, Some(8))).is_err());
    }
}
