//! The stages one by one: what an engine and a design cost, what each stage adds to a block of strips, and the limiter.
//!
//! `cargo bench --package busbar-benches --bench dsp`. Figures are of the machine they were taken on; compare ratios of one run. Against others
//! the engine is measured by `cargo xtask peers`.

mod block;

use block::{Block, prepared};
use busbar_engine::filters::{Tuning, bell, high_pass, high_shelf, low_pass, low_shelf, notch};
use busbar_engine::limiter::{Limiter, Lookahead};
use busbar_engine::{Settings, SimdPath, StripSettings};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const SIZES: [usize; 2] = [8, 32];

/// A change of the settings of one strip.
type Change = fn(&mut StripSettings);

/// What happens once: an engine is made, and prepared.
fn lives(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("life");
    for n_strips in SIZES {
        let id = BenchmarkId::new("new and prepare", format!("{n_strips} strips"));
        group.bench_function(id, |bencher| {
            bencher.iter(|| prepared(SimdPath::detect(), &with(n_strips, all_on)))
        });
    }
}

/// One section's design, as at a tile's border while its parameters move.
fn designs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("design");
    let tuning = Tuning::new(48_000.0, 1_234.0);
    group.bench_function("bell", |bencher| bencher.iter(|| bell(black_box(tuning), 6.0, 1.0).delta()));
    group.bench_function("low shelf", |bencher| {
        bencher.iter(|| low_shelf(black_box(tuning), 6.0, 1.0).delta());
    });
    group.bench_function("high shelf", |bencher| {
        bencher.iter(|| high_shelf(black_box(tuning), 6.0, 1.0).delta());
    });
    group.bench_function("notch", |bencher| bencher.iter(|| notch(black_box(tuning), 4.0).delta()));
    group.bench_function("high-pass", |bencher| bencher.iter(|| high_pass(black_box(tuning), 0.7).delta()));
    group.bench_function("low-pass", |bencher| bencher.iter(|| low_pass(black_box(tuning), 0.7).delta()));
}

fn filters_on(strip: &mut StripSettings) {
    strip.high_pass.on = true;
    strip.low_pass.on = true;
}

fn gate_on(strip: &mut StripSettings) {
    strip.gate.on = true;
}

fn eq_on(strip: &mut StripSettings) {
    strip.eq.on = true;
    for (band, gain_db) in strip.eq.bands.iter_mut().zip([3.0, -4.0, 5.0, 2.0]) {
        band.gain_db = gain_db;
    }
}

fn compressor_on(strip: &mut StripSettings) {
    strip.compressor.on = true;
}

fn all_on(strip: &mut StripSettings) {
    [filters_on, gate_on, eq_on, compressor_on].iter().for_each(|change| change(strip));
}

/// The same change in every strip. Nothing is measured whose cost depends on what a stage leaves of the sound.
fn with(n_strips: usize, change: Change) -> Settings {
    let mut settings = Settings::new(n_strips);
    settings.meters.loudness = false;
    settings.strips.iter_mut().for_each(change);
    settings
}

/// A block of 512 frames with one stage on, with all of them, and with none.
fn stages(criterion: &mut Criterion) {
    let changes: [(&str, Change); 6] = [
        ("none", |_| {}),
        ("filters", filters_on),
        ("gate", gate_on),
        ("EQ", eq_on),
        ("compressor", compressor_on),
        ("all", all_on),
    ];
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(512));
    for (name, change) in changes {
        for n_strips in SIZES {
            let mut engine = prepared(SimdPath::detect(), &with(n_strips, change));
            let mut block = Block::new(n_strips, 512);
            group.bench_function(BenchmarkId::new(name, format!("{n_strips} strips")), |bencher| {
                bencher.iter(|| block.process(&mut engine));
            });
        }
    }
}

/// Every band of every strip is sent elsewhere in each block, and is designed anew in each of its tiles.
fn redesigns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redesign");
    group.throughput(Throughput::Elements(512));
    for n_strips in SIZES {
        let mut snapshots = [with(n_strips, eq_on), with(n_strips, eq_on)];
        for band in snapshots[1].strips.iter_mut().flat_map(|strip| &mut strip.eq.bands) {
            band.frequency_hz *= 1.1;
            band.gain_db += 1.0;
        }
        let mut engine = prepared(SimdPath::detect(), &snapshots[0]);
        let mut block = Block::new(n_strips, 512);
        let mut turn = 0;
        group.bench_function(BenchmarkId::new("every band", format!("{n_strips} strips")), |bencher| {
            bencher.iter(|| {
                turn ^= 1;
                engine.set(black_box(&snapshots[turn]));
                block.process(&mut engine);
            });
        });
    }
}

/// The master's limiter by itself: on and at work, on and idle, off.
fn limiters(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limiter");
    group.throughput(Throughput::Elements(512));
    for lookahead in Lookahead::ALL {
        for (name, on, gain) in [("working", true, 2.0), ("idle", true, 0.5), ("off", false, 0.5)] {
            let mut limiter = Limiter::new();
            limiter.set_on(on);
            limiter.prepare(48_000.0, lookahead);
            let mut rng = fastrand::Rng::with_seed(2);
            let noise: Vec<f32> = (0..512).map(|_| gain * (rng.f32() - 0.5)).collect();
            let mut sides = [noise.clone(), noise.clone()];
            let id = BenchmarkId::new(name, format!("{} ms", lookahead.ms()));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let [left, right] = &mut sides;
                    left.copy_from_slice(&noise);
                    right.copy_from_slice(&noise);
                    limiter.process(left, black_box(right));
                });
            });
        }
    }
}

mod suite {
    #![allow(missing_docs, reason = "criterion's macro writes an undocumented function")]
    use super::*;
    criterion_group!(benches, lives, designs, stages, redesigns, limiters);
}
criterion_main!(suite::benches);
