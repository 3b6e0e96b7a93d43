//! Colour is total: no cut changes a bit, nothing clicks, silence comes to rest, a broken sample harms no other strip.

mod support;

use busbar_engine::colour::latency_samples;
use busbar_engine::{ColourQuality, SaturationKind, SaturationSettings, Settings, SimdPath};
use fastrand::Rng;
use std::f64::consts::TAU;
use support::clicks::ClickDetector;
use support::random::{Automation, QUALITIES, Wildness, colour_some, pause, session, spoil};
use support::signals::{both, noise, peak, sounding};
use support::{Cuts, Mix, Session, assert_same_bits, assert_sound, to_db};

const CUTS: [Cuts; 6] =
    [Cuts::Every(1), Cuts::Every(31), Cuts::Every(33), Cuts::Every(64), Cuts::Every(511), Cuts::Random(12)];

/// A coloured session that is not silent by chance.
fn coloured(rng: &mut Rng, n_strips: usize, quality: ColourQuality, automation: Automation) -> Session {
    loop {
        let mut session = session(rng, n_strips, 4_000, automation);
        colour_some(rng, &mut session, quality, Wildness::Musical);
        if session.render(Cuts::Whole).loudness() > 0.02 {
            return session;
        }
    }
}

#[test]
fn cuts_change_nothing() {
    let mut rng = Rng::with_seed(21);
    for quality in QUALITIES {
        for (n_strips, frames_per_event) in [(8, 60), (11, 400), (3, 25)] {
            let mut session = coloured(&mut rng, n_strips, quality, Automation::every(frames_per_event));
            for variant in ["events", "pauses", "quarantine"] {
                match variant {
                    "pauses" => pause(&mut rng, &mut session),
                    "quarantine" => _ = spoil(&mut rng, &mut session, 20),
                    _ => {}
                }
                for path in SimdPath::all() {
                    let whole = session.render_on(&mut session.fresh_engine_on(path), Cuts::Whole);
                    let context = format!("{quality:?}, {n_strips} strips, {variant}, {}", path.name());
                    assert_sound(&whole, &context);
                    for cuts in CUTS {
                        let cut = session.render_on(&mut session.fresh_engine_on(path), cuts);
                        assert_same_bits(&whole, &cut, &format!("{context}, {cuts:?}"));
                    }
                }
            }
        }
    }
}

#[test]
fn a_reset_engine_is_a_fresh_one() {
    let mut rng = Rng::with_seed(22);
    for quality in QUALITIES {
        let session = coloured(&mut rng, 8, quality, Automation::every(100));
        let mut engine = session.fresh_engine();
        let first = session.render_on(&mut engine, Cuts::Every(64));
        engine.set(&session.initial);
        engine.reset();
        assert_same_bits(&first, &session.render_on(&mut engine, Cuts::Every(64)), &format!("{quality:?}"));
    }
}

/// A strip sounds the same bit for bit, whatever its neighbours' saturations do.
#[test]
fn strips_do_not_hear_each_other() {
    let mut rng = Rng::with_seed(23);
    for quality in QUALITIES {
        let mut settings = Settings::new(8);
        settings.colour_quality = quality;
        let mut alone = Session::new(48_000.0, 6_000, settings);
        alone.inputs[3] = Some(noise(&mut rng, 6_000, 0.5));
        alone.change(1_234, |settings| settings.strips[3].saturation.on = true);
        alone.change(2_600, |settings| settings.strips[3].saturation.drive_db = 20.0);
        alone.change(4_100, |settings| settings.strips[3].saturation.on = false);
        let mut among = alone.clone();
        among.always(|settings| {
            for idx in [0, 5] {
                settings.strips[idx].saturation.on = true;
                settings.strips[idx].saturation.kind = SaturationKind::Tube;
                settings.strips[idx].sends[0].on = false;
            }
        });
        among.inputs[0] = Some(noise(&mut rng, 6_000, 0.5));
        let [alone, among] = [alone, among].map(|session| session.render(Cuts::Every(64)));
        assert_same_bits(&alone, &among, &format!("{quality:?}"));
    }
}

