//! Stems: mono or stereo files, decoded as they stream. Only one packet is in memory at a time.
//!
//! WAV, AIFF and FLAC come out as they were stored. MP3 and OGG Vorbis come out aligned to the sample where the file tells how:
//! what an encoder put before and behind the sound (the delay and padding of LAME's tag, the granule positions of OGG) is cut
//! off. An MP3 without that tag keeps the encoder's delay, about 1100 frames, for nobody can tell how long it is.

use crate::audio::error::ReadError;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_AIFF, FORMAT_ID_MP3, FORMAT_ID_OGG, FORMAT_ID_WAVE};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

/// Programs that write WAV into a pipe cannot know the length and write a huge one: from here on it is not believed.
const PLACEHOLDER_BYTES: u64 = 0x7fff_0000;

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
    /// Whether a whole file of this kind always tells its end, so that one that does not has lost it.
    has_end_mark: bool,
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
        let cannot_open = |source| ReadError::Open { path: path.clone(), source };
        let unsupported = |reason: &dyn std::fmt::Display| ReadError::Unsupported {
            path: path.clone(),
            reason: reason.to_string(),
        };
        let file = File::open(&path).map_err(cannot_open)?;
        let metadata = file.metadata().map_err(cannot_open)?;
        if metadata.is_dir() {
            return Err(cannot_open(std::io::Error::other("it is a folder")));
        }
        if metadata.is_file() && metadata.len() == 0 {
            return Err(unsupported(&"it is empty"));
        }

        let mut format = probe(&path, Box::new(file)).map_err(|error| unsupported(&error))?;
        let kind = format.format_info().format;
        if kind == FORMAT_ID_MP3 {
            // Where no tag tells an MP3's length, it is estimated from the size of a seekable file, and the sound is cut there.
            let file = ReadOnlySource::new(File::open(&path).map_err(cannot_open)?);
            format = probe(&path, Box::new(file)).map_err(|error| unsupported(&error))?;
        }
        let track = format.default_track(TrackType::Audio).ok_or_else(|| unsupported(&"no sound in it"))?;
        let params = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio())
            .ok_or_else(|| unsupported(&"no sound in it"))?;
        let (Some(sample_rate_hz @ 1..), Some(channels)) = (params.sample_rate, params.channels.as_ref())
        else {
            return Err(unsupported(&"it does not tell its sample rate and channels"));
        };
        let n_channels = channels.count();
        if !(1..=2).contains(&n_channels) {
            return Err(ReadError::Channels { path, n_channels });
        }
        let promised_frames = if kind == FORMAT_ID_OGG {
            // OGG counts positions, and a piece cut out of a longer stream does not begin at 0.
            let start = u64::try_from(track.start_ts.get()).unwrap_or(0);
            track.num_frames.filter(|n| i64::try_from(*n).is_ok()).map(|n| n.saturating_sub(start))
        } else if kind == FORMAT_ID_WAVE || kind == FORMAT_ID_AIFF {
            let bytes_per_frame =
                n_channels as u64 * u64::from(params.bits_per_sample.unwrap_or(32).div_ceil(8));
            track.num_frames.filter(|n| {
                let n_bytes = n.saturating_mul(bytes_per_frame);
                n_bytes < PLACEHOLDER_BYTES || n_bytes <= metadata.len()
            })
        } else {
            track.num_frames
        };
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
            has_end_mark: kind == FORMAT_ID_OGG,
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

    /// How many frames there are, where the file's header tells. Reading ends there, or with an error.
    pub fn n_frames(&self) -> Option<u64> {
        self.promised_frames
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
            // What lies behind the promised end is no sound of this stem, but tags and the like.
            if self.promised_frames.is_some_and(|promised| self.n_decoded >= promised) {
                self.is_at_end = true;
                break;
            }
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
                return Err(self.damaged(&"its number of channels changes"));
            }
            if decoded.spec().rate() != self.sample_rate_hz {
                return Err(self.damaged(&"its sample rate changes"));
            }
            decoded.copy_to_vecs_planar(&mut self.packet);
            self.cut_what_starts_before_zero(&packet);
            self.n_decoded += self.packet[0].len() as u64;
            if !self.packet[0].is_empty() {
                return Ok(true);
            }
        }
        match self.promised_frames {
            Some(promised) if promised != self.n_decoded => {
                Err(self.damaged(&format!("its header promises {promised}")))
            }
            None if self.has_end_mark => Err(self.damaged(&"its last page is missing")),
            _ => Ok(false),
        }
    }

    /// The decoder cuts an encoder's known delay. An OGG may also begin before 0 by its first page's position alone.
    fn cut_what_starts_before_zero(&mut self, packet: &Packet) {
        let start = packet.pts.get().saturating_add_unsigned(packet.trim_start.get());
        if start < 0 {
            let n_early = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            self.packet.iter_mut().for_each(|side| drop(side.drain(..n_early.min(side.len()))));
        }
    }

    fn damaged(&self, reason: &dyn std::fmt::Display) -> ReadError {
        ReadError::Damaged { path: self.path.clone(), n_frames: self.n_decoded, reason: reason.to_string() }
    }
}

/// Finds out what the file is: by its content, and by its name only where that leaves a doubt.
fn probe(path: &Path, source: Box<dyn MediaSource>) -> Result<Box<dyn FormatReader>, SymphoniaError> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(source, Default::default());
    symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
}
