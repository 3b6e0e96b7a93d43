//! The figures of sounds whose figures are known.

use busbar_host::audio::{Figures, Meter};
use std::f64::consts::{FRAC_PI_4, TAU};

fn sine(rate_hz: f64, frequency_hz: f64, phase: f64, peak_dbfs: f64, seconds: f64) -> Vec<f32> {
    let amplitude = 10.0_f64.powf(peak_dbfs / 20.0);
    let step = frequency_hz / rate_hz;
    (0..(rate_hz * seconds) as usize)
        .map(|n| (amplitude * (TAU * (step * n as f64).fract() + phase).sin()) as f32)
        .collect()
}

fn measure(rate_hz: u32, left: &[f32], right: &[f32]) -> Figures {
    let mut meter = Meter::new(rate_hz);
    meter.add(left, right);
    meter.figures()
}

fn assert_near(got: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((got - wanted).abs() <= tolerance, "{what}: {got}, not {wanted}");
}

/// EBU Tech 3341, cases 1 and 2: ±0.1 LU.
#[test]
fn a_tone_is_as_loud_as_the_ebu_says() {
    for rate_hz in [44_100, 48_000, 96_000, 192_000, 8_000, 11_025] {
        for level in [-23.0, -33.0] {
            let tone = sine(f64::from(rate_hz), 997.0, 0.0, level, 20.0);
            let figures = measure(rate_hz, &tone, &tone);
            let what = format!("{level} at {rate_hz} Hz");
            assert_near(figures.integrated_lufs, level, 0.1, &what);
            assert_near(figures.short_term_max_lufs, level, 0.1, &what);
            assert_near(figures.range_lu, 0.0, 0.1, &what);
            // RMS and crest of a sine, sampled finely: exact but for the part of a period at the end.
            assert_near(figures.rms_dbfs, level - 3.0103, 0.001, &what);
            assert_near(figures.peak_dbfs, level, 0.001, &what);
            // Tech 3341 allows a true peak +0.2 and −0.4 dB.
            assert!((level - 0.4..level + 0.2).contains(&figures.true_peak_dbtp), "{what}: {figures:?}");
            assert_eq!(figures.n_frames, 20 * u64::from(rate_hz));
        }
    }
}

/// EBU Tech 3341, case 3: what is far quieter does not count.
#[test]
fn quiet_parts_are_gated() {
    let part = |level, seconds| sine(48_000.0, 1_000.0, 0.0, level, seconds);
    let tone = [part(-36.0, 10.0), part(-23.0, 60.0), part(-36.0, 10.0)].concat();
    assert_near(measure(48_000, &tone, &tone).integrated_lufs, -23.0, 0.1, "gated");
}

/// EBU Tech 3342, cases 1 and 2: ±1 LU.
#[test]
fn the_range_is_that_between_two_levels() {
    for (quiet, wanted) in [(-30.0, 10.0), (-15.0, 5.0)] {
        let part = |level| sine(48_000.0, 1_000.0, 0.0, level, 20.0);
        let tone = [part(-20.0), part(quiet)].concat();
        assert_near(measure(48_000, &tone, &tone).range_lu, wanted, 1.0, "range");
    }
}

#[test]
fn the_loudest_three_seconds_are_found_wherever_they_are() {
    // Of a tone of 3.1 s some look, 100 ms after another, sees nothing but tone.
    for offset in [0, 1, 2399, 4799, 100_000] {
        let tone = sine(48_000.0, 997.0, 0.0, -20.0, 3.1);
        let sound = [vec![0.0; offset], tone, vec![0.0; 200_000]].concat();
        assert_near(measure(48_000, &sound, &sound).short_term_max_lufs, -20.0, 0.1, "short-term");
    }
    // Of 1.5 s it sees no more than half a window of tone.
    let short = sine(48_000.0, 997.0, 0.0, -20.0, 1.5);
    assert_near(measure(48_000, &short, &short).short_term_max_lufs, -23.01, 0.1, "half a window");
}

