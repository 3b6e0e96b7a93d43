//! Colour delays by its quality alone, and everything that a person hears or does is as late.
//!
//! Source: semantics.md, *Latency*.

mod support;

use busbar_engine::colour::latency_samples;
use busbar_engine::{ColourQuality, SaturationKind, SaturationSettings, SendSettings, Settings, TILE_FRAMES};
use fastrand::Rng;
use support::random::{Automation, LOOKAHEADS, QUALITIES, pause, session};
use support::signals::{peak, sounding};
use support::{Cuts, Mix, Session};

#[test]
fn the_quality_counts_from_the_next_prepare_on_and_delays_by_whole_tiles() {
    for quality in QUALITIES {
        let mut session = Session::new(48_000.0, 1, Settings::new(3));
        let plain = session.fresh_engine().latency_samples();
        assert_eq!(plain, 0);
        let mut engine = session.fresh_engine();
        session.initial.colour_quality = quality;
        for on in [false, true] {
            session.initial.strips[1].saturation.on = on;
            engine.set(&session.initial);
            assert_eq!(engine.needs_prepare(), quality != ColourQuality::X1, "{quality:?}");
            assert_eq!(engine.latency_samples(), 0, "{quality:?}");
        }
        engine.prepare(48_000.0).expect("a rate it takes");
        assert!(!engine.needs_prepare());
        // A strip's and a group's.
        assert_eq!(engine.latency_samples() as usize, 2 * latency_samples(quality), "{quality:?}");
        assert!(latency_samples(quality).is_multiple_of(TILE_FRAMES));
    }
}

/// An impulse on one strip, which goes everywhere.
fn impulse_session(quality: ColourQuality, at: usize, n_frames: usize) -> Session {
    let mut settings = Settings::new(3);
    settings.colour_quality = quality;
    settings.strips[1].sends = [SendSettings::unity(true); 5];
    let mut session = Session::new(48_000.0, n_frames, settings);
    let mut feed = vec![0.0; n_frames];
    feed[at] = 0.5;
    session.inputs[1] = Some([feed.clone(), feed]);
    session
}

#[test]
fn an_impulse_arrives_at_its_sample_on_every_way() {
    for quality in QUALITIES {
        for lookahead in LOOKAHEADS {
            let mut session = impulse_session(quality, 77, 800);
            session.set_lookahead(lookahead);
            let latency = session.fresh_engine().latency_samples() as usize;
            let mix = session.render(Cuts::Every(61));
            for (bus_idx, bus) in mix.buses.iter().enumerate() {
                assert_eq!(sounding(&bus[0]), [77 + latency], "{quality:?} {lookahead:?} bus {bus_idx}");
                // Strip and four groups at the master: they meet in one sample.
                assert_eq!(bus[0][77 + latency], if bus_idx == 0 { 2.5 } else { 0.5 });
            }
            session.always(|settings| settings.bypass = true);
            let mix = session.render(Cuts::Every(61));
            assert_eq!(sounding(&mix.master()[0]), [77 + latency], "{quality:?} {lookahead:?}, bypass");
        }
    }
}

/// With the stages on it is filters' impulse responses that arrive: even about the sample that is reported.
#[test]
fn a_saturated_impulse_peaks_at_its_sample() {
    let warm = SaturationSettings { on: true, kind: SaturationKind::Tape, drive_db: 0.0, mix_percent: 100.0 };
    for quality in QUALITIES {
        for is_group in [false, true] {
            let mut session = impulse_session(quality, 300, 1_000);
            session.scale_inputs(1e-3);
            session.always(|settings| {
                settings.strips[1].sends = [SendSettings::unity(false); 5];
                settings.strips[1].sends[if is_group { 1 } else { 0 }].on = true;
                settings.strips[1].saturation = if is_group { SaturationSettings::WARM } else { warm };
                settings.groups[0].saturation = if is_group { warm } else { SaturationSettings::WARM };
            });
            let latency = session.fresh_engine().latency_samples() as usize;
            let mix = session.render(Cuts::Every(100));
            let heard = &mix.master()[0];
            let largest = peak(heard);
            let at = (0..1_000).find(|frame| f64::from(heard[*frame].abs()) == largest);
            assert_eq!(at, Some(300 + latency), "{quality:?}, group: {is_group}");
            for distance in 1..60 {
                let [before, after] =
                    [300 + latency - distance, 300 + latency + distance].map(|at| f64::from(heard[at]));
                // Filters are even; what is not is the curve, at an amplitude of 0.0005.
                assert!((before - after).abs() < 1e-5 * largest, "{quality:?} {distance}: {before} {after}");
            }
        }
    }
}

/// The mix of a quality, shifted by its latency, and that of no delay at all: the same, bit for bit, while nothing is coloured.
fn assert_only_late(session: &Session, context: &str) {
    let plain = session.render(Cuts::Every(64));
    for quality in [ColourQuality::X2, ColourQuality::X4] {
        let mut late = session.clone();
        late.always(|settings| settings.colour_quality = quality);
        let latency =
            (late.fresh_engine().latency_samples() - session.fresh_engine().latency_samples()) as usize;
        assert_eq!(latency, 128);
        let mix = late.render(Cuts::Every(64));
        let n = session.n_frames - latency;
        let shifted = Mix {
            buses: mix.buses.each_ref().map(|bus| bus.each_ref().map(|side| side[latency..].to_vec())),
        };
        let wanted =
            Mix { buses: plain.buses.each_ref().map(|bus| bus.each_ref().map(|side| side[..n].to_vec())) };
        support::assert_same_bits(&wanted, &shifted, &format!("{context}, {quality:?}"));
    }
}

/// Everything: gains by the sample, filters and dynamics of strips, groups and master by borders, solo, mute, bypass, the limiter.
#[test]
fn whatever_a_person_does_is_as_late_as_the_sound() {
    let mut rng = Rng::with_seed(91);
    let mut n_compared = 0;
    for idx in 0..60 {
        let mut session = session(&mut rng, [3, 8, 11][idx % 3], 6_000, Automation::every(150));
        if idx % 2 == 0 {
            pause(&mut rng, &mut session);
        }
        session.set_lookahead(LOOKAHEADS[idx % 4]);
        let (console, first) = (idx % 5 == 0, session.initial.clone());
        session.always(|settings| {
            settings.master.console = console;
            // A bus's compressor that is switched on begins to listen at once, to what is on its way: that alone would differ.
            settings.master.compressor.on = first.master.compressor.on;
            for (group, first) in settings.groups.iter_mut().zip(&first.groups) {
                group.compressor.on = first.compressor.on;
            }
        });
        if session.render(Cuts::Whole).loudness() > 0.02 {
            assert_only_late(&session, &format!("session {idx}"));
            n_compared += 1;
        }
    }
    assert!(n_compared > 20, "{n_compared}");
}
