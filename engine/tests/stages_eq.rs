//! Filters and equalisers through the engine: what they answer, that a cut undoes a boost, and that what is flat is not there.
//!
//! Source: eq.md. That designs follow their analog prototypes is held by `filters_design.rs`; here the engine's response is held
//! to the designs'.

mod support;

use busbar_engine::filters::{self, Delta, Tuning};
use busbar_engine::{
    BandSettings, BandShape, EqSettings, FilterSettings, FilterSlope, SendSettings, Settings,
};
use fastrand::Rng;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use support::random::SHAPES;
use support::signals::{noise, peak};
use support::{Cuts, Session, Stereo, to_db};

const RATES_HZ: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

fn band(shape: BandShape, frequency_hz: f32, gain_db: f32, q: f32) -> BandSettings {
    BandSettings { on: true, shape, frequency_hz, gain_db, q }
}

/// An equaliser of these bands; the others are off.
fn eq(bands: &[BandSettings]) -> EqSettings {
    let off = BandSettings { on: false, ..EqSettings::FLAT.bands[0] };
    EqSettings { on: true, bands: std::array::from_fn(|idx| bands.get(idx).copied().unwrap_or(off)) }
}

/// The section that a band is to be.
fn design(sample_rate_hz: f64, band: &BandSettings) -> Delta {
    let tuning = Tuning::new(sample_rate_hz, f64::from(band.frequency_hz));
    let (gain_db, q) = (f64::from(band.gain_db), f64::from(band.q));
    // A shelf's Q of √½ is a slope of 1, and there it ends.
    let slope = (q / FRAC_1_SQRT_2).min(1.0);
    match band.shape {
        BandShape::Bell => filters::bell(tuning, gain_db, q),
        BandShape::LowShelf => filters::low_shelf(tuning, gain_db, slope),
        BandShape::HighShelf => filters::high_shelf(tuning, gain_db, slope),
        BandShape::Notch => filters::notch(tuning, q),
    }
    .delta()
}

/// The engine's output for an impulse on the left of strip 0 of three.
fn impulse_response(sample_rate_hz: f64, n_frames: usize, change: impl Fn(&mut Settings)) -> Vec<f32> {
    let mut settings = Settings::new(3);
    change(&mut settings);
    let mut session = Session::new(sample_rate_hz, n_frames, settings);
    let mut impulse = vec![0.0; n_frames];
    impulse[0] = 1.0;
    session.inputs[0] = Some([impulse, vec![0.0; n_frames]]);
    let mix = session.render(Cuts::Every(500));
    assert!(mix.master()[1].iter().all(|sample| *sample == 0.0), "left is heard on the right");
    mix.master()[0].clone()
}

/// Holds an impulse response to sections at two dozen frequencies.
#[track_caller]
fn assert_answers(response: &[f32], sample_rate_hz: f64, sections: &[Delta], context: &str) {
    let mut n_compared = 0;
    for step in 0..24 {
        let frequency_hz = 30.0 * (20_000.0_f64 / 30.0).powf(f64::from(step) / 23.0);
        let omega = TAU * frequency_hz / sample_rate_hz;
        let [re, im] = response.iter().enumerate().fold([0.0; 2], |[re, im], (n, &sample)| {
            let (sin, cos) = (omega * n as f64).sin_cos();
            [re + f64::from(sample) * cos, im - f64::from(sample) * sin]
        });
        let expected = sections
            .iter()
            .map(|section| section.response(omega))
            .fold(filters::Response { re: 1.0, im: 0.0 }, filters::Response::times);
        // The error's size, re the larger of 1 and the response. The output is rounded to f32 once for each stage; over an impulse response
        // that adds up to −130 dB at the very most, and the tail that is cut off is less.
        let error = (re - expected.re).hypot(im - expected.im) / expected.gain().max(1.0);
        assert!(error < 3e-7, "{context}: {frequency_hz:.1} Hz off by {:.1} dB", to_db(error));
        n_compared += usize::from(expected.gain_db().abs() > 0.5);
    }
    assert!(n_compared > 0, "{context}: nothing to see at any frequency");
}

#[test]
fn every_shape_answers_as_designed_on_strips_groups_and_the_master() {
    for sample_rate_hz in RATES_HZ {
        for shape in SHAPES {
            for (frequency_hz, gain_db, q) in
                [(120.0, 18.0, 0.71), (1_000.0, -12.0, 2.0), (9_000.0, 6.0, 0.3)]
            {
                let band = band(shape, frequency_hz, gain_db, q);
                let sections = [design(sample_rate_hz, &band)];
                let context = format!("{band:?} at {sample_rate_hz} Hz");
                // 0.4 s: the slowest rings for 13 ms per factor of e.
                let n_frames = (0.4 * sample_rate_hz) as usize;
                let strip = impulse_response(sample_rate_hz, n_frames, |s| s.strips[0].eq = eq(&[band]));
                assert_answers(&strip, sample_rate_hz, &sections, &format!("strip, {context}"));
                let group = impulse_response(sample_rate_hz, n_frames, |s| {
                    s.strips[0].sends = [SendSettings::unity(false); 5];
                    s.strips[0].sends[3].on = true;
                    s.groups[2].eq = eq(&[band]);
                });
                assert_answers(&group, sample_rate_hz, &sections, &format!("group, {context}"));
                let master = impulse_response(sample_rate_hz, n_frames, |s| s.master.eq = eq(&[band]));
                assert_answers(&master, sample_rate_hz, &sections, &format!("master, {context}"));
            }
        }
    }
}

