//! Compressors through the engine: the static table, attack and release, the link, and whom they listen to.
//!
//! Sources: standards.md, *Compressor* (Giannoulis, Massberg and Reiss, JAES 60(6), 2012: T = −20, R = 4, W = 6); semantics.md for
//! what mute and solo are. That the compressor by itself is right is held by `dynamics_compressor.rs`.

mod support;

use busbar_engine::{
    CompressorSettings, Detector, FilterSettings, FilterSlope, KeySource, SendSettings, Settings,
};
use support::reference::db_to_gain;
use support::{Cuts, Mix, Session, to_db};

const RATE_HZ: f64 = 48_000.0;

/// T = −20, R = 4, W = 6, as fast as it gets.
const TABLE: CompressorSettings = CompressorSettings {
    on: true,
    threshold_db: -20.0,
    ratio: 4.0,
    knee_db: 6.0,
    attack_ms: 0.05,
    release_ms: 5.0,
    ..CompressorSettings::STRIP
};

/// Input and output levels of standards.md, in dB.
const LEVELS: [(f64, f64); 8] = [
    (-60.0, -60.0),
    (-23.0, -23.0),
    (-21.5, -21.640_6),
    (-20.0, -20.562_5),
    (-18.5, -19.765_6),
    (-17.0, -19.25),
    (-10.0, -17.5),
    (0.0, -15.0),
];

/// Where a compressor may be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Strip(usize),
    Group,
    Master,
}

/// Three strips of which one is fed; `compressor` sits in its way.
fn session(place: Place, compressor: CompressorSettings, n_frames: usize) -> Session {
    let mut settings = Settings::new(11);
    match place {
        Place::Strip(strip_idx) => settings.strips[strip_idx].compressor = compressor,
        Place::Group => {
            for strip in &mut settings.strips {
                strip.sends = [SendSettings::unity(false); 5];
                strip.sends[2].on = true;
            }
            settings.groups[1].compressor = compressor;
        }
        Place::Master => settings.master.compressor = compressor,
    }
    Session::new(RATE_HZ, n_frames, settings)
}

/// The last frame of the master in dB.
fn last_db(mix: &Mix) -> [f64; 2] {
    mix.frame(mix.n_frames() - 1)[0].map(|sample| to_db(f64::from(sample.abs())))
}

#[test]
fn steady_levels_leave_by_the_table_everywhere() {
    for place in [Place::Strip(0), Place::Strip(7), Place::Strip(10), Place::Group, Place::Master] {
        let fed = if let Place::Strip(strip_idx) = place { strip_idx } else { 3 };
        for detector in [Detector::Peak, Detector::Rms] {
            for (input_db, output_db) in LEVELS {
                let mut session = session(place, CompressorSettings { detector, ..TABLE }, 10_000);
                let level = db_to_gain(input_db) as f32;
                session.feed_constant(fed, level, -level);
                for actual in last_db(&session.render(Cuts::Every(64))) {
                    // Gate: 0.01 dB.
                    let context = format!("{place:?} {detector:?} at {input_db} dB");
                    assert!((actual - output_db).abs() < 0.01, "{context}: {actual} dB, not {output_db}");
                }
            }
        }
    }
}

/// From far below the threshold to full scale and back: 63.2 % of the way in dB after τ.
#[test]
fn attack_and_release_reach_63_2_percent_at_their_time_constants() {
    let expected = 1.0 - (-1.0_f64).exp();
    for sample_rate_hz in [44_100.0, 48_000.0, 192_000.0] {
        for (attack_ms, release_ms) in [(1.0_f32, 20.0_f32), (10.0, 120.0), (50.0, 10.0)] {
            for at in [3_200, 3_217] {
                let compressor = CompressorSettings { attack_ms, release_ms, knee_db: 0.0, ..TABLE };
                let samples = |ms: f32| (f64::from(ms) * sample_rate_hz / 1_000.0).round() as usize;
                let (n_attack, n_release) = (samples(attack_ms), samples(release_ms));
                // Long enough to be all the way down.
                let back = at + 20 * n_attack;
                let mut session = session(Place::Strip(5), compressor, back + n_release);
                session.sample_rate_hz = sample_rate_hz;
                let level = |frame: usize| if (at..back).contains(&frame) { 1.0 } else { 1e-3 };
                let feed: Vec<f32> = (0..session.n_frames).map(level).collect();
                session.inputs[5] = Some([feed.clone(), feed.clone()]);
                let mix = session.render(Cuts::Every(100));
                let gain_db = |frame: usize| to_db(f64::from(mix.master()[0][frame] / feed[frame]));
                let context = format!("{attack_ms} and {release_ms} ms at {sample_rate_hz} Hz");
                // With N samples in τ (rounded) the exact figure is 1 − e^(−N/(τ·fs)), which is within a part in 5000 of it.
                let attack = gain_db(at + n_attack - 1) / -15.0;
                assert!((attack - expected).abs() < 2e-3, "{context}: {attack} after the attack");
                assert!((gain_db(back - 1) + 15.0).abs() < 1e-3, "{context}: all the way down");
                let release = 1.0 - gain_db(back + n_release - 1) / -15.0;
                assert!((release - expected).abs() < 2e-3, "{context}: {release} after the release");
            }
        }
    }
}

