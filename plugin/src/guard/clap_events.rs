//! The host's events, with times that the framework can bear.
//!
//! It cuts the block at an event's time without a look at the block's length: one event beyond the end and it reads
//! and writes past every buffer. It also subtracts times on the assumption that they never go back, and a flush follows
//! every pointer, null or not.

use std::cell::Cell;
use std::ptr;

use clap_sys::events::{CLAP_EVENT_TRANSPORT, clap_event_header, clap_input_events};

/// Room for a copy of any core event; the transport is the largest. What is larger and has a wrong time is ignored.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Copied([u8; 256]);

const NOTHING: clap_event_header = clap_event_header {
    size: size_of::<clap_event_header>() as u32,
    time: 0,
    space_id: u16::MAX,
    type_: u16::MAX,
    flags: 0,
};

/// Stands before the host's list for one block. Events are passed by pointer unless their time has to change.
pub(super) struct Events {
    host: *const clap_input_events,
    last_frame: u32,
    /// The latest time so far. The framework reads in order, so this makes times ascend.
    latest: Cell<u32>,
    copy: Cell<Copied>,
    /// The framework keeps the pointer to a transport event for the rest of the block.
    transport: Cell<Copied>,
    /// Stands in for an event that is to be ignored. Of a space that nobody knows.
    nothing: Cell<clap_event_header>,
}

impl Events {
    pub fn new(host: *const clap_input_events, frames: u32) -> Self {
        Self {
            host,
            last_frame: frames.saturating_sub(1),
            latest: Cell::new(0),
            copy: Cell::new(Copied([0; 256])),
            transport: Cell::new(Copied([0; 256])),
            nothing: Cell::new(NOTHING),
        }
    }

    /// The list that goes inward; it borrows `self` and must not outlive it.
    pub fn list(&self) -> clap_input_events {
        clap_input_events { ctx: ptr::from_ref(self).cast_mut().cast(), size: Some(size), get: Some(get) }
    }

    /// # Safety
    ///
    /// `event` came from the host for this block.
    unsafe fn in_time(&self, event: *const clap_event_header) -> *const clap_event_header {
        // SAFETY: null or the host's.
        let Some(header) = (unsafe { event.as_ref() }) else { return self.nothing() };
        let time = header.time.min(self.last_frame).max(self.latest.get());
        self.latest.set(time);
        if time == header.time {
            return event;
        }
        let n_bytes = header.size as usize;
        if !(size_of::<clap_event_header>()..=size_of::<Copied>()).contains(&n_bytes) {
            return self.nothing();
        }
        let target = if header.type_ == CLAP_EVENT_TRANSPORT { &self.transport } else { &self.copy };
        let target = target.as_ptr().cast::<clap_event_header>();
        // SAFETY: the event has `size` bytes, the copy has room for them and is aligned like any event.
        unsafe {
            target.cast::<u8>().copy_from_nonoverlapping(event.cast(), n_bytes);
            (*target).time = time;
        }
        target
    }

    fn nothing(&self) -> *const clap_event_header {
        self.nothing.set(clap_event_header { time: self.latest.get(), ..NOTHING });
        self.nothing.as_ptr()
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the framework has this function from `Events::list`, so `ctx` is an `Events`.
    let events = unsafe { &*(*list).ctx.cast::<Events>() };
    // SAFETY: the host's list is null or valid.
    match unsafe { events.host.as_ref() } {
        Some(clap_input_events { size: Some(size), get: Some(_), .. }) => {
            // SAFETY: the host's own function on its own list.
            unsafe { size(events.host) }
        }
        _ => 0,
    }
}

unsafe extern "C" fn get(list: *const clap_input_events, idx: u32) -> *const clap_event_header {
    // SAFETY: as above.
    let events = unsafe { &*(*list).ctx.cast::<Events>() };
    // SAFETY: as above.
    match unsafe { events.host.as_ref() } {
        Some(clap_input_events { get: Some(get), .. }) => {
            // SAFETY: the host's own function on its own list.
            unsafe { events.in_time(get(events.host, idx)) }
        }
        _ => events.nothing(),
    }
}
