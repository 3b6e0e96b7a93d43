//! Realtime equals offline, bit for bit: the same session in both formats, in both modes, in blocks of any size.

mod busbar_support;
mod guard_support;

use busbar_support::{Event, Mode, N_STRIPS, Setup, Sound, in_both_formats, play};
use fastrand::Rng;
use std::cell::RefCell;

const N_FRAMES: usize = 9_000;

/// What is set before the activation, all that makes latency among it.
fn initial(engine_rate: f32, resampling: f32) -> Vec<(&'static str, f32)> {
    vec![
        ("engine_rate", engine_rate),
        ("resampling", resampling),
        ("colour_quality", 1.0),
        ("m_console", 1.0),
        ("m_limiter_on", 1.0),
        ("m_limiter_lookahead", 2.0 / 3.0),
        ("m_fader", 0.9),
        ("s01_sat_on", 1.0),
        ("s01_sat_drive", 0.6),
        ("s02_sat_on", 1.0),
        ("s02_sat_kind", 1.0),
        ("s02_comp_on", 1.0),
        ("s03_gate_on", 1.0),
        ("s03_a_on", 1.0),
        ("s04_eq_on", 1.0),
        ("s04_a_on", 1.0),
        ("ga_sat_on", 1.0),
        ("ga_sat_kind", 1.0),
    ]
}

/// Automation of what ramps, of what is designed anew and of what is switched.
fn events() -> Vec<Event> {
    const IDS: [&str; 14] = [
        "s01_fader",
        "s01_pan",
        "s01_sat_drive",
        "s02_mute",
        "s02_comp_threshold",
        "s02_sat_on",
        "s03_trim",
        "s03_gate_threshold",
        "s04_eq1_gain",
        "s04_eq2_freq",
        "ga_fader",
        "ga_sat_mix",
        "m_limiter_ceiling",
        "m_console",
    ];
    let mut rng = Rng::with_seed(51);
    let mut at = 0;
    let mut events = Vec::new();
    while at < N_FRAMES {
        events.push(Event { at, id: IDS[rng.usize(..IDS.len())], value: f32::from(rng.u8(..)) / 255.0 });
        at += rng.usize(1..200);
    }
    events
}

fn feeds() -> Sound {
    let mut rng = Rng::with_seed(52);
    let mut noise = |level: f32| (0..N_FRAMES).map(|_| (rng.f32() * 2.0 - 1.0) * level).collect::<Vec<f32>>();
    (0..N_STRIPS).map(|strip_idx| [noise(0.8 / (1 + strip_idx) as f32), noise(0.4)]).collect()
}

/// Everything that leaves, as bits, and the latency, for each format and mode, each in blocks of its own.
fn render_all(engine_rate: f32, resampling: f32, events: &[Event]) -> Vec<(String, Vec<u32>, usize)> {
    let feeds = feeds();
    let renders = RefCell::new(Vec::new());
    let blocks: [&[usize]; 4] = [&[512], &[37, 1, 300, 64], &[128], &[511, 2]];
    for mode in [Mode::Realtime, Mode::Offline] {
        in_both_formats(|instance| {
            for (id, value) in initial(engine_rate, resampling) {
                instance.set(id, value);
            }
            instance.activate(Setup { mode, ..Setup::at(48_000.0) });
            let blocks = blocks[renders.borrow().len()];
            let output = play(instance, &feeds, events, blocks);
            let latency = instance.latency_samples();
            instance.deactivate();
            let bits = output.iter().flatten().flatten().map(|sample| sample.to_bits()).collect();
            renders.borrow_mut().push((format!("{} {mode:?}", instance.format()), bits, latency));
        });
    }
    renders.into_inner()
}

#[track_caller]
fn assert_all_alike(engine_rate: f32, resampling: f32) -> (Vec<u32>, usize) {
    let renders = render_all(engine_rate, resampling, &events());
    assert_eq!(renders.len(), 4);
    let (first, want, latency) = &renders[0];
    let n_sounding = want.iter().filter(|bits| f32::from_bits(**bits).abs() > 1e-3).count();
    // Master and group A sound on both sides; the other groups do not.
    assert!(n_sounding > 2 * N_FRAMES && *latency > 0, "{n_sounding} samples sounded");
    for (name, bits, other_latency) in &renders[1..] {
        assert_eq!(other_latency, latency, "{name} beside {first}");
        let differs = bits.iter().zip(want).position(|(got, want)| got != want);
        assert_eq!((bits.len(), differs), (want.len(), None), "{name} beside {first}");
    }
    (want.clone(), *latency)
}

#[test]
fn realtime_and_offline_are_alike_at_the_hosts_rate() {
    assert_all_alike(0.0, 0.0);
}

#[test]
fn realtime_and_offline_are_alike_at_a_rate_of_the_engines_own() {
    // 44.1 and 96 kHz, each in one of the modes.
    let (low, low_latency) = assert_all_alike(1.0 / 6.0, 0.0);
    let (high, high_latency) = assert_all_alike(4.0 / 6.0, 1.0);
    assert!(low != high && low_latency != high_latency, "the engine's rate must matter");
}

/// All the bits above can tell: one event a sample later, one value a little off.
#[test]
fn a_sample_later_is_not_alike() {
    let as_it_is = events();
    let changed = |change: &dyn Fn(&mut Event)| {
        let mut events = as_it_is.clone();
        let event = events.iter_mut().find(|event| event.id == "s01_fader" && event.at > 1_000);
        change(event.expect("an event of this kind"));
        events
    };
    for engine_rate in [0.0, 4.0 / 6.0] {
        let of = |events: &[Event]| render_all(engine_rate, 0.0, events).remove(0).1;
        let want = of(&as_it_is);
        assert!(of(&as_it_is) == want, "twice the same");
        assert!(of(&changed(&|event| event.at += 1)) != want, "a sample later");
        assert!(of(&changed(&|event| event.value = (event.value - 0.001).abs())) != want, "a little off");
    }
}
