//! A block's parameter changes, from the guard to the plugin, past the framework.
//!
//! The framework would store them too, and cut the block at each. But wherever a value really changes it also posts a task
//! for its editor: on the audio thread, through a bounded channel whose receiver has to be woken, and with an open VST3 editor
//! through a read lock and a byte into a socket (nice-plug 0.4.2, `set_normalized_value_by_hash`). An editor that reads the
//! parameters needs none of that. So the guard leaves the changes here, and the plugin takes them while it goes through
//! the block:
//!
//! ```text
//! host's list → Source::fill: push(frame, change) → plugin: next_segment → parameter's atomics
//! ```
//!
//! There is room for a fixed number of changes. When the plugin has come through these, the source is asked for the next ones, so
//! that a block may have as many as the host likes.
//!
//! All of it happens within one process call, on its thread; the atomics are there because the object is shared, not because
//! anybody else would look.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use nice_plug::prelude::{ParamPtr, Params};

/// How a parameter changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// To this normalized value.
    Value(f32),
    /// By this much for now, in normalized values, beside the value itself.
    Modulation(f32),
}

/// What has a block's changes.
pub(super) trait Source {
    /// Pushes the next changes, in the order of their frames, until there are no more or [`Changes::push`] has no room. What
    /// found no room comes first the next time. Realtime-safe.
    fn fill(&self, changes: &Changes);
}

/// The changes of one block, in the order of their frames.
#[derive(Default)]
pub(super) struct Changes {
    known: OnceLock<Known>,
    slots: OnceLock<Box<[Slot]>>,
    /// How many of the slots are taken.
    n: AtomicUsize,
    /// The first that has not been applied yet.
    next: AtomicUsize,
    /// Frames of the block that the plugin has processed.
    frame: AtomicUsize,
    /// A pointer to the reference that [`Changes::during`] has.
    source: AtomicPtr<&'static dyn Source>,
}

/// The plugin's parameters by the hashes of their ids.
struct Known {
    by_hash: Vec<(u32, ParamPtr)>,
    /// What the pointers point into.
    _params: Arc<dyn Params>,
}

#[derive(Default)]
struct Slot {
    /// The frame, then the index of the parameter, then whether it is a modulation.
    place: AtomicU64,
    /// The bits of the value.
    value: AtomicU32,
}

const MODULATION: u64 = 1;
const TARGET_BITS: u32 = 32;

impl Changes {
    /// Keeps what the hashes mean. Once; a second time is ignored.
    pub fn keep_params(&self, params: Arc<dyn Params>) {
        let mut by_hash: Vec<_> = params
            .param_map()
            .into_iter()
            .map(|(id, ptr, _)| (crate::state::hash_param_id(&id), ptr))
            .collect();
        by_hash.sort_unstable_by_key(|(hash, _)| *hash);
        let _ = self.known.set(Known { by_hash, _params: params });
    }

    /// Makes room for so many changes, at least one. Once; a second time is ignored.
    pub fn make_room(&self, capacity: usize) {
        self.slots.get_or_init(|| (0..capacity.max(1)).map(|_| Slot::default()).collect());
    }

    fn param(&self, hash: u32) -> Option<(usize, ParamPtr)> {
        let by_hash = &self.known.get()?.by_hash;
        let idx = by_hash.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
        Some((idx, by_hash[idx].1))
    }

    /// In how many steps a parameter goes from 0 to 1, by which CLAP's plain values count; 1 if it is continuous or unknown.
    pub fn n_steps(&self, hash: u32) -> usize {
        // SAFETY: the parameters are kept.
        self.param(hash).and_then(|(_, ptr)| unsafe { ptr.step_count() }).unwrap_or(1)
    }

