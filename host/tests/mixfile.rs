//! Sessions, states and presets through `busbar-render` and the built plugin: they convert into one another, differ where they
//! differ, and take changes.

#[allow(dead_code, reason = "each test file takes its part")]
mod bundles;
#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use bundles::bundle;
use busbar_host::Bundle;
use busbar_host::mixfile::class_id;
use common::{Folder, empty_folder, files, noise, write_stem};
use std::process::{Command, Output};

/// A folder in which the program runs.
struct Desk(Folder);

impl Desk {
    fn new(test: &str) -> Self {
        Self(empty_folder(test))
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-render"));
        command.current_dir(&*self.0).args(args).env("BUSBAR_CLAP", bundle("Busbar.clap")).output().unwrap()
    }

    /// Runs what must end with this code, and returns standard output and standard error.
    fn ends(&self, args: &[&str], code: i32) -> (String, String) {
        let Output { status, stdout, stderr } = self.run(args);
        let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(code), "{args:?}: {stdout}{stderr}");
        (stdout, stderr)
    }

    /// Runs what must succeed in silence but for what it is asked to print.
    fn does(&self, args: &[&str]) -> String {
        let (stdout, stderr) = self.ends(args, 0);
        assert_eq!(stderr, "", "{args:?}");
        stdout
    }

    /// Runs what must fail: one line, and no file made or changed.
    fn fails(&self, args: &[&str], fragments: &[&str]) {
        let before: Vec<_> = files(&self.0).into_iter().map(|name| (self.read(&name), name)).collect();
        let (stdout, line) = self.ends(args, 2);
        assert_eq!((stdout.as_str(), line.matches('\n').count()), ("", 1), "{stdout}{line}");
        for fragment in fragments {
            assert!(line.contains(fragment), "`{fragment}` is not in: {line}");
        }
        let after: Vec<_> = files(&self.0).into_iter().map(|name| (self.read(&name), name)).collect();
        assert!(before == after, "{line}");
    }
}

const SESSION: &str = r#"# My mix
size = 16

[names]
s03 = "Flöte \"solo\""
s16 = "Return"

[parameters]
pan_law = "Linear -6 dB"   # as on my desk
s03_fader = -6
s03_a_on = true
s16_width = "50 %"
gb_balance = "l30"
"#;

