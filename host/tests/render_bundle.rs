//! `busbar-render` with the built `Busbar.clap`, for each of its sizes, against closed forms.

#[allow(dead_code, reason = "each test file takes its part")]
mod bundles;
#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use bundles::noise;

/// One test per size: `clack_host_busbar_16::busbar_render_…`.
macro_rules! for_each_size {
    ($($test:ident),* $(,)?) => {
        mod clack_host_busbar_8 { $( #[test] fn $test() { super::$test(8); } )* }
        mod clack_host_busbar_16 { $( #[test] fn $test() { super::$test(16); } )* }
        mod clack_host_busbar_32 { $( #[test] fn $test() { super::$test(32); } )* }
    };
}

for_each_size!(
    busbar_render_mixes_the_sum_of_the_stems,
    busbar_render_sets_faders_and_groups,
    busbar_render_pans_mono_stems_by_the_pan_law,
);

/// Writes one stem per strip, mono or the same on both sides, mixes them by the program with these options, and returns
/// stems and mix.
fn busbar_render(
    test: &str,
    n_strips: usize,
    is_mono: bool,
    options: &[String],
) -> (Vec<Vec<f32>>, [Vec<f32>; 2]) {
    let folder = common::empty_folder(&format!("{test}_{n_strips}"));
    let stems: Vec<Vec<f32>> = (0..n_strips).map(|strip_idx| noise(strip_idx as u64, 4000)).collect();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_busbar-render"));
    command.current_dir(&*folder).arg("--plugin").arg(bundles::bundle("Busbar.clap"));
    for (strip_idx, stem) in stems.iter().enumerate() {
        let name = format!("{:02}.wav", strip_idx + 1);
        let channels: &[&[f32]] = if is_mono { &[stem] } else { &[stem, stem] };
        common::write_stem(&folder.join(&name), 48_000, channels);
        command.arg(name);
    }
    let output = command.args(options).args(["-o", "mix.wav"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        printed.starts_with(&format!("Busbar {n_strips}: {n_strips} stems at 48000 Hz, latency 0")),
        "{printed}"
    );
    let (left, right) = common::read_mix(&folder.join("mix.wav"));
    assert_eq!(left.len(), 4000);
    (stems, [left, right])
}

fn busbar_render_mixes_the_sum_of_the_stems(n_strips: usize) {
    let (stems, [left, right]) = busbar_render("sum", n_strips, false, &[]);
    for frame in 0..4000 {
        let expected: f64 = stems.iter().map(|stem| f64::from(stem[frame])).sum();
        // −100 dBFS, what is promised of a mix at defaults; f32 sums of 32 stems are far better.
        assert!((f64::from(left[frame]) - expected).abs() < 1e-5, "frame {frame}");
        assert_eq!(left[frame], right[frame]);
    }
}

fn busbar_render_sets_faders_and_groups(n_strips: usize) {
    let mut random = fastrand::Rng::with_seed(n_strips as u64);
    let mut options = Vec::new();
    let mut gains = Vec::new();
    for strip in 1..=n_strips {
        let fader_db = random.i32(-30..=6);
        let is_grouped = strip % 2 == 0;
        let mut set = |id: &str, text: String| {
            options.push("--set".to_owned());
            options.push(format!("s{strip:02}_{id}={text}"));
        };
        set("fader", format!("{fader_db} dB"));
        if is_grouped {
            set("m_on", "Off".to_owned());
            set("b_on", "On".to_owned());
        }
        let group_db = if is_grouped { -4 } else { 0 };
        gains.push(10f64.powf(f64::from(fader_db + group_db) / 20.0));
    }
    options.extend(["--set", "gb_fader=-4 dB"].map(str::to_owned));
    let (stems, [left, _]) = busbar_render("settings", n_strips, false, &options);
    for frame in 0..4000 {
        let expected: f64 = stems.iter().zip(&gains).map(|(stem, gain)| gain * f64::from(stem[frame])).sum();
        // Gains and sums in f32: −100 dBFS is a hundred times more than their roundings.
        assert!((f64::from(left[frame]) - expected).abs() < 1e-5, "frame {frame}");
    }
}

fn busbar_render_pans_mono_stems_by_the_pan_law(n_strips: usize) {
    // Sine and cosine, the default: a mono stem goes into the mode Mono, whose pan is a pan and no balance.
    let pan = |strip_idx: usize| (strip_idx * 13 % 201) as i32 - 100;
    let options = (0..n_strips)
        .flat_map(|strip_idx| ["--set".to_owned(), format!("s{:02}_pan={}", strip_idx + 1, pan(strip_idx))]);
    let (stems, mix) = busbar_render("pan", n_strips, true, &options.collect::<Vec<_>>());
    for frame in 0..4000 {
        for (side, heard) in mix.iter().enumerate() {
            let of_strip = |(strip_idx, stem): (usize, &Vec<f32>)| {
                let angle = (f64::from(pan(strip_idx)) + 100.0) / 200.0 * std::f64::consts::FRAC_PI_2;
                f64::from(stem[frame]) * if side == 0 { angle.cos() } else { angle.sin() }
            };
            let expected: f64 = stems.iter().enumerate().map(of_strip).sum();
            assert!((f64::from(heard[frame]) - expected).abs() < 1e-5, "frame {frame} side {side}");
        }
    }
}
