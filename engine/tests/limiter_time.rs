//! Time: latency by impulse, cuts into blocks, what idles or is off passes bit for bit, reset.

mod limiter_support;

use busbar_engine::TILE_FRAMES;
use busbar_engine::limiter::{Limiter, Lookahead};
use fastrand::Rng;
use limiter_support::{SAMPLE_RATES_HZ, bits, limiter, run, stereo};

/// The lookahead of a rate in whole samples, and the nine of the detector.
fn expected_latency(sample_rate_hz: f64, lookahead: Lookahead) -> usize {
    match lookahead {
        Lookahead::None => 0,
        ahead => (ahead.ms() * sample_rate_hz / 1000.0).ceil() as usize + 9,
    }
}

#[test]
fn an_impulse_arrives_exactly_as_late_as_reported() {
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for lookahead in Lookahead::ALL {
            let expected = expected_latency(sample_rate_hz, lookahead);
            // Under the ceiling, and over it; at every place in a tile.
            for (height, at) in (0..TILE_FRAMES).flat_map(|at| [(0.5, at), (4.0, at)]) {
                let mut limiter = limiter(sample_rate_hz, lookahead, -1.0, 100.0);
                assert_eq!(
                    limiter.latency_samples() as usize,
                    expected,
                    "{sample_rate_hz} Hz, {lookahead:?}"
                );
                let mut input = vec![0.0; 1_200];
                input[at] = height;
                let [left, _] = run(&mut limiter, [&input, &input]);
                let sounding: Vec<usize> = (0..left.len()).filter(|frame| left[*frame] != 0.0).collect();
                assert_eq!(sounding, [at + expected], "{sample_rate_hz} Hz, {lookahead:?}, {height}");
            }
        }
    }
}

#[test]
fn nothing_but_rate_and_lookahead_moves_the_latency() {
    let mut limiter = limiter(48_000.0, Lookahead::Ms3, -1.0, 100.0);
    let latency = limiter.latency_samples();
    assert_eq!(latency, 144 + 9);
    limiter.set(-20.0, 1.0, 0.0);
    limiter.set_on(false);
    run(&mut limiter, [&[2.0; 500], &[1.0; 500]]);
    limiter.reset();
    assert_eq!(limiter.latency_samples(), latency);
}

/// Asserts that `output` is `input`, late by `latency`.
fn assert_delayed(input: &[f32], output: &[f32], latency: usize, context: &str) {
    assert_eq!(bits(&input[..input.len() - latency]), bits(&output[latency..]), "{context}");
    assert!(output[..latency].iter().all(|sample| *sample == 0.0), "{context}");
}

#[test]
fn what_lies_under_the_ceiling_passes_bit_for_bit() {
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for lookahead in Lookahead::ALL {
            let mut rng = Rng::with_seed(3);
            // 10 dB under the ceiling: room for what noise does between its samples, and for what is added up there.
            let input: [Vec<f32>; 2] =
                std::array::from_fn(|_| (0..9_000).map(|_| 0.28 * (2.0 * rng.f32() - 1.0)).collect());
            let mut limiter = limiter(sample_rate_hz, lookahead, -1.0, 100.0);
            let output = run(&mut limiter, [&input[0], &input[1]]);
            for (input, output) in input.iter().zip(&output) {
                let context = format!("{sample_rate_hz} Hz, {lookahead:?}");
                assert_delayed(input, output, limiter.latency_samples() as usize, &context);
            }
            assert_eq!(limiter.gain_reduction_db(), 0.0);
        }
    }
}

/// A limiter that is off passes all there is, however loud; a new one is off, and without lookahead it is not there
/// at all.
#[test]
fn off_passes_everything_bit_for_bit() {
    for lookahead in Lookahead::ALL {
        let mut limiter = Limiter::new();
        limiter.prepare(48_000.0, lookahead);
        let latency = limiter.latency_samples() as usize;
        let mut input = stereo(5_000, 4);
        input.iter_mut().flatten().step_by(7).for_each(|sample| *sample *= 1e-33);
        let output = run(&mut limiter, [&input[0], &input[1]]);
        assert_delayed(&input[0], &output[0], latency, &format!("{lookahead:?}"));
        assert_delayed(&input[1], &output[1], latency, &format!("{lookahead:?}"));
    }
}

