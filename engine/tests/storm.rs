//! A storm over every parameter and every kind of signal: no panic, nothing non-finite, nothing subnormal, no allocation.

mod allocations;
mod support;

use allocations::{CountingAllocator, allocator_calls};
use busbar_engine::{
    Ballistics, BandShape, ColourQuality, CompressorSettings, Engine, EqSettings, N_GROUPS, Outputs,
    SaturationKind, SaturationSettings, Settings, StereoIn, Tap,
};
use fastrand::Rng;
use std::hint::black_box;
use support::random::{self, SAMPLE_RATES_HZ, Wildness, chance};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn the_counter_counts() {
    assert_eq!(allocator_calls(|| ()), 0);
    assert_eq!(allocator_calls(|| drop(black_box(Box::new(1)))), 2);
    let mut values = black_box(Vec::with_capacity(1));
    assert_eq!(allocator_calls(|| values.extend(black_box([1, 2, 3]))), 1);
}

/// Room for the longest block.
const MAX_FRAMES: usize = 700;

/// Fills one channel with what might come: silence, noise at any level, subnormals, bursts, anything at all.
fn fill(rng: &mut Rng, channel: &mut [f32]) {
    let kind = rng.u8(0..12);
    let level = 10f32.powi(rng.i32(-42..=12));
    for (frame, sample) in channel.iter_mut().enumerate() {
        *sample = match kind {
            0 => 0.0,
            1 => -0.0,
            2..=4 => rng.f32() * 2.0 - 1.0,
            5 => level * (rng.f32() * 2.0 - 1.0),
            6 => f32::from_bits(rng.u32(..0x0080_0000) | rng.u32(..2) << 31),
            7 if frame % 50 < 5 => rng.f32() * 100.0,
            7 => 0.0,
            8 if frame % 61 == 7 => f32::NAN,
            8 => 0.5,
            9 => f32::from_bits(rng.u32(..)),
            10 => 9.99e11,
            _ => f32::MIN_POSITIVE * (1.0 + rng.f32()),
        };
    }
}

/// What a run has seen, so that a storm that never blew shows.
#[derive(Default)]
struct Seen {
    n_frames: usize,
    n_sounding: usize,
    n_quarantined_blocks: usize,
    n_sets: usize,
    n_resets: usize,
    n_prepares: usize,
    n_restarts: usize,
    peak: f32,
}

/// Every band up by as much as can be, often all at one frequency, and all the make-up there is.
fn loudest(rng: &mut Rng, eq: &mut EqSettings, compressor: &mut CompressorSettings) {
    let together = rng.bool();
    eq.on = true;
    for band in &mut eq.bands {
        (band.on, band.gain_db, band.shape) = (true, 18.0, BandShape::Bell);
        if together {
            (band.frequency_hz, band.q) = (1_000.0, 0.1);
        }
    }
    (compressor.on, compressor.makeup_db, compressor.auto_makeup) = (true, 24.0, true);
    (compressor.threshold_db, compressor.ratio, compressor.attack_ms) = (-60.0, f32::INFINITY, 200.0);
}

/// One engine in the storm.
struct Storm {
    rng: Rng,
    n_strips: usize,
    sample_rate_hz: f64,
    engine: Engine,
    settings: Settings,
    feeds: Vec<[Vec<f32>; 2]>,
    outputs: [[Vec<f32>; 2]; 1 + N_GROUPS],
    seen: Seen,
}

impl Storm {
    fn new(seed: u64, n_strips: usize, sample_rate_hz: f64) -> Self {
        let mut engine = Engine::new(n_strips);
        engine.prepare(sample_rate_hz).expect("a sample rate that the engine takes");
        let channel = || vec![0.0; MAX_FRAMES];
        Self {
            rng: Rng::with_seed(seed),
            n_strips,
            sample_rate_hz,
            engine,
            settings: Settings::new(n_strips),
            feeds: (0..n_strips).map(|_| [channel(), channel()]).collect(),
            outputs: std::array::from_fn(|_| [channel(), channel()]),
            seen: Seen::default(),
        }
    }

