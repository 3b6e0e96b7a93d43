//! State through VST3 streams: the host's is read to its end, the framework gets one of ours.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;

use nice_plug::wrapper::vst3::vst3::Steinberg::{
    IBStream, IBStream_::IStreamSeekMode_, IBStreamTrait, int32, int64, kInvalidArgument, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComRef, ComWrapper};

use super::state::MAX_DOCUMENT_BYTES;

/// Reads the host's stream from where it stands to its end. Short reads are normal; what ends the stream is a read of
/// nothing, since some hosts answer it with an error and some with success.
///
/// # Safety
///
/// `stream` is null or a valid `IBStream`.
pub(super) unsafe fn read_document(stream: *mut IBStream) -> Result<Vec<u8>, String> {
    // SAFETY: this function's contract.
    let stream = unsafe { ComRef::from_raw(stream) }.ok_or("the host gave no stream")?;
    let mut document = Vec::new();
    let mut chunk = [0u8; 8192];
    loop {
        let mut n_read = 0;
        // SAFETY: the chunk has room for what is asked for.
        unsafe { stream.read(chunk.as_mut_ptr().cast(), chunk.len() as int32, &mut n_read) };
        match usize::try_from(n_read).ok().and_then(|n_read| chunk.get(..n_read)) {
            Some([]) => return Ok(document),
            Some(bytes) => document.extend_from_slice(bytes),
            None => return Err(format!("the host's stream claims to have read {n_read} bytes")),
        }
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(format!("it is longer than {MAX_DOCUMENT_BYTES} bytes"));
        }
    }
}

/// Writes all of the document to the host's stream; false if the host does not take it.
///
/// # Safety
///
/// `stream` is null or a valid `IBStream`.
pub(super) unsafe fn write_document(stream: *mut IBStream, document: &[u8]) -> bool {
    // SAFETY: this function's contract.
    let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else { return false };
    let mut rest = document;
    while !rest.is_empty() {
        let n_asked = rest.len().min(1 << 30);
        // A host that does not count has taken all, if it says so.
        let mut n_written = n_asked as int32;
        // SAFETY: a stream does not write to what it is given to store; the interface lacks the `const`.
        let result =
            unsafe { stream.write(rest.as_ptr().cast_mut().cast(), n_asked as int32, &mut n_written) };
        match usize::try_from(n_written) {
            Ok(n_written) if result == kResultOk && (1..=n_asked).contains(&n_written) => {
                rest = &rest[n_written..];
            }
            _ => return false,
        }
    }
    true
}

/// An `IBStream` in memory. Lives for one call into the framework, on one thread.
#[derive(Default)]
pub(super) struct MemoryStream {
    bytes: RefCell<Vec<u8>>,
    position: Cell<usize>,
}

impl Class for MemoryStream {
    type Interfaces = (IBStream,);
}

impl MemoryStream {
    /// Runs `call` with a stream over `bytes` and returns its result and what the stream holds then.
    pub fn with<R>(bytes: Vec<u8>, call: impl FnOnce(*mut IBStream) -> R) -> Option<(R, Vec<u8>)> {
        let stream = ComWrapper::new(Self { bytes: RefCell::new(bytes), position: Cell::new(0) });
        let result = call(stream.as_com_ref::<IBStream>()?.as_ptr());
        Some((result, stream.bytes.take()))
    }
}

impl IBStreamTrait for MemoryStream {
    unsafe fn read(&self, buffer: *mut c_void, n_bytes: int32, n_read: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let rest = bytes.get(self.position.get()..).unwrap_or_default();
        let taken = &rest[..rest.len().min(usize::try_from(n_bytes).unwrap_or(0))];
        // SAFETY: the caller's buffer has `n_bytes` bytes, `n_read` is null or valid.
        unsafe {
            buffer.cast::<u8>().copy_from_nonoverlapping(taken.as_ptr(), taken.len());
            if let Some(n_read) = n_read.as_mut() {
                *n_read = taken.len() as int32;
            }
        }
        self.position.set(self.position.get() + taken.len());
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, n_bytes: int32, n_written: *mut int32) -> tresult {
        let Ok(n_bytes) = usize::try_from(n_bytes) else { return kInvalidArgument };
        // SAFETY: the caller's buffer has `n_bytes` bytes, `n_written` is null or valid.
        unsafe {
            self.bytes.borrow_mut().extend_from_slice(std::slice::from_raw_parts(buffer.cast(), n_bytes));
            if let Some(n_written) = n_written.as_mut() {
                *n_written = n_bytes as int32;
            }
        }
        kResultOk
    }

    unsafe fn seek(&self, offset: int64, mode: int32, result: *mut int64) -> tresult {
        let len = self.bytes.borrow().len() as int64;
        #[allow(clippy::unnecessary_cast)] // the constants are unsigned on some systems
        let base = match mode {
            mode if mode == IStreamSeekMode_::kIBSeekSet as int32 => 0,
            mode if mode == IStreamSeekMode_::kIBSeekCur as int32 => self.position.get() as int64,
            mode if mode == IStreamSeekMode_::kIBSeekEnd as int32 => len,
            _ => return kInvalidArgument,
        };
        let position = base.saturating_add(offset).clamp(0, len);
        self.position.set(position as usize);
        // SAFETY: `result` is null or valid.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = position;
        }
        kResultOk
    }

    unsafe fn tell(&self, position: *mut int64) -> tresult {
        // SAFETY: `position` is null or valid.
        match unsafe { position.as_mut() } {
            Some(position) => *position = self.position.get() as int64,
            None => return kInvalidArgument,
        }
        kResultOk
    }
}
