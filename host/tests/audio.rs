//! Stems in and mixes out: formats, exactness, damage, and files that appear only when they are complete.

mod common;

use busbar_host::audio::{MixFormat, MixWriter, ReadError, StemReader, WriteError};
use common::{empty_folder, files, noise, read_mix, write_stem};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::path::{Path, PathBuf};

/// Files made with the `flac` tool from the formulas that the tests repeat.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Reads a whole stem in pieces of these lengths, repeated.
fn read_in(path: &Path, pieces: &[usize]) -> Result<(Vec<f32>, Vec<f32>), ReadError> {
    let mut stem = StemReader::open(path)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for &piece in pieces.iter().cycle() {
        let (mut l, mut r) = (vec![9.0; piece], vec![9.0; piece]);
        let n = stem.read(&mut l, &mut r)?;
        left.extend_from_slice(&l[..n]);
        right.extend_from_slice(&r[..n]);
        if n < piece {
            assert!(l[n..].iter().chain(&r[n..]).all(|s| *s == 9.0), "the rest is left as it was");
            assert_eq!(stem.read(&mut l, &mut r)?, 0, "the end stays the end");
            break;
        }
    }
    Ok((left, right))
}

fn write_ints(path: &Path, bits: u16, channels: u16, samples: &[i32]) {
    let spec =
        WavSpec { channels, sample_rate: 48_000, bits_per_sample: bits, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec).unwrap();
    samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
}

#[test]
fn float_wav_is_read_exactly_in_any_piece_size() {
    let folder = empty_folder("float_wav");
    let path = folder.join("stem.wav");
    let (left, right) = (noise(1, 10_007), noise(2, 10_007));
    write_stem(&path, 96_000, &[&left, &right]);
    assert_eq!(StemReader::open(&path).unwrap().sample_rate_hz(), 96_000);
    for pieces in [&[20_000][..], &[1], &[512], &[7, 4096, 1, 333], &[10_007]] {
        assert!(read_in(&path, pieces).unwrap() == (left.clone(), right.clone()), "pieces {pieces:?}");
    }
}

#[test]
fn integer_wav_is_read_exactly() {
    let folder = empty_folder("integer_wav");
    for bits in [16u16, 24, 32] {
        let path = folder.join(format!("{bits}.wav"));
        let full_scale = 1i64 << (bits - 1);
        let mut random = fastrand::Rng::with_seed(u64::from(bits));
        let mut samples: Vec<i32> = (0..4000).map(|_| random.i64(-full_scale..full_scale) as i32).collect();
        samples[..2].copy_from_slice(&[-full_scale as i32, (full_scale - 1) as i32]);
        write_ints(&path, bits, 2, &samples);
        let (left, right) = read_in(&path, &[512]).unwrap();
        // One rounding to f32, none for 16 and 24 bits.
        let expected = |side: usize| -> Vec<f32> {
            samples[side..].iter().step_by(2).map(|s| (f64::from(*s) / full_scale as f64) as f32).collect()
        };
        assert_eq!((left, right), (expected(0), expected(1)), "{bits} bits");
    }
}

#[test]
fn flac_16_stereo_is_read_exactly() {
    let expected = |side: i32| -> Vec<f32> {
        (0..5000).map(|i| ((i * (3 + side)) % 2001 - 1000) as f32 / 32_768.0).collect()
    };
    let path = fixture("saw_16_stereo_44100.flac");
    assert_eq!(StemReader::open(&path).unwrap().sample_rate_hz(), 44_100);
    for pieces in [&[512][..], &[10_000], &[1, 999]] {
        assert_eq!(read_in(&path, pieces).unwrap(), (expected(0), expected(1)));
    }
}

#[test]
fn flac_24_mono_sounds_on_both_sides() {
    let expected: Vec<f32> =
        (0..5000).map(|i| ((i * 4099) % 8_000_001 - 4_000_000) as f32 / 8_388_608.0).collect();
    let path = fixture("saw_24_mono_48000.flac");
    assert_eq!(StemReader::open(&path).unwrap().n_channels(), 1);
    assert_eq!(read_in(&path, &[512]).unwrap(), (expected.clone(), expected));
}

