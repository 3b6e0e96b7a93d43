//! The loop: block by block from the stems through the plugin into the files.

use super::automation::Automation;
use super::error::RenderError;
use super::feed::Feed;
use super::metering::{Metering, Sides};
use super::outputs::{GROUP_LETTERS, Outputs};
use super::report::{PluginFigures, Report, Speed, Track, TrackReductions};
use super::{Job, Watch};
use crate::audio::{Figures, Meter, StemReader, StemSource};
use crate::loudness::{Loudness, Readings};
use crate::plugin::Plugin;
use crate::reductions::Reductions;
use crate::session::{Session, Stem};
use crate::setup::Setup;
use std::time::{Duration, Instant};

/// Everything that a mix needs beside the plugin and its files.
pub(super) struct Mixdown<'a> {
    session: &'a Session,
    feeds: Vec<Feed>,
    automation: Automation<'a>,
    n_groups: usize,
    /// The stems, the groups, the mix.
    metering: Metering,
    scratch: Sides,
    tail_frames: u64,
    block_frames: usize,
    sample_rate_hz: u32,
    latency_samples: u32,
}

/// What the plugin tells of a mix beside its sound, if it does.
struct Told {
    reductions: Option<Reductions>,
    readings: Option<Readings>,
}

impl<'a> Mixdown<'a> {
    /// For an active plugin.
    pub fn new(
        plugin: &Plugin,
        job: &'a Job,
        stems: Vec<StemReader>,
        setup: &'a Setup,
        sample_rate_hz: u32,
        block_frames: u32,
    ) -> Result<Self, RenderError> {
        let session = &job.session;
        let n_strips = session.highest_strip();
        let is_stereo = |port: Option<&crate::ports::Port>| port.is_some_and(|port| port.n_channels == 2);
        if !is_stereo(plugin.outputs().first())
            || !(0..n_strips).all(|strip_idx| is_stereo(plugin.inputs().get(strip_idx)))
        {
            return Err(RenderError::Ports { plugin: plugin.description().name.clone(), n_strips });
        }
        let groups = plugin.outputs().iter().skip(1).take(GROUP_LETTERS.len());
        let n_groups = groups.take_while(|port| port.n_channels == 2).count();
        let feed = |(stem, reader)| Ok(Feed::new(stem, StemSource::new(reader, sample_rate_hz)?));
        let feeds: Vec<Feed> =
            session.stems.iter().zip(stems).map(feed).collect::<Result<_, RenderError>>()?;
        let block_frames = block_frames as usize;
        let new_meter = || match job.with_loudness {
            true => Meter::new(sample_rate_hz),
            false => Meter::without_loudness(sample_rate_hz),
        };
        Ok(Self {
            automation: Automation::new(&setup.lanes),
            n_groups,
            metering: Metering::new(feeds.len() + n_groups + 1, new_meter),
            feeds,
            scratch: [vec![0.0; block_frames], vec![0.0; block_frames]],
            tail_frames: session.tail.samples(sample_rate_hz),
            block_frames,
            sample_rate_hz,
            latency_samples: 0,
            session,
        })
    }

    /// How many groups have an output.
    pub fn n_groups(&self) -> usize {
        self.n_groups
    }

    /// Plays everything through the plugin and into the files, without the plugin's latency.
    pub fn run(
        mut self,
        plugin: &mut Plugin,
        outputs: &mut Outputs,
        watch: &mut dyn Watch,
    ) -> Result<Report, RenderError> {
        self.latency_samples = plugin.latency_samples();
        let n_expected = self.expected_frames();
        let (mut plugin_time, mut worst_block) = (Duration::ZERO, Duration::ZERO);
        let mut events = Vec::new();
        // Frames that went into the plugin, and that came into the files.
        let (mut n_in, mut n_out) = (0_u64, 0_u64);
        let mut n_to_drop = u64::from(self.latency_samples);
        // What it told before belongs to no mix.
        plugin.take_reductions();
        plugin.restart_loudness();
        while self.n_total().is_none_or(|n_total| n_out < n_total) {
            if watch.is_cancelled() {
                return Err(RenderError::Interrupted);
            }
            self.fill_inputs(plugin, n_in)?;
            // Whole blocks, and the last one just as long as it takes.
            let n_left =
                self.n_total().map_or(u64::MAX, |n_total| n_total + u64::from(self.latency_samples) - n_in);
            let n_block = n_left.min(self.block_frames as u64) as usize;
            if n_block == 0 {
                // The last stem ended just where the block before did, which is known only now.
                break;
            }
            self.automation.block(n_in, n_block, &mut events);
            let start = Instant::now();
            plugin.process(n_block, &events)?;
            let taken = start.elapsed();
            plugin_time += taken;
            worst_block = worst_block.max(taken);
            n_in += n_block as u64;

            let skipped = n_to_drop.min(n_block as u64);
            n_to_drop -= skipped;
            let kept = skipped as usize..n_block;
            let side = |port, channel| &plugin.output(port, channel)[kept.clone()];
            let first_group = self.feeds.len();
            self.metering.add(first_group + self.n_groups, side(0, 0), side(0, 1));
            outputs.write_mix(side(0, 0), side(0, 1))?;
            for group_idx in 0..self.n_groups {
                let (left, right) = (side(group_idx + 1, 0), side(group_idx + 1, 1));
                self.metering.add(first_group + group_idx, left, right);
                outputs.write_group(group_idx, left, right)?;
            }
            n_out += kept.len() as u64;
            watch.progress(n_out, n_expected, self.sample_rate_hz);
        }
        let speed = Speed {
            sound_s: n_out as f64 / f64::from(self.sample_rate_hz),
            wall_s: 0.0,
            plugin_s: plugin_time.as_secs_f64(),
            worst_block_s: worst_block.as_secs_f64(),
        };
        let reductions = plugin.take_reductions();
        let readings = plugin.read_loudness();
        Ok(self.report(plugin, &Told { reductions, readings }, speed))
    }

