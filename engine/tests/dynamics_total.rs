//! Whatever comes: finite, without allocation, the same for any cutting, and at rest after a while.

mod allocations;

use allocations::{CountingAllocator, allocator_calls};
use busbar_engine::TILE_FRAMES;
use busbar_engine::dynamics::{Compressor, CompressorSettings, Detector, Gate, GateSettings};
use fastrand::Rng;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Any bits at all, and what people type by mistake.
fn wild(rng: &mut Rng) -> f32 {
    let strange = [0.0, -0.0, -1.0, 1e-40, 1e38, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MIN];
    match rng.u8(..3) {
        0 => strange[rng.usize(..strange.len())],
        1 => 400.0 * rng.f32() - 200.0,
        _ => f32::from_bits(rng.u32(..)),
    }
}

/// A sample as music has it, mostly.
fn sample(rng: &mut Rng, wildness: u8) -> f64 {
    match rng.u8(..) {
        n if n < wildness => f64::from_bits(rng.u64(..)),
        n if n < 2 * wildness => f64::from(wild(rng)),
        _ => f64::from(2.0 * rng.f32() - 1.0),
    }
}

fn detector(rng: &mut Rng) -> Detector {
    if rng.bool() { Detector::Peak } else { Detector::Rms }
}

/// Settings whose numbers come from `number`.
fn compressor_settings(rng: &mut Rng, number: impl Fn(&mut Rng, f32, f32) -> f32) -> CompressorSettings {
    CompressorSettings {
        on: rng.u8(..4) > 0,
        detector: detector(rng),
        threshold_db: number(rng, -60.0, 0.0),
        ratio: number(rng, 1.0, 20.0),
        knee_db: number(rng, 0.0, 24.0),
        attack_ms: number(rng, 0.05, 50.0),
        release_ms: number(rng, 5.0, 100.0),
        makeup_db: number(rng, -24.0, 24.0),
        auto_makeup: rng.bool(),
        mix_percent: number(rng, 0.0, 100.0),
        link_percent: if rng.bool() { 100.0 } else { number(rng, 0.0, 100.0) },
        key_high_pass_on: rng.bool(),
        key_high_pass_hz: number(rng, 20.0, 500.0),
    }
}

fn gate_settings(rng: &mut Rng, number: impl Fn(&mut Rng, f32, f32) -> f32) -> GateSettings {
    GateSettings {
        on: rng.u8(..4) > 0,
        threshold_db: number(rng, -80.0, 0.0),
        ratio: if rng.bool() { f32::INFINITY } else { number(rng, 1.0, 20.0) },
        range_db: number(rng, -80.0, 0.0),
        attack_ms: number(rng, 0.05, 50.0),
        hold_ms: number(rng, 0.0, 50.0),
        release_ms: number(rng, 5.0, 100.0),
        hysteresis_db: number(rng, 0.0, 12.0),
    }
}

fn sane(rng: &mut Rng, min: f32, max: f32) -> f32 {
    min + (max - min) * rng.f32()
}

fn insane(rng: &mut Rng, min: f32, max: f32) -> f32 {
    if rng.bool() { wild(rng) } else { sane(rng, min, max) }
}

#[test]
fn whatever_comes_in_finite_comes_out_and_nothing_allocates() {
    assert_eq!(allocator_calls(|| drop(black_box(Box::new(1)))), 2);
    let mut rng = Rng::with_seed(20);
    for _ in 0..2_000 {
        let rate = f64::from(wild(&mut rng));
        let compressor_settings: [_; 4] = std::array::from_fn(|_| compressor_settings(&mut rng, insane));
        let gate_settings: [_; 4] = std::array::from_fn(|_| gate_settings(&mut rng, insane));
        let mut broken = 0;
        let allocated = allocator_calls(|| {
            let mut compressor = Compressor::new(rate, &compressor_settings[0]);
            let mut gate = Gate::new(rate, &gate_settings[0]);
            for n in 0..1_000 {
                if n % 250 == 249 {
                    compressor.set(&compressor_settings[n / 250]);
                    gate.set(&gate_settings[n / 250]);
                }
                let frame = [(); 4].map(|()| sample(&mut rng, 20));
                let (input, key) = ([frame[0], frame[1]], [frame[2], frame[3]]);
                let outputs = [compressor.process(input, key), gate.process(input, key)];
                let [left, right] = compressor.reduction_db();
                for reduction in [left, right, gate.reduction_db()] {
                    broken += u32::from(!(0.0..=400.0).contains(&reduction) || reduction.is_subnormal());
                }
                // ± 10¹² at 54 dB of make-up.
                broken += outputs.iter().flatten().filter(|y| !(-1e15..1e15).contains(*y)).count() as u32;
            }
            compressor.reset();
            gate.reset();
        });
        assert_eq!(allocated, 0);
        assert_eq!(broken, 0, "{rate} Hz: {compressor_settings:?} {gate_settings:?}");
    }
}

