//! Mixes: stereo WAV files that appear under their name only when they are complete.
//!
//! The samples go to a hidden file in the same folder, which [`MixWriter::finish`] renames. Whatever happens before (an
//! error, a panic, a full disk), dropping the writer removes that file, and a mix that was there before stays.

use crate::audio::dither::Quantizer;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

/// WAV counts its bytes in 32 bits; a margin stays for its headers.
const MAX_DATA_BYTES: u64 = u32::MAX as u64 - 1024;

/// How many left-over temporary files are stepped over before giving up.
const MAX_LEFT_OVER: u32 = 100;

/// How the samples of a mix are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MixFormat {
    /// 32-bit float, exactly as mixed; nothing clips.
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
}

/// Why a mix cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The name does not end in `.wav`.
    #[error("the mix is a WAV file, and {} is not named so: end its name in .wav", path.display())]
    NotWav {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {reason}; check the folder, its permissions and the space on the disk", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// WAV cannot be longer.
    #[error("{} would grow beyond the 4 GiB of a WAV file: mix shorter parts, or use --format 16", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
}

/// A mix that is being written.
pub struct MixWriter {
    path: PathBuf,
    temporary: PathBuf,
    // Taken by `finish`; until then, dropping the writer removes the temporary file.
    wav: Option<WavWriter<BufWriter<File>>>,
    // For flushing to the disk before the rename: hound does not give its file back.
    file: File,
    format: MixFormat,
    quantizers: [Quantizer; 2],
    n_frames: u64,
}

impl MixWriter {
    /// Begins a mix. What is at `path` stays untouched until [`MixWriter::finish`].
    pub fn create(
        path: impl AsRef<Path>,
        sample_rate_hz: u32,
        format: MixFormat,
    ) -> Result<Self, WriteError> {
        let path = path.as_ref().to_owned();
        let is_wav = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
        let Some(name) = path.file_name().filter(|_| is_wav) else {
            return Err(WriteError::NotWav { path });
        };
        let fail = |reason: String| WriteError::Write { path: path.clone(), reason };
        if path.is_dir() {
            return Err(fail("it is a folder".to_owned()));
        }
        let (temporary, file) = create_temporary(&path, name).map_err(|error| fail(error.to_string()))?;
        let spec = WavSpec {
            channels: 2,
            sample_rate: sample_rate_hz,
            bits_per_sample: format.bits(),
            sample_format: if format == MixFormat::Float32 { SampleFormat::Float } else { SampleFormat::Int },
        };
        let wav = file
            .try_clone()
            .map_err(hound::Error::from)
            .and_then(|file| WavWriter::new(BufWriter::new(file), spec))
            .inspect_err(|_| {
                let _ = std::fs::remove_file(&temporary);
            })
            .map_err(|error| fail(error.to_string()))?;
        let quantizers = [0, 1].map(|channel| Quantizer::new(u32::from(format.bits()), channel));
        Ok(Self { wav: Some(wav), file, temporary, format, quantizers, n_frames: 0, path })
    }

    /// Appends frames.
    ///
    /// # Panics
    ///
    /// If the sides differ in length.
    pub fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), WriteError> {
        assert_eq!(left.len(), right.len(), "the sides of a mix are of one length");
        self.n_frames += left.len() as u64;
        if self.n_frames * 2 * u64::from(self.format.bits() / 8) > MAX_DATA_BYTES {
            return Err(WriteError::TooLong { path: self.path.clone() });
        }
        let Some(wav) = &mut self.wav else { return Ok(()) };
        let mut write_all = || -> hound::Result<()> {
            for (&l, &r) in left.iter().zip(right) {
                for (sample, quantizer) in [l, r].into_iter().zip(&mut self.quantizers) {
                    match self.format {
                        MixFormat::Float32 => wav.write_sample(sample)?,
                        MixFormat::Int24 | MixFormat::Int16 => {
                            wav.write_sample(quantizer.quantize(sample))?
                        }
                    }
                }
            }
            Ok(())
        };
        write_all().map_err(|error| self.fail(&error))
    }

    /// How many samples were beyond full scale and hence cut; always 0 for float.
    pub fn n_clipped(&self) -> u64 {
        self.quantizers.iter().map(Quantizer::n_clipped).sum()
    }

    /// Completes the file and gives it its name.
    pub fn finish(mut self) -> Result<(), WriteError> {
        if let Some(wav) = self.wav.take() {
            wav.finalize().map_err(|error| self.fail(&error))?;
        }
        self.file.sync_all().map_err(|error| self.fail(&error))?;
        std::fs::rename(&self.temporary, &self.path).map_err(|error| self.fail(&error))
    }

    fn fail(&self, reason: &dyn std::fmt::Display) -> WriteError {
        WriteError::Write { path: self.path.clone(), reason: reason.to_string() }
    }
}

/// A new hidden file beside `path`: in the same folder, because a rename across file systems is a copy. The process id keeps
/// two runs apart, the count what a killed run of the same id may have left.
fn create_temporary(path: &Path, name: &OsStr) -> std::io::Result<(PathBuf, File)> {
    let mut count = 0;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{count}.part", std::process::id()));
        let temporary = path.with_file_name(hidden);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && count < MAX_LEFT_OVER => count += 1,
            Err(error) => return Err(error),
            Ok(file) => return Ok((temporary, file)),
        }
    }
}

impl Drop for MixWriter {
    fn drop(&mut self) {
        // The writer first: its own drop still writes the header. After a successful rename there is nothing to remove.
        self.wav = None;
        let _ = std::fs::remove_file(&self.temporary);
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
}
