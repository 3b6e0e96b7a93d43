use super::*;
use crate::colour::curve::Curve;
use crate::simd::{LaneGain, PerLane, SimdPath, on_path};
use fastrand::Rng;

/// A signal through filters and curve in f64, as they are defined.
fn reference(quality: ColourQuality, curve: &Curve, input: &[f64]) -> Vec<f64> {
    let filters = Filters::new(quality);
    let filtered = |taps: &[f64], input: &[f64]| -> Vec<f64> {
        let term = |n: usize, (k, tap): (usize, &f64)| n.checked_sub(k).map_or(0.0, |idx| tap * input[idx]);
        (0..input.len()).map(|n| taps.iter().enumerate().map(|tap| term(n, tap)).sum()).collect()
    };
    let mut signal = input.to_vec();
    for taps in &filters.up {
        let stuffed: Vec<f64> = signal.iter().flat_map(|sample| [*sample, 0.0]).collect();
        signal = filtered(taps, &stuffed);
    }
    let before = [0.0].into_iter().chain(signal.clone());
    signal = before.zip(&signal).map(|(before, sample)| curve.mean([before, *sample])).collect();
    for taps in &filters.down {
        signal = filtered(taps, &signal).into_iter().step_by(2).collect();
    }
    signal
}

#[test]
fn every_path_is_the_reference_however_it_is_cut() {
    let mut rng = Rng::with_seed(71);
    let n_frames = 640;
    for quality in [ColourQuality::X2, ColourQuality::X4] {
        for (bias, amplitude) in [(0.0_f32, 0.1), (0.0, 8.0), (0.5, 1.0)] {
            let input: Vec<f32> = (0..n_frames).map(|_| amplitude * (rng.f32() * 2.0 - 1.0)).collect();
            let curve = Curve::new(f64::from(bias), 1.0);
            let want = reference(quality, &curve, &input.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
            for path in SimdPath::all() {
                let mut outputs = Vec::new();
                for is_cut in [false, true] {
                    let mut oversampler = Oversampler::new(quality);
                    let gains = [bias, (1.0 + bias * bias).sqrt(), 1.0].map(PerLane::splat);
                    let [bias, root, unity] = gains.each_ref().map(LaneGain::Still);
                    let around = Around { bias, root, input: unity, output: unity };
                    let (mut now, mut output) = (0, Vec::new());
                    while now < n_frames {
                        let n = if is_cut { rng.usize(1..=32).min(n_frames - now) } else { 32 };
                        let mut tile = LaneTile::ZERO;
                        for (lane, side_idx) in [(3, 0), (6, 1)] {
                            for (to, sample) in
                                oversampler.input(side_idx).iter_mut().zip(&input[now..now + n])
                            {
                                to[lane] = *sample;
                            }
                            on_path!(path, simd => oversampler.process(simd, side_idx, &around, &mut tile, n));
                        }
                        output.extend_from_slice(&tile.lane(6)[..n]);
                        now += n;
                    }
                    outputs.push(output);
                }
                assert_eq!(outputs[0], outputs[1], "{quality:?} {}", path.name());
                let largest = want.iter().fold(0.0_f64, |largest, want| largest.max(want.abs()));
                let errors = outputs[0].iter().zip(&want).map(|(got, want)| (f64::from(*got) - want).abs());
                let error = errors.fold(0.0, f64::max);
                // Two sums of some hundred terms in f32, of which each rounds a dozen times as much as it yields.
                assert!(error < 1.5e-6 * largest, "{quality:?} {}: {:e}", path.name(), error / largest);
            }
        }
    }
}
