//! FLAC mixes: the numbers of the WAV, a header that is right, and files that appear only when they are complete.

#[allow(dead_code, reason = "each test file takes its part")]
mod common;

use busbar_host::audio::{MixFormat, MixWriter, StemReader};
use common::{empty_folder, files, noise};
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::TrackType;
use symphonia::core::io::MediaSourceStream;

fn write_mix(path: &Path, format: MixFormat, left: &[f32], right: &[f32], piece: usize) {
    let mut writer = MixWriter::create(path, 44_100, format).unwrap();
    for (l, r) in left.chunks(piece).zip(right.chunks(piece)) {
        writer.write(l, r).unwrap();
    }
    writer.finish().unwrap();
}

fn read(path: &Path) -> (Vec<f32>, Vec<f32>) {
    let mut stem = StemReader::open(path).unwrap();
    assert_eq!((stem.n_channels(), stem.sample_rate_hz()), (2, 44_100));
    let (mut left, mut right) = (vec![0.0; 200_000], vec![0.0; 200_000]);
    let n = stem.read(&mut left, &mut right).unwrap();
    left.truncate(n);
    right.truncate(n);
    (left, right)
}

/// Decodes the file and compares the MD5 in its header with that of its samples. None if the header has none.
fn is_md5_right(path: &Path) -> Option<bool> {
    let stream = MediaSourceStream::new(Box::new(std::fs::File::open(path).unwrap()), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Default::default(), stream, Default::default(), Default::default())
        .unwrap();
    let params = format.default_track(TrackType::Audio).unwrap().codec_params.clone().unwrap();
    let options = AudioDecoderOptions::default().verify(true);
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(params.audio().unwrap(), &options).unwrap();
    while let Ok(Some(packet)) = format.next_packet() {
        decoder.decode(&packet).unwrap();
    }
    decoder.finalize().verify_ok
}

#[test]
fn a_flac_holds_the_numbers_of_the_wav() {
    let folder = empty_folder("flac_numbers");
    let (wav, flac) = (folder.join("mix.wav"), folder.join("mix.FLAC"));
    // Around the encoder's block of 4096 frames, and many of them.
    for n_frames in [1, 2, 15, 16, 17, 4095, 4096, 4097, 100_000] {
        let quiet = noise(1, n_frames);
        let loud: Vec<f32> = noise(2, n_frames).iter().map(|sample| sample * 8.0).collect();
        let silence = vec![0.0; n_frames];
        let sine: Vec<f32> = (0..n_frames).map(|n| 0.7 * (n as f32 * 0.01).sin()).collect();
        for (left, right) in [(&quiet, &loud), (&silence, &silence), (&sine, &sine), (&sine, &quiet)] {
            for format in [MixFormat::Int16, MixFormat::Int24] {
                write_mix(&wav, format, left, right, 1000);
                write_mix(&flac, format, left, right, 1000);
                assert!(read(&wav) == read(&flac), "{n_frames} frames, {format:?}");
                assert_eq!(StemReader::open(&flac).unwrap().n_frames(), Some(n_frames as u64));
                assert_eq!(is_md5_right(&flac), Some(true), "{n_frames} frames, {format:?}");
            }
        }
    }
}

#[test]
fn a_flac_is_compressed_and_the_same_however_it_is_cut() {
    let folder = empty_folder("flac_bytes");
    let sine: Vec<f32> = (0..50_000).map(|n| 0.1 * (n as f32 * 0.02).sin()).collect();
    let (whole, cut) = (folder.join("whole.flac"), folder.join("cut.flac"));
    write_mix(&whole, MixFormat::Int16, &sine, &sine, 50_000);
    for piece in [1, 77, 4096] {
        write_mix(&cut, MixFormat::Int16, &sine, &sine, piece);
        assert!(std::fs::read(&whole).unwrap() == std::fs::read(&cut).unwrap(), "pieces of {piece}");
    }
    // The dither alone is about 2 bits a sample; of the 16 bits of a tone more than half must go.
    let n_bytes = std::fs::metadata(&whole).unwrap().len();
    assert!(n_bytes < 50_000 * 4 / 2, "{n_bytes}");
}

#[test]
fn clipped_samples_are_counted_in_flac_too() {
    let folder = empty_folder("flac_clipped");
    let mut writer = MixWriter::create(folder.join("mix.flac"), 48_000, MixFormat::Int24).unwrap();
    writer.write(&[2.0, 0.5, f32::NAN], &[-1.5, -1.0, 0.0]).unwrap();
    assert_eq!(writer.n_clipped(), 2);
    writer.finish().unwrap();
}

#[test]
fn an_unfinished_flac_leaves_nothing_and_an_empty_one_is_a_header() {
    let folder = empty_folder("flac_unfinished");
    let path = folder.join("mix.flac");
    let mut writer = MixWriter::create(&path, 44_100, MixFormat::Int24).unwrap();
    writer.write(&noise(1, 9999), &noise(2, 9999)).unwrap();
    assert_eq!(files(&folder).len(), 1);
    drop(writer);
    assert!(files(&folder).is_empty());

    MixWriter::create(&path, 44_100, MixFormat::Int16).unwrap().finish().unwrap();
    assert_eq!(files(&folder), ["mix.flac"]);
    // The stream's information, without frames behind it: what `flac` writes of an empty WAV, too.
    assert!(std::fs::read(&path).unwrap().starts_with(b"fLaC\0\0\0\x22"));
}
