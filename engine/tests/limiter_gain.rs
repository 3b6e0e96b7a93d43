//! The gain over time: its way down before a peak, its release, the link.

mod limiter_support;

use busbar_engine::limiter::{Limiter, Lookahead};
use limiter_support::{AHEAD, SAMPLE_RATES_HZ, limiter, run, stereo};

/// The gain at each sample of the output: what became of a small signal on the right while the left makes the limiter
/// work. The small signal is a power of two, so that the quotient is exact.
fn gains(limiter: &mut Limiter, left: &[f32]) -> Vec<f32> {
    const SMALL: f32 = 1.0 / 1_048_576.0;
    let [_, right] = run(limiter, [left, &vec![SMALL; left.len()]]);
    right[limiter.latency_samples() as usize..].iter().map(|sample| sample / SMALL).collect()
}

/// A single peak at `at`, over silence.
fn peak(height: f32, at: usize, n_frames: usize) -> Vec<f32> {
    let mut left = vec![0.0; n_frames];
    left[at] = height;
    left
}

#[test]
fn the_gain_falls_steadily_stands_at_its_target_around_the_peak_and_rises_steadily() {
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for lookahead in AHEAD {
            for at in 3_000..3_032 {
                let mut limiter = limiter(sample_rate_hz, lookahead, -6.0, 10.0);
                let gains = gains(&mut limiter, &peak(2.0, at, 8_000));
                let ahead = (lookahead.ms() * sample_rate_hz / 1000.0).ceil() as usize;
                let context = format!("{sample_rate_hz} Hz, {lookahead:?}, peak at {at}");
                // What the peak has near Nyquist is heard five samples ahead, by a filter that reaches four.
                let start = at - 9 - ahead;
                assert!(gains[..start].iter().all(|g| *g == 1.0), "{context}: starts too early");
                assert!(gains.iter().all(|g| (0.0..=1.0).contains(g)), "{context}");
                let target = gains[at];
                // −6 dB of 2 is 0.2506; the detector reads a lone impulse a fifth too high.
                assert!((0.2..=0.250_6).contains(&target), "{context}: {target}");
                assert!(gains[start..=at].windows(2).all(|g| g[1] <= g[0]), "{context}: falls");
                assert!(gains[at - 3..=at + 3].iter().all(|g| *g == target), "{context}: stands");
                assert!(gains[at..].windows(2).all(|g| g[1] >= g[0]), "{context}: rises");
                // The steepest step of two boxes is 2/K of the way; K is all of the lookahead but the guard.
                let steepest = gains[start..=at].windows(2).map(|g| g[0] - g[1]).fold(0.0, f32::max);
                let bound = 2.1 * (1.0 - target) / (ahead as f32 - 4.0);
                assert!(steepest <= bound, "{context}: a step of {steepest}, more than {bound}");
                // Ten times the release's time constant later there is e⁻¹⁰ left.
                let end = at + (0.1 * sample_rate_hz) as usize;
                assert!(gains.get(end).is_none_or(|g| *g > 0.999), "{context}: not released");
            }
        }
    }
}

#[test]
fn the_release_reaches_63_2_percent_at_its_time_constant() {
    for sample_rate_hz in SAMPLE_RATES_HZ {
        for lookahead in [Lookahead::None, Lookahead::Ms1_5, Lookahead::Ms5] {
            for release_ms in [20.0, 100.0, 1_000.0] {
                let tau = f64::from(release_ms) / 1000.0 * sample_rate_hz;
                let n_frames = 2_000 + (1.2 * tau) as usize + 2_000;
                let mut limiter = limiter(sample_rate_hz, lookahead, -6.0, release_ms);
                let gains = gains(&mut limiter, &peak(2.0, 500, n_frames));
                // Well behind the hold and the smoothing, from where on it is the exponential alone.
                let from = 2_000;
                let reduction = |frame: usize| f64::from(1.0 - gains[frame]);
                let fallen = 1.0 - reduction(from + tau.round() as usize) / reduction(from);
                // 1 − 1/e = 0.632; half a sample of 20 ms at 44.1 kHz is 0.0002, f32 steps of ρ⁴ at 1 s and 192 kHz
                // 0.002.
                assert!((fallen - 0.632_12).abs() < 0.003, "{sample_rate_hz} Hz, {release_ms} ms: {fallen}");
            }
        }
    }
}

