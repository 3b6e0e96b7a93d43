//! What `busbar-render` prints: a line about the run, the parameters that the command line set, a table of levels, and a
//! line about its speed.

use super::say::one_line;
use crate::render::{PluginFigures, Report, Track, TrackReductions};
use std::io::{self, Write};

/// Prints the report as aligned text. A group that did not sound is left out, and so is a column of a stage that reduced nothing, and
/// those of the plugin's own meters if it tells nothing.
pub fn print_report(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Report { plugin, sample_rate_hz, latency_samples, stems, .. } = report;
    writeln!(
        out,
        "{plugin}: {} at {sample_rate_hz} Hz, latency {}, {} set, {} automated",
        count(stems.len(), "stem"),
        count(*latency_samples as usize, "sample"),
        count(report.settings.len(), "parameter"),
        report.automated.len(),
    )?;
    let id_width = report.overrides.iter().map(|(id, _)| width(id)).max().unwrap_or(0);
    for (id, text) in &report.overrides {
        writeln!(out, "  {id:id_width$}  {text}")?;
    }

    let sounding = report.groups.iter().filter(|group| group.figures.peak_dbfs > f64::NEG_INFINITY);
    let rows: Vec<(String, &Track)> = stems
        .iter()
        .map(|stem| (format!("{:02} {}", stem.strip.unwrap_or_default(), stem.name), stem))
        .chain(sounding.map(|group| (with_file(&group.name, group), group)))
        .chain([(with_file(&report.mix.name, &report.mix), &report.mix)])
        .map(|(name, track)| (one_line(&name), track))
        .collect();
    let name_width = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let columns: Vec<&Column> = COLUMNS
        .iter()
        .filter(|column| rows.iter().any(|(_, track)| (column.shown)(track).is_some()))
        .collect();
    write!(out, "{:name_width$}             {:>9}     dBFS     dBTP     LUFS  S max     LU", "", "length")?;
    let names: String = columns.iter().map(|column| format!("  {:>7}", column.name)).collect();
    writeln!(out, "{}", if names.is_empty() { names } else { format!("         {names}") })?;
    write!(
        out,
        "{:name_width$}             {:9}     peak     true    integ.         range  clipped",
        "", ""
    )?;
    writeln!(out, "{}", columns.iter().map(|column| format!("  {:>7}", column.unit)).collect::<String>())?;
    for (name, track) in rows {
        let kind = match (track.n_channels, track.file_rate_hz == *sample_rate_hz) {
            (1, true) => "mono".to_owned(),
            (_, true) => "stereo".to_owned(),
            (1, false) => format!("m {:>7}", kilohertz(track.file_rate_hz)),
            (_, false) => format!("s {:>7}", kilohertz(track.file_rate_hz)),
        };
        let figures = &track.figures;
        let length = duration(figures.n_frames, *sample_rate_hz);
        let padding = name_width - width(&name);
        write!(out, "{name}{:padding$}  {kind:9}  {length:>9}", "")?;
        write!(out, "  {:>7}  {:>7}", level(figures.peak_dbfs), level(figures.true_peak_dbtp))?;
        write!(out, "  {:>7}  {:>5}", level(figures.integrated_lufs), tenth(figures.short_term_max_lufs))?;
        write!(out, "  {:>5}  {:>7}", tenth(figures.range_lu), figures.n_clipped)?;
        let told: String = columns
            .iter()
            .map(|column| format!("  {:>7}", (column.shown)(track).unwrap_or_default()))
            .collect();
        writeln!(out, "{}", told.trim_end())?;
    }
    let speed = &report.speed;
    writeln!(
        out,
        "rendered in {:.2} s, {:.0} times as fast as it plays; the plugin alone {:.0} times, its worst block {:.0} µs of {:.0}",
        speed.wall_s,
        speed.real_time_factor(),
        speed.plugin_real_time_factor(),
        speed.worst_block_s * 1e6,
        f64::from(report.block_frames) / f64::from((*sample_rate_hz).max(1)) * 1e6,
    )
}

/// A column of what the plugin tells.
struct Column {
    name: &'static str,
    unit: &'static str,
    /// What the table shows of a track, if there is anything to tell.
    shown: fn(&Track) -> Option<String>,
}

