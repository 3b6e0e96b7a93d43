//! A parameter of the plugin, as views hold it.

use std::fmt;
use std::sync::Arc;

use nice_plug::prelude::{ParamFlags, ParamPtr, Params};

/// One parameter of the plugin. Cheap to clone, and keeps the parameters alive that it points into.
///
/// Values are the host's 0…1. What a view shows comes from here; what it changes goes through [`Host`](crate::Host).
#[derive(Clone)]
pub struct ParamRef {
    owner: Arc<dyn Params>,
    ptr: ParamPtr,
    id: Arc<str>,
}

impl ParamRef {
    /// # Safety
    ///
    /// `ptr` comes from `owner`'s own `param_map`, so that it is valid for as long as `owner` lives.
    pub(crate) unsafe fn new(owner: Arc<dyn Params>, ptr: ParamPtr, id: Arc<str>) -> Self {
        Self { owner, ptr, id }
    }

    /// The id that never changes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value, without the host's modulation.
    pub fn value(&self) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.unmodulated_normalized_value() }
    }

    /// The value with the host's modulation.
    pub fn modulated(&self) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.modulated_normalized_value() }
    }

    /// The value it begins with.
    pub fn default(&self) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.default_normalized_value() }
    }

    /// The full name, as hosts list it.
    pub fn name(&self) -> String {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.name() }.to_owned()
    }

    /// The value in the parameter's own unit, without the host's modulation.
    pub fn plain(&self) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.unmodulated_plain_value() }
    }

    /// Where a value in the parameter's own unit lies on the host's scale.
    pub fn normalize(&self, plain: f32) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.preview_normalized(plain) }
    }

    /// A value as text, with its unit.
    pub fn text(&self, normalized: f32) -> String {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.normalized_value_to_string(normalized, true) }
    }

    /// What someone typed as a value, or nothing if it makes no sense.
    pub fn parse(&self, text: &str) -> Option<f32> {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.string_to_normalized_value(text) }
    }

    /// How many steps a stepped parameter has: one less than its choices.
    pub fn step_count(&self) -> Option<usize> {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.step_count() }
    }

    /// The next value up from `from`; a smaller step if `finer`.
    pub fn next_step(&self, from: f32, finer: bool) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.next_normalized_step(from, finer) }
    }

    /// The next value down from `from`; a smaller step if `finer`.
    pub fn previous_step(&self, from: f32, finer: bool) -> f32 {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.previous_normalized_step(from, finer) }
    }

    /// What the host may do with it.
    pub fn flags(&self) -> ParamFlags {
        // SAFETY: `owner` is alive, see `new`.
        unsafe { self.ptr.flags() }
    }

    pub(crate) fn ptr(&self) -> ParamPtr {
        self.ptr
    }

    /// The parameters it belongs to.
    pub(crate) fn owner(&self) -> &Arc<dyn Params> {
        &self.owner
    }
}

/// Two are equal if they mean the same parameter of the same plugin.
impl PartialEq for ParamRef {
    fn eq(&self, other: &Self) -> bool {
        self.ptr == other.ptr
    }
}

impl Eq for ParamRef {}

impl fmt::Debug for ParamRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ParamRef").field(&self.id).finish()
    }
}
