//! Nothing clicks: gains that jump, and stages that are switched.
//!
//! Source: eq.md, *Moving parameters* (−70 dBFS above 6 kHz for a full ± 18 dB jump in 20 ms on a sine of 200 Hz at −6 dBFS), and the gate for
//! switching a stage: less than −60 dB re its signal. Both are read as the loudest sample of what is above 6 kHz, where the
//! sine has nothing.

#![allow(
    clippy::disallowed_macros,
    reason = "the levels that were measured are shown with --nocapture: the engine never prints, its tests may"
)]

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{
    BandSettings, BandShape, CompressorSettings, EqSettings, FilterSlope, GateSettings, LimiterSettings,
    Settings, StageOrder,
};
use std::f64::consts::TAU;
use support::clicks::ClickDetector;
use support::signals::{both, peak};
use support::{Cuts, Session, to_db};

const RATE_HZ: f64 = 48_000.0;

/// The sine: −6 dBFS.
const AMPLITUDE: f64 = 0.5;

fn sine(sample_rate_hz: f64, n_frames: usize, phase: f64) -> Vec<f32> {
    // Its beginning would be a click of its own: it grows for 0.1 s.
    let grown = |n: usize| {
        let x = (n as f64 / (0.1 * sample_rate_hz)).min(1.0);
        0.5 - 0.5 * (0.5 * TAU * x).cos()
    };
    (0..n_frames)
        .map(|n| (grown(n) * AMPLITUDE * (TAU * (200.0 * n as f64 / sample_rate_hz + phase)).sin()) as f32)
        .collect()
}

/// What is above 6 kHz within 80 ms of a change, and the peak of everything.
fn click(sample_rate_hz: f64, before: &Settings, after: &Settings, phase: f64) -> [f64; 2] {
    // Whatever the beginning left has died away by then: a bell of 60 Hz with Q = 10 and +18 dB takes the longest.
    let at = (0.65 * sample_rate_hz) as usize + 13;
    let (from, to) = (at - (0.01 * sample_rate_hz) as usize, at + (0.08 * sample_rate_hz) as usize);
    let mut session = Session::new(sample_rate_hz, to, before.clone());
    session.inputs[0] = Some(both(sine(sample_rate_hz, to, phase)));
    session.change(at, |settings| *settings = after.clone());
    let mix = session.render(Cuts::Every(512));
    let heard = &mix.master()[0][from..];
    [ClickDetector::new(sample_rate_hz).loudest(heard), peak(heard)]
}

fn eq_of(band: BandSettings) -> EqSettings {
    let mut eq = EqSettings { on: true, ..EqSettings::FLAT };
    eq.bands[1] = band;
    eq
}

fn with_band(band: BandSettings) -> Settings {
    let mut settings = Settings::new(1);
    settings.strips[0].eq = eq_of(band);
    settings
}

#[test]
fn a_jump_of_any_gain_does_not_click() {
    let mut loudest = (0.0, String::new());
    for (shape, q) in [
        (BandShape::Bell, 1.0),
        (BandShape::Bell, 0.3),
        (BandShape::Bell, 10.0),
        (BandShape::LowShelf, 0.71),
        (BandShape::HighShelf, 0.71),
    ] {
        for frequency_hz in [60.0, 200.0, 1_000.0, 5_000.0] {
            for (from_db, to_db) in [(-18.0, 18.0), (18.0, -18.0), (0.0, 18.0), (-18.0, 0.0)] {
                for phase in [0.0, 0.25] {
                    let band =
                        |gain_db| with_band(BandSettings { on: true, shape, frequency_hz, gain_db, q });
                    let [level, _] = click(RATE_HZ, &band(from_db), &band(to_db), phase);
                    if level > loudest.0 {
                        loudest = (
                            level,
                            format!("{shape:?} of {frequency_hz} Hz, Q {q}, {from_db} to {to_db} dB"),
                        );
                    }
                }
            }
        }
    }
    println!("a jump of the gain: {:.1} dBFS ({})", to_db(loudest.0), loudest.1);
    assert!(loudest.0 > 0.0 && to_db(loudest.0) <= -70.0, "{:.1} dBFS: {}", to_db(loudest.0), loudest.1);
}

/// The same at other rates, for the case that is the hardest on a line, and for frequencies that jump.
#[test]
fn nor_at_other_rates_and_nor_does_a_jump_of_the_frequency() {
    for sample_rate_hz in [44_100.0, 96_000.0, 192_000.0] {
        let bell = |gain_db| {
            with_band(BandSettings { on: true, shape: BandShape::Bell, frequency_hz: 200.0, gain_db, q: 1.0 })
        };
        let [level, _] = click(sample_rate_hz, &bell(-18.0), &bell(18.0), 0.0);
        println!("a jump of the gain at {sample_rate_hz} Hz: {:.1} dBFS", to_db(level));
        assert!(to_db(level) <= -70.0, "{sample_rate_hz} Hz: {:.1} dBFS", to_db(level));
    }
    for (from_hz, to_hz) in [(100.0, 1_000.0), (5_000.0, 150.0)] {
        let bell = |frequency_hz| {
            with_band(BandSettings { on: true, shape: BandShape::Bell, frequency_hz, gain_db: 12.0, q: 1.0 })
        };
        let [level, _] = click(RATE_HZ, &bell(from_hz), &bell(to_hz), 0.0);
        println!("{from_hz} to {to_hz} Hz: {:.1} dBFS", to_db(level));
        assert!(to_db(level) <= -70.0, "{from_hz} to {to_hz} Hz: {:.1} dBFS", to_db(level));
    }
}

