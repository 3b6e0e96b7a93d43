//! What is set between two blocks happens one latency later, to the sample.

mod support;

use busbar_engine::Settings;
use support::rated::{Way, all_ways, some_ways};
use support::{Cuts, Mix, Session};

/// Length of the ramp of a gain, in seconds.
const RAMP_SECONDS: f64 = 0.015;

/// Where a falling signal crosses a level, between samples. Counts crossings: there has to be one.
fn crossing(signal: &[f32], level: f32) -> f64 {
    let crossings: Vec<usize> =
        (1..signal.len()).filter(|n| signal[n - 1] > level && signal[*n] <= level).collect();
    let [n] = crossings[..] else { panic!("crosses {level} at {crossings:?}") };
    (n - 1) as f64 + f64::from((signal[n - 1] - level) / (signal[n - 1] - signal[n]))
}

/// How much later than the left side the right one is muted, in samples of the host: often within one of the engine's.
const RIGHT_LATER: usize = 2;

/// A constant whose sides are muted one soon after the other.
fn muted_at(way: Way, at: usize) -> (u32, Mix) {
    let mut session = Session::new(way.host_hz, 0, Settings::new(2));
    let latency = way.fresh(&session).latency_samples();
    let ramp = (RAMP_SECONDS * way.host_hz) as usize;
    session.n_frames = at + 2 * latency as usize + ramp + 2000;
    session.feed_constant(0, 1.0, 0.0);
    session.feed_constant(1, 0.0, 1.0);
    // Straight lines begin and end where filters ring; the middle of a ramp is straight.
    session.change(at, |settings| settings.strips[0].mute = true);
    session.change(at + RIGHT_LATER, |settings| settings.strips[1].mute = true);
    (latency, way.render(&session, Cuts::Every(512)))
}

#[test]
fn a_mute_is_heard_where_it_belongs() {
    for way in all_ways().into_iter().chain(some_ways()) {
        let settled =
            3 * way.fresh(&Session::new(way.host_hz, 0, Settings::new(2))).latency_samples() as usize;
        let mut worst = 0.0_f64;
        for at in (0..40).map(|step| settled + 7 * step) {
            let (latency, mix) = muted_at(way, at);
            // The ramp is a whole number of the engine's samples long.
            let ramp = (RAMP_SECONDS * way.engine_hz()).round() * way.host_per_engine();
            // The gain is at half behind half of the ramp, and the sample at which it begins has already taken a step.
            let behind = f64::from(latency) + ramp / 2.0 - way.host_per_engine();
            for (channel, at) in mix.master().iter().zip([at, at + RIGHT_LATER]) {
                let half = crossing(&channel[settled..], 0.5) + settled as f64;
                worst = worst.max((half - behind - at as f64).abs());
            }
        }
        // A ramp begins within 1/128 of a sample of the engine; the rest is the filters' ripple where it is read.
        let grain = way.host_per_engine() / 128.0;
        assert!(worst <= grain + 0.05, "{way:?}: {worst:.3} samples beside");
    }
}

/// What is set before the first sample is there at once, and so is everything that is on its way when memory is cleared.
#[test]
fn nothing_ramps_from_before_the_beginning() {
    for way in some_ways() {
        let mut session = Session::new(way.host_hz, 6000, Settings::new(1));
        session.feed_constant(0, 1.0, 1.0);
        session.change(0, |settings| settings.strips[0].fader_db = -20.0);
        let expected = {
            let mut session = session.clone();
            session.initial = session.events.remove(0).settings;
            way.render(&session, Cuts::Whole)
        };
        let mix = way.render(&session, Cuts::Every(100));
        assert!(mix.buses == expected.buses, "{way:?}: a ramp from nowhere");
        assert!(expected.master()[0].iter().all(|sample| *sample < 0.2), "{way:?}");

        // The change is under way when everything begins anew.
        let mut engine = way.fresh(&Session::new(way.host_hz, 0, Settings::new(1)));
        let mut scratch = Mix::unwritten(100);
        support::process(&mut engine, &session.inputs, &mut scratch, 0, 100);
        let mut settings = session.events[0].settings.clone();
        way.put(&mut settings);
        engine.set(&settings);
        engine.reset();
        session.events.clear();
        assert!(session.render_on(&mut engine, Cuts::Every(64)).buses == expected.buses, "{way:?}: reset");
    }
}

/// A storm of changes, more than can wait, ends where it ends.
#[test]
fn too_many_changes_lose_none_of_the_last() {
    for way in some_ways() {
        let latency = way.fresh(&Session::new(way.host_hz, 0, Settings::new(1))).latency_samples() as usize;
        let n_frames = 6 * latency + 8000;
        let mut session = Session::new(way.host_hz, n_frames, Settings::new(8));
        session.feed_constant(3, 1.0, 1.0);
        let busy = 2 * latency;
        for at in 0..busy {
            session.change(at, |settings| {
                for (strip_idx, strip) in settings.strips.iter_mut().enumerate() {
                    strip.fader_db = -((at + strip_idx) as f32 % 20.0);
                }
            });
        }
        session.change(busy, |settings| settings.strips[3].fader_db = -6.0);
        let mix = way.render(&session, Cuts::Whole);
        let last = mix.master()[0][n_frames - 1];
        // A gain of −6 dB; a constant passes the filters to a thousandth of a dB.
        assert!((last - 0.501_187).abs() < 1e-4, "{way:?}: {last}");
    }
}
