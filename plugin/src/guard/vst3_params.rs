//! The host's parameter changes, sorted.
//!
//! VST3 sends a queue for each parameter. Here the points are put in order of frame, then arrival, without allocating: as many
//! as there is room for at a time, and the next ones when these have been applied. Nothing is lost.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID, ParamValue,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;

use super::changes::{Change, Changes, Source};

#[derive(Clone, Copy)]
pub(super) struct Point {
    frame: usize,
    /// How many points the host sent before this one.
    arrival: u32,
    id: ParamID,
    value: ParamValue,
}

impl Point {
    fn key(&self) -> (usize, u32) {
        (self.frame, self.arrival)
    }

    fn change(&self) -> Change {
        Change::Value(self.value as f32)
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Point {}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// Room for sorting; made once for each activation.
pub(super) struct Room(RefCell<Vec<Point>>);

impl Room {
    /// For so many points at a time, at least one.
    pub fn new(capacity: usize) -> Self {
        Self(RefCell::new(Vec::with_capacity(capacity.max(1))))
    }
}

/// The points of one block.
pub(super) struct Points<'a> {
    host: *mut IParameterChanges,
    frames: usize,
    /// The last point that found room.
    last: Cell<Option<(usize, u32)>>,
    room: &'a Room,
}

impl<'a> Points<'a> {
    /// # Safety
    ///
    /// `host` is null or a list that is valid for longer than this.
    pub unsafe fn new(host: *mut IParameterChanges, frames: usize, room: &'a Room) -> Self {
        Self { host, frames, last: Cell::new(None), room }
    }
}

impl Points<'_> {
    /// The points after the last one that found room, in order, as many as fit.
    fn take(&self, mut points: Vec<Point>) -> Vec<Point> {
        let (capacity, after) = (points.capacity(), self.last.get());
        points.clear();
        // The heap's top is the latest of the points kept. It never grows beyond the capacity of its vector.
        let mut kept = BinaryHeap::from(points);
        // SAFETY: what `new` asks for.
        unsafe {
            each_point(self.host, self.frames, |point| {
                if after.is_some_and(|after| point.key() <= after) {
                    return;
                }
                if kept.len() < capacity {
                    kept.push(point);
                } else if let Some(mut latest) = kept.peek_mut()
                    && point < *latest
                {
                    *latest = point;
                }
            });
        }
        kept.into_sorted_vec()
    }
}

impl Source for Points<'_> {
    fn fill(&self, changes: &Changes) {
        let mut room = self.room.0.borrow_mut();
        // More than once only if all that fit were of parameters that nobody knows.
        while !self.host.is_null() && changes.is_empty() {
            *room = self.take(std::mem::take(&mut *room));
            if room.is_empty() {
                break;
            }
            for point in room.iter() {
                if !changes.push(point.frame, point.id, point.change()) {
                    break;
                }
                self.last.set(Some(point.key()));
            }
        }
    }
}

/// Applies all changes of a host's list now, in the order of arrival.
///
/// # Safety
///
/// `host` is null or a valid list.
pub(super) unsafe fn apply_all(host: *mut IParameterChanges, changes: &Changes) {
    // SAFETY: this function's contract.
    unsafe { each_point(host, 0, |point| changes.apply(point.id, point.change())) };
}

/// Every point of a host's list, in the order of arrival, with its frame within the block.
///
/// # Safety
///
/// `host` is null or a valid list.
unsafe fn each_point(host: *mut IParameterChanges, frames: usize, mut take: impl FnMut(Point)) {
    // SAFETY: this function's contract.
    let Some(list) = (unsafe { ComRef::from_raw(host) }) else { return };
    let mut arrival = 0;
    // SAFETY: plain questions to the host's objects.
    for queue_idx in 0..unsafe { list.getParameterCount() } {
        // SAFETY: as above; the queue is null or valid.
        let Some(queue) = (unsafe { ComRef::from_raw(list.getParameterData(queue_idx)) }) else { continue };
        // SAFETY: as above.
        let (id, n_points) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
        for point_idx in 0..n_points {
            let (mut offset, mut value) = (0, 0.0);
            // SAFETY: as above.
            if unsafe { queue.getPoint(point_idx, &mut offset, &mut value) } == kResultOk {
                let frame = usize::try_from(offset).unwrap_or(0).min(frames.saturating_sub(1));
                take(Point { frame, arrival, id, value });
                arrival += 1;
            }
        }
    }
}
