//! What `busbar-render` prints: a line about the run, the parameters that were set, and a table of levels.

use crate::render::{MixReport, TrackReport};
use std::io::{self, Write};

/// Prints the report as aligned text.
pub fn print_report(report: &MixReport, out: &mut dyn Write) -> io::Result<()> {
    let MixReport { plugin, sample_rate_hz, latency_samples, stems, .. } = report;
    let stems_word = if stems.len() == 1 { "stem" } else { "stems" };
    writeln!(
        out,
        "{plugin}: {} {stems_word} at {sample_rate_hz} Hz, latency {latency_samples} samples",
        stems.len()
    )?;
    let id_width = report.settings.iter().map(|(id, _)| width(id)).max().unwrap_or(0);
    for (id, text) in &report.settings {
        writeln!(out, "  {id:id_width$}  {text}")?;
    }

    let rows: Vec<(String, &TrackReport)> = stems
        .iter()
        .enumerate()
        .map(|(stem_idx, stem)| (format!("{:02} {}", stem_idx + 1, file_name(stem)), stem))
        .chain([(format!("-> {}", file_name(&report.mix)), &report.mix)])
        .collect();
    let name_width = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    writeln!(out, "{:name_width$}  channels     length  RMS dBFS  peak dBFS", "")?;
    for (name, track) in rows {
        let channels = if track.n_channels == 1 { "mono" } else { "stereo" };
        let length = duration(track.n_frames, *sample_rate_hz);
        let (rms, peak) = (decibels(track.level.rms_dbfs()), decibels(track.level.peak_dbfs()));
        let padding = name_width - width(&name);
        writeln!(out, "{name}{:padding$}  {channels:8}  {length:>9}  {rms:>8}  {peak:>9}", "")?;
    }
    Ok(())
}

/// What a person should know though the mix was made.
pub fn warnings(report: &MixReport) -> Vec<String> {
    let mut warnings: Vec<String> = report
        .stems
        .iter()
        .filter(|stem| stem.level.n_non_finite() > 0)
        .map(|stem| {
            let n = stem.level.n_non_finite();
            format!(
                "{} holds {n} samples that are infinite or not a number: Busbar silences the strip there; make the stem anew",
                stem.path.display()
            )
        })
        .collect();
    if report.n_clipped > 0 {
        warnings.push(format!(
            "{} samples of the mix were over full scale and cut: lower m_fader, or use --format f32",
            report.n_clipped
        ));
    }
    warnings
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn file_name(track: &TrackReport) -> String {
    track.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn decibels(value_db: f64) -> String {
    if value_db == f64::NEG_INFINITY { "-inf".to_owned() } else { format!("{value_db:.2}") }
}

/// `3:25.50`.
fn duration(n_frames: u64, sample_rate_hz: u32) -> String {
    // In hundredths, so that no rounding shows sixty seconds.
    let hundredths = (n_frames * 100 + u64::from(sample_rate_hz) / 2) / u64::from(sample_rate_hz.max(1));
    format!("{}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Level;

    fn track(path: &str, n_channels: usize, n_frames: u64, samples: &[f32]) -> TrackReport {
        let mut level = Level::default();
        level.add(samples);
        TrackReport { path: path.into(), n_channels, n_frames, level }
    }

    #[test]
    fn the_table_is_aligned() {
        let report = MixReport {
            plugin: "Busbar 8".to_owned(),
            sample_rate_hz: 48_000,
            latency_samples: 0,
            settings: vec![
                ("s01_fader".to_owned(), "-6.0 dB".to_owned()),
                ("m_dim".to_owned(), "On".to_owned()),
            ],
            stems: vec![
                track("in/drums.wav", 2, 48_000 * 61, &[0.5, -0.5]),
                track("in/Stück.flac", 1, 479_999, &[0.0]),
            ],
            mix: track("out/mix.wav", 2, 48_000 * 61, &[0.25, -0.25]),
            n_clipped: 0,
        };
        let mut text = Vec::new();
        print_report(&report, &mut text).unwrap();
        let expected = "\
Busbar 8: 2 stems at 48000 Hz, latency 0 samples
  s01_fader  -6.0 dB
  m_dim      On
               channels     length  RMS dBFS  peak dBFS
01 drums.wav   stereo      1:01.00     -6.02      -6.02
02 Stück.flac  mono        0:10.00      -inf       -inf
-> mix.wav     stereo      1:01.00    -12.04     -12.04
";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert!(warnings(&report).is_empty());
    }
}
