//! A non-finite sample silences its strip to the end of its tile, and flags it. Nothing else changes, not by a bit.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{InputMode, KeySource, SendSettings, Settings, TILE_FRAMES};
use fastrand::Rng;
use support::random::{Automation, feed, linear_session, session, uniform};
use support::{Cuts, Mix, Session, assert_same_bits, assert_same_bits_on, assert_sound, process};

const BAD: [f32; 9] = [
    f32::NAN,
    -f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    // As loud as no audio is: a pointer gone astray, an exploding filter.
    1e12,
    -1e12,
    1e30,
    f32::MAX,
    f32::MIN,
];

const CUTS: [Cuts; 6] =
    [Cuts::Whole, Cuts::Every(1), Cuts::Every(7), Cuts::Every(32), Cuts::Every(33), Cuts::Random(80)];

/// Two strips with constants, at defaults.
fn constants(n_frames: usize) -> Session {
    let mut session = Session::new(48_000.0, n_frames, Settings::new(2));
    session.feed_constant(0, 0.5, -0.5);
    session.feed_constant(1, 0.25, 0.125);
    session
}

fn spoil(session: &mut Session, strip_idx: usize, channel_idx: usize, frame: usize, bad: f32) {
    session.inputs[strip_idx].as_mut().expect("a feed")[channel_idx][frame] = bad;
}

#[test]
fn a_tile_is_what_the_page_says() {
    assert_eq!(TILE_FRAMES, 32);
}

