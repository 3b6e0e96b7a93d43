//! The engine against the reference mixer (`support/reference.rs`): f64, slow, obvious, its own code.
//!
//! First the reference is held to closed forms, so that the judge is judged; then the engine to the reference.
//! Here all stages are off and everything is linear: `stages_reference.rs` has the rest.

#![allow(
    clippy::disallowed_macros,
    reason = "the measured errors are for people to read; the engine prints nothing"
)]

mod support;

use busbar_engine::{InputMode, PanLaw, SendSettings, Settings};
use fastrand::Rng;
use support::random::{Automation, chance, linear_session, spoil, uniform};
use support::reference::{self, Ramp, ReferenceMix};
use support::{Cuts, Event, Mix, Session, to_db};

/// f32 rounds a value in ½…1 by up to 2⁻²⁵ (−150.5 dBFS), 2⁻²⁵/√3 (−155 dBFS) in the mean square. A sample of the mix
/// has some twelve roundings of its own and one for each strip, and they add as noise does: for 32 strips
/// 10·log10(44) = 16 dB, were all of them at full scale. −140 dBFS is the standard's figure.
const MAX_RMS_DBFS: f64 = -140.0;

/// The same roundings for one sample, not in the mean: 16 dB more than the mean square, the crest of a noise that is
/// looked at for a million samples.
const MAX_PEAK_DBFS: f64 = -124.0;

/// Snapshots that throw every gain about before it has arrived cost more. A gain on its way from 0 to 16 (trim) is a
/// difference of numbers near 16, rounded by up to 2⁻²¹ (−126 dBFS), and later gains of up to 4 each (send, group, master)
/// may lift it when they move the other way: 36 dB. A restarted ramp inherits the error, a few hundred times.
const MAX_STORM_RMS_DBFS: f64 = -100.0;

/// As above for one sample. What this must still find is larger: a ramp that is one sample off differs by 1/T of the
/// change, at least 1/2880 (−69 dBFS) for a change of 1.
const MAX_STORM_PEAK_DBFS: f64 = -85.0;

#[derive(Clone, Copy)]
struct Error {
    rms_dbfs: f64,
    peak_dbfs: f64,
}

impl Error {
    const NONE: Self = Self { rms_dbfs: f64::NEG_INFINITY, peak_dbfs: f64::NEG_INFINITY };

    fn worse(self, other: Self) -> Self {
        Self { rms_dbfs: self.rms_dbfs.max(other.rms_dbfs), peak_dbfs: self.peak_dbfs.max(other.peak_dbfs) }
    }
}

/// The worst channel's error.
fn compare(expected: &ReferenceMix, actual: &Mix, context: &str) -> Error {
    let mut worst = Error::NONE;
    for (expected, actual) in expected.buses.iter().flatten().zip(actual.buses.iter().flatten()) {
        assert_eq!(expected.len(), actual.len(), "{context}: lengths");
        assert!(expected.len() > 1000, "{context}: too short to prove anything");
        let (mut power, mut peak) = (0.0, 0.0_f64);
        for (expected, &actual) in expected.iter().zip(actual) {
            let error = f64::from(actual) - expected;
            assert!(error.is_finite(), "{context}: not finite");
            power += error * error;
            peak = peak.max(error.abs());
        }
        let rms_dbfs = 10.0 * (power / expected.len() as f64).log10();
        worst = worst.worse(Error { rms_dbfs, peak_dbfs: to_db(peak) });
    }
    worst
}

/// Scales the feeds so that every output peaks at or under 0 dBFS. False if there is hardly anything to hear.
fn scale_to_full_scale(session: &mut Session) -> bool {
    let peak = reference::render(session).peak();
    if peak < 1e-3 {
        return false;
    }
    // A hair below, for the rounding of the scaled feeds.
    session.scale_inputs((0.9999 / peak) as f32);
    true
}

