//! Stems at another rate: where an impulse lands, what becomes of tones, and that nothing depends on how it is read.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use busbar_host::audio::{ReadError, StemReader, StemSource};
use common::{Folder, empty_folder, noise, write_stem};
use std::f64::consts::TAU;

/// The pairs of rates that stems and mixes have, and two that no one should have.
const RATES_HZ: [(u32, u32); 13] = [
    (44_100, 48_000),
    (48_000, 44_100),
    (96_000, 48_000),
    (48_000, 96_000),
    (88_200, 48_000),
    (192_000, 44_100),
    (22_050, 48_000),
    (32_000, 48_000),
    (11_025, 48_000),
    (8_000, 48_000),
    (44_100, 192_000),
    (44_056, 48_000),
    (47_999, 48_000),
];

fn source(folder: &Folder, rate_in_hz: u32, rate_out_hz: u32, channels: &[&[f32]]) -> StemSource {
    let path = folder.join("stem.wav");
    write_stem(&path, rate_in_hz, channels);
    StemSource::new(StemReader::open(&path).unwrap(), rate_out_hz).unwrap()
}

/// Reads to the end in pieces of this length, and checks the promised length.
fn read_in(source: &mut StemSource, piece: usize) -> [Vec<f32>; 2] {
    let mut sides = [vec![], vec![]];
    loop {
        let (mut left, mut right) = (vec![9.0; piece], vec![9.0; piece]);
        let n = source.read(&mut left, &mut right).unwrap();
        sides[0].extend_from_slice(&left[..n]);
        sides[1].extend_from_slice(&right[..n]);
        if n < piece {
            assert!(left[n..].iter().chain(&right[n..]).all(|sample| *sample == 9.0), "the rest is left");
            assert_eq!(source.read(&mut left, &mut right).unwrap(), 0, "the end stays the end");
            break;
        }
    }
    assert_eq!(source.n_frames(), Some(sides[0].len() as u64));
    sides
}

/// A stereo stem through the conversion.
fn resample(rate_in_hz: u32, rate_out_hz: u32, left: &[f32], right: &[f32]) -> [Vec<f32>; 2] {
    let folder = empty_folder("resample");
    read_in(&mut source(&folder, rate_in_hz, rate_out_hz, &[left, right]), 4096)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn sine(rate_hz: u32, frequency_hz: f64, n_frames: usize) -> Vec<f32> {
    let step = frequency_hz / f64::from(rate_hz);
    (0..n_frames).map(|n| (0.5 * (TAU * (step * n as f64).fract()).sin()) as f32).collect()
}

fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
}

#[test]
fn an_impulse_lands_on_its_frame() {
    for (rate_in, rate_out) in RATES_HZ {
        // Frames that both rates have: multiples of the ratio's terms, at the start, and some blocks later.
        let divisor = greatest_common_divisor(rate_in, rate_out);
        let (term_in, term_out) = ((rate_in / divisor) as usize, (rate_out / divisor) as usize);
        let multiple = 3000usize.div_ceil(term_in);
        let n_frames = multiple * term_in * 2 + 77;
        for (at_in, at_out) in [(0, 0), (multiple * term_in, multiple * term_out)] {
            let mut left = vec![0.0; n_frames];
            left[at_in] = 1.0;
            let [left, right] = resample(rate_in, rate_out, &left, &vec![0.0; n_frames]);
            let name = format!("{rate_in} to {rate_out} at {at_in}");
            let peak = (0..left.len()).max_by(|a, b| left[*a].total_cmp(&left[*b])).unwrap();
            assert_eq!(peak, at_out, "{name}");
            // Symmetry: a delay of a thousandth of a frame tilts a peak's flanks by more than the rounding to f32.
            let reach = at_out.min(200);
            for k in 1..=reach {
                let (before, after) = (left[at_out - k], left[at_out + k]);
                assert!((before - after).abs() < 1e-6, "{name}, {k} off: {before} and {after}");
            }
            if at_out > 0 {
                // All of it, at a gain of 1 for a constant.
                let sum: f64 = left.iter().map(|sample| f64::from(*sample)).sum();
                let wanted = f64::from(rate_out) / f64::from(rate_in);
                assert!((sum / wanted - 1.0).abs() < 1e-4, "{name}: {sum}");
            }
            assert!(right.iter().all(|sample| *sample == 0.0), "{name}: nothing leaks to the other side");
        }
    }
}