    /// Changes something, or everything, and sends it.
    fn set(&mut self) {
        let rng = &mut self.rng;
        for _ in 0..rng.usize(0..4) {
            random::turn_a_knob(rng, &mut self.settings, Wildness::Storm);
        }
        if rng.bool() {
            random::turn_a_colour(rng, &mut self.settings, Wildness::Storm);
        }
        if chance(rng, 0.05) {
            self.settings.colour_quality = random::QUALITIES[rng.usize(..3)];
        }
        random::turn_a_meter(rng, &mut self.settings);
        if chance(rng, 0.1) {
            self.settings = random::settings(rng, self.n_strips, Wildness::Storm);
        }
        if chance(rng, 0.05) {
            // The loudest that there is.
            for strip in &mut self.settings.strips {
                (strip.trim_db, strip.fader_db, strip.width_percent) = (24.0, 12.0, 200.0);
                (strip.mute, strip.solo) = (false, false);
                strip.sends.iter_mut().for_each(|send| (send.on, send.level_db) = (true, 12.0));
                loudest(rng, &mut strip.eq, &mut strip.compressor);
            }
            for group in &mut self.settings.groups {
                group.fader_db = 12.0;
                loudest(rng, &mut group.eq, &mut group.compressor);
            }
            let master = &mut self.settings.master;
            master.fader_db = 12.0;
            loudest(rng, &mut master.eq, &mut master.compressor);
        }
        let (engine, settings) = (&mut self.engine, &self.settings);
        assert_eq!(allocator_calls(|| engine.set(settings)), 0, "set allocates");
        self.seen.n_sets += 1;
    }

    fn feed(&mut self) {
        let rng = &mut self.rng;
        for feed in &mut self.feeds {
            if chance(rng, 0.3) {
                feed.iter_mut().for_each(|channel| fill(rng, channel));
            }
        }
    }