/// A feed that stands still for the whole session repeats one rounding error in every sample, which does not add as
/// noise does: such feeds give way to noise. (Constants have closed forms of their own in `ramps.rs`.)
fn replace_constant_feeds(rng: &mut Rng, session: &mut Session) {
    for feed in session.inputs.iter_mut().flatten() {
        if feed.iter().all(|channel| channel.iter().all(|sample| *sample == channel[0])) {
            feed.iter_mut().flatten().for_each(|sample| *sample = uniform(rng, -1.0, 1.0));
        }
    }
}

/// Runs sessions of this automation, asserts the bounds, and prints the worst error.
#[track_caller]
fn assert_sessions_match(seed: u64, n_sessions: u64, automation: Automation, max: Error) {
    let mut rng = Rng::with_seed(seed);
    let mut worst = Error::NONE;
    let (mut n_done, mut n_loud, mut n_events, mut n_quarantined) = (0, 0, 0, 0);
    while n_done < n_sessions {
        let n_strips = [1, 2, 3, 8, 9, 11, 16, 32, 64][rng.usize(..9)];
        let n_frames = rng.usize(1500..5000);
        let mut session = linear_session(&mut rng, n_strips, n_frames, automation);
        replace_constant_feeds(&mut rng, &mut session);
        if !scale_to_full_scale(&mut session) {
            continue;
        }
        if rng.bool() {
            spoil(&mut rng, &mut session, 10);
        }
        n_events += session.events.len();
        let context = format!(
            "session {n_done}: {n_strips} strips at {} Hz, {} events",
            session.sample_rate_hz,
            session.events.len()
        );
        let expected = reference::render(&session);
        let mut engine = session.fresh_engine();
        let actual = session.render_on(&mut engine, Cuts::Random(n_done));
        let error = compare(&expected, &actual, &context);
        assert!(
            error.rms_dbfs <= max.rms_dbfs && error.peak_dbfs <= max.peak_dbfs,
            "{context}: RMS error {:.1} dBFS, peak error {:.1} dBFS",
            error.rms_dbfs,
            error.peak_dbfs
        );
        assert_eq!(engine.quarantined_strips(), expected.quarantined, "{context}: quarantine flags");
        worst = worst.worse(error);
        n_done += 1;
        n_loud += u64::from(to_db(actual.loudness()) > -30.0);
        n_quarantined += u64::from(expected.quarantined != 0);
    }
    println!(
        "{n_sessions} sessions, {automation:?}, {n_events} events: RMS error {:.1} dBFS, peak error {:.1} dBFS",
        worst.rms_dbfs, worst.peak_dbfs
    );
    assert!(n_loud * 4 > n_sessions * 3, "only {n_loud} sessions were loud enough to prove anything");
    assert!(n_quarantined * 4 > n_sessions, "only {n_quarantined} sessions had a quarantine");
}

const MAX: Error = Error { rms_dbfs: MAX_RMS_DBFS, peak_dbfs: MAX_PEAK_DBFS };
const MAX_STORM: Error = Error { rms_dbfs: MAX_STORM_RMS_DBFS, peak_dbfs: MAX_STORM_PEAK_DBFS };

#[test]
fn random_settings_match_the_reference() {
    assert_sessions_match(20, 100, Automation::NONE, MAX);
}

#[test]
fn turned_knobs_match_the_reference() {
    assert_sessions_match(21, 60, Automation { frames_per_event: 2000, snapshots: 0.0 }, MAX);
}

#[test]
fn dense_automation_matches_the_reference() {
    assert_sessions_match(22, 30, Automation { frames_per_event: 10, snapshots: 0.0 }, MAX_STORM);
    assert_sessions_match(23, 30, Automation { frames_per_event: 100, snapshots: 0.0 }, MAX_STORM);
}

#[test]
fn recalled_snapshots_match_the_reference() {
    assert_sessions_match(24, 30, Automation { frames_per_event: 100, snapshots: 0.2 }, MAX_STORM);
    assert_sessions_match(25, 30, Automation { frames_per_event: 1500, snapshots: 1.0 }, MAX_STORM);
}

