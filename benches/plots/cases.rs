//! The cases of EBU Tech 3341 and 3342 as a table for docs/dsp/meters.md, read from the engine's strips.
//!
//! Cases are played beside each other, one on each strip, and each is read when it is over.
//! The engine takes the instructions of the machine, because minutes on plain arithmetic would take too long; paths differ by less than
//! what two decimals show.

use crate::through::{db, play};
use anyhow::Result;
use busbar_engine::{Engine, Levels, Settings, TILE_FRAMES};
use std::f64::consts::TAU;

/// The rate at which all cases are read, and those at which the short ones are.
const RATE_HZ: f64 = 48_000.0;
const OTHER_RATES_HZ: [f64; 3] = [44_100.0, 96_000.0, 192_000.0];

/// What is read, and when.
#[derive(Clone, Copy)]
enum Reads {
    Integrated,
    /// Momentary, short-term and integrated, of which that is told which is farthest off.
    All,
    /// Short-term at all times behind 3.2 s: a figure may be 100 ms old, and 16 tiles.
    ShortTermAlways,
    /// Momentary at all times behind 1 s.
    MomentaryAlways,
    /// The largest momentary.
    LargestMomentary,
    Range,
    TruePeak,
}

struct Case {
    name: &'static str,
    what: &'static str,
    reads: Reads,
    expected: f64,
    tolerance: [f64; 2],
    signal: fn(f64) -> Vec<f32>,
}

const LOUDNESS: [f64; 2] = [-0.1, 0.1];
const RANGE: [f64; 2] = [-1.0, 1.0];
const PEAK: [f64; 2] = [-0.4, 0.2];

/// A sine of 1 kHz whose level changes: (dBFS, seconds), one after the other.
fn tones(rate_hz: f64, steps: &[(f64, f64)]) -> Vec<f32> {
    let mut signal = Vec::new();
    let mut end = 0.0;
    for (dbfs, seconds) in steps {
        end += seconds * rate_hz;
        let amplitude = 10f64.powf(dbfs / 20.0);
        while (signal.len() as f64) < end.round() {
            signal.push((amplitude * (TAU * 1_000.0 * signal.len() as f64 / rate_hz).sin()) as f32);
        }
    }
    signal
}

/// A sine of a fraction of the rate, faded in so that the beginning has no peak of its own.
fn peaks(divisor: f64, degrees: f64, amplitude: f64) -> Vec<f32> {
    let sine = |n: usize| (TAU * (n as f64 / divisor + degrees / 360.0)).sin();
    (0..6_400).map(|n| (amplitude * (n as f64 / 2_000.0).min(1.0) * sine(n)) as f32).collect()
}

fn case(
    name: &'static str,
    what: &'static str,
    reads: Reads,
    (expected, tolerance): (f64, [f64; 2]),
    signal: fn(f64) -> Vec<f32>,
) -> Case {
    Case { name, what, reads, expected, tolerance, signal }
}

/// Cases that take a minute or so.
fn long() -> Vec<Case> {
    let (lufs, range) = ((-23.0, LOUDNESS), |lu| (lu, RANGE));
    vec![
        case("3341-3", "I", Reads::Integrated, lufs, |hz| {
            tones(hz, &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)])
        }),
        case("3341-4", "I", Reads::Integrated, lufs, |hz| {
            tones(hz, &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)])
        }),
        case("3341-5", "I", Reads::Integrated, lufs, |hz| {
            tones(hz, &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)])
        }),
        case("3342-1", "LRA", Reads::Range, range(10.0), |hz| tones(hz, &[(-20.0, 20.0), (-30.0, 20.0)])),
        case("3342-2", "LRA", Reads::Range, range(5.0), |hz| tones(hz, &[(-20.0, 20.0), (-15.0, 20.0)])),
        case("3342-3", "LRA", Reads::Range, range(20.0), |hz| tones(hz, &[(-40.0, 20.0), (-20.0, 20.0)])),
        case("3342-4", "LRA", Reads::Range, range(15.0), |hz| {
            tones(hz, &[-50.0, -35.0, -20.0, -35.0, -50.0].map(|dbfs| (dbfs, 20.0)))
        }),
    ]
}

/// Cases that take up to twenty seconds.
fn short() -> Vec<Case> {
    vec![
        case("3341-1", "M, S, I", Reads::All, (-23.0, LOUDNESS), |hz| tones(hz, &[(-23.0, 20.0)])),
        case("3341-2", "M, S, I", Reads::All, (-33.0, LOUDNESS), |hz| tones(hz, &[(-33.0, 20.0)])),
        case("3341-9", "S, always", Reads::ShortTermAlways, (-23.0, LOUDNESS), |hz| {
            tones(hz, &[(-20.0, 1.34), (-30.0, 1.66)].repeat(5))
        }),
        case("3341-12", "M, always", Reads::MomentaryAlways, (-23.0, LOUDNESS), |hz| {
            tones(hz, &[(-20.0, 0.18), (-30.0, 0.22)].repeat(25))
        }),
        case("3341-13, in shape", "largest M", Reads::LargestMomentary, (-23.0, LOUDNESS), |hz| {
            tones(hz, &[(-200.0, 1.02), (-23.0, 0.4), (-200.0, 0.3)])
        }),
    ]
}