#[test]
fn the_length_is_that_of_the_file_times_the_ratio() {
    let folder = empty_folder("resample_length");
    for (rate_in, rate_out) in RATES_HZ {
        for n_frames in [0u64, 1, 2, 1000, 1176, 4099, 50_001] {
            let side = vec![0.25; n_frames as usize];
            let got = read_in(&mut source(&folder, rate_in, rate_out, &[&side]), 4096)[0].len() as u64;
            let exact = n_frames as f64 * f64::from(rate_out) / f64::from(rate_in);
            assert_eq!(got, (exact + 0.5).floor() as u64, "{n_frames} frames, {rate_in} to {rate_out}");
        }
    }
}

#[test]
fn a_constant_lasts_to_the_end() {
    // The tail is flushed: in the middle of a long constant nothing is missing, and its last frame is a half way down.
    let [left, _] = resample(44_100, 48_000, &vec![0.5; 44_100], &vec![0.5; 44_100]);
    assert_eq!(left.len(), 48_000);
    assert!(left[2000..46_000].iter().all(|sample| (sample - 0.5).abs() < 1e-6));
    // A step that ends between the last frame and the next is about half way down half a frame later, and not yet at the last.
    assert!((0.25..0.6).contains(&left[47_999]), "{}", left[47_999]);
}

