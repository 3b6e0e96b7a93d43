//! What views look at in every tick: parameters, meters, whatever changes without an event.
//!
//! A poll is a closure that says whether its view must be drawn again. It runs on the editor's own thread and before
//! styles and layout, so it may set signals (vizia's signals must not be set from elsewhere: the list of bindings to rebuild
//! is per thread). It is gone with its view: the entity owns, as a model, the key of its polls.

use std::cell::RefCell;
use std::rc::Rc;

use vizia_core::prelude::{DataContext, Entity, Handle, Model};

/// When a tick is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Seconds since the editor opened.
    pub now_s: f64,
    /// Seconds since the tick before.
    pub dt_s: f32,
}

/// Lets a view look at something in every tick.
pub trait PollExt {
    /// Calls `check` in every tick for as long as the view is there; when it returns true, the view is drawn again, without
    /// a layout. `check` may set signals. A view may have several polls.
    fn poll(self, check: impl FnMut(&Tick) -> bool + 'static) -> Self;
}

impl<V> PollExt for Handle<'_, V> {
    fn poll(mut self, check: impl FnMut(&Tick) -> bool + 'static) -> Self {
        let entity = self.entity();
        let polls = self.data::<Polls>().clone();
        let key = polls.add(entity, Box::new(check));
        let own = self.try_data::<PollKeys>().filter(|keys| keys.entity == entity);
        if let Some(keys) = own {
            keys.keys.borrow_mut().push(key);
        } else {
            let keys = PollKeys { entity, polls, keys: RefCell::new(vec![key]) };
            self.context().with_current(entity, |cx| {
                keys.build(cx);
            });
        }
        self
    }
}

type Check = Box<dyn FnMut(&Tick) -> bool>;

/// All polls of an editor, a model at its root.
#[derive(Clone, Default)]
pub(crate) struct Polls {
    slots: Rc<RefCell<Slots>>,
}

#[derive(Default)]
struct Slots {
    polls: Vec<Option<(Entity, Check)>>,
    free: Vec<usize>,
}

impl Polls {
    /// Runs every poll and calls `redraw` for those who ask for it.
    pub(crate) fn run(&self, tick: &Tick, mut redraw: impl FnMut(Entity)) {
        // No poll can reach the list while it runs: adding and removing both need the context.
        let mut slots = self.slots.borrow_mut();
        for (entity, check) in slots.polls.iter_mut().flatten() {
            if check(tick) {
                redraw(*entity);
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let slots = self.slots.borrow();
        slots.polls.len() - slots.free.len()
    }

    fn add(&self, entity: Entity, check: Check) -> usize {
        let mut slots = self.slots.borrow_mut();
        if let Some(key) = slots.free.pop() {
            slots.polls[key] = Some((entity, check));
            key
        } else {
            slots.polls.push(Some((entity, check)));
            slots.polls.len() - 1
        }
    }

    fn remove(&self, key: usize) {
        let mut slots = self.slots.borrow_mut();
        let gone = slots.polls[key].take();
        slots.free.push(key);
        // What a closure owns may do anything when it is dropped.
        drop(slots);
        drop(gone);
    }
}

impl Model for Polls {}

/// The polls of one view, dropped with it.
struct PollKeys {
    entity: Entity,
    polls: Polls,
    keys: RefCell<Vec<usize>>,
}

impl Model for PollKeys {}

impl Drop for PollKeys {
    fn drop(&mut self) {
        for key in self.keys.take() {
            self.polls.remove(key);
        }
    }
}