#[test]
fn bands_are_in_a_row_and_each_counts_once() {
    let bands = [
        band(BandShape::LowShelf, 150.0, 9.0, 0.5),
        band(BandShape::Bell, 500.0, -7.0, 3.0),
        band(BandShape::Notch, 3_000.0, 0.0, 4.0),
        band(BandShape::HighShelf, 7_000.0, -5.0, 0.71),
    ];
    for sample_rate_hz in RATES_HZ {
        let n_frames = (0.4 * sample_rate_hz) as usize;
        let sections = bands.map(|band| design(sample_rate_hz, &band));
        let response = impulse_response(sample_rate_hz, n_frames, |s| s.strips[0].eq = eq(&bands));
        assert_answers(&response, sample_rate_hz, &sections, "four bands");
    }
}

/// 12 dB per octave is one Butterworth section, 24 dB are two.
#[test]
fn high_pass_and_low_pass_answer_as_designed() {
    for sample_rate_hz in RATES_HZ {
        for frequency_hz in [80.0, 700.0, 6_000.0] {
            let tuning = Tuning::new(sample_rate_hz, f64::from(frequency_hz));
            let cases: [(FilterSlope, bool, Vec<Delta>); 4] = [
                (FilterSlope::Db12, true, vec![filters::high_pass(tuning, FRAC_1_SQRT_2).delta()]),
                (FilterSlope::Db24, true, filters::high_pass_24_db(tuning).map(|s| s.delta()).to_vec()),
                (FilterSlope::Db12, false, vec![filters::low_pass(tuning, FRAC_1_SQRT_2).delta()]),
                (FilterSlope::Db24, false, filters::low_pass_24_db(tuning).map(|s| s.delta()).to_vec()),
            ];
            for (slope, is_high_pass, sections) in cases {
                let filter = FilterSettings { on: true, frequency_hz, slope };
                let response = impulse_response(sample_rate_hz, (0.4 * sample_rate_hz) as usize, |s| {
                    let strip = &mut s.strips[0];
                    *(if is_high_pass { &mut strip.high_pass } else { &mut strip.low_pass }) = filter;
                });
                let context = format!("{filter:?}, high-pass: {is_high_pass}, at {sample_rate_hz} Hz");
                assert_answers(&response, sample_rate_hz, &sections, &context);
            }
        }
    }
}

/// Output minus input, at its largest, in dB re the larger of both.
fn null_db(settings: Settings, feed: &Stereo, sample_rate_hz: f64) -> f64 {
    let mut session = Session::new(sample_rate_hz, feed[0].len(), settings);
    session.inputs[0] = Some(feed.clone());
    let mix = session.render(Cuts::Every(333));
    let difference = mix.master().iter().zip(feed).flat_map(|(out, came)| {
        out.iter().zip(came).map(|(out, came)| (f64::from(*out) - f64::from(*came)).abs())
    });
    to_db(difference.fold(0.0, f64::max) / peak(&feed[0]).max(peak(&feed[1])))
}

/// Gate of eq.md: boost and equal cut null to −125 dB.
#[test]
fn a_cut_undoes_the_boost() {
    let mut rng = Rng::with_seed(150);
    let feed = noise(&mut rng, 20_000, 1.0);
    for sample_rate_hz in RATES_HZ {
        for shape in [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf] {
            for frequency_hz in [20.0, 100.0, 1_000.0, 8_000.0, 20_000.0] {
                for (gain_db, q) in [(18.0, 0.71), (6.0, 10.0), (12.0, 0.3)] {
                    let boost = band(shape, frequency_hz, gain_db, q);
                    let cut = BandSettings { gain_db: -gain_db, ..boost };
                    for bands in [[boost, cut], [cut, boost]] {
                        let mut settings = Settings::new(1);
                        settings.strips[0].eq = eq(&bands);
                        let null = null_db(settings, &feed, sample_rate_hz);
                        assert!(null <= -125.0, "{bands:?} at {sample_rate_hz} Hz: {null:.1} dB");
                    }
                    // Cut in the strip and boosted in the master: each in its own f32.
                    let mut settings = Settings::new(1);
                    settings.strips[0].eq = eq(&[cut]);
                    settings.master.eq = eq(&[boost]);
                    let null = null_db(settings, &feed, sample_rate_hz);
                    assert!(null <= -125.0, "{cut:?}, then a boost, at {sample_rate_hz} Hz: {null:.1} dB");
                }
            }
        }
    }
    // A check of the check: something is boosted at all.
    let mut settings = Settings::new(1);
    settings.strips[0].eq = eq(&[band(BandShape::Bell, 1_000.0, 18.0, 0.71)]);
    assert!(null_db(settings, &feed, 48_000.0) > -20.0);
}

/// A band at 0 dB is the input, bit for bit, wherever it stands.
#[test]
fn flat_bands_are_not_there() {
    let mut rng = Rng::with_seed(151);
    let feed = noise(&mut rng, 5_000, 1.0);
    for shape in [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf] {
        for (frequency_hz, q) in [(20.0, 0.1), (440.0, 1.0), (20_000.0, 40.0)] {
            let flat = eq(&[band(shape, frequency_hz, 0.0, q); 4]);
            let mut settings = Settings::new(9);
            settings.strips[8].eq = flat;
            settings.groups[3].eq = flat;
            settings.master.eq = flat;
            let mut session = Session::new(48_000.0, 5_000, settings);
            session.inputs[8] = Some(feed.clone());
            assert!(session.render(Cuts::Every(64)).master() == &feed, "{shape:?} {frequency_hz} Hz");
        }
    }
}