/// Bursts between silences, so that things decay.
fn bursts(rng: &mut Rng, n: usize) -> [Vec<f32>; 2] {
    let mut sides = [const { Vec::new() }; 2];
    let mut level = 0.0;
    for _ in 0..n {
        if rng.u16(..1_000) == 0 {
            level = if rng.bool() { 0.0 } else { 10.0_f32.powf(-3.0 * rng.f32()) };
        }
        for side in &mut sides {
            side.push(level * (2.0 * rng.f32() - 1.0));
        }
    }
    sides
}

fn bits(sides: &[Vec<f32>; 2]) -> Vec<u32> {
    sides.iter().flatten().map(|sample| sample.to_bits()).collect()
}

/// Runs over the whole, changing settings every 1000 frames, in blocks of random length or in one.
fn run<P>(
    processor: &mut P,
    input: &[Vec<f32>; 2],
    n_changes: usize,
    cuts: Option<u64>,
    set: impl Fn(&mut P, usize),
    process: impl Fn(&mut P, [&mut [f32]; 2], std::ops::Range<usize>),
) -> [Vec<f32>; 2] {
    let mut sides = input.clone();
    let n = sides[0].len();
    let mut rng = Rng::with_seed(cuts.unwrap_or(0));
    let mut at = 0;
    while at < n {
        if at % 1_000 == 0 && at / 1_000 < n_changes {
            set(processor, at / 1_000);
        }
        let next_change = if at / 1_000 + 1 < n_changes { (at / 1_000 + 1) * 1_000 } else { n };
        let longest = next_change.min(n) - at;
        let length = if cuts.is_some() { rng.usize(0..=longest.min(100)) } else { longest };
        let [left, right] = &mut sides;
        process(processor, [&mut left[at..at + length], &mut right[at..at + length]], at..at + length);
        at += length;
    }
    sides
}

#[test]
fn the_output_does_not_depend_on_cuts_and_a_reset_processor_is_a_new_one() {
    let mut rng = Rng::with_seed(21);
    let n = 6_000;
    let (mut n_compressed, mut n_gated) = (0, 0);
    for round in 0..100 {
        let input = bursts(&mut rng, n);
        let key = bursts(&mut rng, n);
        let external = rng.bool();
        let key_of = |range: std::ops::Range<usize>| {
            external.then(|| [&key[0][range.clone()], &key[1][range.clone()]])
        };
        let settings: Vec<_> = (0..4).map(|_| compressor_settings(&mut rng, sane)).collect();
        let set = |p: &mut Compressor, idx: usize| p.set(&settings[idx]);
        let process =
            |p: &mut Compressor, sides: [&mut [f32]; 2], range| p.process_block(sides, key_of(range));
        let mut first = Compressor::new(48_000.0, &settings[0]);
        let whole = run(&mut first, &input, 4, None, set, process);
        let mut second = Compressor::new(48_000.0, &settings[0]);
        let cut = run(&mut second, &input, 4, Some(round), set, process);
        assert_eq!(bits(&whole), bits(&cut), "{settings:?}");
        n_compressed += u32::from(bits(&whole) != bits(&input));
        assert_eq!(first, second);
        first.reset();
        assert_eq!(first, Compressor::new(48_000.0, &settings[3]));
        first.set(&settings[0]);
        assert_eq!(bits(&whole), bits(&run(&mut first, &input, 4, None, set, process)));

        let settings: Vec<_> = (0..4).map(|_| gate_settings(&mut rng, sane)).collect();
        let set = |p: &mut Gate, idx: usize| p.set(&settings[idx]);
        let process = |p: &mut Gate, sides: [&mut [f32]; 2], range| p.process_block(sides, key_of(range));
        let mut first = Gate::new(48_000.0, &settings[0]);
        let whole = run(&mut first, &input, 4, None, set, process);
        let mut second = Gate::new(48_000.0, &settings[0]);
        let cut = run(&mut second, &input, 4, Some(round), set, process);
        assert_eq!(bits(&whole), bits(&cut), "{settings:?}");
        n_gated += u32::from(bits(&whole) != bits(&input));
        assert_eq!(first, second);
        first.reset();
        assert_eq!(first, Gate::new(48_000.0, &settings[3]));
        first.set(&settings[0]);
        assert_eq!(bits(&whole), bits(&run(&mut first, &input, 4, None, set, process)));
    }
    assert!(n_compressed > 80 && n_gated > 80, "{n_compressed} {n_gated}");
}

