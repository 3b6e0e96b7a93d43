//! The limiter: its gain around a burst, and what its promise comes to over the worst signals.

use crate::chart::{
    Axis, BLUE, GREEN, Legend, NUMBERS, ORANGE, PURPLE, Panel, RED, REFERENCE, Series, picture,
};
use crate::limiter_support::{AHEAD, Meter, SAMPLE_RATES_HZ, worst_signals};
use crate::through::{amplitude, db, defaults, run};
use anyhow::Result;
use busbar_engine::{LimiterSettings, Lookahead, Settings};

const CEILING_DB: f64 = -1.0;

fn with_limiter(lookahead: Lookahead) -> Settings {
    let mut settings = defaults();
    settings.master.limiter = LimiterSettings {
        on: true,
        ceiling_db: CEILING_DB as f32,
        release_ms: 50.0,
        link_percent: 100.0,
        lookahead,
    };
    settings
}

/// A steady level instead of a tone, so that the gain can be read from every sample.
pub fn gain_around_a_burst() -> Result<String> {
    const SAMPLE_RATE_HZ: f64 = 48_000.0;
    let ms = SAMPLE_RATE_HZ / 1_000.0;
    let (before, burst, after) = (4_800, 960, 14_400);
    let (quiet_db, loud_db) = (-12.0, 6.0);
    let mut input = vec![amplitude(quiet_db) as f32; before + burst + after];
    input[before..before + burst].fill(amplitude(loud_db) as f32);
    let kinds = [
        (Lookahead::None, PURPLE),
        (Lookahead::Ms1_5, GREEN),
        (Lookahead::Ms3, BLUE),
        (Lookahead::Ms5, ORANGE),
    ];
    let needed_db = CEILING_DB - loud_db;
    let mut near = vec![
        Series::line(
            "needed by the burst's samples",
            REFERENCE,
            10,
            vec![(0.0, needed_db), (20.0, needed_db)],
        ),
        Series::line("", REFERENCE, 4, vec![(0.0, 1.0), (0.0, -9.0)]),
        Series::line("", REFERENCE, 4, vec![(20.0, 1.0), (20.0, -9.0)]),
    ];
    let mut whole = Vec::new();
    let mut latencies = Vec::new();
    let mut highest_db = f64::NEG_INFINITY;
    for (lookahead, color) in kinds {
        let (output, latency) = run(SAMPLE_RATE_HZ, &[(0, with_limiter(lookahead))], &input)?;
        latencies.push(latency.to_string());
        highest_db = output.iter().fold(highest_db, |highest, x| highest.max(db(f64::from(x.abs()))));
        let gains: Vec<(f64, f64)> = input
            .iter()
            .zip(&output[latency..])
            .enumerate()
            .map(|(n, (input, output))| {
                ((n as f64 - before as f64) / ms, db(f64::from(*output) / f64::from(*input)))
            })
            .collect();
        let label = match lookahead {
            Lookahead::None => "no lookahead".to_owned(),
            _ => format!("{} ms", lookahead.ms()),
        };
        let part = |from_ms: f64, to_ms: f64, stride: usize| -> Vec<(f64, f64)> {
            let within = |(t, _): &&(f64, f64)| (from_ms..=to_ms).contains(t);
            gains.iter().filter(within).step_by(stride).copied().collect()
        };
        near.push(Series::line(label.clone(), color, 5, part(-8.0, 28.0, 4)));
        whole.push(Series::line(label, color, 5, part(-20.0, 250.0, 32)));
    }
    let gain = || Axis::linear("gain, dB", [-9.0, 1.0], 1.0);
    let panel = |x, series, legend| Panel { height: 560, margin: NUMBERS, x, y: gain(), series, legend };
    let onset = Axis::linear("ms since the burst, latency taken out", [-8.0, 28.0], 2.0);
    let release = Axis::linear("ms since the burst; release 50 ms", [-20.0, 250.0], 10.0);
    picture(
        "Limiter around a burst of 20 ms from −12 to +6 dBFS: ceiling −1 dB, 48 kHz",
        &format!(
            "Latencies {} samples; largest sample {} dBFS",
            latencies.join(", "),
            format!("{highest_db:.5}").replace('-', "−")
        ),
        &[panel(onset, near, Legend::UpperRight), panel(release, whole, Legend::None)],
    )
}

/// Every signal at every rate with every lookahead, read by a meter of sixteen points a sample.
pub fn peaks() -> Result<String> {
    const N_FRAMES: usize = 12_000;
    const GATE_DB: f64 = 0.1;
    let meter = Meter::new();
    let names: Vec<String> = worst_signals(N_FRAMES, 0).into_iter().map(|signal| signal.name).collect();
    let n_names = names.len() as f64;
    let mut highest_db = f64::NEG_INFINITY;
    let mut n_points = 0;
    let mut series = vec![
        Series::line("ceiling", REFERENCE, 6, vec![(0.0, 0.0), (0.0, n_names)]),
        Series::line("gate: +0.1 dB", RED, 4, vec![(GATE_DB, 0.0), (GATE_DB, n_names)]),
    ];
    for (ahead_idx, (lookahead, color)) in AHEAD.into_iter().zip([GREEN, BLUE, ORANGE]).enumerate() {
        let mut points = Vec::new();
        for (rate_idx, rate) in SAMPLE_RATES_HZ.into_iter().enumerate() {
            for (signal_idx, signal) in worst_signals(N_FRAMES, rate_idx as u64).into_iter().enumerate() {
                let (output, _) = run(rate, &[(0, with_limiter(lookahead))], &signal.samples)?;
                let over_db = meter.true_peak_db(&output) - CEILING_DB;
                highest_db = highest_db.max(over_db);
                n_points += 1;
                // The first signal on top; within a row, lookaheads and rates below one another.
                let row = n_names - 1.0 - signal_idx as f64;
                let place = (ahead_idx * SAMPLE_RATES_HZ.len() + rate_idx) as f64;
                points.push((over_db, row + 0.88 - 0.76 * place / 17.0));
            }
        }
        series.push(Series::dots(format!("{} ms, six rates each", lookahead.ms()), color, 6, points));
    }
    let rows = names.into_iter().enumerate();
    let ticks = rows.map(|(idx, name)| (n_names - 0.5 - idx as f64, name)).collect();
    let panel = Panel {
        height: 1_180,
        margin: 520,
        x: Axis::linear("true peak re ceiling, dB", [-5.0, 0.5], 0.5),
        y: Axis::named("", [0.0, n_names], ticks),
        series,
        legend: Legend::LowerLeft,
    };
    picture(
        "Limiter: true peaks against the ceiling, read by a meter at 16 times the rate",
        &format!(
            "{n_points} runs through the engine, 44.1 to 192 kHz; highest {} dB",
            format!("{highest_db:+.3}").replace('-', "−")
        ),
        &[panel],
    )
}
