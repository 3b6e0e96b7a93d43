//! The queue of events that come from elsewhere: vizia's own, and those of threads that views have started.

use std::sync::{Arc, Mutex, PoisonError};

use vizia_core::context::EventProxy;
use vizia_core::prelude::Event;

/// Events from elsewhere, of this window only.
#[derive(Clone, Default)]
pub(crate) struct Proxy {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Proxy {
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl EventProxy for Proxy {
    fn send(&self, event: Event) -> Result<(), ()> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        Ok(())
    }

    fn make_clone(&self) -> Box<dyn EventProxy> {
        Box::new(self.clone())
    }
}