/// Switched off while it works, it lets go within its release, and is then out of the way; switched on, it works again.
#[test]
fn switching_off_ends_in_bit_for_bit_and_back() {
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, -6.0, 10.0);
        let latency = limiter.latency_samples() as usize;
        let input = stereo(60_000, 6);
        let mut output = run(&mut limiter, [&input[0][..20_000], &input[1][..20_000]]);
        assert!(limiter.gain_reduction_db() > 1.0);
        limiter.set_on(false);
        let off = run(&mut limiter, [&input[0][20_000..40_000], &input[1][20_000..40_000]]);
        limiter.set_on(true);
        let on = run(&mut limiter, [&input[0][40_000..], &input[1][40_000..]]);
        output[0].extend(off[0].iter().chain(&on[0]));
        // A 180 dB release of 10 ms takes 0.21 s; 20 000 frames are 0.42 s.
        assert_eq!(bits(&input[0][35_000 - latency..40_000 - latency]), bits(&output[0][35_000..40_000]));
        let peak = |samples: &[f32]| samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        assert!(peak(&output[0][35_000..40_000]) > 1.0, "nothing to limit");
        // Back after the fade of 15 ms and the latency.
        assert!(peak(&output[0][41_000..]) <= 0.501_2 + 1e-6);
    }
}

/// What happens along the way: settings that change, at frames of a stream.
fn change(limiter: &mut Limiter, event: usize) {
    match event % 6 {
        0 => limiter.set(-12.0, 5.0, 100.0),
        1 => limiter.set(-3.0, 300.0, 0.0),
        2 => limiter.set_on(false),
        3 => limiter.set(-9.0, 1.0, 50.0),
        4 => limiter.set_on(true),
        _ => limiter.set(0.0, 50.0, 100.0),
    }
}

#[test]
fn cuts_change_no_bit() {
    let n_frames = 40_000;
    let input = stereo(n_frames, 1);
    for lookahead in Lookahead::ALL {
        for sample_rate_hz in [44_100.0, 192_000.0] {
            let render = |cut: &mut dyn FnMut() -> usize| {
                let mut limiter = limiter(sample_rate_hz, lookahead, -6.0, 20.0);
                let mut output = input.clone();
                let mut start = 0;
                while start < n_frames {
                    // Long stretches first, in which linked sides become one and a limiter that is off falls asleep.
                    if start % 5_000 == 0 && start >= 5_000 {
                        change(&mut limiter, start / 5_000 + usize::from(start > 20_000));
                    }
                    let end = n_frames.min(start + cut()).min((start / 5_000 + 1) * 5_000);
                    let [left, right] = &mut output;
                    limiter.process(&mut left[start..end], &mut right[start..end]);
                    start = end;
                }
                output
            };
            let whole = render(&mut || n_frames);
            assert_ne!(bits(&whole[0][..20_000]), bits(&input[0][..20_000]), "nothing was limited");
            for length in [1, 7, 31, 32, 33, 64, 511, 4_096] {
                let cut = render(&mut || length);
                assert!(whole.iter().zip(&cut).all(|(a, b)| bits(a) == bits(b)), "{lookahead:?}, {length}");
            }
            let mut rng = Rng::with_seed(8);
            let cut = render(&mut || rng.usize(0..200));
            assert!(whole.iter().zip(&cut).all(|(a, b)| bits(a) == bits(b)), "{lookahead:?}, random");
        }
    }
}

/// The work that is saved when both sides are linked for long must not be heard.
#[test]
fn linked_for_long_equals_linked_from_the_start() {
    let input = stereo(30_000, 2);
    for lookahead in Lookahead::ALL {
        let mut long = limiter(48_000.0, lookahead, -6.0, 20.0);
        let from_start = run(&mut long, [&input[0], &input[1]]);
        // Unlinked at first, on two sides that hold the same: that has no effect but to keep two gains at work.
        let mut limiter = limiter(48_000.0, lookahead, -6.0, 20.0);
        limiter.set(-6.0, 20.0, 0.0);
        let silence = [0.0; 64];
        run(&mut limiter, [&silence, &silence]);
        limiter.set(-6.0, 20.0, 100.0);
        let output = run(&mut limiter, [&input[0], &input[1]]);
        assert!(from_start.iter().zip(&output).all(|(a, b)| bits(a) == bits(b)), "{lookahead:?}");
    }
}

