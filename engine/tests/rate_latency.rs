//! What goes in comes out when it was said, at every pair of rates, flat to 20 kHz.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{Engine, N_DESTINATIONS, Settings};
use std::f64::consts::TAU;
use support::rated::{Way, all_ways, some_ways};
use support::{Cuts, Session, to_db};

/// Where the impulse stands: nowhere in particular.
const AT: usize = 1234;

/// What an impulse in strip 1 makes on the left of every bus, beginning where it was fed.
fn impulse_responses(way: Way, change: impl Fn(&mut Settings)) -> (u32, Vec<Vec<f32>>) {
    let mut settings = Settings::new(2);
    settings.strips[0].sends.iter_mut().for_each(|send| send.on = true);
    settings.groups.iter_mut().for_each(|group| group.to_master = false);
    change(&mut settings);
    way.put(&mut settings);
    let mut session = Session::new(way.host_hz, 0, settings);
    let latency = way.fresh(&session).latency_samples();
    session.n_frames = AT + 2 * latency as usize + 2000;
    session.feed_constant(0, 0.0, 0.0);
    session.inputs[0].as_mut().expect("a feed").iter_mut().for_each(|side| side[AT] = 1.0);
    let mix = way.render(&session, Cuts::Every(480));
    assert!(mix.buses.iter().flatten().all(|side| side[..AT].iter().all(|sample| *sample == 0.0)));
    (latency, mix.buses.into_iter().map(|[left, _]| left[AT..].to_vec()).collect())
}

/// What a response makes of a tone, with the phase that it has behind `latency` samples.
fn response_at(response: &[f32], latency: u32, frequency_hz: f64, sample_rate_hz: f64) -> [f64; 2] {
    response.iter().enumerate().fold([0.0; 2], |[re, im], (n, sample)| {
        let phase = TAU * frequency_hz / sample_rate_hz * (n as f64 - f64::from(latency));
        let (sin, cos) = phase.sin_cos();
        [re + f64::from(*sample) * cos, im - f64::from(*sample) * sin]
    })
}

fn peak_position(response: &[f32]) -> usize {
    let largest = |a: &usize, b: &usize| response[*a].abs().total_cmp(&response[*b].abs());
    (0..response.len()).max_by(largest).expect("a response")
}

#[track_caller]
fn assert_in_time(way: Way, latency: u32, response: &[f32], context: &str) {
    // Low enough that a phase is a delay up to ten samples, high enough that a rounding error is none.
    let frequency_hz = way.host_hz / 40.0;
    let [re, im] = response_at(response, latency, frequency_hz, way.host_hz);
    let late = -im.atan2(re) / (TAU / 40.0);
    // Half a sample is what is left of a whole number; the rest is arithmetic in f32.
    assert!(late.abs() <= 0.501, "{way:?}, {context}: {late:+.4} samples beside {latency}");
    let peak = peak_position(response);
    assert!(
        peak.abs_diff(latency as usize) <= 1,
        "{way:?}, {context}: the peak is at {peak} instead of {latency}"
    );
}

#[test]
fn the_latency_is_what_it_is_said_to_be() {
    for way in all_ways() {
        let (latency, responses) = impulse_responses(way, |_| ());
        assert_eq!(responses.len(), N_DESTINATIONS);
        for (bus_idx, response) in responses.iter().enumerate() {
            assert_in_time(way, latency, response, &format!("bus {bus_idx}"));
            assert!(*response == responses[0], "{way:?}: bus {bus_idx} is not as the master");
        }
    }
}

#[test]
fn lookahead_and_bypass_are_in_time() {
    for way in all_ways().into_iter().chain(some_ways()) {
        let lookahead = |settings: &mut Settings| settings.master.limiter.lookahead = Lookahead::Ms3;
        let (without, _) = impulse_responses(way, |_| ());
        let (latency, active) = impulse_responses(way, lookahead);
        let mut settings = Settings::new(2);
        lookahead(&mut settings);
        let engine_hz = way.fresh(&Session::new(way.host_hz, 0, settings.clone())).engine_rate_hz();
        let mut engine = Engine::new(2);
        engine.set(&settings);
        engine.prepare(engine_hz).expect("a sample rate that the engine takes");
        let added = f64::from(engine.latency_samples()) * way.host_hz / engine_hz;
        assert!(added > 0.002 * way.host_hz, "{way:?}: no lookahead");
        // Both latencies are rounded.
        let difference = f64::from(latency - without) - added;
        assert!(difference.abs() <= 1.0, "{way:?}: {difference} samples beside");
        let (_, bypassed) = impulse_responses(way, |settings| {
            lookahead(settings);
            settings.bypass = true;
        });
        for (response, what) in [(&active[0], "active"), (&active[2], "group"), (&bypassed[0], "bypassed")] {
            assert_in_time(way, latency, response, what);
        }
        assert!(bypassed[1].iter().all(|sample| *sample == 0.0), "{way:?}: a group sounds in bypass");
    }
}

/// Out and back: every mode of every pair.
#[test]
fn the_pass_band_is_flat_to_20_khz() {
    let mut worst = 0.0_f64;
    for way in all_ways() {
        let (latency, responses) = impulse_responses(way, |_| ());
        for step in 0..=100 {
            let frequency_hz = 200.0 * f64::from(step);
            let [re, im] = response_at(&responses[0], latency, frequency_hz, way.host_hz);
            let level_db = to_db(re.hypot(im));
            worst = worst.max(level_db.abs());
            // The specification's.
            assert!(level_db.abs() <= 0.01, "{way:?}: {level_db:+.4} dB at {frequency_hz} Hz");
        }
    } // What `docs/dsp/engine-rate.md` says.
    assert!(worst > 0.003 && worst < 0.0042, "{worst}");
}
