//! FLAC out: whole blocks to the encoder, and every error of the file to the caller.

use flac_codec::Error;
use flac_codec::encode::{FlacSampleWriter, Options};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The encoder's own block: 4096 frames, the longest that any player must take at 48 kHz and below.
const BLOCK_FRAMES: u16 = 4096;

/// The highest sample rate that FLAC's header has room for.
pub(super) const MAX_RATE_HZ: u32 = (1 << 20) - 1;

/// The most frames that FLAC's header can count.
pub(super) const MAX_FRAMES: u64 = (1 << 36) - 1;

/// A stereo FLAC file that is being written.
pub(super) struct FlacFile {
    encoder: FlacSampleWriter<Buffer>,
    buffer: Buffer,
    /// Interleaved samples of a block that is not yet full. The encoder gets whole blocks only: after an error it would try
    /// to encode all that it was given as one.
    block: Vec<i32>,
}

impl FlacFile {
    pub(super) fn new(file: File, sample_rate_hz: u32, bits: u16) -> Result<Self, Error> {
        let buffer = Buffer(Arc::new(Mutex::new(BufWriter::new(file))));
        let options = Options::default().block_size(BLOCK_FRAMES).map_err(std::io::Error::other)?;
        // The length is not known yet: the encoder writes it at the end, with a table for seeking.
        let encoder =
            FlacSampleWriter::new(buffer.clone(), options, sample_rate_hz, u32::from(bits), 2, None)?;
        Ok(Self { encoder, buffer, block: Vec::with_capacity(2 * usize::from(BLOCK_FRAMES)) })
    }

    /// Appends a frame.
    pub(super) fn write(&mut self, left: i32, right: i32) -> Result<(), Error> {
        self.block.extend([left, right]);
        if self.block.len() == 2 * usize::from(BLOCK_FRAMES) {
            self.encoder.write(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }

    /// Writes what is left, then lengths, MD5 and seek table into the header.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.encoder.write(&self.block)?;
        match self.encoder.finalize() {
            // The header says «length unknown», which is true of nothing at all.
            Ok(()) | Err(Error::NoSamples) => {}
            Err(error) => return Err(error),
        }
        // The encoder drops its writer without flushing it, and a drop cannot tell that the disk is full.
        Ok(self.buffer.flush()?)
    }
}

/// A buffered file that two own: the encoder, to write, and [`FlacFile`], to flush.
#[derive(Clone)]
struct Buffer(Arc<Mutex<BufWriter<File>>>);

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, BufWriter<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.lock().write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.lock().write_all(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.lock().flush()
    }
}

impl Seek for Buffer {
    fn seek(&mut self, position: SeekFrom) -> std::io::Result<u64> {
        self.lock().seek(position)
    }
}
