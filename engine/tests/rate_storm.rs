//! The storm at every rate of the engine: no panic, nothing non-finite, nothing subnormal, no allocation.

mod allocations;
mod support;

use allocations::{CountingAllocator, allocator_calls};
use busbar_engine::{EngineRate, N_GROUPS, Outputs, RatedEngine, ResamplingMode, Settings, StereoIn, Tap};
use fastrand::Rng;
use std::hint::black_box;
use support::random::{self, Wildness, chance};
use support::rated::{Way, all_ways, rates, some_ways};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn the_counter_counts() {
    assert_eq!(allocator_calls(|| ()), 0);
    assert_eq!(allocator_calls(|| drop(black_box(Box::new(1)))), 2);
}

const MAX_FRAMES: usize = 700;

/// Fills one channel with what might come.
fn fill(rng: &mut Rng, channel: &mut [f32]) {
    let kind = rng.u8(0..9);
    let level = 10f32.powi(rng.i32(-42..=12));
    for (frame, sample) in channel.iter_mut().enumerate() {
        *sample = match kind {
            0 => 0.0,
            1..=3 => rng.f32() * 2.0 - 1.0,
            4 => level * (rng.f32() * 2.0 - 1.0),
            5 => f32::from_bits(rng.u32(..0x0080_0000) | rng.u32(..2) << 31),
            6 if frame % 61 == 7 => f32::NAN,
            6 => 0.5,
            7 => f32::from_bits(rng.u32(..)),
            _ => 9.99e11,
        };
    }
}

/// What a run has seen, so that a storm that never blew shows.
#[derive(Default)]
struct Seen {
    n_frames: usize,
    n_sounding: usize,
    n_quarantined: usize,
    n_resets: usize,
    n_restarts: usize,
    n_prepares: usize,
    peak: f32,
}

/// One engine in the storm.
struct Storm {
    rng: Rng,
    n_strips: usize,
    host_hz: f64,
    engine: RatedEngine,
    settings: Settings,
    feeds: Vec<[Vec<f32>; 2]>,
    outputs: [[Vec<f32>; 2]; 1 + N_GROUPS],
    seen: Seen,
}

impl Storm {
    fn set(&mut self) {
        for _ in 0..self.rng.usize(0..4) {
            random::turn_a_knob(&mut self.rng, &mut self.settings, Wildness::Storm);
        }
        if chance(&mut self.rng, 0.1) {
            self.settings = random::settings(&mut self.rng, self.n_strips, Wildness::Storm);
        }
        if self.rng.bool() {
            random::turn_a_colour(&mut self.rng, &mut self.settings, Wildness::Storm);
        }
        if chance(&mut self.rng, 0.05) {
            self.settings.colour_quality = random::QUALITIES[self.rng.usize(..3)];
        }
        random::turn_a_meter(&mut self.rng, &mut self.settings);
        // They count at the next activation.
        self.settings.engine_rate = EngineRate::ALL[self.rng.usize(..7)];
        self.settings.resampling = ResamplingMode::ALL[self.rng.usize(..2)];
        let (engine, settings) = (&mut self.engine, &self.settings);
        assert_eq!(allocator_calls(|| engine.set(settings)), 0, "set allocates");
    }

    fn block(&mut self) {
        let rng = &mut self.rng;
        for feed in &mut self.feeds {
            if chance(rng, 0.3) {
                feed.iter_mut().for_each(|channel| fill(rng, channel));
            }
        }
        let len = match rng.u8(0..6) {
            0 => rng.usize(0..4),
            1 => 32,
            2 => rng.usize(0..MAX_FRAMES),
            _ => 64,
        };
        let feeds: Vec<Option<StereoIn<'_>>> = self
            .feeds
            .iter()
            .map(|[left, right]| if chance(rng, 0.05) { None } else { Some([&left[..len], &right[..len]]) })
            .collect();
        let is_connected: [bool; N_GROUPS] = std::array::from_fn(|_| chance(rng, 0.8));
        self.outputs.iter_mut().flatten().for_each(|channel| channel[..len].fill(f32::NAN));
        let [master, groups @ ..] = &mut self.outputs;
        let mut groups =
            groups.each_mut().map(|group| Some(group.each_mut().map(|channel| &mut channel[..len])));
        for (group, is_connected) in groups.iter_mut().zip(is_connected) {
            group.take_if(|_| !is_connected);
        }
        let mut outputs = Outputs { master: master.each_mut().map(|channel| &mut channel[..len]), groups };
        let engine = &mut self.engine;
        assert_eq!(allocator_calls(|| engine.process(&feeds, &mut outputs)), 0, "process allocates");

        self.seen.n_frames += len;
        let is_connected = [&[true], &is_connected[..]].concat();
        for (bus_idx, bus) in self.outputs.iter().enumerate().filter(|(bus_idx, _)| is_connected[*bus_idx]) {
            for sample in bus.iter().flat_map(|channel| &channel[..len]) {
                assert!(sample.is_finite(), "bus {bus_idx}: {sample}");
                assert!(!sample.is_subnormal(), "bus {bus_idx}: {sample:e}");
                self.seen.n_sounding += usize::from(*sample != 0.0);
                self.seen.peak = self.seen.peak.max(sample.abs());
            }
        }
    }

