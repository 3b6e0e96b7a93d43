//! Meters: true-peak detection against the `ebur128` crate in one run, and what metering adds to an engine.
//!
//! `cargo bench --package busbar-benches --bench meters`. The true peak of the first row is the worst there is: the signal grows, so that every tile may
//! hold a new largest peak and has to be computed.

mod block;

use block::{Block, prepared};
use busbar::desk::Desk;
use busbar::guard::HostLink;
use busbar::params::BusbarParams;
use busbar_engine::true_peak::TruePeakMeter;
use busbar_engine::{Ballistics, MeterSettings, Settings, SimdPath};
use busbar_host::audio::StemReader;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

/// Frames of a block.
const FRAMES: usize = 512;

const N_STRIPS: usize = 8;

fn noise(seed: u64) -> Vec<f32> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..FRAMES).map(|_| rng.f32() - 0.5).collect()
}

fn true_peaks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("true peak");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let [left, right] = [noise(1), noise(2)];
    // Each tile is louder than the one before.
    let grows = |side: &[f32]| -> Vec<f32> {
        (0..).zip(side).map(|(frame, sample)| sample * 1.5f32.powi(frame / 32)).collect()
    };
    let (growing_left, growing_right) = (grows(&left), grows(&right));
    let mut meter = TruePeakMeter::new();
    group.bench_function("Busbar, growing", |bencher| {
        bencher.iter(|| {
            meter.restart();
            meter.process(black_box(&growing_left), black_box(&growing_right));
            meter.largest()
        });
    });
    group.bench_function("Busbar, steady", |bencher| {
        bencher.iter(|| {
            meter.process(black_box(&left), black_box(&right));
            meter.largest()
        });
    });
    let mut other = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::TRUE_PEAK).expect("a meter");
    group.bench_function("ebur128", |bencher| {
        bencher.iter(|| {
            other.add_frames_planar_f32(&[black_box(&left), black_box(&right)]).expect("frames");
            other.true_peak(0).expect("a channel")
        });
    });
}

/// Three seconds of the example, from a place where everybody plays.
const MUSIC_SECONDS: [usize; 2] = [12, 15];

/// Eight stems of the example.
fn music() -> Vec<[Vec<f32>; 2]> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/stems");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the example's stems")
        .map(|entry| entry.expect("a stem").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "flac"))
        .collect();
    paths.sort();
    paths.truncate(N_STRIPS);
    let [first, end] = MUSIC_SECONDS.map(|seconds| seconds * 48_000);
    let stem = |path| {
        let mut reader = StemReader::open(path).expect("a stem");
        let mut sides = [vec![0.0; end], vec![0.0; end]];
        let [left, right] = &mut sides;
        let mut n = 0;
        while n < end {
            let more = reader.read(&mut left[n..], &mut right[n..]).expect("music");
            assert!(more > 0, "the stem ends too early");
            n += more;
        }
        sides.map(|side| side[first..].to_vec())
    };
    paths.into_iter().map(stem).collect()
}

/// A mixer at its defaults: with no more than levels, with all meters, and with needles that move by themselves besides. Noise is the
/// worst there is, because true peaks of nearly every tile have to be looked for.
fn metering(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("metering");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let all = MeterSettings::default();
    let with = |ballistics| MeterSettings { ballistics, ..all };
    let levels = ("levels", MeterSettings { loudness: false, ..all });
    let cases =
        [levels, ("all", all), ("all, VU", with(Ballistics::Vu)), ("all, PPM", with(Ballistics::PpmII))];
    let music = music();
    let mut bench = |path: SimdPath, case, meters, signal| {
        let mut engine = prepared(path, &Settings { meters, ..Settings::new(N_STRIPS) });
        let mut block = match signal {
            "music" => Block::of(music.clone(), FRAMES),
            _ => Block::new(N_STRIPS, FRAMES),
        };
        let id = BenchmarkId::new(case, format!("{signal}/{}", path.name()));
        group.bench_function(id, |bencher| bencher.iter(|| block.process(&mut engine)));
    };
    for path in SimdPath::all() {
        for signal in ["music", "noise"] {
            for (case, meters) in cases {
                bench(path, case, meters, signal);
            }
        }
    }
}

/// What it takes to tell the editor and hosts, once a block.
fn publishing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("publishing");
    for n_strips in [8, 32] {
        let desk = Desk::new(Arc::new(BusbarParams::new(n_strips)), HostLink::create());
        let mut engine = prepared(SimdPath::detect(), &Settings::new(n_strips));
        Block::new(n_strips, FRAMES).process(&mut engine);
        let strips = format!("{n_strips} strips");
        group.bench_function(strips, |bencher| bencher.iter(|| desk.publish(black_box(&engine))));
    }
}

mod suite {
    #![allow(missing_docs, reason = "criterion's macro writes an undocumented function")]
    use super::*;
    criterion_group!(benches, true_peaks, metering, publishing);
}
criterion_main!(suite::benches);
