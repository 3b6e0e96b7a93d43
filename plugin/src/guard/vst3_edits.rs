//! Edits that are still on their way.
//!
//! While the plugin processes, the wrapper answers `setParamNormalized` without storing anything: the host sends the value
//! with its next block. A script that sets a parameter and saves the state at once would save the old value, and so would a
//! host that stopped calling. Here an edit is remembered until a block has passed, and a state that is saved before has it.

use std::sync::atomic::{AtomicU64, Ordering};

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{ParamID, ParamValue};
use parking_lot::Mutex;

/// Edits since the last block.
#[derive(Default)]
pub(super) struct Edits {
    n_blocks: AtomicU64,
    /// Never touched by the audio thread.
    edits: Mutex<Vec<Edit>>,
}

#[derive(Clone, Copy)]
struct Edit {
    id: ParamID,
    value: ParamValue,
    /// How many blocks had passed.
    made_at: u64,
}

impl Edits {
    /// Remembers a value. Not for the audio thread.
    pub fn note(&self, id: ParamID, value: ParamValue) {
        let made_at = self.n_blocks.load(Ordering::Acquire);
        let mut edits = self.edits.lock();
        edits.retain(|edit| edit.id != id && edit.made_at == made_at);
        edits.push(Edit { id, value, made_at });
    }

    /// A block has passed, with whatever the host sent along. For the audio thread: one addition.
    pub fn pass(&self) {
        self.n_blocks.fetch_add(1, Ordering::AcqRel);
    }

    /// Forgets all, because a state was loaded over them. Not for the audio thread.
    pub fn clear(&self) {
        self.edits.lock().clear();
    }

    /// The normalised value of a parameter that is still on its way. Not for the audio thread.
    pub fn value(&self, id: ParamID) -> Option<ParamValue> {
        self.all().into_iter().find(|(known, _)| *known == id).map(|(_, value)| value)
    }

    /// All parameters that are still on their way, with their normalised values. Not for the audio thread.
    pub fn all(&self) -> Vec<(ParamID, ParamValue)> {
        let now = self.n_blocks.load(Ordering::Acquire);
        let edits = self.edits.lock();
        edits.iter().filter(|edit| edit.made_at == now).map(|edit| (edit.id, edit.value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_lasts_until_a_block_has_passed() {
        let edits = Edits::default();
        edits.note(1, 0.25);
        edits.note(2, 0.5);
        edits.note(1, 0.75);
        assert_eq!(edits.all(), [(2, 0.5), (1, 0.75)], "the newest value");
        assert_eq!((edits.value(1), edits.value(3)), (Some(0.75), None));
        edits.pass();
        assert_eq!((edits.all(), edits.value(1)), (vec![], None));
        edits.note(3, 1.0);
        assert_eq!(edits.all(), [(3, 1.0)]);
        edits.clear();
        assert!(edits.all().is_empty());
    }
}