/// A sine of 200 Hz at −12 dBFS, which grows for 0.1 s.
fn sine(n_frames: usize) -> Vec<f32> {
    let grown = |n: usize| 0.5 - 0.5 * (0.5 * TAU * (n as f64 / 4_800.0).min(1.0)).cos();
    (0..n_frames).map(|n| (grown(n) * 0.25 * (TAU * 200.0 * n as f64 / 48_000.0).sin()) as f32).collect()
}

/// The gate for switching a stage: less than −60 dB re its signal above 6 kHz, where the sine's harmonics have died away.
#[test]
fn nothing_clicks() {
    /// A name and a change.
    type Change = (&'static str, fn(&mut SaturationSettings));
    let changes: [Change; 5] = [
        ("on", |s| s.on = !s.on),
        ("drive", |s| s.drive_db = 0.0),
        ("kind", |s| s.kind = SaturationKind::Tube),
        ("mix", |s| s.mix_percent = 10.0),
        ("kind and drive and on", |s| {
            *s = SaturationSettings {
                on: !s.on,
                kind: SaturationKind::Tube,
                drive_db: 14.0,
                mix_percent: 50.0,
            };
        }),
    ];
    for quality in QUALITIES {
        for (name, change) in changes {
            for was_on in [false, true] {
                for is_group in [false, true] {
                    let mut session = Session::new(48_000.0, 40_000, Settings::new(1));
                    session.inputs[0] = Some(both(sine(40_000)));
                    let saturation =
                        |settings: &mut Settings, change: &dyn Fn(&mut SaturationSettings)| match is_group {
                            true => change(&mut settings.groups[1].saturation),
                            false => change(&mut settings.strips[0].saturation),
                        };
                    session.always(|settings| {
                        settings.colour_quality = quality;
                        settings.strips[0].sends[0].on = !is_group;
                        settings.strips[0].sends[2].on = is_group;
                        saturation(settings, &|s| (s.on, s.drive_db) = (was_on, 14.0));
                    });
                    session.change(33_333, |settings| saturation(settings, &change));
                    let mix = session.render(Cuts::Every(512));
                    let heard = &mix.master()[0][32_000..38_000];
                    let click_db = to_db(ClickDetector::new(48_000.0).loudest(heard) / peak(heard));
                    assert!(
                        click_db < -60.0,
                        "{quality:?} {name}, on: {was_on}, group: {is_group}: {click_db}"
                    );
                }
            }
        }
    }
}

/// Silence behind sound becomes exact zeros, and those stay.
#[test]
fn silence_comes_to_rest() {
    let mut rng = Rng::with_seed(24);
    for quality in QUALITIES {
        for kind in [SaturationKind::Tape, SaturationKind::Tube] {
            let n_frames = 192_000;
            let mut settings = Settings::new(2);
            settings.colour_quality = quality;
            let on = SaturationSettings { on: true, kind, drive_db: 20.0, mix_percent: 70.0 };
            settings.strips[0].saturation = on;
            settings.strips[0].sends[1].on = true;
            settings.groups[0].saturation = on;
            let mut session = Session::new(48_000.0, n_frames, settings);
            let mut feed = noise(&mut rng, n_frames, 0.5);
            feed.iter_mut().for_each(|side| side[10_000..180_000].fill(0.0));
            session.inputs[0] = Some(feed);
            let mix = session.render(Cuts::Every(512));
            let latency = session.fresh_engine().latency_samples() as usize;
            // What comes back is announced by as much of filters as follows it.
            let quiet = &mix.master()[0][10_000..180_000];
            let last = sounding(quiet).pop().unwrap_or(0);
            // Tape: what filters ring. A tube's mean has a time constant of 53 ms and some 240 dB to go, twice: 3 s at the most.
            let bound = if kind == SaturationKind::Tape { 400 } else { 150_000 };
            assert!(last < bound, "{quality:?} {kind:?}: {last}");
            assert!(peak(&mix.master()[0][180_000 + latency..]) > 0.1, "it has to come back");
        }
    }
}

#[test]
fn a_broken_sample_silences_its_strip_as_late_as_the_sound() {
    for quality in QUALITIES {
        let latency = 2 * latency_samples(quality);
        let mut settings = Settings::new(2);
        settings.colour_quality = quality;
        let mut session = Session::new(48_000.0, 2_000, settings);
        session.feed_constant(0, 0.5, 0.5);
        session.feed_constant(1, 0.25, 0.25);
        session.inputs[1].as_mut().expect("a feed")[1][1_000] = f32::NAN;
        let silent = 1_000 + latency..1_024 + latency;
        let mix = session.render(Cuts::Every(77));
        for frame in latency..2_000 {
            let expected = if silent.contains(&frame) { 0.5 } else { 0.75 };
            assert_eq!(mix.frame(frame)[0], [expected; 2], "{quality:?} {frame}");
        }
        // With everything on, the other strip keeps every bit.
        session.always(|settings| {
            for strip in &mut settings.strips {
                strip.saturation = SaturationSettings {
                    on: true,
                    kind: SaturationKind::Tube,
                    drive_db: 30.0,
                    mix_percent: 80.0,
                };
            }
            settings.strips[1].sends[0].on = false;
        });
        let broken = session.render(Cuts::Every(77));
        session.feed_constant(1, 0.25, 0.25);
        assert_same_bits(&session.render(Cuts::Every(77)), &broken, &format!("{quality:?}"));
    }
}

/// Off, the mix is the input: bit for bit, and late.
#[test]
fn off_changes_no_bit() {
    let mut rng = Rng::with_seed(25);
    for quality in QUALITIES {
        let mut settings = Settings::new(9);
        settings.colour_quality = quality;
        // Another strip's is on, beside it, and goes nowhere.
        settings.strips[5].saturation.on = true;
        settings.strips[5].sends[0].on = false;
        let mut session = Session::new(48_000.0, 4_000, settings);
        session.inputs[2] = Some(noise(&mut rng, 4_000, 1.0));
        session.inputs[5] = Some(noise(&mut rng, 4_000, 1.0));
        let latency = session.fresh_engine().latency_samples() as usize;
        let mix = session.render(Cuts::Random(2));
        let feed = session.inputs[2].clone().expect("a feed");
        let want = feed.map(|side| [vec![0.0; latency], side[..4_000 - latency].to_vec()].concat());
        let mut wanted = mix.clone();
        wanted.buses[0] = want;
        assert_same_bits(&wanted, &mix, &format!("{quality:?}"));
    }
}

/// Gains on a sum beyond all music: everything stays finite.
#[test]
fn the_loudest_there_is_stays_finite() {
    for quality in QUALITIES {
        for kind in [SaturationKind::Tape, SaturationKind::Tube] {
            let mut settings = Settings::new(8);
            settings.colour_quality = quality;
            let on = SaturationSettings { on: true, kind, drive_db: 36.0, mix_percent: 50.0 };
            for strip in &mut settings.strips {
                (strip.trim_db, strip.fader_db, strip.saturation) = (24.0, 12.0, on);
                strip.sends[1].on = true;
            }
            settings.groups[0].saturation = on;
            settings.groups[0].fader_db = 12.0;
            let mut session = Session::new(48_000.0, 2_000, settings);
            for idx in 0..8 {
                session.feed_constant(idx, 9.9e11, if idx % 2 == 0 { -9.9e11 } else { 9.9e11 });
            }
            for console in [false, true] {
                session.always(|settings| settings.master.console = console);
                let mix: Mix = session.render(Cuts::Every(64));
                assert_sound(&mix, &format!("{quality:?} {kind:?} console: {console}"));
            }
        }
    }
}