#[test]
fn a_bad_sample_silences_the_rest_of_its_tile_wherever_it_stands() {
    for tile in [0, 1, 3] {
        for position in 0..32 {
            let at = 32 * tile + position;
            for (bad_idx, bad) in BAD.into_iter().enumerate() {
                for cuts in CUTS {
                    let mut session = constants(160);
                    spoil(&mut session, 1, (position + bad_idx) % 2, at, bad);
                    let mut engine = session.fresh_engine();
                    let mix = session.render_on(&mut engine, cuts);
                    assert_eq!(engine.quarantined_strips(), 0b10, "{bad} at {at}, {cuts:?}");
                    for frame in 0..160 {
                        let is_silent = frame >= at && frame < 32 * (tile + 1);
                        let expected = if is_silent { [0.5, -0.5] } else { [0.75, -0.375] };
                        assert_eq!(mix.frame(frame)[0], expected, "{bad} at {at}, {cuts:?}: frame {frame}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_loudest_audio_is_no_quarantine() {
    let mut session = constants(64);
    session.inputs[0] = None;
    spoil(&mut session, 1, 0, 10, 1e12_f32.next_down());
    spoil(&mut session, 1, 1, 20, -1e12_f32.next_down());
    let mut engine = session.fresh_engine();
    let mix = session.render_on(&mut engine, Cuts::Whole);
    assert_eq!(engine.quarantined_strips(), 0);
    assert_eq!(mix.frame(10)[0], [1e12_f32.next_down(), 0.125]);
    assert_eq!(mix.frame(20)[0], [0.25, -1e12_f32.next_down()]);
}

/// In every lane of every size: the strip alone on group D is silenced, and all other buses are what they were.
#[test]
fn other_strips_stay_bit_identical() {
    let mut rng = Rng::with_seed(81);
    for n_strips in [2, 8, 9, 11, 16, 32] {
        for victim in 0..n_strips {
            let mut clean = loud_session_without(&mut rng, n_strips, victim);
            clean.inputs[victim] = Some([vec![0.25; 2000], vec![0.25; 2000]]);
            let mut spoilt = clean.clone();
            let mut spoilt_frames = Vec::new();
            for _ in 0..12 {
                let at = rng.usize(..2000);
                spoil(&mut spoilt, victim, rng.usize(..2), at, BAD[rng.usize(..BAD.len())]);
                spoilt_frames.push(at);
            }
            let context = format!("strip {victim} of {n_strips}");
            let cuts = Cuts::Random(victim as u64);
            let mut engine = spoilt.fresh_engine();
            let (clean, spoilt) = (clean.render(cuts), spoilt.render_on(&mut engine, cuts));
            assert_eq!(engine.quarantined_strips(), 1 << victim, "{context}");
            assert!(clean.loudness() > 1e-3, "{context}: too quiet to prove anything");
            assert_same_bits_on(&clean, &spoilt, &[0, 1, 2, 3], &context);
            for frame in 0..2000 {
                let is_hit = |&at: &usize| frame >= at && frame / TILE_FRAMES == at / TILE_FRAMES;
                let expected = if spoilt_frames.iter().any(is_hit) { 0.0 } else { 0.25 };
                assert_eq!(spoilt.frame(frame)[4], [expected; 2], "{context}: frame {frame}");
            }
        }
    }
}

/// A random session in which one strip goes to group D only, where it is alone and at unity, and D not to the master.
fn loud_session_without(rng: &mut Rng, n_strips: usize, victim: usize) -> Session {
    loop {
        let mut session = session(rng, n_strips, 2000, Automation::every(150));
        session.always(|settings| {
            settings.bypass = false;
            // The test looks at frames: no latency.
            settings.master.limiter.lookahead = Lookahead::None;
            for strip in &mut settings.strips {
                strip.sends[4].on = false;
                if strip.key == KeySource::Strip(victim) {
                    strip.key = KeySource::Own;
                }
            }
            settings.strips[victim] = Settings::new(1).strips[0];
            settings.strips[victim].sends = [SendSettings::unity(false); 5];
            settings.strips[victim].sends[4].on = true;
            settings.strips[victim].solo_safe = true;
            settings.groups[3] = Settings::new(1).groups[3];
            settings.groups[3].to_master = false;
        });
        let victims_feed = session.inputs[victim].take();
        if session.render(Cuts::Whole).loudness() > 0.02 {
            session.inputs[victim] = victims_feed;
            return session;
        }
    }
}

/// All buses, the victim's share included: quarantine is silence, no more and no less. With filters and detectors it is more,
/// because they are cleared behind it (`stages_reference.rs`).
#[test]
fn quarantine_equals_a_feed_that_is_silent_there() {
    let mut rng = Rng::with_seed(82);
    let mut n_compared = 0;
    while n_compared < 24 {
        let n_strips = [1, 3, 8, 9, 16, 32][n_compared % 6];
        let mut spoilt = linear_session(&mut rng, n_strips, 3000, Automation::every(200));
        spoilt.inputs[0] =
            Some(std::array::from_fn(|_| (0..3000).map(|_| uniform(&mut rng, -1.0, 1.0)).collect()));
        let mut silenced = spoilt.clone();
        for _ in 0..30 {
            let (strip_idx, at) = (rng.usize(..n_strips), rng.usize(..3000));
            if spoilt.inputs[strip_idx].is_none() {
                continue;
            }
            spoil(&mut spoilt, strip_idx, rng.usize(..2), at, BAD[rng.usize(..BAD.len())]);
            let end = (at / TILE_FRAMES + 1) * TILE_FRAMES;
            for channel in silenced.inputs[strip_idx].as_mut().expect("a feed") {
                channel[at..end.min(3000)].fill(0.0);
            }
        }
        let (mut spoilt, mut silenced) = (spoilt.render(Cuts::Every(100)), silenced.render(Cuts::Every(77)));
        if silenced.loudness() < 0.01 {
            continue;
        }
        assert_sound(&spoilt, "quarantine");
        // +0.0 and −0.0 are the same silence.
        for sample in spoilt.buses.iter_mut().chain(&mut silenced.buses).flatten().flatten() {
            *sample += 0.0;
        }
        assert_same_bits(&silenced, &spoilt, &format!("{n_strips} strips"));
        n_compared += 1;
    }
}

/// What a strip would not use, or would not let out, is looked at all the same.
#[test]
fn bad_samples_are_found_in_strips_that_are_not_heard() {
    let unheard: [fn(&mut Settings); 6] = [
        |s| s.strips[1].input_mode = InputMode::Right,
        |s| s.strips[1].mute = true,
        |s| s.strips[1].fader_db = f32::NEG_INFINITY,
        |s| s.strips[1].sends[0].on = false,
        |s| s.strips[0].solo = true,
        |s| s.bypass = true,
    ];
    for (case_idx, change) in unheard.into_iter().enumerate() {
        for bad in BAD {
            let mut session = constants(96);
            change(&mut session.initial);
            spoil(&mut session, 1, 0, 40, bad);
            let mut engine = session.fresh_engine();
            let mix = session.render_on(&mut engine, Cuts::Every(5));
            assert_eq!(engine.quarantined_strips(), 0b10, "case {case_idx}");
            assert_sound(&mix, "an unheard strip");
            for frame in 40..64 {
                // What is left is the other strip's own.
                assert_eq!(mix.frame(frame)[0], [0.5, -0.5], "case {case_idx}, {bad}: frame {frame}");
            }
        }
    }
}

#[test]
fn flags_stay_until_they_are_cleared_one_by_one() {
    let mut session = Session::new(48_000.0, 320, Settings::new(19));
    for strip_idx in [0, 7, 8, 15, 18] {
        session.feed_constant(strip_idx, 0.1, 0.1);
        spoil(&mut session, strip_idx, 1, 5, f32::NAN);
    }
    let all = 1 | 1 << 7 | 1 << 8 | 1 << 15 | 1 << 18;
    let mut engine = session.fresh_engine();
    assert_eq!(engine.quarantined_strips(), 0);
    let mut mix = Mix::unwritten(320);
    process(&mut engine, &session.inputs, &mut mix, 0, 5);
    assert_eq!(engine.quarantined_strips(), 0, "flagged before the bad sample came");
    process(&mut engine, &session.inputs, &mut mix, 5, 1);
    assert_eq!(engine.quarantined_strips(), all);
    process(&mut engine, &session.inputs, &mut mix, 6, 300);
    assert_eq!(engine.quarantined_strips(), all, "flags fade");
    engine.set(&Settings::new(19));
    assert_eq!(engine.quarantined_strips(), all, "set clears flags");
    engine.reset();
    assert_eq!(engine.quarantined_strips(), all, "reset clears flags");
    engine.clear_quarantined(1 << 7 | 1 << 9);
    assert_eq!(engine.quarantined_strips(), all & !(1 << 7));
    engine.clear_quarantined(1 | 1 << 18);
    assert_eq!(engine.quarantined_strips(), 1 << 8 | 1 << 15);
    engine.clear_quarantined(u64::MAX);
    assert_eq!(engine.quarantined_strips(), 0);
    // A cleared strip is flagged again.
    process(&mut engine, &session.inputs, &mut mix, 0, 10);
    assert_eq!(engine.quarantined_strips(), all);
}

#[test]
fn the_last_of_sixty_four_strips_is_flagged() {
    let mut session = Session::new(48_000.0, 64, Settings::new(64));
    session.feed_constant(63, f32::INFINITY, 0.0);
    let mut engine = session.fresh_engine();
    session.render_on(&mut engine, Cuts::Whole);
    assert_eq!(engine.quarantined_strips(), 1 << 63);
    engine.clear_quarantined(1 << 63);
    assert_eq!(engine.quarantined_strips(), 0);
}

/// The flag is for people; the silence is the tile's. Clearing the one does not end the other, and a reset does.
#[test]
fn clearing_a_flag_does_not_end_the_tile_but_reset_does() {
    let mut session = constants(200);
    spoil(&mut session, 1, 0, 3, f32::NAN);
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(200);
    process(&mut engine, &session.inputs, &mut mix, 0, 10);
    engine.clear_quarantined(u64::MAX);
    process(&mut engine, &session.inputs, &mut mix, 10, 30);
    assert_eq!(mix.frame(31)[0], [0.5, -0.5]);
    assert_eq!(mix.frame(32)[0], [0.75, -0.375]);
    assert_eq!(engine.quarantined_strips(), 0, "no bad sample came since the flag was cleared");

    engine.reset();
    process(&mut engine, &session.inputs, &mut mix, 0, 10);
    assert_eq!(mix.frame(9)[0], [0.5, -0.5]);
    engine.reset();
    process(&mut engine, &session.inputs, &mut mix, 100, 10);
    assert_eq!(mix.frame(100)[0], [0.75, -0.375], "reset begins a new tile");
}

/// Every sample of every strip bad for a while: silence, then sound again at the next tile's border.
#[test]
fn a_burst_of_bad_samples_in_all_strips_passes() {
    let mut rng = Rng::with_seed(83);
    let mut session = Session::new(48_000.0, 2000, Settings::new(11));
    for strip_idx in 0..11 {
        session.feed_constant(strip_idx, 0.0625, 0.0625);
        for frame in 100..=700 {
            spoil(&mut session, strip_idx, 0, frame, BAD[rng.usize(..BAD.len())]);
        }
    }
    let mut engine = session.fresh_engine();
    let mix = session.render_on(&mut engine, Cuts::Every(48));
    assert_eq!(engine.quarantined_strips(), 0x7ff);
    for frame in 0..2000 {
        // 700 lies in the tile from 672 to 703.
        let expected = if (100..704).contains(&frame) { 0.0 } else { 0.6875 };
        assert_eq!(mix.frame(frame)[0], [expected; 2], "frame {frame}");
    }
}

/// Ramps go on while a strip is silent.
#[test]
fn a_ramp_goes_on_behind_a_quarantine() {
    let mut clean = constants(1200);
    clean.inputs[0] = None;
    clean.change(50, |settings| settings.strips[1].fader_db = -20.0);
    let mut spoilt = clean.clone();
    for at in [60, 131, 400] {
        spoil(&mut spoilt, 1, 0, at, f32::NAN);
    }
    let (clean, spoilt) = (clean.render(Cuts::Whole), spoilt.render(Cuts::Every(9)));
    let mut n_silent = 0;
    for frame in 0..1200 {
        if spoilt.frame(frame)[0] == [0.0; 2] {
            n_silent += 1;
        } else {
            assert_eq!(spoilt.frame(frame), clean.frame(frame), "frame {frame}");
        }
    }
    // 60–63, 131–159, 400–415.
    assert_eq!(n_silent, 4 + 29 + 16);
}

/// What rang, and what detectors had heard, is gone with the tile: the strip goes on as if it were new.
#[test]
fn filters_and_detectors_are_cleared_behind_a_quarantine() {
    for strip_idx in [0, 5, 8] {
        let mut settings = Settings::new(9);
        let strip = &mut settings.strips[strip_idx];
        strip.low_pass.on = true;
        strip.low_pass.frequency_hz = 30.0;
        strip.compressor.on = true;
        strip.compressor.threshold_db = -60.0;
        strip.compressor.release_ms = 3_000.0;
        let mut session = Session::new(48_000.0, 2_000, settings);
        session.feed_constant(strip_idx, 1.0, 1.0);
        for channel in session.inputs[strip_idx].as_mut().expect("a feed") {
            channel[1_000..].fill(0.0);
        }
        let ringing = session.render(Cuts::Every(50));
        assert!(ringing.frame(1_200)[0][0].abs() > 1e-3, "nothing rings that could be cleared");
        spoil(&mut session, strip_idx, 0, 1_005, f32::NAN);
        let mut engine = session.fresh_engine();
        let mix = session.render_on(&mut engine, Cuts::Every(50));
        assert_eq!(mix.frame(1_004), ringing.frame(1_004), "strip {strip_idx}");
        assert!((1_005..2_000).all(|frame| mix.frame(frame)[0] == [0.0; 2]), "strip {strip_idx} rings on");
        assert_eq!(engine.meters().strips[strip_idx].compressor_db, 0.0, "strip {strip_idx} remembers");
    }
}

/// Feeds that belong to no strip, and frames that are not processed, are nobody's quarantine.
#[test]
fn bad_samples_outside_of_the_mixer_flag_nothing() {
    let mut rng = Rng::with_seed(84);
    let mut session = constants(100);
    session.inputs.push(Some([vec![f32::NAN; 100], vec![f32::NAN; 100]]));
    session.inputs.push(feed(&mut rng, 100));
    spoil(&mut session, 1, 0, 50, f32::NAN);
    let mut engine = session.fresh_engine();
    let mut mix = Mix::unwritten(100);
    process(&mut engine, &session.inputs, &mut mix, 0, 50);
    assert_eq!(engine.quarantined_strips(), 0);
    assert_eq!(mix.frame(49)[0], [0.75, -0.375]);
}
