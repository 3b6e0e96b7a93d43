//! Our engine by path against a scalar reference of our own and against Faust, on the same work, in one run.
//!
//! `cargo xtask peers` builds the peers and calls this; `docs/PERFORMANCE.md` explains what it prints. By itself it has no
//! peers and measures nothing. With `--test` it only shows that ours and the scalar reference are the same sound.

mod clock;
mod crates;
mod faust;
mod limiter;
mod ours;
mod precise;
#[path = "../rate_work.rs"]
mod rate_work;
mod report;
mod rounds;
mod scalar;
mod tables;
mod work;
mod worst_block;

use busbar_engine::{BandSettings, BandShape, EqSettings, Settings, SimdPath, StripSettings};
use ours::Ours;
use report::{Bound, Targets};
use scalar::Scalar;
use std::error::Error;
use std::path::{Path, PathBuf};
use work::{Mixer, RATE_HZ, Signal};

/// Whole strips against f64, in dB: the engine's own bound.
const STRIP_ERROR_DB: f64 = -110.0;

/// Filters against f64, in dB: the engine's own bound.
const FILTER_ERROR_DB: f64 = -140.0;

/// Faust against f64, in dB. Its bands bend away from the analog ones towards 24 kHz, as the cookbook's do: that makes −50 dB with
/// eight strips and −44 with 32. A threshold, ratio, time or fader that is off by a tenth makes −36 or more; a band that is off by as
/// little is less than the designs differ by.
const FAUST_ERROR_DB: f64 = -40.0;

/// What was asked for.
#[derive(Default)]
struct Arguments {
    peers: Option<PathBuf>,
    is_quick: bool,
    is_smoke_test: bool,
    count: Option<(String, usize)>,
}

/// Cargo adds arguments of its own, and names of criterion's benches may be meant for others: those are passed over.
fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut found = Arguments::default();
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--peers" => found.peers = rest.next().map(PathBuf::from),
            "--quick" => found.is_quick = true,
            "--test" => found.is_smoke_test = true,
            "--count" => {
                let what = rest.next().unwrap_or_default();
                found.count = Some((what, rest.next().unwrap_or_default().parse()?));
            }
            _ => {}
        }
    }
    Ok(found)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    if let Some((what, n_blocks)) = arguments.count {
        return tables::count(&what, n_blocks);
    }
    if arguments.is_smoke_test {
        return agree(None);
    }
    let Some(peers) = arguments.peers else {
        println!("peers: nothing measured here; run `cargo xtask peers`");
        return Ok(());
    };
    agree(Some(&peers))?;
    let mut targets = Targets::default();
    tables::mixes(&peers, arguments.is_quick, &mut targets)?;
    tables::limiters(&peers, arguments.is_quick, &mut targets)?;
    crates::true_peaks(arguments.is_quick, &mut targets)?;
    crates::rates(arguments.is_quick, &mut targets)?;
    tables::worst_blocks(arguments.is_quick, &mut targets);
    errors(&mut targets);
    targets.close();
    Ok(())
}

/// Fails unless everybody who is going to be timed makes the same sound.
fn agree(peers: Option<&Path>) -> Result<(), Box<dyn Error>> {
    println!("{:<28} error re f64, dB", "");
    for n_strips in [8, 32] {
        let settings = work::settings(n_strips);
        let signal = Signal::noise(n_strips, 16_384, 5);
        let precise = precise::mix(RATE_HZ, &settings, &signal);
        let check = |name: &str, mixer: &mut dyn Mixer, bound_db: f64| -> Result<(), Box<dyn Error>> {
            // A length that no tile and no vector divides.
            let error_db = precise::error_db(mixer, 509, &signal, &precise);
            println!("{:<28} {error_db:.1}", format!("{name}, {n_strips} strips"));
            match error_db <= bound_db {
                true => Ok(()),
                false => Err(format!("{name} does not do the same work: {error_db:.1} dB re f64").into()),
            }
        };
        for path in SimdPath::all() {
            check(path.name(), &mut Ours::new(path, RATE_HZ, &settings), STRIP_ERROR_DB)?;
        }
        check("scalar", &mut Scalar::new(RATE_HZ, &settings), STRIP_ERROR_DB)?;
        for (name, mut faust) in tables::faust_mixes(peers, n_strips)? {
            check(name, &mut faust, FAUST_ERROR_DB)?;
        }
    }
    Ok(())
}

/// Target 8: the error of the lowest filters at the highest rate, and of whole strips.
fn errors(targets: &mut Targets) {
    for path in SimdPath::all() {
        let filter = [(18.0, 0.71), (-18.0, 0.71), (12.0, 10.0), (-12.0, 40.0)].map(|(gain_db, q)| {
            let settings = lone_bell(20.0, gain_db, q);
            error(path, 192_000.0, &settings)
        });
        let filter = filter.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let name = path.name();
        targets.judge(
            8,
            &format!("{name}, bell at 20 Hz, 192 kHz, dB"),
            filter,
            Bound::AtMost(FILTER_ERROR_DB),
        );
        for rate_hz in [48_000.0, 192_000.0] {
            let strip = error(path, rate_hz, &work::settings(1));
            let of = format!("{name}, whole strip, {} kHz, dB", rate_hz / 1_000.0);
            targets.judge(8, &of, strip, Bound::AtMost(STRIP_ERROR_DB));
        }
    }
}

/// Half a second of noise through one strip.
fn error(path: SimdPath, rate_hz: f64, settings: &Settings) -> f64 {
    let signal = Signal::noise(1, (rate_hz / 2.0) as usize, 11);
    let precise = precise::mix(rate_hz, settings, &signal);
    precise::error_db(&mut Ours::new(path, rate_hz, settings), 512, &signal, &precise)
}

fn lone_bell(frequency_hz: f32, gain_db: f32, q: f32) -> Settings {
    let mut eq = EqSettings { on: true, ..EqSettings::FLAT };
    eq.bands[1] = BandSettings { on: true, shape: BandShape::Bell, frequency_hz, gain_db, q };
    let strip = StripSettings { eq, ..StripSettings::default() };
    Settings { strips: vec![strip], ..Settings::new(1) }
}