/// A name, and what is switched.
type Switch = (&'static str, fn(&mut Settings, bool));

fn bell(shape: BandShape, frequency_hz: f32) -> BandSettings {
    BandSettings { on: true, shape, frequency_hz, gain_db: 18.0, q: 0.71 }
}

/// Reduces the sine by 15 dB.
const COMPRESSOR: CompressorSettings =
    CompressorSettings { threshold_db: -26.0, ratio: 10.0, makeup_db: 3.0, ..CompressorSettings::STRIP };

/// Closed for a sine at −6 dBFS.
const GATE: GateSettings = GateSettings { threshold_db: -3.0, range_db: -20.0, ..GateSettings::STRIP };

const SWITCHES: [Switch; 21] = [
    ("high-pass, 12 dB", |s, on| s.strips[0].high_pass = filter(on, 150.0, FilterSlope::Db12)),
    ("high-pass, 24 dB", |s, on| s.strips[0].high_pass = filter(on, 400.0, FilterSlope::Db24)),
    ("high-pass, its slope", |s, on| {
        s.strips[0].high_pass = filter(true, 200.0, if on { FilterSlope::Db24 } else { FilterSlope::Db12 });
    }),
    ("low-pass, 12 dB", |s, on| s.strips[0].low_pass = filter(on, 500.0, FilterSlope::Db12)),
    ("low-pass, 24 dB", |s, on| s.strips[0].low_pass = filter(on, 5_000.0, FilterSlope::Db24)),
    ("bell", |s, on| s.strips[0].eq = EqSettings { on, ..eq_of(bell(BandShape::Bell, 200.0)) }),
    ("low shelf", |s, on| s.strips[0].eq = EqSettings { on, ..eq_of(bell(BandShape::LowShelf, 300.0)) }),
    ("high shelf", |s, on| s.strips[0].eq = EqSettings { on, ..eq_of(bell(BandShape::HighShelf, 150.0)) }),
    ("notch", |s, on| s.strips[0].eq = EqSettings { on, ..eq_of(bell(BandShape::Notch, 200.0)) }),
    ("one band", |s, on| s.strips[0].eq = eq_of(BandSettings { on, ..bell(BandShape::Bell, 200.0) })),
    ("a band's shape", |s, on| {
        let shape = if on { BandShape::LowShelf } else { BandShape::Notch };
        s.strips[0].eq = eq_of(bell(shape, 200.0));
    }),
    ("gate", |s, on| s.strips[0].gate = GateSettings { on, ..GATE }),
    ("compressor", |s, on| s.strips[0].compressor = CompressorSettings { on, ..COMPRESSOR }),
    ("group's equaliser", |s, on| {
        s.strips[0].sends[0].on = false;
        s.strips[0].sends[1].on = true;
        s.groups[0].eq = EqSettings { on, ..eq_of(bell(BandShape::Bell, 200.0)) };
    }),
    ("group's compressor", |s, on| {
        s.strips[0].sends[0].on = false;
        s.strips[0].sends[1].on = true;
        s.groups[0].compressor = CompressorSettings { on, ..COMPRESSOR };
    }),
    ("master's equaliser", |s, on| s.master.eq = EqSettings { on, ..eq_of(bell(BandShape::Bell, 200.0)) }),
    ("master's compressor", |s, on| s.master.compressor = CompressorSettings { on, ..COMPRESSOR }),
    ("limiter without lookahead", |s, on| s.master.limiter = limiter(on, Lookahead::None)),
    ("limiter of 1.5 ms", |s, on| s.master.limiter = limiter(on, Lookahead::Ms1_5)),
    ("limiter of 5 ms", |s, on| s.master.limiter = limiter(on, Lookahead::Ms5)),
    ("order", |s, on| {
        s.strips[0].eq = eq_of(bell(BandShape::Bell, 200.0));
        s.strips[0].compressor = CompressorSettings { on: true, ..COMPRESSOR };
        s.strips[0].order = if on { StageOrder::CompressorFirst } else { StageOrder::EqFirst };
    }),
];

fn filter(on: bool, frequency_hz: f32, slope: FilterSlope) -> busbar_engine::FilterSettings {
    busbar_engine::FilterSettings { on, frequency_hz, slope }
}

/// The sine is 11 dB over its ceiling. A release of a second, so that what it does to a sine that stands still is below what is
/// looked for.
fn limiter(on: bool, lookahead: Lookahead) -> LimiterSettings {
    LimiterSettings { on, lookahead, ceiling_db: -17.0, release_ms: 1_000.0, link_percent: 100.0 }
}

#[test]
fn switching_a_stage_does_not_click() {
    for (name, switch) in SWITCHES {
        let settings = |on| {
            let mut settings = Settings::new(1);
            switch(&mut settings, on);
            settings
        };
        let mut loudest = 0.0_f64;
        for (from, to) in [(false, true), (true, false)] {
            for phase in [0.0, 0.125, 0.25] {
                let [level, peak] = click(RATE_HZ, &settings(from), &settings(to), phase);
                loudest = loudest.max(level / peak);
            }
        }
        let level_db = to_db(loudest);
        println!("{name}: {level_db:.1} dB");
        assert!(level_db < -60.0, "{name}: {level_db:.1} dB");
    }
}

/// The detector hears what it should: a step of a quarter of the sine.
#[test]
fn a_step_is_a_click() {
    let mut stepped = sine(RATE_HZ, 40_000, 0.0);
    stepped[30_060..].iter_mut().for_each(|sample| *sample *= 0.75);
    let detector = ClickDetector::new(RATE_HZ);
    let level = to_db(detector.loudest(&stepped[28_000..]));
    assert!(level > -30.0, "{level}");
    let still = to_db(detector.loudest(&sine(RATE_HZ, 40_000, 0.0)[28_000..]));
    assert!(still < -120.0, "{still}");
}