#[test]
fn reset_equals_fresh() {
    let input = stereo(10_000, 3);
    for lookahead in Lookahead::ALL {
        for n_before in [1, 31, 100, 5_555] {
            let mut used = limiter(96_000.0, lookahead, -9.0, 200.0);
            used.set(-9.0, 200.0, 20.0);
            let before = stereo(n_before, 30);
            run(&mut used, [&before[0], &before[1]]);
            used.set(-6.0, 70.0, 60.0);
            used.reset();
            let mut fresh = limiter(96_000.0, lookahead, -6.0, 70.0);
            fresh.set(-6.0, 70.0, 60.0);
            let outputs = [&mut used, &mut fresh].map(|limiter| run(limiter, [&input[0], &input[1]]));
            assert!(outputs[0].iter().zip(&outputs[1]).all(|(a, b)| bits(a) == bits(b)), "{lookahead:?}");
            used.prepare(96_000.0, lookahead);
            let prepared = run(&mut used, [&input[0], &input[1]]);
            assert!(outputs[0].iter().zip(&prepared).all(|(a, b)| bits(a) == bits(b)), "{lookahead:?}");
        }
    }
}

/// A reset in the middle of a fade: what follows is as if nothing had been before, so the fade is over.
#[test]
fn reset_ends_a_fade() {
    let input = stereo(5_000, 12);
    let mut used = limiter(48_000.0, Lookahead::Ms1_5, 0.0, 50.0);
    run(&mut used, [&[0.5; 64], &[0.5; 64]]);
    used.set(-20.0, 50.0, 100.0);
    run(&mut used, [&[0.5; 64], &[0.5; 64]]);
    used.reset();
    let mut fresh = limiter(48_000.0, Lookahead::Ms1_5, -20.0, 50.0);
    let outputs = [&mut used, &mut fresh].map(|limiter| run(limiter, [&input[0], &input[1]]));
    assert!(outputs[0].iter().zip(&outputs[1]).all(|(a, b)| bits(a) == bits(b)));
}

/// Sides that are linked after they had reductions of their own go on together, however long the release.
#[test]
fn sides_that_are_linked_again_become_one() {
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, -6.0, 5_000.0);
        limiter.set(-6.0, 5_000.0, 0.0);
        run(&mut limiter, [&[0.1; 4_000], &[4.0; 4_000]]);
        // Long enough for the loud side's end to be past: all that is left of it is its release.
        run(&mut limiter, [&[0.1; 1_000], &[0.1; 1_000]]);
        limiter.set(-6.0, 5_000.0, 100.0);
        let [left, right] = run(&mut limiter, [&[0.1; 4_000], &[0.1; 4_000]]);
        let late = limiter.latency_samples() as usize;
        // The tile that is under way, the first that is linked, and the lookahead within which a new reduction comes in.
        let from = late + 2 * TILE_FRAMES + late;
        assert!(bits(&left[from..]) == bits(&right[from..]), "{lookahead:?}: two gains");
        assert!(left[from] < 0.05, "{lookahead:?}: the larger reduction counts, {}", left[from]);
    }
}

/// What was loud while nobody limited is no peak of what comes when it is switched on.
#[test]
fn waking_up_starts_from_what_is_there() {
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, -6.0, 1.0);
        let level = |level: f32| [level; 20_000];
        run(&mut limiter, [&level(4.0), &level(4.0)]);
        limiter.set_on(false);
        run(&mut limiter, [&level(4.0), &level(4.0)]);
        run(&mut limiter, [&level(0.25), &level(0.25)]);
        limiter.set_on(true);
        run(&mut limiter, [&level(0.25), &level(0.25)]);
        assert_eq!(limiter.gain_reduction_db(), 0.0, "{lookahead:?}");
    }
}