    /// Calls the plugin for one block with the changes of a source. What the plugin does not come to is applied afterwards.
    pub fn during<T>(&self, source: &dyn Source, call: impl FnOnce() -> T) -> T {
        struct End<'a>(&'a Changes);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.source.store(ptr::null_mut(), Ordering::Relaxed);
                self.0.restart();
            }
        }
        self.restart();
        let end = End(self);
        let source = &raw const source;
        self.source.store(source.cast_mut().cast(), Ordering::Relaxed);
        let result = call();
        // All frames are over now.
        self.frame.store(usize::MAX, Ordering::Relaxed);
        self.next_segment(0);
        drop(end);
        result
    }

    fn restart(&self) {
        for counter in [&self.n, &self.next, &self.frame] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// Whether nothing was pushed that is not applied yet.
    pub fn is_empty(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.n.load(Ordering::Relaxed)
    }

    /// Takes changes from the source into the slots; whether there were any.
    fn refill(&self) -> bool {
        self.n.store(0, Ordering::Relaxed);
        self.next.store(0, Ordering::Relaxed);
        let source = self.source.load(Ordering::Relaxed);
        // SAFETY: null, or a reference that lives until `during` has taken the pointer back; both happen on this thread, within
        // the one process call that there can be.
        if let Some(source) = unsafe { source.as_ref() } {
            source.fill(self);
        }
        !self.is_empty()
    }

    /// Adds a change at a frame of the block, which is at or behind that of the change before. Unknown parameters and numbers
    /// that are none change nothing. Returns false if there is no room.
    pub fn push(&self, frame: usize, hash: u32, change: Change) -> bool {
        let Some((param_idx, _)) = self.param(hash) else { return true };
        let (Change::Value(value) | Change::Modulation(value)) = change;
        let n = self.n.load(Ordering::Relaxed);
        let Some(slot) = self.slots().get(n) else { return false };
        let is_modulation = matches!(change, Change::Modulation(_));
        let target = ((param_idx as u64) << 1) | if is_modulation { MODULATION } else { 0 };
        slot.place.store(((frame as u64) << TARGET_BITS) | target, Ordering::Relaxed);
        slot.value.store(value.to_bits(), Ordering::Relaxed);
        self.n.store(n + 1, Ordering::Relaxed);
        true
    }

    /// Changes a parameter now.
    pub fn apply(&self, hash: u32, change: Change) {
        if let Some((_, ptr)) = self.param(hash) {
            change.apply(ptr);
        }
    }

    /// See [`HostLink::next_segment`](super::HostLink::next_segment).
    pub fn next_segment(&self, n_left: usize) -> usize {
        let frame = self.frame.load(Ordering::Relaxed);
        let mut n = n_left;
        loop {
            if self.is_empty() {
                if self.refill() {
                    continue;
                }
                break;
            }
            let next = self.next.load(Ordering::Relaxed);
            let Some(slot) = self.slots().get(next) else { break };
            let place = slot.place.load(Ordering::Relaxed);
            let ahead = ((place >> TARGET_BITS) as usize).saturating_sub(frame);
            if ahead > 0 {
                n = ahead.min(n_left);
                break;
            }
            let value = f32::from_bits(slot.value.load(Ordering::Relaxed));
            let is_modulation = place & MODULATION != 0;
            let change = if is_modulation { Change::Modulation(value) } else { Change::Value(value) };
            let param_idx = ((place & u64::from(u32::MAX)) >> 1) as usize;
            if let Some((_, ptr)) = self.known.get().and_then(|known| known.by_hash.get(param_idx)) {
                change.apply(*ptr);
            }
            self.next.store(next + 1, Ordering::Relaxed);
        }
        self.frame.store(frame.saturating_add(n), Ordering::Relaxed);
        n
    }

    fn slots(&self) -> &[Slot] {
        self.slots.get().map_or(&[], |slots| slots)
    }
}

impl Change {
    fn apply(self, ptr: ParamPtr) {
        // SAFETY: whoever has the pointer keeps the parameters. Whether anything changed is of no interest: the parameter's
        // own callback tells the plugin.
        unsafe {
            match self {
                Self::Value(value) if value.is_finite() => ptr._internal_set_normalized_value(value),
                Self::Modulation(offset) if offset.is_finite() => ptr._internal_modulate_value(offset),
                _ => false,
            };
        }
    }
}