    fn block(&mut self) {
        let rng = &mut self.rng;
        let len = match rng.u8(0..6) {
            0 => rng.usize(0..4),
            1 => 32,
            2 => rng.usize(0..MAX_FRAMES),
            _ => 64,
        };
        let n_inputs = if chance(rng, 0.1) { rng.usize(..=self.n_strips) } else { self.n_strips };
        let inputs: Vec<Option<StereoIn<'_>>> = self.feeds[..n_inputs]
            .iter()
            .map(|[left, right]| if chance(rng, 0.05) { None } else { Some([&left[..len], &right[..len]]) })
            .collect();
        let is_connected: [bool; N_GROUPS] = std::array::from_fn(|_| chance(rng, 0.8));
        for channel in self.outputs.iter_mut().flatten() {
            channel[..len].fill(f32::NAN);
        }
        let [master, groups @ ..] = &mut self.outputs;
        let mut groups =
            groups.each_mut().map(|group| Some(group.each_mut().map(|channel| &mut channel[..len])));
        for (group, is_connected) in groups.iter_mut().zip(is_connected) {
            group.take_if(|_| !is_connected);
        }
        let mut outputs = Outputs { master: master.each_mut().map(|channel| &mut channel[..len]), groups };
        let engine = &mut self.engine;
        assert_eq!(allocator_calls(|| engine.process(&inputs, &mut outputs)), 0, "process allocates");

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

    /// Everything else that is called on the audio thread.
    fn look_around(&mut self) {
        let mask = self.rng.u64(..);
        let is_reset = chance(&mut self.rng, 0.05);
        let is_restarted = mask & 0x0f == 0;
        let engine = &mut self.engine;
        let n_calls = allocator_calls(|| {
            black_box((engine.latency_samples(), engine.ramp_samples(), engine.bypass_fade_samples()));
            black_box((engine.needs_prepare(), engine.meters()));
            black_box(engine.quarantined_strips());
            engine.clear_quarantined(mask);
            let levels = engine.levels();
            black_box((levels.strip_loudness(0), levels.needle(Tap::Master), levels.needle(Tap::Strip(0))));
            if is_restarted {
                engine.restart_loudness();
            }
            if is_reset {
                engine.reset();
            }
        });
        assert_eq!(n_calls, 0, "allocates");
        let levels = self.engine.levels();
        let strips = (0..self.n_strips).map(|idx| levels.strip_loudness(idx));
        for loudness in strips.chain([levels.group_loudness(0), levels.master_loudness()]) {
            assert!(loudness.true_peak.iter().all(|peak| peak.is_finite()), "{loudness:?}");
            // Minus infinity is silence; nothing else is no number.
            for lufs in [loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs] {
                assert!(lufs < 1e4, "{loudness:?}");
            }
            assert!((-1.0..=1.0).contains(&loudness.correlation), "{loudness:?}");
            assert!((0.0..=101.2).contains(&loudness.range_lu), "{loudness:?}");
        }
        let strips = (0..self.n_strips).map(Tap::Strip);
        for tap in strips.chain((0..N_GROUPS).map(Tap::Group)).chain([Tap::Master]) {
            // Minus infinity is silence again.
            assert!(levels.needle(tap).iter().all(|needle_db| *needle_db < 1e4), "{:?}", levels.needle(tap));
        }
        let meters = self.engine.meters();
        for meter in meters.strips.iter().chain(&meters.groups).chain([&meters.master]) {
            for reduction_db in [meter.gate_db, meter.compressor_db, meter.limiter_db] {
                // A gain of 0 would be infinite, and nothing is negative.
                assert!((0.0..=1e4).contains(&reduction_db), "a reduction of {reduction_db} dB");
            }
        }
        // Another lookahead or quality of colour: the one thing that is done off the audio thread, and may allocate.
        if self.engine.needs_prepare() && chance(&mut self.rng, 0.1) {
            self.engine.prepare(self.sample_rate_hz).expect("a sample rate that the engine takes");
            self.seen.n_prepares += 1;
        }
        self.seen.n_quarantined_blocks += usize::from(self.engine.quarantined_strips() != 0);
        self.seen.n_resets += usize::from(is_reset);
        self.seen.n_restarts += usize::from(is_restarted);
    }
}

fn blow(seed: u64, n_strips: usize, sample_rate_hz: f64, n_blocks: usize) {
    let mut storm = Storm::new(seed, n_strips, sample_rate_hz);
    for _ in 0..n_blocks {
        for _ in 0..storm.rng.usize(0..3) {
            storm.set();
        }
        storm.feed();
        storm.block();
        storm.look_around();
    }
    let Seen { n_frames, n_sounding, n_quarantined_blocks, n_sets, n_resets, n_prepares, n_restarts, peak } =
        storm.seen;
    let context = format!("{n_strips} strips at {sample_rate_hz} Hz");
    assert!(n_frames > 10_000, "{context}: only {n_frames} frames");
    assert!(n_sounding > n_frames / 4, "{context}: {n_sounding} samples sounded in {n_frames} frames");
    assert!(n_quarantined_blocks > 0 && n_resets > 0, "{context}: no quarantine or no reset");
    assert!(n_prepares > 0 && n_restarts > 0, "{context}: never prepared anew, or loudness never restarted");
    assert!(n_sets > n_blocks / 2, "{context}: only {n_sets} sets");
    assert!(peak > 1e9, "{context}: it was never loud");
}

#[test]
fn a_storm_over_every_parameter_leaves_finite_normal_output_and_never_allocates() {
    for (rate_idx, sample_rate_hz) in SAMPLE_RATES_HZ.into_iter().enumerate() {
        for n_strips in [1, 3, 8, 9, 16, 32] {
            blow(1000 * rate_idx as u64 + n_strips as u64, n_strips, sample_rate_hz, 250);
        }
    }
    blow(7, 64, 48_000.0, 250);
    blow(8, 64, 192_000.0, 250);
}

/// All that measures and all that colours at once, with each kind of needle, through two restarts of loudness.
#[test]
fn meters_and_colour_never_allocate() {
    for (seed, ballistics) in (1..).zip(Ballistics::ALL) {
        let mut storm = Storm::new(seed, 9, 48_000.0);
        let settings = &mut storm.settings;
        for kind in 0..2 {
            let saturation = SaturationSettings {
                on: true,
                kind: [SaturationKind::Tape, SaturationKind::Tube][kind],
                drive_db: 12.0,
                mix_percent: 70.0,
            };
            settings.strips.iter_mut().skip(kind).step_by(2).for_each(|strip| strip.saturation = saturation);
            settings.groups.iter_mut().skip(kind).step_by(2).for_each(|group| group.saturation = saturation);
        }
        settings.strips.iter_mut().for_each(|strip| strip.sends.iter_mut().for_each(|send| send.on = true));
        settings.master.console = true;
        settings.colour_quality = ColourQuality::X4;
        settings.meters.ballistics = ballistics;
        storm.engine.set(&storm.settings);
        storm.engine.prepare(48_000.0).expect("a sample rate that the engine takes");
        for feed in storm.feeds.iter_mut().flatten() {
            feed.fill_with(|| storm.rng.f32() - 0.5);
        }
        // A window of 400 ms is whole between any two restarts.
        for restarts in 0..3 {
            while storm.seen.n_frames < (restarts + 1) * 30_000 {
                storm.block();
            }
            let heard = |storm: &Storm| {
                let levels = storm.engine.levels();
                [levels.strip_loudness(8), levels.group_loudness(0), levels.master_loudness()]
                    .map(|loudness| loudness.integrated_lufs)
            };
            assert!(heard(&storm).iter().all(|lufs| lufs.is_finite()), "{ballistics:?}: {:?}", heard(&storm));
            let needles =
                [Tap::Strip(8), Tap::Group(0), Tap::Master].map(|tap| storm.engine.levels().needle(tap));
            // A block without this feed, or without a frame, has no peak.
            let is_told =
                ballistics == Ballistics::Peak || needles.as_flattened().iter().all(|db| db.is_finite());
            assert!(is_told, "{ballistics:?}: {needles:?}");
            let engine = &mut storm.engine;
            assert_eq!(allocator_calls(|| engine.restart_loudness()), 0, "a restart allocates");
            assert_eq!(heard(&storm), [f32::NEG_INFINITY; 3], "{ballistics:?}");
        }
    }
}

/// Gains that are as small as they come, on samples that are as small as they come: products far below the normal range.
#[test]
fn small_times_small_leaves_no_subnormals() {
    let mut rng = Rng::with_seed(110);
    let mut n_zero = 0;
    let mut n_sounding = 0;
    for exponent in 1_u32..40 {
        let mut settings = Settings::new(3);
        for strip in &mut settings.strips {
            strip.trim_db = -24.0 * rng.f32();
            strip.fader_db = -99.0 * rng.f32();
            strip.width_percent = 100.0 + rng.f32();
            strip.sends[1].on = true;
            strip.sends[1].level_db = -60.0;
        }
        settings.groups[0].fader_db = -30.0;
        if exponent % 3 == 0 {
            // With filters that ring and dynamics that turn down further.
            let staged = random::settings(&mut rng, 3, Wildness::Musical);
            for (strip, staged) in settings.strips.iter_mut().zip(&staged.strips) {
                (strip.high_pass, strip.low_pass, strip.eq) = (staged.high_pass, staged.low_pass, staged.eq);
                (strip.gate, strip.compressor) = (staged.gate, staged.compressor);
                (strip.eq.on, strip.gate.on, strip.compressor.on) = (true, exponent % 2 == 0, true);
            }
            settings.groups[0].eq = staged.groups[0].eq;
            settings.master.eq = staged.master.eq;
        }
        let mut session = support::Session::new(48_000.0, 2000, settings);
        for feed in &mut session.inputs {
            let mut sample = |_| f32::from_bits(exponent << 23 | rng.u32(..0x80_0000) | rng.u32(..2) << 31);
            *feed = Some(std::array::from_fn(|_| (0..2000).map(&mut sample).collect()));
        }
        // On the way to silence, gains pass everything that lies between.
        session.change(100, |settings| settings.strips.iter_mut().for_each(|strip| strip.mute = true));
        session.change(1000, |settings| {
            settings.strips.iter_mut().for_each(|strip| strip.mute = false);
            settings.bypass = exponent % 2 == 0;
        });
        let mix = session.render(support::Cuts::Every(50));
        support::assert_sound(&mix, "small times small");
        n_zero += mix.buses.iter().flatten().flatten().filter(|sample| **sample == 0.0).count();
        n_sounding += mix.buses.iter().flatten().flatten().filter(|sample| **sample != 0.0).count();
    }
    assert!(n_zero > 10_000 && n_sounding > 10_000, "{n_zero} were flushed, {n_sounding} were not");
}
