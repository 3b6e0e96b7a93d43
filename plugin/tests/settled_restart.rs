//! Engine rate, resampling mode and quality of colour, through the guard of each format: another value asks the host for a restart
//! once, and is heard and told as a latency from the next activation on, which asks for nothing more.

mod busbar_support;
mod guard_support;

use busbar_engine::{ColourQuality, EngineRate, RatedEngine, ResamplingMode, Settings};
use busbar_support::{Event, Instance, Setup, in_both_formats, play, silence};

const SETUP: Setup = Setup::at(48_000.0);
const BLOCKS: [usize; 3] = [64, 1, 200];

/// What the engine says of the latency with these values of 0 to 1.
fn latency_with([rate, mode, quality]: [f32; 3]) -> usize {
    let mut settings = Settings::new(8);
    settings.engine_rate = EngineRate::ALL[(rate * 6.0).round() as usize];
    settings.resampling = ResamplingMode::ALL[(mode * 1.0).round() as usize];
    settings.colour_quality = ColourQuality::ALL[(quality * 2.0).round() as usize];
    let mut engine = RatedEngine::new(8);
    engine.set(&settings);
    engine.prepare(SETUP.sample_rate_hz).expect("a sample rate that the engine takes");
    engine.latency_samples() as usize
}

/// Where an impulse leaves the master.
fn heard_delay(instance: &dyn Instance) -> usize {
    const AT: usize = 100;
    let mut feeds = silence(6_000);
    feeds[2].iter_mut().for_each(|side| side[AT] = 0.5);
    let master = &play(instance, &feeds, &[], &BLOCKS)[0][0];
    let peak = (0..master.len()).max_by(|a, b| master[*a].abs().total_cmp(&master[*b].abs()));
    let peak = peak.expect("some frames");
    assert!(master[peak] > 0.1, "nothing is heard");
    peak - AT
}

#[track_caller]
fn assert_delay(instance: &dyn Instance, latency: usize, context: &str) {
    let heard = heard_delay(instance);
    // What was band-limited has its peak within half a sample, so that its largest sample is one of two.
    assert!(heard.abs_diff(latency) <= 1, "{context}: {heard} is heard, not {latency}");
}

fn restart(instance: &dyn Instance) {
    instance.deactivate();
    instance.activate(SETUP);
}

#[test]
fn a_host_is_asked_once_and_the_next_activation_finds_the_new_latency() {
    const IDS: [&str; 3] = ["engine_rate", "resampling", "colour_quality"];
    // Indices of IDS and values of 0 to 1: rates and modes up and down, and back to the host's.
    let changes: [(usize, f32); 10] = [
        (0, 4.0 / 6.0),
        (1, 1.0),
        (2, 1.0),
        (0, 1.0 / 6.0),
        (1, 0.0),
        (2, 0.5),
        (0, 1.0),
        (2, 0.0),
        (0, 5.0 / 6.0),
        (0, 0.0),
    ];
    in_both_formats(|instance| {
        let mut values = [0.0; 3];
        instance.activate(SETUP);
        assert_eq!((instance.take_asked(), instance.take_told()), (0, 0), "{}", instance.format());
        let mut latencies = vec![0];
        for (idx, value) in changes {
            let context = format!("{}: {} to {value}", instance.format(), IDS[idx]);
            let before = latency_with(values);
            instance.set(IDS[idx], value);
            assert_eq!(instance.take_asked(), 1, "{context}");
            // As hosts do that send the same again: with the next block, or from their own editor.
            play(instance, &silence(100), &[Event { at: 7, id: IDS[idx], value }], &BLOCKS);
            instance.set(IDS[idx], value);
            assert_eq!(instance.take_asked(), 0, "{context}: once, though the host takes its time");
            assert_eq!(
                instance.latency_samples(),
                before,
                "{context}: nothing changes before the host comes"
            );
            assert_delay(instance, before, &context);

            restart(instance);
            values[idx] = value;
            let latency = latency_with(values);
            assert_eq!(instance.latency_samples(), latency, "{context}");
            let told = u32::from(latency != before);
            assert_eq!((instance.take_asked(), instance.take_told()), (0, told), "{context}: one restart");
            assert_delay(instance, latency, &context);
            instance.set(IDS[idx], value);
            assert_eq!(instance.take_asked(), 0, "{context}: it is there already");
            latencies.push(latency);
        }
        latencies.sort_unstable();
        latencies.dedup();
        assert!(latencies.len() >= 8, "the latencies must differ: {latencies:?}");
        instance.deactivate();
    });
}

#[test]
fn who_goes_back_before_the_host_comes_gets_what_he_had() {
    in_both_formats(|instance| {
        instance.activate(SETUP);
        instance.set("engine_rate", 0.5);
        assert_eq!(instance.take_asked(), 1, "{}", instance.format());
        instance.set("engine_rate", 0.0);
        assert_eq!(instance.take_asked(), 0, "{}: back where it is settled", instance.format());
        restart(instance);
        assert_eq!((instance.latency_samples(), instance.take_asked()), (0, 0), "{}", instance.format());
        assert_eq!(heard_delay(instance), 0);
        instance.deactivate();
        // Nobody needs a restart of what does not run.
        instance.set("colour_quality", 1.0);
        instance.set("resampling", 1.0);
        assert_eq!(instance.take_asked(), 0, "{}", instance.format());
        instance.activate(SETUP);
        assert_eq!(instance.latency_samples(), latency_with([0.0, 1.0, 1.0]), "{}", instance.format());
        assert_eq!((instance.take_asked(), instance.take_told()), (0, 1), "{}", instance.format());
        restart(instance);
        assert_eq!((instance.take_asked(), instance.take_told()), (0, 0), "{}", instance.format());
        instance.deactivate();
    });
}

#[test]
fn what_colours_and_measures_without_a_latency_asks_for_nothing() {
    in_both_formats(|instance| {
        instance.activate(SETUP);
        for id in
            ["s01_sat_on", "s01_sat_drive", "ga_sat_on", "m_console", "meter_ballistics", "meter_restart"]
        {
            for value in [1.0, 0.5, 0.0] {
                instance.set(id, value);
                play(instance, &silence(50), &[Event { at: 3, id, value }], &BLOCKS);
                assert_eq!(instance.take_asked(), 0, "{} {id}", instance.format());
            }
        }
        instance.deactivate();
    });
}
