//! What the C library tells about its heap.

/// What glibc tells about its heap, in its own order and with its own names.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct MallInfo2 {
    arena: usize,
    ordblks: usize,
    smblks: usize,
    hblks: usize,
    /// Bytes in blocks that were mapped for themselves.
    hblkhd: usize,
    usmblks: usize,
    fsmblks: usize,
    /// Bytes in all other blocks that are in use, with their headers.
    uordblks: usize,
    fordblks: usize,
    keepcost: usize,
}

unsafe extern "C" {
    fn mallinfo2() -> MallInfo2;
}

/// Bytes that were asked for and not given back, by all threads (an instance may have some), with the headers and roundings
/// of the allocator.
pub fn live_bytes() -> i64 {
    // SAFETY: it may be called at any time, on any thread.
    let info = unsafe { mallinfo2() };
    (info.hblkhd + info.uordblks) as i64
}