    fn fill_inputs(&mut self, plugin: &mut Plugin, block_start: u64) -> Result<(), RenderError> {
        for strip_idx in 0..self.session.highest_strip() {
            let (left, right) = plugin.stereo_input_mut(strip_idx);
            left[..self.block_frames].fill(0.0);
            right[..self.block_frames].fill(0.0);
        }
        for (feed_idx, feed) in self.feeds.iter_mut().enumerate() {
            let filled = feed.play(block_start, &mut self.scratch)?;
            let [left, right] = &self.scratch;
            self.metering.add(feed_idx, &left[filled.clone()], &right[filled.clone()]);
            let (left, right) = plugin.stereo_input_mut(feed.strip_idx);
            for (input, played) in [left, right].into_iter().zip(&self.scratch) {
                for (sample, addition) in input[filled.clone()].iter_mut().zip(&played[filled.clone()]) {
                    *sample += addition;
                }
            }
        }
        Ok(())
    }

    /// The length of the mix, once the last stem has ended.
    fn n_total(&self) -> Option<u64> {
        self.feeds
            .iter()
            .try_fold(0, |longest, feed| Some(feed.end()?.max(longest)))
            .map(|end| end + self.tail_frames)
    }

    fn expected_frames(&self) -> Option<u64> {
        let longest = self.feeds.iter().try_fold(0, |longest, feed| Some(feed.expected_end()?.max(longest)));
        longest.map(|end: u64| end + self.tail_frames)
    }

    fn report(self, plugin: &Plugin, told: &Told, speed: Speed) -> Report {
        let Told { reductions, readings } = told;
        let (reductions, readings) = (reductions.as_ref(), readings.as_ref());
        let mut figures = self.metering.finish().into_iter();
        let mut figures = || figures.next().expect("a meter for each track");
        let stem = |(stem, feed): (&Stem, &Feed)| Track {
            name: stem.name.clone().unwrap_or_else(|| file_name(&stem.file)),
            strip: Some(stem.strip),
            file: Some(stem.file.clone()),
            file_rate_hz: feed.source().file_rate_hz(),
            n_channels: feed.source().n_channels(),
            figures: figures(),
            reductions: reductions.and_then(|reductions| {
                let [gate_db, compressor_db] = reductions.strips.get(stem.strip - 1)?.map(f64::from);
                Some(TrackReductions {
                    gate_db: Some(gate_db),
                    compressor_db: Some(compressor_db),
                    limiter_db: None,
                })
            }),
            plugin_figures: readings
                .and_then(|readings| readings.strips.get(stem.strip - 1))
                .map(PluginFigures::from),
            written: None,
            stale: None,
        };
        let stems = self.session.stems.iter().zip(&self.feeds).map(stem).collect();
        let bus = |name: String,
                   figures: Figures,
                   reductions: Option<TrackReductions>,
                   loudness: Option<&Loudness>| Track {
            name,
            strip: None,
            file: None,
            file_rate_hz: self.sample_rate_hz,
            n_channels: 2,
            figures,
            reductions,
            plugin_figures: loudness.map(PluginFigures::from),
            written: None,
            stale: None,
        };
        let group = |(group_idx, letter): (usize, &char)| {
            let reductions = reductions.and_then(|reductions| {
                let compressor_db = Some(f64::from(*reductions.groups.get(group_idx)?));
                Some(TrackReductions { compressor_db, ..TrackReductions::default() })
            });
            let loudness = readings.and_then(|readings| readings.groups.get(group_idx));
            bus(format!("Group {letter}"), figures(), reductions, loudness)
        };
        let groups = GROUP_LETTERS.iter().take(self.n_groups).enumerate().map(group).collect();
        let of_mix = reductions.map(|reductions| TrackReductions {
            gate_db: None,
            compressor_db: Some(f64::from(reductions.master_compressor_db)),
            limiter_db: Some(f64::from(reductions.limiter_db)),
        });
        Report {
            plugin: plugin.description().name.clone(),
            plugin_version: plugin.description().version.clone(),
            sample_rate_hz: self.sample_rate_hz,
            block_frames: self.block_frames as u32,
            latency_samples: self.latency_samples,
            settings: Vec::new(),
            overrides: Vec::new(),
            automated: Vec::new(),
            stems,
            groups,
            mix: bus("Mix".to_owned(), figures(), of_mix, readings.map(|readings| &readings.master)),
            speed,
        }
    }
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