    fn look_around(&mut self) {
        let is_reset = chance(&mut self.rng, 0.01);
        let (engine, mask) = (&mut self.engine, self.rng.u64(..));
        self.seen.n_quarantined += usize::from(engine.quarantined_strips() != 0);
        let is_restarted = mask & 0x0f == 0;
        let n_calls = allocator_calls(|| {
            black_box((engine.latency_samples(), engine.needs_prepare(), engine.meters()));
            black_box(engine.levels().master());
            engine.clear_quarantined(mask);
            if is_restarted {
                engine.engine_mut().restart_loudness();
            }
            if is_reset {
                engine.reset();
            }
        });
        assert_eq!(n_calls, 0, "allocates");
        let levels = engine.levels();
        for tap in [Tap::Strip(0), Tap::Group(0), Tap::Master] {
            // Minus infinity is silence; nothing else is no number.
            assert!(levels.needle(tap).iter().all(|needle_db| *needle_db < 1e4), "{:?}", levels.needle(tap));
        }
        let loudness = levels.master_loudness();
        assert!(loudness.true_peak.iter().all(|peak| peak.is_finite()), "{loudness:?}");
        assert!(loudness.integrated_lufs < 1e4 && loudness.correlation.abs() <= 1.0, "{loudness:?}");
        self.seen.n_resets += usize::from(is_reset);
        self.seen.n_restarts += usize::from(is_restarted);
    }

    /// A host that stops and goes on, now and then: whatever rate and mode have been set in between count from here on.
    fn restart(&mut self) {
        if chance(&mut self.rng, 0.004) {
            self.engine.prepare(self.host_hz).expect("a sample rate that the engine takes");
            self.seen.n_prepares += 1;
        }
    }
}

/// All ways between two rates in use; without a conversion, where the engine has the host's rate by name or by number; and hosts that
/// nobody has.
fn ways() -> Vec<Way> {
    let at = |host_hz: f64, engine| Way { host_hz, engine, mode: ResamplingMode::ALL[0] };
    let mut ways = all_ways();
    for (engine, host_hz) in rates().filter_map(|rate| Some((rate, f64::from(rate.hz()?)))) {
        ways.extend([at(host_hz, EngineRate::Host), at(host_hz, engine)]);
    }
    ways.extend(some_ways().into_iter().filter(|way| !ways.contains(way)).collect::<Vec<_>>());
    assert_eq!(ways.len(), 60 + 12 + 4);
    ways
}

#[test]
fn a_storm_leaves_finite_normal_output_and_never_allocates_at_any_rate() {
    let mut seen = Seen::default();
    for (way_idx, way) in ways().into_iter().enumerate() {
        let n_strips = [1, 3, 8, 9][way_idx % 4];
        let mut engine = RatedEngine::new(n_strips);
        let mut settings = Settings::new(n_strips);
        way.put(&mut settings);
        engine.set(&settings);
        engine.prepare(way.host_hz).expect("a sample rate that the engine takes");
        let channel = || vec![0.0; MAX_FRAMES];
        let mut storm = Storm {
            rng: Rng::with_seed(way_idx as u64),
            n_strips,
            host_hz: way.host_hz,
            engine,
            settings,
            feeds: (0..n_strips).map(|_| [channel(), channel()]).collect(),
            outputs: std::array::from_fn(|_| [channel(), channel()]),
            seen: Seen::default(),
        };
        for _ in 0..250 {
            for _ in 0..storm.rng.usize(0..3) {
                storm.set();
            }
            storm.block();
            storm.look_around();
            storm.restart();
        }
        assert!(storm.seen.n_frames > 10_000, "{way:?}: only {} frames", storm.seen.n_frames);
        assert!(storm.seen.n_sounding > storm.seen.n_frames / 8, "{way:?}: hardly anything sounded");
        assert!(storm.seen.n_quarantined > 0, "{way:?}: no quarantine");
        seen.n_resets += storm.seen.n_resets;
        seen.n_restarts += storm.seen.n_restarts;
        seen.n_prepares += storm.seen.n_prepares;
        seen.peak = seen.peak.max(storm.seen.peak);
    }
    assert!(seen.n_resets > 20 && seen.peak > 1e9, "{} resets, peak {:e}", seen.n_resets, seen.peak);
    assert!(seen.n_restarts > 100 && seen.n_prepares > 20, "{} {}", seen.n_restarts, seen.n_prepares);
}