#[test]
fn sessions_states_and_presets_are_one_and_the_same() {
    let desk = Desk::new("convert");
    desk.write("a.toml", SESSION);
    desk.does(&["convert", "a.toml", "b.json"]);
    desk.does(&["convert", "b.json", "c.vstpreset"]);
    desk.does(&["convert", "c.vstpreset", "d.toml"]);
    desk.does(&["convert", "d.toml", "e.json"]);
    assert!(desk.read("b.json") == desk.read("e.json"), "the way around changes nothing");
    for other in ["b.json", "c.vstpreset", "d.toml", "e.json"] {
        assert_eq!(desk.does(&["diff", "a.toml", other]), "", "{other}");
    }
    let expected = r#"# The settings of a Busbar state
size = 16

[names]
s03 = "Flöte \"solo\""
s16 = "Return"

[parameters]
pan_law = "Linear -6 dB"

gb_balance = "L30"

# Flöte "solo"
s03_a_on = "On"
s03_fader = "-6 dB"

# Return
s16_width = "50 %"
"#;
    let normalised = String::from_utf8(desk.read("d.toml")).unwrap();
    assert_eq!(normalised.replace(r#"'Flöte "solo"'"#, r#""Flöte \"solo\"""#), expected);
    // What a host loads is what the plugin saves.
    let mut plugin =
        Bundle::load(bundle("Busbar.clap")).unwrap().instantiate("org.busbar.busbar-16").unwrap();
    plugin.load_state(&desk.read("b.json")).unwrap();
    assert!(plugin.save_state().unwrap() == desk.read("b.json"));
}

#[test]
fn a_preset_carries_the_class_id_of_the_built_plugin() {
    let report = vst3_host::discovery::get_detailed_plugin_info(&bundle("Busbar.vst3")).unwrap();
    for size in [8, 16, 32] {
        let name = format!("Busbar {size}");
        let class = report.classes.iter().find(|class| class.name == name).unwrap();
        assert_eq!(class.class_id.replace('-', "").to_uppercase(), class_id(size));
        let desk = Desk::new("class_id");
        desk.write("a.toml", &format!("size = {size}\n"));
        desk.does(&["convert", "a.toml", "a.vstpreset"]);
        assert_eq!(&desk.read("a.vstpreset")[8..40], class_id(size).as_bytes());
    }
}

#[test]
fn a_state_of_a_session_with_stems_knows_what_is_mono_and_tells_what_it_leaves_out() {
    let desk = Desk::new("stems");
    write_stem(&desk.0.join("mono.wav"), 48_000, &[&noise(1, 100)]);
    write_stem(&desk.0.join("stereo.wav"), 48_000, &[&noise(2, 100), &noise(3, 100)]);
    desk.write(
        "a.toml",
        "[[stem]]\nstrip = 1\nfile = \"mono.wav\"\n[[stem]]\nstrip = 2\nname = \"Wide\"\nfile = \"stereo.wav\"\n\
         [[stem]]\nstrip = 3\nfile = \"mono.wav\"\n[parameters]\ns03_mode = \"Left\"\n",
    );
    let (_, warning) = desk.ends(&["convert", "a.toml", "a.json"], 0);
    assert_eq!(
        warning,
        "busbar-render: warning: a.toml: its stems are not in the state: the session keeps them\n"
    );
    desk.write("plain.toml", "size = 8\n");
    let (changes, _) = desk.ends(&["diff", "plain.toml", "a.json"], 1);
    let expected = "s01_mode  Stereo -> Mono\ns03_mode  Stereo -> Left\ns02_name  \"\" -> \"Wide\"\n";
    assert_eq!(changes, expected);
    std::fs::remove_file(desk.0.join("mono.wav")).unwrap();
    let (_, warnings) = desk.ends(&["convert", "a.toml", "b.json"], 0);
    assert!(warnings.contains("2 stems cannot be read"), "{warnings}");
}

#[test]
fn diff_prints_what_differs_and_merge_applies_it() {
    let desk = Desk::new("diff");
    desk.write("a.toml", SESSION);
    let edited = SESSION
        .replace("s03_fader = -6", "s03_fader = -9")
        .replace("\"50 %\"", "\"100 %\"")
        .replace("Return", "Room");
    desk.write("b.toml", &edited);
    let (changes, _) = desk.ends(&["diff", "a.toml", "b.toml"], 1);
    let expected = "s03_fader  -6 dB -> -9 dB\ns16_width  50 % -> 100 %\ns16_name  \"Return\" -> \"Room\"\n";
    assert_eq!(changes, expected);
    desk.write("changes.txt", &changes);

    // Into a session, where comments stay.
    desk.does(&["merge", "a.toml", "changes.txt", "c.toml"]);
    let merged = String::from_utf8(desk.read("c.toml")).unwrap();
    let by_hand = SESSION
        .replace("s03_fader = -6", "s03_fader = \"-9 dB\"")
        .replace("\"50 %\"", "\"100 %\"")
        .replace("Return", "Room");
    assert_eq!(merged, by_hand);
    // Into a state and a preset.
    for form in ["json", "vstpreset"] {
        let (from, to) = (format!("a.{form}"), format!("c.{form}"));
        desk.does(&["convert", "a.toml", &from]);
        desk.does(&["merge", &from, "changes.txt", &to]);
        assert_eq!(desk.does(&["diff", &to, "b.toml"]), "");
    }
    // Twice is once.
    desk.does(&["merge", "c.toml", "changes.txt", "d.toml"]);
    assert_eq!(desk.does(&["diff", "c.toml", "d.toml"]), "");
    // Through pipes.
    assert_eq!(desk.does(&["merge", "a.toml", "changes.txt", "-"]), merged);
}

#[test]
fn changes_that_do_not_fit_are_refused_unless_forced() {
    let desk = Desk::new("conflict");
    desk.write("a.toml", "size = 8\n[parameters]\ns01_fader = -3\n");
    desk.write("changes.txt", "s01_fader  -6 dB -> -9 dB\ns02_pan  C -> L10\n");
    let fragments = ["1 of the changes do not fit (s01_fader is -3 dB, not -6 dB)", "--force"];
    desk.fails(&["merge", "a.toml", "changes.txt", "b.toml"], &fragments);
    let (_, warning) = desk.ends(&["merge", "a.toml", "changes.txt", "b.toml", "--force"], 0);
    assert_eq!(warning, "busbar-render: warning: a.toml: overruled: s01_fader is -3 dB, not -6 dB\n");
    assert_eq!(
        desk.ends(&["diff", "a.toml", "b.toml"], 1).0,
        "s01_fader  -3 dB -> -9 dB\ns02_pan  C -> L10\n"
    );
    desk.write("nonsense.txt", "s01_fader  loud -> louder\n");
    desk.fails(&["merge", "a.toml", "nonsense.txt", "-"], &["does not understand `loud`"]);
    desk.write("unknown.txt", "s01_fadr  0 dB -> 1 dB\n");
    desk.fails(&["merge", "a.toml", "unknown.txt", "-"], &["`s01_fadr`", "did you mean `s01_fader`"]);
    desk.write("prose.txt", "make it louder\n");
    desk.fails(&["merge", "a.toml", "prose.txt", "-"], &["line 1 of the changes", "as diff prints them"]);
}

#[test]
fn sizes_are_compared_and_merged() {
    let desk = Desk::new("sizes");
    desk.write("a.toml", "size = 8\n[parameters]\ns01_fader = -3\n");
    desk.write("b.toml", "size = 16\n[parameters]\ns01_fader = -3\ns12_mute = true\n");
    let (changes, _) = desk.ends(&["diff", "a.toml", "b.toml"], 1);
    assert_eq!(changes, "size  8 -> 16\ns12_mute  Off -> On\n");
    desk.write("changes.txt", &changes);
    desk.does(&["merge", "a.toml", "changes.txt", "c.toml"]);
    assert_eq!(desk.does(&["diff", "b.toml", "c.toml"]), "");
    desk.does(&["convert", "a.toml", "a.json"]);
    desk.does(&["merge", "a.json", "changes.txt", "c.json"]);
    assert_eq!(desk.does(&["diff", "b.toml", "c.json"]), "");
}

#[test]
fn nothing_is_replaced_unasked() {
    let desk = Desk::new("replace");
    desk.write("a.toml", SESSION);
    desk.write("b.json", "precious");
    desk.fails(&["convert", "a.toml", "b.json"], &["b.json is there already", "--replace"]);
    desk.does(&["convert", "a.toml", "b.json", "--replace"]);
    assert_eq!(desk.does(&["diff", "a.toml", "b.json"]), "");
    desk.fails(&["convert", "a.toml", "b.txt"], &["b.txt names no form", ".vstpreset"]);
    desk.fails(&["convert", "a.toml", "none/b.json"], &["cannot write none/b.json", "check the folder"]);
}

#[test]
fn broken_files_are_told_in_one_line() {
    let desk = Desk::new("broken");
    desk.write("a.toml", SESSION);
    desk.does(&["convert", "a.toml", "good.json"]);
    desk.does(&["convert", "a.toml", "good.vstpreset"]);
    let good = String::from_utf8(desk.read("good.json")).unwrap();
    for (name, content, fragment) in [
        ("cut.json", &good[..good.len() / 2], "its JSON is broken"),
        ("list.json", "{\"a\":[]}", "no table `params`"),
        ("other.json", &good.replace("Busbar 16", "Tube 3"), "it is a state of \"Tube 3\""),
        (
            "value.json",
            &good.replace("\"-6 dB\"", "\"loud\""),
            "s03_fader is \"loud\", which is not understood",
        ),
        ("names.json", &good.replace("\"Return\"", "7"), "strip_names"),
    ] {
        desk.write(name, content);
        desk.fails(&["diff", name, "good.json"], &[name, fragment]);
        desk.fails(&["convert", name, "out.toml"], &[name, fragment]);
    }
    let preset = desk.read("good.vstpreset");
    std::fs::write(desk.0.join("cut.vstpreset"), &preset[..preset.len() - 10]).unwrap();
    desk.fails(
        &["diff", "cut.vstpreset", "good.json"],
        &["cut.vstpreset", "its VST3 preset is cut or broken"],
    );
}

/// Changes from one file to another, applied to the first, make the second: in every way in which a session may be written.
#[test]
fn what_diff_prints_is_what_merge_makes() {
    let sessions = [
        SESSION,
        "size = 8\n",
        "size = 8\n[parameters]\n\"S01 Fader\" = \"0 dB\"\nS02_PAN = \"L10\"\n",
        "size = 8\nparameters = { s01_fader = -3, m_dim = true }\n[names]\ns1 = \"Kick\"\n",
        "size = 8\nparameters.s01_fader = -4\nnames.s02 = \"Snare\"\n",
        "size = 16\nstem = [{ strip = 1, file = \"a.wav\", name = \"In line\" }, { strip = 9, file = \"a.wav\" }]\n",
        "size = 32\n[[stem]]\nstrip = 1\nfile = \"a.wav\"\n[[stem]]\nstrip = 1\nfile = \"a.wav\"\nname = \"Second\"\n",
        "size = 8\r\n[parameters]   # with returns\r\ns03_fader = -1\r\n",
        "\u{feff}size = 8\n[parameters]\ns04_mute = true\n",
        "size = 8\n[[automation]]\nparameter = \"m_fader\"\npoints = [{ time = 1, value = -3 }]\n",
    ];
    let desk = Desk::new("property");
    write_stem(&desk.0.join("a.wav"), 48_000, &[&noise(1, 100), &noise(2, 100)]);
    for (idx, session) in sessions.iter().enumerate() {
        desk.write(&format!("{idx}.toml"), session);
        desk.ends(&["convert", &format!("{idx}.toml"), &format!("{idx}.json")], 0);
    }
    let mut n_compared = 0;
    for from in 0..sessions.len() {
        for to in 0..sessions.len() {
            for form in ["toml", "json"] {
                let (a, b) = (format!("{from}.{form}"), format!("{to}.{form}"));
                let changes = String::from_utf8(desk.run(&["diff", &a, &b]).stdout).unwrap();
                desk.write("changes.txt", &changes);
                let merged = desk.run(&["merge", &a, "changes.txt", &format!("merged.{form}"), "--replace"]);
                let said = String::from_utf8_lossy(&merged.stderr).into_owned();
                // A session with stems or settings beyond a smaller size cannot become so small, and says so.
                let shrinks = changes.contains("size  16 -> 8") || changes.contains("size  32 -> ");
                if !merged.status.success() {
                    assert!(shrinks && form == "toml", "{a} to {b}: {said}");
                    assert_eq!(said.matches('\n').count(), 1, "{said}");
                    continue;
                }
                let left =
                    String::from_utf8(desk.run(&["diff", &format!("merged.{form}"), &b]).stdout).unwrap();
                let left: Vec<&str> = left.lines().filter(|line| !line.starts_with('#')).collect();
                assert!(left.is_empty(), "{a} to {b}: {left:?}\n{changes}");
                n_compared += 1;
            }
        }
    }
    assert!(n_compared > 150, "only {n_compared}");
    let with_returns = String::from_utf8(desk.read("7.toml")).unwrap();
    desk.write("changes.txt", "s03_fader  -1 dB -> -2 dB\n");
    let merged = desk.does(&["merge", "7.toml", "changes.txt", "-"]);
    assert_eq!(merged, with_returns.replace("-1", "\"-2 dB\""), "ends of lines and comments stay");
}

#[test]
fn a_change_that_something_else_undoes_is_told() {
    let desk = Desk::new("undone");
    let points = "[[automation]]\nparameter = \"s01_fader\"\npoints = [{ time = 0, value = -3 }]\n";
    desk.write("a.toml", &format!("size = 8\n{points}"));
    desk.write("changes.txt", "s01_fader  -3 dB -> -9 dB\n");
    desk.fails(&["merge", "a.toml", "changes.txt", "b.toml"], &["s01_fader would stay -3 dB", "automation"]);
    desk.write("names.txt", "s12_name  \"\" -> \"Return\"\n");
    desk.fails(&["merge", "a.toml", "names.txt", "b.toml"], &["name strip 12, and there are 8"]);
}

#[test]
fn merge_writes_the_form_of_its_name_and_may_write_in_place() {
    let desk = Desk::new("in_place");
    desk.write("a.toml", SESSION);
    desk.write("changes.txt", "s03_fader  -6 dB -> -9 dB\n");
    desk.does(&["merge", "a.toml", "changes.txt", "b.vstpreset"]);
    assert!(desk.read("b.vstpreset").starts_with(b"VST3"));
    desk.does(&["merge", "a.toml", "changes.txt", "a.toml"]);
    assert_eq!(desk.does(&["diff", "a.toml", "b.vstpreset"]), "");
    desk.fails(&["merge", "a.toml", "changes.txt", "b.txt"], &["b.txt names no form"]);
}

#[test]
fn a_session_that_moves_keeps_its_stems() {
    let desk = Desk::new("moves");
    std::fs::create_dir_all(desk.0.join("song/stems")).unwrap();
    std::fs::create_dir(desk.0.join("other")).unwrap();
    write_stem(&desk.0.join("song/stems/a.wav"), 48_000, &[&noise(1, 100), &noise(2, 100)]);
    desk.does(&["--init", "song/stems/a.wav", "-o", "song/mix.toml"]);
    assert!(String::from_utf8(desk.read("song/mix.toml")).unwrap().contains("file = \"stems/a.wav\""));
    desk.does(&["convert", "song/mix.toml", "other/mix.toml"]);
    assert!(
        String::from_utf8(desk.read("other/mix.toml")).unwrap().contains("file = \"../song/stems/a.wav\"")
    );
    assert!(desk.does(&["--check", "other/mix.toml"]).contains("1 stem"));
    assert_eq!(desk.does(&["diff", "song/mix.toml", "other/mix.toml"]), "");
}

#[test]
fn sessions_are_compared_in_what_plays_too() {
    let desk = Desk::new("plays");
    for name in ["a.wav", "b.wav"] {
        write_stem(&desk.0.join(name), 48_000, &[&noise(1, 100), &noise(2, 100)]);
    }
    let session = |file: &str, value: i32| {
        format!(
            "[[stem]]\nstrip = 1\nfile = \"{file}\"\n[[automation]]\nparameter = \"m_fader\"\npoints = [{{ time = 1, value = {value} }}]\n"
        )
    };
    desk.write("1.toml", &session("a.wav", 0));
    desk.write("2.toml", &session("b.wav", -3));
    let (printed, _) = desk.ends(&["diff", "1.toml", "2.toml"], 1);
    assert_eq!(printed, "# the stems differ\n# the automation of m_fader differs\n");
    std::fs::remove_file(desk.0.join("b.wav")).unwrap();
    let (_, warning) = desk.ends(&["diff", "1.toml", "2.toml"], 1);
    assert!(warning.contains("2.toml: 1 stem cannot be read"), "{warning}");
}

#[test]
fn a_state_that_keeps_more_strips_than_it_has_makes_a_session_that_reads() {
    let desk = Desk::new("keeps");
    desk.write("a.toml", SESSION);
    desk.does(&["convert", "a.toml", "a.json"]);
    let kept = String::from_utf8(desk.read("a.json")).unwrap().replace("Busbar 16", "Busbar 8");
    desk.write("kept.json", &kept);
    let (_, warning) = desk.ends(&["convert", "kept.json", "kept.toml"], 0);
    assert!(warning.contains("strips beyond its 8"), "{warning}");
    assert_eq!(desk.does(&["diff", "kept.toml", "kept.json"]), "");
}
