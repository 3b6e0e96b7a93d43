//! What the tests of the built bundles share: where the bundles are, the parts of Busbar's contract that both formats
//! show, and signals.

use std::path::{Path, PathBuf};

pub const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// Derived gains ramp over 15 ms.
pub const RAMP_SAMPLES: usize = 720;

/// The master and the groups A to D, in the order of the output ports.
pub const N_OUTPUTS: usize = 5;

/// The limiter's lookaheads as they are called, and the latency that they make at 48 kHz: the lookahead and the nine samples of
/// the true-peak detector.
pub const LOOKAHEADS: [(&str, u32); 4] =
    [("1.5 ms", 72 + 9), ("5 ms", 240 + 9), ("None", 0), ("3 ms", 144 + 9)];

/// The letters of the outputs in parameter ids.
pub const OUTPUT_LETTERS: [char; N_OUTPUTS] = ['m', 'a', 'b', 'c', 'd'];

/// The bundle with this file name, from `$BUSBAR_BUNDLES` or else cargo's target folder, where `cargo xtask bundle` puts it.
pub fn bundle(file_name: &str) -> PathBuf {
    let folder = std::env::var_os("BUSBAR_BUNDLES").map(PathBuf::from).unwrap_or_else(|| {
        let test = std::env::current_exe().unwrap();
        // target/ci/deps/test → target
        test.ancestors().nth(3).map(|target| target.join("bundled")).unwrap()
    });
    let path = folder.join(file_name);
    assert!(
        Path::new(&path).exists(),
        "{} is missing: run `cargo xtask bundle busbar --profile ci` first",
        path.display()
    );
    path
}

/// The string ids of all parameters that the contract names, for this many strips.
pub fn all_param_ids(n_strips: usize) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for strip in 1..=n_strips {
        for id in ["mode", "trim", "polarity", "width", "pan", "fader", "mute", "solo", "safe"] {
            ids.push(format!("s{strip:02}_{id}"));
        }
        for output in OUTPUT_LETTERS {
            ids.extend(["on", "level", "pre"].map(|id| format!("s{strip:02}_{output}_{id}")));
        }
    }
    for group in ['a', 'b', 'c', 'd'] {
        ids.extend(["balance", "fader", "mute", "solo", "to_master"].map(|id| format!("g{group}_{id}")));
    }
    ids.extend(["balance", "fader", "mono", "dim", "dim_level", "cut"].map(|id| format!("m_{id}")));
    ids.extend(["pan_law", "bypass"].map(str::to_owned));
    ids
}

/// White noise in −0.5 … 0.5, the same for the same seed.
pub fn noise(seed: u64, n: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| random.f32() - 0.5).collect()
}

/// Lengths of blocks that add up to `n_frames`, of 1 to `max` frames.
pub fn random_blocks(seed: u64, n_frames: usize, max: usize) -> Vec<usize> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut blocks, mut left) = (Vec::new(), n_frames);
    while left > 0 {
        blocks.push(random.usize(1..=max).min(left));
        left -= blocks[blocks.len() - 1];
    }
    blocks
}

/// Sound of several stereo ports, `[port][side][frame]`.
pub type Sound = Vec<[Vec<f32>; 2]>;

/// Different noise on every side of `n_ports` stereo ports.
pub fn noise_on_ports(seed: u64, n_ports: usize, n_frames: usize) -> Sound {
    let side = |port: usize, side: usize| noise(seed * 1000 + (port * 2 + side) as u64, n_frames);
    (0..n_ports).map(|port| [side(port, 0), side(port, 1)]).collect()
}

/// That no sample is missing from comparison: both sounds are equal bit for bit, and not silent.
#[track_caller]
pub fn assert_same_sound(got: &Sound, expected: &Sound, what: &str) {
    assert!(expected.iter().flatten().flatten().any(|sample| *sample != 0.0), "{what}: nothing to compare");
    assert_eq!(got.len(), expected.len(), "{what}: ports");
    for (port, (got, expected)) in got.iter().zip(expected).enumerate() {
        for side in 0..2 {
            assert_eq!(got[side].len(), expected[side].len(), "{what}: port {port} side {side} length");
            let differs = got[side].iter().zip(&expected[side]).position(|(g, e)| g.to_bits() != e.to_bits());
            if let Some(frame) = differs {
                let (g, e) = (got[side][frame], expected[side][frame]);
                panic!("{what}: port {port} side {side} differs first at frame {frame}: {g} instead of {e}");
            }
        }
    }
}

#[track_caller]
pub fn assert_silent(samples: &[f32], what: &str) {
    assert!(!samples.is_empty(), "{what}: nothing to listen to");
    if let Some(frame) = samples.iter().position(|sample| *sample != 0.0) {
        panic!("{what}: heard {} at frame {frame}", samples[frame]);
    }
}

/// An event changed a sound of constant `before` at exactly `sample` and at the end of its ramp it is `after`.
#[track_caller]
pub fn assert_step_at(output: &[f32], sample: usize, before: f32, after: f32, what: &str) {
    let first = output.iter().position(|s| *s != before);
    assert_eq!(first, Some(sample), "{what}: the first changed sample");
    let settled = &output[sample + RAMP_SAMPLES..];
    assert!(!settled.is_empty(), "{what}: too short to see it settle");
    assert!(settled.iter().all(|s| *s == after), "{what}: settles at {after}");
    // A linear ramp moves by the whole distance over its length; twice that allows for roundings to f32 and still
    // catches a jump.
    let max_step = 2.0 * (after - before).abs() / RAMP_SAMPLES as f32;
    for (frame, pair) in output.windows(2).enumerate() {
        assert!((pair[1] - pair[0]).abs() <= max_step, "{what}: jumps at frame {}", frame + 1);
    }
}
