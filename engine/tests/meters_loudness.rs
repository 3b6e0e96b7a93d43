//! Loudness and true peak through the engine, by the cases of EBU Tech 3341 and Tech 3342.
//!
//! Every case is fed to strip 0, which goes to the master and to group A: all three have to read the same.

use busbar_engine::{Destination, Engine, Loudness, Outputs, Settings, SimdPath, TILE_FRAMES};
use std::f64::consts::PI;

/// The rates at which everything has to hold.
const RATES_HZ: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

/// What Tech 3341 allows, in LU.
const LOUDNESS_TOLERANCE: f32 = 0.1;

/// What Tech 3342 allows, in LU.
const RANGE_TOLERANCE: f32 = 1.0;

/// Frames of a block: no divisor of anything.
const BLOCK: usize = 509;

fn engine(sample_rate_hz: f64) -> Engine {
    let mut engine = Engine::new(2);
    engine.prepare(sample_rate_hz).expect("a rate that is allowed");
    let mut settings = Settings::new(2);
    let to_group = &mut settings.strips[0].sends[Destination::Group(0).idx()];
    to_group.on = true;
    settings.groups[0].to_master = false;
    engine.set(&settings);
    engine
}

/// Plays a mono signal on both sides, and calls `read` after each block with the seconds that have gone by.
fn play(engine: &mut Engine, sample_rate_hz: f64, signal: &[f32], mut read: impl FnMut(f64, &Engine)) {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut done = 0;
    for block in signal.chunks(BLOCK) {
        let n = block.len();
        engine.process(
            &[Some([block, block])],
            &mut Outputs { master: [&mut left[..n], &mut right[..n]], groups: [const { None }; 4] },
        );
        done += n;
        read(done as f64 / sample_rate_hz, engine);
    }
}

/// A sine whose level changes: (dBFS, seconds), one after the other.
fn tones(sample_rate_hz: f64, frequency_hz: f64, steps: &[(f64, f64)]) -> Vec<f32> {
    let mut signal = Vec::new();
    let mut end = 0.0;
    for (dbfs, seconds) in steps {
        end += seconds * sample_rate_hz;
        let amplitude = 10f64.powf(dbfs / 20.0);
        while (signal.len() as f64) < end.round() {
            let turns = frequency_hz * signal.len() as f64 / sample_rate_hz;
            signal.push((amplitude * (2.0 * PI * turns).sin()) as f32);
        }
    }
    signal
}

/// Whether two figures are the same but for rounding.
fn same(a: f32, b: f32) -> bool {
    a == b || (a - b).abs() < 1e-3
}

/// What all taps read at the end, when all of them have worked off the last tenth of a second: 16 tiles later.
#[track_caller]
fn read_all(engine: &mut Engine) -> Loudness {
    let n = 17 * TILE_FRAMES;
    let (mut left, mut right) = (vec![0.0; n], vec![0.0; n]);
    engine.process(&[], &mut Outputs { master: [&mut left, &mut right], groups: [const { None }; 4] });
    let levels = engine.levels();
    let [strip, group, master] =
        [levels.strip_loudness(0), levels.group_loudness(0), levels.master_loudness()];
    for tap in [strip, group] {
        assert!(same(tap.integrated_lufs, master.integrated_lufs), "{tap:?} {master:?}");
        assert!(same(tap.max_momentary_lufs, master.max_momentary_lufs), "{tap:?} {master:?}");
        // Values next to the border of a bin.
        assert!((tap.range_lu - master.range_lu).abs() < 0.03, "{tap:?} {master:?}");
        assert_eq!(tap.true_peak, master.true_peak);
    }
    assert_eq!(levels.strip_loudness(1), Loudness::SILENCE);
    assert_eq!(levels.group_loudness(1), Loudness::SILENCE);
    master
}

#[track_caller]
fn assert_lufs(got: f32, want: f32, context: &str) {
    assert!((got - want).abs() <= LOUDNESS_TOLERANCE, "{context}: {got} instead of {want}");
}

