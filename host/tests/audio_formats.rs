//! Stems in every format: samples exact where the format is lossless, and aligned to the frame where it is not.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use busbar_host::audio::{ReadError, StemReader};
use common::empty_folder;
use std::f64::consts::PI;
use std::path::{Path, PathBuf};

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assets").join(name)
}

/// The whole stem, and whether its header's promise was right.
fn read(path: &Path) -> Result<[Vec<f32>; 2], ReadError> {
    let mut stem = StemReader::open(path)?;
    let mut sides = [vec![], vec![]];
    loop {
        let (mut left, mut right) = ([9.0; 700], [9.0; 700]);
        let n = stem.read(&mut left, &mut right)?;
        sides[0].extend_from_slice(&left[..n]);
        sides[1].extend_from_slice(&right[..n]);
        if n < 700 {
            break;
        }
    }
    if let Some(promised) = stem.n_frames() {
        assert_eq!(promised, sides[0].len() as u64, "{}", path.display());
    }
    Ok(sides)
}

/// The sweep that `assets/make.sh` encodes.
fn sweep(side: usize, rate_hz: f64, n_frames: usize) -> Vec<f32> {
    let frame = |n: usize| {
        let t = n as f64 / rate_hz;
        let phase = 2.0 * PI * (300.0 * (1.0 + side as f64) * t + 2000.0 * t * t);
        (0.5 * (PI * n as f64 / n_frames as f64).sin().powi(2) * phase.sin()) as f32
    };
    (0..n_frames).map(frame).collect()
}

/// What of a sound is not another that is `lag` frames later, relative to its own level. At any gain: LAME lowers what it
/// encodes by 5 %, so that it does not clip.
fn error_at(lag: i64, got: &[f32], wanted: &[f32]) -> f64 {
    let at = |n: i64| usize::try_from(n).ok().and_then(|n| wanted.get(n)).copied().unwrap_or(0.0);
    let (mut both, mut got_power, mut wanted_power) = (0.0, 0.0, 0.0);
    for (n, got) in got.iter().enumerate() {
        let (got, wanted) = (f64::from(*got), f64::from(at(n as i64 - lag)));
        both += got * wanted;
        got_power += got * got;
        wanted_power += wanted * wanted;
    }
    (1.0 - both * both / (got_power * wanted_power)).max(0.0).sqrt()
}

/// The lag at which a sound is nearest to another.
fn best_lag(got: &[f32], wanted: &[f32], range: std::ops::Range<i64>) -> i64 {
    range.min_by(|a, b| error_at(*a, got, wanted).total_cmp(&error_at(*b, got, wanted))).unwrap()
}

#[test]
fn encoded_stems_are_aligned_to_the_frame() {
    // A frame of delay turns the middle of the sweep, at 550 Hz and more, by 0.07 rad and more: an error of 7 %, and of
    // the long one by 0.5 rad. That of the encoders themselves is less.
    for (name, n_channels, rate_hz, n_frames) in [
        ("lame_stereo_44100.mp3", 2, 44_100, 5003),
        ("lame_mono_22050.mp3", 1, 22_050, 4001),
        ("ffmpeg_mono_48000.mp3", 1, 48_000, 7001),
        ("one_page_stereo_44100.ogg", 2, 44_100, 5003),
        ("pages_mono_32000.ogg", 1, 32_000, 40_009),
    ] {
        let stem = StemReader::open(asset(name)).unwrap();
        assert_eq!((stem.n_channels(), stem.sample_rate_hz()), (n_channels, rate_hz), "{name}");
        assert_eq!(stem.n_frames(), Some(n_frames as u64), "{name}");
        let sides = read(&asset(name)).unwrap();
        for (side, got) in sides.iter().take(n_channels).enumerate() {
            assert_eq!(got.len(), n_frames, "{name}");
            let wanted = sweep(side, f64::from(rate_hz), n_frames);
            assert_eq!(best_lag(got, &wanted, -3..4), 0, "{name}, side {side}");
            let error = error_at(0, got, &wanted);
            assert!(error < 0.05, "{name}, side {side}: {error}");
        }
        assert!(n_channels == 2 || sides[0] == sides[1], "{name}: mono sounds on both sides");
    }
}

