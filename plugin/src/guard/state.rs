//! The document that hosts store, independent of the format that carries it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Guarded, HostLink};

/// No state of ours is near this. A damaged project must not make the plugin swallow the memory.
pub(super) const MAX_DOCUMENT_BYTES: usize = 16 << 20;

/// Turns what the framework saved into the document, or complains why not.
pub(super) fn encode<P: Guarded>(framework_json: &[u8], complain: impl FnOnce(String)) -> Option<Vec<u8>> {
    let document = without_panic(|| P::encode_state(framework_json));
    document.map_err(|problem| complain(format!("The state was not saved: {problem}"))).ok()
}

/// Loads a document through `inner`, which takes the framework's JSON, or refuses it as a whole and complains.
pub(super) fn load<P: Guarded>(
    link: &HostLink,
    complain: impl FnOnce(String),
    document: Result<Vec<u8>, String>,
    inner: impl FnOnce(&[u8]) -> bool,
) -> bool {
    let outcome = document.and_then(|document| without_panic(|| P::decode_state(&document))).and_then(
        |framework_json| {
            if inner(&framework_json) { Ok(()) } else { Err("the framework did not accept it".to_owned()) }
        },
    );
    match outcome {
        Ok(()) => {
            link.set_state_problem(None);
            true
        }
        Err(problem) => {
            complain(format!("The state was not loaded, everything stays as it was: {problem}"));
            link.set_state_problem(Some(problem));
            false
        }
    }
}

/// A codec that panics is a codec that refuses: no panic may reach the host.
fn without_panic<T>(codec: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(codec)).unwrap_or_else(|_| Err("the state codec panicked".to_owned()))
}
