//! Meters: true-peak detection against the `ebur128` crate in one run, and what an engine costs per strip.
//!
//! `cargo bench --profile ci --bench meters`. The true peak of the first row is the worst there is: the signal grows, so that every tile may
//! hold a new largest peak and has to be computed.

use busbar_engine::true_peak::TruePeakMeter;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// Frames of a block.
const FRAMES: usize = 512;

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

mod suite {
    #![allow(missing_docs, reason = "criterion's macro writes an undocumented function")]
    use super::*;
    criterion_group!(benches, true_peaks);
}
criterion_main!(suite::benches);
