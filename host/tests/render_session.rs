//! Sessions through `busbar-render`, with the stand-in for the plugin: its gains jump at the sample of their event and its
//! latency is known, so that every sample of a mix has a closed form.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;
#[allow(dead_code, reason = "each test file takes its part")]
mod desk;

use common::{noise, read_mix, write_stem};
use desk::Desk;

/// The gain of this many decibels, as the stand-in computes it.
fn gain(db: f64) -> f32 {
    (10_f64.powf(db / 20.0) / 4.0 * 4.0) as f32
}

#[test]
fn stems_begin_at_their_start_with_their_gain_and_may_share_a_strip() {
    let desk = Desk::new("start");
    desk.write(
        "mix.toml",
        r#"
size = 16
[[stem]]
strip = 3
file = "a.wav"
[[stem]]
strip = 12
file = "b.wav"
start = "10 ms"
gain = "-6 dB"
[[stem]]
strip = 3
file = "b.wav"
start = "777 samples"
"#,
    );
    desk.mix(&["mix.toml"]);
    let (a, b) = ([noise(1, 3000), noise(2, 3000)], noise(3, 2000));
    let quiet: Vec<f32> = b.iter().map(|sample| sample * 10_f64.powf(-6.0 / 20.0) as f32).collect();
    let mut expected = a;
    for side in &mut expected {
        // Within a strip first, then across strips, in the order of the strips.
        (0..2000).for_each(|i| side[777 + i] += b[i]);
        (0..2000).for_each(|i| side[480 + i] += quiet[i]);
    }
    let [left, right] = expected;
    assert!(read_mix(&desk.path("mix.wav")) == (left, right), "the mix is named after its session");
}

#[test]
fn a_late_stem_makes_the_mix_longer_and_the_tail_longer_still() {
    let desk = Desk::new("late");
    let session = "tail = \"100 samples\"\n[[stem]]\nstrip = 1\nfile = \"b.wav\"\nstart = 1\n";
    desk.write("mix.toml", session);
    for block in ["1", "4096", "50000"] {
        desk.mix(&["mix.toml", "--block", block]);
        let (left, right) = read_mix(&desk.path("mix.wav"));
        assert_eq!(left.len(), 48_000 + 2000 + 100, "block {block}");
        assert!(left[..48_000].iter().all(|sample| *sample == 0.0));
        assert!(left[48_000..50_000] == noise(3, 2000) && left == right);
    }
    assert!(desk.mix(&["--check", "mix.toml"]).contains("1 stem, 0:01.04 at 48000 Hz"));
}

#[test]
fn automation_arrives_at_its_sample_for_any_block_size() {
    let desk = Desk::new("automation");
    write_stem(&desk.path("one.wav"), 48_000, &[&[1.0; 6000]]);
    desk.write(
        "mix.toml",
        r#"
[[stem]]
strip = 1
file = "one.wav"
[parameters]
s01_fader = "-20 dB"
[[automation]]
parameter = "s01_fader"
points = [
    { time = "1000 samples", value = "-6 dB" },
    { time = "2000 samples", value = "0 dB", shape = "step" },
    { time = "3000 samples", value = "-inf dB" },
    { time = "0.1 s", value = "6 dB" , shape = "step" },
]
"#,
    );
    let mut first: Option<Vec<f32>> = None;
    for block in ["512", "1", "37", "1000", "8192"] {
        desk.mix(&["mix.toml", "--block", block]);
        let (left, _) = read_mix(&desk.path("mix.wav"));
        assert_eq!(*first.get_or_insert_with(|| left.clone()), left, "block {block}");
    }
    let left = first.unwrap();
    assert!(left[..1000].iter().all(|sample| *sample == gain(-20.0)), "before its first point");
    assert!(left[1000..2000].iter().all(|sample| *sample == gain(-6.0)), "the first point is a jump");
    assert_eq!(left[2000], gain(0.0), "at its very sample");
    for (frame, sample) in left.iter().enumerate().take(3000).skip(2000) {
        // A line on the stand-in's linear scale, in steps of 64 samples at most.
        let line = 1.0 - (frame - 2000) as f32 / 1000.0;
        assert!((line - 1e-6..=line + 0.0641).contains(sample), "frame {frame}: {sample} instead of {line}");
    }
    assert!(left[3000..4800].iter().all(|sample| *sample == 0.0));
    assert!(left[4800..].iter().all(|sample| *sample == gain(6.0)));
}

