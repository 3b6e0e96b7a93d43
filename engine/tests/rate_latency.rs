//! What goes in comes out when it was said, at every pair of rates, flat to 20 kHz.

mod support;

use busbar_engine::limiter::Lookahead;
use busbar_engine::{N_DESTINATIONS, Settings};
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

/// The delay of the lowest frequencies: the impulse's centre of gravity.
fn delay(response: &[f32]) -> f64 {
    let moment = |power: i32| {
        let terms = response.iter().enumerate();
        terms.map(|(n, sample)| (n as f64).powi(power) * f64::from(*sample)).sum::<f64>()
    };
    moment(1) / moment(0)
}

fn peak_position(response: &[f32]) -> usize {
    let largest = |a: &usize, b: &usize| response[*a].abs().total_cmp(&response[*b].abs());
    (0..response.len()).max_by(largest).expect("a response")
}

#[track_caller]
fn assert_in_time(latency: u32, response: &[f32], context: &str) {
    let late = delay(response) - f64::from(latency);
    // Half a sample is what is left of a whole number; the rest is arithmetic in f32 over a thousand samples.
    assert!(late.abs() <= 0.501, "{context}: {late:+.4} samples beside {latency}");
    let peak = peak_position(response);
    assert!(peak.abs_diff(latency as usize) <= 1, "{context}: the peak is at {peak} instead of {latency}");
}

#[test]
fn the_latency_is_what_it_is_said_to_be() {
    for way in all_ways() {
        let (latency, responses) = impulse_responses(way, |_| ());
        assert_eq!(responses.len(), N_DESTINATIONS);
        for (bus_idx, response) in responses.iter().enumerate() {
            assert_in_time(latency, response, &format!("{way:?}, bus {bus_idx}"));
            assert!(*response == responses[0], "{way:?}: bus {bus_idx} is not as the master");
        }
        let ms = f64::from(latency) / way.host_hz * 1e3;
        println!("| {} | {} | {:?} | {latency} | {ms:.2} |", way.host_hz, way.engine_hz(), way.mode);
    }
}

#[test]
fn lookahead_and_bypass_are_in_time() {
    for way in all_ways().into_iter().chain(some_ways()) {
        let lookahead = |settings: &mut Settings| settings.master.limiter.lookahead = Lookahead::Ms3;
        let (without, _) = impulse_responses(way, |_| ());
        let (latency, active) = impulse_responses(way, lookahead);
        let added_ms = f64::from(latency - without) / way.host_hz * 1e3;
        // A sample of the engine for the lookahead's own rounding, and two of the host's for both latencies'.
        let tolerance_ms = 1e3 / way.engine_hz() + 2e3 / way.host_hz;
        assert!((added_ms - 3.0).abs() < tolerance_ms + 1.5, "{way:?}: {added_ms} ms");
        let (_, bypassed) = impulse_responses(way, |settings| {
            lookahead(settings);
            settings.bypass = true;
        });
        for (response, what) in [(&active[0], "active"), (&active[2], "group"), (&bypassed[0], "bypassed")] {
            assert_in_time(latency, response, &format!("{way:?}, {what}"));
        }
        assert!(bypassed[1].iter().all(|sample| *sample == 0.0), "{way:?}: a group sounds in bypass");
    }
}

/// Out and back: every mode of every pair.
#[test]
fn the_pass_band_is_flat_to_20_khz() {
    let mut worst = 0.0_f64;
    for way in all_ways() {
        let (_, responses) = impulse_responses(way, |_| ());
        for step in 0..=100 {
            let frequency_hz = 200.0 * f64::from(step);
            let omega = TAU * frequency_hz / way.host_hz;
            let [re, im] = responses[0].iter().enumerate().fold([0.0; 2], |[re, im], (n, sample)| {
                let (sin, cos) = (omega * n as f64).sin_cos();
                [re + f64::from(*sample) * cos, im + f64::from(*sample) * sin]
            });
            let level_db = to_db(re.hypot(im));
            worst = worst.max(level_db.abs());
            // The specification's.
            assert!(level_db.abs() <= 0.01, "{way:?}: {level_db:+.4} dB at {frequency_hz} Hz");
        }
    }
    println!("worst: {worst:.5} dB");
}
