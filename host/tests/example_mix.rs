//! The example stems through the built plugin, against sums that know nothing of it.

#[allow(dead_code, reason = "this test needs the bundle only; the others use the rest")]
mod bundles;

use busbar_host::audio::StemReader;
use std::path::{Path, PathBuf};
use std::process::Command;

type Stereo = [Vec<f32>; 2];

fn stems() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/stems");
    let files = std::fs::read_dir(folder)
        .expect("examples/stems is there")
        .map(|entry| entry.expect("a file").path());
    let mut stems: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "flac")).collect();
    stems.sort();
    assert_eq!(stems.len(), 8, "the piece has eight stems");
    stems
}

fn decode(path: &Path) -> Stereo {
    let mut reader = StemReader::open(path).expect("a stem opens");
    let mut sound: Stereo = [Vec::new(), Vec::new()];
    let (mut left, mut right) = (vec![0.0; 4096], vec![0.0; 4096]);
    loop {
        let n = reader.read(&mut left, &mut right).expect("a stem decodes");
        if n == 0 {
            break sound;
        }
        sound[0].extend(&left[..n]);
        sound[1].extend(&right[..n]);
    }
}

/// Renders the example stems with these parameters.
fn render(name: &str, params: &[(&str, &str)]) -> Stereo {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-{name}.wav"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
    command.arg("--plugin").arg(bundles::bundle("Busbar.clap")).args(stems()).arg("-o").arg(&output);
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

#[test]
fn clack_host_busbar_8_mixes_the_example_to_the_sum_of_its_stems() {
    let stems: Vec<Stereo> = stems().iter().map(|path| decode(path)).collect();
    let mix = render("defaults", &[]);
    for side in 0..2 {
        assert_eq!(mix[side].len(), stems[0][side].len());
        assert!(rms(mix[side].iter().map(|&s| f64::from(s))) > 0.01, "the mix must be heard");
        let worst = mix[side].iter().enumerate().map(|(frame, &sample)| {
            let sum: f64 = stems.iter().map(|stem| f64::from(stem[side][frame])).sum();
            (f64::from(sample) - sum).abs()
        });
        // Eight values below 1 added in f32 are off by less than eight halves of 2⁻²³: −126 dBFS. Asked for is −100.
        let worst = worst.fold(0.0, f64::max);
        assert!(worst < 1e-6, "off by {:.1} dBFS", 20.0 * worst.log10());
    }
}

#[test]
fn clack_host_busbar_8_gives_every_example_stem_its_gain_through_faders_pans_and_groups() {
    /// Parameters, and by closed form the gain of the left and right side of each stem.
    const PARAMS: [(&str, &str); 22] = [
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
        both(db(-3.0)),
        both(db(-6.5 + 2.0)),
        [1.0, 0.7],
        [0.4 * db(1.5), db(1.5)],
        group_a.map(|side| side * db(-4.0)),
        group_a.map(|side| side * db(-2.0)),
        both(db(-12.0) + db(-9.0)),
        both(-1.0),
    ];
    for (stem_idx, path) in stems().iter().enumerate() {
        let stem = decode(path);
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
