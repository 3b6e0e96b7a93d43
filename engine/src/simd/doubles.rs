//! Lanes in f64, as many as fit: what filters and envelopes keep their states in.

use crate::lanes::LANES;
use fearless_simd::{Simd, SimdBase, SimdFloat, f32x4, f32x8, f64x4, f64x8};

/// A vector of f64 that holds all lanes of a group or half of them.
///
/// Eight in one register is best with AVX-512, four everywhere else: in one register with AVX2, in two with SSE2 and NEON.
/// A kernel over f64 is generic over this, chosen by a `const` block, and takes a half after the other where there are two.
pub(crate) trait Doubles<S: Simd>: SimdFloat<S, Element = f64> {
    const HALVES: usize = LANES / Self::LEN;

    fn widen_from(simd: S, samples: &[f32]) -> Self;
    fn narrow_to(self, simd: S, samples: &mut [f32]);
}

impl<S: Simd> Doubles<S> for f64x4<S> {
    #[inline(always)]
    fn widen_from(simd: S, samples: &[f32]) -> Self {
        let (low, high) = simd.widen_f32x4(f32x4::from_slice(simd, samples));
        simd.combine_f64x2(low, high)
    }

    #[inline(always)]
    fn narrow_to(self, simd: S, samples: &mut [f32]) {
        let (low, high) = simd.split_f64x4(self);
        simd.narrow_f64x2(low, high).store_slice(samples);
    }
}

impl<S: Simd> Doubles<S> for f64x8<S> {
    #[inline(always)]
    fn widen_from(simd: S, samples: &[f32]) -> Self {
        let (low, high) = simd.widen_f32x8(f32x8::from_slice(simd, samples));
        simd.combine_f64x4(low, high)
    }

    #[inline(always)]
    fn narrow_to(self, simd: S, samples: &mut [f32]) {
        let (low, high) = simd.split_f64x8(self);
        simd.narrow_f64x4(low, high).store_slice(samples);
    }
}