/// Faders and pans that follow curves, a point every 64 frames, as hosts send them.
#[test]
fn fader_rides_match_the_reference() {
    let mut rng = Rng::with_seed(26);
    let mut worst = Error::NONE;
    for (n_strips, sample_rate_hz) in [(1, 44_100.0), (3, 48_000.0), (8, 96_000.0), (32, 48_000.0)] {
        let mut session = Session::new(sample_rate_hz, 12_000, Settings::new(n_strips));
        for strip_idx in 0..n_strips {
            session.inputs[strip_idx] = Some(noise(&mut rng, 12_000));
            session.initial.strips[strip_idx].sends[1 + strip_idx % 4] =
                SendSettings { on: true, level_db: -6.0, pre_fader: chance(&mut rng, 0.5) };
        }
        let mut current = session.initial.clone();
        for at in (50..session.n_frames).step_by(64) {
            let phase = at as f32 / 3000.0;
            for (strip_idx, strip) in current.strips.iter_mut().enumerate() {
                strip.fader_db = -10.0 + 10.0 * (phase + strip_idx as f32).sin();
                strip.pan_percent = 80.0 * (1.7 * phase + strip_idx as f32).cos();
            }
            session.events.push(Event { at, settings: current.clone() });
        }
        assert!(scale_to_full_scale(&mut session));
        let context = format!("{n_strips} strips");
        let actual = session.render(Cuts::Every(64));
        let error = compare(&reference::render(&session), &actual, &context);
        assert!(to_db(actual.loudness()) > -20.0, "{context}: too quiet to prove anything");
        assert!(error.rms_dbfs <= MAX_RMS_DBFS, "{context}: RMS error {:.1} dBFS", error.rms_dbfs);
        assert!(error.peak_dbfs <= MAX_PEAK_DBFS, "{context}: peak error {:.1} dBFS", error.peak_dbfs);
        worst = worst.worse(error);
    }
    println!("fader rides: RMS error {:.1} dBFS, peak error {:.1} dBFS", worst.rms_dbfs, worst.peak_dbfs);
}

fn noise(rng: &mut Rng, n_frames: usize) -> support::Stereo {
    std::array::from_fn(|_| (0..n_frames).map(|_| uniform(rng, -1.0, 1.0)).collect())
}

/// The standard's own case: 32 strips at unity.
#[test]
fn thirty_two_strips_at_unity_match_the_sum() {
    let mut rng = Rng::with_seed(27);
    let mut session = Session::new(48_000.0, 20_000, Settings::new(32));
    for feed in &mut session.inputs {
        *feed = Some(noise(&mut rng, 20_000));
    }
    assert!(scale_to_full_scale(&mut session));
    let actual = session.render(Cuts::Every(64));
    let error = compare(&reference::render(&session), &actual, "32 strips");
    println!(
        "32 strips at unity: RMS error {:.1} dBFS, peak error {:.1} dBFS",
        error.rms_dbfs, error.peak_dbfs
    );
    assert!(to_db(actual.loudness()) > -20.0, "too quiet to prove anything");
    assert!(error.rms_dbfs <= MAX_RMS_DBFS, "RMS error {:.1} dBFS", error.rms_dbfs);
    assert!(error.peak_dbfs <= MAX_PEAK_DBFS, "peak error {:.1} dBFS", error.peak_dbfs);
}

/// A mix of all strips is the sum of mixes of one.
#[test]
fn strips_superpose() {
    let mut rng = Rng::with_seed(28);
    let mut n_compared = 0;
    while n_compared < 8 {
        let n_strips = [2, 8, 9, 16][n_compared % 4];
        let mut session = linear_session(&mut rng, n_strips, 2000, Automation::every(100));
        if !scale_to_full_scale(&mut session) {
            continue;
        }
        let together = session.render(Cuts::Whole);
        if to_db(together.loudness()) < -30.0 {
            continue;
        }
        let mut buses = together.buses.clone().map(|bus| bus.map(|channel| vec![0.0_f64; channel.len()]));
        for strip_idx in 0..n_strips {
            let mut alone = session.clone();
            for other_idx in (0..n_strips).filter(|&other_idx| other_idx != strip_idx) {
                alone.inputs[other_idx] = None;
            }
            let alone = alone.render(Cuts::Whole);
            for (sum, alone) in buses.iter_mut().flatten().zip(alone.buses.iter().flatten()) {
                sum.iter_mut().zip(alone).for_each(|(sum, &sample)| *sum += f64::from(sample));
            }
        }
        // The gains are the same in every run, whatever their error: what differs is rounding after them, on both sides.
        let error = compare(&ReferenceMix::of(buses), &together, "superposition");
        assert!(error.rms_dbfs <= MAX_RMS_DBFS + 3.0, "{n_strips} strips: {:.1} dBFS", error.rms_dbfs);
        assert!(error.peak_dbfs <= MAX_PEAK_DBFS + 6.0, "{n_strips} strips: {:.1} dBFS", error.peak_dbfs);
        n_compared += 1;
    }
}

