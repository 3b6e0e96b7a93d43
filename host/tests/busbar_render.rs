//! The built `busbar-render` as a person runs it, with the stand-in for the plugin: what it mixes and prints.
//! `render_errors.rs` has the errors, `render_session.rs` the sessions.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;
#[allow(dead_code, reason = "each test file takes its part")]
mod desk;

use common::{files, noise, read_mix, write_stem};
use desk::{Desk, error_line, stand_in_library};
use hound::{SampleFormat, WavReader};
use std::path::Path;
use std::process::Command;

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    let at = |samples: &[f32], i: usize| samples.get(i).copied().unwrap_or(0.0);
    (0..a.len().max(b.len())).map(|i| at(a, i) + at(b, i)).collect()
}

#[test]
fn the_mix_is_the_sum_of_its_stems_without_the_plugins_latency() {
    let desk = Desk::new("sum");
    desk.mix(&["a.wav", "b.wav", "-o", "mix.wav"]);
    let b = noise(3, 2000);
    let expected = (sum(&noise(1, 3000), &b), sum(&noise(2, 3000), &b));
    assert!(read_mix(&desk.path("mix.wav")) == expected);
    assert_eq!(WavReader::open(desk.path("mix.wav")).unwrap().spec().sample_rate, 48_000);
    assert_eq!(files(&desk.folder), ["a.wav", "b.wav", "mix.wav", "other_rate.wav"]);
}

#[test]
fn the_block_size_does_not_change_a_bit() {
    let desk = Desk::new("block_size");
    desk.mix(&["a.wav", "b.wav", "-o", "512.wav", "--format", "16"]);
    let expected = std::fs::read(desk.path("512.wav")).unwrap();
    // 3000 and 3037 (with the latency) end exactly at a block's edge, 1500 ends a stem there.
    for block in ["1", "64", "511", "1500", "3000", "3037", "4096"] {
        desk.mix(&["a.wav", "b.wav", "-o", "mix.wav", "--format", "16", "--block", block]);
        assert!(std::fs::read(desk.path("mix.wav")).unwrap() == expected, "block {block}");
    }
}

#[test]
fn formats_are_what_they_say() {
    let desk = Desk::new("formats");
    for (format, bits, sample_format) in
        [("f32", 32, SampleFormat::Float), ("24", 24, SampleFormat::Int), ("16", 16, SampleFormat::Int)]
    {
        desk.mix(&["a.wav", "-o", "mix.wav", "--format", format]);
        let reader = WavReader::open(desk.path("mix.wav")).unwrap();
        let spec = reader.spec();
        assert_eq!(
            (spec.bits_per_sample, spec.sample_format, reader.duration()),
            (bits, sample_format, 3000)
        );
    }
}