#[test]
fn an_empty_stem_ends_at_once() {
    let folder = empty_folder("empty_stem");
    let path = folder.join("empty.wav");
    write_stem(&path, 48_000, &[&[], &[]]);
    assert_eq!(read_in(&path, &[512]).unwrap(), (vec![], vec![]));
}

#[test]
fn what_cannot_be_read_is_told_apart() {
    let folder = empty_folder("unreadable");
    let text = folder.join("notes.wav");
    std::fs::write(&text, "these are not the samples you are looking for").unwrap();
    let six = folder.join("six.wav");
    write_ints(&six, 16, 6, &[0; 60]);
    assert!(matches!(read_in(&folder.join("none.wav"), &[1]), Err(ReadError::Open { .. })));
    assert!(matches!(read_in(&folder, &[1]), Err(ReadError::Open { .. })));
    assert!(matches!(read_in(&text, &[1]), Err(ReadError::Unsupported { .. })));
    assert!(matches!(read_in(&six, &[1]), Err(ReadError::Channels { n_channels: 6, .. })));
}

#[test]
fn a_wav_that_breaks_off_is_damaged() {
    let folder = empty_folder("short_wav");
    let path = folder.join("stem.wav");
    write_stem(&path, 48_000, &[&noise(1, 5000)]);
    let bytes = std::fs::read(&path).unwrap();
    for n_missing in [4, 400, 4000] {
        std::fs::write(&path, &bytes[..bytes.len() - n_missing]).unwrap();
        let result = read_in(&path, &[512]);
        assert!(matches!(result, Err(ReadError::Damaged { .. })), "{n_missing} bytes missing: {result:?}");
    }
}

#[test]
fn a_wav_from_a_pipe_may_promise_any_length() {
    let folder = empty_folder("piped_wav");
    let path = folder.join("stem.wav");
    let samples: Vec<i32> = (0..2000).collect();
    write_ints(&path, 16, 2, &samples);
    let mut bytes = std::fs::read(&path).unwrap();
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    // As ffmpeg and sox write them.
    for (riff, placeholder) in [(0xffff_ffffu32, 0xffff_ffffu32), (0x7fff_f024, 0x7fff_f000)] {
        bytes[4..8].copy_from_slice(&riff.to_le_bytes());
        bytes[data + 4..data + 8].copy_from_slice(&placeholder.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let (left, right) = read_in(&path, &[512]).unwrap();
        assert_eq!((left.len(), right[999]), (1000, 1999.0 / 32_768.0), "{placeholder:x}");
    }
}

#[test]
fn a_flac_that_is_corrupt_or_breaks_off_is_damaged() {
    let folder = empty_folder("damaged_flac");
    let path = folder.join("stem.flac");
    let bytes = std::fs::read(fixture("saw_24_mono_48000.flac")).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    assert!(matches!(read_in(&path, &[512]), Err(ReadError::Damaged { .. })), "breaks off");
    let mut corrupt = bytes.clone();
    let middle = bytes.len() / 2;
    corrupt[middle..middle + 8].iter_mut().for_each(|byte| *byte ^= 0x55);
    std::fs::write(&path, &corrupt).unwrap();
    assert!(matches!(read_in(&path, &[512]), Err(ReadError::Damaged { .. })), "corrupt");
}

fn write_mix(path: &Path, format: MixFormat, left: &[f32], right: &[f32]) {
    let mut writer = MixWriter::create(path, 48_000, format).unwrap();
    writer.write(left, right).unwrap();
    writer.finish().unwrap();
}

#[test]
fn a_float_mix_is_exact_even_beyond_full_scale() {
    let folder = empty_folder("float_mix");
    let path = folder.join("mix.wav");
    let left: Vec<f32> = noise(1, 3000).iter().map(|sample| sample * 10.0).collect();
    let right = noise(2, 3000);
    write_mix(&path, MixFormat::Float32, &left, &right);
    assert_eq!(read_mix(&path), (left, right));
    assert_eq!(files(path.parent().unwrap()), ["mix.wav"]);
}

#[test]
fn integer_mixes_carry_half_an_lsb_of_noise() {
    let folder = empty_folder("integer_mix");
    let path = folder.join("mix.wav");
    let (left, right) = (noise(1, 200_000), noise(2, 200_000));
    for (format, bits, noise_dbfs) in [(MixFormat::Int16, 16, -96.33), (MixFormat::Int24, 24, -144.49)] {
        write_mix(&path, format, &left, &right);
        let mut reader = WavReader::open(&path).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.bits_per_sample, spec.sample_format, spec.channels), (bits, SampleFormat::Int, 2));
        assert_eq!(spec.sample_rate, 48_000);
        let full_scale = f64::from(1u32 << (bits - 1));
        let samples: Vec<i32> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 400_000);
        let wanted = left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]);
        let (mut sum, mut squares) = (0.0, 0.0);
        for (got, wanted) in samples.iter().zip(wanted) {
            let error = f64::from(*got) / full_scale - f64::from(wanted);
            sum += error;
            squares += error * error;
        }
        let n = samples.len() as f64;
        let rms_dbfs = 10.0 * (squares / n).log10();
        // The RMS of 400,000 errors scatters by about 0.1 % (0.01 dB); −96.33 itself is rounded to 0.005.
        assert!((rms_dbfs - noise_dbfs).abs() < 0.03, "{bits} bits: {rms_dbfs} dBFS");
        // The mean of n errors of RMS ½ LSB, four standard deviations.
        assert!((sum / n).abs() * full_scale < 4.0 * 0.5 / n.sqrt(), "{bits} bits: mean {}", sum / n);
    }
}