/// Cases that take a moment.
fn of_peaks() -> Vec<Case> {
    let (six, three) = ((-6.0, PEAK), (3.0, PEAK));
    vec![
        case("3341-15", "true peak", Reads::TruePeak, six, |_| peaks(4.0, 0.0, 0.5)),
        case("3341-16", "true peak", Reads::TruePeak, six, |_| peaks(4.0, 45.0, 0.5)),
        case("3341-17", "true peak", Reads::TruePeak, six, |_| peaks(6.0, 60.0, 0.5)),
        case("3341-18", "true peak", Reads::TruePeak, six, |_| peaks(8.0, 67.5, 0.5)),
        case("3341-19", "true peak", Reads::TruePeak, three, |_| peaks(4.0, 45.0, 1.41)),
    ]
}

/// That of two which is farther from a third.
fn farther(from: f64, one: f64, other: f64) -> f64 {
    if (other - from).abs() > (one - from).abs() { other } else { one }
}

/// What a strip reads now, if this is when the case has to be read.
fn reading(case: &Case, levels: &Levels<'_>, strip: usize, seconds: f64, is_over: bool) -> Option<f64> {
    let loudness = levels.strip_loudness(strip);
    let (value, is_time) = match case.reads {
        Reads::Integrated => (loudness.integrated_lufs, is_over),
        Reads::LargestMomentary => (loudness.max_momentary_lufs, is_over),
        Reads::Range => (loudness.range_lu, is_over),
        Reads::All => {
            let all = [loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs];
            let worst =
                all.map(f64::from).into_iter().reduce(|one, other| farther(case.expected, one, other));
            return worst.filter(|_| is_over);
        }
        Reads::ShortTermAlways => (loudness.short_term_lufs, seconds > 3.2),
        Reads::MomentaryAlways => (loudness.momentary_lufs, seconds > 1.0),
        Reads::TruePeak => return is_over.then(|| db(f64::from(loudness.true_peak[0]))),
    };
    is_time.then(|| f64::from(value))
}

/// What cases read at a rate: of all readings the one that is farthest off.
fn read(cases: &[Case], rate_hz: f64) -> Result<Vec<f64>> {
    let mut engine = Engine::new(cases.len());
    engine.set(&Settings::new(cases.len()));
    engine.prepare(rate_hz)?;
    let signals: Vec<Vec<f32>> = cases.iter().map(|case| (case.signal)(rate_hz)).collect();
    let mut reads: Vec<Option<f64>> = vec![None; cases.len()];
    let mut is_read = vec![false; cases.len()];
    // The last tenth of a second is worked off over 16 tiles, and a block may end anywhere.
    let longest = signals.iter().map(Vec::len).max().unwrap_or(0);
    let mut signals_and_rest = signals.clone();
    signals_and_rest.iter_mut().for_each(|signal| signal.resize(longest + 64 * TILE_FRAMES, 0.0));
    play(&mut engine, &signals_and_rest, |n_frames, engine| {
        for (strip, case) in cases.iter().enumerate() {
            let end = signals[strip].len();
            if is_read[strip] {
                continue;
            }
            let is_over = n_frames >= end + 17 * TILE_FRAMES;
            let is_within = n_frames <= end || is_over;
            let now = reading(case, &engine.levels(), strip, n_frames as f64 / rate_hz, is_over);
            let always = matches!(case.reads, Reads::ShortTermAlways | Reads::MomentaryAlways);
            if let Some(now) = now.filter(|_| is_within && !(always && is_over)) {
                reads[strip] = Some(reads[strip].map_or(now, |before| farther(case.expected, before, now)));
            }
            is_read[strip] = is_over;
        }
    });
    Ok(reads.into_iter().map(|read| read.unwrap_or(f64::NAN)).collect())
}

/// The table, in Markdown.
pub fn table() -> Result<String> {
    let mut text = String::from(
        "# Cases of EBU Tech 3341 and 3342\n\n\
         Written by `cargo xtask plots`; what is read stands in [meters](meters.md).\n\
         Of several readings the one that is farthest off is told.\n\
         Cases of a minute are read here at 48 kHz only; `engine/tests/meters_loudness.rs` holds them at other rates too.\n\n\
         | case | figure | expected | allowed | 44.1 kHz | 48 kHz | 96 kHz | 192 kHz |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let is_long = [(short(), false), (of_peaks(), false), (long(), true)];
    for (cases, is_long) in is_long {
        let at_48 = read(&cases, RATE_HZ)?;
        let others = match is_long {
            true => None,
            false => Some([
                read(&cases, OTHER_RATES_HZ[0])?,
                read(&cases, OTHER_RATES_HZ[1])?,
                read(&cases, OTHER_RATES_HZ[2])?,
            ]),
        };
        for (idx, case) in cases.iter().enumerate() {
            let told = |reads: Option<&Vec<f64>>| {
                reads.map_or_else(|| "".to_owned(), |reads| format!("{:.2}", reads[idx]))
            };
            let unit = match case.reads {
                Reads::Range => "LU",
                Reads::TruePeak => "dBTP",
                _ => "LUFS",
            };
            let [low, high] = case.tolerance;
            let allowed = if low == -high { format!("± {high}") } else { format!("+{high} / {low}") };
            let other = |which: usize| told(others.as_ref().map(|others| &others[which]));
            let line = format!(
                "| {} | {} | {:.1} {unit} | {allowed} | {} | {:.2} | {} | {} |",
                case.name,
                case.what,
                case.expected,
                other(0),
                at_48[idx],
                other(1),
                other(2)
            );
            text += &line.replace(" -", " −").replace("/ -", "/ −");
            text.push('\n');
        }
    }
    Ok(text)
}
