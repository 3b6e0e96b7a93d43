//! The limiter at the end of a whole mixer: no true peak over its ceiling, whatever strips, groups and faders send it.
//!
//! Source: standards.md, *True peak*: output ≤ ceiling + 0.1 dB on fs/4 45°, on square bursts and on noise, by an independent
//! meter of 16×. The limiter by itself is held to more of it by `limiter_true_peak.rs`.

mod limiter_support;
mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{LimiterSettings, SendSettings, Settings};
use limiter_support::{AHEAD, Meter, worst_signals};
use support::{Cuts, Session, Stereo, to_db};

const N_FRAMES: usize = 9_000;

/// The gate, in dB.
const TOLERANCE_DB: f64 = 0.1;

fn limiter(lookahead: Lookahead, ceiling_db: f32) -> LimiterSettings {
    LimiterSettings { on: true, ceiling_db, release_ms: 50.0, link_percent: 100.0, lookahead }
}

/// A mixer that turns everything up: strip 0 straight to the master with its fader at +12 dB, strip 8 through group B with both faders
/// at +12 dB, and both with their stages on.
fn hot_mixer(limiter: LimiterSettings) -> Settings {
    let mut settings = Settings::new(9);
    settings.strips[0].fader_db = 12.0;
    settings.strips[8].fader_db = 12.0;
    settings.strips[8].sends = [SendSettings::unity(false); 5];
    settings.strips[8].sends[2].on = true;
    settings.groups[1].fader_db = 12.0;
    for strip_idx in [0, 8] {
        let strip = &mut settings.strips[strip_idx];
        strip.eq.on = true;
        strip.eq.bands[1].gain_db = 6.0;
        strip.compressor.on = true;
        strip.compressor.makeup_db = 6.0;
    }
    settings.master.eq.on = true;
    settings.master.eq.bands[3].gain_db = 6.0;
    settings.master.fader_db = 12.0;
    settings.master.limiter = limiter;
    settings
}

fn render(sample_rate_hz: f64, settings: Settings, samples: &[f32]) -> Stereo {
    let mut session = Session::new(sample_rate_hz, samples.len(), settings);
    session.inputs[0] = Some([samples.to_vec(), samples.to_vec()]);
    session.inputs[8] = Some([samples.to_vec(), samples.to_vec()]);
    session.render(Cuts::Every(480)).master().clone()
}

/// Faded in and out over 500 frames: a cut into a sound would be a peak of its own for the meter.
fn faded(samples: &[f32]) -> Vec<f32> {
    let n = samples.len();
    let gain = |frame: usize| (frame.min(n - 1 - frame) as f32 / 500.0).min(1.0);
    samples.iter().enumerate().map(|(frame, sample)| gain(frame) * sample).collect()
}

#[test]
fn no_true_peak_leaves_the_mixer_over_the_ceiling() {
    let meter = Meter::new();
    let mut n_checked = 0;
    for (sample_rate_hz, lookahead) in [
        (44_100.0, AHEAD[0]),
        (48_000.0, AHEAD[0]),
        (48_000.0, AHEAD[1]),
        (96_000.0, AHEAD[2]),
        (192_000.0, AHEAD[0]),
    ] {
        for signal in worst_signals(N_FRAMES, 3) {
            for ceiling_db in [-1.0, -24.0] {
                let [left, right] =
                    render(sample_rate_hz, hot_mixer(limiter(lookahead, ceiling_db)), &signal.samples);
                assert_eq!(left, right, "{}", signal.name);
                let over_db = meter.true_peak_db(&faded(&left)) - f64::from(ceiling_db);
                let context =
                    format!("{} at {sample_rate_hz} Hz, {lookahead:?}, {ceiling_db} dB", signal.name);
                assert!(over_db <= TOLERANCE_DB, "{context}: {over_db:.2} dB over");
                // It is a limiter, not a fader that is turned down: noise near Nyquist costs tones up to 5 dB.
                assert!(over_db > -6.0, "{context}: {over_db:.2} dB");
                n_checked += 1;
            }
        }
    }
    assert!(n_checked >= 100, "{n_checked} signals");
}

/// Off, the same mixer is far over it: the test looks at something.
#[test]
fn without_it_the_mixer_is_far_over() {
    let meter = Meter::new();
    for signal in worst_signals(N_FRAMES, 3) {
        let off = LimiterSettings { on: false, ..limiter(Lookahead::Ms3, -1.0) };
        let [left, _] = render(48_000.0, hot_mixer(off), &signal.samples);
        assert!(meter.true_peak_db(&faded(&left)) > 10.0, "{}", signal.name);
    }
}

/// Without lookahead: no sample is over it.
#[test]
fn without_lookahead_no_sample_is_over_the_ceiling() {
    for signal in worst_signals(N_FRAMES, 4) {
        let [left, _] = render(48_000.0, hot_mixer(limiter(Lookahead::None, -3.0)), &signal.samples);
        let over_db = to_db(support::signals::peak(&left)) + 3.0;
        // A rounding.
        assert!(over_db < 1e-5, "{}: {over_db} dB over", signal.name);
    }
}

/// What follows the limiter only turns down: mono, dim and cut.
#[test]
fn what_follows_it_only_turns_down() {
    let meter = Meter::new();
    for signal in worst_signals(N_FRAMES, 5) {
        let mut settings = hot_mixer(limiter(Lookahead::Ms1_5, -1.0));
        settings.master.mono = true;
        settings.master.dim = true;
        settings.master.dim_db = -12.0;
        let [left, right] = render(48_000.0, settings, &signal.samples);
        assert_eq!(left, right);
        let over_db = meter.true_peak_db(&faded(&left)) + 13.0;
        assert!(over_db <= TOLERANCE_DB && over_db > -6.0, "{}: {over_db} dB", signal.name);
    }
}