#[test]
fn linked_sides_share_their_gain_and_unlinked_ones_do_not() {
    let n_frames = 6_000;
    for lookahead in Lookahead::ALL {
        let gain_beside = |link: f32| {
            let mut limiter = limiter(48_000.0, lookahead, -6.0, 50.0);
            limiter.set(-6.0, 50.0, link);
            gains(&mut limiter, &peak(2.0, 3_000, n_frames))
        };
        let own = {
            // The gain of the side that has the peak: the small signal goes along with it.
            let mut limiter = limiter(48_000.0, lookahead, -6.0, 50.0);
            limiter.set(-6.0, 50.0, 0.0);
            let mut left = peak(2.0, 3_000, n_frames);
            left.iter_mut().for_each(|x| *x += 0.125);
            let [left, _] = run(&mut limiter, [&left, &vec![0.0; n_frames]]);
            left[limiter.latency_samples() as usize + 3_100] / 0.125
        };
        let (linked, half, unlinked) = (gain_beside(100.0), gain_beside(50.0), gain_beside(0.0));
        assert!(unlinked.iter().all(|g| *g == 1.0), "{lookahead:?}: 0 %");
        assert!(linked[3_100] < 0.5, "{lookahead:?}: 100 %");
        // The peaks of the two runs differ by the 0.125 beneath: 6 %.
        assert!((linked[3_100] / own - 1.0).abs() < 0.07, "{lookahead:?}: {} and {own}", linked[3_100]);
        for frame in 2_900..4_000 {
            let (expected, got) = (f64::from(1.0 + linked[frame]) / 2.0, f64::from(half[frame]));
            // The whole numbers of the smoothing: some 2⁻²².
            assert!((expected - got).abs() < 2e-6, "{lookahead:?}: 50 % at {frame}");
        }
    }
    // Bit for bit alike on both sides: with equal samples, both sides come out equal, whatever drives them.
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, -9.0, 30.0);
        let [mut left, mut right] = stereo(20_000, 8);
        for frame in (0..20_000).step_by(3) {
            (left[frame], right[frame]) = (0.25, 0.25);
        }
        let [out_left, out_right] = run(&mut limiter, [&left, &right]);
        let late = limiter.latency_samples() as usize;
        assert!((0..20_000 - late).step_by(3).all(|frame| out_left[frame + late] == out_right[frame + late]));
        assert!(
            (0..20_000 - late).step_by(3).any(|frame| out_left[frame + late] < 0.2),
            "nothing was limited"
        );
    }
}

/// The largest reduction of the block, whatever the block.
#[test]
fn the_meter_shows_the_largest_reduction_of_the_block() {
    let mut limiter = limiter(48_000.0, Lookahead::Ms1_5, -6.0, 10.0);
    let input = peak(2.0, 1_000, 4_000);
    let reference = gains(&mut limiter.clone(), &input);
    for (block_idx, block) in input.chunks(100).enumerate() {
        run(&mut limiter, [block, block]);
        let late = limiter.latency_samples() as usize;
        let frames = (100 * block_idx).saturating_sub(late)..(100 * (block_idx + 1)).saturating_sub(late);
        let smallest = reference[frames].iter().fold(1.0_f32, |a, b| a.min(*b));
        let shown = limiter.gain_reduction_db();
        assert!(
            (shown + 20.0 * smallest.log10()).abs() < 1e-3,
            "block {block_idx}: {shown} dB, gain {smallest}"
        );
    }
}

/// A ceiling that is turned glides: no step between neighbouring gains is larger than its ramp's.
#[test]
fn a_turned_ceiling_makes_no_zipper() {
    for lookahead in Lookahead::ALL {
        let mut limiter = limiter(48_000.0, lookahead, 0.0, 5.0);
        let tone: Vec<f32> = (0..24_000).map(|n| if n % 2 == 0 { 1.5 } else { -1.5 }).collect();
        let mut all = Vec::new();
        for (block_idx, block) in tone.chunks(400).enumerate() {
            limiter.set(if block_idx % 8 < 4 { -12.0 } else { 0.0 }, 5.0, 100.0);
            all.extend(run(&mut limiter, [block, block])[0].iter().map(|sample| sample.abs()));
        }
        let steepest = all[2_000..].windows(2).map(|y| (y[1] - y[0]).abs()).fold(0.0, f32::max);
        // 0.75 of full scale within 720 frames; the release of 5 ms is slower than that at first, 1/240 of the way a
        // frame.
        assert!(steepest < 0.004, "{lookahead:?}: {steepest}");
        assert!(all[2_000..].iter().any(|y| *y < 0.25) && all[2_000..].iter().any(|y| *y > 0.5));
    }
}
