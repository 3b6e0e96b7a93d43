//! Console summing: what one source makes of it, and two.
//!
//! Source: semantics.md, *Colour*: a lone source at or under −6 dBFS nulls to ≤ −120 dBFS; two sources give arcsin(sin a + sin b) to −100 dB.

mod support;

use busbar_engine::{ColourQuality, SendSettings, Settings, SimdPath};
use fastrand::Rng;
use support::clicks::ClickDetector;
use support::signals::{both, noise, peak, sine};
use support::{Cuts, Session, to_db};

const N_FRAMES: usize = 8_000;

fn console(n_strips: usize, quality: ColourQuality) -> Settings {
    let mut settings = Settings::new(n_strips);
    settings.master.console = true;
    settings.colour_quality = quality;
    settings
}

fn through_group(settings: &mut Settings, strip_idx: usize, group_idx: usize) {
    settings.strips[strip_idx].sends = [SendSettings::unity(false); 5];
    settings.strips[strip_idx].sends[1 + group_idx].on = true;
}

/// The largest difference between the master's left side and what `want` makes of the inputs' frames, in dBFS.
fn error_db(session: &Session, path: SimdPath, want: impl Fn(&[f64]) -> f64) -> f64 {
    let mut engine = session.fresh_engine_on(path);
    let latency = engine.latency_samples() as usize;
    let mix = session.render_on(&mut engine, Cuts::Random(5));
    let mut largest = 0.0_f64;
    for frame in 0..N_FRAMES - latency {
        let sources: Vec<f64> =
            session.inputs.iter().flatten().map(|feed| f64::from(feed[0][frame])).collect();
        largest = largest.max((f64::from(mix.master()[0][frame + latency]) - want(&sources)).abs());
    }
    assert!(peak(&mix.master()[0]) > 0.1, "too quiet to prove anything");
    to_db(largest)
}

#[test]
fn a_lone_source_nulls() {
    let mut rng = Rng::with_seed(31);
    for quality in ColourQuality::ALL {
        for is_group in [false, true] {
            let mut session = Session::new(48_000.0, N_FRAMES, console(2, quality));
            session.inputs[1] = Some(noise(&mut rng, N_FRAMES, 0.5));
            if is_group {
                session.always(|settings| through_group(settings, 1, 2));
            }
            for path in SimdPath::all() {
                let error_db = error_db(&session, path, |sources| sources[0]);
                assert!(error_db <= -120.0, "{quality:?} group: {is_group} {}: {error_db}", path.name());
            }
        }
    }
}

#[test]
fn two_sources_are_the_arcsine_of_their_sines() {
    let mut rng = Rng::with_seed(32);
    for quality in ColourQuality::ALL {
        for is_group in [false, true] {
            let mut session = Session::new(48_000.0, N_FRAMES, console(9, quality));
            // Up to sines of 0.45 each: their sum ends where the arcsine's slope is 2.3.
            session.inputs[0] = Some(noise(&mut rng, N_FRAMES, 0.466));
            session.inputs[8] = Some(noise(&mut rng, N_FRAMES, 0.466));
            if is_group {
                session.always(|settings| through_group(settings, 8, 0));
            }
            for path in SimdPath::all() {
                let want = |sources: &[f64]| (sources[0].sin() + sources[1].sin()).asin();
                let error_db = error_db(&session, path, want);
                assert!(error_db <= -100.0, "{quality:?} group: {is_group} {}: {error_db}", path.name());
                // And that is not their sum.
                let plain_db = self::error_db(&session, path, |sources| sources[0] + sources[1]);
                assert!(plain_db > -40.0, "{plain_db}");
            }
        }
    }
}

/// Loud sources end at ± π/2, each and all.
#[test]
fn sources_are_clipped() {
    let mut session = Session::new(48_000.0, 200, console(2, ColourQuality::X1));
    session.feed_constant(0, 3.0, -30.0);
    session.feed_constant(1, 0.5, -1e9);
    let mix = session.render(Cuts::Whole);
    let half_pi = std::f32::consts::FRAC_PI_2;
    assert!(mix.master()[0].iter().all(|sample| (sample - half_pi).abs() < 1e-3));
    assert!(mix.master()[1].iter().all(|sample| (sample + half_pi).abs() < 1e-3));
}

#[test]
fn a_polarity_pair_sums_to_nothing() {
    let mut rng = Rng::with_seed(33);
    let mut session = Session::new(48_000.0, N_FRAMES, console(2, ColourQuality::X1));
    let feed = noise(&mut rng, N_FRAMES, 0.9);
    session.inputs = vec![Some(feed.clone()), Some(feed)];
    session.always(|settings| {
        settings.strips[0].invert_polarity = true;
        settings.strips.iter_mut().for_each(|strip| strip.fader_db = -1.7);
    });
    for path in SimdPath::all() {
        let mix = session.render_on(&mut session.fresh_engine_on(path), Cuts::Every(100));
        assert_eq!(peak(&mix.master()[0]), 0.0, "{}", path.name());
    }
    session.always(|settings| settings.strips[0].invert_polarity = false);
    assert!(peak(&session.render(Cuts::Whole).master()[0]) > 0.5, "nothing was heard");
}

/// Switched, it fades for the ramp of a gain, and groups' own outputs are what they were.
#[test]
fn switching_does_not_click_and_leaves_groups_alone() {
    for quality in ColourQuality::ALL {
        let mut session = Session::new(48_000.0, 40_000, console(2, quality));
        session.inputs = vec![Some(both(sine(48_000.0, 200.0, 0.5, 40_000))); 2];
        session.always(|settings| {
            settings.master.console = false;
            settings.strips[1].sends[1].on = true;
            settings.groups[0].to_master = false;
        });
        let plain = session.render(Cuts::Every(64));
        for (idx, at) in [20_000, 22_345, 22_400, 25_000].into_iter().enumerate() {
            session.change(at, |settings| settings.master.console = idx % 2 == 0);
        }
        let mix = session.render(Cuts::Every(64));
        support::assert_same_bits_on(&plain, &mix, &[1], "group A");
        assert_ne!(plain.master()[0], mix.master()[0]);
        let latency = session.fresh_engine().latency_samples() as usize;
        assert_eq!(plain.master()[0][..20_000 + latency], mix.master()[0][..20_000 + latency], "{quality:?}");
        let loudest = ClickDetector::new(48_000.0).loudest(&mix.master()[0][19_000..28_000]);
        // The gate for switching a stage, −60 dB re its signal; console's own harmonics of 200 Hz end below.
        assert!(to_db(loudest) < -60.0, "{quality:?}: {}", to_db(loudest));
    }
}
