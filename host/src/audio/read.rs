//! Stems: mono or stereo WAV and FLAC files, decoded as they stream. Only one packet is in memory at a time.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// Programs that write WAV into a pipe cannot know the length and write a huge one: from here on it is not believed.
const PLACEHOLDER_BYTES: u64 = 0x7fff_0000;

/// Why a stem cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("cannot open the stem {}: {source}; check its path", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is no sound that is understood.
    #[error("cannot read {} as WAV or FLAC ({reason}): convert it to one of them", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The decoder's reason.
        reason: String,
    },
    /// Neither mono nor stereo.
    #[error("{} has {n_channels} channels: split it into mono or stereo stems", path.display())]
    Channels {
        /// The file.
        path: PathBuf,
        /// How many it has.
        n_channels: usize,
    },
    /// The file breaks off or is corrupt in the middle.
    #[error("{} is damaged after {n_frames} samples ({reason}): make or copy it anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How many frames could be read.
        n_frames: u64,
        /// The decoder's reason.
        reason: String,
    },
}

/// A stem that is being read.
pub struct StemReader {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    n_channels: usize,
    sample_rate_hz: u32,
    /// The length that the file's header promises, where it does.
    promised_frames: Option<u64>,
    /// The frames of the present packet, `[channel][frame]`, and how many of them are handed out.
    packet: Vec<Vec<f32>>,
    n_taken: usize,
    n_decoded: u64,
    is_at_end: bool,
}

impl StemReader {
    /// Opens a stem and reads its header.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ReadError> {
        let path = path.as_ref().to_owned();
        let file = File::open(&path)
            .and_then(|file| match file.metadata()?.is_dir() {
                true => Err(std::io::Error::other("it is a folder")),
                false => Ok(file),
            })
            .map_err(|source| ReadError::Open { path: path.clone(), source })?;
        let unsupported = |reason: &dyn std::fmt::Display| ReadError::Unsupported {
            path: path.clone(),
            reason: reason.to_string(),
        };

        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(file), Default::default());
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| unsupported(&error))?;
        let track = format.default_track(TrackType::Audio).ok_or_else(|| unsupported(&"no sound in it"))?;
        let params = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio())
            .ok_or_else(|| unsupported(&"no sound in it"))?;
        let (Some(sample_rate_hz), Some(channels)) = (params.sample_rate, params.channels.as_ref()) else {
            return Err(unsupported(&"it does not tell its sample rate and channels"));
        };
        let n_channels = channels.count();
        if !(1..=2).contains(&n_channels) {
            return Err(ReadError::Channels { path, n_channels });
        }
        let bytes_per_frame = n_channels as u64 * u64::from(params.bits_per_sample.unwrap_or(32).div_ceil(8));
        let promised_frames =
            track.num_frames.filter(|n| n.saturating_mul(bytes_per_frame) < PLACEHOLDER_BYTES);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map_err(|error| unsupported(&error))?;
        let track_id = track.id;
        Ok(Self {
            format,
            decoder,
            track_id,
            n_channels,
            sample_rate_hz,
            promised_frames,
            packet: Vec::new(),
            n_taken: 0,
            n_decoded: 0,
            is_at_end: false,
            path,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// 1 or 2.
    pub fn n_channels(&self) -> usize {
        self.n_channels
    }

    /// The sample rate.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Fills both sides with the next frames and returns how many there were: fewer than asked for only at the end,
    /// where the rest is left as it is. A mono stem sounds on both sides.
    ///
    /// # Panics
    ///
    /// If the sides differ in length.
    pub fn read(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<usize, ReadError> {
        assert_eq!(left.len(), right.len(), "the sides of a stem are of one length");
        let mut n_filled = 0;
        while n_filled < left.len() {
            let n_available = self.packet.first().map_or(0, Vec::len) - self.n_taken;
            if n_available == 0 {
                if !self.next_packet()? {
                    break;
                }
                continue;
            }
            let n = n_available.min(left.len() - n_filled);
            let (from, to) = (self.n_taken..self.n_taken + n, n_filled..n_filled + n);
            // The last channel is the right one, or the only one.
            left[to.clone()].copy_from_slice(&self.packet[0][from.clone()]);
            right[to].copy_from_slice(&self.packet[self.n_channels - 1][from]);
            self.n_taken += n;
            n_filled += n;
        }
        Ok(n_filled)
    }

    /// Decodes the next packet of the track. False at the end.
    fn next_packet(&mut self) -> Result<bool, ReadError> {
        self.packet.iter_mut().for_each(Vec::clear);
        self.n_taken = 0;
        while !self.is_at_end {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track_id => packet,
                Ok(Some(_)) => continue,
                Ok(None) => {
                    self.is_at_end = true;
                    break;
                }
                // A file of unknown length ends where it ends.
                Err(SymphoniaError::IoError(error))
                    if error.kind() == ErrorKind::UnexpectedEof && self.promised_frames.is_none() =>
                {
                    self.is_at_end = true;
                    break;
                }
                Err(error) => return Err(self.damaged(&error)),
            };
            // A damaged packet is not skipped, as players do: everything behind it would come too early.
            let decoded = match self.decoder.decode(&packet) {
                Ok(decoded) => decoded,
                Err(error) => return Err(self.damaged(&error)),
            };
            if decoded.num_planes() != self.n_channels {
                let reason = "its number of channels changes";
                return Err(self.damaged(&SymphoniaError::DecodeError(reason)));
            }
            decoded.copy_to_vecs_planar(&mut self.packet);
            self.n_decoded += self.packet[0].len() as u64;
            if !self.packet[0].is_empty() {
                return Ok(true);
            }
        }
        match self.promised_frames {
            Some(promised) if promised != self.n_decoded => {
                let reason = format!("its header promises {promised}");
                Err(ReadError::Damaged { path: self.path.clone(), n_frames: self.n_decoded, reason })
            }
            _ => Ok(false),
        }
    }

    fn damaged(&self, error: &SymphoniaError) -> ReadError {
        ReadError::Damaged { path: self.path.clone(), n_frames: self.n_decoded, reason: error.to_string() }
    }
}
