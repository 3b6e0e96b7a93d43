//! Targets 5 and 6: true peaks against the `ebur128` crate, and the engine's own rate against bare rubato.

use crate::clock::thread_time;
use crate::rate_work::{Alone, Bare, Whole, round_frames};
use crate::report::{Bound, Targets, head, row};
use busbar_engine::true_peak::TruePeakMeter;
use busbar_engine::{EngineRate, ResamplingMode};
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

/// Frames of noise in a turn of a meter.
const METER_FRAMES: usize = 4096;

/// Pairs of rates: the host's, and the engine's.
const PAIRS: [(u32, EngineRate); 3] =
    [(44_100, EngineRate::Hz48000), (48_000, EngineRate::Hz96000), (96_000, EngineRate::Hz48000)];

/// The least that each of many works took, in seconds. All of them take turns, so that whatever the machine does meets all.
fn least<const N: usize>(n_rounds: usize, mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut least = [Duration::MAX; N];
    for _ in 0..n_rounds {
        for (least, work) in least.iter_mut().zip(&mut works) {
            let start = thread_time();
            work();
            *least = (*least).min(thread_time() - start);
        }
    }
    least.map(|time| time.as_secs_f64())
}

/// Target 5. The noise grows from tile to tile, so that each may hold a new largest peak, and none can be skipped.
pub fn true_peaks(is_quick: bool, targets: &mut Targets) -> Result<(), Box<dyn Error>> {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut grown = || -> Vec<f32> {
        (0..METER_FRAMES).map(|frame| (rng.f32() - 0.5) * 1.1f32.powi(frame as i32 / 32)).collect()
    };
    let [left, right] = [grown(), grown()];
    let mut ours = TruePeakMeter::new();
    let mut theirs = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::TRUE_PEAK)?;
    let mut failed = None;
    let [ours, theirs] = least(
        if is_quick { 50 } else { 400 },
        [
            &mut || {
                ours.restart();
                ours.process(black_box(&left), black_box(&right));
                black_box(ours.largest());
            },
            &mut || {
                let added = theirs.add_frames_planar_f32(&[black_box(&left), black_box(&right)]);
                failed = failed.take().or(added.err());
            },
        ],
    );
    if let Some(error) = failed {
        return Err(error.into());
    }
    head("true peak, stereo, ns", &["a frame".to_owned()]);
    for (name, seconds) in [("Busbar", ours), ("ebur128", theirs)] {
        row(name, &[seconds * 1e9 / METER_FRAMES as f64]);
    }
    println!();
    targets.judge(5, "true peak, times as fast as ebur128", theirs / ours, Bound::AtLeast(6.0));
    Ok(())
}

/// Target 6: what the way adds to the engine alone, re rubato alone with the same filters in the same steps.
pub fn rates(is_quick: bool, targets: &mut Targets) -> Result<(), Box<dyn Error>> {
    let columns = ["engine", "rubato", "whole"].map(str::to_owned);
    head("8 strips, ns a host's frame", &columns);
    let mut judged = Vec::new();
    for (host_hz, engine_rate) in PAIRS {
        let engine_hz = engine_rate.hz().unwrap_or(host_hz);
        for mode in ResamplingMode::ALL {
            let mut whole = Whole::new(f64::from(host_hz), engine_rate, mode, 8)?;
            let mut alone = Alone::new(f64::from(engine_hz), 8)?;
            let mut bare = Bare::new(host_hz, engine_hz, mode, 8, None)?;
            let n_host = round_frames(host_hz, engine_hz, mode);
            let n_engine = n_host * engine_hz as usize / host_hz as usize;
            let seconds = least(
                if is_quick { 10 } else { 60 },
                [&mut || alone.round(n_engine), &mut || bare.round(n_host), &mut || whole.round(n_host)],
            );
            let name = format!("{host_hz} → {engine_hz}, {mode:?}");
            row(&name, &seconds.map(|seconds| seconds * 1e9 / n_host as f64));
            let [alone, bare, whole] = seconds;
            judged.push((name, (whole - alone) / bare));
        }
    }
    println!();
    for (name, ratio) in judged {
        targets.judge(6, &format!("{name}, way re rubato"), ratio, Bound::AtMost(1.1));
    }
    Ok(())
}