#[test]
fn the_same_mix_gives_the_same_bytes_however_it_is_cut() {
    let folder = empty_folder("same_bytes");
    let (left, right) = (noise(1, 5000), noise(2, 5000));
    write_mix(&folder.join("whole.wav"), MixFormat::Int16, &left, &right);
    let mut writer = MixWriter::create(folder.join("cut.wav"), 48_000, MixFormat::Int16).unwrap();
    for (l, r) in left.chunks(77).zip(right.chunks(77)) {
        writer.write(l, r).unwrap();
    }
    writer.finish().unwrap();
    assert!(
        std::fs::read(folder.join("whole.wav")).unwrap() == std::fs::read(folder.join("cut.wav")).unwrap()
    );
}

#[test]
fn an_unfinished_mix_leaves_nothing_and_an_old_one_stays() {
    let folder = empty_folder("unfinished");
    let path = folder.join("mix.wav");
    drop(MixWriter::create(&path, 48_000, MixFormat::Int24).unwrap());
    assert!(files(&folder).is_empty());

    std::fs::write(&path, "an old mix").unwrap();
    let panicked = std::panic::catch_unwind(|| {
        let mut writer = MixWriter::create(&path, 48_000, MixFormat::Float32).unwrap();
        writer.write(&[0.0; 9999], &[0.0; 9999]).unwrap();
        assert_eq!(files(&folder).len(), 2, "the temporary file lies beside the old mix");
        panic!("in the middle of a mix");
    });
    assert!(panicked.is_err());
    assert_eq!(files(&folder), ["mix.wav"]);
    assert_eq!(std::fs::read(&path).unwrap(), b"an old mix");

    write_mix(&path, MixFormat::Float32, &[0.5], &[0.25]);
    assert_eq!(read_mix(&path), (vec![0.5], vec![0.25]));
}

#[test]
fn names_that_cannot_be_written_are_errors() {
    let folder = empty_folder("unwritable");
    let create = |path: &Path| MixWriter::create(path, 48_000, MixFormat::Float32).err();
    assert!(matches!(create(&folder.join("mix.ogg")), Some(WriteError::Name { .. })));
    assert!(matches!(create(&folder.join("mix")), Some(WriteError::Name { .. })));
    assert!(matches!(create(&folder.join("mix.Flac")), Some(WriteError::FloatFlac { .. })));
    for rate in [0, 1 << 20, u32::MAX] {
        for name in ["mix.wav", "mix.flac"] {
            let mix = MixWriter::create(folder.join(name), rate, MixFormat::Int16);
            assert!(matches!(mix.err(), Some(WriteError::Rate { .. })), "{name} at {rate} Hz");
        }
    }
    assert!(matches!(create(&folder.join("none/mix.wav")), Some(WriteError::Write { .. })));
    std::fs::create_dir(folder.join("folder.wav")).unwrap();
    assert!(matches!(create(&folder.join("folder.wav")), Some(WriteError::Write { .. })));
    assert!(create(&folder.join("MIX.WAV")).is_none());
    assert_eq!(files(&folder), ["folder.wav"]);
}