#[test]
fn an_mp3_without_a_tag_keeps_all_its_frames() {
    let stem = StemReader::open(asset("untold_mono_32000.mp3")).unwrap();
    assert_eq!(stem.n_frames(), None, "nobody can tell, and an estimate would cut the end");
    let [left, _] = read(&asset("untold_mono_32000.mp3")).unwrap();
    // Whole MPEG frames of 1152: those that hold the sweep behind LAME's delay.
    assert_eq!(left.len() % 1152, 0);
    let delay = best_lag(&left, &sweep(0, 32_000.0, 40_009), 1000..1200);
    // LAME's own 576, and 529 of any decoder.
    assert_eq!(delay, 576 + 529);
    assert!(left.len() >= 40_009 + delay as usize);
}

#[test]
fn what_lies_behind_the_end_is_no_sound() {
    let folder = empty_folder("behind_the_end");
    let path = folder.join("stem.mp3");
    let mut bytes = std::fs::read(asset("lame_stereo_44100.mp3")).unwrap();
    // What a tag may hold: the header of a frame, and no frame.
    bytes.extend([0xff, 0xfb, 0x90, 0x64]);
    bytes.extend([0xaa; 1000]);
    std::fs::write(&path, &bytes).unwrap();
    assert!(read(&path).unwrap() == read(&asset("lame_stereo_44100.mp3")).unwrap());
}

#[test]
fn encoded_stems_that_break_off_or_lose_a_piece_are_damaged() {
    let folder = empty_folder("damaged_encoded");
    for (name, parts) in [
        ("lame_stereo_44100.mp3", &[0.99, 0.9, 0.75, 0.5][..]),
        // The last 128 bytes are a tag, which nobody needs.
        ("ffmpeg_mono_48000.mp3", &[0.8, 0.75, 0.5]),
        ("one_page_stereo_44100.ogg", &[0.99, 0.9, 0.75, 0.5]),
        ("pages_mono_32000.ogg", &[0.99, 0.9, 0.75, 0.5]),
    ] {
        let whole = std::fs::read(asset(name)).unwrap();
        let path = folder.join(name);
        let damaged = |what: &str, bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let result = read(&path);
            assert!(
                matches!(result, Err(ReadError::Damaged { .. } | ReadError::Unsupported { .. })),
                "{name}, {what}: {:?}",
                result.map(|sides| sides[0].len())
            );
        };
        for part in parts {
            damaged("breaks off", &whole[..(whole.len() as f64 * part) as usize]);
        }
        let mut corrupt = whole.clone();
        let from = whole.len() * 4 / 5;
        corrupt[from..from + 200].fill(0);
        damaged("overwritten", &corrupt);
    }
    // Cut between two pages: nothing is wrong but that the last one is not there.
    let whole = std::fs::read(asset("pages_mono_32000.ogg")).unwrap();
    let pages: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"OggS")).collect();
    assert!(pages.len() > 4, "{pages:?}");
    let path = folder.join("cut.ogg");
    for page in &pages[3..] {
        std::fs::write(&path, &whole[..*page]).unwrap();
        let result = read(&path);
        assert!(matches!(result, Err(ReadError::Damaged { .. })), "{:?}", result.map(|sides| sides[0].len()));
    }
    // A page in the middle is missing.
    let mut holed = whole[..pages[3]].to_vec();
    holed.extend_from_slice(&whole[pages[4]..]);
    std::fs::write(&path, &holed).unwrap();
    assert!(matches!(read(&path), Err(ReadError::Damaged { .. })));
}

