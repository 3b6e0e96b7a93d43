//! The example stems through the built plugin, against sums that know nothing of it.

#[allow(dead_code, reason = "this test needs the bundle only; the others use the rest")]
mod bundles;

use busbar_host::audio::{StemReader, StemSource};
use std::path::{Path, PathBuf};
use std::process::Command;

type Stereo = [Vec<f32>; 2];

const RATE_HZ: u32 = 48_000;

/// The folder of the piece.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn stems() -> Vec<PathBuf> {
    let files = std::fs::read_dir(examples().join("stems"))
        .expect("examples/stems is there")
        .map(|entry| entry.expect("a file").path());
    let mut stems: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "flac")).collect();
    stems.sort();
    assert_eq!(stems.len(), 12, "the piece has twelve stems");
    stems
}

/// A stem as it goes into its strip, and whether it is mono.
fn decode(path: &Path) -> (Stereo, bool) {
    let reader = StemReader::open(path).expect("a stem opens");
    let mut source = StemSource::new(reader, RATE_HZ).expect("a rate that can be had");
    let mut sound: Stereo = [Vec::new(), Vec::new()];
    let (mut left, mut right) = (vec![0.0; 4096], vec![0.0; 4096]);
    loop {
        let n = source.read(&mut left, &mut right).expect("a stem decodes");
        sound[0].extend(&left[..n]);
        sound[1].extend(&right[..n]);
        if n < left.len() {
            break (sound, source.n_channels() == 1);
        }
    }
}

/// Renders the example stems with these parameters.
fn render(name: &str, params: &[(&str, &str)]) -> Stereo {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-{name}.wav"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
    command.arg("--plugin").arg(bundles::bundle("Busbar.clap")).args(stems()).arg("-o").arg(&output);
    command.args(["--rate", "48000", "--quiet"]);
    for (id, text) in params {
        command.arg("--set").arg(format!("{id}={text}"));
    }
    let outcome = command.output().expect("busbar-render runs");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    let samples: Vec<f32> = hound::WavReader::open(&output)
        .expect("a WAV")
        .into_samples()
        .map(|s| s.expect("a sample"))
        .collect();
    std::fs::remove_file(&output).expect("the mix is ours");
    [samples.iter().step_by(2).copied().collect(), samples.iter().skip(1).step_by(2).copied().collect()]
}

fn rms(samples: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = samples.fold((0.0, 0_u32), |(sum, n), sample| (sum + sample * sample, n + 1));
    assert!(n > 1_000_000, "half a minute of music has more than {n} samples");
    (sum / f64::from(n)).sqrt()
}

/// At the centre, a mono strip's pan has -3 dB by the default pan law, sine and cosine.
const MONO_GAIN: f64 = std::f64::consts::FRAC_1_SQRT_2;

#[test]
fn clack_host_busbar_16_mixes_the_example_to_the_sum_of_its_stems() {
    let stems: Vec<(Stereo, bool)> = stems().iter().map(|path| decode(path)).collect();
    assert_eq!(stems.iter().filter(|(_, is_mono)| *is_mono).count(), 1, "one stem is mono");
    let mix = render("defaults", &[]);
    let n_frames = stems.iter().map(|(stem, _)| stem[0].len()).max();
    for side in 0..2 {
        assert_eq!(Some(mix[side].len()), n_frames);
        assert!(rms(mix[side].iter().map(|&s| f64::from(s))) > 0.01, "the mix must be heard");
        let worst = mix[side].iter().enumerate().map(|(frame, &sample)| {
            let of_stem = |(stem, is_mono): &(Stereo, bool)| {
                let gain = if *is_mono { MONO_GAIN } else { 1.0 };
                gain * f64::from(stem[side].get(frame).copied().unwrap_or(0.0))
            };
            (f64::from(sample) - stems.iter().map(of_stem).sum::<f64>()).abs()
        });
        // Twelve values below 1 added in f32 are off by less than twelve halves of 2⁻²³: −123 dBFS. Asked for is −100.
        let worst = worst.fold(0.0, f64::max);
        assert!(worst < 1e-6, "off by {:.1} dBFS", 20.0 * worst.log10());
    }
}