#[test]
fn parameters_are_set_from_the_first_sample_on() {
    let desk = Desk::new("set");
    let printed = desk.mix(&[
        "a.wav",
        "b.wav",
        "-o",
        "mix.wav",
        "--set",
        "s01_fader=-inf dB",
        "--set",
        "S02 Fader=6.0206 dB",
    ]);
    assert!(printed.contains("\n  s01_fader  -inf dB\n  S02 Fader  6.0 dB\n"), "{printed}");
    let (left, right) = read_mix(&desk.path("mix.wav"));
    for (i, wanted) in noise(3, 2000).into_iter().enumerate() {
        // 6.0206 dB is 2 to five digits.
        assert!((left[i] - 2.0 * wanted).abs() < 1e-5 && left[i] == right[i], "frame {i}");
    }
    assert!(left[2000..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_tail_lengthens_the_mix() {
    let desk = Desk::new("tail");
    desk.mix(&["a.wav", "b.wav", "-o", "mix.wav", "--tail", "0.01"]);
    let (left, _) = read_mix(&desk.path("mix.wav"));
    assert_eq!(left.len(), 3000 + 480);
    assert!(left[3000..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn flac_and_wav_mix_together() {
    let desk = Desk::new("flac");
    let flac = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/saw_24_mono_48000.flac");
    desk.mix(&[flac, "a.wav", "-o", "mix.wav"]);
    assert_eq!(read_mix(&desk.path("mix.wav")).0.len(), 5000);
}

#[test]
fn the_table_tells_what_went_in_and_what_came_out() {
    let desk = Desk::new("table");
    // Four seconds of a sine of 997 Hz at -20 dBFS on both sides: -20 LUFS and a true peak at its peak (EBU Tech 3341, case 1).
    let sine: Vec<f32> = (0..192_000)
        .map(|i| 0.1 * (f64::from(i) * 997.0 * std::f64::consts::TAU / 48_000.0).sin() as f32)
        .collect();
    write_stem(&desk.path("sine.wav"), 48_000, &[&sine]);
    write_stem(&desk.path("silence.wav"), 48_000, &[&[0.0; 24_000], &[0.0; 24_000]]);
    let printed = desk.mix(&["sine.wav", "silence.wav", "-o", "mix.wav", "--size", "16"]);
    let expected = "\
Stand-in 16: 2 stems at 48000 Hz, latency 37 samples, 0 parameters set, 0 automated
                              length     dBFS     dBTP     LUFS  S max     LU
                                         peak     true    integ.         range  clipped
01 sine.wav     mono         0:04.00   -20.00   -19.99   -20.01  -20.0    0.1        0
02 silence.wav  stereo       0:00.50     -inf     -inf     -inf   -inf    0.0        0
Group A         stereo       0:04.00   -20.00   -19.99   -20.01  -20.0    0.1        0
-> mix.wav      stereo       0:04.00   -20.00   -19.99   -20.01  -20.0    0.1        0
";
    let (table, speed) = printed.split_at(printed.rfind("rendered in").expect("a line on the speed"));
    assert_eq!(table, expected);
    assert!(speed.contains("times as fast as it plays"), "{speed}");
}

#[test]
fn the_report_is_json_for_programs() {
    let desk = Desk::new("json");
    let args = ["a.wav", "b.wav", "-o", "mix.wav", "--json", "--set", "s01_fader=-6.0206", "--block", "64"];
    let report: serde_json::Value = serde_json::from_str(&desk.mix(&args)).unwrap();
    assert_eq!(report["plugin"], "Stand-in 8");
    assert_eq!((&report["sample_rate_hz"], &report["block_frames"]), (&48_000.into(), &64.into()));
    assert_eq!(report["latency_samples"], 37);
    assert_eq!(report["parameters"], serde_json::json!({ "s01_fader": "-6.0 dB" }));
    assert_eq!(report["stems"][1]["file"], "b.wav");
    assert_eq!((&report["stems"][1]["strip"], &report["stems"][1]["n_channels"]), (&2.into(), &1.into()));
    assert_eq!(report["mix"]["n_frames"], 3000);
    assert_eq!(report["stems"][0].get("reduction_db"), None, "the stand-in tells none");
    assert_eq!(report["mix"].get("reduction_db"), None);
    assert_eq!(report["mix"]["written"], "mix.wav");
    assert_eq!(report["groups"][1]["peak_dbfs"], serde_json::Value::Null, "silence has no level");
    let (left, right) = read_mix(&desk.path("mix.wav"));
    let peak = left.iter().chain(&right).fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let told = report["mix"]["peak_dbfs"].as_f64().unwrap();
    assert!((told - 20.0 * f64::from(peak).log10()).abs() < 1e-4, "{told}");
    assert!(report["speed"]["real_time_factor"].as_f64().unwrap() > 0.0);
}

#[test]
fn quiet_says_nothing() {
    let desk = Desk::new("quiet");
    let output = desk.command(&["a.wav", "-o", "mix.wav", "--quiet"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b""[..], &b""[..]));
    assert_eq!(read_mix(&desk.path("mix.wav")).0, noise(1, 3000));
    let loud = desk.command(&["a.wav", "-o", "mix.wav"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&loud.stderr), "mixing 1 stem at 48000 Hz, 0:00.06\n", "plain lines");
}

/// Nobody may be reading what is said, and a disk for logs may be full: the mix is made all the same.
#[cfg(unix)]
#[test]
fn a_mix_does_not_depend_on_who_listens() {
    let desk = Desk::new("nobody_listens");
    let run = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", line, env!("CARGO_BIN_EXE_busbar-render")]).current_dir(&*desk.folder);
        command.env("BUSBAR_CLAP", stand_in_library()).output().unwrap()
    };
    let written = || std::fs::remove_file(desk.path("mix.wav")).is_ok();
    run("exec \"$0\" a.wav -o mix.wav >&- 2>&-");
    assert!(written(), "both closed");
    run("{ \"$0\" a.wav -o mix.wav 2>&1; echo $? > code; } | true");
    assert!(written() && std::fs::read(desk.path("code")).unwrap() == b"0\n", "a pipe that is closed");
    if Path::new("/dev/full").exists() {
        assert!(run("exec \"$0\" a.wav -o mix.wav 2>/dev/full").status.success() && written());
        let output = run("exec \"$0\" a.wav -o mix.wav --json >/dev/full");
        // Whoever asks for a report must know that there is none.
        assert!(error_line(&output).contains("cannot print") && written());
    }
    assert_eq!(run("exec \"$0\" --help | head -1").status.code(), Some(0));
}

/// A link leads to what it stands for, and only a regular file is replaced.
#[cfg(unix)]
#[test]
fn a_link_is_followed_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let desk = Desk::new("link");
    std::fs::create_dir(desk.path("deep")).unwrap();
    std::fs::write(desk.path("deep/real.wav"), "an old mix").unwrap();
    std::fs::set_permissions(desk.path("deep/real.wav"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("deep/real.wav", desk.path("mix.wav")).unwrap();
    desk.mix(&["a.wav", "-o", "mix.wav"]);
    assert!(desk.path("mix.wav").symlink_metadata().unwrap().is_symlink());
    assert_eq!(read_mix(&desk.path("deep/real.wav")).0, noise(1, 3000));
    assert_eq!(desk.path("deep/real.wav").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(files(&desk.path("deep")), ["real.wav"]);
}

#[test]
fn a_group_of_an_earlier_mix_is_warned_of() {
    let desk = Desk::new("stale");
    desk.mix(&["a.wav", "-o", "mix.wav", "--stems"]);
    let warning = desk.warns(&["a.wav", "-o", "mix.wav", "--stems", "--set", "s01_fader=-inf dB"]);
    assert!(
        warning.starts_with("Group A did not sound, so mix-group-a.wav is of an earlier mix"),
        "{warning}"
    );
}

#[test]
fn groups_that_sound_are_written_beside_the_mix() {
    let desk = Desk::new("groups");
    desk.mix(&["a.wav", "b.wav", "-o", "mix.wav", "--stems"]);
    // The stand-in's group A carries strip 1, the others are silent.
    assert_eq!(files(&desk.folder), ["a.wav", "b.wav", "mix-group-a.wav", "mix.wav", "other_rate.wav"]);
    assert_eq!(read_mix(&desk.path("mix-group-a.wav")), (noise(1, 3000), noise(2, 3000)));
}

#[test]
fn a_group_that_begins_late_is_as_long_as_the_mix() {
    let desk = Desk::new("late_group");
    let late = [vec![0.0; 10_000], noise(5, 10)].concat();
    write_stem(&desk.path("late.wav"), 48_000, &[&late]);
    desk.mix(&["late.wav", "-o", "mix.wav", "--stems", "--block", "64"]);
    assert_eq!(read_mix(&desk.path("mix-group-a.wav")), (late.clone(), late));
}

#[test]
fn a_flac_holds_what_the_wav_holds() {
    let desk = Desk::new("to_flac");
    for bits in ["24", "16"] {
        desk.mix(&["a.wav", "b.wav", "-o", "mix.wav", "--format", bits]);
        desk.mix(&["a.wav", "b.wav", "-o", "mix.flac", "--format", bits]);
        let decode = |name: &str| {
            let mut reader = busbar_host::audio::StemReader::open(desk.path(name)).unwrap();
            let mut sides = [vec![0.0; 4000], vec![0.0; 4000]];
            let [left, right] = &mut sides;
            (reader.read(left, right).unwrap(), sides)
        };
        assert_eq!(decode("mix.flac"), decode("mix.wav"), "{bits} bits");
        assert_eq!(decode("mix.flac").0, 3000);
    }
}

#[test]
fn a_stem_at_another_rate_is_resampled_to_that_of_the_first_or_to_what_is_asked_for() {
    let desk = Desk::new("rates");
    // An impulse at a quarter of a second, in files of two rates.
    for (name, rate) in [("48.wav", 48_000_u32), ("44.wav", 44_100)] {
        let mut impulse = vec![0.0_f32; rate as usize / 2];
        impulse[rate as usize / 4] = 1.0;
        write_stem(&desk.path(name), rate, &[&impulse]);
    }
    for (args, rate) in [
        (&["48.wav", "44.wav"][..], 48_000_usize),
        (&["44.wav", "48.wav"], 44_100),
        (&["44.wav", "48.wav", "--rate", "96000"], 96_000),
    ] {
        for stem in ["s01_fader=-inf", "s02_fader=-inf"] {
            desk.mix(&[args, &["-o", "mix.wav", "--set", stem]].concat());
            let (left, _) = read_mix(&desk.path("mix.wav"));
            assert_eq!(left.len(), rate / 2, "{args:?}");
            let peak = (0..left.len()).max_by(|a, b| left[*a].abs().total_cmp(&left[*b].abs()));
            assert_eq!(peak, Some(rate / 4), "{args:?} without {stem}");
        }
    }
}

/// Ctrl-C in the middle of a mix: nothing is left, and what was there stays.
#[cfg(unix)]
#[test]
fn an_interrupted_mix_leaves_everything_as_it_was() {
    let desk = Desk::new("interrupt");
    write_stem(&desk.path("long.wav"), 48_000, &[&vec![0.25; 2_000_000]]);
    std::fs::write(desk.path("mix.wav"), "an old mix").unwrap();
    let before = files(&desk.folder);
    for signal in ["INT", "TERM"] {
        // One frame a block takes far longer than the interruption.
        let mut mixing =
            desk.command(&["long.wav", "-o", "mix.wav", "--block", "1", "-q", "--stems"]).spawn().unwrap();
        // Its two hidden files are the sign that it is under way.
        while files(&desk.folder).len() < before.len() + 2 {
            assert!(mixing.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::yield_now();
        }
        let sent =
            Command::new("kill").args([format!("-{signal}"), mixing.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(mixing.wait().unwrap().code(), Some(130), "{signal}");
        assert_eq!(files(&desk.folder), before, "{signal}");
        assert_eq!(std::fs::read(desk.path("mix.wav")).unwrap(), b"an old mix");
    }
}

#[test]
fn an_existing_mix_is_replaced() {
    let desk = Desk::new("replace");
    std::fs::write(desk.path("mix.wav"), "an old mix").unwrap();
    desk.mix(&["a.wav", "-o", "mix.wav"]);
    assert_eq!(read_mix(&desk.path("mix.wav")).0, noise(1, 3000));
}

#[test]
fn help_and_version_are_printed() {
    let desk = Desk::new("help");
    assert!(desk.mix(&["--help"]).contains("busbar-render [options] SESSION.toml [-o mix.wav]"));
    assert_eq!(desk.mix(&["-V"]), format!("busbar-render {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn samples_that_are_no_numbers_are_warned_of() {
    let desk = Desk::new("nan");
    write_stem(&desk.path("nan.wav"), 48_000, &[&[0.5, f32::NAN, 0.5, f32::INFINITY], &[0.0; 4]]);
    assert!(desk.warns(&["nan.wav", "-o", "mix.wav"]).starts_with("nan.wav holds 2 samples that are"));
    write_stem(&desk.path("nan.wav"), 48_000, &[&[0.5, f32::NAN], &[0.0; 2]]);
    assert!(desk.warns(&["nan.wav", "-o", "mix.wav"]).starts_with("nan.wav holds 1 sample that is"));
}

#[test]
fn a_stem_without_samples_is_warned_of() {
    let desk = Desk::new("empty");
    write_stem(&desk.path("empty.wav"), 48_000, &[&[], &[]]);
    let warning = desk.warns(&["empty.wav", "a.wav", "-o", "mix.wav"]);
    assert!(warning.starts_with("empty.wav holds no samples"), "{warning}");
    assert_eq!(read_mix(&desk.path("mix.wav")).0, noise(1, 3000), "the rest is mixed");
}

#[test]
fn clipping_is_warned_of_in_integers_only() {
    let desk = Desk::new("clipping");
    write_stem(&desk.path("loud.wav"), 48_000, &[&[1.5, 0.5], &[-0.5, -0.5]]);
    desk.mix(&["loud.wav", "-o", "mix.wav"]);
    let warning = desk.warns(&["loud.wav", "-o", "mix.wav", "--format", "24"]);
    assert!(warning.starts_with("1 sample of mix.wav went over full scale"), "{warning}");
}

#[test]
fn the_plugin_is_found_beside_the_program_and_in_clap_path() {
    let desk = Desk::new("found");
    for folder in ["target/release", "target/bundled", "clap"] {
        std::fs::create_dir_all(desk.path(folder)).unwrap();
    }
    let program =
        desk.path("target/release").join(Path::new(env!("CARGO_BIN_EXE_busbar-render")).file_name().unwrap());
    std::fs::copy(env!("CARGO_BIN_EXE_busbar-render"), &program).unwrap();
    let run = |clap_path: &str| {
        let mut command = Command::new(&program);
        command.current_dir(&*desk.folder).args(["a.wav", "-o", "mix.wav"]);
        command.env_remove("BUSBAR_CLAP").env("CLAP_PATH", clap_path).env("HOME", desk.path("home"));
        command.output().unwrap()
    };
    let line = error_line(&run(""));
    for fragment in ["found no Busbar.clap", "bundled", "cargo xtask bundle busbar", "--plugin"] {
        assert!(line.contains(fragment), "`{fragment}` is not in: {line}");
    }
    std::fs::copy(stand_in_library(), desk.path("clap/Busbar.clap")).unwrap();
    assert!(run("clap").status.success());
    assert!(!run("").status.success());
    std::fs::copy(stand_in_library(), desk.path("target/bundled/Busbar.clap")).unwrap();
    assert!(run("").status.success());
}
