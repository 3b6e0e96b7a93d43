//! The host's parameter changes, sorted and in portions that the framework can hold.
//!
//! The wrapper inserts each point into a sorted list: for queues of several parameters that is quadratic, and beyond
//! `INPUT_EVENT_CAPACITY` it allocates on the audio thread. Here the points are put in order of frame, then arrival,
//! without allocating, and a block with more of them than fit becomes several consecutive calls. Nothing is lost.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ptr;

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID, ParamValue,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    int32, kInvalidArgument, kNotImplemented, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComRef, ComWrapper};

#[derive(Clone, Copy)]
struct Point {
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

/// A portion of the points, presented as one queue for each. One object plays the list and the queue, because the
/// framework looks at one queue at a time.
struct Portion {
    points: RefCell<Vec<Point>>,
    /// The frame at which the inward call begins.
    begin: Cell<usize>,
    current: Cell<usize>,
    this: Cell<*mut IParamValueQueue>,
}

/// Points of one block after another; made once for each activation.
pub(super) struct Changes {
    portion: ComWrapper<Portion>,
    capacity: usize,
}

// SAFETY: the object and all pointers to it stay under the gate's lock; the framework keeps none of them.
unsafe impl Send for Changes {}

impl Changes {
    /// `capacity` is what the framework can hold in one call.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let portion = ComWrapper::new(Portion {
            points: RefCell::new(Vec::with_capacity(capacity)),
            begin: Cell::new(0),
            current: Cell::new(0),
            this: Cell::new(ptr::null_mut()),
        });
        let this = portion.as_com_ref::<IParamValueQueue>().map_or(ptr::null_mut(), |queue| queue.as_ptr());
        portion.this.set(this);
        Self { portion, capacity }
    }

    /// Cuts a block into calls, from a frame to a frame, each with points that the framework can hold. A call from a
    /// frame to the same frame is one without sound. Ends with the first call that does not succeed.
    ///
    /// # Safety
    ///
    /// `host` is null or a valid list.
    pub unsafe fn feed(
        &mut self,
        host: *mut IParameterChanges,
        frames: usize,
        mut call: impl FnMut(usize, usize, *mut IParameterChanges) -> tresult,
    ) -> tresult {
        let list =
            self.portion.as_com_ref::<IParameterChanges>().map_or(ptr::null_mut(), |list| list.as_ptr());
        let (mut begin, mut after) = (0, None);
        loop {
            // SAFETY: this function's contract.
            let is_last = unsafe { self.take_portion(host, frames, after) };
            let mut end = frames;
            if !is_last {
                // Points at the last frame may have been left out, and have to come after the sound before them.
                let mut points = self.portion.points.borrow_mut();
                end = points.last().map_or(frames, |last| last.frame);
                if end > begin {
                    points.retain(|point| point.frame < end);
                }
            }
            after = self.portion.points.borrow().last().map(Point::key).or(after);
            self.portion.begin.set(begin);
            let result = call(begin, end, list);
            if is_last || result != kResultOk {
                return result;
            }
            begin = end;
        }
    }

    /// Takes the first points after `after` from the host's list, as many as fit; whether these are all.
    unsafe fn take_portion(
        &mut self,
        host: *mut IParameterChanges,
        frames: usize,
        after: Option<(usize, u32)>,
    ) -> bool {
        let mut points = self.portion.points.take();
        points.clear();
        // The heap's top is the latest of the points kept. It never grows beyond the capacity of its vector.
        let mut kept = BinaryHeap::from(points);
        let mut is_all = true;
        // SAFETY: the caller's contract.
        unsafe {
            each_point(host, frames, |point| {
                if after.is_some_and(|after| point.key() <= after) {
                    return;
                }
                if kept.len() < self.capacity {
                    kept.push(point);
                    return;
                }
                is_all = false;
                if let Some(mut latest) = kept.peek_mut()
                    && point < *latest
                {
                    *latest = point;
                }
            });
        }
        self.portion.points.replace(kept.into_sorted_vec());
        is_all
    }
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

impl Class for Portion {
    type Interfaces = (IParameterChanges, IParamValueQueue);
}

impl IParameterChangesTrait for Portion {
    unsafe fn getParameterCount(&self) -> int32 {
        self.points.borrow().len() as int32
    }

    unsafe fn getParameterData(&self, idx: int32) -> *mut IParamValueQueue {
        self.current.set(usize::try_from(idx).unwrap_or(usize::MAX));
        self.this.get()
    }

    unsafe fn addParameterData(&self, _id: *const ParamID, _idx: *mut int32) -> *mut IParamValueQueue {
        ptr::null_mut()
    }
}

impl IParamValueQueueTrait for Portion {
    unsafe fn getParameterId(&self) -> ParamID {
        self.points.borrow().get(self.current.get()).map_or(ParamID::MAX, |point| point.id)
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.borrow().get(self.current.get()).map_or(0, |_| 1)
    }

    unsafe fn getPoint(&self, _idx: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        // SAFETY: null or valid.
        match (self.points.borrow().get(self.current.get()), unsafe { (offset.as_mut(), value.as_mut()) }) {
            (Some(point), (Some(offset), Some(value))) => {
                (*offset, *value) = ((point.frame - self.begin.get()) as int32, point.value);
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }

    unsafe fn addPoint(&self, _offset: int32, _value: ParamValue, _idx: *mut int32) -> tresult {
        kNotImplemented
    }
}
