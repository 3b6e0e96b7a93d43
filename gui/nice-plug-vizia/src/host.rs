//! What views reach of the plugin's host: gestures on parameters, and the zoom.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::{Param, ParamPtr, Params};
use vizia_core::prelude::Model;

use crate::ParamRef;
use crate::state::{MAX_ZOOM, MIN_ZOOM};

/// The way from a view to the plugin's host. It is a model at the root of every editor, so that
/// `cx.data::<Host>()` finds it in every context; cloning is cheap. It is `Send` only because vizia's callbacks must be: hosts want
/// gestures on the editor's own thread.
///
/// A host records what happens between the begin and the end of a gesture as one. Whatever a view does, hosts see
/// each gesture begin once and end once: a second begin is ignored, a value outside a gesture becomes a gesture of its own,
/// and what is open when the window closes or loses its pointer is ended.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

/// What a view did to a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Gesture {
    /// Somebody took hold of the parameter.
    Begin(String),
    /// The parameter goes to this normalized value.
    Set(String, f32),
    /// Somebody let go of the parameter.
    End(String),
}

struct Inner {
    params: Arc<dyn Params>,
    ids: HashMap<ParamPtr, Arc<str>>,
    sink: Sink,
    /// What somebody holds. Never locked while the host is called.
    open: Mutex<Vec<ParamRef>>,
    /// As bits.
    zoom: AtomicU32,
    /// As bits; 0 is nothing wanted.
    wanted_zoom: AtomicU32,
}

/// Where gestures go.
pub(crate) enum Sink {
    /// To the host.
    Gui {
        context: GuiContext,
        /// Whether values are set here, too.
        sets_values: bool,
    },
    /// Into a list, and straight into the parameter, as a host would do it.
    Record(Mutex<Vec<Gesture>>),
}

impl Host {
    pub(crate) fn new(params: Arc<dyn Params>, sink: Sink, zoom: f32) -> Self {
        let ids = params.param_map().into_iter().map(|(id, ptr, _)| (ptr, id.into())).collect();
        Self {
            inner: Arc::new(Inner {
                params,
                ids,
                sink,
                open: Mutex::default(),
                zoom: AtomicU32::new(zoom.to_bits()),
                wanted_zoom: AtomicU32::new(0),
            }),
        }
    }

    /// The parameter, for views to hold.
    ///
    /// # Panics
    ///
    /// If the parameter is not one of the plugin's: nothing would keep it alive.
    pub fn param(&self, param: &impl Param) -> ParamRef {
        let ptr = param.as_ptr();
        let id = self.inner.ids.get(&ptr);
        let id = id.unwrap_or_else(|| panic!("{:?} is no parameter of this plugin", param.name()));
        // SAFETY: the map was made of the pointers of `params`.
        unsafe { ParamRef::new(Arc::clone(&self.inner.params), ptr, Arc::clone(id)) }
    }

    /// The parameter with this id, if there is one.
    pub fn param_by_id(&self, id: &str) -> Option<ParamRef> {
        let (&ptr, id) = self.inner.ids.iter().find(|(_, known)| known.as_ref() == id)?;
        // SAFETY: the map was made of the pointers of `params`.
        Some(unsafe { ParamRef::new(Arc::clone(&self.inner.params), ptr, Arc::clone(id)) })
    }

    /// Somebody takes hold of a parameter.
    pub fn begin(&self, p: &ParamRef) {
        let mut open = lock(&self.inner.open);
        if !open.contains(p) {
            open.push(p.clone());
            drop(open);
            self.send(p, Phase::Begin);
        }
    }

    /// The parameter goes to this normalized value, which is clamped to 0…1.
    pub fn set(&self, p: &ParamRef, normalized: f32) {
        if normalized.is_nan() {
            return;
        }
        let phase = Phase::Set(normalized.clamp(0.0, 1.0));
        if self.is_open(p) {
            self.send(p, phase);
        } else {
            self.begin(p);
            self.send(p, phase);
            self.end(p);
        }
    }

    /// Somebody lets go of a parameter.
    pub fn end(&self, p: &ParamRef) {
        let mut open = lock(&self.inner.open);
        if let Some(idx) = open.iter().position(|q| q == p) {
            open.remove(idx);
            drop(open);
            self.send(p, Phase::End);
        }
    }

    /// A whole gesture: begin, set, end.
    pub fn change(&self, p: &ParamRef, normalized: f32) {
        self.begin(p);
        self.set(p, normalized);
        self.end(p);
    }

    /// Whether somebody holds the parameter.
    pub fn is_open(&self, p: &ParamRef) -> bool {
        lock(&self.inner.open).contains(p)
    }

    /// How large everything is, 1 being 100 %.
    pub fn zoom(&self) -> f32 {
        f32::from_bits(self.inner.zoom.load(Ordering::Relaxed))
    }

    /// Asks for another zoom, 0.5…3. The host is asked for a window of the new size when the event that is being handled
    /// has been; if it refuses, what is in the window changes its size in a window that does not.
    pub fn set_zoom(&self, zoom: f32) {
        if zoom.is_finite() {
            let zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
            self.inner.wanted_zoom.store(zoom.to_bits(), Ordering::Relaxed);
        }
    }

    /// Ends every gesture that is open.
    pub(crate) fn end_all(&self) {
        let open = std::mem::take(&mut *lock(&self.inner.open));
        for p in &open {
            self.send(p, Phase::End);
        }
    }

    /// The zoom somebody asked for since the last call.
    pub(crate) fn take_wanted_zoom(&self) -> Option<f32> {
        let wanted = self.inner.wanted_zoom.swap(0, Ordering::Relaxed);
        (wanted != 0).then(|| f32::from_bits(wanted))
    }

    pub(crate) fn zoom_is(&self, zoom: f32) {
        self.inner.zoom.store(zoom.to_bits(), Ordering::Relaxed);
    }

    /// What was recorded since the last call.
    pub(crate) fn take_recorded(&self) -> Vec<Gesture> {
        match &self.inner.sink {
            Sink::Gui { .. } => Vec::new(),
            Sink::Record(list) => std::mem::take(&mut *lock(list)),
        }
    }

    fn send(&self, p: &ParamRef, phase: Phase) {
        debug_assert!(Arc::ptr_eq(p.owner(), &self.inner.params), "{p:?} is of another plugin");
        match &self.inner.sink {
            // SAFETY: `p` keeps the parameters alive that its pointer points into.
            Sink::Gui { context, sets_values } => unsafe {
                match phase {
                    Phase::Begin => context.raw_begin_set_parameter(p.ptr()),
                    Phase::Set(value) => {
                        // First, so that the audio thread finds nothing to change.
                        if *sets_values {
                            p.ptr()._internal_set_normalized_value(value);
                        }
                        context.raw_set_parameter_normalized(p.ptr(), value);
                    }
                    Phase::End => context.raw_end_set_parameter(p.ptr()),
                }
            },
            Sink::Record(list) => {
                let id = p.id().to_owned();
                lock(list).push(match phase {
                    Phase::Begin => Gesture::Begin(id),
                    Phase::Set(value) => {
                        // SAFETY: `p` keeps the parameters alive that its pointer points into.
                        unsafe { p.ptr()._internal_set_normalized_value(value) };
                        Gesture::Set(id, value)
                    }
                    Phase::End => Gesture::End(id),
                });
            }
        }
    }
}

impl Model for Host {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy)]
enum Phase {
    Begin,
    Set(f32),
    End,
}
