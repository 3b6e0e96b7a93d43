//! Colour: what saturations and console summing cost on top of a mixer at its defaults.
//!
//! `cargo bench --package busbar-benches --bench colour`. Figures are of the machine they were taken on; compare ratios of one run.

mod block;

use block::{Block, prepared};
use busbar_engine::{ColourQuality, SaturationKind, SaturationSettings, Settings, SimdPath};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const BLOCKS: [usize; 2] = [64, 512];

const N_STRIPS: usize = 8;

fn measured(criterion: &mut Criterion, name: &str, case: &str, settings: &Settings) {
    let mut group = criterion.benchmark_group(format!("colour/{name}"));
    for n_frames in BLOCKS {
        group.throughput(Throughput::Elements(n_frames as u64));
        let mut engine = prepared(SimdPath::detect(), settings);
        let mut block = Block::new(N_STRIPS, n_frames);
        group.bench_function(BenchmarkId::new(case, n_frames), |bencher| {
            bencher.iter(|| block.process(&mut engine));
        });
    }
}

/// A mixer at its defaults, where nothing is measured whose cost depends on what colour leaves of the sound.
fn plain() -> Settings {
    let mut settings = Settings::new(N_STRIPS);
    settings.meters.loudness = false;
    settings
}

/// Eight strips with nothing but their saturation, at each quality.
fn saturations(criterion: &mut Criterion) {
    for quality in ColourQuality::ALL {
        let mut settings = plain();
        settings.colour_quality = quality;
        measured(criterion, "strips", &format!("{quality:?} off"), &settings);
        for kind in [SaturationKind::Tape, SaturationKind::Tube] {
            for strip in &mut settings.strips {
                strip.saturation = SaturationSettings { on: true, kind, drive_db: 12.0, mix_percent: 100.0 };
            }
            measured(criterion, "strips", &format!("{quality:?} {kind:?}"), &settings);
        }
    }
}

/// Console summing, of strips that go straight to the master.
fn console(criterion: &mut Criterion) {
    let mut settings = plain();
    for is_on in [false, true] {
        settings.master.console = is_on;
        measured(criterion, "console", if is_on { "on" } else { "off" }, &settings);
    }
}

mod suite {
    #![allow(missing_docs, reason = "criterion's macro writes an undocumented function")]
    use super::*;
    criterion_group!(benches, saturations, console);
}
criterion_main!(suite::benches);