/// Twice the input is twice the output: a power of two changes exponents only, and no rounding.
#[test]
fn the_mixer_is_linear() {
    let mut rng = Rng::with_seed(29);
    let mut n_compared = 0;
    while n_compared < 8 {
        let n_strips = [1, 3, 8, 32][n_compared % 4];
        let mut session = linear_session(&mut rng, n_strips, 2000, Automation::every(100));
        if !scale_to_full_scale(&mut session) {
            continue;
        }
        // Subnormals would not scale exactly.
        for sample in session.inputs.iter_mut().flatten().flatten().flatten() {
            *sample = if sample.abs() < 1e-6 { 0.0 } else { *sample };
        }
        let single = session.render(Cuts::Whole);
        session.scale_inputs(2.0);
        let double = session.render(Cuts::Whole);
        for (single, double) in single.buses.iter().flatten().zip(double.buses.iter().flatten()) {
            for (frame, (single, double)) in single.iter().zip(double).enumerate() {
                // Outputs near the subnormal range are flushed: there, less than the smallest normal number is lost.
                let is_close = (2.0 * single - double).abs() <= 2.0 * f32::MIN_POSITIVE;
                assert!(is_close, "{n_strips} strips, frame {frame}: {single} and {double}");
            }
        }
        n_compared += usize::from(to_db(single.loudness()) > -30.0);
    }
}

mod the_reference_itself {
    use super::*;

    fn one_frame(settings: &Settings, inputs: &[[f32; 2]]) -> [[f64; 2]; 5] {
        reference::Mixer::new(48_000.0, settings).tick(inputs)
    }

    #[track_caller]
    fn assert_close(actual: [f64; 2], expected: [f64; 2]) {
        // f64 rounding of a dozen operations on values near 1.
        assert!((0..2).all(|i| (actual[i] - expected[i]).abs() < 1e-12), "{actual:?}, not {expected:?}");
    }

    #[test]
    fn is_unity_at_defaults() {
        let out = one_frame(&Settings::new(2), &[[0.25, -0.5], [0.125, 1.0]]);
        assert_close(out[0], [0.375, 0.5]);
        assert!(out[1..].iter().all(|&group| group == [0.0; 2]));
    }

    #[test]
    fn goes_through_every_stage() {
        let mut settings = Settings::new(1);
        let strip = &mut settings.strips[0];
        strip.input_mode = InputMode::Swap;
        strip.trim_db = -20.0;
        strip.invert_polarity = true;
        strip.width_percent = 0.0;
        strip.pan_percent = 50.0;
        strip.fader_db = -40.0;
        strip.sends[0].on = false;
        strip.sends[2] = SendSettings { on: true, level_db: 12.0, pre_fader: false };
        strip.sends[3] = SendSettings { on: true, level_db: -20.0, pre_fader: true };
        settings.groups[1].fader_db = -20.0;
        settings.groups[1].balance_percent = -100.0;
        settings.groups[2].to_master = false;
        settings.master.dim = true;
        settings.master.mono = true;
        // Swapped, −0.1, width 0: both sides −0.1 · (0.75 + 0.25)/2 = −0.05; balance half right: left 0.5, right 1.
        let p = [-0.025, -0.05];
        let out = one_frame(&settings, &[[0.25, 0.75]]);
        let b = p[0] * 10f64.powf((12.0 - 40.0 - 20.0) / 20.0);
        assert_close(out[2], [b, 0.0]);
        assert_close(out[3], [0.1 * p[0], 0.1 * p[1]]);
        // B alone, dimmed by 20 dB, its mean on both sides.
        assert_close(out[0], [0.05 * b, 0.05 * b]);
    }

