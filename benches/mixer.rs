//! The engine's hot path: one block of the whole mixer, and what automation costs.
//!
//! `cargo bench --package busbar-benches --bench mixer`. Figures are of the machine they were taken on; compare ratios of one run.

mod block;

use block::{Block, prepared};
use busbar_engine::{Destination, InputMode, N_GROUPS, Settings, SimdPath};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const SIZES: [usize; 3] = [8, 16, 32];
const BLOCKS: [usize; 2] = [64, 512];

/// Every strip moved off its defaults, with sends to two groups.
fn busy(n_strips: usize) -> Settings {
    let mut settings = Settings::new(n_strips);
    for (idx, strip) in settings.strips.iter_mut().enumerate() {
        strip.trim_db = 1.5;
        strip.width_percent = 80.0;
        strip.pan_percent = idx as f32 * 5.0 - 70.0;
        strip.fader_db = -6.0;
        strip.input_mode = if idx % 3 == 0 { InputMode::Mono } else { InputMode::Stereo };
        strip.sends[Destination::Group(idx % N_GROUPS).idx()].on = true;
        strip.sends[Destination::Group((idx + 1) % N_GROUPS).idx()].on = true;
    }
    settings
}

fn blocks(criterion: &mut Criterion) {
    for (name, settings) in [("defaults", Settings::new as fn(usize) -> Settings), ("busy", busy)] {
        let mut group = criterion.benchmark_group(format!("mix/{name}"));
        for n_strips in SIZES {
            for n_frames in BLOCKS {
                group.throughput(Throughput::Elements(n_frames as u64));
                let mut engine = prepared(SimdPath::detect(), &settings(n_strips));
                let mut block = Block::new(n_strips, n_frames);
                group.bench_function(BenchmarkId::new(format!("{n_strips} strips"), n_frames), |bencher| {
                    bencher.iter(|| block.process(&mut engine));
                });
            }
        }
    }
}

/// Every gain of every strip on its ramp: each block gets a new snapshot.
fn moving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mix/moving");
    for n_strips in SIZES {
        let snapshots = [Settings::new(n_strips), busy(n_strips)];
        let mut engine = prepared(SimdPath::detect(), &snapshots[0]);
        let mut block = Block::new(n_strips, 512);
        let mut turn = 0;
        group.throughput(Throughput::Elements(512));
        group.bench_function(BenchmarkId::new(format!("{n_strips} strips"), 512), |bencher| {
            bencher.iter(|| {
                turn ^= 1;
                engine.set(&snapshots[turn]);
                block.process(&mut engine);
            });
        });
    }
}

/// A snapshot in which nothing, one fader, or everything changed.
fn snapshots(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("set/32 strips");
    let mut one = Settings::new(32);
    one.strips[17].fader_db = -3.0;
    for (name, other) in [("nothing", Settings::new(32)), ("one fader", one), ("everything", busy(32))] {
        let snapshots = [Settings::new(32), other];
        let mut engine = prepared(SimdPath::detect(), &snapshots[0]);
        let mut turn = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                turn ^= 1;
                engine.set(black_box(&snapshots[turn]));
            });
        });
    }
}

mod suite {
    #![allow(missing_docs, reason = "criterion's macro writes an undocumented function")]
    use super::*;
    criterion_group!(benches, blocks, moving, snapshots);
}
criterion_main!(suite::benches);
