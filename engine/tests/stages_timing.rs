//! When settings count: gains from the event's own sample on, everything else from the next border of a tile on.
//!
//! Source: semantics.md, *Automation and the grid*. Closed forms only: what happens on the way is held by `stages_reference.rs`.

mod support;

use busbar_engine::{CompressorSettings, Settings, StageOrder, TILE_FRAMES};
use fastrand::Rng;
use support::reference::db_to_gain;
use support::signals::noise;
use support::{Cuts, Session};

/// Samples of every ramp at 48 kHz: 15 ms.
const RAMP: usize = 720;

/// The first frame at which a change is heard, in a mixer with everything on but the limiter (whose gain is held, so that the
/// first frame says little: `limiter_time.rs` has its grid).
fn first_difference(change: impl Fn(&mut Settings), at: usize) -> usize {
    let mut rng = Rng::with_seed(200);
    let mut settings = Settings::new(9);
    // Everything is on, so that nothing needs to be switched first.
    let strip = &mut settings.strips[8];
    (strip.eq.on, strip.gate.on, strip.compressor.on) = (true, true, true);
    (strip.high_pass.on, strip.low_pass.on) = (true, true);
    strip.eq.bands[1].gain_db = 6.0;
    strip.sends[0].on = false;
    strip.sends[3].on = true;
    (settings.groups[2].eq.on, settings.groups[2].compressor.on) = (true, true);
    (settings.master.eq.on, settings.master.compressor.on) = (true, true);
    let mut session = Session::new(48_000.0, 3_000, settings);
    session.inputs[8] = Some(noise(&mut rng, 3_000, 0.7));
    let before = session.render(Cuts::Every(100));
    session.change(at, change);
    let after = session.render(Cuts::Every(100));
    (0..3_000).find(|&frame| before.frame(frame) != after.frame(frame)).expect("a change that is heard")
}