#[test]
fn blocks_are_as_long_as_their_shortest_slice() {
    let mut compressor =
        Compressor::new(48_000.0, &CompressorSettings { on: true, makeup_db: 6.0, ..Default::default() });
    let (mut left, mut right) = ([0.001_f32; 9], [0.001_f32; 7]);
    compressor.process_block([&mut left, &mut right], Some([&[0.0; 8], &[0.0; 5]]));
    let changed = |side: &[f32]| side.iter().filter(|&&sample| sample != 0.001).count();
    assert_eq!([changed(&left), changed(&right)], [5, 5]);
    compressor.process_block([&mut left, &mut right], Some([&[], &[0.0]]));
    assert_eq!([changed(&left), changed(&right)], [5, 5]);
    assert!((left[0] - 0.001 * 10.0_f32.powf(0.3)).abs() < 1e-9, "and nothing was done twice");
}

#[test]
fn decay_ends_at_exactly_nothing_and_then_silence_changes_no_bit() {
    let mut rng = Rng::with_seed(22);
    let silence = [0.0; 2];
    for round in 0..300 {
        let rate = [44_100.0, 48_000.0, 96_000.0, 192_000.0][round % 4];
        let settings = CompressorSettings { on: true, ..compressor_settings(&mut rng, sane) };
        let mut compressor = Compressor::new(rate, &settings);
        let past = rng.usize(..3_000);
        for _ in 0..past {
            let frame = [(); 2].map(|()| sample(&mut rng, 0));
            compressor.process(frame, frame);
        }
        // Release or attack (an envelope falls on while the mean power does), and 46 constants of the mean power: −200 dB.
        let slowest_ms = f64::from(settings.release_ms.max(settings.attack_ms));
        let most = (rate / 1_000.0 * (25.0 * slowest_ms + 600.0)) as usize;
        let mut n = 0;
        while !compressor.is_settled() {
            compressor.process(silence, silence);
            n += 1;
            let [left, right] = compressor.reduction_db();
            assert!(!left.is_subnormal() && !right.is_subnormal());
            assert!(n < most, "{settings:?} after {n} frames: {compressor:?}");
        }
        assert_eq!(compressor.reduction_db(), [0.0; 2]);
        let skipped = compressor.clone();
        for _ in 0..5 * TILE_FRAMES {
            assert_eq!(compressor.process(silence, silence), silence);
        }
        assert_eq!(compressor, skipped);
        // A settled one is like a new one, but for what it was set to on the way.
        for _ in 0..200 {
            let frame = [(); 2].map(|()| sample(&mut rng, 0));
            let mut fresh = skipped.clone();
            fresh.reset();
            assert_eq!(fresh.process(frame, frame), skipped.clone().process(frame, frame));
        }

        let settings = GateSettings { on: true, ..gate_settings(&mut rng, sane) };
        let mut gate = Gate::new(rate, &settings);
        for _ in 0..past {
            let frame = [(); 2].map(|()| sample(&mut rng, 0));
            gate.process(frame, frame);
        }
        let most = (rate / 1_000.0 * (25.0 * f64::from(settings.release_ms) + 60.0)) as usize;
        let mut n = 0;
        while !gate.is_settled() {
            gate.process(silence, silence);
            n += 1;
            assert!(n < most, "{settings:?} after {n} frames: {gate:?}");
        }
        let skipped = gate.clone();
        for _ in 0..5 * TILE_FRAMES {
            assert_eq!(gate.process(silence, silence), silence);
        }
        assert_eq!(gate, skipped);
    }
}