    #[test]
    fn pans_by_the_closed_forms() {
        let quarter = |law| reference::pan_gains(law, -50.0);
        assert_close(quarter(PanLaw::Linear), [0.75, 0.25]);
        assert_close(quarter(PanLaw::SquareRoot), [0.75f64.sqrt(), 0.5]);
        // cos 22.5° = √(2 + √2)/2, sin 22.5° = √(2 − √2)/2.
        let sine_cosine = [(2.0 + 2f64.sqrt()).sqrt() / 2.0, (2.0 - 2f64.sqrt()).sqrt() / 2.0];
        assert_close(quarter(PanLaw::SineCosine), sine_cosine);
        assert_close(
            quarter(PanLaw::Compromise),
            [(0.75 * sine_cosine[0]).sqrt(), (0.25 * sine_cosine[1]).sqrt()],
        );
        assert_close(quarter(PanLaw::Balanced), [1.0, 0.5]);
    }

    #[test]
    fn ramps_by_the_formula() {
        let mut ramp = Ramp::settled(1.0);
        ramp.aim(0.0, 10, 4);
        let values: Vec<f64> = (9..16).map(|sample| ramp.at(sample.max(10))).collect();
        assert_eq!(values, [0.75, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0]);
        // The sample before 12 had 0.5.
        ramp.aim(1.5, 12, 4);
        assert_eq!([12, 13, 14, 15, 16].map(|sample| ramp.at(sample)), [0.75, 1.0, 1.25, 1.5, 1.5]);
        // The same target again changes nothing.
        ramp.aim(1.5, 13, 4);
        assert_eq!(ramp.at(13), 1.0);
    }

    #[test]
    fn silences_the_rest_of_a_spoilt_tile() {
        let mut session = Session::new(48_000.0, 100, Settings::new(2));
        session.feed_constant(0, 0.5, 0.5);
        session.feed_constant(1, 0.25, 0.25);
        session.inputs[1].as_mut().expect("fed")[1][40] = f32::NAN;
        let mix = reference::render(&session);
        let expected = |frame: usize| if (40..64).contains(&frame) { 0.5 } else { 0.75 };
        assert!((0..100).all(|frame| mix.buses[0][0][frame] == expected(frame)));
        assert_eq!(mix.quarantined, 0b10);
    }

    #[test]
    fn crossfades_to_the_sum_of_the_inputs() {
        let mut settings = Settings::new(1);
        settings.strips[0].fader_db = -20.0;
        settings.strips[0].sends[1] = SendSettings::unity(true);
        settings.groups[0].to_master = false;
        let mut session = Session::new(48_000.0, 1000, settings);
        session.feed_constant(0, 1.0, -1.0);
        session.change(100, |settings| settings.bypass = true);
        let mix = reference::render(&session);
        // 10 ms: 480 samples. Half of it is done with sample 100 + 239.
        for (frame, master, group) in [(99, 0.1, 0.1), (339, 0.55, 0.05), (579, 1.0, 0.0), (999, 1.0, 0.0)] {
            assert_close([mix.buses[0][0][frame], mix.buses[0][1][frame]], [master, -master]);
            assert_close([mix.buses[1][0][frame], mix.buses[1][1][frame]], [group, -group]);
        }
    }

    /// The whole chain at once: a bus that ought to be silent, is.
    #[test]
    fn closes_paths_by_the_truth_table() {
        let mut settings = Settings::new(3);
        for strip in &mut settings.strips {
            strip.sends = [SendSettings::unity(true); 5];
        }
        settings.groups.iter_mut().for_each(|group| group.to_master = false);
        settings.strips[0].solo = true;
        settings.strips[1].solo_safe = true;
        settings.groups[2].solo = true;
        let out = one_frame(&settings, &[[1.0; 2], [2.0; 2], [4.0; 2]]);
        assert_eq!(out.map(|bus| bus[0]), [3.0, 3.0, 3.0, 7.0, 3.0]);
    }
}
