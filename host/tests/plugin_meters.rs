//! Loudness and true peaks by the meters of the built `Busbar.clap`, as a host asks for them: cases of EBU Tech 3341 and 3342 with
//! their tolerances, beside the meters of this host.

#[allow(dead_code, reason = "each test file takes its part")]
mod bundles;

use busbar_host::audio::{Figures, Meter};
use busbar_host::{Bundle, Loudness, Plugin, Readings};
use std::f64::consts::{PI, TAU};

const RATE_HZ: u32 = 48_000;

const BLOCK_FRAMES: usize = 480;

/// Tech 3341 gives 0.1 LU to every case.
const TOLERANCE_LU: f32 = 0.1;

/// An active Busbar 8 with these parameters.
fn active(settings: &[(&str, &str)]) -> Plugin {
    let bundle = Bundle::load(bundles::bundle("Busbar.clap")).expect("the bundle");
    let mut plugin = bundle.instantiate("org.busbar.busbar-8").expect("an instance");
    for (id, text) in settings {
        plugin.set_param_by_text(id, text).expect("a parameter");
    }
    plugin.activate(f64::from(RATE_HZ), BLOCK_FRAMES as u32).expect("it starts");
    plugin.service_requests().expect("it goes on");
    plugin
}

/// Plays tones into strip 1, each of a level in dBFS for so many seconds, and measures the master.
fn play_tones(plugin: &mut Plugin, meter: &mut Meter, tones: &[(f64, f64)]) {
    for (level_db, length_s) in tones {
        let amplitude = 10_f64.powf(level_db / 20.0);
        let n_frames = (length_s * f64::from(RATE_HZ)).round() as usize;
        let sample = |frame: usize| amplitude * (TAU * 1000.0 * frame as f64 / f64::from(RATE_HZ)).sin();
        play(plugin, meter, n_frames, sample);
    }
}

/// Plays the same into both sides of strip 1.
fn play(plugin: &mut Plugin, meter: &mut Meter, n_frames: usize, sample: impl Fn(usize) -> f64) {
    let mut start = 0;
    while start < n_frames {
        let n = BLOCK_FRAMES.min(n_frames - start);
        let (left, right) = plugin.stereo_input_mut(0);
        for (frame, (left, right)) in left[..n].iter_mut().zip(&mut right[..n]).enumerate() {
            *left = sample(start + frame) as f32;
            *right = *left;
        }
        plugin.process(n, &[]).expect("a block");
        meter.add(&plugin.output(0, 0)[..n], &plugin.output(0, 1)[..n]);
        start += n;
    }
}

/// What the plugin reads after these tones, and what the host's own meter says of the master.
fn after_tones(settings: &[(&str, &str)], tones: &[(f64, f64)]) -> (Readings, Figures) {
    let mut plugin = active(settings);
    let mut meter = Meter::new(RATE_HZ);
    play_tones(&mut plugin, &mut meter, tones);
    (plugin.read_loudness().expect("it tells"), meter.figures())
}

#[track_caller]
fn assert_lufs(read: f32, expected: f32) {
    assert!((read - expected).abs() <= TOLERANCE_LU, "{read} LUFS, not {expected}");
}

#[test]
fn clack_host_busbar_8_a_steady_tone_reads_its_level() {
    // Tech 3341, cases 1 and 2.
    for level in [-23.0, -33.0] {
        let (readings, figures) =
            after_tones(&[("s01_a_on", "On"), ("ga_to_master", "Off")], &[(level, 20.0)]);
        for Loudness { momentary_lufs, short_term_lufs, integrated_lufs, correlation, .. } in
            [readings.master, readings.strips[0], readings.groups[0]]
        {
            for lufs in [momentary_lufs, short_term_lufs, integrated_lufs] {
                assert_lufs(lufs, level as f32);
            }
            // Both sides are the same.
            assert!(correlation > 0.9999, "{correlation}");
        }
        assert_lufs(figures.integrated_lufs as f32, level as f32);
        for silent in readings.strips[1..].iter().chain(&readings.groups[1..]) {
            assert_eq!(silent.integrated_lufs, f32::NEG_INFINITY);
            assert_eq!((silent.true_peak, silent.range_lu), ([0.0; 2], 0.0));
        }
    }
}

#[test]
fn clack_host_busbar_8_gates_what_is_quiet() {
    // Tech 3341, case 4.
    let tones = [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)];
    let (readings, figures) = after_tones(&[], &tones);
    assert_lufs(readings.master.integrated_lufs, -23.0);
    assert!((f64::from(readings.master.integrated_lufs) - figures.integrated_lufs).abs() < 0.05);
}

#[test]
fn clack_host_busbar_8_tells_the_range() {
    // Tech 3342, case 1, whose tolerance is 1 LU.
    let (readings, _) = after_tones(&[], &[(-20.0, 20.0), (-30.0, 20.0)]);
    assert!((readings.master.range_lu - 10.0).abs() <= 1.0, "{} LU", readings.master.range_lu);
}

#[test]
fn clack_host_busbar_8_finds_peaks_between_samples() {
    // Tech 3341, cases 16 and 19: a quarter of the rate, 45° beside the samples, with a soft beginning and end.
    for (amplitude, expected_dbtp) in [(0.5, -6.0), (1.41, 3.0)] {
        let (mut plugin, mut meter) = (active(&[]), Meter::new(RATE_HZ));
        let n_frames = 48_000;
        play(&mut plugin, &mut meter, n_frames, |frame| {
            let edge = (frame.min(n_frames - frame) as f64 / 4_800.0).min(1.0);
            amplitude * edge * (PI / 2.0 * frame as f64 + PI / 4.0).sin()
        });
        let readings = plugin.read_loudness().expect("it tells");
        for side in [readings.master.true_peak, readings.strips[0].true_peak].concat() {
            let dbtp = 20.0 * f64::from(side).log10();
            assert!((-0.4..=0.2).contains(&(dbtp - expected_dbtp)), "{dbtp} dBTP, not {expected_dbtp}");
        }
    }
}

#[test]
fn clack_host_busbar_8_begins_anew_when_it_is_asked_to() {
    let (mut plugin, mut meter) = (active(&[]), Meter::new(RATE_HZ));
    play_tones(&mut plugin, &mut meter, &[(-10.0, 5.0)]);
    let before = plugin.read_loudness().expect("it tells").master;
    assert!(before.integrated_lufs > -10.2 && before.true_peak[0] > 0.3);
    // The window of the true peak still holds the end of the tone until something else has passed.
    play_tones(&mut plugin, &mut meter, &[(-120.0, 0.1)]);
    plugin.restart_loudness();
    play_tones(&mut plugin, &mut meter, &[(-30.0, 8.0)]);
    let after = plugin.read_loudness().expect("it tells").master;
    assert_lufs(after.integrated_lufs, -30.0);
    assert!(after.true_peak[0] < 0.04, "{:?}", after.true_peak);
}

#[test]
fn clack_host_busbar_8_measures_alike_at_every_rate_of_the_engine() {
    let tones = [(-36.0, 5.0), (-23.0, 20.0)];
    for (rate, mode) in [("44.1 kHz", "Low latency"), ("96 kHz", "Quality"), ("192 kHz", "Low latency")] {
        let (readings, _) = after_tones(&[("engine_rate", rate), ("resampling", mode)], &tones);
        assert_lufs(readings.master.integrated_lufs, -23.0);
        let dbtp = 20.0 * readings.master.true_peak[0].log10();
        // The step between the tones rings by less than 9 % of it.
        assert!((-23.3..-22.2).contains(&dbtp), "{rate}: {dbtp} dBTP");
    }
}