#[test]
fn what_was_switched_off_starts_from_rest() {
    let mut rng = Rng::with_seed(23);
    let on = CompressorSettings {
        on: true,
        threshold_db: -50.0,
        ratio: 8.0,
        release_ms: 3_000.0,
        ..Default::default()
    };
    let gate_on = GateSettings { on: true, hold_ms: 0.0, release_ms: 3_000.0, ..Default::default() };
    let mut compressor = Compressor::new(48_000.0, &on);
    let mut gate = Gate::new(48_000.0, &gate_on);
    let loud = |rng: &mut Rng| [(); 2].map(|()| sample(rng, 0));
    for _ in 0..4_000 {
        let frame = loud(&mut rng);
        compressor.process(frame, frame);
        gate.process([0.0; 2], [0.0; 2]);
    }
    assert!(compressor.reduction_db()[0] > 20.0 && gate.reduction_db() > 1.0);
    compressor.set(&CompressorSettings { on: false, ..on });
    gate.set(&GateSettings { on: false, ..gate_on });
    for n in 0..800 {
        let frame = loud(&mut rng);
        let transparent = [compressor.process(frame, frame), gate.process(frame, [0.0; 2])] == [frame; 2];
        // 720 frames of fade.
        assert!(n < 720 || transparent);
    }
    assert!(compressor.is_bypassed() && compressor.is_settled() && gate.is_bypassed() && gate.is_settled());
    assert_eq!((compressor.reduction_db(), gate.reduction_db()), ([0.0; 2], 0.0));
    compressor.set(&on);
    gate.set(&gate_on);
    let quiet = [1e-4; 2];
    assert_eq!(compressor.process(quiet, quiet), quiet);
    assert_eq!(gate.process([0.5; 2], [0.5; 2]), [0.5; 2]);
}

/// Whatever was heard: what is left is how far the blend is, and where the tile is.
#[test]
fn forgetting_leaves_the_blend_and_the_grid_as_they_are() {
    let mut rng = Rng::with_seed(24);
    let off = CompressorSettings {
        threshold_db: -50.0,
        ratio: 8.0,
        detector: Detector::Rms,
        key_high_pass_on: true,
        ..Default::default()
    };
    let on = CompressorSettings { on: true, ..off };
    let gate_off = GateSettings { threshold_db: -6.0, hold_ms: 1.0, ..Default::default() };
    let gate_on = GateSettings { on: true, ..gate_off };
    for n_before in [1, 31, 32, 333, 1_000] {
        let mut heard = [0.9, 0.1].map(|level| {
            let mut compressor = Compressor::new(48_000.0, &off);
            let mut gate = Gate::new(48_000.0, &gate_off);
            compressor.process([level; 2], [level; 2]);
            gate.process([level; 2], [level; 2]);
            compressor.set(&on);
            gate.set(&gate_on);
            for _ in 0..n_before {
                let frame = [(); 2].map(|()| level * sample(&mut rng, 0));
                compressor.process(frame, frame);
                gate.process(frame, frame);
            }
            (compressor, gate)
        });
        assert_ne!(heard[0], heard[1], "after {n_before} frames there is nothing to forget");
        for (compressor, gate) in &mut heard {
            compressor.forget();
            gate.forget();
            assert_eq!((compressor.reduction_db(), gate.reduction_db()), ([0.0; 2], 0.0));
            assert!(gate.is_open());
        }
        assert_eq!(heard[0], heard[1], "after {n_before} frames");
        // Neither at its beginning nor, while the fade goes on, on.
        let mut fresh = Compressor::new(48_000.0, &on);
        assert_ne!(heard[0].0, fresh, "after {n_before} frames");
        let quiet = [1e-5; 2];
        assert_eq!(heard[0].0.process(quiet, quiet), fresh.process(quiet, quiet));
    }
}
