//! Solo follows its truth table, for every path, before and after the fader, with groups and safe strips.
//!
//! With S the soloed strips and G the soloed groups: if both are empty, all paths are open. Otherwise
//!
//! ```text
//! strip i → master   open  iff  i ∈ S or safe(i)
//! strip i → group g  open  iff  i ∈ S or safe(i) or g ∈ G
//! group g → master   always open
//! ```

mod support;

use busbar_engine::{N_GROUPS, SendSettings, Settings};
use fastrand::Rng;
use support::{Cuts, Session};

/// The table, read from the page.
fn is_open(
    soloed: &[bool],
    safe: &[bool],
    soloed_groups: [bool; N_GROUPS],
    strip_idx: usize,
    bus_idx: usize,
) -> bool {
    let nothing_soloed = !soloed.contains(&true) && !soloed_groups.contains(&true);
    let in_soloed_group = bus_idx >= 1 && soloed_groups[bus_idx - 1];
    nothing_soloed || soloed[strip_idx] || safe[strip_idx] || in_soloed_group
}

/// Every strip on every bus at unity.
fn everything_connected(n_strips: usize, pre_fader: bool, to_master: bool) -> Settings {
    let mut settings = Settings::new(n_strips);
    for strip in &mut settings.strips {
        strip.sends = [SendSettings { on: true, level_db: 0.0, pre_fader }; 5];
    }
    settings.groups.iter_mut().for_each(|group| group.to_master = to_master);
    settings
}

/// Strip i carries 2^i (left for strips 0–15, right for 16–31): a bus shows by its value which strips reach it, exactly.
fn weights(n_strips: usize) -> Vec<[f32; 2]> {
    assert!(n_strips <= 32, "more strips than bits");
    (0..n_strips)
        .map(|strip_idx| {
            let weight = f32::from(1_u16 << (strip_idx % 16));
            if strip_idx < 16 { [weight, 0.0] } else { [0.0, weight] }
        })
        .collect()
}

fn session_of(settings: Settings, n_frames: usize) -> Session {
    let n_strips = settings.strips.len();
    let mut session = Session::new(48_000.0, n_frames, settings);
    for (strip_idx, [left, right]) in weights(n_strips).into_iter().enumerate() {
        session.feed_constant(strip_idx, left, right);
    }
    session
}

/// What every bus carries by the table. Groups feed the master if `to_master`.
fn expected(settings: &Settings) -> [[f32; 2]; 5] {
    let soloed: Vec<bool> = settings.strips.iter().map(|strip| strip.solo).collect();
    let safe: Vec<bool> = settings.strips.iter().map(|strip| strip.solo_safe).collect();
    let soloed_groups = settings.groups.map(|group| group.solo);
    let mut buses = [[0.0; 2]; 5];
    for (strip_idx, weight) in weights(settings.strips.len()).into_iter().enumerate() {
        if settings.strips[strip_idx].mute {
            continue;
        }
        for (bus_idx, bus) in buses.iter_mut().enumerate() {
            if is_open(&soloed, &safe, soloed_groups, strip_idx, bus_idx) {
                bus[0] += weight[0];
                bus[1] += weight[1];
            }
        }
    }
    let [master, groups @ ..] = &mut buses;
    for (group, settings) in groups.iter_mut().zip(settings.groups) {
        if settings.mute {
            *group = [0.0; 2];
        }
        if settings.to_master {
            master[0] += group[0];
            master[1] += group[1];
        }
    }
    buses
}

#[test]
fn two_strips_and_four_groups_follow_the_table_in_every_combination() {
    let (mut n_combinations, mut n_closed) = (0, 0);
    for pre_fader in [false, true] {
        for to_master in [false, true] {
            for bits in 0_u32..256 {
                let bit = |i: u32| bits & (1 << i) != 0;
                let mut settings = everything_connected(2, pre_fader, to_master);
                settings.strips[0].solo = bit(0);
                settings.strips[1].solo = bit(1);
                settings.strips[0].solo_safe = bit(2);
                settings.strips[1].solo_safe = bit(3);
                for (group, solo) in settings.groups.iter_mut().zip([bit(4), bit(5), bit(6), bit(7)]) {
                    group.solo = solo;
                }
                let expected = expected(&settings);
                n_combinations += 1;
                n_closed += usize::from(expected[0][0] < 3.0);
                let mix = session_of(settings, 40).render(Cuts::Whole);
                assert_eq!(mix.frame(0), expected, "combination {bits:08b}, pre fader: {pre_fader}");
                assert_eq!(mix.frame(39), expected, "combination {bits:08b}, pre fader: {pre_fader}");
            }
        }
    }
    assert_eq!(n_combinations, 1024);
    assert!(n_closed > 200, "solo closed paths in only {n_closed} combinations");
}

