//! The host hears on its main thread that something changed which is saved and is no parameter. Both formats.

mod guard_support;

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use guard_support::vst3_host::component_handler;
use guard_support::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};

#[test]
fn a_clap_host_hears_of_it_in_its_next_call_on_the_main_thread() {
    let instance = ClapInstance::<8>::new();
    let heard = || instance.asked.n_dirty.swap(0, Ordering::SeqCst);
    instance.asked.n_callbacks.store(0, Ordering::SeqCst);
    let link = &instance.probe.link;
    thread::scope(|threads| {
        threads.spawn(|| link.state_changed());
    });
    assert_eq!(
        (instance.asked.n_callbacks.load(Ordering::SeqCst), heard()),
        (1, 0),
        "asked for the main thread"
    );
    let on_main_thread = instance.functions().on_main_thread.expect("a function");
    // SAFETY: a plain call.
    unsafe { on_main_thread(instance.plugin) };
    assert_eq!(heard(), 1);
    // SAFETY: a plain call.
    unsafe { on_main_thread(instance.plugin) };
    assert_eq!(heard(), 0, "once");

    link.state_changed();
    assert_eq!(heard(), 1, "on the main thread it hears at once");
    assert!(instance.save(usize::MAX).is_some());
    assert_eq!(heard(), 0, "saving changes nothing");
}

/// A host that counts how often it heard of a change, and on which thread.
struct Listener {
    n_dirty: AtomicU32,
    main_thread: ThreadId,
}

impl Class for Listener {
    type Interfaces = (IComponentHandler, IComponentHandler2);
}

component_handler!(Listener, |_host, _flags| ());

impl IComponentHandler2Trait for Listener {
    unsafe fn setDirty(&self, state: TBool) -> tresult {
        // No panic may leave a COM call: a wrong one counts for many.
        let is_right = state == 1 && thread::current().id() == self.main_thread;
        self.n_dirty.fetch_add(if is_right { 1 } else { 1000 }, Ordering::SeqCst);
        kResultOk
    }

    unsafe fn requestOpenEditor(&self, _: FIDString) -> tresult {
        kNotImplemented
    }

    unsafe fn startGroupEdit(&self) -> tresult {
        kNotImplemented
    }

    unsafe fn finishGroupEdit(&self) -> tresult {
        kNotImplemented
    }
}

fn set_gain(instance: &Vst3Instance<8>) {
    // SAFETY: a plain call.
    assert_eq!(unsafe { instance.controller.setParamNormalized(hash("gain"), 0.5) }, kResultOk);
}

#[test]
fn a_vst3_host_hears_of_it_on_the_main_thread_only() {
    let instance = Vst3Instance::<8>::new();
    let link = &instance.probe.link;
    link.state_changed(); // Nobody listens yet.

    let host = ComWrapper::new(Listener { n_dirty: AtomicU32::new(0), main_thread: thread::current().id() });
    let handler = host.as_com_ref::<IComponentHandler>().expect("its interface").as_ptr();
    // SAFETY: the host outlives the instance's use of it.
    unsafe { instance.controller.setComponentHandler(handler) };
    let heard = || host.n_dirty.swap(0, Ordering::SeqCst);
    link.state_changed();
    assert_eq!(heard(), 1, "on the main thread it hears at once");

    thread::scope(|threads| {
        threads.spawn(|| link.state_changed());
    });
    // Without an editor there is no run loop, and the framework uses a thread of its own, which must not tell.
    if cfg!(target_os = "linux") {
        let (since, mut n_heard) = (Instant::now(), 0);
        while n_heard == 0 && since.elapsed() < Duration::from_secs(10) {
            set_gain(&instance);
            n_heard = heard();
            thread::yield_now();
        }
        assert_eq!(n_heard, 1, "with the next call on the main thread");
    }
    set_gain(&instance);
    assert_eq!(heard(), 0, "once");

    // SAFETY: as above.
    unsafe { instance.controller.setComponentHandler(ptr::null_mut()) };
    link.state_changed();
    assert_eq!(heard(), 0, "it is gone");
}

/// A host as old as the format.
struct Deaf;

impl Class for Deaf {
    type Interfaces = (IComponentHandler,);
}

component_handler!(Deaf, |_host, _flags| ());

#[test]
fn a_vst3_host_that_cannot_hear_of_it_is_left_alone() {
    let instance = Vst3Instance::<8>::new();
    let host = ComWrapper::new(Deaf);
    let handler = host.as_com_ref::<IComponentHandler>().expect("its interface").as_ptr();
    // SAFETY: the host outlives the instance's use of it.
    unsafe { instance.controller.setComponentHandler(handler) };
    instance.probe.link.state_changed();
    set_gain(&instance);
    // SAFETY: as above.
    unsafe { instance.controller.setComponentHandler(ptr::null_mut()) };
}

/// nice-plug 0.4.2 ends the thread that all instances share when it meets a task of one that is gone, and aborts when the last goes.
#[test]
fn an_instance_that_goes_with_tasks_in_the_queue_takes_no_other_with_it() {
    let (leaving, staying) = (Vst3Instance::<8>::new(), Vst3Instance::<8>::new());
    let (leaving_probe, staying_probe) = (Arc::clone(&leaving.probe), Arc::clone(&staying.probe));
    // The thread is in a task of the one that stays, and behind it are tasks of the one that goes.
    staying_probe.hold_tasks.store(true, Ordering::SeqCst);
    thread::scope(|threads| {
        threads.spawn(|| {
            staying_probe.link.state_changed();
            (0..3).for_each(|_| leaving_probe.link.state_changed());
        });
    });
    thread::scope(|threads| {
        threads.spawn(|| {
            // An instance that leaves nothing behind is not gone before the thread goes on.
            let since = Instant::now();
            while !leaving_probe.is_dropped.load(Ordering::SeqCst)
                && since.elapsed() < Duration::from_millis(100)
            {
                thread::yield_now();
            }
            staying_probe.hold_tasks.store(false, Ordering::SeqCst);
        });
        drop(leaving);
    });
    drop(staying);
}

/// The thread still holds an instance when it has done its last task. Were it the last to hold it, it would have to wait for itself, and
/// the framework panics.
#[test]
fn an_instance_goes_on_its_hosts_thread_however_slow_the_other_is() {
    let instance = Vst3Instance::<8>::new();
    let probe = Arc::clone(&instance.probe);
    probe.busy_after_tasks_ms.store(50, Ordering::SeqCst);
    drop(instance);
    assert_eq!(probe.dropped_on.get(), Some(&thread::current().id()));
}