const COLUMNS: [Column; 5] = [
    Column { name: "plugin", unit: "dBTP", shown: |track| own(track, |figures| figures.true_peak_dbtp) },
    Column { name: "plugin", unit: "LUFS", shown: |track| own(track, |figures| figures.integrated_lufs) },
    Column { name: "gate", unit: "-dB", shown: |track| reduction(track, |reductions| reductions.gate_db) },
    Column {
        name: "comp",
        unit: "-dB",
        shown: |track| reduction(track, |reductions| reductions.compressor_db),
    },
    Column {
        name: "limiter",
        unit: "-dB",
        shown: |track| reduction(track, |reductions| reductions.limiter_db),
    },
];

/// A figure of the plugin's own meters: of silence, too.
fn own(track: &Track, figure: fn(&PluginFigures) -> f64) -> Option<String> {
    track.plugin_figures.as_ref().map(|figures| level(figure(figures)))
}

/// A gain reduction: nothing where nothing was reduced, or so little that it would read 0.
fn reduction(track: &Track, reduction_db: fn(&TrackReductions) -> Option<f64>) -> Option<String> {
    let reduction_db = track.reductions.as_ref().and_then(reduction_db)?;
    (reduction_db >= 0.05).then(|| tenth(reduction_db))
}

/// What a person should know though the mix was made.
pub fn warnings(report: &Report) -> Vec<String> {
    let file = |stem: &Track| stem.file.clone().unwrap_or_default();
    let empty = report.stems.iter().filter(|stem| stem.figures.n_frames == 0).map(|stem| {
        let file = file(stem);
        format!("{} holds no samples, so its strip is silent: make the stem anew", file.display())
    });
    let non_finite = report.stems.iter().filter(|stem| stem.figures.n_non_finite > 0).map(|stem| {
        let (file, n) = (file(stem), stem.figures.n_non_finite);
        let samples = if n == 1 { "1 sample that is" } else { &format!("{n} samples that are") };
        format!(
            "{} holds {samples} infinite or not a number: Busbar silences the strip there; make the stem anew",
            file.display()
        )
    });
    let written = report.groups.iter().chain([&report.mix]).filter_map(|track| track.written.as_ref());
    let cut = written.filter(|written| written.n_cut > 0).map(|written| {
        format!(
            "{} of {} went over full scale and got cut: lower m_fader or the group's fader, or use --format f32",
            count(written.n_cut as usize, "sample"),
            written.path.display()
        )
    });
    let stale =
        report.groups.iter().filter_map(|track| Some((track, track.stale.as_ref()?))).map(|(track, path)| {
            format!("{} did not sound, so {} is of an earlier mix: remove it", track.name, path.display())
        });
    empty.chain(non_finite).chain(cut).chain(stale).collect()
}

/// `3:25.50`, from an hour on `1:03:25.50`.
pub(super) fn duration(n_frames: u64, sample_rate_hz: u32) -> String {
    // In hundredths, so that no rounding shows sixty seconds.
    let hundredths = (n_frames * 100 + u64::from(sample_rate_hz) / 2) / u64::from(sample_rate_hz.max(1));
    let (minutes, rest) = (hundredths / 6000, hundredths % 6000);
    let seconds = format!("{:02}.{:02}", rest / 100, rest % 100);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds}"),
        hours => format!("{hours}:{:02}:{seconds}", minutes % 60),
    }
}

/// `1 stem`, `2 stems`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn with_file(name: &str, track: &Track) -> String {
    match &track.written {
        Some(written) => {
            format!("-> {}", written.path.file_name().unwrap_or_default().to_string_lossy())
        }
        None => name.to_owned(),
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn kilohertz(rate_hz: u32) -> String {
    format!("{} k", f64::from(rate_hz) / 1_000.0)
}

fn level(value: f64) -> String {
    if value == f64::NEG_INFINITY { "-inf".to_owned() } else { format!("{value:.2}") }
}

fn tenth(value: f64) -> String {
    if value == f64::NEG_INFINITY { "-inf".to_owned() } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_at_a_glance() {
        for (n_frames, expected) in [
            (0, "0:00.00"),
            (479_999, "0:10.00"),
            (48_000 * 61, "1:01.00"),
            (48_000 * 3600 - 1, "1:00:00.00"),
            (48_000 * 5025 + 24_000, "1:23:45.50"),
        ] {
            assert_eq!(duration(n_frames, 48_000), expected);
        }
    }
}
