//! Mixes: stereo WAV and FLAC files that appear under their name only when they are complete.
//!
//! The name's ending chooses the format. A FLAC holds exactly the whole numbers that a WAV of the same [`MixFormat`] holds.
//!
//! The samples go to a hidden file, which [`MixWriter::finish`] renames: see `fresh.rs`.

use crate::audio::dither::Quantizer;
use crate::audio::error::WriteError;
use crate::audio::flac::{self, FlacFile};
use crate::fresh::{self, FreshFile};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// WAV counts its bytes in 32 bits; a margin stays for its headers.
const MAX_DATA_BYTES: u64 = u32::MAX as u64 - 1024;

/// Far above any rate of sound, and far below where the bytes per second of WAV's header overflow.
const MAX_RATE_HZ: u32 = flac::MAX_RATE_HZ;

/// How the samples of a mix are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MixFormat {
    /// 32-bit float, exactly as mixed; nothing clips. WAV only.
    #[default]
    Float32,
    /// 24 bits with TPDF dither.
    Int24,
    /// 16 bits with TPDF dither.
    Int16,
}

impl MixFormat {
    fn bits(self) -> u16 {
        match self {
            Self::Float32 => 32,
            Self::Int24 => 24,
            Self::Int16 => 16,
        }
    }

    /// What to do when a WAV becomes too long.
    fn shorter(self) -> &'static str {
        match self {
            Self::Float32 => "mix shorter parts, or to a .flac with --format 24",
            Self::Int24 | Self::Int16 => "mix shorter parts, or to a .flac",
        }
    }
}

/// A mix that is being written.
pub struct MixWriter {
    path: PathBuf,
    // Before the file in order, because it writes its header when it is dropped.
    sink: Sink,
    file: FreshFile,
    format: MixFormat,
    quantizers: [Quantizer; 2],
    n_frames: u64,
}

impl MixWriter {
    /// Begins a mix, as WAV or FLAC by the ending of its name. What is at `path` stays untouched until
    /// [`MixWriter::finish`].
    pub fn create(
        path: impl AsRef<Path>,
        sample_rate_hz: u32,
        format: MixFormat,
    ) -> Result<Self, WriteError> {
        let path = path.as_ref().to_owned();
        Self::check(&path, sample_rate_hz, format, 0)?;
        let fail = |reason: String| WriteError::Write { path: path.clone(), reason };
        let file = FreshFile::create(&path).map_err(|error| fail(error.to_string()))?;
        let sink =
            file.file().try_clone().map_err(|error| error.to_string()).and_then(|file| {
                match is_flac(&path) {
                    true => Sink::flac(file, sample_rate_hz, format),
                    false => Sink::wav(file, sample_rate_hz, format),
                }
            });
        let sink = sink.map_err(fail)?;
        let quantizers = [0, 1].map(|channel| Quantizer::new(u32::from(format.bits()), channel));
        Ok(Self { sink, file, format, quantizers, n_frames: 0, path })
    }

    /// Whether a mix of this length could be written there, as far as can be known beforehand.
    pub fn check(
        path: &Path,
        sample_rate_hz: u32,
        format: MixFormat,
        n_frames: u64,
    ) -> Result<(), WriteError> {
        let path = path.to_owned();
        if !is_flac(&path) && !is_named(&path, "wav") {
            return Err(WriteError::Name { path });
        }
        if is_flac(&path) && format == MixFormat::Float32 {
            return Err(WriteError::FloatFlac { path });
        }
        if !(1..=MAX_RATE_HZ).contains(&sample_rate_hz) {
            return Err(WriteError::Rate { path, sample_rate_hz, max_hz: MAX_RATE_HZ });
        }
        if let Some((limit, advice)) = too_long(is_flac(&path), format, n_frames) {
            return Err(WriteError::TooLong { path, limit, advice });
        }
        match fresh::check(&path) {
            Ok(_) => Ok(()),
            Err(error) => Err(WriteError::Write { path, reason: error.to_string() }),
        }
    }

    /// Appends frames.
    ///
    /// # Panics
    ///
    /// If the sides differ in length.
    pub fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), WriteError> {
        assert_eq!(left.len(), right.len(), "the sides of a mix are of one length");
        self.n_frames += left.len() as u64;
        let is_flac = matches!(self.sink, Sink::Flac(_));
        if let Some((limit, advice)) = too_long(is_flac, self.format, self.n_frames) {
            return Err(WriteError::TooLong { path: self.path.clone(), limit, advice });
        }
        for (&l, &r) in left.iter().zip(right) {
            let [left, right] = &mut self.quantizers;
            let written = match (&mut self.sink, self.format) {
                (Sink::Wav(wav), MixFormat::Float32) => {
                    wav.write_sample(l).and_then(|()| wav.write_sample(r)).map_err(|error| error.to_string())
                }
                (Sink::Wav(wav), MixFormat::Int24 | MixFormat::Int16) => wav
                    .write_sample(left.quantize(l))
                    .and_then(|()| wav.write_sample(right.quantize(r)))
                    .map_err(|error| error.to_string()),
                (Sink::Flac(flac), _) => {
                    flac.write(left.quantize(l), right.quantize(r)).map_err(|error| error.to_string())
                }
            };
            if let Err(reason) = written {
                return Err(WriteError::Write { path: self.path.clone(), reason });
            }
        }
        Ok(())
    }

    /// How many samples were beyond full scale and hence cut; always 0 for float.
    pub fn n_clipped(&self) -> u64 {
        self.quantizers.iter().map(Quantizer::n_clipped).sum()
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> Result<(), WriteError> {
        self.complete()?.publish()
    }

    /// Completes the file, which is on the disk then and only lacks its name.
    pub fn complete(self) -> Result<CompleteMix, WriteError> {
        let Self { sink, file, path, .. } = self;
        let completed = match sink {
            Sink::Wav(wav) => wav.finalize().map_err(|error| error.to_string()),
            Sink::Flac(flac) => flac.finish().map_err(|error| error.to_string()),
        };
        match completed.and_then(|()| file.sync().map_err(|error| error.to_string())) {
            Ok(()) => Ok(CompleteMix { path, file }),
            Err(reason) => Err(WriteError::Write { path, reason }),
        }
    }
}

