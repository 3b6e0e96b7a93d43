//! Every error of `busbar-render` one by one: exit code 2, one line that says what to do, and no file made or changed.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;
#[allow(dead_code, reason = "each test file takes its part")]
mod desk;

use common::{noise, write_stem};
use desk::{Desk, stand_in_library};
use hound::WavReader;
use std::process::Command;

#[test]
fn error_no_stems() {
    Desk::new("no_stems")
        .fails(&["-o", "mix.wav"], &["no stems were given", "name a session or the sound files"]);
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
    desk.fails(
        &["song.mp3", "-o", "mix.wav"],
        &["cannot read song.mp3 as WAV, AIFF, FLAC, OGG Vorbis or MP3", "convert it"],
    );
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
fn error_too_many_stems_for_the_size() {
    let mut args = ["b.wav"; 9].to_vec();
    args.extend(["-o", "mix.wav", "--size", "8"]);
    Desk::new("size").fails(&args, &["9 strips do not fit Busbar 8", "use size 16"]);
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
        &["no parameter is called `s12_fader`", "Stand-in 8 has strips 01 to 08, use a larger size"],
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
        ("--rate", "48", "from 8000 to 384000"),
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
fn error_output_of_no_known_form() {
    let desk = Desk::new("not_wav");
    desk.fails(&["a.wav", "-o", "mix.mp3"], &["mix.mp3", ".wav", ".flac"]);
    desk.fails(&["a.wav", "-o", "mix.flac", "--format", "f32"], &["mix.flac", "--format 24"]);
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

/// A session with this line in it, and what is said of it.
fn session_fails(test: &str, session: &str, fragments: &[&str]) {
    let desk = Desk::new(test);
    desk.write("mix.toml", session);
    for mode in [&["-o", "mix.wav"][..], &["--check"]] {
        desk.fails(&[mode, &["mix.toml"]].concat(), fragments);
    }
}

const STEM: &str = "[[stem]]\nstrip = 1\nfile = \"a.wav\"\n";

#[test]
fn error_missing_session() {
    Desk::new("no_session").fails(&["none.toml"], &["none.toml: cannot read this session", "check its path"]);
}

#[test]
fn error_session_that_is_no_toml() {
    session_fails("no_toml", "size = 8\nstem", &["mix.toml line 2: this is no TOML", "--init"]);
}

#[test]
fn error_session_without_stems() {
    session_fails("stemless", "size = 8\n", &["mix.toml has no stems", "add [[stem]]"]);
}

#[test]
fn error_session_with_an_unknown_key() {
    session_fails(
        "key",
        &format!("{STEM}pan = \"C\"\n"),
        &["mix.toml line 4: [[stem]] has no `pan`", "it knows strip"],
    );
}

#[test]
fn error_session_with_a_missing_stem() {
    let session = "[[stem]]\nstrip = 1\nfile = \"stems/none.wav\"\n";
    session_fails("missing_of_session", session, &["cannot open the stem stems/none.wav", "check its path"]);
}

#[test]
fn error_session_with_too_many_strips_for_its_size() {
    let session = "size = 8\n[[stem]]\nstrip = 9\nfile = \"a.wav\"\n";
    session_fails("session_size", session, &["9 strips do not fit Busbar 8", "use size 16"]);
}

#[test]
fn error_session_that_names_a_strip_beyond_its_size() {
    let session = format!("size = 8\n{STEM}[names]\ns12 = \"Return\"\n");
    session_fails(
        "session_name",
        &session,
        &["mix.toml line 6: there is no strip 12 in Busbar 8", "larger size"],
    );
}

#[test]
fn error_session_with_an_unknown_parameter() {
    let session = format!("{STEM}[parameters]\ns01_fadr = \"0 dB\"\n");
    let fragments = ["mix.toml line 5: no parameter is called `s01_fadr`", "did you mean `s01_fader`"];
    session_fails("session_parameter", &session, &fragments);
}

#[test]
fn error_session_with_a_bad_value() {
    let session = format!("{STEM}[parameters]\ns01_fader = \"loud\"\n");
    let fragments = ["mix.toml line 5: parameter `s01_fader` does not understand `loud`", "`0.0 dB`"];
    session_fails("session_value", &session, &fragments);
}

#[test]
fn error_session_that_tells_a_parameter_twice() {
    let session = format!("{STEM}[parameters]\ns01_fader = 0\n\"S01 Fader\" = 0\n");
    session_fails("session_twice", &session, &["mix.toml line 6: `S01 Fader` is told twice: keep one"]);
}

#[test]
fn error_session_with_points_out_of_order() {
    let session = format!(
        "{STEM}[[automation]]\nparameter = \"s01_fader\"\npoints = [\n{{ time = 2, value = 0 }},\n{{ time = 1, value = 0 }},\n]\n"
    );
    session_fails(
        "session_order",
        &session,
        &["mix.toml line 8: the points of `s01_fader`", "1 s comes after a later one"],
    );
}

#[test]
fn error_session_that_automates_what_cannot_be() {
    let session =
        format!("{STEM}[[automation]]\nparameter = \"fail\"\npoints = [{{ time = 1, value = 0 }}]\n");
    session_fails(
        "session_automation",
        &session,
        &["mix.toml line 4: `fail` cannot be automated", "[parameters]"],
    );
}

#[test]
fn error_session_among_stems() {
    let desk = Desk::new("session_and_stems");
    desk.write("mix.toml", STEM);
    desk.fails(&["a.wav", "mix.toml", "-o", "m.wav"], &["a session stands alone", "mix.toml"]);
    desk.fails(&["--check", "a.wav"], &["--check wants one session"]);
}

#[test]
fn error_mix_in_the_place_of_its_session_or_a_group_in_that_of_a_stem() {
    let desk = Desk::new("in_place");
    desk.write("mix.toml", STEM);
    desk.fails(&["mix.toml", "-o", "mix.toml"], &["mix.toml is the session", "another name"]);
    std::fs::copy(desk.path("a.wav"), desk.path("m-group-a.wav")).unwrap();
    desk.fails(&["m-group-a.wav", "-o", "m.wav", "--stems"], &["m-group-a.wav is one of the stems"]);
}

#[test]
fn error_commands_without_their_files() {
    let desk = Desk::new("operands");
    desk.fails(&["diff", "a.json"], &["diff wants two files", "--help"]);
    desk.fails(&["merge", "a.json", "b"], &["merge wants a file, changes and a file to write"]);
    desk.fails(&["convert", "a.json"], &["convert wants a file and a file to write"]);
    desk.fails(&["diff", "a.json", "b.json"], &["cannot read a.json", "check its path"]);
    desk.fails(&["diff", "a.wav", "b.wav"], &["a.wav holds no settings of Busbar", "name a session"]);
}

#[test]
fn error_options_that_would_go_unheard() {
    let desk = Desk::new("useless");
    desk.fails(&["diff", "a", "b", "--size", "8"], &["diff has no use for --size", "leave it out"]);
    desk.fails(&["--check", "mix.toml", "--json"], &["--check has no use for --json"]);
    desk.fails(&["--init", "a.wav", "--set", "s01_fader=0"], &["--init has no use for --set"]);
    desk.fails(&["--params", "a.wav"], &["--params wants no files"]);
    desk.fails(&["a.wav", "-o", "mix.wav", "--replace"], &["a mix has no use for --replace"]);
}

#[test]
fn error_that_check_finds_before_the_mix_does() {
    let desk = Desk::new("check");
    desk.write("mix.toml", STEM);
    desk.fails(&["--check", "mix.toml", "-o", "mix.mp3"], &["mix.mp3", ".wav or .flac"]);
    desk.fails(&["--check", "mix.toml", "-o", "none/mix.wav"], &["cannot write none/mix.wav"]);
    desk.write("long.toml", &format!("tail = \"30:00:00\"\n{STEM}"));
    desk.fails(&["--check", "long.toml"], &["would grow beyond the 4 GiB of a WAV file", ".flac"]);
}

#[test]
fn error_rate_at_which_nobody_mixes() {
    let desk = Desk::new("odd_rate");
    write_stem(&desk.path("slow.wav"), 7, &[&[0.0; 8][..]]);
    desk.fails(&["slow.wav", "-o", "mix.wav"], &["slow.wav has 7 Hz", "--rate"]);
}

/// What a name holds cannot break the line.
#[cfg(unix)]
#[test]
fn error_about_a_file_with_an_odd_name() {
    let desk = Desk::new("odd_name");
    desk.fails(&["two\nlines\u{1b}[31m.wav", "-o", "mix.wav"], &["cannot open the stem two lines [31m.wav"]);
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"k\xe9.wav");
    std::fs::copy(desk.path("a.wav"), desk.folder.join(name)).unwrap();
    let mut command = desk.command(&["--init"]);
    desk.fails_as(command.arg(name), &["is not UTF-8", "rename the file"]);
}

#[cfg(unix)]
#[test]
fn error_output_that_is_no_regular_file() {
    let desk = Desk::new("device");
    assert!(Command::new("mkfifo").arg(desk.path("fifo.wav")).status().unwrap().success());
    desk.fails(&["a.wav", "-o", "fifo.wav"], &["cannot write fifo.wav: it is no regular file"]);
}
