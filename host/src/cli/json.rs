//! The report as JSON, for programs. Levels of silence are `null`: JSON has no infinity.

use crate::audio::Figures;
use crate::render::{Report, Track};
use serde_json::{Value, json};

/// The report as JSON: levels in dBFS, dBTP, LUFS and LU, times in seconds. A track's `reduction_db` has the largest gain
/// reduction of each stage that it has, and `plugin` what the plugin's own meters say (of a stem: of its strip behind the fader); they
/// are absent if the plugin tells none.
pub fn report_to_json(report: &Report) -> Value {
    let Report { speed, .. } = report;
    json!({
        "plugin": report.plugin,
        "plugin_version": report.plugin_version,
        "sample_rate_hz": report.sample_rate_hz,
        "block_frames": report.block_frames,
        "latency_samples": report.latency_samples,
        "parameters": object(&report.settings),
        "automated": report.automated,
        "stems": report.stems.iter().map(track).collect::<Vec<_>>(),
        "groups": report.groups.iter().map(track).collect::<Vec<_>>(),
        "mix": track(&report.mix),
        "speed": {
            "sound_s": speed.sound_s,
            "wall_s": speed.wall_s,
            "real_time_factor": speed.real_time_factor(),
            "plugin_s": speed.plugin_s,
            "plugin_real_time_factor": speed.plugin_real_time_factor(),
            "worst_block_s": speed.worst_block_s,
        },
    })
}

fn object(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(id, text)| (id.clone(), Value::from(text.as_str()))).collect()
}

fn track(track: &Track) -> Value {
    let Figures { n_frames, n_clipped, n_non_finite, .. } = track.figures;
    let mut value = json!({
        "name": track.name,
        "n_frames": n_frames,
        "peak_dbfs": level(track.figures.peak_dbfs),
        "true_peak_dbtp": level(track.figures.true_peak_dbtp),
        "rms_dbfs": level(track.figures.rms_dbfs),
        "integrated_lufs": level(track.figures.integrated_lufs),
        "short_term_max_lufs": level(track.figures.short_term_max_lufs),
        "range_lu": level(track.figures.range_lu),
        "n_clipped": n_clipped,
        "n_non_finite": n_non_finite,
    });
    if let (Some(strip), Some(file)) = (track.strip, &track.file) {
        value["strip"] = strip.into();
        value["file"] = file.to_string_lossy().into();
        value["file_rate_hz"] = track.file_rate_hz.into();
        value["n_channels"] = track.n_channels.into();
    }
    if let Some(reductions) = &track.reductions {
        let stages = [
            ("gate", reductions.gate_db),
            ("comp", reductions.compressor_db),
            ("limiter", reductions.limiter_db),
        ];
        let told = stages.into_iter().filter_map(|(stage, db)| Some((stage.to_owned(), level(db?))));
        value["reduction_db"] = Value::Object(told.collect());
    }
    if let Some(plugin) = &track.plugin_figures {
        value["plugin"] = json!({
            "true_peak_dbtp": level(plugin.true_peak_dbtp),
            "integrated_lufs": level(plugin.integrated_lufs),
            "momentary_max_lufs": level(plugin.momentary_max_lufs),
            "short_term_max_lufs": level(plugin.short_term_max_lufs),
            "range_lu": level(plugin.range_lu),
        });
    }
    if let Some(written) = &track.written {
        value["written"] = written.path.to_string_lossy().into();
        value["n_cut"] = written.n_cut.into();
    }
    value
}

fn level(level: f64) -> Value {
    // To a ten thousandth: more digits are noise.
    if level.is_finite() { json!((level * 1e4).round() / 1e4) } else { Value::Null }
}