#[test]
fn clack_host_busbar_16_gives_every_example_stem_its_gain_through_faders_pans_and_groups() {
    /// Parameters, and by closed form the gain of the left and right side of each stem.
    const PARAMS: [(&str, &str); 28] = [
        ("s01_fader", "-3 dB"),
        ("s02_fader", "-6.5"),
        ("s02_trim", "2 dB"),
        ("s03_pan", "L30"),
        ("s04_pan", "R60"),
        ("s04_fader", "+1.5"),
        ("s05_m_on", "off"),
        ("s05_a_on", "on"),
        ("s05_fader", "-4"),
        ("s06_m_on", "off"),
        ("s06_a_on", "on"),
        ("s06_a_level", "-2 dB"),
        ("s07_b_on", "on"),
        ("s07_b_pre", "on"),
        ("s07_fader", "-12"),
        ("s08_polarity", "on"),
        ("s09_m_level", "-7 dB"),
        ("s10_m_on", "off"),
        ("s10_c_on", "on"),
        ("s11_trim", "-24 dB"),
        ("s11_fader", "12 dB"),
        ("gc_fader", "3 dB"),
        ("ga_fader", "-1.5 dB"),
        ("ga_balance", "R20"),
        ("gb_fader", "-9"),
        ("gb_to_master", "on"),
        ("m_fader", "-0.5 dB"),
        ("m_balance", "L10"),
    ];
    let db = |db: f64| 10_f64.powf(db / 20.0);
    let both = |gain: f64| [gain, gain];
    // A balance attenuates the far side linearly: R20 leaves 80 % on the left.
    let group_a = [0.8 * db(-1.5), db(-1.5)];
    let master = [db(-0.5), 0.9 * db(-0.5)];
    let expected = [
        both(MONO_GAIN * db(-3.0)),
        both(db(-6.5 + 2.0)),
        [1.0, 0.7],
        [0.4 * db(1.5), db(1.5)],
        group_a.map(|side| side * db(-4.0)),
        group_a.map(|side| side * db(-2.0)),
        both(db(-12.0) + db(-9.0)),
        both(-1.0),
        both(db(-7.0)),
        both(db(3.0)),
        both(db(-12.0)),
        both(1.0),
    ];
    for (stem_idx, path) in stems().iter().enumerate() {
        let (stem, _) = decode(path);
        let solo = format!("s{:02}_solo", stem_idx + 1);
        let mut params = PARAMS.to_vec();
        params.push((&solo, "on"));
        let mix = render(&solo, &params);
        for side in 0..2 {
            let (mut across, mut power) = (0.0, 0.0);
            for (&heard, &played) in mix[side].iter().zip(&stem[side]) {
                across += f64::from(heard) * f64::from(played);
                power += f64::from(played) * f64::from(played);
            }
            let (gain, wanted) = (across / power, expected[stem_idx][side] * master[side]);
            let error_db = 20.0 * (gain / wanted).abs().log10();
            assert!(gain * wanted > 0.0, "stem {} is upside down on side {side}", stem_idx + 1);
            assert!(error_db.abs() < 0.001, "stem {} on side {side}: {error_db} dB", stem_idx + 1);
            // And nothing else is in it: what the gain does not explain is rounding.
            let rest = mix[side].iter().zip(&stem[side]).map(|(&h, &p)| f64::from(h) - gain * f64::from(p));
            assert!(rms(rest) < 1e-7, "something beside stem {} is heard", stem_idx + 1);
        }
    }
}

/// Renders the example's session and returns the bytes of the mix.
fn render_session(name: &str, args: &[&str]) -> (Vec<u8>, serde_json::Value) {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-session-{name}.wav"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
    command.arg("--plugin").arg(bundles::bundle("Busbar.clap")).arg(examples().join("mix.toml"));
    let outcome =
        command.arg("-o").arg(&output).args(args).arg("--json").output().expect("busbar-render runs");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    let mix = std::fs::read(&output).expect("a mix");
    std::fs::remove_file(&output).expect("the mix is ours");
    (mix, serde_json::from_slice(&outcome.stdout).expect("a report"))
}

#[test]
fn clack_host_busbar_16_renders_the_session_alike_for_all_block_sizes() {
    let (mix, report) = render_session("512", &[]);
    for block in ["64", "4096"] {
        assert!(render_session(block, &["--block", block, "--quiet"]).0 == mix, "block {block}");
    }
    assert_eq!(report["stems"].as_array().map(Vec::len), Some(12));
    assert!(report["automated"].as_array().is_some_and(|automated| automated.len() >= 3));
    let level = |figure: &str| report["mix"][figure].as_f64().expect("it sounds");
    // What the session is made for, by the host's meters.
    assert!((level("integrated_lufs") + 14.0).abs() <= 0.5, "{}", level("integrated_lufs"));
    assert!(level("true_peak_dbtp") <= -1.0, "{}", level("true_peak_dbtp"));
    assert_eq!(report["mix"]["n_clipped"], 0);
}

#[test]
fn clack_host_busbar_16_measures_the_example_as_this_host_does() {
    let (_, report) = render_session("meters", &[]);
    let groups = report["groups"].as_array().expect("groups");
    let sounding: Vec<_> = groups.iter().filter(|group| !group["peak_dbfs"].is_null()).collect();
    assert!(sounding.len() >= 3, "{groups:?}");
    for track in sounding.into_iter().chain([&report["mix"]]) {
        let differ = |figure: &str, own: &str| {
            let [theirs, own] =
                [&track[figure], &track["plugin"][own]].map(|level| level.as_f64().expect("it sounds"));
            (theirs - own).abs()
        };
        for (figure, own) in
            [("integrated_lufs", "integrated_lufs"), ("short_term_max_lufs", "short_term_max_lufs")]
        {
            assert!(differ(figure, own) <= 0.05, "{figure} of {track}");
        }
        // The range is left out: this host's meter takes a value a second, the plugin's ten, and of thirty values a tenth is three.
        // Four times oversampled, by another filter than ours: what Tech 3341 gives a meter.
        assert!(differ("true_peak_dbtp", "true_peak_dbtp") <= 0.3, "{track}");
    }
    for stem in report["stems"].as_array().expect("stems") {
        assert!(stem["plugin"]["integrated_lufs"].as_f64().is_some(), "{stem}");
    }
}

#[test]
fn clack_host_busbar_16_keeps_the_safe_strip_open_when_another_is_soloed() {
    // With every other strip cut, a soloed strip that has no sound leaves what is safe.
    let reverb = "s12_safe";
    let (_, with) = render_session("safe", &["--set", "s15_solo=On"]);
    let (_, without) = render_session("unsafe", &["--set", "s15_solo=On", "--set", &format!("{reverb}=Off")]);
    assert!(with["mix"]["peak_dbfs"].as_f64().is_some_and(|peak| peak > -60.0), "{}", with["mix"]);
    assert_eq!(without["mix"]["peak_dbfs"], serde_json::Value::Null);
}