#[test]
fn what_is_not_understood_is_told_in_one_line_that_names_all_formats() {
    let folder = empty_folder("not_understood");
    let empty = folder.join("empty.wav");
    std::fs::write(&empty, "").unwrap();
    let text = folder.join("notes.mp3");
    std::fs::write(&text, "these are not the samples you are looking for\n".repeat(200)).unwrap();
    let zeros = folder.join("zeros.flac");
    std::fs::write(&zeros, vec![0; 100_000]).unwrap();
    for path in [&empty, &text, &zeros, &asset("opus_mono_48000.ogg")] {
        let error = StemReader::open(path).err().unwrap_or_else(|| panic!("{} was read", path.display()));
        let line = error.to_string();
        assert!(matches!(error, ReadError::Unsupported { .. }), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        for format in ["WAV", "AIFF", "FLAC", "OGG Vorbis", "MP3"] {
            assert!(line.contains(format), "{line}");
        }
    }
}

/// A RIFF or IFF chunk, padded to whole words.
fn chunk(id: &[u8; 4], size: [u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len() % 2];
    [&id[..], &size, body, &padding].concat()
}

/// A WAV with this format tag (1 whole numbers, 3 float), its header extensible or not.
fn wav(tag: u16, bits: u16, channels: u16, rate_hz: u32, is_extensible: bool, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut format = vec![];
    format.extend(if is_extensible { 0xfffe } else { tag }.to_le_bytes());
    format.extend(channels.to_le_bytes());
    format.extend(rate_hz.to_le_bytes());
    format.extend((rate_hz * u32::from(frame)).to_le_bytes());
    format.extend(frame.to_le_bytes());
    format.extend(bits.to_le_bytes());
    if is_extensible {
        format.extend(22u16.to_le_bytes());
        format.extend(bits.to_le_bytes());
        format.extend(if channels == 1 { 4u32 } else { 3 }.to_le_bytes());
        format.extend(tag.to_le_bytes());
        format.extend([0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113]);
    }
    let little = |body: &[u8]| (body.len() as u32).to_le_bytes();
    let chunks = [chunk(b"fmt ", little(&format), &format), chunk(b"data", little(data), data)].concat();
    chunk(b"RIFF", (chunks.len() as u32 + 4).to_le_bytes(), &[&b"WAVE"[..], &chunks].concat())
}

/// An AIFF, or an AIFC with this kind of samples.
fn aiff(kind: Option<&[u8; 4]>, bits: u16, channels: u16, rate_hz: u32, data: &[u8]) -> Vec<u8> {
    let n_frames = data.len() as u32 / u32::from(channels * bits / 8);
    // An extended float: exponent, and the number with its highest bit at the top.
    let shift = rate_hz.leading_zeros();
    let exponent = 16_383 + 31 - shift as u16;
    let mut common = vec![];
    common.extend(channels.to_be_bytes());
    common.extend(n_frames.to_be_bytes());
    common.extend(bits.to_be_bytes());
    common.extend(exponent.to_be_bytes());
    common.extend((u64::from(rate_hz << shift) << 32).to_be_bytes());
    let mut form = b"AIFF".to_vec();
    let mut version = vec![];
    if let Some(kind) = kind {
        form = b"AIFC".to_vec();
        common.extend(kind);
        // The kind's name, empty, as a string that begins with its length.
        common.extend([0, 0]);
        version = chunk(b"FVER", 4u32.to_be_bytes(), &0xa280_5140_u32.to_be_bytes());
    }
    let sound = [&[0; 8], data].concat();
    let big = |body: &[u8]| (body.len() as u32).to_be_bytes();
    let chunks =
        [version, chunk(b"COMM", big(&common), &common), chunk(b"SSND", big(&sound), &sound)].concat();
    chunk(b"FORM", (chunks.len() as u32 + 4).to_be_bytes(), &[form, chunks].concat())
}

/// Whole numbers of so many bits, both ends of the scale among them.
fn numbers(bits: u32, n: usize) -> Vec<i64> {
    let full_scale = 1i64 << (bits - 1);
    let mut random = fastrand::Rng::with_seed(u64::from(bits));
    let mut numbers: Vec<i64> = (0..n).map(|_| random.i64(-full_scale..full_scale)).collect();
    numbers[..2].copy_from_slice(&[-full_scale, full_scale - 1]);
    numbers
}

/// What a stem must read of interleaved samples.
fn sides(samples: &[f32], channels: usize) -> [Vec<f32>; 2] {
    [0, channels - 1].map(|side| samples.iter().skip(side).step_by(channels).copied().collect())
}

#[test]
fn every_kind_of_wav_is_read_exactly() {
    let folder = empty_folder("wav_kinds");
    let path = folder.join("stem.wav");
    for (is_extensible, channels) in [(false, 1), (false, 2), (true, 1), (true, 2)] {
        for bits in [8u16, 16, 24, 32] {
            let numbers = numbers(u32::from(bits), 2002);
            // 8 bits are unsigned in WAV.
            let offset = if bits == 8 { 128 } else { 0 };
            let data: Vec<u8> = numbers
                .iter()
                .flat_map(|number| (number + offset).to_le_bytes()[..usize::from(bits / 8)].to_vec())
                .collect();
            std::fs::write(&path, wav(1, bits, channels, 44_100, is_extensible, &data)).unwrap();
            let full_scale = (1i64 << (bits - 1)) as f64;
            // One rounding to f32, of 32 bits only.
            let samples: Vec<f32> =
                numbers.iter().map(|number| (*number as f64 / full_scale) as f32).collect();
            let wanted = sides(&samples, usize::from(channels));
            assert_eq!(StemReader::open(&path).unwrap().n_frames(), Some(2002 / u64::from(channels)));
            assert!(read(&path).unwrap() == wanted, "{bits} bits, {channels} channels, {is_extensible}");
        }
        let mut random = fastrand::Rng::with_seed(3);
        let samples: Vec<f32> = (0..2002).map(|_| 4.0 * random.f32() - 2.0).collect();
        let wanted = sides(&samples, usize::from(channels));
        let single: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let double: Vec<u8> = samples.iter().flat_map(|sample| f64::from(*sample).to_le_bytes()).collect();
        for (bits, data) in [(32, single), (64, double)] {
            std::fs::write(&path, wav(3, bits, channels, 44_100, is_extensible, &data)).unwrap();
            assert!(read(&path).unwrap() == wanted, "{bits}-bit float, {channels} channels, {is_extensible}");
        }
    }
}

#[test]
fn aiff_and_aifc_are_read_exactly_and_told_when_they_break_off() {
    let folder = empty_folder("aiff_kinds");
    let path = folder.join("stem.aif");
    for channels in [1u16, 2] {
        for (kind, bits, is_little) in [
            (None, 8u16, false),
            (None, 16, false),
            (None, 24, false),
            (None, 32, false),
            (Some(b"NONE"), 24, false),
            (Some(b"sowt"), 16, true),
            (Some(b"twos"), 16, false),
        ] {
            let numbers = numbers(u32::from(bits), 2002);
            let n_bytes = usize::from(bits / 8);
            let data: Vec<u8> = numbers
                .iter()
                .flat_map(|number| match is_little {
                    true => number.to_le_bytes()[..n_bytes].to_vec(),
                    false => number.to_be_bytes()[8 - n_bytes..].to_vec(),
                })
                .collect();
            let bytes = aiff(kind, bits, channels, 96_000, &data);
            std::fs::write(&path, &bytes).unwrap();
            let stem = StemReader::open(&path).unwrap();
            assert_eq!((stem.sample_rate_hz(), stem.n_channels()), (96_000, usize::from(channels)));
            let full_scale = (1i64 << (bits - 1)) as f64;
            let samples: Vec<f32> =
                numbers.iter().map(|number| (*number as f64 / full_scale) as f32).collect();
            assert!(read(&path).unwrap() == sides(&samples, usize::from(channels)), "{kind:?}, {bits} bits");

            for n_missing in [2, 500, data.len() - 8] {
                std::fs::write(&path, &bytes[..bytes.len() - n_missing]).unwrap();
                let result = read(&path);
                assert!(result.is_err(), "{kind:?}: {n_missing} bytes missing");
            }
        }
        let mut random = fastrand::Rng::with_seed(3);
        let samples: Vec<f32> = (0..2002).map(|_| 4.0 * random.f32() - 2.0).collect();
        let single: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
        let double: Vec<u8> = samples.iter().flat_map(|sample| f64::from(*sample).to_be_bytes()).collect();
        for (kind, bits, data) in [(b"fl32", 32, single), (b"fl64", 64, double)] {
            std::fs::write(&path, aiff(Some(kind), bits, channels, 8_000, &data)).unwrap();
            assert!(read(&path).unwrap() == sides(&samples, usize::from(channels)), "{kind:?}");
        }
    }
}
