//! What the real Skia does not have: the only part of this crate that does not go away with the `[patch]` line.

use std::sync::atomic::{AtomicBool, Ordering};

static SIMD_FIXED: AtomicBool = AtomicBool::new(false);

/// From now on, draws in the whole process with the instructions that every machine of its kind has, so that pictures which
/// are compared with recorded ones are the same everywhere. Slower where the machine has more.
pub fn fix_simd() {
    SIMD_FIXED.store(true, Ordering::Relaxed);
}

pub(crate) fn is_simd_fixed() -> bool {
    SIMD_FIXED.load(Ordering::Relaxed)
}