#[test]
fn the_short_term_maximum_is_that_of_the_reference_at_every_look() {
    for rate_hz in [48_000u32, 44_100, 11_025] {
        let mut random = fastrand::Rng::with_seed(7);
        // Noise whose level wanders, so that every look sees another loudness.
        let n_frames = 8 * rate_hz as usize;
        let sound: Vec<f32> = (0..n_frames)
            .map(|n| (random.f32() - 0.5) * (1.1 + (n as f32 / rate_hz as f32 * 1.7).sin()))
            .collect();
        let mut reference = ebur128::EbuR128::new(2, rate_hz, ebur128::Mode::S).unwrap();
        let mut max_lufs = f64::NEG_INFINITY;
        for look in sound.chunks_exact((rate_hz as usize + 5) / 10) {
            reference.add_frames_planar_f32(&[look, look]).unwrap();
            max_lufs = max_lufs.max(reference.loudness_shortterm().unwrap());
        }
        // Where 100 ms are no whole number of frames, the meter leaves out one of 1100 in each of them.
        let figures = measure(rate_hz, &sound, &sound);
        assert_near(figures.short_term_max_lufs, max_lufs, 0.01, &format!("{rate_hz} Hz"));
    }
}

#[test]
fn one_side_alone_is_three_lu_less_than_both() {
    let tone = sine(48_000.0, 997.0, 0.0, -20.0, 5.0);
    let (both, one) = (measure(48_000, &tone, &tone), measure(48_000, &tone, &vec![0.0; tone.len()]));
    // A factor of 2 in power, and the rounding of the gating histogram, 0.1 LU.
    assert_near(both.integrated_lufs - one.integrated_lufs, 3.01, 0.1, "loudness");
    assert_near(both.rms_dbfs - one.rms_dbfs, 3.0103, 1e-4, "RMS");
}

#[test]
fn a_true_peak_lies_between_the_samples() {
    // Of a sine at a quarter of the rate and 45°, every sample is 3.01 dB below the crest.
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        let tone = sine(rate_hz, rate_hz / 4.0, FRAC_PI_4, -6.0, 1.0);
        let figures = measure(rate_hz as u32, &tone, &tone);
        assert_near(figures.peak_dbfs, -9.0103, 0.001, "peak");
        // Tech 3341, cases 15 to 19: +0.2 and −0.4 dB. The edges of the tone, where it sets in, may overshoot a little more
        // than it does itself.
        assert!((-6.4..=-5.8).contains(&figures.true_peak_dbtp), "{rate_hz}: {figures:?}");
    }
    // From 192 kHz on nothing is interpolated.
    let tone = sine(192_000.0, 48_000.0, FRAC_PI_4, -6.0, 1.0);
    let figures = measure(192_000, &tone, &tone);
    assert_eq!(figures.true_peak_dbtp, figures.peak_dbfs);
}

#[test]
fn the_true_peak_of_the_very_end_counts() {
    for rate_hz in [48_000, 96_000] {
        for n_frames in [2, 10, 30, 1000] {
            // Two high samples at the end: the crest between them leaves the interpolator only later.
            let mut sound = vec![0.01; n_frames];
            sound[n_frames - 2..].fill(0.9);
            let figures = measure(rate_hz, &sound, &vec![0.0; n_frames]);
            sound.extend([0.0; 100]);
            let with_silence = measure(rate_hz, &sound, &vec![0.0; n_frames + 100]);
            assert_eq!(figures.true_peak_dbtp, with_silence.true_peak_dbtp, "{n_frames} at {rate_hz} Hz");
            // The sinc of two equal neighbours, half way: 2 · sinc(½) = 4/π, +2.1 dB; a short filter has less of it.
            assert!(figures.true_peak_dbtp > figures.peak_dbfs + 1.5, "{figures:?}");
        }
    }
}