/// The rows of the table by themselves, in words.
#[test]
fn a_soloed_strip_keeps_its_groups_and_a_soloed_group_keeps_its_feeders_but_only_into_it() {
    let left = |settings: Settings| session_of(settings, 1).render(Cuts::Whole).frame(0).map(|bus| bus[0]);
    let mut nothing = everything_connected(3, false, false);
    assert_eq!(left(nothing.clone()), [7.0; 5]);
    // Safe alone is no solo.
    nothing.strips[0].solo_safe = true;
    assert_eq!(left(nothing), [7.0; 5]);

    let mut strip = everything_connected(3, false, true);
    strip.strips[1].solo = true;
    // Directly and over four groups.
    assert_eq!(left(strip), [10.0, 2.0, 2.0, 2.0, 2.0]);

    let mut group = everything_connected(3, false, true);
    group.groups[1].solo = true;
    assert_eq!(left(group.clone()), [7.0, 0.0, 7.0, 0.0, 0.0]);
    // Into its own output only.
    group.groups[1].to_master = false;
    assert_eq!(left(group.clone()), [0.0, 0.0, 7.0, 0.0, 0.0]);
    group.strips[0].solo = true;
    group.strips[2].solo_safe = true;
    assert_eq!(left(group), [20.0, 5.0, 7.0, 5.0, 5.0]);

    // Mute is stronger than solo, and a muted strip's solo silences the others all the same.
    let mut muted = everything_connected(3, true, false);
    muted.strips[0].solo = true;
    muted.strips[0].mute = true;
    assert_eq!(left(muted), [0.0; 5]);
}

fn shuffle_solos(rng: &mut Rng, settings: &mut Settings) {
    // From hardly any to half of them.
    let [solo, safe, group] = [rng.f64(), rng.f64(), rng.f64()].map(|x| 0.5 * x * x * x);
    let mut chance = |probability: f64| rng.f64() < probability;
    for strip in &mut settings.strips {
        strip.solo = chance(solo);
        strip.solo_safe = chance(safe);
        strip.mute = chance(0.1);
    }
    for bus in &mut settings.groups {
        bus.solo = chance(group);
        bus.mute = chance(0.1);
        bus.to_master = chance(0.5);
    }
}

#[test]
fn random_large_mixers_follow_the_table() {
    let mut rng = Rng::with_seed(60);
    let (mut n_open, mut n_closed) = (0, 0);
    for _ in 0..600 {
        let n_strips = [3, 8, 9, 11, 16, 32][rng.usize(..6)];
        let mut settings = everything_connected(n_strips, rng.bool(), false);
        shuffle_solos(&mut rng, &mut settings);
        let expected = expected(&settings);
        let mix = session_of(settings, 1).render(Cuts::Whole);
        assert_eq!(mix.frame(0), expected, "{n_strips} strips");
        n_open += expected.as_flattened().iter().filter(|sum| **sum != 0.0).count();
        n_closed += expected.as_flattened().iter().filter(|sum| **sum == 0.0).count();
    }
    assert!(n_open > 500 && n_closed > 500, "{n_open} buses sounded, {n_closed} were silent");
}

/// The same in a running mixer: solos come and go, and each time every bus arrives at the table's value, exactly.
#[test]
fn solo_changes_arrive_at_the_table() {
    let mut rng = Rng::with_seed(61);
    for n_strips in [2, 9, 16, 32] {
        let mut session = session_of(everything_connected(n_strips, true, true), 40 * 800);
        for step in 0..40 {
            // One control, as a hand would, or all of them, as "restore the solos" does.
            session.change(800 * step + 3, |settings| match rng.u8(0..4) {
                0 => settings.strips[rng.usize(..n_strips)].solo ^= true,
                1 => settings.strips[rng.usize(..n_strips)].solo_safe ^= true,
                2 => settings.groups[rng.usize(..N_GROUPS)].solo ^= true,
                _ => shuffle_solos(&mut rng, settings),
            });
        }
        let mix = session.render(Cuts::Random(61));
        for event in &session.events {
            assert_eq!(
                mix.frame(event.at + 719),
                expected(&event.settings),
                "{n_strips} strips, {}",
                event.at
            );
        }
    }
}
