//! The host's events, with times that the framework can bear.
//!
//! It cuts the block at an event's time without a look at the block's length: one event beyond the end and it reads
//! and writes past every buffer. It also subtracts times on the assumption that they never go back, and a flush follows
//! every pointer, null or not. Changes of parameters do not go to it at all, but to [`Changes`].

use std::cell::Cell;
use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD, CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT,
    clap_event_header, clap_event_param_mod, clap_event_param_value, clap_input_events,
};

use super::changes::{Change, Changes, Source};

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

/// The host's list as a source of changes. It needs [`Events`] of its own, because these count on being read in order.
pub(super) struct EventChanges {
    events: Events,
    next: Cell<u32>,
}

impl EventChanges {
    /// # Safety
    ///
    /// `host` is null or a list that is valid for longer than this.
    pub unsafe fn new(host: *const clap_input_events, frames: u32) -> Self {
        Self { events: Events::new(host, frames), next: Cell::new(0) }
    }

    /// Applies all changes now.
    pub fn apply_all(&self, changes: &Changes) {
        self.each(changes, |_, hash, change| {
            changes.apply(hash, change);
            true
        });
    }

    /// Goes on through the list until somebody has enough.
    fn each(&self, changes: &Changes, mut take: impl FnMut(usize, u32, Change) -> bool) {
        let list = self.events.list();
        // SAFETY: our own functions on our own list; what they return is valid until the next call.
        unsafe {
            for idx in self.next.get()..size(&list) {
                let event = get_any(&list, idx);
                if let Some((hash, change)) = change(event, changes)
                    && !take((*event).time as usize, hash, change)
                {
                    return;
                }
                self.next.set(idx + 1);
            }
        }
    }
}

impl Source for EventChanges {
    fn fill(&self, changes: &Changes) {
        self.each(changes, |frame, hash, change| changes.push(frame, hash, change));
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

/// What a change of a parameter says; of other events nothing.
///
/// # Safety
///
/// `event` is valid.
unsafe fn change(event: *const clap_event_header, changes: &Changes) -> Option<(u32, Change)> {
    // SAFETY: this function's contract; the type tells what follows the header.
    unsafe {
        if !is_change(event) {
            return None;
        }
        // Plain values count steps.
        let normalized = |hash, value: f64| value as f32 / changes.n_steps(hash) as f32;
        Some(if (*event).type_ == CLAP_EVENT_PARAM_VALUE {
            let event = &*event.cast::<clap_event_param_value>();
            (event.param_id, Change::Value(normalized(event.param_id, event.value)))
        } else {
            let event = &*event.cast::<clap_event_param_mod>();
            (event.param_id, Change::Modulation(normalized(event.param_id, event.amount)))
        })
    }
}

/// Whether an event changes a parameter.
///
/// # Safety
///
/// `event` is valid.
unsafe fn is_change(event: *const clap_event_header) -> bool {
    // SAFETY: this function's contract.
    let header = unsafe { &*event };
    let n_bytes = match header.type_ {
        CLAP_EVENT_PARAM_VALUE => size_of::<clap_event_param_value>(),
        CLAP_EVENT_PARAM_MOD => size_of::<clap_event_param_mod>(),
        _ => return false,
    };
    header.space_id == CLAP_CORE_EVENT_SPACE_ID && header.size as usize >= n_bytes
}

/// What the framework gets: everything but changes of parameters.
unsafe extern "C" fn get(list: *const clap_input_events, idx: u32) -> *const clap_event_header {
    // SAFETY: as above.
    unsafe {
        let event = get_any(list, idx);
        if is_change(event) { (*(*list).ctx.cast::<Events>()).nothing() } else { event }
    }
}

unsafe fn get_any(list: *const clap_input_events, idx: u32) -> *const clap_event_header {
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