#[test]
fn silence_is_minus_infinity_and_never_nan() {
    for n_frames in [0, 1, 100, 500_000] {
        let figures = measure(48_000, &vec![0.0; n_frames], &vec![0.0; n_frames]);
        let levels = [
            figures.peak_dbfs,
            figures.true_peak_dbtp,
            figures.rms_dbfs,
            figures.integrated_lufs,
            figures.short_term_max_lufs,
        ];
        assert_eq!(levels, [f64::NEG_INFINITY; 5], "{n_frames} frames");
        assert_eq!((figures.range_lu, figures.n_clipped, figures.n_non_finite), (0.0, 0, 0));
        assert_eq!(figures.n_frames, n_frames as u64);
    }
}

#[test]
fn how_the_sound_is_cut_makes_no_difference() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut side =
        || -> Vec<f32> { (0..200_003).map(|n| (random.f32() - 0.5) * (n as f32 * 1e-5)).collect() };
    let (left, right) = (side(), side());
    for rate_hz in [48_000, 44_100, 11_025] {
        let whole = measure(rate_hz, &left, &right);
        for piece in [1, 7, 480, 4096] {
            let mut meter = Meter::new(rate_hz);
            left.chunks(piece).zip(right.chunks(piece)).for_each(|(l, r)| meter.add(l, r));
            assert_eq!(meter.figures(), whole, "pieces of {piece} at {rate_hz} Hz");
        }
    }
}

#[test]
fn clipped_and_broken_samples_are_counted() {
    let full_scale_16 = 32_767.0 / 32_768.0;
    let left = [full_scale_16, -full_scale_16, 1.0, -1.0, 1.5, 0.9999, 32_766.0 / 32_768.0];
    let figures = measure(48_000, &left, &[0.0; 7]);
    assert_eq!(figures.n_clipped, 5);
    assert_near(figures.peak_dbfs, 3.5218, 1e-4, "1.5");

    let broken = [f32::NAN, f32::INFINITY, 0.5, f32::NEG_INFINITY];
    let figures = measure(48_000, &broken, &[0.0, 0.0, -0.5, f32::NAN]);
    assert_eq!((figures.n_non_finite, figures.n_clipped), (4, 0));
    // Two of four finite samples at 0.5.
    assert_near(figures.rms_dbfs, -9.0309, 1e-4, "RMS of what is finite");
    assert_near(figures.peak_dbfs, -6.0206, 1e-4, "peak of what is finite");
    let mut with_zeros = Meter::new(48_000);
    with_zeros.add(&[0.0, 0.0, 0.5, 0.0], &[0.0, 0.0, -0.5, 0.0]);
    assert_eq!(figures.true_peak_dbtp, with_zeros.figures().true_peak_dbtp, "they are measured as 0");
}

#[test]
fn any_rate_and_any_sound_give_figures() {
    let mut random = fastrand::Rng::with_seed(2);
    let wild: Vec<f32> = (0..30_000).map(|_| f32::from_bits(random.u32(..))).collect();
    let huge = vec![f32::MAX; 30_000];
    let alternating: Vec<f32> = (0..30_000).map(|n| if n % 2 == 0 { f32::MAX } else { -f32::MAX }).collect();
    for rate_hz in [0, 1, 15, 16, 17, 100, 999, 8_000, 44_056, 48_000, 2_822_400, 2_822_401, u32::MAX] {
        for sound in [&wild, &huge, &alternating] {
            let figures = measure(rate_hz, sound, sound);
            for level in [
                figures.peak_dbfs,
                figures.true_peak_dbtp,
                figures.rms_dbfs,
                figures.integrated_lufs,
                figures.short_term_max_lufs,
                figures.range_lu,
            ] {
                assert!(!level.is_nan(), "{rate_hz}: {figures:?}");
            }
            assert!(figures.true_peak_dbtp >= figures.peak_dbfs, "{rate_hz}: {figures:?}");
        }
    }
}