#[test]
fn tones_keep_their_level_and_their_time_and_nothing_is_added() {
    for (rate_in, rate_out) in RATES_HZ {
        // The slope of the filter begins 2.7 % below the lower Nyquist frequency.
        let pass_hz = 0.97 * f64::from(rate_in.min(rate_out)) / 2.0;
        for frequency_hz in [1_000.0, 19_000.0, 20_000.0, 0.999 * pass_hz] {
            if frequency_hz > pass_hz {
                continue;
            }
            // Away from the ends, whose edges ring: for 12 ms, but for a second where the rates have no common divisor.
            let rings = greatest_common_divisor(rate_in, rate_out) == 1;
            let (seconds, from) =
                if rings { (4, rate_out as usize * 3 / 2) } else { (2, rate_out as usize / 2) };
            let tone = sine(rate_in, frequency_hz, seconds * rate_in as usize);
            let [left, _] = resample(rate_in, rate_out, &tone, &tone);
            let middle = &left[from..from + rate_out as usize];
            let angle = |n: usize| TAU * (frequency_hz / f64::from(rate_out) * (from + n) as f64).fract();
            // The least squares of a·sin + b·cos.
            let (mut ss, mut sc, mut cc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (n, sample) in middle.iter().enumerate() {
                let ((s, c), y) = (angle(n).sin_cos(), f64::from(*sample));
                ss += s * s;
                sc += s * c;
                cc += c * c;
                ys += y * s;
                yc += y * c;
            }
            let determinant = ss * cc - sc * sc;
            let (a, b) = ((ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant);
            let level_db = 20.0 * (a.hypot(b) / 0.5).log10();
            let delay = -b.atan2(a) / (TAU * frequency_hz / f64::from(rate_out));
            let residue: Vec<f32> = middle
                .iter()
                .enumerate()
                .map(|(n, sample)| {
                    let (s, c) = angle(n).sin_cos();
                    (f64::from(*sample) - a * s - b * c) as f32
                })
                .collect();
            let residue_db = 20.0 * (rms(&residue) / rms(middle)).log10();
            let name = format!("{rate_in} to {rate_out}, {frequency_hz} Hz");
            assert!(level_db.abs() < 0.01, "{name}: {level_db} dB");
            assert!(delay.abs() < 1e-3, "{name}: {delay} frames late");
            // Images of the tone, and whatever else is not the tone. f32 in and out leaves about −150 dB.
            assert!(residue_db < -120.0, "{name}: {residue_db} dB beside the tone");
        }
    }
}

#[test]
fn what_the_lower_rate_has_no_room_for_goes() {
    for (rate_in, rate_out) in RATES_HZ.into_iter().filter(|(rate_in, rate_out)| rate_in > rate_out) {
        for part in [1.001, 1.02, 1.3, 1.7] {
            let frequency_hz = part * f64::from(rate_out) / 2.0;
            if frequency_hz >= f64::from(rate_in) / 2.0 {
                continue;
            }
            let tone = sine(rate_in, frequency_hz, 2 * rate_in as usize);
            let [left, _] = resample(rate_in, rate_out, &tone, &tone);
            let middle = &left[rate_out as usize / 2..rate_out as usize * 3 / 2];
            let alias_db = 20.0 * (rms(middle) / rms(&tone)).log10();
            assert!(alias_db < -120.0, "{rate_in} to {rate_out}, {frequency_hz} Hz: {alias_db} dB");
        }
    }
}

#[test]
fn how_it_is_read_changes_no_bit() {
    let folder = empty_folder("resample_pieces");
    let (left, right) = (noise(1, 9000), noise(2, 9000));
    for (rate_in, rate_out) in [(44_100, 48_000), (96_000, 48_000), (48_000, 48_000)] {
        let whole = read_in(&mut source(&folder, rate_in, rate_out, &[&left, &right]), 100_000);
        for piece in [1, 7, 512, 4096] {
            let got = read_in(&mut source(&folder, rate_in, rate_out, &[&left, &right]), piece);
            assert!(got == whole, "{rate_in} to {rate_out} in pieces of {piece}");
        }
        let mono = read_in(&mut source(&folder, rate_in, rate_out, &[&left]), 512);
        assert!(
            mono == [whole[0].clone(), whole[0].clone()],
            "a mono stem is its side of a stereo one, twice"
        );
    }
}

#[test]
fn equal_rates_change_nothing() {
    let folder = empty_folder("resample_equal");
    let mut left = noise(1, 3000);
    left[..4].copy_from_slice(&[f32::NAN, f32::INFINITY, -0.0, f32::MIN_POSITIVE / 2.0]);
    let mut source = source(&folder, 44_100, 44_100, &[&left, &noise(2, 3000)]);
    assert_eq!((source.file_rate_hz(), source.sample_rate_hz(), source.n_channels()), (44_100, 44_100, 2));
    let got = read_in(&mut source, 512);
    let bits = |samples: &[f32]| samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
    assert!(bits(&got[0]) == bits(&left) && got[1] == noise(2, 3000));
}

#[test]
fn a_broken_sample_breaks_no_other() {
    let folder = empty_folder("resample_broken");
    let clean = noise(1, 9000);
    let mut broken = clean.clone();
    let mut zeroed = clean.clone();
    // A lone one, two that fall together, and the last.
    for at in [147 * 20, 5000, 5001, 8999] {
        broken[at] = if at == 5000 { f32::NEG_INFINITY } else { f32::NAN };
        zeroed[at] = 0.0;
    }
    for (rate_in, rate_out, wanted) in
        [(44_100, 48_000, &[3200usize, 5442, 5443, 9794][..]), (44_100, 22_050, &[1470, 2500, 4499])]
    {
        let got = read_in(&mut source(&folder, rate_in, rate_out, &[&broken, &clean]), 512);
        let without = read_in(&mut source(&folder, rate_in, rate_out, &[&zeroed, &clean]), 512);
        let at: Vec<usize> = (0..got[0].len()).filter(|n| got[0][*n].is_nan()).collect();
        assert_eq!(at, wanted, "{rate_in} to {rate_out}");
        assert!((0..got[0].len()).all(|n| at.contains(&n) || got[0][n] == without[0][n]));
        assert!(got[1] == without[1], "the other side is as it was");
    }
}

#[test]
fn rates_that_cannot_be_are_told_and_damage_is_too() {
    let folder = empty_folder("resample_refused");
    let path = folder.join("stem.wav");
    for (rate_in, rate_out) in [(191_999, 192_000), (1, 48_000), (400_000_000, 48_000), (48_000, 0)] {
        write_stem(&path, rate_in.min(100_000_000), &[&[0.0; 16]]);
        let error = StemSource::new(StemReader::open(&path).unwrap(), rate_out).err().unwrap();
        assert!(matches!(error, ReadError::Rate { .. }));
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
    write_stem(&path, 44_100, &[&noise(1, 9000)]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..20_000]).unwrap();
    let mut source = StemSource::new(StemReader::open(&path).unwrap(), 48_000).unwrap();
    let mut result = Ok(1);
    while matches!(result, Ok(1..)) {
        result = source.read(&mut [0.0; 512], &mut [0.0; 512]);
    }
    assert!(matches!(result, Err(ReadError::Damaged { .. })), "{result:?}");
}