/// A loud left and a quiet right.
#[test]
fn the_link_gives_both_sides_one_gain_or_each_its_own() {
    for place in [Place::Strip(2), Place::Group, Place::Master] {
        let gains = |link_percent: f32| {
            let mut session = session(place, CompressorSettings { link_percent, ..TABLE }, 8_000);
            session.feed_constant(2, 1.0, 0.015_625);
            let [left, right] = session.render(Cuts::Every(64)).frame(7_999)[0];
            [f64::from(left), f64::from(right) / 0.015_625]
        };
        let [left, right] = gains(100.0);
        // One gain, and each product rounded once: the right side's is a power of two.
        assert!((left - right).abs() < 2e-7 * left, "{place:?}: {left} and {right}");
        assert!((to_db(left) + 15.0).abs() < 0.01, "{place:?}: {left}");
        let [left, right] = gains(0.0);
        assert!((to_db(left) + 15.0).abs() < 0.01 && right == 1.0, "{place:?}: {left} and {right}");
        let [left, right] = gains(50.0);
        assert!((to_db(left) + 15.0).abs() < 0.01, "{place:?}: {left}");
        assert!((to_db(right) + 7.5).abs() < 0.01, "{place:?}: half of the way is {} dB", to_db(right));
    }
}

/// Strip `listener` compresses a quiet constant by what it hears, at frame 8,000; the master has nothing but it.
fn listener_gain_db(n_strips: usize, listener: usize, key: KeySource, change: impl Fn(&mut Session)) -> f64 {
    let mut settings = Settings::new(n_strips);
    for strip in &mut settings.strips {
        strip.sends = [SendSettings::unity(false); 5];
    }
    settings.strips[listener].sends[0].on = true;
    settings.strips[listener].compressor = TABLE;
    settings.strips[listener].key = key;
    let mut session = Session::new(RATE_HZ, 8_000, settings);
    session.feed_constant(listener, 0.03125, 0.03125);
    change(&mut session);
    last_db(&session.render(Cuts::Every(61)))[0] - to_db(0.031_25)
}

#[test]
fn a_compressor_listens_to_any_other_strip() {
    // Of the same group of eight, before and behind it, of another group, and the last of an odd number.
    for (n_strips, listener, key) in [
        (2, 0, 1),
        (2, 1, 0),
        (8, 0, 7),
        (8, 7, 0),
        (9, 8, 0),
        (9, 0, 8),
        (17, 3, 16),
        (17, 16, 3),
        (32, 9, 30),
    ] {
        for (input_db, output_db) in LEVELS {
            let gain_db = listener_gain_db(n_strips, listener, KeySource::Strip(key), |session| {
                let level = db_to_gain(input_db) as f32;
                session.feed_constant(key, level, level);
            });
            let context = format!("{listener} of {n_strips} hears {key} at {input_db} dB");
            assert!((gain_db - (output_db - input_db)).abs() < 0.01, "{context}: {gain_db} dB");
        }
    }
}

