//! What the tests share: folders of their own, stems, and reading of mixes.

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder for one test, which is removed when the test has passed.
pub struct Folder(PathBuf);

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// An empty folder below cargo's folder for the temporary files of tests.
pub fn empty_folder(test: &str) -> Folder {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    // Numbered, because tests of one name exist in several binaries, and several runs may share the target folder.
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{test}-{}-{count}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}

/// The names of a folder's files, sorted.
pub fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub fn noise(seed: u64, n: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| random.f32() - 0.5).collect()
}

/// Writes a 32-bit float WAV of these channels.
pub fn write_stem(path: &Path, sample_rate: u32, channels: &[&[f32]]) {
    let spec = WavSpec {
        channels: channels.len() as u16,
        sample_rate,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut writer = WavWriter::create(path, spec).unwrap();
    for frame in 0..channels[0].len() {
        for channel in channels {
            writer.write_sample(channel[frame]).unwrap();
        }
    }
    writer.finalize().unwrap();
}

/// Both sides of a 32-bit float WAV.
pub fn read_mix(path: &Path) -> (Vec<f32>, Vec<f32>) {
    let mut reader = WavReader::open(path).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_format), (2, SampleFormat::Float));
    let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    (samples.iter().copied().step_by(2).collect(), samples.iter().copied().skip(1).step_by(2).collect())
}
