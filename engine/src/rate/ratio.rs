//! The ratio of two sample rates, in whole numbers.

/// Numbers up to this are taken as they come: every pair of rates in use has smaller ones (147 : 640 is the largest).
const EXACT_LIMIT: u64 = 1_000;

/// How far the engine may run beside the rate that was asked for, where a host's rate is odd: less than two cents, which nobody
/// hears, because everything is designed for the rate that it is.
const TOLERANCE: f64 = 1e-3;

/// How many samples the engine has for how many of the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    /// Samples of the host …
    pub(super) host: u32,
    /// … that last as long as this many of the engine.
    pub(super) engine: u32,
}

impl Ratio {
    /// Of two rates in hertz between 8 and 768 kHz: exact, or within a thousandth in numbers that are small enough for
    /// one filter each.
    pub(super) fn of(host_hz: f64, engine_hz: u32) -> Self {
        let engine_hz = u64::from(engine_hz);
        if host_hz.fract() == 0.0 {
            let divisor = greatest_common_divisor(host_hz as u64, engine_hz);
            let (host, engine) = (host_hz as u64 / divisor, engine_hz / divisor);
            if host.max(engine) <= EXACT_LIMIT {
                return Self { host: host as u32, engine: engine as u32 };
            }
        }
        let wanted = host_hz / engine_hz as f64;
        let candidate = |engine: u32| {
            let host = (wanted * f64::from(engine)).round().max(1.0);
            let error = (host / f64::from(engine) / wanted - 1.0).abs();
            (Self { host: host as u32, engine }, error)
        };
        // A multiple of one in a thousand is always within a thousandth of a whole number.
        let mut candidates = (1..=EXACT_LIMIT as u32).map(candidate);
        let found = candidates.find(|(_, error)| *error <= TOLERANCE);
        found.map_or_else(|| candidate(EXACT_LIMIT as u32).0, |(ratio, _)| ratio)
    }

    /// The engine's rate in hertz: exact where both rates are whole numbers.
    pub(super) fn engine_hz(self, host_hz: f64) -> f64 {
        host_hz * f64::from(self.engine) / f64::from(self.host)
    }

    /// Samples of the engine in one of the host.
    pub(super) fn engine_per_host(self) -> f64 {
        f64::from(self.engine) / f64::from(self.host)
    }

    /// Samples of the host in one of the engine.
    pub(super) fn host_per_engine(self) -> f64 {
        f64::from(self.host) / f64::from(self.engine)
    }

    /// Whether a sample of either rate is a whole number of the other's, and as a fraction exact.
    pub(super) fn is_binary(self) -> bool {
        self.host.is_power_of_two() && self.engine.is_power_of_two()
    }

    /// Whether both rates are one.
    pub(super) fn is_one(self) -> bool {
        self.host == self.engine
    }
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EngineRate;

    #[test]
    fn rates_in_use_have_their_exact_ratio() {
        let ratio = |host, engine| Ratio { host, engine };
        assert_eq!(Ratio::of(44_100.0, 48_000), ratio(147, 160));
        assert_eq!(Ratio::of(44_100.0, 192_000), ratio(147, 640));
        assert_eq!(Ratio::of(192_000.0, 44_100), ratio(640, 147));
        assert_eq!(Ratio::of(48_000.0, 96_000), ratio(1, 2));
        assert!(Ratio::of(96_000.0, 96_000).is_one());
        assert!(!Ratio::of(96_000.0, 88_200).is_one());
        for host_hz in EngineRate::ALL.into_iter().filter_map(EngineRate::hz).map(f64::from) {
            for engine_hz in EngineRate::ALL.into_iter().filter_map(EngineRate::hz) {
                assert_eq!(Ratio::of(host_hz, engine_hz).engine_hz(host_hz), f64::from(engine_hz));
            }
        }
    }

    #[test]
    fn odd_rates_come_close_in_small_numbers() {
        let mut rng = fastrand::Rng::with_seed(61);
        for _ in 0..20_000 {
            let host_hz = 8_000.0 * 96_f64.powf(rng.f64());
            let host_hz = if rng.bool() { host_hz.round() } else { host_hz };
            for engine_hz in EngineRate::ALL.into_iter().filter_map(EngineRate::hz) {
                let ratio = Ratio::of(host_hz, engine_hz);
                let error = ratio.host_per_engine() * f64::from(engine_hz) / host_hz - 1.0;
                assert!(error.abs() <= TOLERANCE, "{host_hz} Hz: {ratio:?} is off by {error:e}");
                // Filters for that many phases fit into the cache.
                assert!(ratio.host.max(ratio.engine) <= 1_000, "{host_hz} Hz: {ratio:?}");
            }
        }
    }
}
