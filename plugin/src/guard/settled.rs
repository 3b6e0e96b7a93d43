//! Parameters that count from the next activation on, because the latency depends on them.
//!
//! Their values are noted when the plugin is activated. Whoever brings it another value asks here whether the host has to be
//! asked for a restart; the answer is yes once for each new value, so that a host that takes its time is asked once.
//!
//! It is all atomics: in CLAP the question comes from the audio thread, too.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The values that the present activation has.
pub(super) struct Settled {
    params: Box<[Param]>,
    is_active: AtomicBool,
}

struct Param {
    hash: u32,
    /// What the activation found, as the bits of an `f64`.
    settled: AtomicU64,
    /// What was there when somebody last asked.
    seen: AtomicU64,
}

impl Settled {
    /// Of the parameters with these hashes.
    pub fn new(hashes: Vec<u32>) -> Self {
        let param = |hash| Param { hash, settled: AtomicU64::new(0), seen: AtomicU64::new(0) };
        Self { params: hashes.into_iter().map(param).collect(), is_active: AtomicBool::new(false) }
    }

    /// An activation begins, which finds these values.
    pub fn begin(&self, value: impl Fn(u32) -> f64) {
        for param in &self.params {
            let bits = value(param.hash).to_bits();
            param.settled.store(bits, Ordering::Relaxed);
            param.seen.store(bits, Ordering::Relaxed);
        }
        self.is_active.store(true, Ordering::Release);
    }

    /// The activation has ended, or failed: the next one finds whatever is set then.
    pub fn end(&self) {
        self.is_active.store(false, Ordering::Release);
    }

    /// Whether a value is new and not the one that counts now, so that the host is to be asked for a restart. Realtime-safe.
    pub fn is_restart_due(&self, value: impl Fn(u32) -> f64) -> bool {
        if !self.is_active.load(Ordering::Acquire) {
            return false;
        }
        let mut is_due = false;
        for param in &self.params {
            let bits = value(param.hash).to_bits();
            // The load first: it costs nothing where nothing changed, which is nearly always.
            is_due |= param.seen.load(Ordering::Relaxed) != bits
                && param.seen.swap(bits, Ordering::AcqRel) != bits
                && param.settled.load(Ordering::Relaxed) != bits;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_asked_once_for_each_new_value_while_active() {
        let settled = Settled::new(vec![7, 8]);
        let with = |seven: f64| move |hash| if hash == 7 { seven } else { 0.5 };
        assert!(!settled.is_restart_due(with(0.0)), "not active yet");
        settled.begin(with(0.0));
        assert!(!settled.is_restart_due(with(0.0)));
        assert!(settled.is_restart_due(with(1.0)));
        assert!(!settled.is_restart_due(with(1.0)), "asked already");
        assert!(settled.is_restart_due(with(0.25)), "another one");
        assert!(!settled.is_restart_due(with(0.0)), "back where it is settled");
        assert!(settled.is_restart_due(with(1.0)), "and away again");
        settled.end();
        assert!(!settled.is_restart_due(with(0.25)), "not active any more");
        settled.begin(with(1.0));
        assert!(!settled.is_restart_due(with(1.0)));
        assert!(settled.is_restart_due(with(0.0)));
    }
}