#[test]
fn the_command_line_overrules_the_session() {
    let desk = Desk::new("overrule");
    desk.write(
        "mix.toml",
        "size = 8\ntail = 1\n[[stem]]\nstrip = 1\nfile = \"a.wav\"\n[parameters]\ns01_fader = \"-inf\"\ns02_fader = \"-6\"\n",
    );
    let printed =
        desk.mix(&["mix.toml", "-o", "m.wav", "--tail", "0", "--size", "16", "--set", "S01 Fader=0 dB"]);
    assert_eq!(read_mix(&desk.path("m.wav")), (noise(1, 3000), noise(2, 3000)));
    assert!(printed.starts_with("Stand-in 16: 1 stem at"), "{printed}");
    assert!(printed.contains("2 parameters set, 0 automated\n  S01 Fader  0.0 dB\n"), "{printed}");
}

#[test]
fn the_command_line_overrules_automation() {
    let desk = Desk::new("overrule_automation");
    desk.write(
        "mix.toml",
        "[[stem]]\nstrip = 1\nfile = \"a.wav\"\n[[automation]]\nparameter = \"s01_fader\"\n\
         points = [{ time = 0, value = \"-inf\" }, { time = 0.01, value = \"-inf\" }]\n",
    );
    let printed = desk.mix(&["mix.toml", "--set", "s01_fader=0 dB"]);
    assert!(printed.contains("1 parameter set, 0 automated"), "{printed}");
    assert_eq!(read_mix(&desk.path("mix.wav")), (noise(1, 3000), noise(2, 3000)));
}

#[test]
fn files_are_beside_their_session() {
    let desk = Desk::new("beside");
    std::fs::create_dir(desk.path("song")).unwrap();
    std::fs::rename(desk.path("a.wav"), desk.path("song/a.wav")).unwrap();
    desk.write("song/mix.toml", "[[stem]]\nstrip = 1\nfile = \"a.wav\"\n");
    desk.mix(&["song/mix.toml"]);
    // The mix is where the person is.
    assert_eq!(read_mix(&desk.path("mix.wav")).0, noise(1, 3000));
}

#[test]
fn init_makes_a_session_that_sounds_like_its_stems() {
    let desk = Desk::new("init");
    let page = desk.mix(&["--init", "a.wav", "b.wav", "--rate", "48000"]);
    assert!(page.contains("name = \"A\"") && page.contains("strip  2: mono, 48000 Hz"), "{page}");
    desk.write("mix.toml", &page);
    assert!(desk.mix(&["--check", "mix.toml"]).contains("2 stems"));
    desk.mix(&["mix.toml", "-o", "from_session.wav"]);
    desk.mix(&["a.wav", "b.wav", "-o", "from_stems.wav"]);
    let bytes = |name| std::fs::read(desk.path(name)).unwrap();
    assert!(bytes("from_session.wav") == bytes("from_stems.wav"));
}

#[test]
fn params_lists_ids_defaults_and_values() {
    let printed = Desk::new("params").mix(&["--params", "--size", "16"]);
    assert!(printed.starts_with("Stand-in 16: 17 parameters\n"), "{printed}");
    assert!(printed.contains("\ns16_fader  0.0 dB   -inf dB to 12.0 dB\n"), "{printed}");
    assert!(printed.contains("\nfail*      -inf dB  -inf dB, 12.0 dB\n"), "{printed}");
}
