//! Which instructions the kernels run on.

#[cfg(any(feature = "portable", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
use fearless_simd::Fallback;
use fearless_simd::Level;

/// Instructions that this CPU has: the value cannot be made without finding them.
#[derive(Clone, Copy, Debug)]
pub enum SimdPath {
    /// AVX-512 as Ice Lake and Zen 4 have it. Older CPUs with AVX-512 slow down when they use it.
    #[cfg(target_arch = "x86_64")]
    Avx512(fearless_simd::x86::Avx512),
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2(fearless_simd::x86::Avx2),
    /// What every x86-64 has. SSE4.2 was no faster and is not worth its code.
    #[cfg(target_arch = "x86_64")]
    Sse2(fearless_simd::x86::Sse2),
    /// What every 64-bit ARM has.
    #[cfg(target_arch = "aarch64")]
    Neon(fearless_simd::aarch64::Neon),
    /// Plain arithmetic, for every other CPU. Compiled for those, and with the feature `portable`, so that its tests run anywhere:
    /// it takes two thirds of the compiler's time.
    #[cfg(any(feature = "portable", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    Portable(Fallback),
}

impl SimdPath {
    /// The best path of this CPU. Looks once per process; after that it costs one load.
    pub fn detect() -> Self {
        Self::of(Level::new())
    }

    /// Every path that this CPU has, the best first, for tests and measurements that force one.
    pub fn all() -> impl Iterator<Item = Self> {
        let level = Level::new();
        #[cfg(target_arch = "x86_64")]
        let found = [
            level.as_avx512().map(Self::Avx512),
            level.as_avx2().map(Self::Avx2),
            level.as_sse2().map(Self::Sse2),
        ];
        #[cfg(target_arch = "aarch64")]
        let found = [level.as_neon().map(Self::Neon)];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let found = [None::<Self>];
        let plain = [
            #[cfg(any(feature = "portable", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
            Self::Portable(Fallback::new()),
        ];
        found.into_iter().flatten().chain(plain)
    }

    /// What people call it: "AVX2".
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Self::Sse2(_) => "SSE2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "NEON",
            #[cfg(any(feature = "portable", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
            Self::Portable(_) => "portable",
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn of(level: Level) -> Self {
        let avx = level.as_avx512().map(Self::Avx512).or_else(|| level.as_avx2().map(Self::Avx2));
        avx.or_else(|| level.as_sse2().map(Self::Sse2)).expect("every x86-64 has SSE2")
    }

    #[cfg(target_arch = "aarch64")]
    fn of(level: Level) -> Self {
        level.as_neon().map(Self::Neon).expect("every 64-bit ARM has NEON")
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn of(_level: Level) -> Self {
        Self::Portable(Fallback::new())
    }
}

/// `on_path!(path, simd => kernel(simd, …))`: compiles the expression once for each path and runs it on `path`.
///
/// What it calls must be `#[inline(always)]`. It holds no `return` and no `?`, because it becomes a closure.
macro_rules! on_path {
    ($path:expr, $simd:ident => $kernel:expr) => {{
        use ::fearless_simd::Simd as _;
        match $path {
            #[cfg(target_arch = "x86_64")]
            $crate::simd::SimdPath::Avx512($simd) => $simd.vectorize(
                #[inline(always)]
                || $kernel,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::simd::SimdPath::Avx2($simd) => $simd.vectorize(
                #[inline(always)]
                || $kernel,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::simd::SimdPath::Sse2($simd) => $simd.vectorize(
                #[inline(always)]
                || $kernel,
            ),
            #[cfg(target_arch = "aarch64")]
            $crate::simd::SimdPath::Neon($simd) => $simd.vectorize(
                #[inline(always)]
                || $kernel,
            ),
            #[cfg(any(feature = "portable", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
            $crate::simd::SimdPath::Portable($simd) => $simd.vectorize(
                #[inline(always)]
                || $kernel,
            ),
        }
    }};
}
pub(crate) use on_path;

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::SimdBase;

    #[test]
    fn the_best_path_is_the_first_of_all() {
        let names: Vec<_> = SimdPath::all().map(SimdPath::name).collect();
        assert_eq!(SimdPath::detect().name(), names[0]);
        assert_eq!(names.contains(&"portable"), cfg!(feature = "portable"));
        // More than one, or the tests that compare paths compare nothing.
        #[cfg(target_arch = "x86_64")]
        assert!(names.len() > 1, "{names:?}");
    }

    #[test]
    fn a_path_runs_what_it_is_given() {
        for path in SimdPath::all() {
            let mut sum = 0.0;
            on_path!(path, simd => {
                let twos = fearless_simd::f32x4::splat(simd, 2.0);
                sum = (twos * twos)[3];
            });
            assert_eq!(sum, 4.0, "{}", path.name());
        }
    }
}