/// What the key is: the other strip's signal behind its filters, before its gate, whatever becomes of it afterwards.
#[test]
fn whatever_becomes_of_a_key_it_is_heard() {
    /// A name and what is done to strip 10.
    type Change = (&'static str, fn(&mut Settings));
    let unheard: [Change; 9] = [
        ("mute", |s| s.strips[10].mute = true),
        ("another one's solo", |s| s.strips[2].solo = true),
        ("fader", |s| s.strips[10].fader_db = f32::NEG_INFINITY),
        ("pan and width", |s| {
            s.strips[10].pan_percent = -100.0;
            s.strips[10].width_percent = 0.0;
        }),
        ("gate", |s| {
            s.strips[10].gate.on = true;
            s.strips[10].gate.threshold_db = 0.0;
            s.strips[10].gate.range_db = -80.0;
            s.strips[10].gate.release_ms = 5.0;
        }),
        ("equaliser", |s| {
            s.strips[10].eq.on = true;
            s.strips[10].eq.bands[0].gain_db = -18.0;
        }),
        ("compressor", |s| s.strips[10].compressor = CompressorSettings { threshold_db: -60.0, ..TABLE }),
        ("bypass of a group", |s| s.groups.iter_mut().for_each(|group| group.mute = true)),
        ("the lowest solo", |s| s.groups[3].solo = true),
    ];
    for (name, change) in unheard {
        let gain_db = listener_gain_db(11, 2, KeySource::Strip(10), |session| {
            // −10 dB.
            session.feed_constant(10, 0.316_227_77, 0.316_227_77);
            change(&mut session.initial);
            // A group's solo would close the listener's own way.
            session.initial.strips[2].solo_safe = true;
        });
        assert!((gain_db + 7.5).abs() < 0.01, "{name}: {gain_db} dB");
    }
    let filtered: [Change; 3] = [
        ("trim", |s| s.strips[10].trim_db = 10.0),
        ("input mode", |s| s.strips[10].input_mode = busbar_engine::InputMode::Swap),
        ("high-pass", |s| {
            s.strips[10].high_pass =
                FilterSettings { on: true, frequency_hz: 100.0, slope: FilterSlope::Db24 };
        }),
    ];
    for ((name, change), expected) in filtered.into_iter().zip([-15.0, -7.5, 0.0]) {
        let gain_db = listener_gain_db(11, 2, KeySource::Strip(10), |session| {
            session.feed_constant(10, 0.316_227_77, 0.316_227_77);
            change(&mut session.initial);
        });
        assert!((gain_db - expected).abs() < 0.01, "{name}: {gain_db} dB, not {expected}");
    }
}

/// A strip that does not exist, or is not fed, or is the listener itself.
#[test]
fn keys_that_are_nobody_count_as_the_own_signal() {
    let loud = |session: &mut Session| session.feed_constant(4, 0.5, 0.5);
    let own = listener_gain_db(9, 4, KeySource::Own, loud);
    // What it would be if it heard nothing: 24 dB over what the gain is told from.
    let unreduced = to_db(0.5) - to_db(0.031_25);
    assert!(own < unreduced - 5.0, "{own} dB");
    for key in [9, 15, 16, 63, 64, 1_000, usize::MAX] {
        assert_eq!(listener_gain_db(9, 4, KeySource::Strip(key), loud), own, "strip {key}");
    }
    assert_eq!(listener_gain_db(9, 4, KeySource::Strip(4), loud), own, "itself");
    assert_eq!(listener_gain_db(9, 4, KeySource::Strip(8), loud), unreduced, "silence");
}

/// Two strips that listen to each other: each is reduced by what the other one is, and not by what it becomes.
#[test]
fn two_strips_may_listen_to_each_other() {
    for (first, second) in [(1, 2), (0, 8), (15, 3)] {
        let mut settings = Settings::new(16);
        for (strip_idx, key) in [(first, second), (second, first)] {
            settings.strips[strip_idx].compressor = TABLE;
            settings.strips[strip_idx].key = KeySource::Strip(key);
            settings.strips[strip_idx].sends = [SendSettings::unity(false); 5];
        }
        settings.strips[first].sends[1].on = true;
        settings.strips[second].sends[2].on = true;
        let mut session = Session::new(RATE_HZ, 8_000, settings);
        session.feed_constant(first, 1.0, 1.0);
        session.feed_constant(second, 0.316_227_77, 0.316_227_77);
        let frame = session.render(Cuts::Every(64)).frame(7_999);
        let [first_db, second_db] = [frame[1][0], frame[2][0]].map(|sample| to_db(f64::from(sample)));
        assert!((first_db + 7.5).abs() < 0.01, "{first_db} dB");
        assert!((second_db + 25.0).abs() < 0.01, "{second_db} dB");
    }
}

/// With a key it does not use, a compressor that is off is the input, bit for bit.
#[test]
fn a_key_changes_nothing_while_the_compressor_is_off() {
    let mut session = Session::new(RATE_HZ, 3_000, Settings::new(9));
    let mut rng = fastrand::Rng::with_seed(160);
    let feed = support::signals::noise(&mut rng, 3_000, 1.0);
    session.inputs[8] = Some(feed.clone());
    session.inputs[1] = Some(support::signals::noise(&mut rng, 3_000, 1.0));
    session.initial.strips[8].key = KeySource::Strip(1);
    session.initial.strips[1].mute = true;
    assert!(session.render(Cuts::Every(50)).master() == &feed);
}
