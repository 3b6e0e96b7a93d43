//! `busbar-render` with the built `Busbar.clap`, for each of its sizes: a lookahead in the session, and the gain reductions in
//! the report.

#[allow(dead_code, reason = "each test file takes its part")]
mod bundles;
#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use bundles::noise;
use common::{Folder, empty_folder, files, read_mix, write_stem};
use serde_json::{Value, json};
use std::path::Path;

/// One test per size: `clack_host_busbar_16::busbar_render_…`.
macro_rules! for_each_size {
    ($($test:ident),* $(,)?) => {
        mod clack_host_busbar_8 { $( #[test] fn $test() { super::$test(8); } )* }
        mod clack_host_busbar_16 { $( #[test] fn $test() { super::$test(16); } )* }
        mod clack_host_busbar_32 { $( #[test] fn $test() { super::$test(32); } )* }
    };
}

for_each_size!(
    busbar_render_takes_a_lookahead_out_of_the_mix,
    busbar_render_tells_what_gates_compressors_and_the_limiter_did,
    busbar_render_says_nothing_of_stages_that_did_nothing,
);

fn run(folder: &Path, args: &[&str]) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_busbar-render"));
    command.current_dir(folder).arg("--plugin").arg(bundles::bundle("Busbar.clap")).args(args);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A session of this size with these parameters: strip 1 and the last one, which also feeds group B.
fn session(folder: &Path, name: &str, n_strips: usize, parameters: &str) {
    let text = format!(
        "size = {n_strips}\nsample_rate = 48000\n\n[[stem]]\nstrip = 1\nfile = \"a.wav\"\n\n[[stem]]\nstrip = {n_strips}\n\
         file = \"b.wav\"\n\n[parameters]\ns{n_strips:02}_b_on = \"On\"\n{parameters}"
    );
    std::fs::write(folder.join(name), text).unwrap();
}

fn busbar_render_takes_a_lookahead_out_of_the_mix(n_strips: usize) {
    let folder: Folder = empty_folder(&format!("lookahead_{n_strips}"));
    let mut b = noise(2, 3000);
    // The last sample of the mix must not be lost, nor the first.
    (b[0], b[2999]) = (0.5, -0.5);
    write_stem(&folder.join("a.wav"), 48_000, &[&noise(1, 2000), &noise(3, 2000)]);
    write_stem(&folder.join("b.wav"), 48_000, &[&b, &b]);
    session(&folder, "plain.toml", n_strips, "");
    run(&folder, &["plain.toml", "-o", "plain.wav", "--stems"]);
    let expected = ["plain.wav", "plain-group-b.wav"].map(|name| read_mix(&folder.join(name)));
    assert_eq!(expected.each_ref().map(|(left, _)| left.len()), [3000; 2]);
    assert_eq!((expected[1].0[0], expected[1].0[2999]), (0.5, -0.5));

    for (lookahead, latency_samples) in bundles::LOOKAHEADS {
        session(&folder, "mix.toml", n_strips, &format!("m_limiter_lookahead = \"{lookahead}\"\n"));
        // 3000 is all of the stems in one block, 3249 with the longest latency.
        for block in ["64", "512", "3000", "3249"] {
            let printed = run(&folder, &["mix.toml", "-o", "mix.wav", "--stems", "--block", block]);
            let heading = format!("Busbar {n_strips}: 2 stems at 48000 Hz, latency {latency_samples} sample");
            assert!(printed.starts_with(&heading), "{printed}");
            let got = ["mix.wav", "mix-group-b.wav"].map(|name| read_mix(&folder.join(name)));
            // The limiter is off: its delay is all that it adds.
            assert!(got == expected, "lookahead {lookahead}, blocks of {block}");
        }
    }
    assert!(!files(&folder).contains(&"mix-group-a.wav".to_owned()));
}

/// The JSON report of strip 1 at −6.02 dBFS and the last strip at −60 dBFS, both constant, for one second.
fn report(folder: &Path, n_strips: usize, parameters: &str, block: &str) -> Value {
    write_stem(&folder.join("a.wav"), 48_000, &[&[0.5; 48_000], &[0.5; 48_000]]);
    write_stem(&folder.join("b.wav"), 48_000, &[&[1e-3; 48_000], &[1e-3; 48_000]]);
    session(folder, "mix.toml", n_strips, parameters);
    let printed = run(folder, &["mix.toml", "-o", "mix.wav", "--json", "--block", block]);
    serde_json::from_str(&printed).unwrap()
}

#[track_caller]
fn assert_near(value: &Value, expected: f64, tolerance: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
}

fn busbar_render_tells_what_gates_compressors_and_the_limiter_did(n_strips: usize) {
    let folder = empty_folder(&format!("reductions_{n_strips}"));
    let parameters = format!(
        "s01_comp_on = \"On\"\ns01_comp_detector = \"Peak\"\ns01_comp_threshold = \"-26 dB\"\ns01_comp_ratio = \"4\"\n\
         s01_comp_knee = \"0 dB\"\ns{n_strips:02}_gate_on = \"On\"\ns{n_strips:02}_gate_threshold = \"-40 dB\"\n\
         s{n_strips:02}_gate_range = \"-30 dB\"\nga_comp_on = \"On\"\ngb_comp_on = \"On\"\nm_fader = \"9 dB\"\n\
         m_limiter_on = \"On\"\nm_limiter_ceiling = \"-12 dB\"\nm_limiter_lookahead = \"5 ms\"\n"
    );
    let json = report(&folder, n_strips, &parameters, "512");
    let of_strip_1 = &json["stems"][0]["reduction_db"];
    // 20 dB over the threshold at 4:1 leave 5. The figure is the envelope's, which is within 0.01 dB of the static curve.
    assert_near(&of_strip_1["comp"], (26.0 - 6.0206) * 0.75, 0.02);
    assert_eq!(of_strip_1["gate"], 0.0);
    let of_last = &json["stems"][1]["reduction_db"];
    // Closed for a second, of which its release takes a tenth: all of its range.
    assert_near(&of_last["gate"], 30.0, 0.1);
    assert_eq!(of_last["comp"], 0.0);
    assert_eq!(json["groups"][0]["reduction_db"], json!({ "comp": 0.0 }), "silence is under every threshold");
    let of_mix = &json["mix"]["reduction_db"];
    assert_eq!(of_mix["comp"], 0.0);
    // −6.02 dBFS before the compressor has closed, and 9 dB more, are 14.98 dB over the ceiling; for the edge of the step, which
    // rings, the limiter takes about 2 dB more (docs/dsp/limiter.md).
    let limited = of_mix["limiter"].as_f64().unwrap();
    assert!((14.9..17.5).contains(&limited), "{of_mix}");
    assert_eq!(of_mix.as_object().unwrap().len(), 2, "the mix has no gate");

    for block in ["64", "1000", "48000"] {
        let other = report(&folder, n_strips, &parameters, block);
        for track in ["stems", "groups", "mix"] {
            let reductions = |json: &Value| match &json[track] {
                Value::Array(tracks) => tracks.iter().map(|track| track["reduction_db"].clone()).collect(),
                one => vec![one["reduction_db"].clone()],
            };
            assert_eq!(reductions(&other), reductions(&json), "{track} in blocks of {block}");
        }
    }

    let table = run(&folder, &["mix.toml", "-o", "mix.wav"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines[1].ends_with("  S max     LU            plugin   plugin     gate     comp  limiter"),
        "{table}"
    );
    assert!(lines[2].ends_with("  range  clipped     dBTP     LUFS      -dB      -dB      -dB"), "{table}");
    assert!(lines[3].starts_with("01 a.wav") && lines[3].ends_with("           15.0"), "{table}");
    assert!(lines[4].ends_with("     30.0"), "{table}");
    let mix = lines.iter().find(|line| line.starts_with("-> mix.wav")).unwrap();
    assert!(mix.ends_with(&format!("                    {limited:7.1}")), "{table}");
}

fn busbar_render_says_nothing_of_stages_that_did_nothing(n_strips: usize) {
    let folder = empty_folder(&format!("no_reductions_{n_strips}"));
    let json = report(&folder, n_strips, "", "512");
    for stem in json["stems"].as_array().unwrap() {
        assert_eq!(stem["reduction_db"], json!({ "gate": 0.0, "comp": 0.0 }));
    }
    assert_eq!(json["mix"]["reduction_db"], json!({ "comp": 0.0, "limiter": 0.0 }));
    let table = run(&folder, &["mix.toml", "-o", "mix.wav"]);
    assert!(!table.contains("comp") && !table.contains("-dB"), "{table}");
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}
