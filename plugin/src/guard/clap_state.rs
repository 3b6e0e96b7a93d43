//! State through CLAP streams: the host's holds the plain document, the framework's has a length before it.

use std::ffi::c_void;
use std::ptr;

use clap_sys::stream::{clap_istream, clap_ostream};

use super::state::MAX_DOCUMENT_BYTES;

/// The framework puts the length of its JSON before it, as a little-endian `u64`.
const PREFIX_BYTES: usize = size_of::<u64>();

/// Reads the host's stream to its end.
///
/// # Safety
///
/// `stream` is null or a valid stream.
pub(super) unsafe fn read_document(stream: *const clap_istream) -> Result<Vec<u8>, String> {
    // SAFETY: this function's contract.
    let read = unsafe { stream.as_ref() }.and_then(|stream| stream.read).ok_or("the host gave no stream")?;
    let mut document = Vec::new();
    let mut chunk = [0u8; 8192];
    loop {
        // SAFETY: the chunk has room for what is asked for.
        let n_read = unsafe { read(stream, chunk.as_mut_ptr().cast(), chunk.len() as u64) };
        match usize::try_from(n_read).ok().and_then(|n_read| chunk.get(..n_read)) {
            Some([]) => return Ok(document),
            Some(bytes) => document.extend_from_slice(bytes),
            None => return Err(format!("the host's stream answers {n_read} to a read")),
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
/// `stream` is null or a valid stream.
pub(super) unsafe fn write_document(stream: *const clap_ostream, document: &[u8]) -> bool {
    // SAFETY: this function's contract.
    let Some(write) = (unsafe { stream.as_ref() }).and_then(|stream| stream.write) else { return false };
    let mut rest = document;
    while !rest.is_empty() {
        // SAFETY: `rest` has as many bytes as it says.
        let n_written = unsafe { write(stream, rest.as_ptr().cast(), rest.len() as u64) };
        match usize::try_from(n_written) {
            Ok(n_written) if (1..=rest.len()).contains(&n_written) => rest = &rest[n_written..],
            _ => return false,
        }
    }
    true
}

/// Lets the framework save through `call`; what it wrote, without the length.
pub(super) fn framework_saves(call: impl FnOnce(*const clap_ostream) -> bool) -> Option<Vec<u8>> {
    unsafe extern "C" fn write(stream: *const clap_ostream, buffer: *const c_void, n_bytes: u64) -> i64 {
        // SAFETY: `ctx` is the vector below, `buffer` has `n_bytes` bytes.
        unsafe {
            let bytes = &mut *(*stream).ctx.cast::<Vec<u8>>();
            bytes.extend_from_slice(std::slice::from_raw_parts(buffer.cast(), n_bytes as usize));
        }
        n_bytes as i64
    }

    let mut bytes: Vec<u8> = Vec::new();
    let stream = clap_ostream { ctx: ptr::from_mut(&mut bytes).cast(), write: Some(write) };
    let saved = call(&stream);
    (saved && bytes.len() >= PREFIX_BYTES).then(|| bytes.split_off(PREFIX_BYTES))
}

/// Lets the framework load its JSON through `call`.
pub(super) fn framework_loads(framework_json: &[u8], call: impl FnOnce(*const clap_istream) -> bool) -> bool {
    unsafe extern "C" fn read(stream: *const clap_istream, buffer: *mut c_void, n_bytes: u64) -> i64 {
        // SAFETY: `ctx` is the slice below, `buffer` has room for `n_bytes` bytes.
        unsafe {
            let rest = &mut *(*stream).ctx.cast::<&[u8]>();
            let (taken, left) = rest.split_at(rest.len().min(n_bytes as usize));
            buffer.cast::<u8>().copy_from_nonoverlapping(taken.as_ptr(), taken.len());
            *rest = left;
            taken.len() as i64
        }
    }

    let mut bytes = (framework_json.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(framework_json);
    let mut rest: &[u8] = &bytes;
    let stream = clap_istream { ctx: ptr::from_mut(&mut rest).cast(), read: Some(read) };
    call(&stream)
}