#[test]
fn gains_count_at_their_sample_and_everything_else_at_the_next_border() {
    /// A name, a change, and whether it counts at its own sample.
    type Change = (&'static str, fn(&mut Settings), bool);
    let changes: [Change; 20] = [
        ("high-pass, frequency", |s| s.strips[8].high_pass.frequency_hz = 400.0, false),
        ("high-pass, off", |s| s.strips[8].high_pass.on = false, false),
        ("low-pass, slope", |s| s.strips[8].low_pass.slope = busbar_engine::FilterSlope::Db24, false),
        ("band, gain", |s| s.strips[8].eq.bands[1].gain_db = -6.0, false),
        ("band, shape", |s| s.strips[8].eq.bands[1].shape = busbar_engine::BandShape::Notch, false),
        ("equaliser, off", |s| s.strips[8].eq.on = false, false),
        ("compressor, threshold", |s| s.strips[8].compressor.threshold_db = -40.0, false),
        ("compressor, ratio", |s| s.strips[8].compressor.ratio = 20.0, false),
        ("compressor, off", |s| s.strips[8].compressor.on = false, true),
        ("compressor, mix", |s| s.strips[8].compressor.mix_percent = 50.0, true),
        ("compressor, make-up", |s| s.strips[8].compressor.makeup_db = 6.0, true),
        ("compressor, automatic make-up", |s| s.strips[8].compressor.auto_makeup = true, false),
        ("order", |s| s.strips[8].order = StageOrder::CompressorFirst, false),
        ("group's band", |s| s.groups[2].eq.bands[2].gain_db = 9.0, false),
        ("group's make-up", |s| s.groups[2].compressor.makeup_db = 6.0, true),
        ("group's threshold", |s| s.groups[2].compressor.threshold_db = -50.0, false),
        ("master's band", |s| s.master.eq.bands[0].gain_db = 9.0, false),
        ("master's mix", |s| s.master.compressor.mix_percent = 10.0, true),
        ("master's threshold", |s| s.master.compressor.threshold_db = -50.0, false),
        ("trim", |s| s.strips[8].trim_db = 3.0, true),
    ];
    for (name, change, at_once) in changes {
        for at in [1_600_usize, 1_601, 1_617, 1_631] {
            let border = at.next_multiple_of(TILE_FRAMES);
            let first = first_difference(change, at);
            if at_once {
                assert_eq!(first, at, "{name} at {at}");
            } else {
                // A curve or an envelope may take some samples before f32 shows it.
                assert!((border..border + TILE_FRAMES).contains(&first), "{name} at {at}: heard at {first}");
            }
        }
    }
}

/// A compressor with a ratio of 1 is its make-up, which goes on a straight line.
fn constant_through(compressor: CompressorSettings) -> Session {
    let mut settings = Settings::new(1);
    settings.strips[0].compressor = compressor;
    let mut session = Session::new(48_000.0, 3_000, settings);
    session.feed_constant(0, 0.25, 0.25);
    session
}

#[track_caller]
fn assert_line(session: &Session, from: usize, start: f64, end: f64, context: &str) {
    let mix = session.render(Cuts::Every(64));
    for frame in 0..3_000_usize {
        let k = (frame + 1).saturating_sub(from).min(RAMP) as f64 / RAMP as f64;
        let expected = 0.25 * (start + (end - start) * k);
        let actual = f64::from(mix.frame(frame)[0][0]);
        // Dry and wet gain in f32, each rounded, and the output.
        assert!(
            (actual - expected).abs() < 3e-7 * end.max(1.0),
            "{context}, frame {frame}: {actual}, not {expected}"
        );
    }
}

#[test]
fn makeup_mix_and_switch_are_straight_lines_of_15_ms() {
    let off = CompressorSettings { ratio: 1.0, makeup_db: 6.0, ..CompressorSettings::STRIP };
    let on = CompressorSettings { on: true, ..off };
    let gain = db_to_gain(6.0);
    for at in [640_usize, 641, 655] {
        let mut session = constant_through(off);
        session.change(at, |settings| settings.strips[0].compressor.on = true);
        assert_line(&session, at, 1.0, gain, "on");
        let mut session = constant_through(on);
        session.change(at, |settings| settings.strips[0].compressor.on = false);
        assert_line(&session, at, gain, 1.0, "off");
        let mut session = constant_through(on);
        session.change(at, |settings| settings.strips[0].compressor.makeup_db = 12.0);
        assert_line(&session, at, gain, db_to_gain(12.0), "make-up");
        let mut session = constant_through(on);
        session.change(at, |settings| settings.strips[0].compressor.mix_percent = 50.0);
        assert_line(&session, at, gain, 0.5 + 0.5 * gain, "mix");
    }
}

/// The automatic one is half of the reduction at 0 dBFS: with a threshold of −20 dB and 4:1 that is 7.5 dB. It starts at the border.
#[test]
fn automatic_makeup_starts_at_the_border() {
    let below = CompressorSettings {
        on: true,
        threshold_db: 0.0,
        knee_db: 0.0,
        auto_makeup: true,
        ..CompressorSettings::STRIP
    };
    for at in [640_usize, 641, 655] {
        let mut session = constant_through(below);
        // −30 dB: far below the threshold all the time.
        session.scale_inputs(0.125);
        session.change(at, |settings| {
            (settings.strips[0].compressor.threshold_db, settings.strips[0].compressor.ratio) = (-20.0, 4.0);
        });
        let mix = session.render(Cuts::Every(64));
        let (border, end) = (at.next_multiple_of(TILE_FRAMES), db_to_gain(7.5));
        let came = f64::from(session.inputs[0].as_ref().expect("fed")[0][0]);
        for frame in 0..3_000_usize {
            let k = (frame + 1).saturating_sub(border).min(RAMP) as f64 / RAMP as f64;
            let actual = f64::from(mix.frame(frame)[0][0]) / came;
            assert!((actual - (1.0 + (end - 1.0) * k)).abs() < 1e-6, "frame {frame}: {actual}");
        }
    }
}