#[test]
fn tech_3341_cases_1_to_5() {
    type Case = (&'static str, &'static [(f64, f64)], f32);
    let cases: [Case; 5] = [
        ("1", &[(-23.0, 20.0)], -23.0),
        ("2", &[(-33.0, 20.0)], -33.0),
        ("3", &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
        ("4", &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
        ("5", &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
    ];
    for sample_rate_hz in RATES_HZ {
        for (name, steps, want) in cases {
            let mut engine = engine(sample_rate_hz);
            play(&mut engine, sample_rate_hz, &tones(sample_rate_hz, 1_000.0, steps), |_, _| ());
            let read = read_all(&mut engine);
            let context = format!("case {name} at {sample_rate_hz} Hz");
            assert_lufs(read.integrated_lufs, want, &context);
            if steps.len() == 1 {
                assert_lufs(read.momentary_lufs, want, &context);
                assert_lufs(read.short_term_lufs, want, &context);
            }
        }
    }
}

#[test]
fn tech_3341_cases_9_and_12() {
    for sample_rate_hz in RATES_HZ {
        let signal = tones(sample_rate_hz, 1_000.0, &[(-20.0, 1.34), (-30.0, 1.66)].repeat(5));
        let mut n_read = 0;
        play(&mut engine(sample_rate_hz), sample_rate_hz, &signal, |seconds, engine| {
            // A figure may be 100 ms old, and 16 tiles.
            if seconds > 3.2 {
                assert_lufs(engine.levels().master_loudness().short_term_lufs, -23.0, "case 9");
                n_read += 1;
            }
        });
        let signal = tones(sample_rate_hz, 1_000.0, &[(-20.0, 0.18), (-30.0, 0.22)].repeat(25));
        play(&mut engine(sample_rate_hz), sample_rate_hz, &signal, |seconds, engine| {
            if seconds > 1.0 {
                assert_lufs(engine.levels().master_loudness().momentary_lufs, -23.0, "case 12");
                n_read += 1;
            }
        });
        assert!(n_read > 1_000);
    }
}

#[test]
fn short_tones_reach_their_largest_momentary_loudness_wherever_they_begin() {
    for sample_rate_hz in RATES_HZ {
        for delay in 0..20 {
            let steps = [(-200.0, 0.02 * f64::from(delay)), (-23.0, 0.4), (-200.0, 0.3)];
            let mut engine = engine(sample_rate_hz);
            // A window counts when it is all behind the beginning.
            let mut signal = vec![0.0; sample_rate_hz as usize];
            signal.extend(tones(sample_rate_hz, 1_000.0, &steps));
            play(&mut engine, sample_rate_hz, &signal, |_, _| ());
            assert_lufs(
                read_all(&mut engine).max_momentary_lufs,
                -23.0,
                &format!("{delay} at {sample_rate_hz} Hz"),
            );
        }
    }
}

#[test]
fn tech_3341_cases_15_to_19() {
    for sample_rate_hz in RATES_HZ {
        for (name, divisor, degrees, amplitude, want_db) in [
            ("15", 4.0, 0.0, 0.5, -6.0),
            ("16", 4.0, 45.0, 0.5, -6.0),
            ("17", 6.0, 60.0, 0.5, -6.0),
            ("18", 8.0, 67.5, 0.5, -6.0),
            ("19", 4.0, 45.0, 1.41, 3.0),
        ] {
            let sine = |frame: usize| {
                let angle = 2.0 * PI * frame as f64 / divisor + degrees * PI / 180.0;
                // Faded in, so that the beginning has no peak of its own.
                (amplitude * (frame as f64 / 2_000.0).min(1.0) * angle.sin()) as f32
            };
            let signal: Vec<f32> = (0..6_400).map(sine).collect();
            let mut engine = engine(sample_rate_hz);
            play(&mut engine, sample_rate_hz, &signal, |_, _| ());
            for true_peak in read_all(&mut engine).true_peak {
                let dbtp = 20.0 * true_peak.log10();
                assert!(dbtp <= want_db + 0.2 && dbtp >= want_db - 0.4, "case {name}: {dbtp} dBTP");
            }
        }
    }
}

#[test]
fn tech_3342_cases_1_to_4() {
    let cases: [(&[f64], f32); 4] = [
        (&[-20.0, -30.0], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for sample_rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        for (levels, want) in cases {
            let steps: Vec<_> = levels.iter().map(|dbfs| (*dbfs, 20.0)).collect();
            let mut engine = engine(sample_rate_hz);
            play(&mut engine, sample_rate_hz, &tones(sample_rate_hz, 1_000.0, &steps), |_, _| ());
            let got = read_all(&mut engine).range_lu;
            assert!((got - want).abs() <= RANGE_TOLERANCE, "{levels:?} at {sample_rate_hz} Hz: {got}");
        }
    }
}

/// Noise whose loudness and colour change as music's do, with silence in between.
fn pseudo_music(sample_rate_hz: f64, seconds: usize, seed: u64) -> [Vec<f32>; 2] {
    let mut rng = fastrand::Rng::with_seed(seed);
    let n_frames = seconds * sample_rate_hz as usize;
    let (mut sides, mut low) = ([Vec::new(), Vec::new()], [0.0_f32; 2]);
    let (mut gain, mut fall, mut colour) = (0.0_f32, 1.0, 0.5);
    for frame in 0..n_frames {
        if frame % (sample_rate_hz as usize / 7) == 0 {
            gain = 10f32.powf(rng.f32() * -2.0) * if rng.u8(..) < 25 { 0.0 } else { 1.0 };
            fall = 1.0 - rng.f32() * 10.0 / sample_rate_hz as f32;
            colour = 0.05 + rng.f32() * 0.9;
        }
        gain *= fall;
        let middle = rng.f32() * 2.0 - 1.0;
        for (side, low) in sides.iter_mut().zip(&mut low) {
            *low += colour * (0.7 * middle + 0.3 * (rng.f32() * 2.0 - 1.0) - *low);
            side.push(*low * gain);
        }
    }
    sides
}

/// The range of short-term values by Tech 3342, slow and obvious. The crate has one too, but looks once a second only.
fn range_of(short_term: &[f64]) -> f64 {
    let mut values: Vec<f64> = short_term.iter().copied().filter(|lufs| *lufs >= -70.0).collect();
    let mean = values.iter().map(|lufs| 10f64.powf(lufs / 10.0)).sum::<f64>() / values.len() as f64;
    values.retain(|lufs| *lufs >= 10.0 * mean.log10() - 20.0);
    values.sort_by(f64::total_cmp);
    assert!(values.len() > 300, "too little to measure");
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    at(0.95) - at(0.10)
}

#[test]
fn the_ebur128_crate_reads_the_same() {
    for (seed, sample_rate_hz) in (1..).zip([44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0]) {
        let [left, right] = pseudo_music(sample_rate_hz, 40, seed);
        let mut engine = engine(sample_rate_hz);
        let mut other =
            ebur128::EbuR128::new(2, sample_rate_hz as u32, ebur128::Mode::all()).expect("a meter");
        let mut mix = [Vec::new(), Vec::new()];
        let (mut out_left, mut out_right) = ([0.0; BLOCK], [0.0; BLOCK]);
        for (left, right) in left.chunks(BLOCK).zip(right.chunks(BLOCK)) {
            let n = left.len();
            engine.process(
                &[Some([left, right])],
                &mut Outputs {
                    master: [&mut out_left[..n], &mut out_right[..n]],
                    groups: [const { None }; 4],
                },
            );
            mix[0].extend_from_slice(&out_left[..n]);
            mix[1].extend_from_slice(&out_right[..n]);
        }
        let tenth = sample_rate_hz as usize / 10;
        let mut short_term = Vec::new();
        for (left, right) in mix[0].chunks(tenth).zip(mix[1].chunks(tenth)) {
            other.add_frames_planar_f32(&[left, right]).expect("frames");
            short_term.push(other.loudness_shortterm().expect("a loudness"));
        }
        let read = read_all(&mut engine);
        let theirs = other.loudness_global().expect("a loudness");
        let context = format!("{read:?} at {sample_rate_hz} Hz");
        // The tolerance.
        assert!((f64::from(read.integrated_lufs) - theirs).abs() <= 0.05, "{context}: {theirs}");
        let theirs = range_of(&short_term[29..]);
        // Half a bin of 0.05 LU at both ends, and as much again for values that are next to the gate.
        assert!((f64::from(read.range_lu) - theirs).abs() <= 0.1, "{context}: {theirs} LU");
        for (channel, true_peak) in (0..).zip(read.true_peak) {
            let theirs = 20.0 * other.true_peak(channel).expect("a peak").log10();
            let ours = 20.0 * f64::from(true_peak).log10();
            // Two filters of the same length have each its own ripple and end of the pass band, and noise has energy where they
            // differ. The crate oversamples four times below 96 kHz, less above and at last not at all, and then finds less.
            let bounds = if sample_rate_hz < 96_000.0 { -0.5..=0.5 } else { -0.5..=f64::INFINITY };
            assert!(bounds.contains(&(ours - theirs)), "{context}: {ours} instead of {theirs} dBTP");
        }
    }
}

#[test]
fn all_paths_read_the_same() {
    let sample_rate_hz = 48_000.0;
    let [left, right] = pseudo_music(sample_rate_hz, 6, 9);
    let mut reads = Vec::new();
    for path in SimdPath::all() {
        let mut engine = Engine::on_path(1, path);
        engine.prepare(sample_rate_hz).expect("a rate that is allowed");
        let (mut out_left, mut out_right) = (left.clone(), right.clone());
        engine.process(
            &[Some([&left, &right])],
            &mut Outputs { master: [&mut out_left, &mut out_right], groups: [const { None }; 4] },
        );
        reads.push(engine.levels().strip_loudness(0));
    }
    assert!(reads.len() > 1);
    for read in &reads[1..] {
        // Products are rounded before they are added or not: 24 bits either way.
        assert!((read.integrated_lufs - reads[0].integrated_lufs).abs() < 1e-3, "{reads:?}");
        assert!((read.max_momentary_lufs - reads[0].max_momentary_lufs).abs() < 1e-3, "{reads:?}");
        assert!((read.correlation - reads[0].correlation).abs() < 1e-4, "{reads:?}");
        for side in 0..2 {
            assert!((read.true_peak[side] / reads[0].true_peak[side] - 1.0).abs() < 1e-5, "{reads:?}");
        }
    }
}

#[test]
fn a_restart_is_as_good_as_a_beginning() {
    let sample_rate_hz = 48_000.0;
    let loud = tones(sample_rate_hz, 1_000.0, &[(-10.0, 5.0)]);
    let quiet = tones(sample_rate_hz, 1_000.0, &[(-20.0, 8.0)]);
    let mut engine = engine(sample_rate_hz);
    play(&mut engine, sample_rate_hz, &loud, |_, _| ());
    assert_lufs(read_all(&mut engine).integrated_lufs, -10.0, "before");
    engine.restart_loudness();
    assert_eq!(engine.levels().master_loudness().integrated_lufs, f32::NEG_INFINITY);
    play(&mut engine, sample_rate_hz, &quiet, |_, _| ());
    let read = read_all(&mut engine);
    for (got, what) in [
        (read.integrated_lufs, "integrated"),
        (read.max_momentary_lufs, "largest momentary"),
        (read.max_short_term_lufs, "largest short-term"),
    ] {
        assert_lufs(got, -20.0, what);
    }
    assert!(read.range_lu < 0.1, "{read:?}");
    // Within the filter's ripple, and one tile that reaches back.
    assert!(read.true_peak.iter().all(|peak| *peak < 0.35), "{read:?}");
}

#[test]
fn correlation_tells_alike_from_opposite() {
    let sample_rate_hz = 48_000.0;
    let [noise, other] = {
        let mut rng = fastrand::Rng::with_seed(5);
        [(); 2].map(|()| (0..96_000).map(|_| rng.f32() - 0.5).collect::<Vec<_>>())
    };
    let opposite: Vec<_> = noise.iter().map(|sample| -sample).collect();
    // Independent noise is alike by chance only: 1/√(14 400 samples of memory) = 0.008, five times that.
    for (right, want, bound) in [(&noise, 1.0, 1e-4), (&opposite, -1.0, 1e-4), (&other, 0.0, 0.04)] {
        let mut engine = engine(sample_rate_hz);
        let (mut out_left, mut out_right) = (vec![0.0; 96_000], vec![0.0; 96_000]);
        engine.process(
            &[Some([&noise, right])],
            &mut Outputs { master: [&mut out_left, &mut out_right], groups: [const { None }; 4] },
        );
        for read in [engine.levels().strip_loudness(0), engine.levels().master_loudness()] {
            assert!((read.correlation - want).abs() < bound, "{read:?}");
        }
    }
}
