//! The storm through the guard of each format: every rate of the engine and of the host, both modes, any sample and any automation. No
//! panic, nothing non-finite, nothing subnormal, no allocation while a block is processed.

mod busbar_support;
mod guard_support;

use busbar_support::{Event, Instance, Mode, N_OUTPUTS, Setup, Sound, in_both_formats, silence};
use fastrand::Rng;
use guard_support::log::logged;

const RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

const MAX_FRAMES: usize = 512;

/// Every parameter there is.
fn ids() -> Vec<&'static str> {
    include_str!("../ids.txt").lines().filter(|id| !id.starts_with('s') || id < &"s09").collect()
}

/// Fills one channel with what might come.
fn fill(rng: &mut Rng, channel: &mut [f32]) {
    let kind = rng.u8(0..8);
    let level = 10f32.powi(rng.i32(-42..=12));
    for (frame, sample) in channel.iter_mut().enumerate() {
        *sample = match kind {
            0 => 0.0,
            1..=2 => rng.f32() * 2.0 - 1.0,
            3 => level * (rng.f32() * 2.0 - 1.0),
            // Subnormal.
            4 => f32::from_bits(rng.u32(..0x0080_0000) | rng.u32(..2) << 31),
            5 if frame % 61 == 7 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][frame % 3],
            5 => 0.5,
            6 => f32::from_bits(rng.u32(..)),
            _ => 9.99e11,
        };
    }
}

/// Some blocks, and how many samples of them sounded.
fn blow(rng: &mut Rng, instance: &dyn Instance, ids: &[&'static str], n_blocks: usize) -> usize {
    let mut n_sounding = 0;
    let mut held: Sound = silence(MAX_FRAMES);
    for _ in 0..n_blocks {
        for port in &mut held {
            if rng.u8(0..3) == 0 {
                port.iter_mut().for_each(|side| fill(rng, side));
            }
        }
        let n = [1, 32, 64, rng.usize(1..=MAX_FRAMES)][rng.usize(..4)];
        let part = |side: &Vec<f32>| side[..n].to_vec();
        let mut feeds: Sound = held.iter().map(|port| port.each_ref().map(part)).collect();
        let mut outputs: Sound = vec![[vec![f32::NAN; n], vec![f32::NAN; n]]; N_OUTPUTS];
        let mut times: Vec<usize> = (0..rng.usize(0..40)).map(|_| rng.usize(..n)).collect();
        times.sort_unstable();
        let event = |at| Event { at, id: ids[rng.usize(..ids.len())], value: f32::from(rng.u8(0..=8)) / 8.0 };
        let events: Vec<Event> = times.into_iter().map(event).collect();
        instance.process(&mut feeds, &mut outputs, &events);
        for sample in outputs.iter().flatten().flatten() {
            assert!(sample.is_finite() && !sample.is_subnormal(), "{}: {sample:e}", instance.format());
            n_sounding += usize::from(*sample != 0.0);
        }
    }
    n_sounding
}

#[test]
fn every_rate_weathers_the_storm() {
    let ids = ids();
    assert!(
        ids.len() > 500 && ids.contains(&"s08_sat_drive") && ids.contains(&"engine_rate"),
        "{}",
        ids.len()
    );
    let lines = logged(|| {
        in_both_formats(|instance| {
            let mut rng = Rng::with_seed(61);
            let (mut latencies, mut n_told, mut n_sounding) = (Vec::new(), 0, 0);
            for host_hz in RATES_HZ {
                for engine_rate in 0..7 {
                    for resampling in 0..2 {
                        // Whatever the last storm left, but these and what would leave nothing to hear.
                        instance.set("engine_rate", engine_rate as f32 / 6.0);
                        instance.set("resampling", resampling as f32);
                        for id in ["m_cut", "m_fader", "bypass"] {
                            instance.set(id, if id == "m_fader" { 0.8 } else { 0.0 });
                        }
                        let mode = if rng.bool() { Mode::Realtime } else { Mode::Offline };
                        instance.activate(Setup { mode, max_frames: MAX_FRAMES, ..Setup::at(host_hz) });
                        n_told += instance.take_told();
                        latencies.push((host_hz as u32, engine_rate, resampling, instance.latency_samples()));
                        n_sounding += blow(&mut rng, instance, &ids, 60);
                        instance.deactivate();
                    }
                }
            }
            let name = instance.format();
            // At the host's own rate, by name or by number, only colour and lookahead make latency, each at most a few hundred samples.
            let resampled = |&&(host_hz, rate, _, _): &&(u32, i32, i32, usize)| {
                rate > 0 && RATES_HZ[rate as usize - 1] as u32 != host_hz
            };
            assert_eq!(latencies.iter().filter(resampled).count(), 60);
            assert!(latencies.iter().filter(resampled).all(|(_, _, _, latency)| *latency > 0), "{name}");
            let moved = latencies.windows(2).filter(|pair| pair[0].3 != pair[1].3).count();
            let n_changes = moved + usize::from(latencies[0].3 != 0);
            assert!(n_changes > 50 && n_told as usize == n_changes, "{name}: {n_told} of {n_changes} told");
            assert!(n_sounding > 100_000, "{name}: {n_sounding} sounded");
        });
    });
    assert!(lines.is_empty(), "{lines:#?}");
}
