//! The built `busbar-render` as a person runs it, with the stand-in for the plugin: what it mixes, what it prints, and
//! every error one by one.

mod common;
#[allow(dead_code)]
mod stand_in;

use common::{Folder, empty_folder, files, noise, read_mix, write_stem};
use hound::{SampleFormat, WavReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The stand-in as a library, which cargo builds along with the tests: `target/ci/examples/…`.
fn stand_in_library() -> PathBuf {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    let test = std::env::current_exe().unwrap();
    let profile_folder = test.parent().and_then(Path::parent).unwrap();
    let library = profile_folder.join("examples").join(format!("{DLL_PREFIX}busbar_stand_in{DLL_SUFFIX}"));
    assert!(
        library.exists(),
        "the stand-in plugin is not built: run `cargo test -p busbar-host` without naming targets, which builds it too"
    );
    library
}

/// A folder with stems, in which the program runs.
struct Desk {
    folder: Folder,
}

impl Desk {
    /// With `a.wav` (stereo, 3000 frames), `b.wav` (mono, 2000 frames) and `other_rate.wav`.
    fn new(test: &str) -> Self {
        let folder = empty_folder(test);
        write_stem(&folder.join("a.wav"), 48_000, &[&noise(1, 3000), &noise(2, 3000)]);
        write_stem(&folder.join("b.wav"), 48_000, &[&noise(3, 2000)]);
        write_stem(&folder.join("other_rate.wav"), 44_100, &[&noise(4, 100)]);
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
        command.current_dir(&*self.folder).args(args).env("BUSBAR_CLAP", stand_in_library());
        command
    }

    /// Runs a mix that must succeed without a word on standard error, and returns what it printed.
    fn mix(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail: exit code 2, nothing on standard output, one line on standard error that holds all of
    /// `fragments`, and no file made or changed.
    fn fails(&self, args: &[&str], fragments: &[&str]) {
        self.fails_as(&mut self.command(args), fragments);
    }

    fn fails_as(&self, command: &mut Command, fragments: &[&str]) {
        let before = files(&self.folder);
        let output = command.output().unwrap();
        let line = error_line(&output);
        for fragment in fragments {
            assert!(line.contains(fragment), "`{fragment}` is not in: {line}");
        }
        assert_eq!(files(&self.folder), before, "{line}");
    }
}

fn error_line(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(errors.starts_with("busbar-render: "), "{errors}");
    assert_eq!(errors.matches('\n').count(), 1, "one line: {errors}");
    errors
}

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
fn the_table_tells_level_and_peak_of_stems_and_mix() {
    let desk = Desk::new("table");
    write_stem(&desk.path("half.wav"), 48_000, &[&[0.5; 48_000]]);
    write_stem(&desk.path("silence.wav"), 48_000, &[&[0.0; 24_000], &[0.0; 24_000]]);
    let printed = desk.mix(&["half.wav", "silence.wav", "-o", "mix.wav", "--size", "16"]);
    let expected = "\
Stand-in 16: 2 stems at 48000 Hz, latency 37 samples
                channels     length  RMS dBFS  peak dBFS
01 half.wav     mono        0:01.00     -6.02      -6.02
02 silence.wav  stereo      0:00.50      -inf       -inf
-> mix.wav      stereo      0:01.00     -6.02      -6.02
";
    assert_eq!(printed, expected);
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
    assert!(desk.mix(&["--help"]).contains("busbar-render [options] STEM... -o mix.wav"));
    assert_eq!(desk.mix(&["-V"]), format!("busbar-render {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn samples_that_are_no_numbers_are_warned_of() {
    let desk = Desk::new("nan");
    write_stem(&desk.path("nan.wav"), 48_000, &[&[0.5, f32::NAN, 0.5, f32::INFINITY], &[0.0; 4]]);
    let output = desk.command(&["nan.wav", "-o", "mix.wav"]).output().unwrap();
    assert!(output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("busbar-render: warning: nan.wav holds 2 samples"), "{errors}");
}

#[test]
fn clipping_is_warned_of_in_integers_only() {
    let desk = Desk::new("clipping");
    write_stem(&desk.path("loud.wav"), 48_000, &[&[1.5, 0.5], &[-0.5, -0.5]]);
    desk.mix(&["loud.wav", "-o", "mix.wav"]);
    let output = desk.command(&["loud.wav", "-o", "mix.wav", "--format", "24"]).output().unwrap();
    assert!(output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.starts_with("busbar-render: warning: 1 samples of the mix were over full scale"),
        "{errors}"
    );
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

#[test]
fn error_no_stems() {
    Desk::new("no_stems").fails(&["-o", "mix.wav"], &["no stems were given", "WAV or FLAC"]);
}

#[test]
fn error_no_output() {
    Desk::new("no_output").fails(&["a.wav"], &["no output was given", "-o mix.wav"]);
}

#[test]
fn error_missing_stem() {
    Desk::new("missing")
        .fails(&["a.wav", "c.wav", "-o", "mix.wav"], &["cannot open the stem c.wav", "check its path"]);
}

#[test]
fn error_stem_is_a_folder() {
    Desk::new("folder").fails(&[".", "-o", "mix.wav"], &["cannot open the stem .", "it is a folder"]);
}

#[test]
fn error_unsupported_stem() {
    let desk = Desk::new("unsupported");
    std::fs::write(desk.path("song.mp3"), [0u8; 4096]).unwrap();
    desk.fails(&["song.mp3", "-o", "mix.wav"], &["cannot read song.mp3 as WAV or FLAC", "convert it"]);
}

#[test]
fn error_too_many_channels() {
    let desk = Desk::new("channels");
    write_stem(&desk.path("quad.wav"), 48_000, &[&[0.0f32; 8][..]; 4]);
    desk.fails(&["quad.wav", "-o", "mix.wav"], &["quad.wav has 4 channels", "split it"]);
}

#[test]
fn error_damaged_stem_in_the_middle_of_a_mix() {
    let desk = Desk::new("damaged");
    let bytes = std::fs::read(desk.path("a.wav")).unwrap();
    std::fs::write(desk.path("cut.wav"), &bytes[..bytes.len() / 2]).unwrap();
    desk.fails(
        &["b.wav", "cut.wav", "-o", "mix.wav", "--block", "64"],
        &["cut.wav is damaged after", "anew"],
    );
}

#[test]
fn error_different_sample_rates() {
    Desk::new("rates").fails(
        &["a.wav", "other_rate.wav", "-o", "mix.wav"],
        &["other_rate.wav has 44100 Hz but a.wav has 48000 Hz", "convert"],
    );
}

#[test]
fn error_too_many_stems_for_the_size() {
    let mut args = ["b.wav"; 9].to_vec();
    args.extend(["-o", "mix.wav", "--size", "8"]);
    Desk::new("size").fails(&args, &["9 stems do not fit Busbar 8", "--size 16"]);
}

#[test]
fn error_too_many_stems_for_any_size() {
    let mut args = ["b.wav"; 33].to_vec();
    args.extend(["-o", "mix.wav"]);
    Desk::new("any_size")
        .fails(&args, &["33 stems do not fit", "32 strips", "mix some of them together first"]);
}

#[test]
fn error_no_plugin_at_the_path() {
    let desk = Desk::new("no_plugin");
    let fragments = ["cannot load none/Busbar.clap", "cargo xtask bundle busbar"];
    desk.fails(&["a.wav", "-o", "mix.wav", "--plugin", "none/Busbar.clap"], &fragments);
    let mut command = desk.command(&["a.wav", "-o", "mix.wav"]);
    desk.fails_as(command.env("BUSBAR_CLAP", "none/Busbar.clap"), &fragments);
}

#[test]
fn error_plugin_is_no_plugin() {
    let desk = Desk::new("not_plugin");
    desk.fails(
        &["a.wav", "-o", "mix.wav", "--plugin", "b.wav"],
        &["cannot load b.wav as a CLAP plugin", "anew"],
    );
    desk.fails(&["a.wav", "-o", "mix.wav", "--plugin", "."], &["cannot load . as a CLAP plugin"]);
}

#[test]
fn error_plugin_without_the_size() {
    Desk::new("no_size").fails(
        &["a.wav", "-o", "mix.wav", "--size", "32"],
        &["holds no plugin `org.busbar.busbar-32`", "`org.busbar.busbar-8`", "another size"],
    );
}

#[test]
fn error_unknown_parameter() {
    Desk::new("unknown").fails(
        &["a.wav", "-o", "mix.wav", "--set", "s1_fader=0 dB"],
        &["no parameter is called `s1_fader`", "did you mean `s01_fader`"],
    );
}

#[test]
fn error_parameter_of_a_strip_beyond_the_size() {
    Desk::new("beyond").fails(
        &["a.wav", "-o", "mix.wav", "--size", "8", "--set", "s12_fader=0 dB"],
        &["no parameter is called `s12_fader`", "Stand-in 8 has strips 01 to 08, choose a larger --size"],
    );
}

#[test]
fn error_bad_value_text() {
    Desk::new("bad_text").fails(
        &["a.wav", "-o", "mix.wav", "--set", "s01_fader=loud"],
        &["`s01_fader` does not understand `loud`", "`-inf dB`, `0.0 dB`, `12.0 dB`"],
    );
}

#[test]
fn error_bad_option_values() {
    let desk = Desk::new("bad_options");
    for (option, value, fragment) in [
        ("--format", "mp3", "use f32, 24 or 16"),
        ("--size", "9", "use 8, 16 or 32"),
        ("--block", "0", "from 1 to 65536"),
        ("--block", "many", "from 1 to 65536"),
        ("--tail", "-1", "seconds from 0"),
        ("--tail", "nan", "seconds from 0"),
        ("--set", "s01_fader", "ID=TEXT"),
        ("--set", "=0 dB", "ID=TEXT"),
    ] {
        let joined = format!("{option}={value}");
        let quoted = format!("{option} does not understand `{value}`");
        desk.fails(&["a.wav", "-o", "mix.wav", &joined], &[&quoted, fragment]);
    }
}

#[test]
fn error_unknown_option() {
    let desk = Desk::new("unknown_option");
    desk.fails(&["a.wav", "-o", "mix.wav", "--loud"], &["--loud", "see busbar-render --help"]);
    desk.fails(&["a.wav", "-o"], &["see busbar-render --help"]);
}

#[test]
fn error_unwritable_output() {
    let desk = Desk::new("unwritable_output");
    let fragments = ["cannot write", "check the folder, its permissions and the space"];
    desk.fails(&["a.wav", "-o", "none/mix.wav"], &fragments);
    std::fs::create_dir(desk.path("folder.wav")).unwrap();
    desk.fails(&["a.wav", "-o", "folder.wav"], &["cannot write folder.wav: it is a folder"]);
}

#[test]
fn error_output_is_not_wav() {
    Desk::new("not_wav").fails(&["a.wav", "-o", "mix.flac"], &["mix.flac is not named so", ".wav"]);
}

#[test]
fn error_output_is_a_stem() {
    let desk = Desk::new("is_stem");
    desk.fails(&["a.wav", "b.wav", "-o", "none/b.wav"], &["cannot write"]);
    desk.fails(&["a.wav", "b.wav", "-o", "./b.wav"], &["b.wav is one of the stems", "another name"]);
    assert_eq!(WavReader::open(desk.path("b.wav")).unwrap().duration(), 2000);
}

#[test]
fn error_plugin_fails_while_processing_and_the_old_mix_stays() {
    let desk = Desk::new("fails");
    std::fs::write(desk.path("mix.wav"), "an old mix").unwrap();
    desk.fails(
        &["a.wav", "-o", "mix.wav", "--set", "fail=12 dB"],
        &["failed while processing (asked to fail)"],
    );
    assert_eq!(std::fs::read(desk.path("mix.wav")).unwrap(), b"an old mix");
}

/// A limit on the size of files stands for a full disk: both fail a write in the middle.
#[cfg(unix)]
#[test]
fn error_full_disk_leaves_no_half_file() {
    let desk = Desk::new("full_disk");
    write_stem(&desk.path("long.wav"), 48_000, &[&noise(1, 200_000)]);
    let mut command = Command::new("sh");
    // The signal of the limit is ignored, so that the write fails instead.
    command.args([
        "-c",
        "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_busbar-render"),
    ]);
    command
        .args(["long.wav", "-o", "mix.wav"])
        .current_dir(&*desk.folder)
        .env("BUSBAR_CLAP", stand_in_library());
    desk.fails_as(&mut command, &["cannot write mix.wav", "space on the disk"]);
}