/// A mix that only lacks its name. Dropping it removes it.
pub struct CompleteMix {
    path: PathBuf,
    file: FreshFile,
}

impl CompleteMix {
    /// Gives the file its name.
    pub fn publish(self) -> Result<(), WriteError> {
        let Self { path, file } = self;
        file.publish().map_err(|error| WriteError::Write { path, reason: error.to_string() })
    }
}

fn is_named(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending))
}

fn is_flac(path: &Path) -> bool {
    is_named(path, "flac")
}

/// What a mix of this length would exceed, and the way out.
fn too_long(is_flac: bool, format: MixFormat, n_frames: u64) -> Option<(&'static str, &'static str)> {
    let n_bytes = n_frames.saturating_mul(2 * u64::from(format.bits() / 8));
    match is_flac {
        true if n_frames > flac::MAX_FRAMES => Some(("the 2^36 frames of a FLAC file", "mix shorter parts")),
        false if n_bytes > MAX_DATA_BYTES => Some(("the 4 GiB of a WAV file", format.shorter())),
        _ => None,
    }
}

/// What turns samples into a file.
enum Sink {
    Wav(WavWriter<BufWriter<File>>),
    Flac(Box<FlacFile>),
}

impl Sink {
    fn wav(file: File, sample_rate: u32, format: MixFormat) -> Result<Self, String> {
        let sample_format =
            if format == MixFormat::Float32 { SampleFormat::Float } else { SampleFormat::Int };
        let spec = WavSpec { channels: 2, sample_rate, bits_per_sample: format.bits(), sample_format };
        WavWriter::new(BufWriter::new(file), spec).map(Self::Wav).map_err(|error| error.to_string())
    }

    fn flac(file: File, sample_rate_hz: u32, format: MixFormat) -> Result<Self, String> {
        FlacFile::new(file, sample_rate_hz, format.bits())
            .map(|flac| Self::Flac(Box::new(flac)))
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_beyond_four_gibibytes_is_refused() {
        let path = std::env::temp_dir().join(format!("busbar-long-{}.wav", std::process::id()));
        for (format, bytes_per_frame) in
            [(MixFormat::Float32, 8), (MixFormat::Int24, 6), (MixFormat::Int16, 4)]
        {
            let mut writer = MixWriter::create(&path, 48_000, format).unwrap();
            writer.n_frames = MAX_DATA_BYTES / bytes_per_frame - 1;
            assert!(writer.write(&[0.0], &[0.0]).is_ok(), "{format:?}");
            assert!(matches!(writer.write(&[0.0], &[0.0]), Err(WriteError::TooLong { .. })), "{format:?}");
        }
        assert!(!path.exists());
    }

    /// Whatever goes wrong with the disk, at the first byte or only when the header is written, is an error.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_no_panic() {
        let path = std::env::temp_dir().join(format!("busbar-full-{}.wav", std::process::id()));
        for (format, is_flac) in
            [(MixFormat::Float32, false), (MixFormat::Int24, false), (MixFormat::Int24, true)]
        {
            for n_frames in [0, 10, 100_000] {
                // All but the encoder's own file works.
                let file = FreshFile::create(&path).unwrap();
                let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
                let sink = match is_flac {
                    true => Sink::flac(full, 48_000, format),
                    false => Sink::wav(full, 48_000, format),
                };
                let mut writer = MixWriter {
                    path: path.clone(),
                    sink: sink.unwrap(),
                    file,
                    format,
                    quantizers: [0, 1].map(|channel| Quantizer::new(24, channel)),
                    n_frames: 0,
                };
                let mut random = fastrand::Rng::with_seed(1);
                let noise: Vec<f32> = (0..n_frames).map(|_| random.f32() - 0.5).collect();
                let result = writer.write(&noise, &noise).and_then(|()| writer.finish());
                let is_told = matches!(result, Err(WriteError::Write { .. }));
                assert!(is_told, "{format:?}, {is_flac}, {n_frames} frames: {result:?}");
                assert!(!path.exists());
            }
        }
    }
}
